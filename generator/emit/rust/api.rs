//! `lib.rs` of the API's crate.

use proc_macro2::TokenStream;
use quote::quote;

use super::printing::{ident, inner_docs};
use crate::model::{Api, Service, Target};

/// The crate; with a table for each service where its operations are dealt to several.
pub(super) fn items(api: &Api, dealt: bool) -> TokenStream {
    let words = inner_docs(&format!(
        "{} {}\n\n{}",
        api.title,
        api.version,
        api.description.as_deref().unwrap_or_default()
    ));
    let modules = modules(api);
    let tables = match dealt {
        true => module(
            "service",
            "The services, each with its own operations.",
            Some("server"),
        ),
        false => quote! {
            #[cfg(feature = "server")]
            #[rustfmt::skip]
            mod table;
            #[cfg(feature = "server")]
            pub use table::{Api, service};
        },
    };
    quote! {
        #words
        // The document's words are Markdown of its own making.
        #![allow(clippy::doc_lazy_continuation, clippy::doc_overindented_list_items)]
        #![allow(rustdoc::bare_urls, rustdoc::invalid_codeblock_attributes, rustdoc::invalid_rust_codeblocks)]
        #![allow(clippy::enum_variant_names, clippy::large_enum_variant, clippy::type_complexity, clippy::wrong_self_convention)]
        // A range of statuses stands behind those of it that have a variant of their own.
        #![allow(clippy::match_overlapping_arm)]
        #(#modules)*
        /// The document's exact schemas.
        #[cfg_attr(not(feature = "server"), allow(dead_code))]
        pub(crate) static SCHEMAS: oarlock_runtime::Schemas = oarlock_runtime::Schemas::new(include_str!("contract.json"));
        #[cfg(feature = "server")]
        #[rustfmt::skip]
        mod server;
        #tables
    }
}

/// `service.rs`: a function for each service, which makes it of its handlers.
pub(super) fn services(services: &[Service]) -> TokenStream {
    let modules = services.iter().filter_map(|service| {
        let name = ident(service.module.as_ref()?);
        let words = super::printing::docs(&format!("The operations of `{}`.", service.name));
        Some(quote! {
            #words
            #[rustfmt::skip]
            pub mod #name;
            pub use #name::service as #name;
        })
    });
    quote!(#(#modules)*)
}

/// The files of the crate: one for each tag, and those that are there where something asks for them.
fn modules(api: &Api) -> Vec<TokenStream> {
    let mut modules: Vec<TokenStream> = api
        .groups
        .iter()
        .map(|group| {
            let words = format!("The operations of `{}`.", group.tag);
            module(&group.module, &words, None)
        })
        .collect();
    let (hooks, callbacks): (Vec<_>, Vec<_>) = api
        .outgoing
        .iter()
        .partition(|one| one.target == Target::Webhook);
    let security = !api.security.requirements.is_empty();
    for (name, there, feature, words) in [
        ("security", security, Some("server"), "Who may call."),
        (
            "errors",
            !api.errors.is_empty(),
            Some("server"),
            "Errors of the framework in the document's schemas.",
        ),
        ("client", true, Some("client"), "Calls the service."),
        (
            "callbacks",
            !callbacks.is_empty(),
            Some("client"),
            "Calls callers back.",
        ),
        (
            "webhooks",
            !hooks.is_empty(),
            Some("client"),
            "Tells others what they have asked for.",
        ),
        (
            "types",
            !api.types.is_empty(),
            None,
            "The document's schemas.",
        ),
    ] {
        modules.extend(there.then(|| module(name, words, feature)));
    }
    modules
}

/// A module that is there with a feature, or always.
fn module(name: &str, words: &str, feature: Option<&str>) -> TokenStream {
    let (name, words) = (
        ident(name),
        super::printing::docs(&words.replace('\n', " ")),
    );
    let feature = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
    quote!(#words #feature #[rustfmt::skip] pub mod #name;)
}
