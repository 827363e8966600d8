//! Finance: payables, payment instructions, idempotency keys, and looking up by reference.
//!
//! Like the OA it books the same reference twice when asked twice without a key.

mod book;
mod create;
mod edit;
mod keys;
mod payments;
mod routes;

pub(crate) use book::Book;
pub use edit::PayableEdit;
pub(crate) use edit::edit;
pub(crate) use keys::{Keys, Seen, key};
pub(crate) use routes::router;
