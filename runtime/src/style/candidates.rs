//! The values that texts may stand for.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{Malformed, Read, delimited::Member};
use crate::{
    exact,
    shape::{Kind, Shape},
    text::{is_integer, is_number},
};

/// How many values a reading gives at most.
pub(super) const MOST: usize = 32;
/// From how many parts on only even choices are tried: each choice is a copy of all parts.
const WIDE: usize = 64;
/// How many even choices are tried at most.
const LEVELS: usize = 4;

/// Whether values may be of a kind. Where nothing is said of the type they are strings, and what the schema describes.
pub(super) fn may_be(shape: &Shape, kind: Kind) -> bool {
    if !shape.types.is_any() {
        return shape.types.has(kind);
    }
    match kind {
        Kind::Object => !shape.members.is_empty() || shape.others.is_some(),
        Kind::Array => shape.items.is_some(),
        kind => kind == Kind::String,
    }
}

fn may_be_scalar(shape: &Shape) -> bool {
    let kinds = [
        Kind::Null,
        Kind::Boolean,
        Kind::Integer,
        Kind::Number,
        Kind::String,
    ];
    kinds.into_iter().any(|kind| may_be(shape, kind))
}

/// What one text may stand for, the string last; the string alone where it is of none of the types, for the exact
/// schema to say so. A list or an object inside a style that has no word for one is JSON text.
pub(crate) fn scalars(text: &str, shape: &Shape) -> Vec<Value> {
    let may = |kind| may_be(shape, kind);
    let mut found = Vec::new();
    if may(Kind::Boolean) && (text == "true" || text == "false") {
        found.push(Value::Bool(text == "true"));
    }
    let numeric =
        (may(Kind::Integer) && is_integer(text)) || (may(Kind::Number) && is_number(text));
    if numeric {
        found.extend(number(text));
    }
    found.extend(container(text, shape));
    if may(Kind::Null) && !may(Kind::String) && (text.is_empty() || text == "null") {
        found.push(Value::Null);
    }
    if may(Kind::String) || found.is_empty() {
        found.push(Value::String(text.to_owned()));
    }
    if may(Kind::Null) && may(Kind::String) && (text.is_empty() || text == "null") {
        found.push(Value::Null);
    }
    found
}

/// The number of a text, with every digit that 64 bits hold.
fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().map(Number::from).ok();
    let whole = whole.or_else(|| text.parse::<u64>().map(Number::from).ok());
    whole
        .or_else(|| Number::from_f64(text.parse().ok()?))
        .map(Value::Number)
}

fn container(text: &str, shape: &Shape) -> Option<Value> {
    let kind = match text.trim_start().as_bytes().first()? {
        b'[' => Kind::Array,
        b'{' => Kind::Object,
        _ => return None,
    };
    match may_be(shape, kind) {
        true => exact::from_slice(text.as_bytes()).ok(),
        false => None,
    }
}

/// Gathers the readings of the kinds that a shape allows. Where the text is `parted`, lists and objects come first.
pub(super) fn choose(
    shape: &Shape,
    parted: bool,
    scalar: impl FnOnce() -> Read,
    list: impl FnOnce() -> Read,
    object: impl FnOnce() -> Read,
) -> Read {
    let (lists, objects) = (may_be(shape, Kind::Array), may_be(shape, Kind::Object));
    let scalar = (may_be_scalar(shape) || !(lists || objects)).then(scalar);
    let refused = matches!(scalar, Some(Err(_))) && shape.types.is_any();
    let list = (lists || refused).then(list);
    let object = objects.then(object);
    let order = match parted {
        true => [object, list, scalar],
        false => [scalar, list, object],
    };
    let mut found: Vec<Value> = Vec::new();
    let mut wrong = None;
    for reading in order.into_iter().flatten() {
        match reading {
            Ok(values) => values.into_iter().for_each(|value| {
                if found.len() < MOST && !found.contains(&value) {
                    found.push(value);
                }
            }),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    match (found.is_empty(), wrong) {
        (true, Some(error)) => Err(error),
        _ => Ok(found),
    }
}

/// Lists of items. One empty text is an empty string where items may be strings, and otherwise no item.
pub(super) fn list(texts: &[Cow<'_, str>], shape: &Shape) -> Vec<Value> {
    let any = Shape::default();
    let item = shape.items.as_deref().unwrap_or(&any);
    let none = Value::Array(Vec::new());
    let items: Vec<_> = texts.iter().map(|text| scalars(text, item)).collect();
    let mut found = lists(&items);
    let blank = texts.len() == 1 && texts.iter().all(|text| text.is_empty());
    match blank {
        true if may_be(item, Kind::String) => found.push(none),
        true => {
            found.retain(|list| list.get(0).is_none_or(Value::is_null));
            found.insert(0, none);
        }
        false => {}
    }
    found
}

/// Objects of names and values that stand once each.
pub(super) fn object(pairs: &[Member<'_>], shape: &Shape) -> Read {
    let any = Shape::default();
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
        return Err(Malformed::twice().within(name));
    }
    let members = pairs.iter().map(|(name, text)| {
        let member = shape.member(name).unwrap_or(&any);
        (name.clone().into_owned(), scalars(text, member))
    });
    Ok(objects(members.collect()))
}

/// Lists of what each item may be.
pub(super) fn lists(items: &[Vec<Value>]) -> Vec<Value> {
    combine(items).map(Value::Array).collect()
}

/// Objects of what each member may be.
pub(super) fn objects(members: Vec<(String, Vec<Value>)>) -> Vec<Value> {
    let (names, values): (Vec<String>, Vec<_>) = members.into_iter().unzip();
    combine(&values)
        .map(|values| Value::Object(names.iter().cloned().zip(values).collect::<Map<_, _>>()))
        .collect()
}

/// Choices of one value for each part: all of them where they are few; else the first of each, one that differs in a
/// single part, and those that take the same place everywhere.
fn combine(parts: &[Vec<Value>]) -> impl Iterator<Item = Vec<Value>> {
    let all = parts.iter().try_fold(1, |all: usize, part| {
        Some(all * part.len()).filter(|all| *all <= MOST)
    });
    let choices = match all {
        Some(all) if parts.len() <= WIDE => (0..all).map(|index| spelled(index, parts)).collect(),
        _ => uneven(parts),
    };
    choices.into_iter().map(|choice| {
        let chosen = parts.iter().zip(choice);
        chosen
            .filter_map(|(part, place)| part.get(place).or(part.last()).cloned())
            .collect()
    })
}

/// A number as places, the last part's first to change.
fn spelled(mut index: usize, parts: &[Vec<Value>]) -> Vec<usize> {
    let mut places = vec![0; parts.len()];
    for (place, part) in places.iter_mut().zip(parts).rev() {
        *place = index % part.len().max(1);
        index /= part.len().max(1);
    }
    places
}

fn uneven(parts: &[Vec<Value>]) -> Vec<Vec<usize>> {
    let levels = parts.iter().map(Vec::len).max().unwrap_or(1).min(LEVELS);
    let mut choices = vec![vec![0; parts.len()]];
    if parts.len() <= WIDE {
        let single = parts
            .iter()
            .enumerate()
            .flat_map(|(index, part)| (1..part.len()).map(move |place| (index, place)));
        choices.extend(single.take(MOST - levels).map(|(index, place)| {
            let mut places = vec![0; parts.len()];
            places
                .iter_mut()
                .skip(index)
                .take(1)
                .for_each(|own| *own = place);
            places
        }));
    }
    choices.extend((1..levels).map(|level| vec![level; parts.len()]));
    choices
}
