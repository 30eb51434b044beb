use std::time::{Duration, Instant};

use serde_json::json;

use super::{read, read_as, shape};

#[test]
fn documents_that_are_no_plain_xml_are_refused_in_words() {
    let laughs = "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;&lol;&lol;'>]>\
                  <lolz>&lol2;</lolz>";
    let outside = "<!DOCTYPE root SYSTEM 'file:///etc/passwd'><root/>";
    let deep = "<root>".repeat(65) + &"</root>".repeat(65);
    let endless = "<root>".repeat(100_000);
    let cases = [
        (laughs, "DOCTYPE"),
        (outside, "DOCTYPE"),
        (deep.as_str(), "64 deep"),
        (endless.as_str(), "64 deep"),
        ("", "no element"),
        (" \n", "no element"),
        ("<root>", "does not end"),
        ("<root", "not closed"),
        ("<root></other>", "other"),
        ("</root>", "root"),
        ("<root/><root/>", "second element"),
        ("<root/>text", "outside"),
        ("<root>&lol;</root>", "&lol;"),
        ("<root>&#0;</root>", "reference"),
        ("<root>&#x1;</root>", "&#x1;"),
        ("<root a='&#x1;'/>", "`a`"),
        ("<root a='&lol;'/>", "lol"),
        ("<root a='<'/>", "`a`"),
        ("<root a='1' a='2'/>", "uplicate"),
        ("<root>a & b</root>", "reference"),
        ("<root>]]></root>", "]]>"),
        ("<root>\u{1}</root>", "U+0001"),
        ("<1/>", "`1`"),
        ("<a:b:c/>", "`a:b:c`"),
        ("<p:root/>", "prefix `p`"),
        ("<root xmlns:p=''/>", "declares no namespace"),
        ("<?xml version='1.1'?><root/>", "1.0"),
        ("<?xml version='1.0' encoding='latin-1'?><root/>", "UTF-8"),
        (" <?xml version='1.0'?><root/>", "where the document starts"),
        (
            "<root xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'>1</root>",
            "nil",
        ),
    ];
    for (document, words) in cases {
        let error = read_as(document, &json!({})).expect_err(words);
        assert!(error.contains(words), "{error} has no {words:?}");
        assert!(error.starts_with("line "), "{error}");
    }
    for bytes in [&b"<root>\xff</root>"[..], b"\xff\xfe<\0r\0", b"\xc3"] {
        assert!(read(bytes, "root", &shape(&json!({}))).is_err());
    }
}

#[test]
fn a_fault_is_found_at_its_line_and_byte() {
    let error = read_as("<root>\n  <a>\n  </b>\n</root>", &json!({})).unwrap_err();
    assert!(error.starts_with("line 3, byte 16: "), "{error}");
}

#[test]
fn large_documents_take_time_in_line_with_their_size() {
    let attributes: String = (0..50_000).map(|index| format!(" a{index}='1'")).collect();
    let namespaces: String = (0..250)
        .map(|index| format!(" xmlns:n{index}='1'"))
        .collect();
    let names: String = (0..50_000).map(|index| format!("<e{index}/>")).collect();
    let documents = [
        format!("<root{attributes}/>"),
        format!("<root{namespaces}>{}</root>", "<n0:a/>".repeat(50_000)),
        format!("<root>{names}</root>"),
        format!("<root>{}</root>", "&lt;".repeat(200_000)),
        format!(
            "<root>{}</root>",
            "<a>".repeat(62) + &"<b/>".repeat(50_000) + &"</a>".repeat(62)
        ),
    ];
    let begun = Instant::now();
    for document in documents {
        assert!(read_as(&document, &json!({})).is_ok());
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
    let many: String = (0..300)
        .map(|index| format!(" xmlns:n{index}='1'"))
        .collect();
    assert!(read_as(&format!("<root{many}/>"), &json!({})).is_err());
}

#[test]
fn no_change_to_a_document_ends_in_a_panic() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "integer", "xml": {"attribute": true, "namespace": "urn:a", "prefix": "p"}},
        "b": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": true}},
        "c": {"type": ["array", "null"], "items": {"type": ["integer", "string"]}},
    }});
    let shape = shape(&schema);
    let whole = "<?xml version='1.0' encoding='UTF-8'?><root xmlns:p='urn:a' p:a='1'><b><b>é&#233;&lt;</b></b>\
                 <c>1</c><c>x</c><d><![CDATA[e]]></d><!-- f --></root>";
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut bytes = whole.as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            match random.u8(..4) {
                0 => bytes[at] = random.u8(..),
                1 => bytes[at] = *random.choice(b"<>&;'\"/!?[]-:= ").unwrap(),
                2 => bytes.truncate(at.max(1)),
                _ => {
                    let end = random.usize(at..bytes.len());
                    let part = bytes[at..end].to_vec();
                    let to = random.usize(..bytes.len());
                    bytes.splice(to..to, part);
                }
            }
        }
        let _ = read(&bytes, "root", &shape);
    }
}
