//! The error answers that operations declare, each once, and the schemas that they are told in.

use oarlock_runtime::Validator;
use serde_json::Value as Json;

use super::{
    errors::Filling,
    names::{self, Scope},
};
use crate::{
    model::{
        Answer, Carried, Content, ErrorAnswer, ErrorBody, ErrorContent, Payload, Slot, Type,
        TypeDef,
    },
    spec::Status,
};

/// Collects error answers.
pub(super) struct ErrorAnswers<'a> {
    types: &'a [TypeDef],
    /// The exact schemas by their keys.
    schemas: &'a Json,
    scope: Scope,
    methods: Scope,
    pub(super) answers: Vec<ErrorAnswer>,
    pub(super) bodies: Vec<ErrorBody>,
}

impl<'a> ErrorAnswers<'a> {
    pub(super) fn new(types: &'a [TypeDef], contract: &'a Json) -> Self {
        ErrorAnswers {
            types,
            schemas: &contract["$defs"],
            scope: Scope::default(),
            methods: Scope::default(),
            answers: Vec::new(),
            bodies: Vec::new(),
        }
    }

    /// The indices of the error answers among `answers`.
    pub(super) fn of(&mut self, answers: &[Answer]) -> Vec<usize> {
        let mut found = Vec::new();
        for answer in answers {
            let error = match answer.status {
                Status::Exact(status) => status >= 400,
                Status::Range(hundreds) => hundreds >= 4,
                Status::Default => true,
            };
            // A required header has no value that an error of the framework could give.
            if error && !answer.headers.iter().any(|header| header.required) {
                found.push(self.claim(answer));
            }
        }
        found
    }

    fn claim(&mut self, answer: &Answer) -> usize {
        let (media_type, body) = match answer.payload.as_ref().map(told) {
            None => (String::new(), ErrorContent::Nothing),
            Some(carried) => self.content(carried, sample_status(answer.status)),
        };
        let mut known = self.answers.iter();
        let same = known.position(|one| {
            one.status == answer.status && one.media_type == media_type && one.body == body
        });
        if let Some(index) = same {
            return index;
        }
        let words = match &body {
            ErrorContent::Mapped(index) | ErrorContent::Written(index, _) => {
                format!("{} {}", answer.name, self.bodies[*index].method_name)
            }
            _ => answer.name.clone(),
        };
        self.answers.push(ErrorAnswer {
            name: self.scope.claim(&names::constant_name(&words)),
            status: answer.status,
            media_type,
            body,
        });
        self.answers.len() - 1
    }

    fn content(&mut self, carried: &Carried, status: u16) -> (String, ErrorContent) {
        let body = match (&carried.content, &carried.key) {
            (Content::Json(slot), _) => self.body(slot, status),
            (Content::Text(slot), _) if slot.checks.is_empty() => ErrorContent::Detail,
            (Content::Described(slot), Some(key)) => match self.body(slot, status) {
                ErrorContent::Mapped(index) => ErrorContent::Written(index, key.clone()),
                other => other,
            },
            _ => ErrorContent::Problem,
        };
        match body {
            // JSON of which nothing is asked: a problem is that too, in the media type that is declared.
            ErrorContent::Problem if !is_open_json(&carried.content) => {
                ("application/problem+json".into(), body)
            }
            _ => (carried.media_type.clone(), body),
        }
    }

    /// Whether a value fits the exact schema of a key.
    fn fits(&self, key: &str, value: &Json) -> bool {
        let schema = self.schemas.get(key);
        let validator =
            schema.and_then(|schema| Validator::within(schema, |name| self.schemas.get(name)).ok());
        validator.is_some_and(|one| one.is_valid(value))
    }

    fn body(&mut self, slot: &Slot, status: u16) -> ErrorContent {
        if slot.ty == Type::Json {
            return ErrorContent::Problem;
        }
        if let Some(index) = self.bodies.iter().position(|one| one.slot == *slot) {
            return ErrorContent::Mapped(index);
        }
        let types = |id: crate::model::TypeId| self.types.get(id.0);
        let filling = Filling {
            types: &types,
            fits: &|key, value| self.fits(key, value),
            status,
        };
        let Some(fill) = filling.fill(slot, "") else {
            return ErrorContent::Problem;
        };
        let name = match &slot.ty {
            Type::Named(id) => names::field_name(&self.types[id.0].name),
            _ => "error_body".into(),
        };
        self.bodies.push(ErrorBody {
            method_name: self.methods.claim(&name),
            slot: slot.clone(),
            fill,
        });
        ErrorContent::Mapped(self.bodies.len() - 1)
    }
}

/// One of the statuses that an error answer is for.
fn sample_status(status: Status) -> u16 {
    match status {
        Status::Exact(status) => status,
        Status::Range(hundreds) => u16::from(hundreds) * 100,
        Status::Default => 500,
    }
}

fn is_open_json(content: &Content) -> bool {
    matches!(content, Content::Json(slot) if slot.ty == Type::Json && slot.checks.is_empty())
}

/// The way of several in which errors are told: JSON first, then text.
fn told(payload: &Payload) -> &Carried {
    let all = payload.carried();
    let first = |wanted: fn(&Content) -> bool| all.iter().find(|one| wanted(&one.content)).copied();
    first(|one| matches!(one, Content::Json(_)))
        .or_else(|| first(|one| matches!(one, Content::Text(_))))
        .unwrap_or(&payload.variants[0].carried[0])
}
