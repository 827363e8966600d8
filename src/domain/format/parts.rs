//! `as: {parts: [year, month, day], with: {__class__: date}}`: a date or an instant as a mapping of its parts.

use super::{FormatError, zone, zoned};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::sync::Arc;

static PART: Shape = Shape::Word(&["year", "month", "day", "hour", "minute", "second", "millisecond", "microsecond"]);

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("parts", Shape::List(&PART), "the parts, in this order"),
    fields: &[
        Field::optional("with", Shape::Map(&Shape::Any), "constants that stand in front of them"),
        Field::optional("zone", Shape::Text, "the zone the parts are seen in; UTC where it is left out"),
    ],
};

/// A date or instant as a mapping of its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    parts: Vec<Arc<str>>,
    with: Vec<(Arc<str>, Value)>,
    zone: TimeZone,
}

impl Parts {
    pub(super) fn compile(node: &Node, report: &mut Report, path: &str) -> Option<Parts> {
        let zone = zone(node, report, path)?;
        let parts = node.get("parts")?.items().iter().filter_map(|item| item.text().map(Arc::from)).collect();
        let with = node.get("with").map(Node::entries).unwrap_or_default();
        let with = with.iter().map(|(key, value)| (Arc::from(key.text.as_str()), Value::from_json(&value.to_json()))).collect();
        Some(Parts { parts, with, zone })
    }

    pub(super) fn has_time(&self) -> bool {
        self.parts.iter().any(|part| &**part == "hour")
    }

    pub(super) fn write(&self, value: &Value) -> Result<Value, FormatError> {
        let at = zoned(value, &self.zone).ok_or_else(|| FormatError::kind("a date or an instant", value))?;
        let mut made: Map = self.with.iter().cloned().collect();
        for part in &self.parts {
            let number = match &**part {
                "year" => i64::from(at.year()),
                "month" => i64::from(at.month()),
                "day" => i64::from(at.day()),
                "hour" => i64::from(at.hour()),
                "minute" => i64::from(at.minute()),
                "second" => i64::from(at.second()),
                "millisecond" => i64::from(at.millisecond()),
                _ => i64::from(at.subsec_nanosecond() / 1_000),
            };
            made.insert(part.clone(), Value::Int(number));
        }
        Ok(Value::Map(Arc::new(made)))
    }

    /// Absent parts count as their smallest. With an hour it is an instant, without one a date.
    pub(super) fn read(&self, value: &Value) -> Result<Value, FormatError> {
        let part = |name: &str, least: i64| match value.member(name) {
            Value::Int(number) => Ok(*number),
            Value::Unset if name != "year" => Ok(least),
            _ => Err(FormatError::kind("the parts of a date or an instant", value)),
        };
        let small = |name: &str, least: i64| i8::try_from(part(name, least)?).map_err(|_| FormatError::Range);
        let year = i16::try_from(part("year", 0)?).map_err(|_| FormatError::Range)?;
        let date = Date::new(year, small("month", 1)?, small("day", 1)?).map_err(|_| FormatError::Range)?;
        if !self.has_time() {
            return Ok(Value::Date(date));
        }
        let nanos = part("microsecond", 0)?.checked_mul(1_000).zip(part("millisecond", 0)?.checked_mul(1_000_000));
        let nanos = nanos.and_then(|(micros, millis)| i32::try_from(micros.checked_add(millis)?).ok()).ok_or(FormatError::Range)?;
        let time = Time::new(small("hour", 0)?, small("minute", 0)?, small("second", 0)?, nanos).map_err(|_| FormatError::Range)?;
        let zoned = date.to_datetime(time).to_zoned(self.zone.clone()).map_err(|_| FormatError::Range)?;
        Ok(Value::Instant(zoned.timestamp()))
    }
}
