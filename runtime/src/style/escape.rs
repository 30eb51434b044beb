//! What is percent-encoded where (RFC 6570, section 3.2.1; RFC 3986, sections 3.3 and 3.4; RFC 6265, section 4.1.1).

#[cfg(any(test, feature = "client"))]
use percent_encoding::percent_encode_byte;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The reserved characters that may stand in a segment of a path.
const PATH: &AsciiSet = &STRICT
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');
#[cfg(any(test, feature = "client"))]
const PATH_PART: &AsciiSet = &PATH.add(b',').add(b';').add(b'=');

/// The reserved characters that may stand in a value of a query, those of a form aside.
const QUERY: &AsciiSet = &PATH.add(b'&').add(b'+').remove(b'/').remove(b'?');
const QUERY_PART: &AsciiSet = &QUERY.add(b',');
const QUERY_NAME: &AsciiSet = &QUERY.add(b'=');

/// The reserved characters that may stand in the value of a cookie.
#[cfg(any(test, feature = "client"))]
const COOKIE: &AsciiSet = &PATH
    .add(b',')
    .add(b';')
    .remove(b'/')
    .remove(b'?')
    .remove(b'#')
    .remove(b'[')
    .remove(b']');
#[cfg(any(test, feature = "client"))]
const COOKIE_NAME: &AsciiSet = &STRICT
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+');

/// How the texts of one place are percent-encoded.
pub(super) enum Escape {
    /// All but unreserved characters.
    Strict,
    /// Reserved characters stand as they are in names, whole values and parts of values, as far as they may stand in
    /// the place and are no delimiter of its own; what is percent-encoded already is not encoded again (RFC 6570,
    /// section 3.2.3).
    Reserved {
        name: &'static AsciiSet,
        whole: &'static AsciiSet,
        part: &'static AsciiSet,
    },
    /// Nothing but what would end a cookie.
    #[cfg(any(test, feature = "client"))]
    Cookie,
}

impl Escape {
    #[cfg(any(test, feature = "client"))]
    pub(super) fn path(allow_reserved: bool) -> Self {
        Self::of(allow_reserved, [PATH_PART, PATH, PATH_PART])
    }

    /// Where `;` parts values.
    #[cfg(any(test, feature = "client"))]
    pub(super) fn matrix(allow_reserved: bool) -> Self {
        Self::of(allow_reserved, [PATH_PART; 3])
    }

    pub(super) fn query(allow_reserved: bool) -> Self {
        Self::of(allow_reserved, [QUERY_NAME, QUERY, QUERY_PART])
    }

    #[cfg(any(test, feature = "client"))]
    pub(super) fn cookie(allow_reserved: bool) -> Self {
        Self::of(allow_reserved, [COOKIE_NAME, COOKIE, COOKIE])
    }

    fn of(allow_reserved: bool, [name, whole, part]: [&'static AsciiSet; 3]) -> Self {
        match allow_reserved {
            true => Escape::Reserved { name, whole, part },
            false => Escape::Strict,
        }
    }

    /// A name.
    pub(super) fn name(&self, text: &str) -> String {
        match self {
            Escape::Reserved { name, .. } => utf8_percent_encode(text, name).to_string(),
            _ => self.whole(text),
        }
    }

    /// A value that stands alone.
    pub(super) fn whole(&self, text: &str) -> String {
        match self {
            Escape::Strict => utf8_percent_encode(text, STRICT).to_string(),
            Escape::Reserved { whole, .. } => reserved(text, whole),
            #[cfg(any(test, feature = "client"))]
            Escape::Cookie => cookie(text),
        }
    }

    /// A name or a value between the delimiters of a list or an object.
    pub(super) fn part(&self, text: &str) -> String {
        match self {
            Escape::Reserved { part, .. } => reserved(text, part),
            _ => self.whole(text),
        }
    }
}

fn reserved(text: &str, set: &'static AsciiSet) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for (index, _) in text.match_indices('%') {
        let triple = text.get(index..index + 3).filter(|triple| {
            let mut digits = triple.bytes().skip(1);
            digits.all(|byte| byte.is_ascii_hexdigit())
        });
        if let Some(triple) = triple {
            out.extend(utf8_percent_encode(
                text.get(start..index).unwrap_or_default(),
                set,
            ));
            out.push_str(triple);
            start = index + triple.len();
        }
    }
    out.extend(utf8_percent_encode(
        text.get(start..).unwrap_or_default(),
        set,
    ));
    out
}

#[cfg(any(test, feature = "client"))]
fn cookie(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one == ';' || one.is_control() {
            true => {
                let mut bytes = [0; 4];
                out.extend(one.encode_utf8(&mut bytes).bytes().map(percent_encode_byte));
            }
            false => out.push(one),
        }
    }
    out
}
