//! The pages behind the codes: what they show is what the generator tells, and what they mend is mended.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use oarlock::{
    Options,
    diagnostic::{Code, Diagnostics, Severity, render},
    source::{Source, Sources},
};

fn oarlock(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    command.args(arguments).output().expect("oarlock runs")
}

#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(code),
        "stdout:\n{out}\nstderr:\n{err}"
    );
    (out, err)
}

/// The document that stands under a heading of a page.
#[track_caller]
fn block<'p>(code: Code, page: &'p str, heading: &str) -> &'p str {
    let id = code.id();
    let open = format!("\n## {heading}\n\n```yaml\n");
    let (_, behind) = page
        .split_once(&open)
        .unwrap_or_else(|| panic!("{id} has no block under `## {heading}`"));
    let (block, _) = behind
        .split_once("\n```\n")
        .unwrap_or_else(|| panic!("the block under `## {heading}` of {id} is not closed"));
    block
}

/// The codes that a document is told of, the printed text, and whether there is something to generate.
fn read(text: &str) -> (Vec<Code>, String, bool) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.yaml", text));
    let mut diagnostics = Diagnostics::default();
    let api = oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
    let codes = diagnostics.sorted().iter().map(|one| one.code).collect();
    (codes, render(&sources, &diagnostics), api.is_some())
}

/// Codes of stacks are told of a project and its stack; their pages show these files.
fn is_of_a_stack(code: Code) -> bool {
    code.id().starts_with("E2")
}

/// What stands beside the files that such a page shows.
const DOCUMENT: &str = "openapi: 3.1.0\ninfo: { title: Shop, version: \"1\" }\npaths: {}\n";

/// Writes the files of a block, each of which begins with its name, and checks and generates what they are.
fn project(folder: &Path, block: &str) -> (Vec<String>, Output) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("openapi.yaml"), DOCUMENT).expect("the document");
    for file in block.split("\n---\n") {
        let (name, text) = file.split_once('\n').expect("a name and a text");
        let name = name.strip_prefix("# ").expect("a name");
        fs::write(folder.join(name), format!("{text}\n")).expect("a file");
    }
    let place = folder.to_str().expect("paths are UTF-8");
    let checked = oarlock(&["check", "--message-format", "json", "--out", place]);
    let told = String::from_utf8(checked.stderr).expect("text");
    let codes = told.lines().filter_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["code"].as_str().map(str::to_owned)
    });
    (codes.collect(), oarlock(&["generate", "--out", place]))
}

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("explain")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("generator/diagnostic/pages");
    let mut files: Vec<String> = fs::read_dir(&pages)
        .expect("pages")
        .map(|page| page.expect("a page").file_name().into_string())
        .map(|name| name.expect("names are ASCII"))
        .collect();
    files.sort();
    let mut expected: Vec<String> = Code::ALL
        .map(|code| format!("{}.md", code.id()))
        .into_iter()
        .collect();
    expected.sort();
    assert_eq!(files, expected);
    for code in Code::ALL {
        let id = code.id();
        let (page, err) = ends(&oarlock(&["explain", &id.to_lowercase()]), 0);
        let file = fs::read_to_string(pages.join(format!("{id}.md"))).expect("a page");
        assert!(page == file && err.is_empty(), "{id}: {page}{err}");
        assert!(page.starts_with(&format!("# {id}: ")), "{id}: its title");
        let wide = |line: &&str| line.chars().count() > 120;
        let words = page.split("\n## Wrong\n").next().unwrap_or_default();
        assert_eq!(words.lines().find(wide), None, "{id}: a line too long");
    }
}

#[test]
fn what_is_wrong_on_a_page_is_told_by_its_code_alone() {
    let folder = empty("wrong");
    for code in Code::ALL {
        if is_of_a_stack(code) {
            let wrong = block(code, code.page(), "Wrong");
            let (codes, generated) = project(&folder.join(code.id()), wrong);
            assert_eq!(codes, [code.id()]);
            ends(&generated, 1);
            continue;
        }
        let (codes, printed, generated) = read(block(code, code.page(), "Wrong"));
        let id = code.id();
        assert!(
            !codes.is_empty() && codes.iter().all(|told| *told == code),
            "{id} tells:\n{printed}"
        );
        let warning = code.severity() == Severity::Warning;
        assert_eq!(generated, warning, "{id} tells:\n{printed}");
    }
}

#[test]
fn what_is_mended_on_a_page_is_generated_without_a_word() {
    let folder = empty("mended");
    for code in Code::ALL {
        let id = code.id();
        let mended = block(code, code.page(), "Mended");
        assert_ne!(mended, block(code, code.page(), "Wrong"), "{id}");
        if is_of_a_stack(code) {
            let (codes, generated) = project(&folder.join(id), mended);
            assert!(codes.is_empty(), "{id}: {codes:?}");
            let (_, err) = ends(&generated, 0);
            assert_eq!(err.lines().count(), 1, "{id} tells:\n{err}");
            continue;
        }
        let (_, printed, generated) = read(mended);
        assert!(printed.is_empty() && generated, "{id} tells:\n{printed}");
        let (document, out) = (
            folder.join(format!("{id}.yaml")),
            folder.join(id).into_os_string(),
        );
        fs::write(&document, mended).expect("the document");
        let paths = [document.to_str(), out.to_str()].map(|path| path.expect("paths are UTF-8"));
        let done = oarlock(&["generate", paths[0], "--out", paths[1]]);
        let (_, err) = ends(&done, 0);
        assert_eq!(err.lines().count(), 1, "{id} tells:\n{err}");
        fs::remove_dir_all(paths[1]).expect("a project");
    }
}

#[test]
fn without_a_code_all_are_listed() {
    let (list, err) = ends(&oarlock(&["explain"]), 0);
    assert_eq!(err, "");
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), Code::ALL.len(), "{list}");
    let mut all = Code::ALL;
    all.sort_by_key(|code| code.id());
    for (line, code) in lines.into_iter().zip(all) {
        assert!(line.starts_with(code.id()), "{line}");
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        assert_eq!(line.split_whitespace().nth(1), Some(severity), "{line}");
        assert!(line.ends_with(code.title()), "{line}");
        assert!(!code.title().is_empty(), "{line}");
    }
}

#[test]
fn several_codes_are_explained_in_their_order() {
    let (pages, _) = ends(&oarlock(&["explain", "W005", "E013"]), 0);
    let both = [Code::NameClash.page(), Code::UnresolvedReference.page()];
    assert_eq!(pages, both.join("\n"));
}

#[test]
fn a_code_that_is_none_is_a_mistake_of_usage() {
    let (out, err) = ends(&oarlock(&["explain", "e13"]), 2);
    assert_eq!(out, "");
    assert_eq!(
        err,
        "error: there is no code \"e13\": did you mean `E013`? `oarlock explain` lists them all\n"
    );
    // Nothing is near; nothing is printed of the code that is known.
    let (out, err) = ends(&oarlock(&["explain", "E001", "nonsense"]), 2);
    assert_eq!(out, "");
    assert_eq!(
        err,
        "error: there is no code \"nonsense\": `oarlock explain` lists them all\n"
    );
}

#[test]
fn a_closed_pipe_is_no_mistake() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args(["explain", "E013"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("oarlock runs");
    drop(child.stdout.take());
    let (_, err) = ends(&child.wait_with_output().expect("it ends"), 0);
    assert_eq!(err, "");
}

#[test]
fn a_run_that_told_something_ends_with_where_more_is_said() {
    let folder = empty("told");
    let run = |text: &str, out: &str, more: &[&str]| {
        let document = folder.join("openapi.yaml");
        fs::write(&document, text).expect("the document");
        let out = folder.join(out);
        let paths = [document.to_str(), out.to_str()].map(|path| path.expect("paths are UTF-8"));
        oarlock(&[&["generate", paths[0], "--out", paths[1]], more].concat())
    };
    let last = |err: &str| err.lines().last().unwrap_or_default().to_owned();
    let wrong = block(Code::UnknownField, Code::UnknownField.page(), "Wrong");
    let pointer = "for more about these: `oarlock explain W001`";
    let (_, err) = ends(&run(wrong, "one", &[]), 0);
    assert_eq!(last(&err), pointer);
    let (_, err) = ends(&run(wrong, "one", &["--check"]), 0);
    assert_eq!(last(&err), pointer);
    // Errors first, each once, and no more than three.
    let many = "openapi: 3.0.3\ninfo: { title: T, nme: T, versions: 1 }\npaths:\n  pets:\n    get:\n      tags: a\n      \
                parameters: [{ name: a, in: b }, { in: query }]\n      responses: { '200': { description: A } }\n";
    let (_, err) = ends(&run(many, "two", &[]), 1);
    assert_eq!(
        last(&err),
        "for more about these: `oarlock explain E010 E011 E015`"
    );
}
