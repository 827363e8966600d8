//! `{xml_text: $.Body.Result}`: XML inside a string becomes a tree.

use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Value;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("xml_text", Shape::OneOrMany(&Shape::Path), "where a string holds XML; it becomes a tree"),
    fields: &[],
};

pub(super) fn apply(value: &Value) -> Option<Value> {
    Value::from_xml(value.as_text()?).ok()
}
