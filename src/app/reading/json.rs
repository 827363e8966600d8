//! JSON columns for people: what is stored as text goes out as JSON.

use serde_json::Value;

/// Stored JSON text as a value. Text that is none is shown as text: a reader must see what is there.
pub fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// A member of stored JSON, when it is text.
pub fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}
