//! Functions that lay mappings out as lists: partners' forms name their fields in data, not in keys.

use super::super::super::{Budget, EvaluateError};
use super::super::arithmetic::TEXT_MAX;
use super::{Function, Gives, Kind, text, wrong};
use crate::domain::value::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

type Arguments<'v> = [Cow<'v, Value>];

pub(super) static FUNCTIONS: &[Function] = &[
    Function::global("entries", &[Kind::Collection], Gives::Items, |name, values, budget| {
        spread(name, &values[0], budget, &pair("key", "value"))
    }),
    Function::global("pairs", &[Kind::Collection, Kind::Text, Kind::Text], Gives::Items, |name, values, budget| {
        spread(name, &values[0], budget, &pair(text(name, values, 1)?, text(name, values, 2)?))
    }),
    Function::global("named", &[Kind::Collection, Kind::Text], Gives::Items, |name, values, budget| {
        spread(name, &values[0], budget, &with_key(text(name, values, 1)?))
    }),
    Function::global("wrap", &[Kind::List, Kind::Text], Gives::Items, wrap),
    Function::global("wrap", &[Kind::List, Kind::Text, Kind::Collection], Gives::Items, wrap),
    Function::global("to_json", &[Kind::Collection], Gives::Text, to_json),
    Function::global("to_json", &[Kind::Collection, Kind::Text], Gives::Text, to_json).literal(
        1,
        |written| written.as_text() == Some("numbers"),
        "`'numbers'`",
    ),
];

/// What one member becomes.
type Layout<'l> = dyn Fn(&Arc<str>, &Value) -> Value + 'l;

/// `{NAME: key, VALUE: value}`.
fn pair(name: &str, value: &str) -> impl Fn(&Arc<str>, &Value) -> Value {
    let (name, value): (Arc<str>, Arc<str>) = (Arc::from(name), Arc::from(value));
    move |key, found| {
        let mut members = Map::with_capacity(2);
        members.insert(name.clone(), Value::Text(key.clone()));
        members.insert(value.clone(), found.clone());
        Value::Map(Arc::new(members))
    }
}

/// The member's own mapping with its key in front; anything else stands under `value`.
fn with_key(name: &str) -> impl Fn(&Arc<str>, &Value) -> Value {
    let name: Arc<str> = Arc::from(name);
    move |key, found| {
        let mut members = Map::new();
        members.insert(name.clone(), Value::Text(key.clone()));
        match found {
            Value::Map(map) => {
                members.extend(map.iter().filter(|(known, _)| **known != name).map(|(key, value)| (key.clone(), value.clone())));
            }
            other => {
                members.insert(Arc::from("value"), other.clone());
            }
        }
        Value::Map(Arc::new(members))
    }
}

/// A mapping becomes a list of its members in their order, a list of mappings a list of such lists.
fn spread(name: &'static str, value: &Value, budget: &mut Budget, layout: &Layout<'_>) -> Result<Value, EvaluateError> {
    match value {
        Value::Map(map) => {
            budget.take(map.len() as u64)?;
            Ok(Value::list(map.iter().filter(|(_, value)| !value.is_unset()).map(|(key, value)| layout(key, value))))
        }
        Value::List(rows) => {
            let rows: Result<Vec<Value>, _> = rows
                .iter()
                .map(|row| match row {
                    Value::Map(_) => spread(name, row, budget, layout),
                    other => Err(wrong(name, other)),
                })
                .collect();
            Ok(Value::List(Arc::new(rows?)))
        }
        other => Err(wrong(name, other)),
    }
}

/// Each element as a member of a mapping: the only one, or behind those that all of them have.
fn wrap(name: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let member: Arc<str> = Arc::from(text(name, values, 1)?);
    let items = super::items(name, values, 0)?;
    let common = match values.get(2).map(AsRef::as_ref) {
        None => Map::new(),
        Some(Value::Map(common)) => common.as_ref().clone(),
        Some(other) => return Err(wrong(name, other)),
    };
    budget.take((items.len() as u64).saturating_mul(1 + common.len() as u64))?;
    Ok(Value::list(items.iter().map(|item| {
        let mut members = common.clone();
        members.insert(member.clone(), item.clone());
        Value::Map(Arc::new(members))
    })))
}

/// The JSON text of a value, for partners that want JSON inside a text. Decimals are texts, as everywhere, or numbers where
/// the partner wants `'numbers'`.
fn to_json(_: &'static str, values: &Arguments<'_>, budget: &mut Budget) -> Result<Value, EvaluateError> {
    let text = match values.len() {
        1 => values[0].to_json(),
        _ => with_numbers(&values[0]).to_json(),
    }
    .to_string();
    budget.take(1 + text.len() as u64 / 64)?;
    match text.len() > TEXT_MAX {
        true => Err(EvaluateError::TooLong(TEXT_MAX)),
        false => Ok(Value::text(text)),
    }
}

fn with_numbers(value: &Value) -> Value {
    match value {
        Value::Decimal(number) => Value::Number(Arc::from(number.to_string())),
        Value::List(items) => Value::list(items.iter().map(with_numbers)),
        Value::Map(map) => Value::Map(Arc::new(map.iter().map(|(key, value)| (key.clone(), with_numbers(value))).collect())),
        other => other.clone(),
    }
}
