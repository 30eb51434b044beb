//! `--set`: none of its values may be secret, since whoever is on the machine sees a command line.

use super::{secret_names::is_secret_name, veil};

/// Parts of keys that name something that is elsewhere.
const NAMING: [&str; 3] = ["key", "name", "optional"];

/// Holds what `--set` says to be no secret. Values are not repeated.
///
/// # Errors
/// Where something is no value, or its name says that it is secret.
pub(super) fn demand_open(all: &[String]) -> Result<(), String> {
    let mut said = Vec::new();
    for text in all {
        match text.split_once('=') {
            Some((key, _)) if !key.is_empty() => {}
            _ => return Err("--set: this must be KEY=VALUE, as in shop.replicas=2".to_owned()),
        }
        // Lists and what is escaped are seen as if they were not.
        let plain = text.replace(['\\', '{', '}'], "");
        for one in plain.split(',') {
            let mut parts: Vec<&str> = one.split('=').collect();
            let value = parts.pop().unwrap_or_default();
            if parts.iter().any(|key| is_secret_key(key)) {
                return Err(refused(parts.first().unwrap_or(&"")));
            }
            if let Some(key) = parts.first() {
                said.push(((*key).trim().to_owned(), value.to_owned()));
            }
        }
        if !veil::passwords(text).is_empty() {
            return Err(refused(text.split('=').next().unwrap_or_default()));
        }
    }
    // Of a list of variables, one key has the name, and another one the value.
    let named = said.iter().find_map(|(key, value)| {
        let variable = key
            .strip_suffix(".name")
            .filter(|_| is_secret_name(value))?;
        let key = format!("{variable}.value");
        said.iter().any(|(one, _)| *one == key).then_some(key)
    });
    named.map_or(Ok(()), |key| Err(refused(&key)))
}

/// What `--set` says last of a key.
pub(super) fn last<'a>(all: &'a [String], key: &str) -> Option<&'a str> {
    let said = all.iter().flat_map(|text| text.split(','));
    let said = said.filter_map(|one| one.split_once('='));
    let mut of_key = said.filter(|(one, _)| *one == key);
    of_key.next_back().map(|(_, value)| value)
}

fn refused(key: &str) -> String {
    format!(
        "--set: {key} is a secret by its name or its form, and a command line is seen by whoever is on the machine: put it into a Secret of the cluster, and name that in a values file"
    )
}

fn is_secret_key(key: &str) -> bool {
    let mut rest = key.trim();
    let mut plain = String::new();
    while let Some((before, behind)) = rest.split_once('[') {
        plain.push_str(before);
        rest = behind.split_once(']').map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    // The first part names a service, which may be called as it likes.
    let parts = match plain.split_once('.') {
        Some((_, parts)) => parts,
        None => &plain,
    };
    let last = parts.rsplit('.').next().unwrap_or_default();
    !NAMING.contains(&last) && is_secret_name(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(all: &[&str]) -> Result<(), String> {
        demand_open(&all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn secrets_are_refused_by_their_keys() {
        for (all, key) in [
            (&["DB_PASSWORD=hunter2"][..], "DB_PASSWORD"),
            (&["a=1,b.API_TOKEN=hunter2"], "b.API_TOKEN"),
            (&["a.env.DB_PASSWORD[0]=hunter2"], "a.env.DB_PASSWORD[0]"),
            (&["a.env.DB_PASSWORD.x=hunter2"], "a.env.DB_PASSWORD.x"),
            (&["a.DB\\_PASSWORD=hunter2"], "a.DB_PASSWORD"),
            (&["a={DB_PASSWORD=hunter2}"], "a"),
            (&["a={x,DB_PASSWORD=hunter2}"], "DB_PASSWORD"),
            (&["a.b=postgres://app:hunter2@db"], "a.b"),
            (
                &["a.env[0].name=DB_PASSWORD,a.env[0].value=hunter2"],
                "a.env[0].value",
            ),
            (
                &["a.env[0].value=hunter2", "a.env[0].name=DB_PASSWORD"],
                "a.env[0].value",
            ),
        ] {
            let told = judged(all).expect_err("a secret");
            assert!(
                told.starts_with(&format!("--set: {key} is a secret")),
                "{told}"
            );
            assert!(!told.contains("hunter2"), "{told}");
        }
        for text in ["hunter2", "=hunter2", ""] {
            let told = judged(&[text]).expect_err("no value");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn what_names_a_secret_is_none() {
        for text in [
            "tokens.replicas=2",
            "shop.secrets.DB_PASSWORD.name=database",
            "shop.secrets.DB_PASSWORD.key=password",
            "global.imagePullSecrets[0].name=registry",
            "sharedHost.ingress.tls[0].secretName=shop",
            "shop.environment.DB_PASSWORD_FILE=/run/password",
            "shop.environment.UPSTREAM=http://a:80",
        ] {
            assert_eq!(judged(&[text]), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_last_of_a_key_counts() {
        let all = ["a.tag=1,b=2".to_owned(), "a.tag=3".to_owned()];
        assert_eq!(last(&all, "a.tag"), Some("3"));
        assert_eq!(last(&all, "b"), Some("2"));
        assert_eq!(last(&all, "tag"), None);
    }
}
