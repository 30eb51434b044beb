//! Scopes that an operation asks for, held against those that a caller has.

use super::Unauthorized;

/// # Errors
/// [`Unauthorized::forbidden`] with the first scope that the caller does not have.
pub(super) fn must_hold(held: &[String], asked: &[&str]) -> Result<(), Unauthorized> {
    let missing = asked
        .iter()
        .find(|scope| held.iter().all(|one| one != *scope));
    match missing {
        None => Ok(()),
        Some(scope) => Err(Unauthorized::forbidden(format!(
            "this needs the scope {scope}, which the caller does not have"
        ))),
    }
}
