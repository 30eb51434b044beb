//! Deployment: image, compose file, Helm chart, workflow. The chart's templates are static; what varies stands in
//! its values.

use askama::Template;
use include_dir::{Dir, include_dir};

use super::{EmitError, Project, copy, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::Api,
};

static CHART: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart");
const DOCKERIGNORE: &str = include_str!("../../templates/deploy/dockerignore");
const VALUES_SCHEMA: &str = include_str!("../../templates/deploy/values.schema.json");

#[derive(Template)]
#[template(path = "deploy/Dockerfile", escape = "none")]
struct Dockerfile<'a> {
    name: &'a str,
    title: String,
}

#[derive(Template)]
#[template(path = "deploy/compose.yaml", escape = "none")]
struct Compose<'a> {
    name: &'a str,
}

#[derive(Template)]
#[template(path = "deploy/workflow.yaml", escape = "none")]
struct Workflow<'a> {
    name: &'a str,
    version: &'static str,
}

#[derive(Template)]
#[template(path = "deploy/Chart.yaml", escape = "none")]
struct Chart<'a> {
    chart: String,
    /// The service whose chart lies within.
    service: Option<&'a str>,
    description: String,
    version: String,
}

#[derive(Template)]
#[template(path = "deploy/umbrella.values.yaml", escape = "none")]
struct UmbrellaValues<'a> {
    name: &'a str,
}

#[derive(Template)]
#[template(path = "deploy/values.yaml", escape = "none")]
struct Values<'a> {
    name: &'a str,
}

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let name = &*project.name;
    files.add(".dockerignore", Owner::Generated, DOCKERIGNORE)?;
    let dockerfile = Dockerfile {
        name,
        title: escape::docker(&api.title),
    };
    files.add("deploy/Dockerfile", Owner::Generated, text(&dockerfile)?)?;
    files.add(
        "deploy/compose.yaml",
        Owner::Generated,
        text(&Compose { name })?,
    )?;
    let version = env!("CARGO_PKG_VERSION");
    let workflow = text(&Workflow { name, version })?;
    files.add(".github/workflows/service.yaml", Owner::Scaffold, workflow)?;
    chart(api, name, files)
}

fn chart(api: &Api, name: &str, files: &mut FileSet) -> Result<(), EmitError> {
    let chart = |chart: String, service| Chart {
        chart,
        service,
        description: escape::yaml(api.title.trim()),
        version: escape::yaml(&image_tag(&api.version)),
    };
    let root = "deploy/chart";
    files.add(
        &format!("{root}/Chart.yaml"),
        Owner::Generated,
        text(&chart(format!("{name}-all"), Some(name)))?,
    )?;
    files.add(
        &format!("{root}/values.yaml"),
        Owner::Generated,
        text(&UmbrellaValues { name })?,
    )?;
    let root = format!("{root}/charts/{name}");
    files.add(
        &format!("{root}/Chart.yaml"),
        Owner::Generated,
        text(&chart(name.to_owned(), None))?,
    )?;
    files.add(
        &format!("{root}/values.yaml"),
        Owner::Generated,
        text(&Values { name })?,
    )?;
    files.add(
        &format!("{root}/values.schema.json"),
        Owner::Generated,
        VALUES_SCHEMA,
    )?;
    copy(&CHART, &root, files)
}

/// A version as an image's tag may have it: letters, digits, `_`, `.` and `-`, at most 128.
fn image_tag(version: &str) -> String {
    let letter = |one: char| {
        if one.is_ascii_alphanumeric() || "._-".contains(one) {
            one
        } else {
            '-'
        }
    };
    let tag: String = version.trim().chars().map(letter).take(128).collect();
    match tag.trim_start_matches(['.', '-']) {
        "" => "0".into(),
        tag => tag.to_owned(),
    }
}
