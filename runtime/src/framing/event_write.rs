//! Server-sent events as text (WHATWG HTML, "Parsing an event stream").

#[cfg(test)]
mod tests;

use std::{io, time::Duration};

use bytes::Bytes;
use futures_core::Stream;
use serde::{Serialize, ser::Error};
use serde_json::{Map, Value};

use super::{live::Live, write::Written};
use crate::items::{Events, Items};

/// Writes events as a body, a chunk for each. A problem, or data that is no JSON, is logged and cuts the body off.
///
/// With `text`, data that is a JSON string is written as it reads, on as many lines as it has; a reader finds its
/// line breaks as line feeds, whatever they were. All else is JSON on one line. An `event` or `id` that the standard
/// cannot carry is left out, as [`Event`](crate::items::Event) says.
///
/// A comment is written whenever nothing was for as long as `keep_alive`; none where that is zero. Once `ended`
/// resolves, the body ends behind the event that is being written.
pub(crate) fn write_events<T: Serialize + Send + 'static>(
    events: Events<T>,
    keep_alive: Duration,
    ended: impl Future<Output = ()> + Send + 'static,
    text: bool,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let written = Written::new(events, move |event| {
        let mut block = Fields::default();
        block.name("id", event.id.as_deref());
        block.name("event", event.event.as_deref());
        if let Some(retry) = event.retry {
            block.field("retry", &retry.as_millis().to_string());
        }
        match text {
            true => block.data(&serde_json::to_value(&event.data)?),
            false => block.field("data", &serde_json::to_string(&event.data)?),
        }
        Ok(block.end())
    });
    Live::new(written, keep_alive, ended)
}

/// Writes objects that have any of `data`, `event`, `id` and `retry` as events; other members are left out.
///
/// `data` that is a string is written as it reads, other data as JSON. All else is as in [`write_events`].
pub(crate) fn write_event_objects<T: Serialize + Send + 'static>(
    items: Items<T>,
    keep_alive: Duration,
    ended: impl Future<Output = ()> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let written = Written::new(items, |item| match serde_json::to_value(&item)? {
        Value::Object(members) => Ok(object(&members)),
        _ => Err(serde_json::Error::custom("an event is not an object")),
    });
    Live::new(written, keep_alive, ended)
}

fn object(members: &Map<String, Value>) -> Bytes {
    let mut block = Fields::default();
    for key in ["id", "event", "retry"] {
        let value = match members.get(key) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        block.name(key, Some(&value));
    }
    if let Some(data) = members.get("data") {
        block.data(data);
    }
    block.end()
}

/// The lines of one event.
#[derive(Default)]
struct Fields(String);

impl Fields {
    /// A line whose value has no line break in it.
    fn field(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push(':');
        if !value.is_empty() {
            // A reader takes one space off, which may be the value's own.
            self.0.push(' ');
            self.0.push_str(value);
        }
        self.0.push('\n');
    }

    /// A field that stands on one line, where the standard can carry it.
    fn name(&mut self, key: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        let carried = match key {
            "id" => !value.contains(['\r', '\n', '\0']),
            "retry" => value.bytes().all(|byte| byte.is_ascii_digit()),
            _ => !value.contains(['\r', '\n']),
        };
        match carried {
            true => self.field(key, value),
            false => tracing::warn!(key, "an event stream cannot carry the value of a field"),
        }
    }

    fn data(&mut self, data: &Value) {
        let Value::String(text) = data else {
            return self.field("data", &data.to_string());
        };
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['\r', '\n']) {
            let (line, behind) = rest.split_at(at);
            self.field("data", line);
            let both = behind.strip_prefix("\r\n");
            let one = behind.strip_prefix(['\r', '\n']);
            rest = both.or(one).unwrap_or_default();
        }
        self.field("data", rest);
    }

    fn end(mut self) -> Bytes {
        self.0.push('\n');
        self.0.into()
    }
}
