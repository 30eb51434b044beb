//! The Helm chart: an umbrella, a chart for each service, and a library of what these are made of. Their templates are
//! static; what varies stands in their values.

use askama::Template;
use include_dir::{Dir, include_dir};
use oarlock_runtime::path_shape;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use semver::Version;

use super::{EmitError, Project, amounts, copy, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::{
        Api, OWN_VARIABLES, OwnVariable, Probe, Route as Rule, RoutePath, Service,
        ServiceDeployment, Services,
    },
};

static UMBRELLA: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/umbrella");
static SERVICE: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/service");
static LIBRARY: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/library");
/// The library's name: no service has a dot in its own.
const LIBRARY_NAME: &str = "oarlock.service";
/// The Gateway API's name of paths that a regular expression fits.
const EXPRESSION: &str = "RegularExpression";
/// The version of charts of a document whose own is none that Helm takes.
const USUAL_VERSION: &str = "0.1.0";

#[derive(Template)]
#[template(path = "deploy/Chart.yaml", escape = "none")]
struct Chart<'a> {
    chart: String,
    /// The services whose charts lie within.
    services: &'a [ServiceDeployment],
    library: &'static str,
    description: String,
    version: &'a str,
    app_version: String,
}

#[derive(Template)]
#[template(path = "deploy/umbrella.values.yaml", escape = "none")]
struct UmbrellaValues<'a> {
    services: &'a [ServiceDeployment],
    routes: &'a [Route<'a>],
}

#[derive(Template)]
#[template(path = "deploy/umbrella.values.schema.json", escape = "none")]
struct UmbrellaSchema<'a> {
    /// The names of all charts within.
    charts: Vec<&'a str>,
    /// The names of the services, as members of a JSON array.
    services: String,
}

#[derive(Template)]
#[template(path = "deploy/umbrella.README.md", escape = "none")]
struct UmbrellaReadme<'a> {
    project: &'a str,
    services: &'a [ServiceDeployment],
    first: &'a str,
    routes: &'a [Route<'a>],
    /// Whether some of the routes are regular expressions.
    expressions: bool,
}

/// A rule of the host, as the Gateway API has it.
struct Route<'a> {
    kind: &'static str,
    path: String,
    /// The path for people.
    shown: String,
    methods: String,
    service: &'a str,
}

#[derive(Template)]
#[template(path = "deploy/values.yaml", escape = "none")]
struct Values<'a> {
    service: &'a ServiceDeployment,
    repository: String,
    resources: [(&'static str, String); 2],
    probes: [(&'static str, Probe); 3],
    log: String,
    /// Maps by their names.
    maps: [(&'static str, Vec<(String, String)>); 2],
    calls: String,
    callers: String,
}

#[derive(Template)]
#[template(path = "deploy/values.schema.json", escape = "none")]
struct ValuesSchema {
    least_margin: u32,
    /// The names of the variables that the chart sets, as members of a JSON array.
    own_variables: String,
}

#[derive(Template)]
#[template(path = "deploy/variables.tpl", escape = "none")]
struct Variables {
    variables: &'static [OwnVariable],
}

#[derive(Template)]
#[template(path = "deploy/service.README.md", escape = "none")]
struct ServiceReadme<'a> {
    service: &'a ServiceDeployment,
    log: String,
    /// The names of the variables that the chart sets.
    own_variables: String,
    resources: [(&'static str, String); 2],
    probes: [(&'static str, Probe); 3],
}

/// The chart of all services together.
pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let root = "deploy/chart";
    let services = &project.deployment.services;
    let version = chart_version(&api.version);
    library(&format!("{root}/charts/{LIBRARY_NAME}"), files)?;
    for (service, deployed) in project.services.all.iter().zip(services) {
        let root = format!("{root}/charts/{}", service.name);
        of_service(api, service, deployed, &version, &root, files)?;
    }
    umbrella(api, project, &version, root, files)
}

/// What the charts of services are made of.
fn library(root: &str, files: &mut FileSet) -> Result<(), EmitError> {
    copy(&LIBRARY, root, files)?;
    let variables = text(&Variables {
        variables: OWN_VARIABLES,
    })?;
    let path = format!("{root}/templates/_variables.tpl");
    files.add(&path, Owner::Generated, variables)?;
    Ok(())
}

/// The names of the variables that the chart itself sets.
fn own_variables() -> String {
    let names: Vec<&str> = OWN_VARIABLES.iter().map(|one| one.name).collect();
    quoted_list(&names)
}

/// Words of Markdown, each as code.
fn code_list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let quoted = items.map(|one| format!("`{one}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// The items of a list of YAML, or of JSON.
fn quoted_list(items: &[impl AsRef<str>]) -> String {
    let quoted = items.iter().map(|one| escape::yaml(one.as_ref()));
    quoted.collect::<Vec<_>>().join(", ")
}

/// The document's version where it is a semantic one, or would be with its missing numbers.
fn chart_version(version: &str) -> String {
    let version = version.trim();
    let version = version.strip_prefix('v').unwrap_or(version);
    let spelled = ["", ".0", ".0.0"].map(|rest| format!("{version}{rest}"));
    let found = spelled
        .into_iter()
        .find(|one| Version::parse(one).is_ok() && one.len() <= 40);
    found.unwrap_or_else(|| USUAL_VERSION.to_owned())
}

fn umbrella(
    api: &Api,
    project: &Project,
    version: &str,
    root: &str,
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let services = &project.deployment.services;
    let Some(first) = services.first() else {
        return Ok(());
    };
    let routes = routes(&project.services);
    let chart = Chart {
        chart: format!("{}-all", project.name),
        services,
        library: LIBRARY_NAME,
        description: escape::yaml(api.title.trim()),
        version,
        app_version: escape::yaml(&first.image.tag),
    };
    let values = UmbrellaValues {
        services,
        routes: &routes,
    };
    let names: Vec<&str> = services.iter().map(|one| &*one.name).collect();
    let schema = UmbrellaSchema {
        services: quoted_list(&names),
        charts: names.into_iter().chain([LIBRARY_NAME]).collect(),
    };
    let readme = UmbrellaReadme {
        project: &project.name,
        services,
        first: &first.name,
        routes: &routes,
        expressions: routes.iter().any(|one| one.kind == EXPRESSION),
    };
    let varying = [
        text(&chart)?,
        text(&values)?,
        text(&schema)?,
        text(&readme)?,
    ];
    add(varying, &UMBRELLA, root, files)
}

fn of_service(
    api: &Api,
    service: &Service,
    deployed: &ServiceDeployment,
    version: &str,
    root: &str,
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let chart = Chart {
        chart: service.name.clone(),
        services: &[],
        library: LIBRARY_NAME,
        description: escape::yaml(api.title.trim()),
        version,
        app_version: escape::yaml(&deployed.image.tag),
    };
    let values = values(service, deployed);
    let schema = ValuesSchema {
        least_margin: deployed.shutdown.least_margin.0,
        own_variables: own_variables(),
    };
    let readme = ServiceReadme {
        service: deployed,
        log: escape::markdown(&deployed.log),
        own_variables: code_list(OWN_VARIABLES.iter().map(|one| one.name)),
        resources: resources(deployed),
        probes: probes(deployed),
    };
    let varying = [
        text(&chart)?,
        text(&values)?,
        text(&schema)?,
        text(&readme)?,
    ];
    add(varying, &SERVICE, root, files)
}

/// A chart: its metadata, values, their schema and its README, and beside these what is the same in all charts of its kind.
fn add(
    varying: [String; 4],
    fixed: &Dir,
    root: &str,
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let names = [
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "README.md",
    ];
    for (name, text) in names.into_iter().zip(varying) {
        files.add(&format!("{root}/{name}"), Owner::Generated, text)?;
    }
    copy(fixed, root, files)
}

fn resources(deployed: &ServiceDeployment) -> [(&'static str, String); 2] {
    [
        ("requests", amounts::mapping(&deployed.resources.requests)),
        ("limits", amounts::mapping(&deployed.resources.limits)),
    ]
}

fn probes(deployed: &ServiceDeployment) -> [(&'static str, Probe); 3] {
    [
        ("startup", deployed.probes.startup),
        ("liveness", deployed.probes.liveness),
        ("readiness", deployed.probes.readiness),
    ]
}

fn values<'a>(service: &Service, deployed: &'a ServiceDeployment) -> Values<'a> {
    let quoted = |pairs: &[(String, String)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (escape::yaml(name), escape::yaml(value)))
            .collect()
    };
    Values {
        service: deployed,
        repository: escape::yaml_word(&deployed.image.repository),
        resources: resources(deployed),
        probes: probes(deployed),
        log: escape::yaml(&deployed.log),
        maps: [
            ("labels", quoted(&deployed.labels)),
            ("environment", quoted(&deployed.environment)),
        ],
        calls: quoted_list(&service.calls),
        callers: quoted_list(&service.callers),
    }
}

fn routes(services: &Services) -> Vec<Route<'_>> {
    let rules = services.routes.iter();
    rules.map(|rule| route(rule, services)).collect()
}

fn route<'a>(rule: &Rule, services: &'a Services) -> Route<'a> {
    let (kind, path) = match &rule.path {
        RoutePath::Exact(path) if is_plain(path) => ("Exact", percent_encoded(path)),
        RoutePath::Prefix(path) if is_plain(path) => ("PathPrefix", percent_encoded(path)),
        RoutePath::Exact(path) | RoutePath::Template(path) => (EXPRESSION, expression(path, "")),
        RoutePath::Prefix(path) => (EXPRESSION, expression(path, "(/.*)?")),
    };
    let methods = rule.methods.iter();
    let methods: Vec<String> = methods.map(|one| escape::yaml(one.as_str())).collect();
    Route {
        kind,
        shown: escape::markdown(&path),
        path: escape::yaml(&path),
        methods: methods.join(", "),
        service: &services.all[rule.service].name,
    }
}

/// Whether a path can be any but an expression: the rules of the Gateway API's `HTTPPathMatch` (v1) take no others.
fn is_plain(path: &str) -> bool {
    let within = ["//", "/./", "/../", "%2f", "%2F"];
    let ends = ["/.", "/.."];
    !within.iter().any(|one| path.contains(one)) && !ends.iter().any(|one| path.ends_with(one))
}

/// What stands in a path by itself (RFC 3986, section 3.3).
const NOT_OF_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// A path as callers send it, which is what a Gateway looks at: what the document has percent-encoded stays so, and the rest
/// becomes so.
fn percent_encoded(path: &str) -> String {
    let encoded = |text| utf8_percent_encode(text, NOT_OF_PATHS);
    let mut parts = path.split('%');
    let mut out = encoded(parts.next().unwrap_or_default()).to_string();
    for part in parts {
        let digits = part.bytes().take(2).filter(u8::is_ascii_hexdigit).count();
        let sign = if digits == 2 { "%" } else { "%25" };
        out.push_str(sign);
        out.extend(encoded(part));
    }
    out
}

/// What fits a template and what may be behind it as a whole (RE2's syntax): a parameter has one letter at least, and no slash. Some Gateways hold
/// an expression against the whole path, others look for it there.
fn expression(template: &str, behind: &str) -> String {
    let shape = path_shape(template);
    let literal = |text: &str| {
        let mut out = String::new();
        for letter in percent_encoded(text).chars() {
            if r".$()*+?[]\^{|}".contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    };
    let literals: Vec<String> = shape.split("{}").map(literal).collect();
    format!("^{}{behind}$", literals.join("[^/]+"))
}

#[cfg(test)]
mod tests {
    use super::{chart_version, expression, percent_encoded};

    #[test]
    fn a_version_that_helm_takes() {
        for (version, expected) in [
            ("1.2.3", "1.2.3"),
            (" v1.2 ", "1.2.0"),
            ("3", "3.0.0"),
            ("2.0.0-rc.1+5", "2.0.0-rc.1+5"),
            ("2022-11-28", "0.1.0"),
            ("1.2.3.4", "0.1.0"),
            ("", "0.1.0"),
        ] {
            assert_eq!(chart_version(version), expected, "{version}");
        }
    }

    #[test]
    fn a_path_as_it_travels() {
        for (path, sent) in [
            ("/a b/ü/x:y", "/a%20b/%C3%BC/x:y"),
            ("/z%20y/a b", "/z%20y/a%20b"),
            ("/api%C3%BC/%c3%bc", "/api%C3%BC/%c3%bc"),
            ("/100%/%2/%x0/%%41", "/100%25/%252/%25x0/%25%41"),
        ] {
            assert_eq!(percent_encoded(path), sent);
        }
        assert_eq!(
            expression("/z%20y.ü/{id}%7E ~", "(/.*)?"),
            r"^/z%20y\.%C3%BC/[^/]+%7E%20~(/.*)?$"
        );
        assert_eq!(
            expression("/pets/{id}/a.b/{x}-{y}", ""),
            r"^/pets/[^/]+/a\.b/[^/]+-[^/]+$"
        );
    }
}
