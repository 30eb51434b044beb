//! Everything of a project that is neither Rust of the document nor deployment: manifests, the runtime, settings.

use askama::Template;
use include_dir::{Dir, include_dir};

use super::{EmitError, Project, copy, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::Api,
};

/// The runtime's source, as it was when this generator was built.
static RUNTIME: Dir = include_dir!("$CARGO_MANIFEST_DIR/runtime/src");
const RUNTIME_MANIFEST: &str = include_str!("../../runtime/Cargo.toml");

#[derive(Template)]
#[template(path = "project/Cargo.toml", escape = "none")]
struct Workspace;

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
}

#[derive(Template)]
#[template(path = "project/README.md", escape = "none")]
struct Readme<'a> {
    name: &'a str,
    title: String,
    spec: &'a str,
}

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let name = &*project.name;
    files.add("Cargo.toml", Owner::Generated, text(&Workspace)?)?;
    files.add(".gitattributes", Owner::Generated, "* text=auto eol=lf\n")?;
    let manifest = ApiManifest {
        name,
        description: escape::toml(&api.title),
    };
    files.add("api/Cargo.toml", Owner::Generated, text(&manifest)?)?;
    files.add("runtime/Cargo.toml", Owner::Generated, RUNTIME_MANIFEST)?;
    copy(&RUNTIME, "runtime/src", files)?;
    let manifest = ServiceManifest {
        name,
        sends: !api.outgoing.is_empty(),
    };
    files.add(
        &format!("services/{name}/Cargo.toml"),
        Owner::Scaffold,
        text(&manifest)?,
    )?;
    let settings = Settings {
        name,
        spec: escape::yaml(&project.spec_path),
        allow: project.allow.join(", "),
        remotes: project
            .remotes
            .iter()
            .map(|(address, folder)| (escape::yaml(address), escape::yaml(folder)))
            .collect(),
    };
    files.add("oarlock.yaml", Owner::Scaffold, text(&settings)?)?;
    for (path, text) in &project.documents {
        files.add(path, Owner::Scaffold, text.clone())?;
    }
    files.add(".gitignore", Owner::Scaffold, "/target\n")?;
    let readme = Readme {
        name,
        title: escape::markdown(&api.title),
        spec: &project.spec_path,
    };
    files.add("README.md", Owner::Scaffold, text(&readme)?)?;
    Ok(())
}
