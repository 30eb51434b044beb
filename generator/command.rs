//! The commands.

pub(crate) mod build;
pub(crate) mod deploy;
mod documents;
pub(crate) mod explain;
pub(crate) mod generate;
mod git;
mod images;
mod in_step;
mod inputs;
pub(crate) mod inspect;
pub(crate) mod interruption;
mod invocation;
pub(crate) mod messages;
mod outcome;
mod run;
mod services;
mod stack;
mod tree;
