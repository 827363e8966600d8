//! Save: the server fills the form as a person would, member by member in the order in which they come.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::seed::{ITEMS, SUPPLIERS};
use super::super::text::decimal;
use super::book::{Book, CURRENCIES, Line, Order};
use super::{failure, refused, success};
use crate::instant::Micros;

pub(super) fn save(book: &mut Book, form: &str, data: &Value, now: Micros) -> (Value, bool) {
    if form != "PUR_PurchaseOrder" {
        return (refused("业务对象不存在"), false);
    }
    let Some(model) = data["Model"].as_object() else { return (refused("Model不能为空"), false) };
    let id = model.get("FID").map(text).and_then(|id| id.parse::<i64>().ok()).unwrap_or(0);
    let wanted: BTreeSet<String> = data["NeedUpDateFields"].as_array().into_iter().flatten().map(text).collect();
    // Absent means true: lines that are left out are deleted.
    let keeps_lines = text(&data["IsDeleteEntry"]).eq_ignore_ascii_case("false");
    let mut order = match (id, book.orders.get(&id)) {
        (0, _) => fresh(book, now),
        (_, None) => return (refused(&format!("Id为{id}的单据不存在")), false),
        (_, Some(order)) if order.status == 'C' || order.status == 'B' => {
            let state = if order.status == 'C' { "已审核" } else { "审核中" };
            return (refused(&format!("单据编号为“{}”的采购订单{state}，不能保存", order.number)), false);
        }
        (_, Some(order)) => order.clone(),
    };
    let is_taken = |name: &str| wanted.is_empty() || wanted.contains(name);
    for (name, value) in model {
        match name.as_str() {
            "FBillNo" if is_taken(name) && !text(value).is_empty() => order.number = text(value),
            "FSupplierId" if is_taken(name) => order.supplier = reference(value),
            "FPurchaseOrgId" if is_taken(name) => order.organisation = reference(value),
            "FPOOrderFinance" => order.currency = reference(&value["FSettleCurrId"]),
            "FPOOrderEntry" => lines(book, &mut order, value.as_array().map(Vec::as_slice).unwrap_or_default(), keeps_lines),
            custom if custom.starts_with("F_") && is_taken(custom) => drop(order.custom.insert(custom.to_owned(), value.clone())),
            _ => {}
        }
    }
    let errors = problems(book, &order, id);
    if !errors.is_empty() {
        return (failure(11, &errors.into_iter().map(|message| (message, 0)).collect::<Vec<_>>()), false);
    }
    if id == 0 {
        order.id = book.next_id();
        if order.number.is_empty() {
            order.number = format!("CGDD{:06}", order.id);
        }
    }
    order.touch(now);
    let (id, number) = (order.id, order.number.clone());
    book.orders.insert(id, order);
    let mut answer = success(&[(id, number.clone())]);
    answer["Result"]["Id"] = json!(id);
    answer["Result"]["Number"] = json!(number);
    answer["Result"]["NeedReturnData"] = json!([{"FBillNo": number}]);
    (answer, true)
}

/// BatchSave: each bill by itself, and success only when all were saved. What is said of one names its place in the request.
pub(super) fn batch(book: &mut Book, form: &str, data: &Value, now: Micros) -> (Value, bool) {
    let Some(models) = data["Model"].as_array() else { return (refused("Model不能为空"), false) };
    let (mut saved, mut errors) = (Vec::new(), Vec::new());
    for (index, model) in models.iter().enumerate() {
        let mut one = data.clone();
        one["Model"] = model.clone();
        let (answer, wrote) = save(book, form, &one, now);
        let status = &answer["Result"]["ResponseStatus"];
        let rows = if wrote { (&status["SuccessEntitys"], &mut saved) } else { (&status["Errors"], &mut errors) };
        for row in rows.0.as_array().into_iter().flatten() {
            let mut row = row.clone();
            row["DIndex"] = json!(index);
            rows.1.push(row);
        }
    }
    let wrote = !saved.is_empty();
    let all = errors.is_empty();
    let status =
        json!({"IsSuccess": all, "Errors": errors, "SuccessEntitys": saved, "SuccessMessages": [], "MsgCode": if all { 0 } else { 11 }});
    (json!({"Result": {"ResponseStatus": status, "NeedReturnData": []}}), wrote)
}

fn fresh(_: &Book, now: Micros) -> Order {
    Order {
        id: 0,
        number: String::new(),
        status: 'A',
        is_closed: false,
        is_void: false,
        modified: now,
        created: now,
        supplier: String::new(),
        organisation: String::new(),
        currency: "PRE001".to_owned(),
        lines: Vec::new(),
        in_workflow: false,
        was_audited: false,
        custom: std::collections::BTreeMap::new(),
        audits: 0,
    }
}

fn problems(book: &Book, order: &Order, id: i64) -> Vec<String> {
    let mut found = Vec::new();
    if order.supplier.is_empty() {
        found.push("字段“供应商”是必填项，不能为空".to_owned());
    } else if !SUPPLIERS.iter().any(|(code, _)| *code == order.supplier) {
        found.push(format!("供应商{}不存在", order.supplier));
    }
    if order.organisation.is_empty() {
        found.push("字段“采购组织”是必填项，不能为空".to_owned());
    }
    if !CURRENCIES.iter().any(|(code, _)| *code == order.currency) {
        found.push(format!("币别{}不存在", order.currency));
    }
    if order.lines.is_empty() {
        found.push("单据体“订单明细”不能为空".to_owned());
    }
    for line in order.lines.iter().filter(|line| !ITEMS.iter().any(|(code, _)| *code == line.material)) {
        found.push(format!("物料{}不存在", line.material));
    }
    if book.by_number(&order.number).is_some_and(|other| other.id != id) {
        found.push(format!("单据编号“{}”已存在", order.number));
    }
    found
}

/// The members of each line in the order in which they come: choosing the material empties what was typed as a price.
fn lines(book: &mut Book, order: &mut Order, given: &[Value], keeps_lines: bool) {
    let mut named = BTreeSet::new();
    for member in given.iter().filter_map(Value::as_object) {
        let id = ["FEntryID", "FEntryId"].iter().find_map(|key| text(member.get(*key)?).parse::<i64>().ok()).unwrap_or(0);
        let known = order.lines.iter().position(|line| line.id == id);
        let mut line = match known {
            Some(at) => order.lines[at].clone(),
            None => Line {
                id: book.next_line_id(),
                material: String::new(),
                description: String::new(),
                unit: "Pcs".to_owned(),
                quantity: Decimal::ZERO,
                tax_price: Decimal::ZERO,
                tax_rate: Decimal::ZERO,
                delivery: String::new(),
            },
        };
        fill(&mut line, member);
        named.insert(line.id);
        match known {
            Some(at) => order.lines[at] = line,
            None => order.lines.push(line),
        }
    }
    if !keeps_lines {
        order.lines.retain(|line| named.contains(&line.id));
    }
}

fn fill(line: &mut Line, member: &Map<String, Value>) {
    for (name, value) in member {
        let amount = || decimal(value).unwrap_or_default();
        match name.as_str() {
            "FMaterialId" => {
                line.material = reference(value);
                line.tax_price = Decimal::ZERO;
                line.description = ITEMS.iter().find(|(code, _)| *code == line.material).map_or("", |(_, name)| name).to_owned();
            }
            "FMaterialDesc" => line.description = text(value),
            "FUnitId" => line.unit = reference(value),
            "FQty" => line.quantity = amount(),
            "FTaxPrice" => line.tax_price = amount(),
            "FPrice" => line.tax_price = amount() * (Decimal::ONE + line.tax_rate / Decimal::ONE_HUNDRED),
            "FEntryTaxRate" => line.tax_rate = amount(),
            "FDeliveryDate" => line.delivery = text(value),
            _ => {}
        }
    }
}

/// `{"FNumber": …}`, whatever the case of the key.
fn reference(value: &Value) -> String {
    let member = value.as_object().and_then(|map| map.iter().find(|(name, _)| name.eq_ignore_ascii_case("fnumber")));
    member.map(|(_, value)| text(value)).unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
