//! Logs: a line of JSON for each event, on stderr, with the trace of the request that it belongs to.

use std::{fmt, io::Write, time::SystemTime};

use serde_json::{Map, Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::ParseError, layer::Context, layer::SubscriberExt, reload,
    util::SubscriberInitExt,
};

use crate::{handler, metrics::LOG_VOLUME, trace::OwnSpans};

/// Changes the filter of a running service.
pub(crate) type Level = reload::Handle<EnvFilter, Registry>;

/// Reads a filter.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(text)
}

/// Starts logging; none where the process already logs in its own way.
pub(crate) fn start(
    level: &str,
    title: &'static str,
    version: &'static str,
    spans: Option<OwnSpans>,
) -> Option<Level> {
    let (filter, handle) = reload::Layer::new(filter(level).ok()?);
    let lines = JsonLines { title, version };
    let started = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(spans)
        .try_init();
    started.is_ok().then_some(handle)
}

struct JsonLines {
    title: &'static str,
    version: &'static str,
}

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        LOG_VOLUME.count(*event.metadata().level());
        let mut line = Map::new();
        let now = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
        line.insert("timestamp".into(), json!(now));
        line.insert("level".into(), json!(event.metadata().level().as_str()));
        line.insert("target".into(), json!(event.metadata().target()));
        line.insert("service".into(), json!(self.title));
        line.insert("version".into(), json!(self.version));
        if let Some(current) = handler::current() {
            line.insert("trace_id".into(), json!(current.ids.to_string()));
            line.insert(
                "span_id".into(),
                json!(format!("{:016x}", current.ids.span)),
            );
            line.insert("operation".into(), json!(current.operation));
        }
        event.record(&mut Fields(&mut line));
        let mut text = visible(&Value::Object(line).to_string());
        text.push('\n');
        // Nobody is left to be told when stderr is gone.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// JSON in which nothing drives a terminal that shows it, or changes the order in which it is read (Unicode TR36): all
/// of that only ever stands in its texts.
fn visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            control if control.is_control() => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out
}

struct Fields<'a>(&'a mut Map<String, Value>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.name().into(), json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().into(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), json!(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_nothing_that_drives_a_terminal() {
        let value = json!({ "a\u{9b}": "é\u{1b}[31m\u{7f}\u{202e}\n\"" });
        let line = visible(&value.to_string());
        assert!(!line.contains(['\u{9b}', '\u{1b}', '\u{7f}', '\u{202e}', '\n']));
        assert!(line.contains('é'), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON"), value);
    }
}
