//! A project among programs that write down what they are asked, in a folder of its own.

#![allow(dead_code)] // Not every command's tests need all of it.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// A folder with programs in `bin`, what they were asked in `log`, and the project beside them.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) project: PathBuf,
}

/// What a command told.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// An empty one, with git alone among its programs.
    pub(crate) fn new(test: &str, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test).join(name);
        let _ = fs::remove_dir_all(&folder);
        let place = Place {
            project: folder.join("shop"),
            folder,
        };
        fs::create_dir_all(place.folder.join("bin")).expect("a folder");
        symlink(git(), place.folder.join("bin/git")).expect("a link");
        place
    }

    /// Adds a program, or puts another one in its place.
    pub(crate) fn program(&self, name: &str, text: &str) {
        let place = self.folder.join("bin").join(name);
        let _ = fs::remove_file(&place);
        fs::write(&place, text).expect("a script");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    pub(crate) fn without(&self, programs: &[&str]) {
        for program in programs {
            fs::remove_file(self.folder.join("bin").join(program)).expect("a program");
        }
    }

    /// Oarlock, run in a folder.
    pub(crate) fn oarlock(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
        command.args(arguments).current_dir(folder);
        command
    }

    /// A shell that does what was printed.
    pub(crate) fn shell(&self, lines: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-e", "-c", lines]).current_dir(&self.project);
        command
    }

    /// Runs a command among the programs of this place alone; what is said of its environment counts most.
    pub(crate) fn told(&self, mut command: Command, environment: &[(&str, &str)]) -> Told {
        self.among(&mut command)
            .envs(environment.iter().copied())
            .output()
            .expect("it runs")
            .into()
    }

    /// A command that finds the programs of this place alone.
    pub(crate) fn among<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("PATH", self.folder.join("bin"))
            .env("LOG", self.folder.join("log"))
            .env("SCENE", &self.folder)
            .envs(self.isolated())
    }

    /// What the programs were asked since the last question.
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
        let there = fs::read_to_string(self.project.join(path)).expect("a file");
        self.write(path, &(there + text));
    }

    /// Git in the project, as somebody, at a time where one is said.
    pub(crate) fn git(&self, arguments: &[&str], time: Option<&str>) -> String {
        let mut command = Command::new(git());
        command
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .current_dir(&self.project)
            .envs(self.isolated());
        if let Some(time) = time {
            command
                .env("GIT_AUTHOR_DATE", time)
                .env("GIT_COMMITTER_DATE", time);
        }
        let output = command.output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Neither the settings of whoever runs this, nor the repository that this lies in.
    fn isolated(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
            ("GIT_CONFIG_SYSTEM", "/dev/null".into()),
            ("GIT_CEILING_DIRECTORIES", self.folder.clone()),
        ]
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        Told {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
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

    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(
            self.out.contains(words),
            "not shown: {words}\nstdout:\n{}",
            self.out
        );
        self
    }
}

/// The machine's git.
pub(crate) fn git() -> &'static Path {
    static GIT: OnceLock<PathBuf> = OnceLock::new();
    GIT.get_or_init(|| {
        let path = std::env::var_os("PATH").expect("a PATH");
        let mut places = std::env::split_paths(&path).map(|folder| folder.join("git"));
        places
            .find(|place| place.is_file())
            .expect("these tests need git")
    })
}
