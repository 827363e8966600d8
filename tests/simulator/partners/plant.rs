//! The plant: orders, holds by a key in the body, allocations that can only be looked up, notes with neither.

use super::{Answer, Asked, Books, System, Thing, show_order};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

impl Books {
    pub(super) fn plant(&mut self, asked: &Asked, now: Timestamp, hidden: SignedDuration) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method, path.as_slice()) {
            ("GET", ["orders"]) => {
                let rows = self.changed(System::Plant, asked.since(), asked.page());
                let items: Vec<_> = rows.into_iter().map(|(id, at)| json!({"id": id, "changed_at": at.to_string()})).collect();
                Answer::json(200, &json!({"items": items}))
            }
            ("GET", ["orders", id]) => match self.orders.get(&(System::Plant, (*id).to_owned())) {
                Some(order) => Answer::json(200, &show_order(order)),
                None => Answer::json(404, &json!({"message": "no such order"})),
            },
            ("POST", ["holds"]) => {
                let key = asked.text("request_id");
                if let Some(id) = self.keys.get(&key) {
                    return Answer::json(200, &json!({"id": id}));
                }
                let thing = self.thing("H", asked, now, hidden);
                let id = thing.id.clone();
                self.keys.insert(key, id.clone());
                self.holds.insert(id.clone(), thing);
                Answer::json(200, &json!({"id": id})).changed(true)
            }
            (_, ["holds", id, "free"]) => match self.holds.get_mut(*id) {
                None => Answer::json(404, &json!({"message": "no such hold"})),
                Some(hold) => {
                    let changed = !hold.void;
                    hold.void = true;
                    Answer::json(200, &json!({"id": id})).changed(changed)
                }
            },
            ("POST", ["allocations"]) => {
                let thing = self.thing("L", asked, now, hidden);
                let id = thing.id.clone();
                self.allocations.insert(id.clone(), thing);
                Answer::json(200, &json!({"id": id})).changed(true)
            }
            ("GET", ["allocations"]) => {
                let reference = asked.query.get("reference").cloned().unwrap_or_default();
                let found = self.allocations.values().filter(|thing| thing.reference == reference && thing.visible_at <= now);
                let items: Vec<_> = found.map(|thing| json!({"id": thing.id})).collect();
                Answer::json(200, &json!({"items": items}))
            }
            ("POST", ["notes"]) => {
                let thing = self.thing("N", asked, now, hidden);
                let id = thing.id.clone();
                self.notes.insert(id.clone(), thing);
                Answer::json(200, &json!({"id": id})).changed(true)
            }
            (_, ["orders", id, step]) => {
                let Some(order) = self.orders.get(&(System::Plant, (*id).to_owned())) else {
                    return Answer::json(404, &json!({"message": "no such order"}));
                };
                let target = match (*step, order.status) {
                    ("confirm", "waiting" | "released") => "released",
                    ("refuse", "waiting" | "refused") => "refused",
                    (_, status) => return Answer::json(409, &json!({"message": format!("an order that is {status} forbids it")})),
                };
                let changed = self.move_order(System::Plant, id, target, now);
                Answer::json(200, &json!({"id": id, "status": target})).changed(changed)
            }
            _ => Answer::json(404, &json!({"message": "no such path"})),
        }
    }

    fn thing(&mut self, letter: &str, asked: &Asked, now: Timestamp, hidden: SignedDuration) -> Thing {
        Thing {
            id: self.next_id(letter),
            reference: asked.text("reference"),
            number: asked.text("order"),
            amount: String::new(),
            void: false,
            visible_at: now + hidden,
        }
    }
}
