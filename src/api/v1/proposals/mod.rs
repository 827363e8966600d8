//! Changes that wait for a second person.

pub mod list;
pub mod settle;
