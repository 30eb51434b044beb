//! Everything of a project that is neither Rust of the document nor deployment: manifests, the runtime, settings.

use askama::Template;
use include_dir::{Dir, include_dir};

use super::{EmitError, Project, amounts, copy, escape, filters, text};
use crate::{
    files::{FileSet, Owner},
    model::{Api, BaseImages, Observability, Probe, Service, ServiceDeployment},
};

/// The runtime's source, as it was when this generator was built.
static RUNTIME: Dir = include_dir!("$CARGO_MANIFEST_DIR/runtime/src");
const RUNTIME_MANIFEST: &str = include_str!("../../runtime/Cargo.toml");
static SCHEMA: Dir = include_dir!("$CARGO_MANIFEST_DIR/runtime/schema/src");
const SCHEMA_MANIFEST: &str = include_str!("../../runtime/schema/Cargo.toml");

#[derive(Template)]
#[template(path = "project/Cargo.toml", escape = "none")]
struct Workspace {
    /// What lies in `services`.
    services: String,
}

#[derive(Template)]
#[template(path = "project/api.Cargo.toml", escape = "none")]
struct ApiManifest<'a> {
    name: &'a str,
    description: String,
}

#[derive(Template)]
#[template(path = "project/service.Cargo.toml", escape = "none")]
struct ServiceManifest<'a> {
    name: &'a str,
    /// The project, whose API it has.
    project: &'a str,
    /// Whether it sends requests of its own: webhooks or callbacks.
    sends: bool,
}

#[derive(Template)]
#[template(path = "project/oarlock.yaml", escape = "none")]
struct Settings<'a> {
    name: &'a str,
    spec: String,
    allow: String,
    remotes: Vec<(String, String)>,
    service: &'a ServiceDeployment,
    bases: &'a BaseImages,
    observing: Option<&'a Observability>,
    /// Those that are written alike.
    probes: [(&'static str, Probe); 3],
    requests: String,
    limits: String,
}

#[derive(Template)]
#[template(path = "project/README.md", escape = "none")]
struct Readme<'a> {
    title: String,
    spec: &'a str,
    /// The service whose name stands in examples.
    first: &'a str,
    /// All, where there are several.
    services: &'a [Service],
}

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let name = &*project.name;
    let services = &project.services.all;
    let workspace = Workspace {
        services: members(services),
    };
    files.add("Cargo.toml", Owner::Generated, text(&workspace)?)?;
    files.add(".gitattributes", Owner::Generated, "* text=auto eol=lf\n")?;
    let manifest = ApiManifest {
        name,
        description: escape::toml(&api.title),
    };
    files.add("api/Cargo.toml", Owner::Generated, text(&manifest)?)?;
    files.add("runtime/Cargo.toml", Owner::Generated, RUNTIME_MANIFEST)?;
    copy(&RUNTIME, "runtime/src", files)?;
    let manifest = "runtime/schema/Cargo.toml";
    files.add(manifest, Owner::Generated, SCHEMA_MANIFEST)?;
    copy(&SCHEMA, "runtime/schema/src", files)?;
    for service in services {
        let manifest = ServiceManifest {
            name: &service.name,
            project: name,
            sends: !api.outgoing.is_empty(),
        };
        files.add_growing(
            &format!("services/{}/Cargo.toml", service.name),
            text(&manifest)?,
            Box::new(|text| Ok(with_testing(text))),
        )?;
    }
    if let Some(service) = project.deployment.services.first() {
        let settings = text(&settings(project, service))?;
        files.add("oarlock.yaml", Owner::Scaffold, settings)?;
    }
    for (path, text) in &project.documents {
        files.add(path, Owner::Scaffold, text.clone())?;
    }
    files.add(".gitignore", Owner::Scaffold, "/target\n")?;
    let readme = Readme {
        title: escape::markdown(&api.title),
        spec: &project.spec_path,
        first: services.first().map_or(name, |one| &one.name),
        services,
    };
    files.add("README.md", Owner::Scaffold, text(&readme)?)?;
    Ok(())
}

/// The members of the workspace: a folder that is no service any more is none of them.
fn members(services: &[Service]) -> String {
    let members = services.iter().map(|service| match service.module {
        None => "\"services/*\"".to_owned(),
        Some(_) => format!("\"services/{}\"", service.name),
    });
    members.collect::<Vec<_>>().join(", ")
}

fn settings<'a>(project: &'a Project, service: &'a ServiceDeployment) -> Settings<'a> {
    let remotes = project.remotes.iter();
    Settings {
        name: &project.name,
        spec: escape::yaml(&project.spec_path),
        allow: project.allow.join(", "),
        remotes: remotes
            .map(|(address, folder)| (escape::yaml(address), escape::yaml(folder)))
            .collect(),
        service,
        bases: &project.deployment.bases,
        observing: project.deployment.observability.as_ref(),
        probes: [
            ("liveness", service.probes.liveness),
            ("readiness", service.probes.readiness),
            ("image", service.probes.image),
        ],
        requests: amounts::mapping(&service.resources.requests),
        limits: amounts::mapping(&service.resources.limits),
    }
}

const FOR_TESTS: &str = "[dev-dependencies]\n";
const TESTING: &str = "oarlock-runtime = { path = \"../../runtime\", features = [\"testing\"] }\n";

/// A service's manifest with what its test of the shutdown stands on; none where it has it, or names the runtime among its
/// dependencies for tests in a way of its own.
fn with_testing(manifest: &str) -> Option<String> {
    let Some((before, behind)) = manifest.split_once(FOR_TESTS) else {
        let end = if manifest.ends_with('\n') { "" } else { "\n" };
        return Some(format!("{manifest}{end}\n{FOR_TESTS}{TESTING}"));
    };
    let table = behind.split("\n[").next().unwrap_or_default();
    match table.contains("oarlock-runtime") {
        true => None,
        false => Some(format!("{before}{FOR_TESTS}{TESTING}{behind}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_gets_what_the_shutdown_test_needs_once() {
        let bare = "[dependencies]\na = \"1\"";
        let grown = with_testing(bare).expect("it lacks it");
        assert_eq!(grown, format!("{bare}\n\n{FOR_TESTS}{TESTING}"));
        assert_eq!(with_testing(&grown), None);
        let other = "[dev-dependencies]\nb = \"1\"\n\n[features]\n";
        let grown = with_testing(other).expect("it lacks it");
        assert_eq!(
            grown,
            format!("{FOR_TESTS}{TESTING}b = \"1\"\n\n[features]\n")
        );
        assert_eq!(with_testing(&grown), None);
    }
}
