//! Where the service can be reached: addresses, and the paths under which they lie.

use crate::{
    model::{Server, ServerVariable},
    spec,
};

use super::names;

/// The servers of a document, each under a name of its own.
pub(super) fn servers(document: &spec::Document) -> Vec<Server> {
    let mut scope = names::Scope::default();
    let servers = document.servers.iter().enumerate();
    servers
        .map(|(index, one)| Server {
            name: scope.claim(&names::field_name(&format!("server {}", index + 1))),
            url: one.url.value.clone(),
            doc: one.description.clone().unwrap_or_default(),
            variables: variables(one),
        })
        .collect()
}

fn variables(server: &spec::Server) -> Vec<ServerVariable> {
    let mut scope = names::Scope::default();
    let variables = server.variables.iter();
    let used = variables.filter(|one| server.url.value.contains(&format!("{{{}}}", one.name)));
    used.map(|one| ServerVariable {
        name: scope.claim(&names::field_name(&one.name)),
        wire: one.name.clone(),
        doc: one.description.clone().unwrap_or_default(),
        values: one.values.clone(),
        default: one.default.clone(),
    })
    .collect()
}

/// The paths of the servers, those of operations as well, variables at their defaults, without a `/` at the end; the root is none of them.
pub(super) fn base_paths(document: &spec::Document) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    let own = document.operations.iter().flat_map(|one| &one.servers);
    for server in document.servers.iter().chain(own) {
        let mut url = server.url.value.clone();
        for one in &server.variables {
            url = url.replace(&format!("{{{}}}", one.name), &one.default);
        }
        let Some(path) = path(&url) else { continue };
        if !path.is_empty() && !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

/// The path of an address, absolute or relative to where the document lies.
fn path(url: &str) -> Option<String> {
    let base = url::Url::parse("http://localhost/").ok()?;
    let url = base.join(url).ok()?;
    let path = url.path().trim_end_matches('/');
    Some(path.to_owned()).filter(|path| !path.contains("%7B"))
}
