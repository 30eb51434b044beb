//! Security schemes and who asks for them.

use super::reader::{Reader, nearest};
use crate::{
    diagnostic::Code,
    document::{Entry, Node, Value},
    spec::{KeyLocation, RequiredScheme, Requirement, SchemeKind, SecurityScheme, Spanned},
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
            schemes.push(SecurityScheme {
                span: entry.key_span,
                name: entry.key.clone(),
                description: node.and_then(|node| self.text_of(node, "description")),
                kind: kind.unwrap_or(SchemeKind::Undeclared),
            });
        }
        schemes
    }

    fn scheme(&mut self, node: &'a Node) -> Option<SchemeKind> {
        self.fields(node, FIELDS, "a security scheme")?;
        let kind = self.required_text(node, "type", "a security scheme")?;
        match kind.value.as_str() {
            "apiKey" => self.api_key(node),
            "basic" if self.is_20() => Some(SchemeKind::Basic),
            "http" => {
                let scheme = self.required_text(node, "scheme", "a security scheme")?;
                match scheme.value.to_ascii_lowercase().as_str() {
                    "basic" => Some(SchemeKind::Basic),
                    "bearer" => Some(SchemeKind::Bearer),
                    _ => self.http_scheme(scheme),
                }
            }
            "oauth2" => Some(SchemeKind::OAuth2),
            "openIdConnect" => Some(SchemeKind::OpenIdConnect),
            "mutualTLS" if !self.is_30() => Some(SchemeKind::MutualTls),
            word => {
                let allowed = ["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"];
                self.invalid(kind.span, "a type of security scheme", word, &allowed);
                None
            }
        }
    }

    /// A scheme of `Authorization` is a token (RFC 9110, 11.1), as the name of a header is.
    fn http_scheme(&mut self, scheme: Spanned<String>) -> Option<SchemeKind> {
        let token = http::HeaderName::from_bytes(scheme.value.as_bytes()).is_ok();
        if !token {
            let known = ["basic", "bearer", "digest"];
            self.invalid(
                scheme.span,
                "an HTTP authentication scheme",
                &scheme.value,
                &known,
            );
        }
        token.then_some(SchemeKind::Http(scheme.value))
    }

    fn api_key(&mut self, node: &'a Node) -> Option<SchemeKind> {
        let name = self.required_text(node, "name", "a security scheme");
        let place = self.required_text(node, "in", "a security scheme");
        let (name, place) = (name?, place?);
        let location = match place.value.as_str() {
            "header" => self
                .header_name(name.span, &name.value)
                .then_some(KeyLocation::Header)?,
            "query" => KeyLocation::Query,
            "cookie" => KeyLocation::Cookie,
            word => {
                let allowed = ["header", "query", "cookie"];
                self.invalid(place.span, "a place of an API key", word, &allowed);
                return None;
            }
        };
        Some(SchemeKind::ApiKey(location, name.value))
    }

    /// `security` of the document or of an operation. A scheme that is not declared joins `schemes`.
    pub(super) fn requirements(
        &mut self,
        parent: &'a Node,
        schemes: &mut Vec<SecurityScheme>,
    ) -> Vec<Requirement> {
        let mut requirements = Vec::new();
        for node in self.sequence_of(parent, "security") {
            let Some(entries) = self.mapping(node, "a security requirement") else {
                continue;
            };
            let mut required = Vec::new();
            for entry in entries {
                let known = schemes.iter().position(|scheme| scheme.name == entry.key);
                let scheme = known.unwrap_or_else(|| self.undeclared_scheme(entry, schemes));
                required.push(RequiredScheme {
                    scheme,
                    scopes: self.scopes(&entry.node),
                });
            }
            requirements.push(Requirement {
                span: node.span,
                schemes: required,
            });
        }
        requirements
    }

    fn scopes(&mut self, node: &'a Node) -> Vec<String> {
        let Value::Sequence(items) = &node.value else {
            if !self.null_for_list(node, "the list of scopes") {
                self.wrong_kind(node, "a list", "the list of scopes");
            }
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.text(item, "a scope"))
            .collect()
    }

    /// Takes in a scheme that is asked for and nowhere declared: nobody passes without the user's own verifier.
    fn undeclared_scheme(&mut self, entry: &Entry, schemes: &mut Vec<SecurityScheme>) -> usize {
        let names: Vec<&str> = schemes.iter().map(|scheme| scheme.name.as_str()).collect();
        let help = match nearest(&entry.key, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `components.securitySchemes`".into(),
        };
        let message = format!(
            "no security scheme is called `{}`",
            entry.key.escape_debug()
        );
        let label = "its verifier is given the request, and no credential";
        self.report(
            Code::UnknownSecurityScheme,
            entry.key_span,
            message,
            label,
            help,
        );
        schemes.push(SecurityScheme {
            span: entry.key_span,
            name: entry.key.clone(),
            description: None,
            kind: SchemeKind::Undeclared,
        });
        schemes.len() - 1
    }
}
