//! From what is meant to the files of a project. Decides nothing: every name and every choice comes with the model.

mod alerts;
mod amounts;
mod chart;
mod dashboard;
mod deploy;
mod escape;
#[allow(unreachable_pub)] // What the macro of filters makes.
mod filters;
mod observability;
mod project;
mod rust;

pub use escape::one_line;
pub use rust::{Lines, lines};

use std::fmt;

use include_dir::{Dir, DirEntry};

use crate::{
    files::{FileSet, Owner, PathError},
    model::{Api, Deployment, Services},
};

/// What a project is beside its API.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its name: of the API's crate, and of the chart of all services.
    pub name: String,
    /// Its services.
    pub services: Services,
    /// The document's path in the project.
    pub spec_path: String,
    /// The document and the files that it names, by their paths in the project.
    pub documents: Vec<(String, Vec<u8>)>,
    /// What may be left out or reached: the words of `allow` in `oarlock.yaml`.
    pub allow: Vec<&'static str>,
    /// Where copies of remote files lie: addresses and folders.
    pub remotes: Vec<(String, String)>,
    /// How its services are deployed, in the order of `services`.
    pub deployment: Deployment,
}

/// Why no files could be made; a fault of the generator, not of the document.
#[derive(Debug)]
pub enum EmitError {
    /// A path that no file may have.
    Path(PathError),
    /// A template that could not be filled.
    Template(askama::Error),
    /// Rust that does not parse: its file.
    Rust(String, syn::Error),
}

impl fmt::Display for EmitError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            EmitError::Path(error) => error.fmt(out),
            EmitError::Template(error) => write!(out, "a template could not be filled: {error}"),
            EmitError::Rust(file, error) => write!(out, "{file} would not be Rust: {error}"),
        }
    }
}

impl std::error::Error for EmitError {}

impl From<PathError> for EmitError {
    fn from(error: PathError) -> Self {
        EmitError::Path(error)
    }
}

impl From<askama::Error> for EmitError {
    fn from(error: askama::Error) -> Self {
        EmitError::Template(error)
    }
}

/// The text of a template, with the last line's end that askama takes off.
fn text(template: &impl askama::Template) -> Result<String, askama::Error> {
    let mut text = template.render()?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// Adds a folder's files as they are.
fn copy(folder: &Dir, root: &str, files: &mut FileSet) -> Result<(), EmitError> {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => copy(inner, root, files)?,
            DirEntry::File(file) => {
                let path = format!("{root}/{}", file.path().display());
                files.add(&path, Owner::Generated, file.contents())?;
            }
        }
    }
    Ok(())
}

/// Every file of a project.
///
/// # Errors
/// Faults of the generator.
pub fn emit(api: &Api, project: &Project) -> Result<FileSet, EmitError> {
    let mut files = FileSet::default();
    project::emit(api, project, &mut files)?;
    rust::emit(api, project, &mut files)?;
    deploy::emit(api, project, &mut files)?;
    Ok(files)
}

/// The files of the API's crate alone.
///
/// # Errors
/// Faults of the generator.
pub fn api(api: &Api) -> Result<FileSet, EmitError> {
    let mut files = FileSet::default();
    rust::api(api, &[], &mut files)?;
    Ok(files)
}
