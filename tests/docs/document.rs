//! The document as the service tells it, held against the files that it comes from.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::{PROJECT, client::ask, root, start};

fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a file");
    serde_yaml::from_str(&text).expect("YAML")
}

/// The files of a document by their paths, with what each holds.
struct Files {
    main: PathBuf,
    read: BTreeMap<PathBuf, Value>,
}

impl Files {
    /// What a reference in a file leads to, and the file in which that stands.
    fn follow(&mut self, from: &Path, reference: &str) -> (PathBuf, Value) {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let path = match file {
            "" => from.to_owned(),
            file => {
                let joined = from.parent().expect("a folder").join(file);
                fs::canonicalize(joined).expect("the file is there")
            }
        };
        let whole = self.read.entry(path.clone()).or_insert_with(|| yaml(&path));
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        (
            path,
            whole.pointer(&pointer).expect("it leads somewhere").clone(),
        )
    }
}

/// Follows both sides through their references as far as `depth`, and compares what is there.
fn same(
    files: &mut Files,
    from: &Path,
    written: &Value,
    bundle: &Value,
    told: &Value,
    depth: usize,
) {
    if depth == 0 {
        return;
    }
    if let Some(reference) = written.get("$ref").and_then(Value::as_str) {
        let (from, target) = files.follow(from, reference);
        return same(files, &from, &target, bundle, told, depth - 1);
    }
    if let Some(reference) = told.get("$ref").and_then(Value::as_str) {
        let pointer = reference.strip_prefix('#').expect("references stay within");
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        let target = bundle.pointer(&pointer).expect("it leads somewhere");
        return same(files, from, written, bundle, target, depth - 1);
    }
    match (written, told) {
        (Value::Object(left), Value::Object(right)) => {
            let names = |one: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = one
                    .keys()
                    .filter(|name| *name != "servers")
                    .cloned()
                    .collect();
                names.sort();
                names
            };
            assert_eq!(names(left), names(right), "{written} and {told}");
            for (name, inner) in left.iter().filter(|(name, _)| *name != "servers") {
                same(files, from, inner, bundle, &right[name], depth - 1);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            assert_eq!(left.len(), right.len(), "{written} and {told}");
            for (left, right) in left.iter().zip(right) {
                same(files, from, left, bundle, right, depth - 1);
            }
        }
        _ => assert_eq!(written, told),
    }
}

/// Every path, every operation and every schema of a document, through all of its files, and nothing beside.
fn says_what_was_written(main: &Path, told: &Value) {
    let main = fs::canonicalize(main).expect("the document");
    let written = yaml(&main);
    let mut files = Files {
        main: main.clone(),
        read: BTreeMap::new(),
    };
    files.read.insert(main, written.clone());
    let main = files.main.clone();
    for part in [
        "info",
        "paths",
        "tags",
        "security",
        "definitions",
        "securityDefinitions",
    ] {
        match written.get(part) {
            Some(written) => same(&mut files, &main, written, told, &told[part], 40),
            None => assert!(part == "definitions" || told.get(part).is_none(), "{part}"),
        }
    }
    let sections = written.get("components").and_then(Value::as_object);
    for (section, members) in sections.into_iter().flatten() {
        for (name, member) in members.as_object().expect("names") {
            same(
                &mut files,
                &main,
                member,
                told,
                &told["components"][section][name],
                40,
            );
        }
    }
    stays_within(told, told);
}

/// No reference leaves the bundle, or leads nowhere.
fn stays_within(bundle: &Value, value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let pointer = reference.strip_prefix('#').expect("references stay within");
                let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
                assert!(
                    bundle.pointer(&pointer).is_some(),
                    "{reference} leads nowhere"
                );
            }
            let inner = members.iter().filter(|(name, _)| !name.starts_with("x-"));
            inner.for_each(|(_, inner)| stays_within(bundle, inner));
        }
        Value::Array(items) => items.iter().for_each(|item| stays_within(bundle, item)),
        _ => {}
    }
}

#[test]
fn json_and_yaml_say_what_was_written() {
    let process = start(&[("OARLOCK_DOCS", "both")]);
    let told = ask(process.admin, "GET", "/openapi.json", &[], "").json();
    says_what_was_written(&root().join("tests/docs/bazaar/openapi.yaml"), &told);
    assert_eq!(
        told["servers"],
        json!([{ "url": "./docs/try" }]),
        "the page's requests come back here"
    );
    assert!(told["paths"]["/stalls"]["post"].get("servers").is_none());
    assert_eq!(
        told["x-note"]["$ref"], "https://evil.invalid/extension.yaml",
        "an extension is a value"
    );
    let text = ask(process.admin, "GET", "/openapi.yaml", &[], "").body;
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(!text.starts_with('{'), "YAML as people write it");
    let yaml: Value = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(yaml, told);
    let mut api = ask(process.http, "GET", "/openapi.json", &[], "").json();
    assert_eq!(api["servers"], json!([{ "url": "./" }]));
    api["servers"] = told["servers"].clone();
    assert_eq!(api, told);
}

/// The same with no build between: documents of others, in several files.
#[test]
fn documents_in_several_files_are_bundled() {
    let corpus = root().join("../shared/corpus");
    let cases = [
        root().join("tests/docs/bazaar/openapi.yaml"),
        corpus.join("camara-qod.d/code/API_definitions/quality-on-demand.yaml"),
        corpus
            .join("petstore-separate-v2.d/examples/v2.0/json/petstore-separate/spec/swagger.json"),
    ];
    for (index, document) in cases.iter().filter(|one| one.exists()).enumerate() {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bundled-{index}"));
        let _ = fs::remove_dir_all(&out);
        let output = Command::new(env!("CARGO_BIN_EXE_oarlock"))
            .arg("generate")
            .arg(document)
            .args(["--allow", "outside", "--name", "bundled", "--out"])
            .arg(&out)
            .output()
            .expect("oarlock runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {told}", document.display());
        let text = fs::read_to_string(out.join("api/src/openapi.json")).expect("the bundle");
        let first = text.lines().nth(1).expect("a first member");
        assert!(
            first.starts_with("\"openapi\":") || first.starts_with("\"swagger\":"),
            "{first}"
        );
        let bundle: Value = serde_json::from_str(&text).expect("JSON");
        for gone in ["servers", "host", "basePath", "schemes"] {
            assert!(bundle.get(gone).is_none(), "{gone}");
        }
        says_what_was_written(document, &bundle);
    }
}

/// Operations that are left out are not shown as if they were served, and templates stand as they are read.
#[test]
fn what_is_not_served_is_not_shown() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unserved");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let document = folder.join("document.yaml");
    let text = r#"
openapi: 3.1.0
info: { title: Unserved, version: 1.0 }
paths:
  /a:
    get: { operationId: kept, responses: { "204": { description: Nothing. } } }
    post:
      operationId: gone
      requestBody: { content: { application/json: { schema: { type: string, pattern: "(?<" } } } }
      responses: { "204": { description: Nothing. } }
  b/{+id}:
    get:
      operationId: odd
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "204": { description: Nothing. } }
"#;
    fs::write(&document, text).expect("a document");
    let output = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("generate")
        .arg(&document)
        .args(["--allow", "unsupported", "--out"])
        .arg(folder.join("out"))
        .output()
        .expect("oarlock runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.contains("left out"),
        "{told}"
    );
    let text = fs::read_to_string(folder.join("out/api/src/openapi.json")).expect("the bundle");
    let bundle: Value = serde_json::from_str(&text).expect("JSON");
    let paths = bundle["paths"].as_object().expect("paths");
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/a", "/b/{id}"]);
    assert!(
        bundle["paths"]["/a"].get("get").is_some() && bundle["paths"]["/a"].get("post").is_none()
    );
    assert_eq!(bundle["info"]["version"], "1.0", "a text is a text");
}

/// The file is the generator's: `check` holds it.
#[test]
fn the_bundle_is_checked() {
    let check = || {
        Command::new(env!("CARGO_BIN_EXE_oarlock"))
            .args(["check", "--out"])
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("bazaar-checked"))
            .output()
            .expect("oarlock runs")
    };
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bazaar-checked");
    let _ = fs::remove_dir_all(&copy);
    let status = Command::new("cp")
        .arg("-r")
        .arg(&*PROJECT)
        .arg(&copy)
        .status();
    assert!(status.expect("cp runs").success());
    assert!(check().status.success());
    let file = copy.join("api/src/openapi.json");
    let text = fs::read_to_string(&file).expect("the bundle");
    fs::write(&file, text.replace("listStalls", "listTables")).expect("the bundle");
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("changed: api/src/openapi.json"));
}
