//! What an operation is asked: a struct of its parameters and its body, and how it is read from a request.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value as Json;

use super::{
    checks::{self, Patterns, Place},
    payload,
    printing::{docs, ident},
    types::{Home, ty},
};
use crate::{
    model::{Api, Body, Operation, Parameter, Reading, Type, TypeKind},
    openapi::Location,
};

/// How a request is read.
pub(super) fn serving(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.request_type);
    let reading = reading(api, operation);
    let payload = operation.body.as_ref().map(|body| &body.payload);
    let parts = payload.map(payload::serving);
    quote!(impl #name { #reading } #parts)
}

/// The struct, and the enums of its body.
pub(super) fn types(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.request_type);
    let words = docs(&format!(
        "What `{}` is asked.\n\n{}",
        operation.id.replace(['`', '\n'], "'"),
        operation.details
    ));
    let fields = operation.parameters.iter().map(|parameter| {
        let (name, words) = (ident(&parameter.name), docs(&parameter.doc));
        let ty = ty(api, &parameter.slot, Home::Beside);
        let ty = match parameter.optional {
            true => quote!(Option<#ty>),
            false => ty,
        };
        quote!(#words pub #name: #ty,)
    });
    let body = operation.body.as_ref().map(|body| body_field(api, body));
    let derive = match operation
        .body
        .as_ref()
        .is_some_and(|one| payload::streams(&one.payload))
    {
        true => quote!(#[derive(Debug)]),
        false => quote!(#[derive(Debug, Clone, PartialEq)]),
    };
    let types = operation
        .body
        .as_ref()
        .map(|body| payload::request_types(api, operation, &body.payload));
    quote! {
        #words
        #derive
        pub struct #name { #(#fields)* #body }
        #types
    }
}

fn reading(api: &Api, operation: &Operation) -> TokenStream {
    let mut values: Vec<TokenStream> = operation
        .parameters
        .iter()
        .map(|one| parameter_reading(api, one))
        .collect();
    values.extend(operation.body.as_ref().map(body_reading));
    let mut patterns = Patterns::default();
    let checks = request_checks(api, operation, &mut patterns);
    let call = match operation
        .body
        .as_ref()
        .is_some_and(|one| payload::streams(&one.payload))
    {
        true => quote!(call: &mut Call),
        false => quote!(call: &Call),
    };
    if checks.is_empty() {
        return quote! {
            pub(crate) fn read(#call) -> Result<Self, Refused> { Ok(Self { #(#values)* }) }
        };
    }
    let patterns = patterns.items();
    quote! {
        pub(crate) fn read(#call) -> Result<Self, Refused> {
            let request = Self { #(#values)* };
            if request.is_valid() { Ok(request) } else { Err(Refused) }
        }
        fn is_valid(&self) -> bool { #patterns #(#checks)&&* }
    }
}

fn body_field(api: &Api, body: &Body) -> TokenStream {
    let (name, words) = (ident(&body.name), docs(&body.doc));
    let ty = payload::ty(api, &body.payload);
    match body.required {
        true => quote!(#words pub #name: #ty,),
        false => quote!(#words pub #name: Option<#ty>,),
    }
}

fn request_checks(api: &Api, operation: &Operation, patterns: &mut Patterns) -> Vec<TokenStream> {
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let place = Place::field(&parameter.name);
        checks::member(api, &parameter.slot, &place, parameter.optional, patterns)
    });
    let mut checks: Vec<TokenStream> = parameters.collect();
    if let Some(body) = &operation.body {
        checks.extend(payload::checks(api, body, patterns));
    }
    checks
}

fn body_reading(body: &Body) -> TokenStream {
    let name = ident(&body.name);
    let value = payload::reading(&body.payload, body.required);
    quote!(#name: #value,)
}

fn parameter_reading(api: &Api, parameter: &Parameter) -> TokenStream {
    let (name, wire) = (ident(&parameter.name), &parameter.wire);
    let must = !parameter.optional && parameter.default.is_none();
    if let Reading::Described(index) = parameter.reading {
        let index = Literal::usize_unsuffixed(index);
        return match parameter.optional {
            true => quote!(#name: call.optional_described(#index)?,),
            false => quote!(#name: call.described(#index)?,),
        };
    }
    let (place, argument) = match parameter.location {
        Location::Path => {
            let index = Literal::usize_unsuffixed(parameter.index);
            ("path", quote!(#index))
        }
        Location::Header => ("header", quote!(#wire)),
        _ => ("query", quote!(#wire)),
    };
    let list = match parameter.reading {
        Reading::Repeated => "_list",
        Reading::Commas => "_commas",
        _ => "",
    };
    let prefix = if must && place != "path" {
        "required_"
    } else {
        ""
    };
    let method = ident(&format!("{prefix}{place}{list}"));
    let default = parameter
        .default
        .as_ref()
        .map(|default| default_value(api, parameter, default));
    quote!(#name: call.#method(#argument)?#default,)
}

fn default_value(api: &Api, parameter: &Parameter, default: &Json) -> TokenStream {
    match (&parameter.slot.ty, default) {
        (Type::Bool, Json::Bool(true)) => quote!(.unwrap_or(true)),
        (Type::Bool, _) => quote!(.unwrap_or_default()),
        (Type::F64, number) => {
            let value = Literal::f64_unsuffixed(number.as_f64().unwrap_or_default());
            quote!(.unwrap_or(#value))
        }
        (Type::Integer, number) => {
            let value = number.as_i64().unwrap_or_default();
            let literal = Literal::i64_unsuffixed(value);
            match value < 0 {
                true => quote!(.unwrap_or_else(|| (#literal).into())),
                false => quote!(.unwrap_or_else(|| #literal.into())),
            }
        }
        (Type::String, Json::String(text)) => quote!(.unwrap_or_else(|| #text.to_owned())),
        (Type::Named(id), Json::String(text)) => {
            let def = &api.types[id.0];
            let variant = match &def.kind {
                TypeKind::Enum(variants) => variants.iter().find(|one| one.wire == *text),
                _ => None,
            };
            let (name, variant) = (ident(&def.name), variant.map(|one| ident(&one.name)));
            quote!(.unwrap_or(crate::types::#name::#variant))
        }
        (_, number) => {
            let value = Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(.unwrap_or(#value))
        }
    }
}
