//! `{lists: $.order.line}`: what came once becomes a list of one, as XML cannot say by itself.

use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Value;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("lists", Shape::OneOrMany(&Shape::Path), "where a list is, even when it came as a single value"),
    fields: &[],
};

pub(super) fn apply(value: &Value) -> Option<Value> {
    match value {
        Value::List(_) => None,
        // An empty element is a list without elements.
        Value::Null => Some(Value::list([])),
        Value::Text(text) if text.trim().is_empty() => Some(Value::list([])),
        one => Some(Value::list([one.clone()])),
    }
}
