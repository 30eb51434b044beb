//! The docs page from outside: a service built with `docs-ui`, over a document in two files whose texts are hostile
//! (`tests/docs/bazaar`). What a browser makes of it is for `tests/stages/docs`.

#[path = "../service/client.rs"]
mod client;
mod document;
mod page;
#[path = "../service/process.rs"]
#[allow(dead_code)] // Other tests stop what they start.
mod process;
mod try_it;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use process::Process;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The project of the bazaar.
static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bazaar");
    let _ = std::fs::remove_dir_all(&project);
    let status = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args([
            "generate",
            "tests/docs/bazaar/openapi.yaml",
            "--name",
            "bazaar",
            "--out",
        ])
        .arg(&project)
        .current_dir(root())
        .status();
    assert!(status.expect("oarlock runs").success());
    project
});

static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    // As the generated README says: one line turns the page on.
    let manifest = PROJECT.join("services/bazaar/Cargo.toml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let on = text.replace("# default = [\"docs-ui\"]", "default = [\"docs-ui\"]");
    assert_ne!(on, text, "the line is there");
    std::fs::write(&manifest, on).expect("a manifest");
    let target = root().join("target/generated");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .current_dir(&*PROJECT)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings")
        .output();
    let output = output.expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    target.join("debug/bazaar")
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
