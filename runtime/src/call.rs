//! One request as generated code reads it: decoded and checked in one pass, with no word on what is wrong. Only a
//! refused request is looked at again, for every violation.

mod body;

use std::borrow::Cow;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sync_wrapper::SyncWrapper;

use crate::{
    ApiKey, Basic, Bearer, Body, Credential, Exact, Failure, FromText, RequestBody, RequestContext,
    Schemas, Violation, auth, contract,
    operation::Cause,
    style,
    text::{decode_path, decode_query},
};

/// A part of a request breaks the document; which one and how is found out afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// One request of a known operation.
pub struct Call {
    pub(crate) context: RequestContext,
    /// Its bytes may come from another library's type, that only one thread at a time may look at.
    pub(crate) incoming: SyncWrapper<Option<Body>>,
    /// The body, as far as it was taken in.
    pub(crate) received: Bytes,
    /// The place of its media type among those that are declared; none without a body.
    pub(crate) content: Option<usize>,
    /// What a form of parts holds, or why it is none.
    pub(crate) form: Option<Result<Value, Vec<Violation>>>,
    pub(crate) body: Option<RequestBody>,
    /// How much is taken in whole at most, in bytes.
    pub(crate) max_body: usize,
    pub(crate) schemas: &'static Schemas,
}

impl Call {
    /// The request around this call.
    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    /// Reads the whole request.
    ///
    /// # Errors
    /// Every violation, where there is one.
    pub fn read<T>(&self, read: fn(&Call) -> Result<T, Refused>) -> Result<T, Failure> {
        read(self).map_err(|Refused| self.refusal())
    }

    /// Reads the whole request, whose body comes while the handler runs.
    ///
    /// # Errors
    /// Every violation, where there is one.
    pub fn read_stream<T>(
        &mut self,
        read: fn(&mut Call) -> Result<T, Refused>,
    ) -> Result<T, Failure> {
        read(self).map_err(|Refused| self.refusal())
    }

    fn refusal(&self) -> Failure {
        let mut found = contract::violations(self);
        if found.is_empty() {
            found.push(Violation {
                place: "request",
                name: None,
                pointer: String::new(),
                detail: "it is not what the document asks for".into(),
            });
        }
        Cause::Invalid(found).into()
    }

    /// A parameter as the contract describes it, by its place there; what the document says stands in where it is
    /// absent.
    ///
    /// # Errors
    /// Where it is absent with nothing to stand in, or not of the type.
    pub fn described<T: DeserializeOwned>(&self, index: usize) -> Result<T, Refused> {
        self.optional_described(index)?.ok_or(Refused)
    }

    /// [`Call::described`], where it may be absent.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn optional_described<T: DeserializeOwned>(
        &self,
        index: usize,
    ) -> Result<Option<T>, Refused> {
        let request = self.schemas.request(self.context.operation);
        let parameter = request.and_then(|request| request.parameters.get(index));
        let parameter = parameter.ok_or(Refused)?;
        let Some(values) = parameter.readings(self).map_err(|_| Refused)? else {
            let default = parameter.default.as_ref();
            return default
                .map(|value| T::deserialize(Exact(value)).map_err(|_| Refused))
                .transpose();
        };
        let found = values
            .iter()
            .find_map(|value| T::deserialize(Exact(value)).ok());
        match found {
            None if parameter.allow_empty && values.iter().any(contract::is_empty) => Ok(None),
            None => Err(Refused),
            found => Ok(found),
        }
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
        let raw = self
            .context
            .captures
            .get(self.context.parts.uri.path(), index);
        // A comma that is encoded is a part of its item.
        let items = raw.ok_or(Refused)?.split(',');
        let items = items.map(|item| T::from_text(&decode_path(item)?));
        items.collect::<Option<Vec<T>>>().ok_or(Refused)
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
        let items = style::header_items(text?).into_iter();
        let items: Option<Vec<T>> = items.map(|item| T::from_text(&item)).collect();
        items.map(Some).ok_or(Refused)
    }

    /// A header that is a list by commas and must be there.
    ///
    /// # Errors
    /// Where it is absent, or an item is not of the type.
    pub fn required_header_commas<T: FromText>(&self, name: &str) -> Result<Vec<T>, Refused> {
        self.header_commas(name)?.ok_or(Refused)
    }

    /// The caller's name and password.
    pub fn basic(&self) -> Option<Basic> {
        auth::basic(&self.context.parts.headers)
    }

    /// The caller's token.
    pub fn bearer(&self) -> Option<Bearer> {
        auth::bearer(&self.context.parts.headers)
    }

    /// The caller's credential of another scheme of `Authorization`.
    pub fn credential(&self, scheme: &str) -> Option<Credential> {
        auth::credential(&self.context.parts.headers, scheme)
    }

    /// The caller's key in a header.
    pub fn api_key(&self, header: &str) -> Option<ApiKey> {
        auth::api_key(&self.context.parts.headers, header)
    }

    /// The caller's key in the query.
    pub fn query_key(&self, name: &str) -> Option<ApiKey> {
        let mut values = self.raw_query(name);
        match (values.next()??, values.next()) {
            (key, None) => ApiKey::given(key.into_owned()),
            _ => None,
        }
    }

    /// The caller's key in a cookie.
    pub fn cookie_key(&self, name: &str) -> Option<ApiKey> {
        ApiKey::given(contract::cookie(self, name)?)
    }

    /// Whether there is anything in the request that a credential of no named place could stand in.
    pub fn may_hold_a_credential(&self) -> bool {
        auth::may_hold_a_credential(&self.context.parts.headers)
    }

    pub(crate) fn raw_path(&self, index: usize) -> Option<Cow<'_, str>> {
        decode_path(
            self.context
                .captures
                .get(self.context.parts.uri.path(), index)?,
        )
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
