//! What is kept of the images that were built: `images.json` for machines, and `digests.yaml`, which Helm takes by
//! `--values`. Texts are made here; nothing is read or written but by name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use oarlock::{model::ServiceDeployment, source::Source};
use serde::{Deserialize, Serialize};

use super::{
    git::{self, Commit},
    inputs::Inputs,
    messages::MessageFormat,
};

/// Where the files about images are put: below what the project's `.gitignore` leaves out.
pub(super) const OUTPUT: &str = "target/oarlock/images";

pub(super) const IMAGES: &str = "images.json";
pub(super) const DIGESTS: &str = "digests.yaml";

/// The form of `images.json`.
const FORMAT: u32 = 1;
const HEAD: &str =
    "# Written by oarlock build, for helm --values: which images the services are.\n";

/// The images of a project.
#[derive(Debug, Serialize, Deserialize)]
struct Images {
    format: u32,
    images: Vec<Record>,
}

/// What is kept of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) service: String,
    /// Its name, without a tag.
    pub(super) repository: String,
    /// The one that tells most last.
    pub(super) tags: Vec<String>,
    /// What the engine calls it: the digest of its configuration, or of its manifest.
    pub(super) id: String,
    /// What the registry calls it, where it was pushed.
    pub(super) digest: Option<String>,
    pub(super) platform: String,
    /// `dynamic` or `static`.
    pub(super) link: String,
    pub(super) document_version: String,
    /// The commit, where there is one.
    pub(super) revision: Option<String>,
    /// Whether the tree differed from it.
    pub(super) dirty: bool,
    /// Its bill of materials, beside this file.
    pub(super) sbom: String,
}

/// What is known of images so far. What cannot be read is no reason not to build: it is told, and written anew.
pub(super) fn read(folder: &Path, messages: MessageFormat) -> Vec<Record> {
    let path = folder.join(IMAGES);
    if !path.exists() {
        return Vec::new();
    }
    let read = Source::read(&path).map_err(|error| error.to_string());
    let images = read.and_then(|source| {
        serde_json::from_str::<Images>(&source.text).map_err(|error| error.to_string())
    });
    match images {
        Ok(images) if images.format == FORMAT => images.images,
        Ok(images) => {
            let format = images.format;
            messages.note(&format!("{}: format {format} is not read", path.display()));
            Vec::new()
        }
        Err(error) => {
            messages.note(&format!("{} is not read: {error}", path.display()));
            Vec::new()
        }
    }
}

/// All images in the order of their services; of two of one service, the one that was built now.
pub(super) fn merged(
    built: impl Iterator<Item = Record>,
    known: impl IntoIterator<Item = Record>,
) -> Vec<Record> {
    let by_service = |record: Record| (record.service.clone(), record);
    let mut all: BTreeMap<String, Record> = known.into_iter().map(by_service).collect();
    all.extend(built.map(by_service));
    all.into_values().collect()
}

/// The text of `images.json`.
///
/// # Errors
/// None that is known.
pub(super) fn listed(records: &[Record]) -> Result<String, String> {
    let images = Images {
        format: FORMAT,
        images: records.to_vec(),
    };
    let text = serde_json::to_string_pretty(&images).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// The text of `digests.yaml`. Every word is quoted: a tag such as `1_0` or `on` is no text to all readers of YAML.
pub(super) fn digests(records: &[Record]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let lines = records.iter().map(|record| {
        let tag = record.tags.last().map_or("", String::as_str);
        let digest = record.digest.as_deref().unwrap_or_default();
        format!(
            "{}:\n  image:\n    tag: {}\n    digest: {}\n",
            quoted(&record.service),
            quoted(tag),
            quoted(digest)
        )
    });
    let lines: String = lines.collect();
    match lines.is_empty() {
        true => format!("{HEAD}{{}}\n"),
        false => format!("{HEAD}{lines}"),
    }
}

/// The state of a project that images may be of.
#[derive(Debug)]
pub(super) struct State {
    root: PathBuf,
    commit: Option<Commit>,
    /// The names of the images of all services.
    repositories: BTreeMap<String, String>,
    inputs: Inputs,
}

/// How a project is no longer what an image was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Departure {
    /// It has no such service.
    NoService,
    /// The image has another name now.
    Renamed(String),
    /// The image was made of changes that were not committed, or without git: nobody can tell.
    Unknown,
    /// Git does not know the commit that it was made of.
    LostCommit,
    /// One of the files that it is made of.
    Changed(String),
}

impl State {
    pub(super) fn new(
        root: &Path,
        services: &[ServiceDeployment],
        commit: Option<Commit>,
        inputs: Inputs,
    ) -> Self {
        let services = services.iter();
        State {
            root: root.to_path_buf(),
            commit,
            repositories: services
                .map(|one| (one.name.clone(), one.image.repository.clone()))
                .collect(),
            inputs,
        }
    }

    /// Why the project would not give the same image again; none where it would.
    ///
    /// # Errors
    /// What git says.
    pub(super) fn departed(&self, record: &Record) -> Result<Option<Departure>, String> {
        match self.repositories.get(&record.service) {
            None => return Ok(Some(Departure::NoService)),
            Some(name) if *name != record.repository => {
                return Ok(Some(Departure::Renamed(name.clone())));
            }
            Some(_) => {}
        }
        let revision = record.revision.as_ref().filter(|_| !record.dirty);
        let (Some(revision), Some(commit)) = (revision, &self.commit) else {
            return Ok(Some(Departure::Unknown));
        };
        let Some(id) = git::resolve(&self.root, revision)? else {
            return Ok(Some(Departure::LostCommit));
        };
        let changed = git::changed(&self.root, &id, commit)?;
        let concerning = self.inputs.concerning(&record.service, &changed);
        let first = concerning.first().map(|file| (*file).to_owned());
        Ok(first.map(Departure::Changed))
    }
}
