//! Generated files that are not Rust, read back with a parser of their own.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

use crate::rust_text::blanked;

/// What is left of a file when the texts of the document are taken out; or what is wrong with it.
pub(crate) fn skeleton(path: &str, text: &str) -> Result<String, String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match (name, ending) {
        ("README.md", _) | (_, "md") => readme(text),
        ("Dockerfile" | "Dockerfile.layers", _) => dockerfile(text),
        (_, "toml") => {
            let value: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
            let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
            Ok(format!("{:#}", shape(&value)))
        }
        (_, "json") => {
            let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            Ok(format!("{:#}", shape(&value)))
        }
        // Templates of the chart are no YAML before Helm fills them; they hold nothing of the document.
        (_, "yaml") if !path.contains("/templates/") => {
            let value: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
            Ok(format!("{:#}", shape(&value)))
        }
        _ => match text.contains("canary_") {
            true => Err("it holds text of the document".into()),
            false => Ok(text.to_owned()),
        },
    }
}

/// A value without its texts, in the order of its keys; keys that the document names are blanked. An example that a limit
/// forbids gives way to one that is made up.
fn shape(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "example" || blanked(text) != *text => "text".into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, inner)| (blanked(name), shape(inner)));
            let sorted: BTreeMap<String, Value> = members.collect();
            sorted
                .into_iter()
                .collect::<serde_json::Map<String, Value>>()
                .into()
        }
        other => other.clone(),
    }
}

/// The instructions, with the document's one text blanked.
fn dockerfile(text: &str) -> Result<String, String> {
    let joined = text.replace("\\\n", " ");
    let mut out = String::new();
    for line in joined.lines().filter(|line| !line.trim().is_empty()) {
        let word = line.split_whitespace().next().unwrap_or_default();
        let known = [
            "FROM",
            "ARG",
            "ENV",
            "WORKDIR",
            "COPY",
            "RUN",
            "LABEL",
            "USER",
            "EXPOSE",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "ENTRYPOINT",
        ];
        if !line.starts_with('#') && !known.contains(&word) {
            return Err(format!("{line:?} is no instruction"));
        }
        out.push_str(&match word {
            "LABEL" | "ARG" | "ENV" if line.contains("=\"") => pairs(word, line)?,
            _ => line.to_owned(),
        });
        out.push('\n');
    }
    Ok(out)
}

/// Pairs of a name and a quoted value: the names, and the variables of the values.
fn pairs(word: &str, line: &str) -> Result<String, String> {
    let mut out = word.to_owned();
    let mut rest = line.trim_start_matches(word).trim_start();
    while let Some((name, after)) = rest.split_once("=\"") {
        if !name
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || b"._".contains(&one))
        {
            return Err(format!("{name:?} is no name"));
        }
        let (mut value, mut signs) = (String::new(), after.char_indices());
        let end = loop {
            match signs.next() {
                Some((_, '\\')) => _ = signs.next(),
                Some((place, '"')) => break place,
                Some((_, other)) => value.push(other),
                None => return Err(format!("{name} does not end")),
            }
        };
        if value.contains("canary") && value.contains('$') {
            return Err(format!("{value:?} holds a variable"));
        }
        // A licence has a label where it may be an SPDX expression, which few canaries are.
        if !name.ends_with(".licenses") {
            // What stands between quotes without a variable is text, whatever it says.
            let shown = if value.contains('$') { &*value } else { "text" };
            out.push_str(&format!(" {name}={shown}"));
        }
        rest = after[end + 1..].trim_start();
    }
    match rest.is_empty() {
        true => Ok(out),
        false => Err(format!("{rest:?} is no pair")),
    }
}

/// The kinds of parts in their order, without the title's words.
fn readme(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut heading = false;
    for event in Parser::new_ext(text, Options::all()) {
        match &event {
            Event::Html(html) | Event::InlineHtml(html) => return Err(format!("HTML: {html}")),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if dest_url.contains("canary") =>
            {
                return Err(format!("a link to {dest_url}"));
            }
            Event::Start(Tag::Heading { .. }) => heading = true,
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => heading = false,
            Event::Text(_) if heading => continue,
            Event::SoftBreak | Event::Text(_) => continue,
            _ if heading => return Err(format!("the title holds {event:?}")),
            _ => {}
        }
        out.push_str(&format!("{event:?}\n"));
    }
    Ok(out)
}
