//! Waybill: an integration hub and connector gateway for cross-system document flows.
//!
//! `domain` decides and does nothing else; `store`, `gateway` and `transport` act; `app` holds the use cases; `worker`
//! the loops; `api` and `cli` are the doors; `console` holds the pages that `api` gives to browsers; `config` and `runtime` assemble. Who may use whom stands in
//! `docs/architecture.md` and is kept true by `tests/architecture`.

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
#[cfg(feature = "console")]
pub mod console;
pub mod domain;
pub mod gateway;
pub mod runtime;
pub mod store;
pub mod transport;
pub mod worker;
