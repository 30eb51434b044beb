//! What tells of a service that does not keep its objectives, or is ill: rules of Prometheus, and a page for whoever is told.
//! Nothing is asked there but what the runtime tells (`runtime/src/metrics.rs`). Of the document's texts, tags and ids stand in
//! labels of records alone, never in a query.

mod alarms;
mod illness;
pub(super) mod records;

use askama::Template;

use super::{EmitError, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::Group,
};
use alarms::Alarm;
use records::{INTERVAL, Indicator, Job, Record};

#[derive(Template)]
#[template(path = "deploy/rules.yaml", escape = "none")]
struct Rules<'a> {
    service: &'a str,
    interval: String,
    /// Which operation has which tag, and the time within which it is to be answered.
    operations: Vec<Mapped>,
    mapping: &'static str,
    budgets: Vec<Budget>,
    records: &'a [Record],
    alarms: &'a [Alarm],
}

/// An operation with its tag, as YAML.
struct Mapped {
    id: String,
    tag: String,
    /// In seconds, where the operation has a time.
    seconds: Option<&'static str>,
}

/// What may fail of the requests of a tag.
struct Budget {
    record: &'static str,
    tag: String,
    share: String,
}

#[derive(Template)]
#[template(path = "deploy/runbook.md", escape = "none")]
struct Runbook<'a> {
    service: &'a str,
    title: String,
    tags: Vec<Promise>,
    /// Operations without a time.
    paced: Vec<String>,
    least: u32,
    /// The query of what is left of the budget of failures, over several lines.
    left: String,
    alarms: &'a [Alarm],
}

/// What is promised of a tag, as Markdown.
struct Promise {
    tag: String,
    availability: String,
    latency: String,
    operations: usize,
}

/// Adds a service's rules and its runbook.
pub(super) fn emit(
    (service, title): (&str, &str),
    groups: &[&Group],
    runbooks: &str,
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let records = records::records(service, groups);
    let alarms = alarms::alarms(service, groups, runbooks);
    let rules = Rules {
        service,
        interval: format!("{INTERVAL}s"),
        operations: mapped(groups),
        mapping: records::MAPPING,
        budgets: budgets(groups),
        records: &records,
        alarms: &alarms,
    };
    let path = format!("deploy/chart/charts/{service}/alerts/rules.yaml");
    files.add(&path, Owner::Generated, text(&rules)?)?;
    let runbook = Runbook {
        service,
        title: escape::markdown(title),
        tags: groups.iter().map(|group| promise(group)).collect(),
        paced: paced(groups),
        least: alarms::LEAST,
        left: Indicator::Availability
            .left(|record| Job(service).series(record, ""))
            .replace(" / ", "\n  / "),
        alarms: &alarms,
    };
    let path = format!("deploy/runbooks/{service}.md");
    files.add(&path, Owner::Generated, text(&runbook)?)?;
    Ok(())
}

fn mapped(groups: &[&Group]) -> Vec<Mapped> {
    let pairs = groups.iter().flat_map(|group| {
        let operations = group.operations.iter();
        operations.map(|operation| (*group, operation))
    });
    let mapped = pairs.map(|(group, operation)| Mapped {
        id: escape::yaml(&operation.id),
        tag: escape::yaml(&group.tag),
        seconds: (!operation.is_paced_by_its_caller()).then(|| group.objectives.latency.seconds()),
    });
    mapped.collect()
}

fn budgets(groups: &[&Group]) -> Vec<Budget> {
    let indicators = records::indicators(groups);
    let pairs = indicators
        .into_iter()
        .flat_map(|indicator| groups.iter().map(move |group| (indicator, group)));
    let budgets = pairs.map(|(indicator, group)| Budget {
        record: indicator.budget(),
        tag: escape::yaml(&group.tag),
        share: indicator.share(&group.objectives).budget(),
    });
    budgets.collect()
}

fn promise(group: &Group) -> Promise {
    let timed = records::is_timed(group);
    Promise {
        tag: escape::markdown(&group.tag),
        availability: group.objectives.availability.to_string(),
        latency: match timed {
            true => group.objectives.latency.to_string(),
            false => "none".to_owned(),
        },
        operations: group.operations.len(),
    }
}

fn paced(groups: &[&Group]) -> Vec<String> {
    let operations = groups.iter().flat_map(|group| &group.operations);
    let paced = operations.filter(|one| one.is_paced_by_its_caller());
    paced.map(|one| escape::markdown(&one.id)).collect()
}
