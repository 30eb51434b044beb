//! Goes through the steps of a build, and keeps what they tell.

use serde::Deserialize;

use super::{
    plan::{Job, Plan},
    sbom::{self, Binary, Licences, Subject},
    steps::{Purpose, Step},
};
use crate::command::{images::Record, interruption, messages::MessageFormat};

/// An image that was built.
pub(super) struct Built {
    pub(super) record: Record,
    /// The text of its bill of materials.
    pub(super) sbom: String,
}

impl Built {
    /// What others call the image: by its digest where it was pushed, else by the tag that tells most.
    pub(super) fn reference(&self) -> String {
        let (name, tag) = (&self.record.repository, self.record.tags.last());
        match &self.record.digest {
            Some(digest) => format!("{name}@{digest}"),
            None => format!("{name}:{}", tag.map_or("latest", String::as_str)),
        }
    }
}

/// What the steps so far have told.
#[derive(Default)]
struct Told {
    /// The container that is open.
    container: Option<String>,
    binaries: Vec<Binary>,
    licences: Licences,
    /// The digest that the registry has given the image of a service, by the service's name.
    pushed: Vec<(String, String)>,
    built: Vec<Built>,
}

/// Does what is planned, step by step.
///
/// # Errors
/// What went wrong, and for which service; nothing is written then.
pub(super) fn carry_out(
    plan: &Plan,
    steps: &[Step],
    messages: MessageFormat,
) -> Result<Vec<Built>, String> {
    let mut told = Told::default();
    for step in steps {
        let taken = interruption::check().and_then(|()| {
            announce(plan, step, messages);
            told.take(plan, step, messages)
        });
        if let Err(reason) = taken {
            told.close(plan);
            return Err(reason);
        }
    }
    Ok(told.built)
}

fn announce(plan: &Plan, step: &Step, messages: MessageFormat) {
    if let Purpose::Build(job) = step.purpose {
        let mut jobs = plan.jobs.iter();
        let number = jobs.position(|one| one.service == job.service);
        let (number, all) = (number.map_or(0, |before| before + 1), plan.jobs.len());
        messages.note(&format!("image {number} of {all}: {}", job.service));
    }
    messages.note(&step.invocation.shown());
}

impl Told {
    /// One step.
    fn take(&mut self, plan: &Plan, step: &Step, messages: MessageFormat) -> Result<(), String> {
        let container = self.container.clone().unwrap_or_default();
        let output = step.invocation.run(&container);
        if let Purpose::Licences = step.purpose {
            self.licences = known_licences(output, messages);
            return Ok(());
        }
        let (Purpose::Build(job)
        | Purpose::Create(job)
        | Purpose::Copy(job)
        | Purpose::Push(job)
        | Purpose::Inspect(job)) = step.purpose
        else {
            self.container = None;
            return output.map(|_| ());
        };
        let hint = match step.purpose {
            Purpose::Build(_) if !plan.layers && !interruption::is_asked() => {
                "; an engine without BuildKit builds by --layers"
            }
            _ => "",
        };
        let output = output.map_err(|reason| format!("{}: {reason}{hint}", job.service))?;
        let text = || String::from_utf8_lossy(&output).trim().to_owned();
        match step.purpose {
            Purpose::Create(_) => self.container = Some(named(&text(), job)?),
            Purpose::Copy(_) => self.binaries.push(sbom::read(&output, &job.service)?),
            // Of docker, which shows people what it pushes, the digest is asked afterwards.
            Purpose::Push(_) if !output.is_empty() => {
                self.pushed.push((job.service.clone(), text()));
            }
            Purpose::Inspect(_) => {
                let image = Inspected::read(&output, job)?;
                let built = self.built(plan, job, &image, messages)?;
                self.built.push(built);
            }
            Purpose::Build(_) | Purpose::Push(_) | Purpose::Remove | Purpose::Licences => {}
        }
        Ok(())
    }

    /// Takes away the container of a step that failed; what went wrong first is what is told.
    fn close(&mut self, plan: &Plan) {
        if let Some(container) = self.container.take() {
            let _ = plan.engine.remove().run(&container);
        }
    }

    fn built(
        &self,
        plan: &Plan,
        job: &Job,
        image: &Inspected,
        messages: MessageFormat,
    ) -> Result<Built, String> {
        let missing = || format!("{}: nothing was read of its binary", job.service);
        let binary = self.binaries.get(self.built.len()).ok_or_else(missing)?;
        let created = plan.created();
        let subject = Subject {
            service: &job.service,
            repository: &job.repository,
            tag: job.telling_tag(),
            id: &image.id(),
            base: &job.base,
            created: created.as_deref(),
        };
        let digest = match plan.push {
            true => self.digest(job, image),
            false => None,
        };
        if plan.push && digest.is_none() {
            messages.note(&format!(
                "{}: pushed, but the engine does not tell by which digest; it is noted by its tag",
                job.service
            ));
        }
        Ok(Built {
            sbom: sbom::written(&subject, binary, &self.licences)?,
            record: Record {
                service: job.service.clone(),
                repository: job.repository.clone(),
                tags: job.tags.iter().map(|tag| tag.name.clone()).collect(),
                id: image.id(),
                digest,
                platform: image.platform(),
                link: if plan.link_static {
                    "static"
                } else {
                    "dynamic"
                }
                .to_owned(),
                document_version: job.version.clone(),
                revision: plan.commit.as_ref().map(|commit| commit.id.clone()),
                dirty: plan.commit.as_ref().is_some_and(|commit| commit.dirty),
                sbom: format!("{}.cdx.json", job.service),
            },
        })
    }

    fn digest(&self, job: &Job, image: &Inspected) -> Option<String> {
        let mut told = self.pushed.iter().rev();
        let told = told.find(|(service, _)| *service == job.service);
        let digest = match told {
            Some((_, digest)) => Some(digest.clone()),
            None => image.digest(&job.repository),
        };
        digest.filter(|digest| is_digest(digest))
    }
}

/// A container's name goes into the next commands: it must be nothing else.
fn named(text: &str, job: &Job) -> Result<String, String> {
    match !text.is_empty() && text.bytes().all(|one| one.is_ascii_hexdigit()) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "{}: the engine names no container, but writes {text:?}",
            job.service
        )),
    }
}

/// A bill of materials without licences is still one.
fn known_licences(output: Result<Vec<u8>, String>, messages: MessageFormat) -> Licences {
    let licences = output.and_then(|metadata| sbom::licences(&metadata));
    licences.unwrap_or_else(|reason| {
        messages.note(&format!(
            "the bills of materials name no licences: {reason}"
        ));
        Licences::new()
    })
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64
        && digits
            .bytes()
            .all(|one| matches!(one, b'0'..=b'9' | b'a'..=b'f'))
}

/// What an engine tells of an image.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
    os: String,
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Inspected {
    fn read(output: &[u8], job: &Job) -> Result<Self, String> {
        let images: Result<Vec<Inspected>, _> = serde_json::from_slice(output);
        let image = images.map(|images| images.into_iter().next());
        match image {
            Ok(Some(image)) if is_digest(&image.id()) => Ok(image),
            Ok(_) => Err(format!(
                "{}: the engine tells nothing of its image",
                job.service
            )),
            Err(error) => Err(format!(
                "{}: what the engine tells of its image cannot be read: {error}",
                job.service
            )),
        }
    }

    /// Podman leaves out the algorithm.
    fn id(&self) -> String {
        match self.id.contains(':') {
            true => self.id.clone(),
            false => format!("sha256:{}", self.id),
        }
    }

    fn platform(&self) -> String {
        let variant = self.variant.as_deref().filter(|one| !one.is_empty());
        let parts = [&*self.os, &*self.architecture];
        let parts: Vec<&str> = parts.into_iter().chain(variant).collect();
        parts.join("/")
    }

    /// The one digest that the image has at a registry under a name.
    fn digest(&self, repository: &str) -> Option<String> {
        let digests = self.repo_digests.iter().flatten();
        let named = digests.filter_map(|one| {
            let (name, digest) = one.split_once('@')?;
            (familiar(name) == familiar(repository)).then(|| digest.to_owned())
        });
        let mut named = named.collect::<std::collections::BTreeSet<_>>().into_iter();
        named.next().filter(|_| named.next().is_none())
    }
}

/// A name as docker shows it: its own registry is left out.
fn familiar(name: &str) -> &str {
    let hosts = ["docker.io/", "index.docker.io/"];
    let rest = hosts.iter().find_map(|host| name.strip_prefix(host));
    let name = rest.unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}
