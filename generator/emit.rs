//! From what is meant to the files of a project.

pub mod rust;
