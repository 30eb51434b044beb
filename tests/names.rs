//! Names are stable: whatever is added to a document, taken out or put in another order, what stays keeps its name.

use std::{fs, path::Path};

use fastrand::Rng;
use oarlock::{
    Options,
    diagnostic::Diagnostics,
    lower,
    model::NameTable,
    source::{Source, Sources},
};
use serde_json::{Map, Value, json};

const EDITS: usize = 1000;

fn names(document: &Value, locked: NameTable) -> Option<NameTable> {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.json", &document.to_string()));
    let mut diagnostics = Diagnostics::default();
    let options = Options {
        names: locked,
        ..Options::default()
    };
    let read = oarlock::read(&mut sources, id, options, &mut diagnostics);
    read.filter(|_| !diagnostics.has_errors())
        .map(|(api, _)| api.names)
}

/// Everything that is in both tables and is called otherwise.
fn renamed(before: &NameTable, after: &NameTable) -> Vec<String> {
    let mut found = Vec::new();
    for (scope, names) in before {
        for (key, name) in names {
            if let Some(now) = after.get(scope).and_then(|names| names.get(key))
                && now != name
            {
                found.push(format!("{scope}: {key}: {name} became {now}"));
            }
        }
    }
    found
}

/// The mappings at some depth below a place, by their pointers.
fn mappings(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let step = key.replace('~', "~0").replace('/', "~1");
                mappings(value, format!("{pointer}/{step}"), found);
            }
            found.push(pointer);
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                mappings(value, format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// One edit as an author would make it.
fn edit(document: &mut Value, rng: &mut Rng, number: usize) {
    match rng.usize(..7) {
        0 => shuffle(document, rng),
        1 | 2 => with_properties(document, rng, |members, rng| {
            let name = variation(&any_key(members, rng), rng, number);
            insert_first(members, &name, json!({ "type": "string" }));
        }),
        3 => with_properties(document, rng, |members, rng| {
            let key = any_key(members, rng);
            members.remove(&key);
        }),
        4 => {
            if let Value::Object(members) = &mut document["components"]["schemas"] {
                let name = variation(&any_key(members, rng), rng, number);
                let schema =
                    json!({ "type": "object", "properties": { "x": { "type": "string" } } });
                insert_first(members, &name, schema);
            }
        }
        5 => {
            if let Value::Object(paths) = &mut document["paths"] {
                let operation = json!({ "operationId": variation("getPet", rng, number), "tags": ["pets"],
                    "responses": { "204": { "description": "Done" } } });
                insert_first(paths, &format!("/new{number}"), json!({ "get": operation }));
            }
        }
        _ => {
            if let Value::Object(paths) = &mut document["paths"]
                && paths.len() > 1
            {
                let key = any_key(paths, rng);
                paths.remove(&key);
            }
        }
    }
}

fn shuffle(document: &mut Value, rng: &mut Rng) {
    let mut pointers = Vec::new();
    mappings(document, String::new(), &mut pointers);
    let pointer = &pointers[rng.usize(..pointers.len())];
    if let Some(Value::Object(members)) = document.pointer_mut(pointer) {
        let mut entries: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
        rng.shuffle(&mut entries);
        *members = entries.into_iter().collect();
    }
}

fn with_properties(
    document: &mut Value,
    rng: &mut Rng,
    act: impl FnOnce(&mut Map<String, Value>, &mut Rng),
) {
    let mut pointers = Vec::new();
    mappings(document, String::new(), &mut pointers);
    pointers.retain(|one| one.ends_with("/properties"));
    if pointers.is_empty() {
        return;
    }
    let pointer = &pointers[rng.usize(..pointers.len())];
    if let Some(Value::Object(members)) = document.pointer_mut(pointer) {
        act(members, rng);
    }
}

fn any_key(members: &Map<String, Value>, rng: &mut Rng) -> String {
    members
        .keys()
        .nth(rng.usize(..members.len().max(1)))
        .cloned()
        .unwrap_or_default()
}

fn insert_first(members: &mut Map<String, Value>, key: &str, value: Value) {
    if members.contains_key(key) {
        return;
    }
    let before = std::mem::take(members);
    members.insert(key.to_owned(), value);
    members.extend(before);
}

/// A name that is likely to come to the same in Rust.
fn variation(name: &str, rng: &mut Rng, number: usize) -> String {
    match rng.usize(..5) {
        0 => name.to_uppercase(),
        1 => format!("{name}_"),
        2 => name.to_lowercase().replace(['_', '-'], ""),
        3 => format!("{name}Input"),
        _ => format!("new{number}"),
    }
}

#[test]
fn no_edit_renames_what_stays() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = fs::read_dir(root.join("tests/golden")).expect("tests/golden");
    let golden = golden.map(|case| case.expect("a case").path().join("openapi.yaml"));
    for path in golden.chain([root.join("fixtures/petstore.yaml")]) {
        let text = fs::read_to_string(&path).expect("text");
        let first: Value = serde_yaml::from_str(&text).expect("YAML");
        let mut rng = Rng::with_seed(7);
        let (mut document, mut applied) = (first.clone(), 0);
        let mut table = names(&document, NameTable::new()).expect("a whole document");
        for number in 0..EDITS {
            let mut edited = document.clone();
            edit(&mut edited, &mut rng, number);
            let locked = lower::names_to_lock(&table);
            let Some(now) = names(&edited, locked) else {
                continue;
            };
            let renamed = renamed(&table, &now);
            assert!(
                renamed.is_empty(),
                "{}, edit {number}: {renamed:#?}",
                path.display()
            );
            applied += 1;
            // From time to time back to the start, lest the document grow without end.
            (document, table) = match number % 50 {
                49 => (
                    first.clone(),
                    names(&first, NameTable::new()).expect("a whole document"),
                ),
                _ => (edited, now),
            };
        }
        eprintln!("{}: {applied} edits", path.display());
        assert!(
            applied > EDITS / 2,
            "{}: only {applied} edits were whole documents",
            path.display()
        );
    }
}

#[test]
fn without_a_lock_the_order_is_of_no_matter() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/names/openapi.yaml");
    let document: Value =
        serde_yaml::from_str(&fs::read_to_string(path).expect("text")).expect("YAML");
    let table = names(&document, NameTable::new()).expect("a whole document");
    let mut reversed = document.clone();
    reverse(&mut reversed);
    let other = names(&reversed, NameTable::new()).expect("a whole document");
    let schemas = |table: &NameTable| {
        let scopes = table
            .iter()
            .filter(|(scope, _)| scope.starts_with("fields of") || *scope == "types");
        scopes
            .map(|(scope, names)| (scope.clone(), names.clone()))
            .collect::<NameTable>()
    };
    assert_eq!(schemas(&table), schemas(&other));
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut entries: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            entries.reverse();
            entries.iter_mut().for_each(|(_, value)| reverse(value));
            *members = entries.into_iter().collect();
        }
        Value::Array(items) => items.iter_mut().for_each(reverse),
        _ => {}
    }
}
