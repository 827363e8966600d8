//! Who works here by the word of connected systems, and where they differ.

pub mod accept;
pub mod read;
pub mod show;
