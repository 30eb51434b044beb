//! `environments` of `oarlock.yaml`: where a project is deployed to, and with which values.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use super::deploy::terms::{Term, kept, term, terms};
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
    /// How long a deployment may take.
    Timeout(Seconds) = |text| match Seconds::read(text) {
        Ok(Seconds(0)) => Err("a length of time above 0, such as 5m: Helm gives up at once otherwise".to_owned()),
        read => read,
    };
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

arguments! { EnvironmentKey Release Namespace Context Timeout }

/// Where a project is deployed to, and with which values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Files with values of the chart, the later over the earlier, in the place of the environment's own.
    #[serde(deserialize_with = "listed")]
    pub values: Option<Vec<ValuesFile>>,
    /// The namespace; without it, the context's.
    #[serde(deserialize_with = "said")]
    pub namespace: Option<Namespace>,
    /// Whether the namespace is made where there is none.
    pub create_namespace: bool,
    /// The release; without it, the project's name.
    #[serde(deserialize_with = "said")]
    pub release: Option<Release>,
    /// The context of the kubeconfig; without it, the current one.
    #[serde(deserialize_with = "said")]
    pub context: Option<Context>,
    /// How long all may take to get ready; without it, what the chart's own numbers say.
    #[serde(deserialize_with = "said")]
    pub timeout: Option<Timeout>,
}

/// What YAML takes for nothing (1.2.2, section 10.3.2).
const NOTHING: [&str; 5] = ["", "~", "null", "Null", "NULL"];

/// Reads what may be left out, and may not be left blank: whoever fills in a template means to say something, and another
/// cluster would be deployed to than the one that was meant.
struct SaidVisitor<T>(PhantomData<T>);

impl<T: Term> Visitor<'_> for SaidVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if NOTHING.contains(&text) {
            return Err(E::custom(
                "nothing is said here: write a value, or leave out the whole key",
            ));
        }
        T::read(text).map_err(|must| E::custom(format!("{text:?} must be {must}")))
    }
}

fn said<'de, D: Deserializer<'de>, T: Term>(deserializer: D) -> Result<Option<T>, D::Error> {
    let read = deserializer.deserialize_str(SaidVisitor(PhantomData));
    read.map(Some)
}

/// The same of a list, which YAML's readers take for an empty one where it is left blank.
struct ListedVisitor;

impl<'de> Visitor<'de> for ListedVisitor {
    type Value = Vec<ValuesFile>;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a list of files")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Err(E::custom(
            "`values` names nothing: write a list of files, or leave out the whole key",
        ))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Vec::deserialize(deserializer)
    }
}

fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<ValuesFile>>, D::Error> {
    deserializer.deserialize_option(ListedVisitor).map(Some)
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
