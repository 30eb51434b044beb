//! Which requests of one host lead to which service, in as few rules as tell them apart.

use std::{cmp::Reverse, collections::BTreeMap};

use oarlock_runtime::path_shape;

use crate::{
    model::{Api, Operation, Route, RoutePath, Service},
    openapi::Method,
};

/// The methods that the Gateway API has names for (`HTTPMethod` of its v1).
const METHODS_OF_ROUTES: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

/// The rules of a host, those that are more concrete first.
///
/// # Errors
/// Operations of several services that no rule can tell apart.
pub(super) fn routes(api: &Api, services: &[Service]) -> Result<Vec<Route>, Vec<String>> {
    let paths = paths(api, services)?;
    let mut found = Vec::new();
    for path in &paths {
        let others = || paths.iter().filter(|one| one.service != path.service);
        let (base, literal) = path.literal();
        let alone = !base.is_empty() && !others().any(|one| one.reaches(base));
        let kind = match (literal, alone) {
            (true, _) => RoutePath::Exact(path.text.clone()),
            (false, true) => RoutePath::Prefix(format!("/{}", base.join("/"))),
            (false, false) => RoutePath::Template(path.text.clone()),
        };
        found.push(Route {
            path: kind,
            methods: methods(path, &paths),
            service: path.service,
        });
    }
    Ok(thin(found))
}

/// What tells the requests of a path apart where several services have it: each takes its own methods, and `HEAD` with
/// `GET` (RFC 9110, section 9.3.2); one of them takes the rest, such as `OPTIONS` and what is to be answered with 405.
fn methods(path: &Path, paths: &[Path]) -> Vec<Method> {
    if path.takes_the_rest {
        return Vec::new();
    }
    let sharing = || paths.iter().filter(|one| one.segments == path.segments);
    let (get, head) = (Method("GET".to_owned()), Method("HEAD".to_owned()));
    let mut methods = path.methods.clone();
    if methods.contains(&get) && !sharing().any(|one| one.methods.contains(&head)) {
        methods.push(head);
        methods.sort();
    }
    methods
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
    /// Whether it is led what no other service takes of the path.
    takes_the_rest: bool,
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

    /// Whether an HTTPRoute can't tell one of its methods, as it can't those of the document's own.
    fn has_methods_of_its_own(&self) -> bool {
        let known = |method: &Method| METHODS_OF_ROUTES.contains(&method.as_str());
        !self.methods.iter().all(known)
    }

    /// What paths are sorted by: segment by segment, texts before parameters, and these by the text beside them.
    fn order(&self) -> (Vec<(bool, Reverse<usize>)>, &[String]) {
        let segment = |one: &String| match one.contains("{}") {
            true => (true, Reverse(one.replace("{}", "").len())),
            false => (false, Reverse(0)),
        };
        let segments = self.segments.iter().map(segment).collect();
        (segments, &self.segments)
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
                    takes_the_rest: false,
                });
                path.operations.push(operation);
                path.methods.push(operation.method.clone());
                path.methods.sort();
                path.methods.dedup();
            }
        }
    }
    let mut paths: Vec<Path> = found.into_values().collect();
    let mistakes = told_apart_by_nothing(&paths, services);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    give_the_rest(&mut paths);
    // What takes the rest of a path is its last.
    let within = |path: &Path| (path.takes_the_rest, path.service);
    paths.sort_by(|one, other| {
        let by_path = one.order().cmp(&other.order());
        by_path.then_with(|| within(one).cmp(&within(other)))
    });
    Ok(paths)
}

/// Of those that share a path, the first with methods that no HTTPRoute can tell takes the rest, else the first of all.
fn give_the_rest(paths: &mut [Path]) {
    let mut takers: BTreeMap<Vec<String>, (bool, usize)> = BTreeMap::new();
    for path in &*paths {
        let rank = (!path.has_methods_of_its_own(), path.service);
        let taker = takers.entry(path.segments.clone()).or_insert(rank);
        *taker = rank.min(*taker);
    }
    for path in paths {
        let taker = takers.get(&path.segments);
        path.takes_the_rest = taker.is_some_and(|(_, service)| *service == path.service);
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
