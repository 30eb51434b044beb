//! Spans on their way out: a thread of its own, which asks the exporters of OpenTelemetry to deliver batches. Nothing of
//! it is ever waited for by a request.

mod conventions;

use std::{
    pin::Pin,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use http::{Request, Response, header};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, hyper::HyperClient};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{Resource, trace::SpanExporter as _};
use tokio::time::{sleep, timeout};

use super::{
    queue::{Queued, Spans, queue},
    settings::Export,
    span::Span,
};
use conventions::converted;

/// How often a failure to deliver is told; the rest is counted.
const TELL: Duration = Duration::from_secs(60);

/// Starts the exporter; none where it cannot be.
pub(super) fn start(export: Export, resource: Resource) -> Option<Spans> {
    let (spans, queued) = queue(export.queue, export.batch);
    let thread = std::thread::Builder::new().name("oarlock-spans".into());
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(deliver(&export, &resource, queued)),
            Err(error) => tracing::error!(%error, "the thread that sends spans cannot be started"),
        }
    };
    match thread.spawn(work) {
        Ok(_) => Some(spans),
        Err(error) => {
            tracing::error!(%error, "the thread that sends spans cannot be started");
            None
        }
    }
}

async fn deliver(export: &Export, resource: &Resource, mut queued: Queued) {
    let exporter = match exporter(export) {
        Ok(mut exporter) => {
            exporter.set_resource(resource);
            exporter
        }
        Err(error) => {
            tracing::error!(%error, "spans cannot be sent");
            return;
        }
    };
    let scope = InstrumentationScope::builder("oarlock-runtime")
        .with_version(env!("CARGO_PKG_VERSION"))
        .build();
    let mut sending = Sending {
        exporter,
        scope,
        export,
        told: None,
    };
    loop {
        let flush = tokio::select! {
            flush = queued.flushes.recv() => match flush {
                Some(done) => Some(done),
                // The service is gone.
                None => return,
            },
            () = queued.full.notified() => None,
            () = sleep(export.delay) => None,
        };
        // What came in meanwhile is for the next time, so that one without an end does not keep a flush waiting.
        let mut left = queued.queue.len();
        while left > 0 {
            let most = left.min(export.batch);
            let mut batch = Vec::with_capacity(most);
            while batch.len() < most
                && let Ok(span) = queued.queue.try_recv()
            {
                batch.push(span);
            }
            left -= most;
            sending.send(batch, &queued).await;
        }
        if let Some(done) = flush {
            // Whoever asked may have stopped waiting.
            let _ = done.send(());
        }
    }
}

struct Sending<'e> {
    exporter: SpanExporter,
    scope: InstrumentationScope,
    export: &'e Export,
    /// When a failure was last told.
    told: Option<Instant>,
}

impl Sending<'_> {
    async fn send(&mut self, batch: Vec<Span>, queued: &Queued) {
        let count = batch.len() as u64;
        let batch = batch.into_iter().map(|span| converted(span, &self.scope));
        let sent = self.exporter.export(batch.collect());
        let failure = match timeout(self.export.export_timeout, sent).await {
            Ok(Ok(())) => {
                queued.counts.exported.fetch_add(count, Relaxed);
                return;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        queued.counts.failed.fetch_add(count, Relaxed);
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            self.told = Some(Instant::now());
            tracing::warn!(
                spans = count,
                reason = failure,
                "spans could not be delivered; more of them are counted in oarlock_spans_total"
            );
        }
    }
}

/// The exporter reads `OTEL_EXPORTER_OTLP_HEADERS` and `_COMPRESSION` by itself.
fn exporter(export: &Export) -> Result<SpanExporter, ExporterBuildError> {
    let builder = SpanExporter::builder();
    match export.grpc {
        true => builder
            .with_tonic()
            .with_endpoint(&export.endpoint)
            .with_timeout(export.timeout)
            .build(),
        false => builder
            .with_http()
            .with_http_client(Receiver(HyperClient::with_default_connector(
                export.timeout,
                None,
            )))
            .with_endpoint(&export.endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(export.timeout)
            .build(),
    }
}

/// What takes spans over HTTP. The exporter takes any 200 for success; one that is no answer of OTLP comes from somebody
/// who does not know it, and the spans are lost.
#[derive(Debug)]
struct Receiver(HyperClient);

impl HttpClient for Receiver {
    fn send_bytes<'s, 'a>(
        &'s self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>
    where
        's: 'a,
        Self: 'a,
    {
        Box::pin(async move {
            let answer = self.0.send_bytes(request).await?;
            let media_type = answer.headers().get(header::CONTENT_TYPE);
            let of_otlp = media_type.map_or(answer.body().is_empty(), |value| {
                value.as_bytes().starts_with(b"application/x-protobuf")
            });
            match of_otlp || !answer.status().is_success() {
                true => Ok(answer),
                false => Err("what answers at the endpoint does not speak OTLP".into()),
            }
        })
    }
}

/// What the spans are of: the attributes, and what the document says where these are silent.
pub(super) fn resource(
    attributes: &[(String, String)],
    title: &'static str,
    version: &'static str,
) -> Resource {
    let given = attributes
        .iter()
        .map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", title),
            KeyValue::new("service.version", version),
            KeyValue::new("telemetry.sdk.name", "opentelemetry"),
            KeyValue::new("telemetry.sdk.language", "rust"),
            KeyValue::new("telemetry.distro.name", "oarlock"),
            KeyValue::new("telemetry.distro.version", env!("CARGO_PKG_VERSION")),
        ])
        .with_attributes(given)
        .build()
}
