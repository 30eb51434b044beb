//! One request as generated code reads it: decoded and checked in one pass, with no word on what is wrong. Only a
//! refused request is looked at again, for every violation.

use std::{borrow::Cow, sync::Arc};

use bytes::{Bytes, BytesMut};
use http::header;
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use crate::{
    ApiKey, Basic, Bearer, Failure, FromText, RequestBody, RequestContext, auth, contract, exact,
    operation::Cause,
    routing::Captures,
    service::Shared,
    text::{decode_path, decode_query},
};

/// A part of a request breaks the document; which one and how is found out afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// One request of a known operation.
pub struct Call {
    pub(crate) context: RequestContext,
    pub(crate) captures: Captures,
    pub(crate) incoming: Option<Incoming>,
    pub(crate) received: Bytes,
    pub(crate) body: Option<RequestBody>,
    pub(crate) shared: Arc<Shared>,
}

impl Call {
    /// The request around this call.
    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    /// Takes in the body.
    ///
    /// # Errors
    /// Where its media type is not declared, it is too large, or the caller went away.
    pub async fn receive(&mut self) -> Result<(), Failure> {
        let (Some(declared), Some(mut incoming)) = (self.body, self.incoming.take()) else {
            return Ok(());
        };
        if incoming.is_end_stream() {
            return Ok(());
        }
        if !self.has_media_type(declared.media_types) {
            return Err(Cause::MediaType(declared.media_types).into());
        }
        let most = self.shared.max_body;
        if incoming.size_hint().lower() > most as u64 {
            return Err(Cause::TooLarge(most).into());
        }
        let mut more: Option<BytesMut> = None;
        while let Some(frame) = incoming.frame().await {
            let Ok(frame) = frame else {
                return Err(Cause::Unread.into());
            };
            let Ok(bytes) = frame.into_data() else {
                continue;
            };
            if self.received.len() + more.as_ref().map_or(0, BytesMut::len) + bytes.len() > most {
                return Err(Cause::TooLarge(most).into());
            }
            match &mut more {
                Some(buffer) => buffer.extend_from_slice(&bytes),
                None if self.received.is_empty() => self.received = bytes,
                None => {
                    let mut buffer = BytesMut::from(&*std::mem::take(&mut self.received));
                    buffer.extend_from_slice(&bytes);
                    more = Some(buffer);
                }
            }
        }
        if let Some(buffer) = more {
            self.received = buffer.freeze();
        }
        Ok(())
    }

    fn has_media_type(&self, declared: &[&str]) -> bool {
        let sent = self.context.parts.headers.get(header::CONTENT_TYPE);
        let Some(sent) = sent.and_then(|value| value.to_str().ok()) else {
            return false;
        };
        let sent = essence(sent);
        declared.iter().map(|one| essence(one)).any(|one| {
            let (family, _) = one.split_once('/').unwrap_or((one, ""));
            one == "*/*"
                || one.eq_ignore_ascii_case(sent)
                || (one.ends_with("/*")
                    && sent
                        .split_once('/')
                        .is_some_and(|(own, _)| own.eq_ignore_ascii_case(family)))
        })
    }

    /// Reads the whole request.
    ///
    /// # Errors
    /// Every violation, where there is one.
    pub fn read<T>(&self, read: fn(&Call) -> Result<T, Refused>) -> Result<T, Failure> {
        read(self).map_err(|Refused| Cause::Invalid(contract::violations(self)).into())
    }

    /// A path parameter, by its place in the template.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn path<T: FromText>(&self, index: usize) -> Result<T, Refused> {
        self.raw_path(index)
            .and_then(|text| T::from_text(&text))
            .ok_or(Refused)
    }

    /// A path parameter that is a list by commas.
    ///
    /// # Errors
    /// Where an item is not of the type.
    pub fn path_commas<T: FromText>(&self, index: usize) -> Result<Vec<T>, Refused> {
        split(&self.raw_path(index).ok_or(Refused)?)
    }

    /// A query parameter.
    ///
    /// # Errors
    /// Where it is not of the type, or stands there twice.
    pub fn query<T: FromText>(&self, name: &str) -> Result<Option<T>, Refused> {
        let mut values = self.raw_query(name);
        let Some(text) = values.next() else {
            return Ok(None);
        };
        match values.next() {
            Some(_) => Err(Refused),
            None => text
                .and_then(|text| T::from_text(&text))
                .map(Some)
                .ok_or(Refused),
        }
    }

    /// A query parameter that must be there.
    ///
    /// # Errors
    /// Where it is absent, not of the type, or stands there twice.
    pub fn required_query<T: FromText>(&self, name: &str) -> Result<T, Refused> {
        self.query(name)?.ok_or(Refused)
    }

    /// A query parameter that is a list, its name repeated for each item.
    ///
    /// # Errors
    /// Where an item is not of the type.
    pub fn query_list<T: FromText>(&self, name: &str) -> Result<Option<Vec<T>>, Refused> {
        let items = self.raw_query(name);
        let items: Option<Vec<T>> = items.map(|text| T::from_text(&text?)).collect();
        items
            .map(|items| Some(items).filter(|items| !items.is_empty()))
            .ok_or(Refused)
    }

    /// [`Call::query_list`], where it must be there.
    ///
    /// # Errors
    /// Where it is absent, or an item is not of the type.
    pub fn required_query_list<T: FromText>(&self, name: &str) -> Result<Vec<T>, Refused> {
        self.query_list(name)?.ok_or(Refused)
    }

    /// A query parameter that is a list by commas.
    ///
    /// # Errors
    /// Where an item is not of the type, or the parameter stands there twice.
    pub fn query_commas<T: FromText>(&self, name: &str) -> Result<Option<Vec<T>>, Refused> {
        let mut values = self.raw_query_undecoded(name);
        let Some(text) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(Refused);
        }
        // An empty text is an item where it can be one, and otherwise no item.
        if text.is_empty() && T::from_text("").is_none() {
            return Ok(Some(Vec::new()));
        }
        let items = text
            .split(',')
            .map(|item| T::from_text(&decode_query(item)?));
        items.collect::<Option<Vec<T>>>().map(Some).ok_or(Refused)
    }

    /// [`Call::query_commas`], where it must be there.
    ///
    /// # Errors
    /// Where it is absent, an item is not of the type, or the parameter stands there twice.
    pub fn required_query_commas<T: FromText>(&self, name: &str) -> Result<Vec<T>, Refused> {
        self.query_commas(name)?.ok_or(Refused)
    }

    /// A header.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn header<T: FromText>(&self, name: &str) -> Result<Option<T>, Refused> {
        let Some(text) = self.raw_header(name) else {
            return Ok(None);
        };
        T::from_text(text?).map(Some).ok_or(Refused)
    }

    /// A header that must be there.
    ///
    /// # Errors
    /// Where it is absent or not of the type.
    pub fn required_header<T: FromText>(&self, name: &str) -> Result<T, Refused> {
        self.header(name)?.ok_or(Refused)
    }

    /// A header that is a list by commas.
    ///
    /// # Errors
    /// Where an item is not of the type.
    pub fn header_commas<T: FromText>(&self, name: &str) -> Result<Option<Vec<T>>, Refused> {
        let Some(text) = self.raw_header(name) else {
            return Ok(None);
        };
        split(text?).map(Some)
    }

    /// A header that is a list by commas and must be there.
    ///
    /// # Errors
    /// Where it is absent, or an item is not of the type.
    pub fn required_header_commas<T: FromText>(&self, name: &str) -> Result<Vec<T>, Refused> {
        self.header_commas(name)?.ok_or(Refused)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Where it is absent, not JSON, or not of the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        exact::from_slice(&self.received).map_err(|_| Refused)
    }

    /// The body as JSON, where there is one.
    ///
    /// # Errors
    /// Where it is not JSON, or not of the type.
    pub fn optional_json<T: DeserializeOwned>(&self) -> Result<Option<T>, Refused> {
        match self.received.is_empty() {
            true => Ok(None),
            false => self.json().map(Some),
        }
    }

    /// The body as text.
    ///
    /// # Errors
    /// Where it is not UTF-8.
    pub fn text<T: FromText>(&self) -> Result<T, Refused> {
        let text = std::str::from_utf8(&self.received).map_err(|_| Refused)?;
        T::from_text(text).ok_or(Refused)
    }

    /// The body as text, where there is one.
    ///
    /// # Errors
    /// Where it is not UTF-8.
    pub fn optional_text<T: FromText>(&self) -> Result<Option<T>, Refused> {
        match self.received.is_empty() {
            true => Ok(None),
            false => self.text().map(Some),
        }
    }

    /// The caller's name and password.
    pub fn basic(&self) -> Option<Basic> {
        auth::basic(&self.context.parts.headers)
    }

    /// The caller's token.
    pub fn bearer(&self) -> Option<Bearer> {
        auth::bearer(&self.context.parts.headers)
    }

    /// The caller's key in a header.
    pub fn api_key(&self, header: &str) -> Option<ApiKey> {
        auth::api_key(&self.context.parts.headers, header)
    }

    pub(crate) fn raw_path(&self, index: usize) -> Option<Cow<'_, str>> {
        decode_path(self.captures.get(self.context.parts.uri.path(), index)?)
    }

    fn raw_query_undecoded(&self, name: &str) -> impl Iterator<Item = &str> {
        let query = self.context.parts.uri.query().unwrap_or_default();
        query.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let same = key == name
                || (key.contains(['%', '+']) && decode_query(key).is_some_and(|key| key == name));
            (same && !pair.is_empty()).then_some(value)
        })
    }

    /// Each value of a query parameter; none for one that is not UTF-8.
    pub(crate) fn raw_query(&self, name: &str) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        self.raw_query_undecoded(name).map(decode_query)
    }

    pub(crate) fn raw_header(&self, name: &str) -> Option<Result<&str, Refused>> {
        let value = self.context.parts.headers.get(name)?;
        Some(
            std::str::from_utf8(value.as_bytes())
                .map(str::trim)
                .map_err(|_| Refused),
        )
    }
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Items between commas; an empty text is an empty list (RFC 9110, 5.6.1).
fn split<T: FromText>(text: &str) -> Result<Vec<T>, Refused> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|item| T::from_text(item.trim()).ok_or(Refused))
        .collect()
}
