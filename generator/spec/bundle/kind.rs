//! Which object of OpenAPI stands where: only there does `$ref` refer, and only there is a name a keyword.

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A value that is copied as it stands: examples, defaults, extensions.
    Literal,
    Document,
    /// `info`, whose words are texts whatever they look like.
    Info,
    Components,
    /// A path item of `paths`: what the service serves.
    Path,
    /// A path item elsewhere.
    PathItem,
    Operation,
    Callback,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Example,
    Link,
    Schema,
    Discriminator,
    /// A value of `mapping`.
    Mapped,
    SecurityScheme,
}

/// Where a node stands: an object of a kind, a list of such, or names with one under each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    /// Whether the keys are names.
    pub(super) named: bool,
}

/// Where the schemas under a keyword are named.
const NAMED_SCHEMAS: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
const SCHEMAS: [&str; 16] = [
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
];
/// Where servers are named, which the page has its own for.
const SERVERS: [&str; 1] = ["servers"];
/// The same of Swagger 2.0, and the base of addresses in 3.2.
const ROOT_SERVERS: [&str; 5] = ["servers", "host", "basePath", "schemes", "$self"];

impl Place {
    pub(super) fn of(kind: Kind) -> Self {
        Place { kind, named: false }
    }

    fn named(kind: Kind) -> Self {
        Place { kind, named: true }
    }

    /// What stands under a key.
    pub(super) fn below(self, key: &str) -> Self {
        if self.named {
            return Place::of(self.kind);
        }
        if key.starts_with("x-") {
            return Place::of(Kind::Literal);
        }
        match self.kind {
            Kind::Document => match key {
                "info" => Place::of(Kind::Info),
                "paths" => Place::named(Kind::Path),
                "webhooks" => Place::named(Kind::PathItem),
                "components" => Place::of(Kind::Components),
                other => section(other),
            },
            Kind::Components => section(key),
            Kind::Path | Kind::PathItem => match key {
                "parameters" => Place::of(Kind::Parameter),
                "additionalOperations" => Place::named(Kind::Operation),
                "summary" | "description" => Place::of(Kind::Literal),
                _ => Place::of(Kind::Operation),
            },
            Kind::Operation => match key {
                "parameters" => Place::of(Kind::Parameter),
                "requestBody" => Place::of(Kind::RequestBody),
                "responses" => Place::named(Kind::Response),
                "callbacks" => Place::named(Kind::Callback),
                _ => Place::of(Kind::Literal),
            },
            Kind::Callback => Place::of(Kind::PathItem),
            Kind::Schema => schema(key),
            Kind::Discriminator if key == "mapping" => Place::named(Kind::Mapped),
            Kind::Parameter
            | Kind::Header
            | Kind::RequestBody
            | Kind::Response
            | Kind::MediaType
            | Kind::Encoding => content(key),
            Kind::Literal
            | Kind::Info
            | Kind::Example
            | Kind::Link
            | Kind::Discriminator
            | Kind::Mapped
            | Kind::SecurityScheme => Place::of(Kind::Literal),
        }
    }

    /// Whether what stands under a key is left out.
    pub(super) fn leaves_out(self, key: &str) -> bool {
        match self.kind {
            _ if self.named => false,
            Kind::Document => ROOT_SERVERS.contains(&key),
            Kind::Path | Kind::PathItem => SERVERS.contains(&key),
            Kind::Operation => key == "schemes" || SERVERS.contains(&key),
            // References lead through the whole document instead.
            Kind::Schema => key == "$id",
            _ => false,
        }
    }

    /// Whether `$ref` refers.
    pub(super) fn refers(self) -> bool {
        !self.named
            && !matches!(
                self.kind,
                Kind::Literal | Kind::Document | Kind::Info | Kind::Components | Kind::Operation
            )
    }
}

impl Kind {
    /// The section of the components that holds such objects, in Swagger 2.0 or since.
    pub(super) fn section(self, is_20: bool) -> Option<&'static str> {
        Some(match self {
            Kind::Schema | Kind::Mapped if is_20 => "definitions",
            Kind::Parameter => "parameters",
            Kind::Response => "responses",
            _ if is_20 => return None,
            Kind::Schema | Kind::Mapped => "schemas",
            Kind::Header => "headers",
            Kind::RequestBody => "requestBodies",
            Kind::MediaType => "mediaTypes",
            Kind::Example => "examples",
            Kind::Link => "links",
            Kind::Callback => "callbacks",
            Kind::SecurityScheme => "securitySchemes",
            _ => return None,
        })
    }
}

/// What stands in a section of the components, or at the root of a document of 2.0.
fn section(key: &str) -> Place {
    Place::named(match key {
        "schemas" | "definitions" => Kind::Schema,
        "parameters" => Kind::Parameter,
        "responses" => Kind::Response,
        "headers" => Kind::Header,
        "requestBodies" => Kind::RequestBody,
        "mediaTypes" => Kind::MediaType,
        "examples" => Kind::Example,
        "links" => Kind::Link,
        "callbacks" => Kind::Callback,
        "pathItems" => Kind::PathItem,
        "securitySchemes" | "securityDefinitions" => Kind::SecurityScheme,
        _ => return Place::of(Kind::Literal),
    })
}

fn schema(key: &str) -> Place {
    match key {
        "discriminator" => Place::of(Kind::Discriminator),
        _ if NAMED_SCHEMAS.contains(&key) => Place::named(Kind::Schema),
        _ if SCHEMAS.contains(&key) => Place::of(Kind::Schema),
        _ => Place::of(Kind::Literal),
    }
}

/// What parameters, bodies, answers and their parts hold.
fn content(key: &str) -> Place {
    match key {
        "schema" | "itemSchema" | "items" => Place::of(Kind::Schema),
        "content" => Place::named(Kind::MediaType),
        "encoding" => Place::named(Kind::Encoding),
        "prefixEncoding" | "itemEncoding" => Place::of(Kind::Encoding),
        "headers" => Place::named(Kind::Header),
        "examples" => Place::named(Kind::Example),
        "links" => Place::named(Kind::Link),
        _ => Place::of(Kind::Literal),
    }
}
