//! The headers of a body and of its parts.

use std::fmt::Write as _;

#[cfg(feature = "server")]
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_DISPOSITION};

/// How many headers a part may have.
#[cfg(feature = "server")]
const MOST: usize = 32;

/// The boundary that a `Content-Type` names.
#[cfg(feature = "server")]
pub(super) fn boundary(content_type: &str) -> Result<String, String> {
    let (kind, parameters) = parameters(content_type)?;
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Err(format!("`{kind}` is not `multipart/form-data`"));
    }
    let mut parameters = parameters.into_iter();
    let boundary = parameters.find(|(name, _)| name == "boundary");
    match boundary {
        None => Err("the content type names no boundary".to_owned()),
        Some((_, boundary)) if is_boundary(&boundary) => Ok(boundary),
        Some(_) => Err("the content type names a boundary that can't be one".to_owned()),
    }
}

/// Whether a text may be a boundary (RFC 2046, section 5.1.1).
pub(super) fn is_boundary(text: &str) -> bool {
    let may = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    (1..=70).contains(&text.len()) && text.bytes().all(may) && !text.ends_with(' ')
}

/// The headers that stand in some lines, an empty one at their end.
#[cfg(feature = "server")]
pub(super) fn headers(lines: &[u8]) -> Result<HeaderMap, String> {
    // Without any, there is just the end of the boundary's line and the empty one.
    if lines == b"\r\n" {
        return Ok(HeaderMap::new());
    }
    let mut found = [httparse::EMPTY_HEADER; MOST];
    let malformed = |what: String| format!("the headers of a part are malformed: {what}");
    let found = match httparse::parse_headers(lines, &mut found) {
        Ok(httparse::Status::Complete((length, found))) if length == lines.len() => found,
        Ok(_) => return Err(malformed("a line does not end in CR LF".to_owned())),
        Err(error) => return Err(malformed(error.to_string())),
    };
    let mut headers = HeaderMap::with_capacity(found.len());
    for header in found {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let name = name.map_err(|error| malformed(error.to_string()))?;
        let value = HeaderValue::from_bytes(header.value);
        let value = value.map_err(|error| malformed(error.to_string()))?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// A part's name and the name of its file (RFC 7578, section 4.2). `filename*` is not looked at: that section forbids
/// it.
#[cfg(feature = "server")]
pub(super) fn disposition(headers: &HeaderMap) -> Result<(String, Option<String>), String> {
    let mut values = headers.get_all(CONTENT_DISPOSITION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err("a part must have one Content-Disposition".to_owned());
    };
    let text = std::str::from_utf8(value.as_bytes())
        .map_err(|_| "the Content-Disposition of a part is not UTF-8".to_owned())?;
    let (kind, parameters) = parameters(text)?;
    if !kind.eq_ignore_ascii_case("form-data") {
        return Err("the Content-Disposition of a part is not `form-data`".to_owned());
    }
    let (mut name, mut file_name) = (None, None);
    for (parameter, value) in parameters {
        match parameter.as_str() {
            "name" => name = Some(decode(&value)),
            "filename" => file_name = Some(decode(&value)),
            _ => {}
        }
    }
    match name {
        Some(name) => Ok((name, file_name)),
        None => Err("a part has no name".to_owned()),
    }
}

/// A name as the Content-Disposition of a part has it (WHATWG HTML, multipart form data): quotation marks and ends of
/// lines are percent-encoded, and nothing else is. Other control characters are as well here, since headers can't
/// carry them; they are not decoded.
pub(super) fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for one in name.chars() {
        match one {
            '"' => encoded.push_str("%22"),
            '\t' => encoded.push(one),
            _ if one.is_ascii_control() => {
                let _ = write!(encoded, "%{:02X}", u32::from(one));
            }
            _ => encoded.push(one),
        }
    }
    encoded
}

#[cfg(feature = "server")]
fn decode(name: &str) -> String {
    let quoted = name.replace("%22", "\"");
    quoted.replace("%0D", "\r").replace("%0A", "\n")
}

/// Parameters of a header, with their names in lower case.
#[cfg(feature = "server")]
type Parameters = Vec<(String, String)>;

/// A value and its parameters. None may stand twice.
#[cfg(feature = "server")]
fn parameters(text: &str) -> Result<(&str, Parameters), String> {
    let (value, mut rest) = text.split_once(';').unwrap_or((text, ""));
    let mut parameters = Parameters::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return Ok((value.trim(), parameters));
        }
        let Some((name, after)) = rest.split_once('=') else {
            return Err(format!("the parameter `{rest}` has no value"));
        };
        let name = name.trim().to_ascii_lowercase();
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(after) => quoted(after)?,
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (value.trim_end().to_owned(), after)
            }
        };
        if parameters.iter().any(|(one, _)| *one == name) {
            return Err(format!("the parameter `{name}` stands twice"));
        }
        parameters.push((name, value));
        rest = after;
    }
}

/// A quoted value and what follows it. Browsers write a backslash as itself and no quotation mark within, others put a
/// backslash before one; so a quotation mark after a backslash ends the value only where a value may end.
#[cfg(feature = "server")]
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            return Err("a quotation mark is missing".to_owned());
        };
        let end = after.trim_start();
        if end.is_empty() || end.starts_with(';') {
            value.push_str(before);
            return Ok((value, end));
        }
        let Some(before) = before.strip_suffix('\\') else {
            return Err("something stands after a quotation mark".to_owned());
        };
        value.push_str(before);
        value.push('"');
        rest = after;
    }
}
