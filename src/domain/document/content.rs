//! The hash that decides what is a new revision: content only.
//!
//! A status seen in a source, its version and its change time never make a revision, nor do differences that say the
//! same (`5.0` and `5.00`, another order of keys, a null where nothing was).

use super::definition::DocumentType;
use super::schema::{Schema, SchemaKind};
use crate::domain::value::Value;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// Top-level fields that are never content, in any document type.
pub const NOT_CONTENT: &[&str] =
    &["kind", "schema_version", "source", "content_hash", "status", "status_raw", "updated_at", "approved_at", "warnings"];

impl DocumentType {
    /// SHA-256 (hex) of the content of a validated document.
    pub fn content_hash(&self, value: &Value) -> String {
        let mut canonical = String::new();
        write(&mut canonical, Some(&self.schema), value, true);
        hex::encode(Sha256::digest(canonical.as_bytes()))
    }
}

/// SHA-256 (hex) of a document's content where its type is not at hand: as `content_hash`, but decimals count as written.
pub fn hash_json(document: &Json) -> String {
    let mut canonical = String::new();
    write(&mut canonical, None, &Value::from_json(document), true);
    hex::encode(Sha256::digest(canonical.as_bytes()))
}

fn write(out: &mut String, schema: Option<&Schema>, value: &Value, top: bool) {
    match value {
        Value::Unset | Value::Null => out.push_str("null"),
        Value::Decimal(decimal) => text(out, &decimal.normalize().to_string()),
        Value::List(items) => {
            let item = match schema.map(|schema| &schema.kind) {
                Some(SchemaKind::List { item, .. }) => Some(&**item),
                _ => None,
            };
            out.push('[');
            for (index, value) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item, value, false);
            }
            out.push(']');
        }
        Value::Map(map) => {
            let member = |key: &str| match schema.map(|schema| &schema.kind) {
                Some(SchemaKind::Object { members, .. }) => members.get(key).map(|member| &member.schema),
                _ => None,
            };
            let mut keys: Vec<&str> = map.keys().map(AsRef::as_ref).collect();
            keys.sort_unstable();
            out.push('{');
            let mut first = true;
            for key in keys {
                let (schema, value) = (member(key), value.member(key));
                let left_out = (top && NOT_CONTENT.contains(&key)) || schema.is_some_and(|schema| !schema.content);
                if left_out || matches!(value, Value::Unset | Value::Null) {
                    continue;
                }
                if !first {
                    out.push(',');
                }
                first = false;
                text(out, key);
                out.push(':');
                write(out, schema, value, false);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_json_text()),
    }
}

fn text(out: &mut String, text: &str) {
    out.push_str(&Json::String(text.to_owned()).to_string());
}
