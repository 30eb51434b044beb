//! `security.rs`: the verifier's trait, and who passes where.

use proc_macro2::TokenStream;
use quote::quote;

use super::printing::{docs, ident};
use crate::{
    model::{Api, Requirement, Scheme},
    openapi::SchemeKind,
};

pub(super) fn items(api: &Api) -> TokenStream {
    let methods = api.security.schemes.iter().map(method);
    let functions = api
        .security
        .requirements
        .iter()
        .map(|one| function(api, one));
    let mut kinds: Vec<&str> = api
        .security
        .schemes
        .iter()
        .map(|scheme| credential(&scheme.kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.into_iter().map(ident);
    quote! {
        use oarlock_runtime::{#(#kinds,)* Call, Failure, RequestContext, Unauthorized};
        /// Tells who a caller is.
        pub trait Security: Send + Sync + 'static {
            /// What handlers know of a caller.
            type Principal: Send + 'static;
            #(#methods)*
        }
        #(#functions)*
    }
}

/// The runtime's type of a credential.
pub(super) fn credential(kind: &SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Basic => "Basic",
        SchemeKind::Bearer => "Bearer",
        SchemeKind::ApiKeyHeader(_) | SchemeKind::Other(_) => "ApiKey",
    }
}

fn method(scheme: &Scheme) -> TokenStream {
    let (name, credential) = (ident(&scheme.method_name), ident(credential(&scheme.kind)));
    let wire = scheme.wire.replace(['`', '\n'], "'");
    let words = docs(format!("Verifies a credential of `{wire}`.\n\n{}", scheme.doc).trim());
    quote! {
        #words
        fn #name(&self, credential: #credential, cx: &RequestContext)
            -> impl Future<Output = Result<Self::Principal, Unauthorized>> + Send;
    }
}

fn function(api: &Api, requirement: &Requirement) -> TokenStream {
    let name = ident(&requirement.name);
    let schemes: Vec<&Scheme> = requirement
        .schemes
        .iter()
        .map(|index| &api.security.schemes[*index])
        .collect();
    let challenges = schemes.iter().map(|scheme| challenge(&scheme.kind));
    let attempts = schemes.iter().map(|scheme| {
        let verify = ident(&scheme.method_name);
        let read = match &scheme.kind {
            SchemeKind::Basic => quote!(call.basic()),
            SchemeKind::Bearer => quote!(call.bearer()),
            SchemeKind::ApiKeyHeader(header) | SchemeKind::Other(header) => {
                quote!(call.api_key(#header))
            }
        };
        let found = match requirement.optional {
            true => quote!(Some(principal)),
            false => quote!(principal),
        };
        quote! {
            if let Some(credential) = #read {
                match app.#verify(credential, call.context()).await {
                    Ok(principal) => return Ok(#found),
                    Err(refusal) => refused.note(refusal),
                }
            }
        }
    });
    let (principal, end) = match requirement.optional {
        true => (
            quote!(Option<A::Principal>),
            quote!(refused.unless_anonymous()),
        ),
        false => (quote!(A::Principal), quote!(Err(refused.into()))),
    };
    quote! {
        pub(crate) async fn #name<A: Security>(app: &A, call: &Call) -> Result<#principal, Failure> {
            let mut refused = Unauthorized::missing(&[#(#challenges),*]);
            #(#attempts)*
            #end
        }
    }
}

/// What `WWW-Authenticate` says; keys have no registered scheme, so their header's name tells.
fn challenge(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".into(),
        SchemeKind::Bearer => "Bearer".into(),
        SchemeKind::ApiKeyHeader(header) | SchemeKind::Other(header) => {
            format!("ApiKey header=\"{header}\"")
        }
    }
}
