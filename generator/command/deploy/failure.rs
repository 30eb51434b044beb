//! What became of a release that could not be deployed.

use super::helm::{Helm, Installed, State};
use crate::command::invocation::Output;

/// What the cluster holds now.
pub(super) fn fate(helm: &Helm, before: &Installed, place: &str) -> String {
    match (helm.state(), before) {
        (Ok(None), Installed::Nothing) => {
            "the first installation was taken back: nothing of it is left".to_owned()
        }
        (Ok(None), Installed::Release { .. }) => {
            format!("{place} is no longer there at all; nothing could be brought back")
        }
        (Ok(Some(now)), _) => match helm.last() {
            Ok(Some(last)) => of_release(helm, &last),
            _ => of_release(helm, &now),
        },
        (Err(reason), _) => format!(
            "and what became of it could not be asked ({reason}): `{}` tells it",
            helm.command(["history", helm.target.release.as_str()], Output::Shown)
                .shown()
        ),
    }
}

fn of_release(helm: &Helm, now: &State) -> String {
    let (revision, status) = (now.revision(), &now.status);
    let earlier = now.description.strip_prefix("Rollback to ");
    match (status.as_str(), earlier) {
        ("deployed", Some(earlier)) => format!(
            "rolled back to revision {earlier}, which is deployed again as revision {revision}"
        ),
        ("deployed", None) => format!("revision {revision} is deployed"),
        _ => format!(
            "not rolled back: revision {revision} is {status} ({}); `{}` brings an earlier one back, where there is one",
            now.description,
            helm.command(["rollback", helm.target.release.as_str()], Output::Shown)
                .shown()
        ),
    }
}
