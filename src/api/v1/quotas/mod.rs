//! How much the tenant may take, and has taken.

pub mod list;
