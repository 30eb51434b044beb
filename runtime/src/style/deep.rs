//! `deepObject`: `color[R]=100`. OpenAPI says nothing of objects and lists inside; they are read the ways that are
//! common: `a[b][c]=1`, `a[b]=1&a[b]=2`, `a[b][]=1`, `a[b][0]=1`.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Found, Malformed, Read,
    candidates::{lists, may_be, objects},
    pairs::repeated,
};
use crate::shape::{Kind, Shape};

/// How many names in brackets a name may have.
pub(super) const DEPTH: usize = 12;

#[derive(Default)]
struct Node<'t> {
    texts: Vec<Cow<'t, str>>,
    /// What stands behind `[name]`.
    named: BTreeMap<&'t str, Node<'t>>,
    /// What stands behind `[]`.
    next: Vec<Node<'t>>,
}

/// Reads a parameter from what its pairs have behind its name, and their values.
pub(super) fn read(pairs: Vec<(&str, Cow<'_, str>)>, shape: &Shape) -> Found {
    if pairs.is_empty() {
        return Ok(None);
    }
    let mut root = Node::default();
    for (brackets, text) in pairs {
        root.insert(&names(brackets)?, text);
    }
    root.read(shape).map(Some)
}

/// The names in brackets.
fn names(mut brackets: &str) -> Result<Vec<&str>, Malformed> {
    let mut names = Vec::new();
    while !brackets.is_empty() {
        let inside = brackets.strip_prefix('[');
        let split = inside.and_then(|inside| inside.split_once(']'));
        let (name, rest) = split.ok_or_else(|| Malformed::new("its brackets do not match"))?;
        if names.len() == DEPTH {
            return Err(Malformed(format!("it is more than {DEPTH} levels deep")));
        }
        names.push(name);
        brackets = rest;
    }
    Ok(names)
}

impl<'t> Node<'t> {
    fn insert(&mut self, names: &[&'t str], text: Cow<'t, str>) {
        match names {
            [] => self.texts.push(text),
            ["", rest @ ..] => {
                let mut node = Node::default();
                node.insert(rest, text);
                self.next.push(node);
            }
            [name, rest @ ..] => self.named.entry(name).or_default().insert(rest, text),
        }
    }

    fn read(&self, shape: &Shape) -> Read {
        let branches = !self.named.is_empty() || !self.next.is_empty();
        match (self.texts.is_empty(), branches) {
            (false, false) => repeated(&self.texts, self.texts.len() > 1, shape),
            (true, _) => self.branches(shape),
            (false, true) => Err(Malformed::new("it is both a value and a list or an object")),
        }
    }

    fn branches(&self, shape: &Shape) -> Read {
        let items = self.items();
        let lists = items.is_some() && (may_be(shape, Kind::Array) || self.named.is_empty());
        let objects = self.next.is_empty() && (may_be(shape, Kind::Object) || !lists);
        let mut found = Vec::new();
        if let Some(items) = items.filter(|_| lists) {
            found.extend(list(&items, shape)?);
        }
        if objects {
            found.extend(self.object(shape)?);
        }
        found.truncate(super::candidates::MOST);
        match found.is_empty() {
            true => Err(Malformed::new("it is both a list and an object")),
            false => Ok(found),
        }
    }

    /// The items of a list, in the order of their indexes; none where a name is not an index.
    fn items(&self) -> Option<Vec<&Node<'t>>> {
        let named = self.named.iter().map(|(name, node)| {
            let digits = name.bytes().all(|byte| byte.is_ascii_digit());
            Some((name.parse::<u32>().ok().filter(|_| digits)?, node))
        });
        let mut indexed = named.collect::<Option<Vec<_>>>()?;
        indexed.sort_by_key(|(index, _)| *index);
        let indexed = indexed.into_iter().map(|(_, node)| node);
        Some(indexed.chain(&self.next).collect())
    }

    fn object(&self, shape: &Shape) -> Read {
        let any = Shape::default();
        let members = self.named.iter().map(|(name, node)| {
            let read = node.read(shape.member(name).unwrap_or(&any));
            let values = read.map_err(|wrong| wrong.within(name))?;
            Ok(((*name).to_owned(), values))
        });
        Ok(objects(members.collect::<Result<_, _>>()?))
    }
}

fn list(items: &[&Node], shape: &Shape) -> Read {
    let any = Shape::default();
    let item = shape.items.as_deref().unwrap_or(&any);
    let items = items.iter().map(|node| node.read(item));
    Ok(lists(&items.collect::<Result<Vec<_>, _>>()?))
}
