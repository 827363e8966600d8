//! Operating: one screen, charts, timers.

pub mod overview;
pub mod series;
pub mod timers;
