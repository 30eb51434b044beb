//! A line for each request, when it is over.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tracing::Level;

use super::{
    Lines,
    layer::taken,
    line::{self, digits},
    redaction::HIDDEN,
    settings::Share,
};
use crate::{
    handler::{self, Current},
    method,
    metrics::Counted,
    observe::Observed,
};

/// The target of its lines, for filters: `RUST_LOG=info,access=off`.
const TARGET: &str = "access";

/// The members of a line, in their order.
const MEMBERS: [&str; 9] = [
    "method",
    "route",
    "status",
    "milliseconds",
    "request_bytes",
    "response_bytes",
    "peer",
    "client",
    "request_id",
];

/// Which requests have a line.
pub(crate) struct Access {
    share: Share,
    /// Where lines are made, without the way of events; none where the process logs in its own way.
    own: Option<Own>,
}

struct Own {
    lines: Lines,
    /// Which of the members are not for a log.
    hidden: [bool; MEMBERS.len()],
    known: Vec<Known>,
    /// What follows the moment in the lines of each level.
    info: Vec<u8>,
    error: Vec<u8>,
}

/// What is the same in every line of an operation.
struct Known {
    id: Vec<u8>,
    route: Vec<u8>,
}

/// Whether the filter lets lines of requests pass. It is asked when it changes: to ask it for each request costs more
/// than the line.
#[derive(Default)]
pub(super) struct Enabled {
    answered: AtomicBool,
    failed: AtomicBool,
}

impl Enabled {
    /// Asks the filter that is there now.
    pub(super) fn look(&self) {
        let info = tracing::event_enabled!(target: TARGET, Level::INFO);
        let error = tracing::event_enabled!(target: TARGET, Level::ERROR);
        self.answered.store(info, Relaxed);
        self.failed.store(error, Relaxed);
    }
}

/// What a line says at its end.
#[derive(Clone, Copy)]
enum Verdict {
    Answered,
    Failed,
    Cut,
}

impl Access {
    pub(crate) fn new(share: Share, lines: Option<Lines>, operations: &[Counted]) -> Self {
        let own = lines.map(|lines| {
            let hidden = MEMBERS.map(|name| lines.redaction.hides(name));
            let known = operations.iter().map(|one| Known::new(one, hidden));
            let head = |level| {
                let mut text = Vec::new();
                lines.head.origin(&mut text, level, TARGET);
                text
            };
            Own {
                hidden,
                known: known.collect(),
                info: head(Level::INFO),
                error: head(Level::ERROR),
                lines,
            }
        });
        Access { share, own }
    }

    /// Tells of a request that is over since then. The same traces have lines in every service that takes the same share.
    pub(crate) fn tell(&self, request: &Observed, over: Instant) {
        let verdict = match request.status {
            _ if request.is_cut() => Verdict::Cut,
            Some(status) if status.is_server_error() => Verdict::Failed,
            _ => Verdict::Answered,
        };
        let failed = !matches!(verdict, Verdict::Answered);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the half that every sampler decides by"
        )]
        let told = match self.share {
            Share::Off => false,
            Share::Errors => failed,
            Share::Below(end) => failed || (request.ids.trace as u64) < end,
            Share::All => true,
        };
        match &self.own {
            _ if !told => {}
            Some(own) => own.write(verdict, request, over),
            None => tell_as_event(verdict, request, over),
        }
    }
}

impl Own {
    fn write(&self, verdict: Verdict, request: &Observed, over: Instant) {
        let enabled = &self.lines.enabled;
        let (level, enabled, words) = match verdict {
            Verdict::Answered => (Level::INFO, &enabled.answered, "answered"),
            Verdict::Failed => (Level::ERROR, &enabled.failed, "failed"),
            Verdict::Cut => (Level::ERROR, &enabled.failed, "cut"),
        };
        if !enabled.load(Relaxed) {
            return;
        }
        let known = request.operation.and_then(|index| self.known.get(index));
        let mut out = taken();
        line::begin(&mut out, line::wall(over));
        out.extend_from_slice(match level {
            Level::INFO => &self.info,
            _ => &self.error,
        });
        line::ids(&mut out, request.ids.trace, request.ids.span);
        if let Some(known) = known {
            out.extend_from_slice(&known.id);
        }
        out.extend_from_slice(b",\"message\":\"");
        out.extend_from_slice(words.as_bytes());
        out.push(b'"');
        self.members(&mut out, request, known, over);
        self.lines.push(level, out);
    }

    /// Adds each of [`MEMBERS`] that there is, in their order.
    fn members(&self, out: &mut Vec<u8>, request: &Observed, known: Option<&Known>, over: Instant) {
        let method = method::name(&request.method);
        self.member(out, 0, |out| line::text(out, method));
        // Without an operation the path is the caller's own words, and may hold anything.
        if let Some(known) = known {
            out.extend_from_slice(&known.route);
        }
        if let Some(status) = request.status {
            let digits = status.as_str().as_bytes();
            self.member(out, 2, |out| out.extend_from_slice(digits));
        }
        let took = over.saturating_duration_since(request.started);
        self.member(out, 3, |out| milliseconds(out, took));
        self.member(out, 4, |out| line::number(out, request.received()));
        self.member(out, 5, |out| line::number(out, request.sent));
        let peer = request.connection().peer.shown();
        self.member(out, 6, |out| quoted(out, peer));
        if let Some(client) = request.client {
            self.member(out, 7, |out| quoted(out, &client.to_string()));
        }
        let id = request.request_id.as_ref().and_then(|id| id.to_str().ok());
        if let Some(id) = id {
            let id = self.lines.redaction.masked(id);
            self.member(out, 8, |out| line::text(out, &id));
        }
    }

    fn member(&self, out: &mut Vec<u8>, index: usize, value: impl FnOnce(&mut Vec<u8>)) {
        member(out, index, self.hidden[index], value);
    }
}

impl Known {
    fn new(operation: &Counted, hidden: [bool; MEMBERS.len()]) -> Self {
        let (mut id, mut route) = (Vec::new(), Vec::new());
        line::operation(&mut id, operation.id);
        member(&mut route, 1, hidden[1], |out| {
            line::text(out, operation.route)
        });
        Known { id, route }
    }
}

fn member(out: &mut Vec<u8>, index: usize, hidden: bool, value: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(MEMBERS[index].as_bytes());
    out.extend_from_slice(b"\":");
    match hidden {
        true => line::text(out, HIDDEN),
        false => value(out),
    }
}

/// What has nothing in it that JSON would have to escape, between quotes.
fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn milliseconds(out: &mut Vec<u8>, took: Duration) {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    line::number(out, milliseconds);
    out.push(b'.');
    digits(out, took.subsec_micros() % 1000, 3);
}

/// For whatever the process logs by.
fn tell_as_event(verdict: Verdict, request: &Observed, over: Instant) {
    let operation = request.reached();
    let _entered = handler::enter(Current {
        ids: request.ids.clone(),
        operation: operation.map_or("", |one| one.id),
        tracing: request.tracing().clone(),
        deadline: None,
    });
    let method = method::name(&request.method);
    let route = operation.map(|one| one.route);
    let status = request.status.map(|status| status.as_u16());
    let took = over.saturating_duration_since(request.started);
    let milliseconds = took.as_micros() as f64 / 1000.0;
    let (request_bytes, response_bytes) = (request.received(), request.sent);
    let peer = tracing::field::display(request.connection().peer.address);
    let client = request.client.map(tracing::field::display);
    let request_id = request.request_id.as_ref().and_then(|id| id.to_str().ok());
    macro_rules! line {
        ($level:ident, $words:literal) => {
            tracing::event!(
                target: TARGET,
                Level::$level,
                method,
                route,
                status,
                milliseconds,
                request_bytes,
                response_bytes,
                peer,
                client,
                request_id,
                $words
            )
        };
    }
    match verdict {
        Verdict::Cut => line!(ERROR, "cut"),
        Verdict::Failed => line!(ERROR, "failed"),
        Verdict::Answered => line!(INFO, "answered"),
    }
}
