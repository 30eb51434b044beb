//! `--run`: builds and starts a project.

use std::{
    io::Write,
    path::Path,
    process::{Command, ExitCode},
};

use oarlock::{emit::Project, model::ServiceDeployment};

use super::{interruption, messages::MessageFormat};

/// The service that is to be started: the one there is, or the one that is named.
pub(super) fn started<'a>(
    project: &'a Project,
    named: Option<&str>,
) -> Result<&'a ServiceDeployment, String> {
    let services = &project.deployment.services;
    let names: Vec<&str> = services.iter().map(|one| one.name.as_str()).collect();
    let names = names.join(", ");
    match (services.as_slice(), named) {
        ([one], None) => Ok(one),
        (_, None) => Err(format!(
            "the project has several services ({names}): name the one that is to be started, as in `--run --service {}`",
            services.first().map_or("NAME", |one| &one.name)
        )),
        (_, Some(named)) => {
            let mut services = services.iter();
            let found = services.find(|one| one.name == named);
            found.ok_or_else(|| format!("there is no service {named:?}; there is {names}"))
        }
    }
}

/// Builds a service and runs it until it ends.
pub(super) fn build_and_start(
    root: &Path,
    service: &ServiceDeployment,
    messages: MessageFormat,
) -> Result<ExitCode, String> {
    let name = &*service.name;
    let failed = |error| format!("cargo cannot be started: {error}");
    interruption::listen(messages)?;
    let mut build = Command::new("cargo");
    build.args(["build", "--package", name]).current_dir(root);
    let built = interruption::status(&mut build);
    interruption::check()?;
    if !built.map_err(failed)?.success() {
        return Err("the project does not build; what stands above tells why".into());
    }
    let address = |variable: &str, port: u16| {
        std::env::var(variable).unwrap_or_else(|_| format!("127.0.0.1:{port}"))
    };
    let (http, admin) = (
        address("OARLOCK_HTTP_ADDR", service.host.http),
        address("OARLOCK_ADMIN_ADDR", service.host.admin),
    );
    let urls = format!(
        "API    http://{http}\nadmin  http://{admin}/readyz http://{admin}/metrics\nstop with Ctrl-C\n"
    );
    // Whoever closes the pipe does not want to know.
    let _ = std::io::stdout().write_all(urls.as_bytes());
    let mut run = Command::new("cargo");
    run.args(["run", "--quiet", "--package", name])
        .current_dir(root)
        .env("OARLOCK_HTTP_ADDR", http)
        .env("OARLOCK_ADMIN_ADDR", admin)
        .env("OARLOCK_EXAMPLES", "on");
    let status = interruption::status(&mut run).map_err(failed)?;
    match status.success() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(format!("the service ended with {status}")),
    }
}
