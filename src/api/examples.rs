//! An example for every request and answer of the description, made from their schemas: what a schema says itself, else one
//! plain value of each type.

use serde_json::{Map, Value, json};

/// Deeper than this an example only says that there is something.
const DEPTH_MAX: usize = 16;

/// The description with an example beside every JSON content that has none.
pub fn added(mut description: Value) -> Value {
    let schemas = description.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = description.get_mut("paths").and_then(Value::as_object_mut) else { return description };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut()) {
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            fill(content, &schemas);
        }
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for response in responses.values_mut() {
            if let Some(content) = response.get_mut("content") {
                fill(content, &schemas);
            }
        }
    }
    description
}

fn fill(content: &mut Value, schemas: &Value) {
    let Some(kinds) = content.as_object_mut() else { return };
    for (kind, media) in kinds.iter_mut().filter(|(kind, _)| kind.ends_with("json")) {
        let made = media.get("schema").map(|schema| of(schema, schemas, 0));
        if let (Some(media), Some(made)) = (media.as_object_mut(), made)
            && kind.ends_with("json")
        {
            media.entry("example").or_insert(made);
        }
    }
}

/// One value that fits a schema.
pub fn of(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return schemas.get(name).map_or(Value::Null, |known| if depth > DEPTH_MAX { json!({}) } else { of(known, schemas, depth + 1) });
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(several).and_then(Value::as_array) {
            let first = choices.iter().find(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
            return first.map_or(Value::Null, |choice| of(choice, schemas, depth));
        }
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(members) = of(part, schemas, depth) {
                whole.extend(members);
            }
        }
        return Value::Object(whole);
    }
    if let Some(first) = schema.get("enum").and_then(Value::as_array).and_then(|words| words.first()) {
        return first.clone();
    }
    match kind(schema) {
        Some("object") => object(schema, schemas, depth),
        Some("array") => schema.get("items").map_or_else(|| json!([]), |items| json!([of(items, schemas, depth + 1)])),
        Some("integer") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => text(schema),
        _ => json!({}),
    }
}

fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

fn object(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let mut members = Map::new();
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        members.insert(name.clone(), of(member, schemas, depth + 1));
    }
    if let Some(values @ Value::Object(_)) = schema.get("additionalProperties").filter(|_| members.is_empty()) {
        members.insert("name".to_owned(), of(values, schemas, depth + 1));
    }
    Value::Object(members)
}

fn text(schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => json!("01920000-0000-7000-8000-000000000001"),
        Some("date-time") => json!("2026-09-28T10:00:00Z"),
        _ => json!("text"),
    }
}
