//! What a flow's instances tell together: how long steps take, what is turned away, which ways are really gone.
//!
//! Everything comes from the history of instances and nothing else, so that each figure can be counted again by hand. Amounts
//! of time are whole milliseconds. Which instances are looked at, and how many at most, is the caller's business.

mod measure;
mod paths;
mod sample;
mod spread;
#[cfg(test)]
mod tests;

pub use measure::{Figures, Share, StepFigures, measure};
pub use paths::PathFigures;
pub use sample::{Design, Line, Sample};
pub use spread::{Spread, Times};
