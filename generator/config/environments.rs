//! `environments` of `oarlock.yaml`: where a project is deployed to, and with which values.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::deploy::terms::{Term, kept, term, terms, written};
use crate::model::Seconds;

/// The longest name that Helm takes for a release.
const LONGEST_RELEASE: usize = 53;
/// The longest name of a namespace (RFC 1123, a label).
const LONGEST_LABEL: usize = 63;

terms! {
    /// The name of an environment; of a file, too.
    EnvironmentKey(String) = |text| kept(text, is_label(text, LONGEST_LABEL), "the name of an environment: lower-case letters, digits and `-`, at most 63, the first a letter, the last no `-`");
    /// The name of a release. Names of Services begin with it, and so with a letter (RFC 1035).
    Release(String) = |text| kept(text, is_label(text, LONGEST_RELEASE), "the name of a release: lower-case letters, digits and `-`, at most 53, the first a letter, the last no `-`");
    /// The name of a namespace (RFC 1123, a label).
    Namespace(String) = |text| kept(text, is_dns(text, LONGEST_LABEL), "the name of a namespace: lower-case letters, digits and `-`, at most 63, `-` neither first nor last");
    /// The name of a context of a kubeconfig.
    Context(String) = |text| kept(text, !text.is_empty() && !text.contains(char::is_control), "the name of a context, on one line, as `kubectl config get-contexts` lists it");
    /// The path of a file with values of the chart.
    ValuesFile(String) = |text| kept(text, !text.is_empty() && !text.contains(char::is_control), "the path of a values file, from the folder of oarlock.yaml");
}

impl AsRef<str> for EnvironmentKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Terms that the command line has as well.
macro_rules! arguments {
    ($($name:ident)*) => {$(
        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::read(text).map_err(|must| format!("this must be {must}"))
            }
        }
    )*};
}

arguments! { EnvironmentKey Release Namespace Context Seconds }

/// Where a project is deployed to, and with which values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Files with values of the chart, the later over the earlier, in the place of the environment's own.
    pub values: Option<Vec<ValuesFile>>,
    /// The namespace; without it, the context's.
    pub namespace: Option<Namespace>,
    /// Whether the namespace is made where there is none.
    pub create_namespace: bool,
    /// The release; without it, the project's name.
    pub release: Option<Release>,
    /// The context of the kubeconfig; without it, the current one.
    pub context: Option<Context>,
    /// How long all may take to get ready; without it, what the chart's own numbers say.
    #[serde(deserialize_with = "written")]
    pub timeout: Option<Seconds>,
}

/// A label as RFC 1123 has it.
fn is_dns(text: &str, longest: usize) -> bool {
    let letters = text
        .bytes()
        .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-');
    letters && !text.starts_with('-') && !text.ends_with('-') && (1..=longest).contains(&text.len())
}

/// A label as RFC 1035 has it.
fn is_label(text: &str, longest: usize) -> bool {
    is_dns(text, longest) && text.starts_with(|one: char| one.is_ascii_lowercase())
}
