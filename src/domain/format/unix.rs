//! `as: unix_seconds`, `as: unix_millis`, `as: rfc3339`.

use super::FormatError;
use crate::domain::value::Value;
use jiff::Timestamp;

/// Counts of time since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unix {
    /// Counts in one second.
    pub per_second: i64,
}

impl Unix {
    pub(super) fn write(self, value: &Value) -> Result<Value, FormatError> {
        match value {
            Value::Instant(at) => Ok(Value::Int(at.as_millisecond().div_euclid(1_000 / self.per_second))),
            other => Err(FormatError::kind("an instant", other)),
        }
    }

    pub(super) fn read(self, value: &Value) -> Result<Value, FormatError> {
        let count = match value {
            Value::Int(count) => Some(*count),
            // Several partners send the count in quotes.
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        let count = count.ok_or_else(|| FormatError::kind("a count of time since 1970", value))?;
        let at = count.checked_mul(1_000 / self.per_second).and_then(|millis| Timestamp::from_millisecond(millis).ok());
        at.map(Value::Instant).ok_or(FormatError::Range)
    }
}

pub(super) fn write_rfc3339(value: &Value) -> Result<Value, FormatError> {
    match value {
        Value::Instant(at) => Ok(Value::text(at.to_string())),
        other => Err(FormatError::kind("an instant", other)),
    }
}

pub(super) fn read_rfc3339(value: &Value) -> Result<Value, FormatError> {
    let text = value.as_text().ok_or_else(|| FormatError::kind("an instant in text", value))?;
    text.parse().map(Value::Instant).map_err(|_| FormatError::Kind { wanted: "an instant with an offset", found: "another text" })
}
