//! Steps: submit and cancel, actions of the workflow, and the methods that clients call by name.

use serde_json::{Value, json};

use super::book::{Book, stamp};
use super::fault::{Fault, fault, invalid, not_found};
use super::list::list;
use super::{Done, document, shown, written};
use crate::instant::Micros;

/// A method of a document.
pub(super) fn run(book: &mut Book, doctype: &str, name: &str, method: &str, now: Micros) -> Result<Value, Fault> {
    match method {
        "submit" => submit(book, doctype, name, now),
        "cancel" => cancel(book, doctype, name, now),
        other => Err(fault(403, "PermissionError", format!("Method {other} is not whitelisted"))),
    }
}

/// A method by its dotted name.
pub(super) fn call(book: &mut Book, method: &str, arguments: &Value, now: Micros) -> Result<Done, Fault> {
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    let parsed = |name: &str| match &arguments[name] {
        Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.clone(),
    };
    let whole = |doc: &Value| (doc["doctype"].as_str().unwrap_or_default().to_owned(), doc["name"].as_str().unwrap_or_default().to_owned());
    match method.trim_matches('/') {
        "frappe.client.submit" => {
            let doc = if arguments.get("doc").is_some() { parsed("doc") } else { parsed("doclist") };
            let (doctype, name) = whole(&doc);
            submit(book, &doctype, &name, now).and_then(|doc| written(json!({"message": doc})))
        }
        "frappe.client.cancel" => cancel(book, &text("doctype"), &text("name"), now).and_then(|doc| written(json!({"message": doc}))),
        "frappe.client.delete" => book.delete(&text("doctype"), &text("name")).and_then(|()| written(json!({"message": "ok"}))),
        "frappe.client.insert" => {
            let doc = document(&parsed("doc"));
            let (doctype, _) = whole(&doc);
            book.insert(&doctype, &doc, now).and_then(|doc| written(json!({"message": doc})))
        }
        "frappe.client.set_value" => {
            let changes = json!({text("fieldname"): arguments["value"]});
            book.update(&text("doctype"), &text("name"), &changes, now).and_then(|doc| written(json!({"message": doc})))
        }
        "frappe.client.get_value" => {
            let filters = arguments["filters"].clone();
            let fields = json!([text("fieldname")]).to_string();
            let rows = list(book, &text("doctype"), &json!({"filters": filters, "fields": fields, "limit_page_length": 1}))?;
            shown(json!({"message": rows.first().cloned().unwrap_or_default()}))
        }
        "frappe.client.get_count" => {
            let rows = list(book, &text("doctype"), &json!({"filters": arguments["filters"], "limit_page_length": 0}))?;
            shown(json!({"message": rows.len()}))
        }
        "frappe.client.get_time_zone" => shown(json!({"message": {"time_zone": "Asia/Shanghai"}})),
        "frappe.auth.get_logged_user" => shown(json!({"message": "hub@example.org"})),
        "frappe.model.workflow.apply_workflow" => {
            let (doctype, name) = whole(&parsed("doc"));
            act(book, &doctype, &name, &text("action"), now).and_then(|doc| written(json!({"message": doc})))
        }
        "erpnext.buying.doctype.purchase_order.purchase_order.update_status" => {
            let doc = book.document("Purchase Order", &text("name"))?;
            if doc["docstatus"] != 1 {
                return Err(invalid("Only submitted orders can be closed"));
            }
            doc.insert("status".to_owned(), json!(text("status")));
            doc.insert("modified".to_owned(), json!(stamp(now)));
            written(json!({"message": null}))
        }
        other => Err(not_found(&format!("Method {other}"))),
    }
}

fn submit(book: &mut Book, doctype: &str, name: &str, now: Micros) -> Result<Value, Fault> {
    let has_workflow = book.has_workflow;
    let doc = book.document(doctype, name)?;
    match doc["docstatus"].as_i64() {
        Some(0) if has_workflow && doc["workflow_state"] != "Approved" => {
            return Err(fault(417, "WorkflowPermissionError", "Workflow State transition not allowed from Draft to Approved"));
        }
        Some(0) => {}
        status => return Err(transition(status, 1)),
    }
    doc.insert("docstatus".to_owned(), json!(1));
    doc.insert("status".to_owned(), json!("To Receive and Bill"));
    doc.insert("modified".to_owned(), json!(stamp(now)));
    *book.submissions.entry(name.to_owned()).or_default() += 1;
    book.get(doctype, name)
}

fn cancel(book: &mut Book, doctype: &str, name: &str, now: Micros) -> Result<Value, Fault> {
    let doc = book.document(doctype, name)?;
    match doc["docstatus"].as_i64() {
        Some(1) => {}
        status => return Err(transition(status, 2)),
    }
    doc.insert("docstatus".to_owned(), json!(2));
    doc.insert("status".to_owned(), json!("Cancelled"));
    doc.insert("modified".to_owned(), json!(stamp(now)));
    book.get(doctype, name)
}

fn transition(from: Option<i64>, to: i64) -> Fault {
    fault(417, "DocstatusTransitionError", format!("Cannot change docstatus from {} to {to}", from.unwrap_or(0)))
}

/// An action of the workflow: `Approve` submits, `Reject` leaves a draft.
fn act(book: &mut Book, doctype: &str, name: &str, action: &str, now: Micros) -> Result<Value, Fault> {
    let doc = book.document(doctype, name)?;
    let is_pending = doc["docstatus"] == 0 && doc.get("workflow_state").is_some_and(|state| state == "Pending Approval");
    let state = match action {
        "Approve" if is_pending => "Approved",
        "Reject" if is_pending => "Rejected",
        _ => return Err(fault(417, "WorkflowTransitionError", "Not a valid Workflow Action")),
    };
    doc.insert("workflow_state".to_owned(), json!(state));
    doc.insert("modified".to_owned(), json!(stamp(now)));
    match state {
        "Approved" => submit(book, doctype, name, now),
        _ => book.get(doctype, name),
    }
}
