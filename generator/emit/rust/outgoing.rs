//! What the service itself sends: webhooks and callbacks, each a client of its own.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    client::{self, Start},
    group::{has_request, uses},
    printing::{docs, ident},
    request, response,
};
use crate::model::{Api, Operation, Outgoing, Target};

/// `webhooks.rs`; none where there are none.
pub(super) fn webhooks(api: &Api) -> Option<TokenStream> {
    let hooks = api.outgoing.iter();
    let hooks: Vec<&Outgoing> = hooks.filter(|one| one.target == Target::Webhook).collect();
    let methods = hooks.iter().map(|one| {
        let (id, method) = (&one.operation.id, one.operation.method.as_str());
        let start = Start {
            arguments: quote!(url: &str,),
            call: quote!(call_url(#id, #method, url)),
            ..Start::default()
        };
        client::method(&one.operation, start)
    });
    let words = "Tells others what they have asked to be told of, each at its own address.";
    module(api, "Webhooks", words, &hooks, methods.collect())
}

/// `callbacks.rs`; none where there are none.
pub(super) fn callbacks(api: &Api) -> Option<TokenStream> {
    let (mut calls, mut methods) = (Vec::new(), Vec::new());
    for one in &api.outgoing {
        let Target::Callback(expression) = &one.target else {
            continue;
        };
        let (id, method) = (&one.operation.id, one.operation.method.as_str());
        let start = Start {
            arguments: quote!(exchange: oarlock_runtime::Exchange<'_>,),
            before: quote! {
                let url = oarlock_runtime::client::callback_url(#expression, &exchange)?;
            },
            call: quote!(call_url(#id, #method, &url)),
            secure: None,
        };
        methods.push(client::method(&one.operation, start));
        calls.push(one);
    }
    let words = "Calls callers back at the addresses that their requests have named.";
    module(
        api,
        "Callbacks",
        words,
        &calls,
        methods.into_iter().collect(),
    )
}

fn module(
    api: &Api,
    name: &str,
    words: &str,
    outgoing: &[&Outgoing],
    methods: TokenStream,
) -> Option<TokenStream> {
    if outgoing.is_empty() {
        return None;
    }
    let (name, words) = (ident(name), docs(words));
    let types = outgoing.iter().map(|one| types(api, &one.operation));
    let types: TokenStream = types.collect();
    let all = quote!(#types #methods);
    let used = ["Encoding", "StatusCode", "Style"].into_iter();
    let used: Vec<_> = used.filter(|one| uses(&all, one)).map(ident).collect();
    let used = (!used.is_empty()).then(|| {
        quote!(
            use oarlock_runtime::{#(#used),*};
        )
    });
    Some(quote! {
        use oarlock_runtime::client::CallError;
        #used
        #words
        #[derive(Debug, Clone, Default)]
        pub struct #name(pub oarlock_runtime::client::Client);
        impl #name { #methods }
        #types
    })
}

fn types(api: &Api, operation: &Operation) -> TokenStream {
    let request = has_request(operation).then(|| request::types(api, operation));
    let answer = response::types(api, operation);
    quote!(#request #answer)
}
