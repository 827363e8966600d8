//! The OA: approvals, who holds them, decisions and callbacks.
//!
//! It lets a client create two approvals with one reference, as real ones do: finding that is the audit's business.

mod book;
mod create;
mod decide;
mod routes;

pub use book::ApprovalStatus;
pub(crate) use book::Book;
pub(crate) use decide::{Change, change, force};
pub(crate) use routes::router;
