//! Domains: conditions in lists, `&` and `|` and `!` in front of what they join, "and" where nothing is said.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::text::decimal;
use super::{Fault, fault};

/// Whether a record fits a domain.
pub(super) fn fits(record: &Map<String, Value>, domain: &Value) -> Result<bool, Fault> {
    let Some(terms) = domain.as_array() else { return Ok(true) };
    let mut terms = terms.iter();
    let mut holds = true;
    while terms.len() > 0 {
        holds &= term(record, &mut terms)?;
    }
    Ok(holds)
}

fn term<'t>(record: &Map<String, Value>, terms: &mut impl Iterator<Item = &'t Value>) -> Result<bool, Fault> {
    let invalid = |what: &str| fault(422, "builtins.ValueError", format!("Invalid domain: {what}"));
    match terms.next() {
        Some(Value::String(operator)) => match operator.as_str() {
            "&" => Ok(term(record, terms)? & term(record, terms)?),
            "|" => Ok(term(record, terms)? | term(record, terms)?),
            "!" => Ok(!term(record, terms)?),
            other => Err(invalid(other)),
        },
        Some(Value::Array(parts)) => match parts.as_slice() {
            [Value::String(field), Value::String(operator), value] => {
                let cells = cells(record, field)?;
                let any = |test: &dyn Fn(&Value) -> bool| cells.iter().any(test);
                Ok(match operator.as_str() {
                    "=" => any(&|cell| compare(cell, value).is_eq()),
                    "!=" => any(&|cell| compare(cell, value).is_ne()),
                    ">" => any(&|cell| compare(cell, value).is_gt()),
                    ">=" => any(&|cell| compare(cell, value).is_ge()),
                    "<" => any(&|cell| compare(cell, value).is_lt()),
                    "<=" => any(&|cell| compare(cell, value).is_le()),
                    "in" => value.as_array().is_some_and(|values| any(&|cell| values.contains(cell))),
                    other => return Err(invalid(other)),
                })
            }
            _ => Err(invalid("a condition has three parts")),
        },
        _ => Err(invalid("it ends too early")),
    }
}

/// The values of a dotted field; those of all lines where it leads into a list.
fn cells(record: &Map<String, Value>, field: &str) -> Result<Vec<Value>, Fault> {
    let unknown = || fault(422, "builtins.ValueError", format!("Invalid field {field}"));
    let (first, rest) = field.split_once('.').map_or((field, None), |(first, rest)| (first, Some(rest)));
    let value = record.get(first).ok_or_else(unknown)?;
    match (value, rest) {
        (Value::Array(items), Some(rest)) => {
            let inner: Result<Vec<Vec<Value>>, Fault> = items.iter().filter_map(Value::as_object).map(|item| cells(item, rest)).collect();
            Ok(inner?.concat())
        }
        (Value::Object(inner), Some(rest)) => cells(inner, rest),
        // A reference compares by its id.
        (Value::Object(inner), None) => Ok(vec![inner.get("id").cloned().unwrap_or_default()]),
        (value, _) => Ok(vec![value.clone()]),
    }
}

pub(super) fn compare(one: &Value, other: &Value) -> Ordering {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (decimal(one), decimal(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => plain(one).cmp(&plain(other)),
    }
}
