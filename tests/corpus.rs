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
    lower::{self, Coverage, Covered, Standing},
    source::{Source, Sources},
    spec::{self, Access, Files},
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

/// Every document of the corpus: files of its own, and the entries of folders.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let table = fs::read_to_string(folder.join("corpus.tsv")).expect("corpus.tsv");
    let entries = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(1));
    entries.map(|entry| folder.join(entry)).collect()
}

/// How far each document is understood.
fn coverages(folder: &Path) -> Vec<(String, Coverage)> {
    let covered = documents(folder).into_iter().map(|path| {
        let mut sources = Sources::default();
        let id = sources.add(Source::read(&path).expect("text"));
        let mut diagnostics = Diagnostics::default();
        let access = Access {
            outside: true,
            ..Access::default()
        };
        let files = Files::read(&mut sources, id, &access, &mut diagnostics).expect("a document");
        let document = spec::read(&files, &mut diagnostics).expect("a document");
        let name = path.strip_prefix(folder).expect("below");
        (name.display().to_string(), lower::coverage(&document))
    });
    covered.collect()
}

/// How many stand typed, checked, degraded and refused.
fn counts(standings: impl Iterator<Item = Standing>) -> [usize; 4] {
    let all = [
        Standing::Typed,
        Standing::Checked,
        Standing::Degraded,
        Standing::Refused,
    ];
    let mut counts = [0; 4];
    for standing in standings {
        let index = all.iter().position(|one| *one == standing);
        counts[index.expect("one of the four")] += 1;
    }
    counts
}

#[test]
fn every_named_schema_becomes_a_type_or_is_refused_by_name() {
    let Some(folder) = folder() else { return };
    let mut text = String::new();
    let mut sum = [0; 3];
    for (name, coverage) in coverages(&folder) {
        // What stands in a schema without a name of its own counts with `inspect`, and not here.
        let own = |schema: &Covered| {
            let own = schema.findings.iter().filter(|one| one.what == schema.name);
            own.map(|one| one.standing).max().unwrap_or(Standing::Typed)
        };
        let [typed, checked, degraded, refused] = counts(coverage.schemas.iter().map(own));
        let checked = checked + degraded;
        writeln!(
            text,
            "{name}: {typed} typed, {checked} checked, {refused} refused"
        )
        .expect("text");
        for schema in coverage
            .schemas
            .iter()
            .filter(|one| own(one) == Standing::Refused)
        {
            let needs: Vec<&str> = schema.findings.iter().map(|one| one.why.as_str()).collect();
            writeln!(text, "  {}: {}", schema.name, needs.join(", ")).expect("text");
        }
        for (sum, more) in sum.iter_mut().zip([typed, checked, refused]) {
            *sum += more;
        }
    }
    let [typed, checked, refused] = sum;
    writeln!(
        text,
        "all: {typed} typed, {checked} checked, {refused} refused"
    )
    .expect("text");
    hold("schemas.txt", &text);
}

#[test]
fn inspecting_counts_what_is_understood_and_gives_each_reason() {
    let Some(folder) = folder() else { return };
    let mut text = String::new();
    for (name, coverage) in coverages(&folder) {
        for (what, parts) in [
            ("operations", &coverage.operations),
            ("schemas", &coverage.schemas),
        ] {
            let [typed, checked, degraded, refused] = counts(parts.iter().map(Covered::standing));
            let all = parts.len();
            writeln!(
                text,
                "{name}: {all} {what}: {typed} typed, {checked} checked, {degraded} degraded, {refused} refused"
            )
            .expect("text");
            for finding in parts.iter().flat_map(|part| &part.findings) {
                assert!(
                    !finding.why.contains("what it refers to asks"),
                    "{name}: {} has no reason",
                    finding.what
                );
            }
        }
    }
    hold("inspect.txt", &text);
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
