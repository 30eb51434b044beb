//! What an operation answers: a variant for each declared status.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    payload,
    printing::{docs, ident},
    types::{Home, ty},
};
use crate::{
    model::{Answer, Api, HeaderField, HeaderForm, Operation, Payload},
    openapi::Status,
};

/// How an answer is written.
pub(super) fn serving(operation: &Operation) -> TokenStream {
    let name = ident(&operation.response_type);
    let arms = operation.answers.iter().map(arm);
    let cx = needs_context(operation).then(|| quote!(, cx: &RequestContext));
    quote! {
        impl #name {
            pub(crate) fn respond(self #cx) -> Response {
                match self { #(#arms)* }
            }
        }
    }
}

/// The enum, and those of its bodies.
pub(super) fn types(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.response_type);
    let id = operation.id.replace(['`', '\n'], "'");
    let words = docs(&format!("What `{id}` answers."));
    let variants = operation.answers.iter().map(|answer| variant(api, answer));
    let bodies = operation.answers.iter().filter_map(|answer| {
        let words = format!(
            "What `{id}` answers as `{}`, by its media type.",
            answer.name
        );
        payload::enumeration(
            api,
            answer.payload.as_ref()?,
            &words,
            &quote!(#[derive(Debug)]),
        )
    });
    quote! {
        #words
        #[derive(Debug)]
        pub enum #name { #(#variants)* }
        #(#bodies)*
    }
}

/// Whether how an operation answers depends on its request.
pub(super) fn needs_context(operation: &Operation) -> bool {
    let payloads = operation
        .answers
        .iter()
        .filter_map(|one| one.payload.as_ref());
    payloads.into_iter().any(payload::needs_context)
}

/// Whether a variant has more to hold than a body.
fn has_fields(answer: &Answer) -> bool {
    !answer.headers.is_empty() || !matches!(answer.status, Status::Exact(_))
}

fn variant(api: &Api, answer: &Answer) -> TokenStream {
    let name = ident(&answer.name);
    let words = docs(&match (answer.status, answer.doc.trim()) {
        (Status::Exact(code), "") => format!("{code}"),
        (Status::Exact(code), doc) => format!("{code}: {doc}"),
        (Status::Range(class), doc) => format!("{class}XX: {doc}"),
        (Status::Default, doc) => format!("Any other status: {doc}"),
    });
    let body = answer.payload.as_ref().map(|one| payload::ty(api, one));
    if !has_fields(answer) {
        return match body {
            Some(body) => quote!(#words #name(#body),),
            None => quote!(#words #name,),
        };
    }
    let status = (!matches!(answer.status, Status::Exact(_)))
        .then(|| quote!(#[doc = " The status."] status: StatusCode,));
    let headers = answer.headers.iter().map(|header| {
        let (name, words) = (ident(&header.name), docs(&header.doc));
        let ty = ty(api, &header.slot, Home::Beside);
        match header.required {
            true => quote!(#words #name: #ty,),
            false => quote!(#words #name: Option<#ty>,),
        }
    });
    let body = body.map(|body| quote!(#[doc = " The body."] body: #body,));
    quote!(#words #name { #status #(#headers)* #body },)
}

fn arm(answer: &Answer) -> TokenStream {
    let name = ident(&answer.name);
    let headers: Vec<_> = answer
        .headers
        .iter()
        .map(|header| ident(&header.name))
        .collect();
    let body = answer.payload.is_some().then(|| quote!(body));
    let fixed = matches!(answer.status, Status::Exact(_));
    let status_field = (!fixed).then(|| quote!(status,));
    let pattern = match (has_fields(answer), &body) {
        (true, _) => quote!(Self::#name { #status_field #(#headers,)* #body }),
        (false, Some(_)) => quote!(Self::#name(body)),
        (false, None) => quote!(Self::#name),
    };
    let status = status(answer.status);
    let made = match &answer.payload {
        None => quote!(Response::empty(#status)),
        Some(payload) => payload::writing(payload, &status),
    };
    let headers: Vec<TokenStream> = answer.headers.iter().map(header).collect();
    let made = match &answer.payload {
        Some(payload) if !headers.is_empty() && is_match(payload) => quote!((#made)),
        _ => made,
    };
    quote!(#pattern => #made #(#headers)*,)
}

/// Whether a body is written by a `match`, which no method can be called on as it stands.
fn is_match(payload: &Payload) -> bool {
    payload.type_name.is_some() || payload.variants[0].carried.len() > 1
}

fn header(header: &HeaderField) -> TokenStream {
    let (name, wire) = (ident(&header.name), &header.wire);
    if let Some(form) = header.described {
        let form = match form {
            HeaderForm::Simple => quote!(Simple),
            HeaderForm::Exploded => quote!(Exploded),
            HeaderForm::Json => quote!(Json),
        };
        let value = match header.required {
            true => quote!(Some(&#name)),
            false => quote!(#name.as_ref()),
        };
        return quote!(.with_described_header(#wire, oarlock_runtime::HeaderForm::#form, #value));
    }
    match header.required {
        true => quote!(.with_header(#wire, &#name)),
        false => quote!(.with_optional_header(#wire, #name.as_ref())),
    }
}

fn status(status: Status) -> TokenStream {
    let Status::Exact(code) = status else {
        return quote!(status);
    };
    let known = match code {
        200 => "OK",
        201 => "CREATED",
        202 => "ACCEPTED",
        204 => "NO_CONTENT",
        301 => "MOVED_PERMANENTLY",
        302 => "FOUND",
        303 => "SEE_OTHER",
        304 => "NOT_MODIFIED",
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        402 => "PAYMENT_REQUIRED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        406 => "NOT_ACCEPTABLE",
        409 => "CONFLICT",
        410 => "GONE",
        412 => "PRECONDITION_FAILED",
        413 => "PAYLOAD_TOO_LARGE",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        422 => "UNPROCESSABLE_ENTITY",
        429 => "TOO_MANY_REQUESTS",
        500 => "INTERNAL_SERVER_ERROR",
        501 => "NOT_IMPLEMENTED",
        502 => "BAD_GATEWAY",
        503 => "SERVICE_UNAVAILABLE",
        504 => "GATEWAY_TIMEOUT",
        _ => {
            let code = Literal::u16_unsuffixed(code);
            return quote!(oarlock_runtime::status(#code));
        }
    };
    let known = ident(known);
    quote!(StatusCode::#known)
}
