//! Parts that have come, read as the contract describes them.

use bytes::Bytes;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Parts, Side};
use crate::{
    Body, Call, Exact, MultipartError, Part, PartError, Problem, Refused, Schemas, Violation,
    contract::{Content, PartDescription, fitting},
    exact,
    multipart::{Limits, Multipart},
    style,
};

/// What a part becomes: an enum with a variant for each part that the document names.
pub trait FromPart: Sized {
    /// Reads one part.
    ///
    /// # Errors
    /// Where the document has no such part, or it is not of its type.
    fn from_part(part: ReceivedPart) -> Result<Self, Refused>;
}

/// A part that has come.
pub struct ReceivedPart {
    name: String,
    content: Held,
}

enum Held {
    Values(Vec<Value>),
    File(Part),
}

impl ReceivedPart {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn value<T: DeserializeOwned>(self) -> Result<T, Refused> {
        let Held::Values(values) = self.content else {
            return Err(Refused);
        };
        let mut found = values
            .iter()
            .filter_map(|value| T::deserialize(Exact(value)).ok());
        found.next().ok_or(Refused)
    }

    /// Its bytes as they come.
    ///
    /// # Errors
    /// Where it is no file.
    pub fn file(self) -> Result<Part, Refused> {
        match self.content {
            Held::File(part) => Ok(part),
            Held::Values(_) => Err(Refused),
        }
    }
}

/// A form that comes in.
pub(super) struct Received<P> {
    multipart: Multipart,
    form: Form,
    ended: bool,
    read: fn(ReceivedPart) -> Result<P, Refused>,
}

/// A form as far as it has come.
struct Form {
    operation: &'static str,
    index: usize,
    schemas: &'static Schemas,
    content: &'static Content,
    most: usize,
    taken: usize,
    values: Map<String, Value>,
}

impl<P: FromPart> Parts<P> {
    /// The parts of a request.
    pub(crate) fn received(
        call: &Call,
        content: &'static Content,
        body: Body,
    ) -> Result<Self, Refused> {
        let (multipart, form) = open(call, content, body).map_err(|_| Refused)?;
        Ok(Parts(Side::Received(Box::new(Received {
            multipart,
            form,
            ended: false,
            read: P::from_part,
        }))))
    }
}

impl<P> Received<P> {
    pub(super) async fn next(&mut self) -> Result<Option<P>, Problem> {
        if self.ended {
            return Ok(None);
        }
        let Some(part) = self.multipart.next().await.map_err(broken)? else {
            self.ended = true;
            return match self.form.violations() {
                found if found.is_empty() => Ok(None),
                found => Err(refused(found)),
            };
        };
        let part = self.form.receive(part).await?;
        let name = part.name.clone();
        match (self.read)(part) {
            Ok(part) => Ok(Some(part)),
            Err(Refused) => Err(refused(vec![violation(&name, "the form has no such part")])),
        }
    }
}

/// A whole form as one value, or what it breaks.
pub(crate) async fn whole(call: &Call) -> Result<Value, Vec<Violation>> {
    read_whole(call)
        .await
        .map_err(|problem| match problem.errors {
            found if found.is_empty() => vec![Violation {
                place: "body",
                name: None,
                pointer: String::new(),
                detail: problem.detail,
            }],
            found => found,
        })
}

async fn read_whole(call: &Call) -> Result<Value, Problem> {
    let not_a_form = || Problem::new(StatusCode::BAD_REQUEST, "it is not a form");
    let content = call.described_content().ok_or_else(not_a_form)?;
    let body = Body::from(call.received.clone());
    let (mut multipart, mut form) = open(call, content, body).map_err(broken)?;
    while let Some(part) = multipart.next().await.map_err(broken)? {
        let ReceivedPart { name, content } = form.receive(part).await?;
        if let Held::File(part) = content {
            // The schema decides on a part that is not declared, whose bytes are text to it.
            let text = part.text(form.most).await;
            let text = text.map_err(|error| unread(error, form.most))?;
            let noted = match form.values.entry(name).or_insert(Value::Null) {
                Value::Array(items) => items.last_mut(),
                only => Some(only),
            };
            if let Some(noted) = noted {
                *noted = Value::String(text);
            }
        }
    }
    Ok(Value::Object(form.values))
}

fn open(
    call: &Call,
    content: &'static Content,
    body: Body,
) -> Result<(Multipart, Form), MultipartError> {
    let sent = call.context.parts.headers.get(header::CONTENT_TYPE);
    let sent = sent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let multipart = Multipart::new(sent, body, Limits::default())?;
    let form = Form {
        operation: call.context.operation,
        index: call.content.unwrap_or_default(),
        schemas: call.schemas,
        content,
        most: call.max_body,
        taken: 0,
        values: Map::new(),
    };
    Ok((multipart, form))
}

impl Form {
    /// Takes in a part, unless it is a file, and notes that it has come.
    async fn receive(&mut self, part: Part) -> Result<ReceivedPart, Problem> {
        let name = part.name().to_owned();
        let described = self.content.parts.get(&name);
        let Some(described) = described.filter(|one| !one.file) else {
            let value = Value::String(String::new());
            match described {
                Some(described) => self.note(&name, described.list, value)?,
                None => self.note_undeclared(&name, value),
            }
            let content = Held::File(part);
            return Ok(ReceivedPart { name, content });
        };
        let room = self.most.saturating_sub(self.taken);
        let bytes = part
            .bytes(room)
            .await
            .map_err(|error| unread(error, self.most))?;
        self.taken += bytes.len();
        let values = self
            .readings(described, &bytes)
            .map_err(|detail| refused(vec![violation(&name, &detail)]))?;
        let mut found = Vec::new();
        let key = format!("{} part {} {name}", self.operation, self.index);
        let fit = fitting(
            self.schemas,
            &key,
            &described.schema,
            &values,
            &mut found,
            |pointer, detail| Violation {
                pointer,
                ..violation(&name, &detail)
            },
        );
        if !found.is_empty() {
            return Err(refused(found));
        }
        let value = fit.cloned().unwrap_or_default();
        self.note(&name, described.list, value.clone())?;
        let content = Held::Values(vec![value]);
        Ok(ReceivedPart { name, content })
    }

    fn readings(&self, described: &PartDescription, bytes: &Bytes) -> Result<Vec<Value>, String> {
        if described.json {
            let value =
                exact::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))?;
            return Ok(vec![value]);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        Ok(style::scalars(
            text,
            described.shape(self.schemas.definitions()),
        ))
    }

    /// Notes what has come, for the schema of the whole form.
    fn note(&mut self, name: &str, list: bool, value: Value) -> Result<(), Problem> {
        match (self.values.get_mut(name), list) {
            (Some(Value::Array(items)), true) => items.push(value),
            (None, true) => {
                _ = self
                    .values
                    .insert(name.to_owned(), Value::Array(vec![value]))
            }
            (None, false) => _ = self.values.insert(name.to_owned(), value),
            (Some(_), _) => {
                return Err(refused(vec![violation(
                    name,
                    "this part stands there twice",
                )]));
            }
        }
        Ok(())
    }

    /// The same for a part that the document does not name, which may be a list: then it stands there once for each
    /// item.
    fn note_undeclared(&mut self, name: &str, value: Value) {
        match self.values.get_mut(name) {
            Some(Value::Array(items)) => items.push(value),
            Some(only) => *only = Value::Array(vec![only.take(), value]),
            None => _ = self.values.insert(name.to_owned(), value),
        }
    }

    fn violations(self: &Form) -> Vec<Violation> {
        let mut found = Vec::new();
        let key = format!("{} form {}", self.operation, self.index);
        let whole = [Value::Object(self.values.clone())];
        fitting(
            self.schemas,
            &key,
            &self.content.schema,
            &whole,
            &mut found,
            |pointer, detail| Violation {
                place: "body",
                name: None,
                pointer,
                detail,
            },
        );
        found
    }
}

fn violation(name: &str, detail: &str) -> Violation {
    Violation {
        place: "body",
        name: Some(name.to_owned()),
        pointer: String::new(),
        detail: detail.to_owned(),
    }
}

fn refused(violations: Vec<Violation>) -> Problem {
    Problem::refused(StatusCode::BAD_REQUEST, violations)
}

fn broken(error: MultipartError) -> Problem {
    let status = match error {
        MultipartError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, error.to_string())
}

fn unread(error: PartError, most: usize) -> Problem {
    match error {
        PartError::TooLarge { .. } => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the form's values are larger than {most} bytes"),
        ),
        other => Problem::new(StatusCode::BAD_REQUEST, other.to_string()),
    }
}
