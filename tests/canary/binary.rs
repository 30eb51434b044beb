//! What the program itself prints and writes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::trial::{ascii, look_at_terminal};

const HOSTILE: &str = "a\u{1b}[31mb\u{9b}2Jc\u{202e}d\u{7f}e\rerror: f";

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("canary")
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

/// Both streams, which hold nothing that drives a terminal.
#[track_caller]
fn told(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).expect("text")
        + std::str::from_utf8(&output.stderr).expect("text");
    if let Err(what) = look_at_terminal(&text) {
        panic!("{what}");
    }
    text
}

/// A document with a text in many places; `extra` is a further member of its operation.
fn document(text: &str, extra: &str) -> String {
    let text = ascii(&serde_json::to_string(text).expect("JSON"));
    format!(
        "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":{text},\"version\":{text},\"description\":{text}}},\"tags\":[{{\"name\":{text}}}],\
         \"paths\":{{\"/a\":{{\"get\":{{\"operationId\":{text},\"tags\":[{text}],{text}:1,\"summary\":{text},{extra}\
         \"responses\":{{\"200\":{{\"description\":{text},\"content\":{{\"application/json\":{{\"schema\":\
         {{\"type\":\"object\",\"properties\":{{{text}:{{\"const\":{text},\"default\":{text}}}}}}}}}}}}}}}}}}}}}}}"
    )
}

#[test]
fn nothing_that_is_printed_drives_a_terminal() {
    let folder = empty("printed");
    fs::write(folder.join("api.json"), document(HOSTILE, "")).expect("a file");
    let output = oarlock(&folder, &["generate", "api.json", "--out", "shop"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("warning[W001]"), "{text}");

    // What others have put into the tree is shown by `--check`.
    let shop = folder.join("shop");
    let contract = shop.join("api/src/contract.json");
    let text = fs::read_to_string(&contract).expect("the contract");
    fs::write(&contract, format!("{text}\u{1b}[2J\u{9b}31m\u{202e}\n")).expect("the contract");
    fs::write(shop.join("api/src/\u{1b}[31m\u{202e}.rs"), "").expect("a file");
    fs::remove_file(shop.join("api/src/client.rs")).expect("a file");
    let output = oarlock(&shop, &["generate", "--check"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("changed: api/src/contract.json"), "{text}");
    assert!(text.contains("foreign: api/src/\u{241b}[31m"), "{text}");

    // And the difference between two documents is, too.
    let other = document(&format!("{HOSTILE}!"), "");
    fs::write(shop.join("openapi.json"), other).expect("the document");
    assert_eq!(oarlock(&shop, &["check"]).status.code(), Some(1));
    told(&oarlock(&shop, &["check"]));
    told(&oarlock(&shop, &["generate"]));
}

#[test]
fn what_is_left_out_is_listed_as_text() {
    let folder = empty("left-out");
    let path = document("plain", "").replace("\"/a\"", "\"/a\\u202eb\"");
    let unsupported = "\"parameters\":[{\"name\":\"a\",\"in\":\"query\",\"schema\":{\"type\":\"string\",\"pattern\":\"(\\u009b\\u001b\\n\"}}],\"responses\"";
    fs::write(
        folder.join("api.json"),
        path.replacen("\"responses\"", unsupported, 1),
    )
    .expect("a file");
    let output = oarlock(
        &folder,
        &[
            "generate",
            "api.json",
            "--out",
            "shop",
            "--allow",
            "unsupported",
        ],
    );
    let text = told(&output);
    assert!(text.contains("left out: "), "{text}");
    told(&oarlock(
        &folder,
        &["generate", "api.json", "--out", "other"],
    ));
}

/// Signs that YAML does not take are shown where they stand.
#[test]
fn what_is_no_yaml_is_shown_as_text() {
    let folder = empty("no-yaml");
    for (index, sign) in HOSTILE.chars().enumerate() {
        let text = document("plain", "").replace("plain", &format!("plain{sign}"));
        let name = format!("{index}.json");
        fs::write(folder.join(&name), text).expect("a file");
        told(&oarlock(
            &folder,
            &["generate", &name, "--out", &format!("out{index}")],
        ));
    }
}

#[test]
fn mistakes_of_usage_are_told_as_text() {
    let folder = empty("usage");
    told(&oarlock(
        &folder,
        &["generate", "no\u{1b}[31m\u{202e}ne.json"],
    ));
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: \"a\\e[31mb\"\nname: \"\\x9b31m\"\n",
    )
    .expect("a file");
    told(&oarlock(&folder, &["check"]));
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: api.json\nname: ab\n\"\\e[31m\\x9b\": 1\n",
    )
    .expect("a file");
    told(&oarlock(&folder, &["check"]));
    fs::remove_file(folder.join("oarlock.yaml")).expect("a file");
    let odd = folder.join("o\u{1b}[31m\u{202e}dd.json");
    fs::write(&odd, document("plain", "\"odd\":1,")).expect("a file");
    let odd = odd.to_string_lossy().into_owned();
    let text = told(&oarlock(
        &folder,
        &["generate", &odd, "--out", "o\u{1b}[32mut"],
    ));
    assert!(text.contains("W001"), "{text}");
    fs::write(folder.join("oarlock.lock"), "names: { \"\\e[31m\": 1 }\n").expect("a file");
    told(&oarlock(&folder, &["generate", &odd, "--out", "."]));
}
