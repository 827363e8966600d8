//! From JSON to a typed document: every problem with its path, no value ever in a message (it may be personal).

use super::definition::DocumentType;
use super::plausible::Doubt;
use super::schema::{Member, Schema, SchemaKind};
use crate::domain::text::units;
use crate::domain::value::{Map, Value, currency};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;

/// A document that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    /// Its typed content.
    pub value: Value,
    /// Its business key.
    pub key: Arc<str>,
}

/// Why a document is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Path such as `lines[2].quantity`.
    pub path: String,
    /// Stable code: `missing`, `unknown_field`, `wrong_type`, `too_long`, `too_many`, `too_few`, `out_of_range`, `not_allowed`.
    pub code: &'static str,
    /// In words, without the value.
    pub message: String,
}

/// More problems of one document are cut.
const PROBLEMS_MAX: usize = 50;
/// Decimals of an amount or a quantity; the canonical form's limit.
const SCALE_MAX: u32 = 10;

impl DocumentType {
    /// Reads a document; all problems at once.
    pub fn validate(&self, json: &Json) -> Result<Validated, Vec<Problem>> {
        let mut reader = Reader { path: String::new(), problems: Vec::new() };
        let value = reader.read(&self.schema, json).unwrap_or_default();
        reader.currency(&value);
        if !reader.problems.is_empty() {
            return Err(reader.problems);
        }
        let key = match value.member(&self.key) {
            // A key is what people search for and systems print; databases and headers take no control characters.
            Value::Text(key) if key.chars().any(char::is_control) => {
                let message = "the business key holds a control character".to_owned();
                return Err(vec![Problem { path: self.key.to_string(), code: "bad_value", message }]);
            }
            Value::Text(key) if !key.trim().is_empty() => key.clone(),
            _ => {
                let message = "the business key is missing".to_owned();
                return Err(vec![Problem { path: self.key.to_string(), code: "missing", message }]);
            }
        };
        Ok(Validated { value, key })
    }

    /// What is doubtful about a document that was taken, for people. Of one that its type no longer takes nothing is said.
    pub fn doubts(&self, json: &Json) -> Vec<Doubt> {
        self.validate(json).map_or_else(|_| Vec::new(), |read| super::plausible::doubts(&read.value))
    }
}

struct Reader {
    path: String,
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, code: &'static str, message: impl Into<String>) -> Option<Value> {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { path: self.path.clone(), code, message: message.into() });
        }
        None
    }

    fn inside<T>(&mut self, part: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if !part.starts_with('[') && !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(part);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    fn read(&mut self, schema: &Schema, json: &Json) -> Option<Value> {
        match (&schema.kind, json) {
            (SchemaKind::Any, _) => Some(Value::from_json(json)),
            (SchemaKind::Bool, Json::Bool(flag)) => Some(Value::Bool(*flag)),
            (SchemaKind::Int { minimum, maximum }, Json::Number(number)) => match number.as_i64() {
                Some(whole) if minimum.is_none_or(|least| whole >= least) && maximum.is_none_or(|most| whole <= most) => {
                    Some(Value::Int(whole))
                }
                Some(_) => self.problem("out_of_range", "the number is outside the declared range"),
                None => self.problem("wrong_type", "a whole number of 64 bits is declared"),
            },
            (SchemaKind::Decimal { .. }, Json::String(text)) => self.decimal(text),
            (SchemaKind::Decimal { .. }, Json::Number(_)) => {
                self.problem("wrong_type", "amounts and quantities are decimals in text, such as \"5000.00\", not numbers")
            }
            (SchemaKind::Instant, Json::String(text)) => match text.parse() {
                Ok(instant) => Some(Value::Instant(instant)),
                Err(_) => self.problem("wrong_type", "an instant is declared, such as \"2026-09-28T02:00:00Z\""),
            },
            (SchemaKind::Date, Json::String(text)) => match text.parse() {
                Ok(date) if text.len() == "2026-09-28".len() => Some(Value::Date(date)),
                _ => self.problem("wrong_type", "a date is declared, such as \"2026-09-28\""),
            },
            (SchemaKind::Text { .. }, Json::String(text)) => self.text(schema, text),
            (SchemaKind::List { item, min, max }, Json::Array(items)) => self.list(item, *min, *max, items),
            (SchemaKind::Object { members, open }, Json::Object(entries)) => self.object(members, *open, entries),
            (kind, json) => self.problem("wrong_type", format!("{} is declared, but this is {}", wanted(kind), found(json))),
        }
    }

    fn decimal(&mut self, text: &str) -> Option<Value> {
        match units::decimal(text) {
            Some(decimal) if decimal.scale() <= SCALE_MAX => Some(Value::Decimal(decimal)),
            Some(_) => self.problem("out_of_range", format!("at most {SCALE_MAX} decimals are taken")),
            None => self.problem("wrong_type", "an exact decimal is declared, such as \"5000.00\" (no exponent, no separators)"),
        }
    }

    fn text(&mut self, schema: &Schema, text: &str) -> Option<Value> {
        let SchemaKind::Text { max_length, pattern, words } = &schema.kind else { return None };
        if let Some(most) = max_length
            && text.chars().count() > *most as usize
        {
            return self.problem("too_long", format!("at most {most} characters are taken"));
        }
        if !words.is_empty() && !words.iter().any(|word| &**word == text) {
            return self.problem("not_allowed", format!("one of these is wanted: {}", words.join(", ")));
        }
        if pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            return self.problem("not_allowed", "the text does not match the declared pattern");
        }
        Some(Value::text(text))
    }

    fn list(&mut self, item: &Schema, min: u32, max: Option<u32>, items: &[Json]) -> Option<Value> {
        let most = max.unwrap_or(super::schema::ITEMS_MAX);
        if items.len() > most as usize {
            return self.problem("too_many", format!("at most {most} items are taken"));
        }
        if items.len() < min as usize {
            return self.problem("too_few", format!("at least {min} items are wanted"));
        }
        let read = |(index, json): (usize, &Json)| self.inside(&format!("[{index}]"), |reader| reader.read(item, json));
        let values: Vec<Option<Value>> = items.iter().enumerate().map(read).collect();
        values.into_iter().collect::<Option<Vec<Value>>>().map(Value::list)
    }

    fn object(&mut self, members: &IndexMap<Arc<str>, Member>, open: bool, entries: &serde_json::Map<String, Json>) -> Option<Value> {
        let before = self.problems.len();
        let mut map = Map::with_capacity(entries.len());
        for (key, json) in entries {
            if is_absent(json) {
                continue;
            }
            let value = self.inside(key, |reader| match members.get(key.as_str()) {
                Some(member) => reader.read(&member.schema, json),
                None if open => Some(Value::from_json(json)),
                None => reader.problem("unknown_field", "the document type has no such field"),
            });
            if let Some(value) = value {
                map.insert(Arc::from(key.as_str()), value);
            }
        }
        for (name, _) in members.iter().filter(|(_, member)| member.required) {
            if entries.get(&**name).is_none_or(is_absent) {
                self.inside(name, |reader| reader.problem("missing", "this field is required"));
            }
        }
        (self.problems.len() == before).then(|| Value::Map(Arc::new(map)))
    }

    /// An amount without a known currency cannot be compared, so it is not taken.
    fn currency(&mut self, value: &Value) {
        if let Some(code) = value.member("currency").as_text()
            && currency::decimals(code).is_none()
        {
            self.inside("currency", |reader| reader.problem("not_allowed", "this is not a currency of ISO 4217"));
        }
    }
}

/// What is unknown is absent: null and empty text say the same as a field that is not there.
fn is_absent(json: &Json) -> bool {
    json.is_null() || json.as_str().is_some_and(str::is_empty)
}

fn wanted(kind: &SchemaKind) -> &'static str {
    match kind {
        SchemaKind::Any => "anything",
        SchemaKind::Bool => "true or false",
        SchemaKind::Int { .. } => "a whole number",
        SchemaKind::Decimal { .. } => "an exact decimal in text",
        SchemaKind::Text { .. } => "text",
        SchemaKind::Instant => "an instant",
        SchemaKind::Date => "a date",
        SchemaKind::List { .. } => "a list",
        SchemaKind::Object { .. } => "an object",
    }
}

fn found(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
