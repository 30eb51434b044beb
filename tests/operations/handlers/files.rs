//! The handlers of `files`.

use oarlock_runtime::{Body, Bytes, Part, Problem, RequestContext};
use workshop_api::{
    files::*,
    types::{Place, Received},
};

use crate::App;

/// The size of the pieces that a blob is sent in.
const PIECE: i64 = 64 * 1024;

impl Files for App {
    async fn write_note(
        &self,
        request: WriteNoteRequest,
        _cx: &RequestContext,
    ) -> Result<WriteNoteResponse, Problem> {
        Ok(WriteNoteResponse::Ok(match request.body {
            WriteNoteBody::Json(note) => WriteNoteOkBody::Json(note),
            WriteNoteBody::Plain(text) => WriteNoteOkBody::Plain(text),
        }))
    }

    async fn write_urgent_note(
        &self,
        _request: WriteUrgentNoteRequest,
        _cx: &RequestContext,
    ) -> Result<WriteUrgentNoteResponse, Problem> {
        Ok(WriteUrgentNoteResponse::Accepted)
    }

    async fn send_files(
        &self,
        request: SendFilesRequest,
        _cx: &RequestContext,
    ) -> Result<SendFilesResponse, Problem> {
        let (mut form, mut parts) = (request.body, Vec::new());
        while let Some(part) = form.next().await? {
            parts.push(match part {
                SendFilesPart::Title(title) => format!("title {title}"),
                SendFilesPart::Count(count) => format!("count {count}"),
                SendFilesPart::Place(place) => format!("place {}", place.room),
                SendFilesPart::Tags(tag) => format!("tag {tag}"),
                SendFilesPart::File(file) => told("file", file).await?,
                SendFilesPart::More(file) => told("more", file).await?,
            });
        }
        Ok(SendFilesResponse::Ok(Received { parts }))
    }

    async fn send_form(
        &self,
        request: SendFormRequest,
        _cx: &RequestContext,
    ) -> Result<SendFormResponse, Problem> {
        let told = request.body.map(|form| match form.place {
            Some(place) => format!("{} in {}", form.title, place.room),
            None => form.title,
        });
        Ok(SendFormResponse::Ok(told.unwrap_or_default()))
    }

    async fn put_blob(
        &self,
        request: PutBlobRequest,
        _cx: &RequestContext,
    ) -> Result<PutBlobResponse, Problem> {
        let (mut blob, mut count) = (request.body, 0_i64);
        while let Some(bytes) = blob.next().await {
            let bytes = bytes.map_err(|error| Problem::conflict(error.to_string()))?;
            count += bytes.len() as i64;
        }
        Ok(PutBlobResponse::Ok {
            x_place: Some(Place {
                room: 3.into(),
                shelf: Some("low, left".into()),
                exact: None,
            }),
            x_sizes: Some(vec![count.into(), 1.into()]),
            body: count.into(),
        })
    }

    async fn get_blob(
        &self,
        request: GetBlobRequest,
        _cx: &RequestContext,
    ) -> Result<GetBlobResponse, Problem> {
        let piece = Bytes::from(vec![b'x'; PIECE as usize]);
        let mut left = request.size;
        let pieces = std::iter::from_fn(move || {
            let next = left.min(PIECE);
            left -= next;
            (next > 0).then(|| Ok(piece.slice(..next as usize)))
        });
        Ok(GetBlobResponse::Ok(Body::stream(futures_util::stream::iter(pieces))))
    }
}

/// What is said of a file: its name, its type, and how long it is.
async fn told(name: &str, mut file: Part) -> Result<String, Problem> {
    let mut count = 0;
    while let Some(bytes) = file.chunk().await.map_err(|error| Problem::conflict(error.to_string()))? {
        count += bytes.len();
    }
    let (file_name, media_type) = (file.file_name().unwrap_or("-"), file.content_type().unwrap_or("-"));
    Ok(format!("{name} {file_name} {media_type} {count}"))
}
