//! Batches: one action on every thing of a selection.

pub mod create;
pub mod items;
pub mod list;
pub mod show;
pub mod steer;
