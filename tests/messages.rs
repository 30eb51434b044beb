//! `--message-format`: every mistake as a line of JSON that its schema takes, and as a line that GitHub reads.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn oarlock(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("oarlock runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("messages")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let cases = fs::read_dir(folder).expect("tests/ui");
    let mut cases: Vec<PathBuf> = cases.map(|case| case.expect("a case").path()).collect();
    cases.sort();
    cases
}

/// How many diagnostics the text of a case tells, each of which points at a place.
fn told(case: &Path) -> usize {
    let text = fs::read_to_string(case.join("stderr.txt")).expect("the text");
    let heads = ["error[", "warning["];
    text.lines()
        .filter(|line| heads.iter().any(|head| line.starts_with(head)))
        .count()
}

#[test]
fn every_mistake_is_a_line_of_json_that_the_schema_takes() {
    let schema = oarlock(&["explain", "--schema"], Path::new(".")).stdout;
    let schema: Value = serde_json::from_slice(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for case in cases() {
        let out = fresh("json").join("out");
        let out = out.to_str().expect("a path");
        let output = oarlock(
            &[
                "generate",
                "openapi.yaml",
                "--name",
                "case",
                "--message-format",
                "json",
                "--out",
                out,
            ],
            &case,
        );
        let mut diagnostics = 0;
        for line in stderr(&output).lines() {
            let line: Value = serde_json::from_str(line).expect(line);
            let fault = validator.iter_errors(&line).next();
            assert!(fault.is_none(), "{}: {line}: {fault:?}", case.display());
            diagnostics += usize::from(line["kind"] == "diagnostic");
        }
        assert_eq!(diagnostics, told(&case), "{}", case.display());
    }
}

#[test]
fn every_mistake_is_one_annotation_with_its_place() {
    for case in cases() {
        let out = fresh("github").join("out");
        let out = out.to_str().expect("a path");
        let output = oarlock(
            &[
                "generate",
                "openapi.yaml",
                "--name",
                "case",
                "--message-format",
                "github",
                "--out",
                out,
            ],
            &case,
        );
        let text = stderr(&output);
        let commands = ["::error", "::warning", "::notice"];
        assert!(
            text.lines()
                .all(|line| commands.iter().any(|one| line.starts_with(one))),
            "{text}"
        );
        let placed = text
            .lines()
            .filter(|line| line.contains(" file=openapi.yaml,line="));
        assert_eq!(placed.count(), told(&case), "{}", case.display());
    }
}

#[test]
fn a_json_line_tells_place_help_and_the_other_place() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/duplicate-key");
    let out = fresh("place").join("out");
    let out = out.to_str().expect("a path");
    let output = oarlock(
        &[
            "--message-format",
            "json",
            "generate",
            "openapi.yaml",
            "--name",
            "case",
            "--out",
            out,
        ],
        &case,
    );
    let text = stderr(&output);
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let first = lines
        .find(|line| line["code"] == "E002")
        .expect("the duplicate key");
    assert_eq!(first["file"], "openapi.yaml");
    let (line, other) = (first["line"].as_u64(), first["related"][0]["line"].as_u64());
    assert!(other.is_some() && other < line, "{first}");
    assert!(!first["help"].as_str().expect("help").is_empty());
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_stale_file_is_an_annotation_of_that_file() {
    let project = fresh("stale");
    let petstore = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/petstore.yaml");
    let petstore = petstore.to_str().expect("a path");
    assert!(
        oarlock(&["generate", petstore, "--out", "."], &project)
            .status
            .success()
    );
    let file = project.join("api/src/lib.rs");
    let text = fs::read_to_string(&file).expect("the file");
    fs::write(&file, text + "// mine\n").expect("the file");
    let output = oarlock(&["check", "--message-format", "github"], &project);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(
        text.contains("::error file=api/src/lib.rs::changed: api/src/lib.rs\n"),
        "{text}"
    );
    let json = stderr(&oarlock(&["check", "--message-format", "json"], &project));
    assert!(
        json.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok()),
        "{json}"
    );
}
