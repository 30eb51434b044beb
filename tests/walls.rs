//! The table of ARCHITECTURE.md held against the `use` lines: which module may see which, and where a library
//! that is to stay behind one wall is imported.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each stage and the stages it may use, as the table of ARCHITECTURE.md says.
fn stages() -> Vec<(String, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| stage |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let words = |cell: &str| {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect::<Vec<_>>()
    };
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        (words(cells[0]).remove(0), words(cells[3]))
    });
    rows.collect()
}

/// A text that only files of one place may hold.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("granit_parser::", &["generator/document/parse.rs"]),
    ("annotate_snippets::", &["generator/diagnostic/render.rs"]),
    (
        "fs::",
        &[
            "generator/source.rs",
            "generator/output.rs",
            "generator/output/",
            "generator/command/tree.rs",
        ],
    ),
    (
        "Command::new",
        &[
            "generator/command/run.rs",
            "generator/command/git.rs",
            "generator/command/invocation.rs",
        ],
    ),
    ("shlex::", &["generator/command/invocation.rs"]),
    ("auditable_", &["generator/command/build/sbom.rs"]),
];

/// The command line's own files, which may use every stage.
const COMMAND_LINE: [&str; 3] = ["lib", "main", "command"];

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

/// Stages named after `marker` in a file, braces opened.
fn used(text: &str, marker: &str) -> Vec<String> {
    let mut stages = Vec::new();
    for after in text.split(marker).skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            stages.push(word(after));
            continue;
        };
        let (mut depth, mut entry) = (0, String::new());
        for letter in group.chars() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => stages.push(word(&std::mem::take(&mut entry))),
                other if depth == 0 => entry.push(other),
                _ => {}
            }
        }
        stages.push(word(&entry));
    }
    stages.retain(|stage| !stage.is_empty());
    stages
}

fn word(text: &str) -> String {
    let letters = text.trim().chars();
    letters
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

#[test]
fn stages_use_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stages = stages();
    assert!(stages.len() > 8, "the table is read: {stages:?}");
    let mut all = Vec::new();
    files(&root.join("generator"), &mut all);
    let mut broken = Vec::new();
    for path in all {
        let name = path.strip_prefix(root).expect("below the root");
        let name = name.to_str().expect("names are ASCII").to_owned();
        let text = fs::read_to_string(&path).expect("a source file");
        for (needle, homes) in ONLY_IN {
            if text.contains(needle) && !homes.iter().any(|home| name.starts_with(home)) {
                broken.push(format!("{name} holds {needle}, which belongs to {homes:?}"));
            }
        }
        let stage = name["generator/".len()..]
            .split(['/', '.'])
            .next()
            .expect("split gives one part")
            .to_owned();
        if COMMAND_LINE.contains(&&*stage) {
            continue;
        }
        let Some((_, allowed)) = stages.iter().find(|(known, _)| *known == stage) else {
            broken.push(format!("{name} belongs to no stage of the table"));
            continue;
        };
        // Code that is generated names modules of its own crate.
        let marker = match name.starts_with("generator/emit/rust") {
            true => "\nuse crate::",
            false => "crate::",
        };
        for other in used(&text, marker) {
            if other != stage && !allowed.contains(&other) {
                broken.push(format!("{name} uses {other}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
