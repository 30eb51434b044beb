//! From what a document says to what is meant: one pass for each concern, one file for each pass.

mod check_marks;
mod choices;
mod contract;
mod coverage;
mod cycles;
mod deployment;
mod direction;
mod error_answers;
mod errors;
mod example_fit;
mod example_values;
mod examples;
mod groups;
mod judge;
mod limits;
mod names;
mod naming;
mod objectives;
mod operations;
mod outgoing;
mod parameters;
mod parts;
mod payloads;
mod plain_keywords;
mod reasons;
mod request_contract;
mod routes;
mod secrets;
mod security;
mod servers;
mod services;
mod shape;
mod strings;
mod text_kinds;
mod text_marks;
mod types;
mod union_shape;
mod unsupported;
mod view;

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    model::{self, Api, Group, NameTable, Omitted, Outgoing, Payload, TypeDef},
    spec::{Document, Operation, Unsupported},
};
use contract::Definitions;
use direction::{Direction, OneWay};
use error_answers::ErrorAnswers;
use examples::Examples;
use groups::Groups;
use judge::Judge;
use naming::Naming;
use operations::{OperationNames, Ways};
use outgoing::Sent;
use security::Requirements;
use types::Types;
use unsupported::Reach;

pub use coverage::{Coverage, Covered, Finding, Standing, coverage};
pub use deployment::{deployment, one_deployment};
pub use names::package_name;
pub use objectives::objectives;
pub use services::{one_service, services, taken};

/// The names of an API that must be written down; the others are just what the document says.
pub fn names_to_lock(names: &NameTable) -> NameTable {
    naming::telling(names.clone())
}

/// What to do with features that are not generated yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unsupporteds {
    /// Refuse the document, naming each place.
    #[default]
    Refuse,
    /// Leave out the operations that need them.
    LeaveOut,
}

/// Lowers a document. `None` where it needs what is not generated yet and that was not allowed: each place is then
/// in `diagnostics`.
pub fn lower(
    document: &Document,
    unsupporteds: Unsupporteds,
    locked: NameTable,
    diagnostics: &mut Diagnostics,
) -> Option<Api> {
    let one_way = OneWay::new(document);
    let naming = Naming::new(locked);
    let mut types = Types::new(document, &one_way, &naming);
    let reach = Reach::new(document);
    let judge = example_fit::judge(document, Judge::new(document, &one_way), diagnostics);
    let all = reach.all(document);
    if unsupporteds == Unsupporteds::Refuse && !all.is_empty() {
        all.iter().for_each(|one| diagnostics.push(refusal(one)));
        return None;
    }
    let (kept, mut omitted) = sift(document, &reach, all);
    let (sent, unsent) = outgoing::outgoing(document, &kept, &reach);
    omitted.extend(unsent);
    let mut requirements = Requirements::new(document, &naming);
    let mut groups = Groups::new(document, &kept, &naming);
    let mut examples = Examples::new(judge);
    let (mut written, mut answers) = (Contracts::default(), Map::new());
    let mut names = operations::name_all(&naming, &every(&kept, &sent)).into_iter();
    for (operation, names) in kept.iter().zip(names.by_ref()) {
        let mut lowered = operations::lower(&mut types, &naming, names, operation, Ways::INCOMING);
        lowered.security = requirements.of(operation);
        written.add(&mut types, operation, &lowered);
        match examples.answer(&mut types, operation, &lowered.id) {
            Some(answer) => _ = answers.insert(lowered.id.clone(), answer),
            None => diagnostics.push(no_example(operation, &lowered.id)),
        }
        groups.add(&operation.tags, lowered);
    }
    let outgoing = lower_sent(&mut types, &naming, sent, names, &mut written);
    types.rest(&reach);
    let (mut types, definitions) = types.finish();
    let contract = written.json(&definitions);
    cycles::break_cycles(&mut types);
    check_marks::mark_checked(&mut types);
    let mut groups = groups.finish();
    text_marks::mark_text(&mut types, &groups, &outgoing);
    let (errors, error_answers) = error_answers(&types, &contract, &mut groups);
    let (security, (names, clashes)) = (requirements.finish(), naming.finish());
    clashes.into_iter().for_each(|one| diagnostics.push(one));
    Some(Api {
        title: document.title.clone(),
        version: document.version.clone(),
        description: document.description.clone(),
        license: document.license.clone(),
        servers: servers::servers(document),
        base_paths: servers::base_paths(document),
        names,
        types,
        groups,
        outgoing,
        security,
        secrets: secrets::secrets(document, &kept),
        // They are the project's, and not the document's.
        limits: Vec::new(),
        errors,
        error_answers,
        contract,
        examples: Json::Object(answers),
        document: None,
        omitted,
    })
}

/// The operations that are served, and those that are sent.
fn every<'a>(kept: &[&'a Operation], sent: &'a [Sent]) -> Vec<&'a Operation> {
    let asked = kept.iter().copied();
    asked.chain(sent.iter().map(|one| &one.operation)).collect()
}

/// The requests that the service sends.
fn lower_sent(
    types: &mut Types,
    naming: &Naming,
    sent: Vec<Sent>,
    names: impl Iterator<Item = OperationNames>,
    written: &mut Contracts,
) -> Vec<Outgoing> {
    let lowered = sent.into_iter().zip(names).map(|(one, names)| {
        let operation = operations::lower(types, naming, names, &one.operation, Ways::OUTGOING);
        written.add(types, &one.operation, &operation);
        Outgoing {
            target: one.target,
            operation,
        }
    });
    lowered.collect()
}

/// What `contract.json` says of operations.
#[derive(Default)]
struct Contracts {
    operations: Map<String, Json>,
    /// Bodies of answers that are written as it describes.
    answers: Map<String, Json>,
}

impl Contracts {
    fn add(&mut self, types: &mut Types, operation: &Operation, lowered: &model::Operation) {
        let entry = request_contract::entry(types, operation, lowered);
        self.operations.insert(lowered.id.clone(), entry);
        for (answer, response) in lowered.answers.iter().zip(&operation.responses) {
            let carried = answer.payload.iter().flat_map(Payload::carried);
            for one in carried {
                if let Some(key) = &one.key {
                    let content = &response.contents[one.index];
                    let entry = request_contract::content(types, content, Direction::Answer);
                    self.answers.insert(key.clone(), entry);
                }
            }
        }
    }

    fn json(self, definitions: &Definitions) -> Json {
        let mut contract = json!({ "$defs": definitions.json(), "operations": self.operations });
        if !self.answers.is_empty() {
            contract["answers"] = Json::Object(self.answers);
        }
        contract
    }
}

/// The operations that can be generated, and the others with what they need.
fn sift<'a>(
    document: &'a Document,
    reach: &Reach,
    mut all: BTreeSet<Unsupported>,
) -> (Vec<&'a Operation>, Vec<Omitted>) {
    let (mut kept, mut omitted) = (Vec::new(), Vec::new());
    for operation in &document.operations {
        let needs = reach.of_operation(operation);
        if needs.is_empty() {
            kept.push(operation);
            continue;
        }
        let method = operation.method.as_str();
        omitted.push(Omitted {
            operation: format!("{method} {}", operation.path.value),
            needs: needs.into_iter().collect(),
        });
    }
    for one in omitted.iter().flat_map(|one| &one.needs) {
        all.remove(one);
    }
    for one in all {
        omitted.push(Omitted {
            operation: String::new(),
            needs: vec![one],
        });
    }
    (kept, omitted)
}

type Errors = (Vec<crate::model::ErrorBody>, Vec<crate::model::ErrorAnswer>);

fn error_answers(types: &[TypeDef], contract: &Json, groups: &mut [Group]) -> Errors {
    let mut errors = ErrorAnswers::new(types, contract);
    for operation in groups.iter_mut().flat_map(|group| &mut group.operations) {
        operation.errors = errors.of(&operation.answers);
    }
    (errors.bodies, errors.answers)
}

fn refusal(one: &Unsupported) -> Diagnostic {
    Diagnostic {
        code: Code::Unsupported,
        message: format!("{} is not supported yet", one.feature),
        primary: Label {
            span: one.span,
            text: "needed here".into(),
        },
        context: Vec::new(),
        help: "take it out, or leave out the operations that need it with `--allow unsupported`"
            .into(),
    }
}

fn no_example(operation: &Operation, id: &str) -> Diagnostic {
    Diagnostic {
        code: Code::NoExample,
        message: format!("no example could be made up for the answer of `{id}`"),
        primary: Label {
            span: operation.span,
            text: "this operation answers 501 until it is written, even with OARLOCK_EXAMPLES=on"
                .into(),
        },
        context: Vec::new(),
        help: "give the answer's media type an `example` that fits its schema".into(),
    }
}
