//! How an error of the framework is told in the document's own schema: which member takes what.

use serde_json::{Value as Json, json};

use crate::model::{Check, Fill, Slot, Type, TypeDef, TypeId, TypeKind};

/// Fills schemas of errors.
pub(super) struct Filling<'a> {
    pub(super) types: &'a dyn Fn(TypeId) -> Option<&'a TypeDef>,
    /// Whether a filled value fits the exact schema of a type that has a guard.
    pub(super) fits: &'a dyn Fn(&str, &Json) -> bool,
    /// The status, or one of those, that the error has.
    pub(super) status: u16,
}

impl Filling<'_> {
    /// How a value of `slot` is filled; `None` where no value can be told to fit.
    pub(super) fn fill(&self, slot: &Slot, name: &str) -> Option<Fill> {
        self.part(slot, name, &mut Vec::new())
    }

    fn part(&self, slot: &Slot, name: &str, open: &mut Vec<TypeId>) -> Option<Fill> {
        match &slot.ty {
            Type::Bool => Some(Fill::False),
            Type::I32 | Type::I64 | Type::Integer => integer(slot, name),
            Type::Number => None,
            Type::F64 => Some(match means_status(name) {
                true => Fill::Status,
                false => Fill::Number(0.0),
            }),
            Type::String => text(slot, name),
            Type::Date | Type::DateTime | Type::Uuid | Type::Password => None,
            Type::Json => Some(Fill::Null),
            Type::List(item) => self.list(slot, item, name, open),
            Type::Map(_) => fixed(slot).then_some(Fill::Empty),
            Type::OrOther(inner) => {
                let part = self.part(inner, name, open)?;
                Some(Fill::Typed(Box::new(part)))
            }
            Type::Nullable(inner) => {
                let part = self.told(inner, name, open);
                Some(part.map_or(Fill::Absent, |part| Fill::Present(Box::new(part))))
            }
            Type::Boxed(inner) => {
                let inner = Slot::plain((**inner).clone());
                Some(Fill::Boxed(Box::new(self.part(&inner, name, open)?)))
            }
            Type::Named(id) => self.named(*id, name, open),
        }
    }

    fn named(&self, id: TypeId, name: &str, open: &mut Vec<TypeId>) -> Option<Fill> {
        if open.contains(&id) {
            return None;
        }
        open.push(id);
        let def = (self.types)(id)?;
        let part = match &def.kind {
            TypeKind::Enum(variants) => variants
                .first()
                .map(|first| Fill::Variant(id, first.name.clone())),
            TypeKind::Alias(slot) => self.part(slot, name, open),
            TypeKind::Wrapper(_) | TypeKind::Union(_) | TypeKind::Choice(_) => None,
            TypeKind::Struct(one) => {
                let mut parts = Vec::new();
                for field in &one.fields {
                    let part = match field.required {
                        true => Some(self.part(&field.slot, &field.wire, open)?),
                        false => self.told(&field.slot, &field.wire, open),
                    };
                    let part = match (field.required, part) {
                        (true, part) => part?,
                        (false, Some(part)) => Fill::Present(Box::new(part)),
                        (false, None) => Fill::Absent,
                    };
                    parts.push((field.name.clone(), part));
                }
                let rest = one.additional.as_ref().map(|(name, _)| name.clone());
                Some(Fill::Struct(id, parts, rest))
            }
        };
        open.pop();
        let part = part?;
        let fits = |key: &String| (self.fits)(key, &self.sample(&part));
        def.guard.as_ref().is_none_or(fits).then_some(part)
    }

    /// A part that may be absent: there only where it tells something.
    fn told(&self, slot: &Slot, name: &str, open: &mut Vec<TypeId>) -> Option<Fill> {
        let part = self.part(slot, name, open)?;
        tells(&part).then_some(part)
    }

    fn list(&self, slot: &Slot, item: &Slot, name: &str, open: &mut Vec<TypeId>) -> Option<Fill> {
        if !fixed(slot) {
            return None;
        }
        let violations = matches!(
            name,
            "errors" | "detail" | "details" | "violations" | "messages"
        );
        if violations && item.ty == Type::String && item.checks.is_empty() {
            return Some(Fill::Violations);
        }
        let each = match &item.ty {
            Type::Named(_) if violations => self.part(item, "", open).filter(tells),
            _ => None,
        };
        Some(each.map_or(Fill::Empty, |each| Fill::Each(Box::new(of_violation(each)))))
    }

    /// What a filling comes to for some error.
    fn sample(&self, fill: &Fill) -> Json {
        match fill {
            Fill::Status => json!(self.status),
            Fill::StatusText => json!(self.status.to_string()),
            Fill::Title | Fill::Detail | Fill::Violation => json!("Bad Request"),
            Fill::Kind => json!("about:blank"),
            Fill::Violations => json!(["Bad Request"]),
            Fill::Text(text) => json!(text),
            Fill::Integer(value) => json!(value),
            Fill::Number(value) => json!(value),
            Fill::False => json!(false),
            Fill::Absent | Fill::Null => Json::Null,
            Fill::Empty => json!([]),
            Fill::Each(inner) => json!([self.sample(inner)]),
            Fill::Present(inner) | Fill::Boxed(inner) | Fill::Typed(inner) => self.sample(inner),
            Fill::Variant(id, name) => json!(self.wire_of(*id, name)),
            Fill::Struct(id, parts, _) => {
                let there = parts.iter().filter(|(_, fill)| *fill != Fill::Absent);
                let members =
                    there.map(|(name, fill)| (self.wire_of(*id, name), self.sample(fill)));
                Json::Object(members.collect())
            }
        }
    }

    /// What the document calls a variant or a member.
    fn wire_of(&self, id: TypeId, name: &str) -> String {
        let wire = match (self.types)(id).map(|def| &def.kind) {
            Some(TypeKind::Enum(variants)) => {
                let found = variants.iter().find(|one| one.name == name);
                found.map(|one| &one.wire)
            }
            Some(TypeKind::Struct(one)) => {
                let found = one.fields.iter().find(|one| one.name == name);
                found.map(|one| &one.wire)
            }
            _ => None,
        };
        wire.cloned().unwrap_or_default()
    }
}

/// The filling of an item that is for one violation: its detail is that of the violation.
fn of_violation(fill: Fill) -> Fill {
    let inner = |fill: Box<Fill>| Box::new(of_violation(*fill));
    match fill {
        Fill::Detail => Fill::Violation,
        Fill::Present(fill) => Fill::Present(inner(fill)),
        Fill::Boxed(fill) => Fill::Boxed(inner(fill)),
        Fill::Typed(fill) => Fill::Typed(inner(fill)),
        Fill::Struct(id, parts, rest) => {
            let parts = parts
                .into_iter()
                .map(|(name, fill)| (name, of_violation(fill)));
            Fill::Struct(id, parts.collect(), rest)
        }
        other => other,
    }
}

/// Whether an empty list or map keeps to the limits.
fn fixed(slot: &Slot) -> bool {
    !slot
        .checks
        .iter()
        .any(|check| matches!(check, Check::MinItems(_)))
}

fn tells(part: &Fill) -> bool {
    match part {
        Fill::Status | Fill::StatusText | Fill::Title | Fill::Detail | Fill::Kind => true,
        Fill::Violations | Fill::Violation | Fill::Each(_) => true,
        Fill::Present(inner) | Fill::Boxed(inner) | Fill::Typed(inner) => tells(inner),
        Fill::Struct(_, parts, _) => parts.iter().any(|(_, part)| tells(part)),
        _ => false,
    }
}

fn means_status(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '-'], "");
    matches!(
        name.as_str(),
        "status" | "statuscode" | "code" | "httpstatus" | "httpcode" | "errorcode"
    )
}

fn integer(slot: &Slot, name: &str) -> Option<Fill> {
    match (means_status(name), &slot.checks[..]) {
        (true, []) => Some(Fill::Status),
        (_, []) => Some(Fill::Integer(0)),
        (_, checks) => checks.iter().find_map(|check| match check {
            Check::OneOf(values) => values.first().copied().map(Fill::Integer),
            Check::Minimum(end, false) => {
                let end = end.as_i64()?;
                Some(if means_status(name) && end <= 400 {
                    Fill::Status
                } else {
                    Fill::Integer(end)
                })
            }
            _ => None,
        }),
    }
}

fn text(slot: &Slot, name: &str) -> Option<Fill> {
    let short = slot.checks.iter().any(|check| match check {
        Check::Pattern(_) | Check::Format(_) => true,
        Check::MaxLength(most) => *most < 200,
        Check::MinLength(least) => *least > 3,
        _ => false,
    });
    if short {
        return None;
    }
    let plain = name.to_ascii_lowercase().replace(['_', '-'], "");
    Some(match plain.as_str() {
        "type" | "kind" => Fill::Kind,
        "title" | "error" | "name" | "reason" => Fill::Title,
        "message" | "detail" | "details" | "description" | "msg" | "errordescription"
        | "errormessage" | "text" => Fill::Detail,
        name if means_status(name) => Fill::StatusText,
        "" => Fill::Detail,
        _ => Fill::Text(String::new()),
    })
}
