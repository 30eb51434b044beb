//! What a request carries.

use std::{future::pending, time::Duration};

use http::header;
use serde::Serialize;

use super::Call;
use crate::{
    Body, ContentKind, Events, IntoPart, Items, Parts, Schemas, ToText,
    framing::{self, Framing},
};

/// How often a stream of events says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Call<'_> {
    fn carry(&mut self, media_type: impl Into<String>, body: Body) {
        self.put(header::CONTENT_TYPE, media_type.into());
        self.body = body;
    }

    /// JSON.
    pub fn json<T: Serialize + ?Sized>(&mut self, media_type: &str, value: &T) {
        match serde_json::to_vec(value) {
            Ok(text) => self.carry(media_type, text.into()),
            Err(error) => self.fault(format!("its body cannot be written as JSON: {error}")),
        }
    }

    /// Text.
    pub fn text<T: ToText + ?Sized>(&mut self, media_type: &str, value: &T) {
        let mut text = String::new();
        value.to_text(&mut text);
        self.carry(media_type, text.into());
    }

    /// Bytes, at once or as they come.
    pub fn bytes(&mut self, media_type: &str, body: Body) {
        self.carry(media_type, body);
    }

    /// A value as the contract describes it: `content` is the place of the media type among those of the operation's
    /// body.
    pub fn described<T: Serialize + ?Sized>(
        &mut self,
        media_type: &str,
        schemas: &Schemas,
        content: usize,
        value: &T,
    ) {
        let request = schemas.request(self.operation);
        let body = request.and_then(|request| request.body.as_ref());
        let Some(content) = body.and_then(|body| body.contents.get(content)) else {
            return self.fault("the contract does not describe its body".into());
        };
        let Some(value) = self.value("its body", value) else {
            return;
        };
        if content.kind == ContentKind::Multipart {
            let form = content.form(&value);
            return self.carry(form.content_type(), form.into_body());
        }
        self.carry(
            media_type,
            content.write(&value, schemas.definitions()).into(),
        );
    }

    /// The parts of a form, files as they come. A boundary is added to the media type.
    pub fn parts<P: IntoPart>(&mut self, parts: Parts<P>) {
        match parts.into_form() {
            Ok(form) => self.carry(form.content_type(), form.into_body()),
            Err(words) => self.fault(words),
        }
    }

    /// Items as JSON texts, one a line, as they come.
    pub fn json_lines<T: Serialize + Send + 'static>(&mut self, media_type: &str, items: Items<T>) {
        let bytes = framing::write_items(Framing::Lines, items);
        self.carry(media_type, Body::stream(bytes));
    }

    /// Items as JSON texts in a row (RFC 7464), as they come.
    pub fn json_sequence<T: Serialize + Send + 'static>(
        &mut self,
        media_type: &str,
        items: Items<T>,
    ) {
        let bytes = framing::write_items(Framing::Sequence, items);
        self.carry(media_type, Body::stream(bytes));
    }

    /// Server-sent events whose data is JSON, as they come.
    pub fn events<T: Serialize + Send + 'static>(&mut self, media_type: &str, events: Events<T>) {
        let bytes = framing::write_events(events, KEEP_ALIVE, pending(), false);
        self.carry(media_type, Body::stream(bytes));
    }

    /// Server-sent events whose data is text, as they come.
    pub fn text_events(&mut self, media_type: &str, events: Events<String>) {
        let bytes = framing::write_events(events, KEEP_ALIVE, pending(), true);
        self.carry(media_type, Body::stream(bytes));
    }

    /// Server-sent events whose fields are the members of the items, as they come.
    pub fn event_objects<T: Serialize + Send + 'static>(
        &mut self,
        media_type: &str,
        items: Items<T>,
    ) {
        let bytes = framing::write_event_objects(items, KEEP_ALIVE, pending());
        self.carry(media_type, Body::stream(bytes));
    }
}
