//! The commands.

pub(crate) mod build;
mod documents;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod inspect;
pub(crate) mod messages;
mod run;
mod services;
mod stack;
