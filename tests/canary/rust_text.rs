//! Generated Rust, read back: what is left of it when names, texts and comments of the document are taken out.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use pulldown_cmark::{BrokenLink, Event, Options, Parser, Tag};

/// Macros of the runtime and the language that take a text as a text.
const PLAIN_MACROS: [&str; 5] = ["text_enum", "open_struct", "guarded", "vec", "matches"];

/// The numbers of canaries in a name, which is otherwise the generator's.
pub(crate) fn blanked(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut numbers = Vec::new();
    for (place, _) in lower.match_indices('q') {
        let digits: String = lower[place + 1..].chars().take(4).collect();
        if digits.len() == 4 && digits.bytes().all(|one| one.is_ascii_digit()) {
            numbers.push(digits);
        }
    }
    match numbers.is_empty() {
        true => name.to_owned(),
        false => format!("N{}", numbers.join("_")),
    }
}

/// A file without what is the document's, laid out anew; or what is wrong with it.
pub(crate) fn skeleton(text: &str) -> Result<String, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("no Rust: {error}"))?;
    let mut docs = Vec::new();
    let tokens = blank(tokens, &mut docs, false)?;
    for doc in docs {
        look_at_docs(&doc)?;
    }
    let file = syn::parse2::<syn::File>(tokens).map_err(|error| format!("no Rust: {error}"))?;
    Ok(without_choices(&prettyplease::unparse(&file)))
}

/// Lines without the paths of servers, since an address that is none has no path, and with the modules, whose order is
/// that of their names, at the end.
fn without_choices(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let paths = line.trim().strip_prefix("base_paths: &[");
        let left = paths.map(|paths| paths.replace("\"text\"", "").replace(", ", ""));
        match left.as_deref() {
            Some("],") => "base_paths",
            _ => line,
        }
    });
    let (mut modules, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("mod "));
    modules.sort_unstable();
    others
        .into_iter()
        .chain(modules)
        .collect::<Vec<_>>()
        .join("\n")
}

fn blank(
    tokens: TokenStream,
    docs: &mut Vec<String>,
    in_macro: bool,
) -> Result<TokenStream, String> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = Vec::new();
    let mut doc = Vec::new();
    let mut rest = &trees[..];
    while let [first, after @ ..] = rest {
        rest = after;
        if let Some((line, after)) = doc_line(first, after) {
            doc.push(line);
            rest = after;
            continue;
        }
        if !doc.is_empty() {
            docs.push(std::mem::take(&mut doc).join("\n"));
        }
        out.push(match first {
            TokenTree::Ident(name) => ident(name)?,
            TokenTree::Literal(literal) => {
                if in_macro && literal.to_string().contains("canary") {
                    return Err(format!("{literal} stands in a macro"));
                }
                literal_without_text(literal)
            }
            TokenTree::Group(group) => {
                let macro_name = called(&out);
                let plain = macro_name.is_none_or(|name| PLAIN_MACROS.contains(&name.as_str()));
                let inner = blank(group.stream(), docs, in_macro || !plain)?;
                let inner = if group.delimiter() == Delimiter::None {
                    inner
                } else {
                    without_last_comma(inner)
                };
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            TokenTree::Punct(one) => TokenTree::Punct(one.clone()),
        });
    }
    if !doc.is_empty() {
        docs.push(doc.join("\n"));
    }
    Ok(out.into_iter().collect())
}

/// The macro that the last tokens call.
fn called(before: &[TokenTree]) -> Option<String> {
    match before {
        [.., TokenTree::Ident(name), TokenTree::Punct(sign)] if sign.as_char() == '!' => {
            Some(name.to_string())
        }
        _ => None,
    }
}

fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    let several = trees.len() > 1;
    if several && matches!(trees.last(), Some(TokenTree::Punct(one)) if one.as_char() == ',') {
        trees.pop();
    }
    trees.into_iter().collect()
}

/// The text of a doc comment, and what comes after it.
fn doc_line<'a>(first: &TokenTree, after: &'a [TokenTree]) -> Option<(String, &'a [TokenTree])> {
    let is = |tree: &TokenTree, sign: char| matches!(tree, TokenTree::Punct(one) if one.as_char() == sign);
    if !is(first, '#') {
        return None;
    }
    let after = match after {
        [mark, after @ ..] if is(mark, '!') => after,
        after => after,
    };
    let [TokenTree::Group(group), after @ ..] = after else {
        return None;
    };
    let attribute = syn::parse2::<syn::MetaNameValue>(group.stream()).ok()?;
    let syn::Expr::Lit(literal) = &attribute.value else {
        return None;
    };
    match &literal.lit {
        syn::Lit::Str(text) if attribute.path.is_ident("doc") => {
            let text = text.value();
            Some((text.strip_prefix(' ').unwrap_or(&text).to_owned(), after))
        }
        _ => None,
    }
}

fn ident(name: &Ident) -> Result<TokenTree, String> {
    let text = name.to_string();
    let is_canary = text
        .strip_prefix("canary_")
        .is_some_and(|rest| rest.bytes().all(|one| one.is_ascii_digit()));
    // Whatever becomes a name has the number a second time, behind a `q`.
    match is_canary {
        true => Err(format!("`{text}` is a name")),
        false => Ok(TokenTree::Ident(match blanked(&text) {
            blank if blank == text => name.clone(),
            blank => Ident::new(&blank, Span::call_site()),
        })),
    }
}

fn literal_without_text(literal: &Literal) -> TokenTree {
    let text = literal.to_string();
    TokenTree::Literal(match text.starts_with(|one: char| one.is_ascii_digit()) {
        true => literal.clone(),
        false => Literal::string("text"),
    })
}

/// What is wrong with docs: HTML, or a link that does not lead to the web.
pub(crate) fn look_at_docs(text: &str) -> Result<(), String> {
    let mut wrong = None;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let broken = |link: BrokenLink| {
        wrong = Some(format!("a link to the item `{}`", link.reference));
        None
    };
    let mut html = None;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(broken));
    let to_the_web = |address: &str| {
        ["http:", "https:", "mailto:"]
            .iter()
            .any(|one| address.starts_with(one))
    };
    for (name, definition) in parser.reference_definitions().iter() {
        if !to_the_web(&definition.dest) {
            html = Some(format!("a definition of {name}"));
        }
    }
    for event in parser {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => html = Some(format!("HTML: {text}")),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if !to_the_web(&dest_url) =>
            {
                html = Some(format!("a link to {dest_url}"));
            }
            _ => {}
        }
    }
    match html.or(wrong) {
        Some(what) => Err(format!("docs hold {what}, in:\n{text}")),
        None => Ok(()),
    }
}
