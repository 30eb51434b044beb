//! A project in a git repository of its own, and engines that write down what they are asked.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use crate::audited;

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

pub(crate) struct Scene {
    pub(crate) folder: PathBuf,
    pub(crate) project: PathBuf,
}

pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
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
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("build")
            .join(name);
        let _ = fs::remove_dir_all(&folder);
        let bin = folder.join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        for (name, text) in [("docker", ENGINE), ("podman", ENGINE), ("cargo", CARGO)] {
            let place = bin.join(name);
            fs::write(&place, text).expect("a script");
            fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("permissions");
        }
        symlink(git(), bin.join("git")).expect("a link");
        fs::write(folder.join("service.tar"), audited::tar()).expect("a file");
        Scene {
            project: folder.join("shop"),
            folder,
        }
    }

    /// What engines tell of the image.
    pub(crate) fn knows(&self, repository: &str, algorithm: &str) {
        let text = format!(
            r#"[{{"Id":"{algorithm}{ID}","RepoTags":["{repository}:1.0.0"],"RepoDigests":["{repository}@{DIGEST}","elsewhere/petstore@sha256:{ID}"],"Os":"linux","Architecture":"arm64","Variant":"v8"}}]"#
        );
        fs::write(self.folder.join("image.json"), text).expect("a file");
    }

    pub(crate) fn without(&self, programs: &[&str]) {
        for program in programs {
            fs::remove_file(self.folder.join("bin").join(program)).expect("a program");
        }
    }

    /// Has git's commands written down as well.
    pub(crate) fn watch_git(&self) {
        let place = self.folder.join("bin/git");
        fs::remove_file(&place).expect("a link");
        let text = format!(
            "#!/bin/sh\n{{ printf git; printf '\\t%s' \"$@\"; printf '\\n'; }} >> \"$LOG\"\nexec {} \"$@\"\n",
            git().display()
        );
        fs::write(&place, text).expect("a script");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("permissions");
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
        let mut command = Command::new(git());
        command
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments);
        command.current_dir(&self.project);
        let date = format!("@{TIME} +0200");
        command
            .envs(isolated(&self.folder))
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date);
        let output = command.output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
        command.args(arguments).current_dir(folder);
        self.told(command, environment)
    }

    /// What a shell does with lines that were printed.
    pub(crate) fn shell(&self, lines: &str) -> Told {
        let mut command = Command::new("/bin/sh");
        command.args(["-e", "-c", lines]).current_dir(&self.project);
        self.told(command, &[])
    }

    fn told(&self, mut command: Command, environment: &[(&str, &str)]) -> Told {
        command
            .env("PATH", self.folder.join("bin"))
            .env("LOG", self.folder.join("log"));
        command
            .env("SCENE", &self.folder)
            .env("CONTAINER", CONTAINER)
            .env("DIGEST", DIGEST);
        command.env_remove("DOCKER_BUILDKIT");
        command
            .envs(isolated(&self.folder))
            .envs(environment.iter().copied());
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().expect("it runs");
        Told {
            code: status.code(),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// What engines and cargo were asked since the last question.
    pub(crate) fn asked(&self) -> Vec<String> {
        let log = self.folder.join("log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(log);
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let place = self.project.join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, text).expect("a file");
    }

    pub(crate) fn add(&self, path: &str, text: &str) {
        let place = self.project.join(path);
        let there = fs::read_to_string(&place).expect("a file");
        fs::write(place, there + text).expect("a file");
    }

    pub(crate) fn output(&self, name: &str) -> String {
        let place = self.project.join("target/oarlock/images").join(name);
        fs::read_to_string(&place).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn has_output(&self) -> bool {
        self.project.join("target").exists()
    }
}

impl Told {
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.out,
            self.err
        );
        self
    }

    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.ends(0)
    }

    #[track_caller]
    pub(crate) fn tells(self, words: &str) -> Self {
        assert!(
            self.err.contains(words),
            "not told: {words}\nstderr:\n{}",
            self.err
        );
        self
    }
}

/// Neither the settings of whoever runs this, nor the repository that this lies in.
fn isolated(folder: &Path) -> [(&'static str, PathBuf); 3] {
    [
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ("GIT_CONFIG_SYSTEM", "/dev/null".into()),
        ("GIT_CEILING_DIRECTORIES", folder.to_path_buf()),
    ]
}

fn git() -> &'static Path {
    static GIT: OnceLock<PathBuf> = OnceLock::new();
    GIT.get_or_init(|| {
        let path = std::env::var_os("PATH").expect("a PATH");
        let mut places = std::env::split_paths(&path).map(|folder| folder.join("git"));
        places
            .find(|place| place.is_file())
            .expect("these tests need git")
    })
}
