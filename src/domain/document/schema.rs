//! The part of JSON Schema that document types take, read with places, and the declared type that follows from it.
//!
//! Our own words beside the standard's: `format: decimal` (an exact decimal in text), `x-currency` (the field that
//! names an amount's currency, or a code), `x-content: false` (a field whose change makes no new revision).

use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Type, TypeField, currency};
use indexmap::IndexMap;
use regex::Regex;
use std::sync::Arc;

/// One place of a document.
#[derive(Clone, Debug)]
pub struct Schema {
    /// What stands there.
    pub kind: SchemaKind,
    /// Whether a change here makes a new revision.
    pub content: bool,
}

/// What stands at a place.
#[derive(Clone, Debug)]
pub enum SchemaKind {
    /// Anything.
    Any,
    /// true or false.
    Bool,
    /// A whole number.
    Int {
        /// Smallest value taken.
        minimum: Option<i64>,
        /// Largest value taken.
        maximum: Option<i64>,
    },
    /// An exact decimal, written as text.
    Decimal {
        /// The field that names its currency, or a code.
        currency: Option<Arc<str>>,
    },
    /// Text.
    Text {
        /// Longest text taken, characters.
        max_length: Option<u32>,
        /// What it must match.
        pattern: Option<Regex>,
        /// The words it may be; empty: any.
        words: Vec<Arc<str>>,
    },
    /// A point in time.
    Instant,
    /// A calendar date.
    Date,
    /// A list.
    List {
        /// Of these.
        item: Box<Schema>,
        /// Fewest items taken.
        min: u32,
        /// Most items taken.
        max: Option<u32>,
    },
    /// A mapping with declared fields.
    Object {
        /// The fields.
        members: IndexMap<Arc<str>, Member>,
        /// Whether further fields may appear.
        open: bool,
    },
}

/// A declared field.
#[derive(Clone, Debug)]
pub struct Member {
    /// What stands there.
    pub schema: Schema,
    /// Whether it must be there.
    pub required: bool,
}

/// Lists without `maxItems` are taken to be at most this long.
pub const ITEMS_MAX: u32 = 10_000;

impl Schema {
    /// The declared type; `name` is what messages call it.
    pub fn declared(&self, name: &str) -> Type {
        match &self.kind {
            SchemaKind::Any => Type::Any,
            SchemaKind::Bool => Type::Bool,
            SchemaKind::Int { .. } => Type::Int,
            SchemaKind::Decimal { currency } => Type::Decimal { currency: currency.clone() },
            SchemaKind::Text { .. } => Type::Text,
            SchemaKind::Instant => Type::Instant,
            SchemaKind::Date => Type::Date,
            SchemaKind::List { item, max, .. } => Type::List(Box::new(item.declared(name)), Some(max.unwrap_or(ITEMS_MAX))),
            SchemaKind::Object { members, open: true } if members.is_empty() => Type::Map(Box::new(Type::Any)),
            SchemaKind::Object { members, open } => {
                let fields = members.iter().map(|(field, member)| (field.clone(), member.declared(name, field))).collect();
                Type::Object(Arc::new(ObjectType { name: name.into(), fields, open: *open }))
            }
        }
    }

    /// The place at a dotted path such as `supplier.code`; lists are passed through.
    pub fn at(&self, path: &str) -> Option<&Schema> {
        match &self.kind {
            SchemaKind::List { item, .. } => item.at(path),
            SchemaKind::Object { members, .. } => {
                let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
                let member = members.get(first)?;
                rest.map_or(Some(&member.schema), |rest| member.schema.at(rest))
            }
            _ => None,
        }
    }

    /// The names of the fields of an object.
    pub fn names(&self) -> Vec<Arc<str>> {
        match &self.kind {
            SchemaKind::Object { members, .. } => members.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }
}

impl Member {
    fn declared(&self, name: &str, field: &str) -> TypeField {
        let max_length = match &self.schema.kind {
            SchemaKind::Text { max_length, .. } => *max_length,
            _ => None,
        };
        TypeField { of: self.schema.declared(&format!("{name}.{field}")), required: self.required, max_length }
    }
}

/// Reads a JSON Schema; findings name places in its own file.
pub fn read_schema(node: &Node, report: &mut Report) -> Option<Schema> {
    let schema = Reader { report }.schema(node, "$");
    if let Some(schema) = &schema {
        check_currencies(node, schema, schema, report);
    }
    schema
}

const COMMON: &[&str] = &["type", "title", "description", "examples", "$comment", "x-content", "x-title"];

struct Reader<'a> {
    report: &'a mut Report,
}

impl Reader<'_> {
    fn bad(&mut self, node: &Node, path: &str, message: impl Into<String>) {
        self.report.error("bad_schema", node.span, message).at(path);
    }

    fn schema(&mut self, node: &Node, path: &str) -> Option<Schema> {
        if !matches!(node.kind, NodeKind::Map(_)) {
            self.bad(node, path, "a schema is a mapping");
            return None;
        }
        let content = node.get("x-content").and_then(Node::bool).unwrap_or(true);
        let Some(word) = node.get("type") else {
            self.words(node, path, &[]);
            return Some(Schema { kind: SchemaKind::Any, content });
        };
        let kind = match word.text() {
            Some("object") => self.object(node, path)?,
            Some("array") => self.array(node, path)?,
            Some("string") => self.string(node, path),
            Some("integer") => {
                self.words(node, path, &["minimum", "maximum"]);
                let bound = |key: &str| node.get(key).and_then(Node::int);
                SchemaKind::Int { minimum: bound("minimum"), maximum: bound("maximum") }
            }
            Some("boolean") => {
                self.words(node, path, &[]);
                SchemaKind::Bool
            }
            Some("number") => {
                self.report
                    .error("bad_schema", word.span, "`number` would pass money through floating point")
                    .hint("use `{\"type\": \"string\", \"format\": \"decimal\"}` or `integer`")
                    .at(path);
                return None;
            }
            _ => {
                self.report
                    .error("bad_schema", word.span, "this type is not taken in document types")
                    .hint("one of: object, array, string, integer, boolean")
                    .at(path);
                return None;
            }
        };
        Some(Schema { kind, content })
    }

    /// Every word of the schema must be one that we keep to: a rule that is silently not checked is a trap.
    fn words(&mut self, node: &Node, path: &str, also: &[&str]) {
        let root: &[&str] = if path == "$" { &["$schema", "$id"] } else { &[] };
        let known = || COMMON.iter().chain(also).chain(root).copied();
        for (key, _) in node.entries() {
            if !known().any(|word| word == key.text) {
                let diagnostic = self.report.error("bad_schema", key.span, format!("`{}` is not taken here", key.text));
                diagnostic.path = path.to_owned();
                diagnostic.hint = did_you_mean(&key.text, known()).map(Hint::meant);
            }
        }
    }

    fn object(&mut self, node: &Node, path: &str) -> Option<SchemaKind> {
        self.words(node, path, &["properties", "required", "additionalProperties"]);
        let open = match node.get("additionalProperties") {
            None => true,
            Some(flag) => match flag.bool() {
                Some(flag) => flag,
                None => {
                    self.bad(flag, path, "`additionalProperties` is `true` or `false` here");
                    return None;
                }
            },
        };
        let mut members = IndexMap::new();
        for (key, value) in node.get("properties").map(Node::entries).unwrap_or_default() {
            if let Some(schema) = self.schema(value, &format!("{path}.{}", key.text)) {
                members.insert(Arc::from(key.text.as_str()), Member { schema, required: false });
            }
        }
        for item in node.get("required").map(Node::items).unwrap_or_default() {
            match item.text().and_then(|name| members.get_mut(name)) {
                Some(member) => member.required = true,
                None => self.bad(item, path, format!("`required` names `{}`, which is no property", item.text().unwrap_or_default())),
            }
        }
        Some(SchemaKind::Object { members, open })
    }

    fn array(&mut self, node: &Node, path: &str) -> Option<SchemaKind> {
        self.words(node, path, &["items", "minItems", "maxItems"]);
        let Some(items) = node.get("items") else {
            self.bad(node, path, "an array says what its `items` are");
            return None;
        };
        let item = Box::new(self.schema(items, &format!("{path}[]"))?);
        let count = |key: &str| node.get(key).and_then(Node::int).and_then(|count| u32::try_from(count).ok());
        Some(SchemaKind::List { item, min: count("minItems").unwrap_or(0), max: count("maxItems") })
    }

    fn string(&mut self, node: &Node, path: &str) -> SchemaKind {
        match node.get("format").map(|format| (format, format.text().unwrap_or_default())) {
            Some((_, "decimal")) => {
                self.words(node, path, &["format", "x-currency"]);
                SchemaKind::Decimal { currency: node.get("x-currency").and_then(Node::text).map(Arc::from) }
            }
            Some((_, "date")) => {
                self.words(node, path, &["format"]);
                SchemaKind::Date
            }
            Some((_, "date-time")) => {
                self.words(node, path, &["format"]);
                SchemaKind::Instant
            }
            other => {
                if let Some((format, word)) = other {
                    self.bad(format, path, format!("the format `{word}` is not one of decimal, date, date-time"));
                }
                self.words(node, path, &["format", "maxLength", "pattern", "enum"]);
                self.text(node, path)
            }
        }
    }

    fn text(&mut self, node: &Node, path: &str) -> SchemaKind {
        let max_length = node.get("maxLength").and_then(Node::int).and_then(|length| u32::try_from(length).ok());
        let pattern = node.get("pattern").and_then(|pattern| match compile(pattern.text().unwrap_or_default()) {
            Some(regex) => Some(regex),
            None => {
                self.bad(pattern, path, "this is not a regular expression that can be taken");
                None
            }
        });
        let words = node.get("enum").map(Node::items).unwrap_or_default();
        let words = words.iter().filter_map(|word| word.text().map(Arc::from)).collect();
        SchemaKind::Text { max_length, pattern, words }
    }
}

/// Bytes a compiled pattern may take; document types are written by admins, but a pattern runs over every document.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

fn compile(pattern: &str) -> Option<Regex> {
    regex::RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build().ok()
}

/// An amount's `x-currency` must name a text field of the document, or a currency.
fn check_currencies(node: &Node, schema: &Schema, root: &Schema, report: &mut Report) {
    match &schema.kind {
        SchemaKind::Decimal { currency: Some(named) } => {
            let field = root.at(named).is_some_and(|at| matches!(at.kind, SchemaKind::Text { .. }));
            if !field && currency::decimals(named).is_none() {
                let span = node.get("x-currency").map_or(node.span, |place| place.span);
                report.error("bad_schema", span, format!("`{named}` is neither a text field of the document nor a currency"));
            }
        }
        SchemaKind::List { item, .. } => {
            if let Some(items) = node.get("items") {
                check_currencies(items, item, root, report);
            }
        }
        SchemaKind::Object { members, .. } => {
            for (name, member) in members {
                if let Some(property) = node.get("properties").and_then(|properties| properties.get(name)) {
                    check_currencies(property, &member.schema, root, report);
                }
            }
        }
        _ => {}
    }
}
