//! Formats: how a value stands at a partner.
//!
//! A format is used in both directions: it writes our value for a partner, and reads the partner's back. One file a
//! format; `WORDS` and `VARIANTS` are the list. Nothing is ever rounded or cut unless the definition says so.

mod base64;
mod bool;
mod date;
mod decimal;
mod json_text;
mod parts;
mod plain;
mod tagged;
#[cfg(test)]
mod tests;
mod unix;

pub use date::translate;

use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{KeyedShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};

/// Formats that are one word.
pub static WORDS: &[&str] = &["string", "integer", "number", "rfc3339", "unix_seconds", "unix_millis", "json_text", "base64", "base64url"];

/// Formats that say more.
pub static VARIANTS: &[&Variant] = &[&decimal::VARIANT, &date::VARIANT, &parts::VARIANT, &tagged::VARIANT, &bool::VARIANT];

static KEYED: KeyedShape = KeyedShape { name: "format", doc: "How a value stands at a partner.", common: &[], variants: VARIANTS };
/// A format that is one word.
pub static WORD: Shape = Shape::Word(WORDS);
/// A format that says more.
pub static VARIANT: Shape = Shape::Keyed(&KEYED);
/// One format.
pub static ONE: Shape = Shape::Either(&[Shape::Word(WORDS), Shape::Keyed(&KEYED)]);

/// The shape of `as:`: one format, or several applied one after the other when writing.
pub static SHAPE: Shape = Shape::OneOrMany(&ONE);

/// A compiled format.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// Text of any scalar.
    String,
    /// A whole number; a fraction is an error.
    Integer,
    /// An exact JSON number instead of a string.
    Number,
    /// An instant as RFC 3339 in UTC.
    Rfc3339,
    /// Seconds or milliseconds since 1970.
    Unix(unix::Unix),
    /// JSON inside a string.
    JsonText,
    /// Text as base64.
    Base64(base64::Base64),
    /// A decimal of a fixed scale.
    Decimal(decimal::Scale),
    /// A date or instant in a written pattern.
    Date(date::Pattern),
    /// A date or instant as a mapping of its parts.
    Parts(parts::Parts),
    /// A value inside a mapping with constant tags.
    Tagged(tagged::Tagged),
    /// The words of true and false.
    Bool(bool::Words),
}

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To a partner.
    Write,
    /// From a partner.
    Read,
}

/// Why a value could not be written or read. Messages hold no values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FormatError {
    /// The value has another form than the format takes.
    #[error("{wanted} is wanted, but this is {found}")]
    Kind {
        /// What the format takes.
        wanted: &'static str,
        /// What was there.
        found: &'static str,
    },
    /// Digits would be lost, and no `rounding` says that they may.
    #[error("the number has more than {0} decimals, and no `rounding` is given")]
    Digits(u32),
    /// The scale is that of the currency, and the currency is not known.
    #[error("the currency of the amount is not known")]
    Currency,
    /// The result is beyond what the format holds.
    #[error("the value is out of range")]
    Range,
}

impl FormatError {
    fn kind(wanted: &'static str, found: &Value) -> FormatError {
        FormatError::Kind { wanted, found: found.kind() }
    }
}

impl Format {
    /// Reads `as:`; several formats in the order they are written.
    pub fn compile(node: &Node, report: &mut Report, path: &str) -> Option<Vec<Format>> {
        if let crate::domain::text::tree::NodeKind::List(items) = &node.kind {
            let formats: Vec<Option<Format>> =
                items.iter().enumerate().map(|(index, item)| one(item, report, &format!("{path}[{index}]"))).collect();
            return formats.into_iter().collect();
        }
        Some(vec![one(node, report, path)?])
    }

    /// The type of the result; `Any` where it depends on the value.
    pub fn gives(&self, of: &Type, direction: Direction) -> Type {
        match (self, direction) {
            (Format::Decimal(scale), _) if scale.is_number() => Type::Any,
            (Format::Decimal(_), _) => match of {
                Type::Decimal { .. } => of.clone(),
                _ => Type::Decimal { currency: None },
            },
            (Format::String, _) => Type::Text,
            (Format::Integer, _) => Type::Int,
            (Format::Number, Direction::Read) => Type::Decimal { currency: None },
            (Format::Number, Direction::Write) => Type::Any,
            (Format::Rfc3339 | Format::JsonText | Format::Date(_) | Format::Bool(_), Direction::Write) => Type::Text,
            (Format::Base64(_), _) => Type::Text,
            (Format::Unix(_), Direction::Write) => Type::Int,
            (Format::Rfc3339 | Format::Unix(_), Direction::Read) => Type::Instant,
            (Format::Date(pattern), Direction::Read) => {
                if pattern.has_time() {
                    Type::Instant
                } else {
                    Type::Date
                }
            }
            (Format::Parts(parts), Direction::Read) => {
                if parts.has_time() {
                    Type::Instant
                } else {
                    Type::Date
                }
            }
            (Format::Bool(_), Direction::Read) => Type::Bool,
            (Format::Parts(_) | Format::Tagged(_), Direction::Write) => Type::Map(Box::new(Type::Any)),
            (Format::JsonText | Format::Tagged(_), Direction::Read) => Type::Any,
        }
    }

    /// Whether it needs the currency of the amount.
    pub fn needs_currency(&self) -> bool {
        matches!(self, Format::Decimal(scale) if scale.needs_currency())
    }

    /// Whether it takes a value of this type in this direction; the words say what it takes.
    pub fn takes(&self, of: &Type, direction: Direction) -> Result<(), &'static str> {
        if matches!(of, Type::Any) {
            return Ok(());
        }
        let number = matches!(of, Type::Int | Type::Decimal { .. } | Type::Text);
        let (fits, wanted) = match (self, direction) {
            (Format::Decimal(_) | Format::Integer | Format::Number, _) => (number, "a number"),
            (Format::String, _) => (!matches!(of, Type::List(..) | Type::Map(_) | Type::Object(_) | Type::Secret), "a single value"),
            (Format::Rfc3339 | Format::Unix(_), Direction::Write) => (matches!(of, Type::Instant), "an instant"),
            (Format::Date(_) | Format::Parts(_), Direction::Write) => (matches!(of, Type::Instant | Type::Date), "a date or an instant"),
            (Format::Bool(_), Direction::Write) => (matches!(of, Type::Bool), "true or false"),
            (Format::Base64(_), _) | (Format::JsonText | Format::Rfc3339 | Format::Date(_), Direction::Read) => {
                (matches!(of, Type::Text), "text")
            }
            (Format::Unix(_), Direction::Read) => (matches!(of, Type::Int | Type::Text), "a whole number"),
            (Format::Parts(_) | Format::Tagged(_), Direction::Read) => (matches!(of, Type::Map(_) | Type::Object(_)), "a mapping"),
            (Format::Bool(_), Direction::Read) => (matches!(of, Type::Text | Type::Int), "a word"),
            (Format::JsonText | Format::Tagged(_), Direction::Write) => (!matches!(of, Type::Secret), "a value"),
        };
        if fits { Ok(()) } else { Err(wanted) }
    }

    /// Converts a value; unset stays unset. `currency` is that of the amount, where it is known.
    pub fn convert(&self, value: &Value, direction: Direction, currency: Option<&str>) -> Result<Value, FormatError> {
        if matches!(value, Value::Unset | Value::Null) {
            return Ok(value.clone());
        }
        match (self, direction) {
            (Format::String, _) => plain::text(value),
            (Format::Integer, _) => plain::integer(value),
            (Format::Number, Direction::Write) => plain::write_number(value),
            (Format::Number, Direction::Read) => plain::decimal(value).map(Value::Decimal),
            (Format::Rfc3339, Direction::Write) => unix::write_rfc3339(value),
            (Format::Rfc3339, Direction::Read) => unix::read_rfc3339(value),
            (Format::Unix(unix), Direction::Write) => unix.write(value),
            (Format::Unix(unix), Direction::Read) => unix.read(value),
            (Format::JsonText, Direction::Write) => Ok(json_text::write(value)),
            (Format::JsonText, Direction::Read) => json_text::read(value),
            (Format::Base64(base64), Direction::Write) => base64.write(value),
            (Format::Base64(base64), Direction::Read) => base64.read(value),
            (Format::Decimal(scale), _) => scale.convert(value, currency),
            (Format::Date(pattern), Direction::Write) => pattern.write(value),
            (Format::Date(pattern), Direction::Read) => pattern.read(value),
            (Format::Parts(parts), Direction::Write) => parts.write(value),
            (Format::Parts(parts), Direction::Read) => parts.read(value),
            (Format::Tagged(tagged), Direction::Write) => Ok(tagged.write(value)),
            (Format::Tagged(tagged), Direction::Read) => tagged.read(value),
            (Format::Bool(words), Direction::Write) => words.write(value),
            (Format::Bool(words), Direction::Read) => words.read(value),
        }
    }
}

fn one(node: &Node, report: &mut Report, path: &str) -> Option<Format> {
    if let Some(word) = node.text() {
        return Some(match word {
            "string" => Format::String,
            "integer" => Format::Integer,
            "number" => Format::Number,
            "rfc3339" => Format::Rfc3339,
            "unix_seconds" => Format::Unix(unix::Unix { per_second: 1 }),
            "unix_millis" => Format::Unix(unix::Unix { per_second: 1_000 }),
            "json_text" => Format::JsonText,
            "base64" => Format::Base64(base64::Base64 { url: false }),
            "base64url" => Format::Base64(base64::Base64 { url: true }),
            // The shape has reported any other word.
            _ => return None,
        });
    }
    let keys: Vec<&str> = node.entries().iter().map(|(key, _)| key.text.as_str()).collect();
    // `tagged` first: its further keys may bear the name of another format.
    if keys.contains(&"tagged") {
        tagged::Tagged::compile(node, report, path).map(Format::Tagged)
    } else if keys.contains(&"decimal") {
        decimal::Scale::compile(node, report, path).map(Format::Decimal)
    } else if keys.contains(&"date") {
        date::Pattern::compile(node, report, path).map(Format::Date)
    } else if keys.contains(&"parts") {
        parts::Parts::compile(node, report, path).map(Format::Parts)
    } else if keys.contains(&"bool") {
        bool::Words::compile(node).map(Format::Bool)
    } else {
        None
    }
}

/// The zone a format names; UTC where it names none.
fn zone(node: &Node, report: &mut Report, path: &str) -> Option<jiff::tz::TimeZone> {
    let Some(named) = node.get("zone") else { return Some(jiff::tz::TimeZone::UTC) };
    let found = named.text().and_then(crate::domain::value::zone);
    if found.is_none() {
        let diagnostic = report.error("bad_value", named.span, "this is not the name of a time zone");
        diagnostic.hint("write a name such as `Asia/Shanghai`").at(format!("{path}.zone"));
    }
    found
}

/// A date or an instant as seen in a zone.
fn zoned(value: &Value, zone: &jiff::tz::TimeZone) -> Option<jiff::Zoned> {
    match value {
        Value::Instant(at) => Some(at.to_zoned(zone.clone())),
        Value::Date(day) => day.to_zoned(zone.clone()).ok(),
        _ => None,
    }
}
