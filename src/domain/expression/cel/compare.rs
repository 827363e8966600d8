//! Equality and order of values.

use super::super::{Budget, EvaluateError};
use super::node::Order;
use crate::domain::value::Value;
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// The result of a comparison: false with unset on either side, whatever the operator.
pub(super) fn compare(order: Order, left: &Value, right: &Value, budget: &mut Budget) -> Result<bool, EvaluateError> {
    if left.is_unset() || right.is_unset() {
        return Ok(false);
    }
    match order {
        Order::Equal => equal(left, right, budget),
        Order::NotEqual => equal(left, right, budget).map(|same| !same),
        _ => {
            let Some(found) = rank(left, right, order)? else { return Ok(false) };
            Ok(match order {
                Order::Less => found.is_lt(),
                Order::LessEqual => found.is_le(),
                Order::Greater => found.is_gt(),
                _ => found.is_ge(),
            })
        }
    }
}

/// Deep equality: numbers by value, everything else by kind. Unset equals nothing.
pub(super) fn equal(left: &Value, right: &Value, budget: &mut Budget) -> Result<bool, EvaluateError> {
    Ok(match (left, right) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Decimal(a), Value::Decimal(b)) => a == b,
        (Value::Int(a), Value::Decimal(b)) | (Value::Decimal(b), Value::Int(a)) => Decimal::from(*a) == *b,
        (Value::Text(a), Value::Text(b)) | (Value::Number(a), Value::Number(b)) => {
            budget.take(a.len().min(b.len()) as u64 / 64)?;
            a == b
        }
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(b.iter()) {
                budget.take(1)?;
                if !equal(a, b, budget)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for (key, a) in a.iter() {
                budget.take(1)?;
                match b.get(key) {
                    Some(b) if equal(a, b, budget)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Instant(a), Value::Instant(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        _ => false,
    })
}

/// The order of two values. Null has none: its comparisons are false. Kinds that do not meet are an error.
fn rank(left: &Value, right: &Value, order: Order) -> Result<Option<Ordering>, EvaluateError> {
    Ok(Some(match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Ok(None),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        (Value::Int(a), Value::Decimal(b)) => Decimal::from(*a).cmp(b),
        (Value::Decimal(a), Value::Int(b)) => a.cmp(&Decimal::from(*b)),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        _ => return Err(mismatch(order.symbol(), left, right)),
    }))
}

/// The error of an operation between kinds that do not meet.
pub(super) fn mismatch(operation: &str, left: &Value, right: &Value) -> EvaluateError {
    EvaluateError::Type { operation: operation.to_owned(), found: format!("{} and {}", left.kind(), right.kind()) }
}
