//! What was done by whom, for those who may read it.

pub mod chain;
pub mod export;
pub mod list;
pub mod proof;
