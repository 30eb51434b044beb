//! Markdown of the document in the docs of Rust: words and their marks, but no HTML, and no link other than to the web.

use std::cell::RefCell;

use pulldown_cmark::{BrokenLink, Event, Options, Parser, Tag};

/// Longer texts are not looked into: that would take sixty times their size.
const LONG: usize = 1 << 20;

/// Markdown that rustdoc shows as words. It would pass HTML on to whoever reads the docs, scripts too, and take `[x]` for
/// the name of an item.
pub(in crate::emit) fn prose(text: &str) -> String {
    let mut text = text.to_owned();
    // What was HTML reads as Markdown from then on, which may hold some in turn.
    for _ in 0..4 {
        if text.len() > LONG {
            break;
        }
        let marks = marks(&text);
        if marks.is_empty() {
            return text;
        }
        text = without(&text, &marks);
    }
    text.replace('<', "&lt;").replace('[', "&#91;")
}

/// Markdown as rustdoc reads it.
pub(in crate::emit) fn rustdoc_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION
}

/// Where a `<` or a `[` stands that would be more than a sign.
fn marks(text: &str) -> Vec<usize> {
    if !text.contains(['<', '[']) {
        return Vec::new();
    }
    let unknown = RefCell::new(Vec::new());
    let callback = |link: BrokenLink| {
        unknown.borrow_mut().push(link.span.start);
        None
    };
    let parser = Parser::new_with_broken_link_callback(text, rustdoc_options(), Some(callback));
    let mut found = Vec::new();
    for (_, definition) in parser.reference_definitions().iter() {
        if !is_of_the_web(&definition.dest) {
            let sign = text[definition.span.clone()].find('[');
            found.extend(sign.map(|place| definition.span.start + place));
        }
    }
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let signs = text[range.clone()].match_indices('<');
                found.extend(signs.map(|(place, _)| range.start + place));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !is_of_the_web(&dest_url) =>
            {
                let sign = text[range.clone()].find(['[', '<']);
                found.extend(sign.map(|place| range.start + place));
            }
            _ => {}
        }
    }
    let unknown = unknown.into_inner().into_iter();
    found.extend(unknown.filter_map(|start| Some(start + text[start..].find('[')?)));
    found.sort_unstable();
    found.dedup();
    found
}

fn is_of_the_web(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["http", "https", "mailto"]
            .iter()
            .any(|one| scheme.eq_ignore_ascii_case(one))
    })
}

/// The text with the signs of some places as entities: a backslash would not do, since one may stand before it.
fn without(text: &str, marks: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + marks.len() * 4);
    let mut after = 0;
    for place in marks {
        out.push_str(&text[after..*place]);
        out.push_str(match text.as_bytes()[*place] {
            b'<' => "&lt;",
            _ => "&#91;",
        });
        after = place + 1;
    }
    out + &text[after..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_they_are() {
        for text in [
            "a < b, [web](https://a.example/) and <https://b.example/>",
            "`Vec<T>` and `[x]`\n\n    <indented>\n\n```\n<fenced> [x]\n```",
            "- [ ] to do\n- [x] done",
            "[web] is defined\n\n[web]: https://a.example/",
        ] {
            assert_eq!(prose(text), text);
        }
    }

    #[test]
    fn html_and_links_to_elsewhere_become_words() {
        for (text, want) in [
            ("<script>x</script>", "&lt;script>x&lt;/script>"),
            ("a `b <i>c", "a `b &lt;i>c"),
            ("\\\\<b>", "\\\\&lt;b>"),
            ("[a](javascript:b)", "&#91;a](javascript:b)"),
            ("![a](data:b)", "!&#91;a](data:b)"),
            ("[String]", "&#91;String]"),
            ("<javascript:a>", "&lt;javascript:a>"),
            (
                "[a]\n\n[a]: javascript:b",
                "&#91;a]\n\n&#91;a]: javascript:b",
            ),
        ] {
            assert_eq!(prose(text), want);
        }
        for text in [
            "<div>\n<div\n<a title='\\<b>'>",
            "[[[a](x)](y)](z)",
            "<![CDATA[<b>]]>",
        ] {
            assert!(marks(&prose(text)).is_empty(), "{}", prose(text));
        }
    }
}
