//! Writes: an order with its items in one request, a change under its version, a decision of the inbox.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::seed::SUPPLIERS;
use super::super::stage::Answer;
use super::super::text::decimal;
use super::book::{Book, Item, Order, material_text};
use super::read::find;
use super::{Call, Fault, fault};
use crate::instant::Micros;

pub(super) fn create(book: &mut Book, call: &Call<'_>) -> Result<Answer, Fault> {
    let body = call.asked.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    for (name, code, message) in [
        ("CompanyCode", "ME/083", "Enter Company Code"),
        ("PurchaseOrderType", "ME/083", "Enter Order Type"),
        ("Supplier", "ME/083", "Enter Supplier"),
        ("PurchasingOrganization", "ME/083", "Enter Purch. Organization"),
        ("PurchasingGroup", "ME/083", "Enter Purch. Group"),
    ] {
        if text(name).is_empty() {
            return Err(fault(400, code, message));
        }
    }
    if !SUPPLIERS.iter().any(|(code, _)| *code == text("Supplier")) {
        return Err(fault(400, "06/321", format!("Supplier {} does not exist", text("Supplier"))));
    }
    let given = body["to_PurchaseOrderItem"].as_array().or_else(|| body["to_PurchaseOrderItem"]["results"].as_array());
    let items: Vec<Item> = given.into_iter().flatten().map(item).collect::<Result<_, _>>()?;
    if items.is_empty() {
        return Err(fault(400, "MEPO/002", "Document contains no items"));
    }
    let now = Micros(call.asked.now.0.div_euclid(1_000) * 1_000);
    let order = Order {
        number: book.next_number(),
        company: text("CompanyCode"),
        kind: text("PurchaseOrderType"),
        supplier: text("Supplier"),
        organisation: text("PurchasingOrganization"),
        group: text("PurchasingGroup"),
        currency: body["DocumentCurrency"].as_str().unwrap_or("CNY").to_owned(),
        terms: text("PaymentTerms"),
        reference: text("CorrespncExternalReference"),
        status: "03",
        is_deleted: false,
        items,
        created: now,
        changed: now,
        releases: 0,
    };
    let mut entity = order.entity("");
    entity.insert("to_PurchaseOrderItem".to_owned(), json!({"results": order.item_entities("")}));
    let location = format!("{}/A_PurchaseOrder('{}')", super::SERVICE, order.number);
    let etag = order.etag();
    book.orders.insert(order.number.clone(), order);
    Ok(Answer::json(201, "create", &json!({"d": entity})).with("location", location).with("etag", etag).wrote())
}

/// Decimals are texts in V2; a bare number is refused as the gateway refuses it.
fn item(given: &Value) -> Result<Item, Fault> {
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let amount = |name: &str, default: Decimal| match &given[name] {
        Value::Null => Ok(default),
        Value::String(_) => {
            decimal(&given[name]).ok_or_else(|| fault(400, "/IWFND/CM_BEC/026", format!("Conversion error for property '{name}'")))
        }
        _ => Err(fault(400, "/IWFND/CM_BEC/026", format!("Property '{name}' at offset '0' has invalid value"))),
    };
    if text("Plant").is_empty() {
        return Err(fault(400, "ME/083", "Enter Plant"));
    }
    let material = text("Material");
    let name = material_text(&material).ok_or_else(|| fault(400, "M3/305", format!("Material {material} does not exist")))?;
    Ok(Item {
        number: text("PurchaseOrderItem"),
        text: given["PurchaseOrderItemText"].as_str().unwrap_or(name).to_owned(),
        plant: text("Plant"),
        material,
        quantity: amount("OrderQuantity", Decimal::ZERO)?,
        price: amount("NetPriceAmount", Decimal::ZERO)?,
        per: amount("NetPriceQuantity", Decimal::ONE)?,
    })
}

pub(super) fn change(book: &mut Book, call: &Call<'_>, key: &str) -> Result<Answer, Fault> {
    let etag = find(book, key)?.etag();
    match call.asked.header("if-match") {
        None => return Err(fault(428, "/IWFND/MED/171", "Precondition required")),
        Some("*") => {}
        Some(version) if version == etag => {}
        Some(_) => return Err(fault(412, "/IWFND/MED/170", "Precondition failed")),
    }
    let now = call.asked.now;
    let Some(order) = book.orders.get_mut(key) else { return Err(fault(404, "/IWBEP/CM_MGW_RT/020", "Resource not found")) };
    for (name, value) in call.asked.json().as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "PaymentTerms" => order.terms = text,
            "CorrespncExternalReference" => order.reference = text,
            "PurchasingGroup" => order.group = text,
            "ReleaseIsNotCompleted" | "PurchasingProcessingStatus" => {
                return Err(fault(400, "/IWBEP/CM_MGW_RT/176", format!("Property {name} is read-only")));
            }
            other => return Err(fault(400, "/IWBEP/CM_MGW_RT/022", format!("Property {other} not found"))),
        }
    }
    order.touch(now);
    let etag = order.etag();
    Ok(Answer::text(204, "change", "application/json", "").with("etag", etag).wrote())
}

pub(super) fn decide(book: &mut Book, call: &Call<'_>) -> Result<Answer, Fault> {
    let option = |name: &str| call.options.get(name).map_or("", String::as_str).trim_matches('\'').to_owned();
    let (instance, decision) = (option("InstanceID"), option("DecisionKey"));
    let now = call.asked.now;
    let waiting = book.orders.values_mut().find(|order| order.task() == instance && order.status == "03");
    let Some(order) = waiting else { return Err(fault(400, "/IWPGW/TASK_GW/103", format!("Task {instance} is no longer available"))) };
    match decision.as_str() {
        "0001" => {
            order.status = "05";
            order.releases += 1;
        }
        "0002" => order.status = "08",
        other => return Err(fault(400, "/IWPGW/TASK_GW/104", format!("Decision {other} is not possible"))),
    }
    order.touch(now);
    Ok(Answer::json(200, "decide", &json!({"d": {"SAP__Origin": "LOCAL", "InstanceID": instance, "Status": "COMPLETED"}})).wrote())
}
