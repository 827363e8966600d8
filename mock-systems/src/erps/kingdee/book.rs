//! The orders, and what people do with them at the screen.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::seed::{self, NewOrder};
use super::super::text::{decimal, local, number};
use super::ZONE_HOURS;
use crate::instant::Micros;
use crate::money::round;

pub(super) struct Book {
    pub(super) orders: BTreeMap<i64, Order>,
    next: i64,
    next_line: i64,
}

impl Default for Book {
    fn default() -> Self {
        Self { orders: BTreeMap::new(), next: 100_123, next_line: 900_001 }
    }
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) number: String,
    /// `Z A B C D`.
    pub(super) status: char,
    pub(super) is_closed: bool,
    pub(super) is_void: bool,
    /// To the second, as reads show it.
    pub(super) modified: Micros,
    pub(super) created: Micros,
    pub(super) supplier: String,
    pub(super) organisation: String,
    pub(super) currency: String,
    pub(super) lines: Vec<Line>,
    /// Decided in Kingdee's own workflow, and not by a plain audit.
    pub(super) in_workflow: bool,
    /// Has been audited once: taking its submission back leads to `D`.
    pub(super) was_audited: bool,
    /// Custom fields, `F_…`.
    pub(super) custom: BTreeMap<String, Value>,
    pub(super) audits: u32,
}

#[derive(Clone)]
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) material: String,
    pub(super) description: String,
    pub(super) unit: String,
    pub(super) quantity: Decimal,
    /// With tax.
    pub(super) tax_price: Decimal,
    pub(super) tax_rate: Decimal,
    pub(super) delivery: String,
}

/// Kingdee's codes of currencies; the vendor's own numbering.
pub(super) const CURRENCIES: [(&str, &str); 3] = [("PRE001", "CNY"), ("PRE004", "JPY"), ("PRE007", "USD")];

impl Line {
    pub(super) fn price(&self) -> Decimal {
        (self.tax_price / (Decimal::ONE + self.tax_rate / Decimal::ONE_HUNDRED)).round_dp(10).normalize()
    }

    pub(super) fn all_amount(&self, currency: &str) -> Decimal {
        let iso = CURRENCIES.iter().find(|(code, _)| *code == currency).map(|(_, iso)| *iso);
        round(self.quantity * self.tax_price, iso)
    }

    pub(super) fn amount(&self, currency: &str) -> Decimal {
        let iso = CURRENCIES.iter().find(|(code, _)| *code == currency).map(|(_, iso)| *iso);
        round(self.all_amount(currency) / (Decimal::ONE + self.tax_rate / Decimal::ONE_HUNDRED), iso)
    }
}

impl Order {
    pub(super) fn modified_text(&self) -> String {
        local(self.modified, ZONE_HOURS)
    }

    /// A write; the time it shows has no fraction.
    pub(super) fn touch(&mut self, now: Micros) {
        self.modified = Micros(now.0.div_euclid(1_000_000) * 1_000_000);
    }
}

impl Book {
    pub(super) fn next_id(&mut self) -> i64 {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn next_line_id(&mut self) -> i64 {
        self.next_line += 1;
        self.next_line - 1
    }

    pub(super) fn by_number(&self, number: &str) -> Option<&Order> {
        self.orders.values().find(|order| order.number == number)
    }

    fn enter(&mut self, new: &NewOrder, now: Micros) -> &mut Order {
        let id = self.next_id();
        let lines = new
            .lines
            .iter()
            .map(|line| Line {
                id: self.next_line_id(),
                material: line.item.clone(),
                description: line.description.clone(),
                unit: "Pcs".to_owned(),
                quantity: line.quantity,
                tax_price: (line.price * (Decimal::ONE + line.tax_rate / Decimal::ONE_HUNDRED)).normalize(),
                tax_rate: line.tax_rate,
                delivery: now.date_after(20),
            })
            .collect();
        let currency = CURRENCIES.iter().find(|(_, iso)| *iso == new.currency).map_or(new.currency.as_str(), |(code, _)| *code);
        let mut order = Order {
            id,
            number: new.number.clone().unwrap_or_else(|| format!("CGDD{id:06}")),
            status: 'A',
            is_closed: false,
            is_void: false,
            modified: now,
            created: now,
            supplier: new.supplier.clone(),
            organisation: "100".to_owned(),
            currency: currency.to_owned(),
            lines,
            in_workflow: false,
            was_audited: false,
            custom: BTreeMap::new(),
            audits: 0,
        };
        order.touch(now);
        self.orders.entry(id).or_insert(order)
    }

    /// `create`, `seed`, `submit`, `take_back`, `void`, `close`, `set_quantity`, `workflow`.
    pub(super) fn person(&mut self, what: &Value, now: Micros) -> Result<Value, String> {
        let action = what["do"].as_str().unwrap_or_default();
        match action {
            "create" => {
                let order = self.enter(&seed::read(what)?, now);
                return Ok(json!({"id": order.id, "number": order.number}));
            }
            "seed" => {
                let numbers: Vec<String> = seed::awkward().iter().map(|new| self.enter(new, now).number.clone()).collect();
                return Ok(json!({"numbers": numbers}));
            }
            _ => {}
        }
        let wanted = what["number"].as_str().unwrap_or_default();
        let order = self.orders.values_mut().find(|order| order.number == wanted).ok_or_else(|| format!("there is no order `{wanted}`"))?;
        match (action, order.status) {
            ("submit", 'A' | 'D') => order.status = 'B',
            ("take_back", 'B') => order.status = if order.was_audited { 'D' } else { 'A' },
            ("void", 'A' | 'D') => order.is_void = true,
            ("close", 'C') => order.is_closed = true,
            ("workflow", 'A' | 'B' | 'D') => order.in_workflow = true,
            ("set_quantity", 'A' | 'B' | 'D') => {
                let quantity = decimal(&what["quantity"]).ok_or("`quantity` is a number")?;
                order.lines.first_mut().ok_or("the order has no lines")?.quantity = quantity;
            }
            (_, status) => return Err(format!("`{action}` is not possible in status {status}")),
        }
        order.touch(now);
        Ok(json!({"id": order.id, "status": order.status.to_string()}))
    }

    pub(super) fn state(&self) -> Value {
        let shown = |order: &Order| {
            json!({
                "id": order.id, "number": order.number, "status": order.status.to_string(), "void": order.is_void, "closed": order.is_closed,
                "audits": order.audits, "total": number(order.lines.iter().map(|line| line.all_amount(&order.currency)).sum()), "custom": order.custom,
            })
        };
        json!({"orders": self.orders.values().map(shown).collect::<Vec<_>>()})
    }

    /// The orders that `Ids` or `Numbers` name; the first is comma-separated text, the second a list.
    pub(super) fn named(&self, data: &Value) -> Vec<Result<i64, String>> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let ids = match &data["Ids"] {
            Value::String(text) => text.split(',').filter(|id| !id.trim().is_empty()).map(|id| id.trim().to_owned()).collect(),
            Value::Number(id) => vec![id.to_string()],
            _ => Vec::new(),
        };
        let numbers = data["Numbers"].as_array().cloned().unwrap_or_default();
        for id in ids {
            let known = id.parse().ok().filter(|id| self.orders.contains_key(id));
            found.push(known.ok_or_else(|| format!("Id为{id}的单据不存在")));
        }
        for wanted in numbers.iter().filter_map(Value::as_str) {
            found.push(self.by_number(wanted).map(|order| order.id).ok_or_else(|| format!("编码为{wanted}的单据不存在")));
        }
        found.retain(|one| one.as_ref().map_or(true, |id| seen.insert(*id)));
        found
    }
}
