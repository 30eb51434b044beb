//! The commands.

mod documents;
pub(crate) mod generate;
mod run;
