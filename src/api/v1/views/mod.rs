//! Saved filters.

pub mod edit;
pub mod list;
