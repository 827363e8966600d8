//! The partners' side: what they have on their books, by their own clocks, and what was really executed for which effect.

mod erp;
mod finance;
mod http;
mod oa;
mod plant;

pub use http::{Answer, Asked};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    Erp,
    Oa,
    Finance,
    Plant,
}

impl System {
    pub const ALL: [System; 4] = [System::Erp, System::Oa, System::Finance, System::Plant];

    pub fn of(connection: &str) -> System {
        match connection {
            "erp_hq" => System::Erp,
            "oa_main" => System::Oa,
            "finance_main" => System::Finance,
            _ => System::Plant,
        }
    }
}

/// An order, in the ERP or in the plant.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: String,
    pub number: String,
    pub status: &'static str,
    pub changed_at: Timestamp,
    pub amount: u64,
    pub revision: u32,
    /// When it was made, in true time.
    pub made_at: Timestamp,
    /// What somebody did to it past the hub, and when.
    pub tampered: Option<(Tampering, Timestamp)>,
}

/// What people do past the hub, so that no stream and no callback tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tampering {
    /// A released order waits again.
    Unreleased,
    /// A refused order is released.
    Released,
    /// An order's amount is another.
    Repriced,
    /// An order that came by itself, with a date of the past.
    Imported,
    /// The payable of an order is void.
    PayableVoided,
    /// Its amount is another.
    PayableRepriced,
    /// The approval of an order is gone.
    ApprovalDeleted,
}

/// An approval.
#[derive(Clone, Debug)]
pub struct Approval {
    pub id: String,
    pub reference: String,
    pub number: String,
    pub status: &'static str,
    /// By the OA's clock.
    pub changed_at: Timestamp,
    /// Look-ups and lists show it from then on, in true time.
    pub visible_at: Timestamp,
    /// Nobody decides on it any more.
    pub sealed: bool,
}

/// A payable, a hold, an allocation, a note: something that was created once.
#[derive(Clone, Debug)]
pub struct Thing {
    pub id: String,
    pub reference: String,
    pub number: String,
    pub amount: String,
    pub void: bool,
    pub visible_at: Timestamp,
}

/// One request that a partner executed for an effect.
#[derive(Clone, Debug)]
pub struct Execution {
    pub at: Timestamp,
    pub operation: String,
    /// Whether anything changed by it.
    pub changed: bool,
}

/// What happens because of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// A new approval wants a decision.
    Decide(String),
    /// Somebody is to be told of a change.
    Tell(System, String),
}

/// All books.
#[derive(Default)]
pub struct Books {
    pub orders: BTreeMap<(System, String), Order>,
    pub approvals: BTreeMap<String, Approval>,
    pub payables: BTreeMap<String, Thing>,
    pub holds: BTreeMap<String, Thing>,
    pub allocations: BTreeMap<String, Thing>,
    pub notes: BTreeMap<String, Thing>,
    /// Idempotency keys and what they made.
    pub keys: BTreeMap<String, String>,
    /// By effect.
    pub executions: BTreeMap<String, Vec<Execution>>,
    pub skews: BTreeMap<System, SignedDuration>,
    /// Orders and approvals by when they changed, by their own clocks.
    changes: BTreeMap<(System, Timestamp, String), ()>,
    number: u64,
}

impl Books {
    /// What time it is for a partner.
    pub fn clock(&self, system: System, now: Timestamp) -> Timestamp {
        now + self.skews.get(&system).copied().unwrap_or_default()
    }

    fn next_id(&mut self, letter: &str) -> String {
        self.number += 1;
        format!("{letter}{}", 100_000 + self.number)
    }

    /// A person makes an order and submits it.
    pub fn new_order(&mut self, system: System, amount: u64, now: Timestamp) -> String {
        let id = self.next_id(if system == System::Erp { "" } else { "9" });
        let number = format!("{}-{id}", if system == System::Erp { "PO" } else { "PL" });
        let changed_at = self.clock(system, now);
        let order = Order { id: id.clone(), number, status: "waiting", changed_at, amount, revision: 1, made_at: now, tampered: None };
        self.orders.insert((system, id.clone()), order);
        self.changes.insert((system, changed_at, id.clone()), ());
        id
    }

    /// An order that was brought over from elsewhere, released already, with the time it was changed there.
    pub fn import_order(&mut self, system: System, amount: u64, now: Timestamp, changed_at: Timestamp) -> String {
        let id = self.new_order(system, amount, now);
        if let Some(order) = self.orders.get_mut(&(system, id.clone())) {
            self.changes.remove(&(system, order.changed_at, id.clone()));
            order.status = "released";
            order.changed_at = changed_at;
            order.tampered = Some((Tampering::Imported, now));
            self.changes.insert((system, changed_at, id.clone()), ());
        }
        id
    }

    /// An approval disappears.
    pub fn delete_approval(&mut self, id: &str) {
        if let Some(approval) = self.approvals.remove(id) {
            self.changes.remove(&(System::Oa, approval.changed_at, id.to_owned()));
        }
    }

    /// Moves an order; false when it stands there already.
    pub fn move_order(&mut self, system: System, id: &str, status: &'static str, now: Timestamp) -> bool {
        let moved = self.orders.get(&(system, id.to_owned())).is_some_and(|order| order.status != status);
        if moved {
            self.touch_order(system, id, now, |order| order.status = status);
        }
        moved
    }

    /// Changes an order as its owner does.
    pub fn touch_order(&mut self, system: System, id: &str, now: Timestamp, change: impl FnOnce(&mut Order)) {
        let at = self.clock(system, now);
        let Some(order) = self.orders.get_mut(&(system, id.to_owned())) else { return };
        self.changes.remove(&(system, order.changed_at, id.to_owned()));
        change(order);
        order.changed_at = at.max(order.changed_at + SignedDuration::from_micros(1));
        self.changes.insert((system, order.changed_at, id.to_owned()), ());
    }

    /// Moves an approval; false where that is impossible or done.
    pub fn move_approval(&mut self, id: &str, status: &'static str, now: Timestamp) -> bool {
        let at = self.clock(System::Oa, now);
        let Some(approval) = self.approvals.get_mut(id) else { return false };
        let allowed = match (approval.status, status) {
            _ if approval.sealed => false,
            ("running", "revoked") => false,
            ("running", _) | ("approved", "revoked") => true,
            _ => false,
        };
        if allowed {
            self.changes.remove(&(System::Oa, approval.changed_at, id.to_owned()));
            approval.status = status;
            approval.changed_at = at.max(approval.changed_at + SignedDuration::from_micros(1));
            self.changes.insert((System::Oa, approval.changed_at, id.to_owned()), ());
        }
        allowed
    }

    /// A page of what changed since, oldest first.
    fn changed(&self, system: System, since: Timestamp, page: usize) -> Vec<(String, Timestamp)> {
        let from = (system, since, String::new());
        let rows = self.changes.range(from..).take_while(|((of, _, _), ())| *of == system);
        rows.skip(page.saturating_sub(1) * 100).take(100).map(|((_, at, id), ())| (id.clone(), *at)).collect()
    }

    /// Executes a request. `hidden` is how long look-ups do not show what it makes.
    pub fn execute(&mut self, asked: &Asked, now: Timestamp, hidden: SignedDuration) -> (Answer, Vec<Consequence>) {
        let mut consequences = Vec::new();
        let answer = match asked.system {
            System::Erp => self.erp(asked, now, &mut consequences),
            System::Oa => self.oa(asked, now, hidden, &mut consequences),
            System::Finance => self.finance(asked, now, hidden),
            System::Plant => self.plant(asked, now, hidden),
        };
        if let Some(effect) = &asked.effect {
            let execution = Execution { at: now, operation: asked.operation.clone(), changed: answer.changed };
            self.executions.entry(effect.clone()).or_default().push(execution);
        }
        (answer, consequences)
    }

    /// Forgets an order with everything about it.
    pub fn forget(&mut self, system: System, id: &str, effects: &[String]) {
        for effect in effects {
            self.executions.remove(effect);
            self.keys.remove(effect);
        }
        let Some(order) = self.orders.remove(&(system, id.to_owned())) else { return };
        self.changes.remove(&(system, order.changed_at, id.to_owned()));
        let gone: Vec<String> =
            self.approvals.values().filter(|approval| approval.number == order.number).map(|approval| approval.id.clone()).collect();
        for id in gone {
            if let Some(approval) = self.approvals.remove(&id) {
                self.changes.remove(&(System::Oa, approval.changed_at, id));
            }
        }
        for things in [&mut self.payables, &mut self.holds, &mut self.allocations, &mut self.notes] {
            things.retain(|_, thing| thing.number != order.number && thing.number != order.id);
        }
    }
}

/// An order as ERP and plant show it.
fn show_order(order: &Order) -> Json {
    let money = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    let net = order.amount * 100;
    let tax = order.amount * 13;
    serde_json::json!({
        "id": order.id, "number": order.number, "status": order.status, "version": 1, "changed_at": order.changed_at.to_string(),
        "company": {"code": "A", "name": "Lotus Industrial"}, "currency": "CNY",
        "supplier": {"code": "S-100", "name": "Harbour Steel Ltd"},
        "requester": {"id": "e1001", "name": "李慧", "email": "li.hui@example.com"},
        "issue_date": "2026-09-28", "delivery_date": "2026-11-12", "payment_terms": "NET30",
        "total_net": money(net), "total_tax": money(tax), "total_gross": money(net + tax),
        "lines": [{"line_no": "1", "item_code": "M-10", "description": format!("Steel plate, revision {}", order.revision), "quantity": "1",
            "unit": "C62", "unit_price": money(net), "tax_rate": "13", "net": money(net), "gross": money(net + tax)}],
    })
}
