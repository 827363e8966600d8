//! Orders, the tasks of the workflow, and what people do at the screen.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::super::seed::{self, ITEMS, NewOrder};
use super::super::text::{decimal, number, percent_encoded};
use crate::instant::Micros;
use crate::money::round;

#[derive(Clone)]
pub(super) struct Book {
    pub(super) orders: BTreeMap<String, Order>,
    next: u64,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) number: String,
    pub(super) company: String,
    pub(super) kind: String,
    pub(super) supplier: String,
    pub(super) organisation: String,
    pub(super) group: String,
    pub(super) currency: String,
    pub(super) terms: String,
    pub(super) reference: String,
    /// `03` in release, `05` released, `08` rejected.
    pub(super) status: &'static str,
    pub(super) is_deleted: bool,
    pub(super) items: Vec<Item>,
    pub(super) created: Micros,
    pub(super) changed: Micros,
    pub(super) releases: u32,
}

#[derive(Clone)]
pub(super) struct Item {
    pub(super) number: String,
    pub(super) text: String,
    pub(super) plant: String,
    pub(super) material: String,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) per: Decimal,
}

impl Default for Book {
    fn default() -> Self {
        Self { orders: BTreeMap::new(), next: 4_500_000_001 }
    }
}

/// `/Date(ms)/`.
fn date(at: Micros) -> String {
    format!("/Date({})/", at.0.div_euclid(1_000))
}

impl Order {
    pub(super) fn etag(&self) -> String {
        let text = self.changed.to_rfc3339();
        format!("W/\"datetimeoffset'{}'\"", percent_encoded(&text))
    }

    /// Two writes in one millisecond are two versions.
    pub(super) fn touch(&mut self, now: Micros) {
        self.changed = Micros(now.0.max(self.changed.0 + 1_000));
    }

    pub(super) fn task(&self) -> String {
        format!("{:0>12}", self.number)
    }

    pub(super) fn entity(&self, host: &str) -> Map<String, Value> {
        let uri = format!("{host}{}/A_PurchaseOrder('{}')", super::SERVICE, self.number);
        let offset = format!("/Date({}+0000)/", self.changed.0.div_euclid(1_000));
        let midnight = Micros(self.created.0.div_euclid(86_400_000_000) * 86_400_000_000);
        let entity = json!({
            "__metadata": {"id": uri, "uri": uri, "type": "API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderType", "etag": self.etag()},
            "PurchaseOrder": self.number, "CompanyCode": self.company, "PurchaseOrderType": self.kind,
            "PurchasingDocumentDeletionCode": if self.is_deleted { "L" } else { "" }, "PurchasingProcessingStatus": self.status,
            "CreatedByUser": "BUYER7", "CreationDate": date(midnight), "LastChangeDateTime": offset, "Supplier": self.supplier, "PaymentTerms": self.terms,
            "PurchasingOrganization": self.organisation, "PurchasingGroup": self.group, "PurchaseOrderDate": date(midnight), "DocumentCurrency": self.currency,
            "CorrespncExternalReference": self.reference, "ReleaseIsNotCompleted": self.status == "03",
            "to_PurchaseOrderItem": {"__deferred": {"uri": format!("{uri}/to_PurchaseOrderItem")}},
        });
        entity.as_object().cloned().unwrap_or_default()
    }

    pub(super) fn item_entities(&self, host: &str) -> Vec<Value> {
        let entity = |item: &Item| {
            let uri = format!(
                "{host}{}/A_PurchaseOrderItem(PurchaseOrder='{}',PurchaseOrderItem='{}')",
                super::SERVICE,
                self.number,
                item.number
            );
            json!({
                "__metadata": {"id": uri, "uri": uri, "type": "API_PURCHASEORDER_PROCESS_SRV.A_PurchaseOrderItemType"},
                "PurchaseOrder": self.number, "PurchaseOrderItem": item.number, "PurchaseOrderItemText": item.text, "Plant": item.plant, "Material": item.material,
                "OrderQuantity": item.quantity.to_string(), "PurchaseOrderQuantityUnit": "PC", "NetPriceAmount": item.price.to_string(),
                "NetPriceQuantity": item.per.to_string(), "DocumentCurrency": self.currency, "TaxCode": "V1",
            })
        };
        self.items.iter().map(entity).collect()
    }

    fn total(&self) -> Decimal {
        self.items.iter().map(|item| round(item.price * item.quantity / item.per, Some("CNY"))).sum()
    }
}

impl Book {
    pub(super) fn next_number(&mut self) -> String {
        self.next += 1;
        (self.next - 1).to_string()
    }

    fn enter(&mut self, new: &NewOrder, now: Micros) -> String {
        let number = new.number.clone().unwrap_or_else(|| self.next_number());
        let items = new.lines.iter().enumerate().map(|(at, line)| {
            // Small prices stand for a thousand at a time, as SAP's two decimals force people to do.
            let thousandth = line.price.scale() > 2;
            let per = if thousandth { Decimal::ONE_THOUSAND } else { Decimal::ONE };
            Item {
                number: ((at + 1) * 10).to_string(),
                text: line.description.clone(),
                plant: "1010".to_owned(),
                material: line.item.clone(),
                quantity: line.quantity,
                price: line.price * per,
                per,
            }
        });
        let order = Order {
            number: number.clone(),
            company: "1010".to_owned(),
            kind: "NB".to_owned(),
            supplier: new.supplier.clone(),
            organisation: "1010".to_owned(),
            group: "001".to_owned(),
            currency: new.currency.clone(),
            terms: "0001".to_owned(),
            reference: String::new(),
            status: "03",
            is_deleted: false,
            items: items.collect(),
            created: now,
            changed: Micros(now.0.div_euclid(1_000) * 1_000),
            releases: 0,
        };
        self.orders.insert(number.clone(), order);
        number
    }

    /// `create` (it is in release at once), `seed`, `set_quantity` (begins its release anew), `delete`, `release`.
    pub(super) fn person(&mut self, what: &Value, now: Micros) -> Result<Value, String> {
        let action = what["do"].as_str().unwrap_or_default();
        match action {
            "create" => return Ok(json!({"number": self.enter(&seed::read(what)?, now)})),
            "seed" => {
                let numbers: Vec<String> = seed::awkward().iter().map(|new| self.enter(new, now)).collect();
                return Ok(json!({"numbers": numbers}));
            }
            _ => {}
        }
        let wanted = what["number"].as_str().unwrap_or_default();
        let order = self.orders.get_mut(wanted).ok_or_else(|| format!("there is no order `{wanted}`"))?;
        match action {
            "set_quantity" => {
                let item = order.items.first_mut().ok_or("the order has no items")?;
                item.quantity = decimal(&what["quantity"]).ok_or("`quantity` is a number")?;
                order.status = "03";
            }
            "delete" => order.is_deleted = true,
            "release" => order.status = "05",
            other => return Err(format!("nobody can `{other}`")),
        }
        order.touch(now);
        Ok(json!({"number": wanted}))
    }

    pub(super) fn state(&self) -> Value {
        let shown = |order: &Order| json!({"number": order.number, "status": order.status, "deleted": order.is_deleted, "releases": order.releases, "terms": order.terms, "reference": order.reference, "total": number(order.total())});
        json!({"orders": self.orders.values().map(shown).collect::<Vec<_>>()})
    }
}

/// The name of an article.
pub(super) fn material_text(material: &str) -> Option<&'static str> {
    ITEMS.iter().find(|(code, _)| *code == material).map(|(_, name)| *name)
}
