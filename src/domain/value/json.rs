//! Values from and to JSON, by hand.

use super::{Map, Value};
use indexmap::map::Entry;
use rust_decimal::Decimal;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value as Json;
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
        read(text, Reader { strict: true })
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

    /// The text of `to_json`.
    pub fn to_json_text(&self) -> String {
        // Writing to memory what has only texts for keys cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How `serde_json` hands over a number with its exact text (its feature `arbitrary_precision`): as an object with this one
/// key. A sender who writes such an object gets the number that it names.
const NUMBER: &str = "$serde_json::private::Number";

fn read(text: &str, reader: Reader) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = reader.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads JSON as values at once, without a tree in between.
#[derive(Clone, Copy)]
struct Reader {
    /// Whether a key that comes twice is an error; else the last one holds.
    strict: bool,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| from_number(&number.to_string()), Value::Int))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(Arc::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(Arc::new(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key_seed(KeySeed)? {
            let key = match key {
                Key::Text(key) => key,
                Key::Number if map.is_empty() => {
                    return number_of(&entries.next_value::<String>()?).ok_or_else(|| A::Error::custom("invalid number"));
                }
                Key::Number => Arc::from(NUMBER),
            };
            let value = entries.next_value_seed(self)?;
            match map.entry(key) {
                Entry::Occupied(twice) if self.strict => {
                    return Err(A::Error::custom(format_args!("the key `{}` comes twice", twice.key())));
                }
                Entry::Occupied(mut before) => drop(before.insert(value)),
                Entry::Vacant(place) => drop(place.insert(value)),
            }
        }
        Ok(Value::Map(Arc::new(map)))
    }
}

/// A number, checked: the text may be a sender's.
fn number_of(text: &str) -> Option<Value> {
    match from_number(text) {
        Value::Int(number) => Some(Value::Int(number)),
        value => serde_json::from_str::<serde_json::Number>(text).is_ok().then_some(value),
    }
}

/// A key, made shared at once.
enum Key {
    Number,
    Text(Arc<str>),
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<Key, E> {
        Ok(if text == NUMBER { Key::Number } else { Key::Text(Arc::from(text)) })
    }
}

/// The same JSON as `to_json` gives, written without a tree in between.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Unset | Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Decimal(number) => serializer.collect_str(number),
            Value::Number(text) => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::Instant(instant) => serializer.collect_str(instant),
            Value::Date(date) => serializer.collect_str(date),
            Value::Duration(duration) => serializer.collect_str(duration),
            Value::List(items) => serializer.collect_seq(items.iter()),
            Value::Map(map) => serializer.collect_map(map.iter().filter(|(_, value)| !value.is_unset())),
        }
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

    /// Parses JSON text; of a key that comes twice the last one holds.
    fn from_str(text: &str) -> Result<Value, serde_json::Error> {
        read(text, Reader { strict: false })
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

    fn texts() -> Vec<&'static str> {
        vec![
            r#"{"a":[1,-2,3.50,1e3,1E-2,-0,0.0,12345678901234567890123456789012345,18446744073709551615,null,true,"x\u00e9\n\"\\"],"b":{},"":[]}"#,
            r#"{"a":1,"b":2,"a":3}"#,
            r#""text""#,
            " 7 ",
            "[[[[]]]]",
        ]
    }

    #[test]
    fn what_is_read_at_once_is_what_the_tree_gives() {
        for text in texts() {
            let tree = serde_json::from_str::<Json>(text).unwrap();
            let value: Value = text.parse().unwrap();
            assert_eq!(value, Value::from_json(&tree), "{text}");
            assert_eq!(value.to_json_text(), value.to_json().to_string(), "{text}");
        }
        let deep = "[".repeat(200);
        for wrong in ["", "{", "1 2", "{\"a\":}", "nul", "01", "\"\u{1}\"", deep.as_str()] {
            assert!(wrong.parse::<Value>().is_err() && Value::from_strict_json(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_object_that_looks_like_the_inside_of_a_number_is_a_number_or_nothing() {
        for (text, wanted) in [
            (r#"{"$serde_json::private::Number":"12"}"#, Some("12")),
            (r#"{"$serde_json::private::Number":"1e+400"}"#, Some("1e+400")),
            (r#"{"$serde_json::private::Number":"not one"}"#, None),
            (r#"{"$serde_json::private::Number":["1"]}"#, None),
            (r#"{"$serde_json::private::Number":"1","b":2}"#, None),
            (r#"{"a":{"$serde_json::private::Number":"1"}}"#, Some(r#"{"a":1}"#)),
        ] {
            let read = text.parse::<Value>().ok();
            assert_eq!(read.map(|value| value.to_json_text()).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_by_itself_is_written_as_text() {
        let value = Value::map([
            ("amount", Value::Decimal("5.00".parse().unwrap())),
            ("at", Value::Instant("2026-01-02T03:04:05Z".parse().unwrap())),
            ("on", Value::Date("2026-01-02".parse().unwrap())),
            ("for", Value::Duration("PT5M".parse().unwrap())),
            ("odd", Value::Number("1e999".into())),
            ("none", Value::Unset),
            ("list", Value::List(Arc::new(vec![Value::Unset, Value::Null]))),
        ]);
        assert_eq!(value.to_json_text(), value.to_json().to_string());
    }
}
