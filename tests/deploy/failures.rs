//! What goes wrong is told in words that say why, what became of it, and what to do.

use std::time::{Duration, Instant};

use crate::scene::{IMAGE, Scene, deployment, history, listed};

/// A pod of the release, as kubectl tells of it.
fn pod(name: &str, status: serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "kind": "Pod",
        "metadata": { "name": name, "labels": { "app.kubernetes.io/name": "petstore", "app.kubernetes.io/instance": "petstore", "pod-template-hash": "abc" } },
        "spec": { "containers": [{ "name": "service", "image": "petstore:1.0.0" }] },
        "status": status,
    })
}

fn waiting(reason: &str, message: &str) -> serde_json::Value {
    serde_json::json!({ "phase": "Pending", "containerStatuses": [
        { "name": "service", "state": { "waiting": { "reason": reason, "message": message } } }] })
}

fn answer(scene: &Scene, name: &str, items: &[serde_json::Value]) {
    scene.answer(
        name,
        &serde_json::json!({ "kind": "List", "items": items }).to_string(),
    );
}

/// Fails after two looks, at the first of which there is no log.
fn fails_late(scene: &Scene) -> crate::scene::Told {
    let _ = std::fs::remove_file(scene.folder.join("asked"));
    let environment = [("FAIL", "upgrade"), ("TAKES", "7"), ("NO_LOG", "at first")];
    scene.deploy_where(&[], &environment).ends(2)
}

fn fails(scene: &Scene) -> crate::scene::Told {
    scene
        .deploy_where(&[], &[("FAIL", "upgrade"), ("TAKES", "4")])
        .ends(2)
}

#[test]
fn a_first_installation_that_fails_is_gone_and_says_why() {
    for version in ["v3.21.4", "v4.2.4"] {
        let scene = Scene::new("first").with(version);
        let ready = serde_json::json!({ "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }] });
        let crashed = serde_json::json!({ "phase": "Running", "containerStatuses": [{ "name": "service", "restartCount": 3,
            "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 40s" } },
            "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "message": "" } } }] });
        let unplaced = serde_json::json!({ "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "message": "0/1 nodes are available: 1 Insufficient cpu." }] });
        let slow = serde_json::json!({ "phase": "Running", "containerStatuses": [{ "name": "service", "state": { "running": {} } }] });
        let mut foreign = pod("other-1", waiting("ErrImagePull", "not ours"));
        foreign["metadata"]["labels"]["app.kubernetes.io/instance"] = "other".into();
        let mut ending = pod("petstore-z", waiting("ErrImagePull", "on its way out"));
        ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        let refused = serde_json::json!({ "kind": "Deployment", "metadata": { "name": "petstore" }, "status": { "conditions": [
            { "type": "ReplicaFailure", "status": "True", "message": "pods \"petstore-q\" is forbidden: exceeded quota" }] } });
        answer(
            &scene,
            "deployments,pods.json",
            &[
                pod(
                    "petstore-a",
                    waiting(
                        "ErrImagePull",
                        "failed to pull \u{1b}[2J\"petstore:1.0.0\": not found",
                    ),
                ),
                pod("petstore-b", ready),
                pod("petstore-c", crashed),
                pod("petstore-d", unplaced),
                pod("petstore-e", slow),
                pod("petstore-f", waiting("ContainerCreating", "")),
                foreign,
                ending,
                refused,
            ],
        );
        answer(
            &scene,
            "events.json",
            &[serde_json::json!({
            "involvedObject": { "kind": "Pod", "name": "petstore-e" }, "message": "Startup probe failed: HTTP probe failed with statuscode: 503" })],
        );
        let told = fails_late(&scene);
        assert!(!told.err.contains('\u{1b}'), "{}", told.err);
        let end = told.err.split("error: ").last().expect("an error");
        assert_eq!(
            end,
            "petstore in the namespace shop: `helm upgrade` ended with exit status: 3; no release of it is there: the first installation was taken back, or had not begun\n\
             deployment petstore: its pods are not made: pods \"petstore-q\" is forbidden: exceeded quota\n\
             pod petstore-a: the container service waits: ErrImagePull: failed to pull \u{241b}[2J\"petstore:1.0.0\": not found\n\
             pod petstore-c: the container service ended with exit code 137 (OOMKilled)\n\
             \x20   the last that petstore-c said\n\
             pod petstore-d: has no node: 0/1 nodes are available: 1 Insufficient cpu.\n\
             pod petstore-e: runs, and does not get ready: Startup probe failed: HTTP probe failed with statuscode: 503\n\
             pod petstore-f: its containers are not started yet, of petstore:1.0.0\n"
        );
    }
}

#[test]
fn a_namespace_that_is_missing_is_hinted_at() {
    let scene = Scene::new("namespace");
    answer(&scene, "deployments,pods.json", &[]);
    let hint =
        "or had not begun; where it is the namespace that is missing, --create-namespace makes it";
    fails(&scene).tells(hint);
    let told = scene
        .deploy_where(&["--create-namespace"], &[("FAIL", "upgrade")])
        .ends(2);
    assert!(!told.err.contains(hint), "{}", told.err);
}

#[test]
fn an_upgrade_that_fails_says_what_is_deployed_now() {
    let scene = Scene::new("upgrade");
    scene.plan(&deployment(IMAGE, 3), 5);
    answer(&scene, "deployments,pods.json", &[]);
    for (after, history, words) in [
        (
            listed("6", "deployed"),
            history(&[(5, "failed", ""), (6, "deployed", "Rollback to 4")]),
            "rolled back to revision 4, which is deployed again as revision 6\nno pod was seen that was not ready",
        ),
        (
            listed("5", "failed"),
            // Helm tells of them in any order.
            history(&[
                (
                    5,
                    "failed",
                    "Upgrade \"petstore\" failed:\ndeployed: timed out",
                ),
                (3, "superseded", ""),
                (4, "deployed", ""),
            ]),
            "not rolled back: revision 5 is failed (Upgrade \"petstore\" failed:\u{240a}deployed: timed out); `helm rollback petstore 4` brings revision 4 back",
        ),
        (
            listed("5", "pending-rollback"),
            "no JSON".to_owned(),
            "revision 5 is pending-rollback; `helm history petstore` tells more",
        ),
        (
            "[]".to_owned(),
            "[]".to_owned(),
            "is no longer there at all",
        ),
    ] {
        scene.has_release(&deployment(IMAGE, 2));
        scene.answer("after.json", &after);
        scene.answer("history.json", &history);
        fails(&scene).tells(words).tells("Error: helm says no");
    }
    // Where there is no kubectl, or it may not look, it is said what to run.
    scene.has_release(&deployment(IMAGE, 2));
    let told = scene
        .deploy_where(
            &[],
            &[("FAIL", "upgrade"), ("TAKES", "4"), ("FAIL_KUBECTL", "yes")],
        )
        .ends(2);
    told.tells("`kubectl get` ended with exit status: 1")
        .tells("pods are not looked at any more");
    let looks = scene
        .asked()
        .into_iter()
        .filter(|line| line.starts_with("kubectl\t"))
        .count();
    assert!(looks >= 1);
    scene.without(&["kubectl"]);
    let told = scene.deploy_where(&[], &[("FAIL", "upgrade")]).ends(2);
    told.tells("this tells where they are still there: `kubectl get pods --namespace shop`, and `kubectl get events --sort-by .lastTimestamp --namespace shop`");
}

#[test]
fn what_fails_before_leaves_all_as_it_is() {
    let scene = Scene::new("before");
    scene.has_release(&deployment(IMAGE, 2));
    for (verb, words) in [
        ("version", "`helm version` ended with exit status: 3"),
        (
            "list",
            "nothing was changed. The cluster of the current context could not be asked",
        ),
        ("get", "`helm get` ended with exit status: 3"),
        (
            "plan",
            "`helm upgrade` ended with exit status: 3; what stands above tells why: nothing was changed",
        ),
    ] {
        let told = scene
            .deploy_where(&[], &[("FAIL", verb)])
            .ends(2)
            .tells(words)
            .tells("Error: helm says no");
        assert_eq!(told.out, "", "{verb}");
        assert_eq!(scene.upgrade(), None, "{verb}");
    }
    for (file, text, words) in [
        (
            "list.json",
            "no JSON",
            "what `helm list` answers cannot be read",
        ),
        (
            "plan.json",
            "[]",
            "what `helm upgrade` answers cannot be read",
        ),
        (
            "manifest.yaml",
            "a: [",
            "`helm get manifest` cannot be read",
        ),
    ] {
        scene.has_release(&deployment(IMAGE, 2));
        scene.plan(&deployment(IMAGE, 3), 5);
        scene.answer(file, text);
        scene.deploy(&[]).ends(2).tells(words);
        assert_eq!(scene.upgrade(), None, "{file}");
    }
    scene.without(&["helm"]);
    let told = scene.deploy(&[]).ends(2);
    told.tells(
        "helm is not on the PATH: install Helm 3 or 4 as https://helm.sh/docs/intro/install/ tells",
    );
}

#[test]
fn a_release_that_was_broken_off_is_brought_into_order_by_what_helm_takes() {
    let scene = Scene::new("broken-off");
    for (revision, status, before, way_out) in [
        (
            "5",
            "pending-upgrade",
            &[(3, "superseded", ""), (4, "deployed", "")][..],
            "helm rollback petstore 4",
        ),
        (
            "5",
            "pending-upgrade",
            &[(3, "superseded", ""), (4, "failed", "")],
            "helm rollback petstore 3",
        ),
        (
            "6",
            "pending-rollback",
            &[(4, "deployed", ""), (5, "failed", "")],
            "helm rollback petstore 4",
        ),
        ("1", "pending-install", &[], "helm uninstall petstore"),
        (
            "4",
            "uninstalling",
            &[(3, "superseded", "")],
            "helm uninstall petstore",
        ),
        (
            "2",
            "pending-upgrade",
            &[(1, "failed", "")],
            "helm uninstall petstore",
        ),
    ] {
        scene.is_installed(&listed(revision, status), "");
        scene.answer(
            "history.json",
            &history(&[before, &[(revision.parse().expect("a number"), status, "")]].concat()),
        );
        let told = scene.deploy(&[]).ends(2);
        told.tells(&format!(
            "petstore is {status} at revision {revision}: another run is at work on it, or was broken off; wait for it, or end it by `{way_out}`\n"
        ));
        assert_eq!(scene.upgrade(), None);
    }
}

#[test]
fn a_run_that_changed_nothing_claims_nothing() {
    let scene = Scene::new("unchanged");
    scene.plan(&deployment(IMAGE, 3), 7);
    scene.is_installed(&listed("6", "deployed"), &deployment(IMAGE, 2));
    scene.answer(
        "history.json",
        &history(&[(5, "failed", ""), (6, "deployed", "Rollback to 4")]),
    );
    let told = fails(&scene)
        .tells("ended with exit status: 3; nothing was changed: revision 6 is deployed\n");
    assert!(!told.err.contains("rolled back"), "{}", told.err);
    scene.is_installed(&listed("5", "failed"), &deployment(IMAGE, 2));
    scene.answer(
        "history.json",
        &history(&[(4, "deployed", "Rollback to 2"), (5, "failed", "timed out")]),
    );
    fails(&scene).tells("nothing was changed: revision 5 is still failed\n");
}

#[test]
fn what_a_pod_says_stands_below_its_name() {
    let scene = Scene::new("forged");
    let crashed = serde_json::json!({ "phase": "Running", "containerStatuses": [{ "name": "service", "state": {
        "terminated": { "exitCode": 1, "reason": "Error", "message": "panicked\ndeployed: petstore in the namespace shop, revision 5\r\nmore" } } }] });
    answer(
        &scene,
        "deployments,pods.json",
        &[pod("petstore-a", crashed)],
    );
    let told = fails(&scene).tells(
        "\npod petstore-a: the container service ended with exit code 1 (Error): panicked\n    deployed: petstore in the namespace shop, revision 5\u{240d}\n    more\n",
    );
    assert!(!told.err.contains("\ndeployed: "), "{}", told.err);
}

#[test]
fn a_kubectl_that_hangs_keeps_nobody() {
    let scene = Scene::new("hangs");
    answer(&scene, "deployments,pods.json", &[]);
    let hangs = [("KUBECTL_TAKES", "60"), ("TAKES", "4")];
    let begun = Instant::now();
    let told = scene.deploy_where(&[], &hangs).done();
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(!told.err.contains("not looked at"), "{}", told.err);
    // Its answer is not waited for any longer either, and then not asked for again.
    let hangs = [
        ("KUBECTL_TAKES", "60"),
        ("TAKES", "18"),
        ("FAIL", "upgrade"),
    ];
    scene.asked();
    let begun = Instant::now();
    let told = scene.deploy_where(&[], &hangs).ends(2);
    assert!(
        begun.elapsed() < Duration::from_secs(40),
        "{:?}",
        begun.elapsed()
    );
    told.tells("`kubectl get` had no answer after 10s: pods are not looked at any more")
        .tells("no release of it is there");
    let asked = scene.asked();
    assert_eq!(
        asked
            .iter()
            .filter(|line| line.starts_with("kubectl"))
            .count(),
        1
    );
}

#[test]
fn where_helm_asks_elsewhere_kubectl_is_not_asked() {
    let scene = Scene::new("elsewhere");
    for name in ["HELM_KUBEAPISERVER", "HELM_KUBETOKEN", "HELM_KUBEASUSER"] {
        let environment = [(name, "hunter2"), ("TAKES", "4"), ("FAIL", "upgrade")];
        let told = scene.deploy_where(&[], &environment).ends(2);
        let told = told
            .tells(&format!(
                "{name} is set, of which kubectl does not know: pods are not looked at"
            ))
            .tells(&format!(
                "why pods did not get ready was not asked, since {name} is set"
            ));
        assert!(
            !told.err.contains("hunter2") && !told.err.contains("kubectl get"),
            "{}",
            told.err
        );
        assert!(
            scene
                .asked()
                .iter()
                .all(|line| !line.starts_with("kubectl"))
        );
    }
}
