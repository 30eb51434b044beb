//! Letters that do more than stand there.

/// Whether a letter drives a terminal that shows it, or changes the order in which others are read (Unicode TR36).
pub(crate) fn drives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
