//! The awkward orders: each holds something that breaks careless integrations.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::erp::create::{NewOrders, content, order};
use crate::erp::order::OrderStatus;
use crate::world::{System, World, lock};

/// Beyond 2^53: a reader that takes ids for floating-point numbers finds the neighbour.
const LARGE_ID: &str = "9007199254740993";

pub(crate) fn plant_awkward(world: &World) {
    let usual = NewOrders::default;
    let yen = |lines| NewOrders { currency: Some("JPY".to_owned()), tax_rate: Decimal::TEN, lines, ..usual() };
    let odd_name = "O'Neill & Söhne <\"quoted\"> 🚚 𠮷野".to_owned();
    let wanted: [(&str, NewOrders); 12] = [
        ("plain", usual()),
        ("small", NewOrders { amount: Some(Decimal::from(900)), lines: 1, ..usual() }),
        ("large", NewOrders { amount: Some(Decimal::from(120_000)), ..usual() }),
        ("dollars", NewOrders { currency: Some("USD".to_owned()), tax_rate: Decimal::ZERO, ..usual() }),
        ("yen", yen(2)),
        ("yen, one line", yen(1)),
        ("many lines", NewOrders { lines: 250, ..usual() }),
        ("six decimals", NewOrders { lines: 1, ..usual() }),
        ("odd characters", NewOrders { supplier_name: Some(odd_name), ..usual() }),
        ("large id", NewOrders { id: Some(LARGE_ID.to_owned()), ..usual() }),
        ("cancelled", NewOrders { status: OrderStatus::Cancelled, ..usual() }),
        ("no currency", NewOrders { currency: None, ..usual() }),
    ];
    let now = world.now(System::Erp);
    let mut book = lock(&world.erp);
    for (what, wanted) in wanted {
        let (id, number) = book.next_names();
        let mut content = content(&world.dice, &wanted, now);
        let mut lines = content.lines.to_vec();
        if what == "six decimals" {
            lines[0].quantity = Decimal::from(3000);
            lines[0].unit_price = Decimal::new(123_457, 6);
        }
        if what == "odd characters" {
            lines[0].description = "Ångström \\ 'gauge' & \u{200b}𠮷 🧪\ttab".to_owned();
        }
        for line in lines.iter_mut().filter(|_| what.starts_with("yen")) {
            line.unit_price = (line.unit_price * Decimal::TEN).round();
        }
        content.lines = Arc::from(lines);
        let id = wanted.id.clone().unwrap_or(id);
        book.insert(order(id, number, wanted.status, now, content));
    }
}
