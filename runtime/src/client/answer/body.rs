//! The body of an answer, read as a whole or handed on as it comes.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::StatusCode;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::Answer;
use crate::{
    Body, Event, Events, Exact, FromText, Items, Problem, Schemas,
    client::{CallError, error},
    exact,
    framing::{self, Framing},
    media_type,
    received_item::ItemReader,
};

impl Answer {
    async fn whole(&mut self) -> Result<Bytes, CallError> {
        let body = std::mem::take(&mut self.body);
        match timeout(self.timeout, body.bytes(self.most)).await {
            Ok(read) => read.map_err(|error| error::of_body(self.operation, &error)),
            Err(_) => Err(CallError::Timeout),
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Where it is not JSON, not of the type, too large, or breaks off.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T, CallError> {
        let bytes = self.whole().await?;
        exact::from_slice(&bytes).map_err(|error| self.unread(format_args!("its body: {error}")))
    }

    /// The body as text.
    ///
    /// # Errors
    /// Where it is not UTF-8, not of the type, too large, or breaks off.
    pub async fn text<T: FromText>(mut self) -> Result<T, CallError> {
        if !media_type::is_utf8_or_unsaid(self.media_type()) {
            let charset = media_type::charset(self.media_type()).unwrap_or_default();
            return Err(self.unread(format_args!("its body is in `{charset}`, not in UTF-8")));
        }
        let bytes = self.whole().await?;
        let text = std::str::from_utf8(&bytes).map_err(|_| self.unread("its body is not UTF-8"))?;
        T::from_text(text).ok_or_else(|| self.unread("its body is not of its type"))
    }

    /// The body's bytes as they come.
    pub fn bytes(self) -> Body {
        self.body
    }

    /// The body as the contract describes it under `key`; as JSON, where it says nothing of it.
    ///
    /// # Errors
    /// Where it is not of the type, too large, or breaks off.
    pub async fn described<T: DeserializeOwned>(
        mut self,
        schemas: &Schemas,
        key: &str,
    ) -> Result<T, CallError> {
        let Some(content) = schemas.answer(key) else {
            return self.json().await;
        };
        let bytes = self.whole().await?;
        let values = content
            .read(&bytes, schemas.definitions())
            .map_err(|words| self.unread(format_args!("its body: {words}")))?;
        let mut first = None;
        for value in &values {
            match T::deserialize(Exact(value)) {
                Ok(value) => return Ok(value),
                Err(error) => _ = first.get_or_insert(error),
            }
        }
        let words = first.map_or_else(|| "it has no value".to_owned(), |error| error.to_string());
        Err(self.unread(format_args!("its body: {words}")))
    }

    /// Items that are JSON texts, one a line, as they come. An item that is not what the contract says under `key`, or
    /// not of the type, is a problem of the status 502 in its place.
    pub fn json_lines<T: DeserializeOwned + Send + 'static>(
        self,
        schemas: &Schemas,
        key: &str,
    ) -> Items<T> {
        self.items(Framing::Lines, ItemReader::of_answer(schemas, key))
    }

    /// Items that are JSON texts in a row (RFC 7464); all else is as in [`Answer::json_lines`].
    pub fn json_sequence<T: DeserializeOwned + Send + 'static>(
        self,
        schemas: &Schemas,
        key: &str,
    ) -> Items<T> {
        self.items(Framing::Sequence, ItemReader::of_answer(schemas, key))
    }

    fn items<T: DeserializeOwned + Send + 'static>(
        self,
        framing: Framing,
        reader: ItemReader,
    ) -> Items<T> {
        let operation = self.operation;
        let items =
            framing::read_items(framing, self.body, self.most, move |text| reader.json(text));
        Items::new(Answered { items, operation })
    }

    /// Server-sent events, by their data; all else is as in [`Answer::json_lines`].
    pub fn events<T: DeserializeOwned + Send + 'static>(
        self,
        schemas: &Schemas,
        key: &str,
    ) -> Events<T> {
        let operation = self.operation;
        let reader = ItemReader::of_answer(schemas, key);
        let items: Items<Event<T>> =
            framing::read_events(self.body, self.most, move |data| reader.data(data));
        Items::new(Answered { items, operation })
    }

    /// Server-sent events, by all of their fields; all else is as in [`Answer::json_lines`].
    pub fn event_objects<T: DeserializeOwned + Send + 'static>(
        self,
        schemas: &Schemas,
        key: &str,
    ) -> Items<T> {
        let operation = self.operation;
        let reader = ItemReader::of_answer(schemas, key);
        let items =
            framing::read_event_objects(self.body, self.most, move |event| reader.object(event));
        Items::new(Answered { items, operation })
    }

    /// The error for an answer that the document does not declare, or that is not asked for.
    pub async fn unexpected(self) -> CallError {
        let (status, headers) = (self.status, self.headers);
        let mut body = self.body;
        let mut taken = BytesMut::new();
        // What comes is enough: the error is told in any case.
        let _ = timeout(self.timeout, async {
            while let Some(Ok(bytes)) = body.next().await {
                let room = self.most.saturating_sub(taken.len());
                taken.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
                if room <= bytes.len() {
                    return;
                }
            }
        })
        .await;
        CallError::Unexpected {
            status,
            headers: Box::new(headers),
            body: taken.freeze(),
        }
    }
}

/// Items of an answer. What is wrong with them is not the fault of whoever this service answers in turn.
struct Answered<T> {
    items: Items<T>,
    operation: &'static str,
}

impl<T> Stream for Answered<T> {
    type Item = Result<T, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(Pin::new(&mut self.items).poll_next(cx));
        Poll::Ready(next.map(|item| {
            item.map_err(|problem| {
                let words = problem.errors.first().map(ToString::to_string);
                let words = words.unwrap_or(problem.detail);
                let detail = format!("an item of the answer to `{}`: {words}", self.operation);
                Problem::new(StatusCode::BAD_GATEWAY, detail)
            })
        }))
    }
}
