//! Deciding: which rows hold for these inputs.

use super::cell::Scale;
use super::definition::{Hit, Input, Table};
use super::space::Set;
use crate::domain::value::Value;

/// What a table decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The rows that hold and count, from 1.
    pub rows: Vec<usize>,
    /// What they say: a mapping, or with `collect` a list of them; unset when no row holds.
    pub value: Value,
}

/// Why a table cannot decide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A value is of another type than the input declares.
    #[error("the input `{input}` is {found}, but {wanted} is declared")]
    Type {
        /// The input.
        input: String,
        /// What was found.
        found: &'static str,
        /// What is declared.
        wanted: &'static str,
    },
    /// Two rows hold that say different things.
    #[error("rows {0} and {1} both hold and say different things")]
    Ambiguous(usize, usize),
}

impl Table {
    /// Decides for the values of its inputs, in their order. A value that is not known only passes cells that take
    /// anything.
    ///
    /// # Errors
    /// When a value has another type, or rows contradict each other.
    pub fn decide(&self, values: &[Value]) -> Result<Decision, TableError> {
        for (input, value) in self.inputs.iter().zip(values) {
            check(input, value)?;
        }
        let holds = |sets: &[Set]| sets.iter().zip(&self.inputs).zip(values).all(|((set, input), value)| passes(set, input, value));
        let mut rows = (0..self.rows.len()).filter(|row| holds(&self.rows[*row].sets));
        let out = |row: usize| self.rows[row].out.clone();
        if self.hit == Hit::Collect {
            let rows: Vec<usize> = rows.collect();
            let value = Value::list(rows.iter().map(|row| out(*row)));
            return Ok(Decision { rows: rows.into_iter().map(|row| row + 1).collect(), value });
        }
        let Some(first) = rows.next() else { return Ok(Decision { rows: Vec::new(), value: Value::Unset }) };
        if self.hit != Hit::First
            && let Some(other) = rows.find(|row| self.hit == Hit::Unique || self.rows[*row].out != self.rows[first].out)
        {
            return Err(TableError::Ambiguous(first + 1, other + 1));
        }
        Ok(Decision { rows: vec![first + 1], value: out(first) })
    }
}

fn check(input: &Input, value: &Value) -> Result<(), TableError> {
    let fits = match (input.scale, value) {
        (_, Value::Unset | Value::Null) | (Scale::Text, Value::Text(_)) | (Scale::Bool, Value::Bool(_)) => true,
        (scale, value) => scale.point(value).is_some(),
    };
    if fits {
        return Ok(());
    }
    Err(TableError::Type { input: input.name.to_string(), found: value.kind(), wanted: input.scale.word() })
}

fn passes(set: &Set, input: &Input, value: &Value) -> bool {
    match value {
        _ if *set == Set::Any => true,
        Value::Text(text) => set.holds_word(text),
        Value::Bool(flag) => set.holds_word(if *flag { "true" } else { "false" }),
        value => input.scale.point(value).is_some_and(|point| set.holds(point)),
    }
}
