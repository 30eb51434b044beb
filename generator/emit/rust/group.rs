//! A tag's file: its trait, and what its operations are asked.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;
use serde_json::Value as Json;

use super::{
    checks::{self, Patterns, Place},
    printing::{docs, ident},
    response,
    types::{Home, ty},
};
use crate::{
    model::{Api, Body, Content, Group, Operation, Parameter, Type},
    openapi::{Location, Style},
};

/// What a tag's file may take from the runtime.
const NAMES: [&str; 7] = [
    "Body",
    "Call",
    "Problem",
    "Refused",
    "RequestContext",
    "Response",
    "StatusCode",
];

pub(super) fn items(api: &Api, group: &Group) -> TokenStream {
    let interface = interface(api, group);
    let operations = group.operations.iter().map(|operation| {
        let request = has_request(operation).then(|| request(api, operation));
        let answer = response::items(api, operation);
        quote!(#request #answer)
    });
    let body = quote!(#interface #(#operations)*);
    let mut found = BTreeSet::new();
    words(body.clone(), &mut found);
    let used = NAMES
        .iter()
        .filter(|name| found.contains(**name))
        .map(|name| ident(name));
    let security = found.contains("Security").then(|| {
        quote!(
            use crate::security::Security;
        )
    });
    quote! {
        use oarlock_runtime::{#(#used),*};
        #security
        #body
    }
}

/// The names that stand at the start of a path.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut colons = 0;
    for tree in tokens {
        match &tree {
            TokenTree::Ident(one) if colons < 2 => _ = found.insert(one.to_string()),
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
        colons = match &tree {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
            _ => 0,
        };
    }
}

/// Whether an operation is asked anything beside its path.
pub(super) fn has_request(operation: &Operation) -> bool {
    !operation.parameters.is_empty() || operation.body.is_some()
}

fn interface(api: &Api, group: &Group) -> TokenStream {
    let name = ident(&group.trait_name);
    let words = docs(match group.doc.trim() {
        "" => "What the service answers.",
        doc => doc,
    });
    let secured = group
        .operations
        .iter()
        .any(|operation| operation.security.is_some());
    let bounds = match secured {
        true => quote!(Security),
        false => quote!(Send + Sync + 'static),
    };
    let methods = group
        .operations
        .iter()
        .map(|operation| method(api, operation));
    quote! {
        #words
        pub trait #name: #bounds {
            #(#methods)*
        }
    }
}

fn method(api: &Api, operation: &Operation) -> TokenStream {
    let (name, answer) = (
        ident(&operation.method_name),
        ident(&operation.response_type),
    );
    let words = docs(&operation.doc);
    let request = has_request(operation).then(|| {
        let request = ident(&operation.request_type);
        quote!(request: #request,)
    });
    let principal =
        operation
            .security
            .map(|index| match api.security.requirements[index].optional {
                true => quote!(principal: Option<Self::Principal>,),
                false => quote!(principal: Self::Principal,),
            });
    quote! {
        #words
        fn #name(&self, #request #principal cx: &RequestContext)
            -> impl Future<Output = Result<#answer, Problem>> + Send;
    }
}

fn request(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.request_type);
    let words = docs(&format!(
        "What `{}` is asked.",
        operation.id.replace(['`', '\n'], "'")
    ));
    let fields = operation.parameters.iter().map(|parameter| {
        let (name, words) = (ident(&parameter.name), docs(&parameter.doc));
        let ty = ty(api, &parameter.slot, Home::Beside);
        let ty = match is_optional(parameter) {
            true => quote!(Option<#ty>),
            false => ty,
        };
        quote!(#words pub #name: #ty,)
    });
    let body = operation.body.as_ref().map(|body| body_field(api, body));
    let mut values: Vec<TokenStream> = operation
        .parameters
        .iter()
        .map(|one| reading(api, one))
        .collect();
    values.extend(operation.body.as_ref().map(body_reading));
    let mut patterns = Patterns::default();
    let checks = request_checks(api, operation, &mut patterns);
    let (result, validity) = match checks.is_empty() {
        true => (quote!(Ok(Self { #(#values)* })), None),
        false => {
            let patterns = patterns.items();
            let result = quote! {
                let request = Self { #(#values)* };
                if request.is_valid() { Ok(request) } else { Err(Refused) }
            };
            let validity = quote!(fn is_valid(&self) -> bool { #patterns #(#checks)&&* });
            (result, Some(validity))
        }
    };
    quote! {
        #words
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name { #(#fields)* #body }
        impl #name {
            pub(crate) fn read(call: &Call) -> Result<Self, Refused> { #result }
            #validity
        }
    }
}

fn is_optional(parameter: &Parameter) -> bool {
    !parameter.required && parameter.default.is_none()
}

fn body_field(api: &Api, body: &Body) -> TokenStream {
    let (name, words) = (ident(&body.name), docs(&body.doc));
    let ty = match &body.content {
        Content::Json(slot) | Content::Text(slot) => ty(api, slot, Home::Beside),
        Content::Bytes => quote!(oarlock_runtime::Bytes),
    };
    match body.required {
        true => quote!(#words pub #name: #ty,),
        false => quote!(#words pub #name: Option<#ty>,),
    }
}

fn request_checks(api: &Api, operation: &Operation, patterns: &mut Patterns) -> Vec<TokenStream> {
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let place = Place::field(&parameter.name);
        checks::member(
            api,
            &parameter.slot,
            &place,
            is_optional(parameter),
            patterns,
        )
    });
    let mut checks: Vec<TokenStream> = parameters.collect();
    if let Some(body) = &operation.body
        && let Content::Json(slot) | Content::Text(slot) = &body.content
    {
        checks.extend(checks::member(
            api,
            slot,
            &Place::field(&body.name),
            !body.required,
            patterns,
        ));
    }
    checks
}

fn body_reading(body: &Body) -> TokenStream {
    let name = ident(&body.name);
    let method = match (&body.content, body.required) {
        (Content::Text(_), true) => "text",
        (Content::Text(_), false) => "optional_text",
        (_, true) => "json",
        (_, false) => "optional_json",
    };
    let method = ident(method);
    quote!(#name: call.#method()?,)
}

fn reading(api: &Api, parameter: &Parameter) -> TokenStream {
    let (name, wire) = (ident(&parameter.name), &parameter.wire);
    let (place, argument) = match parameter.location {
        Location::Path => {
            let index = Literal::usize_unsuffixed(parameter.index);
            ("path", quote!(#index))
        }
        Location::Query => ("query", quote!(#wire)),
        Location::Header => ("header", quote!(#wire)),
    };
    let list = match parameter.list {
        None => "",
        Some(Style::Repeated) => "_list",
        Some(Style::Commas) => "_commas",
    };
    let prefix = if parameter.required && place != "path" {
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

fn default_value(_: &Api, parameter: &Parameter, default: &Json) -> TokenStream {
    match (&parameter.slot.ty, default) {
        (Type::Bool, Json::Bool(true)) => quote!(.unwrap_or(true)),
        (Type::Bool, _) => quote!(.unwrap_or_default()),
        (Type::F64, number) => {
            let value = Literal::f64_unsuffixed(number.as_f64().unwrap_or_default());
            quote!(.unwrap_or(#value))
        }
        (Type::Integer, number) => {
            let value = Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(.unwrap_or_else(|| #value.into()))
        }
        (Type::String, Json::String(text)) => quote!(.unwrap_or_else(|| #text.to_owned())),
        (_, number) => {
            let value = Literal::i64_unsuffixed(number.as_i64().unwrap_or_default());
            quote!(.unwrap_or(#value))
        }
    }
}
