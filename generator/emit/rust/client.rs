//! The client: a method for each operation, that writes what the server reads and reads what it writes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    group::{has_request, method_docs, uses},
    payload_client as payload,
    printing::{docs, ident},
};
use crate::{
    model::{
        Answer, Api, Group, HeaderField, HeaderForm, Operation, Parameter, Requirement, Scheme,
        Server, Type,
    },
    openapi::{ContentKind, Encoding, KeyLocation, Location, SchemeKind, Status, Style},
};

/// `client.rs`: the client itself, where services are, which credentials operations ask for.
pub(super) fn items(api: &Api) -> TokenStream {
    let modules = api.groups.iter().map(|group| {
        let name = ident(&group.module);
        quote!(#[rustfmt::skip] mod #name;)
    });
    let servers = api.servers.iter().map(server);
    let requirements = api
        .security
        .requirements
        .iter()
        .map(|one| requirement(api, one));
    let schemes = (!api.security.requirements.is_empty()).then(|| {
        quote!(
            use oarlock_runtime::client::{Scheme, SchemeKind};
        )
    });
    quote! {
        #schemes
        #(#modules)*
        /// Calls the service. What it holds of credentials, limits and hosts is set on what it is made of. A call fails
        /// where the request cannot be sent, or the answer is not what the document says.
        #[derive(Debug, Clone)]
        pub struct Client(pub oarlock_runtime::client::Client);
        impl Client {
            /// A client of the service at an address, as in `http://shop.example/v1`.
            ///
            /// # Errors
            /// Where that is no address.
            pub fn new(address: &str) -> Result<Self, oarlock_runtime::client::CallError> {
                oarlock_runtime::client::Client::new(address).map(Self)
            }
        }
        #(#servers)*
        #(#requirements)*
    }
}

/// An address of the document, a function of its variables.
fn server(server: &Server) -> TokenStream {
    let name = ident(&server.name);
    let mut words = format!("{}\n\n`{}`", server.doc, server.url.replace('`', "'"));
    for one in &server.variables {
        let values = match one.values.is_empty() {
            true => String::new(),
            false => format!(", one of `{}`", one.values.join("`, `")),
        };
        words.push_str(&format!(
            "\n\n`{}` (by default `{}`{values}): {}",
            one.name, one.default, one.doc
        ));
    }
    let words = docs(words.trim());
    let url = &server.url;
    if server.variables.is_empty() {
        return quote!(#words pub fn #name() -> String { #url.to_owned() });
    }
    let arguments = server.variables.iter().map(|one| ident(&one.name));
    let replaced = server.variables.iter().map(|one| {
        let (name, place) = (ident(&one.name), format!("{{{}}}", one.wire));
        quote!(.replace(#place, #name))
    });
    quote!(#words pub fn #name(#(#arguments: &str),*) -> String { #url #(#replaced)* })
}

fn requirement(api: &Api, requirement: &Requirement) -> TokenStream {
    let name = ident(&requirement.constant_name);
    let alternatives = requirement.alternatives.iter().map(|schemes| {
        let schemes = schemes
            .iter()
            .map(|one| scheme(&api.security.schemes[one.scheme]));
        quote!(&[#(#schemes),*])
    });
    quote!(const #name: &[&[Scheme]] = &[#(#alternatives),*];)
}

fn scheme(scheme: &Scheme) -> TokenStream {
    let name = &scheme.wire;
    let kind = match &scheme.kind {
        SchemeKind::Basic => quote!(Basic),
        SchemeKind::Http(word) => quote!(Http(#word)),
        SchemeKind::ApiKey(KeyLocation::Header, key) => quote!(ApiKeyHeader(#key)),
        SchemeKind::ApiKey(KeyLocation::Query, key) => quote!(ApiKeyQuery(#key)),
        SchemeKind::ApiKey(KeyLocation::Cookie, key) => quote!(ApiKeyCookie(#key)),
        SchemeKind::MutualTls | SchemeKind::Undeclared => quote!(Other),
        _ => quote!(Bearer),
    };
    quote!(Scheme { name: #name, kind: SchemeKind::#kind })
}

/// `client/<tag>.rs`: the operations of a tag.
pub(super) fn group(api: &Api, group: &Group) -> TokenStream {
    let module = ident(&group.module);
    let methods = group.operations.iter().map(|operation| {
        let (id, path) = (&operation.id, &operation.path);
        let method_word = operation.method.as_str();
        let secure = operation.security.map(|index| {
            let name = ident(&api.security.requirements[index].constant_name);
            quote!(call.secure(super::#name);)
        });
        let start = Start {
            call: quote!(call(#id, #method_word, #path)),
            secure,
            ..Start::default()
        };
        method(operation, start)
    });
    let methods: TokenStream = methods.collect();
    let encoding = uses(&methods, "Encoding").then(|| quote!(Encoding,));
    let style = uses(&methods, "Style").then(|| quote!(Style,));
    let both = (encoding.is_some() || style.is_some()).then(|| {
        quote!(
            use oarlock_runtime::{#encoding #style};
        )
    });
    quote! {
        use oarlock_runtime::client::CallError;
        #both
        use super::Client;
        use crate::#module::*;
        impl Client { #methods }
    }
}

/// How a request begins.
#[derive(Default)]
pub(super) struct Start {
    /// What the method is given beside the request.
    pub(super) arguments: TokenStream,
    /// What comes before the call.
    pub(super) before: TokenStream,
    /// The call as it begins.
    pub(super) call: TokenStream,
    /// The credentials that it asks for.
    pub(super) secure: Option<TokenStream>,
}

/// A method that sends one request.
pub(super) fn method(operation: &Operation, start: Start) -> TokenStream {
    let Start {
        arguments,
        before,
        call,
        secure,
    } = start;
    let (name, answer) = (
        ident(&operation.method_name),
        ident(&operation.response_type),
    );
    let words = method_docs(operation);
    let request = has_request(operation).then(|| {
        let request = ident(&operation.request_type);
        quote!(request: #request,)
    });
    let deprecated = operation
        .deprecated
        .then(|| quote!(#[deprecated = "the document advises against it"]));
    let accept = accept(operation);
    let parameters = operation.parameters.iter().map(parameter);
    let body = operation.body.as_ref().map(payload::sending);
    let arms = arms(operation);
    let told = has_request(operation) || accept.is_some() || secure.is_some();
    let mutable = told.then(|| quote!(mut));
    quote! {
        #words
        #deprecated
        pub async fn #name(&self, #arguments #request) -> Result<#answer, CallError> {
            #before
            let #mutable call = self.0.#call;
            #secure
            #accept
            #(#parameters)*
            #body
            let answer = call.send().await?;
            #arms
        }
    }
}

fn accept(operation: &Operation) -> Option<TokenStream> {
    let payloads = operation
        .answers
        .iter()
        .filter_map(|one| one.payload.as_ref());
    let mut types: Vec<&str> = Vec::new();
    for one in payloads.flat_map(|one| one.carried()) {
        if !types.contains(&one.declared.as_str()) {
            types.push(&one.declared);
        }
    }
    (!types.is_empty()).then(|| quote!(call.accept(&[#(#types),*]);))
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let (name, wire) = (ident(&parameter.name), &parameter.wire);
    let value = match (parameter.location, parameter.optional) {
        (Location::Path, _) => quote!(&request.#name),
        (_, true) => quote!(request.#name.as_ref()),
        (_, false) => quote!(Some(&request.#name)),
    };
    let place = ident(match parameter.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::QueryString => "query_string",
        Location::Header => "header",
        Location::Cookie => "cookie",
    });
    let json = ident(&format!("{place}_json"));
    match (parameter.location, parameter.content) {
        (Location::QueryString, kind) => {
            let kind = ident(match kind {
                Some(ContentKind::Json) => "Json",
                Some(ContentKind::Text) => "Text",
                _ => "Form",
            });
            quote!(call.query_string(oarlock_runtime::ContentKind::#kind, #value);)
        }
        (_, Some(ContentKind::Json)) => quote!(call.#json(#wire, #value);),
        (Location::Header, _) => {
            let explode = parameter.encoding.explode;
            quote!(call.header(#wire, #explode, #value);)
        }
        _ => {
            let encoding = encoding(parameter.encoding);
            quote!(call.#place(#wire, #encoding, #value);)
        }
    }
}

fn encoding(encoding: Encoding) -> TokenStream {
    let Encoding {
        style,
        explode,
        allow_reserved,
    } = encoding;
    let reserved = allow_reserved.then(|| quote!(.reserved()));
    let known = match (style, explode) {
        (Style::Form, true) => Some("FORM"),
        (Style::Simple, false) => Some("SIMPLE"),
        (Style::DeepObject, true) => Some("DEEP_OBJECT"),
        _ => None,
    };
    if let Some(known) = known {
        let known = ident(known);
        return quote!(Encoding::#known #reserved);
    }
    let word = style.as_str();
    let name = format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
    let name = ident(&name);
    quote!(Encoding::new(Style::#name, #explode) #reserved)
}

/// What comes back: an arm for each declared status, and one for every other.
fn arms(operation: &Operation) -> TokenStream {
    let mut answers: Vec<&Answer> = operation.answers.iter().collect();
    answers.sort_by_key(|one| match one.status {
        Status::Exact(_) => 0,
        Status::Range(_) => 1,
        Status::Default => 2,
    });
    let whole = operation
        .answers
        .iter()
        .any(|one| one.status == Status::Default);
    let arms = answers.iter().map(|answer| {
        let pattern = match answer.status {
            Status::Exact(code) => {
                let code = Literal::u16_unsuffixed(code);
                quote!(#code)
            }
            Status::Range(class) => {
                let (low, high) = (u16::from(class) * 100, u16::from(class) * 100 + 99);
                let (low, high) = (Literal::u16_unsuffixed(low), Literal::u16_unsuffixed(high));
                quote!(#low..=#high)
            }
            Status::Default => quote!(_),
        };
        let value = received(operation, answer);
        quote!(#pattern => #value,)
    });
    if let ([only], true) = (&answers[..], whole) {
        return received(operation, only);
    }
    let rest = (!whole).then(|| quote!(_ => Err(answer.unexpected().await),));
    quote!(match answer.status().as_u16() { #(#arms)* #rest })
}

fn received(operation: &Operation, answer: &Answer) -> TokenStream {
    let (response, name) = (ident(&operation.response_type), ident(&answer.name));
    let body = answer.payload.as_ref().map(payload::receiving);
    let open = !matches!(answer.status, Status::Exact(_));
    if answer.headers.is_empty() && !open {
        return match body {
            Some(body) => quote!(Ok(#response::#name(#body))),
            None => quote!(Ok(#response::#name)),
        };
    }
    let status = open.then(|| quote!(status: answer.status(),));
    let headers = answer.headers.iter().map(header);
    let body = body.map(|body| quote!(body: #body));
    quote!(Ok(#response::#name { #status #(#headers,)* #body }))
}

fn header(header: &HeaderField) -> TokenStream {
    let (name, wire) = (ident(&header.name), &header.wire);
    let required = if header.required { "required_" } else { "" };
    if let Some(form) = header.described {
        let form = ident(match form {
            HeaderForm::Simple => "Simple",
            HeaderForm::Exploded => "Exploded",
            HeaderForm::Json => "Json",
        });
        let method = ident(&format!("{required}described_header"));
        return quote!(#name: answer.#method(#wire, oarlock_runtime::HeaderForm::#form)?);
    }
    let list = match header.slot.ty {
        Type::List(_) => "_commas",
        _ => "",
    };
    let method = ident(&format!("{required}header{list}"));
    quote!(#name: answer.#method(#wire)?)
}
