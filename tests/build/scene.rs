//! A project in a git repository of its own, and engines that write down what they are asked.

use std::{fs, ops::Deref, path::Path, process::Command};

use crate::{
    audited,
    place::{Place, git},
};

pub(crate) use crate::place::Told;

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");
pub(crate) const TIME: &str = "1700000000";
pub(crate) const CREATED: &str = "2023-11-14T22:13:20Z";
/// What the engines call the image, and the container.
pub(crate) const ID: &str = "1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const CONTAINER: &str = "c0ffee";
pub(crate) const DIGEST: &str =
    "sha256:2222222222222222222222222222222222222222222222222222222222222222";

const SHOP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/golden/shop/openapi.yaml"
);
/// In this order, which is not that of their names.
const THREE: &str = "spec: openapi.yaml
name: shop
deploy: { image: { registry: registry.example.com } }
services:
  orders: { tags: [orders], calls: [cart] }
  cart: { tags: [carts] }
  catalog: { tags: [products, categories, operations] }
";

/// Both engines: a line for each command, its words apart by tabs. `FAIL` names the word at which it fails, `FAIL_FOR` the
/// service whose image it does not build.
const ENGINE: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
name=$(basename "$0")
if [ "$1" = --version ]; then echo "${IS:-$name} version 5.4.2"; exit; fi
{ printf '%s' "${DOCKER_BUILDKIT:+DOCKER_BUILDKIT=$DOCKER_BUILDKIT }$name"; printf '\t%s' "$@"; printf '\n'; } >> "$LOG"
if [ "$1" = "${FAIL:-}" ]; then echo "$name: no" >&2; exit 7; fi
case " $* " in *" SERVICE=${FAIL_FOR:-nothing} "*) echo "$name: no" >&2; exit 7 ;; esac
case "$1 ${2:-}" in
    build*) echo "engine: a step on stdout"; echo "engine: a step on stderr" >&2 ;;
    create*) echo "$CONTAINER" ;;
    cp*) cat "$SCENE/service.tar" ;;
    rm*) echo "$3" ;;
    push*) [ "$name" = podman ] && echo "$DIGEST" || echo "engine: pushed" ;;
    image*) cat "$SCENE/image.json" ;;
esac
"#;

/// Cargo, as far as it is asked of licences.
const CARGO: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
{ printf cargo; printf '\t%s' "$@"; printf '\n'; } >> "$LOG"
[ "${FAIL:-}" != cargo ] || exit 101
printf '%s' '{"packages":[
    {"name":"hyper","version":"1.12.0","license":"MIT"},
    {"name":"unicode-ident","version":"1.0.27","license":"(MIT OR Apache-2.0) AND Unicode-3.0"},
    {"name":"old","version":"0.1.0","license":"MIT/Apache-2.0"},
    {"name":"odd","version":"2.0.0+build.7","license":"ask the author"},
    {"name":"petstore","version":"0.1.0","license":null}]}'
"#;

/// What stands around the project is the [`Place`]'s.
pub(crate) struct Scene(Place);

impl Deref for Scene {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Scene {
    /// The petstore, committed, with engines that know its image by `repository`.
    pub(crate) fn new(name: &str) -> Self {
        Self::of(name, Path::new(PETSTORE))
    }

    pub(crate) fn of(name: &str, document: &Path) -> Self {
        let scene = Self::bare(name);
        let given = document.to_str().expect("a path");
        scene
            .oarlock_in(
                &scene.folder,
                &["generate", given, "--out", "shop", "--name", "petstore"],
                &[],
            )
            .done();
        scene.lock_and_commit();
        scene.knows("petstore", "sha256:");
        scene
    }

    /// The shop, its tags dealt to three services.
    pub(crate) fn several(name: &str) -> Self {
        let scene = Self::bare(name);
        fs::create_dir_all(&scene.project).expect("a folder");
        fs::copy(SHOP, scene.project.join("openapi.yaml")).expect("a copy");
        scene.write("oarlock.yaml", THREE);
        scene.oarlock_in(&scene.project, &["generate"], &[]).done();
        scene.lock_and_commit();
        scene.knows("registry.example.com/cart", "sha256:");
        scene
    }

    fn lock_and_commit(&self) {
        self.write("Cargo.lock", "version = 4\n");
        self.git(&["init", "--quiet", "--initial-branch", "main"]);
        self.commit();
    }

    fn bare(name: &str) -> Self {
        let place = Place::new("build", name);
        for (name, text) in [("docker", ENGINE), ("podman", ENGINE), ("cargo", CARGO)] {
            place.program(name, text);
        }
        fs::write(place.folder.join("service.tar"), audited::tar()).expect("a file");
        Scene(place)
    }

    /// What engines tell of the image.
    pub(crate) fn knows(&self, repository: &str, algorithm: &str) {
        let text = format!(
            r#"[{{"Id":"{algorithm}{ID}","RepoTags":["{repository}:1.0.0"],"RepoDigests":["{repository}@{DIGEST}","elsewhere/petstore@sha256:{ID}"],"Os":"linux","Architecture":"arm64","Variant":"v8"}}]"#
        );
        fs::write(self.folder.join("image.json"), text).expect("a file");
    }

    /// Has git's commands written down as well.
    pub(crate) fn watch_git(&self) {
        let text = format!(
            "#!/bin/sh\n{{ printf git; printf '\\t%s' \"$@\"; printf '\\n'; }} >> \"$LOG\"\nexec {} \"$@\"\n",
            git().display()
        );
        self.program("git", &text);
    }

    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--message",
            "a change",
        ]);
        self.head()
    }

    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.0.git(arguments, Some(&format!("@{TIME} +0200")))
    }

    /// `oarlock build` in the project's folder.
    pub(crate) fn build(&self, arguments: &[&str]) -> Told {
        self.build_where(arguments, &[])
    }

    pub(crate) fn build_where(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Told {
        let arguments: Vec<&str> = ["build"].iter().chain(arguments).copied().collect();
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

    /// What a shell does with lines that were printed.
    pub(crate) fn shell(&self, lines: &str) -> Told {
        self.told(self.0.shell(lines), &[])
    }

    fn told(&self, mut command: Command, environment: &[(&str, &str)]) -> Told {
        command
            .env("CONTAINER", CONTAINER)
            .env("DIGEST", DIGEST)
            .env_remove("DOCKER_BUILDKIT");
        self.0.told(command, environment)
    }

    pub(crate) fn output(&self, name: &str) -> String {
        let place = self.project.join("target/oarlock/images").join(name);
        fs::read_to_string(&place).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn has_output(&self) -> bool {
        self.project.join("target").exists()
    }
}
