//! Paragraphs of docs, filled anew: a document breaks its lines where its own columns end.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};

use crate::emit::escape;

/// The longest line that filling makes.
const WIDTH: usize = 100;
/// Longer texts are left as they are: reading them takes many times their size.
const LONG: usize = 1 << 16;

/// Markdown with each paragraph filled; code, lists, tables and quotes as they were.
pub(super) fn filled(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let broken = |pair: &[&str]| !pair[0].is_empty() && !pair[1].is_empty();
    let long = lines.iter().any(|line| line.chars().count() > WIDTH);
    if text.len() > LONG || !(long || lines.windows(2).any(broken)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut after = 0;
    for paragraph in paragraphs(text) {
        out.push_str(&text[after..paragraph.range.start]);
        out.push_str(&paragraph.fill(text));
        after = paragraph.range.end;
    }
    out.push_str(&text[after..]);
    // A word that means something else at the start of a line would show here.
    match meaning(text) == meaning(&out) {
        true => out,
        false => text.to_owned(),
    }
}

/// A paragraph that stands in nothing else.
struct Paragraph {
    range: Range<usize>,
    /// Where its lines end, with the spaces around.
    breaks: Vec<Range<usize>>,
    /// Its words, apart from code and addresses.
    texts: Vec<Range<usize>>,
    /// Whether some of its lines have to end where they do.
    fixed: bool,
}

fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut found: Vec<Paragraph> = Vec::new();
    let mut depth = 0;
    for (event, range) in Parser::new_ext(text, escape::rustdoc_options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Paragraph) if depth == 0 => found.push(Paragraph {
                range: range.start..range.start + text[range].trim_end().len(),
                breaks: Vec::new(),
                texts: Vec::new(),
                fixed: false,
            }),
            Event::Start(tag) if is_block(&tag.to_end()) => depth += 1,
            Event::End(tag) if is_block(&tag) => depth -= 1,
            _ if depth > 0 => {}
            _ => {
                let Some(last) = found.last_mut() else {
                    continue;
                };
                match event {
                    Event::SoftBreak => last.breaks.push(range),
                    Event::Text(_) => last.texts.push(range),
                    Event::HardBreak => last.fixed = true,
                    _ => {}
                }
            }
        }
    }
    found
}

/// Whether paragraphs within stand in something.
fn is_block(tag: &TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::FootnoteDefinition
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
    )
}

impl Paragraph {
    fn fill(&self, text: &str) -> String {
        let whole = &text[self.range.clone()];
        let words = self.words(text);
        if self.fixed || words.iter().any(|word| word.contains('\n')) {
            return whole.to_owned();
        }
        let mut out = String::with_capacity(whole.len());
        let mut width = 0;
        for word in words {
            let length = word.chars().count();
            match width {
                0 => {}
                _ if width + 1 + length > WIDTH && !begins_a_block(word) => {
                    out.push('\n');
                    width = 0;
                }
                _ => {
                    out.push(' ');
                    width += 1;
                }
            }
            out.push_str(word);
            width += length;
        }
        out
    }

    /// The parts between which a line may end.
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let spaces = self.texts.iter().flat_map(|range| {
            let signs = text[range.clone()].match_indices(' ');
            signs.map(|(place, _)| range.start + place..range.start + place + 1)
        });
        let mut gaps: Vec<Range<usize>> = spaces.chain(self.breaks.iter().cloned()).collect();
        gaps.sort_unstable_by_key(|gap| gap.start);
        let mut words = Vec::new();
        let mut start = self.range.start;
        for gap in gaps {
            let word = text[start..gap.start].trim_matches(' ');
            if !word.is_empty() {
                words.push(word);
            }
            start = gap.end;
        }
        words.push(text[start..self.range.end].trim_matches(' '));
        words
    }
}

/// Whether a line that begins with a word may be read as the start of something else.
fn begins_a_block(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let starts = ["#", ">", "|", "```", "~~~", "[^", ":"];
    starts.iter().any(|sign| word.starts_with(sign))
        || word.trim_matches(['-', '+', '*', '=', '_']).is_empty()
        || (digits.len() < word.len() && digits.starts_with(['.', ')']))
}

/// What Markdown says, wherever its lines end.
fn meaning(text: &str) -> Vec<Event<'_>> {
    let events = Parser::new_ext(text, escape::rustdoc_options()).map(|event| match event {
        Event::SoftBreak => Event::Text(" ".into()),
        other => other,
    });
    TextMergeStream::new(events).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_filled() {
        let words = "a word ".repeat(30);
        let text = format!("One\ntwo\n  three.\n\n{}", words.trim());
        let out = filled(&text);
        assert!(out.starts_with("One two three.\n\na word"), "{out}");
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(out.lines().count(), 5);
    }

    #[test]
    fn all_else_stays() {
        let long = "a ".repeat(80);
        for text in [
            "- one\n  two\n- three",
            "    code\n    more",
            "```\na\nb\n```",
            "| a |\n| - |\n| b |",
            "> a\n> b",
            "Title\n=====",
            "hard\\\nbreak",
            "`code\nspan`",
        ] {
            assert_eq!(filled(text), text);
        }
        // A line must not begin a list, a title or a quote that was none.
        for sign in ["-", "1.", "#", ">", "+", "==="] {
            let text = format!("{}{sign} end {long}", &long[..98]);
            assert_eq!(meaning(&filled(&text)), meaning(text.trim()), "{sign}");
        }
    }
}
