//! Values and their declared types: what expressions see, mappings make and documents hold.
//!
//! Owns `Value` (exact decimals, unset as a value) and `Type`. JSON is met only at the edges, converted by hand: under
//! `arbitrary_precision` a serde number is a map to anything generic, and money must never pass through a float.

pub mod currency;
pub mod exact;
mod json;
mod types;
mod xml;

pub use types::{ObjectType, ReadError, Type, TypeField};
pub use xml::XmlError;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;
use std::sync::Arc;

/// A value. Cheap to clone: text, lists and maps are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// A step not visited, a field not there. Distinct from `Null`.
    #[default]
    Unset,
    /// JSON null.
    Null,
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact decimal; scale is kept (`"5.00"` stays `5.00`).
    Decimal(Decimal),
    /// A JSON number that is neither: kept as its exact text, comparable only for equality.
    Number(Arc<str>),
    /// Text.
    Text(Arc<str>),
    /// A point in time.
    Instant(Timestamp),
    /// A calendar date.
    Date(Date),
    /// A span of plain time.
    Duration(SignedDuration),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A mapping; key order is kept, since some vendors depend on it.
    Map(Arc<Map>),
}

/// The mapping inside `Value::Map`.
pub type Map = IndexMap<Arc<str>, Value>;

impl Value {
    /// Text.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Arc::from(text.as_ref()))
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(Arc::new(items.into_iter().collect()))
    }

    /// A mapping.
    pub fn map<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Map(Arc::new(entries.into_iter().map(|(key, value)| (Arc::from(key.as_ref()), value)).collect()))
    }

    /// The member `key` of a mapping, else unset (never an error: member access on unset is unset).
    pub fn member(&self, key: &str) -> &Value {
        static UNSET: Value = Value::Unset;
        match self {
            Value::Map(map) => map.get(key).unwrap_or(&UNSET),
            _ => &UNSET,
        }
    }

    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is unset.
    pub fn is_unset(&self) -> bool {
        matches!(self, Value::Unset)
    }

    /// One word for messages: `text`, `decimal`, `list`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Unset => "unset",
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Decimal(_) => "decimal",
            Value::Number(_) => "number",
            Value::Text(_) => "text",
            Value::Instant(_) => "instant",
            Value::Date(_) => "date",
            Value::Duration(_) => "duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }
}

/// A time zone by its IANA name, from the bundled database: the machine's own may differ between replicas.
pub fn zone(name: &str) -> Option<jiff::tz::TimeZone> {
    static ZONES: std::sync::LazyLock<jiff::tz::TimeZoneDatabase> = std::sync::LazyLock::new(jiff::tz::TimeZoneDatabase::bundled);
    ZONES.get(name).ok()
}
