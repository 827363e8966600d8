//! What a value holds, from a sample of it or from a JSON Schema.

use super::measure::is_measure;
use serde_json::{Value as Json, json};

/// Schemas within schemas that are followed; what is deeper may be anything.
const DEPTH_MAX: usize = 8;

/// What a value holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Text.
    Text,
    /// A date.
    Date,
    /// A moment with an offset.
    Instant,
    /// A whole number.
    Int,
    /// A number.
    Decimal,
    /// Yes or no.
    Bool,
    /// Anything.
    Any,
    /// A list.
    List(Box<Form>),
    /// An object: name, form, whether it must be there.
    Object(Vec<(String, Form, bool)>),
}

impl Form {
    /// The form of a sample.
    pub fn of_sample(sample: &Json) -> Form {
        match sample {
            Json::Null => Form::Any,
            Json::Bool(_) => Form::Bool,
            Json::Number(number) if number.as_i64().is_some() => Form::Int,
            // Ids beyond 64 bits travel as text.
            Json::Number(number) if number.to_string().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => Form::Text,
            Json::Number(_) => Form::Decimal,
            Json::String(text) if text.parse::<jiff::Timestamp>().is_ok() => Form::Instant,
            Json::String(text) if text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() => Form::Date,
            Json::String(_) => Form::Text,
            Json::Array(items) => {
                let mut forms = items.iter().map(Form::of_sample);
                let first = forms.next().unwrap_or(Form::Any);
                Form::List(Box::new(forms.fold(first, Form::or)))
            }
            Json::Object(members) => {
                let member = |(name, value): (&String, &Json)| (name.clone(), Form::of_sample(value).called(name), !value.is_null());
                Form::Object(members.iter().map(member).collect())
            }
        }
    }

    /// The same of what is called so.
    pub(super) fn called(self, name: &str) -> Form {
        match self {
            Form::Int if is_measure(name) => Form::Decimal,
            other => other,
        }
    }

    /// Whether a sample is of this form.
    pub(super) fn takes(&self, sample: &Json) -> bool {
        let of = Form::of_sample(sample);
        of == *self || (*self == Form::Decimal && of == Form::Int)
    }

    /// The form of what may be either.
    pub(super) fn or(self, other: Form) -> Form {
        match (self, other) {
            (one, two) if one == two => one,
            (Form::Int, Form::Decimal) | (Form::Decimal, Form::Int) => Form::Decimal,
            (Form::Text, Form::Date | Form::Instant) | (Form::Date | Form::Instant, Form::Text) => Form::Text,
            (Form::Object(one), Form::Object(two)) => {
                let mut members: Vec<(String, Form, bool)> = Vec::new();
                for (name, form, required) in &one {
                    let there = two.iter().find(|(known, ..)| known == name);
                    let form = there.map_or(form.clone(), |(_, other, _)| form.clone().or(other.clone()));
                    members.push((name.clone(), form, *required && there.is_some_and(|(.., required)| *required)));
                }
                let new = two.into_iter().filter(|(name, ..)| !one.iter().any(|(known, ..)| known == name));
                members.extend(new.map(|(name, form, _)| (name, form, false)));
                Form::Object(members)
            }
            _ => Form::Any,
        }
    }

    /// The form of a JSON Schema inside `root`, where its references point.
    pub(super) fn of_schema(schema: &Json, root: &Json) -> Form {
        of_schema(schema, root, 0)
    }

    /// The word of the language.
    pub(super) fn word(&self) -> String {
        match self {
            Form::Text => "string".to_owned(),
            Form::Date => "date".to_owned(),
            Form::Instant => "instant".to_owned(),
            Form::Int => "int".to_owned(),
            Form::Decimal => "decimal".to_owned(),
            Form::Bool => "bool".to_owned(),
            Form::Any => "any".to_owned(),
            Form::Object(_) => "object".to_owned(),
            Form::List(of) => format!("[{}]", of.word()),
        }
    }

    /// A value of this form.
    pub(super) fn sample(&self) -> Json {
        match self {
            Form::Text | Form::Any => json!("text"),
            Form::Date => json!("2026-01-31"),
            Form::Instant => json!("2026-01-31T08:00:00Z"),
            Form::Int => json!(1),
            Form::Decimal => json!(1.5),
            Form::Bool => json!(true),
            Form::List(of) => Json::Array(vec![of.sample()]),
            Form::Object(members) => members.iter().map(|(name, form, _)| (name.clone(), form.sample())).collect(),
        }
    }
}

/// What a reference points at, within the document; the schema itself where it is none.
pub(super) fn resolve<'j>(mut json: &'j Json, root: &'j Json) -> &'j Json {
    for _ in 0..DEPTH_MAX {
        let Some(pointer) = json.get("$ref").and_then(Json::as_str).and_then(|text| text.strip_prefix('#')) else { return json };
        let Some(found) = root.pointer(pointer) else { return &Json::Null };
        json = found;
    }
    &Json::Null
}

fn of_schema(schema: &Json, root: &Json, depth: usize) -> Form {
    if depth > DEPTH_MAX {
        return Form::Any;
    }
    let schema = resolve(schema, root);
    if let Some(parts) = schema.get("allOf").and_then(Json::as_array) {
        let own = schema.get("properties").map(|_| object(schema, root, depth));
        let forms = parts.iter().map(|part| of_schema(part, root, depth + 1)).chain(own);
        return forms.reduce(both).unwrap_or(Form::Any);
    }
    for either in ["oneOf", "anyOf"] {
        let Some(options) = schema.get(either).and_then(Json::as_array) else { continue };
        let real = options.iter().filter(|option| option.get("type").and_then(Json::as_str) != Some("null"));
        return real.map(|option| of_schema(option, root, depth + 1)).reduce(Form::or).unwrap_or(Form::Any);
    }
    match kind(schema) {
        Some("string") => match schema.get("format").and_then(Json::as_str) {
            Some("date") => Form::Date,
            Some("date-time") => Form::Instant,
            Some("decimal") => Form::Decimal,
            _ => Form::Text,
        },
        Some("integer") => Form::Int,
        Some("number") => Form::Decimal,
        Some("boolean") => Form::Bool,
        Some("array") => Form::List(Box::new(schema.get("items").map_or(Form::Any, |items| of_schema(items, root, depth + 1)))),
        Some("object") => object(schema, root, depth),
        _ if schema.get("properties").is_some() => object(schema, root, depth),
        _ => Form::Any,
    }
}

/// `type` is a word, or since 3.1 a list that may hold `null`.
fn kind(schema: &Json) -> Option<&str> {
    match schema.get("type")? {
        Json::String(word) => Some(word),
        Json::Array(words) => words.iter().filter_map(Json::as_str).find(|word| *word != "null"),
        _ => None,
    }
}

fn object(schema: &Json, root: &Json, depth: usize) -> Form {
    let required: Vec<&str> = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    let members = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
    Form::Object(
        members
            .map(|(name, schema)| (name.clone(), of_schema(schema, root, depth + 1).called(name), required.contains(&name.as_str())))
            .collect(),
    )
}

fn both(one: Form, two: Form) -> Form {
    match (one, two) {
        (Form::Object(mut one), Form::Object(two)) => {
            let new: Vec<_> = two.into_iter().filter(|(name, ..)| !one.iter().any(|(known, ..)| known == name)).collect();
            one.extend(new);
            Form::Object(one)
        }
        (Form::Any, other) | (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_tell_their_form() {
        let sample = json!({"id": 7, "at": "2026-01-31T08:00:00Z", "day": "2026-01-31", "price": 1.5, "note": null, "ok": true});
        let Form::Object(members) = Form::of_sample(&sample) else { panic!() };
        let told: Vec<_> = members.iter().map(|(name, form, required)| (name.as_str(), form.word(), *required)).collect();
        let wanted = [("id", "int"), ("at", "instant"), ("day", "date"), ("price", "decimal"), ("note", "any"), ("ok", "bool")];
        let wanted: Vec<_> = wanted.map(|(name, word)| (name, word.to_owned(), name != "note")).into();
        assert_eq!(told, wanted);
        assert_eq!(Form::of_sample(&json!([1, 2.5])).word(), "[decimal]");
        assert_eq!(Form::of_sample(&json!(12345678901234567890_u64)).word(), "string");
    }

    #[test]
    fn a_whole_number_in_an_amount_is_whole_by_chance() {
        let Form::Object(members) = Form::of_sample(&json!({"quantity": 1, "unitPrice": 20, "lines": 3, "total": "5"})) else { panic!() };
        let told: Vec<String> = members.iter().map(|(_, form, _)| form.word()).collect();
        assert_eq!(told, ["decimal", "decimal", "int", "string"]);
        let schema = json!({"type": "object", "properties": {"amount": {"type": "integer"}, "page": {"type": "integer"}}});
        let Form::Object(members) = Form::of_schema(&schema, &Json::Null) else { panic!() };
        assert_eq!(members.iter().map(|(_, form, _)| form.word()).collect::<Vec<_>>(), ["decimal", "int"]);
        assert!(Form::Decimal.takes(&json!(12)) && !Form::Int.takes(&json!(1.5)));
    }

    #[test]
    fn what_only_some_rows_have_is_optional() {
        let Form::List(row) = Form::of_sample(&json!([{"a": 1, "b": 2}, {"a": 3}])) else { panic!() };
        assert_eq!(*row, Form::Object(vec![("a".into(), Form::Int, true), ("b".into(), Form::Int, false)]));
    }

    #[test]
    fn schemas_are_followed_and_those_that_hold_themselves_end() {
        let root = json!({"definitions": {"Node": {"type": "object", "required": ["id"], "properties": {
            "id": {"type": ["integer", "null"]}, "next": {"$ref": "#/definitions/Node"}}}}});
        let form = Form::of_schema(&json!({"$ref": "#/definitions/Node"}), &root);
        let Form::Object(members) = &form else { panic!("{form:?}") };
        assert_eq!((&members[0].1, members[0].2), (&Form::Int, true));
        assert_eq!(Form::of_schema(&json!({"$ref": "#/nowhere"}), &root), Form::Any);
        let joined =
            Form::of_schema(&json!({"allOf": [{"$ref": "#/definitions/Node"}, {"properties": {"more": {"type": "string"}}}]}), &root);
        let Form::Object(members) = joined else { panic!() };
        assert_eq!(members.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(), ["id", "next", "more"]);
    }
}
