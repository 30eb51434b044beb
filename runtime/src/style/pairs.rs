//! The pairs of a query, a form or cookies, and the parameters in them.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    Encoding, Found, Malformed, Read, Style,
    candidates::{choose, list, lists, may_be, objects, scalars},
    deep,
    delimited::{Decode, Delimited, split},
};
#[cfg(any(test, feature = "server"))]
use crate::text::decode_path;
use crate::{
    exact,
    shape::{Kind, Shape},
    text::decode_query,
};

/// Names, decoded, and values, still encoded.
pub(super) struct Pairs<'t> {
    pairs: Vec<Pair<'t>>,
    /// Places of pairs by their names, then as they stand: whole forms are looked up name by name.
    by_name: Vec<usize>,
    decode: Decode,
}

type Pair<'t> = (Cow<'t, str>, &'t str);

impl<'t> Pairs<'t> {
    fn new(pairs: Vec<Pair<'t>>, decode: Decode) -> Self {
        let mut by_name: Vec<usize> = (0..pairs.len()).collect();
        by_name.sort_by_key(|place| pairs.get(*place).map(|(name, _)| name));
        Pairs {
            pairs,
            by_name,
            decode,
        }
    }

    /// The values of a name, as they stand.
    fn values(&self, name: &str) -> impl Iterator<Item = &'t str> {
        let pair = |place: &usize| self.pairs.get(*place);
        let before = |place: &usize| pair(place).is_some_and(|(own, _)| &**own < name);
        let first = self.by_name.partition_point(before);
        let from_first = self.by_name.iter().skip(first).filter_map(pair);
        from_first
            .take_while(move |(own, _)| own == name)
            .map(|(_, value)| *value)
    }

    /// The pairs of a query. A name that is not UTF-8 is no parameter's.
    #[cfg(any(test, feature = "server"))]
    pub(super) fn of_query(query: &'t str) -> Self {
        Self::new(named(query).flatten().collect(), decode_query)
    }

    /// The pairs of a form, each of which counts.
    pub(super) fn of_form(text: &'t str) -> Result<Self, Malformed> {
        let pairs: Option<Vec<_>> = named(text).collect();
        let pairs = pairs.ok_or_else(|| Malformed::new("a name in it is not UTF-8"))?;
        Ok(Self::new(pairs, decode_query))
    }

    #[cfg(any(test, feature = "server"))]
    pub(super) fn of_cookies(values: impl Iterator<Item = &'t str>, style: Style) -> Self {
        let plain = style == Style::Cookie;
        let cookies = values.flat_map(|value| value.split(';')).map(str::trim);
        let pairs = cookies.filter_map(|cookie| {
            let (name, value) = cookie.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            let unquoted = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            match plain {
                true => Some((Cow::Borrowed(name), unquoted.unwrap_or(value))),
                false => Some((decode_path(name)?, value)),
            }
        });
        let decode: Decode = match plain {
            true => |text| Some(Cow::Borrowed(text)),
            false => decode_path,
        };
        Self::new(pairs.collect(), decode)
    }

    /// Every name, once.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.pairs.iter().map(|(name, _)| &**name).collect()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    pub(super) fn read(
        &self,
        name: &str,
        encoding: Encoding,
        shape: &Shape,
        taken: &[&str],
    ) -> Found {
        match (encoding.style, encoding.explode) {
            (Style::DeepObject, _) => self.deep(name, shape),
            (_, true) => self.exploded(name, shape, taken),
            (style, false) => self.delimited(name, style, shape),
        }
    }

    fn texts(&self, name: &str) -> Result<Vec<Cow<'t, str>>, Malformed> {
        self.values(name).map(|value| self.decoded(value)).collect()
    }

    fn decoded(&self, value: &'t str) -> Result<Cow<'t, str>, Malformed> {
        (self.decode)(value).ok_or_else(Malformed::not_utf8)
    }

    fn delimited(&self, name: &str, style: Style, shape: &Shape) -> Found {
        let mut values = self.values(name);
        let Some(whole) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(Malformed::twice());
        }
        let delimited = Delimited {
            whole,
            parts: split(whole, style),
            explode: false,
            decode: self.decode,
        };
        delimited.read(shape).map(Some)
    }

    fn exploded(&self, name: &str, shape: &Shape, taken: &[&str]) -> Found {
        if !may_be(shape, Kind::Object) {
            return self.repeated(name, shape);
        }
        let own_member = shape.members.iter().any(|(member, _)| member == name);
        if own_member || shape.is_object() {
            let found = self.members(shape, taken)?;
            return found.map_or_else(|| self.repeated(name, shape), |found| Ok(Some(found)));
        }
        let found = self.repeated(name, shape)?;
        found.map_or_else(|| self.members(shape, taken), |found| Ok(Some(found)))
    }

    /// A value whose name stands once, or once for each item; lists also as `name[]`, as PHP and others write them.
    pub(super) fn repeated(&self, name: &str, shape: &Shape) -> Found {
        let texts = self.texts(name)?;
        if !texts.is_empty() {
            return repeated(&texts, texts.len() > 1, shape).map(Some);
        }
        if !may_be(shape, Kind::Array) {
            return Ok(None);
        }
        let texts = self.texts(&format!("{name}[]"))?;
        match texts.is_empty() {
            true => Ok(None),
            false => repeated(&texts, true, shape).map(Some),
        }
    }

    /// An object whose members are pairs of their own; none where no member is there.
    fn members(&self, shape: &Shape, taken: &[&str]) -> Found {
        let any = Shape::default();
        let mut names: BTreeSet<&str> = shape.members.iter().map(|(name, _)| &**name).collect();
        if takes_others(shape) {
            let others = self.names().into_iter();
            names.extend(others.filter(|name| !taken.contains(name)));
        }
        let mut found = Vec::new();
        for name in names {
            let member = shape.member(name).unwrap_or(&any);
            let values = self.repeated(name, member);
            if let Some(values) = values.map_err(|wrong| wrong.within(name))? {
                found.push((name.to_owned(), values));
            }
        }
        Ok(Some(found).filter(|found| !found.is_empty()).map(objects))
    }

    fn deep(&self, name: &str, shape: &Shape) -> Found {
        let own = self.pairs.iter().filter_map(|(key, value)| {
            let rest = key.strip_prefix(name)?;
            let ours = rest.is_empty() || rest.starts_with('[');
            ours.then_some((rest, *value))
        });
        let mut pairs = Vec::new();
        for (rest, value) in own {
            pairs.push((rest, self.decoded(value)?));
        }
        deep::read(pairs, shape)
    }

    /// A value that is JSON text; a list may stand as one text, or as one for each item.
    pub(super) fn json(&self, name: &str, shape: &Shape) -> Found {
        let texts = self.texts(name)?;
        let parsed = texts.iter().map(|text| {
            let read = exact::from_slice(text.as_bytes());
            read.map_err(|error| Malformed(format!("it is not JSON: {error}")))
        });
        let mut values = parsed.collect::<Result<Vec<_>, _>>()?;
        match values.len() {
            0 => Ok(None),
            1 if may_be(shape, Kind::Array) && !values.iter().any(serde_json::Value::is_array) => {
                values.push(serde_json::Value::Array(values.clone()));
                Ok(Some(values))
            }
            1 => Ok(Some(values)),
            _ if may_be(shape, Kind::Array) => {
                let items: Vec<_> = values.into_iter().map(|value| vec![value]).collect();
                Ok(Some(lists(&items)))
            }
            _ => Err(Malformed::twice()),
        }
    }
}

/// Whether an exploded object takes pairs that are none of its named members: where its schema describes them, and
/// where it names no member at all and would never be there otherwise.
pub(super) fn takes_others(shape: &Shape) -> bool {
    let free = shape.is_object() && shape.members.is_empty() && !shape.closed;
    shape.others.is_some() || free
}

/// Each pair of a query; none for one whose name is not UTF-8.
fn named(query: &str) -> impl Iterator<Item = Option<Pair<'_>>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode_query(name)?, value))
    })
}

/// What texts of one name may stand for.
pub(super) fn repeated(texts: &[Cow<'_, str>], parted: bool, shape: &Shape) -> Read {
    let one = || match texts {
        [text] => Ok(scalars(text, shape)),
        _ => Err(Malformed::twice()),
    };
    choose(shape, parted, one, || Ok(list(texts, shape)), one)
}
