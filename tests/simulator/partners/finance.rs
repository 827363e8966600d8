//! Finance: payables, once per idempotency key.

use super::{Answer, Asked, Books, Thing};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

impl Books {
    pub(super) fn finance(&mut self, asked: &Asked, now: Timestamp, hidden: SignedDuration) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method, path.as_slice()) {
            (_, ["token"]) => Answer::json(200, &json!({"access_token": "token-of-finance", "expires_in": 7200})),
            ("POST", ["payables"]) => {
                let key = asked.header("idempotency-key").unwrap_or_default().to_owned();
                if let Some(id) = self.keys.get(&key) {
                    return Answer::json(201, &json!({"id": id}));
                }
                let id = self.next_id("F");
                let thing = Thing {
                    id: id.clone(),
                    reference: asked.text("reference"),
                    number: asked.text("purchase_order_ref"),
                    amount: asked.body["amount"].as_str().map_or_else(|| asked.body["amount"].to_string(), str::to_owned),
                    void: false,
                    visible_at: now + hidden,
                };
                self.payables.insert(id.clone(), thing);
                self.keys.insert(key, id.clone());
                Answer::json(201, &json!({"id": id})).changed(true)
            }
            ("GET", ["payables", id]) => match self.payables.get(*id) {
                None => Answer::json(404, &json!({"code": "not_found"})),
                Some(payable) => {
                    let status = if payable.void { "void" } else { "posted" };
                    Answer::json(
                        200,
                        &json!({"id": payable.id, "reference": payable.reference, "status": status, "amount": payable.amount, "currency": "CNY"}),
                    )
                }
            },
            (_, ["payables", id, "void"]) => match self.payables.get_mut(*id) {
                None => Answer::json(404, &json!({"code": "not_found"})),
                Some(payable) => {
                    let changed = !payable.void;
                    payable.void = true;
                    Answer::json(200, &json!({"id": id, "status": "void"})).changed(changed)
                }
            },
            _ => Answer::json(404, &json!({"code": "no_such_path"})),
        }
    }
}
