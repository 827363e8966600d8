//! Load for the benchmark: signed order webhooks at a rate or with so many documents open, and how long each took.
//!
//! It creates the orders in the mock ERP, sends them itself over its own connections, and takes an order for done when
//! its status is written back. It only ever talks to the loopback interface.

mod percentiles;
mod run;

pub use percentiles::Percentiles;
pub use run::{Error, LoadOptions, LoadReport, Pace, run};
