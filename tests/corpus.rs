//! Documents of other people: what each asks for that is not generated yet, at its exact place, and that none of
//! them is said to be wrong where it is not.
//! `OARLOCK_BLESS=1 cargo test --test corpus` writes what is found into `tests/corpus/`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use oarlock::{
    Options,
    diagnostic::{Code, Diagnostics},
    source::{Source, Sources},
};

/// Documents whose every place is held.
const EXACT: [&str; 6] = [
    "museum.yaml",
    "memos.yaml",
    "petstore.yaml",
    "xero-files.yaml",
    "tictactoe.yaml",
    "github-2021.json",
];

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let there = folder.is_dir();
    assert!(
        there || std::env::var_os("CI").is_none(),
        "the corpus belongs beside the project"
    );
    if !there {
        eprintln!("skipped: the corpus is not beside the project");
    }
    there.then_some(folder)
}

fn read(path: &Path) -> (Source, Diagnostics) {
    let name = path
        .file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned();
    let source = Source::new(name, &fs::read_to_string(path).expect("text"));
    let mut sources = Sources::default();
    let id = sources.add(source.clone());
    let mut diagnostics = Diagnostics::default();
    oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
    (source, diagnostics)
}

#[track_caller]
fn hold(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(name);
    if std::env::var_os("OARLOCK_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, found).expect("tests/corpus can be written");
    }
    let held = fs::read_to_string(&path).unwrap_or_default();
    assert!(held == found, "{name} differs; found:\n{found}");
}

#[test]
fn every_place_that_is_not_generated_yet_is_told_once() {
    let Some(folder) = folder() else { return };
    for name in EXACT {
        let (source, diagnostics) = read(&folder.join(name));
        let mut text = String::new();
        for one in diagnostics.sorted() {
            let (line, column) = source.position(one.primary.span.start);
            writeln!(text, "{line}:{column} {} {}", one.code.id(), one.message).expect("text");
        }
        let mut lines: Vec<&str> = text.lines().collect();
        let all = lines.len();
        lines.dedup();
        assert_eq!(lines.len(), all, "{name} tells a place twice");
        hold(&format!("{name}.txt"), &text);
    }
}

#[test]
fn mistakes_are_told_of_documents_that_have_them() {
    let Some(folder) = folder() else { return };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|ending| ending == "yaml" || ending == "json")
    });
    paths.sort();
    let mut text = String::new();
    for path in paths {
        let (source, diagnostics) = read(&path);
        let mut codes: BTreeMap<&str, (usize, String)> = BTreeMap::new();
        for one in diagnostics
            .sorted()
            .into_iter()
            .filter(|one| one.code != Code::Unsupported)
        {
            let (line, column) = source.position(one.primary.span.start);
            let entry = codes.entry(one.code.id());
            entry
                .or_insert_with(|| (0, format!("{line}:{column} {}", one.message)))
                .0 += 1;
        }
        for (code, (count, first)) in codes {
            writeln!(text, "{} {code} x{count} {first}", source.name).expect("text");
        }
    }
    hold("mistakes.txt", &text);
}
