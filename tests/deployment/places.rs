//! Every key of `deploy` changed, and where each value stands.

use crate::{COLLECTOR, COMPOSE, DOCKERFILE, GRAFANA, JAEGER, OBSERVERS, PROMETHEUS, VALUES};

/// Every key of `deploy`, each with a value that stands nowhere by default.
pub(crate) const CHANGED: &str = "
deploy:
  ports: { http: 8181, admin: 9191, service: 8282 }
  drain: { delay: 31s, timeout: 43s, streams: 37s, hooks: 41s, margin: 47s }
  probes:
    startup: { period: 7s, timeout: 6s, within: 84s }
    liveness: { period: 17s, timeout: 16s, failures: 15 }
    readiness: { period: 19s, timeout: 18s, failures: 14 }
    image: { period: 23s, timeout: 22s, failures: 21 }
  resources:
    requests: { cpu: 150m, memory: 96Mi, ephemeral-storage: 48Mi }
    limits: { cpu: 2500m, memory: 384Mi, ephemeral-storage: 192Mi }
  replicas: { min: 4, max: 40 }
  image: { registry: registry.example.com/shop, repository: quay, user: 12345, source: https://git.example.com/quay }
  bases:
    build: example.com/rust:1.95@sha256:1111111111111111111111111111111111111111111111111111111111111111
    run: example.com/cc:13@sha256:2222222222222222222222222222222222222222222222222222222222222222
    static: example.com/static:13@sha256:3333333333333333333333333333333333333333333333333333333333333333
  observability:
    images:
      prometheus: example.com/prometheus:v1.2@sha256:4444444444444444444444444444444444444444444444444444444444444444
      grafana: example.com/grafana:v1.3
      jaeger: example.com/jaeger:v1.4
      collector: example.com/collector:v1.5
    ports: { prometheus: 7001, grafana: 7002, jaeger: 7003, collector: 7004 }
  labels: { example.com/team: harbour }
  environment: { OARLOCK_ACCESS_LOG: errors }
  log: debug
";

/// Where the values of the model stand: a file, the place within it, what it is by default, and what `CHANGED` makes of it.
pub(crate) const PLACES: &[(&str, &str, &str, &str)] = &[
    (
        VALUES,
        "image.repository",
        "petstore",
        "registry.example.com/shop/quay",
    ),
    (VALUES, "user", "65532", "12345"),
    (VALUES, "ports.http", "8080", "8181"),
    (VALUES, "ports.admin", "9090", "9191"),
    (VALUES, "service.port", "80", "8282"),
    (VALUES, "replicas", "3", "4"),
    (VALUES, "autoscaling.minReplicas", "3", "4"),
    (VALUES, "autoscaling.maxReplicas", "10", "40"),
    (VALUES, "resources.requests.cpu", "100m", "150m"),
    (VALUES, "resources.requests.memory", "64Mi", "96Mi"),
    (
        VALUES,
        "resources.requests.ephemeral-storage",
        "32Mi",
        "48Mi",
    ),
    (VALUES, "resources.limits.cpu", "1", "2500m"),
    (VALUES, "resources.limits.memory", "512Mi", "384Mi"),
    (
        VALUES,
        "resources.limits.ephemeral-storage",
        "512Mi",
        "192Mi",
    ),
    (VALUES, "drain.delaySeconds", "5", "31"),
    (VALUES, "drain.timeoutSeconds", "20", "43"),
    (VALUES, "drain.streamsSeconds", "5", "37"),
    (VALUES, "drain.hooksSeconds", "0", "41"),
    (VALUES, "drain.marginSeconds", "10", "47"),
    (VALUES, "probes.startup.periodSeconds", "1", "7"),
    (VALUES, "probes.startup.timeoutSeconds", "1", "6"),
    (VALUES, "probes.startup.failureThreshold", "60", "12"),
    (VALUES, "probes.liveness.periodSeconds", "10", "17"),
    (VALUES, "probes.liveness.timeoutSeconds", "3", "16"),
    (VALUES, "probes.liveness.failureThreshold", "3", "15"),
    (VALUES, "probes.readiness.periodSeconds", "2", "19"),
    (VALUES, "probes.readiness.timeoutSeconds", "2", "18"),
    (VALUES, "probes.readiness.failureThreshold", "1", "14"),
    (VALUES, "log", "info", "debug"),
    (VALUES, "labels.example.com/team", "", "harbour"),
    (VALUES, "environment.OARLOCK_ACCESS_LOG", "", "errors"),
    (
        COMPOSE,
        "image",
        "petstore:1.0.0",
        "registry.example.com/shop/quay:1.0.0",
    ),
    (COMPOSE, "user", "65532:65532", "12345:12345"),
    (
        COMPOSE,
        "ports.0",
        "127.0.0.1:8080:8080",
        "127.0.0.1:8181:8181",
    ),
    (
        COMPOSE,
        "ports.1",
        "127.0.0.1:9090:9090",
        "127.0.0.1:9191:9191",
    ),
    (COMPOSE, "stop_grace_period", "35s", "162s"),
    (COMPOSE, "cpus", "1", "2.5"),
    (COMPOSE, "mem_limit", "512m", "384m"),
    (COMPOSE, "labels.example.com/team", "", "harbour"),
    (
        COMPOSE,
        "environment.OARLOCK_HTTP_ADDR",
        "0.0.0.0:8080",
        "0.0.0.0:8181",
    ),
    (
        COMPOSE,
        "environment.OARLOCK_ADMIN_ADDR",
        "0.0.0.0:9090",
        "0.0.0.0:9191",
    ),
    (COMPOSE, "environment.OARLOCK_DRAIN_DELAY", "5s", "31s"),
    (COMPOSE, "environment.OARLOCK_DRAIN_TIMEOUT", "20s", "43s"),
    (COMPOSE, "environment.OARLOCK_DRAIN_STREAMS", "5s", "37s"),
    (COMPOSE, "environment.OARLOCK_GRACE_PERIOD", "35s", "162s"),
    (COMPOSE, "environment.RUST_LOG", "info", "debug"),
    (COMPOSE, "environment.OARLOCK_ACCESS_LOG", "", "errors"),
    (
        COMPOSE,
        "environment.OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://collector:4318",
        "http://collector:7004",
    ),
    (COMPOSE, "healthcheck.interval", "10s", "23s"),
    (COMPOSE, "healthcheck.timeout", "4s", "22s"),
    (COMPOSE, "healthcheck.start_period", "60s", "84s"),
    (COMPOSE, "healthcheck.retries", "3", "21"),
    (
        OBSERVERS,
        "prometheus.image",
        "prom/prometheus:v3.15.0",
        "example.com/prometheus:v1.2@sha256:4444444444444444444444444444444444444444444444444444444444444444",
    ),
    (
        OBSERVERS,
        "prometheus.command.1",
        "--web.listen-address=0.0.0.0:9099",
        "--web.listen-address=0.0.0.0:7001",
    ),
    (
        OBSERVERS,
        "prometheus.ports.0",
        "127.0.0.1:9099:9099",
        "127.0.0.1:7001:7001",
    ),
    (
        OBSERVERS,
        "prometheus.healthcheck.test.4",
        "--url=http://127.0.0.1:9099",
        "--url=http://127.0.0.1:7001",
    ),
    (
        OBSERVERS,
        "grafana.image",
        "grafana/grafana:12.4.11",
        "example.com/grafana:v1.3",
    ),
    (
        OBSERVERS,
        "grafana.environment.GF_SERVER_HTTP_PORT",
        "3000",
        "7002",
    ),
    (
        OBSERVERS,
        "grafana.environment.GF_SERVER_ROOT_URL",
        "http://127.0.0.1:3000/",
        "http://127.0.0.1:7002/",
    ),
    (
        OBSERVERS,
        "grafana.ports.0",
        "127.0.0.1:3000:3000",
        "127.0.0.1:7002:7002",
    ),
    (
        OBSERVERS,
        "grafana.healthcheck.test.5",
        "http://127.0.0.1:3000/api/health",
        "http://127.0.0.1:7002/api/health",
    ),
    (
        OBSERVERS,
        "jaeger.image",
        "jaegertracing/jaeger:2.20.0",
        "example.com/jaeger:v1.4",
    ),
    (
        OBSERVERS,
        "jaeger.ports.0",
        "127.0.0.1:16686:16686",
        "127.0.0.1:7003:7003",
    ),
    (
        OBSERVERS,
        "collector.image",
        "otel/opentelemetry-collector:0.162.0",
        "example.com/collector:v1.5",
    ),
    (
        OBSERVERS,
        "collector.ports.0",
        "127.0.0.1:4318:4318",
        "127.0.0.1:7004:7004",
    ),
    (
        PROMETHEUS,
        "scrape_configs.0.static_configs.0.targets.0",
        "petstore:9090",
        "petstore:9191",
    ),
    (
        PROMETHEUS,
        "scrape_configs.1.static_configs.0.targets.0",
        "localhost:9099",
        "localhost:7001",
    ),
    (
        COLLECTOR,
        "receivers.otlp.protocols.http.endpoint",
        "0.0.0.0:4318",
        "0.0.0.0:7004",
    ),
    (
        JAEGER,
        "extensions.jaeger_query.http.endpoint",
        "0.0.0.0:16686",
        "0.0.0.0:7003",
    ),
    (
        GRAFANA,
        "datasources.0.url",
        "http://prometheus:9099",
        "http://prometheus:7001",
    ),
    (
        GRAFANA,
        "datasources.0.jsonData.exemplarTraceIdDestinations.0.url",
        "http://127.0.0.1:16686/trace/$${__value.raw}",
        "http://127.0.0.1:7003/trace/$${__value.raw}",
    ),
    (DOCKERFILE, "ENV OARLOCK_HTTP_ADDR", "", "0.0.0.0:8181"),
    (DOCKERFILE, "ENV OARLOCK_ADMIN_ADDR", "", "0.0.0.0:9191"),
    (DOCKERFILE, "ENV OARLOCK_DRAIN_DELAY", "", "31s"),
    (DOCKERFILE, "ENV OARLOCK_DRAIN_TIMEOUT", "", "43s"),
    (DOCKERFILE, "ENV OARLOCK_DRAIN_STREAMS", "", "37s"),
    (DOCKERFILE, "ENV RUST_LOG", "", "debug"),
    (DOCKERFILE, "ENV OARLOCK_ACCESS_LOG", "", "errors"),
    (DOCKERFILE, "LABEL example.com/team", "", "harbour"),
    (DOCKERFILE, "USER", "65532:65532", "12345:12345"),
    (DOCKERFILE, "EXPOSE", "8080 9090", "8181 9191"),
    (DOCKERFILE, "HEALTHCHECK --interval", "10s", "23s"),
    (DOCKERFILE, "HEALTHCHECK --timeout", "4s", "22s"),
    (DOCKERFILE, "HEALTHCHECK --start-period", "60s", "84s"),
    (DOCKERFILE, "HEALTHCHECK --retries", "3", "21"),
];
