//! Drafts: the texts that authors are working on.

pub mod drop;
pub mod list;
pub mod save;
pub mod show;
