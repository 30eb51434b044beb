//! `types.rs`: a Rust type for each schema in use.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    checks::{self, Place},
    printing::{docs, ident},
};
use crate::model::{Api, Field, Slot, Struct, Type, TypeDef, TypeKind, Union, Variant};

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
    let wire = (text.contains("\"wire::") || text.contains("wire :: Tagged")).then(|| {
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
        Type::I128 => quote!(i128),
        Type::F64 => quote!(f64),
        Type::String => quote!(String),
        Type::Date => quote!(oarlock_runtime::Date),
        Type::DateTime => quote!(oarlock_runtime::DateTime),
        Type::Uuid => quote!(oarlock_runtime::Uuid),
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
        TypeKind::Enum(variants) => enumeration(def, variants),
        TypeKind::Union(one) => union(api, def, one),
        TypeKind::Alias(slot) => {
            let ty = ty(api, slot, Home::Types);
            quote!(pub type #name = #ty;)
        }
        TypeKind::Wrapper(slot) => {
            let ty = ty(api, slot, Home::Types);
            quote! {
                #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
                #[serde(transparent)]
                pub struct #name(pub #ty);
            }
        }
    };
    let valid = def.checked.then(|| validity(api, def));
    quote!(#words #item #valid)
}

fn structure(api: &Api, def: &TypeDef, one: &Struct) -> TokenStream {
    let name = ident(&def.name);
    let fields = one.fields.iter().map(|field| member(api, field));
    let closed = one.closed.then(|| quote!(#[serde(deny_unknown_fields)]));
    let Some((rest, slot)) = &one.additional else {
        return quote! {
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #closed
            pub struct #name { #(#fields)* }
        };
    };
    let (rest, value) = (ident(rest), ty(api, slot, Home::Types));
    let known = one.fields.iter().map(|field| &field.wire);
    quote! {
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(remote = "Self")]
        pub struct #name {
            #(#fields)*
            /// Every other member.
            #[serde(flatten, skip_deserializing)]
            pub #rest: std::collections::BTreeMap<String, #value>,
        }
        oarlock_runtime::open_struct!(#name, #rest, [#(#known),*]);
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

fn enumeration(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = ident(&def.name);
    let members = variants.iter().map(|variant| {
        let (name, wire) = (ident(&variant.name), &variant.wire);
        let words = docs(&format!("`{}`", wire.replace('`', "'")));
        let rename = (variant.name != *wire).then(|| quote!(#[serde(rename = #wire)]));
        quote!(#words #rename #name,)
    });
    let text = def
        .text
        .then(|| quote!(oarlock_runtime::text_enum!(#name);));
    quote! {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum #name { #(#members)* }
        #text
    }
}

fn union(api: &Api, def: &TypeDef, one: &Union) -> TokenStream {
    let (name, tag) = (ident(&def.name), &one.tag);
    let own_tag = one
        .variants
        .iter()
        .any(|variant| declares(api, &variant.slot.ty, tag));
    let attribute = match own_tag {
        true => quote!(#[serde(untagged)]),
        false => quote!(#[serde(tag = #tag)]),
    };
    let members = one.variants.iter().map(|variant| {
        let (member, held) = (ident(&variant.name), ty(api, &variant.slot, Home::Types));
        let words = docs(&format!("`{}`: `{}`", tag, variant.tags.join("`, `")).replace('\n', " "));
        let first = variant.tags.first().filter(|_| !own_tag);
        let rename = first.map(|tag| quote!(#[serde(rename = #tag)]));
        quote!(#words #rename #member(#held),)
    });
    let arms = one.variants.iter().map(|variant| {
        let (member, tags) = (ident(&variant.name), &variant.tags);
        quote!(#(#tags)|* => tagged.into_variant().map(Self::#member),)
    });
    let tags = one.variants.iter().flat_map(|variant| &variant.tags);
    quote! {
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #attribute
        pub enum #name { #(#members)* }
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let tagged = wire::Tagged::read(deserializer, #tag)?;
                match tagged.tag() {
                    #(#arms)*
                    _ => Err(tagged.unknown(&[#(#tags),*])),
                }
            }
        }
    }
}

/// Whether a struct has a member of this name.
fn declares(api: &Api, ty: &Type, wire: &str) -> bool {
    match ty {
        Type::Named(id) => match &api.types[id.0].kind {
            TypeKind::Struct(one) => one.fields.iter().any(|field| field.wire == wire),
            TypeKind::Alias(slot) => declares(api, &slot.ty, wire),
            _ => false,
        },
        Type::Boxed(inner) => declares(api, inner, wire),
        _ => false,
    }
}

/// `is_valid` of a type that has something to check.
fn validity(api: &Api, def: &TypeDef) -> TokenStream {
    let name = ident(&def.name);
    let mut patterns = checks::Patterns::default();
    let body = match &def.kind {
        TypeKind::Struct(one) => {
            let fields = one.fields.iter().map(|field| {
                let place = Place::field(&field.name);
                checks::member(api, &field.slot, &place, !field.required, &mut patterns)
            });
            let mut parts: Vec<TokenStream> = fields.flatten().collect();
            if let Some((rest, slot)) = &one.additional {
                let inner = checks::slot(api, slot, &Place::reference("value"), &mut patterns);
                let rest = ident(rest);
                parts.extend(inner.map(|inner| quote!(self.#rest.values().all(|value| #inner))));
            }
            quote!(#(#parts)&&*)
        }
        TypeKind::Union(one) => {
            let arms = one.variants.iter().map(|variant| {
                let member = ident(&variant.name);
                let place = Place::reference("value");
                match checks::slot(api, &variant.slot, &place, &mut patterns) {
                    Some(inner) => quote!(Self::#member(value) => #inner,),
                    None => quote!(Self::#member(_) => true,),
                }
            });
            let arms: Vec<TokenStream> = arms.collect();
            quote!(match self { #(#arms)* })
        }
        TypeKind::Wrapper(slot) => {
            let inner = checks::slot(api, slot, &Place::field("0"), &mut patterns);
            inner.unwrap_or_else(|| quote!(true))
        }
        TypeKind::Enum(_) | TypeKind::Alias(_) => return quote!(),
    };
    let patterns = patterns.items();
    quote! {
        impl #name {
            /// Whether every value keeps to the document's limits.
            pub fn is_valid(&self) -> bool {
                #patterns
                #body
            }
        }
    }
}
