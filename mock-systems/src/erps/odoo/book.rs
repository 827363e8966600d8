//! Orders, partners, products and bills, and what people do with them at the screen.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::seed::{self, ITEMS, NewOrder, SUPPLIERS};
use super::super::text::{decimal, number};
use crate::instant::Micros;
use crate::money::round;

pub(super) struct Book {
    pub(super) orders: BTreeMap<i64, Order>,
    pub(super) bills: BTreeMap<i64, Bill>,
    next: i64,
    next_line: i64,
    pub(super) key_lapsed: bool,
    /// The hub's user may approve: else `button_approve` answers success and does nothing.
    pub(super) may_approve: bool,
}

pub(super) struct Order {
    pub(super) id: i64,
    pub(super) name: String,
    /// `draft`, `sent`, `to approve`, `purchase`, `cancel`.
    pub(super) state: &'static str,
    pub(super) is_locked: bool,
    /// The two-step approval of the company: confirming leads to `to approve` first.
    pub(super) needs_approval: bool,
    pub(super) supplier: usize,
    pub(super) currency: String,
    pub(super) origin: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) written: Micros,
    pub(super) created: Micros,
    pub(super) approvals: u32,
}

pub(super) struct Line {
    pub(super) id: i64,
    pub(super) item: usize,
    pub(super) name: String,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) tax_rate: Decimal,
    pub(super) written: Micros,
    /// A note among the lines.
    pub(super) is_note: bool,
}

pub(super) struct Bill {
    pub(super) id: i64,
    pub(super) origin: String,
    pub(super) state: &'static str,
}

impl Default for Book {
    fn default() -> Self {
        Self { orders: BTreeMap::new(), bills: BTreeMap::new(), next: 42, next_line: 801, key_lapsed: false, may_approve: true }
    }
}

/// UTC without saying so, to the second.
pub(super) fn stamp(at: Micros) -> String {
    at.to_rfc3339()[..19].replace('T', " ")
}

impl Line {
    pub(super) fn subtotal(&self, currency: &str) -> Decimal {
        round(self.quantity * self.price, Some(currency))
    }

    pub(super) fn total(&self, currency: &str) -> Decimal {
        round(self.subtotal(currency) * (Decimal::ONE + self.tax_rate / Decimal::ONE_HUNDRED), Some(currency))
    }
}

impl Order {
    fn sum(&self, part: impl Fn(&Line, &str) -> Decimal) -> Decimal {
        self.lines.iter().map(|line| part(line, &self.currency)).sum()
    }

    /// The record with every field there is; what is empty is `false`.
    pub(super) fn record(&self) -> Map<String, Value> {
        let (code, supplier) = SUPPLIERS[self.supplier];
        let (net, gross) = (self.sum(Line::subtotal), self.sum(Line::total));
        let record = json!({
            "id": self.id, "display_name": self.name, "name": self.name, "state": self.state, "locked": self.is_locked,
            "origin": self.origin.clone().map_or(json!(false), |origin| json!(origin)), "partner_ref": false,
            "partner_id": {"id": self.supplier + 10, "display_name": supplier, "ref": code},
            "company_id": {"id": 1, "display_name": "My Company"},
            "currency_id": {"id": 6, "display_name": self.currency},
            "user_id": {"id": 7, "display_name": "Bea Buyer", "login": "buyer@example.org"},
            "payment_term_id": false, "date_order": stamp(self.created), "date_planned": stamp(self.created.plus_seconds(20 * 86_400)),
            "amount_untaxed": number(net), "amount_tax": number(gross - net), "amount_total": number(gross),
            "write_date": stamp(self.written), "create_date": stamp(self.created),
            "order_line": self.lines.iter().map(|line| json!(line.record(self))).collect::<Vec<_>>(),
        });
        record.as_object().cloned().unwrap_or_default()
    }
}

impl Line {
    fn record(&self, order: &Order) -> Map<String, Value> {
        let (code, name) = ITEMS[self.item];
        let currency = &order.currency;
        let product = if self.is_note {
            json!(false)
        } else {
            json!({"id": self.item + 50, "display_name": format!("[{code}] {name}"), "default_code": code})
        };
        let record = json!({
            "id": self.id, "order_id": {"id": order.id, "display_name": order.name}, "display_name": self.name, "name": self.name, "display_type": if self.is_note { json!("line_note") } else { json!(false) },
            "product_id": product, "product_qty": number(self.quantity), "price_unit": number(self.price),
            "price_subtotal": number(self.subtotal(currency)), "price_total": number(self.total(currency)), "qty_received": 0.0, "qty_invoiced": 0.0,
            "write_date": stamp(self.written),
        });
        record.as_object().cloned().unwrap_or_default()
    }
}

impl Book {
    fn enter(&mut self, new: &NewOrder, now: Micros) -> Result<&mut Order, String> {
        let supplier = SUPPLIERS.iter().position(|(code, _)| *code == new.supplier).ok_or("there is no such supplier")?;
        let mut lines = Vec::with_capacity(new.lines.len() + 1);
        for line in &new.lines {
            let item = ITEMS.iter().position(|(code, _)| *code == line.item).ok_or("there is no such article")?;
            let (quantity, price, tax_rate) = (line.quantity, line.price, line.tax_rate);
            lines.push(Line {
                id: self.next_line,
                item,
                name: line.description.clone(),
                quantity,
                price,
                tax_rate,
                written: now,
                is_note: false,
            });
            self.next_line += 1;
        }
        let zero = Decimal::ZERO;
        lines.push(Line {
            id: self.next_line,
            item: 0,
            name: "Deliver to gate 3".to_owned(),
            quantity: zero,
            price: zero,
            tax_rate: zero,
            written: now,
            is_note: true,
        });
        self.next_line += 1;
        let id = self.next;
        self.next += 1;
        let order = Order {
            id,
            name: new.number.clone().unwrap_or_else(|| format!("P{id:05}")),
            state: "draft",
            is_locked: false,
            needs_approval: true,
            supplier,
            currency: new.currency.clone(),
            origin: None,
            lines,
            written: now,
            created: now,
            approvals: 0,
        };
        Ok(self.orders.entry(id).or_insert(order))
    }

    /// `create`, `seed`, `submit` (confirmed by the buyer, waits for its manager), `take_back`, `cancel`, `set_quantity`, `rights`.
    pub(super) fn person(&mut self, what: &Value, now: Micros) -> Result<Value, String> {
        let action = what["do"].as_str().unwrap_or_default();
        match action {
            "create" => return self.enter(&seed::read(what)?, now).map(|order| json!({"id": order.id, "number": order.name})),
            "seed" => {
                let numbers: Result<Vec<String>, String> =
                    seed::awkward().iter().map(|new| Ok(self.enter(new, now)?.name.clone())).collect();
                return Ok(json!({"numbers": numbers?}));
            }
            "rights" => {
                self.may_approve = what["approve"].as_bool().unwrap_or(true);
                return Ok(json!({}));
            }
            _ => {}
        }
        let name = what["number"].as_str().unwrap_or_default();
        let order = self.orders.values_mut().find(|order| order.name == name).ok_or_else(|| format!("there is no order `{name}`"))?;
        match (action, order.state) {
            ("submit", "draft" | "sent") => order.state = "to approve",
            ("take_back", "to approve") => order.state = "draft",
            ("cancel", _) => order.state = "cancel",
            ("set_quantity", "draft" | "sent" | "to approve") => {
                let line = order.lines.first_mut().ok_or("the order has no lines")?;
                line.quantity = decimal(&what["quantity"]).ok_or("`quantity` is a number")?;
                // The line's own time moves, the order's does not.
                line.written = now;
                return Ok(json!({"number": name}));
            }
            (_, state) => return Err(format!("`{action}` is not possible in state {state}")),
        }
        order.written = now;
        Ok(json!({"number": name}))
    }

    /// Orders by id, with what a write of the order itself changes; that of a line alone does not.
    pub(super) fn versions(&self) -> BTreeMap<String, String> {
        self.orders.values().map(|order| (order.id.to_string(), format!("{:?} {}", order.written, order.state))).collect()
    }

    pub(super) fn state(&self) -> Value {
        let shown = |order: &Order| json!({"number": order.name, "state": order.state, "approvals": order.approvals, "total": number(order.sum(Line::total))});
        let bills: Vec<Value> =
            self.bills.values().map(|bill| json!({"id": bill.id, "origin": bill.origin, "state": bill.state})).collect();
        json!({"orders": self.orders.values().map(shown).collect::<Vec<_>>(), "bills": bills})
    }
}
