//! Differences between systems and the ledger.

pub mod accept;
pub mod groups;
pub mod list;
pub mod repair;
pub mod show;
