//! Security schemes and who asks for them.

use super::{
    json,
    reader::{Reader, nearest, unsupported},
};
use crate::{
    diagnostic::Code,
    document::{Entry, Node, Value},
    spec::{Requirement, SchemeKind, SecurityScheme, Unsupported},
};

const FIELDS: &[&str] = &[
    "type",
    "description",
    "name",
    "in",
    "scheme",
    "bearerFormat",
    "flows",
    "openIdConnectUrl",
    "flow",
    "authorizationUrl",
    "tokenUrl",
    "scopes",
    "oauth2MetadataUrl",
    "deprecated",
];

impl<'a> Reader<'a, '_> {
    pub(super) fn security_schemes(&mut self) -> Vec<SecurityScheme> {
        let home = match self.is_20() {
            true => Some((self.root, "securityDefinitions")),
            false => self
                .root
                .get("components")
                .map(|node| (node, "securitySchemes")),
        };
        let Some((components, key)) = home else {
            return Vec::new();
        };
        let mut schemes = Vec::new();
        for entry in self.entries_of(components, key) {
            let node = self.object(&entry.node);
            let kind = node.and_then(|node| self.scheme(node));
            let unread = || SchemeKind::Other("a security scheme in another file".into());
            schemes.push(SecurityScheme {
                span: entry.key_span,
                name: entry.key.clone(),
                description: node.and_then(|node| self.text_of(node, "description")),
                kind: kind.unwrap_or_else(unread),
            });
        }
        schemes
    }

    fn scheme(&mut self, node: &'a Node) -> Option<SchemeKind> {
        self.fields(node, FIELDS, "a security scheme")?;
        let kind = self.required_text(node, "type", "a security scheme")?;
        let other = |name: &str| Some(SchemeKind::Other(name.to_owned()));
        match kind.value.as_str() {
            "apiKey" => self.api_key(node),
            "basic" if self.is_20() => Some(SchemeKind::Basic),
            "http" => {
                let scheme = self.required_text(node, "scheme", "a security scheme")?;
                match scheme.value.to_ascii_lowercase().as_str() {
                    "basic" => Some(SchemeKind::Basic),
                    "bearer" => Some(SchemeKind::Bearer),
                    name => other(&format!("the HTTP scheme `{}`", name.escape_debug())),
                }
            }
            "oauth2" => other("OAuth 2"),
            "openIdConnect" => other("OpenID Connect"),
            "mutualTLS" if !self.is_30() => other("mutual TLS"),
            word => {
                let allowed = ["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"];
                self.invalid(kind.span, "a type of security scheme", word, &allowed);
                None
            }
        }
    }

    fn api_key(&mut self, node: &'a Node) -> Option<SchemeKind> {
        let name = self.required_text(node, "name", "a security scheme");
        let place = self.required_text(node, "in", "a security scheme");
        let (name, place) = (name?, place?);
        match place.value.as_str() {
            "header" => self
                .header_name(name.span, &name.value)
                .then_some(SchemeKind::ApiKeyHeader(name.value)),
            "query" => Some(SchemeKind::Other("an API key in the query".into())),
            "cookie" => Some(SchemeKind::Other("an API key in a cookie".into())),
            word => {
                self.invalid(
                    place.span,
                    "a place of an API key",
                    word,
                    &["header", "query", "cookie"],
                );
                None
            }
        }
    }

    /// `security` of the document or of an operation.
    pub(super) fn requirements(
        &mut self,
        parent: &'a Node,
        schemes: &[SecurityScheme],
        left_out: &mut Vec<Unsupported>,
    ) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        for node in self.sequence_of(parent, "security") {
            let Some(entries) = self.mapping(node, "a security requirement") else {
                continue;
            };
            if let Some(second) = entries.get(1) {
                left_out.push(unsupported(
                    second.key_span,
                    "several security schemes at once",
                ));
            }
            let mut indices = Vec::new();
            for entry in entries {
                match schemes.iter().position(|scheme| scheme.name == entry.key) {
                    Some(index) => {
                        indices.push(index);
                        left_out.extend(unsupported_scheme(entry, &schemes[index]));
                    }
                    None => self.unknown_scheme(entry, schemes),
                }
            }
            if indices.len() == entries.len() {
                requirements.push(Requirement {
                    span: node.span,
                    scheme: indices.first().copied(),
                });
            }
        }
        requirements
    }

    fn unknown_scheme(&mut self, entry: &Entry, schemes: &[SecurityScheme]) {
        let names: Vec<&str> = schemes.iter().map(|scheme| scheme.name.as_str()).collect();
        let help = match nearest(&entry.key, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `components.securitySchemes`".into(),
        };
        let message = format!(
            "no security scheme is called `{}`",
            entry.key.escape_debug()
        );
        self.report(
            Code::UnknownSecurityScheme,
            entry.key_span,
            message,
            "asked for here",
            help,
        );
    }
}

fn unsupported_scheme(entry: &Entry, scheme: &SecurityScheme) -> Option<Unsupported> {
    if let SchemeKind::Other(feature) = &scheme.kind {
        return Some(unsupported(entry.key_span, feature.clone()));
    }
    let no_roles = matches!(&entry.node.value, Value::Sequence(items) if items.is_empty());
    let none = no_roles || json::is_null(&entry.node);
    (!none).then(|| unsupported(entry.node.span, "roles of a scheme that is not OAuth 2"))
}
