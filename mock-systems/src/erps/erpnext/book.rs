//! The documents: JSON as the site shows them, by type and name.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::seed::{self, ITEMS, NewOrder, SUPPLIERS};
use super::super::text::{decimal, number};
use super::fault::{Fault, fault, invalid, not_found};
use crate::instant::Micros;
use crate::money::round;

/// Hours of the site's zone.
const ZONE_HOURS: i64 = 8;
/// Fields that may still be changed when a document is submitted.
const AFTER_SUBMIT: &[&str] = &["order_confirmation_no", "schedule_date"];

pub(super) type Documents = BTreeMap<String, Map<String, Value>>;

pub(super) struct Book {
    pub(super) types: BTreeMap<String, Documents>,
    next: u32,
    /// A workflow is active on orders.
    pub(super) has_workflow: bool,
    /// Limit, what is left, and seconds until the next window.
    pub(super) rate: Option<(u64, u64, u64)>,
    pub(super) submissions: BTreeMap<String, u32>,
}

impl Default for Book {
    fn default() -> Self {
        let doc = |fields: Value| fields.as_object().cloned().unwrap_or_default();
        let items = ITEMS.map(|(code, name)| {
            (
                code.to_owned(),
                doc(json!({"doctype": "Item", "name": code, "item_code": code, "item_name": name, "stock_uom": "Nos", "disabled": 0})),
            )
        });
        let suppliers = SUPPLIERS
            .map(|(code, name)| (code.to_owned(), doc(json!({"doctype": "Supplier", "name": code, "supplier_name": name, "disabled": 0}))));
        let types = BTreeMap::from([
            ("Purchase Order".to_owned(), Documents::new()),
            ("Item".to_owned(), Documents::from(items)),
            ("Supplier".to_owned(), Documents::from(suppliers)),
        ]);
        Self { types, next: 42, has_workflow: true, rate: None, submissions: BTreeMap::new() }
    }
}

/// Naive, in the site's zone, with microseconds.
pub(super) fn stamp(now: Micros) -> String {
    now.plus_seconds(ZONE_HOURS * 3_600).to_rfc3339()[..26].replace('T', " ")
}

impl Book {
    pub(super) fn documents(&self, doctype: &str) -> Result<&Documents, Fault> {
        self.types.get(doctype).ok_or_else(|| not_found(&format!("DocType {doctype}")))
    }

    pub(super) fn get(&self, doctype: &str, name: &str) -> Result<Value, Fault> {
        let found = self.documents(doctype)?.get(name).ok_or_else(|| not_found(&format!("{doctype} {name}")))?;
        Ok(Value::Object(found.clone()))
    }

    pub(super) fn document(&mut self, doctype: &str, name: &str) -> Result<&mut Map<String, Value>, Fault> {
        let documents = self.types.get_mut(doctype).ok_or_else(|| not_found(&format!("DocType {doctype}")))?;
        documents.get_mut(name).ok_or_else(|| not_found(&format!("{doctype} {name}")))
    }

    pub(super) fn insert(&mut self, doctype: &str, given: &Value, now: Micros) -> Result<Value, Fault> {
        if doctype != "Purchase Order" {
            return Err(fault(403, "PermissionError", format!("No permission for {doctype}")));
        }
        let supplier = given["supplier"].as_str().unwrap_or_default();
        if supplier.is_empty() {
            return Err(fault(417, "MandatoryError", "[Purchase Order, New Purchase Order 1]: supplier"));
        }
        let Some((_, supplier_name)) = SUPPLIERS.iter().find(|(code, _)| *code == supplier) else {
            return Err(fault(417, "LinkValidationError", format!("Could not find Supplier: {supplier}")));
        };
        let name = match given["name"].as_str().filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => {
                self.next += 1;
                format!("PUR-ORD-{}-{:05}", &stamp(now)[..4], self.next - 1)
            }
        };
        if self.documents(doctype)?.contains_key(&name) {
            return Err(fault(409, "DuplicateEntryError", format!("Purchase Order {name} already exists")));
        }
        let mut doc = json!({
            "doctype": doctype, "name": name, "owner": "buyer@example.org", "creation": stamp(now), "modified": stamp(now), "modified_by": "buyer@example.org",
            "docstatus": 0, "status": "Draft", "naming_series": "PUR-ORD-.YYYY.-", "company": "Example Co", "supplier": supplier, "supplier_name": supplier_name,
            "transaction_date": now.date_after(0), "schedule_date": now.date_after(20), "currency": "CNY", "conversion_rate": 1.0, "payment_terms_template": null,
            "order_confirmation_no": null, "amended_from": null, "per_received": 0.0, "per_billed": 0.0, "taxes": [],
        });
        for name in ["company", "currency", "transaction_date", "schedule_date", "payment_terms_template", "taxes", "owner"] {
            if let Some(value) = given.get(name) {
                doc[name] = value.clone();
            }
        }
        doc["items"] = given["items"].clone();
        if self.has_workflow {
            doc["workflow_state"] = json!("Draft");
        }
        let mut doc = doc.as_object().cloned().unwrap_or_default();
        total(&mut doc)?;
        self.types.entry(doctype.to_owned()).or_default().insert(name.clone(), doc);
        self.get(doctype, &name)
    }

    pub(super) fn update(&mut self, doctype: &str, name: &str, changes: &Value, now: Micros) -> Result<Value, Fault> {
        let doc = self.document(doctype, name)?;
        if changes.get("modified").is_some_and(|modified| *modified != doc["modified"]) {
            return Err(fault(
                417,
                "TimestampMismatchError",
                "Error: Document has been modified after you have opened it. Please refresh to get the latest document.",
            ));
        }
        let changes = changes.as_object().cloned().unwrap_or_default();
        let changes = changes
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "modified" | "name" | "doctype" | "docstatus" | "owner" | "creation"));
        let mut draft = doc.clone();
        for (field, value) in changes {
            if doc["docstatus"] != 0 && doc.get(&field) != Some(&value) && !AFTER_SUBMIT.contains(&field.as_str()) {
                return Err(fault(417, "UpdateAfterSubmitError", format!("Not allowed to change {field} after submission")));
            }
            draft.insert(field, value);
        }
        total(&mut draft)?;
        draft.insert("modified".to_owned(), json!(stamp(now)));
        *doc = draft;
        self.get(doctype, name)
    }

    pub(super) fn delete(&mut self, doctype: &str, name: &str) -> Result<(), Fault> {
        if self.document(doctype, name)?["docstatus"] == 1 {
            return Err(invalid(format!("Submitted Record cannot be deleted. You must Cancel {name} first.")));
        }
        self.types.entry(doctype.to_owned()).or_default().remove(name);
        Ok(())
    }

    fn enter(&mut self, new: &NewOrder, now: Micros) -> Result<Value, String> {
        let rate = new.lines.first().map_or(Decimal::ZERO, |line| line.tax_rate);
        let items: Vec<Value> = new
            .lines
            .iter()
            .map(|line| json!({"item_code": line.item, "description": line.description, "qty": number(line.quantity), "rate": number(line.price), "uom": "Nos"}))
            .collect();
        let taxes = json!([{"charge_type": "On Net Total", "account_head": "VAT - EC", "rate": number(rate)}]);
        let doc = json!({"name": new.number.clone().unwrap_or_default(), "supplier": new.supplier, "currency": new.currency, "items": items, "taxes": taxes});
        self.insert("Purchase Order", &doc, now).map_err(|_| "the order is not valid".to_owned())
    }

    /// `create`, `seed`, `submit` (to the workflow), `take_back`, `set_quantity`, `workflow` (on or off), `rate`.
    pub(super) fn person(&mut self, what: &Value, now: Micros) -> Result<Value, String> {
        let name = what["number"].as_str().unwrap_or_default().to_owned();
        let action = what["do"].as_str().unwrap_or_default();
        match action {
            "create" => return self.enter(&seed::read(what)?, now).map(|doc| json!({"number": doc["name"]})),
            "seed" => {
                let numbers: Result<Vec<Value>, String> =
                    seed::awkward().iter().map(|new| Ok(self.enter(new, now)?["name"].clone())).collect();
                return Ok(json!({"numbers": numbers?}));
            }
            "workflow" => {
                self.has_workflow = what["on"].as_bool().unwrap_or(true);
                return Ok(json!({}));
            }
            "rate" => {
                let number = |name: &str| what[name].as_u64().ok_or_else(|| format!("`{name}` is a number"));
                self.rate = Some((number("limit")?, number("remaining")?, number("reset")?));
                return Ok(json!({}));
            }
            _ => {}
        }
        let has_workflow = self.has_workflow;
        let doc = self.document("Purchase Order", &name).map_err(|_| format!("there is no order `{name}`"))?;
        let state = if has_workflow { "workflow_state" } else { "status" };
        match (action, doc["docstatus"].as_i64()) {
            ("submit", Some(0)) => drop(doc.insert(state.to_owned(), json!(if has_workflow { "Pending Approval" } else { "On Hold" }))),
            ("take_back", Some(0)) => drop(doc.insert(state.to_owned(), json!("Draft"))),
            ("set_quantity", Some(0)) => {
                doc["items"][0]["qty"] =
                    what["quantity"].as_str().and_then(|text| serde_json::from_str(text).ok()).ok_or("`quantity` is a number in text")?;
                total(doc).map_err(|_| "the order is not valid")?;
            }
            _ => return Err(format!("`{action}` is not possible now")),
        }
        doc.insert("modified".to_owned(), json!(stamp(now)));
        Ok(json!({"number": name}))
    }

    /// Orders by name, with the time of their last change.
    pub(super) fn versions(&self) -> BTreeMap<String, String> {
        let orders = self.types.get("Purchase Order").into_iter().flatten();
        orders.map(|(name, doc)| (name.clone(), doc["modified"].to_string())).collect()
    }

    pub(super) fn state(&self) -> Value {
        let orders = self.types.get("Purchase Order").into_iter().flat_map(BTreeMap::values);
        let shown = |doc: &Map<String, Value>| {
            let name = doc["name"].as_str().unwrap_or_default();
            let submissions = self.submissions.get(name).copied().unwrap_or(0);
            json!({"number": name, "docstatus": doc["docstatus"], "status": doc["status"], "workflow_state": doc.get("workflow_state"), "total": doc["grand_total"], "submissions": submissions})
        };
        json!({"orders": orders.map(shown).collect::<Vec<_>>()})
    }
}

/// What the lines come to, and taxes on them.
fn total(doc: &mut Map<String, Value>) -> Result<(), Fault> {
    let currency = doc.get("currency").and_then(Value::as_str).map(str::to_owned);
    let currency = currency.as_deref();
    let lines = doc.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    if lines.is_empty() {
        return Err(fault(417, "MandatoryError", "[Purchase Order]: items"));
    }
    let (mut made, mut net) = (Vec::with_capacity(lines.len()), Decimal::ZERO);
    for (index, line) in lines.iter().enumerate() {
        let code = line["item_code"].as_str().unwrap_or_default();
        let Some((_, name)) = ITEMS.iter().find(|(known, _)| *known == code) else {
            return Err(fault(417, "LinkValidationError", format!("Row #{}: Could not find Item: {code}", index + 1)));
        };
        let part = |name: &str| decimal(&line[name]).unwrap_or_default();
        let amount = round(part("qty") * part("rate"), currency);
        net += amount;
        let mut line = line.as_object().cloned().unwrap_or_default();
        for (field, value) in [
            ("name", json!(format!("row{:05}", index + 1))),
            ("idx", json!(index + 1)),
            ("item_name", json!(name)),
            ("amount", number(amount)),
            ("net_amount", number(amount)),
        ] {
            line.insert(field.to_owned(), value);
        }
        for (field, value) in
            [("description", json!(name)), ("uom", json!("Nos")), ("cost_center", json!("Main - EC")), ("project", Value::Null)]
        {
            line.entry(field.to_owned()).or_insert(value);
        }
        made.push(Value::Object(line));
    }
    let mut tax = Decimal::ZERO;
    let mut taxes = doc.get("taxes").and_then(Value::as_array).cloned().unwrap_or_default();
    for row in &mut taxes {
        let amount = round(net * decimal(&row["rate"]).unwrap_or_default() / Decimal::ONE_HUNDRED, currency);
        row["tax_amount"] = number(amount);
        tax += amount;
    }
    for (field, value) in [
        ("items", json!(made)),
        ("taxes", json!(taxes)),
        ("net_total", number(net)),
        ("total", number(net)),
        ("total_taxes_and_charges", number(tax)),
        ("grand_total", number(net + tax)),
    ] {
        doc.insert(field.to_owned(), value);
    }
    Ok(())
}
