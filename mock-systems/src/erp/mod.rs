//! The ERP: orders, their states, budget, and webhooks about changes.
//!
//! It owns what an order is and which steps its state allows. It does not know approvals or payables.

mod announce;
mod book;
mod create;
mod edit;
mod order;
mod routes;
mod seed;
mod steps;

pub(crate) use announce::announce;
pub(crate) use book::Book;
pub use create::NewOrders;
pub(crate) use create::{create, enter};
pub use edit::Edit;
pub(crate) use edit::edit;
pub use order::OrderStatus;
pub(crate) use order::{Order, render};
pub(crate) use routes::{PAGE_SIZE, Window, router, visible_until};
pub(crate) use seed::plant_awkward;
