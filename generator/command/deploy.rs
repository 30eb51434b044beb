//! `oarlock deploy`: a project's chart becomes a release, after it is told what that changes.
//!
//! ```text
//! oarlock.yaml, deploy/environments ─→ Target ─┐
//! images.json, digests.yaml ──────────→ Built ─┼→ helm: what is installed, what would be ─→ difference ─┬─ none, --dry-run → told
//! document ─→ project, in step ────────────────┘                                                        └─ helm upgrade, watched
//! ```
//!
//! - `target` decides where to, under which name and with which values (`environment`: which environments there are; `set`:
//!   that no value of the command line is secret); it runs nothing.
//! - `built` holds what `oarlock build` has kept of images against the project and what is deployed.
//! - `helm` says how Helm 3 and Helm 4 are asked, and reads what they answer; `installed` is what they have written down of the
//!   release.
//! - `objects` reads manifests; `secrets` takes out of them what nobody may see, by its name (`secret_names`) or its form
//!   (`veil`); `difference` shows how they part.
//! - `rollout` says of the objects how long they may take; `pods` looks at them meanwhile, by kubectl where there is one (`reasons`:
//!   what it tells of one); `failure` tells what became of a release that failed.
//!
//! Helm does what is done in the cluster, and alone rolls it back: a run that is broken off leaves nothing to be undone here.
//! Commands are printed before they are run, on standard error; the difference is data, on standard output.

mod built;
mod difference;
mod environment;
mod failure;
mod helm;
mod installed;
mod objects;
mod pods;
mod reasons;
mod rollout;
mod secret_names;
mod secrets;
mod set;
mod target;
mod veil;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use oarlock::{
    config::{Context, EnvironmentKey, Namespace, Release, Timeout},
    model::Seconds,
};

use super::{
    generate,
    in_step::is_in_step,
    interruption,
    messages::{MessageFormat, print},
};
use helm::{Helm, Rendered};
use installed::{Installed, State};
use pods::Watch;
use target::Target;

const VERB: (&str, &str) = ("deploy", "deployed");

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where to: a name of `environments` in oarlock.yaml, or of a file deploy/environments/NAME.yaml; without it, the chart's
    /// own values, where the project has no environments.
    environment: Option<EnvironmentKey>,
    #[command(flatten)]
    place: generate::Place,
    /// The namespace; without it, the environment's, else that of the context.
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<Namespace>,
    /// Make the namespace where there is none.
    #[arg(long)]
    create_namespace: bool,
    /// The release; without it, the environment's, else the project's name.
    #[arg(long, value_name = "NAME")]
    release: Option<Release>,
    /// Further values of the chart, over the environment's: a file.
    #[arg(long, short = 'f', value_name = "FILE")]
    values: Vec<PathBuf>,
    /// A value over those of all files, as Helm reads it: `shop.replicas=2`. No secrets: whoever is on the machine sees them.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The folder in which oarlock build has written which images the services are; without it, target/oarlock/images of the
    /// project; `none` leaves that to the values.
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// The context of the kubeconfig; without it, the environment's, else the current one.
    #[arg(long, value_name = "NAME")]
    context: Option<Context>,
    /// The kubeconfig; without it, that of KUBECONFIG, or the usual one.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// How long all may take to get ready, such as 5m; without it, the environment's, else what the chart's own numbers say.
    #[arg(long, value_name = "TIME")]
    timeout: Option<Timeout>,
    /// Show what would change and by which command, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Deploy also where the release would not change, as after objects were changed by hand.
    #[arg(long)]
    always: bool,
    /// Deploy also where the tree is not what its document asks for, or the images are not what the tree would give.
    #[arg(long)]
    allow_stale: bool,
}

/// Deploys. An error is a matter of usage, of the system, or of the cluster.
pub(crate) fn run(arguments: &Arguments, messages: MessageFormat) -> Result<ExitCode, String> {
    set::demand_open(&arguments.set)?;
    let asked = generate::Arguments::check(arguments.place.clone());
    let Some(asked) = generate::asked_for(&asked, messages)? else {
        return Ok(ExitCode::FAILURE);
    };
    asked.point(messages);
    if !is_in_step(&asked, VERB, arguments.allow_stale, messages)? {
        return Ok(ExitCode::FAILURE);
    }
    let target = target::target(arguments, &asked)?;
    let images = built::Asked {
        folder: arguments.images.as_deref(),
        stale_too: arguments.allow_stale,
        target: &target,
    };
    let Some(built) = built::known(&images, &asked, messages)? else {
        return Ok(ExitCode::FAILURE);
    };
    interruption::listen(messages)?;
    let helm = undisturbed(Helm::found(&target, &built, messages))?;
    let installed = undisturbed(helm.installed())?;
    let rendered = undisturbed(helm.rendered())?;
    built.tell_others(&rendered.objects, messages);
    let changes = difference::difference(installed.objects(), &rendered.objects)?;
    print(&changes.text).map_err(|reason| format!("{reason}: nothing was changed"))?;
    messages.note(&changes.summary());
    let sound = installed.last().filter(|last| last.is_deployed());
    if let Some(last) = sound.filter(|_| changes.is_none() && !arguments.always) {
        messages.note(&nothing_to_do(&helm::place(&target, &rendered), last));
        return Ok(ExitCode::SUCCESS);
    }
    let (time, reason) = time(&target, &rendered);
    messages.note(&reason);
    if arguments.dry_run {
        messages.note("a dry run: nothing was changed; this would be run:");
        messages.note(&helm.upgrade(time).shown());
        return Ok(ExitCode::SUCCESS);
    }
    undisturbed(Ok(()))?;
    deploy(&helm, (&installed, &rendered), time, messages)?;
    Ok(ExitCode::SUCCESS)
}

fn nothing_to_do(place: &str, last: &State) -> String {
    format!(
        "nothing to do: {place} has what is asked for since revision {}, as Helm has written it down (the cluster's objects are not compared); --always deploys it all the same",
        last.revision()
    )
}

/// What was asked before anything is changed; where an end was asked for meanwhile, that alone is told.
fn undisturbed<T>(answer: Result<T, String>) -> Result<T, String> {
    interruption::check().map_err(|reason| format!("{reason}: nothing was changed"))?;
    answer
}

/// How long all may take, and why.
fn time(target: &Target, rendered: &Rendered) -> (Seconds, String) {
    match target.timeout {
        Some(asked) => (asked, format!("all must be ready within {asked}")),
        None => rollout::longest(&rendered.objects),
    }
}

fn deploy(
    helm: &Helm,
    (installed, rendered): (&Installed, &Rendered),
    time: Seconds,
    messages: MessageFormat,
) -> Result<(), String> {
    let mut watch = Watch::new(helm.target, rendered, messages);
    let upgrade = helm.upgrade(time);
    messages.note(&upgrade.shown());
    let ended = upgrade.run_beside(pods::EVERY, |has_ended| watch.look(has_ended));
    let place = helm::place(helm.target, rendered);
    match ended {
        Ok(()) => {
            messages.note(&format!(
                "deployed: {place}, revision {}",
                rendered.revision
            ));
            Ok(())
        }
        Err(reason) => {
            let fate = failure::fate(helm, installed, &place);
            if interruption::is_asked() {
                return Err(format!("{place}: {reason}; {fate}"));
            }
            let pods = watch.told();
            let first = matches!(installed, Installed::Nothing) && !helm.target.create_namespace;
            let hint = match first && watch.has_seen_nothing() {
                true => "; where it is the namespace that is missing, --create-namespace makes it",
                false => "",
            };
            Err(format!("{place}: {reason}; {fate}{hint}{pods}"))
        }
    }
}
