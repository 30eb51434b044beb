//! The commands.

mod documents;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod messages;
mod run;
