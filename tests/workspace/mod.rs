//! Generated projects as one workspace over one runtime, so that each dependency is compiled once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The target folder that all generated crates share.
fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/generated")
}

/// Runs cargo, which must succeed.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{arguments:?} in {}:\n{text}",
        folder.display()
    );
}

/// The names of a project's services.
pub(crate) fn services(project: &Path) -> Vec<String> {
    let folders = fs::read_dir(project.join("services")).expect("services");
    let names = folders.map(|one| one.expect("a folder").file_name());
    let mut names: Vec<String> = names
        .map(|one| one.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Lints projects that lie side by side in a folder; no warning passes.
pub(crate) fn clippy(folder: &Path, projects: &[PathBuf]) {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime");
    let runtime = format!("{:?}", runtime.display().to_string());
    let mut members = String::new();
    for project in projects {
        let name = project.file_name().expect("a name").to_string_lossy();
        members.push_str(&format!("\"{name}/api\", \"{name}/services/*\", "));
        let _ = fs::remove_file(project.join("Cargo.toml"));
        let _ = fs::remove_dir_all(project.join("runtime"));
        let services = services(project).into_iter();
        let services = services.map(|service| format!("services/{service}"));
        for manifest in services.chain(["api".to_owned()]) {
            let path = project.join(manifest).join("Cargo.toml");
            let text = fs::read_to_string(&path).expect("a manifest");
            let text = text.replace("\"../runtime\"", &runtime);
            let text = text.replace("\"../../runtime\"", &runtime);
            fs::write(&path, text).expect("a manifest");
        }
    }
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    cargo(
        folder,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    );
}
