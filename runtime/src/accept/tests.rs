use super::*;

fn negotiated<'o>(accept: &[&str], offered: &[&'o str]) -> Option<&'o str> {
    negotiate(accept.iter().copied(), offered).map(|index| offered[index])
}

fn liked(accept: &str, offer: &str) -> u16 {
    let ranges: Vec<Range> = Pieces::new(accept, b',').filter_map(range).collect();
    let offer = MediaType::parse(offer).unwrap();
    verdict(&offer, &ranges).map_or(0, |verdict| verdict.quality)
}

#[test]
fn the_examples_of_the_rfc() {
    let accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, \
                  text/plain;format=fixed;q=0.4, */*;q=0.5";
    for (offer, quality) in [
        ("text/plain;format=flowed", 1000),
        ("text/plain", 700),
        ("text/html", 300),
        ("image/jpeg", 500),
        ("text/plain;format=fixed", 400),
        ("text/html;level=3", 300),
    ] {
        assert_eq!(liked(accept, offer), quality, "{offer}");
    }
    let audio = ["audio/*; q=0.2, audio/basic"];
    assert_eq!(
        negotiated(&audio, &["audio/mpeg", "audio/basic"]),
        Some("audio/basic")
    );
    assert_eq!(negotiated(&audio, &["audio/mpeg"]), Some("audio/mpeg"));
    let text = ["text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c"];
    assert_eq!(
        negotiated(&text, &["text/x-c", "text/html"]),
        Some("text/x-c")
    );
    assert_eq!(
        negotiated(&text, &["text/plain", "text/x-dvi"]),
        Some("text/x-dvi")
    );
}

#[test]
fn nothing_readable_takes_the_first() {
    let offered = ["application/json", "text/plain"];
    for accept in [
        &[][..],
        &[""],
        &[" , ,"],
        &["nonsense"],
        &["text/plain;q=no"],
        &["*/*"],
    ] {
        assert_eq!(
            negotiated(accept, &offered),
            Some("application/json"),
            "{accept:?}"
        );
    }
    assert_eq!(
        negotiated(&["nonsense, text/plain"], &offered),
        Some("text/plain")
    );
    assert_eq!(negotiate(["*/*"].into_iter(), &[]), None);
    assert_eq!(negotiate([].into_iter(), &[]), None);
}

#[test]
fn headers_add_up_and_order_breaks_ties() {
    let offered = ["application/json", "application/xml"];
    assert_eq!(
        negotiated(&["application/xml", "application/json"], &offered),
        Some("application/json")
    );
    assert_eq!(
        negotiated(
            &["application/json;q=0.5", "application/xml;q=0.6"],
            &offered
        ),
        Some("application/xml")
    );
    assert_eq!(
        negotiated(&["APPLICATION/XML"], &offered),
        Some("application/xml")
    );
    assert_eq!(
        negotiated(&["text/html, image/gif, *; q=.2, */*; q=.2"], &offered),
        Some("application/json")
    );
}

#[test]
fn zero_refuses() {
    assert_eq!(
        negotiated(&["application/json;q=0"], &["application/json"]),
        None
    );
    assert_eq!(
        negotiated(
            &["application/json;q=0.000, */*"],
            &["application/json", "a/b"]
        ),
        Some("a/b")
    );
    assert_eq!(
        negotiated(
            &["*/*;q=0, text/plain"],
            &["application/json", "text/plain"]
        ),
        Some("text/plain")
    );
    assert_eq!(negotiated(&["image/png"], &["application/json"]), None);
    assert_eq!(
        negotiated(
            &["application/vnd.x+json, application/json;q=0"],
            &["application/json"]
        ),
        None
    );
}

#[test]
fn parameters_and_charsets() {
    assert_eq!(
        negotiated(&["application/json; charset=utf-8"], &["application/json"]),
        Some("application/json")
    );
    assert_eq!(
        negotiated(&["application/json; charset=utf-16"], &["application/json"]),
        None
    );
    assert_eq!(
        negotiated(
            &["application/json; version=2"],
            &["application/json", "application/json;version=2"]
        ),
        Some("application/json;version=2")
    );
    assert_eq!(
        negotiated(&["text/plain;q=0.5;ext=1"], &["text/plain"]),
        Some("text/plain")
    );
    assert_eq!(
        negotiated(&["a/b;x=\"1,2;q=0\""], &["a/b;x=\"1,2;q=0\""]),
        Some("a/b;x=\"1,2;q=0\"")
    );
}

#[test]
fn offered_ranges_overlap() {
    assert_eq!(
        negotiated(&["image/png"], &["application/json", "image/*"]),
        Some("image/*")
    );
    assert_eq!(
        negotiated(&["image/png"], &["application/json", "*/*"]),
        Some("*/*")
    );
    assert_eq!(
        negotiated(&["image/png;q=0, image/*"], &["image/*"]),
        Some("image/*")
    );
    assert_eq!(negotiated(&["image/png;q=0"], &["image/*"]), None);
    assert_eq!(
        negotiated(&["image/*;q=0.1, image/png"], &["image/gif", "image/*"]),
        Some("image/*")
    );
    assert_eq!(negotiated(&["text/*"], &["image/*"]), None);
}

#[test]
fn json_by_its_suffix() {
    let github = ["application/vnd.github.v3+json; charset=utf-8"];
    assert_eq!(
        negotiated(&github, &["text/html", "application/json"]),
        Some("application/json")
    );
    assert_eq!(
        negotiated(
            &["application/vnd.github+json"],
            &["application/json", "application/vnd.github+json"]
        ),
        Some("application/vnd.github+json")
    );
    assert_eq!(
        negotiated(&["application/problem+json"], &["application/json"]),
        Some("application/json")
    );
    assert_eq!(
        negotiated(
            &["application/vnd.x+json;q=0.4, text/html;q=0.5"],
            &["application/json", "text/html"]
        ),
        Some("text/html")
    );
    // The other way round, only where nothing else would do.
    let offered = ["application/problem+json", "application/json"];
    assert_eq!(
        negotiated(&["application/json, a/b"], &offered),
        Some("application/json")
    );
    assert_eq!(
        negotiated(&["application/json"], &offered[..1]),
        Some("application/problem+json")
    );
    assert_eq!(
        negotiated(
            &["application/json, text/html;q=0.1"],
            &["application/problem+json", "text/html"]
        ),
        Some("text/html")
    );
    assert_eq!(
        negotiated(
            &["application/json, application/problem+json;q=0"],
            &offered[..1]
        ),
        None
    );
    assert_eq!(
        negotiated(&["application/vnd.a+json"], &["application/vnd.b+json"]),
        None
    );
    assert_eq!(
        negotiated(&["application/vnd.a+xml"], &["application/json"]),
        None
    );
}

#[test]
fn weights_are_read() {
    for (text, thousandths) in [
        ("1", Some(1000)),
        ("1.000", Some(1000)),
        ("0", Some(0)),
        ("0.", Some(0)),
        ("0.5", Some(500)),
        (".25", Some(250)),
        ("0.1239", Some(123)),
        ("2", None),
        ("", None),
        (".", None),
        ("-1", None),
        ("0.x", None),
        ("\"1\"", None),
    ] {
        assert_eq!(quality(text), thousandths, "{text}");
    }
}

#[test]
fn no_header_makes_it_panic() {
    let pieces = [
        "a",
        "/",
        "*",
        "*/*",
        ";",
        "=",
        "\"",
        "\\",
        ",",
        " ",
        ";q=",
        "0",
        ".",
        "1",
        "application/json",
        "+json",
        "é",
    ];
    let text = |random: &mut fastrand::Rng| -> String {
        (0..random.usize(..14))
            .map(|_| pieces[random.usize(..pieces.len())])
            .collect()
    };
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..50_000 {
        let (one, other, offer) = (text(&mut random), text(&mut random), text(&mut random));
        let offered = ["application/json", offer.as_str(), "image/*"];
        let index = negotiate([one.as_str(), other.as_str()].into_iter(), &offered);
        assert!(index.is_none_or(|index| index < offered.len()));
    }
}
