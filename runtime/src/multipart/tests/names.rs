use http::{HeaderMap, HeaderValue, header::CONTENT_DISPOSITION};

use super::{FormData, all, pieces, reading};

async fn sent(name: &str, file: &str) -> (String, Option<String>) {
    let form = FormData::with_boundary("b").unwrap();
    let body = form.file(name, file, "a/b", "1").into_bytes().unwrap();
    let mut parts = all(reading(pieces([&body[..]]))).await.unwrap();
    assert_eq!(parts.len(), 1, "{name:?} {file:?}");
    let (name, file, _, content) = parts.remove(0);
    assert_eq!(content, "1");
    (name, file)
}

#[tokio::test]
async fn hostile_names_stay_names() {
    for name in [
        "",
        "\"",
        "a\"; filename=\"evil",
        "a\"\r\nContent-Type: text/html\r\n\r\n<script>",
        "a\r\n--b--\r\n",
        "back\\",
        "\\\"",
        "a\\\\b",
        "tab\there",
        " spaces ",
        "a;b=c",
        "漢字\u{1f600}",
        "../../etc/passwd",
    ] {
        assert_eq!(
            sent(name, name).await,
            (name.to_owned(), Some(name.to_owned()))
        );
    }
    // What headers can't carry is written so that it can be read, as text.
    assert_eq!(sent("a\0\u{7f}", "x").await.0, "a%00%7F");
    let form = FormData::with_boundary("b").unwrap();
    let form = form.file("a", "b", "text/plain\r\nX-Evil: 1", "1");
    let parts = all(reading(pieces([&form.into_bytes().unwrap()[..]])))
        .await
        .unwrap();
    assert_eq!(parts[0].2.as_deref(), Some("application/octet-stream"));
}

#[tokio::test]
async fn names_are_read_from_every_kind_of_sender() {
    for (value, name) in [
        ("form-data; name=\"a%22b%0D%0Ac\"", "a\"b\r\nc"),
        ("form-data; name=\"a\\\"b\"", "a\"b"),
        ("form-data; name=\"C:\\dir\\file\"", "C:\\dir\\file"),
        ("form-data; name=bare", "bare"),
        ("Form-Data;NAME=\"a%20b\"", "a%20b"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(value));
        let form = FormData::with_boundary("b").unwrap();
        let body = form.part("-", &headers, "1").into_bytes().unwrap();
        let parts = all(reading(pieces([&body[..]]))).await.unwrap();
        assert_eq!(parts[0].0, name, "{value}");
    }
}

#[tokio::test]
async fn a_safe_file_name_leads_nowhere_else() {
    for (file, safe) in [
        ("a.txt", Some("a.txt")),
        ("../../etc/passwd", Some("passwd")),
        ("C:\\Windows\\x.exe", Some("x.exe")),
        ("C:x.exe", Some("Cx.exe")),
        (".htaccess", Some("htaccess")),
        (".\u{1}./x/..\u{1}.y", Some("%01.y")),
        ("a\u{202e}gnp.exe", Some("agnp.exe")),
        ("name.txt. . ", Some("name.txt")),
        ("..", None),
        ("a/", None),
        ("", None),
        (" ", None),
    ] {
        let form = FormData::with_boundary("b").unwrap();
        let body = form.file("a", file, "a/b", "1").into_bytes().unwrap();
        let mut form = reading(pieces([&body[..]]));
        let part = form.next().await.unwrap().unwrap();
        assert_eq!(part.safe_file_name().as_deref(), safe, "{file:?}");
    }
}
