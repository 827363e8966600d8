//! The webhook of the site, on any change of an order, with "Enable Security": fields of the document, signed; three tries.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::hook::Telling;
use super::super::text::{decimal, float, hmac_sha256, python_dumps};
use super::book::Book;

const WITHIN: Duration = Duration::from_secs(5);
const PAUSES: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(4)];

/// What is told of an order. There is no content type: the site adds none unless its administrator writes one down.
pub(super) fn telling(book: &Book, name: &str, secret: &str) -> Option<Telling> {
    let doc = book.get("Purchase Order", name).ok()?;
    let body = python_dumps(&[
        ("doctype", json!("Purchase Order")),
        ("name", doc["name"].clone()),
        ("supplier", doc["supplier"].clone()),
        ("supplier_name", doc["supplier_name"].clone()),
        ("grand_total", float(decimal(&doc["grand_total"]).unwrap_or_default())),
        ("docstatus", doc["docstatus"].clone()),
        ("modified", doc["modified"].clone()),
    ]);
    let signature = STANDARD.encode(hmac_sha256(secret.as_bytes(), body.as_bytes()));
    Some(Telling { headers: vec![("x-frappe-webhook-signature", signature)], body, within: WITHIN, pauses: PAUSES })
}
