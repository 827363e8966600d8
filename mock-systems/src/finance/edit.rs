//! Changes that people make in finance, behind the hub's back.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::world::{Shared, lock};

/// What is changed; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PayableEdit {
    /// Another amount.
    pub amount: Option<Decimal>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Void or alive again.
    pub void: Option<bool>,
    /// Takes it out of every read, as if somebody had deleted it, or puts it back.
    pub lose: Option<bool>,
    /// Shows its amount as no number.
    pub garble: Option<bool>,
}

/// False when there is no such payable.
pub(crate) fn edit(world: &Shared, id: &str, edit: &PayableEdit) -> bool {
    let mut book = lock(&world.finance);
    let Some(payable) = book.get_mut(id) else {
        return false;
    };
    if let Some(amount) = edit.amount {
        payable.amount = amount;
    }
    if let Some(currency) = &edit.currency {
        payable.currency.clone_from(currency);
    }
    payable.void = edit.void.unwrap_or(payable.void);
    payable.garbled = edit.garble.unwrap_or(payable.garbled);
    payable.lost = edit.lose.unwrap_or(payable.lost);
    true
}
