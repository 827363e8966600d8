//! `{odata_dates: $.d}`: every `/Date(1767225600000)/` below becomes an instant such as `2026-01-01T00:00:00Z`.
//!
//! The number is milliseconds since 1970 in UTC; an offset behind it is minutes for showing and changes nothing.

use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Value;
use jiff::Timestamp;
use std::sync::Arc;

/// Answers come out of a parser that bounds their depth; this is beyond it.
const DEPTH_MAX: usize = 256;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("odata_dates", Shape::OneOrMany(&Shape::Path), "below which dates stand as OData 2 and old .NET write them"),
    fields: &[],
};

pub(super) fn apply(value: &Value) -> Option<Value> {
    Some(walk(value, DEPTH_MAX))
}

fn walk(value: &Value, depth: usize) -> Value {
    match value {
        Value::Text(text) => read(text).map_or_else(|| value.clone(), |at| Value::text(at.to_string())),
        Value::List(items) if depth > 0 => Value::list(items.iter().map(|item| walk(item, depth - 1))),
        Value::Map(map) if depth > 0 => {
            let changed = map.iter().map(|(name, member)| (name.clone(), walk(member, depth - 1)));
            Value::Map(Arc::new(changed.collect()))
        }
        other => other.clone(),
    }
}

fn read(text: &str) -> Option<Timestamp> {
    let inside = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits = inside.char_indices().find(|(at, letter)| *at > 0 && matches!(letter, '+' | '-')).map_or(inside, |(at, _)| &inside[..at]);
    Timestamp::from_millisecond(digits.parse().ok()?).ok()
}
