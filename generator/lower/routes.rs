//! Which requests of one host lead to which service, in as few rules as tell them apart.

use std::{cmp::Reverse, collections::BTreeMap};

use oarlock_runtime::path_shape;

use crate::{
    model::{Api, Operation, Route, RoutePath, Service},
    openapi::Method,
};

/// The rules of a host, those that are more concrete first.
///
/// # Errors
/// Operations of several services that no rule can tell apart.
pub(super) fn routes(api: &Api, services: &[Service]) -> Result<Vec<Route>, Vec<String>> {
    let paths = paths(api, services)?;
    let mut found = Vec::new();
    for path in &paths {
        let others = || paths.iter().filter(|one| one.service != path.service);
        let methods = match others().any(|one| one.segments == path.segments) {
            true => path.methods.clone(),
            false => Vec::new(),
        };
        let (base, literal) = path.literal();
        let alone = !base.is_empty() && !others().any(|one| one.reaches(base));
        let kind = match (literal, alone) {
            (true, _) => RoutePath::Exact(path.text.clone()),
            (false, true) => RoutePath::Prefix(format!("/{}", base.join("/"))),
            (false, false) => RoutePath::Template(path.text.clone()),
        };
        found.push(Route {
            path: kind,
            methods,
            service: path.service,
        });
    }
    Ok(thin(found))
}

/// One path, as far as one service has it.
struct Path<'a> {
    /// The template, under a base where it has one.
    text: String,
    /// Its segments without the names of parameters.
    segments: Vec<String>,
    service: usize,
    methods: Vec<Method>,
    operations: Vec<&'a Operation>,
}

impl Path<'_> {
    /// The segments before the first that has a parameter, and whether these are all.
    fn literal(&self) -> (&[String], bool) {
        let end = self.segments.iter().position(|one| one.contains("{}"));
        let count = end.unwrap_or(self.segments.len());
        (&self.segments[..count], end.is_none())
    }

    /// Whether some request for it could begin with these segments.
    fn reaches(&self, base: &[String]) -> bool {
        let meet = |own: &String, other: &String| own == other || own.contains("{}");
        self.segments.len() >= base.len()
            && self
                .segments
                .iter()
                .zip(base)
                .all(|(own, other)| meet(own, other))
    }

    /// What paths are sorted by: segment by segment, texts before parameters, and these by the text beside them.
    fn order(&self) -> (Vec<(bool, Reverse<usize>)>, &str, usize) {
        let segment = |one: &String| match one.contains("{}") {
            true => (true, Reverse(one.replace("{}", "").len())),
            false => (false, Reverse(0)),
        };
        let segments = self.segments.iter().map(segment).collect();
        (segments, &self.text, self.service)
    }
}

/// Every path once for each service that has it, bare and under the paths of the document's servers.
fn paths<'a>(api: &'a Api, services: &[Service]) -> Result<Vec<Path<'a>>, Vec<String>> {
    let bases = [String::new()];
    let bases = bases.iter().chain(&api.base_paths);
    let mut found: BTreeMap<(String, usize), Path> = BTreeMap::new();
    for base in bases {
        for (index, service) in services.iter().enumerate() {
            for operation in service.operations_of(api) {
                let path = operation.bare_path();
                let text = format!("{base}{path}");
                let shape = path_shape(&text);
                let segments = shape.trim_start_matches('/').split('/');
                let segments = segments.map(str::to_owned).collect();
                let path = found.entry((shape, index)).or_insert_with(|| Path {
                    text,
                    segments,
                    service: index,
                    methods: Vec::new(),
                    operations: Vec::new(),
                });
                path.operations.push(operation);
                path.methods.push(operation.method.clone());
                path.methods.sort();
                path.methods.dedup();
            }
        }
    }
    let mut paths: Vec<Path> = found.into_values().collect();
    paths.sort_by(|one, other| one.order().cmp(&other.order()));
    let mistakes = told_apart_by_nothing(&paths, services);
    match mistakes.is_empty() {
        true => Ok(paths),
        false => Err(mistakes),
    }
}

/// Operations of several services with one method and one path, which differ only behind a `#` or `?`.
fn told_apart_by_nothing(paths: &[Path], services: &[Service]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (index, one) in paths.iter().enumerate() {
        let rest = paths[index + 1..].iter();
        for other in rest.filter(|other| other.segments == one.segments) {
            for own in &one.operations {
                let mut others = other.operations.iter();
                if let Some(theirs) = others.find(|theirs| theirs.method == own.method) {
                    let mistake = format!(
                        "services: {} of {} and {} of {} are both {} {}: deal them to one service",
                        own.id,
                        services[one.service].name,
                        theirs.id,
                        services[other.service].name,
                        own.method.as_str(),
                        own.bare_path(),
                    );
                    mistakes.push(mistake);
                }
            }
        }
    }
    mistakes.sort();
    mistakes.dedup();
    mistakes
}

/// Leaves out what another rule of the same service takes in, and puts beginnings last, the longest first.
fn thin(routes: Vec<Route>) -> Vec<Route> {
    let (mut prefixes, mut others): (Vec<Route>, Vec<Route>) = routes
        .into_iter()
        .partition(|one| matches!(one.path, RoutePath::Prefix(_)));
    let text = |route: &Route| match &route.path {
        RoutePath::Exact(text) | RoutePath::Template(text) | RoutePath::Prefix(text) => {
            text.clone()
        }
    };
    let within = |path: &str, prefix: &str| {
        let rest = path.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    prefixes.sort_by_key(|one| (text(one).len(), text(one)));
    let mut kept: Vec<Route> = Vec::new();
    for route in prefixes {
        if !kept.iter().any(|one| within(&text(&route), &text(one))) {
            kept.push(route);
        }
    }
    others.retain(|route| {
        let mut own = kept.iter().filter(|one| one.service == route.service);
        !own.any(|one| within(&text(route), &text(one)))
    });
    kept.reverse();
    others.extend(kept);
    others
}
