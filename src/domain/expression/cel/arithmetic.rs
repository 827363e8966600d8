//! Arithmetic on values: exact or an error.

use super::super::{Budget, EvaluateError};
use super::compare::mismatch;
use super::node::Sign;
use crate::domain::value::{Value, exact};
use jiff::{SignedDuration, civil::Date};
use rust_decimal::Decimal;
use std::sync::Arc;

/// Bytes of a text made by an expression.
pub(super) const TEXT_MAX: usize = 1024 * 1024;
const DAY: i64 = 86_400;

/// The result of a calculation; unset on either side gives unset.
pub(super) fn calculate(sign: Sign, left: &Value, right: &Value, budget: &mut Budget) -> Result<Value, EvaluateError> {
    if left.is_unset() || right.is_unset() {
        return Ok(Value::Unset);
    }
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => integers(sign, *a, *b).map(Value::Int).ok_or_else(|| inexact(sign)),
        (Value::Decimal(a), Value::Decimal(b)) => decimals(sign, *a, *b),
        (Value::Int(a), Value::Decimal(b)) => decimals(sign, Decimal::from(*a), *b),
        (Value::Decimal(a), Value::Int(b)) => decimals(sign, *a, Decimal::from(*b)),
        (Value::Text(a), Value::Text(b)) if sign == Sign::Add => joined(a, b, budget),
        (Value::List(a), Value::List(b)) if sign == Sign::Add => {
            budget.take((a.len() + b.len()) as u64)?;
            Ok(Value::List(Arc::new(a.iter().chain(b.iter()).cloned().collect())))
        }
        _ => times(sign, left, right)?.ok_or_else(|| inexact(sign)),
    }
}

/// The negative of a number or a duration.
pub(super) fn negate(value: &Value) -> Result<Value, EvaluateError> {
    match value {
        Value::Unset => Ok(Value::Unset),
        Value::Int(number) => number.checked_neg().map(Value::Int).ok_or_else(|| EvaluateError::Arithmetic("-".to_owned())),
        Value::Decimal(number) => Ok(Value::Decimal(-number)),
        Value::Duration(span) => span.checked_neg().map(Value::Duration).ok_or_else(|| EvaluateError::Arithmetic("-".to_owned())),
        other => Err(EvaluateError::Type { operation: "-".to_owned(), found: other.kind().to_owned() }),
    }
}

fn inexact(sign: Sign) -> EvaluateError {
    EvaluateError::Arithmetic(sign.symbol().to_owned())
}

fn integers(sign: Sign, a: i64, b: i64) -> Option<i64> {
    match sign {
        Sign::Add => a.checked_add(b),
        Sign::Subtract => a.checked_sub(b),
        Sign::Multiply => a.checked_mul(b),
        Sign::Divide => a.checked_div(b),
        Sign::Remainder => a.checked_rem(b),
    }
}

fn decimals(sign: Sign, a: Decimal, b: Decimal) -> Result<Value, EvaluateError> {
    let result = match sign {
        Sign::Add => exact::add(a, b),
        Sign::Subtract => exact::subtract(a, b),
        Sign::Multiply => exact::multiply(a, b),
        Sign::Divide => exact::divide(a, b),
        Sign::Remainder => exact::remainder(a, b),
    };
    result.map(Value::Decimal).ok_or_else(|| inexact(sign))
}

fn joined(a: &str, b: &str, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let length = a.len() + b.len();
    if length > TEXT_MAX {
        return Err(EvaluateError::TooLong(TEXT_MAX));
    }
    budget.take(length as u64 / 64)?;
    let mut text = String::with_capacity(length);
    text.push_str(a);
    text.push_str(b);
    Ok(Value::Text(Arc::from(text)))
}

/// Instants, dates and durations. The outer error is a mismatch of kinds, an inner none a result out of range.
fn times(sign: Sign, left: &Value, right: &Value) -> Result<Option<Value>, EvaluateError> {
    Ok(match (sign, left, right) {
        (Sign::Add, Value::Instant(at), Value::Duration(span)) | (Sign::Add, Value::Duration(span), Value::Instant(at)) => {
            at.checked_add(*span).ok().map(Value::Instant)
        }
        (Sign::Subtract, Value::Instant(at), Value::Duration(span)) => at.checked_sub(*span).ok().map(Value::Instant),
        (Sign::Subtract, Value::Instant(a), Value::Instant(b)) => Some(Value::Duration(a.duration_since(*b))),
        (Sign::Add, Value::Date(day), Value::Duration(span)) | (Sign::Add, Value::Duration(span), Value::Date(day)) => {
            moved(*day, Some(*span)).map(Value::Date)
        }
        (Sign::Subtract, Value::Date(day), Value::Duration(span)) => moved(*day, span.checked_neg()).map(Value::Date),
        (Sign::Subtract, Value::Date(a), Value::Date(b)) => Some(Value::Duration(a.duration_since(*b))),
        (Sign::Add, Value::Duration(a), Value::Duration(b)) => a.checked_add(*b).map(Value::Duration),
        (Sign::Subtract, Value::Duration(a), Value::Duration(b)) => a.checked_sub(*b).map(Value::Duration),
        (Sign::Multiply, Value::Duration(span), Value::Int(n)) | (Sign::Multiply, Value::Int(n), Value::Duration(span)) => {
            i32::try_from(*n).ok().and_then(|n| span.checked_mul(n)).map(Value::Duration)
        }
        _ => return Err(mismatch(sign.symbol(), left, right)),
    })
}

/// A date moved by whole days; a part of a day has no meaning for a date.
fn moved(day: Date, span: Option<SignedDuration>) -> Option<Date> {
    let span = span.filter(|span| span.as_secs() % DAY == 0 && span.subsec_nanos() == 0)?;
    day.checked_add(span).ok()
}
