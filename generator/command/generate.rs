//! `oarlock generate` and `oarlock check`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use oarlock::{
    Options,
    config::{self, Config, Deploy, Environment, EnvironmentKey},
    diagnostic::{Diagnostics, did_you_mean},
    emit::{self, Project},
    files::FileSet,
    lower::{self, Unsupporteds},
    model::{Api, OperationLimits},
    output::{self, Lock, LockedStack},
    source::Sources,
    spec,
};

use super::{
    documents::{self, AllowArgument, Placed, Reach},
    explain,
    messages::MessageFormat,
    outcome::{check, list_left, list_omitted, report},
    run::{build_and_start, started},
    services::{Read, services},
    stack::{self, Extended},
};

pub(crate) use super::documents::Place;

pub(super) const CONFIG: &str = "oarlock.yaml";

#[derive(Args)]
pub(crate) struct Arguments {
    /// The document; without it, the one that `oarlock.yaml` names.
    pub(super) spec: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// The name of the project, and of its service where there is one; without it, the document's title.
    #[arg(long)]
    name: Option<String>,
    /// Write nothing; exit with 1 where the project is not what its document asks for, or leaves a rule of its stack.
    #[arg(long, conflicts_with = "run")]
    check: bool,
    /// Build and start the service, answering with examples.
    #[arg(long)]
    run: bool,
    /// Which service `--run` starts, where there are several.
    #[arg(long, requires = "run", value_name = "NAME")]
    service: Option<String>,
    #[command(flatten)]
    pub(super) reach: Reach,
}

impl Arguments {
    pub(crate) fn check(place: Place) -> Self {
        Arguments {
            spec: None,
            place,
            name: None,
            check: true,
            run: false,
            service: None,
            reach: Reach::default(),
        }
    }
}

/// A project as its document asks for it, before anything of it is written.
pub(super) struct Asked {
    pub(super) root: PathBuf,
    pub(super) api: Api,
    pub(super) project: Project,
    pub(super) files: FileSet,
    pub(super) lock: Lock,
    /// Where it is deployed to, by the environments' names.
    pub(super) environments: BTreeMap<EnvironmentKey, Environment>,
    /// Where more is said of what the document was told.
    pointer: Option<String>,
}

impl Asked {
    pub(super) fn point(&self, messages: MessageFormat) {
        if let Some(text) = &self.pointer {
            messages.note(text);
        }
    }
}

/// Generates or checks. An error is a matter of usage or of the system.
pub(crate) fn run(arguments: &Arguments, messages: MessageFormat) -> Result<ExitCode, String> {
    let Some(asked) = asked_for(arguments, messages)? else {
        return Ok(ExitCode::FAILURE);
    };
    let started = arguments
        .run
        .then(|| started(&asked.project, arguments.service.as_deref()))
        .transpose()?;
    let (files, lock, root) = (&asked.files, &asked.lock, &*asked.root);
    if arguments.check {
        let outcome = check(files, lock, root, messages)?;
        list_left(files, root, messages)?;
        asked.point(messages);
        return Ok(outcome);
    }
    let written = output::write(files, lock, root).map_err(|error| error.to_string())?;
    report(&written, &asked.api, root, messages);
    list_left(files, root, messages)?;
    asked.point(messages);
    match started {
        Some(service) => build_and_start(root, service, messages),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Reads a document and makes its project in memory; none where the document is rejected, which is told.
pub(super) fn asked_for(
    arguments: &Arguments,
    messages: MessageFormat,
) -> Result<Option<Asked>, String> {
    let root = match &arguments.spec {
        Some(_) => arguments.place.of_document(),
        None => arguments.place.root(),
    };
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let made = make(arguments, &root, &mut sources, &mut diagnostics);
    messages.diagnostics(&sources, &diagnostics);
    let pointer = explain::pointer(&diagnostics);
    let Some(made) = made?.filter(|_| !diagnostics.has_errors()) else {
        if let Some(text) = &pointer {
            messages.note(text);
        }
        return Ok(None);
    };
    let Made {
        api,
        project,
        stack,
        environments,
    } = made;
    list_omitted(&sources, &api.omitted, messages);
    let files = emit::emit(&api, &project).map_err(|error| error.to_string())?;
    let lock = Lock {
        stack,
        ..Lock::new(&files, &project.documents, lower::names_to_lock(&api.names))
    };
    Ok(Some(Asked {
        root,
        api,
        project,
        files,
        lock,
        environments,
        pointer,
    }))
}

/// What files are made of.
struct Made {
    api: Api,
    project: Project,
    /// The stack that the project keeps to.
    stack: Option<LockedStack>,
    environments: BTreeMap<EnvironmentKey, Environment>,
}

/// Reads the document, and holds it and the project against the rules of its stack. Every mistake and every breach is in
/// `diagnostics`; with an error among them, nothing may be made of this.
fn make(
    arguments: &Arguments,
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Made>, String> {
    let (config, reach) = (documents::read_config(root)?, &arguments.reach);
    let config = config.as_ref();
    let access = documents::access(reach, root, config)?;
    let id = sources.add(documents::read_spec(arguments, root, config)?);
    let before = Lock::read(root).map_err(|error| error.to_string())?;
    let extended = stack::read(root, (config, reach), &before, sources, diagnostics)?;
    let options = Options {
        access,
        unsupporteds: unsupporteds(reach, config),
        names: before.names,
    };
    let mut breaches = Diagnostics::default();
    let judge = |document: &spec::Document| {
        if let Some(extended) = &extended {
            extended.judge_document(document, &mut breaches);
        }
    };
    let read = oarlock::read_and_judge(sources, id, options, judge, diagnostics);
    let Some((mut api, text)) = read.filter(|_| !diagnostics.has_errors()) else {
        diagnostics.append(breaches);
        return Ok(None);
    };
    if let Some(config) = config {
        api.limits = limits(config, &api)?;
        let put = text.objectives(&config.objectives, &mut api);
        put.map_err(|told| in_settings(&told))?;
    }
    let placed = documents::place(sources, text.origins(), root, config)?;
    let deploy = stack::deploy(config, extended.as_ref());
    let read = Read {
        sources,
        text: &text,
        api: &api,
    };
    let project = project(arguments, config, &deploy, &read, placed)?;
    if let (Some(extended), Some(config)) = (&extended, config) {
        extended.judge_project(config, reach, &project.deployment, &mut breaches);
    }
    diagnostics.append(breaches);
    Ok(Some(Made {
        api,
        project,
        stack: extended.as_ref().map(Extended::locked),
        environments: config.map_or_else(BTreeMap::new, |one| one.environments.clone()),
    }))
}

/// What to do with what is not generated yet.
fn unsupporteds(reach: &Reach, config: Option<&Config>) -> Unsupporteds {
    match reach.allows(config, AllowArgument::Unsupported) {
        true => Unsupporteds::LeaveOut,
        false => Unsupporteds::Refuse,
    }
}

/// What `oarlock.yaml` says of single operations.
fn limits(config: &Config, api: &Api) -> Result<Vec<(String, OperationLimits)>, String> {
    let ids = || {
        api.groups
            .iter()
            .flat_map(|group| &group.operations)
            .map(|one| one.id.as_str())
    };
    let read = config.limits.iter().map(|(id, written)| {
        if !ids().any(|one| one == id) {
            let near = did_you_mean(id, ids());
            return Err(format!(
                "{CONFIG}: limits: there is no operation {id:?}{near}"
            ));
        }
        let limits = written.read()?;
        let milliseconds = |one: Duration| u64::try_from(one.as_millis()).unwrap_or(u64::MAX);
        let limits = OperationLimits {
            timeout: limits.timeout.map(milliseconds),
            max_body: limits.max_body,
            max_requests: limits.max_requests,
        };
        Ok((id.clone(), limits))
    });
    read.collect()
}

/// Mistakes of `oarlock.yaml`, a line for each.
fn in_settings(told: &[String]) -> String {
    let lines = told.iter().map(|one| format!("{CONFIG}: {one}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn project(
    arguments: &Arguments,
    config: Option<&Config>,
    deploy: &Deploy,
    read: &Read,
    placed: Placed,
) -> Result<Project, String> {
    let words = [
        (AllowArgument::Unsupported, "unsupported"),
        (AllowArgument::Outside, "outside"),
    ];
    let allowed = words
        .into_iter()
        .filter(|(what, _)| arguments.reach.allows(config, *what));
    let name = service_name(arguments, config, read.api)?;
    let (services, deployment) = services(read, config, deploy, &name)?;
    Ok(Project {
        spec_path: placed
            .documents
            .first()
            .map(|(path, _)| path.clone())
            .unwrap_or_default(),
        documents: placed.documents,
        allow: allowed.map(|(_, word)| word).collect(),
        remotes: placed.remotes,
        services,
        deployment,
        name,
    })
}

fn service_name(
    arguments: &Arguments,
    config: Option<&Config>,
    api: &Api,
) -> Result<String, String> {
    let own = config.map(|config| config.name.clone());
    if let (Some(given), Some(own)) = (&arguments.name, &own)
        && given != own
    {
        return Err(format!(
            "{CONFIG} names the {} {own:?}; change it there",
            match config.is_some_and(|config| config.services.is_some()) {
                true => "project",
                false => "service",
            }
        ));
    }
    let file = arguments
        .spec
        .as_ref()
        .and_then(|path| path.file_stem())
        .map(|stem| stem.to_string_lossy());
    let title = match api.title.trim() {
        "" => file.unwrap_or_default().into_owned(),
        title => title.to_owned(),
    };
    let title = lower::package_name(&title);
    let title = title
        .strip_suffix("-api")
        .filter(|rest| rest.len() > 1)
        .unwrap_or(&title)
        .to_owned();
    let title = match lower::taken(&title) {
        Some(_) => format!("{title}-service"),
        None => title,
    };
    let name = arguments.name.clone().or(own).unwrap_or(title);
    let is_service = config.is_none_or(|config| config.services.is_none());
    match lower::taken(&name).filter(|_| is_service) {
        Some(taken) => Err(format!(
            "{name:?} cannot name a service: {taken} this name; choose another, as in `--name shop`"
        )),
        None if !config::is_name(&name) => Err(format!(
            "{name:?} cannot name a service: use lower-case letters, digits and `-`, as in `--name shop`"
        )),
        None => Ok(name),
    }
}
