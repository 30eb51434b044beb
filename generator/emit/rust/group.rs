//! A tag's file: its trait, and what its operations are asked and answer.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::{
    printing::{docs, ident},
    request, response,
};
use crate::model::{Api, Group, Operation};

/// `<tag>.rs`: the trait of its operations, and their types.
pub(super) fn items(api: &Api, group: &Group) -> TokenStream {
    let interface = interface(api, group);
    let types = group.operations.iter().map(|operation| {
        let request = has_request(operation).then(|| request::types(api, operation));
        let answer = response::types(api, operation);
        quote!(#request #answer)
    });
    let types: TokenStream = types.collect();
    let status = uses(&types, "StatusCode").then(|| {
        quote!(
            use oarlock_runtime::StatusCode;
        )
    });
    let security = group.operations.iter().any(|one| one.security.is_some());
    let security = security.then(|| {
        quote!(
            #[cfg(feature = "server")]
            use crate::security::Security;
        )
    });
    quote! {
        #[cfg(feature = "server")]
        use oarlock_runtime::{Problem, RequestContext};
        #status
        #security
        #interface
        #types
    }
}

/// What a server's file of a tag may take from the runtime.
const SERVER: [&str; 5] = [
    "Call",
    "Refused",
    "RequestContext",
    "Response",
    "StatusCode",
];

/// `server/<tag>.rs`: how its requests are read, and its answers written.
pub(super) fn serving(api: &Api, group: &Group) -> TokenStream {
    let module = ident(&group.module);
    let operations = group.operations.iter().map(|operation| {
        let request = has_request(operation).then(|| request::serving(api, operation));
        let answer = response::serving(operation);
        quote!(#request #answer)
    });
    let items: TokenStream = operations.collect();
    let used = SERVER
        .iter()
        .filter(|name| uses(&items, name))
        .map(|name| ident(name));
    quote! {
        use oarlock_runtime::{#(#used),*};
        use crate::#module::*;
        #items
    }
}

/// `server.rs`: its files, a module for each tag.
pub(super) fn modules(api: &Api) -> TokenStream {
    let modules = api.groups.iter().map(|group| {
        let name = ident(&group.module);
        quote!(#[rustfmt::skip] mod #name;)
    });
    quote!(#(#modules)*)
}

/// Whether a name stands at the start of a path.
pub(super) fn uses(tokens: &TokenStream, name: &str) -> bool {
    let mut found = BTreeSet::new();
    words(tokens.clone(), &mut found);
    found.contains(name)
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

/// What the methods of an operation say of it; what the document has to say beside its summary stands once, with the
/// request that both of them take.
pub(super) fn method_docs(operation: &Operation) -> TokenStream {
    let details = match has_request(operation) {
        true => "",
        false => operation.details.as_str(),
    };
    let parts = [&operation.summary, details, &operation.place];
    let parts: Vec<&str> = parts.into_iter().filter(|one| !one.is_empty()).collect();
    docs(&parts.join("\n\n"))
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
        #[cfg(feature = "server")]
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
    let words = method_docs(operation);
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
