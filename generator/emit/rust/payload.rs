//! Bodies: their types, how a request's is read, how an answer's is written.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    checks::{self, Patterns, Place},
    printing::{docs, ident},
    types::{self, Home},
};
use crate::{
    model::{
        Api, Body, Carried, Content, Operation, PartVariant, Parts, Payload, PayloadVariant, Type,
    },
    openapi::ContentKind,
};

/// Whether a body is read while the handler runs.
pub(super) fn streams(payload: &Payload) -> bool {
    payload
        .variants
        .iter()
        .any(|one| one.content().value().is_none())
}

/// The type of a body.
pub(super) fn ty(api: &Api, payload: &Payload) -> TokenStream {
    match &payload.type_name {
        Some(name) => {
            let name = ident(name);
            quote!(#name)
        }
        None => held(api, payload.variants[0].content()),
    }
}

fn held(api: &Api, content: &Content) -> TokenStream {
    match content {
        Content::Json(slot) | Content::Text(slot) | Content::Described(slot) => {
            types::ty(api, slot, Home::Beside)
        }
        Content::Bytes => quote!(oarlock_runtime::Body),
        Content::Parts(parts) => {
            let name = ident(&parts.type_name);
            quote!(oarlock_runtime::Parts<#name>)
        }
        Content::Items(slot) => {
            let item = types::ty(api, slot, Home::Beside);
            quote!(oarlock_runtime::Items<#item>)
        }
        Content::Events(slot) => {
            let data = types::ty(api, slot, Home::Beside);
            quote!(oarlock_runtime::Events<#data>)
        }
    }
}

/// The enums that the body of a request asks for.
pub(super) fn request_types(api: &Api, operation: &Operation, payload: &Payload) -> TokenStream {
    let id = operation.id.replace(['`', '\n'], "'");
    let derive = match streams(payload) {
        true => quote!(#[derive(Debug)]),
        false => quote!(#[derive(Debug, Clone, PartialEq)]),
    };
    let bodies = enumeration(
        api,
        payload,
        &format!("What `{id}` is sent, by its media type."),
        &derive,
    );
    let parts = payload
        .variants
        .iter()
        .filter_map(|one| match one.content() {
            Content::Parts(parts) => Some(parts_enum(api, &id, parts)),
            _ => None,
        });
    quote!(#bodies #(#parts)*)
}

/// The enum of the types that a body may hold, where there are several.
pub(super) fn enumeration(
    api: &Api,
    payload: &Payload,
    words: &str,
    derive: &TokenStream,
) -> Option<TokenStream> {
    let name = ident(payload.type_name.as_ref()?);
    let words = docs(words);
    let variants = payload.variants.iter().map(|one| {
        let (name, held) = (ident(&one.name), held(api, one.content()));
        let media_types = one.carried.iter().map(|one| format!("`{}`", one.declared));
        let words = docs(&media_types.collect::<Vec<_>>().join(", "));
        quote!(#words #name(#held),)
    });
    Some(quote!(#words #derive pub enum #name { #(#variants)* }))
}

fn parts_enum(api: &Api, id: &str, parts: &Parts) -> TokenStream {
    let name = ident(&parts.type_name);
    let words = docs(&format!("A part of what `{id}` is sent."));
    let variants = parts.parts.iter().map(|part| {
        let (name, words) = (
            ident(&part.name),
            docs(match part.doc.as_str() {
                "" => "A part of this name.",
                doc => doc,
            }),
        );
        let held = match &part.slot {
            Some(slot) => types::ty(api, slot, Home::Beside),
            None => quote!(oarlock_runtime::Part),
        };
        quote!(#words #name(#held),)
    });
    let sent = parts.parts.iter().map(sent);
    let (other, sent_other) = match &parts.other {
        Some(other) => {
            let other = ident(other);
            (
                quote!(#[doc = " A part that the document does not name."] #other(oarlock_runtime::Part),),
                quote!(Self::#other(part) => oarlock_runtime::SentPart::named(part),),
            )
        }
        None => (quote!(), quote!()),
    };
    quote! {
        #words
        #[derive(Debug)]
        pub enum #name { #(#variants)* #other }
        impl oarlock_runtime::IntoPart for #name {
            fn into_part(self) -> oarlock_runtime::SentPart {
                match self { #(#sent)* #sent_other }
            }
        }
    }
}

/// How the parts of a body are read.
pub(super) fn serving(payload: &Payload) -> TokenStream {
    let parts = payload
        .variants
        .iter()
        .filter_map(|one| match one.content() {
            Content::Parts(parts) => Some(parts_reading(parts)),
            _ => None,
        });
    parts.collect()
}

fn parts_reading(parts: &Parts) -> TokenStream {
    let name = ident(&parts.type_name);
    let arms = parts.parts.iter().map(|part| {
        let (name, wire) = (ident(&part.name), &part.wire);
        match part.slot {
            Some(_) => quote!(#wire => part.value().map(Self::#name),),
            None => quote!(#wire => part.file().map(Self::#name),),
        }
    });
    let rest = match &parts.other {
        Some(other) => {
            let other = ident(other);
            quote!(part.file().map(Self::#other))
        }
        None => quote!(Err(Refused)),
    };
    let read = match parts.parts.is_empty() {
        true => rest,
        false => quote!(match part.name() { #(#arms)* _ => #rest, }),
    };
    quote! {
        impl oarlock_runtime::FromPart for #name {
            fn from_part(part: oarlock_runtime::ReceivedPart) -> Result<Self, Refused> { #read }
        }
    }
}

/// The arm that sends a part.
fn sent(part: &PartVariant) -> TokenStream {
    let (name, wire) = (ident(&part.name), &part.wire);
    match (&part.slot, part.json) {
        (None, _) => quote!(Self::#name(part) => oarlock_runtime::SentPart::file(#wire, part),),
        (Some(_), true) => {
            quote!(Self::#name(value) => oarlock_runtime::SentPart::json(#wire, &value),)
        }
        (Some(_), false) => {
            quote!(Self::#name(value) => oarlock_runtime::SentPart::value(#wire, &value),)
        }
    }
}

/// What a body is read by.
pub(super) fn reading(payload: &Payload, required: bool) -> TokenStream {
    if payload.type_name.is_none() {
        let method = ident(&method(&payload.variants[0], required));
        return quote!(call.#method()?);
    }
    let name = ident(payload.type_name.as_deref().unwrap_or_default());
    let last = payload.variants.len() - 1;
    let arms = payload.variants.iter().enumerate().map(|(index, one)| {
        let (variant, method) = (ident(&one.name), ident(&method(one, true)));
        let places = places(&one.carried);
        let pattern = match (required, index == last) {
            (true, true) => quote!(_),
            (true, false) => places,
            (false, true) => quote!(Some(_)),
            (false, false) => quote!(Some(#places)),
        };
        let value = quote!(#name::#variant(call.#method()?));
        match required {
            true => quote!(#pattern => #value,),
            false => quote!(#pattern => Some(#value),),
        }
    });
    match required {
        true => quote!(match call.content()? { #(#arms)* }),
        false => quote!(match call.optional_content() { #(#arms)* None => None, }),
    }
}

/// The pattern of the contents' places: a range where they follow one another, as people write it.
fn places(carried: &[Carried]) -> TokenStream {
    let mut places: Vec<usize> = carried.iter().map(|one| one.index).collect();
    places.sort_unstable();
    let (first, last) = (places[0], places[places.len() - 1]);
    let number = Literal::usize_unsuffixed;
    if places.len() > 2 && last - first == places.len() - 1 {
        let (first, last) = (number(first), number(last));
        return quote!(#first..=#last);
    }
    let places = places.into_iter().map(number);
    quote!(#(#places)|*)
}

fn method(variant: &PayloadVariant, required: bool) -> String {
    let content = variant.content();
    let alike = variant
        .carried
        .iter()
        .all(|one| std::mem::discriminant(&one.content) == std::mem::discriminant(content));
    let word = match content {
        Content::Json(_) if alike => "json",
        Content::Text(_) if alike => "text",
        Content::Json(_) | Content::Text(_) | Content::Described(_) => "described_body",
        Content::Bytes => "stream",
        Content::Parts(_) => "parts",
        Content::Items(_) => "items",
        Content::Events(_) => "events",
    };
    match required {
        true => word.to_owned(),
        false => format!("optional_{word}"),
    }
}

/// The checks of a body that is there as a whole.
pub(super) fn checks(api: &Api, body: &Body, patterns: &mut Patterns) -> Option<TokenStream> {
    let field = Place::field(&body.name);
    let Some(name) = &body.payload.type_name else {
        let slot = body.payload.variants[0].content().value()?;
        return checks::member(api, slot, &field, !body.required, patterns);
    };
    let (name, mut open) = (ident(name), false);
    let mut arms = Vec::new();
    for one in &body.payload.variants {
        let slot = one.content().value();
        let check = slot
            .and_then(|slot| checks::member(api, slot, &Place::reference("body"), false, patterns));
        let variant = ident(&one.name);
        match check {
            Some(check) if body.required => arms.push(quote!(#name::#variant(body) => #check,)),
            Some(check) => arms.push(quote!(Some(#name::#variant(body)) => #check,)),
            None => open = true,
        }
    }
    let rest = (open || !body.required).then(|| quote!(_ => true,));
    let field = ident(&body.name);
    (!arms.is_empty()).then(|| quote!(match &self.#field { #(#arms)* #rest }))
}

/// Whether an answer's body is written by what the caller accepts, or while the connection lasts.
pub(super) fn needs_context(payload: &Payload) -> bool {
    let ends = |one: &Carried| matches!(one.kind, ContentKind::EventObjects | ContentKind::Events);
    payload
        .variants
        .iter()
        .any(|one| one.carried.len() > 1 || one.carried.iter().any(ends))
}

/// The answer that `body` becomes under a status.
pub(super) fn writing(payload: &Payload, status: &TokenStream) -> TokenStream {
    let Some(name) = &payload.type_name else {
        return variant_writing(&payload.variants[0], status);
    };
    let name = ident(name);
    let arms = payload.variants.iter().map(|one| {
        let (variant, made) = (ident(&one.name), variant_writing(one, status));
        quote!(#name::#variant(body) => #made,)
    });
    quote!(match body { #(#arms)* })
}

fn variant_writing(variant: &PayloadVariant, status: &TokenStream) -> TokenStream {
    if let [only] = &variant.carried[..] {
        return carried_writing(only, status);
    }
    let offered = variant.carried.iter().map(|one| &one.media_type);
    let last = variant.carried.len() - 1;
    let arms = variant.carried.iter().enumerate().map(|(index, one)| {
        let made = carried_writing(one, status);
        let number = Literal::usize_unsuffixed(index);
        match index == last {
            true => quote!(_ => #made,),
            false => quote!(#number => #made,),
        }
    });
    quote!(match cx.preferred(&[#(#offered),*]) { #(#arms)* })
}

fn carried_writing(carried: &Carried, status: &TokenStream) -> TokenStream {
    let (media_type, key) = (&carried.media_type, &carried.key);
    match &carried.content {
        Content::Json(_) => quote!(Response::json(#status, #media_type, &body)),
        Content::Text(slot) => match slot.ty {
            Type::String => quote!(Response::text(#status, #media_type, body)),
            _ => quote!(Response::text(#status, #media_type, oarlock_runtime::to_text(&body))),
        },
        Content::Described(_) => {
            quote!(Response::described(#status, #media_type, &crate::SCHEMAS, #key, &body))
        }
        Content::Bytes | Content::Parts(_) => quote!(Response::bytes(#status, #media_type, body)),
        Content::Items(_) => {
            let (method, cx) = match carried.kind {
                ContentKind::EventObjects => ("event_objects", quote!(, cx)),
                ContentKind::JsonSequence => ("json_sequence", quote!()),
                _ => ("json_lines", quote!()),
            };
            let method = ident(method);
            quote!(Response::#method(#status, #media_type, body #cx))
        }
        Content::Events(slot) => {
            let method = match slot.ty {
                Type::String => ident("text_events"),
                _ => ident("events"),
            };
            quote!(Response::#method(#status, #media_type, body, cx))
        }
    }
}
