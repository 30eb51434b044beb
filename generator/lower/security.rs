//! Who may call: the schemes in use, and the sets of alternatives in use.

use super::{
    names::{self, Scope},
    naming::{Naming, Wanted},
};
use crate::{
    model::{RequiredScheme, Requirement, Scheme, Security},
    spec::{self, Document, Operation, SchemeKind},
};

/// Collects what operations ask for, each set of alternatives once.
pub(super) struct Requirements<'a> {
    document: &'a Document,
    security: Security,
    scheme_of: Vec<Option<usize>>,
    naming: &'a Naming,
    functions: Scope,
    constants: Scope,
}

impl<'a> Requirements<'a> {
    pub(super) fn new(document: &'a Document, naming: &'a Naming) -> Self {
        Requirements {
            document,
            security: Security::default(),
            scheme_of: vec![None; document.security_schemes.len()],
            naming,
            functions: Scope::default(),
            constants: Scope::default(),
        }
    }

    pub(super) fn finish(self) -> Security {
        self.security
    }

    /// The index of what `operation` asks for; none where anyone may call and no credential is looked at.
    pub(super) fn of(&mut self, operation: &Operation) -> Option<usize> {
        let mut alternatives: Vec<Vec<RequiredScheme>> = Vec::new();
        let mut optional = false;
        for one in &operation.security {
            let schemes: Vec<RequiredScheme> =
                one.schemes.iter().map(|one| self.required(one)).collect();
            if schemes.is_empty() {
                optional = true;
            } else if !alternatives.contains(&schemes) {
                alternatives.push(schemes);
            }
        }
        if alternatives.is_empty() {
            return None;
        }
        let known = self.security.requirements.iter();
        let mut known = known.map(|one| (&one.alternatives, one.optional));
        if let Some(index) = known.position(|one| one == (&alternatives, optional)) {
            return Some(index);
        }
        let words = alternatives.iter().map(|schemes| self.words(schemes));
        let words: Vec<String> = words.collect();
        let prefix = if optional { "maybe " } else { "" };
        let name = names::field_name(&format!("{prefix}{}", words.join(" or ")));
        self.security.requirements.push(Requirement {
            constant_name: self.constants.claim(&names::constant_name(&name)),
            name: self.functions.claim(&name),
            alternatives,
            optional,
        });
        Some(self.security.requirements.len() - 1)
    }

    fn required(&mut self, one: &spec::RequiredScheme) -> RequiredScheme {
        RequiredScheme {
            scheme: self.scheme(one.scheme),
            scopes: one.scopes.clone(),
        }
    }

    /// What an alternative is called in a name.
    fn words(&self, schemes: &[RequiredScheme]) -> String {
        let words = schemes.iter().map(|one| {
            let wire = &self.security.schemes[one.scheme].wire;
            match one.scopes.is_empty() {
                true => wire.clone(),
                false => format!("{wire} {}", one.scopes.join(" ")),
            }
        });
        words.collect::<Vec<String>>().join(" and ")
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
            scoped: self.scoped(index),
        });
        let new = self.security.schemes.len() - 1;
        self.scheme_of[index] = Some(new);
        new
    }

    /// Whether any operation asks a scheme for scopes or roles; tokens have scopes by their standards.
    fn scoped(&self, index: usize) -> bool {
        let tokens = [SchemeKind::OAuth2, SchemeKind::OpenIdConnect];
        let operations = self.document.operations.iter();
        let mut required = operations
            .flat_map(|one| &one.security)
            .flat_map(|one| &one.schemes);
        tokens.contains(&self.document.security_schemes[index].kind)
            || required.any(|one| one.scheme == index && !one.scopes.is_empty())
    }
}
