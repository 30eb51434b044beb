//! The test that stops a project's service under load.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::{Answer, Api, Content, Operation, Service};

/// How many paths of the document are asked.
const MOST: usize = 5;
/// What stands in a path as it is (RFC 3986, section 3.3); everything else is percent-encoded, so that a path is no more
/// than text in the test's source as well.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn test(api: &Api, service: &Service) -> String {
    let operations = service.operations_of(api);
    let paths = operations.filter(|one| is_asked(one)).take(MOST);
    let paths: String = paths
        .map(|one| {
            format!(
                "        .get(\"{}\")\n",
                utf8_percent_encode(&one.path, ENCODED)
            )
        })
        .collect();
    let binary = format!("env!(\"CARGO_BIN_EXE_{}\")", service.name);
    // A longer argument is no longer left on a line with the call around it.
    let (constant, binary) = match binary.len() {
        ..=60 => (String::new(), binary),
        _ => (
            format!("const SERVICE: &str = {binary};\n\n"),
            "SERVICE".to_owned(),
        ),
    };
    format!(
        "//! Stops the service under load, as a rollout does: whatever was asked has its whole answer.\n\
         //!\n\
         //! Any status is an answer, so that no database is needed. What the service does not start without is\n\
         //! given by `.env(\"NAME\", \"value\")`; what else is to be asked, by `.get(\"/path\")`.\n\n\
         use oarlock_runtime::testing::ShutdownTest;\n\n\
         {constant}#[test]\nfn a_shutdown_loses_no_request() {{\n    \
         ShutdownTest::of({binary})\n{paths}        .run()\n        .assert_nothing_lost();\n}}\n"
    )
}

/// Whether a request for no more than the path has an answer that comes to its end.
fn is_asked(operation: &Operation) -> bool {
    let path = &operation.path;
    operation.method.as_str() == "GET"
        && !path.contains('{')
        && !operation.answers.iter().any(is_stream)
}

fn is_stream(answer: &Answer) -> bool {
    let variants = answer.payload.iter().flat_map(|payload| &payload.variants);
    let mut carried = variants.flat_map(|variant| &variant.carried);
    carried.any(|one| {
        matches!(
            one.content,
            Content::Bytes | Content::Items(_) | Content::Events(_)
        )
    })
}
