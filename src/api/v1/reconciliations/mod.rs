//! Runs of reconciliation: systems read back and compared with the ledger.

pub mod cancel;
pub mod list;
pub mod show;
pub mod start;
