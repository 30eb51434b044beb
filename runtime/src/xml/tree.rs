//! A document of XML 1.0 as a tree: well-formed, without a DOCTYPE, and not deep.

mod scope;

use std::rc::Rc;

use quick_xml::{
    Reader, XmlVersion, escape,
    events::{BytesDecl, BytesRef, BytesStart, Event},
};

use super::names;
use scope::Scope;

/// How deep elements may stand in one another.
const DEPTH: usize = 64;

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: Node,
    pub(super) attributes: Vec<(Node, String)>,
    pub(super) children: Vec<Element>,
    /// Its text; empty where elements stand in it.
    pub(super) text: String,
    /// Whether it says of itself that it is nothing: `xsi:nil`.
    pub(super) nil: bool,
    /// Where it starts, in bytes.
    pub(super) at: usize,
}

/// The name of an element or an attribute in a document.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) local: String,
    pub(super) namespace: Option<Rc<str>>,
}

/// What is wrong with a document, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

impl Fault {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        let what = what.into();
        Fault { at, what }
    }

    /// The fault in words, with its line and its byte, both counted from 1.
    pub(super) fn in_words(&self, document: &[u8]) -> String {
        let before = document.get(..self.at).unwrap_or(document);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        format!("line {line}, byte {}: {}", self.at + 1, self.what)
    }
}

/// Reads a document.
pub(super) fn parse(document: &[u8]) -> Result<Element, Fault> {
    let text = characters(document)?;
    let skipped = document.len() - text.len();
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_comments = true;
    let mut builder = Builder::default();
    loop {
        builder.at = skipped + position(reader.buffer_position());
        match reader.read_event() {
            Ok(Event::Eof) => return builder.end(),
            Ok(event) => builder.event(event)?,
            Err(error) => {
                let at = skipped + position(reader.error_position());
                return Err(Fault::new(at, error.to_string()));
            }
        }
    }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// The text of a document without its byte order mark, where it is UTF-8 that XML can carry.
fn characters(document: &[u8]) -> Result<&str, Fault> {
    if document.starts_with(&[0xfe, 0xff]) || document.starts_with(&[0xff, 0xfe]) {
        return Err(Fault::new(0, "the document is UTF-16; it must be UTF-8"));
    }
    let text = std::str::from_utf8(document)
        .map_err(|error| Fault::new(error.valid_up_to(), "the document is not UTF-8"))?;
    if let Some((at, one)) = text.char_indices().find(|(_, one)| !names::is_char(*one)) {
        let code = u32::from(one);
        return Err(Fault::new(
            at,
            format!("XML can't hold the character U+{code:04X}"),
        ));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[derive(Default)]
struct Builder {
    /// The elements that are open, from the outside in.
    open: Vec<Element>,
    root: Option<Element>,
    scope: Scope,
    /// Whether anything came yet.
    begun: bool,
    at: usize,
}

impl Builder {
    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.at, what)
    }

    fn event(&mut self, event: Event) -> Result<(), Fault> {
        let begun = std::mem::replace(&mut self.begun, true);
        match event {
            Event::Decl(_) if begun => {
                Err(self.fault("`<?xml` may stand only where the document starts"))
            }
            Event::Decl(declaration) => self.declaration(&declaration),
            Event::DocType(_) => Err(self.fault("a DOCTYPE is not taken")),
            Event::Start(start) => self.start(&start),
            Event::End(_) => self.close(),
            Event::Text(text) if text.contains("]]>") => {
                Err(self.fault("`]]>` may not stand in text"))
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.reference(&reference),
            // Elements that are empty come as a start and an end.
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn declaration(&self, declaration: &BytesDecl) -> Result<(), Fault> {
        let version = declaration
            .version()
            .map_err(|error| self.fault(error.to_string()))?;
        if version != "1.0" {
            return Err(self.fault("the document must be XML 1.0"));
        }
        match declaration.encoding() {
            Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
            Some(_) => Err(self.fault("the encoding of the document must be UTF-8")),
            None => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart) -> Result<(), Fault> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.fault("a second element stands beside the root element"));
        }
        if self.open.len() == DEPTH {
            return Err(self.fault(format!("elements stand more than {DEPTH} deep")));
        }
        let mut attributes = self.attributes(start)?;
        let fault = |what| Fault::new(self.at, what);
        self.scope.open(&mut attributes).map_err(fault)?;
        let name = start.name();
        let name = self.scope.element(name.as_ref()).map_err(fault)?;
        let mut element = Element {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
            text: String::new(),
            nil: false,
            at: self.at,
        };
        for (name, value) in attributes {
            let name = self.scope.attribute(&name).map_err(fault)?;
            if name.namespace.as_deref() != Some(super::INSTANCE) {
                element.attributes.push((name, value));
            } else if name.local == "nil" {
                element.nil = matches!(value.trim_matches(names::is_space), "true" | "1");
            }
        }
        self.open.push(element);
        Ok(())
    }

    fn attributes(&self, start: &BytesStart) -> Result<Vec<(String, String)>, Fault> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.fault(error.to_string()))?;
            let name = attribute.key.as_ref();
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| self.fault(format!("the attribute `{name}`: {error}")))?;
            if attribute.value.contains('<') || !value.chars().all(names::is_char) {
                let what = format!("the attribute `{name}` holds a character that it can't");
                return Err(self.fault(what));
            }
            attributes.push((name.to_owned(), value.into_owned()));
        }
        Ok(attributes)
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.scope.close();
        let Some(mut element) = self.open.pop() else {
            return Err(self.fault("an element ends that did not start"));
        };
        let local = &element.name.local;
        let blank = element.text.chars().all(names::is_space);
        if !element.children.is_empty() && !blank {
            let what = format!("text stands beside the elements in `{local}`");
            return Err(Fault::new(element.at, what));
        }
        if element.nil && !(blank && element.children.is_empty()) {
            let what = format!("`{local}` is `xsi:nil` and yet holds something");
            return Err(Fault::new(element.at, what));
        }
        if !element.children.is_empty() {
            element.text = String::new();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.chars().all(names::is_space) => {}
            None => return Err(self.fault("text stands outside the root element")),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef) -> Result<(), Fault> {
        let resolved = reference
            .resolve_char_ref()
            .map_err(|error| self.fault(error.to_string()))?;
        let mut buffer = [0; 4];
        let text = match resolved {
            Some(one) if names::is_char(one) => Some(&*one.encode_utf8(&mut buffer)),
            Some(_) => None,
            None => escape::resolve_xml_entity(reference),
        };
        let Some(text) = text.filter(|_| !self.open.is_empty()) else {
            return Err(self.fault(format!("`&{};` stands for nothing here", &**reference)));
        };
        self.text(text)
    }

    fn end(self) -> Result<Element, Fault> {
        if let Some(element) = self.open.last() {
            let local = &element.name.local;
            return Err(Fault::new(element.at, format!("`{local}` does not end")));
        }
        match self.root {
            Some(root) => Ok(root),
            None => Err(Fault::new(self.at, "there is no element")),
        }
    }
}
