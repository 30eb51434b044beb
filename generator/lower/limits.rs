//! What the values of one JSON type must keep to: the Rust type that says most of it, and checks for the rest.

use oarlock_runtime::check::FORMATS;

use crate::{
    model::{Check, Type},
    spec::Schema,
};

/// `int32` and `int64` say the size, or both ends do; otherwise the document leaves it open.
pub(super) fn integer(schema: &Schema) -> Type {
    let format = schema.format.as_ref().map(|format| format.value.as_str());
    let ends = [&schema.minimum, &schema.maximum];
    let bounded = ends
        .iter()
        .all(|end| end.as_ref().is_some_and(|bound| bound.value.is_i64()));
    match format {
        _ if schema.enumeration.is_some() => Type::I64,
        Some("int32") => Type::I32,
        Some("int64") => Type::I64,
        _ if bounded => Type::I64,
        _ => Type::Integer,
    }
}

/// The largest integer up to which a double has every one.
const DOUBLE_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A double, as long as it can judge the limits of every number that is rounded to it.
pub(super) fn number(schema: &Schema) -> Type {
    let ends = [&schema.minimum, &schema.maximum];
    let far = |end: f64| end.abs() >= DOUBLE_INTEGERS;
    let far = ends.iter().any(|end| {
        end.as_ref()
            .and_then(|end| end.value.as_f64())
            .is_some_and(far)
    });
    match schema.multiple_of.is_some() || far {
        true => Type::Number,
        false => Type::F64,
    }
}

pub(super) fn text(schema: &Schema) -> Type {
    match schema.format.as_ref().map(|format| format.value.as_str()) {
        Some("date") => Type::Date,
        Some("date-time") => Type::DateTime,
        Some("uuid") => Type::Uuid,
        Some("password") => Type::Password,
        _ => Type::String,
    }
}

pub(super) fn checks(schema: &Schema, ty: &Type) -> Vec<Check> {
    let mut checks = Vec::new();
    match ty {
        Type::String | Type::Date | Type::DateTime | Type::Uuid | Type::Password => {
            checks.extend(
                schema
                    .min_length
                    .filter(|least| *least > 0)
                    .map(Check::MinLength),
            );
            checks.extend(schema.max_length.map(Check::MaxLength));
            let pattern = schema.pattern.as_ref();
            checks.extend(pattern.map(|pattern| Check::Pattern(pattern.value.clone())));
            let format = schema.format.as_ref().map(|format| format.value.as_str());
            if *ty == Type::String {
                let asserted = format.filter(|format| FORMATS.contains(format));
                checks.extend(asserted.map(|format| Check::Format(format.to_owned())));
            }
        }
        Type::I32 | Type::I64 | Type::Integer | Type::F64 | Type::Number => {
            let bound = |bound: &crate::spec::Bound| (bound.value.clone(), bound.exclusive);
            let (least, most) = (schema.minimum.as_ref(), schema.maximum.as_ref());
            checks.extend(
                least
                    .map(bound)
                    .map(|(end, open)| Check::Minimum(end, open)),
            );
            checks.extend(most.map(bound).map(|(end, open)| Check::Maximum(end, open)));
            let step = schema.multiple_of.as_ref();
            checks.extend(step.map(|step| Check::MultipleOf(step.value.clone())));
            if let Some(values) = &schema.enumeration {
                let values = values.iter().filter_map(|one| one.value.as_i64());
                checks.push(Check::OneOf(values.collect()));
            }
        }
        Type::List(_) => {
            checks.extend(
                schema
                    .array
                    .min
                    .filter(|least| *least > 0)
                    .map(Check::MinItems),
            );
            checks.extend(schema.array.max.map(Check::MaxItems));
            checks.extend(schema.array.unique.then_some(Check::Unique));
        }
        Type::Map(_) => {
            let least = schema.object.min.filter(|least| *least > 0);
            checks.extend(least.map(Check::MinItems));
            checks.extend(schema.object.max.map(Check::MaxItems));
        }
        _ => {}
    }
    checks
}
