//! What of objects nobody may see: the values of Secrets, and of variables whose names say that they are secret.

use std::collections::BTreeSet;

use oarlock_runtime::defaults::SECRET_NAMES;
use serde_yaml::Value;

const HIDDEN: &str = "(hidden)";
const OTHER: &str = "(hidden, another value)";
/// How names end whose values are secret beside those that no log shows, with an `s` or without.
const MORE: [&str; 5] = ["passwd", "passphrase", "credential", "privatekey", "dsn"];

/// Names of what is hidden in an object, with the values.
#[derive(Debug, Default)]
pub(super) struct Hidden(BTreeSet<(String, String)>);

/// Takes out of an object what nobody may see. Where it stood otherwise before, that is said, and no more.
pub(super) fn conceal(object: &mut Value, before: Option<&Hidden>) -> Hidden {
    let mut hidden = Hidden::default();
    walk(object, before, &mut hidden);
    hidden
}

fn walk(value: &mut Value, before: Option<&Hidden>, hidden: &mut Hidden) {
    match value {
        Value::Sequence(items) => items.iter_mut().for_each(|one| walk(one, before, hidden)),
        Value::Mapping(members) => {
            let kind = members.get("kind").and_then(Value::as_str);
            let (is_secret, is_map) = (kind == Some("Secret"), kind == Some("ConfigMap"));
            let name = members.get("name").and_then(Value::as_str);
            let name = name.filter(|name| is_secret_name(name)).map(str::to_owned);
            for (key, member) in members.iter_mut() {
                let key = key.as_str().unwrap_or_default();
                match (key, &name) {
                    // Of a Secret, what is not known to be open is not.
                    ("apiVersion" | "kind" | "metadata" | "type" | "immutable", _) => {
                        walk(member, before, hidden);
                    }
                    _ if is_secret => hide_all(key, member, before, hidden, &|_| true),
                    ("data", _) if is_map => {
                        hide_all(key, member, before, hidden, &is_secret_name);
                    }
                    ("value", Some(name)) => hide(name, member, before, hidden),
                    _ => walk(member, before, hidden),
                }
            }
        }
        _ => {}
    }
}

/// Hides the members of a mapping that a rule says are secret, and whatever is no mapping.
fn hide_all(
    key: &str,
    value: &mut Value,
    before: Option<&Hidden>,
    hidden: &mut Hidden,
    rule: &dyn Fn(&str) -> bool,
) {
    match value {
        Value::Mapping(members) => {
            for (name, member) in members.iter_mut() {
                let name = name.as_str().unwrap_or_default();
                if rule(name) {
                    hide(name, member, before, hidden);
                }
            }
        }
        Value::Null => {}
        value => hide(key, value, before, hidden),
    }
}

fn hide(name: &str, value: &mut Value, before: Option<&Hidden>, hidden: &mut Hidden) {
    let text = serde_yaml::to_string(value).unwrap_or_default();
    let entry = (name.to_owned(), text);
    let other = before.is_some_and(|before| !before.0.contains(&entry));
    hidden.0.insert(entry);
    *value = Value::from(if other { OTHER } else { HIDDEN });
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '-', '.'], "");
    let name = name.strip_suffix('s').unwrap_or(&name);
    let mut ends = SECRET_NAMES.iter().chain(&MORE);
    ends.any(|end| name.ends_with(end))
}

/// A value as the command line gives it, none of which may be secret.
///
/// # Errors
/// Where it is none, or its name says that it is secret.
pub(super) fn open_value(text: &str) -> Result<String, String> {
    let Some((key, _)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
        return Err("this must be KEY=VALUE, as in shop.replicas=2".to_owned());
    };
    // Several may stand there with commas between.
    let keys = text.split(',').filter_map(|one| one.split_once('='));
    let mut names = keys.filter_map(|(key, _)| key.rsplit('.').next());
    match names.find(|name| is_secret_name(name)) {
        None => Ok(text.to_owned()),
        Some(_) => Err(format!(
            "{key} is a secret by its name, and a command line is seen by whoever is on the machine: put it into a Secret of the cluster, and name that in a values file"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::is_secret_name;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "DB_PASSWORD",
            "api-keys",
            "GITHUB_TOKEN",
            "session.secret",
            "OARLOCK_PASSWORDS",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "OARLOCK_HTTP_ADDR",
            "DB_PASSWORD_FILE",
            "topologyKey",
            "tokens_per_second",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
