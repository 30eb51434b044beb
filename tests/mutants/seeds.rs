//! What is changed: the project's own documents, or those of a folder that `TEST_SEEDS` names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// How often documents that are generated from stand in the list, beside those that are refused.
const SOUND: usize = 6;

/// Documents to change, of the project in the folder `root`.
pub(crate) fn seeds(root: &Path) -> Vec<Value> {
    if let Some(folder) = std::env::var_os("TEST_SEEDS") {
        return read(&files(Path::new(&folder)));
    }
    let mut sound = files(&root.join("fixtures"));
    sound.extend(cases(&root.join("tests/golden")));
    let mut paths = cases(&root.join("tests/ui"));
    (0..SOUND).for_each(|_| paths.extend_from_slice(&sound));
    read(&paths)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of documents");
    let mut paths: Vec<PathBuf> = entries.map(|one| one.expect("an entry").path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|one| one == "yaml" || one == "json")
    });
    paths.sort();
    paths
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    let mut paths: Vec<PathBuf> = entries
        .map(|one| one.expect("an entry").path().join("openapi.yaml"))
        .collect();
    paths.sort();
    paths
}

/// The documents that are mappings; among those that are refused, some are not even that.
fn read(paths: &[PathBuf]) -> Vec<Value> {
    let documents = paths.iter().filter_map(|path| {
        let text = fs::read_to_string(path).expect("a document");
        serde_yaml::from_str(&text).ok()
    });
    documents.filter(Value::is_object).collect()
}
