//! Which headers traces are read from and written to: `OTEL_PROPAGATORS`.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Carried, Parent, b3, baggage, jaeger, tracecontext, tracestate};

/// The kinds of headers that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Propagators {
    pub(super) tracecontext: bool,
    pub(super) baggage: bool,
    pub(super) b3: bool,
    pub(super) b3multi: bool,
    pub(super) jaeger: bool,
}

/// The names that `OTEL_PROPAGATORS` may list.
pub(super) const NAMES: &str = "tracecontext, baggage, b3, b3multi, jaeger or none";

impl Propagators {
    pub(super) const NONE: Self = Propagators {
        tracecontext: false,
        baggage: false,
        b3: false,
        b3multi: false,
        jaeger: false,
    };

    /// A list of names; none where one of them is unknown.
    pub(super) fn parse(list: &str) -> Option<Self> {
        let mut chosen = Self::NONE;
        for name in list.split(',').map(str::trim) {
            match name {
                "tracecontext" => chosen.tracecontext = true,
                "baggage" => chosen.baggage = true,
                "b3" => chosen.b3 = true,
                "b3multi" => chosen.b3multi = true,
                "jaeger" => chosen.jaeger = true,
                "none" => {}
                _ => return None,
            }
        }
        Some(chosen)
    }

    /// What a request's headers say: of several kinds, the first that is valid of W3C, B3 and Jaeger.
    pub(super) fn read(self, headers: &HeaderMap) -> Read {
        let mut read = Read::default();
        // Most callers name no trace: one look at the names takes less than a search for each of them.
        if !headers.keys().any(is_of_traces) {
            return read;
        }
        if self.tracecontext {
            read.parent = tracecontext::read(headers);
            // A state belongs to its parent, and is worth nothing without it.
            read.state = read.parent.and_then(|_| tracestate::read(headers));
        }
        if (self.b3 || self.b3multi) && read.parent.is_none() {
            match b3::read(headers) {
                Some(b3::Said::Span(parent)) => read.parent = Some(parent),
                Some(b3::Said::Decision(sampled)) => read.sampled = Some(sampled),
                None => {}
            }
        }
        if self.jaeger && read.parent.is_none() {
            read.parent = jaeger::read(headers);
        }
        if self.baggage {
            read.baggage = baggage::read(headers);
        }
        read
    }

    /// Tells whoever is asked within a span which trace the request belongs to.
    #[cfg(feature = "client")]
    pub(super) fn write(
        self,
        ids: &super::TraceIds,
        carried: Option<&Carried>,
        mut put: impl FnMut(HeaderName, HeaderValue),
    ) {
        if self.tracecontext {
            if let Ok(value) = HeaderValue::try_from(ids.traceparent()) {
                put(tracecontext::TRACEPARENT, value);
            }
            if let Some(state) = carried.and_then(|carried| carried.state.as_ref()) {
                put(tracestate::TRACESTATE, state.clone());
            }
        }
        if self.b3 {
            b3::write_single(ids, &mut put);
        }
        if self.b3multi {
            b3::write_several(ids, &mut put);
        }
        if self.jaeger {
            jaeger::write(ids, &mut put);
        }
        let baggage = carried.and_then(|carried| carried.baggage.as_ref());
        if let Some(baggage) = baggage.filter(|_| self.baggage) {
            put(baggage::BAGGAGE, baggage.clone());
        }
    }
}

/// Whether a header may say something of a trace; a `tracestate` says nothing by itself.
fn is_of_traces(name: &HeaderName) -> bool {
    let name = name.as_str();
    matches!(name, "traceparent" | "baggage" | "b3" | "uber-trace-id") || name.starts_with("x-b3-")
}

impl Default for Propagators {
    fn default() -> Self {
        Propagators {
            tracecontext: true,
            baggage: true,
            ..Self::NONE
        }
    }
}

/// What a request's headers say of its trace.
#[derive(Default)]
pub(super) struct Read {
    pub(super) parent: Option<Parent>,
    /// A decision without a parent.
    pub(super) sampled: Option<bool>,
    pub(super) state: Option<HeaderValue>,
    pub(super) baggage: Option<HeaderValue>,
}

impl Read {
    pub(super) fn carried(self) -> Option<Arc<Carried>> {
        (self.state.is_some() || self.baggage.is_some()).then(|| {
            Arc::new(Carried {
                state: self.state,
                baggage: self.baggage,
            })
        })
    }
}
