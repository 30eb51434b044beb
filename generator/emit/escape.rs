//! Texts of the document in the files that are generated. Each target has one way in; the docs of Rust have `prose`.

mod prose;

pub(super) use prose::{prose, rustdoc_options};

/// A double-quoted scalar of YAML 1.2, which JSON's strings are, with whatever could end a line escaped.
pub(super) fn yaml(text: &str) -> String {
    quoted(text)
}

/// What readers of YAML 1.1 take for something else than a text.
const WORDS: &[&str] = &[
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// A scalar of letters, digits and `.`, `_`, `-`, `/`, `:`, which stays plain where every reader takes it for a text: scripts
/// that look for it find it as it always stood.
pub(super) fn yaml_word(text: &str) -> String {
    let letter = |one: char| one.is_ascii_alphanumeric() || "._-/:".contains(one);
    let plain = text.starts_with(|one: char| one.is_ascii_alphabetic())
        && text.chars().all(letter)
        && !text.ends_with(':')
        && !WORDS.contains(&&*text.to_ascii_lowercase());
    match plain {
        true => text.to_owned(),
        false => yaml(text),
    }
}

/// A basic string of TOML 1.0.
pub(super) fn toml(text: &str) -> String {
    quoted(text)
}

/// A double-quoted scalar of a compose file, which puts variables in where `$` names them.
pub(super) fn compose(text: &str) -> String {
    quoted(&text.replace('$', "$$"))
}

/// A word of a Dockerfile in double quotes: variables stay text.
pub(super) fn docker(text: &str) -> String {
    docker_value(&one_line(text))
}

/// [`docker`] of text that is on one line and hides nothing: spaces at its ends stay.
pub(super) fn docker_value(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$")
}

/// A string of PromQL in which Grafana finds no variable.
pub(super) fn promql(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '$' => out.push_str("\\x24"),
            '[' => out.push_str("\\x5b"),
            other if is_hidden(other) => out.push_str(&format!("\\U{:08x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Text on one line of Markdown, without links: forges make some of mere addresses.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text).chars() {
        if r"\`*_{}[]<>()#+-!|~&".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out.replace("://", "\\://")
        .replace("www.", "www\\.")
        .replace('@', "&#64;")
}

/// JSON that is written already: what nobody would see, or see where it does not stand, only ever stands in strings.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push(letter),
            hidden if is_hidden(hidden) => out.push_str(&format!("\\u{:04x}", u32::from(hidden))),
            other => out.push(other),
        }
    }
    out
}

/// Text in a comment: lines, without what could end it or show it otherwise than it is.
pub(super) fn comment(text: &str) -> String {
    text.chars()
        .map(|letter| if letter == '\t' { ' ' } else { letter })
        .filter(|letter| *letter == '\n' || !is_hidden(*letter))
        .collect()
}

/// Text on one line of a comment.
pub(super) fn comment_line(text: &str) -> String {
    prose(comment(text).replace('\n', " ").trim())
}

/// Text on one line, with spaces in the place of what is hidden: as labels of images have it.
pub fn one_line(text: &str) -> String {
    let plain = text
        .chars()
        .map(|letter| if is_hidden(letter) { ' ' } else { letter });
    plain.collect::<String>().trim().to_owned()
}

/// What ends a line somewhere, drives a terminal, or changes the order in which a reader sees text (Unicode TR36);
/// rustc refuses the latter in comments.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{61c}')
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if is_hidden(other) => {
                out.push_str(&format!("\\u{:04X}", u32::from(other)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "a\"b\\c\n\r\td: #{{ .x }} ${HOME} `id` \u{85}\u{2028}\u{7f}\0 'é";

    #[test]
    fn yaml_gives_back_what_went_in() {
        let text = yaml(CANARY);
        assert_eq!(text.lines().count(), 1);
        assert_eq!(
            serde_yaml::from_str::<String>(&text).expect("a scalar"),
            CANARY
        );
    }

    #[test]
    fn a_word_is_plain_where_every_reader_takes_it_for_a_text() {
        for plain in ["shop", "registry.example.com:5000/shop/on", "no-2", "e5"] {
            assert_eq!(yaml_word(plain), plain);
        }
        for other in ["no", "True", "12", "1e5", "0x1f/a", "a b", "a:", ""] {
            assert_eq!(yaml_word(other), format!("\"{other}\""));
        }
    }

    #[test]
    fn nothing_leaves_its_line() {
        for text in [docker(CANARY), markdown(CANARY), toml(CANARY)] {
            assert!(
                !text.contains(['\n', '\r', '\u{85}', '\u{2028}']),
                "{text:?}"
            );
        }
        assert!(docker(CANARY).contains("\\${HOME}"));
        assert!(markdown(CANARY).contains("\\`id\\`"));
        assert_eq!(markdown("www.a http://b c@d"), "www\\.a http\\://b c&#64;d");
    }

    #[test]
    fn promql_has_no_variables() {
        assert_eq!(
            promql("a\"\\$job[[job]]\n\u{202e}é"),
            r#""a\"\\\x24job\x5b\x5bjob]]\U0000000a\U0000202eé""#
        );
    }

    #[test]
    fn what_is_hidden_in_json_is_written_out() {
        let value = serde_json::json!({ CANARY: ["\u{9b}\u{202e}\u{7f}"] });
        let text = json(&format!("{value:#}\n"));
        assert!(
            !text.contains(|one| one != '\n' && is_hidden(one)),
            "{text:?}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON"),
            value
        );
    }

    #[test]
    fn comments_hold_nothing_hidden() {
        assert_eq!(comment("a\tb\r\nc\u{202e}\u{9b}d\u{feff}"), "a b\ncd");
        assert_eq!(comment_line("a\n`<b>"), "a `&lt;b>");
    }
}
