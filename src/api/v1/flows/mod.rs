//! Flows: beginning one, and what its instances tell together.

pub mod begin;
pub mod insight;
pub mod insight_csv;
pub mod start;
