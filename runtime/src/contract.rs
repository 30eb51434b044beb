//! What `contract.json` says of requests and answers: where values stand, how they are written, which schema they keep
//! to.

mod content;
#[cfg(feature = "server")]
mod readings;
#[cfg(feature = "server")]
mod violations;

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::{Map, Value};

#[cfg(feature = "server")]
use crate::style::{Encoding, Style};
use crate::{ContentKind, shape::Shape, style::Field};

#[cfg(feature = "server")]
pub(crate) use readings::cookie;
#[cfg(feature = "server")]
pub(crate) use violations::{fitting, is_empty, violations};

/// What is asked of the requests of one operation.
#[derive(Deserialize, Default)]
pub(crate) struct Request {
    #[cfg(feature = "server")]
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The media types in which success is told.
    #[cfg(feature = "server")]
    #[serde(default)]
    pub(crate) offers: Vec<String>,
}

/// One parameter.
#[cfg(feature = "server")]
#[derive(Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    pub(crate) required: bool,
    style: Option<Style>,
    #[serde(default)]
    explode: bool,
    #[serde(default, rename = "allowReserved")]
    allow_reserved: bool,
    pub(crate) content: Option<ContentKind>,
    #[serde(default, rename = "allowEmpty")]
    pub(crate) allow_empty: bool,
    #[serde(default, deserialize_with = "crate::wire::present")]
    pub(crate) default: Option<Value>,
    pub(crate) schema: Value,
    #[serde(skip)]
    shape: OnceLock<Shape>,
}

/// Where a parameter stands.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Query,
    QueryString,
    Header,
    Cookie,
}

/// The body of a request.
#[derive(Deserialize)]
pub(crate) struct Body {
    #[cfg(feature = "server")]
    pub(crate) required: bool,
    pub(crate) contents: Vec<Content>,
}

/// A body under one media type.
#[derive(Deserialize)]
pub(crate) struct Content {
    pub(crate) kind: ContentKind,
    #[serde(default = "anything")]
    pub(crate) schema: Value,
    /// The members of a form that are not written as usual.
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
    /// The parts of `multipart/form-data`.
    #[serde(default)]
    pub(crate) parts: BTreeMap<String, PartDescription>,
    /// The name of the root element of XML, where the schema gives none.
    #[serde(default)]
    pub(crate) root: String,
    #[serde(skip)]
    shape: OnceLock<Shape>,
}

/// A part of `multipart/form-data`.
#[derive(Deserialize)]
pub(crate) struct PartDescription {
    /// Whether its bytes are taken as they come.
    #[cfg(feature = "server")]
    #[serde(default)]
    pub(crate) file: bool,
    /// Whether there may be several of its name, one for each item of a list.
    #[serde(default)]
    pub(crate) list: bool,
    #[serde(default)]
    pub(crate) json: bool,
    /// The schema of one part.
    #[cfg(feature = "server")]
    #[serde(default = "anything")]
    pub(crate) schema: Value,
    #[cfg(feature = "server")]
    #[serde(skip)]
    shape: OnceLock<Shape>,
}

fn anything() -> Value {
    Value::Bool(true)
}

#[cfg(feature = "server")]
impl Place {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query | Place::QueryString => "query",
            Place::Header => "header",
            Place::Cookie => "cookie",
        }
    }
}

#[cfg(feature = "server")]
impl Parameter {
    pub(crate) fn shape(&self, definitions: &Map<String, Value>) -> &Shape {
        self.shape
            .get_or_init(|| Shape::of(&self.schema, definitions))
    }

    pub(crate) fn encoding(&self) -> Encoding {
        Encoding {
            style: self.style.unwrap_or(Style::Simple),
            explode: self.explode,
            allow_reserved: self.allow_reserved,
        }
    }
}

impl Content {
    pub(crate) fn shape(&self, definitions: &Map<String, Value>) -> &Shape {
        self.shape
            .get_or_init(|| Shape::of(&self.schema, definitions))
    }
}

#[cfg(feature = "server")]
impl PartDescription {
    pub(crate) fn shape(&self, definitions: &Map<String, Value>) -> &Shape {
        self.shape
            .get_or_init(|| Shape::of(&self.schema, definitions))
    }
}
