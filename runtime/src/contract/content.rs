//! Bodies that are there as a whole, between bytes and values.

use serde_json::{Map, Value};

use super::Content;
use crate::{ContentKind, exact, style, xml};

impl Content {
    /// What bytes may stand for, the most specific value first. A form of parts is not read here.
    pub(crate) fn read(
        &self,
        bytes: &[u8],
        definitions: &Map<String, Value>,
    ) -> Result<Vec<Value>, String> {
        let shape = self.shape(definitions);
        let text = || std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned());
        match self.kind {
            ContentKind::Text => Ok(style::scalars(text()?, shape)),
            ContentKind::Form => {
                style::object_from_form(&self.fields, shape, text()?).map_err(|error| error.0)
            }
            ContentKind::Xml => xml::read(bytes, &self.root, shape),
            ContentKind::Multipart => Err("it is not a form".into()),
            _ => exact::from_slice(bytes)
                .map(|value| vec![value])
                .map_err(|error| format!("it is not JSON: {error}")),
        }
    }

    /// The bytes of a value. A form of parts is not written here.
    pub(crate) fn write(&self, value: &Value, definitions: &Map<String, Value>) -> Vec<u8> {
        match (self.kind, value) {
            (ContentKind::Xml, _) => xml::write(value, &self.root, self.shape(definitions)),
            (ContentKind::Form, _) => style::form_from_object(&self.fields, value).into_bytes(),
            (ContentKind::Text, Value::String(text)) => text.clone().into_bytes(),
            _ => value.to_string().into_bytes(),
        }
    }

    /// A form of parts: one for each member, and one for each item of a list that the document says to part so.
    #[cfg(feature = "client")]
    pub(crate) fn form(&self, value: &Value) -> crate::FormData {
        let mut form = crate::FormData::new();
        for (name, value) in value.as_object().into_iter().flatten() {
            let described = self.parts.get(name);
            let items = match value {
                Value::Array(items) if described.is_some_and(|one| one.list) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for item in items {
                form = match (described.is_some_and(|one| one.json), item) {
                    (true, _) => form.json(name, item.to_string()),
                    (false, item) => form.text(name, &style::text(item)),
                };
            }
        }
        form
    }
}
