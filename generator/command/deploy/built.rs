//! What `oarlock build` has kept of images, held against the project and against what is deployed: what was built is what is
//! deployed, or it is said why not.

use std::path::{Path, PathBuf};

use oarlock::source::Source;

use serde_yaml::Value;

use super::{
    objects::{Objects, at},
    set,
    target::Target,
};
use crate::command::{
    generate,
    git::{self, Repository},
    images::{self, Departure, Record, State},
    inputs::Inputs,
    invocation::argument,
    messages::MessageFormat,
};

/// What the command line says of images.
pub(super) struct Asked<'a> {
    /// Where they are written about; `none` for nowhere.
    pub(super) folder: Option<&'a Path>,
    /// Whether also those are taken that the tree would not give.
    pub(super) stale_too: bool,
    /// What else says which they are, and the environment, for what is to be run next.
    pub(super) target: &'a Target,
}

/// The images that were built.
pub(super) struct Built {
    /// The file that names them, as an argument.
    pub(super) values: Option<String>,
    /// What is said after it by `--set`, before what the command line says.
    pub(super) set: Vec<String>,
    records: Vec<Record>,
}

/// Looks up which images were built; none where they are not the project's, which is told.
///
/// # Errors
/// What git says, and files that cannot be read or contradict one another.
pub(super) fn known(
    images: &Asked,
    asked: &generate::Asked,
    messages: MessageFormat,
) -> Result<Option<Built>, String> {
    let none = Built {
        values: None,
        set: Vec::new(),
        records: Vec::new(),
    };
    if images.folder == Some(Path::new("none")) {
        return Ok(Some(none));
    }
    let usual = || asked.root.join(images::OUTPUT);
    let folder: PathBuf = images.folder.map_or_else(usual, Path::to_path_buf);
    if !folder.join(images::IMAGES).is_file() {
        let missing = format!(
            "oarlock build has written of no images in {}",
            folder.display()
        );
        return match images.folder {
            Some(_) => Err(missing),
            None => {
                messages.note(&format!(
                    "{missing}: the values say which are deployed, by the document's version where they name none"
                ));
                Ok(Some(none))
            }
        };
    }
    let records = images::read(&folder, messages);
    let file = folder.join(images::DIGESTS);
    let text = Source::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    if *text.text != *images::digests(&records) {
        return Err(format!(
            "{} is not what {} beside it says: run `oarlock build` again, or leave both by --images none",
            file.display(),
            images::IMAGES
        ));
    }
    if !fit(images, asked, &records, messages)? {
        return Ok(None);
    }
    Ok(Some(Built {
        values: Some(argument(&file)?),
        set: given_up(&records, images.target, messages),
        records,
    }))
}

/// Whether the images are those that the tree would give, or are taken all the same; told are those that are not.
fn fit(
    images: &Asked,
    asked: &generate::Asked,
    records: &[Record],
    messages: MessageFormat,
) -> Result<bool, String> {
    let deployment = &asked.project.deployment;
    let services = &deployment.services;
    let commit = match git::ask(&asked.root, &deployment.include)? {
        Repository::Known(commit) => Some(commit),
        Repository::Unknown(_) => None,
    };
    let inputs = Inputs::read(&asked.root, deployment);
    let state = State::new(&asked.root, services, commit, inputs);
    let mut departed = Vec::new();
    for record in records {
        let service = &record.service;
        match state.departed(record)? {
            None => {}
            Some(Departure::Unknown) => messages.note(&format!(
                "{service}: nobody can tell whether its image is of this tree: it was built without git, or of changes that were not committed"
            )),
            Some(departure) => departed.push(format!("{service}: {}", words(record, &departure))),
        }
        if record.digest.is_none() {
            messages.note(&format!(
                "{service}: its image was never pushed and has no digest: the cluster must have {}:{} already; `oarlock build --push` puts it into the registry",
                record.repository,
                record.tags.last().map_or("latest", String::as_str)
            ));
        }
    }
    for service in services {
        if records.iter().all(|record| record.service != service.name) {
            messages.note(&format!(
                "{}: oarlock build knows no image of it: the values say which is deployed, by the document's version where they name none",
                service.name
            ));
        }
    }
    if departed.is_empty() {
        return Ok(true);
    }
    let told = departed.join("\n");
    if images.stale_too {
        messages.note(&format!("{told}; deployed all the same"));
        return Ok(true);
    }
    let again = images.target.environment.as_ref().map_or_else(
        || "oarlock deploy".to_owned(),
        |environment| format!("oarlock deploy {environment}"),
    );
    messages.error(&format!(
        "what was built is not what the tree is now: run `oarlock build`, or deploy what was built by `{again} --allow-stale`, or what the values name by `{again} --images none`\n{told}"
    ));
    Ok(false)
}

fn words(record: &Record, departure: &Departure) -> String {
    let revision = record.revision.as_deref().unwrap_or_default();
    let short = revision.get(..12).unwrap_or(revision);
    match departure {
        Departure::NoService => "the project has no such service any more".to_owned(),
        Departure::Renamed(name) => {
            format!("its image was {}, and is {name} now", record.repository)
        }
        Departure::Unknown => "nobody can tell".to_owned(),
        Departure::LostCommit => format!(
            "git does not know the commit {short} that its image was built of; in a checkout without history, fetch it"
        ),
        Departure::Changed(file) => {
            format!("{file} differs from the commit {short} that its image was built of")
        }
    }
}

/// What the command line says goes before what was built; in the chart, a digest goes before any tag. Where it says a tag and
/// no digest, the one that was built is given up.
fn given_up(records: &[Record], target: &Target, messages: MessageFormat) -> Vec<String> {
    let read = |file: &String| Source::read(Path::new(file)).ok();
    let files = target.values[1].iter().filter_map(read);
    // What is no YAML Helm tells.
    let files: Vec<Value> = files
        .filter_map(|file| serde_yaml::from_str(&file.text).ok())
        .collect();
    let says = |key: &str| {
        let text = |value: &Value| *value != Value::Null && value.as_str() != Some("");
        match set::last(&target.set, key) {
            Some(value) => !value.is_empty(),
            None => files.iter().any(|file| at(file, key).is_some_and(text)),
        }
    };
    let mut given_up = Vec::new();
    for record in records.iter().filter(|record| record.digest.is_some()) {
        let key = |field: &str| format!("{}.image.{field}", record.service);
        if says(&key("tag")) && !says(&key("digest")) {
            messages.note(&format!(
                "{}: the command line says a tag, and the digest of the image that was built is left out",
                record.service
            ));
            given_up.push(key("digest") + "=");
        }
    }
    given_up
}

impl Built {
    /// Tells of images that were built and that the values put others in the place of.
    pub(super) fn tell_others(&self, objects: &Objects, messages: MessageFormat) {
        for record in &self.records {
            let repository = &record.repository;
            let built = match (&record.digest, record.tags.last()) {
                (Some(digest), _) => format!("{repository}@{digest}"),
                (None, Some(tag)) => format!("{repository}:{tag}"),
                (None, None) => continue,
            };
            let mut images = objects.images_of(&record.service);
            if let Some(other) = images.find(|image| *image != built) {
                messages.note(&format!(
                    "{}: the values put something else in the place of the image that was built ({built}): {other}",
                    record.service
                ));
            }
        }
    }
}
