//! The Rust of a project.

mod checks;
mod printing;
mod types;
