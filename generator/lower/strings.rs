//! Texts made up to fit a schema's format, pattern and length.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::spec::Schema;

/// A text that fits, as far as one can be made.
pub(super) fn example(schema: &Schema) -> Option<String> {
    let text = match &schema.pattern {
        Some(pattern) => matching(&pattern.value, schema.min_length.unwrap_or(0))?,
        None => of_format(schema.format.as_ref().map_or("", |format| &format.value)).to_owned(),
    };
    let least = usize::try_from(schema.min_length.unwrap_or(0)).ok()?;
    let most = usize::try_from(schema.max_length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let length = text.chars().count();
    if schema.pattern.is_some() || (least..=most).contains(&length) {
        return Some(text);
    }
    if length > most {
        return Some(text.chars().take(most).collect());
    }
    (least <= 100_000).then(|| text + &"x".repeat(least - length))
}

fn of_format(format: &str) -> &'static str {
    match format {
        "date" => "2024-02-29",
        "date-time" => "2024-02-29T12:30:00Z",
        "time" => "12:30:00Z",
        "duration" => "PT1H",
        "uuid" => "018f3d5e-7c1a-7b2f-9d60-3a5b1c2d4e6f",
        "email" | "idn-email" => "someone@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "iri" | "url" => "https://example.com/",
        "uri-reference" | "iri-reference" => "/example",
        "uri-template" => "/example/{name}",
        "json-pointer" => "/example",
        "relative-json-pointer" => "1/example",
        "regex" => "^example$",
        "byte" => "ZXhhbXBsZQ==",
        _ => "example",
    }
}

/// A text that matches `pattern`, repeated parts taken often enough for `least` characters where that is simple.
fn matching(pattern: &str, least: u64) -> Option<String> {
    let hir = parsed(pattern).or_else(|| parsed(&without_looks(pattern)))?;
    let short = written(&hir, 0)?;
    let length = u64::try_from(short.chars().count()).ok()?;
    if length >= least {
        return Some(short);
    }
    written(&hir, u32::try_from(least - length).ok()?.min(100_000))
}

fn parsed(pattern: &str) -> Option<Hir> {
    let mut parser = regex_syntax::ParserBuilder::new().utf8(false).build();
    parser.parse(pattern).ok()
}

/// A pattern without its looks ahead and behind. What is made by it may not match: the exact schema decides.
fn without_looks(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(start) = ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .filter_map(|look| rest.find(look))
        .min()
    {
        out.push_str(&rest[..start]);
        rest = &rest[group_end(&rest[start..]) + start..];
    }
    out.push_str(rest);
    out
}

/// Where the group that a text begins with ends.
fn group_end(text: &str) -> usize {
    let (mut depth, mut escaped, mut class) = (0_u32, false, false);
    for (index, one) in text.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Writes one text; the first repetition that may go on takes `more` rounds on top of its least.
fn written(hir: &Hir, more: u32) -> Option<String> {
    let mut out = String::new();
    write(hir, &mut { more }, &mut out)?;
    Some(out)
}

fn write(hir: &Hir, more: &mut u32, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(member(class)?),
        HirKind::Repetition(repetition) => {
            let room = repetition
                .max
                .map_or(u32::MAX, |most| most - repetition.min.min(most));
            let extra = room.min(*more);
            *more -= extra;
            for _ in 0..repetition.min.checked_add(extra)?.min(100_000) {
                write(&repetition.sub, more, out)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, more, out)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, more, out)?;
            }
        }
        HirKind::Alternation(choices) => write(choices.first()?, more, out)?,
    }
    Some(())
}

/// A character of a class: a letter or a digit where it has one.
fn member(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|one| (one.start(), one.end())).collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|one| (char::from(one.start()), char::from(one.end())))
            .collect(),
    };
    let has = |letter: &char| {
        ranges
            .iter()
            .any(|(low, high)| (low..=high).contains(&letter))
    };
    let usual = ['a', 'A', '1', '0', '-', '_', '.', ' '];
    usual
        .into_iter()
        .find(has)
        .or_else(|| ranges.first().map(|(low, _)| *low))
}
