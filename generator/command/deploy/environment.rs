//! Which environments a project has: what `oarlock.yaml` says of them, and files of their names.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

use oarlock::{
    config::{Environment, EnvironmentKey},
    files::ENVIRONMENTS,
    source::Source,
};

use crate::command::generate::CONFIG;

type Said = BTreeMap<EnvironmentKey, Environment>;

/// What there is of a project's environments.
struct Known<'a> {
    said: &'a Said,
    /// Their names.
    all: BTreeSet<String>,
    /// Files whose names are no environment's, and that no environment names.
    strange: Vec<String>,
}

/// The environment of a name; where none is named, none at all, as long as the project has none.
///
/// # Errors
/// Where there is no such environment, and files that would be passed over.
pub(super) fn environment(
    root: &Path,
    said: &Said,
    key: Option<&str>,
) -> Result<Environment, String> {
    let known = Known::new(root, said);
    match key {
        Some(key) => known.named(key),
        None => known.unnamed(),
    }
}

impl<'a> Known<'a> {
    fn new(root: &Path, said: &'a Said) -> Self {
        let mut all: BTreeSet<String> = said.keys().map(|name| name.0.clone()).collect();
        let mut strange = Vec::new();
        for file in Source::names_in(&root.join(ENVIRONMENTS)) {
            let Some(stem) = stem(&file) else { continue };
            // A file that several share is none of them.
            if users(said, &file).next().is_some() {
                continue;
            }
            match file == format!("{stem}.yaml") && stem.parse::<EnvironmentKey>().is_ok() {
                true => _ = all.insert(stem.to_owned()),
                false => strange.push(file),
            }
        }
        Known { said, all, strange }
    }

    fn named(&self, key: &str) -> Result<Environment, String> {
        let mut strange = self.strange.iter();
        let is_own = |file: &&String| stem(file).is_some_and(|one| one.eq_ignore_ascii_case(key));
        let own = strange.find(is_own);
        if let Some(file) = own {
            return Err(format!(
                "{ENVIRONMENTS}/{file} is not read for {key:?}: call it {key}.yaml, or name it under `environments: {key}: values` in {CONFIG}"
            ));
        }
        let said = self.said.iter().find(|(name, _)| name.0 == key);
        if let Some((_, environment)) = said {
            return Ok(environment.clone());
        }
        if self.all.contains(key) {
            return Ok(Environment::default());
        }
        let file = format!("{key}.yaml");
        if let Some(user) = users(self.said, &file).next() {
            return Err(format!(
                "there is no environment {key:?}: {ENVIRONMENTS}/{file} is one of the values of {user}; where it is to be an environment too, say `environments: {{ {key}: {{}} }}` in {CONFIG}"
            ));
        }
        Err(format!(
            "there is no environment {key:?}; {}: write {ENVIRONMENTS}/{file}, or say `environments: {{ {key}: {{}} }}` in {CONFIG}{}",
            match self.all.is_empty() {
                true => "the project has none".to_owned(),
                false => format!("the project has: {}", self.list()),
            },
            match self.strange.is_empty() {
                true => String::new(),
                false => format!("; {}", self.strangers()),
            }
        ))
    }

    fn unnamed(&self) -> Result<Environment, String> {
        if let Some(first) = self.all.first() {
            return Err(format!(
                "the project has environments: name one of them, as in `oarlock deploy {first}`: {}",
                self.list()
            ));
        }
        match self.strange.is_empty() {
            true => Ok(Environment::default()),
            false => Err(format!("nothing says where to: {}", self.strangers())),
        }
    }

    fn list(&self) -> String {
        let all: Vec<&str> = self.all.iter().map(String::as_str).collect();
        all.join(", ")
    }

    fn strangers(&self) -> String {
        format!(
            "no environment can have the name of these files in {ENVIRONMENTS}: {} (lower-case letters, digits and `-`, then `.yaml`); rename them, or name them under `values` of an environment in {CONFIG}",
            self.strange.join(", ")
        )
    }
}

/// The name of a file with values without its ending.
fn stem(file: &str) -> Option<&str> {
    let (stem, ending) = file.rsplit_once('.')?;
    let is_yaml = ["yaml", "yml"]
        .iter()
        .any(|one| ending.eq_ignore_ascii_case(one));
    (is_yaml && !stem.is_empty()).then_some(stem)
}

/// The environments that name a file of the folder under `values`.
fn users<'a>(said: &'a Said, file: &str) -> impl Iterator<Item = &'a str> {
    let place = Path::new(ENVIRONMENTS).join(file);
    said.iter().filter_map(move |(name, environment)| {
        let mut named = environment.values.iter().flatten();
        let is_named = named.any(|one| plain(Path::new(&one.0)).eq(plain(&place)));
        is_named.then_some(&*name.0)
    })
}

/// A path's parts, `.` left out.
fn plain(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components().filter(|part| *part != Component::CurDir)
}
