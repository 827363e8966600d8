//! Flows: beginning one.

pub mod begin;
pub mod start;
