//! The error answers that operations declare, each once, and the schemas that they are told in.

use super::{
    errors::Filling,
    names::{self, Scope},
};
use crate::{
    model::{Answer, Content, ErrorAnswer, ErrorBody, ErrorContent, Slot, Type, TypeDef},
    spec::Status,
};

/// Collects error answers.
pub(super) struct ErrorAnswers<'a> {
    types: &'a [TypeDef],
    scope: Scope,
    methods: Scope,
    pub(super) answers: Vec<ErrorAnswer>,
    pub(super) bodies: Vec<ErrorBody>,
}

impl<'a> ErrorAnswers<'a> {
    pub(super) fn new(types: &'a [TypeDef]) -> Self {
        ErrorAnswers {
            types,
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
        let (media_type, body) = match &answer.body {
            None => (String::new(), ErrorContent::Nothing),
            Some((media_type, Content::Json(slot))) => (media_type.clone(), self.body(slot)),
            Some((media_type, Content::Text(slot))) if slot.checks.is_empty() => {
                (media_type.clone(), ErrorContent::Detail)
            }
            Some(_) => ("application/problem+json".into(), ErrorContent::Problem),
        };
        let media_type = match body {
            ErrorContent::Problem => "application/problem+json".into(),
            _ => media_type,
        };
        let mut known = self.answers.iter();
        let same = known.position(|one| {
            one.status == answer.status && one.media_type == media_type && one.body == body
        });
        if let Some(index) = same {
            return index;
        }
        let words = match body {
            ErrorContent::Mapped(index) => {
                format!("{} {}", answer.name, self.bodies[index].method_name)
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

    fn body(&mut self, slot: &Slot) -> ErrorContent {
        if slot.ty == Type::Json {
            return ErrorContent::Problem;
        }
        if let Some(index) = self.bodies.iter().position(|one| one.slot == *slot) {
            return ErrorContent::Mapped(index);
        }
        let types = |id: crate::model::TypeId| self.types.get(id.0);
        let filling = Filling { types: &types };
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
