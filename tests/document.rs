//! The reader of documents, driven from outside: places, exact messages, bounds, and real documents.

use std::{fmt::Write, fs, path::Path, rc::Rc};

use oarlock::{
    diagnostic::{Diagnostics, render},
    document::{Node, Value, parse},
    source::{Source, Sources},
};

fn read(text: &str) -> (Option<Rc<Node>>, String) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("api.yaml", text));
    let mut diagnostics = Diagnostics::default();
    let node = parse(&sources, id, &mut diagnostics);
    (node, render(&sources, &diagnostics))
}

fn scalar<'a>(node: &'a Node, key: &str) -> (&'a str, bool) {
    match &node.get(key).expect("the key is there").value {
        Value::Scalar { text, quoted } => (text, *quoted),
        other => panic!("{key} is {other:?}"),
    }
}

#[test]
fn keeps_scalars_as_written() {
    let (node, errors) = read("on: off\nbig: 123456789012345678901234567890\ntext: \"1e3\"\n");
    let node = node.expect(&errors);
    assert_eq!(scalar(&node, "on"), ("off", false));
    assert_eq!(
        scalar(&node, "big"),
        ("123456789012345678901234567890", false)
    );
    assert_eq!(scalar(&node, "text"), ("1e3", true));
}

#[test]
fn reads_json_surrogate_pairs() {
    let (node, errors) = read("{\n\t\"boat\": \"\\ud83d\\udea3\"\n}");
    assert_eq!(scalar(&node.expect(&errors), "boat"), ("🚣", true));
}

#[test]
fn spans_are_bytes_and_positions_are_characters() {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("api.yaml", "\u{feff}é: ü\nb: c\n"));
    let source = sources.get(id);
    let mut diagnostics = Diagnostics::default();
    let node = parse(&sources, id, &mut diagnostics).expect("it is YAML");
    let span = &node.get("é").expect("the key is there").span;
    assert_eq!(&source.text[span.start..span.end], "ü");
    assert_eq!(source.position(span.start), (1, 4));
    let span = &node.get("b").expect("the key is there").span;
    assert_eq!(source.position(span.start), (2, 4));
}

#[test]
fn reports_every_duplicate_key_with_both_places() {
    let (node, errors) = read("a: 1\nb:\n  c: 2\n  c: 3\na: 4\n");
    assert_eq!(scalar(&node.expect("reading goes on"), "a"), ("1", false));
    let expected = "\
error[E002]: the key \"c\" stands twice in one mapping
 --> api.yaml:4:3
  |
3 |   c: 2
  |   - first written here
4 |   c: 3
  |   ^ written again
  |
  = help: remove one of the two, or rename it

error[E002]: the key \"a\" stands twice in one mapping
 --> api.yaml:5:1
  |
1 | a: 1
  | - first written here
...
5 | a: 4
  | ^ written again
  |
  = help: remove one of the two, or rename it

";
    assert_eq!(errors, expected);
}

#[test]
fn every_unreadable_text_is_refused_by_code() {
    let deep = "[".repeat(100_000);
    let cases = [
        ("a: [1,\n", "E001"),
        ("a: *nowhere\n", "E001"),
        ("a: &a [*a]\n", "E001"),
        (deep.as_str(), "E003"),
        ("? [a]\n: b\n", "E005"),
        ("", "E006"),
        ("a: 1\n---\nb: 2\n", "E006"),
    ];
    for (text, code) in cases {
        let (node, errors) = read(text);
        assert!(node.is_none(), "{code}: accepted");
        assert!(
            errors.starts_with(&format!("error[{code}]")),
            "{code}: {errors}"
        );
    }
}

#[test]
fn alias_bombs_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").expect("strings take text");
    }
    let (node, errors) = read(&bomb);
    assert!(node.is_none());
    assert!(errors.starts_with("error[E004]"), "{errors}");
}

#[test]
fn reads_every_document_of_the_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(index) = fs::read_to_string(corpus.join("corpus.tsv")) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "the corpus is not at ../shared/corpus"
        );
        eprintln!("not run: the corpus is not at ../shared/corpus");
        return;
    };
    let mut count = 0;
    for row in index.lines().skip(1) {
        let entry = row.split('\t').nth(1).expect("a row has an entry file");
        let mut sources = Sources::default();
        let id = sources.add(Source::read(&corpus.join(entry)).expect("the file is there"));
        let mut diagnostics = Diagnostics::default();
        let node = parse(&sources, id, &mut diagnostics);
        let node = node.unwrap_or_else(|| panic!("{entry}: {}", render(&sources, &diagnostics)));
        assert!(node.get("info").is_some(), "{entry} has no info");
        count += 1;
    }
    assert_eq!(count, 29);
}
