//! The user's Rust: written once, grown by what is missing.

use super::{append, group::has_request, security::credential};
use crate::{
    emit::{EmitError, escape},
    files::FileSet,
    model::{Api, Group, Operation, Service},
    openapi::SchemeKind,
};

/// The longest line that rustfmt leaves alone.
const WIDTH: usize = 100;
/// The longest end of a signature that rustfmt leaves its brace.
const BRACE_WIDTH: usize = 96;
/// The longest end of a signature, brace counted, that rustfmt does not split.
const ANSWER_WIDTH: usize = 104;

pub(super) fn emit(
    api: &Api,
    project: &str,
    service: &Service,
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let folder = format!("services/{}/src", service.name);
    let groups: Vec<&Group> = service.groups_of(api).collect();
    let secured = groups
        .iter()
        .flat_map(|group| &group.operations)
        .any(|one| one.security.is_some());
    let modules = modules(&groups, secured);
    let main = main(api, project, service, &modules);
    let growth = move |text: &str| append::modules(text, &modules);
    files.add_growing(&format!("{folder}/main.rs"), main, Box::new(growth))?;
    for group in groups {
        let stubs = group
            .operations
            .iter()
            .map(|one| (one.method_name.clone(), stub(api, one)));
        let stubs: Vec<(String, String)> = stubs.collect();
        let text = handlers(project, group, &stubs);
        let (name, trait_name) = (
            group.module.trim_start_matches("r#"),
            group.trait_name.clone(),
        );
        let growth = move |text: &str| append::methods(text, &trait_name, &stubs);
        files.add_growing(&format!("{folder}/{name}.rs"), text, Box::new(growth))?;
    }
    if secured {
        let stubs = verifiers(api);
        let text = security(project, &stubs);
        let growth = move |text: &str| append::methods(text, "Security", &stubs);
        files.add_growing(&format!("{folder}/security.rs"), text, Box::new(growth))?;
    }
    Ok(())
}

/// The API's crate as Rust names it.
pub(super) fn crate_name(project: &str) -> String {
    format!("{}_api", project.replace('-', "_"))
}

/// The function of the API's crate that makes a service.
pub(super) fn maker(project: &str, service: &Service) -> String {
    match &service.module {
        None => format!("{}::service", crate_name(project)),
        Some(module) => format!("{}::service::{module}", crate_name(project)),
    }
}

fn modules(groups: &[&Group], secured: bool) -> Vec<String> {
    let groups = groups.iter().map(|group| group.module.clone());
    let security = secured.then(|| "security".to_owned());
    let mut modules: Vec<String> = groups.chain(security).collect();
    modules.sort_by(|left, right| {
        left.trim_start_matches("r#")
            .cmp(right.trim_start_matches("r#"))
    });
    modules
}

fn main(api: &Api, project: &str, service: &Service, modules: &[String]) -> String {
    let mods: String = modules
        .iter()
        .map(|name| format!("mod {name};\n"))
        .collect();
    let gap = if mods.is_empty() { "" } else { "\n" };
    let errors = match api.errors.is_empty() {
        true => String::new(),
        false => format!(
            "\n/// Errors of the framework are told by the defaults; write a method to tell them otherwise.\n\
             impl {}::errors::Errors for App {{}}\n",
            crate_name(project)
        ),
    };
    let made = format!("{}(App)", maker(project, service));
    let run = match made.chars().count() {
        // What rustfmt leaves on a line with a call around it, and with a name before it.
        ..=60 => format!("    oarlock_runtime::run({made})"),
        61..=80 => format!("    let service = {made};\n    oarlock_runtime::run(service)"),
        _ => format!("    let service =\n        {made};\n    oarlock_runtime::run(service)"),
    };
    format!(
        "//! The service.\n\n{mods}{gap}use std::process::ExitCode;\n\n\
         /// What handlers share: connections, settings, caches.\npub struct App;\n{errors}\n\
         fn main() -> ExitCode {{\n{run}\n}}\n"
    )
}

fn handlers(project: &str, group: &Group, stubs: &[(String, String)]) -> String {
    let methods: Vec<&str> = stubs.iter().map(|(_, text)| text.as_str()).collect();
    let mut uses = [
        format!("use {}::{}::*;", crate_name(project), group.module),
        "use oarlock_runtime::{Problem, RequestContext, example};".to_owned(),
    ];
    uses.sort();
    format!(
        "//! {}\n\n{}\n\n\
         use crate::App;\n\nimpl {} for App {{\n{}}}\n",
        escape::comment_line(&format!("The handlers of `{}`.", group.tag)),
        uses.join("\n"),
        group.trait_name,
        methods.join("\n"),
    )
}

fn stub(api: &Api, operation: &Operation) -> String {
    let request = has_request(operation).then(|| format!("_request: {}", operation.request_type));
    let principal =
        operation
            .security
            .map(|index| match api.security.requirements[index].optional {
                true => "_principal: Option<Self::Principal>".to_owned(),
                false => "_principal: Self::Principal".to_owned(),
            });
    let mut arguments = vec!["&self".to_owned()];
    arguments.extend(request.into_iter().chain(principal));
    arguments.push("_cx: &RequestContext".into());
    let end = format!("-> Result<{}, Problem> {{", operation.response_type);
    function(&operation.method_name, &arguments, &end, "example!()")
}

/// An answer's type that is too long for a line.
fn split(end: &str) -> String {
    let inner = end.trim_start_matches("-> Result<").trim_end_matches("> {");
    let parts: String = inner
        .split(", ")
        .map(|part| format!("        {part},\n"))
        .collect();
    // With a line that is too long whatever it does, rustfmt leaves out the space.
    let space = match parts.lines().any(|line| line.chars().count() > WIDTH) {
        true => "",
        false => " ",
    };
    format!("-> Result<\n{parts}    >{space}{{")
}

/// An `async fn` as rustfmt writes it.
fn function(name: &str, arguments: &[String], end: &str, body: &str) -> String {
    let line = format!("    async fn {name}({}) {end}", arguments.join(", "));
    let head = match line.chars().count() <= WIDTH {
        true => line,
        false => {
            let arguments: String = arguments
                .iter()
                .map(|one| format!("        {one},\n"))
                .collect();
            let width = format!("    ) {end}").chars().count();
            let last = if width <= BRACE_WIDTH {
                format!("    ) {end}")
            } else if width <= ANSWER_WIDTH {
                format!("    ) {}", end.replace(" {", "\n    {"))
            } else {
                format!("    ) {}", split(end))
            };
            format!("    async fn {name}(\n{arguments}{last}")
        }
    };
    format!("{head}\n        {body}\n    }}\n")
}

fn verifiers(api: &Api) -> Vec<(String, String)> {
    let schemes = api.security.schemes.iter().map(|scheme| {
        let credential = credential(&scheme.kind);
        let credential = credential.map(|one| format!("_credential: oarlock_runtime::{one}"));
        let scopes = scheme
            .scoped
            .then(|| "_scopes: &'static [&'static str]".to_owned());
        let mut arguments = vec!["&self".to_owned()];
        arguments.extend(credential.into_iter().chain(scopes));
        arguments.push("cx: &RequestContext".into());
        let end = "-> Result<Self::Principal, Unauthorized> {";
        let body = "cx.example_principal(String::from(\"example\"))";
        let ready = ready(&scheme.kind).map(|words| format!("    /// Ready for this: {words}.\n"));
        let method = function(&scheme.method_name, &arguments, end, body);
        let text = ready.unwrap_or_default() + &method;
        (scheme.method_name.clone(), text)
    });
    schemes.collect()
}

/// What of the runtime verifies such a credential.
fn ready(kind: &SchemeKind) -> Option<&'static str> {
    match kind {
        SchemeKind::ApiKey(..) => Some("`oarlock_runtime::ApiKeys`"),
        SchemeKind::Basic => Some("`oarlock_runtime::Passwords` (feature `passwords`)"),
        SchemeKind::MutualTls => Some("`oarlock_runtime::ClientCertificate`"),
        SchemeKind::Http(_) | SchemeKind::Undeclared => None,
        _ => Some("`oarlock_runtime::Jwt` (feature `jwt`)"),
    }
}

fn security(project: &str, stubs: &[(String, String)]) -> String {
    let methods: Vec<&str> = stubs.iter().map(|(_, text)| text.as_str()).collect();
    let mut uses = [
        format!("use {}::security::Security;", crate_name(project)),
        "use oarlock_runtime::{RequestContext, Unauthorized};".to_owned(),
    ];
    uses.sort();
    format!(
        "//! Who callers are.\n\n{}\n\nuse crate::App;\n\nimpl Security for App {{\n    \
         /// What handlers know of a caller: put a type of your own here.\n    type Principal = String;\n\n{}}}\n",
        uses.join("\n"),
        methods.join("\n"),
    )
}
