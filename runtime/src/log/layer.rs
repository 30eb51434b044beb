//! From an event to its line.

use std::{
    cell::Cell,
    fmt::{self, Write as _},
    io::Write as _,
    sync::Arc,
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    subscriber::Interest,
};
use tracing_subscriber::{Layer, layer::Context};

use super::{
    Sinks,
    access::Enabled,
    line::{self, Head},
    redaction::{HIDDEN, Redaction},
    volume::VOLUME,
};
use crate::handler;

/// Crates that write what is on a connection, headers and addresses with it, into their events below `info`.
const TALKATIVE: [&str; 6] = ["h2", "hyper", "hyper_util", "reqwest", "tonic", "tower"];

/// How much memory a thread keeps for its next line, in bytes.
const KEPT: usize = 64 << 10;

thread_local! {
    static LINE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static WORDS: Cell<String> = const { Cell::new(String::new()) };
}

/// What every line needs.
#[derive(Clone)]
pub(crate) struct Lines {
    pub(super) head: Arc<Head>,
    pub(super) redaction: Arc<Redaction>,
    pub(super) enabled: Arc<Enabled>,
    pub(super) sinks: Sinks,
}

impl Lines {
    /// Ends a line and sends it on its way.
    pub(super) fn push(&self, level: Level, mut line: Vec<u8>) {
        line::end(&mut line);
        VOLUME.logged.add(level, 1);
        self.sinks.push(level, &line);
        if line.capacity() <= KEPT {
            // A thread that ends keeps nothing.
            let _ = LINE.try_with(|kept| kept.set(line));
        }
    }
}

/// This thread's memory for a line, empty. An event within an event finds a new one.
pub(super) fn taken() -> Vec<u8> {
    let mut line = LINE.try_with(Cell::take).unwrap_or_default();
    line.clear();
    line
}

/// Makes lines of events.
pub(super) struct JsonLines {
    pub(super) lines: Lines,
}

fn is_told(metadata: &Metadata) -> bool {
    let origin = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::INFO || !TALKATIVE.contains(&origin)
}

impl<S: Subscriber> Layer<S> for JsonLines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match is_told(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_told(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        let mut line = taken();
        self.lines
            .head
            .begin(&mut line, level, event.metadata().target());
        handler::with_current(|current| {
            let ids = &current.ids;
            line::request(&mut line, ids.trace, ids.span, current.operation);
        });
        event.record(&mut Fields {
            line: &mut line,
            redaction: &self.lines.redaction,
        });
        self.lines.push(level, line);
    }
}

struct Fields<'a> {
    line: &'a mut Vec<u8>,
    redaction: &'a Redaction,
}

impl Fields<'_> {
    /// Begins the member of a field; false where its value is not for a log.
    fn shown(&mut self, field: &Field) -> bool {
        line::name(self.line, field.name());
        let hidden = self.redaction.hides(field.name());
        if hidden {
            line::text(self.line, HIDDEN);
        }
        !hidden
    }

    fn displayed(&mut self, field: &Field, value: &dyn fmt::Display) {
        if self.shown(field) {
            let _ = write!(self.line, "{value}");
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.shown(field) {
            let mut words = WORDS.try_with(Cell::take).unwrap_or_default();
            words.clear();
            // What fails to show itself is told as far as it came.
            let _ = write!(words, "{value:?}");
            line::text(self.line, &self.redaction.masked(&words));
            if words.capacity() <= KEPT {
                let _ = WORDS.try_with(|kept| kept.set(words));
            }
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if self.shown(field) {
            line::text(self.line, &self.redaction.masked(value));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.displayed(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.displayed(field, &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.displayed(field, &value),
            // JSON has no such numbers.
            false => self.record_debug(field, &value),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.displayed(field, &value);
    }
}
