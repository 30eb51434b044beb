//! Limits become expressions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Number;

use super::printing::ident;
use crate::model::{Api, Check, Slot, Type, TypeKind};

/// The regular expressions of one function.
#[derive(Default)]
pub(super) struct Patterns(Vec<String>);

impl Patterns {
    /// The statics, to stand at the top of the function.
    pub(super) fn items(&self) -> TokenStream {
        let names = (0..self.0.len()).map(pattern_name);
        let texts = self.0.iter().map(|text| raw_text(text));
        quote! {
            #(static #names: oarlock_runtime::Pattern = oarlock_runtime::Pattern::new(#texts);)*
        }
    }

    fn name(&mut self, text: &str) -> proc_macro2::Ident {
        let known = self.0.iter().position(|one| one == text);
        pattern_name(known.unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        }))
    }
}

fn pattern_name(index: usize) -> proc_macro2::Ident {
    match index {
        0 => ident("PATTERN"),
        _ => ident(&format!("PATTERN_{}", index + 1)),
    }
}

/// A raw literal where that reads better and is possible.
fn raw_text(text: &str) -> TokenStream {
    let plain = text
        .chars()
        .all(|letter| !letter.is_control() && letter != '"');
    if plain
        && text.contains('\\')
        && let Ok(literal) = format!("r\"{text}\"").parse()
    {
        return literal;
    }
    quote!(#text)
}

/// An expression in its three uses.
pub(super) struct Place {
    value: TokenStream,
    reference: TokenStream,
    dot: TokenStream,
}

impl Place {
    /// A field of `self`.
    pub(super) fn field(name: &str) -> Self {
        let name = match name.parse::<usize>() {
            Ok(index) => {
                let index = Literal::usize_unsuffixed(index);
                quote!(#index)
            }
            Err(_) => {
                let name = ident(name);
                quote!(#name)
            }
        };
        Place {
            value: quote!(self.#name),
            reference: quote!(&self.#name),
            dot: quote!(self.#name),
        }
    }

    /// A variable that holds a reference.
    pub(super) fn reference(name: &str) -> Self {
        let name = ident(name);
        Place {
            value: quote!(*#name),
            reference: quote!(#name),
            dot: quote!(#name),
        }
    }
}

/// The check of a member that may be absent.
pub(super) fn member(
    api: &Api,
    slot_: &Slot,
    place: &Place,
    optional: bool,
    patterns: &mut Patterns,
) -> Option<TokenStream> {
    if !optional {
        return slot(api, slot_, place, patterns);
    }
    let inner = slot(api, slot_, &Place::reference("value"), patterns)?;
    let dot = &place.dot;
    Some(quote!(#dot.as_ref().is_none_or(|value| #inner)))
}

/// The check of a value; none where its type says all.
pub(super) fn slot(
    api: &Api,
    slot_: &Slot,
    place: &Place,
    patterns: &mut Patterns,
) -> Option<TokenStream> {
    let mut parts = own(slot_, place, patterns);
    parts.extend(inner(api, &slot_.ty, place, patterns));
    match parts.len() {
        0 => None,
        _ => Some(quote!(#(#parts)&&*)),
    }
}

fn inner(api: &Api, ty: &Type, place: &Place, patterns: &mut Patterns) -> Option<TokenStream> {
    let dot = &place.dot;
    match ty {
        Type::List(item) => {
            let check = slot(api, item, &Place::reference("item"), patterns)?;
            Some(quote!(#dot.iter().all(|item| #check)))
        }
        Type::Map(value) => {
            let check = slot(api, value, &Place::reference("value"), patterns)?;
            Some(quote!(#dot.values().all(|value| #check)))
        }
        Type::Nullable(one) => {
            let check = slot(api, one, &Place::reference("value"), patterns)?;
            Some(quote!(#dot.as_ref().is_none_or(|value| #check)))
        }
        Type::OrOther(one) => {
            let check = slot(api, one, &Place::reference("value"), patterns)?;
            Some(quote!(#dot.named().is_none_or(|value| #check)))
        }
        Type::Boxed(one) => inner(api, one, place, patterns),
        Type::Named(id) => match &api.types[id.0] {
            def if !def.checked => None,
            def => match &def.kind {
                TypeKind::Alias(target) => slot(api, target, place, patterns),
                _ => Some(quote!(#dot.is_valid())),
            },
        },
        _ => None,
    }
}

fn own(slot: &Slot, place: &Place, patterns: &mut Patterns) -> Vec<TokenStream> {
    match slot.ty {
        Type::I32 => integer(&slot.checks, place, i32::MIN.into(), i32::MAX.into()),
        Type::I64 => integer(&slot.checks, place, i64::MIN.into(), i64::MAX.into()),
        Type::Integer => any_integer(&slot.checks, place),
        Type::F64 => number(&slot.checks, place),
        Type::Number => any_number(&slot.checks, place),
        Type::List(_) | Type::Map(_) => count(&slot.checks, place),
        _ => text(slot, place, patterns),
    }
}

fn text(slot: &Slot, place: &Place, patterns: &mut Patterns) -> Vec<TokenStream> {
    let (reference, dot) = (&place.reference, &place.dot);
    let text = match slot.ty {
        Type::String => quote!(#reference),
        _ => quote!(#dot.as_str()),
    };
    let mut parts = Vec::new();
    for check in &slot.checks {
        parts.extend(match check {
            Check::MinLength(1) if slot.ty == Type::String => Some(quote!(!#dot.is_empty())),
            Check::MinLength(least) => {
                let least = Literal::u64_unsuffixed(*least);
                Some(quote!(oarlock_runtime::check::min_length(#text, #least)))
            }
            Check::MaxLength(most) => {
                let most = Literal::u64_unsuffixed(*most);
                Some(quote!(oarlock_runtime::check::max_length(#text, #most)))
            }
            Check::Format(name) => Some(quote!(oarlock_runtime::check::format(#name, #text))),
            Check::Pattern(pattern) => {
                let name = patterns.name(pattern);
                Some(quote!(#name.is_match(#text)))
            }
            _ => None,
        });
    }
    parts
}

/// Integer limits, brought to inclusive ends inside the type.
fn integer(checks: &[Check], place: &Place, lowest: i128, highest: i128) -> Vec<TokenStream> {
    let (value, reference) = (&place.value, &place.reference);
    let (mut low, mut high) = (lowest, highest);
    let mut parts = Vec::new();
    for check in checks {
        match check {
            Check::Minimum(end, open) => low = low.max(floor_or_ceil(end, true, *open)),
            Check::Maximum(end, open) => high = high.min(floor_or_ceil(end, false, *open)),
            Check::OneOf(values) => {
                let values = values.iter().map(|one| Literal::i64_unsuffixed(*one));
                parts.push(quote!([#(#values),*].contains(#reference)));
            }
            Check::MultipleOf(step) if step.as_i64() == Some(1) => {}
            Check::MultipleOf(step) => parts.push(match step.as_i64() {
                Some(step) if i128::from(step) <= highest => {
                    let step = Literal::i64_unsuffixed(step);
                    quote!(#value % #step == 0)
                }
                _ => {
                    let step = Literal::f64_unsuffixed(step.as_f64().unwrap_or(1.0));
                    quote!(oarlock_runtime::check::multiple_of_step(#value, #step))
                }
            }),
            _ => {}
        }
    }
    let (low_end, high_end) = (
        Literal::i128_unsuffixed(low),
        Literal::i128_unsuffixed(high),
    );
    match (low > lowest, high < highest) {
        _ if low > high => parts.push(quote!(oarlock_runtime::check::never(#reference))),
        (true, true) => parts.push(quote!((#low_end..=#high_end).contains(#reference))),
        (true, false) => parts.push(quote!(#value >= #low_end)),
        (false, true) => parts.push(quote!(#value <= #high_end)),
        (false, false) => {}
    }
    parts
}

/// Limits of an integer whose size is open.
fn any_integer(checks: &[Check], place: &Place) -> Vec<TokenStream> {
    let dot = &place.dot;
    let mut parts = Vec::new();
    for check in checks {
        parts.extend(match check {
            Check::Minimum(end, open) => {
                let end = Literal::i128_unsuffixed(floor_or_ceil(end, true, *open));
                Some(quote!(#dot.compare(#end).is_ge()))
            }
            Check::Maximum(end, open) => {
                let end = Literal::i128_unsuffixed(floor_or_ceil(end, false, *open));
                Some(quote!(#dot.compare(#end).is_le()))
            }
            Check::MultipleOf(step) => {
                let step = Literal::f64_unsuffixed(step.as_f64().unwrap_or(1.0));
                Some(quote!(#dot.is_multiple_of(#step)))
            }
            _ => None,
        });
    }
    parts
}

/// Limits of a number that no double could judge.
fn any_number(checks: &[Check], place: &Place) -> Vec<TokenStream> {
    let dot = &place.dot;
    let literal = |number: &Number| Literal::f64_unsuffixed(number.as_f64().unwrap_or(0.0));
    let mut parts = Vec::new();
    for check in checks {
        let (end, is) = match check {
            Check::Minimum(end, false) => (end, "is_ge"),
            Check::Minimum(end, true) => (end, "is_gt"),
            Check::Maximum(end, false) => (end, "is_le"),
            Check::Maximum(end, true) => (end, "is_lt"),
            Check::MultipleOf(step) => {
                let step = literal(step);
                parts.push(quote!(#dot.is_multiple_of(#step)));
                continue;
            }
            _ => continue,
        };
        let is = ident(is);
        let whole = end
            .as_i64()
            .map(i128::from)
            .or_else(|| end.as_u64().map(i128::from));
        let compared = match whole {
            Some(end) => {
                let end = Literal::i128_unsuffixed(end);
                quote!(compare_integer(#end))
            }
            None => {
                let end = literal(end);
                quote!(compare(#end))
            }
        };
        parts.push(quote!(#dot.#compared.#is()));
    }
    parts
}

/// The nearest integer inside an end of a range.
fn floor_or_ceil(end: &Number, lower: bool, open: bool) -> i128 {
    let step = i128::from(open) * if lower { 1 } else { -1 };
    if let Some(end) = end.as_i64() {
        return i128::from(end) + step;
    }
    if let Some(end) = end.as_u64() {
        return i128::from(end) + step;
    }
    let end = end.as_f64().unwrap_or(0.0);
    let whole = if lower { end.ceil() } else { end.floor() };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    let near = whole as i128;
    if whole == end {
        near.saturating_add(step)
    } else {
        near
    }
}

fn number(checks: &[Check], place: &Place) -> Vec<TokenStream> {
    let (value, reference) = (&place.value, &place.reference);
    let literal = |number: &Number| Literal::f64_unsuffixed(number.as_f64().unwrap_or(0.0));
    let ends = |low: bool| {
        checks.iter().find_map(move |check| match check {
            Check::Minimum(end, open) if low => Some((literal(end), *open)),
            Check::Maximum(end, open) if !low => Some((literal(end), *open)),
            _ => None,
        })
    };
    let mut parts = Vec::new();
    match (ends(true), ends(false)) {
        (Some((low, false)), Some((high, false))) => {
            parts.push(quote!((#low..=#high).contains(#reference)));
        }
        (Some((low, false)), Some((high, true))) => {
            parts.push(quote!((#low..#high).contains(#reference)));
        }
        (low, high) => {
            parts.extend(low.map(|(end, open)| match open {
                true => quote!(#value > #end),
                false => quote!(#value >= #end),
            }));
            parts.extend(high.map(|(end, open)| match open {
                true => quote!(#value < #end),
                false => quote!(#value <= #end),
            }));
        }
    }
    parts
}

fn count(checks: &[Check], place: &Place) -> Vec<TokenStream> {
    let (dot, reference) = (&place.dot, &place.reference);
    let mut parts = Vec::new();
    let (mut low, mut high) = (None, None);
    for check in checks {
        match check {
            Check::MinItems(least) => low = Some(*least),
            Check::MaxItems(most) => high = Some(*most),
            _ => {}
        }
    }
    let literal = Literal::u64_unsuffixed;
    match (low, high) {
        (Some(low), Some(high)) if low > high => {
            parts.push(quote!(oarlock_runtime::check::never(#reference)));
        }
        (Some(low), Some(high)) => {
            let (low, high) = (literal(low), literal(high));
            parts.push(quote!((#low..=#high).contains(&#dot.len())));
        }
        (Some(1), None) => parts.push(quote!(!#dot.is_empty())),
        (Some(low), None) => {
            let low = literal(low);
            parts.push(quote!(#dot.len() >= #low));
        }
        (None, Some(0)) => parts.push(quote!(#dot.is_empty())),
        (None, Some(high)) => {
            let high = literal(high);
            parts.push(quote!(#dot.len() <= #high));
        }
        (None, None) => {}
    }
    if checks.contains(&Check::Unique) {
        parts.push(quote!(oarlock_runtime::check::unique(#reference)));
    }
    parts
}
