//! Values from the text of a request, by what the contract says of them. A text may stand for several values: `5` for a
//! number and for a text. Each is given, the most specific first.

use serde_json::Value;

use super::{Content, Parameter, Place};
use crate::{
    Call, ContentKind, exact,
    style::{self, Malformed},
    template::path_names,
    text::{decode_path, decode_query},
    xml,
};

/// What a parameter may stand for; none where it is absent.
type Found = Result<Option<Vec<Value>>, Malformed>;

impl Parameter {
    /// What the parameter may stand for in a request.
    pub(crate) fn readings(&self, call: &Call) -> Found {
        let shape = self.shape(call.schemas.definitions());
        if let Some(kind) = self.content {
            return self.by_content(kind, call);
        }
        let (name, encoding) = (self.name.as_str(), self.encoding());
        match self.place {
            Place::Path => {
                let text = self.path_text(call).unwrap_or_default();
                style::from_path(name, encoding, shape, text).map(Some)
            }
            Place::Header => match header_text(call, name) {
                None => Ok(None),
                Some(text) => style::from_header(encoding, shape, &text?).map(Some),
            },
            Place::Cookie => style::from_cookie(
                name,
                encoding,
                shape,
                cookies(call),
                &taken(call, Place::Cookie, name),
            ),
            Place::Query | Place::QueryString => {
                let query = call.context.parts.uri.query().unwrap_or_default();
                let taken = taken(call, Place::Query, name);
                let found = style::from_query(name, encoding, shape, query, &taken)?;
                Ok(found.map(one_empty_text))
            }
        }
    }

    /// A value that is written as a media type says.
    fn by_content(&self, kind: ContentKind, call: &Call) -> Found {
        let shape = self.shape(call.schemas.definitions());
        let not_utf8 = || Malformed("it is not UTF-8".into());
        let text = match self.place {
            Place::Path => {
                let text = self.path_text(call).unwrap_or_default();
                Some(decode_path(text).ok_or_else(not_utf8)?.into_owned())
            }
            Place::Header => header_text(call, &self.name).transpose()?,
            Place::Query => {
                let mut values = call.raw_query(&self.name);
                match (values.next(), values.next()) {
                    (None, _) => None,
                    (Some(text), None) => Some(text.ok_or_else(not_utf8)?.into_owned()),
                    _ => return Err(Malformed("it stands there twice".into())),
                }
            }
            Place::QueryString => call.context.parts.uri.query().map(str::to_owned),
            Place::Cookie => cookie(call, &self.name),
        };
        let Some(text) = text else { return Ok(None) };
        let values = match (kind, self.place) {
            (ContentKind::Form, _) => style::object_from_form(&[], shape, &text)?,
            (ContentKind::Text, _) => style::scalars(&text, shape),
            (ContentKind::Xml, _) => {
                xml::read(text.as_bytes(), &self.name, shape).map_err(Malformed)?
            }
            (_, Place::QueryString) => vec![json(&decode_query(&text).ok_or_else(not_utf8)?)?],
            _ => vec![json(&text)?],
        };
        Ok(Some(values))
    }

    fn path_text<'c>(&self, call: &'c Call) -> Option<&'c str> {
        let index = path_names(call.context.template).position(|name| name == self.name)?;
        call.context
            .captures
            .get(call.context.parts.uri.path(), index)
    }
}

/// A list of texts that is there and empty is a list of one empty text, as it is to the type; no list without items.
fn one_empty_text(mut values: Vec<Value>) -> Vec<Value> {
    let empty_text = |one: &Value| {
        one.as_array()
            .is_some_and(|items| matches!(&items[..], [Value::String(text)] if text.is_empty()))
    };
    if values.first().is_some_and(empty_text) {
        values.retain(|one| one.as_array().is_none_or(|items| !items.is_empty()));
    }
    values
}

fn json(text: &str) -> Result<Value, Malformed> {
    exact::from_slice(text.as_bytes())
        .map_err(|error| Malformed(format!("it is not JSON: {error}")))
}

/// The values of a header, one after the other (RFC 9110, 5.3).
fn header_text(call: &Call, name: &str) -> Option<Result<String, Malformed>> {
    let mut all = String::new();
    let mut values = call.context.parts.headers.get_all(name).iter().peekable();
    values.peek()?;
    for value in values {
        let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
            return Some(Err(Malformed("it is not UTF-8".into())));
        };
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(text.trim());
    }
    Some(Ok(all))
}

fn cookies(call: &Call) -> impl Iterator<Item = &str> {
    let values = call.context.parts.headers.get_all(http::header::COOKIE);
    values.iter().filter_map(|value| value.to_str().ok())
}

/// A cookie's own value, percent-encoding undone.
pub(crate) fn cookie(call: &Call, name: &str) -> Option<String> {
    let pairs = cookies(call).flat_map(|one| one.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    });
    let value = values.next()?;
    Some(decode_path(value)?.into_owned())
}

/// The names of the other parameters beside this one.
fn taken<'c>(call: &'c Call, place: Place, name: &str) -> Vec<&'c str> {
    let request = call.schemas.request(call.context.operation);
    let others = request.into_iter().flat_map(|request| &request.parameters);
    others
        .filter(|one| one.place == place && one.name != name)
        .map(|one| one.name.as_str())
        .collect()
}

impl Content {
    /// What a body that was received as a whole may stand for.
    pub(crate) fn readings(&self, call: &Call) -> Result<Vec<Value>, String> {
        match (self.kind, &call.form) {
            (ContentKind::Multipart, Some(Ok(value))) => Ok(vec![value.clone()]),
            _ => self.read(&call.received, call.schemas.definitions()),
        }
    }
}
