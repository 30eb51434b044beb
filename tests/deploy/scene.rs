//! A project, and a helm and a kubectl that write down what they are asked and answer what they are given.

use std::{fs, ops::Deref, path::Path, process::Command};

use crate::place::Place;

pub(crate) use crate::place::Told;

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");
pub(crate) const DIGEST: &str =
    "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// A line for each command, its words apart by tabs. What is installed changes when a release is deployed. `FAIL` names the
/// verb that fails; `plan` is the dry run.
const HELM: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
{ printf helm; printf '\t%s' "$@"; printf '\n'; } >> "$LOG"
verb=$1
case "$*" in *--dry-run=server*) verb=plan ;; esac
if [ "$verb" = upgrade ]; then
    mv "$SCENE/after.json" "$SCENE/list.json" 2>/dev/null
    echo "helm: on stdout"; echo "helm: on stderr" >&2
    sleep "${TAKES:-0}"
fi
if [ "$verb" = "${FAIL:-}" ]; then echo "Error: helm says no" >&2; exit 3; fi
case "$verb" in
    version) echo "$VERSION" ;;
    list) cat "$SCENE/list.json" ;;
    get) cat "$SCENE/$2-$5.yaml" 2>/dev/null || cat "$SCENE/$2.yaml" ;;
    plan) cat "$SCENE/plan.json" ;;
    history) cat "$SCENE/history.json" ;;
esac
"#;

const KUBECTL: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
{ printf kubectl; printf '\t%s' "$@"; printf '\n'; } >> "$LOG"
[ -z "${KUBECTL_TAKES:-}" ] || exec sleep "$KUBECTL_TAKES"
if [ "${FAIL_KUBECTL:-}" ]; then echo "kubectl: forbidden" >&2; exit 1; fi
case "$1" in
    get) cat "$SCENE/$2.json" ;;
    logs)
        if [ "${NO_LOG:-}" ] && [ ! -e "$SCENE/asked" ]; then touch "$SCENE/asked"; echo "unable to retrieve container logs for x"; exit; fi
        echo "the last that $2 said"
        ;;
esac
"#;

/// What stands around the project is the [`Place`]'s.
pub(crate) struct Scene {
    place: Place,
    version: &'static str,
}

impl Deref for Scene {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

/// A Deployment of the petstore with an image and a number of pods.
pub(crate) fn deployment(image: &str, replicas: u32) -> String {
    format!(
        "---\n# Source: petstore\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: petstore\n  namespace: shop\nspec:\n  replicas: {replicas}\n  \
         selector: {{ matchLabels: {{ app.kubernetes.io/name: petstore, app.kubernetes.io/instance: petstore }} }}\n  template:\n    metadata: {{ labels: {{ app.kubernetes.io/name: petstore, app.kubernetes.io/instance: petstore }} }}\n    spec:\n      \
         terminationGracePeriodSeconds: 40\n      containers:\n        - name: service\n          image: {image}\n          \
         startupProbe: {{ periodSeconds: 2, failureThreshold: 30 }}\n          readinessProbe: {{ periodSeconds: 5 }}\n"
    )
}

/// An image as the chart names it where nobody else does.
pub(crate) const IMAGE: &str = "petstore:1.0.0";

impl Scene {
    /// The petstore, nothing installed, and Helm 3.
    pub(crate) fn new(name: &str) -> Self {
        let scene = Scene {
            place: Place::new("deploy", name),
            version: "v3.21.4+gabcdef0",
        };
        scene.program("helm", HELM);
        scene.program("kubectl", KUBECTL);
        let generate = ["generate", PETSTORE, "--out", "shop", "--name", "petstore"];
        scene.oarlock_in(&scene.folder, &generate, &[]).done();
        scene.plan(&deployment(IMAGE, 3), 1);
        scene.is_installed("[]", "");
        scene
    }

    /// With another Helm.
    pub(crate) fn with(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// What the dry run tells.
    pub(crate) fn plan(&self, manifest: &str, revision: u32) {
        self.plan_with(manifest, "", revision);
    }

    pub(crate) fn plan_with(&self, manifest: &str, hook: &str, revision: u32) {
        let hooks = match hook {
            "" => serde_json::json!([]),
            hook => serde_json::json!([{ "manifest": hook }]),
        };
        let release = serde_json::json!({
            "name": "petstore", "namespace": "shop", "version": revision, "manifest": manifest, "hooks": hooks, "chart": { "files": null },
        });
        self.answer("plan.json", &release.to_string());
    }

    pub(crate) fn is_installed(&self, list: &str, manifest: &str) {
        self.answer("list.json", list);
        self.answer("manifest.yaml", manifest);
        self.answer("hooks.yaml", "");
    }

    /// Revision 4 of the release, in order.
    pub(crate) fn has_release(&self, manifest: &str) {
        self.is_installed(&listed("4", "deployed"), manifest);
    }

    pub(crate) fn answer(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("a file");
    }

    pub(crate) fn deploy(&self, arguments: &[&str]) -> Told {
        self.deploy_where(arguments, &[])
    }

    pub(crate) fn deploy_where(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Told {
        let arguments: Vec<&str> = ["deploy"].iter().chain(arguments).copied().collect();
        self.oarlock_in(&self.project, &arguments, environment)
    }

    pub(crate) fn oarlock_in(
        &self,
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Told {
        self.told(self.oarlock(folder, arguments), environment)
    }

    /// What a shell does with a line that was printed.
    pub(crate) fn shell(&self, line: &str) -> Told {
        self.told(self.place.shell(line), &[])
    }

    fn told(&self, mut command: Command, environment: &[(&str, &str)]) -> Told {
        command
            .env("VERSION", self.version)
            .env_remove("HELM_KUBECONTEXT")
            .env_remove("HELM_KUBEAPISERVER");
        self.place.told(command, environment)
    }

    /// The one command that changes something, its words; none where there was none.
    pub(crate) fn upgrade(&self) -> Option<Vec<String>> {
        let asked = self.asked();
        let mut upgrades = asked
            .iter()
            .filter(|line| line.starts_with("helm\tupgrade\t") && !line.contains("--dry-run"));
        let first = upgrades.next()?;
        assert_eq!(upgrades.next(), None, "{asked:?}");
        Some(first.split('\t').map(str::to_owned).collect())
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.place.git(arguments, None)
    }

    /// Commits the project.
    pub(crate) fn commit(&self) -> String {
        self.write("Cargo.lock", "version = 4\n");
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a change"]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// What `oarlock build` writes of the petstore's image.
    pub(crate) fn built(&self, revision: Option<&str>, repository: &str, digest: Option<&str>) {
        let record = serde_json::json!({ "format": 1, "images": [{
            "service": "petstore", "repository": repository, "tags": ["1.0.0", "1.0.0-abc"], "id": DIGEST, "digest": digest,
            "platform": "linux/amd64", "link": "dynamic", "document_version": "1.0.0", "revision": revision, "dirty": false,
            "sbom": "petstore.cdx.json",
        }]});
        self.write("target/oarlock/images/images.json", &record.to_string());
        let digests = format!(
            "# Written by oarlock build, for helm --values: which images the services are.\n\"petstore\":\n  image:\n    tag: \"1.0.0-abc\"\n    digest: \"{}\"\n",
            digest.unwrap_or_default()
        );
        self.write("target/oarlock/images/digests.yaml", &digests);
    }
}

/// The release's revisions, as Helm tells of them: number, status, description.
pub(crate) fn history(revisions: &[(u32, &str, &str)]) -> String {
    let revisions = revisions.iter().map(|(revision, status, description)| {
        serde_json::json!({ "revision": revision, "status": status, "description": description })
    });
    serde_json::Value::from_iter(revisions).to_string()
}

/// What Helm lists of the release.
pub(crate) fn listed(revision: &str, status: &str) -> String {
    serde_json::json!([{ "name": "petstore", "namespace": "shop", "revision": revision, "status": status, "chart": "petstore-all-0.1.0" }])
        .to_string()
}
