//! Releases of the project.

pub mod diff;
pub mod files;
pub mod list;
pub mod publish;
pub mod roll_back;
pub mod show;
