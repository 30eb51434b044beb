//! `oarlock generate` and `oarlock check`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use oarlock::{
    config::{self, Allowed, Config},
    diagnostic::{Diagnostics, render},
    emit::{self, Project},
    files::FileSet,
    lower::{self, Unsupporteds},
    model::{Api, Omitted},
    output::{self, Difference, Lock, Written},
    source::{Source, Sources},
};

use super::run::build_and_start;

const CONFIG: &str = "oarlock.yaml";

#[derive(Args)]
pub(crate) struct Arguments {
    /// The document; without it, the one that `oarlock.yaml` names.
    spec: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// The service's name; without it, the document's title.
    #[arg(long)]
    name: Option<String>,
    /// Write nothing; exit with 1 where the project is not what its document asks for.
    #[arg(long, conflicts_with = "run")]
    check: bool,
    /// Build and start the service, answering with examples.
    #[arg(long)]
    run: bool,
    /// Leave out what is not generated yet, and list it.
    #[arg(long, value_name = "WHAT")]
    allow: Vec<AllowArgument>,
}

#[derive(Args)]
pub(crate) struct Place {
    /// The project's folder; without it, the current one.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum AllowArgument {
    /// Operations that need a feature of OpenAPI that is not generated yet.
    Unsupported,
}

impl Arguments {
    pub(crate) fn check(place: Place) -> Self {
        Arguments {
            spec: None,
            place,
            name: None,
            check: true,
            run: false,
            allow: Vec::new(),
        }
    }
}

/// Generates or checks. An error is a matter of usage or of the system.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let root = arguments
        .place
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("."));
    let config = read_config(&root)?;
    let (source, spec_path) = read_spec(arguments, &root, config.as_ref())?;
    let mut sources = Sources::default();
    let id = sources.add(source.clone());
    let mut diagnostics = Diagnostics::default();
    let allowed = config
        .as_ref()
        .is_some_and(|config| config.allow.contains(&Allowed::Unsupported));
    let allow_unsupported = allowed || !arguments.allow.is_empty();
    let unsupporteds = match allow_unsupported {
        true => Unsupporteds::LeaveOut,
        false => Unsupporteds::Refuse,
    };
    let api = oarlock::read(&sources, id, unsupporteds, &mut diagnostics);
    eprint!("{}", render(&sources, &diagnostics));
    let Some(api) = api.filter(|_| !diagnostics.has_errors()) else {
        return Ok(ExitCode::FAILURE);
    };
    list_omitted(&source, &api.omitted);
    let name = service_name(arguments, config.as_ref(), &api)?;
    let project = Project {
        name,
        spec_path,
        spec_text: source.text.as_bytes().to_vec(),
        allow_unsupported,
    };
    let files = emit::emit(&api, &project).map_err(|error| error.to_string())?;
    let lock = Lock::new(
        &files,
        &[(&project.spec_path, &project.spec_text)],
        api.names.clone(),
    );
    if arguments.check {
        return check(&files, &lock, &root);
    }
    let written = output::write(&files, &lock, &root).map_err(|error| error.to_string())?;
    report(&written, &api, &root);
    match arguments.run {
        true => build_and_start(&root, &project.name),
        false => Ok(ExitCode::SUCCESS),
    }
}

fn read_config(root: &Path) -> Result<Option<Config>, String> {
    let path = root.join(CONFIG);
    if !path.exists() {
        return Ok(None);
    }
    let source = Source::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let config =
        Config::read(&source.text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(config))
}

/// The document, and its path in the project.
fn read_spec(
    arguments: &Arguments,
    root: &Path,
    config: Option<&Config>,
) -> Result<(Source, String), String> {
    let read =
        |path: &Path| Source::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let own = config.map(|config| config.spec.clone());
    match (&arguments.spec, own) {
        (None, None) => Err(format!(
            "there is no {CONFIG} in {}: give a document, as in `oarlock generate openapi.yaml --out shop`",
            root.display()
        )),
        (None, Some(own)) => Ok((read(&root.join(&own))?, own)),
        (Some(given), None) => {
            let json = given.extension().is_some_and(|ending| ending == "json");
            let name = if json { "openapi.json" } else { "openapi.yaml" };
            let source = read(given)?;
            let there = root.join(name);
            if there.exists() && read(&there)?.text != source.text {
                return Err(differing(&there, given));
            }
            Ok((source, name.to_owned()))
        }
        (Some(given), Some(own)) => {
            let (source, there) = (read(given)?, root.join(&own));
            match read(&there)?.text == source.text {
                true => Ok((source, own)),
                false => Err(differing(&there, given)),
            }
        }
    }
}

fn differing(there: &Path, given: &Path) -> String {
    format!(
        "{} is the project's document and differs from {}: copy one over the other, and run this again",
        there.display(),
        given.display()
    )
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
            "{CONFIG} names the service {own:?}; change it there"
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
    let name = arguments.name.clone().or(own).unwrap_or(title);
    match config::is_name(&name) {
        true => Ok(name),
        false => Err(format!(
            "{name:?} cannot name a service: use lower-case letters, digits and `-`, as in `--name shop`"
        )),
    }
}

fn list_omitted(source: &Source, omitted: &[Omitted]) {
    for one in omitted {
        let what = match one.operation.as_str() {
            "" => "left out:".to_owned(),
            operation => format!("left out: {operation}, which needs"),
        };
        let needs: Vec<String> = one
            .needs
            .iter()
            .map(|need| {
                let (line, column) = source.position(need.span.start);
                format!("{} ({}:{line}:{column})", need.feature, source.name)
            })
            .collect();
        eprintln!("{what} {}", needs.join(", "));
    }
}

fn report(written: &Written, api: &Api, root: &Path) {
    let operations: usize = api.groups.iter().map(|group| group.operations.len()).sum();
    for path in &written.grown {
        eprintln!("grown: {path} has stubs for new operations");
    }
    for path in &written.kept {
        eprintln!(
            "kept: {path} is no longer generated, but was changed by hand: delete it when you can"
        );
    }
    eprintln!(
        "{}: {operations} operations; {} files created, {} updated, {} removed",
        root.display(),
        written.created.len(),
        written.updated.len(),
        written.removed.len()
    );
}

fn check(files: &FileSet, lock: &Lock, root: &Path) -> Result<ExitCode, String> {
    let found = output::check(files, lock, root).map_err(|error| error.to_string())?;
    for difference in &found {
        let line = match difference {
            Difference::Changed(path, diff) => format!("changed: {path}\n{diff}"),
            Difference::Missing(path) => format!("missing: {path}\n"),
            Difference::Extra(path) => format!("extra: {path}\n"),
            Difference::Incomplete(path) => format!("incomplete: {path} lacks a new operation\n"),
        };
        // Whoever closes the pipe has read enough; the exit code still tells.
        let _ = std::io::stdout().write_all(line.as_bytes());
    }
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "{} files differ from what the document asks for: run `oarlock generate`",
        found.len()
    );
    Ok(ExitCode::FAILURE)
}
