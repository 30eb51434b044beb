//! Bodies as the client writes and reads them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::printing::ident;
use crate::{
    model::{Body, Carried, Content, Payload, PayloadVariant, Type},
    openapi::ContentKind,
};

/// Puts a request's body on the call.
pub(super) fn sending(body: &Body) -> TokenStream {
    let field = ident(&body.name);
    let sent = match &body.payload.type_name {
        None if body.required => {
            variant_sending(&body.payload.variants[0], &quote!(request.#field))
        }
        None => variant_sending(&body.payload.variants[0], &quote!(body)),
        Some(name) => {
            let name = ident(name);
            let arms = body.payload.variants.iter().map(|one| {
                let variant = ident(&one.name);
                let sent = variant_sending(one, &quote!(body));
                quote!(#name::#variant(body) => #sent,)
            });
            match body.required {
                true => quote!(match request.#field { #(#arms)* }),
                false => quote!(match body { #(#arms)* }),
            }
        }
    };
    match body.required {
        true => quote!(#sent;),
        false => quote!(if let Some(body) = request.#field { #sent }),
    }
}

/// A value that may go in several ways goes in the first.
fn variant_sending(variant: &PayloadVariant, body: &TokenStream) -> TokenStream {
    let Carried {
        media_type,
        kind,
        index,
        content,
        ..
    } = &variant.carried[0];
    match content {
        Content::Json(_) => quote!(call.json(#media_type, &#body)),
        Content::Text(_) => quote!(call.text(#media_type, &#body)),
        Content::Described(_) => {
            let index = Literal::usize_unsuffixed(*index);
            quote!(call.described(#media_type, &crate::SCHEMAS, #index, &#body))
        }
        Content::Bytes => quote!(call.bytes(#media_type, #body)),
        Content::Parts(_) => quote!(call.parts(#body)),
        Content::Items(_) | Content::Events(_) => {
            let method = ident(stream_method(*kind, content));
            quote!(call.#method(#media_type, #body))
        }
    }
}

fn stream_method(kind: ContentKind, content: &Content) -> &'static str {
    match (kind, content) {
        (ContentKind::EventObjects, _) => "event_objects",
        (ContentKind::JsonSequence, _) => "json_sequence",
        (_, Content::Events(slot)) if slot.ty == Type::String => "text_events",
        (_, Content::Events(_)) => "events",
        _ => "json_lines",
    }
}

/// The body of an answer.
pub(super) fn receiving(payload: &Payload) -> TokenStream {
    let ways: Vec<(&PayloadVariant, &Carried)> = payload
        .variants
        .iter()
        .flat_map(|variant| variant.carried.iter().map(move |one| (variant, one)))
        .collect();
    let value = |variant: &PayloadVariant, carried: &Carried| {
        let read = carried_receiving(carried);
        match &payload.type_name {
            Some(name) => {
                let (name, variant) = (ident(name), ident(&variant.name));
                quote!(#name::#variant(#read))
            }
            None => read,
        }
    };
    if let [(variant, only)] = ways[..] {
        return value(variant, only);
    }
    let types = ways.iter().map(|(_, one)| &one.declared);
    let last = ways.len() - 1;
    let arms = ways.iter().enumerate().map(|(index, (variant, one))| {
        let value = value(variant, one);
        let number = Literal::usize_unsuffixed(index);
        match index == last {
            true => quote!(_ => #value,),
            false => quote!(#number => #value,),
        }
    });
    quote!(match answer.content(&[#(#types),*])? { #(#arms)* })
}

fn carried_receiving(carried: &Carried) -> TokenStream {
    let key = carried.key.as_deref().unwrap_or_default();
    match &carried.content {
        Content::Json(_) => quote!(answer.json().await?),
        Content::Text(_) => quote!(answer.text().await?),
        Content::Described(_) => quote!(answer.described(&crate::SCHEMAS, #key).await?),
        Content::Bytes | Content::Parts(_) => quote!(answer.bytes()),
        Content::Items(_) | Content::Events(_) => {
            let method = match stream_method(carried.kind, &carried.content) {
                "text_events" => "events",
                other => other,
            };
            let method = ident(method);
            quote!(answer.#method(&crate::SCHEMAS, #key))
        }
    }
}
