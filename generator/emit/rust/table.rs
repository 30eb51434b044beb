//! `table.rs`: the document's operations as the runtime reads them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{
    group::has_request,
    payload,
    printing::{docs, ident},
    response,
};
use crate::{
    model::{
        Api, Carried, Content, ErrorAnswer, ErrorContent, Group, Operation, OperationLimits,
        Service,
    },
    openapi::{ContentKind, Status},
};

/// Methods that the traits of the prelude give to an `Arc`, or to every type: a call by one of these names has to name
/// its trait.
const OF_EVERY_TYPE: [&str; 17] = [
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "cmp",
    "drop",
    "eq",
    "into",
    "into_iter",
    "ne",
    "partial_cmp",
    "to_owned",
    "to_string",
    "try_into",
];

/// The operations that a table has.
pub(super) struct Scope<'a> {
    groups: Vec<&'a Group>,
    /// Whose they are, in words.
    of: String,
    /// What the service is called.
    title: &'a str,
    /// Where the crate's files of JSON lie, seen from the table's.
    folder: &'static str,
    /// The document, where it is shown: a file beside the table's.
    document: Option<String>,
}

impl<'a> Scope<'a> {
    /// All of the document.
    pub(super) fn whole(api: &'a Api) -> Self {
        Scope {
            groups: api.groups.iter().collect(),
            of: "the document".to_owned(),
            title: &api.title,
            folder: "",
            document: api.document.as_ref().map(|_| "openapi.json".to_owned()),
        }
    }

    /// Those of a service, in a module of its own.
    pub(super) fn of(api: &'a Api, service: &'a Service, module: &str) -> Self {
        Scope {
            groups: service.groups_of(api).collect(),
            of: format!("`{}`", service.name),
            title: &service.title,
            folder: "../",
            document: service.document.as_ref().map(|_| format!("{module}.json")),
        }
    }

    fn operations(&self) -> impl Iterator<Item = &'a Operation> {
        self.groups.iter().flat_map(|group| &group.operations)
    }
}

pub(super) fn items(api: &Api, scope: &Scope) -> TokenStream {
    let bounds = bounds(api, scope);
    let told: BTreeSet<usize> = scope
        .operations()
        .flat_map(|one| one.errors.iter().copied())
        .collect();
    let answers = told
        .iter()
        .map(|index| error_answer(api, &api.error_answers[*index]));
    let entries: Vec<TokenStream> = scope
        .groups
        .iter()
        .flat_map(|group| {
            let operations = group.operations.iter();
            operations.map(move |operation| entry(api, group, operation))
        })
        .collect();
    let errors = (!told.is_empty()).then(|| quote!(Declared, ErrorAnswer,));
    let (kind, body) = match scope.operations().any(|one| one.body.is_some()) {
        true => (quote!(ContentKind,), quote!(RequestBody,)),
        false => (quote!(), quote!()),
    };
    let service = service(api, scope);
    let every = docs(&format!("Every handler of {}.", scope.of));
    quote! {
        use std::marker::PhantomData;
        use oarlock_runtime::{#kind Contract, #errors Operation, #body Service};
        #every
        pub trait Api: #bounds {}
        impl<A: #bounds> Api for A {}
        struct Table<A>(PhantomData<A>);
        impl<A: Api> Table<A> {
            #(#answers)*
            const OPERATIONS: &'static [Operation<A>] = &[#(#entries),*];
        }
        /// The service over an application's handlers.
        pub fn service<A: Api>(app: A) -> Service {
            #service
        }
    }
}

/// The traits that have a handler for each operation.
fn bounds(api: &Api, scope: &Scope) -> TokenStream {
    let groups = scope.groups.iter().map(|group| {
        let (module, name) = (ident(&group.module), ident(&group.trait_name));
        quote!(crate::#module::#name)
    });
    let errors = (!api.errors.is_empty()).then(|| quote!(crate::errors::Errors));
    let traits: Vec<TokenStream> = groups.chain(errors).collect();
    match traits.is_empty() {
        true => quote!(Send + Sync + 'static),
        false => quote!(#(#traits)+*),
    }
}

/// The service, which knows what no log may show.
fn service(api: &Api, scope: &Scope) -> TokenStream {
    let (title, version, bases) = (scope.title, &api.version, &api.base_paths);
    let document = document(scope);
    let examples = format!("{}examples.json", scope.folder);
    let service = quote! {
        Service::new(app, Table::<A>::OPERATIONS, Contract {
            title: #title,
            version: #version,
            schemas: &crate::SCHEMAS,
            examples: include_str!(#examples),
            base_paths: &[#(#bases),*],
            #document
        })
    };
    let secrets = &api.secrets;
    let redacting = (!secrets.is_empty()).then(|| quote!(.redact(&[#(#secrets),*])));
    let ids: BTreeSet<&str> = scope.operations().map(|one| one.id.as_str()).collect();
    let limits = api.limits.iter().filter(|(id, _)| ids.contains(&**id));
    let limits: Vec<TokenStream> = limits.map(|(id, limits)| limit(id, limits)).collect();
    match (redacting, limits.is_empty()) {
        (None, true) => service,
        (redacting, _) => quote! {
            let service = #service;
            service #redacting #(#limits)*
        },
    }
}

/// What `oarlock.yaml` says of an operation.
fn limit(id: &str, limits: &OperationLimits) -> TokenStream {
    let timeout = limits.timeout.map(|milliseconds| {
        let milliseconds = Literal::u64_unsuffixed(milliseconds);
        quote!(.timeout(std::time::Duration::from_millis(#milliseconds)))
    });
    let body = limits.max_body.map(|bytes| {
        let bytes = Literal::u64_unsuffixed(bytes);
        quote!(.max_body(#bytes))
    });
    let requests = limits.max_requests.map(|count| {
        let count = Literal::u32_unsuffixed(count);
        quote!(.max_requests(#count))
    });
    quote!(.limit(#id, oarlock_runtime::OperationLimits::new() #timeout #body #requests))
}

/// The document itself, which is in the binary with the docs page alone.
fn document(scope: &Scope) -> TokenStream {
    match &scope.document {
        None => quote!(document: None,),
        Some(file) => quote! {
            #[cfg(feature = "docs-ui")]
            document: Some(include_str!(#file)),
            #[cfg(not(feature = "docs-ui"))]
            document: None,
        },
    }
}

fn error_answer(api: &Api, answer: &ErrorAnswer) -> TokenStream {
    let (name, media_type) = (ident(&answer.name), &answer.media_type);
    let status = match answer.status {
        Status::Exact(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(Declared::Exact(#code))
        }
        Status::Range(class) => {
            let class = Literal::u8_unsuffixed(class);
            quote!(Declared::Range(#class))
        }
        Status::Default => quote!(Declared::Default),
    };
    let body = match &answer.body {
        ErrorContent::Nothing => quote!(None),
        ErrorContent::Detail => quote!(Some(|_, problem| problem.detail.clone().into_bytes())),
        ErrorContent::Problem => quote!(Some(|_, problem| oarlock_runtime::to_json(problem))),
        ErrorContent::Mapped(index) => {
            let method = ident(&api.errors[*index].method_name);
            let told = told(api, &method);
            quote!(Some(|app, problem| oarlock_runtime::to_json(&#told)))
        }
        ErrorContent::Written(index, key) => {
            let method = ident(&api.errors[*index].method_name);
            let told = told(api, &method);
            quote!(Some(|app, problem| crate::SCHEMAS.write(#key, &#told)))
        }
    };
    quote! {
        const #name: ErrorAnswer<A> = ErrorAnswer { status: #status, media_type: #media_type, body: #body };
    }
}

fn entry(api: &Api, group: &Group, operation: &Operation) -> TokenStream {
    let (id, path) = (&operation.id, &operation.path);
    let method = operation.method.as_str();
    let body = match &operation.body {
        None => quote!(None),
        Some(body) => {
            let required = body.required;
            let contents = body.payload.carried().into_iter().map(content);
            quote!(Some(RequestBody { required: #required, contents: &[#(#contents),*] }))
        }
    };
    let statuses = operation
        .answers
        .iter()
        .filter_map(|answer| match answer.status {
            Status::Exact(code) => Some(Literal::u16_unsuffixed(code)),
            _ => None,
        });
    let errors = operation
        .errors
        .iter()
        .map(|index| ident(&api.error_answers[*index].name));
    let handler = handler(api, group, operation);
    quote! {
        Operation {
            id: #id,
            method: #method,
            path: #path,
            body: #body,
            statuses: &[#(#statuses),*],
            errors: &[#(Self::#errors),*],
            handler: #handler,
        }
    }
}

fn handler(api: &Api, group: &Group, operation: &Operation) -> TokenStream {
    let name = ident(&operation.method_name);
    let (module, group) = (ident(&group.module), ident(&group.trait_name));
    let request_type = ident(&operation.request_type);
    let security = operation.security.map(|index| {
        let function = ident(&api.security.requirements[index].name);
        quote!(let principal = crate::security::#function(&*app, &call).await?;)
    });
    let receive = operation
        .body
        .is_some()
        .then(|| quote!(call.receive().await?;));
    let asked = has_request(operation);
    let streams = operation
        .body
        .as_ref()
        .is_some_and(|one| payload::streams(&one.payload));
    let read = ident(if streams { "read_stream" } else { "read" });
    let read =
        asked.then(|| quote!(let request = call.#read(crate::#module::#request_type::read)?;));
    let request = asked.then(|| quote!(request,));
    let principal = operation.security.map(|_| quote!(principal,));
    let call = match operation.body.is_some() {
        true => quote!(mut call),
        false => quote!(call),
    };
    let respond = match response::needs_context(operation) {
        true => quote!(respond(call.context())),
        false => quote!(respond()),
    };
    let deprecated = operation.deprecated.then(|| quote!(.deprecated()));
    let errors = api.errors.iter();
    let twice = errors
        .into_iter()
        .any(|one| one.method_name == operation.method_name);
    let plain = operation.method_name.trim_start_matches("r#");
    let called = match twice || OF_EVERY_TYPE.contains(&plain) {
        true => {
            quote!(crate::#module::#group::#name(&*app, #request #principal call.context()))
        }
        false => quote!(app.#name(#request #principal call.context())),
    };
    quote! {
        |app, #call| Box::pin(async move {
            #security
            #receive
            #read
            Ok(#called.await?.#respond #deprecated)
        })
    }
}

/// What an error of the framework is told by.
fn told(api: &Api, method: &Ident) -> TokenStream {
    let mut operations = api.groups.iter().flat_map(|group| &group.operations);
    let twice = operations.any(|one| ident(&one.method_name) == *method);
    match twice || OF_EVERY_TYPE.contains(&method.to_string().as_str()) {
        true => quote!(crate::errors::Errors::#method(app, problem)),
        false => quote!(app.#method(problem)),
    }
}

fn content(carried: &Carried) -> TokenStream {
    let media_type = &carried.declared;
    let kind = ident(match (carried.kind, &carried.content) {
        (ContentKind::Multipart, Content::Parts(_)) => "Parts",
        (ContentKind::Multipart, _) => "Multipart",
        (ContentKind::Json, _) => "Json",
        (ContentKind::Text, _) => "Text",
        (ContentKind::Bytes, _) => "Bytes",
        (ContentKind::Form, _) => "Form",
        (ContentKind::Xml, _) => "Xml",
        (ContentKind::JsonLines, _) => "JsonLines",
        (ContentKind::JsonSequence, _) => "JsonSequence",
        (ContentKind::Events, _) => "Events",
        (ContentKind::EventObjects, _) => "EventObjects",
    });
    quote!((#media_type, ContentKind::#kind))
}
