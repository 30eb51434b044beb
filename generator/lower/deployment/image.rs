//! A service's image: its name, and what it says of itself.

use std::collections::BTreeSet;

use crate::{
    config::Deploy,
    model::{Api, Image},
};

/// What a label of an image says in a line.
const LONGEST_DESCRIPTION: usize = 200;

pub(super) fn image(api: &Api, name: &str, title: &str, said: &Deploy) -> Image {
    let said = &said.image;
    let own = said.repository.as_ref().map_or(name, |one| &one.0);
    let repository = match &said.registry {
        Some(registry) => format!("{}/{own}", registry.0),
        None => own.to_owned(),
    };
    Image {
        repository,
        tag: tag(&api.version),
        title: title.trim().to_owned(),
        version: api.version.trim().to_owned(),
        description: api.description.as_deref().and_then(line),
        licenses: api.license.clone(),
        source: said.source.as_ref().map(|one| one.0.clone()),
    }
}

/// What images are made of beside the usual.
pub(super) fn included(said: &Deploy) -> Vec<String> {
    let said = said.image.include.iter().flatten();
    let sorted: BTreeSet<&str> = said.map(|one| one.0.as_str()).collect();
    sorted.into_iter().map(str::to_owned).collect()
}

/// Services that say it for themselves: what they share is compiled for all of them at once.
pub(super) fn including(services: &[(String, Deploy)]) -> Vec<String> {
    let own = services
        .iter()
        .filter(|(_, said)| said.image.include.is_some());
    own.map(|(name, _)| {
        format!("services: {name}: image: include: is said for all services, as `deploy: image: include`")
    })
    .collect()
}

/// The first line of a text, as long as a label may be.
fn line(text: &str) -> Option<String> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let mut line: String = first.chars().take(LONGEST_DESCRIPTION).collect();
    if line.len() < first.len() {
        line.push('…');
    }
    Some(line)
}

/// A version as an image's tag may have it: letters, digits, `_`, `.` and `-`, at most 128.
fn tag(version: &str) -> String {
    let letter = |one: char| match one.is_ascii_alphanumeric() || "._-".contains(one) {
        true => one,
        false => '-',
    };
    let tag: String = version.trim().chars().map(letter).take(128).collect();
    match tag.trim_start_matches(['.', '-']) {
        "" => "0".into(),
        tag => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{line, tag};

    #[test]
    fn texts_of_the_document_become_a_tag_and_a_line() {
        for (version, expected) in [
            ("1.0 + beta", "1.0---beta"),
            ("..-", "0"),
            ("", "0"),
            ("-2", "2"),
        ] {
            assert_eq!(tag(version), expected);
        }
        assert_eq!(line("\n  \n"), None);
        assert_eq!(line("\n One.\nTwo.").as_deref(), Some("One."));
        assert_eq!(
            line(&"é".repeat(300)).map(|one| one.chars().count()),
            Some(201)
        );
    }
}
