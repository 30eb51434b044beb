//! The test that ships with a generated project: it passes, and fails where requests are lost.

use std::{fs, path::Path, process::Command};

use crate::project;

/// Runs the tests of a project's service; whether they pass, and what they say.
fn test(project: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "petstore",
            "--test",
            "shutdown",
        ])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", project::target())
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .expect("cargo runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn a_generated_project_tests_its_own_shutdown() {
    let petstore = "fixtures/petstore.yaml".as_ref();
    let project = project::generate("rollout", petstore, "petstore");
    let (passed, said) = test(&project);
    assert!(passed && said.contains("1 passed"), "{said}");

    // A service that does not wait for what is in work.
    let main = project.join("services/petstore/src/main.rs");
    let text = fs::read_to_string(&main).expect("a file");
    let hasty = text.replace("oarlock_runtime::run(", "oarlock_runtime::run(hasty(");
    let hasty = hasty.replace("service(App))", "service(App)))");
    let hasty = hasty
        + "
fn hasty(service: oarlock_runtime::Service) -> oarlock_runtime::Service {
    service.task(\"hasty\", |stopping: oarlock_runtime::Stopping| async move {
        stopping.stopping().await;
        if stopping.is_stopping() {
            std::process::exit(0);
        }
    })
}
";
    fs::write(&main, hasty).expect("a file");
    let (passed, said) = test(&project);
    assert!(!passed && said.contains("requests were lost"), "{said}");
}
