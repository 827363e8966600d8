//! Methods of the models that are there.

use serde_json::{Map, Value, json};

use super::super::seed::ITEMS;
use super::book::{Bill, Book};
use super::domain::{compare, fits};
use super::{Fault, fault, user_error};
use crate::instant::Micros;

/// Rows where nobody sets a limit; the server has none.
const ROWS: usize = 10_000;

pub(super) fn call(book: &mut Book, model: &str, method: &str, body: &Value, now: Micros) -> Result<(Value, bool), Fault> {
    let records = records(book, model)?;
    let read = |value: Value| Ok((value, false));
    match (model, method) {
        ("res.users", "context_get") => read(json!({"lang": "en_US", "tz": "Asia/Shanghai", "uid": 7})),
        (_, "doc") => read(documentation(model)),
        (_, "search_read") => {
            let found = search(&records, body)?;
            let rows: Result<Vec<Value>, Fault> = found.into_iter().map(|record| flat(record, &body["fields"])).collect();
            read(json!(rows?))
        }
        (_, "search") => read(search(&records, body)?.into_iter().map(|record| record["id"].clone()).collect()),
        (_, "search_count") => read(json!(search(&records, body)?.len())),
        (_, "read") => {
            let rows: Result<Vec<Value>, Fault> = chosen(&records, body)?.into_iter().map(|record| flat(record, &body["fields"])).collect();
            read(json!(rows?))
        }
        (_, "web_read") => {
            let rows: Result<Vec<Value>, Fault> =
                chosen(&records, body)?.into_iter().map(|record| specified(record, &body["specification"])).collect();
            read(json!(rows?))
        }
        ("purchase.order", _) => order_method(book, method, &ids(body)?, now),
        _ => Err(fault(404, "werkzeug.exceptions.NotFound", format!("the method '{method}' does not exist on the model '{model}'"))),
    }
}

fn order_method(book: &mut Book, method: &str, ids: &[i64], now: Micros) -> Result<(Value, bool), Fault> {
    let may_approve = book.may_approve;
    let mut wrote = false;
    if method == "action_create_invoice" {
        return bill(book, ids);
    }
    for id in ids {
        let has_bill =
            book.orders.get(id).is_some_and(|order| book.bills.values().any(|bill| bill.origin == order.name && bill.state != "cancel"));
        let order = book.orders.get_mut(id).ok_or_else(missing)?;
        let name = order.name.clone();
        let next = match (method, order.state) {
            ("button_confirm", "draft" | "sent") if order.lines.iter().all(|line| line.is_note) => {
                return Err(user_error(format!("Some order lines are missing a product: {name}")));
            }
            // Two-step approval: whoever may approve does both at once.
            ("button_confirm", "draft" | "sent") if order.needs_approval && !may_approve => "to approve",
            ("button_confirm", "draft" | "sent") => "purchase",
            ("button_approve", "to approve") if may_approve => "purchase",
            // Left out, and success answered all the same.
            ("button_confirm" | "button_approve", _) => continue,
            ("button_cancel", _) if order.is_locked => {
                return Err(user_error(format!("Unable to cancel purchase order(s): {name} since they are locked.")));
            }
            ("button_cancel", _) if has_bill => {
                return Err(user_error(format!(
                    "Unable to cancel purchase order(s): {name}. You must first cancel their related vendor bills."
                )));
            }
            ("button_cancel", _) => "cancel",
            ("button_draft", "cancel") => "draft",
            ("button_draft", _) => continue,
            ("button_lock" | "button_unlock", _) => {
                order.is_locked = method == "button_lock";
                order.state
            }
            _ => {
                return Err(fault(
                    404,
                    "werkzeug.exceptions.NotFound",
                    format!("the method '{method}' does not exist on the model 'purchase.order'"),
                ));
            }
        };
        if next == "purchase" && order.state != "purchase" {
            order.approvals += 1;
        }
        order.state = next;
        order.written = now;
        wrote = true;
    }
    let answer = if method == "button_approve" { json!({}) } else { json!(true) };
    Ok((answer, wrote))
}

fn bill(book: &mut Book, ids: &[i64]) -> Result<(Value, bool), Fault> {
    let mut last = 0;
    for id in ids {
        let order = book.orders.get(id).ok_or_else(missing)?;
        if order.state != "purchase" {
            return Err(user_error(
                "There is no invoiceable line. If a product has a control policy based on received quantity, please make sure that a quantity has been received.",
            ));
        }
        let origin = order.name.clone();
        last = 301 + i64::try_from(book.bills.len()).unwrap_or(0);
        book.bills.insert(last, Bill { id: last, origin, state: "draft" });
    }
    Ok((json!({"type": "ir.actions.act_window", "res_model": "account.move", "res_id": last}), true))
}

fn missing() -> Fault {
    fault(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")
}

fn records(book: &Book, model: &str) -> Result<Vec<Map<String, Value>>, Fault> {
    let plain = |value: Value| value.as_object().cloned().unwrap_or_default();
    Ok(match model {
        "purchase.order" => book.orders.values().map(super::book::Order::record).collect(),
        "purchase.order.line" => book
            .orders
            .values()
            .flat_map(|order| order.record()["order_line"].as_array().cloned().unwrap_or_default())
            .map(plain)
            .collect(),
        "account.move" => book
            .bills
            .values()
            .map(|bill| plain(json!({"id": bill.id, "name": format!("BILL/{}", bill.id), "state": bill.state, "invoice_origin": bill.origin, "move_type": "in_invoice"})))
            .collect(),
        "product.product" => ITEMS
            .iter()
            .enumerate()
            .map(|(at, (code, name))| plain(json!({"id": at + 50, "display_name": format!("[{code}] {name}"), "name": name, "default_code": code, "active": true})))
            .collect(),
        "res.users" => vec![plain(json!({"id": 7, "login": "hub@example.org", "name": "Hub"}))],
        _ => return Err(fault(404, "werkzeug.exceptions.NotFound", format!("the model '{model}' does not exist"))),
    })
}

fn search<'r>(records: &'r [Map<String, Value>], body: &Value) -> Result<Vec<&'r Map<String, Value>>, Fault> {
    let mut found = Vec::new();
    for record in records {
        if fits(record, &body["domain"])? {
            found.push(record);
        }
    }
    let order: Vec<(String, bool)> = body["order"]
        .as_str()
        .unwrap_or("id")
        .split(',')
        .filter_map(|term| {
            let mut words = term.split_whitespace();
            Some((words.next()?.to_owned(), words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"))))
        })
        .collect();
    found.sort_by(|one, other| {
        let by = |(field, is_descending): &(String, bool)| {
            let order = compare(one.get(field).unwrap_or(&Value::Null), other.get(field).unwrap_or(&Value::Null));
            if *is_descending { order.reverse() } else { order }
        };
        order.iter().map(by).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let count = |name: &str, default: usize| body[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(default);
    Ok(found.into_iter().skip(count("offset", 0)).take(count("limit", ROWS)).collect())
}

fn ids(body: &Value) -> Result<Vec<i64>, Fault> {
    let ids = body["ids"]
        .as_array()
        .ok_or_else(|| fault(422, "werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'ids'"))?;
    Ok(ids.iter().filter_map(Value::as_i64).collect())
}

fn chosen<'r>(records: &'r [Map<String, Value>], body: &Value) -> Result<Vec<&'r Map<String, Value>>, Fault> {
    ids(body)?.into_iter().map(|id| records.iter().find(|record| record["id"] == id).ok_or_else(missing)).collect()
}

/// Fields as `read` gives them: a reference is `[id, name]`, lines are their ids.
fn flat(record: &Map<String, Value>, fields: &Value) -> Result<Value, Fault> {
    let wanted: Vec<&str> = match fields.as_array().filter(|fields| !fields.is_empty()) {
        Some(fields) => fields.iter().filter_map(Value::as_str).collect(),
        None => record.keys().map(String::as_str).collect(),
    };
    let mut out = Map::new();
    out.insert("id".to_owned(), record["id"].clone());
    for field in wanted {
        let value = record.get(field).ok_or_else(|| unknown(field))?;
        let shown = match value {
            Value::Object(reference) => json!([reference["id"], reference["display_name"]]),
            Value::Array(lines) => lines.iter().map(|line| line["id"].clone()).collect(),
            other => other.clone(),
        };
        out.insert(field.to_owned(), shown);
    }
    Ok(Value::Object(out))
}

/// Fields as `web_read` gives them: what is nested is specified where it is wanted.
fn specified(record: &Map<String, Value>, specification: &Value) -> Result<Value, Fault> {
    let mut out = Map::new();
    out.insert("id".to_owned(), record["id"].clone());
    for (field, inner) in specification.as_object().into_iter().flatten() {
        let value = record.get(field).ok_or_else(|| unknown(field))?;
        let shown = match (value, inner.get("fields")) {
            (Value::Object(reference), Some(fields)) => specified(reference, fields)?,
            (Value::Object(reference), None) => reference["id"].clone(),
            (Value::Array(lines), Some(fields)) => {
                lines.iter().filter_map(Value::as_object).map(|line| specified(line, fields)).collect::<Result<Vec<_>, _>>()?.into()
            }
            (Value::Array(lines), None) => lines.iter().map(|line| line["id"].clone()).collect(),
            (other, _) => other.clone(),
        };
        out.insert(field.clone(), shown);
    }
    Ok(Value::Object(out))
}

fn unknown(field: &str) -> Fault {
    fault(422, "builtins.ValueError", format!("Invalid field '{field}'"))
}

fn documentation(model: &str) -> Value {
    let methods = ["button_confirm", "button_approve", "button_cancel", "button_draft", "action_create_invoice"];
    let described = |name: &str| (name.to_owned(), json!({"parameters": {}, "model": model}));
    json!({"model": model, "fields": {}, "methods": methods.into_iter().map(described).collect::<Map<_, _>>()})
}
