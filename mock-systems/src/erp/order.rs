//! An order and how it is shown.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::instant::Micros;
use crate::money;

/// Where an order stands in the ERP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// With its requester.
    New,
    /// Submitted, waiting for the hub's decision.
    Waiting,
    /// Free to be sent to the supplier.
    Released,
    /// Refused.
    Refused,
    /// Cancelled by its owner.
    Cancelled,
}

impl OrderStatus {
    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Waiting => "waiting",
            Self::Released => "released",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) status: OrderStatus,
    pub(crate) version: u64,
    pub(crate) changed_at: Micros,
    pub(crate) content: Content,
    /// Counts changes of the content alone: what an approval is about.
    pub(crate) revision: u32,
    pub(crate) booked_as: Option<String>,
    pub(crate) written_back: Option<WrittenBack>,
    /// Why it was refused or returned.
    pub(crate) reason: Option<String>,
    /// A receiver has accepted a webhook about it.
    pub(crate) acknowledged: bool,
    pub(crate) tally: Tally,
    /// Gone from every read, as if somebody had deleted it.
    pub(crate) lost: bool,
}

/// What people agree on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) company: Party,
    pub(crate) currency: Option<String>,
    pub(crate) supplier: Party,
    pub(crate) requester: Person,
    pub(crate) issue_date: String,
    pub(crate) delivery_date: String,
    pub(crate) payment_terms: String,
    pub(crate) lines: Arc<[Line]>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Party {
    pub(crate) code: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) item_code: String,
    pub(crate) description: String,
    pub(crate) quantity: Decimal,
    pub(crate) unit: &'static str,
    pub(crate) unit_price: Decimal,
    pub(crate) tax_rate: Decimal,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct WrittenBack {
    pub(crate) status: String,
    pub(crate) reference: String,
}

/// How often which step came, by whether it had an effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    pub(crate) budget_checks: u32,
    pub(crate) releases: u32,
    pub(crate) rejections: u32,
    pub(crate) returns: u32,
    pub(crate) status_writes: u32,
    pub(crate) repeats: u32,
    pub(crate) forbidden: u32,
}

impl Line {
    pub(crate) fn net(&self, currency: Option<&str>) -> Decimal {
        money::round(self.quantity * self.unit_price, currency)
    }

    pub(crate) fn gross(&self, currency: Option<&str>) -> Decimal {
        let net = self.net(currency);
        money::round(net + net * self.tax_rate / Decimal::ONE_HUNDRED, currency)
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(serialize_with = "id")]
    id: (&'a str, bool),
    number: &'a str,
    status: &'static str,
    version: u64,
    changed_at: String,
    company: &'a Party,
    currency: Option<&'a str>,
    supplier: &'a Party,
    requester: &'a Person,
    issue_date: &'a str,
    delivery_date: &'a str,
    payment_terms: &'a str,
    total_net: Decimal,
    total_tax: Decimal,
    total_gross: Decimal,
    lines: Vec<ShownLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booked_as: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_back: Option<&'a WrittenBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownLine<'a> {
    line_no: String,
    item_code: &'a str,
    description: &'a str,
    quantity: Decimal,
    unit: &'static str,
    unit_price: Decimal,
    tax_rate: Decimal,
    net: Decimal,
    gross: Decimal,
}

/// The whole order as JSON. `numeric_ids` shows the id as a bare number, as several vendors do.
pub(crate) fn render(order: &Order, numeric_ids: bool) -> Vec<u8> {
    let content = &order.content;
    let currency = content.currency.as_deref();
    let lines: Vec<ShownLine<'_>> = content
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| ShownLine {
            line_no: (index + 1).to_string(),
            item_code: &line.item_code,
            description: &line.description,
            quantity: line.quantity,
            unit: line.unit,
            unit_price: line.unit_price,
            tax_rate: line.tax_rate,
            net: line.net(currency),
            gross: line.gross(currency),
        })
        .collect();
    let zero = money::round(Decimal::ZERO, currency);
    let total_net = lines.iter().fold(zero, |sum, line| sum + line.net);
    let total_gross = lines.iter().fold(zero, |sum, line| sum + line.gross);
    let shown = Shown {
        id: (&order.id, numeric_ids),
        number: &order.number,
        status: order.status.name(),
        version: order.version,
        changed_at: order.changed_at.to_rfc3339(),
        company: &content.company,
        currency,
        supplier: &content.supplier,
        requester: &content.requester,
        issue_date: &content.issue_date,
        delivery_date: &content.delivery_date,
        payment_terms: &content.payment_terms,
        total_net,
        total_tax: total_gross - total_net,
        total_gross,
        lines,
        booked_as: order.booked_as.as_deref(),
        written_back: order.written_back.as_ref(),
        reason: order.reason.as_deref(),
    };
    serde_json::to_vec(&shown).unwrap_or_default()
}

pub(crate) fn id<S: Serializer>((id, numeric): &(&str, bool), serializer: S) -> Result<S::Ok, S::Error> {
    match id.parse::<u64>() {
        Ok(number) if *numeric => serializer.serialize_u64(number),
        _ => serializer.serialize_str(id),
    }
}
