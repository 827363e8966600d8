//! Declared types: documents, operation inputs and outputs, settings and values have one, so that expressions can be
//! checked before anything runs.

use super::Value;
use indexmap::IndexMap;
use std::sync::Arc;

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Not declared: a vendor payload. Mixing it with a declared decimal needs an explicit conversion.
    Any,
    /// true or false.
    Bool,
    /// A whole number.
    Int,
    /// An exact decimal; an amount names the field that holds its currency, or a fixed currency.
    Decimal {
        /// The amount's currency: a path to the field that names it, or a literal ISO 4217 code; none for plain numbers.
        currency: Option<Arc<str>>,
    },
    /// Text.
    Text,
    /// A secret: usable in requests, never printed, never compared.
    Secret,
    /// A point in time.
    Instant,
    /// A calendar date.
    Date,
    /// A span of time.
    Duration,
    /// A list with an optional declared bound.
    List(Box<Type>, Option<u32>),
    /// A mapping with declared fields.
    Object(Arc<ObjectType>),
    /// A mapping from free keys to one type.
    Map(Box<Type>),
}

/// A mapping with declared fields.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectType {
    /// Name for messages, such as `purchase_order`.
    pub name: Arc<str>,
    /// Fields in order.
    pub fields: IndexMap<Arc<str>, TypeField>,
    /// Whether further fields may appear (type `Any`).
    pub open: bool,
}

/// A declared field.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeField {
    /// Its type.
    pub of: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Longest text taken, characters.
    pub max_length: Option<u32>,
}

impl ObjectType {
    /// The same without the fields that are secrets or hold one.
    pub fn without_secrets(&self) -> ObjectType {
        let fields = self.fields.iter().filter(|(_, field)| !field.of.holds_secret());
        let fields = fields.map(|(name, field)| (name.clone(), field.clone())).collect();
        ObjectType { name: self.name.clone(), fields, open: self.open }
    }

    /// What of a value is no secret: its declared members that hold none.
    pub fn open_part(&self, value: &Value) -> Value {
        let open = self.fields.iter().filter(|(_, field)| !field.of.holds_secret());
        Value::map(open.map(|(name, _)| (name, value.member(name).clone())).filter(|(_, member)| !member.is_unset()))
    }
}

impl Type {
    /// Whether it is a secret, or holds one somewhere.
    pub fn holds_secret(&self) -> bool {
        match self {
            Type::Secret => true,
            Type::List(item, _) | Type::Map(item) => item.holds_secret(),
            Type::Object(object) => object.fields.values().any(|field| field.of.holds_secret()),
            _ => false,
        }
    }

    /// The name for messages.
    pub fn name(&self) -> String {
        match self {
            Type::Any => "anything".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Int => "int".to_owned(),
            Type::Decimal { .. } => "decimal".to_owned(),
            Type::Text => "string".to_owned(),
            Type::Secret => "secret".to_owned(),
            Type::Instant => "instant".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Duration => "duration".to_owned(),
            Type::List(item, _) => format!("[{}]", item.name()),
            Type::Object(object) => object.name.to_string(),
            Type::Map(item) => format!("map of {}", item.name()),
        }
    }

    /// Reads a scalar type as written in `input:` and `settings:`: `string int decimal bool instant date duration url
    /// secret object any`, or none.
    pub fn named(name: &str) -> Option<Type> {
        Some(match name {
            "string" | "url" | "id" => Type::Text,
            "int" => Type::Int,
            "decimal" => Type::Decimal { currency: None },
            "bool" => Type::Bool,
            "instant" => Type::Instant,
            "date" => Type::Date,
            "duration" => Type::Duration,
            "secret" => Type::Secret,
            "object" => Type::Map(Box::new(Type::Any)),
            "any" => Type::Any,
            _ => return None,
        })
    }

    /// Reads a value that may have more members than are declared here: what several systems have in common is read out of
    /// what one of them gave, whose further members stay as they are.
    pub fn read_open(&self, value: &Value) -> Result<Value, ReadError> {
        match self {
            Type::Object(object) if !object.open => {
                Type::Object(Arc::new(ObjectType { open: true, ..object.as_ref().clone() })).read(value)
            }
            other => other.read(value),
        }
    }

    /// Reads an untyped value (from JSON) as this type: a decimal from its string, an instant from RFC 3339. Missing
    /// optional members stay unset. Errors name the path and what was wanted.
    pub fn read(&self, value: &Value) -> Result<Value, ReadError> {
        super::types::read(self, value, &mut String::new())
    }
}

/// A value is not of its declared type.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{path}` is {found}, but {wanted} is declared")]
pub struct ReadError {
    /// Path to the value.
    pub path: String,
    /// What was found, without the value itself (it may be personal).
    pub found: &'static str,
    /// What is declared.
    pub wanted: String,
}

fn read(of: &Type, value: &Value, path: &mut String) -> Result<Value, ReadError> {
    let wrong = |path: &str, value: &Value| ReadError { path: path.to_owned(), found: value.kind(), wanted: of.name() };
    Ok(match (of, value) {
        (_, Value::Unset | Value::Null) | (Type::Any, _) => value.clone(),
        (Type::Bool, Value::Bool(_)) | (Type::Int, Value::Int(_)) | (Type::Text | Type::Secret, Value::Text(_)) => value.clone(),
        (Type::Text, Value::Int(number)) => Value::text(number.to_string()),
        (Type::Text, Value::Number(number)) => Value::Text(number.clone()),
        (Type::Text, Value::Decimal(number)) => Value::text(number.to_string()),
        (Type::Decimal { .. }, Value::Decimal(_)) | (Type::Instant, Value::Instant(_)) | (Type::Date, Value::Date(_)) => value.clone(),
        (Type::Duration, Value::Duration(_)) => value.clone(),
        (Type::Decimal { .. }, Value::Int(number)) => Value::Decimal((*number).into()),
        (Type::Decimal { .. }, Value::Text(text)) => {
            Value::Decimal(crate::domain::text::units::decimal(text).ok_or_else(|| wrong(path, value))?)
        }
        (Type::Instant, Value::Text(text)) => Value::Instant(text.parse().map_err(|_| wrong(path, value))?),
        (Type::Date, Value::Text(text)) => Value::Date(text.parse().map_err(|_| wrong(path, value))?),
        (Type::Duration, Value::Text(text)) => Value::Duration(text.parse().map_err(|_| wrong(path, value))?),
        (Type::List(item, _), Value::List(items)) => {
            let mut out = Vec::with_capacity(items.len());
            for (index, value) in items.iter().enumerate() {
                out.push(nested(path, &format!("[{index}]"), |path| read(item, value, path))?);
            }
            Value::list(out)
        }
        (Type::Map(item), Value::Map(map)) => {
            let mut out = super::Map::with_capacity(map.len());
            for (key, value) in map.iter() {
                out.insert(key.clone(), nested(path, key, |path| read(item, value, path))?);
            }
            Value::Map(Arc::new(out))
        }
        (Type::Object(object), Value::Map(map)) => {
            let mut out = super::Map::with_capacity(map.len());
            for (key, value) in map.iter() {
                let value = match object.fields.get(key) {
                    Some(field) => nested(path, key, |path| read(&field.of, value, path))?,
                    None if object.open => value.clone(),
                    None => {
                        return Err(ReadError {
                            path: format!("{path}.{key}"),
                            found: "an undeclared field",
                            wanted: object.name.to_string(),
                        });
                    }
                };
                out.insert(key.clone(), value);
            }
            Value::Map(Arc::new(out))
        }
        _ => return Err(wrong(path, value)),
    })
}

fn nested<T>(path: &mut String, part: &str, work: impl FnOnce(&mut String) -> T) -> T {
    let length = path.len();
    if !part.starts_with('[') && !path.is_empty() {
        path.push('.');
    }
    path.push_str(part);
    let result = work(path);
    path.truncate(length);
    result
}
