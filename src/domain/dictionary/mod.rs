//! Dictionaries: code tables from our values to a connector's, with rows that may hold for a time only.
//!
//! Owns the definition, its lint (rows that contradict each other) and the lookup. Dates are arguments: nothing here
//! knows what day it is.

mod definition;
mod lookup;
mod rows;
#[cfg(test)]
mod tests;

pub use definition::{Dictionary, Missing, Row, SHAPE};
pub use lookup::LookupError;
