//! Conversions: strict, exact, never through a float.

use super::super::super::EvaluateError;
use super::super::evaluate::print;
use super::{Function, Gives, Kind, unreadable, wrong};
use crate::domain::text::units;
use crate::domain::value::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::global("decimal", &[Kind::Scalar], Gives::Decimal, |name, values, _| match values[0].as_ref() {
        Value::Decimal(number) => Ok(Value::Decimal(*number)),
        Value::Int(number) => Ok(Value::Decimal(Decimal::from(*number))),
        Value::Text(text) => units::decimal(text.trim()).map(Value::Decimal).ok_or_else(|| unreadable(name)),
        other => Err(wrong(name, other)),
    }),
    Function::global("int", &[Kind::Scalar], Gives::Int, |name, values, _| match values[0].as_ref() {
        Value::Int(number) => Ok(Value::Int(*number)),
        // A fraction is not dropped silently: `int(round(x, 0))` says so.
        Value::Decimal(number) if number.fract().is_zero() => {
            number.to_i64().map(Value::Int).ok_or_else(|| EvaluateError::Arithmetic(name.to_owned()))
        }
        Value::Decimal(_) => Err(EvaluateError::Arithmetic(name.to_owned())),
        Value::Text(text) => text.trim().parse().map(Value::Int).map_err(|_| unreadable(name)),
        Value::Instant(at) => Ok(Value::Int(at.as_second())),
        other => Err(wrong(name, other)),
    }),
    Function::global("string", &[Kind::Scalar], Gives::Text, |name, values, _| {
        print(&values[0]).map(Value::text).ok_or_else(|| wrong(name, &values[0]))
    }),
    Function::global("bool", &[Kind::Scalar], Gives::Bool, |name, values, _| match values[0].as_ref() {
        Value::Bool(flag) => Ok(Value::Bool(*flag)),
        Value::Text(text) if text.as_ref() == "true" => Ok(Value::Bool(true)),
        Value::Text(text) if text.as_ref() == "false" => Ok(Value::Bool(false)),
        Value::Text(_) => Err(unreadable(name)),
        other => Err(wrong(name, other)),
    }),
];
