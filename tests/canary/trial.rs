//! One document with canaries through the generator, and all that came of it read back.

use std::collections::{BTreeMap, BTreeSet};

use oarlock::{
    Options,
    config::Deploy,
    diagnostic::{Diagnostics, Severity, render},
    emit::{self, Project},
    files::{FileSet, is_safe},
    lower,
    output::Lock,
    source::{Source, SourceId, Sources},
};
use serde_json::Value;

use crate::{other_text, rust_text};

/// What came of a document.
pub(crate) enum Outcome {
    /// What is left of each file when the document's texts are taken out, by blanked paths.
    Accepted(BTreeMap<String, String>),
    /// The canaries that errors speak of, and the words.
    Refused(BTreeSet<usize>, String),
}

/// A sign that no file and no terminal should get.
pub(crate) fn is_hidden(letter: char) -> bool {
    letter.is_control() && letter != '\n'
        || matches!(
            letter,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What is wrong with text for a terminal.
pub(crate) fn look_at_terminal(text: &str) -> Result<(), String> {
    match text.chars().find(|letter| is_hidden(*letter)) {
        Some(letter) => Err(format!("{letter:?} would reach the terminal:\n{text:?}")),
        None => Ok(()),
    }
}

/// The numbers behind `q` in a text.
fn numbers(text: &str) -> BTreeSet<usize> {
    let after = text.split(['q', 'Q']).skip(1);
    after
        .filter_map(|rest| rest.get(..4)?.parse().ok())
        .collect()
}

/// JSON with escapes for all that is no plain sign: YAML takes some of them in no other way.
pub(crate) fn ascii(json: &str) -> String {
    let mut out = String::new();
    for letter in json.chars() {
        match letter {
            '\n' | ' '..='~' => out.push(letter),
            other => out.push_str(&format!("\\u{:04x}", u32::from(other))),
        }
    }
    out
}

/// Generates and reads back; an error is an escape. With `twice`, the lock is held against what it makes, too.
pub(crate) fn try_document(document: &Value, twice: bool) -> Result<Outcome, String> {
    // A line for each text, so that the line of a mistake tells whose it is.
    let text = ascii(&format!("{document:#}"));
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.json", &text));
    let mut diagnostics = Diagnostics::default();
    let read = oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
    let told = render(&sources, &diagnostics);
    look_at_terminal(&told)?;
    let Some((api, _)) = read.filter(|_| !diagnostics.has_errors()) else {
        let mut blamed = BTreeSet::new();
        for one in diagnostics.sorted() {
            if one.code.severity() == Severity::Error {
                let lines = |start: usize, end: usize| {
                    let from = text[..start].rfind('\n').unwrap_or(0);
                    let to = text[end..].find('\n').map_or(text.len(), |to| end + to);
                    numbers(&text[from..to.min(from + 2000)])
                };
                let own = lines(one.primary.span.start, one.primary.span.start);
                let own = match own.is_empty() {
                    true => numbers(&one.message),
                    false => own,
                };
                blamed.extend(own);
            }
        }
        return Ok(Outcome::Refused(blamed, told));
    };
    let documents = vec![("openapi.json".to_owned(), text.clone().into_bytes())];
    let project = Project {
        name: "garden".into(),
        spec_path: "openapi.json".into(),
        documents: documents.clone(),
        allow: Vec::new(),
        remotes: Vec::new(),
        services: lower::one_service(&api, "garden"),
        deployment: lower::one_deployment(&api, &Deploy::default(), "garden").expect("it fits"),
    };
    let files = emit::emit(&api, &project).map_err(|error| error.to_string())?;
    let lock = Lock::new(&files, &documents, lower::names_to_lock(&api.names));
    let mut left = read_back(&files)?;
    left.insert("oarlock.lock".into(), read_lock(&lock)?);
    if twice {
        generate_again(&lock, &mut sources, id, &project)?;
    }
    Ok(Outcome::Accepted(left))
}

fn read_back(files: &FileSet) -> Result<BTreeMap<String, String>, String> {
    let mut left = BTreeMap::new();
    for (path, file) in files.iter() {
        // The runtime is the same in every project, and the document is the user's own text.
        if path.starts_with("runtime/") || path == "openapi.json" {
            continue;
        }
        let told = |what: String| format!("{path}: {what}");
        if !is_safe(path) {
            return Err(told("not a path within the project".into()));
        }
        let text = std::str::from_utf8(&file.text).map_err(|error| told(error.to_string()))?;
        if let Some(letter) = text.chars().find(|letter| is_hidden(*letter)) {
            return Err(told(format!("{letter:?} stands in it")));
        }
        let skeleton = match path.ends_with(".rs") {
            true => rust_text::skeleton(text).map_err(told)?,
            false => other_text::skeleton(path, text).map_err(told)?,
        };
        if let Some(growth) = &file.growth {
            match path.ends_with(".rs") {
                true => grows(text, growth).map_err(told)?,
                false => manifest_grows(text, growth).map_err(told)?,
            }
        }
        let parts: Vec<String> = path.split('/').map(blanked_part).collect();
        left.insert(parts.join("/"), skeleton);
    }
    Ok(left)
}

fn blanked_part(part: &str) -> String {
    let (name, ending) = part.split_once('.').unwrap_or((part, ""));
    format!("{}.{ending}", rust_text::blanked(name))
}

/// A user's file that has lost all of its methods gets them back.
fn grows(text: &str, growth: &oarlock::files::Growth) -> Result<(), String> {
    let mut file = syn::parse_file(text).map_err(|error| error.to_string())?;
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            block
                .items
                .retain(|one| !matches!(one, syn::ImplItem::Fn(_)));
        }
    }
    file.items.retain(|item| !matches!(item, syn::Item::Mod(_)));
    let grown = growth(&prettyplease::unparse(&file))?;
    let Some(grown) = grown else { return Ok(()) };
    let (ours, theirs) = (rust_text::skeleton(&grown)?, rust_text::skeleton(text)?);
    match ours.len() == theirs.len() {
        true => Ok(()),
        false => Err(format!("it grows to\n{ours}\nwhere it was\n{theirs}")),
    }
}

/// A service's manifest that has lost what its tests stand on gets it back, and is left alone while it has it.
fn manifest_grows(text: &str, growth: &oarlock::files::Growth) -> Result<(), String> {
    let bare = text
        .split("\n[dev-dependencies]")
        .next()
        .unwrap_or_default();
    match (growth(text)?, growth(bare)?) {
        (None, Some(grown)) if grown == text => Ok(()),
        (_, grown) => Err(format!("it grows to\n{grown:?}\nwhere it was\n{text}")),
    }
}

/// The lock reads back as what was written.
fn read_lock(lock: &Lock) -> Result<String, String> {
    let text = serde_yaml::to_string(lock).map_err(|error| error.to_string())?;
    let again: Lock = serde_yaml::from_str(&text).map_err(|error| error.to_string())?;
    if again != *lock {
        return Err(format!(
            "the lock reads otherwise than it was written:\n{text:?}"
        ));
    }
    let mut value: Value = serde_yaml::from_str(&text).map_err(|error| error.to_string())?;
    for of_files in ["inputs", "outputs"] {
        let members = value[of_files]
            .as_object()
            .map_or(0, |members| members.len());
        value[of_files] = members.into();
    }
    // Which names need keeping depends on what they are made of.
    value["names"] = Value::Null;
    Ok(value.to_string())
}

/// The names of the lock make the same files.
fn generate_again(
    lock: &Lock,
    sources: &mut Sources,
    id: SourceId,
    project: &Project,
) -> Result<(), String> {
    let options = Options {
        names: lock.names.clone(),
        ..Options::default()
    };
    let read = oarlock::read(sources, id, options, &mut Diagnostics::default());
    let (api, _) = read.ok_or("refused with its own lock")?;
    let files = emit::emit(&api, project).map_err(|error| error.to_string())?;
    let second = Lock::new(&files, &project.documents, lower::names_to_lock(&api.names));
    match second == *lock {
        true => Ok(()),
        false => Err("its own lock changes what is generated".into()),
    }
}
