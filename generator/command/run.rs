//! `--run`: builds and starts a project.

use std::{
    io::Write,
    path::Path,
    process::{Command, ExitCode},
};

use oarlock::emit::Project;

/// Builds a service and runs it until it ends.
pub(super) fn build_and_start(root: &Path, project: &Project) -> Result<ExitCode, String> {
    let name = &*project.name;
    let services = &project.deployment.services;
    let Some(service) = services.iter().find(|one| one.name == name) else {
        return Err(format!("there is no service {name:?} in the project"));
    };
    let failed = |error| format!("cargo cannot be started: {error}");
    let built = Command::new("cargo")
        .args(["build", "--package", name])
        .current_dir(root)
        .status();
    if !built.map_err(failed)?.success() {
        return Err("the project does not build; what stands above tells why".into());
    }
    let address = |variable: &str, port: u16| {
        std::env::var(variable).unwrap_or_else(|_| format!("127.0.0.1:{port}"))
    };
    let (http, admin) = (
        address("OARLOCK_HTTP_ADDR", service.ports.http),
        address("OARLOCK_ADMIN_ADDR", service.ports.admin),
    );
    let urls = format!(
        "API    http://{http}\nadmin  http://{admin}/readyz http://{admin}/metrics\nstop with Ctrl-C\n"
    );
    // Whoever closes the pipe does not want to know.
    let _ = std::io::stdout().write_all(urls.as_bytes());
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--package", name])
        .current_dir(root)
        .env("OARLOCK_HTTP_ADDR", http)
        .env("OARLOCK_ADMIN_ADDR", admin)
        .env("OARLOCK_EXAMPLES", "on")
        .status()
        .map_err(failed)?;
    match status.success() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(format!("the service ended with {status}")),
    }
}
