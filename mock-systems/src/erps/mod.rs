//! Mocks of vendors' ERPs: each speaks one vendor's protocol, errors and oddities included, and is judged by an independent
//! client: `scripts/test-vendors`. `soap` is nobody's: a service as generated ones usually are.
//!
//! A [`Personality`] knows a protocol and holds its books; the [`Stage`] in front of it misbehaves as its switches say, keeps
//! time, and counts. Everything is in memory and answers on loopback only. Under `/__mock/` a mock is steered:
//! `PUT /__mock/switches`, `POST /__mock/clock`, `POST /__mock/do` (what a person would do in that system),
//! `GET /__mock/state`, `GET /__mock/calls`. `POST /__mock/webhook` names an address that is told of changes, where the vendor has such.

mod erpnext;
mod hook;
mod kingdee;
mod odoo;
mod running;
mod sap;
mod seed;
mod soap;
mod stage;
mod text;

pub use running::{Running, start};
use stage::Personality;

use std::sync::Arc;

/// One vendor: its name, and how its books begin.
struct Vendor {
    name: &'static str,
    personality: fn() -> Arc<dyn Personality>,
}

/// The vendors there are.
static VENDORS: &[&Vendor] = &[&kingdee::VENDOR, &erpnext::VENDOR, &odoo::VENDOR, &sap::VENDOR, &soap::VENDOR];

/// Names of the vendors that can be started.
pub fn names() -> impl Iterator<Item = &'static str> {
    VENDORS.iter().map(|vendor| vendor.name)
}
