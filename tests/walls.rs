//! The table of ARCHITECTURE.md held against the `use` lines: which module may see which, and where a library
//! that is to stay behind one wall is imported.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A stage and the stages it may use.
const STAGES: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("document", &["source", "diagnostic"]),
    ("spec", &["source", "diagnostic", "document"]),
];

/// A text that only one file may hold.
const ONLY_IN: &[(&str, &str)] = &[
    ("granit_parser::", "generator/document/parse.rs"),
    ("annotate_snippets::", "generator/diagnostic/render.rs"),
    ("fs::", "generator/source.rs"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Stages named after `crate::` in a file, braces opened.
fn used(text: &str) -> Vec<String> {
    let mut stages = Vec::new();
    for after in text.split("crate::").skip(1) {
        let group = after.strip_prefix('{').map_or(after, |inner| {
            inner.split("};").next().expect("split gives one part")
        });
        let entries: Vec<&str> = if after.starts_with('{') {
            group.lines().collect()
        } else {
            vec![group]
        };
        for entry in entries {
            let name: String = entry
                .trim()
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            if !name.is_empty() {
                stages.push(name);
            }
        }
    }
    stages
}

#[test]
fn stages_use_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    files(&root.join("generator"), &mut all);
    let mut broken = Vec::new();
    for path in all {
        let name = path.strip_prefix(root).expect("below the root");
        let name = name.to_str().expect("names are ASCII").to_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        for (needle, home) in ONLY_IN {
            if text.contains(needle) && name != *home {
                broken.push(format!("{name} holds {needle}, which belongs to {home}"));
            }
        }
        let stage = name["generator/".len()..]
            .split(['/', '.'])
            .next()
            .expect("split gives one part")
            .to_owned();
        if stage == "lib" || stage == "main" {
            continue;
        }
        let Some((_, allowed)) = STAGES.iter().find(|(known, _)| *known == stage) else {
            broken.push(format!("{name} belongs to no stage of the table"));
            continue;
        };
        for other in used(&text) {
            if other != stage && !allowed.contains(&other.as_str()) {
                broken.push(format!("{name} uses {other}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
