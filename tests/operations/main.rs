//! The workshop, which has every way in which an operation can be asked and answer: with handlers as a user writes them,
//! called by its generated client and by hand.

#[path = "../service/client.rs"]
mod client;
mod matrix;
#[path = "../project/mod.rs"]
mod project;
mod walk;
mod wire;
mod workshop;

use std::process::Command;

use workshop::{DRIVER, Process};

/// What the client writes the server reads, and the other way round: the driver goes through every operation.
#[test]
fn the_client_and_the_server_agree() {
    let process = Process::start("workshop", &[]);
    let output = Command::new(&*DRIVER)
        .arg(format!("http://127.0.0.1:{}", process.http))
        .output()
        .expect("the driver runs");
    let (told, wrong) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}{wrong}{}", process.log());
    assert!(told.lines().count() > 50, "{told}");

    // What the service itself has called is among its metrics; addresses that it was given are not.
    let metrics = client::ask(process.admin, "GET", "/metrics", &[], "");
    let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
    let told = "operation_id=\"toolReturned\",http_request_method=\"POST\",http_response_status_code=\"204\"";
    let line = format!("http_client_request_duration_seconds_count{{{told}}} 1\n");
    assert!(metrics.contains(&line), "{metrics}");
}

/// A service's own tests call its handlers through its generated client, and stand in for what it calls.
#[test]
fn a_service_is_tested_without_a_socket() {
    let said = project::test(workshop::project(), "workshop");
    assert!(said.contains("2 passed"), "{said}");
}

/// A build of the client alone takes in nothing that answers requests.
#[test]
fn the_client_has_no_server_in_its_build() {
    let project = workshop::project();
    let tree = |package: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--edges", "normal,features", "--package", package])
            .current_dir(project)
            .output()
            .expect("cargo runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let (client, server) = (tree("driver"), tree("workshop"));
    for feature in [
        "hyper feature \"server\"",
        "oarlock-runtime feature \"server\"",
        "tracing-subscriber",
    ] {
        assert!(server.contains(feature), "{feature} in\n{server}");
        assert!(!client.contains(feature), "{feature} in\n{client}");
    }
}
