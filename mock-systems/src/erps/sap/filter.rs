//! `$filter` of OData 2, as far as it is asked for: comparisons joined by `and`, and `substringof`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::super::text::decimal;
use super::{Fault, fault};
use crate::instant::Micros;

/// Whether an entity fits.
pub(super) fn fits(entity: &Map<String, Value>, filter: &str) -> Result<bool, Fault> {
    let mut rest = filter.trim();
    let mut holds = true;
    while !rest.is_empty() {
        let (one, after) = condition(entity, rest)?;
        holds &= one;
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix("and ").ok_or_else(|| invalid(filter))?.trim_start();
        }
    }
    Ok(holds)
}

fn invalid(filter: &str) -> Fault {
    fault(400, "/IWBEP/CM_MGW_RT/179", format!("Invalid parametertype used at function '{filter}'"))
}

fn condition<'f>(entity: &Map<String, Value>, text: &'f str) -> Result<(bool, &'f str), Fault> {
    let wrong = || invalid(text);
    let cell = |name: &str| entity.get(name).ok_or_else(|| fault(400, "/IWBEP/CM_MGW_RT/022", format!("Property {name} not found")));
    if let Some(inside) = text.strip_prefix("substringof(") {
        let (part, after) = literal(inside).ok_or_else(wrong)?;
        let (name, after) = after.strip_prefix(',').and_then(|after| after.split_once(')')).ok_or_else(wrong)?;
        let whole = cell(name.trim())?.as_str().unwrap_or_default();
        return Ok((part.as_str().is_some_and(|part| whole.contains(part)), after));
    }
    let mut words = text.splitn(3, ' ');
    let (Some(name), Some(operator), Some(rest)) = (words.next(), words.next(), words.next()) else { return Err(wrong()) };
    let (value, after) = literal(rest.trim_start()).ok_or_else(wrong)?;
    let order = compare(cell(name)?, &value);
    let holds = match operator {
        "eq" => order.is_eq(),
        "ne" => order.is_ne(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        _ => return Err(wrong()),
    };
    Ok((holds, after))
}

/// `'text'`, `datetimeoffset'…'`, `true`, `12.5m`; and what follows.
fn literal(text: &str) -> Option<(Value, &str)> {
    for prefix in ["datetimeoffset'", "datetime'"] {
        if let Some(inside) = text.strip_prefix(prefix) {
            let (stamp, after) = inside.split_once('\'')?;
            let stamp = if stamp.ends_with('Z') { stamp.to_owned() } else { format!("{stamp}Z") };
            return Some((Value::from(Micros::parse(&stamp)?.0.div_euclid(1_000)), after));
        }
    }
    if let Some(inside) = text.strip_prefix('\'') {
        let mut out = String::new();
        let mut rest = inside;
        loop {
            let at = rest.find('\'')?;
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('\'') {
                Some(after) => {
                    out.push('\'');
                    rest = after;
                }
                None => return Some((Value::String(out), rest)),
            }
        }
    }
    let end = text.find([' ', ')', ',']).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let value = match word {
        "true" | "false" => Value::Bool(word == "true"),
        number => serde_json::from_str(number.trim_end_matches(['m', 'M'])).ok()?,
    };
    Some((value, after))
}

fn compare(cell: &Value, value: &Value) -> Ordering {
    let millis = |text: &str| {
        text.strip_prefix("/Date(").and_then(|rest| rest.split(['+', ')']).next()).and_then(|digits| digits.parse::<i64>().ok())
    };
    if let (Some(at), Some(wanted)) = (cell.as_str().and_then(millis), value.as_i64()) {
        return at.cmp(&wanted);
    }
    match (cell, value) {
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (one, other) => decimal(one).cmp(&decimal(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn filters_are_read() {
        let entity =
            json!({"PurchaseOrder": "4500000001", "LastChangeDateTime": "/Date(1767256200000+0000)/", "Reference": "O'N", "IsOpen": true});
        let entity = entity.as_object().cloned().unwrap_or_default();
        let table = [
            ("LastChangeDateTime ge datetimeoffset'2026-01-01T08:30:00Z'", Some(true)),
            ("LastChangeDateTime gt datetimeoffset'2026-01-01T08:30:00Z'", Some(false)),
            ("LastChangeDateTime ge datetimeoffset'2026-01-01T00:00:00Z' and PurchaseOrder gt '4500000000'", Some(true)),
            ("Reference eq 'O''N'", Some(true)),
            ("substringof('0001',PurchaseOrder) and IsOpen eq true", Some(true)),
            ("Nope eq 'x'", None),
            ("PurchaseOrder gtt 'x'", None),
            ("PurchaseOrder eq 'x' or PurchaseOrder eq 'y'", None),
        ];
        for (filter, expected) in table {
            assert_eq!(fits(&entity, filter).ok(), expected, "{filter}");
        }
    }
}
