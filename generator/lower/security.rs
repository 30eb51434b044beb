//! Who may call: the schemes in use, and the sets of alternatives in use.

use super::{
    names::{self, Scope},
    naming::{Naming, Wanted},
};
use crate::{
    model::{Requirement, Scheme, Security},
    spec::{Document, Operation},
};

/// Collects what operations ask for, each set of alternatives once.
pub(super) struct Requirements<'a> {
    document: &'a Document,
    security: Security,
    scheme_of: Vec<Option<usize>>,
    naming: &'a Naming,
    functions: Scope,
}

impl<'a> Requirements<'a> {
    pub(super) fn new(document: &'a Document, naming: &'a Naming) -> Self {
        Requirements {
            document,
            security: Security::default(),
            scheme_of: vec![None; document.security_schemes.len()],
            naming,
            functions: Scope::default(),
        }
    }

    pub(super) fn finish(self) -> Security {
        self.security
    }

    /// The index of what `operation` asks for; none where anyone may call and no credential is looked at.
    pub(super) fn of(&mut self, operation: &Operation) -> Option<usize> {
        let mut schemes: Vec<usize> = Vec::new();
        let mut optional = false;
        for alternative in &operation.security {
            match alternative.scheme {
                Some(index) => {
                    let scheme = self.scheme(index);
                    if !schemes.contains(&scheme) {
                        schemes.push(scheme);
                    }
                }
                None => optional = true,
            }
        }
        if schemes.is_empty() {
            return None;
        }
        let known = self.security.requirements.iter();
        let mut known = known.map(|one| (&one.schemes, one.optional));
        if let Some(index) = known.position(|one| one == (&schemes, optional)) {
            return Some(index);
        }
        let words: Vec<&str> = schemes
            .iter()
            .map(|index| self.security.schemes[*index].wire.as_str())
            .collect();
        let prefix = if optional { "maybe " } else { "" };
        let name = names::field_name(&format!("{prefix}{}", words.join(" or ")));
        self.security.requirements.push(Requirement {
            name: self.functions.claim(&name),
            schemes,
            optional,
        });
        Some(self.security.requirements.len() - 1)
    }

    fn scheme(&mut self, index: usize) -> usize {
        if let Some(known) = self.scheme_of[index] {
            return known;
        }
        let scheme = &self.document.security_schemes[index];
        let wanted = Wanted {
            key: &scheme.name,
            name: names::field_name(&format!("verify {}", scheme.name)),
            span: Some(scheme.span),
        };
        self.security.schemes.push(Scheme {
            wire: scheme.name.clone(),
            method_name: self.naming.claim("verifiers", &wanted),
            doc: scheme.description.clone().unwrap_or_default(),
            kind: scheme.kind.clone(),
        });
        let new = self.security.schemes.len() - 1;
        self.scheme_of[index] = Some(new);
        new
    }
}
