//! Functions of numbers; all exact.

use super::super::super::{Budget, EvaluateError};
use super::super::arithmetic::calculate;
use super::super::compare::compare;
use super::super::node::{Order, Sign};
use super::{Function, Gives, Kind, int, items, wrong};
use crate::domain::value::{Value, exact};
use rust_decimal::RoundingStrategy;
use std::borrow::Cow;

type Arguments<'v> = [Cow<'v, Value>];

pub(super) static FUNCTIONS: &[Function] = &[
    Function::global("abs", &[Kind::Number], Gives::First, |name, values, _| match values[0].as_ref() {
        Value::Int(number) => number.checked_abs().map(Value::Int).ok_or_else(|| EvaluateError::Arithmetic(name.to_owned())),
        Value::Decimal(number) => Ok(Value::Decimal(number.abs())),
        other => Err(wrong(name, other)),
    }),
    Function::global("round", &[Kind::Number, Kind::Int], Gives::First, round).literal(
        1,
        |scale| matches!(scale, Value::Int(0..=28)),
        "a whole number from 0 to 28",
    ),
    Function::global("min", &[Kind::List], Gives::Item, |name, values, budget| {
        extreme(name, items(name, values, 0)?.iter(), Order::Less, budget)
    }),
    Function::global("max", &[Kind::List], Gives::Item, |name, values, budget| {
        extreme(name, items(name, values, 0)?.iter(), Order::Greater, budget)
    }),
    Function::global("min", &[Kind::Number, Kind::Number], Gives::Widest, |name, values, budget| {
        extreme(name, values.iter().map(AsRef::as_ref), Order::Less, budget)
    })
    .repeated(),
    Function::global("max", &[Kind::Number, Kind::Number], Gives::Widest, |name, values, budget| {
        extreme(name, values.iter().map(AsRef::as_ref), Order::Greater, budget)
    })
    .repeated(),
    Function::global("sum", &[Kind::List], Gives::Item, |name, values, budget| {
        let mut total = Value::Int(0);
        for item in items(name, values, 0)? {
            budget.take(1)?;
            match item {
                Value::Unset | Value::Null => return Ok(Value::Unset),
                Value::Int(_) | Value::Decimal(_) => total = calculate(Sign::Add, &total, item, budget)?,
                other => return Err(wrong(name, other)),
            }
        }
        Ok(total)
    }),
];

/// Rounds half to even, to exactly this many digits where they fit: `round(5, 2)` prints `5.00`.
fn round(name: &'static str, values: &Arguments<'_>, _: &mut Budget) -> Result<Value, EvaluateError> {
    let scale = u32::try_from(int(name, values, 1)?).unwrap_or(exact::SCALE_MAX).min(exact::SCALE_MAX);
    match values[0].as_ref() {
        Value::Int(number) => Ok(Value::Int(*number)),
        Value::Decimal(number) => {
            Ok(Value::Decimal(exact::rescale(*number, scale, RoundingStrategy::MidpointNearestEven).unwrap_or(*number)))
        }
        other => Err(wrong(name, other)),
    }
}

/// The least or greatest; unset when there is none, or when one of them is unset.
fn extreme<'v>(name: &str, values: impl Iterator<Item = &'v Value>, order: Order, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let mut best: Option<&Value> = None;
    for value in values {
        budget.take(1)?;
        match value {
            Value::Unset | Value::Null => return Ok(Value::Unset),
            Value::List(_) | Value::Map(_) | Value::Number(_) => return Err(wrong(name, value)),
            _ => {}
        }
        let better = match best {
            Some(best) => compare(order, value, best, budget)?,
            None => true,
        };
        if better {
            best = Some(value);
        }
    }
    Ok(best.cloned().unwrap_or_default())
}
