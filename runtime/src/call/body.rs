//! The body of a request: taken in as a whole, or handed on to come while the handler runs.

use std::io;

use bytes::BytesMut;
use http::header;
use http_body::Body as _;
use serde::de::DeserializeOwned;

use crate::{
    Body, Call, ContentKind, Events, Exact, Failure, FromPart, FromText, Items, Parts, Refused,
    RequestBody,
    content_encoding::{self, Stopped},
    contract::Content,
    exact,
    framing::{self, Framing},
    media_type,
    operation::Cause,
    parts,
    received_item::ItemReader,
};

/// What a body without a media type is taken for (RFC 9110, 8.3).
const UNTYPED: &str = "application/octet-stream";

impl Call {
    /// Takes in the body, unless it comes while the handler runs.
    ///
    /// # Errors
    /// Where its media type is not declared, it is too large, or the caller went away.
    pub async fn receive(&mut self) -> Result<(), Failure> {
        let Some(declared) = self.body else {
            return Ok(());
        };
        let empty = match self.incoming.get_mut() {
            Some(incoming) => incoming.is_end_stream(),
            None => self.received.is_empty(),
        };
        self.content = self.chosen(declared, empty)?;
        let Some(index) = self.content else {
            return Ok(());
        };
        let kind = declared.contents[index].1;
        if !kind.is_streamed() {
            self.take_in().await?;
        }
        if kind == ContentKind::Multipart {
            self.form = Some(parts::whole(self).await);
        }
        Ok(())
    }

    /// The place of the body's media type among those that are declared.
    fn chosen(&self, declared: RequestBody, empty: bool) -> Result<Option<usize>, Failure> {
        let sent = self.context.parts.headers.get(header::CONTENT_TYPE);
        let sent = sent.map(|value| value.to_str().unwrap_or_default());
        if empty && sent.is_none() {
            return Ok(None);
        }
        let sent = sent.unwrap_or(UNTYPED);
        let declared_types = declared.contents.iter().map(|(media_type, _)| *media_type);
        let index = media_type::choose(sent, declared_types);
        let readable = index.is_some_and(|index| {
            declared.contents[index].1 == ContentKind::Bytes || media_type::is_utf8_or_unsaid(sent)
        });
        match index {
            Some(index) if readable => Ok(Some(index)),
            _ if empty => Ok(None),
            _ => Err(Cause::MediaType(declared).into()),
        }
    }

    /// Takes in all of the body; what was taken in before stays.
    pub(crate) async fn take_in(&mut self) -> Result<(), Failure> {
        let Some(incoming) = self.incoming.get_mut().take() else {
            return Ok(());
        };
        if incoming.is_end_stream() {
            return Ok(());
        }
        let most = self.max_body;
        if incoming.size_hint().lower() > most as u64 {
            return Err(Cause::TooLarge(most).into());
        }
        let mut bytes = self.decoded(incoming, Some(most as u64))?;
        let mut more: Option<BytesMut> = None;
        while let Some(next) = bytes.next().await {
            let bytes = next.map_err(|error| unread(&error, most))?;
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

    /// The body's bytes, its content coding undone.
    fn decoded(&self, incoming: Body, most: Option<u64>) -> Result<Body, Failure> {
        let headers = &self.context.parts.headers;
        if !headers.contains_key(header::CONTENT_ENCODING) {
            return Ok(incoming);
        }
        match content_encoding::decoded(headers, incoming, most) {
            Ok(bytes) => Ok(Body::stream(bytes)),
            Err(unknown) => Err(Cause::Coding(unknown.to_string()).into()),
        }
    }

    /// Which of the declared media types the body has.
    ///
    /// # Errors
    /// Where there is no body.
    pub fn content(&self) -> Result<usize, Refused> {
        self.content.ok_or(Refused)
    }

    /// [`Call::content`], where there may be no body.
    pub fn optional_content(&self) -> Option<usize> {
        self.content
    }

    fn has_body(&self) -> bool {
        self.content.is_some()
    }

    pub(crate) fn described_content(&self) -> Option<&'static Content> {
        let request = self.schemas.request(self.context.operation)?;
        request.body.as_ref()?.contents.get(self.content?)
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
        self.content()?;
        let text = std::str::from_utf8(&self.received).map_err(|_| Refused)?;
        T::from_text(text).ok_or(Refused)
    }

    /// The body as text, where there is one.
    ///
    /// # Errors
    /// Where it is not UTF-8.
    pub fn optional_text<T: FromText>(&self) -> Result<Option<T>, Refused> {
        match self.has_body() {
            true => self.text().map(Some),
            false => Ok(None),
        }
    }

    /// The body as the contract describes it.
    ///
    /// # Errors
    /// Where it is absent or not of the type.
    pub fn described_body<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let content = self.described_content().ok_or(Refused)?;
        let values = content.readings(self).map_err(|_| Refused)?;
        let mut found = values
            .iter()
            .filter_map(|value| T::deserialize(Exact(value)).ok());
        found.next().ok_or(Refused)
    }

    /// [`Call::described_body`], where there may be none.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn optional_described_body<T: DeserializeOwned>(&self) -> Result<Option<T>, Refused> {
        match self.has_body() {
            true => self.described_body().map(Some),
            false => Ok(None),
        }
    }

    /// The body's bytes as they come.
    ///
    /// # Errors
    /// Where there is none.
    pub fn stream(&mut self) -> Result<Body, Refused> {
        if !self.has_body() {
            return Err(Refused);
        }
        Ok(match self.incoming.get_mut().take() {
            Some(incoming) => self.decoded(incoming, None).map_err(|_| Refused)?,
            None => Body::from(std::mem::take(&mut self.received)),
        })
    }

    /// [`Call::stream`], where there may be no body.
    ///
    /// # Errors
    /// Where its content coding is not known.
    pub fn optional_stream(&mut self) -> Result<Option<Body>, Refused> {
        match self.has_body() {
            true => self.stream().map(Some),
            false => Ok(None),
        }
    }

    /// The parts of a form as they come.
    ///
    /// # Errors
    /// Where there is no body, or it is no form.
    pub fn parts<P: FromPart>(&mut self) -> Result<Parts<P>, Refused> {
        let content = self.described_content().ok_or(Refused)?;
        let body = self.stream()?;
        Parts::received(self, content, body)
    }

    /// [`Call::parts`], where there may be no body.
    ///
    /// # Errors
    /// Where it is no form.
    pub fn optional_parts<P: FromPart>(&mut self) -> Result<Option<Parts<P>>, Refused> {
        match self.has_body() {
            true => self.parts().map(Some),
            false => Ok(None),
        }
    }

    /// Items as they come.
    ///
    /// # Errors
    /// Where there is no body.
    pub fn items<T: DeserializeOwned + 'static>(&mut self) -> Result<Items<T>, Refused> {
        let content = self.described_content().ok_or(Refused)?;
        let reader = ItemReader::of_request(self, content);
        let (body, most) = (self.stream()?, self.max_body);
        Ok(match content.kind {
            ContentKind::EventObjects => {
                framing::read_event_objects(body, most, move |value| reader.object(value))
            }
            ContentKind::JsonSequence => {
                framing::read_items(Framing::Sequence, body, most, move |text| reader.json(text))
            }
            _ => framing::read_items(Framing::Lines, body, most, move |text| reader.json(text)),
        })
    }

    /// [`Call::items`], where there may be no body.
    ///
    /// # Errors
    /// Where its content coding is not known.
    pub fn optional_items<T: DeserializeOwned + 'static>(
        &mut self,
    ) -> Result<Option<Items<T>>, Refused> {
        match self.has_body() {
            true => self.items().map(Some),
            false => Ok(None),
        }
    }

    /// Events as they come.
    ///
    /// # Errors
    /// Where there is no body.
    pub fn events<T: DeserializeOwned + 'static>(&mut self) -> Result<Events<T>, Refused> {
        let content = self.described_content().ok_or(Refused)?;
        let reader = ItemReader::of_request(self, content);
        let (body, most) = (self.stream()?, self.max_body);
        Ok(framing::read_events(body, most, move |data| {
            reader.data(data)
        }))
    }

    /// [`Call::events`], where there may be no body.
    ///
    /// # Errors
    /// Where its content coding is not known.
    pub fn optional_events<T: DeserializeOwned + 'static>(
        &mut self,
    ) -> Result<Option<Events<T>>, Refused> {
        match self.has_body() {
            true => self.events().map(Some),
            false => Ok(None),
        }
    }
}

/// Why a body could not be read to its end.
fn unread(error: &io::Error, most: usize) -> Failure {
    match Stopped::of(error) {
        #[cfg(feature = "compression")]
        Some(Stopped::Damaged(words)) => Cause::Damaged(words.clone()).into(),
        Some(_) => Cause::TooLarge(most).into(),
        None if error.kind() == io::ErrorKind::TimedOut => Cause::Slow.into(),
        None => Cause::Unread.into(),
    }
}
