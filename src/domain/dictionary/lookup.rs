//! Looking a value up.

use super::definition::{Dictionary, Missing, Row};
use crate::domain::value::Value;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// Why a lookup failed. The message does not hold the value looked up; it stands beside it for the person who mends.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LookupError {
    /// The dictionary has no row.
    #[error("the dictionary `{dictionary}` has no row for this value")]
    Missing {
        /// The dictionary.
        dictionary: Arc<str>,
        /// The value.
        key: String,
    },
    /// The rows hold for a time only, and there is no date to choose by.
    #[error("the dictionary `{dictionary}` has rows that hold for a time only, and no date is given")]
    DateNeeded {
        /// The dictionary.
        dictionary: Arc<str>,
    },
    /// Lists, mappings and times are no codes.
    #[error("the dictionary `{dictionary}` cannot look up {found}")]
    Kind {
        /// The dictionary.
        dictionary: Arc<str>,
        /// What was given.
        found: &'static str,
    },
}

impl Dictionary {
    /// The connector's code for a value: only rows that hold on the date count. Without a date a row that holds for a time
    /// only cannot be told to hold. Unset and null stay unset. Numbers are found by value: `13.00` finds the row of `13`.
    pub fn lookup(&self, value: &Value, on: Option<Date>) -> Result<Value, LookupError> {
        let (rows, key) = match value {
            Value::Unset | Value::Null => return Ok(Value::Unset),
            Value::Text(text) => (self.rows.get(text), text.to_string()),
            Value::Bool(flag) => (self.rows.get(if *flag { "true" } else { "false" }), flag.to_string()),
            Value::Int(number) => (self.numbered(Decimal::from(*number)), number.to_string()),
            Value::Decimal(number) => (self.numbered(*number), number.to_string()),
            Value::Number(text) => (self.rows.get(text), text.to_string()),
            other => return Err(LookupError::Kind { dictionary: self.id.clone(), found: other.kind() }),
        };
        let mut holding = rows.into_iter().flatten().filter(|row| on.is_none_or(|day| holds(row, day)));
        match (holding.next(), holding.next()) {
            (Some(row), None) if on.is_some() || !row.is_dated() => Ok(row.to.clone()),
            (Some(_), _) => Err(LookupError::DateNeeded { dictionary: self.id.clone() }),
            (None, _) => match &self.missing {
                Missing::Exception => Err(LookupError::Missing { dictionary: self.id.clone(), key }),
                Missing::Keep => Ok(value.clone()),
                Missing::Empty => Ok(Value::Unset),
                Missing::Default(code) => Ok(code.clone()),
            },
        }
    }

    fn numbered(&self, number: Decimal) -> Option<&Vec<Row>> {
        self.rows.get(self.numbers.get(&number.normalize())?)
    }

    /// The same table the other way round, for what a connector sends; the error names a code that two values have on
    /// the same day, so that it cannot be turned back.
    pub fn reversed(&self) -> Result<Dictionary, Arc<str>> {
        let mut rows: Vec<Row> = Vec::new();
        for row in self.rows() {
            let code: Arc<str> = row.to.as_text().unwrap_or_default().into();
            let turned = Row { from: code.clone(), to: Value::Text(row.from.clone()), ..row.clone() };
            rows.push(turned);
        }
        let mut met: HashMap<&str, Vec<&Row>> = HashMap::new();
        for row in &rows {
            let others = met.entry(&row.from).or_default();
            if others.iter().any(|other| periods_meet(other, row)) {
                return Err(row.from.clone());
            }
            others.push(row);
        }
        Ok(Dictionary::new(self.id.clone(), self.title.clone(), self.to.clone(), self.missing.clone(), None, rows.into_iter()))
    }
}

fn holds(row: &Row, day: Date) -> bool {
    row.valid_from.is_none_or(|from| from <= day) && row.valid_to.is_none_or(|to| day <= to)
}

fn periods_meet(one: &Row, two: &Row) -> bool {
    let after = |one: &Row, two: &Row| matches!((one.valid_from, two.valid_to), (Some(from), Some(to)) if from > to);
    !after(one, two) && !after(two, one)
}
