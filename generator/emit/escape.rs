//! Texts of the document in the files that are not Rust. Each target has one way in.

/// A double-quoted scalar of YAML 1.2, which JSON's strings are, with whatever could end a line escaped.
pub(super) fn yaml(text: &str) -> String {
    quoted(text)
}

/// A basic string of TOML 1.0.
pub(super) fn toml(text: &str) -> String {
    quoted(text)
}

/// A word of a Dockerfile in double quotes: variables stay text.
pub(super) fn docker(text: &str) -> String {
    one_line(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$")
}

/// Text on one line of Markdown.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text).chars() {
        if r"\`*_{}[]<>()#+-!|~&".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn one_line(text: &str) -> String {
    let plain = text.chars().map(|letter| {
        if letter.is_control() || is_break(letter) {
            ' '
        } else {
            letter
        }
    });
    plain.collect::<String>().trim().to_owned()
}

fn is_break(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() || is_break(other) => {
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
    fn nothing_leaves_its_line() {
        for text in [docker(CANARY), markdown(CANARY), toml(CANARY)] {
            assert!(
                !text.contains(['\n', '\r', '\u{85}', '\u{2028}']),
                "{text:?}"
            );
        }
        assert!(docker(CANARY).contains("\\${HOME}"));
        assert!(markdown(CANARY).contains("\\`id\\`"));
    }
}
