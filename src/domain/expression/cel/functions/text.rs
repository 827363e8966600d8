//! Functions of text. Positions and sizes count characters, not bytes.

use super::super::super::{Budget, EvaluateError};
use super::super::arithmetic::TEXT_MAX;
use super::{Function, Gives, Kind, count, text};
use crate::domain::value::Value;
use std::borrow::Cow;
use std::sync::Arc;

type Arguments<'v> = [Cow<'v, Value>];

pub(super) static FUNCTIONS: &[Function] = &[
    Function::method("contains", &[Kind::Text, Kind::Text], Gives::Bool, |name, values, budget| {
        let (whole, part) = two(name, values, budget)?;
        Ok(Value::Bool(whole.contains(part)))
    }),
    Function::method("startsWith", &[Kind::Text, Kind::Text], Gives::Bool, |name, values, budget| {
        let (whole, part) = two(name, values, budget)?;
        Ok(Value::Bool(whole.starts_with(part)))
    }),
    Function::method("endsWith", &[Kind::Text, Kind::Text], Gives::Bool, |name, values, budget| {
        let (whole, part) = two(name, values, budget)?;
        Ok(Value::Bool(whole.ends_with(part)))
    }),
    Function::method("indexOf", &[Kind::Text, Kind::Text], Gives::Int, |name, values, budget| {
        let (whole, part) = two(name, values, budget)?;
        let at = whole.find(part).map_or(-1, |at| i64::try_from(whole[..at].chars().count()).unwrap_or(i64::MAX));
        Ok(Value::Int(at))
    }),
    Function::both("size", &[Kind::Text], Gives::Int, super::list::size),
    Function::method("lowerAscii", &[Kind::Text], Gives::Text, |name, values, budget| {
        made(one(name, values, budget)?.to_ascii_lowercase())
    }),
    Function::method("upperAscii", &[Kind::Text], Gives::Text, |name, values, budget| {
        made(one(name, values, budget)?.to_ascii_uppercase())
    }),
    Function::method("trim", &[Kind::Text], Gives::Text, |name, values, budget| made(one(name, values, budget)?.trim().to_owned())),
    Function::method("split", &[Kind::Text, Kind::Text], Gives::Texts, split).then(&[Kind::Int]),
    Function::method("replace", &[Kind::Text, Kind::Text, Kind::Text], Gives::Text, replace).then(&[Kind::Int]),
    Function::method("substring", &[Kind::Text, Kind::Int], Gives::Text, substring).then(&[Kind::Int]),
];

fn one<'v>(name: &str, values: &'v Arguments<'_>, budget: &mut Budget) -> Result<&'v str, EvaluateError> {
    let whole = text(name, values, 0)?;
    budget.take(whole.len() as u64 / 64)?;
    Ok(whole)
}

fn two<'v>(name: &str, values: &'v Arguments<'_>, budget: &mut Budget) -> Result<(&'v str, &'v str), EvaluateError> {
    Ok((one(name, values, budget)?, text(name, values, 1)?))
}

fn made(text: String) -> Result<Value, EvaluateError> {
    Ok(Value::Text(Arc::from(text)))
}

/// Splits at a separator; with a count, the last piece keeps the rest. An empty separator splits into characters.
fn split(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let (whole, separator) = two(name, values, budget)?;
    let most = if values.len() > 2 { count(name, values, 2)? } else { usize::MAX };
    let mut pieces = Vec::new();
    let mut take = |piece: &str| -> Result<(), EvaluateError> {
        budget.take(1)?;
        pieces.push(Value::text(piece));
        Ok(())
    };
    if separator.is_empty() {
        let mut letters = [0; 4];
        for letter in whole.chars().take(most) {
            take(letter.encode_utf8(&mut letters))?;
        }
    } else if most > 0 {
        for piece in whole.splitn(most, separator) {
            take(piece)?;
        }
    }
    Ok(Value::List(Arc::new(pieces)))
}

/// Replaces every occurrence, or the first few; the size of the result is known before it is made.
fn replace(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let (whole, from) = two(name, values, budget)?;
    let to = text(name, values, 2)?;
    let most = if values.len() > 3 { count(name, values, 3)? } else { usize::MAX };
    let times = whole.matches(from).take(most).count();
    let length = times.saturating_mul(to.len()).saturating_add(whole.len());
    if length > TEXT_MAX {
        return Err(EvaluateError::TooLong(TEXT_MAX));
    }
    budget.take(length as u64 / 64)?;
    made(whole.replacen(from, to, times))
}

/// From a position, up to another; positions beyond the end are the end.
fn substring(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let whole = one(name, values, budget)?;
    let start = count(name, values, 1)?;
    let end = if values.len() > 2 { count(name, values, 2)? } else { usize::MAX };
    made(whole.chars().skip(start).take(end.saturating_sub(start)).collect())
}
