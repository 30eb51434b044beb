//! Documents that are small to write, or merely long, and ask for very much: each ends, with files or with words, and
//! none takes the machine with it. Only those that take little in a build that is not optimised.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

/// How long a document may take, in a build that is not optimised and on a machine that does other things.
const LONGEST: Duration = Duration::from_secs(30);

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("bombs")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn to(name: impl std::fmt::Display) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A document that answers with the schema `A`.
fn document(schemas: impl IntoIterator<Item = (String, Value)>) -> String {
    let schemas: Map<String, Value> = schemas.into_iter().collect();
    let answer =
        json!({ "description": "d", "content": { "application/json": { "schema": to("A") } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Bomb", "version": "1" },
        "paths": { "/a": { "get": { "operationId": "a", "responses": { "200": answer } } } },
        "components": { "schemas": schemas },
    })
    .to_string()
}

/// A schema made of another one.
type Level = fn(Value) -> Value;

/// Schemas each of which is made of the one before it, from `A0` to `A`.
fn tower(height: usize, bottom: Value, level: impl Fn(Value) -> Value) -> String {
    let levels =
        (1..=height).map(|number| (format!("A{number}"), level(to(format!("A{}", number - 1)))));
    let top = ("A".to_owned(), to(format!("A{height}")));
    document(
        std::iter::once(("A0".to_owned(), bottom))
            .chain(levels)
            .chain([top]),
    )
}

/// What the program says, which ends in time and by itself.
#[track_caller]
fn told(name: &str, text: &str, code: i32) -> String {
    let folder = folder(name);
    fs::write(folder.join("api.json"), text).expect("a file");
    let told = fs::File::create(folder.join("told.txt")).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args(["generate", "api.json", "--out", "out", "--name", "bomb"])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(told)
        .spawn()
        .expect("oarlock runs");
    let began = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None if began.elapsed() > LONGEST => {
                child.kill().expect("a child");
                panic!("{name} runs on");
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let told = fs::read_to_string(folder.join("told.txt")).expect("text");
    assert_eq!(status.code(), Some(code), "{name}:\n{told}");
    told
}

#[test]
fn what_doubles_without_a_step_into_the_value_is_refused() {
    let text = || json!({ "type": "string" });
    let in_place: [(&str, Level); 4] = [
        ("all-of", |one| json!({ "allOf": [one.clone(), one] })),
        ("one-of", |one| json!({ "oneOf": [one.clone(), one] })),
        (
            "any-of",
            |one| json!({ "anyOf": [one.clone(), one, { "type": "null" }] }),
        ),
        (
            "not",
            |one| json!({ "not": one.clone(), "if": one.clone(), "then": one }),
        ),
    ];
    for (name, level) in in_place {
        let told = told(name, &tower(40, text(), level), 1);
        assert!(
            told.contains("error[E004]") && told.contains("more than 100000 schemas"),
            "{told}"
        );
    }
}

#[test]
fn what_doubles_with_each_step_has_no_example() {
    let text = || json!({ "type": "string" });
    let steps: [(&str, Level); 3] = [
        (
            "properties",
            |one| json!({ "type": "object", "required": ["a", "b"], "properties": { "a": one.clone(), "b": one } }),
        ),
        (
            "prefix-items",
            |one| json!({ "type": "array", "minItems": 2, "prefixItems": [one.clone(), one] }),
        ),
        (
            "min-items",
            |one| json!({ "type": "array", "minItems": 2, "items": one }),
        ),
    ];
    for (name, level) in steps {
        let told = told(name, &tower(40, text(), level), 0);
        assert!(told.contains("warning[W003]"), "{told}");
    }
    let open = |one: Value| {
        json!({ "oneOf": [
        { "type": "object", "required": ["a"], "properties": { "a": one.clone() } },
        { "type": "object", "required": ["b"], "properties": { "b": one } },
    ] })
    };
    told("one-of-properties", &tower(40, text(), open), 0);
}

#[test]
fn what_is_taken_up_again_and_again_is_refused() {
    let count = 1500;
    let links = (0..count).map(|number| {
        let own = json!({ "type": "object", "properties": { format!("p{number}"): { "type": "string" } } });
        (format!("A{number}"), json!({ "allOf": [to(format!("A{}", number + 1)), own] }))
    });
    let ends = [
        (format!("A{count}"), json!({ "type": "object" })),
        ("A".to_owned(), to("A0")),
    ];
    let told = told("all-of-chain", &document(links.chain(ends)), 1);
    assert!(
        told.contains("error[E004]") && told.contains("more than 1000000 members"),
        "{told}"
    );
}

#[test]
fn references_may_be_many_but_lead_somewhere() {
    let link = |number: usize, next: usize| (format!("A{number}"), to(format!("A{next}")));
    let chain = (0..1_000).map(|number| link(number, number + 1));
    let ends = [
        ("A1000".to_owned(), json!({ "type": "string" })),
        ("A".to_owned(), to("A0")),
    ];
    told("reference-chain", &document(chain.chain(ends)), 0);
    let around = (0..10_000).map(|number| link(number, (number + 1) % 10_000));
    let told = told(
        "reference-loop",
        &document(around.chain([("A".to_owned(), to("A0"))])),
        1,
    );
    assert!(told.contains("error[E014]"), "{told}");
}

#[test]
fn patterns_cost_no_more_than_they_are_long() {
    for (name, pattern, code) in [
        ("nested", "(a+)+$", 0),
        ("twice", "(x+x+)+y", 0),
        ("million", "a{1000}{1000}", 0),
        ("more", "((a{100}){100}){100}", 1),
        ("braces", "a{4294967295}", 1),
        ("deep", &("(".repeat(5000) + &")".repeat(5000)), 1),
    ] {
        let example = format!("{}!", "a".repeat(40));
        let schema = json!({ "type": "string", "pattern": pattern, "example": example });
        told(
            &format!("pattern-{name}"),
            &document([("A".to_owned(), schema)]),
            code,
        );
    }
}

#[test]
fn depth_and_aliases_are_counted() {
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "[".repeat(100_000));
    assert!(told("deep", &deep, 1).contains("error[E003]"));
    let mut aliases = String::from("a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
    for number in 1..30 {
        let one = format!("*a{}, ", number - 1);
        aliases.push_str(&format!("a{number}: &a{number} [{}]\n", one.repeat(9)));
    }
    assert!(told("aliases", &aliases, 1).contains("error[E004]"));
}

#[test]
fn many_warnings_on_one_long_line_are_not_all_shown() {
    let member = |number: usize| (format!("p{number}"), json!({ "type": "string", "odd": 1 }));
    let properties: Map<String, Value> = (0..5_000).map(member).collect();
    let schema = json!({ "type": "object", "properties": properties });
    let told = told("warnings", &document([("A".to_owned(), schema)]), 0);
    assert!(
        told.contains("more warnings are not shown"),
        "{}",
        told.len()
    );
}

#[test]
fn a_long_name_is_cut_where_it_names_a_file() {
    let tag = "t".repeat(300);
    let text = document([("A".to_owned(), json!({ "type": "string" }))]);
    let text = text.replace(
        "\"operationId\":\"a\"",
        &format!("\"operationId\":\"a\",\"tags\":[\"{tag}\"]"),
    );
    told("long-tag", &text, 0);
    assert!(text.contains(&tag));
}

#[test]
fn callbacks_that_double_are_refused() {
    let calls = |next: String| json!({ "{$request.query.u}": { "$ref": next } });
    let paths: Map<String, Value> = (0..40)
        .map(|number| {
            let next = format!("#/paths/~1p{}", number + 1);
            let callbacks = match number {
                39 => json!({}),
                _ => json!({ "a": calls(next.clone()), "b": calls(next) }),
            };
            let responses = json!({ "204": { "description": "d" } });
            let post = json!({ "responses": responses, "callbacks": callbacks });
            (format!("/p{number}"), json!({ "post": post }))
        })
        .collect();
    let text =
        json!({ "openapi": "3.1.0", "info": { "title": "Bomb", "version": "1" }, "paths": paths });
    let told = told("callbacks", &text.to_string(), 1);
    assert!(
        told.contains("error[E004]") && told.contains("more than 100000 operations"),
        "{told}"
    );
    assert_eq!(told.matches("error[").count(), 1, "{told}");
}
