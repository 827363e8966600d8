//! Frozen selections.

pub mod create;
pub mod show;
