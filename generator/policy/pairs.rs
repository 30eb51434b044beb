//! Rules about labels and variables: names that must be there or must not, and what their values must fit.

use std::collections::BTreeMap;

use super::{Breach, Judge};
use crate::{
    config::stack::{Environment, Labels, Pattern},
    model::Deployment,
};

/// What names and values are.
struct Pairs<'a> {
    /// What one of them is called.
    what: &'static str,
    /// Their key below `deploy`.
    key: &'static str,
    said: &'a [(String, String)],
    service: &'a str,
}

pub(super) fn labels(judge: &mut Judge, asked: &Labels, deployment: &Deployment) {
    for service in &deployment.services {
        let pairs = Pairs {
            what: "label",
            key: "labels",
            said: &service.labels,
            service: &service.name,
        };
        required(judge, &pairs, &asked.required);
    }
}

pub(super) fn environment(judge: &mut Judge, asked: &Environment, deployment: &Deployment) {
    for service in &deployment.services {
        let pairs = Pairs {
            what: "variable",
            key: "environment",
            said: &service.environment,
            service: &service.name,
        };
        required(judge, &pairs, &asked.required);
        for name in &asked.forbidden {
            if pairs.said.iter().any(|(one, _)| *one == name.0) {
                let place = judge.key(Some(pairs.service), &[pairs.key, &name.0]);
                judge.breach(Breach {
                    line: &["forbidden"],
                    service: Some(pairs.service),
                    message: format!("no service may have the variable `{}`", name.0),
                    culprit: judge.deployed(Some(pairs.service), &["environment", &name.0]),
                    help: format!("take out {place}"),
                });
            }
        }
    }
}

fn required<N: AsRef<str>>(judge: &mut Judge, pairs: &Pairs, asked: &BTreeMap<N, Option<Pattern>>) {
    for (name, pattern) in asked {
        required_one(judge, pairs, name.as_ref(), pattern.as_ref());
    }
}

fn required_one(judge: &mut Judge, pairs: &Pairs, name: &str, pattern: Option<&Pattern>) {
    let Pairs {
        what, key, service, ..
    } = *pairs;
    let said = pairs.said.iter().find(|(one, _)| one == name);
    let value = said.map(|(_, value)| value.as_str());
    let fits = |value: &str| pattern.map_or(!value.is_empty(), |pattern| pattern.fits(value));
    if value.is_some_and(fits) {
        return;
    }
    let wanted = match pattern {
        Some(pattern) => format!("a value that fits `{}`", pattern.text),
        None => "a value".to_owned(),
    };
    let message = match value {
        None => format!("the {what} `{name}` is missing"),
        Some(value) => format!("the {what} `{name}` is {value:?}, and must have {wanted}"),
    };
    let place = judge.key(Some(service), &[key, name]);
    let culprit = judge.deployed(Some(service), &[key, name]);
    judge.breach(Breach {
        line: &["required", name],
        service: Some(service),
        message,
        culprit,
        help: format!("give {place} {wanted}"),
    });
}
