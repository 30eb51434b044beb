//! Lines that the printer has broken, put together again where there is room, as people write them: fewer lines to
//! read, and to compile.

/// The longest line that joining makes.
const WIDTH: usize = 120;
/// The longest item of a list that stands beside others on its line.
const SHORT: usize = 60;

/// Joins what fits on one line: arguments, lists, literals of structs, chains of calls, and the one expression of an
/// arm or a closure.
pub(super) fn joined(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(tidy).flat_map(bounds).collect();
    loop {
        let before = lines.len();
        lines = groups(chains(lines));
        if lines.len() == before {
            break;
        }
    }
    lines.join("\n") + "\n"
}

/// The printer leaves what a macro is given as loose tokens; what stands in quotes is the document's.
fn tidy(line: &str) -> String {
    let (code, rest) = line.split_at(line.find('"').unwrap_or(line.len()));
    match is_comment(line) {
        true => line.to_owned(),
        false => code.replace("crate ::", "crate::") + rest,
    }
}

/// The printer leaves the bounds of a trait on one line, however many there are.
fn bounds(line: String) -> Vec<String> {
    if fits(&line) || !line.starts_with("pub trait ") {
        return vec![line];
    }
    let mut rows = vec![String::new()];
    for part in line.split(" + ") {
        let row = rows.len() - 1;
        let start = rows[row].is_empty();
        if start || rows[row].chars().count() + 3 + part.chars().count() <= WIDTH {
            rows[row] += &[if start { "" } else { " + " }, part].concat();
        } else {
            rows.push(format!("    + {part}"));
        }
    }
    rows
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

/// Joins each chain of calls, or of conditions, that fits as a whole.
fn chains(lines: Vec<String>) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len());
    let mut rest = &lines[..];
    while let [first, after @ ..] = rest {
        match chain(first, after) {
            Some((one, links)) => {
                out.push(one);
                rest = &after[links..];
            }
            None => {
                out.push(first.clone());
                rest = after;
            }
        }
    }
    out
}

/// The chain that begins with a line, and how many lines after that it takes in.
fn chain(first: &str, after: &[String]) -> Option<(String, usize)> {
    let deep = indent(first) + 4;
    let open = !first.ends_with(['{', ';', ',']) && !is_comment(first);
    let joint = joint(after.first()?, deep).filter(|_| open)?;
    let joins = |line: &&String| self::joint(line, deep) == Some(joint);
    let links = after.iter().take_while(joins).count();
    let inner = after.get(links).is_some_and(|line| indent(line) > deep);
    let mut one = first.to_owned();
    for link in &after[..links] {
        one.push_str(joint);
        one.push_str(&link[deep..]);
    }
    (!inner && fits(&one)).then_some((one, links))
}

/// What stands between a line and the next of its chain, if that is one.
fn joint(line: &str, deep: usize) -> Option<&'static str> {
    match line.get(deep..).filter(|_| indent(line) == deep)? {
        call if call.starts_with('.') => Some(""),
        condition if condition.starts_with("&& ") || condition.starts_with("|| ") => Some(" "),
        _ => None,
    }
}

/// Joins what stands between brackets.
fn groups(lines: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    for line in lines {
        out.push(line);
        while join_group(&mut out) || join_block(&mut out) {}
    }
    out
}

/// How what stands between brackets is joined.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    /// Arguments.
    Arguments,
    /// A list, which may be on several lines.
    List,
    /// The fields of a struct, with a space on either side.
    Fields,
}

/// The group that a line closes and another may have opened.
fn group(opening: &str, closing: &str) -> Option<Group> {
    match closing.trim_start().as_bytes().first()? {
        b')' if opening.ends_with('(') => Some(Group::Arguments),
        b']' if opening.ends_with('[') => Some(Group::List),
        b'>' if opening.ends_with('<') => Some(Group::Arguments),
        b'}' if opening.ends_with("::{") => Some(Group::Arguments),
        b'}' if is_literal(opening) => Some(Group::Fields),
        _ => None,
    }
}

/// Whether a line opens the literal of a struct, and not a block.
fn is_literal(opening: &str) -> bool {
    const BLOCKS: [&str; 9] = [
        "fn ", "impl", "trait ", "struct ", "enum ", "match ", "if ", "while ", "for ",
    ];
    let Some(before) = opening.strip_suffix(" {") else {
        return false;
    };
    let path = before
        .rsplit([' ', '(', '&', '|'])
        .next()
        .unwrap_or_default();
    let name = path.rsplit("::").next().unwrap_or_default();
    let block = BLOCKS
        .iter()
        .any(|word| before.trim_start().starts_with(word) || before.contains(&format!(" {word}")));
    name.starts_with(|letter: char| letter.is_ascii_uppercase()) && !block
}

/// Joins what the last line closes, if all of it fits.
fn join_group(lines: &mut Vec<String>) -> bool {
    let Some((last, before)) = lines.split_last() else {
        return false;
    };
    let deep = indent(last);
    let inner = before
        .iter()
        .rev()
        .take_while(|line| indent(line) == deep + 4)
        .count();
    let Some(first) = before.len().checked_sub(inner + 1) else {
        return false;
    };
    let (opening, parts) = (&before[first], &before[first + 1..]);
    let Some(group) = group(opening, last) else {
        return false;
    };
    let spoken = before[first..].iter().any(|line| is_comment(line));
    if inner == 0 || indent(opening) != deep || spoken {
        return false;
    }
    let parts: Vec<&str> = parts.iter().map(|line| line.trim()).collect();
    let all = parts.join(" ");
    let (all, last) = (all.trim_end_matches(','), last.trim_start());
    let one = match group {
        Group::Fields => format!("{opening} {all} {last}"),
        Group::Arguments | Group::List => format!("{opening}{all}{last}"),
    };
    if fits(&one) {
        lines.truncate(first);
        lines.push(one);
        return true;
    }
    group == Group::List && fill(lines, first, deep + 4)
}

/// Puts several short items on each line of a list; whether any line is saved.
fn fill(lines: &mut Vec<String>, first: usize, deep: usize) -> bool {
    let items = &lines[first + 1..lines.len() - 1];
    if items
        .iter()
        .any(|item| item.len() > deep + SHORT || !item.ends_with(','))
    {
        return false;
    }
    let mut rows: Vec<String> = Vec::new();
    for item in items {
        match rows.last_mut() {
            Some(row) if row.chars().count() + 1 + item.trim().chars().count() <= WIDTH => {
                row.push(' ');
                row.push_str(item.trim());
            }
            _ => rows.push(item.clone()),
        }
    }
    let saved = rows.len() < items.len();
    if saved {
        let end = lines.len() - 1;
        lines.splice(first + 1..end, rows);
    }
    saved
}

/// Joins the one expression between the braces of an arm or a closure, if the last line closes them.
fn join_block(lines: &mut Vec<String>) -> bool {
    let [.., opening, inner, last] = &lines[..] else {
        return false;
    };
    let deep = indent(last);
    let one_expression = indent(opening) == deep
        && indent(inner) == deep + 4
        && !inner.ends_with([';', '{', '}', ','])
        && !is_comment(inner);
    let (before, after) = match (opening.strip_suffix("{"), last.trim().strip_prefix('}')) {
        (Some(before), Some("")) if before.ends_with("=> ") => (before, ","),
        (Some(before), Some(after)) if before.ends_with("| ") => (before, after),
        _ => return false,
    };
    let one = format!("{before}{}{after}", inner.trim());
    let joins = one_expression && fits(&one);
    if joins {
        let first = lines.len() - 3;
        lines.truncate(first);
        lines.push(one);
    }
    joins
}
