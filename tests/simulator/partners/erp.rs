//! The ERP: orders and the steps their states allow.

use super::{Answer, Asked, Books, Consequence, System, show_order};
use jiff::Timestamp;
use serde_json::json;

impl Books {
    pub(super) fn erp(&mut self, asked: &Asked, now: Timestamp, consequences: &mut Vec<Consequence>) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method, path.as_slice()) {
            (_, ["token"]) => Answer::json(200, &json!({"access_token": "token-of-the-erp", "expires_in": 7200})),
            ("GET", ["orders"]) => {
                let rows = self.changed(System::Erp, asked.since(), asked.page());
                let full = asked.query.get("view").is_some_and(|view| view == "full");
                let item = |(id, at): (String, Timestamp)| match self.orders.get(&(System::Erp, id.clone())) {
                    Some(order) if full => show_order(order),
                    _ => json!({"id": id, "changed_at": at.to_string()}),
                };
                let items: Vec<_> = rows.into_iter().map(item).collect();
                Answer::json(200, &json!({"items": items}))
            }
            ("GET", ["orders", id]) => match self.orders.get(&(System::Erp, (*id).to_owned())) {
                Some(order) => Answer::json(200, &show_order(order)),
                None => Answer::json(404, &json!({"code": "not_found"})),
            },
            (_, ["budget-check"]) => Answer::json(200, &json!({"ok": true, "available": "90000000.00"})),
            (_, ["orders", id, step]) => self.step(id, step, now, consequences),
            _ => Answer::json(404, &json!({"code": "no_such_path"})),
        }
    }

    fn step(&mut self, id: &str, step: &str, now: Timestamp, consequences: &mut Vec<Consequence>) -> Answer {
        let Some(order) = self.orders.get(&(System::Erp, id.to_owned())) else { return Answer::json(404, &json!({"code": "not_found"})) };
        let target = match (step, order.status) {
            ("release", "waiting" | "released") => "released",
            ("reject", "new" | "waiting" | "refused") => "refused",
            // What its owner cancelled needs no return.
            ("return", "cancelled") => "cancelled",
            ("return", "waiting" | "released" | "new") => "new",
            _ => {
                return Answer::json(
                    409,
                    &json!({"code": "state_forbids", "message": format!("an order that is {} forbids it", order.status)}),
                );
            }
        };
        let changed = self.move_order(System::Erp, id, target, now);
        if changed {
            consequences.push(Consequence::Tell(System::Erp, id.to_owned()));
        }
        Answer::json(200, &json!({"id": id, "status": target})).changed(changed)
    }
}
