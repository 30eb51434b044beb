//! A line for each request, when it is over.

use std::fmt::Write;

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
}

/// What a line says at its end.
#[derive(Clone, Copy)]
enum Verdict {
    Answered,
    Failed,
    Cut,
}

impl Access {
    pub(crate) fn new(share: Share, lines: Option<Lines>) -> Self {
        let own = lines.map(|lines| Own {
            hidden: MEMBERS.map(|name| lines.redaction.hides(name)),
            lines,
        });
        Access { share, own }
    }

    /// Tells of a request that is over. The same traces have lines in every service that takes the same share.
    pub(crate) fn tell(&self, request: &Observed) {
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
            Some(own) => own.write(verdict, request),
            None => tell_as_event(verdict, request),
        }
    }
}

impl Own {
    fn write(&self, verdict: Verdict, request: &Observed) {
        let (level, enabled, words) = match verdict {
            Verdict::Answered => (
                Level::INFO,
                tracing::event_enabled!(target: TARGET, Level::INFO),
                "answered",
            ),
            Verdict::Failed => (
                Level::ERROR,
                tracing::event_enabled!(target: TARGET, Level::ERROR),
                "failed",
            ),
            Verdict::Cut => (
                Level::ERROR,
                tracing::event_enabled!(target: TARGET, Level::ERROR),
                "cut",
            ),
        };
        if !enabled {
            return;
        }
        let operation = request.reached();
        let mut out = taken();
        self.lines.head.begin(&mut out, level, TARGET);
        let ids = &request.ids;
        let id = operation.map_or("", |one| one.id);
        line::request(&mut out, ids.trace, ids.span, id);
        out.push_str(",\"message\":\"");
        out.push_str(words);
        out.push('"');
        for (index, name) in MEMBERS.iter().enumerate() {
            self.member(&mut out, index, name, request);
        }
        self.lines.push(level, out);
    }

    /// Adds a member where there is one.
    fn member(&self, out: &mut String, index: usize, name: &str, request: &Observed) {
        let begun = out.len();
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        let value = out.len();
        // A `String` takes everything.
        let _ = match name {
            "method" => write!(out, "\"{}\"", method::name(&request.method)),
            // Without an operation the path is the caller's own words, and may hold anything.
            "route" => {
                let route = request.reached().map(|one| one.route);
                route.into_iter().for_each(|route| line::text(out, route));
                Ok(())
            }
            "status" => match request.status {
                Some(status) => {
                    out.push_str(status.as_str());
                    Ok(())
                }
                None => Ok(()),
            },
            "milliseconds" => milliseconds(out, request),
            "request_bytes" => write!(out, "{}", request.received()),
            "response_bytes" => write!(out, "{}", request.sent),
            "peer" => shown(out, request.peer),
            "client" => shown(out, request.client),
            _ => {
                let id = request.request_id.as_ref().and_then(|id| id.to_str().ok());
                let id = id.map(|id| self.lines.redaction.masked(id));
                id.into_iter().for_each(|id| line::text(out, &id));
                Ok(())
            }
        };
        match (out.len() > value, self.hidden[index]) {
            (false, _) => out.truncate(begun),
            (true, false) => {}
            (true, true) => {
                out.truncate(value);
                line::text(out, HIDDEN);
            }
        }
    }
}

fn milliseconds(out: &mut String, request: &Observed) -> std::fmt::Result {
    let micros = request.started.elapsed().as_micros();
    write!(out, "{}.", micros / 1000)?;
    digits(out, u32::try_from(micros % 1000).unwrap_or_default(), 3);
    Ok(())
}

/// An address between quotes, which has nothing in it that JSON would have to escape.
fn shown(out: &mut String, address: Option<impl std::fmt::Display>) -> std::fmt::Result {
    match address {
        Some(address) => write!(out, "\"{address}\""),
        None => Ok(()),
    }
}

/// For whatever the process logs by.
fn tell_as_event(verdict: Verdict, request: &Observed) {
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
    let milliseconds = request.started.elapsed().as_micros() as f64 / 1000.0;
    let (request_bytes, response_bytes) = (request.received(), request.sent);
    let peer = request.peer.map(tracing::field::display);
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
