//! Reading what admins write: YAML text to a tree that knows its places, checked against shape tables.
//!
//! Owns the spanned tree, the shapes (the one table from which checking and JSON Schema both come) and small readers
//! of durations, sizes and rates. It knows no kind of definition: each kind declares its shape beside its type.

mod check;
pub mod files;
pub mod kept;
mod parse;
pub mod schema;
pub mod shape;
pub mod storable;
mod suggest;
pub mod title;
pub mod tree;
pub mod units;
