//! Runtime expressions (OpenAPI 3.1, "Runtime Expressions"): what links and callbacks say of an exchange that is known
//! only once it takes place.
//!
//! A text that is one expression gives the value as it is. In a longer text, what a caller sends must not change what
//! the document's author wrote around it: a value that lands in the path, the query or the fragment of a URL is
//! percent-encoded, so that it stays one path segment or one value; it may not be empty, `.` or `..` as a whole path
//! segment, since readers of URLs fold those; and what lands in the host may hold nothing but the letters of a host and
//! a port. At the start of a text, as in `{$request.body#/callbackUrl}/done`, the value is the URL, and the caller
//! chooses where it leads. Which hosts may be called is not decided here: whoever calls the URL has to.

mod part;
#[cfg(test)]
mod tests;
mod url;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use part::Part;

/// A runtime expression, or a text with such expressions in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Bare(Part),
    /// Texts and expressions in their order.
    Template(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Part(Part),
}

/// A request and its answer, as far as they are known.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The whole URL of the request.
    pub url: &'a str,
    /// The method of the request.
    pub method: &'a Method,
    /// The status of the answer; none while there is no answer.
    pub status: Option<StatusCode>,
    /// The headers of the request.
    pub request_headers: &'a HeaderMap,
    /// The query of the request as it was sent, without `?`.
    pub request_query: Option<&'a str>,
    /// The path parameters by their names, decoded.
    pub request_path: &'a [(String, String)],
    /// The body of the request, where it is JSON or was read into it.
    pub request_body: Option<&'a Value>,
    /// The headers of the answer; none while there is no answer.
    pub response_headers: Option<&'a HeaderMap>,
    /// The body of the answer, where it is JSON or was made of it.
    pub response_body: Option<&'a Value>,
}

impl Expression {
    /// Reads an expression such as `$request.body#/id`, or a text with expressions in braces such as
    /// `/users/{$request.path.id}`. A text without any is itself.
    ///
    /// # Errors
    /// Where an expression is none of those that OpenAPI knows, in words for the document's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('$') {
            return Part::parse(text).map(|part| Expression(Form::Bare(part)));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{$") {
            let Some((inner, after)) = after.split_once('}') else {
                return Err(format!("`{{${after}` has no closing brace"));
            };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Part(Part::parse(&format!("${inner}"))?));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Expression(match pieces.as_slice() {
            [Piece::Part(part)] => Form::Bare(part.clone()),
            _ => Form::Template(pieces),
        }))
    }

    /// What the expression stands for in an exchange. Texts, numbers and booleans are written as they are, objects and
    /// lists as JSON; `null` counts as missing.
    ///
    /// # Errors
    /// Where a part is missing, or would break out of its place in a URL; the error names it.
    pub fn evaluate(&self, exchange: &Exchange) -> Result<String, String> {
        match &self.0 {
            Form::Bare(part) => part.value(exchange).map(String::from),
            Form::Template(pieces) => {
                let mut text = url::Template::default();
                for piece in pieces {
                    match piece {
                        Piece::Text(literal) => text.literal(literal),
                        Piece::Part(part) => text.value(&part.value(exchange)?, part)?,
                    }
                }
                text.finish()
            }
        }
    }
}
