//! `as: string`, `as: integer`, `as: number`.

use super::FormatError;
use crate::domain::expression::print;
use crate::domain::text::units;
use crate::domain::value::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

pub(super) fn text(value: &Value) -> Result<Value, FormatError> {
    match value {
        Value::Text(_) => Ok(value.clone()),
        other => print(other).map(Value::text).ok_or_else(|| FormatError::kind("a single value", other)),
    }
}

/// The exact decimal of a number or of its text.
pub(super) fn decimal(value: &Value) -> Result<Decimal, FormatError> {
    match value {
        Value::Decimal(number) => Ok(*number),
        Value::Int(number) => Ok(Decimal::from(*number)),
        Value::Text(text) => units::decimal(text.trim()).ok_or(FormatError::Kind { wanted: "a number", found: "another text" }),
        other => Err(FormatError::kind("a number", other)),
    }
}

pub(super) fn integer(value: &Value) -> Result<Value, FormatError> {
    if let Value::Int(_) = value {
        return Ok(value.clone());
    }
    let number = decimal(value)?;
    if !number.fract().is_zero() {
        return Err(FormatError::Digits(0));
    }
    number.to_i64().map(Value::Int).ok_or(FormatError::Range)
}

/// A JSON number with exactly these digits.
pub(super) fn write_number(value: &Value) -> Result<Value, FormatError> {
    match value {
        Value::Int(_) | Value::Number(_) => Ok(value.clone()),
        other => Ok(Value::Number(Arc::from(decimal(other)?.to_string()))),
    }
}
