//! What is promised of the requests of each tag: what is said of the tag, else of all tags, else what is usual; on each of these,
//! `oarlock.yaml` goes before the document.

use super::groups::tag_of;
use crate::{
    config,
    diagnostic::did_you_mean,
    model::{Api, Latency, Objectives, SaidObjectives, Share},
    spec::Document,
};

/// What is usual.
const USUAL: Objectives = Objectives {
    availability: Share::thousandths(99_900),
    latency: Latency::within_bound(Share::thousandths(99_000), 7),
};

/// Puts what is promised into the groups of an API.
///
/// # Errors
/// Tags that `oarlock.yaml` names and no operation has.
pub fn objectives(
    document: &Document,
    said: &config::Objectives,
    api: &mut Api,
) -> Result<(), Vec<String>> {
    for group in &mut api.groups {
        group.objectives = of_tag(document, said, &group.tag);
    }
    let operations = document.operations.iter();
    let known: Vec<&str> = operations.map(|one| tag_of(&one.tags)).collect();
    let strange = said
        .tags
        .keys()
        .filter(|tag| !known.contains(&tag.as_str()));
    let told: Vec<String> = strange
        .map(|tag| {
            let near = did_you_mean(tag, known.iter().copied());
            format!("objectives: tags: no operation has {tag:?} as its first tag{near}")
        })
        .collect();
    match told.is_empty() {
        true => Ok(()),
        false => Err(told),
    }
}

/// What is promised of a tag.
pub(super) fn of_tag(document: &Document, said: &config::Objectives, tag: &str) -> Objectives {
    let declared = document.tags.iter().find(|one| one.name == tag);
    let declared = declared.map(|one| one.objectives).unwrap_or_default();
    let own = said.tags.get(tag).map(|one| one.said()).unwrap_or_default();
    let found: SaidObjectives = own
        .over(declared)
        .over(said.all.said())
        .over(document.objectives);
    Objectives {
        availability: found.availability.unwrap_or(USUAL.availability),
        latency: found.latency.unwrap_or(USUAL.latency),
    }
}
