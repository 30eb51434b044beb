//! `lib.rs` of the API's crate.

use proc_macro2::TokenStream;
use quote::quote;

use super::printing::{ident, inner_docs};
use crate::model::{Api, Target};

pub(super) fn items(api: &Api) -> TokenStream {
    let words = inner_docs(&format!(
        "{} {}\n\n{}",
        api.title,
        api.version,
        api.description.as_deref().unwrap_or_default()
    ));
    let mut modules: Vec<TokenStream> = api
        .groups
        .iter()
        .map(|group| {
            module(
                &group.module,
                &format!("The operations of `{}`.", group.tag),
            )
        })
        .collect();
    let server = quote!(#[cfg(feature = "server")]);
    let client = quote!(#[cfg(feature = "client")]);
    if !api.security.requirements.is_empty() {
        let security = module("security", "Who may call.");
        modules.push(quote!(#server #security));
    }
    if !api.errors.is_empty() {
        let words = "Errors of the framework in the document's schemas.";
        let errors = module("errors", words);
        modules.push(quote!(#server #errors));
    }
    let calls = module("client", "Calls the service.");
    modules.push(quote!(#client #calls));
    let (hooks, callbacks): (Vec<_>, Vec<_>) = api
        .outgoing
        .iter()
        .partition(|one| one.target == Target::Webhook);
    for (name, words, all) in [
        ("callbacks", "Calls callers back.", callbacks),
        ("webhooks", "Tells others what they have asked for.", hooks),
    ] {
        let module = module(name, words);
        modules.extend((!all.is_empty()).then(|| quote!(#client #module)));
    }
    if !api.types.is_empty() {
        modules.push(module("types", "The document's schemas."));
    }
    quote! {
        #words
        // The document's words are Markdown of its own making.
        #![allow(clippy::doc_lazy_continuation, clippy::doc_overindented_list_items)]
        #![allow(clippy::enum_variant_names, clippy::large_enum_variant, clippy::type_complexity)]
        // A range of statuses stands behind those of it that have a variant of their own.
        #![allow(clippy::match_overlapping_arm)]
        #(#modules)*
        /// The document's exact schemas.
        #[cfg_attr(not(feature = "server"), allow(dead_code))]
        pub(crate) static SCHEMAS: oarlock_runtime::Schemas = oarlock_runtime::Schemas::new(include_str!("contract.json"));
        #[cfg(feature = "server")]
        #[rustfmt::skip]
        mod server;
        #[cfg(feature = "server")]
        #[rustfmt::skip]
        mod table;
        #[cfg(feature = "server")]
        pub use table::{Api, service};
    }
}

fn module(name: &str, words: &str) -> TokenStream {
    let (name, words) = (
        ident(name),
        super::printing::docs(&words.replace('\n', " ")),
    );
    quote!(#words #[rustfmt::skip] pub mod #name;)
}
