//! `--print-config`: what is in force and where it comes from, as a configuration file.

use super::{
    file::{member, scalar},
    reader::Shown,
};

/// The settings in the order in which they are read. Those that stand nowhere, secret ones, and those that only a
/// variable can hold are comments.
pub(super) fn print(shown: &[Shown]) -> String {
    let mut out = String::from(
        "# The settings in force and where they come from; OARLOCK_CONFIG names such a file.\n",
    );
    for one in shown {
        let value = one.value.as_deref().map(|value| match one.secret {
            true => "(hidden)".to_owned(),
            false => written(value),
        });
        let line = match (member(one.name), value) {
            (Some(name), Some(value)) if !one.secret => format!("{name}: {value}"),
            (Some(name), value) => format!("# {name}: {}", value.unwrap_or_default()),
            (None, value) => format!("# {}={}", one.name, value.unwrap_or_default()),
        };
        let origin = match one.value {
            None => "not set".to_owned(),
            Some(_) => one.origin.to_string(),
        };
        out.push_str(&format!("{line:<48}  # {}\n", origin.escape_default()));
    }
    out
}

/// A value as it stands in YAML: bare where YAML reads it back as it was.
fn written(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/=-+".contains(&byte);
    let bare = value.bytes().all(plain)
        && yaml_serde::from_str(value).ok().and_then(scalar).as_deref() == Some(value);
    match bare {
        true => value.to_owned(),
        // JSON's texts are YAML's.
        false => serde_json::Value::from(value).to_string(),
    }
}
