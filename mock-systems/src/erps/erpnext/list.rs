//! Lists: fields, filters of three parts, an order, and twenty rows where nobody asks for more.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::text::decimal;
use super::book::Book;
use super::fault::{Fault, fault, invalid};

/// The default that surprises everybody once.
const ROWS: usize = 20;

pub(super) fn list(book: &Book, doctype: &str, arguments: &Value) -> Result<Vec<Value>, Fault> {
    let json_of = |name: &str| match &arguments[name] {
        Value::String(text) => serde_json::from_str(text).map_err(|_| invalid(format!("`{name}` is not JSON"))),
        other => Ok(other.clone()),
    };
    let documents = book.documents(doctype)?;
    let fields: Vec<String> = match json_of("fields")? {
        Value::Array(fields) => fields.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(all) => vec![all],
        _ => vec!["name".to_owned()],
    };
    let sample = documents.values().next();
    for field in fields.iter().filter(|field| field.as_str() != "*") {
        if sample.is_some_and(|doc| !doc.contains_key(field)) {
            return Err(fault(417, "DataError", format!("Field not permitted in query: {field}")));
        }
    }
    let filters = match json_of("filters")? {
        Value::Array(filters) => filters,
        Value::Object(equal) => {
            equal.into_iter().map(|(name, value)| Value::from(vec![Value::from(name), Value::from("="), value])).collect()
        }
        _ => Vec::new(),
    };
    let mut kept: Vec<&Map<String, Value>> = Vec::new();
    for doc in documents.values() {
        let mut holds = true;
        for filter in &filters {
            holds &= matches(doc, filter)?;
        }
        if holds {
            kept.push(doc);
        }
    }
    let order = arguments["order_by"].as_str().unwrap_or("modified desc");
    let order: Vec<(&str, bool)> = order
        .split(',')
        .filter_map(|term| {
            let mut words = term.split_whitespace();
            Some((words.next()?, words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"))))
        })
        .collect();
    kept.sort_by(|one, other| {
        let by = |(field, is_descending): &(&str, bool)| {
            let order = compare(one.get(*field).unwrap_or(&Value::Null), other.get(*field).unwrap_or(&Value::Null));
            if *is_descending { order.reverse() } else { order }
        };
        order.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    let count = |name: &str, default: usize| match &arguments[name] {
        Value::String(text) => text.parse().unwrap_or(default),
        other => other.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(default),
    };
    let length = match count("limit_page_length", ROWS) {
        0 => usize::MAX,
        length => length,
    };
    let page = kept.into_iter().skip(count("limit_start", 0)).take(length);
    Ok(page.map(|doc| shown(doc, &fields)).collect())
}

fn shown(doc: &Map<String, Value>, fields: &[String]) -> Value {
    if fields.iter().any(|field| field == "*") {
        // Lists never hold child tables.
        return Value::Object(
            doc.iter().filter(|(_, value)| !value.is_array()).map(|(name, value)| (name.clone(), value.clone())).collect(),
        );
    }
    Value::Object(fields.iter().map(|field| (field.clone(), doc.get(field).cloned().unwrap_or_default())).collect())
}

/// `[field, operator, value]`, or with the type in front.
fn matches(doc: &Map<String, Value>, filter: &Value) -> Result<bool, Fault> {
    let parts = filter.as_array().ok_or_else(|| invalid("a filter is a list"))?;
    let (field, operator, value) = match parts.as_slice() {
        [field, operator, value] | [_, field, operator, value] => (field, operator, value),
        _ => return Err(invalid("a filter has three parts")),
    };
    let cell = doc.get(field.as_str().unwrap_or_default()).unwrap_or(&Value::Null);
    let order = compare(cell, value);
    Ok(match operator.as_str().unwrap_or_default() {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "in" => value.as_array().is_some_and(|values| values.contains(cell)),
        other => return Err(invalid(format!("Operator {other} is not known"))),
    })
}

fn compare(one: &Value, other: &Value) -> Ordering {
    let plain =
        |value: &Value| value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned);
    match (decimal(one), decimal(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => plain(one).cmp(&plain(other)),
    }
}
