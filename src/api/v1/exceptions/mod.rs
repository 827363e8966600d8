//! The exception desk.

pub mod assign;
pub mod cancel;
pub mod groups;
pub mod list;
pub mod mark_done;
pub mod mend;
pub mod notes;
pub mod retry;
pub mod settle;
pub mod show;
pub mod skip;
