//! What this project reads of OpenAPI 3.0 documents, held against what the crate `openapiv3` reads of the same text:
//! the operations, their parameters, bodies and answers.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use oarlock::{
    diagnostic::Diagnostics,
    source::{Source, Sources},
    spec::{self, Access, Files, Status},
};
use openapiv3::{OpenAPI, ReferenceOr};

/// Documents of the corpus that are OpenAPI 3.0 and that both take; `box.json` has paths with a fragment, which are
/// refused here.
const CORPUS: [&str; 7] = [
    "memos.yaml",
    "petstore.yaml",
    "xero-files.yaml",
    "github-2021.json",
    "oxide-nexus.json",
    "qdrant.json",
    "twilio-messaging.json",
];

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = fs::read_dir(root.join("tests/golden")).expect("tests/golden");
    let own = golden.map(|case| case.expect("a case").path().join("openapi.yaml"));
    let mut all: Vec<PathBuf> = own.chain([root.join("fixtures/petstore.yaml")]).collect();
    let corpus = root.join("../shared/corpus");
    if corpus.is_dir() {
        all.extend(CORPUS.map(|name| corpus.join(name)));
    }
    all
}

/// One operation in words that both readings have.
fn line(
    method: &str,
    path: &str,
    id: Option<&str>,
    mut parameters: Vec<String>,
    body: bool,
    mut statuses: Vec<String>,
) -> String {
    parameters.sort();
    statuses.sort();
    let (parameters, statuses) = (parameters.join(","), statuses.join(","));
    format!("{method} {path} {id:?} [{parameters}] body:{body} [{statuses}]")
}

/// How many operations there are, and those that are read whole.
fn ours(text: &str) -> (usize, BTreeSet<String>) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.yaml", text));
    let mut diagnostics = Diagnostics::default();
    let files = Files::read(&mut sources, id, &Access::default(), &mut diagnostics).expect("text");
    let document = spec::read(&files, &mut diagnostics).expect("a document");
    let status = |status: Status| match status {
        Status::Exact(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "default".into(),
    };
    let operations = document.operations.iter().map(|one| {
        let parameters = one
            .parameters
            .iter()
            .map(|parameter| format!("{:?} {}", parameter.location, parameter.name).to_lowercase());
        line(
            &one.method.as_str().to_lowercase(),
            &match &one.overload {
                Some(behind) => format!("{}#{behind}", one.path.value),
                None => one.path.value.clone(),
            },
            one.id.as_ref().map(|id| id.value.as_str()),
            parameters.collect(),
            one.body.is_some(),
            one.responses
                .iter()
                .filter(|one| one.description != spec::UNDESCRIBED)
                .map(|one| status(one.status))
                .collect(),
        )
    });
    (document.operations.len(), operations.collect())
}

/// The target of a reference to a component, or what stands in place.
fn resolved<'a, T>(
    one: &'a ReferenceOr<T>,
    components: &'a indexmap::IndexMap<String, ReferenceOr<T>>,
) -> &'a T {
    match one {
        ReferenceOr::Item(item) => item,
        ReferenceOr::Reference { reference } => {
            let name = reference.rsplit('/').next().expect("a name");
            resolved(&components[name], components)
        }
    }
}

fn theirs(text: &str) -> BTreeSet<String> {
    let document: OpenAPI = serde_yaml::from_str(text).expect("openapiv3 reads it");
    let components = document.components.clone().unwrap_or_default();
    let mut lines = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        let item = item.as_item().expect("an item in place");
        for (method, operation) in item.iter() {
            let name = |one: &ReferenceOr<openapiv3::Parameter>| {
                let parameter = resolved(one, &components.parameters);
                let place = match parameter {
                    openapiv3::Parameter::Path { .. } => "path",
                    openapiv3::Parameter::Query { .. } => "query",
                    openapiv3::Parameter::Header { .. } => "header",
                    openapiv3::Parameter::Cookie { .. } => "cookie",
                };
                format!("{place} {}", parameter.parameter_data_ref().name).to_lowercase()
            };
            let own = operation.parameters.iter().map(name);
            let parameters: BTreeSet<String> =
                item.parameters.iter().map(name).chain(own).collect();
            let mut statuses: Vec<String> = operation
                .responses
                .responses
                .keys()
                .map(ToString::to_string)
                .collect();
            statuses.extend(
                operation
                    .responses
                    .default
                    .iter()
                    .map(|_| "default".to_owned()),
            );
            lines.insert(line(
                method,
                path,
                operation.operation_id.as_deref(),
                parameters.into_iter().collect(),
                operation.request_body.is_some(),
                statuses,
            ));
        }
    }
    lines
}

#[test]
fn openapiv3_reads_the_same_operations() {
    for path in documents() {
        let text = fs::read_to_string(&path).expect("text");
        if text.contains("openapi: 3.1") {
            continue;
        }
        let ((count, ours), theirs) = (ours(&text), theirs(&text));
        let differing: Vec<&String> = ours.difference(&theirs).collect();
        assert!(differing.is_empty(), "{}: {differing:#?}", path.display());
        assert_eq!(count, theirs.len(), "{}", path.display());
        assert!(count > 0);
    }
}
