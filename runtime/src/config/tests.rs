use super::*;

fn read(set: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let settled = settle(set);
    match settled.mistakes.is_empty() {
        true => Ok(settled.config),
        false => Err(settled.mistakes),
    }
}

fn settle(set: &[(&str, &str)]) -> Settled {
    let set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(set, false, Duration::ZERO, &[])
}

#[test]
fn every_mistake_is_told() {
    let mistakes = read(&[
        ("OARLOCK_HTTP_ADDR", "8080"),
        ("OARLOCK_DRAIN_DELAY", "5"),
        ("OARLOCK_EXAMPLES", "yes"),
        ("OARLOCK_MAX_BODY_BYTES", "0"),
        ("RUST_LOG", "a=b=c"),
        ("OARLOCK_LIVENESS_STALL", "99ms"),
        ("OARLOCK_PROBES_ON_API", "true"),
        ("OARLOCK_ACCESS_LOG", "1.5"),
        ("OARLOCK_LOG_FORMAT", "xml"),
        ("OARLOCK_LOG_BUFFER_BYTES", "-1"),
    ])
    .expect_err("mistakes");
    assert_eq!(mistakes.len(), 10, "{mistakes:?}");
}

#[test]
fn the_docs_page_is_where_it_was_built_in() {
    let built = cfg!(feature = "docs-ui");
    let port = |set: &[(&str, &str)]| read(set).map(|config| config.docs);
    let usual = if built {
        DocsPort::Admin
    } else {
        DocsPort::Off
    };
    assert_eq!(port(&[]), Ok(usual));
    assert_eq!(port(&[("OARLOCK_DOCS", "off")]), Ok(DocsPort::Off));
    for (word, meant) in [
        ("admin", DocsPort::Admin),
        ("api", DocsPort::Api),
        ("both", DocsPort::Both),
    ] {
        assert_eq!(port(&[("OARLOCK_DOCS", word)]).ok(), built.then_some(meant));
    }
    assert!(port(&[("OARLOCK_DOCS", "on")]).is_err());
}

/// Images, charts and compose files are made of the same values: [`crate::defaults`].
#[test]
fn what_is_not_set_is_as_the_defaults_say() {
    use crate::defaults::{
        ADMIN_PORT, AFTER_DRAIN, DRAIN_DELAY, DRAIN_STREAMS, DRAIN_TIMEOUT, HTTP_PORT, LOG,
    };

    let settled = settle(&[]);
    assert_eq!(settled.mistakes, [""; 0]);
    let config = settled.config;
    assert_eq!(config.http, format!("0.0.0.0:{HTTP_PORT}"));
    assert_eq!(config.admin, format!("0.0.0.0:{ADMIN_PORT}"));
    let drain = [
        config.drain_delay,
        config.drain_timeout,
        config.drain_streams,
    ];
    assert_eq!(drain, [DRAIN_DELAY, DRAIN_TIMEOUT, DRAIN_STREAMS]);
    let log = settled
        .shown
        .lines()
        .find(|one| one.starts_with("rust_log: "));
    assert!(
        log.is_some_and(|line| line.starts_with(&format!("rust_log: {LOG} "))),
        "{}",
        settled.shown
    );
    let hooks = Duration::from_secs(7);
    let least = DRAIN_DELAY + DRAIN_TIMEOUT + hooks + AFTER_DRAIN;
    for (grace, mistakes) in [(least, 0), (least - Duration::from_millis(1), 1)] {
        let grace = humantime::format_duration(grace).to_string();
        let set = [("OARLOCK_GRACE_PERIOD".to_owned(), grace)];
        let settled = Config::read(set, false, hooks, &[]);
        assert_eq!(settled.mistakes.len(), mistakes, "{:?}", settled.mistakes);
    }
}

#[test]
fn a_grace_period_must_hold_the_drain() {
    assert!(read(&[("OARLOCK_GRACE_PERIOD", "29s")]).is_err());
    assert!(read(&[("OARLOCK_GRACE_PERIOD", "30s")]).is_ok());
}

/// A configuration file of its own for each test.
fn file(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(format!("oarlock-{}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("it can be written");
    path.to_str().expect("it is text").to_owned()
}

#[test]
fn the_environment_goes_before_the_file_and_that_before_defaults() {
    let path = file(
        "order.yaml",
        "drain_delay: 1s\ndrain:\n  timeout: 2s\nexamples: true\nlog: { redact: [pin, iban] }\nmax_connections: 7\n",
    );
    let settled = settle(&[("OARLOCK_CONFIG", &path), ("OARLOCK_DRAIN_DELAY", "3s")]);
    assert_eq!(settled.mistakes, [""; 0]);
    let config = settled.config;
    assert_eq!(config.drain_delay, Duration::from_secs(3));
    assert_eq!(config.drain_timeout, Duration::from_secs(2));
    assert_eq!((config.examples, config.limits.max_connections), (true, 7));
    let origin = |line: &str| {
        let found = settled.shown.lines().find(|one| one.starts_with(line));
        found
            .and_then(|one| one.rsplit_once("# "))
            .map(|(_, origin)| origin.to_owned())
    };
    assert_eq!(origin("drain_delay: 3s").as_deref(), Some("environment"));
    assert_eq!(
        origin("drain_timeout: 2s"),
        Some(format!("drain_timeout in {path}"))
    );
    assert_eq!(
        origin("log_redact: \"pin,iban\""),
        Some(format!("log_redact in {path}"))
    );
    assert_eq!(
        origin("max_body_bytes: 2097152").as_deref(),
        Some("default")
    );
}

#[test]
fn what_is_printed_is_read_back() {
    let printed = settle(&[
        ("OARLOCK_LOG_REDACT", "a: b,#c"),
        ("OARLOCK_DRAIN_DELAY", "1m 5s"),
    ])
    .shown;
    let path = file("printed.yaml", &printed);
    let again = settle(&[("OARLOCK_CONFIG", &path)]);
    assert_eq!(again.mistakes, [""; 0]);
    assert_eq!(again.config.drain_delay, Duration::from_secs(65));
    let values = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter_map(|line| line.rsplit_once("  # "));
        lines
            .map(|(value, _)| value.trim_end().to_owned())
            .collect()
    };
    assert_eq!(values(&again.shown), values(&printed));
}

#[test]
fn mistakes_of_a_file_are_told_with_their_place() {
    let path = file(
        "wrong.yaml",
        "drian_delay: 5s\ndrain_timeout: soon\nhttp: { addr: 8080 }\nexamples: {on: [[]]}\nexamples_on: 1\n",
    );
    let told = |set: &[(&str, &str)]| settle(set).mistakes;
    assert_eq!(
        told(&[("OARLOCK_CONFIG", &path)]),
        [format!(
            "{path}: examples_on must be one value, or a list of values"
        )]
    );
    std::fs::write(
        &path,
        "drian_delay: 5s\ndrain_timeout: soon\nhttp: { addr: 8080 }\notel_sdk_disabled: true\n",
    )
    .expect("it can be written");
    assert_eq!(
        told(&[("OARLOCK_CONFIG", &path)]),
        [
            format!(
                "http_addr in {path} is \"8080\", but must be an address with a port, such as 0.0.0.0:8080 or [::]:8080"
            ),
            format!(
                "drain_timeout in {path} is \"soon\", but must be a length of time with its unit, such as 500ms, 5s or 1m"
            ),
            format!("{path}: drian_delay is no setting of this service; did you mean drain_delay?"),
            format!(
                "{path}: otel_sdk_disabled is no setting of this service; --print-config shows them all"
            ),
        ]
    );
    for (text, words) in [
        ("[]", "it must be settings by their names"),
        ("a: [", "is no YAML"),
        ("a: 1\na: 2", "is no YAML"),
    ] {
        std::fs::write(&path, text).expect("it can be written");
        let mistakes = told(&[("OARLOCK_CONFIG", &path)]);
        assert!(
            mistakes.len() == 1 && mistakes[0].contains(words),
            "{mistakes:?}"
        );
    }
    assert!(
        told(&[("OARLOCK_CONFIG", "/none.yaml")])[0]
            .starts_with("OARLOCK_CONFIG: /none.yaml cannot be read")
    );
}

#[test]
fn a_misspelt_variable_is_told_and_others_variables_are_left_alone() {
    let mistakes = settle(&[
        ("OARLOCK_DRIAN_DELAY", "5s"),
        ("OARLOCK_COLOUR", "red"),
        ("OARLOCK_CALL_CART_URL", "http://cart"),
        ("OARLOCK_SERVICE_HOST", "10.0.0.1"),
        ("OARLOCK_SHOP_SERVICE_PORT_HTTP", "80"),
        ("OARLOCK_PORT", "tcp://10.0.0.1:80"),
        ("OARLOCK_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("OARLOCKS", "1"),
    ])
    .mistakes;
    assert_eq!(
        mistakes,
        [
            "OARLOCK_COLOUR is no setting of this service; --print-config shows them all",
            "OARLOCK_DRIAN_DELAY is no setting of this service; did you mean OARLOCK_DRAIN_DELAY?",
        ]
    );
}

#[test]
fn a_variable_may_name_a_file_that_holds_the_value() {
    let path = file("mounted", "7\r\n");
    let name = "OARLOCK_MAX_CONNECTIONS_FILE";
    assert_eq!(
        read(&[(name, &path)]).map(|config| config.limits.max_connections),
        Ok(7)
    );
    let both = settle(&[(name, &path), ("OARLOCK_MAX_CONNECTIONS", "8")]).mistakes;
    assert_eq!(both.len(), 1, "{both:?}");
    let wrong = file("mounted-wrong", "many");
    assert_eq!(
        settle(&[(name, &wrong)]).mistakes,
        [format!(
            "OARLOCK_MAX_CONNECTIONS from {wrong} is \"many\", but must be a whole number above 0"
        )]
    );
    for missing in ["/none", &file("mounted-empty", "\n")] {
        assert_eq!(settle(&[(name, missing)]).mistakes.len(), 1);
    }
}

#[test]
fn secrets_are_not_printed() {
    let settled = settle(&[("OTEL_EXPORTER_OTLP_HEADERS", "api-key=SECRET")]);
    assert!(
        settled
            .shown
            .contains("# OTEL_EXPORTER_OTLP_HEADERS=(hidden)"),
        "{}",
        settled.shown
    );
    assert!(!settled.shown.contains("SECRET"));
}
