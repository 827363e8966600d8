//! `{json_text: $.data}`: JSON inside a string becomes what it says.

use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Value;

/// Longest text read; the answer that holds it is bounded as well.
const TEXT_MAX: usize = 64 * 1024 * 1024;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("json_text", Shape::OneOrMany(&Shape::Path), "where a string holds JSON; it becomes what it says"),
    fields: &[],
};

pub(super) fn apply(value: &Value) -> Option<Value> {
    let text = value.as_text().filter(|text| text.len() <= TEXT_MAX)?;
    text.trim_start_matches('\u{feff}').parse().ok()
}
