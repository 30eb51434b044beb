//! The configuration file: YAML, a member for each setting by its variable's name, small and without `OARLOCK_`. Members
//! may be grouped, `cors: { origins: … }` for `cors_origins`, and lists stand for what has commas in a variable.

use std::{collections::BTreeMap, fs, path::Path};

use yaml_serde::{Mapping, Value};

/// What the names of the runtime's own variables begin with.
pub(super) const PREFIX: &str = "OARLOCK_";

/// A configuration file.
pub(super) struct File {
    path: String,
    /// By the member's whole name.
    values: BTreeMap<String, String>,
}

/// The member that holds a setting: `drain_delay` for `OARLOCK_DRAIN_DELAY`, `rust_log` for `RUST_LOG`. None for what
/// variables alone say, as OpenTelemetry's.
pub(super) fn member(variable: &str) -> Option<String> {
    let name = match variable.strip_prefix(PREFIX) {
        Some(name) => name,
        None if variable == "RUST_LOG" => variable,
        None => return None,
    };
    Some(name.to_ascii_lowercase())
}

impl File {
    /// # Errors
    /// What is wrong in it.
    pub(super) fn read(path: &Path) -> Result<Self, Vec<String>> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| vec![format!("OARLOCK_CONFIG: {shown} cannot be read: {error}")])?;
        let document: Value = yaml_serde::from_str(&text)
            .map_err(|error| vec![format!("OARLOCK_CONFIG: {shown} is no YAML: {error}")])?;
        let mut flat = Flat::default();
        match document {
            Value::Null => {}
            Value::Mapping(members) => flat.members("", members),
            _ => flat
                .mistakes
                .push("it must be settings by their names, such as `drain_delay: 5s`".into()),
        }
        let named = |mistake: String| format!("{shown}: {mistake}");
        match flat.mistakes.is_empty() {
            true => Ok(File {
                path: shown,
                values: flat.values,
            }),
            false => Err(flat.mistakes.into_iter().map(named).collect()),
        }
    }

    /// The value of a setting, and where it stands.
    pub(super) fn get(&self, variable: &str) -> Option<(&str, String)> {
        let member = member(variable)?;
        let value = self.values.get(&member)?;
        Some((value, format!("{} in {}", member, self.path)))
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

/// Settings by their whole names.
#[derive(Default)]
struct Flat {
    values: BTreeMap<String, String>,
    mistakes: Vec<String>,
}

impl Flat {
    fn members(&mut self, group: &str, members: Mapping) {
        for (name, value) in members {
            let Value::String(name) = name else {
                self.mistakes
                    .push(format!("{group}: the names of settings are texts"));
                continue;
            };
            let name = match group {
                "" => name,
                group => format!("{group}_{name}"),
            };
            self.member(name, value);
        }
    }

    fn member(&mut self, name: String, value: Value) {
        let text = match value {
            Value::Mapping(members) => return self.members(&name, members),
            Value::Sequence(items) => {
                let texts: Option<Vec<String>> = items.into_iter().map(scalar).collect();
                texts.map(|texts| texts.join(","))
            }
            one => scalar(one),
        };
        match text {
            None => self
                .mistakes
                .push(format!("{name} must be one value, or a list of values")),
            Some(text) => {
                if self.values.insert(name.clone(), text).is_some() {
                    self.mistakes.push(format!("{name} stands twice"));
                }
            }
        }
    }
}

/// A value as a variable would hold it; null is not set.
pub(super) fn scalar(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(true) => Some("on".into()),
        Value::Bool(false) => Some("off".into()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => None,
    }
}
