//! What a single value of `deploy` may be: whatever is not one is refused with what it must be. Nothing that passes here can
//! leave the place in a Dockerfile or in YAML that it is written to, but for [`EnvironmentValue`], which is escaped there.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::RangeInclusive};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

use crate::model::{Bytes, Cpu, Seconds};

/// Users up to this one may be people, or services of the machine that runs the container.
const MACHINE_USERS: u64 = 10_000;
/// The largest user that Kubernetes takes.
const LARGEST_USER: u64 = i32::MAX as u64;
/// Ports below are not open to those who have no capabilities.
const PRIVILEGED_PORTS: u64 = 1024;
const LARGEST_PORT: u64 = u16::MAX as u64;

/// A value that is read from a scalar.
pub(super) trait Term: Sized {
    /// What it must be, where it is not.
    fn read(text: &str) -> Result<Self, String>;
}

/// Reads a scalar as it is written: numbers need no quotes, and keep their zeros.
struct TermVisitor<T>(PhantomData<T>);

impl<T: Term> Visitor<'_> for TermVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::read(text).map_err(|must| E::custom(format!("{text:?} must be {must}")))
    }
}

fn term<'de, D: Deserializer<'de>, T: Term>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(TermVisitor(PhantomData))
}

pub(super) fn written<'de, D: Deserializer<'de>, T: Term>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    term(deserializer).map(Some)
}

/// Reads a mapping in which no key stands twice.
struct OnceVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord + AsRef<str>, V: Deserialize<'de>> Visitor<'de>
    for OnceVisitor<K, V>
{
    type Value = BTreeMap<K, V>;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("names with a value each")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry::<K, V>()? {
            if read.contains_key(&name) {
                let words = format!("{:?} stands twice: leave one of them out", name.as_ref());
                return Err(A::Error::custom(words));
            }
            read.insert(name, value);
        }
        Ok(read)
    }
}

pub(in crate::config) fn once<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + AsRef<str>,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(OnceVisitor(PhantomData))
}

/// Texts and numbers that are a term each, as keys and values of maps too.
macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub $inner);

        impl Term for $name {
            fn read(text: &str) -> Result<Self, String> {
                let read: fn(&str) -> Result<$inner, String> = $read;
                read(text).map($name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                term(deserializer)
            }
        }
    )*};
}

terms! {
    /// A port that a service without capabilities opens.
    OwnPort(u16) = |text| port(text, PRIVILEGED_PORTS,
        "a port from 1024 to 65535: a service without capabilities may not open one below");
    /// A port.
    Port(u16) = |text| port(text, 1, "a port from 1 to 65535");
    /// A number above 0.
    Count(u32) = |text| whole(text, 1..=i32::MAX as u64).and_then(|one| u32::try_from(one).ok())
        .ok_or_else(|| "a whole number above 0".to_owned());
    /// A numeric user.
    User(u32) = |text| whole(text, MACHINE_USERS + 1..=LARGEST_USER).and_then(|one| u32::try_from(one).ok())
        .ok_or_else(|| "the number of a user above 10000, such as 65532: those below may be users of the machine that runs the container".to_owned());
    /// An image to build on.
    BaseImage(String) = base_image;
    /// A registry, with a path where there is one.
    Registry(String) = |text| kept(text, is_registry(text), "a registry's host, with a path where there is one, such as registry.example.com/shop");
    /// The name of an image in its registry.
    Repository(String) = |text| kept(text, text.len() <= 128 && is_image_path(text), "an image's name without a tag: lower-case letters, digits, `.`, `_`, `-` and `/`, such as shop/orders");
    /// An address of source code.
    SourceUrl(String) = |text| kept(text, is_url(text), "an address such as https://git.example.com/shop");
    /// The name of a label.
    LabelName(String) = |text| kept(text, is_label_name(text), "the name of a Kubernetes label: letters, digits, `.`, `_` and `-`, at most 63, with a domain and `/` before it where it has one, such as example.com/team");
    /// The value of a label.
    LabelValue(String) = |text| kept(text, text.is_empty() || is_label_part(text), "the value of a Kubernetes label: letters, digits, `.`, `_` and `-`, at most 63, the first and the last a letter or a digit");
    /// The name of a variable.
    EnvironmentName(String) = |text| kept(text, is_variable(text), "the name of a variable: letters, digits and `_`, the first no digit");
    /// The value of a variable.
    EnvironmentValue(String) = |text| kept(text, !text.contains(is_unseen), "text on one line, without control characters and marks that change the order of what is read");
}

impl AsRef<str> for LabelName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for EnvironmentName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Term for Seconds {
    fn read(text: &str) -> Result<Self, String> {
        let must =
            || "a length of time in whole seconds with its unit, such as 0s, 30s or 2m".to_owned();
        let end = text
            .find(|one: char| !one.is_ascii_digit())
            .ok_or_else(must)?;
        let (count, unit) = text.split_at(end);
        let seconds = match unit.trim_start() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(must()),
        };
        let count: u32 = count.parse().map_err(|_| must())?;
        count.checked_mul(seconds).map(Seconds).ok_or_else(must)
    }
}

/// Kubernetes' quantities of processors, as far as thousandths go.
impl Term for Cpu {
    fn read(text: &str) -> Result<Self, String> {
        let must = || "an amount of processors above 0, such as 250m or 1.5".to_owned();
        let thousandths = match text.strip_suffix('m') {
            Some(count) => whole(count, 1..=u64::MAX),
            None => decimal(text, 1000),
        };
        thousandths.filter(|one| *one > 0).map(Cpu).ok_or_else(must)
    }
}

/// Kubernetes' quantities of bytes.
impl Term for Bytes {
    fn read(text: &str) -> Result<Self, String> {
        const UNITS: &[(&str, u64)] = &[
            ("Ki", 1 << 10),
            ("Mi", 1 << 20),
            ("Gi", 1 << 30),
            ("Ti", 1 << 40),
            ("k", 1_000),
            ("M", 1_000_000),
            ("G", 1_000_000_000),
            ("T", 1_000_000_000_000),
        ];
        let split = UNITS
            .iter()
            .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
        let (count, unit) = split.unwrap_or((text, 1));
        let must =
            || "an amount of bytes above 0 as Kubernetes has it, such as 256Mi or 1.5Gi".to_owned();
        decimal(count, unit)
            .filter(|one| *one > 0)
            .map(Bytes)
            .ok_or_else(must)
    }
}

/// A decimal number of units, where that is a whole number of what the unit is made of.
fn decimal(text: &str, unit: u64) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 12 {
        return None;
    }
    let scale = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let (whole, part): (u64, u64) = (whole.parse().ok()?, part.parse().ok()?);
    let scaled = (u128::from(whole) * scale + u128::from(part)).checked_mul(u128::from(unit))?;
    let exact = scaled % scale == 0;
    exact.then(|| u64::try_from(scaled / scale).ok()).flatten()
}

fn whole(text: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
    let digits = text.bytes().all(|one| one.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten()?;
    bounds.contains(&number).then_some(number)
}

fn port(text: &str, least: u64, must: &str) -> Result<u16, String> {
    let number = whole(text, least..=LARGEST_PORT).and_then(|one| u16::try_from(one).ok());
    number.ok_or_else(|| must.to_owned())
}

fn kept(text: &str, fits: bool, must: &str) -> Result<String, String> {
    match fits {
        true => Ok(text.to_owned()),
        false => Err(must.to_owned()),
    }
}

/// The grammar of the distribution project's reference: a name, a tag, a digest.
fn base_image(text: &str) -> Result<String, String> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err(
            "an image whose digest is `@sha256:` and 64 hexadecimal digits in lower case"
                .to_owned(),
        );
    }
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].rsplit_once(':') {
        Some((_, tag)) => (&rest[..rest.len() - tag.len() - 1], Some(tag)),
        None => (rest, None),
    };
    let fits = match name.split_once('/') {
        Some((host, path)) => is_host(host) && is_image_path(path) || is_image_path(name),
        None => is_image_path(name),
    };
    if !fits || tag.is_some_and(|tag| !is_tag(tag)) {
        return Err("an image with its tag or digest, such as rust:1.95-slim-bookworm".to_owned());
    }
    match (tag, digest) {
        (None, None) => Err(
            "an image with a tag or a digest: without one, every build may have another".to_owned(),
        ),
        (Some("latest"), None) => Err(
            "an image with a tag that stays, or a digest: `latest` may be another with every build"
                .to_owned(),
        ),
        _ => Ok(text.to_owned()),
    }
}

fn is_digest(text: &str) -> bool {
    let hexadecimal = |one: u8| one.is_ascii_digit() || (b'a'..=b'f').contains(&one);
    text.strip_prefix("sha256:")
        .is_some_and(|digits| digits.len() == 64 && digits.bytes().all(hexadecimal))
}

fn is_tag(text: &str) -> bool {
    let letter = |one: u8| one.is_ascii_alphanumeric() || b"_.-".contains(&one);
    (1..=128).contains(&text.len()) && text.bytes().all(letter) && !text.starts_with(['.', '-'])
}

/// Lower-case parts with `/` between them, each with single separators within.
fn is_image_path(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let part = |part: &str| {
        part.split(['.', '_', '-'])
            .all(|word| word.chars().all(letter))
            && part.starts_with(letter)
            && part.ends_with(letter)
    };
    text.split('/').all(part)
}

/// A host with a port where there is one. Docker takes the first part for one where it has a `.` or `:`, or is localhost.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let named = text.contains(['.', ':']) || host == "localhost";
    let good_port = port.is_none_or(|port| whole(port, 1..=LARGEST_PORT).is_some());
    named && good_port && host.split('.').all(is_domain_part)
}

fn is_domain_part(text: &str) -> bool {
    let letter = |one: u8| one.is_ascii_alphanumeric() || one == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(letter)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_registry(text: &str) -> bool {
    let (host, path) = match text.split_once('/') {
        Some((host, path)) => (host, Some(path)),
        None => (text, None),
    };
    text.len() <= 200 && is_host(host) && path.is_none_or(is_image_path)
}

fn is_url(text: &str) -> bool {
    let letter = |one: u8| one.is_ascii_alphanumeric() || b"-._~/:@%+".contains(&one);
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(letter))
}

fn is_label_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => {
            let lower = !domain.contains(|one: char| one.is_ascii_uppercase());
            lower
                && domain.len() <= 253
                && domain.split('.').all(is_domain_part)
                && is_label_part(name)
        }
        None => is_label_part(text),
    }
}

fn is_label_part(text: &str) -> bool {
    let ends = |one: char| one.is_ascii_alphanumeric();
    let letter = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
    (1..=63).contains(&text.len())
        && text.chars().all(letter)
        && text.starts_with(ends)
        && text.ends_with(ends)
}

/// What nobody sees, or sees elsewhere than it stands (Unicode TR36).
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{61c}')
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_variable(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_alphanumeric() || one == '_';
    (1..=128).contains(&text.len())
        && text.chars().all(letter)
        && !text.starts_with(|one: char| one.is_ascii_digit())
}
