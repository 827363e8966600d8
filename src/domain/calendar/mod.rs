//! Working calendars: which hours of which days count, and the arithmetic of working days and hours.
//!
//! Owns the definition (`calendars/*.yaml` with a table of days) and the arithmetic on instants; pure, in the
//! calendar's own time zone. It does not know flows or timers.

mod arithmetic;
mod days;
mod definition;

pub use arithmetic::NoWorkingTime;
pub use definition::{Calendar, Hours, SHAPE};

#[cfg(test)]
mod tests;
