//! Every mistake of an author, one folder each, with the exact text that is printed for it.

use std::{collections::BTreeSet, fs, path::Path};

use oarlock::{
    Options,
    diagnostic::{Code, Diagnostics, render},
    source::{Source, Sources},
};

#[test]
fn every_mistake_prints_its_text_and_every_code_has_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut missing: BTreeSet<&str> = Code::ALL.iter().map(|code| code.id()).collect();
    // Those of stacks are told of projects: tests/policy.
    missing.retain(|id| !id.starts_with("E2"));
    let mut differing = Vec::new();
    let mut cases: Vec<_> = fs::read_dir(&folder)
        .expect("tests/ui is there")
        .map(|case| case.expect("a folder").path())
        .collect();
    cases.sort();
    for case in cases {
        let text = fs::read_to_string(case.join("openapi.yaml")).expect("a case has a document");
        let mut sources = Sources::default();
        let id = sources.add(Source::new("openapi.yaml", &text));
        let mut diagnostics = Diagnostics::default();
        oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
        for diagnostic in diagnostics.sorted() {
            missing.remove(diagnostic.code.id());
        }
        let printed = render(&sources, &diagnostics);
        let expected = case.join("stderr.txt");
        if std::env::var_os("OARLOCK_BLESS").is_some() {
            fs::write(&expected, &printed).expect("tests/ui can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != printed {
            differing.push(format!("{}:\n{printed}", case.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(missing.is_empty(), "codes without a case: {missing:?}");
}
