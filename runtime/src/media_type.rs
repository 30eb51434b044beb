//! Media types and media ranges (RFC 9110, sections 8.3.1 and 12.5.1). Most requests send the very text that the
//! document declares, so that comparison comes first, and nothing here takes memory to compare.

#[cfg(test)]
mod tests;

/// Where sent and declared are the same; every other fit ranks lower.
const SAME: u8 = u8::MAX;
/// One media type, with neither a parameter that fits nor one that is missing.
const EXACT: u8 = 64;
/// How far parameters move a rank up or down at most, so that no rank runs into another kind's.
const PARAMETERS: u8 = 60;
/// `application/*+json`.
const SUFFIX: u8 = 3;
/// `image/*`.
const FAMILY: u8 = 2;
/// `*/*`.
const ANY: u8 = 1;

/// A media type or media range in its parts, none of them decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MediaType<'t> {
    pub(crate) family: &'t str,
    pub(crate) subtype: &'t str,
    parameters: &'t str,
}

impl<'t> MediaType<'t> {
    /// Takes a text apart; none where it does not start with `type/subtype`. A lone `*` stands for `*/*`, since old
    /// clients send it in `Accept`.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let (family, subtype) = match essence.trim() {
            "*" => ("*", "*"),
            essence => essence.split_once('/')?,
        };
        let known = is_token(family) && is_token(subtype) && (family != "*" || subtype == "*");
        known.then_some(MediaType {
            family,
            subtype,
            parameters,
        })
    }

    /// The parameters in their order. One that stands there twice is given twice.
    pub(crate) fn parameters(
        &self,
    ) -> impl Iterator<Item = (&'t str, ParameterValue<'t>)> + use<'t> {
        Pieces::new(self.parameters, b';').filter_map(|piece| {
            let (name, value) = piece.split_once('=')?;
            Some((name.trim(), ParameterValue(value.trim())))
        })
    }

    /// The first parameter of a name, which never depends on case (RFC 9110, 5.6.6).
    pub(crate) fn parameter(&self, name: &str) -> Option<ParameterValue<'t>> {
        let mut parameters = self.parameters();
        parameters
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether this stands for more than one media type.
    pub(crate) fn is_range(&self) -> bool {
        self.subtype == "*" || self.subtype.starts_with("*+")
    }

    /// Whether the subtype ends in a structured syntax suffix (RFC 6838, 4.2.8), such as `+json`.
    pub(crate) fn has_suffix(&self, suffix: &str) -> bool {
        let own = self.subtype.rsplit_once('+');
        own.is_some_and(|(_, own)| own.eq_ignore_ascii_case(suffix))
    }

    /// How narrowly this, as a range, takes in another media type or range, parameters aside. `application/*+json` is
    /// no range of the RFC, but documents and clients write it.
    pub(crate) fn covers(&self, other: &MediaType) -> Option<u8> {
        if self.family == "*" {
            return Some(ANY);
        }
        if !self.family.eq_ignore_ascii_case(other.family) {
            return None;
        }
        if self.subtype == "*" {
            return Some(FAMILY);
        }
        if self.subtype.eq_ignore_ascii_case(other.subtype) {
            return Some(if self.is_range() { SUFFIX } else { EXACT });
        }
        let suffix = self.subtype.strip_prefix("*+")?;
        other.has_suffix(suffix).then_some(SUFFIX)
    }
}

/// The value of a parameter as it was sent: a token, or a text in quotes with its escapes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParameterValue<'t>(&'t str);

impl<'t> ParameterValue<'t> {
    /// What was sent, quotes and escapes included.
    #[cfg(feature = "server")]
    pub(crate) fn raw(self) -> &'t str {
        self.0
    }

    /// The characters, with quotes and escapes undone (RFC 9110, 5.6.4). Quotes that do not end last to the end.
    pub(crate) fn chars(self) -> impl Iterator<Item = char> + use<'t> {
        let quoted = self.0.strip_prefix('"');
        let mut chars = quoted.unwrap_or(self.0).chars();
        std::iter::from_fn(move || match chars.next()? {
            '\\' if quoted.is_some() => chars.next(),
            '"' if quoted.is_some() => {
                chars = "".chars();
                None
            }
            one => Some(one),
        })
    }

    /// Whether two values of a parameter are the same: in any case for a charset (RFC 9110, 8.3.2), exactly for any
    /// other, whose meaning is not known here.
    pub(crate) fn is_same(self, other: ParameterValue, name: &str) -> bool {
        match name.eq_ignore_ascii_case("charset") {
            true => {
                let lower = |one: char| one.to_ascii_lowercase();
                self.chars().map(lower).eq(other.chars().map(lower))
            }
            false => self.chars().eq(other.chars()),
        }
    }

    /// Whether this names UTF-8, or US-ASCII, whose texts are all UTF-8.
    pub(crate) fn is_utf8(self) -> bool {
        let is = |name: &str| self.is_same(ParameterValue(name), "charset");
        is("utf-8") || is("utf8") || is("us-ascii")
    }
}

/// The pieces of a text between separators that do not stand in quotes; empty ones are left out.
#[derive(Debug, Clone)]
pub(crate) struct Pieces<'t> {
    rest: &'t str,
    separator: u8,
}

impl<'t> Pieces<'t> {
    pub(crate) fn new(rest: &'t str, separator: u8) -> Self {
        Pieces { rest, separator }
    }

    /// Takes what stands before the next separator.
    fn cut(&mut self) -> &'t str {
        let (mut quoted, mut escaped) = (false, false);
        for (at, byte) in self.rest.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if !quoted && byte == self.separator => {
                    let (piece, rest) = self.rest.split_at(at);
                    self.rest = rest.get(1..).unwrap_or_default();
                    return piece;
                }
                _ => {}
            }
        }
        std::mem::take(&mut self.rest)
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        while !self.rest.is_empty() {
            let piece = self.cut().trim();
            if !piece.is_empty() {
                return Some(piece);
            }
        }
        None
    }
}

/// A token (RFC 9110, 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(known)
}

/// Whether two texts are one media type at first sight. Values of parameters depend on case, so texts that have some
/// must be the same to the byte.
pub(crate) fn is_plainly_same(one: &str, other: &str) -> bool {
    one == other || (one.eq_ignore_ascii_case(other) && !one.contains(';'))
}

/// Whether a sent `Content-Type` fits a declared media type or range, and how narrowly: the greater the narrower.
///
/// A sent parameter counts only where the declared type has it as well, and with another value it does not fit. A
/// declared parameter that was not sent ranks the fit lower, but does not refuse it: documents declare
/// `application/json; charset=utf-8` and the like for what clients send without.
pub(crate) fn fits(sent: &str, declared: &str) -> Option<u8> {
    if is_plainly_same(sent, declared) {
        return Some(SAME);
    }
    let (sent, declared) = (MediaType::parse(sent)?, MediaType::parse(declared)?);
    let rank = declared.covers(&sent)?;
    let (mut same, mut missing) = (0u8, 0u8);
    for (name, value) in declared.parameters() {
        match sent.parameter(name) {
            Some(own) if own.is_same(value, name) => same = same.saturating_add(1),
            Some(own)
                if name.eq_ignore_ascii_case("charset") && own.is_utf8() && value.is_utf8() =>
            {
                same = same.saturating_add(1);
            }
            Some(_) => return None,
            None => missing = missing.saturating_add(1),
        }
    }
    if rank != EXACT {
        return Some(rank);
    }
    match missing == 0 && sent.parameters().count() == usize::from(same) {
        true => Some(SAME),
        false => Some(EXACT + same.min(PARAMETERS) - missing.min(PARAMETERS)),
    }
}

/// The declared media type or range that a sent `Content-Type` fits best; the first of those that fit alike.
pub(crate) fn choose<'d>(sent: &str, declared: impl Iterator<Item = &'d str>) -> Option<usize> {
    let mut best: Option<(usize, u8)> = None;
    for (index, one) in declared.enumerate() {
        match fits(sent, one) {
            Some(SAME) => return Some(index),
            Some(rank) if best.is_none_or(|(_, most)| rank > most) => best = Some((index, rank)),
            _ => {}
        }
    }
    best.map(|(index, _)| index)
}

/// The charset that a `Content-Type` names, in lower case.
#[cfg(any(test, feature = "client"))]
pub(crate) fn charset(content_type: &str) -> Option<String> {
    let value = MediaType::parse(content_type)?.parameter("charset")?;
    Some(value.chars().map(|one| one.to_ascii_lowercase()).collect())
}

/// Whether a text under this `Content-Type` is to be read as UTF-8: it says so, says US-ASCII, or says nothing.
pub(crate) fn is_utf8_or_unsaid(content_type: &str) -> bool {
    // Most have no parameter.
    if !content_type.contains(';') {
        return true;
    }
    let named = MediaType::parse(content_type).and_then(|one| one.parameter("charset"));
    named.is_none_or(ParameterValue::is_utf8)
}
