//! Where nodes stand (RFC 6901), also as the fragment of an address.

use std::{collections::HashMap, rc::Rc};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{
    document::{Node, Value},
    spec::files::identity,
};

/// What a fragment of an address may not hold (RFC 3986, section 3.5).
const NOT_IN_FRAGMENTS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Notes where each node stands (RFC 6901).
pub(super) fn place_all(node: &Node, pointer: String, pointers: &mut HashMap<usize, String>) {
    let inner: Vec<(String, &Rc<Node>)> = match &node.value {
        Value::Mapping(entries) => {
            let entries = entries.iter();
            entries.map(|one| (escaped(&one.key), &one.node)).collect()
        }
        Value::Sequence(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, one)| (index.to_string(), one)).collect()
        }
        Value::Scalar { .. } => return,
    };
    if pointers.contains_key(&identity(node)) {
        return;
    }
    for (step, node) in inner {
        place_all(node, format!("{pointer}/{step}"), pointers);
    }
    pointers.insert(identity(node), pointer);
}

/// A step of a JSON Pointer.
pub(super) fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

pub(super) fn fragment(pointer: &str) -> String {
    utf8_percent_encode(pointer, NOT_IN_FRAGMENTS).to_string()
}
