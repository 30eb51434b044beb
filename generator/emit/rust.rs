//! The Rust of a project: the API's crate, and the scaffold of its service.

mod api;
mod append;
mod checks;
mod client;
mod errors;
mod group;
mod joining;
mod lines;
mod outgoing;
mod paragraphs;
mod payload;
mod payload_client;
mod printing;
mod request;
mod response;
mod scaffold;
mod security;
mod shutdown;
mod table;
mod types;
mod unions;
mod validity;

pub use lines::{Lines, lines};

use proc_macro2::TokenStream;

use super::{EmitError, Project, escape};
use crate::{
    files::{FileSet, Owner},
    model::Api,
};

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    self::api(api, files)?;
    if let Some(document) = &api.document {
        let text = escape::json(document);
        files.add("api/src/openapi.json", Owner::Generated, text)?;
    }
    let test = shutdown::test(api, project);
    let path = format!("services/{}/tests/shutdown.rs", project.name);
    files.add(&path, Owner::Scaffold, test)?;
    scaffold::emit(api, project, files)
}

/// The source of the API's crate.
pub(super) fn api(api: &Api, files: &mut FileSet) -> Result<(), EmitError> {
    rust(files, "lib", api::items(api))?;
    if !api.types.is_empty() {
        rust(files, "types", types::items(api))?;
    }
    for group in &api.groups {
        rust(files, &group.module, group::items(api, group))?;
    }
    if !api.security.requirements.is_empty() {
        rust(files, "security", security::items(api))?;
    }
    if !api.errors.is_empty() {
        rust(files, "errors", errors::items(api))?;
    }
    rust(files, "table", table::items(api))?;
    rust(files, "client", client::items(api))?;
    rust(files, "server", group::modules(api))?;
    for group in &api.groups {
        let module = group.module.trim_start_matches("r#");
        rust(
            files,
            &format!("server/{module}"),
            group::serving(api, group),
        )?;
        rust(
            files,
            &format!("client/{module}"),
            client::group(api, group),
        )?;
    }
    for (name, items) in [
        ("callbacks", outgoing::callbacks(api)),
        ("webhooks", outgoing::webhooks(api)),
    ] {
        if let Some(items) = items {
            rust(files, name, items)?;
        }
    }
    for (name, json) in [("contract", &api.contract), ("examples", &api.examples)] {
        let text = escape::json(&format!("{json:#}\n"));
        files.add(&format!("api/src/{name}.json"), Owner::Generated, text)?;
    }
    Ok(())
}

fn rust(files: &mut FileSet, module: &str, items: TokenStream) -> Result<(), EmitError> {
    let path = format!("api/src/{}.rs", module.trim_start_matches("r#"));
    let text = printing::print(items).map_err(|error| EmitError::Rust(path.clone(), error))?;
    files.add(&path, Owner::Generated, text)?;
    Ok(())
}
