//! The HTTP door: webhooks, health, metrics and `/api/v1`.
//!
//! Owns listening, limits, who may come in, problems as JSON, and OpenAPI. Handlers translate: parse, call `app`,
//! answer. What is not here on purpose: SQL, partners, and any decision about a document.

pub mod audit;
pub mod auth;
mod body;
pub mod codes;
mod consent;
mod csv;
mod deadline;
pub mod decide;
mod etag;
pub mod examples;
mod extract;
mod fit;
pub mod four_eyes;
mod health;
mod hooks;
mod idempotency;
pub mod listener;
mod observe;
pub mod openapi;
mod panic;
mod peer;
mod plain;
pub mod problem;
mod request_id;
mod router;
mod state;
mod v1;

pub use router::{Limits, router};
pub use state::{ApiState, Parts};
pub use v1::exceptions::settle as settled;
pub use v1::reconciliations::start as planned;
