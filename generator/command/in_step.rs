//! Whether a tree is what its document asks for, before something is made of it.

use oarlock::output;

use super::{generate::Asked, messages::MessageFormat};

/// Whether the tree may be taken: it is what its document asks for, or is taken as it is. `verb` says what is to be done with
/// it, and what then was.
///
/// # Errors
/// What the system says.
pub(super) fn is_in_step(
    asked: &Asked,
    (verb, participle): (&str, &str),
    stale_too: bool,
    messages: MessageFormat,
) -> Result<bool, String> {
    let found = output::check(&asked.files, &asked.lock, &asked.root);
    let found = found.map_err(|error| error.to_string())?.len();
    let (files, it_is) = (
        differing(found),
        if found == 1 { "it is" } else { "they are" },
    );
    match (found, stale_too) {
        (0, _) => {}
        (_, true) => messages.note(&format!(
            "{files} from what the document asks for; {it_is} {participle} as {it_is}"
        )),
        (_, false) => {
            messages.error(&format!(
                "{files} from what the document asks for: run `oarlock generate` (`oarlock check` shows what differs), or {verb} what is there by --allow-stale"
            ));
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many files differ, as a sentence begins.
pub(super) fn differing(count: usize) -> String {
    match count {
        1 => "1 file differs".to_owned(),
        count => format!("{count} files differ"),
    }
}
