//! Types that are one of several: by a tag, or by what fits first.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    checks::{self, Patterns, Place},
    printing::{docs, ident},
    types::{Home, ty},
};
use crate::model::{Alternative, Api, Type, TypeDef, TypeKind, Union};

/// An enum that a tag decides.
pub(super) fn tagged(api: &Api, def: &TypeDef, one: &Union) -> TokenStream {
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
    let guard = guard(def);
    let read = match (&def.guard, &one.other) {
        (Some(_), _) => quote!(wire::Tagged::guarded(deserializer, #tag, &GUARD)?),
        (None, None) => quote!(wire::Tagged::read(deserializer, #tag)?),
        (None, Some(_)) => quote!(wire::Tagged::open(deserializer, #tag)?),
    };
    let (other_member, other_arm) = match &one.other {
        Some((member, slot)) => {
            let (member, held) = (ident(member), ty(api, slot, Home::Types));
            (
                quote!(#[doc = " Any other value, or none."] #member(#held),),
                quote!(_ => tagged.into_variant().map(Self::#member),),
            )
        }
        None => (quote!(), quote!(_ => Err(tagged.unknown(&[#(#tags),*])),)),
    };
    quote! {
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #attribute
        pub enum #name { #(#members)* #other_member }
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #guard
                let tagged = #read;
                match tagged.tag() {
                    #(#arms)*
                    #other_arm
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

/// An enum that tries one type after the other.
pub(super) fn choice(api: &Api, def: &TypeDef, alternatives: &[Alternative]) -> TokenStream {
    let name = ident(&def.name);
    let members = alternatives.iter().map(|one| {
        let (member, held) = (ident(&one.name), ty(api, &one.slot, Home::Types));
        let words = docs(&one.doc);
        quote!(#words #member(#held),)
    });
    let mut patterns = Patterns::default();
    let mut attempts = alternatives.iter().map(|one| {
        let (member, held) = (ident(&one.name), ty(api, &one.slot, Home::Types));
        let check = checks::slot(api, &one.slot, &Place::reference("value"), &mut patterns);
        let within = match check {
            Some(check) => quote!(|value: &#held| #check),
            None => quote!(|_| true),
        };
        quote!(candidate.get(#within).map(Self::#member))
    });
    let first = attempts.next();
    let others: Vec<TokenStream> = attempts.collect();
    let (patterns, guard) = (patterns.items(), guard(def));
    let read = match &def.guard {
        Some(_) => quote!(wire::Candidate::guarded(deserializer, &GUARD)?),
        None => quote!(wire::Candidate::read(deserializer)?),
    };
    quote! {
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum #name { #(#members)* }
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #guard
                #patterns
                let candidate = #read;
                #first #(.or_else(|| #others))* .ok_or_else(|| candidate.unknown())
            }
        }
    }
}

/// The methods that tell what a value kept as JSON is.
pub(super) fn readings(api: &Api, def: &TypeDef) -> TokenStream {
    let name = ident(&def.name);
    let methods = def.readings.iter().map(|one| {
        let (method, held) = (ident(&one.name), ty(api, &one.slot, Home::Types));
        let mut patterns = Patterns::default();
        let check = checks::slot(api, &one.slot, &Place::reference("value"), &mut patterns);
        let within = match check {
            Some(check) => quote!(|value: &#held| #check),
            None => quote!(|_| true),
        };
        let patterns = patterns.items();
        let words = docs(&format!("The value as a `{held}`, where it is one."));
        quote! {
            #words
            pub fn #method(&self) -> Option<#held> { #patterns wire::get(&self.0, #within) }
        }
    });
    quote!(impl #name { #(#methods)* })
}

/// The guard of a type that has one, to stand at the top of a function.
fn guard(def: &TypeDef) -> Option<TokenStream> {
    let key = def.guard.as_ref()?;
    Some(quote! {
        static GUARD: oarlock_runtime::Guard = oarlock_runtime::Guard::new(&crate::SCHEMAS, #key);
    })
}
