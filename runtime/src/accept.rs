//! Which media type to answer in (RFC 9110, section 12.5.1).
//!
//! Two fits go further than the RFC, since callers of real APIs need them. Clients made for one vendor send its own
//! media type, such as `application/vnd.github+json`, and read whatever JSON they get: an offered `application/json`
//! satisfies a range of any type with the suffix `+json`, where no other range speaks of it. The other way round, a
//! caller who asks for `application/json` can read an offered `application/problem+json`, but gets it only where
//! nothing else would do.

#[cfg(test)]
mod tests;

use crate::media_type::{MediaType, Pieces, is_plainly_same};

/// One element of `Accept`.
struct Range<'a> {
    accepted: MediaType<'a>,
    /// In thousandths; 0 refuses.
    quality: u16,
}

/// What the caller thinks of one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Verdict {
    quality: u16,
    /// Whether a range of the RFC takes it in, and not just one of the same suffix.
    proper: bool,
}

/// The offered media type or range that the caller likes best, by its place in `offered`; the first of those liked
/// alike. `accept` gives the value of each `Accept` header.
///
/// The narrowest range that takes an offer in says how much it is liked, and `q=0` refuses it. Where there is no
/// header, or none that can be read, the first offer is as good as any. None where nothing offered is accepted, or
/// nothing is offered.
pub(crate) fn negotiate<'a>(
    mut accept: impl Iterator<Item = &'a str>,
    offered: &[&str],
) -> Option<usize> {
    if offered.is_empty() {
        return None;
    }
    let Some(first) = accept.next() else {
        return Some(0);
    };
    let second = accept.next();
    if second.is_none() {
        if first == "*/*" {
            return Some(0);
        }
        if let Some(index) = offered.iter().position(|one| is_plainly_same(one, first)) {
            return Some(index);
        }
    }
    let values = [first].into_iter().chain(second).chain(accept);
    let ranges: Vec<Range> = values
        .flat_map(|value| Pieces::new(value, b','))
        .filter_map(range)
        .collect();
    if ranges.is_empty() {
        return Some(0);
    }
    best(offered, |offer| verdict(offer, &ranges))
        .or_else(|| best(offered, |offer| last_resort(offer, &ranges)))
}

fn best(offered: &[&str], judge: impl Fn(&MediaType) -> Option<Verdict>) -> Option<usize> {
    let mut best: Option<(usize, Verdict)> = None;
    for (index, offer) in offered.iter().enumerate() {
        let verdict = MediaType::parse(offer).and_then(|offer| judge(&offer));
        let Some(verdict) = verdict.filter(|one| one.quality > 0) else {
            continue;
        };
        if best.is_none_or(|(_, most)| verdict > most) {
            best = Some((index, verdict));
        }
    }
    best.map(|(index, _)| index)
}

/// One element; none where it cannot be read, which leaves the others as they are.
fn range(text: &str) -> Option<Range<'_>> {
    let accepted = MediaType::parse(text)?;
    let quality = match accepted.parameter("q") {
        Some(weight) => quality(weight.raw())?,
        None => 1000,
    };
    Some(Range { accepted, quality })
}

/// A weight (RFC 9110, 12.4.2) in thousandths. Old clients send `.2`; digits after the third are dropped.
fn quality(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let readable =
        fraction.bytes().all(|byte| byte.is_ascii_digit()) && !text.trim_matches('.').is_empty();
    match whole {
        "1" if readable => Some(1000),
        "0" | "" if readable => {
            let digits = fraction.bytes().chain([b'0'; 3]).take(3);
            Some(digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
        }
        _ => None,
    }
}

/// What the ranges say of an offer; none where no range speaks of it.
fn verdict(offer: &MediaType, ranges: &[Range]) -> Option<Verdict> {
    let mut narrowest: Option<((u8, usize), u16)> = None;
    for range in ranges {
        let Some(rank) = takes_in(range, offer) else {
            continue;
        };
        if narrowest.is_none_or(|(most, _)| rank > most) {
            narrowest = Some((rank, range.quality));
        }
    }
    let within = parts_of(offer, ranges);
    let quality = narrowest.map(|(_, quality)| quality).max(within);
    let proper = quality.map(|quality| Verdict {
        quality,
        proper: true,
    });
    proper.or_else(|| {
        let quality = similar(offer, ranges)?;
        Some(Verdict {
            quality,
            proper: false,
        })
    })
}

/// How narrowly a range takes an offer in, parameters included: the offer must have each of them.
fn takes_in(range: &Range, offer: &MediaType) -> Option<(u8, usize)> {
    let rank = range.accepted.covers(offer)?;
    let mut count = 0;
    for (name, value) in media_parameters(&range.accepted) {
        let same = match offer.parameter(name) {
            Some(own) => own.is_same(value, name),
            // What is written here is UTF-8 whether or not it says so.
            None => name.eq_ignore_ascii_case("charset") && value.is_utf8(),
        };
        if !same {
            return None;
        }
        count += 1;
    }
    Some((rank, count))
}

/// The parameters before the weight; what follows it is not of the media type (RFC 7231, 5.3.2).
fn media_parameters<'t>(
    range: &MediaType<'t>,
) -> impl Iterator<Item = (&'t str, crate::media_type::ParameterValue<'t>)> + use<'t> {
    let parameters = range.parameters();
    parameters.take_while(|(name, _)| !name.eq_ignore_ascii_case("q"))
}

/// How much the media types within an offered range are liked; one that is refused leaves the others.
fn parts_of(offer: &MediaType, ranges: &[Range]) -> Option<u16> {
    if !offer.is_range() {
        return None;
    }
    let within = ranges
        .iter()
        .filter(|range| range.quality > 0 && offer.covers(&range.accepted).is_some());
    within.map(|range| range.quality).max()
}

/// How much `application/json` is liked by ranges of types that are JSON by their suffix.
fn similar(offer: &MediaType, ranges: &[Range]) -> Option<u16> {
    if !is_json(offer) {
        return None;
    }
    let json = ranges.iter().filter(|range| {
        range.accepted.family.eq_ignore_ascii_case("application")
            && range.accepted.has_suffix("json")
    });
    json.map(|range| range.quality).max()
}

/// How much a `+json` type is liked where only `application/json` is asked for, and no range refuses it.
fn last_resort(offer: &MediaType, ranges: &[Range]) -> Option<Verdict> {
    let of_json = offer.family.eq_ignore_ascii_case("application") && offer.has_suffix("json");
    if !of_json || verdict(offer, ranges).is_some() {
        return None;
    }
    let json = ranges.iter().filter(|range| is_json(&range.accepted));
    let quality = json.map(|range| range.quality).max()?;
    Some(Verdict {
        quality,
        proper: false,
    })
}

fn is_json(media_type: &MediaType) -> bool {
    media_type.family.eq_ignore_ascii_case("application")
        && media_type.subtype.eq_ignore_ascii_case("json")
}
