//! One model of how a service is deployed: whatever `deploy` of `oarlock.yaml` changes is changed in every file that has it, and
//! what is impossible is refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_yaml::Value;

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");

/// Every key of `deploy`, each with a value that stands nowhere by default.
const CHANGED: &str = "
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
const PLACES: &[(&str, &str, &str, &str)] = &[
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
    (VALUES, "replicas", "2", "4"),
    (VALUES, "autoscaling.minReplicas", "2", "4"),
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
    (VALUES, "resources.limits.memory", "256Mi", "384Mi"),
    (
        VALUES,
        "resources.limits.ephemeral-storage",
        "64Mi",
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
    (COMPOSE, "mem_limit", "256m", "384m"),
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

const VALUES: &str = "deploy/chart/charts/NAME/values.yaml";
const COMPOSE: &str = "deploy/compose.yaml";
/// What of the compose file are the tools that show how the services do.
const OBSERVERS: &str = "observers of deploy/compose.yaml";
const PROMETHEUS: &str = "deploy/observability/prometheus.yaml";
const COLLECTOR: &str = "deploy/observability/collector.yaml";
const JAEGER: &str = "deploy/observability/jaeger.yaml";
const GRAFANA: &str = "deploy/observability/grafana/datasources.yaml";
const DOCKERFILE: &str = "deploy/Dockerfile";

/// Where the values of tools stand.
const OF_TOOLS: [&str; 5] = [OBSERVERS, PROMETHEUS, COLLECTOR, JAEGER, GRAFANA];

/// Values that are no part of the model, though numbers of it could stand there: they may stay.
const OTHERS: &[&str] = &[
    "autoscaling.targetCPUUtilizationPercentage",
    "serviceMonitor.interval",
    "logging.options.max-file",
    "logging.options.max-size",
];

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("deployment")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn oarlock(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("oarlock runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        true => Ok(told),
        false => Err(told),
    }
}

fn petstore(name: &str) -> PathBuf {
    let folder = empty(name);
    oarlock(&folder, &["generate", PETSTORE, "--out", "."]).expect("a project");
    folder
}

fn text(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn append(path: &Path, more: &str) {
    let before = fs::read_to_string(path).expect("a file");
    fs::write(path, format!("{before}{more}")).expect("a file");
}

/// What stands in the files of a project, by file and place.
fn facts(folder: &Path, name: &str) -> BTreeMap<(&'static str, String), String> {
    let mut facts = BTreeMap::new();
    let values: Value =
        serde_yaml::from_str(&text(folder, &VALUES.replace("NAME", name))).expect("YAML");
    leaves(VALUES, String::new(), &values, &mut facts);
    let compose: Value = serde_yaml::from_str(&text(folder, COMPOSE)).expect("YAML");
    leaves(
        COMPOSE,
        String::new(),
        &compose["services"][name],
        &mut facts,
    );
    for tool in ["prometheus", "grafana", "jaeger", "collector"] {
        let services = &compose["services"];
        leaves(OBSERVERS, tool.to_owned(), &services[tool], &mut facts);
    }
    for file in [PROMETHEUS, COLLECTOR, JAEGER, GRAFANA] {
        if folder.join(file).exists() {
            let read: Value = serde_yaml::from_str(&text(folder, file)).expect("YAML");
            leaves(file, String::new(), &read, &mut facts);
        }
    }
    for (place, value) in dockerfile(&text(folder, DOCKERFILE)) {
        facts.insert((DOCKERFILE, place), value);
    }
    facts
}

fn leaves(
    file: &'static str,
    place: String,
    value: &Value,
    found: &mut BTreeMap<(&'static str, String), String>,
) {
    let below = |key: &str| match place.as_str() {
        "" => key.to_owned(),
        place => format!("{place}.{key}"),
    };
    match value {
        Value::Mapping(entries) => entries.iter().for_each(|(key, value)| {
            leaves(file, below(key.as_str().expect("a name")), value, found);
        }),
        Value::Sequence(items) => items.iter().enumerate().for_each(|(index, value)| {
            leaves(file, below(&index.to_string()), value, found);
        }),
        Value::String(text) => _ = found.insert((file, place), text.clone()),
        Value::Null => {}
        other => {
            _ = found.insert(
                (file, place),
                serde_yaml::to_string(other)
                    .expect("YAML")
                    .trim()
                    .to_owned(),
            )
        }
    }
}

/// What the instructions of the last stage say, and the images of all.
fn dockerfile(text: &str) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let joined = text.replace("\\\n", " ");
    let lines = joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for (at, line) in lines.enumerate() {
        let (instruction, rest) = line.split_once(' ').expect("an instruction");
        match instruction {
            "FROM" => facts.push((format!("FROM {at}"), rest.to_owned())),
            "USER" | "EXPOSE" => facts.push((instruction.to_owned(), rest.to_owned())),
            "ENV" | "LABEL" => {
                for pair in rest.split_whitespace() {
                    if let Some((name, value)) = pair.split_once('=') {
                        facts.push((
                            format!("{instruction} {name}"),
                            value.trim_matches('"').to_owned(),
                        ));
                    }
                }
            }
            "HEALTHCHECK" => {
                for flag in rest.split_whitespace().filter(|one| one.starts_with("--")) {
                    let (flag, value) = flag.split_once('=').expect("a flag with a value");
                    facts.push((format!("{instruction} {flag}"), value.to_owned()));
                }
            }
            _ => {}
        }
    }
    facts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[test]
fn what_is_changed_once_is_changed_everywhere() {
    let folder = petstore("everywhere");
    let before = facts(&folder, "petstore");
    append(&folder.join("oarlock.yaml"), CHANGED);
    oarlock(&folder, &["generate"]).expect("it is generated anew");
    oarlock(&folder, &["check"]).expect("the tree is what it should be");
    let after = facts(&folder, "petstore");
    let place = |file: &'static str, place: &str| (file, place.to_owned());
    for (file, at, old, new) in PLACES {
        let key = place(file, at);
        assert_eq!(
            before.get(&key).map_or("", String::as_str),
            *old,
            "{file}: {at}"
        );
        assert_eq!(
            after.get(&key).map_or("", String::as_str),
            *new,
            "{file}: {at}"
        );
    }
    // Nothing else in these files is, or holds, what a value of the model was.
    let was: BTreeSet<&str> = PLACES
        .iter()
        .filter(|(file, ..)| !OF_TOOLS.contains(file))
        .flat_map(|(_, _, old, _)| words(old))
        .collect();
    // What tools have beside that is their own.
    for ((file, at), value) in after
        .iter()
        .filter(|((file, _), _)| !OF_TOOLS.contains(file))
    {
        let kept = before.get(&(*file, at.clone())) == Some(value);
        let numbers =
            words(value).filter(|word| word.starts_with(|one: char| one.is_ascii_digit()));
        let left: Vec<&str> = numbers.filter(|word| was.contains(word)).collect();
        let known = OTHERS.contains(&at.as_str()) || at == "image" || at.contains("image.version");
        assert!(
            !kept || left.is_empty() || known || at.starts_with("ports.") || at.starts_with("FROM"),
            "{file}: {at} is still {value:?}"
        );
    }
    for image in [
        "example.com/rust:1.95@sha256:1",
        "example.com/cc:13@sha256:2",
        "example.com/static:13@sha256:3",
    ] {
        let from = after.iter().filter(|((_, at), _)| at.starts_with("FROM"));
        assert_eq!(
            from.filter(|(_, value)| value.contains(image)).count(),
            1,
            "{image}"
        );
    }
    no_file_has_what_was(&folder);
}

fn no_file_has_what_was(folder: &Path) {
    for old in [
        "8080", "9090", "65532", "35s", "9099", "3000", "16686", "4318", "v3",
    ] {
        for file in generated(folder) {
            let text = fs::read_to_string(&file).expect("text");
            assert!(
                !words(&text).any(|word| word == old),
                "{old} is left in {}",
                file.display()
            );
        }
    }
}

/// What is generated of a project's own: neither the runtime nor code, which have nothing of it.
fn generated(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.join("README.md")];
    let mut open = vec![folder.join("deploy"), folder.join("services")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found
}

#[test]
fn another_name_is_the_only_one() {
    let folder = empty("name");
    fs::copy(PETSTORE, folder.join("openapi.yaml")).expect("a copy");
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: openapi.yaml\nname: harbour\n",
    )
    .expect("settings");
    oarlock(&folder, &["generate"]).expect("a project");
    let facts = facts(&folder, "harbour");
    assert_eq!(facts[&(VALUES, "image.repository".into())], "harbour");
    assert_eq!(facts[&(COMPOSE, "build.args.SERVICE".into())], "harbour");
    assert_eq!(facts[&(COMPOSE, "image".into())], "harbour:1.0.0");
    for file in generated(&folder) {
        let text = fs::read_to_string(&file).expect("text");
        assert!(
            !words(&text).any(|word| word == "petstore"),
            "{}",
            file.display()
        );
    }
}

/// The only keys of the chart's templates that may hold a number: what they say is no part of the model.
const FIXED: &[&str] = &[
    "activeDeadlineSeconds",
    "apiVersion",
    "backoffLimit",
    "maxSkew",
    "maxSurge",
    "maxUnavailable",
    "minReadySeconds",
    "revisionHistoryLimit",
    "weight",
];

#[test]
fn no_template_of_the_chart_knows_a_value_of_the_model() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/chart");
    let mut open = vec![templates];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            for line in fs::read_to_string(&path).expect("text").lines() {
                seen += 1;
                let plain = without_actions(line);
                let Some((key, value)) = plain.trim_start_matches([' ', '-']).split_once(": ")
                else {
                    continue;
                };
                let dns = key == "port" && value.trim() == "53";
                let number = value.chars().any(|one| one.is_ascii_digit());
                assert!(
                    !number || dns || FIXED.contains(&key),
                    "{}: {line}",
                    path.display()
                );
            }
        }
    }
    assert!(seen > 300, "the templates are read: {seen} lines");
}

/// A line without what stands between `{{` and `}}`, but for the formats and texts there.
fn without_actions(line: &str) -> String {
    let mut parts = line.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (action, rest) = part.split_once("}}").unwrap_or((part, ""));
        let format = action
            .split('"')
            .skip(1)
            .step_by(2)
            .find(|text| text.contains('%'));
        plain.push_str(
            &format
                .unwrap_or_default()
                .replace("0.0.0.0:", "")
                .replace("%s:%d", ""),
        );
        plain.push_str(rest);
    }
    plain
}

/// What cannot be, and what is said of it.
const IMPOSSIBLE: &[(&str, &str)] = &[
    ("deploy: { prots: {} }", "unknown field `prots`"),
    (
        "deploy:\n  ports: { http: 80 }",
        "deploy.ports.http: \"80\" must be a port from 1024 to 65535",
    ),
    ("deploy:\n  ports: { http: 80 }", "at line"),
    (
        "deploy: { ports: { http: 9090 } }",
        "oarlock.yaml: deploy: ports: http and admin would both be 9090",
    ),
    (
        "deploy: { drain: { margin: 1s }, replicas: { min: 3, max: 2 } }",
        "margin: 1s is less than",
    ),
    (
        "deploy: { drain: { margin: 1s }, replicas: { min: 3, max: 2 } }",
        "replicas: min is 3 and max 2",
    ),
    (
        "deploy: { observability: { ports: { grafana: 8080 } } }",
        "observability: ports: grafana: grafana and http of the service petstore would both be 8080",
    ),
    (
        "deploy: { ports: { admin: 3000 } }",
        "grafana and admin of the service petstore would both be 3000",
    ),
    (
        "deploy: { observability: { ports: { jaeger: 7000, collector: 7000 } } }",
        "collector and jaeger would both be 7000: give one of them another",
    ),
    (
        "deploy: { observability: { ports: { jaeger: 4317 } } }",
        "4317 is taken among the containers",
    ),
    (
        "deploy: { observability: { ports: { prometheus: 80 } } }",
        "must be a port from 1024",
    ),
    (
        "deploy: { observability: { images: { grafana: grafana/grafana } } }",
        "an image with a tag or a digest",
    ),
    (
        "deploy: { observability: { images: { tempo: \"a:1\" } } }",
        "unknown field `tempo`",
    ),
    (
        "deploy: { observability: on }",
        "\"on\" must be off, or `images` and `ports`",
    ),
    (
        "deploy: { image: { user: 0 } }",
        "must be the number of a user above 10000",
    ),
    (
        "deploy: { bases: { run: \"a:1\\nUSER 0\" } }",
        "must be an image with its tag or digest",
    ),
];

#[test]
fn what_is_impossible_is_refused_where_it_stands() {
    let folder = petstore("impossible");
    let settings = folder.join("oarlock.yaml");
    let before = text(&folder, "oarlock.yaml");
    for (said, told) in IMPOSSIBLE {
        fs::write(&settings, format!("{before}{said}\n")).expect("settings");
        let error = oarlock(&folder, &["check"]).expect_err(said);
        assert!(error.contains(told), "{said}: {error}");
    }
}

#[test]
fn without_observability_there_is_none() {
    let folder = petstore("off");
    let compose = text(&folder, COMPOSE);
    assert!(folder.join(PROMETHEUS).exists() && compose.contains("FEATURES: otlp"));
    append(
        &folder.join("oarlock.yaml"),
        "deploy: { observability: off }\n",
    );
    oarlock(&folder, &["generate"]).expect("it is generated anew");
    oarlock(&folder, &["check"]).expect("the tree is what it should be");
    let compose = text(&folder, COMPOSE);
    assert!(!folder.join("deploy/observability").exists());
    for word in ["OTEL", "FEATURES", "prometheus", "volumes", "Grafana"] {
        assert!(!compose.contains(word), "{word} is left: {compose}");
    }
    let read: Value = serde_yaml::from_str(&compose).expect("YAML");
    assert_eq!(read["services"].as_mapping().expect("services").len(), 1);
}

#[test]
fn no_tool_has_the_name_of_a_service() {
    let folder = empty("grafana");
    fs::copy(PETSTORE, folder.join("openapi.yaml")).expect("a copy");
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: openapi.yaml\nname: collector\n",
    )
    .expect("settings");
    oarlock(&folder, &["generate"]).expect("a project");
    let compose: Value = serde_yaml::from_str(&text(&folder, COMPOSE)).expect("YAML");
    let services = compose["services"].as_mapping().expect("services");
    let names: Vec<&str> = services.keys().filter_map(Value::as_str).collect();
    assert_eq!(
        names,
        [
            "collector",
            "prometheus",
            "grafana",
            "jaeger",
            "observing-collector"
        ]
    );
    let endpoint = &compose["services"]["collector"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"];
    assert_eq!(endpoint, "http://observing-collector:4318");
    assert!(text(&folder, PROMETHEUS).contains("\"observing-collector:8888\""));
}

#[test]
fn hostile_texts_stay_texts() {
    const HOSTILE: &str = "a\"b\\c $HOME ${X} $(id) {{ .Values.user }} 'd' #e: `f` - [g";
    let folder = petstore("hostile");
    let quoted = serde_json::to_string(HOSTILE).expect("JSON");
    append(
        &folder.join("oarlock.yaml"),
        &format!("deploy:\n  environment: {{ HOSTILE: {quoted} }}\n  log: {quoted}\n"),
    );
    oarlock(&folder, &["generate"]).expect("it is generated");
    let facts = facts(&folder, "petstore");
    assert_eq!(facts[&(VALUES, "environment.HOSTILE".into())], HOSTILE);
    assert_eq!(facts[&(VALUES, "log".into())], HOSTILE);
    let compose = &facts[&(COMPOSE, "environment.HOSTILE".into())];
    assert_eq!(compose.replace("$$", "$"), HOSTILE);
    assert!(!compose.replace("$$", "").contains('$'), "{compose}");
    let dockerfile = text(&folder, DOCKERFILE);
    let line = dockerfile
        .lines()
        .find(|line| line.starts_with("ENV HOSTILE="))
        .expect("it is set");
    assert_eq!(unquoted(line.split_once('=').expect("a value").1), HOSTILE);
}

/// What Docker makes of a word in double quotes; whatever would end it, or be a variable, is none of it.
fn unquoted(word: &str) -> String {
    let inner = word
        .strip_prefix('"')
        .and_then(|word| word.strip_suffix('"'))
        .expect("quotes");
    let mut letters = inner.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            '"' | '$' => panic!("{letter} stands bare in {word}"),
            other => text.push(other),
        }
    }
    text
}

/// The keys that the scaffolded settings show are all there are, and as they are without them.
#[test]
fn the_settings_show_what_holds_without_them() {
    let folder = petstore("shown");
    let before = facts(&folder, "petstore");
    let shown = text(&folder, "oarlock.yaml");
    let uncommented: Vec<&str> = shown
        .lines()
        .skip_while(|line| *line != "# deploy:")
        .map(|line| line.strip_prefix("# ").expect("the last of the file"))
        .collect();
    assert!(uncommented.len() > 15, "{shown}");
    append(
        &folder.join("oarlock.yaml"),
        &format!("\n{}\n", uncommented.join("\n")),
    );
    oarlock(&folder, &["check"]).expect("nothing differs");
    assert_eq!(facts(&folder, "petstore"), before);
}
