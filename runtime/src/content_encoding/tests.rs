use std::future::poll_fn;

use http::HeaderValue;

use super::*;

/// Gives bytes in pieces, and then an error where there is one.
struct Pieces(std::vec::IntoIter<io::Result<Bytes>>);

impl Pieces {
    fn of(bytes: &[u8], size: usize) -> Self {
        let pieces: Vec<_> = bytes
            .chunks(size)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        Pieces(pieces.into_iter())
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

fn headers(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(
            header::CONTENT_ENCODING,
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

async fn all<S>(mut decoded: Decoded<S>) -> io::Result<Vec<u8>>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    let mut all = Vec::new();
    let mut failed = None;
    while let Some(bytes) = poll_fn(|cx| Pin::new(&mut decoded).poll_next(cx)).await {
        assert!(failed.is_none(), "nothing follows an error");
        match bytes {
            Ok(bytes) => all.extend_from_slice(&bytes),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(all), Err)
}

async fn read(coding: &str, bytes: &[u8], most: Option<u64>) -> io::Result<Vec<u8>> {
    let size = (bytes.len() / 3).max(1);
    all(decoded(&headers(&[coding]), Pieces::of(bytes, size), most).unwrap()).await
}

#[tokio::test]
async fn what_has_no_coding_is_given_as_it_was_sent() {
    for values in [&[][..], &["identity"], &[" , Identity,"]] {
        let decoded = decoded(&headers(values), Pieces::of(b"abc", 2), Some(3)).unwrap();
        assert_eq!(all(decoded).await.unwrap(), b"abc");
    }
    let error = read("identity", b"abcd", Some(3)).await.unwrap_err();
    assert_eq!(Stopped::of(&error), Some(&Stopped::TooMany(3)));
}

#[test]
fn other_codings_are_refused() {
    let refused = |values: &[&str]| decoded(&headers(values), Pieces::of(b"", 1), None).err();
    for name in ["compress", "aes128gcm", "gzip;q=1", "*"] {
        assert_eq!(refused(&[name]), Some(Unsupported::Coding(name.to_owned())));
    }
    let mut odd = HeaderMap::new();
    odd.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_bytes(b"gz\xff").unwrap(),
    );
    assert!(decoded(&odd, Pieces::of(b"", 1), None).is_err());
}

#[cfg(feature = "compression")]
mod coded {
    use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZlibEncoder};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use tokio::io::AsyncWriteExt;

    use super::*;

    const CODINGS: [&str; 5] = ["gzip", "X-GZip", "deflate", "br", "zstd"];

    async fn coded(coding: &str, bytes: &[u8]) -> Vec<u8> {
        macro_rules! through {
            ($encoder:ident) => {{
                let mut encoder = $encoder::new(Vec::new());
                encoder.write_all(bytes).await.unwrap();
                encoder.shutdown().await.unwrap();
                encoder.into_inner()
            }};
        }
        match coding.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => through!(GzipEncoder),
            "deflate" => through!(ZlibEncoder),
            "br" => through!(BrotliEncoder),
            _ => compress_to_vec(bytes, CompressionLevel::Fastest),
        }
    }

    /// Text that compresses about as well as JSON does.
    fn text(length: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(3);
        let words = ["\"name\":", "\"id\":", "true", "{", "}", ",", "17", "null"];
        let mut text = Vec::with_capacity(length + 8);
        while text.len() < length {
            text.extend_from_slice(words[random.usize(..words.len())].as_bytes());
        }
        text
    }

    #[tokio::test]
    async fn each_coding_is_undone_however_the_bytes_come() {
        for coding in CODINGS {
            for length in [0, 1, 1_000, 300_000] {
                let text = text(length);
                let sent = coded(coding, &text).await;
                for size in [1, 7, 4_096, usize::MAX] {
                    let decoded =
                        decoded(&headers(&[coding]), Pieces::of(&sent, size), None).unwrap();
                    assert!(
                        all(decoded).await.unwrap() == text,
                        "{coding} {length} {size}"
                    );
                }
            }
        }
    }

    #[tokio::test]
    async fn two_codings_are_undone_from_the_last_to_the_first() {
        let text = text(10_000);
        for first in CODINGS {
            for second in CODINGS {
                let sent = coded(second, &coded(first, &text).await).await;
                for values in [
                    &[format!("{first} , {second}").as_str()][..],
                    &[first, "identity", second],
                ] {
                    let decoded = decoded(&headers(values), Pieces::of(&sent, 999), None).unwrap();
                    assert!(all(decoded).await.unwrap() == text, "{first} {second}");
                }
            }
        }
        let three = decoded(&headers(&["gzip, br", "gzip"]), Pieces::of(b"", 1), None);
        assert_eq!(three.err(), Some(Unsupported::TooMany));
    }

    #[tokio::test]
    async fn members_follow_one_another_and_nothing_else_does() {
        for coding in CODINGS {
            let one = coded(coding, b"one ").await;
            let two = [one.clone(), coded(coding, b"two").await].concat();
            assert_eq!(
                read(coding, &two, None).await.unwrap(),
                b"one two",
                "{coding}"
            );
            for more in [
                &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..],
                b"{\"a\":1}{\"a\":1}",
            ] {
                let error = read(coding, &[&one, more].concat(), None)
                    .await
                    .unwrap_err();
                assert!(
                    matches!(Stopped::of(&error), Some(Stopped::Damaged(_))),
                    "{coding}"
                );
            }
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_or_no_such_coding_is_damaged() {
        for coding in CODINGS {
            let sent = coded(coding, &text(5_000)).await;
            for length in [0, 1, 5, sent.len() / 2, sent.len() - 1] {
                let error = read(coding, &sent[..length], None).await.unwrap_err();
                assert!(
                    matches!(Stopped::of(&error), Some(Stopped::Damaged(_))),
                    "{coding} {length}"
                );
            }
            let error = read(coding, b"{\"plain\":\"json\"}", None)
                .await
                .unwrap_err();
            assert!(
                matches!(Stopped::of(&error), Some(Stopped::Damaged(_))),
                "{coding}"
            );
        }
    }

    #[tokio::test]
    async fn no_more_comes_out_than_may() {
        let text = text(100_000);
        let length = text.len() as u64;
        for coding in CODINGS {
            let sent = coded(coding, &text).await;
            assert!(read(coding, &sent, Some(length)).await.is_ok());
            let error = read(coding, &sent, Some(length - 1)).await.unwrap_err();
            assert_eq!(
                Stopped::of(&error),
                Some(&Stopped::TooMany(length - 1)),
                "{coding}"
            );
        }
    }

    /// A mebibyte of one letter in 8 blocks of 4 bytes, a hundred times over.
    fn zstd_bomb() -> Vec<u8> {
        let mut bomb = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
        for block in 0..800u32 {
            let header = (128 << 10) << 3 | 1 << 1 | u32::from(block == 799);
            bomb.extend_from_slice(&header.to_le_bytes()[..3]);
            bomb.push(b'a');
        }
        bomb
    }

    #[tokio::test]
    async fn a_bomb_is_stopped_at_whichever_coding_it_goes_off() {
        let zeros = vec![0; 20 << 20];
        let brotli = coded("br", &zeros).await;
        for (codings, sent) in [
            ("br", brotli.clone()),
            ("zstd", zstd_bomb()),
            (
                "gzip, gzip",
                coded("gzip", &coded("gzip", &zeros).await).await,
            ),
            (
                "gzip, br",
                coded("br", &coded("gzip", b"").await.repeat(200_000)).await,
            ),
            ("br, zstd", coded("zstd", &brotli).await),
        ] {
            let error = read(codings, &sent, None).await.unwrap_err();
            assert_eq!(
                Stopped::of(&error),
                Some(&Stopped::Bomb),
                "{codings} {}",
                sent.len()
            );
        }
        // What is short may repeat itself as it likes.
        let short = coded("br", &zeros[..1 << 20]).await;
        assert_eq!(read("br", &short, None).await.unwrap().len(), 1 << 20);
    }

    #[tokio::test]
    async fn errors_of_the_connection_come_out_as_they_are() {
        for coding in CODINGS {
            let sent = coded(coding, &text(5_000)).await;
            let gone = io::Error::new(io::ErrorKind::ConnectionReset, "gone");
            let pieces = vec![Ok(Bytes::from(sent[..20].to_vec())), Err(gone)];
            let decoded = decoded(&headers(&[coding]), Pieces(pieces.into_iter()), None).unwrap();
            let error = all(decoded).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
            assert_eq!(Stopped::of(&error), None);
        }
    }

    /// `zstd -19 --check`, of the reference implementation.
    const ZSTD: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x68, 0x25, 0x01, 0x00, 0xd8, 0x68, 0x65, 0x6c, 0x6c, 0x6f,
        0x20, 0x7a, 0x73, 0x74, 0x61, 0x6e, 0x64, 0x61, 0x72, 0x64, 0x2c, 0x20, 0x6f, 0x6e, 0x63,
        0x65, 0x20, 0x6d, 0x6f, 0x72, 0x65, 0x3a, 0x02, 0x00, 0x97, 0xf2, 0x58, 0xc4, 0x52, 0x04,
        0x70, 0x1c, 0x40, 0x38,
    ];
    const ZSTD_TEXT: &[u8] =
        b"hello hello hello hello hello hello zstandard, once more: hello hello hello";

    #[tokio::test]
    async fn zstandard_of_the_reference_implementation() {
        assert_eq!(read("zstd", ZSTD, None).await.unwrap(), ZSTD_TEXT);
        let skipped = [
            b"\x50\x2a\x4d\x18\x03\0\0\0xyz",
            ZSTD,
            b"\x5f\x2a\x4d\x18\0\0\0\0",
        ]
        .concat();
        for size in [1, 5, 100] {
            let decoded = decoded(&headers(&["zstd"]), Pieces::of(&skipped, size), None).unwrap();
            assert_eq!(all(decoded).await.unwrap(), ZSTD_TEXT);
        }
        let mut wrong = ZSTD.to_vec();
        *wrong.last_mut().unwrap() ^= 1;
        assert!(read("zstd", &wrong, None).await.is_err());
        // A window of 16 MiB.
        let wide = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 0x01, 0x00, 0x00];
        assert!(read("zstd", &wide, None).await.is_err());
    }

    #[tokio::test]
    async fn no_bytes_make_it_panic() {
        let mut random = fastrand::Rng::with_seed(11);
        for coding in CODINGS {
            let good = coded(coding, &text(2_000)).await;
            for round in 0..1_500 {
                let mut sent = good.clone();
                if round % 10 == 0 {
                    sent = vec![0; random.usize(..200)];
                    random.fill(&mut sent);
                }
                for _ in 0..random.usize(..4) {
                    if !sent.is_empty() {
                        let at = random.usize(..sent.len());
                        sent[at] = random.u8(..);
                    }
                }
                let _ = read(coding, &sent, Some(1 << 20)).await;
            }
        }
        let mut random = fastrand::Rng::with_seed(12);
        for _ in 0..5_000 {
            let mut sent = ZSTD.to_vec();
            for _ in 0..random.usize(1..5) {
                let at = random.usize(4..sent.len());
                sent[at] = random.u8(..);
            }
            let _ = read("zstd", &sent, Some(1 << 20)).await;
        }
    }
}
