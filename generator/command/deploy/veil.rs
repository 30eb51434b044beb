//! What of a text nobody may see: passwords of URLs, and what stands behind a name that says that it is secret.

use std::ops::Range;

use super::secret_names::is_secret_name;

/// Where such parts stand, in their order.
pub(super) fn secret_parts(text: &str) -> Vec<Range<usize>> {
    let mut all = passwords(text);
    all.extend(values(text));
    all.sort_by_key(|part| part.start);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for part in all {
        match parts.last_mut() {
            Some(last) if part.start < last.end => last.end = last.end.max(part.end),
            _ => parts.push(part),
        }
    }
    parts
}

/// The passwords of URLs (RFC 3986, section 3.2.1), and what stands alone before the host of a web address: there it is a
/// token.
pub(super) fn passwords(text: &str) -> Vec<Range<usize>> {
    const BEHIND: &str = "://";
    let begins: Vec<usize> = text.match_indices(BEHIND).map(|(at, _)| at).collect();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let urls = begins.iter().zip(ends);
    let found = urls.filter_map(|(begin, end)| {
        let start = begin + BEHIND.len();
        let url = text.get(start..end)?;
        let url = url
            .split(|one: char| one.is_whitespace() || "\"'<>".contains(one))
            .next()?;
        let authority = url.split(['/', '?', '#']).next()?;
        // A password may hold what belongs into no URL as it is.
        let at = authority.rfind('@').or_else(|| url.rfind('@'))?;
        let user = url.get(..at)?;
        let is_web = text.get(..*begin).is_some_and(is_web);
        let from = match user.find(':') {
            Some(colon) => colon + 1,
            None if is_web && at < authority.len() => 0,
            None => return None,
        };
        (from < at).then_some(start + from..start + at)
    });
    found.collect()
}

fn is_web(before: &str) -> bool {
    let before = before.to_ascii_lowercase();
    before.ends_with("http") || before.ends_with("https")
}

/// What stands behind `NAME=`, up to where the next word begins.
fn values(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('=').filter_map(|(at, sign)| {
        let before = text.get(..at)?;
        let name = before
            .rsplit(|one: char| !(one.is_ascii_alphanumeric() || "_.-".contains(one)))
            .next()?;
        let rest = text.get(at + sign.len()..)?;
        let value = rest.trim_start_matches(['"', '\'']);
        let start = text.len() - value.len();
        let is_end = |one: char| one.is_whitespace() || "\"'&;,".contains(one);
        let value = value.split(is_end).next()?;
        // What a variable holds is told where that is.
        let is_told = value.is_empty() || value.starts_with(['$', '=']);
        (!is_told && is_secret_name(name)).then_some(start..start + value.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn veiled(text: &str) -> String {
        let mut veiled = text.to_owned();
        for part in secret_parts(text).into_iter().rev() {
            veiled.replace_range(part, "*");
        }
        veiled
    }

    #[test]
    fn passwords_and_tokens_are_found_wherever_they_stand() {
        for (text, shown) in [
            (
                "postgres://app:hunter3@db:5432/shop?sslmode=require",
                "postgres://app:*@db:5432/shop?sslmode=require",
            ),
            ("redis://:hunter3@cache", "redis://:*@cache"),
            ("amqp://app:p@ss@mq/v", "amqp://app:*@mq/v"),
            ("postgres://app:p/w@db", "postgres://app:*@db"),
            (
                "http://a:b@x, http://c:d@y http://e:80",
                "http://a:*@x, http://c:*@y http://e:80",
            ),
            ("https://ghp_abc@github.com/x", "https://*@github.com/x"),
            ("ssh://git@github.com/x", "ssh://git@github.com/x"),
            ("https://example.com/a@b", "https://example.com/a@b"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            (
                "host=db password=hunter3 user=a",
                "host=db password=* user=a",
            ),
            ("--api-key=\"hunter3\"", "--api-key=\"*\""),
            (
                "jdbc:postgresql://db/x?user=a&password=hunter3",
                "jdbc:postgresql://db/x?user=a&password=*",
            ),
            (
                "--password=$(DB_PASSWORD) a == b",
                "--password=$(DB_PASSWORD) a == b",
            ),
            ("pässword=ü token=ü", "pässword=ü token=*"),
            ("token=", "token="),
        ] {
            assert_eq!(veiled(text), shown);
        }
    }
}
