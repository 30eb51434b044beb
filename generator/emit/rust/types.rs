//! `types.rs`: a Rust type for each schema in use.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    printing::{docs, ident},
    unions, validity,
};
use crate::emit::escape;
use crate::model::{Api, Field, Slot, Struct, Type, TypeDef, TypeKind, Variant};

/// Where a type is named from: `types.rs` itself, or a file beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Types,
    Beside,
}

/// The items of `types.rs`.
pub(super) fn items(api: &Api) -> TokenStream {
    let defs: TokenStream = api.types.iter().map(|def| definition(api, def)).collect();
    let text = defs.to_string();
    // The attributes of serde name it in a text, other code by its path.
    let wire = [
        "\"wire::",
        "wire :: Tagged",
        "wire :: Candidate",
        "wire :: get",
    ]
    .iter()
    .any(|one| text.contains(one))
    .then(|| {
        quote!(
            use oarlock_runtime::wire;
        )
    });
    quote! {
        //! The types of the document's schemas.
        #wire
        #defs
    }
}

/// A type as it is written at a place of use.
pub(super) fn ty(api: &Api, slot: &Slot, home: Home) -> TokenStream {
    written(api, &slot.ty, home)
}

fn written(api: &Api, ty: &Type, home: Home) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::Integer => quote!(oarlock_runtime::Integer),
        Type::F64 => quote!(f64),
        Type::Number => quote!(oarlock_runtime::Number),
        Type::String => quote!(String),
        Type::Date => quote!(oarlock_runtime::Date),
        Type::DateTime => quote!(oarlock_runtime::DateTime),
        Type::Uuid => quote!(oarlock_runtime::Uuid),
        Type::Password => quote!(oarlock_runtime::Password),
        Type::Json => quote!(serde_json::Value),
        Type::List(item) => {
            let item = written(api, &item.ty, home);
            quote!(Vec<#item>)
        }
        Type::Map(value) => {
            let value = written(api, &value.ty, home);
            quote!(std::collections::BTreeMap<String, #value>)
        }
        Type::Named(id) => {
            let name = ident(&api.types[id.0].name);
            match home {
                Home::Types => quote!(#name),
                Home::Beside => quote!(crate::types::#name),
            }
        }
        Type::Nullable(inner) => {
            let inner = written(api, &inner.ty, home);
            quote!(Option<#inner>)
        }
        Type::Boxed(inner) => {
            let inner = written(api, inner, home);
            quote!(Box<#inner>)
        }
        Type::OrOther(slot) => {
            let inner = written(api, &slot.ty, home);
            match slot.ty {
                Type::List(_) => quote!(oarlock_runtime::ListOrOther<#inner>),
                _ => quote!(oarlock_runtime::ObjectOrOther<#inner>),
            }
        }
    }
}

fn definition(api: &Api, def: &TypeDef) -> TokenStream {
    let name = ident(&def.name);
    let words = match def.doc.trim() {
        "" => docs(&format!("The schema `{}`.", def.name)),
        doc => docs(doc),
    };
    let item = match &def.kind {
        TypeKind::Struct(one) => structure(api, def, one),
        TypeKind::Enum(variants) => return enumeration(def, &words, variants),
        TypeKind::Union(one) => unions::tagged(api, def, one),
        TypeKind::Choice(alternatives) => unions::choice(api, def, alternatives),
        TypeKind::Alias(slot) => {
            let ty = ty(api, slot, Home::Types);
            quote!(pub type #name = #ty;)
        }
        TypeKind::Wrapper(slot) => {
            let ty = ty(api, slot, Home::Types);
            let (remote, guard) = guarded(def);
            quote! {
                #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
                #[serde(transparent #remote)]
                pub struct #name(pub #ty);
                #guard
            }
        }
    };
    let valid = def.checked.then(|| validity::method(api, def));
    let readings = (!def.readings.is_empty()).then(|| unions::readings(api, def));
    quote!(#words #item #readings #valid)
}

fn structure(api: &Api, def: &TypeDef, one: &Struct) -> TokenStream {
    let name = ident(&def.name);
    let fields = one.fields.iter().map(|field| member(api, field));
    let Some((rest, slot)) = &one.additional else {
        let closed = one.closed.then(|| quote!(#[serde(deny_unknown_fields)]));
        let (remote, guard) = guarded(def);
        let remote = (!remote.is_empty()).then(|| quote!(#[serde(remote = "Self")]));
        return quote! {
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #closed
            #remote
            pub struct #name { #(#fields)* }
            #guard
        };
    };
    let (rest, value) = (ident(rest), ty(api, slot, Home::Types));
    let known = one
        .fields
        .iter()
        .map(|field| &field.wire)
        .chain(&one.ignored);
    let guard = def.guard.as_ref().map(|key| quote!(, crate::SCHEMAS, #key));
    quote! {
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(remote = "Self")]
        pub struct #name {
            #(#fields)*
            /// Every other member.
            #[serde(flatten, skip_deserializing)]
            pub #rest: std::collections::BTreeMap<String, #value>,
        }
        oarlock_runtime::open_struct!(#name, #rest, [#(#known),*] #guard);
    }
}

/// What makes serde leave a type's reading to its guard, and the guard; nothing where the type says all.
fn guarded(def: &TypeDef) -> (TokenStream, TokenStream) {
    let name = ident(&def.name);
    match &def.guard {
        Some(key) => (
            quote!(, remote = "Self"),
            quote!(oarlock_runtime::guarded!(#name, crate::SCHEMAS, #key);),
        ),
        None => (quote!(), quote!()),
    }
}

fn member(api: &Api, field: &Field) -> TokenStream {
    let name = ident(&field.name);
    let words = docs(&field.doc);
    let mut ty = ty(api, &field.slot, Home::Types);
    let plain = field.name.strip_prefix("r#").unwrap_or(&field.name);
    let mut attributes = Vec::new();
    if plain != field.wire {
        let wire = &field.wire;
        attributes.push(quote!(rename = #wire));
    }
    let nullable = matches!(field.slot.ty, Type::Nullable(_));
    match (field.required, nullable) {
        (true, false) => {}
        (true, true) => {
            attributes.push(quote!(deserialize_with = "wire::nullable"));
        }
        (false, nullable) => {
            let reader = match nullable {
                true => "wire::maybe",
                false => "wire::present",
            };
            ty = quote!(Option<#ty>);
            attributes.push(quote! {
                default, deserialize_with = #reader, skip_serializing_if = "Option::is_none"
            });
        }
    }
    let serde = (!attributes.is_empty()).then(|| quote!(#[serde(#(#attributes),*)]));
    quote!(#words #serde pub #name: #ty,)
}

fn enumeration(def: &TypeDef, words: &TokenStream, variants: &[Variant]) -> TokenStream {
    if def.guard.is_some() {
        let item = derived_enum(def, variants);
        return quote!(#words #item);
    }
    let name = ident(&def.name);
    let members = variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        // The macro's own words are the text between two backticks.
        let plain = !wire.contains('`') && escape::comment(wire) == *wire;
        let words = (!plain).then(|| variant_docs(variant));
        quote!(#words #name = #wire,)
    });
    quote! {
        #[oarlock_runtime::text_enum]
        #words
        pub enum #name { #(#members)* }
    }
}

fn variant_docs(variant: &Variant) -> TokenStream {
    docs(&format!("`{}`", variant.wire.replace('`', "'")))
}

/// An enum that is read as its guard lets it.
fn derived_enum(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = ident(&def.name);
    let members = variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        let words = variant_docs(variant);
        let rename = (variant.name != *wire).then(|| quote!(#[serde(rename = #wire)]));
        quote!(#words #rename #name,)
    });
    let text = def
        .text
        .then(|| quote!(oarlock_runtime::enum_text!(#name);));
    let (remote, guard) = guarded(def);
    let remote = (!remote.is_empty()).then(|| quote!(#[serde(remote = "Self")]));
    quote! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #remote
        pub enum #name { #(#members)* }
        #guard
        #text
    }
}
