//! Where settings come from: a variable of the environment, a file that a variable names (`…_FILE`, as Kubernetes
//! mounts secrets), the configuration file, in this order.

use std::{collections::BTreeMap, fmt, path::Path};

use super::file::{File, PREFIX};

/// What the name of a variable ends with that names a file instead of holding the value.
pub(super) const FROM_FILE: &str = "_FILE";
/// The variable that names the configuration file.
pub(super) const CONFIG: &str = "OARLOCK_CONFIG";

/// Everything that was set.
#[derive(Default)]
pub(crate) struct Sources {
    environment: BTreeMap<String, String>,
    file: Option<File>,
}

/// Where the value of a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere: it is the one that stands in.
    Default,
    /// In a variable of the setting's name.
    Environment,
    /// In a file that the variable with `_FILE` behind its name names.
    Mounted(String),
    /// In the configuration file, at a line.
    File(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Origin::Default => out.write_str("default"),
            Origin::Environment => out.write_str("environment"),
            Origin::Mounted(path) | Origin::File(path) => out.write_str(path),
        }
    }
}

impl Sources {
    /// The environment, and the configuration file that it names; with what is wrong in that.
    pub(crate) fn read(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> (Self, Vec<String>) {
        let variables = variables.into_iter();
        // Set to nothing is not set, as the specification of OpenTelemetry has it for its own.
        let environment: BTreeMap<_, _> =
            variables.filter(|(_, value)| !value.is_empty()).collect();
        let (file, mistakes) = match environment
            .get(CONFIG)
            .map(|path| File::read(Path::new(path)))
        {
            None => (None, Vec::new()),
            Some(Ok(file)) => (Some(file), Vec::new()),
            Some(Err(mistakes)) => (None, mistakes),
        };
        (Sources { environment, file }, mistakes)
    }

    /// A setting and where it stands.
    ///
    /// # Errors
    /// Where it is set twice over in the environment, or a file that it names cannot be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<(String, Origin)>, String> {
        let naming = format!("{name}{FROM_FILE}");
        let path = self
            .environment
            .get(&naming)
            .filter(|_| name.starts_with(PREFIX));
        match (self.environment.get(name), path) {
            (Some(_), Some(_)) => Err(format!(
                "{name} and {naming} are both set; leave one of them out"
            )),
            (Some(value), None) => Ok(Some((value.clone(), Origin::Environment))),
            (None, Some(path)) => mounted(&naming, path).map(Some),
            (None, None) => {
                let file = self.file.as_ref();
                let found =
                    file.and_then(|file| file.get(name).filter(|(value, _)| !value.is_empty()));
                Ok(found.map(|(value, place)| (value.to_owned(), Origin::File(place))))
            }
        }
    }

    /// Every variable that is set.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.environment.keys().map(String::as_str)
    }

    pub(super) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }
}

/// The value in a file, without the line break that editors end it with.
fn mounted(naming: &str, path: &str) -> Result<(String, Origin), String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{naming}: {path} cannot be read: {error}"))?;
    let value = text.strip_suffix('\n').unwrap_or(&text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    match value.is_empty() {
        true => Err(format!("{naming}: {path} is empty")),
        false => Ok((value.to_owned(), Origin::Mounted(path.to_owned()))),
    }
}
