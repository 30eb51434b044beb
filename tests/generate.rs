//! The command line: what it writes, what it leaves alone, and what it tells.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("generate")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn oarlock(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("oarlock runs")
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

fn project(name: &str) -> PathBuf {
    let folder = empty(name);
    ends(&oarlock(&folder, &["generate", PETSTORE, "--out", "."]), 0);
    folder
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push((path.clone(), fs::read(path).expect("a file"))),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (one, two) = (project("one"), project("two"));
    let names = |root: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let all = files(root).into_iter();
        all.map(|(path, bytes)| (path.strip_prefix(root).expect("below").to_path_buf(), bytes))
            .collect()
    };
    assert!(names(&one) == names(&two));
    let before = files(&one);
    let (_, err) = ends(&oarlock(&one, &["generate"]), 0);
    assert!(
        err.contains("0 files created, 0 updated, 0 removed"),
        "{err}"
    );
    assert!(files(&one) == before);
}

#[test]
fn check_tells_each_generated_file_that_is_changed_missing_or_extra() {
    let folder = project("check");
    ends(&oarlock(&folder, &["check"]), 0);
    let lock = fs::read_to_string(folder.join("oarlock.lock")).expect("a lock");
    let outputs = lock.split("outputs:\n").nth(1).expect("outputs");
    let paths: Vec<&str> = outputs
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(path, _)| path)
        .collect();
    assert!(paths.len() > 50, "{paths:?}");
    let places: Vec<(PathBuf, Vec<u8>)> = paths
        .iter()
        .map(|path| folder.join(path))
        .map(|place| (place.clone(), fs::read(place).expect("a file")))
        .collect();
    let told = |what: &str| {
        let (out, _) = ends(&oarlock(&folder, &["generate", "--check"]), 1);
        for path in &paths {
            assert!(out.contains(&format!("{what}: {path}\n")), "{path}\n{out}");
        }
    };
    for (place, bytes) in &places {
        fs::write(place, [bytes, b"#".as_slice()].concat()).expect("a file");
    }
    told("changed");
    for (place, _) in &places {
        fs::remove_file(place).expect("a file");
    }
    told("missing");
    for (place, bytes) in &places {
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, bytes).expect("a file");
    }
    ends(&oarlock(&folder, &["check"]), 0);
    let place = folder.join("oarlock.lock");
    fs::write(&place, format!("{lock}#")).expect("a file");
    assert_ne!(oarlock(&folder, &["check"]).status.code(), Some(0));
    fs::remove_file(&place).expect("a file");
    let (out, _) = ends(&oarlock(&folder, &["check"]), 1);
    assert!(out.contains("missing: oarlock.lock\n"), "{out}");
    fs::write(&place, &lock).expect("a file");
    fs::write(folder.join("api/src/mine.rs"), "").expect("a file");
    let (out, err) = ends(&oarlock(&folder, &["check"]), 1);
    assert!(
        out.contains("foreign: api/src/mine.rs is not generated\n"),
        "{out}"
    );
    let advice = "error: 1 file is not Oarlock's: delete it, or move it elsewhere\n";
    assert!(err.ends_with(advice), "{err}");
    fs::write(folder.join("api/src/lib.rs"), "changed").expect("a file");
    let (_, err) = ends(&oarlock(&folder, &["check"]), 1);
    assert!(err.contains("error: 1 file differs from what the document asks for: run `oarlock generate`; 1 file is not"), "{err}");
}

#[test]
fn what_is_the_users_stays() {
    let folder = project("users");
    let handlers = folder.join("services/petstore/src/pets.rs");
    let text = fs::read_to_string(&handlers).expect("handlers");
    let mine = text.replacen("example!()", "todo!(\"mine\")", 1) + "\n// at the end\n";
    fs::write(&handlers, &mine).expect("handlers");
    ends(&oarlock(&folder, &["generate"]), 0);
    assert_eq!(fs::read_to_string(&handlers).expect("handlers"), mine);
    ends(&oarlock(&folder, &["check"]), 0);

    let document = fs::read_to_string(folder.join("openapi.yaml")).expect("the document");
    let more = document.replacen(
        "  /orders:\n",
        "  /pets/{petId}/toys:\n    get:\n      operationId: listToys\n      tags: [pets]\n      parameters:\n        \
         - { name: petId, in: path, required: true, schema: { type: string } }\n      \
         responses: { \"204\": { description: None } }\n  /orders:\n",
        1,
    );
    fs::write(folder.join("openapi.yaml"), more).expect("the document");
    let (out, _) = ends(&oarlock(&folder, &["check"]), 1);
    assert!(
        out.contains("incomplete: services/petstore/src/pets.rs"),
        "{out}"
    );
    let (_, err) = ends(&oarlock(&folder, &["generate"]), 0);
    assert!(
        err.contains("grown: services/petstore/src/pets.rs"),
        "{err}"
    );
    let grown = fs::read_to_string(&handlers).expect("handlers");
    assert!(
        grown.contains("todo!(\"mine\")") && grown.contains("// at the end"),
        "{grown}"
    );
    assert!(grown.contains("async fn list_toys("), "{grown}");
    ends(&oarlock(&folder, &["check"]), 0);
}

#[test]
fn a_file_that_is_not_the_generators_is_not_overwritten() {
    let folder = empty("foreign");
    fs::write(folder.join("Cargo.toml"), "# mine\n").expect("a file");
    let (_, err) = ends(&oarlock(&folder, &["generate", PETSTORE, "--out", "."]), 2);
    assert!(
        err.contains("Cargo.toml was not generated by Oarlock"),
        "{err}"
    );
    assert_eq!(files(&folder).len(), 1, "nothing else was written");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let (folder, elsewhere) = (empty("link"), empty("elsewhere"));
    std::os::unix::fs::symlink(&elsewhere, folder.join("api")).expect("a link");
    let (_, err) = ends(&oarlock(&folder, &["generate", PETSTORE, "--out", "."]), 2);
    assert!(err.contains("symbolic link"), "{err}");
    assert!(files(&elsewhere).is_empty());
}

/// A file of each folder in turn, and the name under which it is written first, leads elsewhere.
#[cfg(unix)]
#[test]
fn no_link_leads_a_write_out_of_the_project() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (project("links"), empty("links-elsewhere"));
    let outside = elsewhere.join("mine");
    let text = fs::read_to_string(folder.join("oarlock.lock")).expect("a lock");
    let outputs = text.split("outputs:\n").nth(1).expect("outputs");
    let mut folders = std::collections::BTreeSet::new();
    let paths = outputs
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(path, _)| path)
        .filter(|path| folders.insert(Path::new(path).parent().map(Path::to_owned)));
    for path in paths.chain(["oarlock.lock", "services/petstore/src/pets.rs"]) {
        let place = folder.join(path);
        let bytes = fs::read(&place).expect("a file");
        for ending in ["", ".oarlock-new"] {
            fs::write(&outside, "mine").expect("a file");
            fs::remove_file(&place).expect("a file");
            let link = folder.join(format!("{path}{ending}"));
            symlink(&outside, &link).expect("a link");
            let output = oarlock(&folder, &["generate"]);
            assert_eq!(
                fs::read_to_string(&outside).expect("a file"),
                "mine",
                "{path}{ending}"
            );
            assert_ne!(output.status.code(), Some(0), "{path}{ending}");
            fs::remove_file(&link).expect("a link");
            fs::write(&place, &bytes).expect("a file");
        }
    }
    ends(&oarlock(&folder, &["generate"]), 0);
    assert_eq!(files(&elsewhere).len(), 1);
}

/// What an interrupted run has left is no reason to stop.
#[test]
fn a_half_written_file_of_a_run_before_goes() {
    let folder = project("interrupted");
    let place = folder.join("api/src/types.rs");
    let bytes = fs::read(&place).expect("a file");
    fs::write(&place, "").expect("a file");
    let beside = folder.join("api/src/types.rs.oarlock-new");
    fs::write(&beside, "half").expect("a file");
    ends(&oarlock(&folder, &["generate"]), 0);
    assert_eq!(fs::read(&place).expect("a file"), bytes);
    assert!(!beside.exists());
}

#[test]
fn what_is_not_generated_yet_is_refused_or_left_out_by_name() {
    let folder = empty("unsupported");
    let document = fs::read_to_string(PETSTORE).expect("the document");
    let document = document.replacen(
        "schema: { type: integer, format: int32, minimum: 1, maximum: 100, default: 20 }",
        "schema: { type: string, pattern: '(' }",
        1,
    );
    fs::write(folder.join("spec.yaml"), document).expect("the document");
    let (_, err) = ends(
        &oarlock(&folder, &["generate", "spec.yaml", "--out", "shop"]),
        1,
    );
    assert!(err.contains("error[E100]: this pattern ("), "{err}");
    assert!(!folder.join("shop").exists());
    let allow = [
        "generate",
        "spec.yaml",
        "--out",
        "shop",
        "--allow",
        "unsupported",
    ];
    let (_, err) = ends(&oarlock(&folder, &allow), 0);
    assert!(
        err.contains("left out: GET /pets, which needs this pattern ("),
        "{err}"
    );
    ends(&oarlock(&folder.join("shop"), &["check"]), 0);
}

#[test]
fn mistakes_of_usage_are_told() {
    let folder = empty("usage");
    assert!(
        ends(&oarlock(&folder, &["generate"]), 2)
            .1
            .contains("give a document")
    );
    assert!(
        ends(&oarlock(&folder, &["generate", "none.yaml"]), 2)
            .1
            .contains("none.yaml")
    );
    ends(
        &oarlock(&folder, &["generate", PETSTORE, "--name", "Not A Name"]),
        2,
    );
    ends(&oarlock(&folder, &["nonsense"]), 2);
    fs::write(folder.join("oarlock.yaml"), "spec: 1\nnom: x\n").expect("a file");
    assert!(
        ends(&oarlock(&folder, &["check"]), 2)
            .1
            .contains("oarlock.yaml")
    );
}

#[test]
fn a_project_is_found_from_the_folders_within_it() {
    let folder = project("within");
    let within = folder.join("services/petstore/src");
    ends(&oarlock(&within, &["check"]), 0);
    let before = files(&folder);
    fs::write(folder.join("api/src/lib.rs"), "changed").expect("a file");
    let (out, _) = ends(&oarlock(&within, &["check"]), 1);
    assert!(out.contains("api/src/lib.rs"), "{out}");
    ends(&oarlock(&within, &["generate"]), 0);
    assert_eq!(files(&folder), before);
    // A document that is named makes a project of its own where it is asked to.
    ends(
        &oarlock(&within, &["generate", PETSTORE, "--out", "other"]),
        0,
    );
    ends(&oarlock(&within.join("other/api"), &["check"]), 0);
    assert!(within.join("other/oarlock.yaml").exists());
}

#[test]
fn a_document_of_several_files_lies_in_its_project_as_it_lay() {
    let folder = empty("files");
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write(
        "spec/api.yaml",
        "openapi: 3.1.0\ninfo: { title: Files, version: '1' }\npaths:\n  /pets:\n    get:\n      responses:\n        \
         '200': { description: Pets, content: { application/json: { schema: { $ref: 'pet.yaml' } } } }\n        \
         default: { $ref: '../common/errors.yaml#/Error' }\n",
    );
    write(
        "spec/pet.yaml",
        "type: object\nproperties: { mother: { $ref: 'pet.yaml' }, name: { type: string } }\n",
    );
    write(
        "common/errors.yaml",
        "Error: { description: Wrong, content: { application/json: { schema: { $ref: '#/Body' } } } }\n\
         Body: { type: object, properties: { message: { type: string } } }\n",
    );
    let generate = ["generate", "spec/api.yaml", "--out", "shop"];
    let (_, told) = ends(&oarlock(&folder, &generate), 1);
    assert!(
        told.contains("spec/api.yaml:8:26") && told.contains("--allow outside"),
        "{told}"
    );
    ends(
        &oarlock(&folder, &[&generate[..], &["--allow", "outside"]].concat()),
        0,
    );
    let shop = folder.join("shop");
    for path in ["spec/api.yaml", "spec/pet.yaml", "common/errors.yaml"] {
        assert!(shop.join(path).is_file(), "{path}");
    }
    ends(&oarlock(&shop, &["check"]), 0);
    let types = fs::read_to_string(shop.join("api/src/types.rs")).expect("the types");
    assert!(
        types.contains("pub struct Pet {") && types.contains("Option<Box<Pet>>"),
        "{types}"
    );
    // A file that the document names is a part of it.
    write(
        "shop/spec/pet.yaml",
        "type: object\nproperties: { age: { type: integer } }\n",
    );
    let (out, _) = ends(&oarlock(&shop, &["check"]), 1);
    assert!(out.contains("changed: api/src/types.rs"), "{out}");
}

#[test]
fn limits_of_single_operations_are_the_projects() {
    let folder = project("limits");
    let settings = folder.join("oarlock.yaml");
    let before = fs::read_to_string(&settings).expect("settings");
    let table = folder.join("api/src/table.rs");
    let with = |lines: &str| {
        fs::write(&settings, format!("{before}limits:\n{lines}")).expect("settings");
        oarlock(&folder, &["generate"])
    };
    let done = with("  createPet: { timeout: 10m, max_body: 64 MiB, max_requests: 8 }\n");
    ends(&done, 0);
    let text: String = fs::read_to_string(&table).expect("the table");
    let text: String = text.split_whitespace().collect();
    for words in [
        ".limit(\"createPet\"",
        ".timeout(std::time::Duration::from_millis(600000))",
        ".max_body(67108864)",
        ".max_requests(8)",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    for (lines, words) in [
        (
            "  createPat: { timeout: 1s }\n",
            "there is no operation \"createPat\"; did you mean \"createPet\"?",
        ),
        (
            "  createPet: { timeout: 10 }\n",
            "limits: createPet: timeout: \"10\" must be a length of time",
        ),
        (
            "  createPet: { max_body: 1 MB }\n",
            "limits: createPet: max_body: \"1 MB\" must be a number of bytes",
        ),
        ("  createPet: { speed: 1 }\n", "unknown field `speed`"),
    ] {
        let told = ends(&with(lines), 2).1;
        assert!(told.contains(words), "{words} in {told}");
    }
}
