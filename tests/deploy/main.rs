//! `oarlock deploy`: what it asks of helm and kubectl, when, and what it tells of it.

#![cfg(unix)]

mod differences;
mod environments;
mod failures;
mod images;
#[path = "../place/mod.rs"]
mod place;
mod scene;

use std::fs;

use scene::{IMAGE, Scene, deployment, listed};

const THREE: &str = "v3.21.4+gabcdef0";
const FOUR: &str = "v4.2.4+g1234567";
/// Three pods, 60 s to be placed, 60 to start, 5 until they are asked, and 40 for the last to end.
const TIME: &str = "415s";

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn helm_3_and_helm_4_are_asked_in_their_own_way() {
    for (version, back) in [(THREE, "--atomic"), (FOUR, "--rollback-on-failure")] {
        let scene = Scene::new(back).with(version);
        let told = scene.deploy(&[]).done();
        let asked = scene.asked();
        let upgrade = format!(
            "helm upgrade petstore ./deploy/chart --install --reset-values --history-max 10 --wait {back} --timeout {TIME}"
        );
        let plan = "helm upgrade petstore ./deploy/chart --install --reset-values --history-max 10 --dry-run=server --output json";
        let list = "helm list --filter ^petstore$ --deployed --failed --pending --uninstalling --output json";
        let expected = ["helm version --short", list, plan, &upgrade];
        let expected = expected.map(|line| line.replace(' ', "\t"));
        assert_eq!(asked, expected, "{version}");
        // Each was printed as it was run, and helm's own words are with the messages.
        for line in [
            "helm version --short",
            &upgrade,
            "helm: on stdout",
            "helm: on stderr",
        ] {
            assert!(
                told.err.contains(&format!("{line}\n")),
                "{line}\n{}",
                told.err
            );
        }
        assert!(
            told.err
                .ends_with("deployed: petstore in the namespace shop, revision 1\n")
        );
        assert!(
            told.out
                .starts_with("--- no Deployment petstore\n+++ Deployment petstore\n")
        );
        assert!(told.err.contains("1 object is created\n"), "{}", told.err);
    }
    for version in ["v2.17.0", "something else"] {
        let scene = Scene::new("version").with(version);
        scene
            .deploy(&[])
            .ends(2)
            .tells("Helm 3 and Helm 4 are known here");
        assert_eq!(scene.asked().len(), 1);
    }
}

#[test]
fn a_dry_run_shows_the_difference_and_the_command_and_changes_nothing() {
    let scene = Scene::new("dry");
    scene.has_release(&deployment(IMAGE, 2));
    scene.plan(&deployment(IMAGE, 3), 5);
    let told = scene.deploy(&["--dry-run"]).done();
    assert_eq!(scene.upgrade(), None);
    let told = told
        .shows("--- Deployment petstore, as installed\n+++ Deployment petstore, as asked for\n");
    let told = told
        .shows("\n-  replicas: 2\n+  replicas: 3\n")
        .tells("1 object is changed\n");
    let line = told.err.lines().last().expect("a line").to_owned();
    assert!(told.err.contains("nothing was changed"), "{}", told.err);
    // What it prints is what a run does.
    scene.shell(&line).done();
    let by_hand = scene.upgrade().expect("an upgrade");
    scene.deploy(&[]).done();
    assert_eq!(scene.upgrade().expect("an upgrade"), by_hand);
    let told = scene
        .deploy(&["--dry-run", "--message-format", "json"])
        .done();
    for line in told.err.lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(message["kind"], "note");
    }
}

#[test]
fn where_nothing_changes_nothing_is_done() {
    let scene = Scene::new("same");
    // The same in another order, and with other comments.
    let same = "kind: Deployment\napiVersion: apps/v1\n# another comment\nmetadata: { namespace: shop, name: petstore }\n";
    let (_, spec) = deployment(IMAGE, 3)
        .split_once("  namespace: shop\n")
        .map(|(head, spec)| (head.to_owned(), spec.to_owned()))
        .expect("a Deployment");
    scene.has_release(&format!("---\n{same}{spec}"));
    let told = scene.deploy(&[]).done();
    assert_eq!(told.out, "");
    let told = told.tells("no object changes\n");
    told.tells("nothing to do: petstore in the namespace shop has what is asked for since revision 4, as Helm has written it down (the cluster's objects are not compared)");
    assert_eq!(scene.upgrade(), None);
    scene.deploy(&["--always"]).done();
    assert!(scene.upgrade().is_some());
}

#[test]
fn what_is_compared_is_what_helm_starts_from() {
    let scene = Scene::new("failed");
    scene.plan(&deployment(IMAGE, 3), 6);
    scene.is_installed(&listed("5", "failed"), &deployment(IMAGE, 2));
    scene.answer("manifest-5.yaml", &deployment(IMAGE, 3));
    // What has failed is what is asked for; what is deployed is not.
    let revisions = [
        (3, "superseded", ""),
        (4, "deployed", ""),
        (5, "failed", "timed out"),
    ];
    scene.answer("history.json", &scene::history(&revisions));
    let told = scene
        .deploy(&[])
        .done()
        .shows("\n-  replicas: 2\n+  replicas: 3\n");
    told.tells("petstore is failed at revision 5, of which there may be a part in the cluster (timed out); the difference is that to revision 4, the last that is deployed\n")
        .tells("1 object is changed\n");
    let asked = scene.asked();
    for what in ["manifest", "hooks"] {
        let line = format!("helm\tget\t{what}\tpetstore\t--revision\t4");
        assert!(asked.contains(&line), "{asked:#?}");
    }
    // The same as what is deployed: it is deployed all the same.
    scene.is_installed(&listed("5", "failed"), &deployment(IMAGE, 3));
    scene.deploy(&[]).done().tells("no object changes\n");
    assert!(scene.upgrade().is_some());
    // Where none was deployed, Helm starts from what failed.
    scene.answer("manifest-1.yaml", &deployment(IMAGE, 1));
    scene.is_installed(&listed("1", "failed"), "");
    scene.answer("history.json", &scene::history(&[(1, "failed", "")]));
    let told = scene
        .deploy(&["--dry-run"])
        .done()
        .shows("\n-  replicas: 1\n+  replicas: 3\n");
    told.tells("no revision of it is deployed, and the difference is that to this one\n");
}

#[test]
fn a_difference_that_nobody_could_see_is_not_deployed() {
    let scene = Scene::new("full");
    for arguments in ["", " --dry-run"] {
        let line = format!(
            "'{}' deploy{arguments} > /dev/full",
            env!("CARGO_BIN_EXE_oarlock")
        );
        let told = scene.shell(&line).ends(2);
        told.tells("standard output cannot be written: No space left on device")
            .tells("nothing was changed");
        assert_eq!(scene.upgrade(), None);
    }
    // Whoever closes the pipe has read enough.
    let line = format!(
        "{{ '{}' deploy; echo $? >&2; }} | true",
        env!("CARGO_BIN_EXE_oarlock")
    );
    scene.shell(&line).done().tells("\n0\n");
    assert!(scene.upgrade().is_some());
}

#[test]
fn what_no_line_shows_is_printed_so_that_a_shell_runs_it() {
    let scene = Scene::new("quoted");
    let value = "a=b\tc\nd'e\\f \u{202e}g";
    let told = scene.deploy(&["--dry-run", "--set", value]).done();
    scene.asked();
    let line = told.err.lines().last().expect("a line");
    assert!(
        line.contains(r"--set $'a=b\tc\nd\'e\\f \342\200\256g' "),
        "{line}"
    );
    let mut bash = std::process::Command::new("/bin/bash");
    bash.args(["-e", "-c", line]).current_dir(&scene.project);
    scene.told(bash, &[]).done();
    let by_hand = scene.asked();
    scene.deploy(&["--set", value]).done();
    assert!(scene.asked().ends_with(&by_hand));
}

#[test]
fn what_is_said_of_the_cluster_goes_to_helm_and_kubectl() {
    let scene = Scene::new("scope");
    let strange = scene.project.join("my values, \"old\".yaml");
    fs::write(&strange, "{}\n").expect("a file");
    fs::write(scene.project.join("-"), "{}\n").expect("a file");
    fs::write(scene.project.join("kube config"), "{}\n").expect("a file");
    let arguments = [
        "--namespace",
        "team-a",
        "--create-namespace",
        "--release",
        "green",
        "--values",
        "my values, \"old\".yaml",
        "-f",
        "-",
        "--set",
        "petstore.replicas=2",
        "--context",
        "my cluster",
        "--kubeconfig",
        "kube config",
        "--timeout",
        "2m",
    ];
    scene.deploy_where(&arguments, &[("TAKES", "4")]).done();
    let asked = scene.asked();
    let scope = "\t--namespace\tteam-a\t--kube-context\tmy cluster\t--kubeconfig\t./kube config";
    let upgrade = format!(
        "helm\tupgrade\tgreen\t./deploy/chart\t--install\t--create-namespace\t--reset-values\t--values\t\"./my values, \"\"old\"\".yaml\"\t\
         --values\t./-\t--set\tpetstore.replicas=2\t--history-max\t10\t--wait\t--atomic\t--timeout\t120s{scope}"
    );
    assert!(asked.contains(&upgrade), "{asked:#?}");
    let helm = asked
        .iter()
        .filter(|line| line.starts_with("helm\t") && !line.contains("\tversion\t"));
    for line in helm {
        assert!(line.ends_with(scope), "{line}");
    }
    let kubectl = "kubectl\tget\tdeployments,pods\t--selector\tapp.kubernetes.io/instance in (petstore)\t--output\tjson\t\
         --request-timeout\t5s\t--namespace\tshop\t--context\tmy cluster\t--kubeconfig\t./kube config";
    assert!(asked.iter().any(|line| line == kubectl), "{asked:#?}");
    // What Helm would take of the environment, kubectl is told.
    scene
        .deploy_where(&[], &[("TAKES", "4"), ("HELM_KUBECONTEXT", "eu-1")])
        .done();
    let asked = scene.asked();
    let look = asked.iter().find(|line| line.starts_with("kubectl\t"));
    assert!(
        look.is_some_and(|line| line.ends_with("\t--context\teu-1")),
        "{asked:#?}"
    );
}

#[test]
fn the_project_is_found_from_within() {
    let scene = Scene::new("within");
    let inner = scene.project.join("services/petstore/src");
    scene.write("services/petstore/src/own.yaml", "{}\n");
    let told = scene
        .oarlock_in(&inner, &["deploy", "--values", "own.yaml"], &[])
        .done();
    let upgrade = scene.upgrade().expect("an upgrade");
    assert_eq!(upgrade[3], "../../../deploy/chart");
    assert!(upgrade.contains(&"./own.yaml".to_owned()), "{upgrade:?}");
    assert!(
        told.err.contains("../../../target/oarlock/images"),
        "{}",
        told.err
    );
    let told = scene.oarlock_in(&scene.folder, &["deploy"], &[]).ends(2);
    told.tells("there is no oarlock.yaml");
    scene
        .oarlock_in(&scene.folder, &["deploy", "--out", "shop"], &[])
        .done();
    assert_eq!(
        scene.upgrade().expect("an upgrade")[3],
        "./shop/deploy/chart"
    );
    // A name that looks like something else is an argument all the same.
    let strange = scene.folder.join("--set=x $(touch gone)");
    fs::rename(&scene.project, &strange).expect("a folder");
    let told = scene
        .oarlock_in(
            &scene.folder,
            &["deploy", "--dry-run", "--out=--set=x $(touch gone)"],
            &[],
        )
        .done();
    let last = told.err.lines().last().expect("a line");
    assert!(
        last.starts_with("helm upgrade petstore './--set=x $(touch gone)/deploy/chart' --install"),
        "{last}"
    );
}

#[test]
fn a_tree_that_is_not_what_its_document_asks_for_is_not_deployed_unasked() {
    let scene = Scene::new("stale");
    scene.add("deploy/chart/values.yaml", "# by hand\n");
    let told = scene.deploy(&[]).ends(1);
    told.tells("1 file differs from what the document asks for: run `oarlock generate`")
        .tells("or deploy what is there by --allow-stale");
    assert!(scene.asked().is_empty());
    scene
        .deploy(&["--allow-stale"])
        .done()
        .tells("it is deployed as it is");
    assert_eq!(scene.upgrade().map(|words| words.len()), Some(words(&format!(
        "helm upgrade petstore ./deploy/chart --install --reset-values --history-max 10 --wait --atomic --timeout {TIME}"
    )).len()));
    scene.add("openapi.yaml", "paths: {}\n");
    scene.deploy(&["--allow-stale"]).ends(1).tells("error[");
    assert!(scene.asked().is_empty());
}
