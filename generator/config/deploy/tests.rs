use super::*;

fn read(text: &str) -> Result<Deploy, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn nothing_need_be_said() {
    assert_eq!(read("{}"), Ok(Deploy::default()));
    assert_eq!(read("drain: {}"), Ok(Deploy::default()));
}

#[test]
fn values_are_taken_as_they_are_meant() {
    let deploy = read(
        "drain: { delay: 2 m, hooks: 0s }\n\
         resources: { limits: { cpu: 1.5, memory: 1.5Gi, ephemeral-storage: 100M }, requests: { cpu: 1, memory: 1000 } }\n\
         environment: { A: true, B: 7.10, C: 'x: ${y}' }\n\
         labels: { example.com/team: shop, tier: '' }\n\
         bases: { build: 'localhost:5000/rust:1.95', static: scratch/static@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }",
    )
    .expect("it can be read");
    assert_eq!(
        (deploy.drain.delay, deploy.drain.hooks),
        (Some(Seconds(120)), Some(Seconds(0)))
    );
    let limits = &deploy.resources.limits;
    assert_eq!(limits.cpu, Some(Cpu(1500)));
    assert_eq!(limits.memory, Some(Bytes(3 << 29)));
    assert_eq!(limits.ephemeral_storage, Some(Bytes(100_000_000)));
    assert_eq!(deploy.resources.requests.cpu, Some(Cpu(1000)));
    assert_eq!(deploy.resources.requests.memory, Some(Bytes(1000)));
    let values: Vec<&str> = deploy.environment.values().map(|value| &*value.0).collect();
    assert_eq!(values, ["true", "7.10", "x: ${y}"]);
}

const IMPOSSIBLE: &[(&str, &str)] = &[
    ("port: {}", "unknown field `port`"),
    ("ports: { https: 8443 }", "unknown field `https`"),
    (
        "ports: { http: 80 }",
        "ports.http: \"80\" must be a port from 1024 to 65535",
    ),
    (
        "ports: { admin: 65536 }",
        "\"65536\" must be a port from 1024",
    ),
    (
        "ports: { service: 0 }",
        "\"0\" must be a port from 1 to 65535",
    ),
    ("ports: { http: [1] }", "expected a text or a number"),
    (
        "drain: { delay: 5 }",
        "\"5\" must be a length of time in whole seconds with its unit",
    ),
    (
        "drain: { delay: 500ms }",
        "\"500ms\" must be a length of time in whole seconds",
    ),
    ("drain: { delay: -1s }", "\"-1s\" must be"),
    ("drain: { delay: 9999999999s }", "must be a length of time"),
    ("drain: { delay: 4294967295h }", "must be a length of time"),
    (
        "probes: { liveness: { failures: 0 } }",
        "\"0\" must be a whole number above 0",
    ),
    (
        "replicas: { min: 1.5 }",
        "\"1.5\" must be a whole number above 0",
    ),
    (
        "resources: { limits: { cpu: 0 } }",
        "\"0\" must be an amount of processors above 0",
    ),
    (
        "resources: { limits: { cpu: 1.0005 } }",
        "\"1.0005\" must be an amount of processors",
    ),
    (
        "resources: { limits: { cpu: 2 cores } }",
        "must be an amount of processors",
    ),
    (
        "resources: { limits: { memory: 256MB } }",
        "\"256MB\" must be an amount of bytes above 0 as Kubernetes has it",
    ),
    (
        "resources: { limits: { memory: 128m } }",
        "\"128m\" must be an amount of bytes",
    ),
    (
        "resources: { limits: { memory: 0.3 } }",
        "\"0.3\" must be an amount of bytes",
    ),
    (
        "resources: { limits: { memory: 99999999999Ti } }",
        "must be an amount of bytes",
    ),
    (
        "image: { user: 1000 }",
        "\"1000\" must be the number of a user above 10000",
    ),
    (
        "image: { user: 10000 }",
        "\"10000\" must be the number of a user above 10000",
    ),
    (
        "image: { user: 4294967295 }",
        "must be the number of a user",
    ),
    (
        "image: { user: nonroot }",
        "\"nonroot\" must be the number of a user",
    ),
    (
        "image: { registry: shop }",
        "\"shop\" must be a registry's host",
    ),
    (
        "image: { registry: 'https://r.example.com' }",
        "must be a registry's host",
    ),
    (
        "image: { repository: Shop }",
        "\"Shop\" must be an image's name without a tag",
    ),
    (
        "image: { repository: 'shop:1' }",
        "must be an image's name without a tag",
    ),
    (
        "image: { source: 'git@example.com:shop' }",
        "must be an address such as https://",
    ),
    (
        "image: { source: \"https://a\\\" b\" }",
        "must be an address",
    ),
    (
        "bases: { build: rust }",
        "must be an image with a tag or a digest",
    ),
    (
        "bases: { build: 'rust:latest' }",
        "must be an image with a tag that stays",
    ),
    (
        "bases: { run: 'a:1@sha256:12' }",
        "must be an image whose digest is `@sha256:` and 64",
    ),
    (
        "bases: { run: \"a:1\\nRUN id\" }",
        "must be an image with its tag or digest",
    ),
    (
        "bases: { run: 'a:1 AS b' }",
        "must be an image with its tag or digest",
    ),
    (
        "labels: { 'a b': c }",
        "must be the name of a Kubernetes label",
    ),
    (
        "labels: { a/b/c: d }",
        "must be the name of a Kubernetes label",
    ),
    (
        "labels: { team: 'a b' }",
        "\"a b\" must be the value of a Kubernetes label",
    ),
    (
        "labels: { team: \"a\\\"b\" }",
        "must be the value of a Kubernetes label",
    ),
    (
        "environment: { 'A-B': c }",
        "\"A-B\" must be the name of a variable",
    ),
    ("environment: { 1A: c }", "must be the name of a variable"),
    ("environment: { A: \"b\\nc\" }", "must be text on one line"),
    (
        "environment: { A: \"b\\u202ec\" }",
        "must be text on one line",
    ),
    ("environment: { A: b, A: c }", "\"A\" stands twice"),
    ("log: \"a\\0\"", "must be text on one line"),
];

#[test]
fn what_cannot_be_is_refused_with_what_it_must_be() {
    for (text, words) in IMPOSSIBLE {
        let told = read(text).expect_err(text);
        assert!(told.contains(words), "{text}: {told}");
    }
}
