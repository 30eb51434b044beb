//! Random changes of a stack; `TEST_SEED=n` makes others.

use oarlock::{
    config::Stack,
    diagnostic::{Diagnostics, render},
    document,
    source::{Source, Sources},
};

use super::{here, text};

/// Changed stacks are read or told of, and never more than that.
#[test]
fn no_change_of_a_stack_is_more_than_a_mistake() {
    let seed = std::env::var("TEST_SEED").map_or(7, |seed| seed.parse().expect("a number"));
    let mut random = fastrand::Rng::with_seed(seed);
    let stack = text(&here(), "shop/stack.yaml");
    let words: Vec<&str> = stack
        .split_whitespace()
        .chain(["*a", "&a", "|", "- ", "{", "}", "~", "\u{202e}", "!!x", "'"])
        .collect();
    let (mut read, mut told) = (0, 0);
    for _ in 0..3000 {
        let mut lines: Vec<String> = stack.lines().map(str::to_owned).collect();
        for _ in 0..random.usize(1..4) {
            let line = &mut lines[random.usize(..stack.lines().count())];
            let word = words[random.usize(..words.len())];
            *line = match random.u8(..4) {
                0 => String::new(),
                1 => format!("{line} {word}"),
                2 => line.replacen(words[random.usize(..words.len())], word, 1),
                _ => line.replacen(|one: char| one.is_alphanumeric(), word, 1),
            };
        }
        let changed = lines.join("\n");
        let mut sources = Sources::default();
        let id = sources.add(Source::new("stack.yaml", &changed));
        let mut diagnostics = Diagnostics::default();
        let node = document::parse(&sources, id, &mut diagnostics);
        let found = node.and_then(|node| Stack::read(&node, &mut diagnostics));
        assert_eq!(found.is_none(), diagnostics.has_errors(), "{changed}");
        let shown = render(&sources, &diagnostics);
        assert_eq!(shown.is_empty(), found.is_some(), "{changed}");
        match found {
            Some(_) => read += 1,
            None => told += 1,
        }
    }
    assert!(read > 100 && told > 100, "{read} and {told}");
}
