//! `oarlock inspect`: what is said of a document, in each form.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

const STANDINGS: [&str; 4] = ["typed", "checked", "degraded", "refused"];

fn inspect(spec: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("inspect")
        .arg(spec)
        .args(more)
        .output()
        .expect("oarlock runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn written(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspect");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path
}

/// A document of which something stands each way.
const EVERY_WAY: &str = r##"openapi: 3.1.0
info: { title: "Every <b>way</b> {{ x }}", version: "1" }
paths:
  /typed:
    get: { responses: { "200": { description: Fine, content: { application/json: { schema: { $ref: "#/components/schemas/Typed" } } } } } }
  /bytes:
    get: { responses: { "200": { description: Fine, content: { image/png: { schema: { type: object, properties: { a: { type: string } } } } } } } }
  /refused:
    get: { responses: { "200": { description: Fine, content: { application/json: { schema: { type: string, pattern: "(a" } } } } } }
components:
  schemas:
    Typed: { type: object, properties: { a: { type: string } } }
    Checked: { type: object, properties: { a: { type: string } }, propertyNames: { maxLength: 3 } }
    Degraded: { enum: [1, a, null] }
"##;

fn standing_of<'a>(report: &'a Value, part: &str, name: &str) -> &'a str {
    let parts = report[part].as_array().expect("parts");
    let found = parts.iter().find(|one| one["name"] == name);
    found.expect(name)["standing"].as_str().expect("a standing")
}

#[test]
fn each_part_stands_as_far_as_it_is_understood_and_says_why() {
    let path = written("every-way.yaml", EVERY_WAY);
    let report: Value =
        serde_json::from_str(&stdout(&inspect(&path, &["--format", "json"]))).expect("JSON");
    assert_eq!(standing_of(&report, "operations", "GET /typed"), "typed");
    assert_eq!(standing_of(&report, "operations", "GET /bytes"), "degraded");
    assert_eq!(
        standing_of(&report, "operations", "GET /refused"),
        "refused"
    );
    assert_eq!(standing_of(&report, "schemas", "Typed"), "typed");
    assert_eq!(standing_of(&report, "schemas", "Checked"), "checked");
    assert_eq!(standing_of(&report, "schemas", "Degraded"), "degraded");
    let checked = &report["schemas"][1]["findings"][0];
    assert_eq!(checked["why"], "`propertyNames`");
    assert_eq!(
        (checked["line"].as_u64(), checked["column"].as_u64()),
        (Some(13), Some(14))
    );
    assert_eq!(
        report["operations"][0]["uses"],
        serde_json::json!(["Typed"])
    );
    assert!(
        report["operations"][2]["findings"][0]["why"]
            .as_str()
            .expect("why")
            .contains("pattern")
    );
}

#[test]
fn the_total_is_the_sum_of_the_parts() {
    for name in ["petstore.yaml", "workshop.yaml"] {
        let report = stdout(&inspect(&fixture(name), &["--format", "json"]));
        let report: Value = serde_json::from_str(&report).expect("JSON");
        let mut lines = 0;
        for part in ["operations", "schemas"] {
            let parts = report[part].as_array().expect("parts");
            let total = &report["total"][part];
            assert_eq!(total["all"].as_u64(), Some(parts.len() as u64));
            for standing in STANDINGS {
                let count = parts
                    .iter()
                    .filter(|one| one["standing"] == standing)
                    .count();
                assert_eq!(
                    total[standing].as_u64(),
                    Some(count as u64),
                    "{name} {part} {standing}"
                );
            }
            lines += parts
                .iter()
                .map(|one| one["lines"].as_u64().expect("lines"))
                .sum::<u64>();
            assert!(
                parts.iter().all(|one| one["lines"].as_u64() > Some(0)),
                "{name}: a part costs something"
            );
        }
        let total = report["total"]["lines"].as_u64().expect("lines");
        assert!(
            lines < total && lines * 10 > total * 7,
            "{name}: {lines} of {total} belong to a part"
        );
    }
}

#[test]
fn the_lines_are_those_that_generating_writes() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inspect/petstore");
    let _ = fs::remove_dir_all(&out);
    let generated = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("generate")
        .arg(fixture("petstore.yaml"))
        .arg("--out")
        .arg(&out)
        .output()
        .expect("oarlock runs");
    assert!(generated.status.success());
    let mut lines = 0;
    let mut open = vec![out.join("api/src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                lines += fs::read_to_string(path).expect("Rust").lines().count() as u64;
            }
        }
    }
    let report = stdout(&inspect(&fixture("petstore.yaml"), &["--format", "json"]));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["total"]["lines"].as_u64(), Some(lines));
}

#[test]
fn the_text_has_a_line_for_each_part_and_a_total() {
    let path = written("every-way-text.yaml", EVERY_WAY);
    let output = inspect(&path, &[]);
    let text = stdout(&output);
    assert!(output.status.success());
    assert!(text.contains("\n  refused   GET /refused"), "{text}");
    assert!(
        text.contains("    checked: Checked: `propertyNames` ("),
        "{text}"
    );
    assert!(
        text.contains("  operations  3: 1 typed, 0 checked, 1 degraded, 1 refused\n"),
        "{text}"
    );
    assert!(
        text.contains("  schemas     3: 1 typed, 1 checked, 1 degraded, 0 refused\n"),
        "{text}"
    );
}

#[test]
fn the_page_stands_by_itself_and_shows_text_as_text() {
    let path = written("every-way-page.yaml", EVERY_WAY);
    let page = stdout(&inspect(&path, &["--format", "html"]));
    assert!(
        page.contains("Every &#60;b&#62;way&#60;/b&#62; {{ x }}"),
        "{}",
        &page[..600]
    );
    assert!(!page.contains("<b>way"));
    for word in ["src=", "href=", "url(", "@import", "fetch("] {
        assert!(!page.contains(word), "the page asks for something: {word}");
    }
    for name in [
        "GET /typed",
        "GET /bytes",
        "GET /refused",
        "Checked",
        "Degraded",
    ] {
        assert!(
            page.contains(&format!("<span class=\"name\">{name}</span>")),
            "{name}"
        );
    }
}

#[test]
fn a_document_with_mistakes_is_told_so() {
    let path = written(
        "wrong.yaml",
        "openapi: 3.1.0\ninfo: { title: a }\npaths: {}\n",
    );
    let output = inspect(&path, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("`info` has no `version`"));
    let missing = inspect(Path::new("nowhere.yaml"), &[]);
    assert_eq!(missing.status.code(), Some(2));
}
