//! All orders, findable by id, by number and by when they changed.

use std::collections::{BTreeSet, HashMap};

use crate::erp::Order;
use crate::instant::Micros;

#[derive(Default)]
pub(crate) struct Book {
    orders: HashMap<String, Order>,
    ids_by_number: HashMap<String, String>,
    by_change: BTreeSet<(Micros, String)>,
    created: u64,
}

/// An id and when it changed, as list pages show them.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) changed_at: Micros,
}

/// Ids count up from here, so that they look like ids.
const FIRST_ID: u64 = 100_001;
const FIRST_NUMBER: u64 = 1001;

impl Book {
    /// The next free id and number, not yet taken.
    pub(crate) fn next_names(&mut self) -> (String, String) {
        let index = self.created;
        self.created += 1;
        ((FIRST_ID + index).to_string(), format!("PO-{}", FIRST_NUMBER + index))
    }

    pub(crate) fn holds(&self, id: &str, number: &str) -> bool {
        self.orders.contains_key(id) || self.ids_by_number.contains_key(number)
    }

    pub(crate) fn insert(&mut self, order: Order) {
        self.by_change.insert((order.changed_at, order.id.clone()));
        self.ids_by_number.insert(order.number.clone(), order.id.clone());
        self.orders.insert(order.id.clone(), order);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Order> {
        self.orders.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Order> {
        self.orders.get_mut(id)
    }

    pub(crate) fn by_number(&self, number: &str) -> Option<&Order> {
        self.orders.get(self.ids_by_number.get(number)?)
    }

    pub(crate) fn by_number_mut(&mut self, number: &str) -> Option<&mut Order> {
        self.orders.get_mut(self.ids_by_number.get(number)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }

    /// Every write bumps the version and moves the order in the list.
    pub(crate) fn touch(&mut self, id: &str, now: Micros) {
        if let Some(order) = self.orders.get_mut(id) {
            self.by_change.remove(&(order.changed_at, order.id.clone()));
            order.version += 1;
            order.changed_at = now;
            self.by_change.insert((now, order.id.clone()));
        }
    }

    pub(crate) fn page(&self, since: Micros, until: Micros, page: usize, size: usize) -> Vec<Row> {
        self.by_change
            .range((since, String::new())..)
            .take_while(|(changed_at, _)| *changed_at <= until)
            .filter(|(_, id)| self.orders.get(id).is_some_and(|order| !order.lost))
            .skip(page.saturating_sub(1).saturating_mul(size))
            .take(size)
            .map(|(changed_at, id)| Row { id: id.clone(), changed_at: *changed_at })
            .collect()
    }
}
