//! JSON values as XML and back, as `xml` of a schema says (OpenAPI 3.1, XML Object).
//!
//! Where that is silent: `null` is `xsi:nil="true"`; an empty list that is not wrapped leaves no trace, and so is read
//! both as absent and as empty; a name that XML can't carry has its other characters replaced by `_`; namespaces are
//! compared only where the schema gives one.

mod choices;
mod names;
mod read;
mod tree;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use read::read;
pub(crate) use write::write;

/// The namespace of `xsi:nil` (XML Schema 1.0, Structures, section 2.6).
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace that the prefix `xml` stands for everywhere (Namespaces in XML 1.0, section 3).
const XML: &str = "http://www.w3.org/XML/1998/namespace";
