//! Objectives of tags, and what is made of them: rules and runbooks. Whether alerts fire when they should is seen before a real
//! Prometheus, in `tests/stages/alerts`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_yaml::Value;

const HARBOUR: &str = r#"openapi: 3.1.0
info: { title: Harbour, version: "1" }
tags:
  - { name: ships, description: They come and go. }
  - { name: quays }
paths:
  /ships:
    get: { operationId: listShips, tags: [ships], responses: { "204": { description: None. } } }
    post: { operationId: moor, tags: [ships, quays], responses: { "204": { description: Moored. } } }
  /quays:
    get: { operationId: listQuays, tags: [quays], responses: { "204": { description: None. } } }
  /log:
    get:
      operationId: readLog
      tags: [quays]
      responses: { "200": { description: Lines., content: { text/event-stream: { schema: { type: string } } } } }
  /tide:
    get: { operationId: tide, responses: { "204": { description: Low. } } }
"#;

fn project(name: &str, document: &str, settings: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("objectives")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("openapi.yaml"), document).expect("a document");
    let settings = format!("spec: openapi.yaml\nname: harbour\n{settings}");
    fs::write(folder.join("oarlock.yaml"), settings).expect("settings");
    folder
}

/// Runs a command in a project: its exit code and what it told.
fn run(folder: &Path, command: &str) -> (Option<i32>, String) {
    let mut oarlock = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    let output = oarlock.arg(command).current_dir(folder).output();
    let output = output.expect("oarlock runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

fn generated(name: &str, document: &str, settings: &str) -> PathBuf {
    let folder = project(name, document, settings);
    let (code, told) = run(&folder, "generate");
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(run(&folder, "check").0, Some(0));
    folder
}

fn refused(name: &str, document: &str, settings: &str, code: i32) -> String {
    let folder = project(name, document, settings);
    let (found, told) = run(&folder, "generate");
    assert_eq!(found, Some(code), "{told}");
    assert!(!folder.join("deploy").exists(), "nothing is written");
    told
}

fn text(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn rules_text(folder: &Path, service: &str) -> String {
    text(
        folder,
        &format!("deploy/chart/charts/{service}/alerts/rules.yaml"),
    )
}

/// Every rule, in the order of the file.
fn rules(folder: &Path, service: &str) -> Vec<Value> {
    let read: Value = serde_yaml::from_str(&rules_text(folder, service)).expect("YAML");
    let groups = read["groups"].as_sequence().expect("groups").iter();
    let rules = groups.flat_map(|group| group["rules"].as_sequence().expect("rules"));
    rules.cloned().collect()
}

fn alerts(rules: &[Value]) -> Vec<(&str, &Value)> {
    let alerts = rules.iter();
    alerts
        .filter_map(|rule| Some((rule.get("alert")?.as_str()?, rule)))
        .collect()
}

/// By record and tag (or operation): what it is, and the time of the objective.
fn recorded(rules: &[Value]) -> BTreeMap<(String, String), (String, Option<String>)> {
    let labelled = rules.iter().filter(|rule| rule.get("record").is_some());
    let found = labelled.filter_map(|rule| {
        let labels = rule.get("labels")?;
        let word = |key: &str| labels.get(key).and_then(Value::as_str).map(str::to_owned);
        let key = word("operation_id").or(word("tag"))?;
        let record = rule["record"].as_str()?.to_owned();
        let value = match word("operation_id") {
            Some(_) => word("tag")?,
            None => rule["expr"].as_str()?.to_owned(),
        };
        Some(((record, key), (value, word("le"))))
    });
    found.collect()
}

const OPERATION: &str = "job_operation_tag:http_server_objectives:info";
const AVAILABILITY: &str = "job_tag:availability_budget:ratio";
const LATENCY: &str = "job_tag:latency_budget:ratio";

/// What a tag may fail, how much of it may be slow, and beyond which time.
fn promised(folder: &Path, tag: &str, operation: &str) -> [String; 3] {
    let found = recorded(&rules(folder, "harbour"));
    let of = |record: &str, key: &str| found[&(record.to_owned(), key.to_owned())].clone();
    let (owner, seconds) = of(OPERATION, operation);
    assert_eq!(owner, tag);
    [
        of(AVAILABILITY, tag).0,
        of(LATENCY, tag).0,
        seconds.expect("a time"),
    ]
}

#[test]
fn every_operation_has_its_first_tag_and_usual_objectives() {
    let folder = generated("usual", HARBOUR, "");
    for (tag, operation) in [
        ("ships", "listShips"),
        ("ships", "moor"),
        ("quays", "listQuays"),
        ("operations", "tide"),
    ] {
        let usual = ["vector(0.001)", "vector(0.01)", "0.5"];
        assert_eq!(promised(&folder, tag, operation), usual, "{operation}");
    }
    let found = recorded(&rules(&folder, "harbour"));
    let stream = &found[&(OPERATION.to_owned(), "readLog".to_owned())];
    assert_eq!(
        *stream,
        ("quays".to_owned(), None),
        "a stream takes as long as it likes"
    );
}

#[test]
fn what_stands_nearer_goes_before_what_stands_further_off() {
    let root = "x-oarlock-objectives: { availability: 99%, latency: 98% within 1s }\n";
    let ships = "description: They come and go., x-oarlock-objectives: { availability: 99.5% }";
    let document = HARBOUR.replace("tags:\n", &format!("{root}tags:\n"));
    let document = document.replace("description: They come and go.", ships);
    let said = |name, settings| {
        let folder = generated(name, &document, settings);
        [
            promised(&folder, "ships", "moor"),
            promised(&folder, "quays", "listQuays"),
        ]
    };
    let document_alone = said("document", "");
    assert_eq!(
        document_alone,
        [
            ["vector(0.005)", "vector(0.02)", "1.0"],
            ["vector(0.01)", "vector(0.02)", "1.0"]
        ]
    );
    let all = "objectives: { availability: 99.99%, latency: 99.9% within 2.5s }\n";
    assert_eq!(
        said("all", all),
        [
            ["vector(0.005)", "vector(0.001)", "2.5"],
            ["vector(0.0001)", "vector(0.001)", "2.5"]
        ]
    );
    let tags = "objectives:\n  tags:\n    ships: { availability: 99.999% }\n    quays: { latency: 95% within 25ms }\n";
    assert_eq!(
        said("tags", tags),
        [
            ["vector(0.00001)", "vector(0.02)", "1.0"],
            ["vector(0.01)", "vector(0.05)", "0.025"]
        ]
    );
}

#[test]
fn what_cannot_be_held_is_refused() {
    for (number, (said, told)) in [
        ("availability: 100%", "\"100%\" must be a percentage from 95% to 99.999%, such as 99.9%"),
        ("availability: 99.9", "\"99.9\" must be a percentage"),
        ("availability: 99.9999%", "\"99.9999%\" must be a percentage"),
        ("latency: 99% in 500ms", "must be a share of requests and the time within which they are answered, such as 99% within 500ms"),
        ("latency: 50% within 500ms", "where the share is a percentage from 95% to 99.999%"),
        ("latency: 99% within 300ms", "a service counts for fixed times, of which the nearest are 250ms and 500ms"),
        ("latency: 99% within 20s", "of which the nearest are 10s"),
        ("uptime: 99%", "unknown field `uptime`"),
        ("tags: { ships: { p99: 1s } }", "unknown field `p99`"),
        ("tags: { ships: {}, ships: {} }", "\"ships\" stands twice"),
    ].into_iter().enumerate() {
        let settings = format!("objectives: {{ {said} }}\n");
        let all = refused(&format!("refused-{number}"), HARBOUR, &settings, 2);
        assert!(all.contains(told) && all.contains("oarlock.yaml"), "{said}: {all}");
        assert!(all.contains("line 3"), "{said}: {all}");
    }
    let settings = "objectives: { tags: { shipps: { availability: 99% }, docks: {} } }\n";
    let all = refused("unknown", HARBOUR, settings, 2);
    for told in [
        "oarlock.yaml: objectives: tags: no operation has \"shipps\" as its first tag; did you mean \"ships\"?",
        "oarlock.yaml: objectives: tags: no operation has \"docks\" as its first tag",
    ] {
        assert!(all.contains(told), "{all}");
    }
    let document = HARBOUR.replace(
        "{ name: quays }",
        "{ name: quays, x-oarlock-objectives: { latency: 99% within 3s } }",
    );
    let all = refused("document-refused", &document, "", 1);
    assert!(
        all.contains("error[E020]") && all.contains("openapi.yaml:5:53"),
        "{all}"
    );
}

/// The lines of a page under a heading of its own.
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, below) = page
        .split_once(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no page has {heading}"));
    below.split("\n## ").next().unwrap_or_default()
}

#[test]
fn every_alert_has_its_page_and_every_page_its_alert() {
    let folder = generated("pages", HARBOUR, "");
    let rules = rules(&folder, "harbour");
    let page = text(&folder, "deploy/runbooks/harbour.md");
    let alerts = alerts(&rules);
    assert_eq!(alerts.len(), 14);
    for (name, rule) in &alerts {
        let section = section(&page, name);
        let expr = rule["expr"].as_str().expect("an expression");
        assert!(
            section.contains(&format!("```promql\n{expr}\n```")),
            "{name}: {section}"
        );
        let severity = rule["labels"]["severity"].as_str().expect("a severity");
        assert!(
            section.contains(&format!("Severity: {severity}. Metric: `")),
            "{name}"
        );
        for part in [
            "What it means: ",
            "Who is affected: ",
            "What to do first:\n\n1. ",
            "What to do next:\n\n1. ",
        ] {
            assert!(section.contains(part), "{name} has no {part:?}");
        }
        let annotations = &rule["annotations"];
        let url = format!("deploy/runbooks/harbour.md#{}", name.to_lowercase());
        assert_eq!(annotations["runbook_url"], url.as_str());
        for annotation in ["summary", "description"] {
            let words = annotations[annotation].as_str().expect("words");
            assert!(words.contains("{{ $labels.job }}"), "{name}: {words}");
        }
    }
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let known = |heading: &&str| alerts.iter().any(|(name, _)| name == heading);
    let others: Vec<&str> = headings.filter(|one| !known(one)).collect();
    assert_eq!(others, ["What is promised"]);
    for row in [
        "| ships | 99.9% | 99% within 500ms | 2 |",
        "| quays | 99.9% | 99% within 500ms | 2 |",
    ] {
        assert!(page.contains(row), "{page}");
    }
    assert!(page.contains("come): readLog.\n"), "{page}");
    let again = generated("pages-again", HARBOUR, "");
    assert_eq!(page, text(&again, "deploy/runbooks/harbour.md"));
    assert_eq!(
        rules_text(&folder, "harbour"),
        rules_text(&again, "harbour")
    );
}

#[test]
fn alerts_point_to_where_runbooks_can_be_read() {
    for (name, settings, base) in [
        (
            "address",
            "{ runbooks: https://git.example.com/harbour/runbooks/ }",
            "https://git.example.com/harbour/runbooks",
        ),
        (
            "relative",
            "{ ports: { grafana: 4000 } }",
            "deploy/runbooks",
        ),
        ("nowhere", "off", "deploy/runbooks"),
    ] {
        let folder = generated(
            name,
            HARBOUR,
            &format!("deploy: {{ observability: {settings} }}\n"),
        );
        for (alert, rule) in alerts(&rules(&folder, "harbour")) {
            let url = format!("{base}/harbour.md#{}", alert.to_lowercase());
            assert_eq!(rule["annotations"]["runbook_url"], url.as_str());
        }
    }
    let told = refused(
        "odd-address",
        HARBOUR,
        "deploy: { observability: { runbooks: 'javascript:x' } }\n",
        2,
    );
    assert!(
        told.contains("must be an address such as https://"),
        "{told}"
    );
}

#[test]
fn many_operations_cost_a_line_each() {
    let of = |count: usize| {
        let mut document =
            "openapi: 3.1.0\ninfo: { title: Harbour, version: '1' }\npaths:\n".to_owned();
        for index in 0..count {
            let tag = index % 20;
            let _ = writeln!(
                document,
                "  /quay/{index}:\n    get: {{ operationId: askQuay{index}, tags: [tag{tag}], responses: {{ '204': {{ description: Done. }} }} }}"
            );
        }
        document
    };
    let few = generated("few", &of(20), "");
    let many = generated("many", &of(200), "");
    let (few, many) = (rules(&few, "harbour"), rules(&many, "harbour"));
    assert_eq!(many.len() - few.len(), 180);
    assert_eq!(alerts(&many).len(), 14);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("objectives/many");
    let size = rules_text(&folder, "harbour").len();
    assert!(size < 64 << 10, "{size} bytes of rules");
}

#[test]
fn where_everything_streams_there_is_no_latency_to_keep() {
    let document = r#"openapi: 3.1.0
info: { title: Harbour, version: "1" }
paths:
  /file:
    get:
      tags: [files]
      operationId: file
      responses: { "200": { description: Bytes., content: { application/octet-stream: {} } } }
"#;
    let folder = generated("streams", document, "");
    let text = rules_text(&folder, "harbour");
    assert!(
        !text.contains("latency") && !text.contains("slow"),
        "{text}"
    );
    assert_eq!(alerts(&rules(&folder, "harbour")).len(), 10);
    let page = self::text(&folder, "deploy/runbooks/harbour.md");
    assert!(page.contains("| files | 99.9% | none | 1 |"), "{page}");
    let dashboard = self::text(
        &folder,
        "deploy/chart/charts/harbour/dashboards/harbour.json",
    );
    assert!(
        dashboard.contains("http_server_errors:burnrate1h") && !dashboard.contains("slow_requests")
    );
}

/// Texts of the document stand in labels of records, each in one piece, and nowhere else.
#[test]
fn hostile_names_stay_labels() {
    let tag = "a\"b\\c {{ $value }} {job=\"harbour\" labels: { job: \"x\n- alert: |<b>`d`$";
    let id = "{{ .Values }}', \"}) or up{job=\"harbour\"} #";
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let document = format!(
        "openapi: 3.1.0\ninfo: {{ title: 'x {{{{ y }}}} [z](http://evil)', version: '1' }}\npaths:\n  /a:\n    get: {{ operationId: {}, tags: [{}], responses: {{ '204': {{ description: Done. }} }} }}\n",
        quoted(id),
        quoted(tag),
    );
    let folder = generated("hostile", &document, "");
    let rules = rules(&folder, "harbour");
    let found = recorded(&rules);
    assert_eq!(found[&(OPERATION.to_owned(), id.to_owned())].0, tag);
    for record in [AVAILABILITY, LATENCY] {
        assert!(found.contains_key(&(record.to_owned(), tag.to_owned())));
    }
    for rule in &rules {
        let expr = rule["expr"].as_str().expect("an expression");
        assert!(
            !expr.contains("Values") && !expr.contains("alert:"),
            "{expr}"
        );
        let words = serde_yaml::to_string(&rule.get("annotations")).expect("YAML");
        assert!(
            !words.contains("Values") && !words.contains("evil") && !words.contains("<b>"),
            "{words}"
        );
    }
    // What the chart looks for, to put a namespace there, is none of theirs.
    let text = rules_text(&folder, "harbour");
    for line in text.lines().filter(|line| line.contains("alert: |")) {
        assert_eq!(line.matches("{job=\"").count(), 0, "{line}");
        assert_eq!(line.matches("labels: { job: \"").count(), 1, "{line}");
    }
    let page = self::text(&folder, "deploy/runbooks/harbour.md");
    let row = page
        .lines()
        .find(|line| line.starts_with("| a"))
        .expect("a row");
    assert!(
        row.ends_with(" | 99.9% | 99% within 500ms | 1 |") && row.contains("\\|\\<b\\>\\`d\\`"),
        "{row}"
    );
    assert!(!page.contains("](http"), "{page}");
}

#[test]
fn each_service_has_the_rules_of_its_own_tags() {
    let settings = "services:\n  fleet: { tags: [ships] }\n  docks: { tags: [quays, operations] }\nobjectives: { tags: { quays: { availability: 99% } } }\n";
    let folder = generated("services", HARBOUR, settings);
    for (service, own, others) in [
        ("fleet", "listShips", ["listQuays", "quays"]),
        ("docks", "listQuays", ["listShips", "ships"]),
    ] {
        let text = rules_text(&folder, service);
        assert!(
            text.contains(&format!(
                "labels: {{ job: \"{service}\", operation_id: \"{own}\""
            )),
            "{text}"
        );
        for other in others {
            assert!(
                !text.contains(&format!("\"{other}\"")),
                "{service}: {other}"
            );
        }
        let page = self::text(&folder, &format!("deploy/runbooks/{service}.md"));
        assert!(page.contains(&format!("job=\"{service}\"")) && !page.contains("job=\"harbour\""));
    }
}
