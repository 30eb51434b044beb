//! The commands.

pub(crate) mod generate;
mod run;
