//! Stacks that mean harm, or are none: each is refused with a reason, in little time, and nothing is written.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{edit, names, oarlock, same, shop, text};

/// No stack may take longer to be refused.
const LONGEST: Duration = Duration::from_secs(20);

fn bomb() -> String {
    let mut text = String::from("stack: shop\nversion: 3\nx0: &x0 [a, a, a, a, a, a, a, a]\n");
    for level in 1..60 {
        let before = level - 1;
        let items = vec![format!("*x{before}"); 8].join(", ");
        text.push_str(&format!("x{level}: &x{level} [{items}]\n"));
    }
    text
}

/// A stack of many rules, by aliases.
fn many(rules: usize, rule: &str) -> String {
    let names = (1..rules).map(|one| format!("  r{one}: *r\n"));
    format!(
        "stack: shop\nversion: 3\nrules:\n  one: &r {rule}\n{}",
        names.collect::<String>()
    )
}

fn deep() -> String {
    format!(
        "stack: shop\nversion: 3\nrules: {}1{}\n",
        "{ a: ".repeat(5000),
        "}".repeat(5000)
    )
}

fn head(rest: &str) -> String {
    format!("stack: shop\nversion: 3\n{rest}\n")
}

fn rule(rest: &str) -> String {
    head(&format!("rules:\n  one: {{ {rest} }}"))
}

type Told = (&'static str, String, &'static str);

/// Files that are no stack, and what is told of them.
const WHOLE: &[(&str, &str, &str)] = &[
    ("no YAML", "stack: [", "error[E001]"),
    ("empty", "", "error[E006]"),
    (
        "a list",
        "- stack",
        "a stack must be names with a value each",
    ),
    ("a word", "stack", "a stack must be names with a value each"),
    ("no name", "version: 3", "a stack must have `stack`"),
    ("no version", "stack: shop", "a stack must have `version`"),
    (
        "version 0",
        "stack: shop\nversion: 0",
        "\"0\" must be the stack's version",
    ),
    (
        "a name",
        "stack: \"Shop\\n\"\nversion: 3",
        "must be a name of lower-case letters",
    ),
];

/// What stands in a stack beside its name and version.
const HEADS: &[(&str, &str, &str)] = &[
    ("two", "---\nstack: shop", "error[E006]"),
    ("a key", "extends: other.yaml", "a stack has no `extends`"),
    ("a merge", "<<: { rules: {} }", "a stack has no `<<`"),
    (
        "twice",
        "rules:\n  one: { kind: pinned-images }\n  one: { kind: pinned-images }",
        "error[E002]",
    ),
    (
        "defaults",
        "defaults: { limits: {} }",
        "`defaults` has no `limits`",
    ),
    (
        "a default",
        "defaults: { deploy: { prots: {} } }",
        "unknown field `prots`",
    ),
    (
        "a port",
        "defaults: { deploy: { ports: { http: 80 } } }",
        "\"80\" must be a port from 1024",
    ),
    (
        "a base",
        "defaults: { deploy: { bases: { run: \"a:1\\nUSER 0\" } } }",
        "must be an image with its tag",
    ),
    (
        "a label",
        "defaults: { deploy: { labels: { a: \"b\\nc: d\" } } }",
        "must be the value of a Kubernetes label",
    ),
    (
        "rules",
        "rules: [a]",
        "`rules` must be names with a value each",
    ),
    (
        "a rule",
        "rules: { one: 1 }",
        "a rule must be names with a value each",
    ),
    (
        "its name",
        "rules: { One Rule: { kind: pinned-images } }",
        "\"One Rule\" must be a name of lower-case",
    ),
    (
        "a tag",
        "rules: !!binary aGk=",
        "`rules` must be names with a value each",
    ),
];

/// What a rule says.
const RULES: &[(&str, &str, &str)] = &[
    (
        "no kind",
        "reason: because",
        "the rule `one` must have a `kind`",
    ),
    (
        "a kind",
        "kind: replica",
        "`replica` is no kind of rule: did you mean `replicas`?",
    ),
    (
        "any kind",
        "kind: \"\\e[31mred\"",
        "must be a name on one line",
    ),
    (
        "nothing asked",
        "kind: replicas",
        "must say what it asks for",
    ),
    (
        "a parameter",
        "kind: replicas, minimum: 2",
        "unknown field `minimum`",
    ),
    (
        "no list",
        "kind: registries, allowed: []",
        "must name one at least",
    ),
    (
        "a range",
        "kind: replicas, min: { least: 3, most: 2 }",
        "`least` is more than `most`",
    ),
    (
        "no range",
        "kind: replicas, min: {}",
        "must have `least`, `most` or both",
    ),
    (
        "an amount",
        "kind: resource-limits, most: { memory: lots }",
        "\"lots\" must be an amount of bytes",
    ),
    (
        "a pattern",
        "kind: labels, required: { a: \"(\" }",
        "must be a regular expression",
    ),
    (
        "two patterns",
        "kind: labels, required: { a: \"a)|(b\" }",
        "must be a regular expression",
    ),
    (
        "a large pattern",
        "kind: labels, required: { a: \"(((a{99}){99}){99}){99}\" }",
        "must be a regular expression",
    ),
    (
        "a version",
        "kind: generator, versions: newest",
        "must be a range of versions",
    ),
    (
        "a scheme",
        "kind: security, schemes: [token]",
        "unknown variant `token`",
    ),
    (
        "a field",
        "kind: document-fields, document: [\"info/../x\"]",
        "must be the names that lead to a field",
    ),
    (
        "limits",
        "kind: operation-limits, most: { timeout: 5 }",
        "must be a length of time",
    ),
    (
        "a reason",
        "kind: pinned-images, reason: \"a\\nb\"",
        "must be text on one line",
    ),
    (
        "another way",
        "kind: pinned-images, reason: \"a\\u202Eb\"",
        "must be text on one line",
    ),
    (
        "a link",
        "kind: pinned-images, link: \"javascript:alert(1)\"",
        "must be an address such as",
    ),
];

fn cases() -> Vec<Told> {
    let digits = "9".repeat(5000);
    let made = vec![
        ("bomb", bomb(), "error[E004]"),
        ("deep", deep(), "error[E003]"),
        (
            "a large version",
            format!("stack: shop\nversion: {digits}"),
            "must be the stack's version",
        ),
    ];
    let whole = WHOLE
        .iter()
        .map(|(name, text, told)| (*name, (*text).to_owned(), *told));
    let heads = HEADS
        .iter()
        .map(|(name, text, told)| (*name, head(text), *told));
    let rules = RULES
        .iter()
        .map(|(name, text, told)| (*name, rule(text), *told));
    made.into_iter()
        .chain(whole)
        .chain(heads)
        .chain(rules)
        .collect()
}

#[test]
fn hostile_stacks_are_refused_with_a_reason() {
    for (name, stack, told) in cases() {
        let folder = shop("hostile");
        fs::write(folder.join("stack.yaml"), &stack).expect("a stack");
        let began = Instant::now();
        let (code, printed) = oarlock(&folder, &["generate"]);
        assert!(began.elapsed() < LONGEST, "{name}: {:?}", began.elapsed());
        let short: String = printed.chars().take(2000).collect();
        assert!(
            code == 1 && printed.contains(told),
            "{name}: {code}\n{short}"
        );
        assert!(!printed.contains("panicked"), "{name}: {short}");
        assert!(
            printed.contains("stack.yaml:"),
            "{name} has a place: {short}"
        );
        let drives = |one: char| one.is_control() && one != '\n';
        assert!(!printed.contains(drives), "{name}: {short:?}");
        assert_eq!(
            names(&folder),
            ["oarlock.yaml", "openapi.yaml", "stack.yaml"],
            "{name}"
        );
    }
}

#[test]
fn many_rules_are_judged_in_little_time() {
    let folder = shop("many");
    let put = |stack: String| fs::write(folder.join("stack.yaml"), stack).expect("a stack");
    let kept = "{ kind: labels, required: { example.com/team: harbour } }";
    put(many(1000, kept));
    let began = Instant::now();
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
    fs::remove_file(folder.join("oarlock.lock")).expect("it goes");
    put(many(1001, kept));
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("a stack may have 1000 rules, and this one has more"),
        "{told}"
    );
}

/// More is broken than anybody reads.
#[test]
fn breaches_are_bounded() {
    let folder = shop("breaches");
    let operations = (0..40).map(|one| {
        format!("  /p{one}: {{ get: {{ responses: {{ '204': {{ description: A }} }} }} }}\n")
    });
    edit(
        &folder,
        "openapi.yaml",
        "paths:\n",
        &format!("paths:\n{}", operations.collect::<String>()),
    );
    let stack = many(1000, "{ kind: document-fields, operations: [operationId] }");
    fs::write(folder.join("stack.yaml"), stack).expect("a stack");
    let began = Instant::now();
    let (code, told) = oarlock(&folder, &["check", "--message-format", "json"]);
    assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
    assert_eq!(code, 1);
    assert_eq!(told.matches("\"E200\"").count(), 10_001);
    assert_eq!(
        told.matches("10000 breaches are told, and there are more")
            .count(),
        1
    );
}

#[test]
fn every_mistake_of_a_stack_is_told_in_one_run() {
    let folder = shop("mistakes");
    edit(&folder, "stack.yaml", "kind: pinned-images", "kind: pinned");
    edit(&folder, "stack.yaml", "memory: 512Mi", "memory: lots");
    edit(
        &folder,
        "stack.yaml",
        "schemes: [bearer, openIdConnect]",
        "schemes: [bearer, openId]",
    );
    edit(&folder, "stack.yaml", "    labels: {", "    lables: {");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    same("stacks/mistakes.txt", &told);
}

#[test]
fn files_that_cannot_be_stacks_are_mistakes_of_usage() {
    let folder = shop("files");
    let settings = text(&folder, "oarlock.yaml");
    let put = |extends: &str| {
        let old = "extends: { stack: stack.yaml, version: 3 }";
        fs::write(folder.join("oarlock.yaml"), settings.replace(old, extends)).expect("settings");
    };
    fs::create_dir(folder.join("folder")).expect("a folder");
    fs::write(folder.join("bytes.yaml"), [0xff, 0xfe, 0]).expect("bytes");
    for (extends, told) in [
        (
            "extends: { stack: missing.yaml, version: 3 }",
            "missing.yaml: No such file",
        ),
        (
            "extends: { stack: folder, version: 3 }",
            "folder: Is a directory",
        ),
        (
            "extends: { stack: bytes.yaml, version: 3 }",
            "bytes.yaml: stream did not contain valid UTF-8",
        ),
        (
            "extends: { stack: /etc/passwd, version: 3 }",
            "must be a path from the folder of oarlock.yaml",
        ),
        (
            "extends: { stack: a/../../stack.yaml, version: 3 }",
            "must be a path from the folder of oarlock.yaml",
        ),
        (
            "extends: { stack: \"a\\nb\", version: 3 }",
            "must be a path from the folder of oarlock.yaml",
        ),
        (
            "extends: { stack: https://example.com/stack.yaml, version: 3 }",
            "must be a path from the folder of oarlock.yaml",
        ),
        ("extends: { stack: stack.yaml }", "missing field `version`"),
        ("extends: { stack: stack.yaml, version: newest }", "extends"),
        (
            "extends: { stack: stack.yaml, version: 3, sha: 1 }",
            "unknown field `sha`",
        ),
        ("extends: stack.yaml", "extends"),
    ] {
        put(extends);
        let (code, printed) = oarlock(&folder, &["generate"]);
        assert!(
            code == 2 && printed.contains(told),
            "{extends}: {code}\n{printed}"
        );
        assert!(!folder.join("oarlock.lock").exists(), "{extends}");
    }
}

/// A stack outside of the project is read where that is allowed, by its own path and by a link's.
#[test]
fn no_stack_outside_is_read_unasked() {
    let folder = shop("project/inside");
    let outside = folder.parent().expect("a parent").join("stack.yaml");
    fs::rename(folder.join("stack.yaml"), &outside).expect("it is moved");
    edit(
        &folder,
        "oarlock.yaml",
        "stack: stack.yaml",
        "stack: ../stack.yaml",
    );
    let refused = |folder: &Path| {
        let (code, told) = oarlock(folder, &["generate"]);
        assert!(
            code == 2 && told.contains("lies outside of the project"),
            "{told}"
        );
        assert!(!told.contains("4711"), "nothing of it is shown: {told}");
    };
    refused(&folder);
    edit(
        &folder,
        "oarlock.yaml",
        "limits:\n",
        "allow: [outside]\nlimits:\n",
    );
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    #[cfg(unix)]
    {
        edit(&folder, "oarlock.yaml", "allow: [outside]\n", "");
        edit(
            &folder,
            "oarlock.yaml",
            "stack: ../stack.yaml",
            "stack: link.yaml",
        );
        std::os::unix::fs::symlink(&outside, folder.join("link.yaml")).expect("a link");
        refused(&folder);
    }
}

/// What a stack may say reaches files as what it is, whatever it looks like.
#[test]
fn texts_of_a_stack_stay_texts() {
    const HOSTILE: &str = "a\"b\\c $HOME ${X} $(id) {{ .Values.user }} 'd' #e: `f` - [g";
    let folder = shop("texts");
    let quoted = serde_json::to_string(HOSTILE).expect("JSON");
    let environment = format!("  deploy:\n    environment: {{ HOSTILE: {quoted} }}\n");
    edit(&folder, "stack.yaml", "  deploy:\n", &environment);
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    let values: serde_yaml::Value =
        serde_yaml::from_str(&text(&folder, "deploy/chart/charts/shop/values.yaml")).expect("YAML");
    assert_eq!(values["environment"]["HOSTILE"], HOSTILE);
    let compose: serde_yaml::Value =
        serde_yaml::from_str(&text(&folder, "deploy/compose.yaml")).expect("YAML");
    let value = compose["services"]["shop"]["environment"]["HOSTILE"].as_str();
    assert_eq!(
        value.map(|text| text.replace("$$", "$")).as_deref(),
        Some(HOSTILE)
    );
}
