//! The commands.

mod documents;
pub(crate) mod explain;
pub(crate) mod generate;
mod run;
