//! All payables, findable by id and by reference.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::finance::Keys;
use crate::finance::payments::Payment;
use crate::instant::Micros;

#[derive(Clone, Debug)]
pub(crate) struct Payable {
    pub(crate) reference: String,
    pub(crate) supplier_code: String,
    pub(crate) number: String,
    pub(crate) amount: Decimal,
    pub(crate) currency: String,
    pub(crate) tax_code: String,
    pub(crate) due_date: String,
    /// Of the order.
    pub(crate) purchase_order_ref: String,
    /// Of that order in the ERP when the payable came.
    pub(crate) order_revision: u32,
    pub(crate) void: bool,
    pub(crate) created_at: Micros,
    pub(crate) void_repeats: u32,
    /// Gone from every read.
    pub(crate) lost: bool,
    /// Its amount is shown as no number.
    pub(crate) garbled: bool,
}

impl Payable {
    pub(crate) const fn status(&self) -> &'static str {
        if self.void { "void" } else { "posted" }
    }
}

#[derive(Default)]
pub(crate) struct Book {
    payables: Vec<Payable>,
    by_reference: HashMap<String, Vec<usize>>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) keys: Keys,
}

const FIRST_ID: usize = 100_001;

pub(crate) fn id_of(index: usize) -> String {
    format!("F{}", FIRST_ID + index)
}

fn index_of(id: &str) -> Option<usize> {
    id.strip_prefix('F')?.parse::<usize>().ok()?.checked_sub(FIRST_ID)
}

impl Book {
    pub(crate) fn insert(&mut self, payable: Payable) -> usize {
        let index = self.payables.len();
        self.by_reference.entry(payable.reference.clone()).or_default().push(index);
        self.payables.push(payable);
        index
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Payable> {
        self.payables.get(index_of(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Payable> {
        self.payables.get_mut(index_of(id)?)
    }

    pub(crate) fn by_reference(&self, reference: &str) -> impl Iterator<Item = (String, &Payable)> {
        let indexes = self.by_reference.get(reference).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().map(|index| (id_of(*index), &self.payables[*index]))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (String, &Payable)> {
        self.payables.iter().enumerate().map(|(index, payable)| (id_of(index), payable))
    }

    pub(crate) fn len(&self) -> usize {
        self.payables.len()
    }
}
