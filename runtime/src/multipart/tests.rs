mod malformed;
mod names;

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

use super::{FormData, Limits, Multipart, MultipartError, PartError, scanner};
use crate::Body;

/// Pieces of a body; before each one it lets others have their turn.
struct Pieces(VecDeque<io::Result<Bytes>>, bool);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.1 = !self.1;
        match self.1 {
            true => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            false => Poll::Ready(self.0.pop_front()),
        }
    }
}

fn pieces<'b>(body: impl IntoIterator<Item = &'b [u8]>) -> Pieces {
    let pieces = body.into_iter().map(|one| Ok(Bytes::copy_from_slice(one)));
    Pieces(pieces.collect(), false)
}

fn reading(body: Pieces) -> Multipart {
    Multipart::new("multipart/form-data; boundary=b", body, Limits::default()).unwrap()
}

type Read = (String, Option<String>, Option<String>, Bytes);

async fn all(mut form: Multipart) -> Result<Vec<Read>, MultipartError> {
    let mut parts = Vec::new();
    while let Some(part) = form.next().await? {
        let name = part.name().to_owned();
        let file = part.file_name().map(str::to_owned);
        let kind = part.content_type().map(str::to_owned);
        match part.bytes(1 << 20).await {
            Ok(bytes) => parts.push((name, file, kind, bytes)),
            Err(PartError::Io(error)) => return Err(MultipartError::Io(error)),
            Err(error) => panic!("{error}"),
        }
    }
    Ok(parts)
}

fn read(name: &str, file: Option<&str>, kind: Option<&str>, content: &'static [u8]) -> Read {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let content = Bytes::from_static(content);
    (name.to_owned(), owned(file), owned(kind), content)
}

fn sample() -> FormData {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    headers.insert("x-rate", HeaderValue::from_static("5"));
    FormData::with_boundary("b")
        .unwrap()
        .text("title", "\r\n--\r\n--a\r\r\n-")
        .json("about", r#"{"a":1}"#)
        .text("empty", "")
        .file("file", "ä \"1\".png", "image/png", &b"\x89PNG\r\n\0\r"[..])
        .part("rows", &headers, "a,b\r\n")
}

fn sample_parts() -> Vec<Read> {
    vec![
        read("title", None, None, b"\r\n--\r\n--a\r\r\n-"),
        read("about", None, Some("application/json"), br#"{"a":1}"#),
        read("empty", None, None, b""),
        read(
            "file",
            Some("ä \"1\".png"),
            Some("image/png"),
            b"\x89PNG\r\n\0\r",
        ),
        read("rows", None, Some("text/csv"), b"a,b\r\n"),
    ]
}

#[test]
fn a_form_is_written_as_browsers_write_it() {
    let form = FormData::with_boundary("b").unwrap();
    let form = form.text("a", "1").file("f", "x.txt", "text/plain", "hi");
    assert_eq!(form.content_type(), "multipart/form-data; boundary=b");
    let written = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
                   --b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\
                   Content-Type: text/plain\r\n\r\nhi\r\n--b--\r\n";
    assert_eq!(form.into_bytes().unwrap(), written);
    let empty = FormData::with_boundary("b").unwrap();
    assert_eq!(empty.into_bytes().unwrap(), "--b--\r\n");
}

#[tokio::test]
async fn a_form_is_read_as_it_was_written_wherever_it_is_cut() {
    let body = sample().into_bytes().unwrap();
    for cut in 0..=body.len() {
        let (one, other) = body.split_at(cut);
        let parts = all(reading(pieces([one, other]))).await.unwrap();
        assert_eq!(parts, sample_parts(), "cut at {cut}");
    }
    for size in 1..20 {
        let parts = all(reading(pieces(body.chunks(size)))).await.unwrap();
        assert_eq!(parts, sample_parts(), "pieces of {size}");
    }
}

#[tokio::test]
async fn random_contents_come_back_under_random_boundaries() {
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..500 {
        let signs = b"\r\n-b\0\xff";
        let content: Vec<u8> = (0..random.usize(..40))
            .filter_map(|_| random.choice(signs).copied())
            .collect();
        let form = FormData::new().file("a", "b", "c/d", content.clone());
        let kind = form.content_type();
        let body = form.into_bytes().unwrap();
        let size = random.usize(1..body.len());
        let form = Multipart::new(&kind, pieces(body.chunks(size)), Limits::default());
        let parts = all(form.unwrap()).await.unwrap();
        assert_eq!(parts.len(), 1);
        assert_eq!(parts[0].3, content);
    }
    let (one, other) = (FormData::new(), FormData::new());
    assert_ne!(one.content_type(), other.content_type());
}

/// A file that comes in pieces that are there at once.
struct Large(usize);

const PIECE: usize = 64 * 1024;

impl Stream for Large {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        // Each piece ends as a boundary starts, which is the worst that can come.
        let piece = || {
            let mut piece = vec![b'x'; PIECE];
            piece[PIECE - 3..].copy_from_slice(b"\r\n-");
            Ok(piece.into())
        };
        Poll::Ready(left.map(|_| piece()))
    }
}

#[tokio::test]
async fn a_large_file_passes_through_in_little_memory() {
    let pieces = 2048;
    let form = FormData::new().file("f", "large", "a/b", Body::stream(Large(pieces)));
    let kind = form.content_type();
    let mut reading = Multipart::new(&kind, form.into_stream(), Limits::default()).unwrap();
    let mut part = reading.next().await.unwrap().unwrap();
    let (mut length, mut largest, mut room) = (0, 0, 0);
    while let Some(chunk) = part.chunk().await.unwrap() {
        length += chunk.len();
        largest = largest.max(chunk.len());
        room = room.max(scanner(&reading.0).room());
    }
    assert_eq!(length, pieces * PIECE);
    assert!(largest <= PIECE + 100, "a chunk of {largest} bytes");
    assert!(room <= 4 * PIECE, "room for {room} bytes");
    assert!(reading.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_form_with_a_stream_is_a_body_without_a_length() {
    let known = sample();
    let length = http_body::Body::size_hint(&known.into_body()).exact();
    assert_eq!(length, Some(sample().into_bytes().unwrap().len() as u64));
    let form = FormData::new().file("f", "large", "a/b", Body::stream(Large(1)));
    assert_eq!(http_body::Body::size_hint(&form.into_body()).exact(), None);
    let form = FormData::new().file("f", "large", "a/b", Body::stream(Large(1)));
    assert!(form.into_bytes().is_none());
}

#[tokio::test]
async fn a_part_that_is_passed_over_can_be_read_no_more() {
    let body = sample().into_bytes().unwrap();
    let mut form = reading(pieces(body.chunks(9)));
    let mut first = form.next().await.unwrap().unwrap();
    assert!(first.chunk().await.unwrap().is_some());
    let second = form.next().await.unwrap().unwrap();
    assert!(first.chunk().await.is_err());
    assert!(first.chunk().await.unwrap().is_none());
    assert_eq!(second.text(7).await.unwrap(), r#"{"a":1}"#);
    assert!(form.next().await.unwrap().is_some());
}

#[tokio::test]
async fn a_part_gives_no_more_than_it_is_asked_for() {
    let body = sample().into_bytes().unwrap();
    let mut form = reading(pieces(body.chunks(2)));
    let first = form.next().await.unwrap().unwrap();
    let error = first.bytes(5).await.unwrap_err();
    assert!(matches!(error, PartError::TooLarge { most: 5 }));
    form.next().await.unwrap();
    form.next().await.unwrap();
    let file = form.next().await.unwrap().unwrap();
    assert_eq!(
        format!("{file:?}"),
        "Part { name: \"file\", file_name: Some(\"ä \\\"1\\\".png\"), content_type: Some(\"image/png\"), .. }"
    );
    assert!(matches!(file.text(100).await, Err(PartError::NotText)));
}

/// A body that stops, and never ends.
struct Stalled(Option<Bytes>);

impl Stream for Stalled {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.take() {
            Some(bytes) => Poll::Ready(Some(Ok(bytes))),
            None => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn who_waits_for_a_part_that_is_passed_over_is_told() {
    let start = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n12";
    let body = Stalled(Some(start.into()));
    let kind = "multipart/form-data; boundary=b";
    let mut form = Multipart::new(kind, body, Limits::default()).unwrap();
    let part = form.next().await.unwrap().unwrap();
    let waiting = tokio::spawn(part.text(10));
    tokio::task::yield_now().await;
    let soon = std::time::Duration::from_millis(10);
    assert!(tokio::time::timeout(soon, form.next()).await.is_err());
    assert!(matches!(waiting.await.unwrap(), Err(PartError::Io(_))));
}
