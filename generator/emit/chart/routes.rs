//! The rules of the host over all services, as the Gateway API writes them.

use oarlock_runtime::path_shape;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    emit::escape,
    model::{Route as Rule, RoutePath, Services},
};

/// The Gateway API's name of paths that a regular expression fits.
pub(super) const EXPRESSION: &str = "RegularExpression";

/// A rule of the host, as the Gateway API has it.
pub(super) struct Route<'a> {
    pub(super) kind: &'static str,
    pub(super) path: String,
    /// The path for people.
    pub(super) shown: String,
    pub(super) methods: String,
    pub(super) service: &'a str,
}

pub(super) fn routes(services: &Services) -> Vec<Route<'_>> {
    let rules = services.routes.iter();
    rules.map(|rule| route(rule, services)).collect()
}

fn route<'a>(rule: &Rule, services: &'a Services) -> Route<'a> {
    let (kind, path) = match &rule.path {
        RoutePath::Exact(path) if is_plain(path) => ("Exact", percent_encoded(path)),
        RoutePath::Prefix(path) if is_plain(path) => ("PathPrefix", percent_encoded(path)),
        RoutePath::Exact(path) | RoutePath::Template(path) => (EXPRESSION, expression(path, "")),
        RoutePath::Prefix(path) => (EXPRESSION, expression(path, "(/.*)?")),
    };
    let methods = rule.methods.iter();
    let methods: Vec<String> = methods.map(|one| escape::yaml(one.as_str())).collect();
    Route {
        kind,
        shown: escape::markdown(&path),
        path: escape::yaml(&path),
        methods: methods.join(", "),
        service: &services.all[rule.service].name,
    }
}

/// Whether a path can be any but an expression: the rules of the Gateway API's `HTTPPathMatch` (v1) take no others.
fn is_plain(path: &str) -> bool {
    let within = ["//", "/./", "/../", "%2f", "%2F"];
    let ends = ["/.", "/.."];
    !within.iter().any(|one| path.contains(one)) && !ends.iter().any(|one| path.ends_with(one))
}

/// What stands in a path by itself (RFC 3986, section 3.3).
const NOT_OF_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// A path as callers send it, which is what a Gateway looks at: what the document has percent-encoded stays so, and the rest
/// becomes so.
fn percent_encoded(path: &str) -> String {
    let encoded = |text| utf8_percent_encode(text, NOT_OF_PATHS);
    let mut parts = path.split('%');
    let mut out = encoded(parts.next().unwrap_or_default()).to_string();
    for part in parts {
        let digits = part.bytes().take(2).filter(u8::is_ascii_hexdigit).count();
        let sign = if digits == 2 { "%" } else { "%25" };
        out.push_str(sign);
        out.extend(encoded(part));
    }
    out
}

/// What fits a template and what may be behind it as a whole (RE2's syntax): a parameter has one letter at least, and no slash. Some Gateways hold
/// an expression against the whole path, others look for it there.
fn expression(template: &str, behind: &str) -> String {
    let shape = path_shape(template);
    let literal = |text: &str| {
        let mut out = String::new();
        for letter in percent_encoded(text).chars() {
            if r".$()*+?[]\^{|}".contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    };
    let literals: Vec<String> = shape.split("{}").map(literal).collect();
    format!("^{}{behind}$", literals.join("[^/]+"))
}

#[cfg(test)]
mod tests {
    use super::{expression, percent_encoded};

    #[test]
    fn a_path_as_it_travels() {
        for (path, sent) in [
            ("/a b/ü/x:y", "/a%20b/%C3%BC/x:y"),
            ("/z%20y/a b", "/z%20y/a%20b"),
            ("/api%C3%BC/%c3%bc", "/api%C3%BC/%c3%bc"),
            ("/100%/%2/%x0/%%41", "/100%25/%252/%25x0/%25%41"),
        ] {
            assert_eq!(percent_encoded(path), sent);
        }
        assert_eq!(
            expression("/z%20y.ü/{id}%7E ~", "(/.*)?"),
            r"^/z%20y\.%C3%BC/[^/]+%7E%20~(/.*)?$"
        );
        assert_eq!(
            expression("/pets/{id}/a.b/{x}-{y}", ""),
            r"^/pets/[^/]+/a\.b/[^/]+-[^/]+$"
        );
    }
}
