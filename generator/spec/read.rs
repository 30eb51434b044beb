//! Reads a document: from spanned nodes to what they say. Mistakes are told and reading goes on.

mod body;
mod choice;
mod cross_schema;
mod duplicates;
pub(super) mod json;
mod keywords;
mod limits;
mod media;
mod objectives;
mod operation;
mod outgoing;
mod parameter;
mod path;
mod reader;
mod reference;
mod schema;
mod security;
mod server;
mod size;
mod swagger;
mod swagger_parameter;

use super::{Document, Files, Schemas, Spanned, Tag};
use crate::{
    diagnostic::{Code, Diagnostics},
    document::{Entry, Node, Value},
};
use operation::General;
use reader::Reader;

/// The versions of OpenAPI that differ in how they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V20,
    V30,
    V31,
}

const FIELDS: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "paths",
    "components",
    "security",
    "tags",
    "externalDocs",
];
const FIELDS_31: &[&str] = &["jsonSchemaDialect", "webhooks", "$self"];
const COMPONENTS: &[&str] = &[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];
/// The last is 3.2's.
const COMPONENTS_31: &[&str] = &["pathItems", "mediaTypes"];
/// The fields of a tag; the last three are 3.2's.
const TAG: &[&str] = &[
    "name",
    "description",
    "externalDocs",
    "summary",
    "parent",
    "kind",
];
/// The dialects of JSON Schema that are read.
const SCHEMA_DIALECTS: &[&str] = &[
    "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://json-schema.org/draft/2020-12/schema",
];

/// Reads a document. `None` where nothing can be read of it; otherwise what could be, which is whole only where
/// `diagnostics` has no error.
pub fn read(files: &Files, diagnostics: &mut Diagnostics) -> Option<Document> {
    let dialect = dialect(files, diagnostics)?;
    let mut reader = Reader::new(files, dialect, diagnostics);
    reader.root_fields();
    let info = reader.info();
    reader.reserve_components();
    let tags = reader.tags();
    let objectives = reader.objectives(files.root());
    let servers = reader.servers();
    let mut general = reader.general();
    let operations = reader.operations(&mut general);
    let webhooks = reader.webhooks(&mut general);
    let unsupported = reader.schema_dialect().into_iter().collect();
    reader.same_ids(&operations, &webhooks);
    reader.read_schemas();
    reader.after_schemas();
    let schemas = Schemas(reader.schemas.into_iter().flatten().collect());
    Some(Document {
        title: info.title,
        description: info.description,
        version: info.version,
        license: info.license,
        tags,
        objectives,
        operations,
        webhooks,
        servers,
        security_schemes: general.schemes,
        schemas,
        unsupported,
        roots: files.roots(),
    })
}

fn dialect(files: &Files, diagnostics: &mut Diagnostics) -> Option<Dialect> {
    // Any dialect does for telling a mistake of the root itself.
    let root = files.root();
    let mut reader = Reader::new(files, Dialect::V31, diagnostics);
    let entries = reader.mapping(root, "the document")?;
    let swagger = entries.iter().any(|entry| entry.key == "swagger");
    let key = if swagger { "swagger" } else { "openapi" };
    let version = reader.required_text(root, key, "the document")?;
    match version.value.split('.').take(2).collect::<Vec<_>>()[..] {
        ["2", "0"] if swagger => Some(Dialect::V20),
        ["3", "0"] if !swagger => Some(Dialect::V30),
        ["3", "1" | "2"] if !swagger => Some(Dialect::V31),
        _ => {
            reader.report(
                Code::UnsupportedVersion,
                version.span,
                format!(
                    "version `{}` of OpenAPI is not supported",
                    version.value.escape_debug()
                ),
                "the version",
                "supported are Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2".into(),
            );
            None
        }
    }
}

struct Info {
    title: String,
    description: Option<String>,
    version: String,
    license: Option<String>,
}

impl<'a> Reader<'a, '_> {
    fn root_fields(&mut self) {
        let mut known = match self.dialect {
            Dialect::V20 => swagger::FIELDS.to_vec(),
            Dialect::V30 | Dialect::V31 => FIELDS.to_vec(),
        };
        if self.dialect == Dialect::V31 {
            known.extend(FIELDS_31);
        } else if self.root.get("paths").is_none() {
            self.missing(self.root, "paths", "the document");
        }
        self.fields(self.root, &known, "the document");
        if let Some(components) = self.root.get("components") {
            let mut known = COMPONENTS.to_vec();
            if self.dialect == Dialect::V31 {
                known.extend(COMPONENTS_31);
            }
            self.fields(components, &known, "`components`");
        }
    }

    fn info(&mut self) -> Info {
        let empty = Info {
            title: String::new(),
            description: None,
            version: String::new(),
            license: None,
        };
        let Some(info) = self.root.get("info") else {
            self.missing(self.root, "info", "the document");
            return empty;
        };
        let known = [
            "title",
            "summary",
            "description",
            "termsOfService",
            "contact",
            "license",
            "version",
        ];
        if self.fields(info, &known, "`info`").is_none() {
            return empty;
        }
        let mut text = |key| Some(self.required_text(info, key, "`info`")?.value);
        Info {
            title: text("title").unwrap_or_default(),
            version: text("version").unwrap_or_default(),
            description: self.text_of(info, "description"),
            license: license(info),
        }
    }

    fn tags(&mut self) -> Vec<Tag> {
        let mut tags = Vec::new();
        for node in self.sequence_of(self.root, "tags") {
            if self.fields(node, TAG, "a tag").is_none() {
                continue;
            }
            if let Some(name) = self.required_text(node, "name", "a tag") {
                tags.push(Tag {
                    name: name.value,
                    description: self.text_of(node, "description"),
                    objectives: self.objectives(node),
                });
            }
        }
        tags
    }

    /// What holds for every operation that does not say otherwise.
    fn general(&mut self) -> General {
        let mut schemes = self.security_schemes();
        let requirements = self.requirements(self.root, &mut schemes);
        General {
            schemes,
            requirements,
        }
    }

    fn schema_dialect(&mut self) -> Option<super::Unsupported> {
        let node = self.root.get("jsonSchemaDialect")?;
        let dialect = self.text(node, "`jsonSchemaDialect`")?;
        (!SCHEMA_DIALECTS.contains(&dialect.trim_end_matches('#'))).then(|| super::Unsupported {
            span: node.span,
            feature: format!("the JSON Schema dialect `{dialect}`"),
        })
    }

    /// The components' schemas get their ids first, in their order.
    fn reserve_components(&mut self) {
        let home = match self.dialect {
            Dialect::V20 => Some((self.root, "definitions")),
            Dialect::V30 | Dialect::V31 => {
                self.root.get("components").map(|node| (node, "schemas"))
            }
        };
        let Some((components, key)) = home else {
            return;
        };
        let entries: &'a [Entry] = self.entries_of(components, key);
        for entry in entries {
            let name = Spanned {
                span: entry.key_span,
                value: entry.key.clone(),
            };
            self.reserve_named(&entry.node, name);
        }
    }
}

/// `identifier` is an SPDX expression (OpenAPI 3.1, section 4.8.4); a `name` may be one of its names too.
fn license(info: &Node) -> Option<String> {
    let license = info.get("license")?;
    let text = |key| match &license.get(key)?.value {
        Value::Scalar { text, .. } => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    };
    let letter = |one: char| one.is_ascii_alphanumeric() || ".-+".contains(one);
    let expression = |text: &String| text.chars().all(|one| letter(one) || " ()".contains(one));
    let name = || text("name").filter(|text| text.chars().all(letter));
    text("identifier").filter(expression).or_else(name)
}
