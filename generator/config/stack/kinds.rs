//! The kinds of rules, a small closed set, and what each of them asks for.

use std::collections::BTreeMap;

use semver::VersionReq;
use serde::{Deserialize, Deserializer, de::Error};

use super::terms::{FieldPath, ImagePattern, Name, Pattern};
use crate::{
    config::{
        Allowed, Amounts, WrittenLimits,
        deploy::terms::{Count, EnvironmentName, LabelName, once, term, written},
    },
    document::{Misread, Node, Value, deserialize},
    model::Seconds,
};

/// Declares the kinds: a variant with its name in a stack, and what it holds.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:literal $variant:ident,)*) => {
        /// What a rule asks for.
        #[derive(Debug, Clone)]
        pub enum Kind {$(
            $(#[$doc])*
            $variant($variant),
        )*}

        const KINDS: &[(&str, fn(&Node) -> Result<Kind, Misread>)] = &[
            $(($name, |node| deserialize(node).map(Kind::$variant)),)*
        ];
    };
}

kinds! {
    /// Which words of `allow` no project may have.
    "allow" Allow,
    /// What images may be built on.
    "base-images" BaseImages,
    /// Which fields a document must have.
    "document-fields" Fields,
    /// Which variables a service must have and which it must not.
    "environment" Environment,
    /// Which versions of the generator may be used.
    "generator" Generator,
    /// Which labels a service must have.
    "labels" Labels,
    /// How far `limits` of single operations may go.
    "operation-limits" OperationLimits,
    /// What images are built on has a digest.
    "pinned-images" PinnedImages,
    /// How services are asked how they are.
    "probes" Probes,
    /// Where images are kept.
    "registries" Registries,
    /// How many of a service there are.
    "replicas" Replicas,
    /// What a service may use at most.
    "resource-limits" Resources,
    /// Who may call.
    "security" Security,
    /// How services stop.
    "shutdown" Shutdown,
}

/// The kind whose name says all.
const WITHOUT_WORDS: &str = "pinned-images";

impl Kind {
    /// Reads what a rule of the kind that `kind` names asks for.
    pub(super) fn read(kind: &Node, asked: &Node) -> Result<Self, Misread> {
        let Name(word) = deserialize(kind)?;
        match KINDS.iter().find(|(known, _)| *known == word) {
            Some((known, read)) => match &asked.value {
                Value::Mapping(entries) if entries.is_empty() && *known != WITHOUT_WORDS => {
                    let message = format!("a rule of the kind `{known}` must say what it asks for");
                    Err(Misread::at(kind.span, message))
                }
                _ => read(asked),
            },
            None => {
                let names: Vec<&str> = KINDS.iter().map(|(known, _)| *known).collect();
                let near = names
                    .iter()
                    .find(|known| strsim::osa_distance(known, &word) <= 2);
                let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                let message = format!(
                    "`{word}` is no kind of rule: {near}there are {}",
                    names.join(", ")
                );
                Err(Misread::at(kind.span, message))
            }
        }
    }
}

/// Words of `allow` in `oarlock.yaml`, and of `--allow`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Those that no project may have.
    #[serde(deserialize_with = "some")]
    pub forbidden: Vec<Allowed>,
}

/// What images may be built on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseImages {
    /// Which images.
    #[serde(deserialize_with = "some")]
    pub allowed: Vec<ImagePattern>,
    /// Which of a project's bases this is about.
    #[serde(default = "all", deserialize_with = "some")]
    pub bases: Vec<Base>,
}

/// Bases that must have a digest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedImages {
    /// Which of a project's bases this is about.
    #[serde(default = "all", deserialize_with = "some")]
    pub bases: Vec<Base>,
}

/// One of `deploy: bases`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// Compiles.
    Build,
    /// Holds a service that is linked with glibc.
    Run,
    /// Holds a service that is linked statically.
    Static,
}

fn all() -> Vec<Base> {
    vec![Base::Build, Base::Run, Base::Static]
}

/// Where images are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registries {
    /// Names of images, or their beginnings.
    #[serde(deserialize_with = "some")]
    pub allowed: Vec<ImagePattern>,
}

/// Labels that a service must have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Their names, and what their values must fit.
    #[serde(deserialize_with = "once")]
    pub required: BTreeMap<LabelName, Option<Pattern>>,
}

/// Variables of a service's environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Those that a service must have, and what their values must fit.
    #[serde(default, deserialize_with = "once")]
    pub required: BTreeMap<EnvironmentName, Option<Pattern>>,
    /// Those that it must not have.
    #[serde(default)]
    pub forbidden: Vec<EnvironmentName>,
}

/// Versions of the generator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Those that may be used.
    #[serde(deserialize_with = "term")]
    pub versions: VersionReq,
}

/// Limits of single operations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationLimits {
    /// What they may be at most.
    #[serde(deserialize_with = "readable")]
    pub most: WrittenLimits,
}

/// What a service may use at most.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// What its limits may be at most.
    pub most: Amounts,
}

/// How many of a service there are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Replicas {
    /// The fewest.
    pub min: CountRange,
    /// The most.
    pub max: CountRange,
}

/// The parts of a shutdown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shutdown {
    /// New requests are still served.
    pub delay: SecondsRange,
    /// Requests in work may finish.
    pub timeout: SecondsRange,
    /// All of it: what the platform grants.
    pub grace: SecondsRange,
}

/// How services are asked how they are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// Until it has started.
    pub startup: StartupRanges,
    /// Whether it is to be started anew.
    pub liveness: ProbeRanges,
    /// Whether it gets requests.
    pub readiness: ProbeRanges,
}

/// The probe of the start.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StartupRanges {
    /// From one question to the next.
    pub period: SecondsRange,
    /// How long the start may take.
    pub within: SecondsRange,
}

/// A probe.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeRanges {
    /// From one question to the next.
    pub period: SecondsRange,
    /// How long an answer may take.
    pub timeout: SecondsRange,
    /// How many must fail, one after the other.
    pub failures: CountRange,
}

/// Who may call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// The schemes, one of which every way into an operation must ask for.
    #[serde(deserialize_with = "some")]
    pub schemes: Vec<SchemeWord>,
    /// The operations that this is not about.
    #[serde(default)]
    pub except: Except,
}

/// A kind of scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "OpenAPI's words")]
pub enum SchemeWord {
    ApiKey,
    Basic,
    Bearer,
    /// Any other scheme of `Authorization`.
    Http,
    #[serde(rename = "mutualTLS")]
    MutualTls,
    #[serde(rename = "oauth2")]
    OAuth2,
    OpenIdConnect,
}

/// Operations that a rule is not about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Except {
    /// By their `operationId`.
    pub operations: Vec<Name>,
    /// By a tag that they have.
    pub tags: Vec<Name>,
}

/// Fields that a document must have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// Those of the document itself.
    pub document: Vec<FieldPath>,
    /// Those of every operation.
    pub operations: Vec<OperationField>,
}

/// A field of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "OpenAPI's words")]
pub enum OperationField {
    OperationId,
    Summary,
    Description,
    Tags,
}

/// What may be no less and no more than something.
macro_rules! ranges {
    ($($(#[$doc:meta])* $name:ident($inner:ty),)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            /// No less.
            pub least: Option<$inner>,
            /// No more.
            pub most: Option<$inner>,
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Written {
                    #[serde(default, deserialize_with = "written")]
                    least: Option<$inner>,
                    #[serde(default, deserialize_with = "written")]
                    most: Option<$inner>,
                }
                let Written { least, most } = Written::deserialize(deserializer)?;
                match (&least, &most) {
                    (None, None) => Err(D::Error::custom("must have `least`, `most` or both")),
                    (Some(one), Some(other)) if one > other => Err(D::Error::custom(
                        "`least` is more than `most`: no project could keep to it",
                    )),
                    _ => Ok($name { least, most }),
                }
            }
        }
    )*};
}

ranges! {
    /// Lengths of time.
    SecondsRange(Seconds),
    /// Whole numbers.
    CountRange(Count),
}

/// A list that names something.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    match list.is_empty() {
        true => Err(D::Error::custom("must name one at least")),
        false => Ok(list),
    }
}

fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WrittenLimits, D::Error> {
    let limits = WrittenLimits::deserialize(deserializer)?;
    limits.read().map_err(D::Error::custom)?;
    Ok(limits)
}
