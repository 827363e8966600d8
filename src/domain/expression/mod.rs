//! The three tools of `language.md` section 2: CEL expressions, JSONPath, handlebars templates.
//!
//! Grammar comes from the crates; meaning (declared types, exact decimals, unset, cost) is ours, so that one table of
//! results holds everywhere. Compiled once, evaluated many times; no clock, no randomness, no I/O.

mod cel;
mod path;
mod template;

pub use self::cel::{Expression, print};
pub use path::{Cardinality, Path};
pub use template::{OUTPUT_MAX, Place, Template};

use crate::domain::diagnostic::Hint;
use crate::domain::value::{Type, Value};
use indexmap::IndexMap;

/// The names an expression may use and their types.
#[derive(Clone, Debug, Default)]
pub struct ScopeType {
    /// Name to type, in order.
    pub names: IndexMap<String, Type>,
}

impl ScopeType {
    /// Adds a name; chainable.
    #[must_use]
    pub fn with(mut self, name: &str, of: Type) -> Self {
        self.names.insert(name.to_owned(), of);
        self
    }
}

/// The values behind the names. Small (a dozen names), so it is a list.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    names: Vec<(&'a str, Value)>,
}

impl<'a> Scope<'a> {
    /// Sets a name; a later one hides an earlier one (loop variables).
    #[must_use]
    pub fn with(mut self, name: &'a str, value: Value) -> Self {
        self.names.push((name, value));
        self
    }

    /// Sets a name in place.
    pub fn set(&mut self, name: &'a str, value: Value) {
        self.names.push((name, value));
    }

    /// Removes the newest name again (end of a loop).
    pub fn pop(&mut self) {
        self.names.pop();
    }

    /// The value of a name, unset when there is none.
    pub fn get(&self, name: &str) -> &Value {
        static UNSET: Value = Value::Unset;
        self.names.iter().rev().find(|(known, _)| *known == name).map_or(&UNSET, |(_, value)| value)
    }
}

/// What one evaluation may cost; one unit is about one operation or one element visited.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Units left.
    pub left: u64,
}

/// Units for one expression or template.
pub const COST_MAX: u64 = 100_000;

impl Default for Budget {
    fn default() -> Self {
        Budget { left: COST_MAX }
    }
}

impl Budget {
    /// Takes units; an error when none are left.
    pub fn take(&mut self, units: u64) -> Result<(), EvaluateError> {
        self.left = self.left.checked_sub(units).ok_or(EvaluateError::Cost)?;
        Ok(())
    }
}

/// A problem of an expression, path or template at compile time; offset and length are in characters of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// One of the diagnostic codes.
    pub code: &'static str,
    /// Where in the text.
    pub offset: u32,
    /// How long.
    pub length: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<Hint>,
}

/// Why an evaluation failed. Messages hold no payload values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluateError {
    /// The cost limit was reached.
    #[error("the evaluation costs more than is allowed")]
    Cost,
    /// A value is of another kind than the operation takes (only with undeclared values).
    #[error("`{operation}` cannot take {found}")]
    Type {
        /// The operation.
        operation: String,
        /// The kinds found.
        found: String,
    },
    /// Arithmetic went beyond what exact decimals and 64-bit integers hold, or divided by zero.
    #[error("`{0}` has no exact result")]
    Arithmetic(String),
    /// Strict text would print an unset value.
    #[error("`{0}` is unset")]
    Unset(String),
    /// A path gave no value, or several, where one was declared.
    #[error("`{path}` gives {found} values where {wanted} is declared")]
    Cardinality {
        /// The path.
        path: String,
        /// How many were found.
        found: usize,
        /// What was declared.
        wanted: &'static str,
    },
    /// The text is longer than allowed.
    #[error("the text is longer than {0} bytes")]
    TooLong(usize),
    /// A value cannot stand in the place a template writes it to.
    #[error("{place} cannot hold {found}")]
    Place {
        /// The place.
        place: &'static str,
        /// What was to be put there.
        found: &'static str,
    },
    /// A decision table cannot decide.
    #[error("the table `{table}` cannot decide: {reason}")]
    Table {
        /// The table.
        table: String,
        /// Why.
        reason: String,
    },
    /// Two amounts of different currencies were compared or added.
    #[error("amounts in {0} and {1} cannot be mixed")]
    Currency(String, String),
}
