//! Changes that people make in the ERP.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::erp::announce;
use crate::erp::order::{Content, OrderStatus};
use crate::world::{Shared, System, lock};

/// What is changed; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Edit {
    /// Any status, whatever the present one.
    pub status: Option<OrderStatus>,
    /// The same as `status: cancelled`.
    pub cancel: bool,
    /// Of the first line.
    pub quantity: Option<Decimal>,
    /// Of the first line.
    pub unit_price: Option<Decimal>,
    /// Of the first line.
    pub description: Option<String>,
    /// The supplier's name.
    pub supplier_name: Option<String>,
    /// `YYYY-MM-DD`.
    pub delivery_date: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Changes nothing but version and instant.
    pub touch: bool,
    /// Keeps the receiver uninformed: only polling finds the change.
    pub quiet: bool,
    /// Behind everybody's back: version and instant of change stay as they are, and nobody is told.
    pub silent: bool,
    /// Takes it out of every read, as if somebody had deleted it.
    pub lose: bool,
}

/// False when there is no such order.
pub(crate) fn edit(world: &Shared, id: &str, edit: &Edit) -> bool {
    let now = world.now(System::Erp);
    {
        let mut book = lock(&world.erp);
        let Some(order) = book.get_mut(id) else {
            return false;
        };
        let mut content = order.content.clone();
        apply(&mut content, edit);
        if content != order.content {
            order.content = content;
            order.revision += 1;
        }
        if let Some(status) = edit.status {
            order.status = status;
        }
        if edit.cancel {
            order.status = OrderStatus::Cancelled;
        }
        order.lost |= edit.lose;
        if !edit.silent {
            book.touch(id, now);
        }
    }
    if !edit.quiet && !edit.silent {
        announce(world, id);
    }
    true
}

fn apply(content: &mut Content, edit: &Edit) {
    let mut lines = content.lines.to_vec();
    if let Some(first) = lines.first_mut() {
        if let Some(quantity) = edit.quantity {
            first.quantity = quantity;
        }
        if let Some(unit_price) = edit.unit_price {
            first.unit_price = unit_price;
        }
        if let Some(description) = &edit.description {
            first.description.clone_from(description);
        }
    }
    content.lines = Arc::from(lines);
    if let Some(name) = &edit.supplier_name {
        content.supplier.name.clone_from(name);
    }
    if let Some(date) = &edit.delivery_date {
        content.delivery_date.clone_from(date);
    }
    if let Some(currency) = &edit.currency {
        content.currency = Some(currency.clone());
    }
}
