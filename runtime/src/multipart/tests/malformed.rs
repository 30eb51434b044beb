use std::io;

use bytes::Bytes;

use super::{
    FormData, Limits, Multipart, MultipartError, Pieces, all, pieces, read, reading, sample,
};
use crate::Body;

const HEAD: &str = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n";

async fn parts_of(body: &str) -> Result<Vec<super::Read>, MultipartError> {
    all(reading(pieces([body.as_bytes()]))).await
}

#[tokio::test]
async fn what_is_no_form_is_refused_in_words() {
    let disposition =
        |value: &str| format!("--b\r\nContent-Disposition: {value}\r\n\r\n1\r\n--b--");
    let cases = [
        (String::new(), "ends before"),
        ("--b".to_owned(), "ends before"),
        ("--b\r\n".to_owned(), "ends before"),
        (HEAD.to_owned(), "ends before"),
        (format!("{HEAD}\r\ntext"), "ends before"),
        (format!("{HEAD}\r\ntext\r\n--b"), "ends before"),
        (format!("{HEAD}\r\ntext\r\n--bc\r\n"), "beside a boundary"),
        (format!("{HEAD}bad header\r\n\r\n1\r\n--b--"), "malformed"),
        (format!("{HEAD} folded\r\n\r\n1\r\n--b--"), "malformed"),
        (
            format!("{HEAD}a: b\nc: d\n\nx\r\n\r\n1\r\n--b--"),
            "malformed",
        ),
        (format!("{HEAD}a: \0\r\n\r\n1\r\n--b--"), "malformed"),
        (
            format!("{HEAD}{}\r\n\r\n1\r\n--b--", "a: b\r\n".repeat(40)),
            "malformed",
        ),
        (
            format!("{HEAD}Content-Disposition: form-data; name=c\r\n\r\n1\r\n--b--"),
            "one Content-Disposition",
        ),
        (
            "--b\r\n\r\n1\r\n--b--".to_owned(),
            "one Content-Disposition",
        ),
        (disposition("attachment; name=\"a\""), "not `form-data`"),
        (disposition("form-data"), "no name"),
        (disposition("form-data; filename=\"a\""), "no name"),
        (disposition("form-data; name"), "no value"),
        (disposition("form-data; name=\"a"), "quotation mark"),
        (disposition("form-data; name=\"a\" b"), "quotation mark"),
        (disposition("form-data; name=a; Name=b"), "twice"),
        (format!("{}--b--", "x".repeat(9000)), "does not come"),
    ];
    for (body, words) in cases {
        let error = parts_of(&body).await.expect_err(&body).to_string();
        assert!(error.contains(words), "{error} has no {words:?}: {body}");
    }
    let bytes = b"--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--b--";
    assert!(all(reading(pieces([&bytes[..]]))).await.is_err());
}

#[tokio::test]
async fn what_is_odd_and_allowed_is_read() {
    let one = vec![read("a", None, None, b"1")];
    for body in [
        format!("before\r\n{HEAD}\r\n1\r\n--b--\r\nafter"),
        format!("\r\n{HEAD}\r\n1\r\n--b--  \r\n"),
        HEAD.replace("--b", "--b \t") + "\r\n1\r\n--b--",
        HEAD.to_lowercase() + "\r\n1\r\n--b--",
        HEAD.replace("\"a\"", "a; filename*=x") + "\r\n1\r\n--b--",
        HEAD.replace("\"a\"", "\"a\" ; ;") + "\r\n1\r\n--b--",
    ] {
        assert_eq!(parts_of(&body).await.expect(&body), one, "{body}");
    }
    // The line that ends the headers may be the one before a boundary.
    let nothing = parts_of(&format!("{HEAD}\r\n--b--")).await.unwrap();
    assert_eq!(nothing, [read("a", None, None, b"")]);
    assert_eq!(parts_of("--b--").await.unwrap(), []);
}

#[tokio::test]
async fn limits_hold() {
    let form = || {
        (0..4).fold(FormData::with_boundary("b").unwrap(), |form, _| {
            form.text("a", "1")
        })
    };
    let body = form().into_bytes().unwrap();
    for (parts, fits) in [(4, true), (3, false)] {
        let limits = Limits {
            parts,
            ..Limits::default()
        };
        let form = Multipart::new(
            "multipart/form-data;boundary=\"b\"",
            pieces([&body[..]]),
            limits,
        );
        let read = all(form.unwrap()).await;
        assert_eq!(read.is_ok(), fits);
        if let Err(error) = read {
            assert!(
                matches!(error, MultipartError::TooLarge { most: 3, .. }),
                "{error}"
            );
        }
    }
    // Headers that never end are given up before much of them is held.
    let line = vec![b'x'; 1000];
    let head = HEAD.as_bytes();
    let endless = std::iter::once(head).chain(std::iter::repeat_n(&line[..], 1000));
    let mut form = reading(pieces(endless));
    let error = form.next().await.unwrap_err();
    assert!(
        matches!(error, MultipartError::TooLarge { most: 8192, .. }),
        "{error}"
    );
    assert!(form.next().await.is_err());
}

#[tokio::test]
async fn a_body_that_breaks_off_says_why() {
    let broken = || io::Error::new(io::ErrorKind::ConnectionReset, "gone");
    let start = Bytes::from(format!("{HEAD}\r\n12"));
    let mut form = reading(Pieces([Ok(start), Err(broken())].into(), false));
    let mut part = form.next().await.unwrap().unwrap();
    assert_eq!(part.chunk().await.unwrap().unwrap(), "12");
    let error = part.chunk().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(form.next().await.is_err());

    let failing = Body::stream(Pieces([Err(broken())].into(), false));
    let form = sample().file("x", "y", "z/z", failing);
    let reading = Multipart::new(&form.content_type(), form.into_stream(), Limits::default());
    let error = all(reading.unwrap()).await.unwrap_err();
    assert!(matches!(error, MultipartError::Io(_)), "{error}");
}

#[test]
fn only_a_content_type_with_a_boundary_is_taken() {
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    for kind in [
        "",
        "multipart/mixed; boundary=b",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=a{b",
        "multipart/form-data; boundary=a; boundary=b",
        &long,
    ] {
        let form = Multipart::new(kind, pieces([]), Limits::default());
        assert!(form.is_err(), "{kind}");
    }
    assert!(FormData::with_boundary("").is_none());
    assert!(FormData::with_boundary("a\r\nb").is_none());
    let form = FormData::with_boundary("a b:c").unwrap();
    let kind = form.content_type();
    assert_eq!(kind, "multipart/form-data; boundary=\"a b:c\"");
    assert!(Multipart::new(&kind, pieces([]), Limits::default()).is_ok());
}
