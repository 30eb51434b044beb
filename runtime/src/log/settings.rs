//! What the environment says of logs.

use crate::config::Reader;

/// How logs are to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// `RUST_LOG`.
    pub(crate) filter: String,
    /// `OARLOCK_ACCESS_LOG`: the share of requests that have a line, those aside that have one always.
    pub(crate) access: Share,
    /// `OARLOCK_LOG_FORMAT`; by whether stdout is a terminal where it is not said.
    format: Option<Format>,
    /// Whether `NO_COLOR` (no-color.org) is set, or the terminal knows no colours.
    plain: bool,
    /// `OARLOCK_LOG_REDACT`.
    pub(super) redact: Vec<String>,
    /// `OARLOCK_LOG_BUFFER_BYTES`.
    pub(super) buffer: usize,
    /// `OARLOCK_FLUENT_ADDR` and `OARLOCK_FLUENT_TAG`.
    #[cfg(feature = "fluent")]
    pub(super) fluent: Option<Receiver>,
}

/// A receiver of the forward protocol.
#[cfg(feature = "fluent")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Receiver {
    pub(super) address: String,
    /// The service's name where there is none.
    pub(super) tag: Option<String>,
}

/// Which requests have a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Share {
    /// None.
    Off,
    /// Those that failed or were cut.
    Errors,
    /// Those as well whose trace ids are below this.
    Below(u64),
    /// Every one.
    All,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    Json,
    Pretty,
}

/// How lines look.
#[derive(Debug, Clone, Copy)]
pub(super) enum Style {
    Json,
    Pretty { coloured: bool },
}

impl Settings {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        #[cfg(not(feature = "fluent"))]
        if reader.text("OARLOCK_FLUENT_ADDR").is_some() {
            let allowed =
                "left out: the service is built without the feature `fluent` of oarlock-runtime";
            reader.mistake("OARLOCK_FLUENT_ADDR", allowed);
        }
        Settings {
            filter: filter(reader, "RUST_LOG"),
            access: share(reader, "OARLOCK_ACCESS_LOG"),
            format: format(reader, "OARLOCK_LOG_FORMAT"),
            plain: reader.text("NO_COLOR").is_some()
                || reader.text("TERM").as_deref() == Some("dumb"),
            redact: reader.list("OARLOCK_LOG_REDACT"),
            buffer: reader.count("OARLOCK_LOG_BUFFER_BYTES", 8 << 20),
            #[cfg(feature = "fluent")]
            fluent: receiver(reader),
        }
    }

    pub(super) fn style(&self, terminal: bool) -> Style {
        match (self.format, terminal) {
            (Some(Format::Json), _) | (None, false) => Style::Json,
            (Some(Format::Pretty), _) | (None, true) => Style::Pretty {
                coloured: terminal && !self.plain,
            },
        }
    }
}

fn filter(reader: &mut Reader, name: &'static str) -> String {
    let value = reader.text_or(name, "info");
    if super::filter(&value).is_err() {
        let allowed = "a log filter, such as info or info,my_service=debug";
        reader.mistake(name, allowed);
    }
    value
}

fn share(reader: &mut Reader, name: &'static str) -> Share {
    let value = reader.text_or(name, "on");
    let ratio = value.parse::<f64>().ok();
    match (
        value.as_str(),
        ratio.filter(|ratio| (0.0..=1.0).contains(ratio)),
    ) {
        ("on", _) => Share::All,
        ("off", _) => Share::Off,
        ("errors", _) => Share::Errors,
        (_, Some(1.0)) => Share::All,
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of all ids, as near as a float says it"
        )]
        (_, Some(ratio)) => Share::Below((ratio * u64::MAX as f64) as u64),
        (_, None) => {
            let allowed = "on, off, errors, or a share of the requests such as 0.1";
            reader.mistake(name, allowed);
            Share::All
        }
    }
}

fn format(reader: &mut Reader, name: &'static str) -> Option<Format> {
    let value = reader.text(name)?;
    match value.as_str() {
        "json" => Some(Format::Json),
        "pretty" => Some(Format::Pretty),
        _ => {
            reader.mistake(name, "json or pretty");
            None
        }
    }
}

#[cfg(feature = "fluent")]
fn receiver(reader: &mut Reader) -> Option<Receiver> {
    let tag = reader.text("OARLOCK_FLUENT_TAG");
    reader.text("OARLOCK_FLUENT_ADDR")?;
    let address = reader.address("OARLOCK_FLUENT_ADDR", "");
    Some(Receiver { address, tag })
}
