//! Definitions as they are live, their versions and texts.

pub mod list;
pub mod show;
pub mod text;
pub mod versions;
