//! Sample documents, loaded and taken out again.

pub mod load;
pub mod remove;
pub mod show;
