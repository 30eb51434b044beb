//! `objectives` of `oarlock.yaml`: what is promised of the requests of all tags, and of single ones.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::deploy::{
    once,
    terms::{Term, written},
};
use crate::model::{Latency, SaidObjectives, Share};

/// What is promised of requests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Written")]
pub struct Objectives {
    /// Of those of every tag.
    pub all: TagObjectives,
    /// Of those of single tags.
    pub tags: BTreeMap<String, TagObjectives>,
}

/// What is promised of the requests of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TagObjectives {
    #[serde(deserialize_with = "written")]
    availability: Option<Share>,
    #[serde(deserialize_with = "written")]
    latency: Option<Latency>,
}

/// As it stands in the file: what holds for all beside the tags.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    #[serde(deserialize_with = "written")]
    availability: Option<Share>,
    #[serde(deserialize_with = "written")]
    latency: Option<Latency>,
    #[serde(deserialize_with = "once")]
    tags: BTreeMap<String, TagObjectives>,
}

impl From<Written> for Objectives {
    fn from(written: Written) -> Self {
        Objectives {
            all: TagObjectives {
                availability: written.availability,
                latency: written.latency,
            },
            tags: written.tags,
        }
    }
}

impl TagObjectives {
    /// What is said here.
    pub fn said(&self) -> SaidObjectives {
        SaidObjectives {
            availability: self.availability,
            latency: self.latency,
        }
    }
}

impl Term for Share {
    fn read(text: &str) -> Result<Self, String> {
        Share::read(text)
    }
}

impl Term for Latency {
    fn read(text: &str) -> Result<Self, String> {
        Latency::read(text)
    }
}
