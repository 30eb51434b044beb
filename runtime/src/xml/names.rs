//! The names and characters of XML 1.0, and the names that schemas give.

use std::borrow::Cow;

use crate::shape::{Shape, Xml};

/// Whether XML 1.0 can carry a character (production 2, Char).
pub(super) fn is_char(one: char) -> bool {
    match one {
        '\t' | '\n' | '\r' => true,
        _ => one >= ' ' && !matches!(one, '\u{fffe}' | '\u{ffff}'),
    }
}

/// Whether a character is white space of XML 1.0 (production 3, S).
pub(super) fn is_space(one: char) -> bool {
    matches!(one, ' ' | '\t' | '\r' | '\n')
}

/// Whether a name may start with a character; a colon is left to prefixes (Namespaces in XML 1.0, NCName).
fn starts_name(one: char) -> bool {
    matches!(one,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn continues_name(one: char) -> bool {
    starts_name(one)
        || matches!(one, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Whether a text is a name without a colon.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(starts_name) && text.chars().all(continues_name)
}

/// A prefix and a name; none where the text is not a qualified name.
pub(super) fn split(text: &str) -> Option<(Option<&str>, &str)> {
    match text.split_once(':') {
        None => is_name(text).then_some((None, text)),
        Some((prefix, local)) => {
            (is_name(prefix) && is_name(local)).then_some((Some(prefix), local))
        }
    }
}

/// A text as a name: what a name can't hold becomes `_`, and `_` is put before what can't start one.
fn as_name(text: &str) -> Cow<'_, str> {
    if is_name(text) {
        return Cow::Borrowed(text);
    }
    let mut name = String::with_capacity(text.len() + 1);
    if !text.starts_with(starts_name) {
        name.push('_');
    }
    let kept = |one| if continues_name(one) { one } else { '_' };
    let skipped = text.starts_with(|one| !continues_name(one));
    name.extend(text.chars().skip(usize::from(skipped)).map(kept));
    Cow::Owned(name)
}

/// What an element or an attribute is called.
#[derive(Debug, Clone)]
pub(super) struct Name<'s> {
    pub(super) local: Cow<'s, str>,
    pub(super) prefix: Option<&'s str>,
    pub(super) namespace: Option<&'s str>,
}

impl<'s> Name<'s> {
    /// The name of a schema's values: the one that `xml` gives, or else that of the property. A prefix that stands in
    /// the name itself counts as one.
    pub(super) fn of(xml: &'s Xml, property: &'s str) -> Self {
        let given = xml.name.as_deref().filter(|name| !name.is_empty());
        let text = given.unwrap_or(property);
        let (prefix, local) = match split(text) {
            Some((prefix, local)) => (prefix, Cow::Borrowed(local)),
            None => (None, as_name(text)),
        };
        let given = xml.prefix.as_deref().filter(|prefix| is_name(prefix));
        Name {
            local,
            prefix: given.or(prefix).filter(|prefix| *prefix != "xmlns"),
            namespace: xml.namespace.as_deref().filter(|uri| !uri.is_empty()),
        }
    }

    /// The name of a member on which the schema says nothing.
    pub(super) fn plain(property: &'s str) -> Self {
        Name {
            local: as_name(property),
            prefix: None,
            namespace: None,
        }
    }

    /// The name of the elements of a list that has this name itself.
    pub(super) fn of_items(&self, list: Option<&'s Shape>) -> Self {
        let Some(list) = list else {
            return self.clone();
        };
        let xml = list.items.as_ref().map(|items| &items.xml);
        match xml {
            Some(xml) if xml.name.is_some() => Name::of(xml, ""),
            Some(xml) if xml.namespace.is_some() || xml.prefix.is_some() => Name {
                local: self.local.clone(),
                ..Name::of(xml, "")
            },
            // An element of a list that is not wrapped stands in the place of the property.
            _ if !list.xml.wrapped => self.clone(),
            _ => Name {
                local: self.local.clone(),
                prefix: None,
                namespace: None,
            },
        }
    }

    /// Whether something in a document is called so.
    pub(super) fn is(&self, local: &str, namespace: Option<&str>) -> bool {
        self.local == local && (self.namespace.is_none() || self.namespace == namespace)
    }
}
