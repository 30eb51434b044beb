//! The docs page from outside: a service built with `docs-ui`, over a document in two files whose texts are hostile
//! (`tests/docs/bazaar`). What a browser makes of it is for `tests/stages/docs`.

#[path = "../service/client.rs"]
mod client;
mod document;
mod page;
#[path = "../service/process.rs"]
#[allow(dead_code)] // Other tests stop what they start.
mod process;
#[path = "../project/mod.rs"]
mod project;
mod try_it;

use std::{path::PathBuf, process::Command, sync::LazyLock};

use process::Process;
use project::root;

/// The project of the bazaar.
static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
    let document = "tests/docs/bazaar/openapi.yaml";
    project::generate("bazaar", document.as_ref(), "bazaar")
});

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    // As the generated README says: one line turns the page on.
    let manifest = PROJECT.join("services/bazaar/Cargo.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let on = text.replace("# default = [\"docs-ui\"]", "default = [\"docs-ui\"]");
    assert_ne!(on, text, "the line is there");
    std::fs::write(&manifest, on).expect("a manifest");
    project::build(&PROJECT, "bazaar")
});

fn bazaar() -> Command {
    let mut command = Command::new(&*BINARY);
    command.env_remove("RUST_LOG");
    command
}

fn start(settings: &[(&str, &str)]) -> Process {
    let mut all = vec![("OARLOCK_EXAMPLES", "on")];
    all.extend(settings);
    Process::of(bazaar, &all)
}
