//! Adds to a file of the user's what a new operation asks for, and touches nothing else.

use syn::spanned::Spanned;

/// The text with each stub whose method the `impl` of a trait lacks; none where it lacks nothing.
pub(super) fn methods(
    text: &str,
    trait_name: &str,
    stubs: &[(String, String)],
) -> Result<Option<String>, String> {
    let file = parse(text)?;
    // Whoever has moved the `impl` elsewhere gets the compiler's word on what is missing.
    let Some(block) = implementation(&file, trait_name) else {
        return Ok(None);
    };
    let has = |name: &str| {
        block.items.iter().any(|item| {
            matches!(item, syn::ImplItem::Fn(one) if one.sig.ident == name.trim_start_matches("r#")
                || one.sig.ident == name)
        })
    };
    let missing: Vec<&str> = stubs
        .iter()
        .filter(|(name, _)| !has(name))
        .map(|(_, stub)| stub.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let end = block.brace_token.span.close().byte_range().start;
    let (before, after) = (text[..end].trim_end_matches([' ', '\t']), &text[end..]);
    let gap = match (block.items.is_empty(), before.ends_with('\n')) {
        (false, true) => "\n",
        (false, false) => "\n\n",
        (true, true) => "",
        (true, false) => "\n",
    };
    Ok(Some(format!("{before}{gap}{}{after}", missing.join("\n"))))
}

/// Whether a text implements a trait; what does not parse implements none.
pub(super) fn implements(text: &str, trait_name: &str) -> bool {
    parse(text).is_ok_and(|file| implementation(&file, trait_name).is_some())
}

fn implementation<'a>(file: &'a syn::File, trait_name: &str) -> Option<&'a syn::ItemImpl> {
    let mut blocks = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(block) => Some(block),
        _ => None,
    });
    blocks.find(|block| {
        let named = block.trait_.as_ref().and_then(|one| one.0.segments.last());
        named.is_some_and(|segment| segment.ident == trait_name)
    })
}

/// The text with each `mod` that it lacks; none where it lacks nothing.
pub(super) fn modules(text: &str, names: &[String]) -> Result<Option<String>, String> {
    let file = parse(text)?;
    let mods: Vec<&syn::ItemMod> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(one) => Some(one),
            _ => None,
        })
        .collect();
    let missing: Vec<String> = names
        .iter()
        .filter(|name| !mods.iter().any(|one| one.ident == name.as_str()))
        .map(|name| format!("mod {name};\n"))
        .collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let place = match (mods.last(), file.items.first()) {
        (Some(last), _) => {
            let end = last.span().byte_range().end;
            text[end..]
                .find('\n')
                .map_or(text.len(), |newline| end + newline + 1)
        }
        (None, Some(first)) => first.span().byte_range().start,
        (None, None) => text.len(),
    };
    Ok(Some(format!(
        "{}{}{}",
        &text[..place],
        missing.concat(),
        &text[place..]
    )))
}

fn parse(text: &str) -> Result<syn::File, String> {
    syn::parse_file(text).map_err(|error| {
        let start = error.span().start();
        format!(
            "it does not parse at line {}, column {} ({error}), so nothing can be added to it: mend it and run this again",
            start.line,
            start.column + 1
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stub(name: &str) -> (String, String) {
        (name.into(), format!("    fn {name}() {{}}\n"))
    }

    #[test]
    fn a_missing_method_is_added_and_nothing_else_moves() {
        let text = "// é mine\nimpl Pets for App {\n    fn a() { /* } */ }\n}\n\nfn after() {}\n";
        let grown = methods(text, "Pets", &[stub("a"), stub("b")])
            .expect("Rust")
            .expect("more");
        assert_eq!(
            grown,
            "// é mine\nimpl Pets for App {\n    fn a() { /* } */ }\n\n    fn b() {}\n}\n\nfn after() {}\n"
        );
        assert_eq!(methods(&grown, "Pets", &[stub("a"), stub("b")]), Ok(None));
        assert!(methods("impl Pets for App {", "Pets", &[stub("a")]).is_err());
    }

    #[test]
    fn a_missing_module_is_added_behind_the_others() {
        let grown = modules("mod a;\n\nfn main() {}\n", &["a".into(), "b".into()]);
        assert_eq!(grown, Ok(Some("mod a;\nmod b;\n\nfn main() {}\n".into())));
    }
}
