//! What shows how the services do, beside them in the compose file: their metrics, dashboards and traces.

/// What shows how the services do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observability {
    /// Prometheus, which gathers the metrics.
    pub prometheus: Observer,
    /// Grafana, which shows them.
    pub grafana: Observer,
    /// Jaeger, which keeps traces and shows them.
    pub jaeger: Observer,
    /// OpenTelemetry's collector, which takes spans by OTLP and hands them to Jaeger.
    pub collector: Observer,
}

/// One of the tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observer {
    /// Its name in the compose file, which no service has.
    pub name: String,
    /// Its image, with a tag, a digest or both.
    pub image: String,
    /// Where it listens, and is found on the machine's own address: its page, or OTLP over HTTP.
    pub port: u16,
}
