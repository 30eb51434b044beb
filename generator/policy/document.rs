//! Rules about documents: who may call, and which fields must be there.

use super::{Breach, Judge, listed};
use crate::{
    config::stack::{Except, Fields, OperationField, SchemeWord, Security},
    diagnostic::Label,
    document::{Node, Scalar, Value},
    source::Span,
    spec::{Document, Operation, Requirement, SchemeKind},
};

pub(super) fn security(judge: &mut Judge, asked: &Security, document: &Document) {
    for operation in &document.operations {
        if is_excepted(operation, &asked.except) {
            continue;
        }
        let called = called(operation);
        let schemes = listed(asked.schemes.iter().map(|word| words_of(*word)));
        let help = format!(
            "let every alternative of its `security` ask for one of {schemes}, or have the operation excepted from the rule"
        );
        if operation.security.is_empty() {
            judge.breach(Breach {
                line: &["schemes"],
                service: None,
                message: format!("anyone may call {called}"),
                culprit: Some(label(operation.span, "it has no `security`")),
                help,
            });
            continue;
        }
        let open = |one: &&Requirement| !is_closed(one, asked, document);
        for alternative in operation.security.iter().filter(open) {
            let names = alternative.schemes.iter();
            let names = names.map(|one| &document.security_schemes[one.scheme].name);
            let message = match alternative.schemes.is_empty() {
                true => format!("anyone may call {called}"),
                false => format!("{called} may be called with {} alone", listed(names)),
            };
            judge.breach(Breach {
                line: &["schemes"],
                service: None,
                message,
                culprit: Some(label(alternative.span, "by this alternative")),
                help: help.clone(),
            });
        }
    }
}

fn is_excepted(operation: &Operation, except: &Except) -> bool {
    let id = operation.id.as_ref().map(|id| id.value.as_str());
    except.operations.iter().any(|one| Some(&*one.0) == id)
        || except
            .tags
            .iter()
            .any(|one| operation.tags.contains(&one.0))
}

/// Whether an alternative asks for a scheme that is good enough.
fn is_closed(alternative: &Requirement, asked: &Security, document: &Document) -> bool {
    let mut kinds = alternative
        .schemes
        .iter()
        .map(|one| &document.security_schemes[one.scheme].kind);
    kinds.any(|kind| word_of(kind).is_some_and(|word| asked.schemes.contains(&word)))
}

fn word_of(kind: &SchemeKind) -> Option<SchemeWord> {
    Some(match kind {
        SchemeKind::ApiKey(..) => SchemeWord::ApiKey,
        SchemeKind::Basic => SchemeWord::Basic,
        SchemeKind::Bearer => SchemeWord::Bearer,
        SchemeKind::Http(_) => SchemeWord::Http,
        SchemeKind::OAuth2 => SchemeWord::OAuth2,
        SchemeKind::OpenIdConnect => SchemeWord::OpenIdConnect,
        SchemeKind::MutualTls => SchemeWord::MutualTls,
        SchemeKind::Undeclared => return None,
    })
}

fn words_of(word: SchemeWord) -> &'static str {
    match word {
        SchemeWord::ApiKey => "apiKey",
        SchemeWord::Basic => "basic",
        SchemeWord::Bearer => "bearer",
        SchemeWord::Http => "http",
        SchemeWord::MutualTls => "mutualTLS",
        SchemeWord::OAuth2 => "oauth2",
        SchemeWord::OpenIdConnect => "openIdConnect",
    }
}

pub(super) fn fields(judge: &mut Judge, asked: &Fields, document: &Document) {
    for path in &asked.document {
        let names: Vec<&str> = path.0.split('.').collect();
        let Some(gap) = document.root().and_then(|root| gap(root, &names)) else {
            continue;
        };
        judge.breach(Breach {
            line: &["document"],
            service: None,
            message: format!("the document has no `{}`", path.0),
            culprit: Some(label(gap, "it belongs in here")),
            help: format!("add `{}` to the document", path.0),
        });
    }
    for operation in &document.operations {
        for field in &asked.operations {
            let (name, is_there) = match field {
                OperationField::OperationId => ("operationId", operation.id.is_some()),
                OperationField::Summary => ("summary", says(operation.summary.as_deref())),
                OperationField::Description => {
                    ("description", says(operation.description.as_deref()))
                }
                OperationField::Tags => ("tags", !operation.tags.is_empty()),
            };
            if is_there {
                continue;
            }
            judge.breach(Breach {
                line: &["operations"],
                service: None,
                message: format!("{} has no `{name}`", called(operation)),
                culprit: Some(label(operation.span, "it belongs in here")),
                help: format!("add `{name}` to the operation"),
            });
        }
    }
}

/// Where a field is missing: the key of the last that is there on the way to it; none where it is there and says something.
fn gap(root: &Node, names: &[&str]) -> Option<Span> {
    let mut node = root;
    let mut place = Span {
        end: root.span.start,
        ..root.span
    };
    for name in names {
        let Some(entry) = node.entry(name) else {
            return Some(place);
        };
        (node, place) = (&entry.node, entry.key_span);
    }
    let is_empty = match &node.value {
        Value::Scalar { text, .. } => text.trim().is_empty() || node.scalar() == Some(Scalar::Null),
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(entries) => entries.is_empty(),
    };
    is_empty.then_some(place)
}

fn says(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn called(operation: &Operation) -> String {
    match &operation.id {
        Some(id) => format!("`{}`", id.value.escape_debug()),
        None => format!(
            "`{} {}`",
            operation.method.as_str(),
            operation.path.value.escape_debug()
        ),
    }
}

fn label(span: Span, text: &str) -> Label {
    Label {
        span,
        text: text.to_owned(),
    }
}
