//! `security.rs`: the verifier's trait, and who passes where.

use proc_macro2::TokenStream;
use quote::quote;

use super::printing::{docs, ident};
use crate::{
    model::{Api, RequiredScheme, Requirement, Scheme},
    openapi::{KeyLocation, SchemeKind},
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
        .filter_map(|scheme| credential(&scheme.kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.into_iter().map(ident);
    let several = api
        .security
        .requirements
        .iter()
        .flat_map(|one| &one.alternatives);
    let several = several.into_iter().any(|one| one.len() > 1).then(|| {
        quote! {
            /// What handlers know of a caller whose credentials all were verified: here what the first of them told.
            fn combine(&self, first: Self::Principal, _second: Self::Principal) -> Self::Principal {
                first
            }
        }
    });
    quote! {
        use oarlock_runtime::{#(#kinds,)* Call, Failure, RequestContext, Unauthorized};
        /// Tells who a caller is.
        pub trait Security: Send + Sync + 'static {
            /// What handlers know of a caller.
            type Principal: Send + 'static;
            #(#methods)*
            #several
        }
        #(#functions)*
    }
}

/// The runtime's type of a credential; none where a verifier finds it in the request itself.
pub(super) fn credential(kind: &SchemeKind) -> Option<&'static str> {
    match kind {
        SchemeKind::Basic => Some("Basic"),
        SchemeKind::Http(_) => Some("Credential"),
        SchemeKind::ApiKey(..) => Some("ApiKey"),
        SchemeKind::MutualTls | SchemeKind::Undeclared => None,
        _ => Some("Bearer"),
    }
}

fn method(scheme: &Scheme) -> TokenStream {
    let name = ident(&scheme.method_name);
    let credential = credential(&scheme.kind).map(|one| {
        let one = ident(one);
        quote!(credential: #one,)
    });
    let wire = scheme.wire.replace(['`', '\n'], "'");
    let words = match credential {
        Some(_) => format!("Verifies a credential of `{wire}`.\n\n{}", scheme.doc),
        None => format!(
            "Verifies what a request holds of `{wire}`.\n\n{}",
            scheme.doc
        ),
    };
    let words = docs(words.trim());
    let scopes = scheme
        .scoped
        .then(|| quote!(scopes: &'static [&'static str],));
    quote! {
        #words
        fn #name(&self, #credential #scopes cx: &RequestContext)
            -> impl Future<Output = Result<Self::Principal, Unauthorized>> + Send;
    }
}

fn function(api: &Api, requirement: &Requirement) -> TokenStream {
    let name = ident(&requirement.name);
    let schemes = requirement.alternatives.iter().flatten();
    let mut challenges: Vec<String> = Vec::new();
    for one in schemes {
        let challenge = challenge(&api.security.schemes[one.scheme], &one.scopes);
        if !challenges.contains(&challenge) {
            challenges.push(challenge);
        }
    }
    let attempts = requirement
        .alternatives
        .iter()
        .map(|schemes| attempt(api, schemes, requirement.optional));
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

/// One alternative: every credential that it asks for must be there, and every verifier let it pass.
fn attempt(api: &Api, schemes: &[RequiredScheme], optional: bool) -> TokenStream {
    let found = match optional {
        true => quote!(Some(principal)),
        false => quote!(principal),
    };
    let (mut reads, mut calls) = (Vec::new(), Vec::new());
    for (index, one) in schemes.iter().enumerate() {
        let scheme = &api.security.schemes[one.scheme];
        let credential = match schemes.len() {
            1 => ident("credential"),
            _ => ident(&format!("credential_{}", index + 1)),
        };
        let verify = ident(&scheme.method_name);
        let given = credential_of(scheme).map(|read| {
            reads.push(quote!(let Some(#credential) = #read));
            quote!(#credential,)
        });
        if given.is_none() {
            reads.push(quote!(call.may_hold_a_credential()));
        }
        let scopes = scheme.scoped.then(|| {
            let scopes = &one.scopes;
            quote!(&[#(#scopes),*],)
        });
        calls.push(quote!(app.#verify(#given #scopes call.context()).await));
    }
    let (before, verified) = match &calls[..] {
        [first, rest @ ..] if !rest.is_empty() => (
            quote! {
                let all = async {
                    let principal = #first?;
                    #(let principal = app.combine(principal, #rest?);)*
                    Ok(principal)
                };
            },
            quote!(all.await),
        ),
        only => (quote!(), quote!(#(#only)*)),
    };
    quote! {
        if #(#reads)&&* {
            #before
            match #verified {
                Ok(principal) => return Ok(#found),
                Err(refusal) => refused.note(refusal),
            }
        }
    }
}

fn credential_of(scheme: &Scheme) -> Option<TokenStream> {
    Some(match &scheme.kind {
        SchemeKind::Basic => quote!(call.basic()),
        SchemeKind::Http(name) => quote!(call.credential(#name)),
        SchemeKind::ApiKey(KeyLocation::Header, name) => quote!(call.api_key(#name)),
        SchemeKind::ApiKey(KeyLocation::Query, name) => quote!(call.query_key(#name)),
        SchemeKind::ApiKey(KeyLocation::Cookie, name) => quote!(call.cookie_key(#name)),
        SchemeKind::MutualTls | SchemeKind::Undeclared => return None,
        _ => quote!(call.bearer()),
    })
}

/// What `WWW-Authenticate` says; where a scheme is not registered, a name of its own tells what is asked for.
fn challenge(scheme: &Scheme, scopes: &[String]) -> String {
    match &scheme.kind {
        SchemeKind::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".into(),
        SchemeKind::Http(name) => name.clone(),
        SchemeKind::ApiKey(location, name) => {
            let place = match location {
                KeyLocation::Header => "header",
                KeyLocation::Query => "query",
                KeyLocation::Cookie => "cookie",
            };
            format!("ApiKey {place}={}", quoted(name))
        }
        SchemeKind::MutualTls => "ClientCertificate".into(),
        SchemeKind::Undeclared => format!("Undeclared name={}", quoted(&scheme.wire)),
        _ if scopes.is_empty() => "Bearer".into(),
        _ => format!("Bearer scope={}", quoted(&scopes.join(" "))),
    }
}

/// A quoted string of RFC 9110 (5.6.4), of what a header can hold.
fn quoted(text: &str) -> String {
    let kept = text.chars().filter(|one| (' '..='~').contains(one));
    let escaped: String = kept
        .flat_map(|one| {
            let escape = matches!(one, '"' | '\\').then_some('\\');
            escape.into_iter().chain([one])
        })
        .collect();
    format!("\"{escaped}\"")
}
