//! Where a project is deployed to, under which name and with which values.

use std::path::Path;

use oarlock::{config::Environment, files::ENVIRONMENTS, model::Seconds};

use super::{Arguments, environment::environment};
use crate::command::{generate::Asked, invocation::argument};

/// Where a project is deployed to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) environment: Option<String>,
    pub(super) release: String,
    /// The chart, as an argument.
    pub(super) chart: String,
    /// That of the context, where none is named.
    pub(super) namespace: Option<String>,
    pub(super) create_namespace: bool,
    pub(super) context: Option<String>,
    pub(super) kubeconfig: Option<String>,
    /// Files of the environment, and then those of the command line, as arguments.
    pub(super) values: [Vec<String>; 2],
    pub(super) set: Vec<String>,
    pub(super) timeout: Option<Seconds>,
    /// The variable by which Helm asks elsewhere, or as somebody else, than kubectl would.
    pub(super) helms_own: Option<&'static str>,
}

/// What Helm takes of the environment, and kubectl does not.
const HELMS_OWN: [&str; 7] = [
    "HELM_KUBEAPISERVER",
    "HELM_KUBETOKEN",
    "HELM_KUBEASUSER",
    "HELM_KUBEASGROUPS",
    "HELM_KUBECAFILE",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
    "HELM_KUBETLS_SERVER_NAME",
];

/// Decides where to.
///
/// # Errors
/// Environments and files that there are not.
pub(super) fn target(arguments: &Arguments, asked: &Asked) -> Result<Target, String> {
    let root = &*asked.root;
    let key = arguments.environment.as_ref().map(|key| key.0.as_str());
    let environment = environment(root, &asked.environments, key)?;
    let of = |what: &str, path: &Path| there(path, what);
    let own = arguments.values.iter().map(|path| of("--values", path));
    let release = arguments.release.clone().or(environment.release.clone());
    let namespace = arguments.namespace.clone();
    let context = arguments.context.clone();
    let timeout = arguments.timeout.clone();
    let kubeconfig = arguments.kubeconfig.as_deref();
    let text = |key: &str| format!("environments: {key}: values");
    let what = key.map_or_else(String::new, text);
    let values = files(root, key, &environment);
    let values = values.iter().map(|path| of(&what, &root.join(path)));
    Ok(Target {
        environment: key.map(str::to_owned),
        release: release.map_or_else(|| asked.project.name.clone(), |release| release.0),
        chart: argument(&root.join("deploy/chart"))?,
        namespace: namespace.or(environment.namespace.clone()).map(|one| one.0),
        create_namespace: arguments.create_namespace || environment.create_namespace,
        context: context
            .or(environment.context.clone())
            .map(|one| one.0)
            .or_else(helms_context),
        kubeconfig: kubeconfig
            .map(|path| of("--kubeconfig", path))
            .transpose()?,
        values: [
            values.collect::<Result<_, _>>()?,
            own.collect::<Result<_, _>>()?,
        ],
        set: arguments.set.clone(),
        timeout: timeout.or(environment.timeout.clone()).map(|one| one.0),
        helms_own: HELMS_OWN.into_iter().find(|name| is_set(name)),
    })
}

/// The one that Helm would take by itself; kubectl has to be told.
fn helms_context() -> Option<String> {
    let set = std::env::var("HELM_KUBECONTEXT").ok();
    set.filter(|context| !context.is_empty())
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The environment's files: those that it names, else its own where there is one.
fn files(root: &Path, key: Option<&str>, environment: &Environment) -> Vec<String> {
    match (&environment.values, key) {
        (Some(named), _) => named.iter().map(|one| one.0.clone()).collect(),
        (None, Some(key)) => {
            let own = format!("{ENVIRONMENTS}/{key}.yaml");
            let own = root.join(&own).is_file().then_some(own);
            own.into_iter().collect()
        }
        (None, None) => Vec::new(),
    }
}

/// A file as an argument.
fn there(path: &Path, what: &str) -> Result<String, String> {
    match (path.is_file(), path.exists()) {
        (true, _) => argument(path),
        (false, false) => Err(format!("{what}: there is no file {}", path.display())),
        (false, true) => Err(format!(
            "{what}: {} must be a file on a disk, since it is read several times",
            path.display()
        )),
    }
}
