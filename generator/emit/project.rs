//! Everything of a project that is neither Rust of the document nor deployment: manifests, the runtime, settings.

use askama::Template;
use include_dir::{Dir, include_dir};

use super::{EmitError, Project, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::Api,
};

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
}

#[derive(Template)]
#[template(path = "project/oarlock.yaml", escape = "none")]
struct Settings<'a> {
    name: &'a str,
    spec: String,
    allow_unsupported: bool,
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
    runtime(files)?;
    let manifest = ServiceManifest { name };
    files.add(
        &format!("services/{name}/Cargo.toml"),
        Owner::Scaffold,
        text(&manifest)?,
    )?;
    let settings = Settings {
        name,
        spec: escape::yaml(&project.spec_path),
        allow_unsupported: project.allow_unsupported,
    };
    files.add("oarlock.yaml", Owner::Scaffold, text(&settings)?)?;
    files.add(
        &project.spec_path,
        Owner::Scaffold,
        project.spec_text.clone(),
    )?;
    files.add(".gitignore", Owner::Scaffold, "/target\n")?;
    let readme = Readme {
        name,
        title: escape::markdown(&api.title),
        spec: &project.spec_path,
    };
    files.add("README.md", Owner::Scaffold, text(&readme)?)?;
    Ok(())
}

/// The runtime's source, as it was when this generator was built.
fn runtime(files: &mut FileSet) -> Result<(), EmitError> {
    files.add("runtime/Cargo.toml", Owner::Generated, RUNTIME_MANIFEST)?;
    for file in RUNTIME.files() {
        let path = format!("runtime/src/{}", file.path().display());
        files.add(&path, Owner::Generated, file.contents())?;
    }
    Ok(())
}
