//! Orders and payables of the SOAP service, and what people do at its screen.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::seed::{self, NewOrder, SUPPLIERS};
use super::xml::{element, tag};
use super::{Fault, fault};
use crate::instant::Micros;
use crate::money::round;

/// Most rows of one list.
const PAGE: usize = 50;
/// Answers and whether something was changed.
type Done = Result<(String, bool), Fault>;

#[derive(Default)]
pub(super) struct Book {
    orders: BTreeMap<String, Order>,
    payables: BTreeMap<String, Payable>,
}

#[derive(Clone)]
struct Order {
    id: String,
    number: String,
    status: &'static str,
    version: u64,
    changed: Micros,
    comment: String,
    new: NewOrder,
    sets: u32,
}

#[derive(Clone)]
struct Payable {
    id: String,
    reference: String,
    order: String,
    amount: String,
    currency: String,
    status: &'static str,
}

impl Book {
    /// One operation of the service.
    pub(super) fn perform(&mut self, operation: &str, request: &str, now: Micros) -> Done {
        let wanted = |name: &'static str| {
            element(request, name).filter(|text| !text.is_empty()).ok_or_else(|| fault("SOAP-400", format!("{name} is missing")))
        };
        match operation {
            "ListChangedOrders" => self.list(&wanted("Since")?, element(request, "After")),
            "GetOrder" => self.order(&wanted("Id")?).map(|order| (order.xml(), false)),
            "SetOrderStatus" => self.set(&wanted("Id")?, &wanted("Status")?, element(request, "Comment"), now),
            "BookPayable" => {
                let amount: Decimal = wanted("Amount")?.parse().map_err(|_| fault("AP-422", "Amount is no decimal"))?;
                if amount.scale() > 2 {
                    return Err(fault("AP-422", "Amount has more than two decimals"));
                }
                let id = format!("AP{:06}", self.payables.len() + 1);
                let payable = Payable {
                    id: id.clone(),
                    reference: wanted("Reference")?,
                    order: wanted("OrderNumber")?,
                    amount: amount.to_string(),
                    currency: wanted("Currency")?,
                    status: "BOOKED",
                };
                // The same reference twice makes two: who asks has to look first.
                self.payables.insert(id.clone(), payable);
                Ok((tag("Id", &id), true))
            }
            "FindPayable" => {
                let reference = wanted("Reference")?;
                let found = self.payables.values().find(|payable| payable.reference == reference);
                Ok((found.map(Payable::xml).unwrap_or_default(), false))
            }
            "GetPayable" => {
                let id = wanted("Id")?;
                let found = self.payables.get(&id).ok_or_else(|| fault("AP-404", format!("there is no payable {id}")))?;
                Ok((found.xml(), false))
            }
            "VoidPayable" => {
                let id = wanted("Id")?;
                let found = self.payables.get_mut(&id).ok_or_else(|| fault("AP-404", format!("there is no payable {id}")))?;
                found.status = "VOID";
                Ok((found.xml(), true))
            }
            other => Err(fault("SOAP-404", format!("there is no operation {other}"))),
        }
    }

    fn order(&self, id: &str) -> Result<&Order, Fault> {
        self.orders.get(id).ok_or_else(|| fault("ORD-404", format!("there is no order {id}")))
    }

    /// By change and id, after a place in that order.
    fn list(&self, since: &str, after: Option<String>) -> Done {
        let since = Micros::parse(since).ok_or_else(|| fault("SOAP-400", "Since is no instant"))?;
        let mut found: Vec<&Order> = self.orders.values().filter(|order| order.changed.0 >= since.0).collect();
        found.sort_by_key(|order| (order.changed.0, order.id.clone()));
        let begin = after.and_then(|after| found.iter().position(|order| order.id == after)).map_or(0, |at| at + 1);
        let rows = found.iter().skip(begin).take(PAGE);
        let rows: String = rows
            .map(|order| format!("<o:Order>{}{}</o:Order>", tag("Id", &order.id), tag("ChangedAt", &order.changed.to_rfc3339())))
            .collect();
        Ok((rows, false))
    }

    fn set(&mut self, id: &str, status: &str, comment: Option<String>, now: Micros) -> Done {
        self.order(id)?;
        let Some(order) = self.orders.get_mut(id) else { return Err(fault("ORD-404", "there is no such order")) };
        let wanted = match (order.status, status) {
            ("SUBMITTED" | "RELEASED", "RELEASED") => "RELEASED",
            ("SUBMITTED" | "REJECTED", "REJECTED") => "REJECTED",
            ("RELEASED" | "SUBMITTED" | "OPEN", "OPEN") => "OPEN",
            ("OPEN", "REJECTED") => "REJECTED",
            (present, wanted) => return Err(fault("ORD-409", format!("an order that is {present} cannot become {wanted}"))),
        };
        if order.status != wanted {
            order.status = wanted;
            order.sets += 1;
            order.comment = comment.unwrap_or_default();
            order.touch(now);
        }
        Ok((order.xml(), true))
    }

    /// What people do: `create`, `submit`, `cancel`, `change` (the first line's quantity).
    pub(super) fn person(&mut self, what: &Value, now: Micros) -> Result<Value, String> {
        let number = what["number"].as_str().unwrap_or_default();
        if what["do"] == "create" {
            let new = seed::read(what)?;
            let id = (100_001 + self.orders.len()).to_string();
            let number = new.number.clone().unwrap_or_else(|| format!("S-{id}"));
            let order = Order {
                id: id.clone(),
                number: number.clone(),
                status: "OPEN",
                version: 1,
                changed: now,
                comment: String::new(),
                new,
                sets: 0,
            };
            self.orders.insert(id.clone(), order);
            return Ok(json!({"id": id.parse::<u64>().unwrap_or_default(), "number": number}));
        }
        let order = self.orders.values_mut().find(|order| order.number == number).ok_or_else(|| format!("there is no order `{number}`"))?;
        match what["do"].as_str().unwrap_or_default() {
            "submit" if order.status == "OPEN" => order.status = "SUBMITTED",
            "cancel" => order.status = "CANCELLED",
            "change" => {
                let quantity = super::super::text::decimal(&what["quantity"]).ok_or("`quantity` is a number")?;
                order.new.lines.first_mut().ok_or("it has no lines")?.quantity = quantity;
            }
            other => return Err(format!("`{other}` is not possible while it is {}", order.status)),
        }
        order.touch(now);
        Ok(json!({"id": order.id, "number": order.number}))
    }

    pub(super) fn state(&self) -> Value {
        let order = |order: &Order| json!({"id": order.id, "number": order.number, "status": order.status, "comment": order.comment, "sets": order.sets, "total": order.totals().2.to_string()});
        let payable = |one: &Payable| json!({"id": one.id, "reference": one.reference, "order": one.order, "amount": one.amount, "currency": one.currency, "status": one.status});
        json!({"orders": self.orders.values().map(order).collect::<Vec<_>>(), "payables": self.payables.values().map(payable).collect::<Vec<_>>()})
    }
}

impl Order {
    /// Two changes in one microsecond are two.
    fn touch(&mut self, now: Micros) {
        self.changed = Micros(now.0.max(self.changed.0 + 1));
        self.version += 1;
    }

    /// Net, tax, gross.
    fn totals(&self) -> (Decimal, Decimal, Decimal) {
        let lines = self.new.lines.iter().map(|line| {
            let net = round(line.price * line.quantity, Some(&self.new.currency));
            (net, round(net * line.tax_rate / Decimal::ONE_HUNDRED, Some(&self.new.currency)))
        });
        let (net, tax) = lines.fold((Decimal::ZERO, Decimal::ZERO), |(nets, taxes), (net, tax)| (nets + net, taxes + tax));
        (net, tax, net + tax)
    }

    fn xml(&self) -> String {
        let (net, tax, gross) = self.totals();
        let name = SUPPLIERS.iter().find(|(code, _)| *code == self.new.supplier).map_or("", |(_, name)| name);
        let line = |(at, line): (usize, &seed::NewLine)| {
            let net = round(line.price * line.quantity, Some(&self.new.currency));
            let tax = round(net * line.tax_rate / Decimal::ONE_HUNDRED, Some(&self.new.currency));
            let fields = [
                ("No", (at + 1).to_string()),
                ("Item", line.item.clone()),
                ("Description", line.description.clone()),
                ("Quantity", line.quantity.to_string()),
                ("UnitPrice", line.price.to_string()),
                ("TaxRate", line.tax_rate.to_string()),
                ("Net", net.to_string()),
                ("Gross", (net + tax).to_string()),
            ];
            format!("<o:Line>{}</o:Line>", fields.iter().map(|(name, text)| tag(name, text)).collect::<String>())
        };
        let lines: String = self.new.lines.iter().enumerate().map(line).collect();
        let day = &self.changed.to_rfc3339()[..10];
        let fields = [
            ("Id", self.id.clone()),
            ("Number", self.number.clone()),
            ("Status", self.status.to_owned()),
            ("Version", self.version.to_string()),
            ("ChangedAt", self.changed.to_rfc3339()),
            ("Company", "1000".to_owned()),
            ("Requester", "buyer-7".to_owned()),
            ("IssueDate", day.to_owned()),
            ("Currency", self.new.currency.clone()),
            ("SupplierCode", self.new.supplier.clone()),
            ("SupplierName", name.to_owned()),
            ("TotalNet", net.to_string()),
            ("TotalTax", tax.to_string()),
            ("TotalGross", gross.to_string()),
        ];
        let fields: String = fields.iter().map(|(name, text)| tag(name, text)).collect();
        format!("<o:Order>{fields}<o:Lines>{lines}</o:Lines></o:Order>")
    }
}

impl Payable {
    fn xml(&self) -> String {
        format!("<o:Payable>{}{}{}</o:Payable>", tag("Id", &self.id), tag("Reference", &self.reference), tag("Status", self.status))
    }
}
