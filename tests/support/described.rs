//! Answers held against the description of the API: whoever has one at hand can have it judged.

use serde_json::Value;
use std::sync::LazyLock;

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&waybill::api::openapi::text()).expect("the description is JSON"));

/// The description of the API.
pub fn description() -> &'static Value {
    &DESCRIPTION
}

/// Holds a successful answer against what the description says of its operation; refusals are problems, which other tests read.
///
/// # Panics
/// When the operation, its status or its content is described otherwise.
pub fn judge(method: &str, path: &str, status: u16, answer: &Value) {
    if !(200..300).contains(&status) {
        return;
    }
    let path = path.split('?').next().unwrap_or_default();
    let routes = description()["paths"].as_object().expect("paths");
    let fitting = routes.iter().filter(|(route, item)| leads(route, path) && item.get(method.to_lowercase()).is_some());
    // A name of its own goes before a place for any name.
    let found = fitting.min_by_key(|(route, _)| route.matches('{').count());
    let Some((_, item)) = found else { panic!("{method} {path} answers {status} and is not described") };
    let described = &item[method.to_lowercase()]["responses"][status.to_string()];
    assert!(!described.is_null(), "{method} {path} answers {status}, which is not described");
    let Some(media) = described.pointer("/content/application~1json") else {
        assert!(answer.is_null() || answer.is_string(), "{method} {path} answers content that is not described: {answer}");
        return;
    };
    let mut faults = Vec::new();
    fits(&media["schema"], answer, &description()["components"]["schemas"], "", &mut faults);
    assert!(faults.is_empty(), "{method} {path}: {faults:#?} in {answer}");
}

fn leads(route: &str, path: &str) -> bool {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len() && route.iter().zip(path).all(|(part, given)| part.starts_with('{') || *part == given)
}

/// Whether a value fits a schema of the description: types, required members, references, choices.
pub fn fits(schema: &Value, value: &Value, schemas: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        assert!(!schemas[name].is_null(), "`{name}` is not described");
        return fits(&schemas[name], value, schemas, at, faults);
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        fits(part, value, schemas, at, faults);
    }
    if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let one = choices.iter().any(|choice| {
            let mut faults = Vec::new();
            fits(choice, value, schemas, at, &mut faults);
            faults.is_empty()
        });
        if !one {
            faults.push(format!("{at}: {value} fits none of the choices"));
        }
    }
    if let Some(kinds) = schema.get("type") {
        let kinds: Vec<&str> =
            kinds.as_array().map_or_else(|| kinds.as_str().into_iter().collect(), |all| all.iter().filter_map(Value::as_str).collect());
        let is = |kind: &str| match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the type `{other}` is not known"),
        };
        // `Object` stands for any JSON in this description.
        let any = schema.get("properties").is_none() && schema.get("additionalProperties").is_none() && kinds.contains(&"object");
        if !any && !kinds.iter().any(|kind| is(kind)) {
            faults.push(format!("{at}: {value} is no {kinds:?}"));
        }
    }
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(name).is_none() {
            faults.push(format!("{at}/{name} is missing"));
        }
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let Some(found) = value.get(name) {
            fits(member, found, schemas, &format!("{at}/{name}"), faults);
        }
    }
    if let (Some(items), Some(found)) = (schema.get("items"), value.as_array()) {
        for (place, item) in found.iter().enumerate() {
            fits(items, item, schemas, &format!("{at}/{place}"), faults);
        }
    }
}
