//! The Rust of a project: the API's crate, and the scaffold of its service.

mod api;
mod append;
mod checks;
mod client;
mod errors;
mod group;
mod joining;
mod leftover;
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
    model::{Api, Service},
};

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let services = &project.services.all;
    self::api(api, services, files)?;
    for service in services {
        if let Some(document) = &service.document {
            let path = match &service.module {
                None => "api/src/openapi.json".to_owned(),
                Some(module) => format!("api/src/service/{module}.json"),
            };
            files.add(&path, Owner::Generated, escape::json(document))?;
        }
        let test = shutdown::test(api, service);
        let path = format!("services/{}/tests/shutdown.rs", service.name);
        files.add(&path, Owner::Scaffold, test)?;
        scaffold::emit(api, &project.name, service, files)?;
    }
    leftover::look(api, project, files);
    Ok(())
}

/// The source of the API's crate, with the tables of these services, or one over all where there are none.
pub(super) fn api(api: &Api, services: &[Service], files: &mut FileSet) -> Result<(), EmitError> {
    let dealt = services.iter().any(|one| one.module.is_some());
    rust(files, "lib", api::items(api, dealt))?;
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
    match dealt {
        true => tables(api, services, files)?,
        false => rust(files, "table", table::items(api, &table::Scope::whole(api)))?,
    }
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

/// A table for each service, each in a module of its own.
fn tables(api: &Api, services: &[Service], files: &mut FileSet) -> Result<(), EmitError> {
    rust(files, "service", api::services(services))?;
    for service in services {
        if let Some(module) = &service.module {
            let items = table::items(api, &table::Scope::of(api, service, module));
            rust(files, &format!("service/{module}"), items)?;
        }
    }
    Ok(())
}

fn rust(files: &mut FileSet, module: &str, items: TokenStream) -> Result<(), EmitError> {
    let path = format!("api/src/{}.rs", module.trim_start_matches("r#"));
    let text = printing::print(items).map_err(|error| EmitError::Rust(path.clone(), error))?;
    files.add(&path, Owner::Generated, text)?;
    Ok(())
}
