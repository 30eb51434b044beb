//! Traces: which trace a request belongs to, what goes on to whom it asks in turn, and the spans that leave where an
//! endpoint is set. The ids and the headers are there always, with an exporter or without.

mod b3;
mod baggage;
#[cfg(feature = "client")]
mod client_span;
mod jaeger;
#[cfg(feature = "otlp")]
mod otlp;
mod own_span;
mod propagators;
#[cfg_attr(not(feature = "otlp"), allow(dead_code))]
mod queue;
mod sampler;
mod server_span;
mod settings;
#[cfg_attr(not(all(feature = "client", feature = "otlp")), allow(dead_code))]
mod span;
#[cfg(test)]
mod tests;
mod tracecontext;
mod tracestate;

use std::{fmt, num::NonZeroU64, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue};

use crate::metrics::{Family, Kind, Source, label};

pub(crate) use self::{
    own_span::OwnSpans, propagators::Propagators, queue::Spans, sampler::Sampler,
    server_span::ServerSpan, settings::Settings,
};
#[cfg(feature = "client")]
pub(crate) use client_span::Calling;

/// Which trace a request belongs to, and its own span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceIds {
    pub(crate) trace: u128,
    pub(crate) span: u64,
    /// The caller's span, where the caller named one.
    pub(crate) parent: Option<NonZeroU64>,
    /// Whether the spans of this trace are to be kept, here and further on.
    pub(crate) sampled: bool,
    /// What only few callers send, so that nothing is allocated for the rest.
    pub(crate) carried: Option<Arc<Carried>>,
}

/// What is handed on as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Carried {
    /// `tracestate`, of W3C Trace Context.
    pub(crate) state: Option<HeaderValue>,
    /// `baggage`, of W3C Baggage.
    pub(crate) baggage: Option<HeaderValue>,
}

/// What a caller says of the trace that its request is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) trace: u128,
    pub(crate) span: NonZeroU64,
    /// None where the caller leaves the choice to us (B3).
    pub(crate) sampled: Option<bool>,
}

impl fmt::Display for TraceIds {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{:032x}", self.trace)
    }
}

impl TraceIds {
    /// The value of `traceparent` for whoever is asked within this span.
    pub(crate) fn traceparent(&self) -> String {
        let flags = u8::from(self.sampled);
        format!("00-{:032x}-{:016x}-{flags:02x}", self.trace, self.span)
    }

    /// The value of `tracestate`, as it came.
    pub(crate) fn state(&self) -> Option<&HeaderValue> {
        self.carried.as_ref()?.state.as_ref()
    }

    /// The value of `baggage`, as it came.
    pub(crate) fn baggage(&self) -> Option<&HeaderValue> {
        self.carried.as_ref()?.baggage.as_ref()
    }

    /// What the caller gave along under a name, decoded.
    pub(crate) fn baggage_value(&self, name: &str) -> Option<String> {
        baggage::value(self.baggage()?, name)
    }
}

/// How a service reads, chooses and tells its traces.
pub(crate) struct Tracing {
    propagators: Propagators,
    sampler: Sampler,
    spans: Option<Spans>,
}

impl Tracing {
    /// Without an exporter: ids and headers alone.
    #[cfg(test)]
    pub(crate) fn quiet() -> Self {
        Tracing::new(&Settings::default(), None)
    }

    pub(crate) fn new(settings: &Settings, spans: Option<Spans>) -> Self {
        Tracing {
            propagators: settings.propagators,
            sampler: settings.sampler,
            spans,
        }
    }

    /// As the environment says; the exporter works on a thread of its own.
    pub(crate) fn start(settings: &Settings, title: &'static str, version: &'static str) -> Self {
        #[cfg(feature = "otlp")]
        let spans = settings.export.as_ref().and_then(|export| {
            let resource = otlp::resource(&settings.resource, title, version);
            otlp::start(export.clone(), resource)
        });
        #[cfg(not(feature = "otlp"))]
        let spans = None;
        #[cfg(not(feature = "otlp"))]
        if settings.export.is_some() {
            // A platform may set the variable for whatever runs on it, so that this is no reason not to start.
            tracing::warn!(
                service = title,
                version,
                "an OTLP endpoint is set, but the service is built without the exporter, so that no spans leave it: build it \
                  with its feature otlp, or set OTEL_TRACES_EXPORTER=none"
            );
        }
        Tracing::new(settings, spans)
    }

    /// The caller's trace where its headers name one, a new one elsewhere.
    pub(crate) fn begin(&self, headers: &HeaderMap) -> TraceIds {
        let read = self.propagators.read(headers);
        let (trace, parent, decided) = match read.parent {
            Some(parent) => (parent.trace, Some(parent.span), parent.sampled),
            None => (fastrand::u128(1..), None, read.sampled),
        };
        TraceIds {
            trace,
            span: fastrand::u64(1..),
            parent,
            // Where no span is made there is nothing to keep, but what the caller has decided goes on.
            sampled: match &self.spans {
                Some(_) => self.sampler.keeps(trace, decided),
                None => decided.unwrap_or(false),
            },
            carried: read.carried(),
        }
    }

    /// Whether somebody is to see the spans of this trace.
    pub(crate) fn keeps(&self, ids: &TraceIds) -> bool {
        self.spans(ids).is_some()
    }

    /// Where the spans of this trace go; none where nobody is to see them.
    fn spans(&self, ids: &TraceIds) -> Option<&Spans> {
        self.spans.as_ref().filter(|_| ids.sampled)
    }

    /// Tells of a span that is over.
    fn put(&self, span: span::Span) {
        if let Some(spans) = self.spans(&span.ids) {
            spans.put(span);
        }
    }

    /// How many spans have left, were dropped and could not be delivered; nothing where none are sent.
    pub(crate) fn outcomes(self: Arc<Self>) -> Source {
        Box::new(move |out| {
            let Some(spans) = &self.spans else { return };
            let help = "Spans of kept traces.";
            let mut family = Family::begin(out, "oarlock_spans", Kind::Counter, help);
            for (outcome, count) in spans.outcomes() {
                let mut labels = String::new();
                label(&mut labels, "outcome", outcome);
                family.sample(&labels, count);
            }
        })
    }

    /// Waits until what is queued has left, no longer than that.
    pub(crate) async fn flush(&self, most: Duration) {
        if let Some(spans) = &self.spans {
            spans.flush(most).await;
        }
    }
}
