//! The variables of OpenTelemetry's specification that traces go by.

use std::time::Duration;

use http::Uri;
use percent_encoding::percent_decode_str;

use super::{OwnSpans, Propagators, Sampler, propagators::NAMES};
use crate::config::Reader;

/// How traces are read, kept and sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings {
    /// `OTEL_PROPAGATORS`.
    pub(crate) propagators: Propagators,
    /// `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`.
    pub(crate) sampler: Sampler,
    /// None where no endpoint is set, or nothing is to leave.
    pub(crate) export: Option<Export>,
    /// `OTEL_RESOURCE_ATTRIBUTES`, with `OTEL_SERVICE_NAME` as `service.name`: of spans, and of metrics.
    pub(crate) resource: Vec<(String, String)>,
}

/// Where spans go, and how.
#[cfg_attr(not(feature = "otlp"), allow(dead_code))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Export {
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or `OTEL_EXPORTER_OTLP_ENDPOINT` with the path of traces.
    pub(crate) endpoint: String,
    /// `OTEL_EXPORTER_OTLP_PROTOCOL`: gRPC, or protobuf over HTTP.
    pub(crate) grpc: bool,
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`: how long one delivery may take.
    pub(crate) timeout: Duration,
    /// `OTEL_BSP_EXPORT_TIMEOUT`: the same, with every try again.
    pub(crate) export_timeout: Duration,
    /// `OTEL_BSP_SCHEDULE_DELAY`: how long a span waits at most for others to go with.
    pub(crate) delay: Duration,
    /// `OTEL_BSP_MAX_QUEUE_SIZE`.
    pub(crate) queue: usize,
    /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`.
    pub(crate) batch: usize,
}

impl Settings {
    /// What makes spans of those of `tracing`, where somebody is to see them.
    pub(crate) fn own_spans(&self) -> Option<OwnSpans> {
        let sent = cfg!(feature = "otlp") && self.export.is_some();
        sent.then_some(OwnSpans)
    }

    pub(crate) fn read(reader: &mut Reader) -> Self {
        let disabled = reader.word("OTEL_SDK_DISABLED", "false", &["true", "false"]) == "true";
        let exporter = reader.word("OTEL_TRACES_EXPORTER", "otlp", &["otlp", "none"]);
        let propagators = propagators(reader);
        let sampler = sampler(reader);
        // Read also where nothing leaves: a mistake in them would else wait for the day when something does.
        let export = export(reader);
        Settings {
            propagators,
            sampler,
            export: export.filter(|_| !disabled && exporter == "otlp"),
            resource: resource(reader),
        }
    }
}

fn propagators(reader: &mut Reader) -> Propagators {
    let name = "OTEL_PROPAGATORS";
    let Some(list) = reader.text(name) else {
        return Propagators::default();
    };
    Propagators::parse(&list).unwrap_or_else(|| {
        reader.mistake(name, &format!("a list with commas of {NAMES}"));
        Propagators::default()
    })
}

fn sampler(reader: &mut Reader) -> Sampler {
    const SAMPLERS: [&str; 6] = [
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
        "always_on",
        "always_off",
        "traceidratio",
    ];
    let name = reader.word("OTEL_TRACES_SAMPLER", SAMPLERS[0], &SAMPLERS);
    let argument = "OTEL_TRACES_SAMPLER_ARG";
    let mut ratio = 1.0;
    // Samplers without a ratio leave the argument alone, as the specification has it.
    if let Some(value) = reader.text(argument).filter(|_| name.ends_with("ratio")) {
        match value.trim().parse() {
            Ok(share) if (0.0..=1.0).contains(&share) => ratio = share,
            _ => reader.mistake(argument, "a share between 0 and 1, such as 0.25"),
        }
    }
    Sampler::named(&name, ratio).unwrap_or_default()
}

/// The first of two variables that is set: the one for traces goes before the one for all signals.
fn first(reader: &mut Reader, names: [&'static str; 2]) -> Option<(&'static str, String)> {
    let [of_traces, of_all] = names.map(|name| Some((name, reader.text(name)?)));
    of_traces.or(of_all)
}

fn export(reader: &mut Reader) -> Option<Export> {
    let grpc = protocol(reader);
    let endpoint = endpoint(reader, grpc);
    headers(reader);
    compression(reader);
    let timeouts = [
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
    ];
    let timeout = first(reader, timeouts).map_or(timeouts[1], |(name, _)| name);
    let mut milliseconds = |name, default| {
        let count = reader.count(name, default);
        Duration::from_millis(u64::try_from(count).unwrap_or(u64::MAX))
    };
    let timeout = milliseconds(timeout, 10_000);
    let export_timeout = milliseconds("OTEL_BSP_EXPORT_TIMEOUT", 30_000);
    let delay = milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5_000);
    let queue = reader.count("OTEL_BSP_MAX_QUEUE_SIZE", 2048);
    let batch = reader.count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512);
    Some(Export {
        endpoint: endpoint?,
        grpc,
        timeout,
        export_timeout,
        delay,
        // More would be more memory than a service has.
        queue: queue.min(1 << 20),
        batch: batch.min(queue),
    })
}

fn protocol(reader: &mut Reader) -> bool {
    let names = [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ];
    let name = first(reader, names).map_or(names[1], |(name, _)| name);
    reader.word(name, "http/protobuf", &["grpc", "http/protobuf"]) == "grpc"
}

fn endpoint(reader: &mut Reader, grpc: bool) -> Option<String> {
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    let (name, value) = first(reader, [TRACES, "OTEL_EXPORTER_OTLP_ENDPOINT"])?;
    let uri = value.parse::<Uri>().ok();
    let authority = uri.as_ref().and_then(Uri::authority);
    let plain = uri.as_ref().and_then(Uri::scheme_str) == Some("http");
    // The value is not repeated: there may be a password in it.
    if authority.is_some_and(|one| one.as_str().contains('@')) {
        reader.mistakes.push(format!(
            "{name} holds a user name or a password; send credentials by OTEL_EXPORTER_OTLP_HEADERS"
        ));
    } else if authority.is_none() || !plain {
        reader.mistakes.push(format!(
            "{name} must be a URL such as http://collector:{}; TLS is left to a collector beside the service or to the \
             mesh, so that https and addresses without a scheme are not taken",
            if grpc { 4317 } else { 4318 },
        ));
    }
    Some(match grpc || name == TRACES {
        true => value,
        false => format!("{}/v1/traces", value.trim_end_matches('/')),
    })
}

/// They are read by the exporter; that they can be is held here. They are secret, and told to nobody.
fn headers(reader: &mut Reader) {
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ] {
        let value = reader.secret(name).unwrap_or_default();
        let good = pairs(&value).is_some_and(|pairs| {
            pairs.iter().all(|(name, value)| {
                http::HeaderName::try_from(name).is_ok()
                    && http::HeaderValue::try_from(value).is_ok()
            })
        });
        if !good {
            reader.mistakes.push(format!(
                "{name} must be a list of headers such as api-key=secret,tenant=a, percent-encoded where a value holds \
                 a comma"
            ));
        }
    }
}

fn compression(reader: &mut Reader) {
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "OTEL_EXPORTER_OTLP_COMPRESSION",
    ] {
        reader.word(name, "none", &["gzip", "none"]);
    }
}

fn resource(reader: &mut Reader) -> Vec<(String, String)> {
    let name = "OTEL_RESOURCE_ATTRIBUTES";
    let value = reader.text(name).unwrap_or_default();
    let mut attributes = pairs(&value).unwrap_or_else(|| {
        let allowed = "pairs such as deployment.environment.name=test,team=a, percent-encoded";
        reader.mistake(name, allowed);
        Vec::new()
    });
    if let Some(service) = reader.text("OTEL_SERVICE_NAME") {
        attributes.retain(|(name, _)| name != "service.name");
        attributes.push(("service.name".into(), service));
    }
    attributes
}

/// `name=value` with commas between, values percent-encoded: the form of W3C Baggage.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let members = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    let pairs = members.map(|member| {
        let (name, value) = member.split_once('=')?;
        let decoded = |text: &str| {
            let text = percent_decode_str(text.trim()).decode_utf8().ok()?;
            Some(text.into_owned())
        };
        Some((
            decoded(name).filter(|name| !name.is_empty())?,
            decoded(value)?,
        ))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    fn read(set: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let set = set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let (sources, _) = Sources::read(set);
        let mut reader = Reader::new(&sources);
        let settings = Settings::read(&mut reader);
        match reader.mistakes.is_empty() {
            true => Ok(settings),
            false => Err(reader.mistakes),
        }
    }

    fn export(set: &[(&str, &str)]) -> Option<Export> {
        read(set).expect("no mistakes").export
    }

    #[test]
    fn spans_leave_where_an_endpoint_is_set() {
        const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        assert_eq!(export(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]), None);
        let endpoint = |set: &[(&str, &str)]| export(set).expect("an export").endpoint;
        assert_eq!(
            endpoint(&[(ALL, "http://c:4318/")]),
            "http://c:4318/v1/traces"
        );
        assert_eq!(
            endpoint(&[(ALL, "http://c:4318/a")]),
            "http://c:4318/a/v1/traces"
        );
        assert_eq!(
            endpoint(&[(ALL, "http://c:1"), (TRACES, "http://d:2/x")]),
            "http://d:2/x"
        );
        let grpc = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc");
        let over = [
            (ALL, "http://c:4317"),
            grpc,
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ];
        assert_eq!(endpoint(&over), "http://c:4317");
        assert!(export(&over).expect("an export").grpc);
        for off in [
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert_eq!(export(&[(ALL, "http://c:4318"), off]), None);
        }
    }

    #[test]
    fn batches_and_the_resource() {
        let settings = read(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "64"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=b%2Cc, service.name=x,d=,"),
            ("OTEL_SERVICE_NAME", "shop"),
        ])
        .expect("no mistakes");
        let export = settings.export.expect("an export");
        assert_eq!(export.timeout, Duration::from_millis(1500));
        assert_eq!(export.delay, Duration::from_millis(100));
        assert_eq!((export.queue, export.batch), (64, 64));
        let resource = [("a", "b,c"), ("d", ""), ("service.name", "shop")];
        let resource = resource.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(settings.resource, resource);
    }

    #[test]
    fn every_mistake_is_told_and_no_secret() {
        let mistakes = read(&[
            ("OTEL_PROPAGATORS", "tracecontext,xray"),
            ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:SECRET@c:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "key SECRET"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_BSP_SCHEDULE_DELAY", "-1"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a"),
        ])
        .expect_err("mistakes");
        assert_eq!(mistakes.len(), 12, "{mistakes:#?}");
        assert!(!mistakes.concat().contains("SECRET"), "{mistakes:#?}");
        for endpoint in ["https://c:4318", "c:4317", "c", "/v1", "http://"] {
            let set = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)];
            assert!(read(&set).is_err(), "{endpoint}");
        }
        let ratio = |value| {
            read(&[
                ("OTEL_TRACES_SAMPLER", "traceidratio"),
                ("OTEL_TRACES_SAMPLER_ARG", value),
            ])
        };
        assert!(ratio("0.25").is_ok());
        for bad in ["1.5", "-1", "NaN", "half"] {
            assert!(ratio(bad).is_err(), "{bad}");
        }
        assert!(read(&[("OTEL_TRACES_SAMPLER_ARG", "half")]).is_ok());
    }
}
