//! Streams: what is pulled, how far it got.

pub mod cursor;
pub mod list;
pub mod run;
