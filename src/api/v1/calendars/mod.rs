//! Working calendars.

pub mod list;
