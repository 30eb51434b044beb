//! One document through the generator.

use std::{cell::RefCell, collections::BTreeMap, panic};

use oarlock::{
    Options,
    config::Deploy,
    diagnostic::{Diagnostics, render},
    emit::{self, Project},
    lower,
    source::{Source, Sources},
};

/// What compiling needs, by paths.
pub(crate) type Files = BTreeMap<String, String>;

/// What came of a document.
pub(crate) enum Outcome {
    /// Files.
    Accepted(Files),
    /// Words to its author.
    Rejected,
    /// What must never be.
    Fault(String),
}

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the words of panics in trials rather than printing them.
pub(crate) fn record_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |told| match PANIC.take() {
        Some(_) => PANIC.set(Some(told.to_string())),
        None => usual(told),
    }));
}

/// Takes a document through all stages but the last, which writes.
pub(crate) fn try_document(text: &str) -> Outcome {
    PANIC.set(Some(String::new()));
    let outcome = panic::catch_unwind(|| generate(text));
    let told = PANIC.take().unwrap_or_default();
    outcome.unwrap_or(Outcome::Fault(told))
}

fn generate(text: &str) -> Outcome {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.json", text));
    let mut diagnostics = Diagnostics::default();
    let read = oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
    let told = render(&sources, &diagnostics);
    let odd = |letter: char| letter.is_control() && letter != '\n';
    if let Some(letter) = told.chars().find(|letter| odd(*letter)) {
        return Outcome::Fault(format!("{letter:?} would reach the terminal:\n{told}"));
    }
    let Some((api, _)) = read.filter(|_| !diagnostics.has_errors()) else {
        return match diagnostics.has_errors() {
            true => Outcome::Rejected,
            false => Outcome::Fault("refused without an error".into()),
        };
    };
    let project = Project {
        name: "mutant".into(),
        spec_path: "openapi.json".into(),
        documents: vec![("openapi.json".into(), text.as_bytes().to_vec())],
        allow: Vec::new(),
        remotes: Vec::new(),
        services: lower::one_service(&api, "mutant"),
        deployment: lower::one_deployment(&api, &Deploy::default(), "mutant").expect("it fits"),
    };
    match emit::emit(&api, &project) {
        Ok(files) => Outcome::Accepted(
            files
                .iter()
                .filter(|(path, _)| path.starts_with("api/") || path.starts_with("services/"))
                .map(|(path, file)| {
                    let text = String::from_utf8(file.text.clone()).expect("text");
                    (path.to_owned(), text)
                })
                .collect(),
        ),
        Err(error) => Outcome::Fault(error.to_string()),
    }
}
