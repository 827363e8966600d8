//! Queries: field keys, a filter in the words of SQL, rows of cells. With a key of the lines, a row for each line.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::super::seed::{ITEMS, SUPPLIERS};
use super::super::text::{local, number};
use super::book::{Book, Line, Order};
use super::{ZONE_HOURS, failure, refused};

/// The server's own ceiling of rows.
const ROWS_MAX: usize = 2_000;

pub(super) fn rows(book: &Book, data: &Value) -> Value {
    match select(book, data) {
        Ok((_, rows)) => json!(rows),
        // An error keeps the shape of a list: the first cell of the first row.
        Err(message) => json!([[failure(11, &[(message, 0)])]]),
    }
}

pub(super) fn objects(book: &Book, data: &Value) -> Value {
    match select(book, data) {
        Ok((keys, rows)) => rows.into_iter().map(|row| Value::Object(keys.iter().cloned().zip(row).collect::<Map<_, _>>())).collect(),
        Err(message) => json!([failure(11, &[(message, 0)])]),
    }
}

/// One order, whole; the keys lose their `F`.
pub(super) fn view(book: &Book, form: &str, data: &Value) -> Value {
    if form != "PUR_PurchaseOrder" {
        return refused("业务对象不存在");
    }
    let id = match &data["Id"] {
        Value::String(id) => id.parse().ok(),
        other => other.as_i64(),
    };
    let found = id.and_then(|id| book.orders.get(&id)).or_else(|| book.by_number(data["Number"].as_str().unwrap_or_default()));
    let Some(order) = found else { return refused("传递的Id或编码值不存在") };
    let base = |code: &str, name: &str| json!({"Number": code, "Name": [{"Key": 2052, "Value": name}]});
    let lines: Vec<Value> = order
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            json!({
                "Id": line.id, "Seq": at + 1, "MaterialId": base(&line.material, &line.description), "Qty": number(line.quantity),
                "TaxPrice": number(line.tax_price), "EntryTaxRate": number(line.tax_rate), "AllAmount": number(line.all_amount(&order.currency)),
            })
        })
        .collect();
    let supplier = SUPPLIERS.iter().find(|(code, _)| *code == order.supplier).map_or("", |(_, name)| name);
    let document = json!({
        "Id": order.id, "BillNo": order.number, "DocumentStatus": order.status.to_string(), "Date": local(order.created, ZONE_HOURS),
        "ModifyDate": order.modified_text(), "SupplierId": base(&order.supplier, supplier), "POOrderEntry": lines,
    });
    json!({"Result": {"ResponseStatus": {"IsSuccess": true, "Errors": [], "MsgCode": 0}, "Result": document}})
}

fn select(book: &Book, data: &Value) -> Result<(Vec<String>, Vec<Vec<Value>>), String> {
    let form = data["FormId"].as_str().unwrap_or_default();
    let keys: Vec<String> = data["FieldKeys"].as_str().unwrap_or_default().split(',').map(|key| key.trim().to_owned()).collect();
    let read = |row: &Row<'_>, key: &str| row.cell(key).ok_or_else(|| format!("字段不存在：{key}"));
    let flat = keys.iter().any(|key| is_line_key(key));
    let all = match form {
        "PUR_PurchaseOrder" => orders(book, flat),
        "BD_MATERIAL" => ITEMS.iter().map(|item| Row::Base(*item)).collect(),
        "BD_Supplier" => SUPPLIERS.iter().map(|supplier| Row::Base(*supplier)).collect(),
        _ => return Err("业务对象不存在".to_owned()),
    };
    let conditions = filter(data["FilterString"].as_str().unwrap_or_default())?;
    let mut kept = Vec::new();
    for row in all {
        let mut holds = true;
        for condition in &conditions {
            holds &= condition.holds(&read(&row, &condition.key)?)?;
        }
        if holds {
            kept.push(row);
        }
    }
    let order = data["OrderString"].as_str().unwrap_or_default();
    let order: Vec<(String, bool)> = order
        .split(',')
        .filter_map(|term| {
            let mut words = term.split_whitespace();
            Some((words.next()?.to_owned(), words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"))))
        })
        .collect();
    for (key, _) in &order {
        if let Some(row) = kept.first() {
            read(row, key)?;
        }
    }
    kept.sort_by(|one, other| {
        order
            .iter()
            .map(|(key, is_descending)| {
                let order = compare(&one.cell(key).unwrap_or_default(), &other.cell(key).unwrap_or_default());
                if *is_descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    let count = |name: &str| data[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let limit = match count("Limit") {
        0 => ROWS_MAX,
        limit => limit.min(ROWS_MAX),
    };
    let page = kept.iter().skip(count("StartRow")).take(limit);
    let cells = page.map(|row| keys.iter().map(|key| read(row, key)).collect::<Result<Vec<_>, _>>()).collect::<Result<Vec<_>, _>>()?;
    Ok((keys, cells))
}

fn orders(book: &Book, flat: bool) -> Vec<Row<'_>> {
    let rows = |order| -> Vec<Row<'_>> {
        let order: &Order = order;
        match flat {
            true => order.lines.iter().enumerate().map(|(at, line)| Row::Line(order, at, line)).collect(),
            false => vec![Row::Head(order)],
        }
    };
    book.orders.values().flat_map(rows).collect()
}

enum Row<'b> {
    Head(&'b Order),
    Line(&'b Order, usize, &'b Line),
    /// Code and name of a material or supplier.
    Base((&'static str, &'static str)),
}

fn is_line_key(key: &str) -> bool {
    key.starts_with("FPOOrderEntry") || key.starts_with("FMaterial") || LINE_KEYS.contains(&key)
}

const LINE_KEYS: &[&str] =
    &["FUnitId.FNumber", "FQty", "FPrice", "FTaxPrice", "FEntryTaxRate", "FAmount", "FAllAmount", "FDeliveryDate", "FStockInQty"];

impl Row<'_> {
    fn cell(&self, key: &str) -> Option<Value> {
        let (order, line) = match self {
            Row::Base((code, name)) => {
                return Some(match key {
                    "FNumber" => json!(code),
                    "FName" => json!(name),
                    "FSpecification" => json!(""),
                    "FDocumentStatus" => json!("C"),
                    "FForbidStatus" => json!("A"),
                    _ => return None,
                });
            }
            Row::Head(order) => (*order, None),
            Row::Line(order, at, line) => (*order, Some((*at, *line))),
        };
        let supplier = SUPPLIERS.iter().find(|(code, _)| *code == order.supplier).map_or("", |(_, name)| name);
        Some(match key {
            "FID" => json!(order.id),
            "FBillNo" => json!(order.number),
            "FDocumentStatus" => json!(order.status.to_string()),
            "FCloseStatus" => json!(if order.is_closed { "B" } else { "A" }),
            "FCancelStatus" => json!(if order.is_void { "B" } else { "A" }),
            "FModifyDate" => json!(order.modified_text()),
            "FCreateDate" | "FDate" => json!(local(order.created, ZONE_HOURS)),
            "FBillTypeID.FNumber" => json!("CGDD01_SYS"),
            "FPurchaseOrgId.FNumber" => json!(order.organisation),
            "FPurchaseOrgId.FName" => json!("Head office 总部"),
            "FPurchaserId.FNumber" => json!("buyer-7"),
            "FPurchaserId.FName" => json!("Bea Buyer"),
            "FCreatorId.FName" => json!("Administrator"),
            "FSupplierId.FNumber" => json!(order.supplier),
            "FSupplierId.FName" => json!(supplier),
            "FSettleCurrId.FNumber" => json!(order.currency),
            "FExchangeRate" => json!(1),
            "FPayConditionId.FName" => Value::Null,
            custom if custom.starts_with("F_") => order.custom.get(custom).cloned()?,
            key => {
                let (at, line) = line?;
                match key {
                    "FPOOrderEntry_FEntryId" => json!(line.id),
                    "FPOOrderEntry_FSeq" => json!(at + 1),
                    "FMaterialId.FNumber" => json!(line.material),
                    "FMaterialId.FName" | "FMaterialDesc" => json!(line.description),
                    "FUnitId.FNumber" => json!(line.unit),
                    "FQty" => number(line.quantity),
                    "FPrice" => number(line.price()),
                    "FTaxPrice" => number(line.tax_price),
                    "FEntryTaxRate" => number(line.tax_rate),
                    "FAmount" => number(line.amount(&order.currency)),
                    "FAllAmount" => number(line.all_amount(&order.currency)),
                    "FDeliveryDate" => json!(format!("{}T00:00:00", line.delivery)),
                    "FStockInQty" => json!(0),
                    _ => return None,
                }
            }
        })
    }
}

struct Condition {
    key: String,
    operator: String,
    value: Value,
}

impl Condition {
    fn holds(&self, cell: &Value) -> Result<bool, String> {
        let order = compare(cell, &self.value);
        Ok(match self.operator.as_str() {
            "=" => order.is_eq(),
            "<>" => order.is_ne(),
            ">=" => order.is_ge(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            "<" => order.is_lt(),
            other => return Err(format!("过滤条件错误：{other}")),
        })
    }
}

/// `FModifyDate>='…' and FID>7`: names, operators, and numbers or texts in quotes, a quote inside doubled.
fn filter(text: &str) -> Result<Vec<Condition>, String> {
    let wrong = || format!("过滤条件错误：{text}");
    let mut rest = text.trim();
    let mut conditions = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.'))).ok_or_else(wrong)?;
        let (key, after) = rest.split_at(end);
        let after = after.trim_start();
        let end = after.find(|letter: char| !matches!(letter, '<' | '>' | '=')).ok_or_else(wrong)?;
        let (operator, after) = after.split_at(end);
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('\'') {
            Some(quoted) => quoted_text(quoted).ok_or_else(wrong)?,
            None => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                let (word, after) = after.split_at(end);
                (serde_json::from_str::<serde_json::Number>(word).map(Value::Number).map_err(|_| wrong())?, after)
            }
        };
        if key.is_empty() || operator.is_empty() {
            return Err(wrong());
        }
        conditions.push(Condition { key: key.to_owned(), operator: operator.to_owned(), value });
        rest = after.trim_start();
        if !rest.is_empty() {
            let and = rest.get(..4).filter(|word| word.eq_ignore_ascii_case("and ")).ok_or_else(wrong)?;
            rest = rest[and.len()..].trim_start();
        }
    }
    Ok(conditions)
}

/// The text up to its closing quote, and what follows.
fn quoted_text(text: &str) -> Option<(Value, &str)> {
    let mut out = String::new();
    let mut rest = text;
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

fn compare(one: &Value, other: &Value) -> Ordering {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.replace('T', " "));
    match (super::super::text::decimal(one), super::super::text::decimal(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => plain(one).cmp(&plain(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_with_their_quotes() {
        let found = filter("FModifyDate>='2026-01-01 08:00:00' and FBillNo<>'O''Neill' AND FID>7").unwrap_or_default();
        let shown: Vec<_> = found.iter().map(|one| (one.key.as_str(), one.operator.as_str(), one.value.to_string())).collect();
        assert_eq!(
            shown,
            [
                ("FModifyDate", ">=", "\"2026-01-01 08:00:00\"".to_owned()),
                ("FBillNo", "<>", "\"O'Neill\"".to_owned()),
                ("FID", ">", "7".to_owned()),
            ]
        );
        for wrong in ["FID", "FID>", "FID>'x", "FID>7 or FID<9", ">7", "FID=7; drop table"] {
            assert!(filter(wrong).is_err(), "{wrong}");
        }
    }
}
