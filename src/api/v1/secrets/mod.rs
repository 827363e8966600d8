//! Secrets: what connections name, and what the hub keeps. A value goes in and never comes out.

pub mod list;
pub mod remove;
pub mod rewrap;
pub mod set;
