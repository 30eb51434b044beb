//! Text to nodes. The only importer of the YAML parser, which reads JSON as well.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span as ParserSpan};

use super::{Entry, Node, Value};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    source::{SourceId, Sources, Span},
};

/// How deep collections may lie in one another, aliases followed; below the parser's own limit,
/// which it can meet first since it reads ahead.
const MAX_DEPTH: usize = 200;
/// How many nodes a document may have, each alias counted as what it stands for.
const MAX_NODES: usize = 20_000_000;

/// Reads the one document that the file `id` holds.
///
/// Gives nothing where the text can't be read to its end; why is then among the diagnostics. A duplicate key
/// is reported and its first value kept, so that what follows is still read.
pub fn parse(sources: &Sources, id: SourceId, diagnostics: &mut Diagnostics) -> Option<Rc<Node>> {
    let text = &sources.get(id).text;
    let mut builder = Builder {
        source: id,
        diagnostics,
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.take(event, &span_of(id, &span)),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0);
                let at = point(id, at.min(text.len()));
                Err(match error.kind() {
                    ErrorKind::RecursionLimitExceeded => too_deep(&at),
                    _ => syntax(error.info(), at, hint(text, at.start, &error.info())),
                })
            }
        };
        if let Err(diagnostic) = step {
            builder.diagnostics.push(*diagnostic);
            return None;
        }
    }
    builder.finish(text.len())
}

/// A node with its size and depth, aliases followed.
#[derive(Clone)]
struct Sized {
    node: Rc<Node>,
    nodes: usize,
    depth: usize,
}

/// A collection whose end has not come yet.
struct Open {
    start: Span,
    anchor: usize,
    content: Content,
    nodes: usize,
    depth: usize,
}

enum Content {
    Sequence(Vec<Rc<Node>>),
    Mapping {
        entries: Vec<Entry>,
        places: BTreeMap<String, Span>,
        key: Option<(String, Span)>,
    },
}

struct Builder<'a> {
    source: SourceId,
    diagnostics: &'a mut Diagnostics,
    open: Vec<Open>,
    anchors: HashMap<usize, Sized>,
    documents: Vec<Sized>,
}

type Step = Result<(), Box<Diagnostic>>;

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Step {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let value = Value::Scalar {
                    text: text.into_owned(),
                    quoted: style != ScalarStyle::Plain,
                };
                let node = leaf(value, *span);
                self.close(node, anchor, span)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open(Content::Sequence(Vec::new()), anchor, span)
            }
            Event::MappingStart(_, anchor, _) => {
                let content = Content::Mapping {
                    entries: Vec::new(),
                    places: BTreeMap::new(),
                    key: None,
                };
                self.open(content, anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.add(node, span),
                None => Err(syntax("this alias lies inside its own anchor", *span, MEND)),
            },
            _ => Ok(()),
        }
    }

    fn open(&mut self, content: Content, anchor: usize, span: &Span) -> Step {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push(Open {
            start: *span,
            anchor,
            content,
            nodes: 1,
            depth: 1,
        });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Step {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.content {
            Content::Sequence(items) => Value::Sequence(items),
            Content::Mapping { entries, .. } => Value::Mapping(entries),
        };
        let whole = Span {
            end: span.end.max(open.start.end),
            ..open.start
        };
        let node = Sized {
            node: Rc::new(Node { span: whole, value }),
            nodes: open.nodes,
            depth: open.depth,
        };
        self.close(node, open.anchor, &open.start)
    }

    /// Remembers a finished node under its anchor, if it has one, and hands it to the collection around it.
    fn close(&mut self, node: Sized, anchor: usize, span: &Span) -> Step {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.add(node, span)
    }

    fn add(&mut self, child: Sized, span: &Span) -> Step {
        if self.open.len() + child.depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(child);
            return Ok(());
        };
        parent.nodes += child.nodes;
        parent.depth = parent.depth.max(child.depth + 1);
        if parent.nodes > MAX_NODES {
            return Err(too_large(span));
        }
        match &mut parent.content {
            Content::Sequence(items) => items.push(child.node),
            Content::Mapping {
                entries,
                places,
                key,
            } => match key.take() {
                None => *key = Some((key_text(&child.node, span)?, *span)),
                Some((name, key_span)) => match places.get(&name) {
                    Some(first) => self
                        .diagnostics
                        .push(duplicate_key(&name, key_span, *first)),
                    None => {
                        places.insert(name.clone(), key_span);
                        entries.push(Entry {
                            key: name,
                            key_span,
                            node: child.node,
                        });
                    }
                },
            },
        }
        Ok(())
    }

    fn finish(mut self, length: usize) -> Option<Rc<Node>> {
        let (message, span) = match self.documents.len() {
            1 => return self.documents.pop().map(|document| document.node),
            0 => ("this file is empty", point(self.source, 0)),
            _ => {
                let start = self.documents[1].node.span.start.min(length);
                ("a second document starts here", point(self.source, start))
            }
        };
        self.diagnostics.push(mistake(
            Code::DocumentCount,
            message,
            "expected one document",
            span,
            "write exactly one document in the file",
        ));
        None
    }
}

fn leaf(value: Value, span: Span) -> Sized {
    Sized {
        node: Rc::new(Node { span, value }),
        nodes: 1,
        depth: 0,
    }
}

fn key_text(node: &Node, span: &Span) -> Result<String, Box<Diagnostic>> {
    match &node.value {
        Value::Scalar { text, .. } => Ok(text.clone()),
        _ => Err(Box::new(mistake(
            Code::KeyNotScalar,
            "a key of this mapping is a collection",
            "not a plain key",
            *span,
            "put the key in quotes: `{` and `[` begin a collection",
        ))),
    }
}

fn span_of(source: SourceId, span: &ParserSpan) -> Span {
    let range = span.byte_range().unwrap_or(0..0);
    Span {
        source,
        start: range.start,
        end: range.end,
    }
}

fn point(source: SourceId, at: usize) -> Span {
    Span {
        source,
        start: at,
        end: at,
    }
}

fn mistake(
    code: Code,
    message: impl Into<String>,
    label: &str,
    span: Span,
    help: &str,
) -> Diagnostic {
    Diagnostic {
        code,
        message: message.into(),
        primary: Label {
            span,
            text: label.to_owned(),
        },
        context: Vec::new(),
        help: help.to_owned(),
    }
}

const MEND: &str = "mend the text here; what follows was not read";

/// What the author may have meant to write, by the line at which reading stopped.
fn hint(text: &str, at: usize, told: &str) -> &'static str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let before = text[..start].lines().rfind(|line| !line.trim().is_empty());
    let before = before.unwrap_or_default();
    if line.trim_start_matches(' ').starts_with('\t') {
        "indent with spaces: YAML takes no tabs; what follows was not read"
    } else if told.contains("mapping values are not allowed") {
        match indent(line) > indent(before) && !before.trim_end().ends_with(':') {
            true => {
                "this line stands deeper than the one before it: let the keys of one mapping stand in one column"
            }
            false => "put a text that holds `: ` in quotes; what follows was not read",
        }
    } else if told.contains("',' or '}'") {
        "a `,` or the closing `}` is missing before this place; what follows was not read"
    } else if told.contains("',' or ']'") {
        "a `,` or the closing `]` is missing before this place; what follows was not read"
    } else {
        MEND
    }
}

fn syntax(message: impl Into<String>, span: Span, help: &str) -> Box<Diagnostic> {
    Box::new(mistake(
        Code::Syntax,
        message,
        "reading stopped here",
        span,
        help,
    ))
}

fn too_deep(span: &Span) -> Box<Diagnostic> {
    Box::new(mistake(
        Code::TooDeep,
        format!("collections lie more than {MAX_DEPTH} deep in one another"),
        "one level too many",
        *span,
        "move inner parts to `components` and refer to them with `$ref`",
    ))
}

fn too_large(span: &Span) -> Box<Diagnostic> {
    Box::new(mistake(
        Code::TooLarge,
        format!("with its aliases written out, the document has more than {MAX_NODES} nodes"),
        "the limit is passed here",
        *span,
        "use `$ref` where aliases repeat large parts",
    ))
}

fn duplicate_key(name: &str, key_span: Span, first: Span) -> Diagnostic {
    Diagnostic {
        context: vec![Label {
            span: first,
            text: "first written here".to_owned(),
        }],
        ..mistake(
            Code::DuplicateKey,
            format!("the key {name:?} stands twice in one mapping"),
            "written again",
            key_span,
            "remove one of the two, or rename it",
        )
    }
}
