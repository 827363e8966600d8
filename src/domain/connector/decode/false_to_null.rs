//! `{false_to_null: ["$[*].partner_ref"]}`: for partners that write "nothing" as `false`.

use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Value;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("false_to_null", Shape::OneOrMany(&Shape::Path), "where `false` means that there is nothing"),
    fields: &[],
};

pub(super) fn apply(value: &Value) -> Option<Value> {
    matches!(value, Value::Bool(false)).then_some(Value::Null)
}
