//! What is built, and why: which services, under which tags, told what. Nothing is run here but questions to git.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use oarlock::{
    emit,
    model::{Deployment, Image, ServiceDeployment},
};

use super::{
    changes,
    engine::Engine,
    tags::{Tag, tags},
};
use crate::command::{
    generate::CONFIG,
    git::{self, Commit, Repository},
    images::{Record, State},
    inputs::{Inputs, LOCK},
    invocation,
    messages::MessageFormat,
};

/// What the command line and the project ask for.
pub(super) struct Wishes<'a> {
    pub(super) root: &'a Path,
    pub(super) deployment: &'a Deployment,
    pub(super) engine: Engine,
    /// All where none is named.
    pub(super) services: &'a [String],
    pub(super) since: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    pub(super) link_static: bool,
    pub(super) platform: Option<&'a str>,
    pub(super) layers: bool,
    pub(super) push: bool,
}

/// What is built.
#[derive(Debug)]
pub(super) struct Plan {
    /// The project's folder as an argument.
    pub(super) place: String,
    pub(super) engine: Engine,
    pub(super) platform: Option<String>,
    pub(super) layers: bool,
    pub(super) link_static: bool,
    pub(super) push: bool,
    pub(super) commit: Option<Commit>,
    /// The images to be built, in the order of the project's services.
    pub(super) jobs: Vec<Job>,
    state: State,
    /// What there is to be said of it: why a service is built or not.
    pub(super) told: Vec<String>,
}

/// One image to be built.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) service: String,
    pub(super) repository: String,
    /// The most telling one last.
    pub(super) tags: Vec<Tag>,
    /// `NAME=VALUE` each.
    pub(super) build_arguments: Vec<String>,
    /// The image that it is built on.
    pub(super) base: String,
    /// The document's version, as it stands there.
    pub(super) version: String,
}

impl Job {
    /// The image by one of its tags.
    pub(super) fn named(&self, tag: &str) -> String {
        format!("{}:{tag}", self.repository)
    }

    /// The tag that tells most.
    pub(super) fn telling_tag(&self) -> &str {
        self.tags.last().map_or("latest", |tag| &tag.name)
    }

    pub(super) fn image(&self) -> String {
        self.named(self.telling_tag())
    }
}

impl Plan {
    pub(super) fn dockerfile(&self) -> &'static str {
        match self.layers {
            true => "deploy/Dockerfile.layers",
            false => "deploy/Dockerfile",
        }
    }

    /// The commit's time, as RFC 3339 has it.
    pub(super) fn created(&self) -> Option<String> {
        self.commit.as_ref().map(created)
    }

    /// Of what is known of images that are not built now, that which the tree would still give.
    ///
    /// # Errors
    /// What git says.
    pub(super) fn still_true(
        &self,
        known: Vec<Record>,
        messages: MessageFormat,
    ) -> Result<Vec<Record>, String> {
        let mut kept = Vec::new();
        for record in known {
            let service = record.service.clone();
            if self.jobs.iter().any(|job| job.service == service) {
                continue;
            }
            match self.state.departed(&record)? {
                None => kept.push(record),
                Some(_) => messages.note(&format!(
                    "{service}: what was known of its image is of another state of the project, and is left out"
                )),
            }
        }
        Ok(kept)
    }
}

/// Decides what is built.
///
/// # Errors
/// Names and revisions that there are not, and what git says.
pub(super) fn plan(wishes: &Wishes, repository: &Repository) -> Result<Plan, String> {
    let commit = match repository {
        Repository::Known(commit) => Some(commit),
        Repository::Unknown(_) => None,
    };
    let all = &wishes.deployment.services;
    let inputs = Inputs::read(wishes.root, wishes.deployment);
    let mut told = Vec::new();
    let changed = match wishes.since {
        Some(since) => Some(since_changes(wishes.root, since, repository, &mut told)?),
        None => None,
    };
    let dirty = commit.filter(|commit| commit.dirty);
    if let Some(commit) = dirty {
        told.extend(unseen(commit));
    }
    let differing = match dirty.filter(|_| wishes.tag.is_none()) {
        Some(commit) => Some(git::changed(wishes.root, &commit.id, commit)?),
        None => None,
    };
    let mut jobs = Vec::new();
    for service in chosen(all, wishes.services)? {
        if wishes.push {
            refuse_nameless(&service.image)?;
        }
        if let (Some(changed), Some(since)) = (&changed, wishes.since) {
            let files = inputs.concerning(&service.name, changed);
            told.push(reason(&service.name, &files, since));
            if files.is_empty() {
                continue;
            }
        }
        let differing = differing.as_ref();
        let files = differing.map(|differing| inputs.concerning(&service.name, differing));
        let changes = files.map(|files| changes::digest(wishes.root, &files));
        jobs.push(job(
            wishes,
            service,
            commit,
            changes.transpose()?.as_deref(),
        ));
    }
    if wishes.push
        && jobs
            .iter()
            .any(|job| job.tags.iter().any(|tag| !tag.is_public))
    {
        told.push("the tree has changes that are not committed: the tag of the version stays here, the one with `-dirty` is pushed".into());
    }
    Ok(Plan {
        place: invocation::argument(wishes.root)?,
        engine: wishes.engine,
        platform: wishes.platform.map(str::to_owned),
        layers: wishes.layers,
        link_static: wishes.link_static,
        push: wishes.push,
        commit: commit.cloned(),
        jobs,
        state: State::new(wishes.root, all, commit.cloned(), inputs),
        told,
    })
}

fn chosen<'a>(
    all: &'a [ServiceDeployment],
    named: &[String],
) -> Result<Vec<&'a ServiceDeployment>, String> {
    let names = || {
        all.iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(unknown) = named
        .iter()
        .find(|name| all.iter().all(|one| one.name != **name))
    {
        return Err(format!(
            "there is no service {unknown:?}; the project has: {}",
            names()
        ));
    }
    let chosen = all
        .iter()
        .filter(|one| named.is_empty() || named.contains(&one.name));
    Ok(chosen.collect())
}

/// A name without a registry or an owner is the engine maker's own.
fn refuse_nameless(image: &Image) -> Result<(), String> {
    match image.repository.contains('/') {
        true => Ok(()),
        false => Err(format!(
            "the image {:?} names no registry to be pushed to: say `deploy: image: registry:` in {CONFIG}, and run `oarlock generate`",
            image.repository
        )),
    }
}

fn job(
    wishes: &Wishes,
    service: &ServiceDeployment,
    commit: Option<&Commit>,
    changes: Option<&str>,
) -> Job {
    let (link, base) = match wishes.link_static {
        true => ("static", &wishes.deployment.bases.run_static),
        false => ("dynamic", &wishes.deployment.bases.run),
    };
    let mut told = vec![
        ("SERVICE", service.name.clone()),
        ("LINK", link.to_owned()),
        ("VERSION", emit::one_line(&service.image.version)),
    ];
    if let Some(commit) = commit {
        told.push(("REVISION", commit.revision()));
        told.push(("CREATED", created(commit)));
    }
    let seconds = commit.map_or(0, |commit| commit.seconds);
    told.push(("SOURCE_DATE_EPOCH", seconds.to_string()));
    let told = told.into_iter();
    Job {
        service: service.name.clone(),
        repository: service.image.repository.clone(),
        tags: tags(&service.image.tag, wishes.tag, commit, changes),
        build_arguments: told
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        base: base.clone(),
        version: emit::one_line(&service.image.version),
    }
}

fn created(commit: &Commit) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(commit.seconds);
    humantime::format_rfc3339_seconds(time).to_string()
}

fn since_changes(
    root: &Path,
    since: &str,
    repository: &Repository,
    told: &mut Vec<String>,
) -> Result<BTreeSet<String>, String> {
    if since.trim().is_empty() {
        return Err("--since is empty: name the commit, branch or tag to compare with, or leave --since out".into());
    }
    let commit = match repository {
        Repository::Known(commit) => commit,
        Repository::Unknown(reason) => {
            return Err(format!(
                "--since {since:?} has nothing to compare with: {reason}"
            ));
        }
    };
    let Some(id) = git::resolve(root, since)? else {
        return Err(format!(
            "--since: git knows no commit {since:?}; where it is one of the branch's past, fetch it (`git fetch --unshallow`, or `fetch-depth: 0` of a checkout)"
        ));
    };
    if !commit.holds_lock {
        told.push(format!("{LOCK} is not committed, and counts as changed"));
    }
    git::changed(root, &id, commit)
}

/// What counts as changed though git does not say so.
fn unseen(commit: &Commit) -> Option<String> {
    let files: Vec<&str> = commit.unseen.iter().map(String::as_str).collect();
    let (first, rest) = files.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "git does not look at {first}{more}, and images are made of that: it counts as changed"
    ))
}

fn reason(service: &str, files: &[&str], since: &str) -> String {
    match files {
        [] => format!("{service}: not built, since nothing of it differs from {since}"),
        [one] => format!("{service}: built, since {one} differs from {since}"),
        [first, rest @ ..] => format!(
            "{service}: built, since {first} and {} more differ from {since}",
            rest.len()
        ),
    }
}

#[cfg(test)]
mod tests;
