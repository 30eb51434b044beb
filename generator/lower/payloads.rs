//! Bodies of requests and answers: what each media type holds, and which of them hold the same.

use super::{
    direction::Direction,
    names,
    naming::{Naming, Wanted},
    parts,
    text_kinds::{TextKind, kind},
    types::Types,
};
use crate::{
    model::{Carried, Content, Payload, PayloadVariant, Slot, Type},
    spec::{self, ContentKind},
};

/// Where a body stands.
pub(super) struct Site<'s> {
    pub(super) way: Direction,
    /// What the names of its types begin with.
    pub(super) base: &'s str,
    /// Of an answer: the operation and the status, for the keys of its descriptions.
    pub(super) answer: Option<String>,
}

/// What a body holds; none without any content.
pub(super) fn payload(
    types: &mut Types,
    naming: &Naming,
    contents: &[spec::Content],
    site: &Site,
) -> Option<Payload> {
    let mut variants: Vec<PayloadVariant> = Vec::new();
    for (index, one) in contents.iter().enumerate() {
        let hint = match index {
            0 => format!("{} body", site.base),
            _ => format!("{} {} body", site.base, word(&one.media_type.value)),
        };
        let content = content(types, naming, one, site, &hint);
        let described = matches!(
            content,
            Content::Described(_) | Content::Items(_) | Content::Events(_)
        );
        let carried = Carried {
            media_type: sent_media_type(one),
            declared: one.media_type.value.trim().to_owned(),
            kind: one.kind,
            index,
            key: site
                .answer
                .as_ref()
                .filter(|_| described)
                .map(|place| format!("{place} {}", one.media_type.value)),
            content,
        };
        let same = variants
            .iter_mut()
            .find(|variant| variant.content().holds_as(&carried.content));
        match same {
            Some(variant) => variant.carried.push(carried),
            None => variants.push(PayloadVariant {
                name: one.media_type.value.clone(),
                carried: vec![carried],
            }),
        }
    }
    let several = variants.len() > 1;
    let type_name = several.then(|| enum_name(naming, site.base));
    name_variants(
        naming,
        type_name.as_deref().unwrap_or_default(),
        &mut variants,
    );
    (!variants.is_empty()).then_some(Payload {
        type_name,
        variants,
    })
}

fn enum_name(naming: &Naming, base: &str) -> String {
    let key = format!("{base}Body");
    let wanted = Wanted {
        key: &key,
        name: key.clone(),
        span: None,
    };
    naming.claim("bodies", &wanted)
}

/// A variant is called after its first media type.
fn name_variants(naming: &Naming, type_name: &str, variants: &mut [PayloadVariant]) {
    if variants.len() < 2 {
        return;
    }
    let wanted = variants.iter().map(|variant| Wanted {
        key: &variant.name,
        name: names::variant_name(&word(&variant.name)),
        span: None,
    });
    let given = naming.claim_all(&format!("variants of {type_name}"), wanted.collect());
    for (variant, name) in variants.iter_mut().zip(given) {
        variant.name = name;
    }
}

/// What a media type is called in a name.
fn word(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let lower = essence.to_ascii_lowercase();
    let (family, kind) = lower.split_once('/').unwrap_or((&lower, ""));
    match (family, kind) {
        (_, "x-www-form-urlencoded") => "form".into(),
        ("multipart", "form-data") => "multipart".into(),
        ("*", "*") => "any".into(),
        (family, "*") => family.into(),
        (_, kind) => kind.into(),
    }
}

fn content(
    types: &mut Types,
    naming: &Naming,
    one: &spec::Content,
    site: &Site,
    hint: &str,
) -> Content {
    if one.kind == ContentKind::Multipart {
        return match site.way {
            Direction::Request if parts::has_files(types, one) => {
                Content::Parts(parts::parts(types, naming, one, site.base))
            }
            Direction::Request => Content::Described(slot(types, one, site, hint, Type::Json)),
            _ => Content::Bytes,
        };
    }
    let open = match one.kind {
        ContentKind::Text | ContentKind::Events => Type::String,
        _ => Type::Json,
    };
    let as_text = one.schema.map(|id| kind(&mut types.views, id));
    match one.kind {
        ContentKind::Json => Content::Json(slot(types, one, site, hint, open)),
        ContentKind::Text => match as_text {
            None | Some(TextKind::Any) => Content::Text(Slot::plain(open)),
            Some(TextKind::Scalar) => Content::Text(slot(types, one, site, hint, open)),
            Some(_) => Content::Described(slot(types, one, site, hint, open)),
        },
        ContentKind::Form | ContentKind::Xml => {
            Content::Described(slot(types, one, site, hint, open))
        }
        ContentKind::JsonLines | ContentKind::JsonSequence | ContentKind::EventObjects => {
            Content::Items(slot(types, one, site, hint, open))
        }
        ContentKind::Events => Content::Events(slot(types, one, site, hint, open)),
        ContentKind::Bytes | ContentKind::Multipart => Content::Bytes,
    }
}

fn slot(types: &mut Types, one: &spec::Content, site: &Site, hint: &str, open: Type) -> Slot {
    match one.schema {
        Some(schema) => types.slot(schema, site.way, hint),
        None => Slot::plain(open),
    }
}

/// The media type as it is sent: a range such as `*/*` has to become one type.
pub(super) fn sent_media_type(content: &spec::Content) -> String {
    let declared = content.media_type.value.trim();
    let essence = declared.split(';').next().unwrap_or_default();
    let (family, kind) = essence.split_once('/').unwrap_or((essence, ""));
    if kind.trim() != "*" {
        return declared.to_owned();
    }
    let family = family.trim().to_ascii_lowercase();
    match (family.as_str(), content.kind) {
        (_, ContentKind::Json) => "application/json".into(),
        ("text", _) | (_, ContentKind::Text) => "text/plain".into(),
        ("image", _) => "image/png".into(),
        _ => "application/octet-stream".into(),
    }
}
