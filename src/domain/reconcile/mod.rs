//! Reconciliation, decided purely: what a difference between a system and the ledger is called, what becomes of one that
//! was known before, how far a run got, and when a schedule is due.
//!
//! Owns judgement, drift over time, the statement of a run and schedules. It reads nothing back and stores nothing: the
//! loop in `worker` does, page by page. How an object is read is the connector's (`connector::reconcile`).

mod drift;
mod judge;
mod kind;
mod policy;
mod progress;
mod schedule;
mod standing;
mod statement;

pub use drift::{Change, Known, Merged, merge};
pub use judge::{Finding, Object, Ours, Role, judge};
pub use kind::Kind;
pub use policy::{Policy, SHAPE as POLICY_SHAPE};
pub use progress::{Phase, Progress};
pub use schedule::Schedule;
pub use standing::{Standing, Words, says_less};
pub use statement::{Statement, Window};
