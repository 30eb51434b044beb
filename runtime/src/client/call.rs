//! A request as generated code puts it together: a line for each parameter. What cannot be written is told when the
//! request is sent.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use serde::Serialize;
use serde_json::Value;

use super::{
    Answer, CallError, Client, Scheme,
    credential::{self, Shown},
    exchange::{Destination, Outgoing, exchange},
};
use crate::{Body, ContentKind, Encoding, Style, style};

/// Where a request goes.
pub(super) enum Target {
    Template(&'static str),
    Url(Uri),
}

/// A request on its way out.
#[must_use]
pub struct Call<'c> {
    client: &'c Client,
    pub(super) operation: &'static str,
    method: &'static str,
    target: Option<Target>,
    /// Each parameter of the path, encoded.
    path: Vec<(&'static str, String)>,
    query: String,
    cookies: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    /// Why the request cannot be sent: the first reason that was found.
    fault: Option<String>,
    /// The request that this one is made for, where there is one.
    #[cfg(feature = "server")]
    current: Option<crate::handler::Current>,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        client: &'c Client,
        operation: &'static str,
        method: &'static str,
        target: Result<Target, String>,
    ) -> Self {
        let mut call = Call {
            client,
            operation,
            method,
            target: None,
            path: Vec::new(),
            query: String::new(),
            cookies: String::new(),
            headers: HeaderMap::new(),
            body: Body::empty(),
            fault: None,
            #[cfg(feature = "server")]
            current: crate::handler::current(),
        };
        match target {
            Ok(target) => call.target = Some(target),
            Err(words) => call.fault(words),
        }
        call
    }

    pub(super) fn fault(&mut self, words: String) {
        self.fault.get_or_insert(words);
    }

    pub(super) fn value(&mut self, what: &str, value: &(impl Serialize + ?Sized)) -> Option<Value> {
        serde_json::to_value(value)
            .map_err(|error| self.fault(format!("{what} cannot be written: {error}")))
            .ok()
    }

    pub(super) fn put(&mut self, name: HeaderName, text: String) {
        match HeaderValue::try_from(text) {
            Ok(value) => _ = self.headers.insert(name, value),
            Err(_) => self.fault(format!("the value of `{name}` cannot stand in a header")),
        }
    }

    /// A parameter of the path.
    pub fn path<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        encoding: Encoding,
        value: &T,
    ) {
        if let Some(value) = self.value(name, value) {
            self.path
                .push((name, style::to_path(name, encoding, &value)));
        }
    }

    /// A parameter of the path that is JSON.
    pub fn path_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Some(value) = self.value(name, value) {
            self.path(name, Encoding::SIMPLE, &value.to_string());
        }
    }

    /// A parameter of the query.
    pub fn query<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        encoding: Encoding,
        value: Option<&T>,
    ) {
        if let Some(value) = value.and_then(|value| self.value(name, value)) {
            style::to_query(name, encoding, &value, &mut self.query);
        }
    }

    /// A parameter of the query that is JSON.
    pub fn query_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: Option<&T>) {
        if let Some(value) = value.and_then(|value| self.value(name, value)) {
            self.query(name, Encoding::FORM, Some(&value.to_string()));
        }
    }

    /// The whole query (OpenAPI 3.2, `in: querystring`): a form, or text or JSON, percent-encoded.
    pub fn query_string<T: Serialize + ?Sized>(&mut self, kind: ContentKind, value: Option<&T>) {
        let Some(value) = value.and_then(|value| self.value("the query", value)) else {
            return;
        };
        let text = match (kind, &value) {
            (ContentKind::Form, _) => style::form_from_object(&[], &value),
            (ContentKind::Text, Value::String(_)) => style::to_path("", Encoding::SIMPLE, &value),
            _ => style::to_path("", Encoding::SIMPLE, &Value::String(value.to_string())),
        };
        if !text.is_empty() && !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&text);
    }

    /// A header.
    pub fn header<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        explode: bool,
        value: Option<&T>,
    ) {
        if let Some(value) = value.and_then(|value| self.value(name, value)) {
            let text = style::to_header(Encoding::new(Style::Simple, explode), &value);
            self.named_header(name, text);
        }
    }

    /// A header that is JSON.
    pub fn header_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: Option<&T>) {
        if let Some(value) = value.and_then(|value| self.value(name, value)) {
            self.named_header(name, value.to_string());
        }
    }

    fn named_header(&mut self, name: &'static str, text: String) {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) => self.put(name, text),
            Err(_) => self.fault(format!("`{name}` cannot be the name of a header")),
        }
    }

    /// A cookie.
    pub fn cookie<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        encoding: Encoding,
        value: Option<&T>,
    ) {
        let value = value.and_then(|value| self.value(name, value));
        let Some(pairs) = value.and_then(|value| style::to_cookie(name, encoding, &value)) else {
            return;
        };
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(&pairs);
    }

    /// A cookie that is JSON.
    pub fn cookie_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: Option<&T>) {
        if let Some(value) = value.and_then(|value| self.value(name, value)) {
            self.cookie(name, Encoding::FORM, Some(&value.to_string()));
        }
    }

    /// The media types that the answer may have.
    pub fn accept(&mut self, media_types: &[&str]) {
        if !media_types.is_empty() {
            self.put(header::ACCEPT, media_types.join(", "));
        }
    }

    /// Shows the credentials of the first alternative for which the client holds all. Where there is no such, the
    /// request goes out without any: whether that will do is for the service to say.
    pub fn secure(&mut self, alternatives: &[&[Scheme]]) {
        let client = self.client;
        let chosen = credential::chosen(alternatives, &client.settings.credentials);
        for shown in chosen.unwrap_or_else(|words| {
            self.fault(words);
            Vec::new()
        }) {
            match shown {
                Shown::Authorization(text) => {
                    match self.headers.contains_key(header::AUTHORIZATION) {
                        true => self.fault("two credentials would stand in `Authorization`".into()),
                        false => self.secret(header::AUTHORIZATION.as_str(), text),
                    }
                }
                Shown::Header(name, key) => self.secret(name, key.to_owned()),
                Shown::Query(name, key) => self.query(name, Encoding::FORM, Some(key)),
                Shown::Cookie(name, key) => self.cookie(name, Encoding::FORM, Some(key)),
            }
        }
    }

    /// A header that is kept out of logs and of the memory that HTTP/2 compresses with (RFC 7541, section 7.1.3).
    fn secret(&mut self, name: &'static str, text: String) {
        self.named_header(name, text);
        if let Some(value) = self.headers.get_mut(name) {
            value.set_sensitive(true);
        }
    }

    /// Sends the request and waits for the head of its answer.
    ///
    /// # Errors
    /// Where the request cannot be written or may not be sent, and where no answer comes.
    pub async fn send(self) -> Result<Answer, CallError> {
        let (client, operation) = (self.client, self.operation);
        let outgoing = self
            .into_outgoing()
            .map_err(|words| CallError::Request(format!("{operation}: {words}")))?;
        let (answer, left) = exchange(client, outgoing).await?;
        Answer::new(operation, answer, client.settings.most, left)
    }

    fn into_outgoing(mut self) -> Result<Outgoing, String> {
        let cookies = std::mem::take(&mut self.cookies);
        if !cookies.is_empty() {
            self.put(header::COOKIE, cookies);
        }
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        #[cfg(feature = "server")]
        let template = match self.target {
            Some(Target::Template(template)) => template.split('#').next(),
            _ => None,
        };
        let target = match self.target {
            Some(Target::Template(template)) => {
                let path = with_query(path(template, &self.path)?, &self.query);
                Destination::Own(path)
            }
            Some(Target::Url(uri)) => {
                let uri = with_query(uri.to_string(), &self.query).try_into();
                let uri = uri.map_err(|error: http::uri::InvalidUri| {
                    format!("its address is no URL: {error}")
                })?;
                Destination::Given(uri)
            }
            None => return Err("it has no address".into()),
        };
        let method = Method::from_bytes(self.method.as_bytes());
        Ok(Outgoing {
            operation: self.operation,
            #[cfg(feature = "server")]
            template,
            #[cfg(feature = "server")]
            method_name: self.method,
            method: method.map_err(|error| error.to_string())?,
            target,
            headers: self.headers,
            body: self.body,
            #[cfg(feature = "server")]
            current: self.current,
        })
    }
}

fn with_query(mut target: String, query: &str) -> String {
    if !query.is_empty() {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(query);
    }
    target
}

/// A path with its parameters put in. A segment that has one must say something and must not be a step in the path:
/// it would lead to another operation.
fn path(template: &str, values: &[(&str, String)]) -> Result<String, String> {
    let template = template.split('#').next().unwrap_or_default();
    let mut segments = Vec::new();
    for segment in template.split('/') {
        let filled = filled(segment, values)?;
        if segment.contains('{') && matches!(&*filled, "" | "." | "..") {
            return Err(format!("`{segment}` of the path cannot be `{filled}`"));
        }
        segments.push(filled);
    }
    Ok(segments.join("/"))
}

fn filled(segment: &str, values: &[(&str, String)]) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or("its path has no end")?;
        let value = values.iter().find(|(own, _)| *own == name);
        let (_, value) = value.ok_or_else(|| format!("the path's `{name}` is missing"))?;
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
