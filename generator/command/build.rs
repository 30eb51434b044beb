//! `oarlock build`: an image for each service of a project, with what is to be known of it.
//!
//! ```text
//! project, by the document's own model ─┐
//! git: commit, time, what has changed ──┼→ Plan → Steps ─┬─ --dry-run → printed
//! engine: docker or podman ─────────────┘                └─ done, one after the other → images.json, digests.yaml, SBOMs
//! ```
//!
//! - `git`, beside this, asks git, and knows nothing of services.
//! - `plan` decides: which services are built and why, their tags, what their builds are told (`inputs`, beside this: which
//!   files make an image; `tags`; `changes`: what tells one state of what is not committed from the next). It runs nothing.
//! - `engine` says how an engine is asked to do something; `steps` puts that into the order in which it is printed and
//!   done. There is one list, so that a dry run cannot differ from a run.
//! - `invocation`, beside this, is one command: printed for a shell, run without one.
//! - `execution` goes through the steps and keeps what they tell; `images`, beside this, and `sbom` make files of it, without
//!   touching the disk.
//!
//! Images are built before anything is pushed, and files are written when all else is done: where a step fails, nothing is
//! half done. What the engine says to people goes to standard error as it is. No file holds a time but the commit's.

mod changes;
mod engine;
mod execution;
mod plan;
mod sbom;
mod steps;
mod tags;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use oarlock::output;

use super::{
    generate::{self, Asked},
    git::{self, Repository},
    images,
    in_step::is_in_step,
    inputs::LOCK,
    interruption,
    messages::{MessageFormat, print},
};
use engine::Engine;
use plan::Plan;

const VERB: (&str, &str) = ("build", "built");

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: generate::Place,
    /// What builds the images; without it, whichever of the two is on the PATH, docker first.
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Build the images of these services; without it, of all.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    service: Vec<String>,
    /// Build only what differs between a commit and the working tree: a commit, a branch, a tag, as git names them.
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Tag the images so, and not by the document's version and the commit.
    #[arg(long, value_parser = tags::tag)]
    tag: Option<String>,
    /// Link the services statically (musl): smaller images, without a libc.
    #[arg(long = "static")]
    link_static: bool,
    /// Build for another platform than the engine's own, as in `linux/arm64`.
    #[arg(long, value_parser = tags::platform)]
    platform: Option<String>,
    /// Build by `deploy/Dockerfile.layers`, which needs no BuildKit.
    #[arg(long)]
    layers: bool,
    /// Push the images to their registry (`deploy: image: registry:` in oarlock.yaml) and note their digests.
    #[arg(long)]
    push: bool,
    /// Print the commands, and run none of them.
    #[arg(long)]
    dry_run: bool,
    /// Build also where the tree is not what its document asks for.
    #[arg(long)]
    allow_stale: bool,
    /// Where images.json, digests.yaml and the bills of materials are written; without it, target/oarlock/images of the
    /// project.
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
}

/// Builds images. An error is a matter of usage, of the system, or of the engine.
pub(crate) fn run(arguments: &Arguments, messages: MessageFormat) -> Result<ExitCode, String> {
    let asked = generate::Arguments::check(arguments.place.clone());
    let Some(asked) = generate::asked_for(&asked, messages)? else {
        return Ok(ExitCode::FAILURE);
    };
    asked.point(messages);
    if !is_in_step(&asked, VERB, arguments.allow_stale, messages)? {
        return Ok(ExitCode::FAILURE);
    }
    demand_lock(&asked.root)?;
    demand_included(&asked.root, &asked.project.deployment.include)?;
    let repository = git::ask(&asked.root, &asked.project.deployment.include)?;
    if let Repository::Unknown(reason) = &repository {
        refuse_unknown(arguments, reason, &asked.root)?;
        messages.note(&format!(
            "{reason}: images are tagged by the document's version alone"
        ));
    }
    let engine = engine::choose(arguments.engine, arguments.dry_run, messages)?;
    let plan = plan::plan(&wishes(arguments, engine, &asked), &repository)?;
    for told in &plan.told {
        messages.note(told);
    }
    let steps = steps::steps(&plan);
    if arguments.dry_run {
        let lines = steps.iter().map(|step| step.invocation.shown() + "\n");
        print(&lines.collect::<String>())?;
        return Ok(ExitCode::SUCCESS);
    }
    interruption::listen(messages)?;
    let built = execution::carry_out(&plan, &steps, messages)?;
    write(&output_dir(arguments, &asked.root), &plan, &built, messages)?;
    let references = built.iter().map(|one| one.reference() + "\n");
    print(&references.collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// What nobody can tell the state of does not become others' version.
fn refuse_unknown(arguments: &Arguments, reason: &str, root: &Path) -> Result<(), String> {
    let repository = match arguments.push && arguments.tag.is_none() {
        true => git::found_at(root),
        false => None,
    };
    match repository {
        None => Ok(()),
        Some(place) => Err(format!(
            "--push: there is a repository ({place}), but {reason}: nobody could tell what the tag of the version holds; mend that, or say a tag of its own by --tag"
        )),
    }
}

/// The libraries of what is built are fixed.
fn demand_lock(root: &Path) -> Result<(), String> {
    match root.join(LOCK).is_file() {
        true => Ok(()),
        false => Err(format!(
            "there is no {LOCK} in {}: run `cargo generate-lockfile` there and commit it, so that every build has the same libraries",
            root.display()
        )),
    }
}

/// An engine tells of it late, and by the name of a layer.
fn demand_included(root: &Path, include: &[String]) -> Result<(), String> {
    match include.iter().find(|one| !root.join(one).exists()) {
        None => Ok(()),
        Some(missing) => Err(format!(
            "`deploy: image: include` names {missing}, and {} has no such folder or file",
            root.display()
        )),
    }
}

fn wishes<'a>(arguments: &'a Arguments, engine: Engine, asked: &'a Asked) -> plan::Wishes<'a> {
    plan::Wishes {
        root: &asked.root,
        deployment: &asked.project.deployment,
        engine,
        services: &arguments.service,
        since: arguments.since.as_deref(),
        tag: arguments.tag.as_deref(),
        link_static: arguments.link_static,
        platform: arguments.platform.as_deref(),
        layers: arguments.layers,
        push: arguments.push,
    }
}

fn output_dir(arguments: &Arguments, root: &Path) -> PathBuf {
    let usual = || root.join(images::OUTPUT);
    arguments.output_dir.clone().unwrap_or_else(usual)
}

/// Writes what is known of the images: of those that were built, and of others as long as it holds.
fn write(
    folder: &Path,
    plan: &Plan,
    built: &[execution::Built],
    messages: MessageFormat,
) -> Result<(), String> {
    let known = images::read(folder, messages);
    let known = plan.still_true(known, messages)?;
    let records = images::merged(built.iter().map(|one| one.record.clone()), known);
    let mut files: Vec<(String, Vec<u8>)> = built
        .iter()
        .map(|one| (one.record.sbom.clone(), one.sbom.clone().into_bytes()))
        .collect();
    files.push((images::DIGESTS.into(), images::digests(&records).into()));
    files.push((images::IMAGES.into(), images::listed(&records)?.into()));
    output::put(folder, &files).map_err(|error| error.to_string())?;
    messages.note(&match built.len() {
        0 => "no image was built".to_owned(),
        count => format!(
            "{count} {} built; {} holds {}, {} and their bills of materials",
            if count == 1 { "image" } else { "images" },
            folder.display(),
            images::IMAGES,
            images::DIGESTS
        ),
    });
    Ok(())
}
