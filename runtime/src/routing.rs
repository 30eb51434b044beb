//! From a request's path to an operation: a tree of segments, concrete ones first (OpenAPI 3.1, path templating).

use std::{borrow::Cow, cmp::Ordering};

use http::Method;
use percent_encoding::percent_decode_str;

/// How many parameters one path template may have.
pub(crate) const MAX_PARAMETERS: usize = 16;

/// Where in the path the parameters' values stand, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Captures {
    ranges: [(u16, u16); MAX_PARAMETERS],
    count: usize,
}

impl Captures {
    /// The value of a parameter, as it stands in the path.
    pub(crate) fn get<'p>(&self, path: &'p str, index: usize) -> Option<&'p str> {
        let (start, end) = *self.ranges[..self.count].get(index)?;
        path.get(usize::from(start)..usize::from(end))
    }

    fn push(&mut self, start: usize, end: usize) -> bool {
        let (Ok(start), Ok(end)) = (u16::try_from(start), u16::try_from(end)) else {
            return false;
        };
        let Some(place) = self.ranges.get_mut(self.count) else {
            return false;
        };
        *place = (start, end);
        self.count += 1;
        true
    }
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    /// The operation's index, and its parameters.
    Operation(usize, Captures),
    /// The path is known, the method is not: the methods it has, sorted.
    OtherMethods(Vec<Method>),
    /// Nothing.
    Nothing,
}

impl Found {
    /// The operation's index, where there is one.
    pub(crate) fn operation(&self) -> Option<usize> {
        match self {
            Found::Operation(index, _) => Some(*index),
            Found::OtherMethods(_) | Found::Nothing => None,
        }
    }
}

/// The paths of a service.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Node,
    /// Paths under which all others stand as well, the longest first.
    bases: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct Node {
    /// In the order of [`by_length`].
    literals: Vec<(Box<str>, Node)>,
    /// Segments with text beside a parameter, the most text first.
    mixed: Vec<(Mixed, Node)>,
    parameter: Option<Box<Node>>,
    operations: Vec<(Method, usize)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Mixed(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Parameter,
}

impl Router {
    /// A router that answers under each of these paths as well; what stands there by itself comes first.
    pub(crate) fn new(base_paths: &[&'static str]) -> Self {
        let mut bases = base_paths.to_vec();
        bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
        Router {
            root: Node::default(),
            bases,
        }
    }

    /// Adds an operation under its path template, which starts with `/`.
    pub(crate) fn add(&mut self, method: Method, template: &str, operation: usize) {
        let mut node = &mut self.root;
        for segment in template.strip_prefix('/').unwrap_or(template).split('/') {
            node = node.child(segment);
        }
        node.operations.push((method, operation));
    }

    /// Finds what a request's path leads to: the most concrete template that fits decides, whatever its methods.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let mut captures = Captures::default();
        let Some(node) = self.node(path, &mut captures) else {
            return Found::Nothing;
        };
        if let Some(operation) = node.operation(method) {
            return Found::Operation(operation, captures);
        }
        let mut allowed: Vec<Method> = node.operations.iter().map(|(one, _)| one.clone()).collect();
        if allowed.contains(&Method::GET) {
            allowed.push(Method::HEAD);
        }
        allowed.sort_by(|left, right| left.as_str().cmp(right.as_str()));
        allowed.dedup();
        Found::OtherMethods(allowed)
    }
}

impl Router {
    fn node(&self, path: &str, captures: &mut Captures) -> Option<&Node> {
        let search = Search { path };
        let start = usize::from(path.starts_with('/'));
        if let Some(node) = search.walk(&self.root, start, captures) {
            return Some(node);
        }
        for base in &self.bases {
            if let Some(rest) = path.strip_prefix(base)
                && rest.starts_with('/')
            {
                *captures = Captures::default();
                if let Some(node) = search.walk(&self.root, base.len() + 1, captures) {
                    return Some(node);
                }
            }
        }
        None
    }
}

impl Node {
    /// The operation of a method; `HEAD` falls back on `GET` (RFC 9110, 9.3.2).
    fn operation(&self, method: &Method) -> Option<usize> {
        let of = |method: &Method| {
            let mut all = self.operations.iter();
            all.find(|(one, _)| one == method)
                .map(|(_, operation)| *operation)
        };
        of(method).or_else(|| of(&Method::GET).filter(|_| *method == Method::HEAD))
    }

    /// The place of a concrete segment, or where it would be.
    fn literal(&self, text: &str) -> Result<usize, usize> {
        let literals = &self.literals;
        literals.binary_search_by(|(one, _)| by_length(one, text))
    }

    fn child(&mut self, segment: &str) -> &mut Node {
        let pieces = pieces(segment);
        match &pieces[..] {
            [] | [Piece::Text(_)] => {
                let text: Box<str> = percent_decode_str(segment).decode_utf8_lossy().into();
                let found = self.literal(&text);
                let index = found.unwrap_or_else(|index| {
                    self.literals.insert(index, (text, Node::default()));
                    index
                });
                &mut self.literals[index].1
            }
            [Piece::Parameter] => self.parameter.get_or_insert_default(),
            _ => {
                let mixed = Mixed(pieces);
                let known = self.mixed.iter().position(|(one, _)| *one == mixed);
                let index = known.unwrap_or_else(|| {
                    let weight = mixed.text_length();
                    let index = self
                        .mixed
                        .partition_point(|(one, _)| one.text_length() >= weight);
                    self.mixed.insert(index, (mixed, Node::default()));
                    index
                });
                &mut self.mixed[index].1
            }
        }
    }
}

/// An order in which most texts are told apart by their length alone.
fn by_length(one: &str, other: &str) -> Ordering {
    one.len()
        .cmp(&other.len())
        .then_with(|| one.as_bytes().cmp(other.as_bytes()))
}

struct Search<'a> {
    path: &'a str,
}

impl Search<'_> {
    fn walk<'n>(&self, node: &'n Node, start: usize, captures: &mut Captures) -> Option<&'n Node> {
        let rest = &self.path[start..];
        let end = rest
            .find('/')
            .map_or(self.path.len(), |length| start + length);
        let segment = &self.path[start..end];
        let before = *captures;
        let decoded = match segment.contains('%') {
            true => percent_decode_str(segment)
                .decode_utf8()
                .unwrap_or(Cow::Borrowed(segment)),
            false => Cow::Borrowed(segment),
        };
        if let Ok(index) = node.literal(&decoded)
            && let (_, next) = &node.literals[index]
            && let Some(found) = self.step(next, end, captures)
        {
            return Some(found);
        }
        for (mixed, next) in &node.mixed {
            *captures = before;
            if mixed.capture(segment, start, captures)
                && let Some(found) = self.step(next, end, captures)
            {
                return Some(found);
            }
        }
        *captures = before;
        let next = node.parameter.as_ref()?;
        if !segment.is_empty() && captures.push(start, end) {
            return self.step(next, end, captures);
        }
        None
    }

    fn step<'n>(&self, node: &'n Node, end: usize, captures: &mut Captures) -> Option<&'n Node> {
        match end < self.path.len() {
            true => self.walk(node, end + 1, captures),
            false => (!node.operations.is_empty()).then_some(node),
        }
    }
}

impl Mixed {
    fn text_length(&self) -> usize {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Parameter => 0,
            })
            .sum()
    }

    /// Notes the parameters of a segment that fits; each takes at least one byte.
    fn capture(&self, segment: &str, offset: usize, captures: &mut Captures) -> bool {
        let mut at = 0;
        let mut open: Option<usize> = None;
        for (index, piece) in self.0.iter().enumerate() {
            let Piece::Text(text) = piece else {
                open = Some(at);
                continue;
            };
            let last = index + 1 == self.0.len();
            let found = match open {
                None => segment[at..].starts_with(&**text).then_some(at),
                Some(start) if last => segment
                    .len()
                    .checked_sub(text.len())
                    .filter(|end| *end > start && segment[start..].ends_with(&**text)),
                Some(start) => segment[start..]
                    .char_indices()
                    .skip(1)
                    .map(|(length, _)| start + length)
                    .find(|end| segment[*end..].starts_with(&**text)),
            };
            let Some(found) = found else { return false };
            if let Some(start) = open.take()
                && !captures.push(offset + start, offset + found)
            {
                return false;
            }
            at = found + text.len();
        }
        match open {
            Some(start) => {
                start < segment.len() && captures.push(offset + start, offset + segment.len())
            }
            None => at == segment.len(),
        }
    }
}

/// The parts of a template's segment; braces that do not pair are text.
fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((_, behind)) = after.split_once('}') else {
            break;
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(text.into()));
        }
        pieces.push(Piece::Parameter);
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    pieces
}

#[cfg(test)]
mod tests;
