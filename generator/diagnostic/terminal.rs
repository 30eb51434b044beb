//! Text that others wrote, on its way to a terminal.

/// The text with a sign for each character that would drive a terminal, or change the order in which a reader sees what
/// is there (Unicode TR36). Lines stay lines.
pub fn terminal(text: &str) -> String {
    text.chars().map(sign).collect()
}

/// [`terminal`] for what is one line, and stays one.
pub fn on_one_line(text: &str) -> String {
    terminal(&text.replace('\n', "\u{240a}"))
}

fn sign(letter: char) -> char {
    match letter {
        '\n' => letter,
        '\t' => ' ',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => '\u{fffd}',
        '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_drives_a_terminal() {
        assert_eq!(
            terminal("a\u{1b}[31m\r\n\u{9b}0m\u{202e}é\u{7f}"),
            "a␛[31m␍\n\u{fffd}0m\u{fffd}é␡"
        );
    }
}
