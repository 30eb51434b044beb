//! What an operation answers: a variant for each declared status.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    printing::{docs, ident},
    types::{Home, ty},
};
use crate::{
    model::{Answer, Api, Content, Operation},
    openapi::Status,
};

pub(super) fn items(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.response_type);
    let words = docs(&format!(
        "What `{}` answers.",
        operation.id.replace(['`', '\n'], "'")
    ));
    let variants = operation.answers.iter().map(|answer| variant(api, answer));
    let arms = operation
        .answers
        .iter()
        .map(|answer| arm(&operation.response_type, answer));
    quote! {
        #words
        #[derive(Debug)]
        pub enum #name { #(#variants)* }
        impl From<#name> for Response {
            fn from(response: #name) -> Self {
                match response { #(#arms)* }
            }
        }
    }
}

/// Whether a variant has more to hold than a body.
fn has_fields(answer: &Answer) -> bool {
    !answer.headers.is_empty() || !matches!(answer.status, Status::Exact(_))
}

fn held(api: &Api, content: &Content) -> TokenStream {
    match content {
        Content::Json(slot) | Content::Text(slot) => ty(api, slot, Home::Beside),
        Content::Bytes => quote!(Body),
    }
}

fn variant(api: &Api, answer: &Answer) -> TokenStream {
    let name = ident(&answer.name);
    let words = docs(&match (answer.status, answer.doc.trim()) {
        (Status::Exact(code), "") => format!("{code}"),
        (Status::Exact(code), doc) => format!("{code}: {doc}"),
        (Status::Range(class), doc) => format!("{class}XX: {doc}"),
        (Status::Default, doc) => format!("Any other status: {doc}"),
    });
    let body = answer.body.as_ref().map(|(_, content)| held(api, content));
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

fn arm(response: &str, answer: &Answer) -> TokenStream {
    let (response, name) = (ident(response), ident(&answer.name));
    let headers: Vec<_> = answer
        .headers
        .iter()
        .map(|header| ident(&header.name))
        .collect();
    let body = answer.body.is_some().then(|| quote!(body));
    let fixed = matches!(answer.status, Status::Exact(_));
    let status_field = (!fixed).then(|| quote!(status,));
    let pattern = match (has_fields(answer), &body) {
        (true, _) => quote!(#response::#name { #status_field #(#headers,)* #body }),
        (false, Some(_)) => quote!(#response::#name(body)),
        (false, None) => quote!(#response::#name),
    };
    let status = status(answer.status);
    let made = match &answer.body {
        None => quote!(Response::empty(#status)),
        Some((media_type, Content::Json(_))) => quote!(Response::json(#status, #media_type, &body)),
        Some((media_type, Content::Text(slot))) => {
            let text = match slot.ty {
                crate::model::Type::String => quote!(body),
                _ => quote!(oarlock_runtime::to_text(&body)),
            };
            quote!(Response::text(#status, #media_type, #text))
        }
        Some((media_type, Content::Bytes)) => quote!(Response::bytes(#status, #media_type, body)),
    };
    let headers = answer.headers.iter().map(|header| {
        let (name, wire) = (ident(&header.name), &header.wire);
        match header.required {
            true => quote!(.with_header(#wire, &#name)),
            false => quote!(.with_optional_header(#wire, #name.as_ref())),
        }
    });
    quote!(#pattern => #made #(#headers)*,)
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
