//! Mappings: field rules from one shape to another, compiled once, applied in microseconds, explained field by field.
//!
//! Owns the definition, its check against the declared types of both sides, applying it, the origin of every output
//! value, and the test cases beside it. It knows no connector and no document type: their types are arguments.
//!
//! `from:` reads the payload at hand: inside `each` the element, else the input `source`, else the only input.
//! `as:` says how a value stands at the partner: written when the mapping makes an operation's input, read when it
//! makes a document. A value that comes out unset or null leaves its target out; `default` gives it another, `required`
//! makes it an error, and `constant: null` or `default: null` writes a null on purpose. Beside its inputs a mapping of a flow sees
//! `values`, as they are for the document at hand.

mod apply;
mod cases;
mod compile;
mod coverage;
mod definition;
mod lint;
mod rule;
mod settle;
mod shape;
mod target;
#[cfg(test)]
mod tests;

pub use apply::{MapCause, MapError, Mapped, Origin};
pub use cases::{Case, check_cases, read_inputs, run_case};
pub use compile::Dictionaries;
pub use definition::{Definition, InputType, Target, VALUES};
pub use rule::{Becomes, Mapping, RuleInfo, Write, Written};
pub use shape::SHAPE;

/// Elements one `each` may run over.
pub const EACH_MAX: usize = 10_000;
/// Values one application may make.
pub const VALUES_MAX: usize = 200_000;
/// Bytes of text one application may make.
pub const BYTES_MAX: usize = 8 * 1024 * 1024;
