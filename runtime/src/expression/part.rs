//! One expression: a place in an exchange, and what stands there.

use std::{borrow::Cow, fmt};

use http::HeaderMap;
use serde_json::Value;

use super::Exchange;
use crate::{media_type::is_token, text::decode_query};

/// A place in an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Url,
    Method,
    StatusCode,
    Header(Side, String),
    Query(String),
    Path(String),
    /// The body, or what a JSON Pointer names in it.
    Body(Side, Option<String>),
}

/// Which message a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Request => "request",
            Side::Response => "response",
        }
    }
}

impl Part {
    /// Reads one expression, from its `$` to its end.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (side, source) = match text {
            "$url" => return Ok(Part::Url),
            "$method" => return Ok(Part::Method),
            "$statusCode" => return Ok(Part::StatusCode),
            _ => match (
                text.strip_prefix("$request."),
                text.strip_prefix("$response."),
            ) {
                (Some(source), _) => (Side::Request, source),
                (None, Some(source)) => (Side::Response, source),
                (None, None) => {
                    return Err(format!(
                        "`{text}` is no runtime expression: there are `$url`, `$method`, `$statusCode`, `$request.` \
                         and `$response.`"
                    ));
                }
            },
        };
        if let Some(pointer) = source.strip_prefix("body") {
            return match pointer.strip_prefix('#') {
                None if pointer.is_empty() => Ok(Part::Body(side, None)),
                Some(pointer) => {
                    check_pointer(pointer).map_err(|problem| format!("`{text}`: {problem}"))?;
                    Ok(Part::Body(side, Some(pointer.to_owned())))
                }
                None => Err(format!(
                    "`{text}`: `body` ends there, or goes on with `#` and a JSON Pointer"
                )),
            };
        }
        let (kind, name) = source.split_once('.').unwrap_or((source, ""));
        match (side, kind) {
            (_, "header") if is_token(name) => Ok(Part::Header(side, name.to_owned())),
            (_, "header") => Err(format!("`{text}`: `{name}` is no header name")),
            (_, "query" | "path") if name.is_empty() => Err(format!("`{text}` names no parameter")),
            (Side::Request, "query") => Ok(Part::Query(name.to_owned())),
            (Side::Request, "path") => Ok(Part::Path(name.to_owned())),
            (Side::Response, "query" | "path") => Err(format!(
                "`{text}`: an answer has headers and a body, and no {kind}"
            )),
            _ => Err(format!(
                "`{text}`: behind `${}.` stands `header.`, `query.`, `path.` or `body`",
                side.name()
            )),
        }
    }

    /// What stands there, as text.
    pub(super) fn value<'a>(&self, exchange: &Exchange<'a>) -> Result<Cow<'a, str>, String> {
        let missing = || format!("`{self}` is missing");
        match self {
            Part::Url => Ok(Cow::Borrowed(exchange.url)),
            Part::Method => Ok(Cow::Borrowed(exchange.method.as_str())),
            Part::StatusCode => {
                let status = exchange.status.ok_or_else(missing)?;
                Ok(Cow::Owned(status.as_u16().to_string()))
            }
            Part::Header(side, name) => {
                let headers = match side {
                    Side::Request => Some(exchange.request_headers),
                    Side::Response => exchange.response_headers,
                };
                headers
                    .and_then(|headers| self.header(headers, name))
                    .unwrap_or_else(|| Err(missing()))
            }
            Part::Query(name) => {
                let query = exchange.request_query.unwrap_or_default();
                let value = query.split('&').find_map(|pair| query_value(pair, name));
                let value = value.ok_or_else(missing)?;
                decode_query(value).ok_or_else(|| format!("`{self}` is not UTF-8"))
            }
            Part::Path(name) => {
                let mut parameters = exchange.request_path.iter();
                let value = parameters.find(|(own, _)| own == name);
                value
                    .map(|(_, value)| Cow::Borrowed(value.as_str()))
                    .ok_or_else(missing)
            }
            Part::Body(side, pointer) => {
                let body = match side {
                    Side::Request => exchange.request_body,
                    Side::Response => exchange.response_body,
                };
                let value =
                    body.and_then(|body| body.pointer(pointer.as_deref().unwrap_or_default()));
                value.and_then(text).ok_or_else(missing)
            }
        }
    }

    /// The first value of a header; none where there is no such header.
    fn header<'a>(
        &self,
        headers: &'a HeaderMap,
        name: &str,
    ) -> Option<Result<Cow<'a, str>, String>> {
        let value = headers.get(name)?;
        let text = std::str::from_utf8(value.as_bytes());
        Some(
            text.map(Cow::Borrowed)
                .map_err(|_| format!("`{self}` is not UTF-8")),
        )
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Part::Url => out.write_str("$url"),
            Part::Method => out.write_str("$method"),
            Part::StatusCode => out.write_str("$statusCode"),
            Part::Header(side, name) => write!(out, "${}.header.{name}", side.name()),
            Part::Query(name) => write!(out, "$request.query.{name}"),
            Part::Path(name) => write!(out, "$request.path.{name}"),
            Part::Body(side, None) => write!(out, "${}.body", side.name()),
            Part::Body(side, Some(pointer)) => write!(out, "${}.body#{pointer}", side.name()),
        }
    }
}

/// RFC 6901, section 3.
fn check_pointer(pointer: &str) -> Result<(), String> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err("a JSON Pointer starts with `/`".to_owned());
    }
    let escapes = pointer.split('~').skip(1);
    match escapes
        .into_iter()
        .all(|after| after.starts_with(['0', '1']))
    {
        true => Ok(()),
        false => Err("in a JSON Pointer `~` is written `~0`, and `/` in a name `~1`".to_owned()),
    }
}

/// The undecoded value of a pair of a query, where it is of this name.
fn query_value<'q>(pair: &'q str, name: &str) -> Option<&'q str> {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let same = key == name || decode_query(key).is_some_and(|key| key == name);
    (same && !pair.is_empty()).then_some(value)
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}
