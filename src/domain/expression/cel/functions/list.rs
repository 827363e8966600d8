//! Functions of lists and mappings.

use super::super::super::{Budget, EvaluateError};
use super::super::arithmetic::TEXT_MAX;
use super::super::evaluate::print;
use super::{Function, Gives, Kind, int, items, text, wrong};
use crate::domain::value::Value;
use std::borrow::Cow;

type Arguments<'v> = [Cow<'v, Value>];

pub(super) static FUNCTIONS: &[Function] = &[
    Function::both("size", &[Kind::Collection], Gives::Int, size),
    Function::global("chunks", &[Kind::List, Kind::Int], Gives::Lists, chunks),
    Function::method("join", &[Kind::List], Gives::Text, join).then(&[Kind::Text]),
];

/// Characters of a text, elements of a list, members of a mapping.
pub(super) fn size(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let size = match values[0].as_ref() {
        Value::Text(text) => {
            budget.take(text.len() as u64 / 64)?;
            text.chars().count()
        }
        Value::List(items) => items.len(),
        Value::Map(map) => map.values().filter(|value| !value.is_unset()).count(),
        other => return Err(wrong(name, other)),
    };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

/// The elements in lists of so many, in their order; what a partner takes at once has a bound.
fn chunks(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let size = usize::try_from(int(name, values, 1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| EvaluateError::Type { operation: name.to_owned(), found: "no size of at least 1".to_owned() })?;
    let all = items(name, values, 0)?;
    budget.take(1 + all.len() as u64)?;
    Ok(Value::list(all.chunks(size).map(|chunk| Value::list(chunk.iter().cloned()))))
}

/// The printed elements with a separator between them; unset when one of them is.
fn join(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let separator = if values.len() > 1 { text(name, values, 1)? } else { "" };
    let mut joined = String::new();
    for (index, item) in items(name, values, 0)?.iter().enumerate() {
        if matches!(item, Value::Unset | Value::Null) {
            return Ok(Value::Unset);
        }
        let piece = print(item).ok_or_else(|| wrong(name, item))?;
        if joined.len() + separator.len() + piece.len() > TEXT_MAX {
            return Err(EvaluateError::TooLong(TEXT_MAX));
        }
        budget.take(1 + piece.len() as u64 / 64)?;
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&piece);
    }
    Ok(Value::text(joined))
}
