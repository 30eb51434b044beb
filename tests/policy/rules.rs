//! Each rule of a stack, broken by an edit that breaks it alone, and kept without it.

use std::collections::BTreeSet;

use oarlock::source::Source;
use serde_json::Value;

use super::{FILES, edit, here, names, oarlock, same, shop, text};

/// An edit that breaks one rule: of which file, from what, to what.
struct Breach {
    rule: &'static str,
    file: &'static str,
    old: &'static str,
    new: &'static str,
    /// What stands in the line of the stack that must be shown.
    line: &'static str,
}

const fn breach(
    rule: &'static str,
    file: &'static str,
    old: &'static str,
    new: &'static str,
    line: &'static str,
) -> Breach {
    Breach {
        rule,
        file,
        old,
        new,
        line,
    }
}

const SETTINGS: &str = "oarlock.yaml";
const DOCUMENT: &str = "openapi.yaml";
const STACK: &str = "stack.yaml";

const BREACHES: &[Breach] = &[
    breach(
        "nothing-left-out",
        SETTINGS,
        "limits:\n",
        "allow: [unsupported]\nlimits:\n",
        "forbidden: [unsupported]",
    ),
    breach(
        "known-bases",
        SETTINGS,
        "gcr.io/distroless/cc-debian12@",
        "docker.io/library/debian@",
        "    allowed:",
    ),
    breach(
        "who-to-ask",
        DOCUMENT,
        ", email: harbour@example.com",
        "",
        "document: [info.contact.email",
    ),
    breach(
        "no-examples",
        SETTINGS,
        "100/s }",
        "100/s, OARLOCK_EXAMPLES: on }",
        "forbidden: [OARLOCK_EXAMPLES]",
    ),
    breach(
        "rate-limits",
        SETTINGS,
        "100/s",
        "10000/m",
        "required: { OARLOCK_RATE_LIMIT",
    ),
    breach("this-year", STACK, "<0.2.0", "<0.1.0", "versions:"),
    breach(
        "known-teams",
        SETTINGS,
        "example.com/team: harbour",
        "example.com/team: harbour-2",
        "required: { example.com/team",
    ),
    breach(
        "short-calls",
        SETTINGS,
        "timeout: 20s",
        "timeout: 1m",
        "most: { timeout: 30s",
    ),
    breach(
        "same-bases-tomorrow",
        SETTINGS,
        "cc-debian12@sha256:2222222222222222222222222222222222222222222222222222222222222222",
        "cc-debian12:nonroot",
        "kind: pinned-images",
    ),
    breach(
        "patient-probes",
        SETTINGS,
        "failures: 4",
        "failures: 2",
        "liveness: { failures",
    ),
    breach(
        "own-registry",
        SETTINGS,
        "registry.example.com/shop",
        "docker.io/shop",
        "allowed: [registry.example.com/]",
    ),
    breach(
        "enough-of-them",
        SETTINGS,
        "min: 3",
        "min: 1",
        "min: { least: 2 }",
    ),
    breach(
        "small-pods",
        SETTINGS,
        "memory: 384Mi",
        "memory: 1Gi",
        "memory: 512Mi",
    ),
    breach(
        "nobody-unknown",
        DOCUMENT,
        "{ person: [] }]",
        "{ key: [] }]",
        "schemes: [bearer",
    ),
    breach(
        "soft-landing",
        SETTINGS,
        "delay: 10s",
        "delay: 2s",
        "delay: { least: 5s }",
    ),
];

#[test]
fn every_rule_fails_by_name_and_passes() {
    let folder = shop("kept");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    let stack = Source::new(STACK, &text(&folder, STACK));
    let rules: BTreeSet<&str> = BREACHES.iter().map(|one| one.rule).collect();
    let written = stack.text.split("\nrules:\n").nth(1).expect("the rules");
    let written = written.lines().filter_map(|line| line.strip_prefix("  "));
    let written = written.filter(|line| !line.starts_with(' '));
    let written: BTreeSet<&str> = written.map(|line| line.trim_end_matches(':')).collect();
    assert_eq!(rules, written, "every rule has its breach");
    let mut kinds: Vec<&str> = stack.text.split("kind: ").skip(1).collect();
    kinds.sort_unstable();
    kinds.dedup_by_key(|text| text.lines().next());
    assert_eq!(kinds.len(), 14, "every kind of rule");
    for one in BREACHES {
        let folder = shop(one.rule);
        edit(&folder, one.file, one.old, one.new);
        let (code, told) = oarlock(&folder, &["check"]);
        assert_eq!(code, 1, "{}:\n{told}", one.rule);
        same(&format!("rules/{}.txt", one.rule), &told);
        // By its name, and no other.
        let broken: Vec<&str> = told
            .lines()
            .filter(|line| line.starts_with("error"))
            .collect();
        assert_eq!(broken.len(), 1, "{told}");
        let head = format!("error[E200]: the rule `{}` is broken: ", one.rule);
        assert!(broken[0].starts_with(&head), "{told}");
        // Under the stack's own line, counted as an editor counts.
        let now = Source::new(STACK, &text(&folder, STACK));
        let from = now
            .text
            .find(&format!("\n  {}:", one.rule))
            .expect("the rule");
        let at = from + now.text[from..].find(one.line).expect("its line");
        let number = now.position(at).0;
        let place = format!("{STACK}:{number}:");
        let shown = now.text.lines().nth(number - 1).expect("the line");
        assert!(
            told.contains(&place) && told.contains(shown),
            "{place}\n{told}"
        );
        // Under the line that breaks it, where there is one.
        assert!(
            one.file == STACK || told.contains(&format!("{}:", one.file)),
            "{told}"
        );
        // Generating refuses as well, and writes nothing.
        assert_eq!(oarlock(&folder, &["generate"]), (1, told));
        let mut only = FILES.map(str::to_owned);
        only.sort();
        assert_eq!(names(&folder), only);
    }
}

#[test]
fn all_breaches_are_told_in_one_run_in_order() {
    let folder = shop("all");
    // Two rules are about the same base: it is neither known nor pinned.
    let others = |one: &&Breach| one.rule != "same-bases-tomorrow";
    for one in BREACHES.iter().filter(others) {
        edit(&folder, one.file, one.old, one.new);
    }
    let digest = format!("debian@sha256:{}", "2".repeat(64));
    edit(&folder, SETTINGS, &digest, "debian:12");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    same("rules/all.txt", &told);
    let broken = |told: &str| told.matches("error[E200]: ").count();
    assert_eq!(broken(&told), BREACHES.len(), "{told}");
    for one in BREACHES {
        assert!(
            told.contains(&format!("the rule `{}` is broken", one.rule)),
            "{told}"
        );
    }
    let places: Vec<(usize, usize)> = told
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("--> "))
        .map(|place| {
            let (file, rest) = place.split_once(':').expect("a place");
            let line = rest.split(':').next().expect("a line");
            let order = ["openapi.yaml", "oarlock.yaml", "stack.yaml"];
            let file = order.iter().position(|one| *one == file).expect("a file");
            (file, line.parse().expect("a number"))
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// What each rule says of values that nobody has said, and of several places at once.
#[test]
fn what_nobody_said_is_told_under_the_rule() {
    let folder = shop("unsaid");
    edit(
        &folder,
        SETTINGS,
        "registry: registry.example.com/shop",
        "user: 20000",
    );
    edit(
        &folder,
        SETTINGS,
        "    run: gcr.io/distroless/cc-debian12@sha256:2222222222222222222222222222222222222222222222222222222222222222\n",
        "    build: example.com/rust:1.95\n",
    );
    edit(
        &folder,
        SETTINGS,
        "environment: { OARLOCK_RATE_LIMIT: 100/s }",
        "environment: {}",
    );
    edit(
        &folder,
        STACK,
        "    labels: { example.com/cost-centre: \"4711\", example.com/team: nobody }\n",
        "",
    );
    edit(
        &folder,
        STACK,
        "      static: gcr.io/",
        "      static: quay.io/",
    );
    edit(
        &folder,
        DOCUMENT,
        "security: [{ token: [] }]",
        "security: []",
    );
    edit(&folder, DOCUMENT, "      summary: All pets.\n", "");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1, "{told}");
    same("rules/unsaid.txt", &told);
}

#[test]
fn a_word_of_the_command_line_breaks_a_rule_as_well() {
    let folder = shop("command");
    let (code, told) = oarlock(&folder, &["generate", "--allow", "unsupported"]);
    assert_eq!(code, 1);
    let head = "error[E200]: the rule `nothing-left-out` is broken: no project may have `unsupported` allowed";
    assert!(told.starts_with(head), "{told}");
    assert_eq!(oarlock(&folder, &["generate", "--allow", "outside"]).0, 0);
}

/// A document that is no document is told as ever, and its rules with the next run.
#[test]
fn mistakes_of_the_document_come_first() {
    let folder = shop("mistake");
    edit(&folder, DOCUMENT, "type: object", "type: objekt");
    edit(&folder, SETTINGS, "min: 3", "min: 1");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("error[E015]") && !told.contains("E200"),
        "{told}"
    );
}

#[test]
fn machines_are_told_both_places() {
    let folder = shop("machines");
    edit(&folder, SETTINGS, "memory: 384Mi", "memory: 1Gi");
    let (code, json) = oarlock(&folder, &["check", "--message-format", "json"]);
    assert_eq!(code, 1);
    let schema = here().join("../../generator/diagnostic/message.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let lines: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(lines.iter().all(|line| validator.is_valid(line)), "{json}");
    let first = &lines[0];
    assert_eq!(first["code"], "E200");
    assert_eq!(first["severity"], "error");
    let line = |file: &str, part: &str| {
        let text = text(&folder, file);
        text.lines()
            .position(|line| line.contains(part))
            .expect("a line")
            + 1
    };
    assert_eq!(first["file"], SETTINGS);
    assert_eq!(first["line"], line(SETTINGS, "memory: 1Gi"));
    assert_eq!(first["related"][0]["file"], STACK);
    assert_eq!(first["related"][0]["line"], line(STACK, "memory: 512Mi"));
    let (code, github) = oarlock(&folder, &["check", "--message-format", "github"]);
    assert_eq!(code, 1);
    let place = format!(
        "::error file={SETTINGS},line={},",
        line(SETTINGS, "memory: 1Gi")
    );
    let rule = format!("{STACK}:{}:", line(STACK, "memory: 512Mi"));
    let annotation = github.lines().next().expect("a line");
    assert!(
        annotation.starts_with(&place) && annotation.contains(&rule),
        "{github}"
    );
    assert!(
        annotation.contains("title=E200::the rule `small-pods` is broken"),
        "{github}"
    );
}
