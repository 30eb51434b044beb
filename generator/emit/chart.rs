//! The Helm chart: an umbrella, a chart for each service, and a library of what these are made of. Their templates are
//! static; what varies stands in their values.

mod routes;

use askama::Template;
use include_dir::{Dir, include_dir};
use semver::Version;

use super::{EmitError, Project, amounts, copy, escape, filters, text};
use crate::{
    files::{FileSet, Owner},
    model::{Api, OWN_VARIABLES, OwnVariable, Probe, Service, ServiceDeployment},
};
use routes::{Route, routes};

static UMBRELLA: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/umbrella");
static SERVICE: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/service");
static LIBRARY: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart/library");
/// The library's name: no service has a dot in its own.
const LIBRARY_NAME: &str = "oarlock.service";
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

/// Names as a list of YAML.
fn words(names: &[String]) -> String {
    let words = names.iter().map(|one| escape::yaml_word(one));
    words.collect::<Vec<_>>().join(", ")
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
        expressions: routes.iter().any(|one| one.kind == routes::EXPRESSION),
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
        calls: words(&service.calls),
        callers: words(&service.callers),
    }
}

#[cfg(test)]
mod tests {
    use super::chart_version;

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
}
