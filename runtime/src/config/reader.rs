//! Settings read one by one: each with its default, what may stand there, and every mistake told at once.

use std::{collections::HashMap, fmt::Display, ops::RangeInclusive, time::Duration};

use super::{
    source::{Origin, Sources},
    unknown,
};
use crate::defaults::SECRET_SETTINGS;

/// What was set, what is in force, and what is wrong.
pub(crate) struct Reader<'s> {
    sources: &'s Sources,
    pub(crate) mistakes: Vec<String>,
    shown: Vec<Shown>,
    places: HashMap<&'static str, usize>,
}

/// A setting as it is in force.
pub(crate) struct Shown {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
    pub(super) origin: Origin,
    pub(super) secret: bool,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(sources: &'s Sources) -> Self {
        Reader {
            sources,
            mistakes: Vec::new(),
            shown: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// What is in force and what is wrong, names that are no settings included. Called when every setting was read.
    pub(crate) fn end(mut self) -> (Vec<Shown>, Vec<String>) {
        let known: Vec<&str> = self.shown.iter().map(|one| one.name).collect();
        self.mistakes
            .extend(unknown::mistakes(self.sources, &known));
        (self.shown, self.mistakes)
    }

    /// A setting that is set to something.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        if let Some(place) = self.places.get(name) {
            let one = &self.shown[*place];
            return one.value.clone().filter(|_| one.origin != Origin::Default);
        }
        let found = self.sources.find(name).unwrap_or_else(|mistake| {
            self.mistakes.push(mistake);
            None
        });
        let (value, origin) = match found {
            Some((value, origin)) => (Some(value), origin),
            None => (None, Origin::Default),
        };
        self.places.insert(name, self.shown.len());
        self.shown.push(Shown {
            name,
            value: value.clone(),
            origin,
            secret: false,
        });
        value
    }

    /// [`Reader::text`] of what nobody is shown, one of [`SECRET_SETTINGS`], by which others know it too.
    pub(crate) fn secret(&mut self, name: &'static str) -> Option<String> {
        debug_assert!(SECRET_SETTINGS.contains(&name), "{name} is not listed");
        let value = self.text(name);
        self.shown[self.places[name]].secret = true;
        value
    }

    /// [`Reader::text`], with what stands in.
    pub(crate) fn text_or(&mut self, name: &'static str, default: impl Display) -> String {
        self.text(name).unwrap_or_else(|| {
            let default = default.to_string();
            self.shown[self.places[name]].value = Some(default.clone());
            default
        })
    }

    /// Says what a setting must be.
    pub(crate) fn mistake(&mut self, name: &'static str, allowed: &str) {
        let Some(one) = self.places.get(name).map(|place| &self.shown[*place]) else {
            return;
        };
        let place = match &one.origin {
            Origin::File(place) => place.clone(),
            Origin::Mounted(path) => format!("{name} from {path}"),
            Origin::Default | Origin::Environment => name.to_owned(),
        };
        let value = match (&one.value, one.secret) {
            (Some(value), false) => format!("is {value:?}, but must be"),
            _ => "must be".to_owned(),
        };
        self.mistakes.push(format!("{place} {value} {allowed}"));
    }

    /// Where to listen, or whom to call: a host and a port.
    pub(crate) fn address(&mut self, name: &'static str, default: &str) -> String {
        let value = self.text_or(name, default);
        let port = value.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            self.mistake(
                name,
                "an address with a port, such as 0.0.0.0:8080 or [::]:8080",
            );
        }
        value
    }

    /// A length of time, where there is one.
    pub(crate) fn optional_duration(&mut self, name: &'static str) -> Option<Duration> {
        let value = self.text(name)?;
        self.parsed_duration(name, &value)
    }

    /// A length of time.
    pub(crate) fn duration(&mut self, name: &'static str, default: Duration) -> Duration {
        let value = self.text_or(name, humantime::format_duration(default));
        self.parsed_duration(name, &value).unwrap_or(default)
    }

    /// A length of time that must not be too short.
    pub(crate) fn duration_from(
        &mut self,
        name: &'static str,
        default: Duration,
        least: Duration,
    ) -> Duration {
        let value = self.duration(name, default);
        if value < least {
            let words = format!("{} at least", humantime::format_duration(least));
            self.mistake(name, &words);
        }
        value
    }

    fn parsed_duration(&mut self, name: &'static str, value: &str) -> Option<Duration> {
        let parsed = humantime::parse_duration(value).ok();
        if parsed.is_none() {
            let words = "a length of time with its unit, such as 500ms, 5s or 1m";
            self.mistake(name, words);
        }
        parsed
    }

    /// One of a few words.
    pub(crate) fn word(&mut self, name: &'static str, default: &str, words: &[&str]) -> String {
        let value = self.text_or(name, default);
        if !words.contains(&value.as_str()) {
            self.mistake(name, &words.join(" or "));
        }
        value
    }

    /// On or off.
    pub(crate) fn switch(&mut self, name: &'static str, default: bool) -> bool {
        let default = if default { "on" } else { "off" };
        self.word(name, default, &["on", "off"]) == "on"
    }

    /// A whole number above 0.
    pub(crate) fn count(&mut self, name: &'static str, default: usize) -> usize {
        match self.text_or(name, default).parse() {
            Ok(count) if count > 0 => count,
            _ => {
                self.mistake(name, "a whole number above 0");
                default
            }
        }
    }

    /// A whole number within bounds.
    pub(crate) fn count_within(
        &mut self,
        name: &'static str,
        default: usize,
        bounds: RangeInclusive<usize>,
    ) -> usize {
        match self.text_or(name, default).parse() {
            Ok(count) if bounds.contains(&count) => count,
            _ => {
                let words = format!("a whole number from {} to {}", bounds.start(), bounds.end());
                self.mistake(name, &words);
                default
            }
        }
    }

    /// What stands between commas.
    pub(crate) fn list(&mut self, name: &'static str) -> Vec<String> {
        let value = self.text(name).unwrap_or_default();
        let items = value
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty());
        items.map(str::to_owned).collect()
    }
}
