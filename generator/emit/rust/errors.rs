//! `errors.rs`: errors of the framework in the document's schemas.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    printing::ident,
    types::{Home, ty},
};
use crate::model::{Api, ErrorBody, Fill, Type, TypeKind};

pub(super) fn items(api: &Api) -> TokenStream {
    let methods = api.errors.iter().map(|error| method(api, error));
    quote! {
        use oarlock_runtime::Problem;
        /// How errors that no handler has written are told in the document's schemas. Every method has a default;
        /// write your own to tell them otherwise.
        pub trait Errors: Send + Sync + 'static {
            #(#methods)*
        }
    }
}

fn method(api: &Api, error: &ErrorBody) -> TokenStream {
    let (name, held) = (
        ident(&error.method_name),
        ty(api, &error.slot, Home::Beside),
    );
    let value = part(api, &error.fill, &error.slot.ty);
    let problem = ident(match value.to_string().contains("problem .") {
        true => "problem",
        false => "_problem",
    });
    quote! {
        /// Tells a problem.
        fn #name(&self, #problem: &Problem) -> #held { #value }
    }
}

/// The type behind names for it.
fn plain<'a>(api: &'a Api, ty: &'a Type) -> &'a Type {
    match ty {
        Type::Named(id) => match &api.types[id.0].kind {
            TypeKind::Alias(slot) => plain(api, &slot.ty),
            _ => ty,
        },
        _ => ty,
    }
}

fn part(api: &Api, fill: &Fill, ty: &Type) -> TokenStream {
    let ty = plain(api, ty);
    match fill {
        Fill::Status => quote!(problem.status.as_u16().into()),
        Fill::StatusText => quote!(problem.status.as_u16().to_string()),
        Fill::Title => quote!(problem.title.to_string()),
        Fill::Detail => quote!(problem.detail.clone()),
        Fill::Kind => quote!(problem.kind.to_string()),
        Fill::Violations => quote!(problem.errors.iter().map(ToString::to_string).collect()),
        Fill::Violation => quote!(violation.to_string()),
        Fill::Each(inner) => each(api, inner, ty),
        Fill::Text(text) if text.is_empty() => quote!(String::new()),
        Fill::Text(text) => quote!(#text.to_owned()),
        Fill::Integer(value) => {
            let value = Literal::i64_unsuffixed(*value);
            match ty {
                Type::Integer => quote!(#value.into()),
                _ => quote!(#value),
            }
        }
        Fill::Typed(inner) => {
            let Type::OrOther(slot) = ty else {
                return quote!();
            };
            let other = ty_or_other(ty);
            let value = part(api, inner, &slot.ty);
            quote!(#other::Named(#value))
        }
        Fill::Number(value) => {
            let value = Literal::f64_unsuffixed(*value);
            quote!(#value)
        }
        Fill::False => quote!(false),
        Fill::Absent => quote!(None),
        Fill::Null => quote!(serde_json::Value::Null),
        Fill::Empty => match ty {
            Type::List(_) => quote!(Vec::new()),
            _ => quote!(std::collections::BTreeMap::new()),
        },
        Fill::Present(inner) => {
            let held = match ty {
                Type::Nullable(slot) => &slot.ty,
                other => other,
            };
            let value = part(api, inner, held);
            quote!(Some(#value))
        }
        Fill::Boxed(inner) => {
            let held = match ty {
                Type::Boxed(inner) => inner,
                other => other,
            };
            let value = part(api, inner, held);
            quote!(Box::new(#value))
        }
        Fill::Variant(id, variant) => {
            let (name, variant) = (ident(&api.types[id.0].name), ident(variant));
            quote!(crate::types::#name::#variant)
        }
        Fill::Struct(id, parts, rest) => structure(api, *id, parts, rest.as_deref()),
    }
}

/// A list with an item for each violation.
fn each(api: &Api, inner: &Fill, ty: &Type) -> TokenStream {
    let item = match ty {
        Type::List(item) => &item.ty,
        other => other,
    };
    let item = part(api, inner, item);
    let violation = ident(match item.to_string().contains("violation .") {
        true => "violation",
        false => "_violation",
    });
    quote!(problem.errors.iter().map(|#violation| #item).collect())
}

/// The runtime's type for JSON that may be of another kind.
fn ty_or_other(ty: &Type) -> TokenStream {
    match ty {
        Type::OrOther(slot) if matches!(slot.ty, Type::List(_)) => {
            quote!(oarlock_runtime::ListOrOther)
        }
        _ => quote!(oarlock_runtime::ObjectOrOther),
    }
}

fn structure(
    api: &Api,
    id: crate::model::TypeId,
    parts: &[(String, Fill)],
    rest: Option<&str>,
) -> TokenStream {
    let def = &api.types[id.0];
    let name = ident(&def.name);
    let TypeKind::Struct(one) = &def.kind else {
        return quote!();
    };
    let fields = parts.iter().filter_map(|(field, fill)| {
        let declared = one.fields.iter().find(|one| one.name == *field)?;
        let value = match (fill, declared.required) {
            (Fill::Present(inner), false) => {
                let value = part(api, inner, &declared.slot.ty);
                quote!(Some(#value))
            }
            _ => part(api, fill, &declared.slot.ty),
        };
        let field = ident(field);
        Some(quote!(#field: #value,))
    });
    let rest = rest.map(|rest| {
        let rest = ident(rest);
        quote!(#rest: std::collections::BTreeMap::new(),)
    });
    quote!(crate::types::#name { #(#fields)* #rest })
}
