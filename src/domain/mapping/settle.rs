//! The last step of a rule: the value in the form its target declares.

use super::apply::MapCause;
use crate::domain::expression::print;
use crate::domain::value::{Type, Value};
use rust_decimal::prelude::ToPrimitive;

/// Turns a value into its target's form: text of numbers and dates, decimals of their text. Never loses anything.
pub(super) fn settle(value: Value, to: &Type) -> Result<Value, MapCause> {
    let wrong = |value: &Value| MapCause::Type { found: value.kind(), wanted: to.name() };
    match (to, &value) {
        (Type::Any, _) | (_, Value::Null) => Ok(value),
        (Type::Text | Type::Secret, Value::Text(_)) => Ok(value),
        (Type::Text, Value::Int(_) | Value::Decimal(_) | Value::Number(_) | Value::Date(_) | Value::Instant(_) | Value::Duration(_)) => {
            print(&value).map(Value::text).ok_or_else(|| wrong(&value))
        }
        (Type::Decimal { .. }, Value::Decimal(_)) | (Type::Int, Value::Int(_)) | (Type::Bool, Value::Bool(_)) => Ok(value),
        (Type::Int, Value::Decimal(number)) if number.fract().is_zero() => number.to_i64().map(Value::Int).ok_or_else(|| wrong(&value)),
        _ => to.read(&value).map_err(|error| MapCause::Type { found: error.found, wanted: error.wanted }),
    }
}

/// Cuts a text to so many characters, or says that it is longer.
pub(super) fn shorten(value: Value, max: u32, truncate: bool) -> Result<Value, MapCause> {
    let Value::Text(text) = &value else { return Ok(value) };
    let max_length = usize::try_from(max).unwrap_or(usize::MAX);
    // Bytes are never fewer than characters, so most texts need no count.
    if text.len() <= max_length {
        return Ok(value);
    }
    match text.char_indices().nth(max_length) {
        None => Ok(value),
        Some((at, _)) if truncate => Ok(Value::text(&text[..at])),
        Some(_) => Err(MapCause::TooLong(max)),
    }
}
