//! Ctrl-C and SIGTERM: what runs ends in its own way, is waited for, and what became of it is told.

#![cfg(unix)]

#[path = "../place/mod.rs"]
mod place;

use std::{
    os::unix::process::ExitStatusExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use place::{Place, Told};

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");
const DEADLINE: Duration = Duration::from_secs(60);

/// Writes down what it is asked. Where it comes to what `WAITS` names it says so, waits for a signal, writes down each that
/// comes within two seconds of the first, and ends with `CODE`: where that is 0, after it has answered.
const PROGRAM: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
name=$(basename "$0")
{ printf '%s' "$name"; printf '\t%s' "$@"; printf '\n'; } >> "$LOG"
what="$name $1"
case "$*" in *--dry-run=server*) what="helm plan" ;; esac
if [ "$what" = "$WAITS" ]; then
    taken=
    trap 'taken=yes; printf "took INT\n" >> "$LOG"' INT
    trap 'taken=yes; printf "took TERM\n" >> "$LOG"' TERM
    touch "$SCENE/waits"
    for _ in $(seq 600); do [ -z "$taken" ] || break; sleep 0.1; done
    for _ in $(seq 20); do sleep 0.1; done
    [ "$what" != "helm upgrade" ] || cp "$SCENE/after.json" "$SCENE/list.json"
    printf 'ended\n' >> "$LOG"
    [ "$CODE" = 0 ] || exit "$CODE"
fi
case "$what" in
    "helm version") echo v4.2.4+g1234567 ;;
    "helm list") cat "$SCENE/list.json" ;;
    "helm plan") cat "$SCENE/plan.json" ;;
    "helm history") cat "$SCENE/history.json" ;;
    "docker create") echo c0ffee ;;
esac
"#;

fn release(revision: &str, status: &str) -> String {
    serde_json::json!([{ "name": "petstore", "namespace": "shop", "revision": revision, "status": status, "chart": "petstore-all-0.1.0" }])
        .to_string()
}

/// A committed petstore at revision 4, among a helm, an engine and a cargo.
fn scene(name: &str) -> Place {
    let place = Place::new("interruption", name);
    for name in ["helm", "docker", "cargo"] {
        place.program(name, PROGRAM);
    }
    let generate = ["generate", PETSTORE, "--out", "shop", "--name", "petstore"];
    let generate = place.oarlock(&place.folder, &generate);
    place.told(generate, &[]).done();
    place.write("Cargo.lock", "version = 4\n");
    place.git(&["init", "--quiet"], None);
    place.git(&["add", "--all"], None);
    place.git(&["commit", "--quiet", "--message", "a change"], None);
    let manifest =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: petstore, namespace: shop }\n";
    let plan = serde_json::json!({
        "name": "petstore", "namespace": "shop", "version": 5, "manifest": manifest, "hooks": [], "chart": { "files": null },
    });
    let history = serde_json::json!([{ "revision": 6, "status": "deployed", "description": "Rollback to 4" }]);
    for (file, text) in [
        ("list.json", release("4", "deployed")),
        ("after.json", release("6", "deployed")),
        ("plan.json", plan.to_string()),
        ("history.json", history.to_string()),
    ] {
        std::fs::write(place.folder.join(file), text).expect("a file");
    }
    place
}

/// Starts Oarlock, and comes back when the program that `waits` names is reached.
fn started(place: &Place, arguments: &[&str], waits: &str, code: &str) -> Child {
    let mut command = place.oarlock(&place.project, arguments);
    waiting(place, &mut command, waits, code)
}

fn waiting(place: &Place, command: &mut Command, waits: &str, code: &str) -> Child {
    place.asked();
    let child = place
        .among(command)
        .envs([("WAITS", waits), ("CODE", code)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    until(|| place.folder.join("waits").exists());
    child
}

fn until(mut reached: impl FnMut() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < DEADLINE, "it takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("/bin/kill").args(["-s", name, &id]).status();
    assert!(sent.expect("kill").success());
}

fn ended(child: Child) -> Told {
    child.wait_with_output().expect("an end").into()
}

/// Asks for an end once, and gives what was told and written down.
fn interrupted(place: &Place, arguments: &[&str], waits: &str, code: &str) -> (Told, Vec<String>) {
    let child = started(place, arguments, waits, code);
    signal(&child, "TERM");
    let told = ended(child).tells("asked to end: what runs is waited for");
    (told, place.asked())
}

fn took(asked: &[String]) -> Vec<&str> {
    let of_signals = asked.iter().filter(|line| !line.contains('\t'));
    of_signals.map(String::as_str).collect()
}

#[test]
fn an_upgrade_is_taken_back_before_its_end_is_told() {
    let place = scene("upgrade");
    let (told, asked) = interrupted(&place, &["deploy"], "helm upgrade", "1");
    told.ends(143).tells(
        "error: petstore in the namespace shop: interrupted: `helm upgrade` ended with exit status: 1; \
         rolled back to revision 4, which is deployed again as revision 6\n",
    );
    assert_eq!(took(&asked), ["took TERM", "ended"]);
}

#[test]
fn an_upgrade_that_is_through_all_the_same_is_deployed() {
    let place = scene("through");
    let (told, _) = interrupted(&place, &["deploy"], "helm upgrade", "0");
    told.done()
        .tells("deployed: petstore in the namespace shop, revision 5");
}

#[test]
fn nothing_is_changed_after_an_interrupted_question() {
    let place = scene("question");
    for code in ["1", "0"] {
        let (told, asked) = interrupted(&place, &["deploy"], "helm version", code);
        told.ends(143)
            .tells("error: interrupted: nothing was changed\n");
        let mut upgrades = asked
            .iter()
            .filter(|line| line.starts_with("helm\tupgrade"));
        assert!(upgrades.all(|line| line.contains("--dry-run")), "{asked:?}");
        std::fs::remove_file(place.folder.join("waits")).expect("a file");
    }
}

/// A signal that comes just before a command is started: whoever reads what is told is slow, so that the command's own line waits.
#[test]
fn what_has_not_begun_yet_does_not_begin() {
    use std::io::Read;

    let place = scene("before");
    let long = format!("a={}", "x".repeat(70_000));
    let mut command = place.oarlock(&place.project, &["deploy", "--set", &long]);
    let mut child = place
        .among(&mut command)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut told = child.stderr.take().expect("a pipe");
    let (mut text, mut bytes) = (String::new(), [0; 100]);
    while !text.contains("ready within") {
        let count = told.read(&mut bytes).expect("what is told");
        assert_ne!(count, 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "TERM");
    std::thread::sleep(Duration::from_millis(500));
    told.read_to_string(&mut text).expect("what is told");
    assert_eq!(child.wait().expect("an end").code(), Some(143), "{text}");
    let asked = place.asked();
    let mut upgrades = asked
        .iter()
        .filter(|line| line.starts_with("helm\tupgrade"));
    assert!(upgrades.all(|line| line.contains("--dry-run")));
    assert!(text.contains("interrupted"), "{text}");
}

#[test]
fn asked_again_later_it_ends_at_once() {
    let place = scene("twice");
    let mut child = started(&place, &["deploy"], "helm upgrade", "1");
    signal(&child, "TERM");
    std::thread::sleep(Duration::from_millis(1200));
    signal(&child, "TERM");
    assert_eq!(child.wait().expect("an end").signal(), Some(15));
}

/// As `timeout` does, which asks a program and then its group.
#[test]
fn asked_twice_at_once_it_is_asked_once() {
    let place = scene("group");
    let child = started(&place, &["deploy"], "helm upgrade", "1");
    signal(&child, "TERM");
    std::thread::sleep(Duration::from_millis(50));
    signal(&child, "TERM");
    ended(child).ends(143).tells("rolled back to revision 4");
}

#[test]
fn a_build_leaves_no_container_and_writes_nothing() {
    let place = scene("build");
    for (waits, code) in [("docker cp", "1"), ("docker create", "0")] {
        let (told, asked) = interrupted(&place, &["build"], waits, code);
        told.ends(143).tells("error: ").tells("interrupted");
        let removed = |line: &String| line.starts_with("docker\trm") && line.ends_with("c0ffee");
        assert!(asked.iter().any(removed), "{asked:?}");
        assert!(!place.project.join("target/oarlock").exists());
        std::fs::remove_file(place.folder.join("waits")).expect("a file");
    }
}

#[test]
fn a_build_goes_no_further() {
    let place = scene("further");
    let (told, asked) = interrupted(&place, &["build"], "docker build", "0");
    told.ends(143).tells("error: interrupted\n");
    assert!(
        !asked.iter().any(|line| line.starts_with("docker\tcreate")),
        "{asked:?}"
    );
    std::fs::remove_file(place.folder.join("waits")).expect("a file");
    let (told, _) = interrupted(&place, &["build"], "docker build", "7");
    let told = told
        .ends(143)
        .tells("petstore: interrupted: `docker build` ended with exit status: 7");
    assert!(!told.err.contains("--layers"), "{}", told.err);
}

#[test]
fn a_service_drains_before_its_run_ends() {
    let place = scene("run");
    let run = ["generate", "--run"];
    let (told, asked) = interrupted(&place, &run, "cargo run", "0");
    told.done().shows("stop with Ctrl-C");
    assert_eq!(took(&asked), ["took TERM", "ended"]);
    std::fs::remove_file(place.folder.join("waits")).expect("a file");
    let (told, asked) = interrupted(&place, &run, "cargo build", "101");
    told.ends(143).tells("error: interrupted\n");
    assert!(
        !asked.iter().any(|line| line.starts_with("cargo\trun")),
        "{asked:?}"
    );
}

/// A terminal tells all programs at once: none may hear of it twice.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_a_terminal_is_heard_once() {
    use std::io::Write;

    let place = scene("terminal");
    let line = format!("'{}' deploy", env!("CARGO_BIN_EXE_oarlock"));
    let mut command = Command::new("/usr/bin/env");
    // Whoever runs this in the background may have the signal ignored.
    command
        .args([
            "--default-signal=INT",
            "/usr/bin/script",
            "--quiet",
            "--return",
            "--command",
            &line,
            "/dev/null",
        ])
        .current_dir(&place.project);
    let mut child = waiting(&place, &mut command, "helm upgrade", "1");
    let input = child.stdin.as_mut().expect("a terminal");
    input.write_all(b"\x03").expect("Ctrl-C");
    let told = ended(child).ends(130);
    assert!(
        told.out
            .contains("interrupted: `helm upgrade` ended with exit status: 1; rolled back"),
        "{}",
        told.out
    );
    assert_eq!(took(&place.asked()), ["took INT", "ended"]);
}
