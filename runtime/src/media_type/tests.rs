use super::*;

/// From best to worst, for one sent type.
fn ranks(sent: &str, declared: &[&str]) {
    let ranks: Vec<u8> = declared
        .iter()
        .map(|one| fits(sent, one).unwrap_or_else(|| panic!("{sent} does not fit {one}")))
        .collect();
    assert!(
        ranks.windows(2).all(|two| two[0] > two[1]),
        "{sent}: {declared:?} {ranks:?}"
    );
}

#[test]
fn narrower_fits_rank_higher() {
    ranks(
        "application/problem+json",
        &[
            "Application/Problem+JSON",
            "application/*+json",
            "application/*",
            "*/*",
        ],
    );
    ranks(
        "text/plain; format=flowed; delsp=yes; x=1",
        &[
            "text/plain;format=flowed;delsp=yes",
            "text/plain;format=flowed",
            "text/plain",
            "text/plain;y=1",
            "text/*",
            "*/*",
        ],
    );
}

#[test]
fn the_same_in_other_words_is_the_same() {
    for (sent, declared) in [
        // RFC 9110, 8.3.1: these are equivalent.
        ("text/html;charset=utf-8", "Text/HTML;Charset=\"utf-8\""),
        ("text/html; charset=\"utf-8\"", "text/html;charset=UTF-8"),
        ("text/html;charset=utf8", "text/html;charset=utf-8"),
        ("a/b;x=\"a\\\"b;c\"", "a/b ; x=\"\\a\\\"b;c\""),
        ("a/b;x=1;y=2", "a/b;y=2;x=1"),
    ] {
        assert_eq!(fits(sent, declared), Some(SAME), "{sent} as {declared}");
    }
}

#[test]
fn parameters_refuse_only_where_both_have_them_and_they_differ() {
    for (sent, declared) in [
        ("application/json; charset=utf-8", "application/json"),
        ("application/json", "application/json; charset=utf-8"),
        (
            "application/json; charset=UTF-8",
            "application/json;charset=utf-8",
        ),
        (
            "multipart/form-data; boundary=\"a, b; c\"",
            "multipart/form-data",
        ),
        ("application/json;;charset", "application/json"),
    ] {
        assert!(fits(sent, declared).is_some(), "{sent} as {declared}");
    }
    for (sent, declared) in [
        ("text/plain; charset=latin1", "text/plain; charset=utf-8"),
        ("application/json; version=1", "application/json; version=2"),
        ("a/b;x=A", "a/b;x=a"),
        ("application/problem+json", "application/json"),
        ("application/json", "application/*+json"),
        ("application/json", "text/*"),
        ("application/json", "application/jso"),
        ("json", "*/*"),
        ("", "*/*"),
        ("a b/c", "*/*"),
        ("application/json", "*/json"),
    ] {
        assert_eq!(fits(sent, declared), None, "{sent} as {declared}");
    }
}

#[test]
fn the_best_is_chosen_and_the_first_of_equals() {
    let declared = [
        "*/*",
        "application/*",
        "application/json",
        "application/json;v=2",
        "application/json",
    ];
    let choose = |sent: &str| choose(sent, declared.iter().copied());
    assert_eq!(choose("application/json"), Some(2));
    assert_eq!(choose("application/json; charset=utf-8"), Some(2));
    assert_eq!(choose("application/json; v=2; charset=utf-8"), Some(3));
    assert_eq!(choose("application/xml"), Some(1));
    assert_eq!(choose("image/png"), Some(0));
    assert_eq!(choose("nothing"), None);
    assert_eq!(super::choose("a/b", ["c/d"].into_iter()), None);
}

#[test]
fn charsets_are_read() {
    assert_eq!(
        charset("text/plain; Charset=\"UTF-\\8\""),
        Some("utf-8".into())
    );
    assert_eq!(
        charset("text/plain; x=\"; charset=no\"; charset=Latin1"),
        Some("latin1".into())
    );
    assert_eq!(charset("text/plain"), None);
    for good in [
        "text/plain",
        "text/plain;x=1",
        "a/b; charset=UTF-8",
        "a/b;charset=us-ascii",
    ] {
        assert!(is_utf8_or_unsaid(good), "{good}");
    }
    for bad in [
        "a/b;charset=latin1",
        "a/b;charset=\"utf-16",
        "a/b; charset = latin1",
        "a/b;charset=",
    ] {
        assert!(!is_utf8_or_unsaid(bad), "{bad}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "a",
        "/",
        "*",
        ";",
        "=",
        "\"",
        "\\",
        ",",
        " ",
        "q",
        "+json",
        "charset",
        "é",
        "\u{1F600}",
    ];
    let text = |random: &mut fastrand::Rng| -> String {
        (0..random.usize(..14))
            .map(|_| pieces[random.usize(..pieces.len())])
            .collect()
    };
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..50_000 {
        let (one, other) = (text(&mut random), text(&mut random));
        let _ = fits(&one, &other);
        let _ = choose(&one, [other.as_str(), one.as_str()].into_iter());
        assert_eq!(
            is_utf8_or_unsaid(&one),
            MediaType::parse(&one).is_none() || {
                charset(&one)
                    .is_none_or(|name| ["utf-8", "utf8", "us-ascii"].contains(&name.as_str()))
            }
        );
    }
}
