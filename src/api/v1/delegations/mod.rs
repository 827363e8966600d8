//! Who decides for whom for a while.

pub mod create;
pub mod end;
pub mod list;
