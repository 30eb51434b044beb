use super::*;

fn shutdown_of(text: &str) -> Result<Shutdown, Vec<String>> {
    let mut mistakes = Mistakes(Vec::new());
    let made = shutdown(&said(text).drain, &mut mistakes);
    ended(made, mistakes)
}

fn said(text: &str) -> Deploy {
    serde_yaml::from_str(text).expect("deploy")
}

fn ended<T>(made: T, mistakes: Mistakes) -> Result<T, Vec<String>> {
    match mistakes.0.is_empty() {
        true => Ok(made),
        false => Err(mistakes.0),
    }
}

#[test]
fn what_is_not_said_is_what_the_runtime_does() {
    let shutdown = shutdown_of("{}").expect("it fits");
    let length = |one: Seconds| Duration::from_secs(one.0.into());
    assert_eq!(length(shutdown.delay), defaults::DRAIN_DELAY);
    assert_eq!(length(shutdown.timeout), defaults::DRAIN_TIMEOUT);
    assert_eq!(length(shutdown.streams), defaults::DRAIN_STREAMS);
    assert_eq!(length(shutdown.least_margin), defaults::AFTER_DRAIN);
    let needed = defaults::DRAIN_DELAY + defaults::DRAIN_TIMEOUT + defaults::AFTER_DRAIN;
    assert!(length(shutdown.grace) > needed);
    let ports = ports(&Deploy::default(), &mut Mistakes(Vec::new()));
    assert_eq!(
        (ports.http, ports.admin),
        (defaults::HTTP_PORT, defaults::ADMIN_PORT)
    );
    let settings = settings(ports, shutdown, defaults::LOG);
    assert!(settings.iter().all(|one| one.is_default), "{settings:?}");
    let probes = probes(&Deploy::default(), &mut Mistakes(Vec::new()));
    assert!(length(probes.image.timeout) > defaults::HEALTHCHECK_STEP);
}

#[test]
fn the_grace_period_is_the_sum() {
    let shutdown = shutdown_of("drain: { delay: 7s, timeout: 1m, hooks: 9s, margin: 11s }");
    assert_eq!(shutdown.expect("it fits").grace, Seconds(7 + 60 + 9 + 11));
}

const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "ports: { http: 9090 }",
        "ports: http and admin would both be 9090",
    ),
    (
        "ports: { service: 9090 }",
        "ports: service and admin would both be 9090",
    ),
    (
        "probes: { liveness: { period: 2s, timeout: 3s } }",
        "liveness: timeout: 3s is longer than the period of 2s",
    ),
    (
        "probes: { startup: { period: 10s, within: 5s } }",
        "startup: within: 5s is less than its period",
    ),
    (
        "probes: { readiness: { period: 0s } }",
        "readiness: period and timeout must be 1s at least",
    ),
    (
        "resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }",
        "resources: cpu: more is requested",
    ),
    (
        "replicas: { min: 5, max: 4 }",
        "replicas: min is 5 and max 4",
    ),
    (
        "labels: { app.kubernetes.io/name: x }",
        "labels: app.kubernetes.io/name: is set already",
    ),
    (
        "environment: { OARLOCK_DRAIN_DELAY: 1s }",
        "OARLOCK_DRAIN_DELAY: is made of `deploy: drain: delay`",
    ),
    (
        "environment: { RUST_LOG: debug }",
        "RUST_LOG: is made of `deploy: log`",
    ),
];

#[test]
fn what_does_not_fit_together_is_told() {
    for (text, told) in [
        (
            "drain: { margin: 4s }",
            "drain: margin: 4s is less than the 5s",
        ),
        (
            "drain: { timeout: 2h }",
            "drain: delay, timeout, hooks and margin are 7215s together",
        ),
        (
            "drain: { timeout: 4294967295s, hooks: 9s }",
            "platforms wait for 3600s at most",
        ),
        (
            "drain: { streams: 30s }",
            "drain: streams: 30s is longer than the timeout",
        ),
    ] {
        let mistakes = shutdown_of(text).expect_err(text);
        assert!(mistakes[0].contains(told), "{text}: {mistakes:?}");
    }
    for (text, told) in CONTRADICTIONS {
        let (said, mut mistakes) = (said(text), Mistakes(Vec::new()));
        ports(&said, &mut mistakes);
        probes(&said, &mut mistakes);
        resources(&said, &mut mistakes);
        replicas(&said, &mut mistakes);
        labels(&said, &mut mistakes);
        environment(&said, &mut mistakes);
        assert_eq!(mistakes.0.len(), 1, "{text}: {:?}", mistakes.0);
        assert!(mistakes.0[0].contains(told), "{text}: {:?}", mistakes.0);
    }
}

#[test]
fn what_is_said_takes_the_usual_beside_it_along() {
    let mut mistakes = Mistakes(Vec::new());
    let small = said(
        "resources: { limits: { memory: 32Mi } }\nreplicas: { max: 1 }\nprobes: { liveness: { period: 2s } }",
    );
    assert_eq!(
        resources(&small, &mut mistakes).requests.memory,
        Bytes(32 << 20)
    );
    assert_eq!(replicas(&small, &mut mistakes), Replicas { min: 1, max: 1 });
    assert_eq!(probes(&small, &mut mistakes).liveness.timeout, Seconds(2));
    let large = said("resources: { requests: { memory: 1Gi } }\nreplicas: { min: 20 }");
    assert_eq!(
        resources(&large, &mut mistakes).limits.memory,
        Bytes(1 << 30)
    );
    assert_eq!(
        replicas(&large, &mut mistakes),
        Replicas { min: 20, max: 20 }
    );
    assert_eq!(mistakes.0, [""; 0]);
}
