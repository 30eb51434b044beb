//! What a probe answers: a status and a word, and on the operators' port more for those who ask.

use std::{borrow::Cow, fmt::Write};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    Line, Probe, Probes, Source, Standing,
    checks::Details,
    health_check::{SHUTDOWN, STARTUP},
};
use crate::{Response, accept, context::accepted};

const PLAIN: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// What the caller would like to be told.
#[derive(Debug, Default)]
struct Wishes<'q> {
    verbose: bool,
    excluded: Vec<Cow<'q, str>>,
}

impl<'q> Wishes<'q> {
    fn of(query: &'q str) -> Self {
        let mut wishes = Wishes::default();
        for pair in query.split('&') {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("verbose", _) => wishes.verbose = true,
                ("exclude", name) if !name.is_empty() => {
                    wishes
                        .excluded
                        .push(percent_decode_str(name).decode_utf8_lossy());
                }
                _ => {}
            }
        }
        wishes
    }

    fn excludes(&self, line: &Line) -> bool {
        self.excluded.iter().any(|name| name == line.name)
    }
}

impl Probes {
    /// The answer for operators: a line for each check by `?verbose`, JSON by `Accept`, without some checks by
    /// `?exclude=`.
    pub(crate) fn answer(&self, probe: Probe, query: &str, headers: &HeaderMap) -> Response {
        let (lines, wishes) = (self.lines(probe), Wishes::of(query));
        let counted = lines.iter().filter(|line| !wishes.excludes(line));
        let verdict = Verdict::of(probe, counted);
        match (prefers_json(headers), wishes.verbose) {
            (true, _) => {
                let checks: Vec<Value> = lines.iter().map(|one| described(one, &wishes)).collect();
                let body = json!({
                    "probe": &probe.path()[1..],
                    "status": verdict.status(),
                    "checks": checks,
                });
                verdict.response(JSON, body.to_string())
            }
            (false, true) => verdict.response(PLAIN, verbose(probe, &verdict, &lines, &wishes)),
            (false, false) => verdict.response(PLAIN, format!("{}\n", verdict.word)),
        }
    }

    /// The answer for anybody: nothing of what stands behind it.
    pub(crate) fn public_answer(&self, probe: Probe, headers: &HeaderMap) -> Response {
        let mut verdict = Verdict::of(probe, self.lines(probe).iter());
        if probe == Probe::Ready && !verdict.passed {
            verdict.word = "not ready";
        }
        match prefers_json(headers) {
            true => verdict.response(JSON, json!({ "status": verdict.status() }).to_string()),
            false => verdict.response(PLAIN, format!("{}\n", verdict.word)),
        }
    }
}

struct Verdict {
    passed: bool,
    /// For people.
    word: &'static str,
}

impl Verdict {
    fn of<'l>(probe: Probe, lines: impl Iterator<Item = &'l Line<'l>>) -> Self {
        let first = lines.into_iter().find(|line| line.critical && !line.passed);
        let word = match (probe, first.map(|line| line.name)) {
            (Probe::Live, None) => "alive",
            (Probe::Live, Some(_)) => "stalled",
            (Probe::Startup, None) => "started",
            (Probe::Startup, Some(_)) | (Probe::Ready, Some(STARTUP)) => "starting",
            (Probe::Ready, None) => "ready",
            (Probe::Ready, Some(SHUTDOWN)) => "draining",
            (Probe::Ready, Some(_)) => "not ready",
        };
        Verdict {
            passed: first.is_none(),
            word,
        }
    }

    fn status(&self) -> &'static str {
        if self.passed { "passed" } else { "failed" }
    }

    fn response(&self, media_type: &'static str, body: String) -> Response {
        let status = match self.passed {
            true => StatusCode::OK,
            false => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = Response::text(status, media_type, body);
        for (name, value) in [
            (header::CACHE_CONTROL, "no-store"),
            // Reasons are the words of others.
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            let value = HeaderValue::from_static(value);
            response.headers.insert(name, value);
        }
        response
    }
}

/// Whether JSON is liked better than text.
fn prefers_json(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ACCEPT)
        && accept::negotiate(accepted(headers), &["text/plain", JSON]) == Some(1)
}

fn verbose(probe: Probe, verdict: &Verdict, lines: &[Line], wishes: &Wishes) -> String {
    let mut out = String::new();
    for line in lines {
        let (sign, name) = (if line.passed { '+' } else { '-' }, line.name);
        let _ = match (wishes.excludes(line), line.passed) {
            (true, true) => writeln!(out, "[{sign}]{name} excluded: ok"),
            (true, false) => writeln!(out, "[{sign}]{name} excluded: {}", reason(line)),
            (false, true) => writeln!(out, "[{sign}]{name} ok"),
            (false, false) if line.critical => {
                writeln!(out, "[{sign}]{name} failed: {}", reason(line))
            }
            (false, false) => {
                writeln!(
                    out,
                    "[{sign}]{name} failed (not critical): {}",
                    reason(line)
                )
            }
        };
    }
    for unknown in unknown(lines, wishes) {
        let _ = writeln!(out, "warn: {unknown:?} cannot be excluded: no such check");
    }
    let _ = writeln!(out, "{} check {}", &probe.path()[1..], verdict.status());
    out
}

fn unknown<'w>(lines: &[Line], wishes: &'w Wishes) -> impl Iterator<Item = &'w str> {
    let names = wishes.excluded.iter().map(|name| &**name);
    names.filter(|name| lines.iter().all(|line| line.name != *name))
}

fn described(line: &Line, wishes: &Wishes) -> Value {
    let mut value = json!({
        "name": line.name,
        "status": if line.passed { "passed" } else { "failed" },
        "critical": line.critical,
    });
    if wishes.excludes(line) {
        value["excluded"] = true.into();
    }
    if !line.passed {
        value["reason"] = reason(line).into();
    }
    if let Source::Check(watched, standing) = &line.source {
        if *standing == Standing::Pending {
            value["status"] = "pending".into();
        }
        if let Some((age, _)) = watched.age() {
            value["age_seconds"] = age.as_secs_f64().into();
            value["duration_seconds"] = watched.details().took.as_secs_f64().into();
        }
    }
    value
}

/// Why a line does not pass.
fn reason(line: &Line) -> String {
    let (watched, standing) = match &line.source {
        Source::Own(words) => return (*words).to_owned(),
        Source::Check(watched, standing) => (watched, standing),
    };
    let Details { reason, .. } = watched.details();
    match standing {
        Standing::Passing => String::new(),
        Standing::Pending => "no result yet".into(),
        Standing::Failing => reason,
        Standing::Stale => {
            let age = watched.age().map_or(0.0, |(age, _)| age.as_secs_f64());
            let most = watched.max_age().as_secs_f64();
            let last = if reason.is_empty() { "ok" } else { &reason };
            format!("the last result is {age:.1}s old, of {most:.1}s at most; it was: {last}")
        }
    }
}
