//! `as: {tagged: {__class__: Decimal}, under: decimal}`: a value inside a mapping with constant tags.

use super::FormatError;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("tagged", Shape::Map(&Shape::Any), "the constants that stand in front of the value"),
    fields: &[Field::required("under", Shape::Text, "the key of the value")],
};

/// A value inside a mapping with constant tags.
#[derive(Clone, Debug, PartialEq)]
pub struct Tagged {
    tags: Vec<(Arc<str>, Value)>,
    under: Arc<str>,
}

impl Tagged {
    pub(super) fn compile(node: &Node, report: &mut Report, path: &str) -> Option<Tagged> {
        let tags = node.get("tagged")?.entries();
        let tags: Vec<_> = tags.iter().map(|(key, value)| (Arc::from(key.text.as_str()), Value::from_json(&value.to_json()))).collect();
        let under = node.get("under")?;
        let name: Arc<str> = under.text()?.into();
        if tags.iter().any(|(key, _): &(Arc<str>, Value)| *key == name) {
            report.error("duplicate_key", under.span, format!("`{name}` is a constant as well")).at(format!("{path}.under"));
            return None;
        }
        Some(Tagged { tags, under: name })
    }

    pub(super) fn write(&self, value: &Value) -> Value {
        let mut made: Map = self.tags.iter().cloned().collect();
        made.insert(self.under.clone(), value.clone());
        Value::Map(Arc::new(made))
    }

    /// The value inside; another tag than the declared one is an error, since then the value means something else.
    pub(super) fn read(&self, value: &Value) -> Result<Value, FormatError> {
        let Value::Map(map) = value else { return Err(FormatError::kind("a tagged value", value)) };
        if self.tags.iter().any(|(key, tag)| map.get(key) != Some(tag)) {
            return Err(FormatError::Kind { wanted: "a value with the declared tag", found: "one with another" });
        }
        Ok(value.member(&self.under).clone())
    }
}
