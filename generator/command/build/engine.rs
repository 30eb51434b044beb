//! The two engines, and how each is asked.

use super::plan::{Job, Plan};
use crate::command::{
    invocation::{Invocation, Output, Word, is_on_path},
    messages::MessageFormat,
};

/// What builds images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Engine {
    /// Docker, or what has its command line.
    Docker,
    /// Podman.
    Podman,
}

/// The engine that is asked for, or the first that is there. A dry run needs none.
///
/// # Errors
/// Where it is not there.
pub(super) fn choose(
    asked: Option<Engine>,
    dry_run: bool,
    messages: MessageFormat,
) -> Result<Engine, String> {
    let there = |one: &Engine| is_on_path(one.name());
    if let Some(asked) = asked {
        return match (there(&asked), dry_run) {
            (true, _) => asked.as_it_is(messages),
            (false, true) => Ok(asked),
            (false, false) => Err(format!(
                "{} is not on the PATH: install it, or choose the other engine by --engine",
                asked.name()
            )),
        };
    }
    let found = [Engine::Docker, Engine::Podman].into_iter().find(there);
    match (found, dry_run) {
        (Some(found), _) => {
            let found = found.as_it_is(messages)?;
            messages.note(&format!("the engine is {}", found.name()));
            Ok(found)
        }
        (None, true) => {
            messages.note("neither docker nor podman is on the PATH: the commands are docker's");
            Ok(Engine::Docker)
        }
        (None, false) => Err(
            "neither docker nor podman is on the PATH: install one of them, or see by --dry-run what would be run".into(),
        ),
    }
}

impl Engine {
    pub(super) fn name(self) -> &'static str {
        match self {
            Engine::Docker => "docker",
            Engine::Podman => "podman",
        }
    }

    /// Podman where it answers to docker's name: it takes docker's words, but the digest of what it pushes is known by its own.
    fn as_it_is(self, messages: MessageFormat) -> Result<Engine, String> {
        if self == Engine::Podman || !is_podman(self.name()) {
            return Ok(self);
        }
        match is_on_path(Engine::Podman.name()) {
            true => {
                messages.note("docker is podman here, and asked by that name");
                Ok(Engine::Podman)
            }
            false => Err(
                "docker is podman here, but podman is not on the PATH by its own name: add it"
                    .into(),
            ),
        }
    }

    fn asked(self, words: &[&str], output: Output) -> Invocation {
        Invocation {
            environment: None,
            program: self.name(),
            words: words
                .iter()
                .map(|word| Word::Text((*word).to_owned()))
                .collect(),
            output,
        }
    }

    /// Builds an image and tags it.
    pub(super) fn build(self, plan: &Plan, job: &Job) -> Invocation {
        let dockerfile = beside(&plan.place, plan.dockerfile());
        let mut words = vec!["build", "--file", &dockerfile];
        if self == Engine::Podman {
            // The format of OCI has no HEALTHCHECK.
            words.extend(["--format", "docker"]);
        }
        if let Some(platform) = &plan.platform {
            words.extend(["--platform", platform]);
        }
        for argument in &job.build_arguments {
            words.extend(["--build-arg", argument]);
        }
        let tags: Vec<String> = job.tags.iter().map(|tag| job.named(&tag.name)).collect();
        for tag in &tags {
            words.extend(["--tag", tag]);
        }
        words.push(&plan.place);
        let mut invocation = self.asked(&words, Output::Shown);
        if self == Engine::Docker && !plan.layers {
            // Engines before 23.0 have it, but do not take it by themselves.
            invocation.environment = Some(("DOCKER_BUILDKIT", "1"));
        }
        invocation
    }

    /// Makes a container that is never started, to take a file out of its image.
    pub(super) fn create(self, plan: &Plan, job: &Job) -> Invocation {
        let image = job.image();
        // What is not here was not built: nothing else of this name is fetched.
        let mut words = vec!["create", "--pull=never"];
        if let Some(platform) = &plan.platform {
            words.extend(["--platform", platform]);
        }
        words.push(&image);
        self.asked(&words, Output::Container)
    }

    /// Reads the service's binary out of the container, as a tar.
    pub(super) fn copy(self) -> Invocation {
        let mut invocation = self.asked(&["cp"], Output::Read);
        let words = [Word::Container(":/service"), Word::Text("-".into())];
        invocation.words.extend(words);
        invocation
    }

    /// Takes the container away.
    pub(super) fn remove(self) -> Invocation {
        let mut invocation = self.asked(&["rm"], Output::Read);
        invocation.words.push(Word::Container(""));
        invocation
    }

    pub(super) fn push(self, image: &str) -> Invocation {
        match self {
            Engine::Docker => self.asked(&["push", image], Output::Shown),
            // What it pushes is compressed anew, so that the digest that it knows beforehand is another.
            Engine::Podman => {
                let words = ["push", "--digestfile", "/dev/stdout", image];
                self.asked(&words, Output::Read)
            }
        }
    }

    /// Tells of an image: its identity, platform, and digests at registries.
    pub(super) fn inspect(self, job: &Job) -> Invocation {
        self.asked(&["image", "inspect", &job.image()], Output::Read)
    }
}

/// Whether a program says that it is podman; one that says nothing does not.
fn is_podman(program: &'static str) -> bool {
    let asked = Invocation::of(program, ["--version"], Output::Read).run("");
    asked.is_ok_and(|told| told.to_ascii_lowercase().starts_with(b"podman"))
}

/// Cargo tells of the libraries what binaries do not: their licences.
pub(super) fn licences(plan: &Plan) -> Invocation {
    let manifest = beside(&plan.place, "Cargo.toml");
    let words = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--manifest-path",
        &manifest,
    ];
    Invocation {
        environment: None,
        program: "cargo",
        words: words
            .iter()
            .map(|word| Word::Text((*word).to_owned()))
            .collect(),
        output: Output::Read,
    }
}

fn beside(place: &str, path: &str) -> String {
    match place {
        "." => path.to_owned(),
        place => format!("{}/{path}", place.trim_end_matches('/')),
    }
}
