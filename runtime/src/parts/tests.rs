use http::{HeaderName, HeaderValue};

use super::*;
use crate::{
    Body, Part,
    multipart::{Limits, Multipart},
};

enum Field {
    Caption(String),
    Tags(Vec<i32>),
    File(Part),
}

impl IntoPart for Field {
    fn into_part(self) -> SentPart {
        match self {
            Field::Caption(value) => SentPart::value("caption", &value),
            Field::Tags(value) => SentPart::json("tags", &value),
            Field::File(part) => SentPart::file("file", part),
        }
    }
}

fn fields() -> Parts<Field> {
    let header = HeaderName::from_static("x-kind");
    let part = Part::new("a \"b\".png", "image/png", "bytes")
        .with_header(header, HeaderValue::from_static("photo"));
    Parts::of([
        Field::Caption("ä; b".into()),
        Field::Tags(vec![1, 2]),
        Field::File(part),
    ])
}

#[tokio::test]
async fn what_is_sent_is_what_comes() {
    let form = fields().into_form().unwrap();
    let (media_type, body) = (form.content_type(), form.into_body());
    assert!(http_body::Body::size_hint(&body).exact().is_some());
    let mut read = Multipart::new(&media_type, body, Limits::default()).unwrap();
    let caption = read.next().await.unwrap().unwrap();
    assert_eq!((caption.name(), caption.content_type()), ("caption", None));
    assert_eq!(caption.text(99).await.unwrap(), "ä; b");
    let tags = read.next().await.unwrap().unwrap();
    assert_eq!(tags.content_type(), Some("application/json"));
    assert_eq!(tags.text(99).await.unwrap(), "[1,2]");
    let file = read.next().await.unwrap().unwrap();
    assert_eq!(file.name(), "file");
    assert_eq!(file.file_name(), Some("a \"b\".png"));
    assert_eq!(file.content_type(), Some("image/png"));
    assert_eq!(file.headers()["x-kind"], "photo");
    assert_eq!(file.text(99).await.unwrap(), "bytes");
    assert!(read.next().await.unwrap().is_none());
}

#[tokio::test]
async fn parts_to_be_sent_can_be_taken_out() {
    let mut parts = fields();
    assert_eq!(format!("{parts:?}"), "Parts(to be sent)");
    assert!(matches!(parts.next().await, Ok(Some(Field::Caption(_)))));
    assert!(matches!(parts.next().await, Ok(Some(Field::Tags(_)))));
    let Ok(Some(Field::File(mut part))) = parts.next().await else {
        panic!("no file");
    };
    assert_eq!(part.chunk().await.unwrap().unwrap(), "bytes");
    assert!(part.chunk().await.unwrap().is_none());
    assert!(matches!(parts.next().await, Ok(None)));
}

#[tokio::test]
async fn a_file_without_a_name_has_none() {
    let parts = Parts::of([Field::File(Part::new("", "a\nb", Body::empty()))]);
    let form = parts.into_form().unwrap();
    let (media_type, body) = (form.content_type(), form.into_body());
    let mut read = Multipart::new(&media_type, body, Limits::default()).unwrap();
    let part = read.next().await.unwrap().unwrap();
    assert_eq!(part.file_name(), None);
    assert_eq!(part.content_type(), Some("application/octet-stream"));
    assert_eq!(part.text(9).await.unwrap(), "");
}
