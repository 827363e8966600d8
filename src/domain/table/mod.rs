//! Decision tables: which row holds for some inputs, and what it says.
//!
//! Owns the definition (`tables/*.yaml`), the conditions of its cells, the proof that nothing is left out and nothing is
//! said twice, deciding, and the examples beside it. It knows no flow: the values of its inputs are arguments.

mod cases;
mod cell;
mod decide;
mod definition;
mod lint;
mod outputs;
mod space;
#[cfg(test)]
mod tests;

pub use cases::{Case, run_case};
pub use decide::{Decision, TableError};
pub use definition::{Hit, Input, Row, SHAPE, Table};
pub use space::Set;

/// Rows one table may have; a larger one is data and belongs into a dictionary or a partner's look-up.
pub const ROWS_MAX: usize = 1_000;
/// Inputs one table may have.
pub const INPUTS_MAX: usize = 12;
