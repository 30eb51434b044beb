//! How what is to be deployed differs from what is installed, object by object.

use similar::TextDiff;

use super::{
    objects::{Key, Objects},
    secrets::{Hidden, conceal},
};

/// How many lines around a change are shown.
const AROUND: usize = 3;

/// The differences between two sets of objects.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// A unified difference for each object.
    pub(super) text: String,
    created: usize,
    changed: usize,
    removed: usize,
}

impl Difference {
    pub(super) fn is_none(&self) -> bool {
        self.created + self.changed + self.removed == 0
    }

    pub(super) fn summary(&self) -> String {
        let parts = [
            (self.created, "created"),
            (self.changed, "changed"),
            (self.removed, "removed"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = parts
            .map(|(count, word)| match count {
                1 => format!("1 object is {word}"),
                count => format!("{count} objects are {word}"),
            })
            .collect();
        match words.is_empty() {
            true => "no object changes".to_owned(),
            false => words.join(", "),
        }
    }
}

/// Compares objects.
///
/// # Errors
/// None that is known: what was read can be written.
pub(super) fn difference(before: &Objects, after: &Objects) -> Result<Difference, String> {
    let mut found = Difference::default();
    let before = &before.scaled_as(after);
    let keys: std::collections::BTreeSet<&Key> = before.0.keys().chain(after.0.keys()).collect();
    for key in keys {
        let (old, new) = (before.0.get(key), after.0.get(key));
        if old == new {
            continue;
        }
        match (old, new) {
            (None, _) => found.created += 1,
            (_, None) => found.removed += 1,
            _ => found.changed += 1,
        }
        let (old, hidden) = shown(old, None)?;
        let (new, _) = shown(new, hidden.as_ref())?;
        let name = key.shown();
        let (was, will) = match (&*old, &*new) {
            ("", _) => (format!("no {name}"), name),
            (_, "") => (name.clone(), format!("no {name}")),
            _ => (
                format!("{name}, as installed"),
                format!("{name}, as asked for"),
            ),
        };
        let diff = TextDiff::from_lines(&*old, &*new);
        let mut unified = diff.unified_diff();
        let text = unified
            .context_radius(AROUND)
            .header(&was, &will)
            .to_string();
        found.text.push_str(&text);
    }
    Ok(found)
}

/// An object's text without what nobody may see; empty where there is none.
fn shown(
    object: Option<&serde_yaml::Value>,
    before: Option<&Hidden>,
) -> Result<(String, Option<Hidden>), String> {
    let Some(object) = object else {
        return Ok((String::new(), None));
    };
    let mut object = object.clone();
    let hidden = conceal(&mut object, before);
    let text = serde_yaml::to_string(&object).map_err(|error| error.to_string())?;
    Ok((text, Some(hidden)))
}
