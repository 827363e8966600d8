//! Reconciliation as use cases: planning runs, comparing what was read with the ledger, repairing through the engine, and
//! what people ask for. The loop that reads is in `worker`.

pub mod ask;
pub mod compare;
pub mod plan;
pub mod repair;

pub use ask::{Asking, Reconciling, RepairOutcome, RepairRequest, StartRequest, Why};
