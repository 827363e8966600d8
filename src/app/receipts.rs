//! Receipts of webhooks: kept in memory for moments, then written to the ring that people look at.
//!
//! A webhook's own path is not made longer by this: what is noted here may be lost with the process, the message may not.

use crate::store::desk::ReceiptRow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Receipts of one connection between two writings, and in the ring.
pub const KEPT: u32 = 200;

/// Notes receipts. Cheap to clone.
#[derive(Clone, Default)]
pub struct Receipts(Arc<Mutex<HashMap<String, VecDeque<ReceiptRow>>>>);

impl Receipts {
    /// Notes one; the oldest of its connection goes when there are too many.
    pub fn note(&self, row: ReceiptRow) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = noted.entry(row.connection.clone()).or_default();
        if ring.len() >= KEPT as usize {
            ring.pop_front();
        }
        ring.push_back(row);
    }

    /// Takes what was noted since the last time.
    pub fn take(&self) -> Vec<ReceiptRow> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        noted.into_values().flatten().collect()
    }
}
