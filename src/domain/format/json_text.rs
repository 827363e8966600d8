//! `as: json_text`: JSON inside a string, as many forms and envelopes want it.

use super::FormatError;
use crate::domain::value::Value;

pub(super) fn write(value: &Value) -> Value {
    Value::text(value.to_json_text())
}

pub(super) fn read(value: &Value) -> Result<Value, FormatError> {
    let text = value.as_text().ok_or_else(|| FormatError::kind("JSON in text", value))?;
    text.parse().map_err(|_| FormatError::Kind { wanted: "JSON in text", found: "another text" })
}
