//! The services of a project: which operations each has, and which requests lead to it.

use super::{Api, Group, Operation};
use crate::openapi::Method;

/// The services of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// Each of them; every group of the API belongs to just one.
    pub all: Vec<Service>,
    /// Which requests lead to which, of one host: the first that fits decides.
    pub routes: Vec<Route>,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name: of its crate, its image, its chart.
    pub name: String,
    /// What it is called: as the document, with its name where there are several.
    pub title: String,
    /// Its module in the API's crate; none where it has every operation of the document.
    pub module: Option<String>,
    /// Its groups: indices into [`Api::groups`](super::Api::groups), ascending.
    pub groups: Vec<usize>,
    /// The names of the services that it calls, sorted.
    pub calls: Vec<String>,
    /// The names of the services that call it, sorted.
    pub callers: Vec<String>,
    /// The document without the operations of others, one JSON text. None where it is too large.
    pub document: Option<String>,
}

impl Service {
    /// Its groups, in the order of the API.
    pub fn groups_of<'a>(&self, api: &'a Api) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().map(|group| &api.groups[*group])
    }

    /// Its operations.
    pub fn operations_of<'a>(&self, api: &'a Api) -> impl Iterator<Item = &'a Operation> {
        self.groups_of(api).flat_map(|group| &group.operations)
    }
}

/// Requests that lead to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Their path.
    pub path: RoutePath,
    /// Their methods; any where there are none.
    pub methods: Vec<Method>,
    /// The service: an index into [`Services::all`].
    pub service: usize,
}

/// A path of requests, as the document has it: percent-encoded where that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoutePath {
    /// This one.
    Exact(String),
    /// One that this template fits, where no beginning of the path tells services apart.
    Template(String),
    /// This one, and all that have further segments behind it.
    Prefix(String),
}
