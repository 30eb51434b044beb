//! `is_valid`: whether the values of a type keep to the document's limits.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    checks::{self, Patterns, Place},
    printing::ident,
};
use crate::model::{Api, Slot, TypeDef, TypeKind};

/// `is_valid` of a type that has something to check.
pub(super) fn method(api: &Api, def: &TypeDef) -> TokenStream {
    let name = ident(&def.name);
    let mut patterns = Patterns::default();
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
            let variants = one.variants.iter().map(|one| (&one.name, &one.slot));
            let other = one.other.iter().map(|(name, slot)| (name, slot));
            arms(api, variants.chain(other), &mut patterns)
        }
        TypeKind::Choice(alternatives) => {
            let variants = alternatives.iter().map(|one| (&one.name, &one.slot));
            arms(api, variants, &mut patterns)
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

/// A match with an arm for each variant.
fn arms<'m>(
    api: &Api,
    variants: impl Iterator<Item = (&'m String, &'m Slot)>,
    patterns: &mut Patterns,
) -> TokenStream {
    let arms = variants.map(|(name, slot)| {
        let member = ident(name);
        match checks::slot(api, slot, &Place::reference("value"), patterns) {
            Some(inner) => quote!(Self::#member(value) => #inner,),
            None => quote!(Self::#member(_) => true,),
        }
    });
    let arms: Vec<TokenStream> = arms.collect();
    quote!(match self { #(#arms)* })
}
