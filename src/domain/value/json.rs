//! Values from and to JSON, by hand.

use super::Value;
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

impl Value {
    /// A value from JSON without a declared type: whole numbers in 64 bits become `Int`, others exact `Decimal` where
    /// they fit, else `Number` with the text kept.
    pub fn from_json(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => from_number(&number.to_string()),
            Json::String(text) => Value::Text(Arc::from(text.as_str())),
            Json::Array(items) => Value::List(Arc::new(items.iter().map(Value::from_json).collect())),
            Json::Object(entries) => {
                Value::Map(Arc::new(entries.iter().map(|(key, value)| (Arc::from(key.as_str()), Value::from_json(value))).collect()))
            }
        }
    }

    /// A value from the JSON of a sender who must mean one thing: a key that comes twice in one object is an error, because
    /// the sender's own reader may have taken the other one.
    ///
    /// # Errors
    /// When the text is not JSON, or a key comes twice.
    pub fn from_strict_json(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str::<UniqueKeys>(text)?;
        text.parse()
    }

    /// JSON of a value: decimals, instants, dates and durations become strings; unset members are left out, unset
    /// alone is null.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Unset | Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Int(number) => Json::Number((*number).into()),
            Value::Decimal(number) => Json::String(number.to_string()),
            Value::Number(text) => {
                serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| Json::String(text.to_string()), Json::Number)
            }
            Value::Text(text) => Json::String(text.to_string()),
            Value::Instant(instant) => Json::String(instant.to_string()),
            Value::Date(date) => Json::String(date.to_string()),
            Value::Duration(duration) => Json::String(duration.to_string()),
            Value::List(items) => Json::Array(items.iter().map(Value::to_json).collect()),
            Value::Map(map) => Json::Object(
                map.iter().filter(|(_, value)| !value.is_unset()).map(|(key, value)| (key.to_string(), value.to_json())).collect(),
            ),
        }
    }
}

/// Reads through JSON and keeps nothing; fails on a key that comes twice.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueKeys)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = Self;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<UniqueKeys>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if let Some(twice) = seen.replace(key) {
                return Err(A::Error::custom(format_args!("the key `{twice}` comes twice")));
            }
            entries.next_value::<UniqueKeys>()?;
        }
        Ok(self)
    }
}

fn from_number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return Value::Int(whole);
    }
    let exact = if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { Decimal::from_str_exact(text).ok() };
    match exact {
        Some(decimal) => Value::Decimal(decimal),
        None => Value::Number(Arc::from(text)),
    }
}

impl FromStr for Value {
    type Err = serde_json::Error;

    /// Parses JSON text.
    fn from_str(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str::<Json>(text).map(|json| Value::from_json(&json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_json_takes_a_key_once_and_numbers_exactly() {
        for (text, fine) in [
            (r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}],"d":null,"e":-1.5e400,"f":9007199254740993,"g":true}"#, true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"x":[{"b":{"a":1,"\u0061":2}}]}"#, false),
            ("{", false),
        ] {
            assert_eq!(Value::from_strict_json(text).is_ok(), fine, "{text}");
        }
        let exact = Value::from_strict_json(r#"{"f":9007199254740993}"#);
        assert!(exact.is_ok_and(|value| *value.member("f") == Value::Int(9_007_199_254_740_993)));
    }
}
