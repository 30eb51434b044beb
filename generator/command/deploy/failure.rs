//! What became of a release that could not be deployed.

use oarlock::diagnostic::on_one_line;

use super::{
    helm::Helm,
    installed::{Installed, State, described},
};
use crate::command::invocation::Output;

/// What the release's record says now.
pub(super) fn fate(helm: &Helm, before: &Installed, place: &str) -> String {
    let now = match helm.state() {
        Ok(now) => now,
        Err(reason) => {
            let history = history(helm);
            return format!(
                "and what became of it could not be asked ({reason}): `{history}` tells it"
            );
        }
    };
    let told = match (now, before.last()) {
        (None, None) => {
            "no release of it is there: the first installation was taken back, or had not begun"
                .to_owned()
        }
        (None, Some(_)) => {
            format!("{place} is no longer there at all; nothing could be brought back")
        }
        // Helm writes a revision down before it touches anything else.
        (Some(now), Some(before)) if now.revision() == before.revision() => {
            let still = if now.is_deployed() { "" } else { "still " };
            format!(
                "nothing was changed: revision {} is {still}{}",
                now.revision(),
                now.status
            )
        }
        (Some(now), _) => match helm.history().as_deref() {
            Ok(all @ [.., last]) => of_release(helm, last, all),
            _ => format!(
                "revision {} is {}; `{}` tells more",
                now.revision(),
                now.status,
                history(helm)
            ),
        },
    };
    // What Helm says of a revision may have several lines.
    on_one_line(&told)
}

fn history(helm: &Helm) -> String {
    let words = ["history", helm.target.release.as_str()];
    helm.command(words, Output::Shown).shown()
}

fn of_release(helm: &Helm, now: &State, history: &[State]) -> String {
    let revision = now.revision();
    let earlier = now.description.strip_prefix("Rollback to ");
    match (now.is_deployed(), earlier) {
        (true, Some(earlier)) => format!(
            "rolled back to revision {earlier}, which is deployed again as revision {revision}"
        ),
        (true, None) => format!("revision {revision} is deployed"),
        (false, _) => {
            let (way_out, what) = helm.way_out(now, history);
            format!(
                "not rolled back: revision {revision} is {}{}; `{way_out}` {what}",
                now.status,
                described(Some(now))
            )
        }
    }
}
