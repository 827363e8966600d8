//! What a request brings, read as a type of ours. What does not fit is told by its place and in words of this API, not in
//! those of the reader beneath; and as much of it at once as can be told.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::problem::Pointer;

/// Faults told of one body: more help nobody.
const FAULTS_MAX: usize = 20;

/// The value as a type.
///
/// # Errors
/// Each place at fault, with what it takes.
pub fn read<T: DeserializeOwned>(mut value: Value) -> Result<T, Vec<Pointer>> {
    let mut faults: Vec<Pointer> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) if faults.is_empty() => return Ok(read),
            Ok(_) => return Err(faults),
            Err(error) => error,
        };
        let said = error.inner().to_string();
        let place = place(error.path(), &said);
        let pointer = place.iter().map(|part| format!("/{}", escaped(part))).collect::<String>();
        if faults.iter().any(|fault| fault.pointer == pointer) {
            // It was taken out for its fault; that it is missing now is no second one.
            return Err(faults);
        }
        faults.push(Pointer { pointer, message: words(&said) });
        // Without what is at fault the next fault shows.
        if faults.len() == FAULTS_MAX || !take_out(&mut value, &place) {
            return Err(faults);
        }
    }
}

/// The place at fault: a field that is unknown or missing is named by what the reader says alone.
fn place(path: &Path, said: &str) -> Vec<String> {
    let mut place: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    let named = ["unknown field `", "missing field `", "duplicate field `"].iter().find_map(|beginning| said.strip_prefix(beginning));
    if let Some((name, _)) = named.and_then(|rest| rest.split_once('`'))
        && (place.last().map(String::as_str) != Some(name) || said.starts_with("missing"))
    {
        place.push(name.to_owned());
    }
    place
}

/// Takes a member out; no when it is none, or stands in a list, whose places would shift.
fn take_out(value: &mut Value, place: &[String]) -> bool {
    let Some((last, parents)) = place.split_last() else { return false };
    let parent: String = parents.iter().map(|part| format!("/{}", escaped(part))).collect();
    match value.pointer_mut(&parent) {
        Some(Value::Object(members)) => members.shift_remove(last).is_some(),
        _ => false,
    }
}

fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// What the reader says, as this API says it.
pub fn words(said: &str) -> String {
    if let Some(rest) = said.strip_prefix("unknown field `") {
        let known = rest.split_once(", expected ").map(|(_, known)| known.trim_start_matches("one of "));
        return match known {
            Some(known) => format!("is not known here; known are {known}"),
            None => "is not known here".to_owned(),
        };
    }
    if said.starts_with("missing field") {
        return "is required".to_owned();
    }
    if said.starts_with("duplicate field") {
        return "is given twice".to_owned();
    }
    if said.starts_with("unknown variant") {
        let known = said.split_once(", expected ").map_or("another word", |(_, known)| known);
        return format!("must be {known}");
    }
    // Numbers keep their text until they are read, so that what does not fit is told by whoever reads the text.
    if ["invalid digit", "number too", "cannot parse integer", "invalid number", "number out of range"]
        .iter()
        .any(|words| said.starts_with(words))
    {
        return "must be a whole number within bounds".to_owned();
    }
    if said.starts_with("provided string was not `true` or `false`") {
        return "must be `true` or `false`".to_owned();
    }
    if said.contains("UUID") || said.contains("uuid") {
        return "must be an id".to_owned();
    }
    match said.split_once(", expected ") {
        Some((_, wanted)) => format!("must be {}", wanted_words(wanted)),
        None => "must be of the form this field takes; the API's description has an example".to_owned(),
    }
}

fn wanted_words(wanted: &str) -> &'static str {
    match wanted {
        "a string" | "string" | "a borrowed string" | "str" => "text",
        "a boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "a JSON object",
        other if other.starts_with("struct ") => "a JSON object",
        other if other.contains("time") => "a time with an offset, such as 2026-09-28T10:00:00+08:00",
        _ => "of the form this field takes; the API's description has an example",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum How {
        Before,
        After,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        name: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        text: String,
        count: Option<u32>,
        flag: Option<bool>,
        how: Option<How>,
        id: Option<uuid::Uuid>,
        at: Option<jiff::Timestamp>,
        #[serde(default)]
        items: Vec<Item>,
        #[serde(default)]
        files: BTreeMap<String, Option<String>>,
        content: Option<Value>,
    }

    fn faults(body: Value) -> Vec<(String, String)> {
        read::<Body>(body).unwrap_err().into_iter().map(|fault| (fault.pointer, fault.message)).collect()
    }

    fn check(body: Value, pointer: &str, words: &str) {
        let found = faults(body);
        assert!(found.len() == 1 && found[0].0 == pointer && found[0].1.contains(words), "{pointer}: {found:?}");
    }

    #[test]
    fn each_fault_has_its_place_and_our_words() {
        check(json!({}), "/text", "is required");
        check(json!({"text": 1}), "/text", "must be text");
        check(json!({"text": "a", "count": -1}), "/count", "a whole number");
        check(json!({"text": "a", "count": "1"}), "/count", "a whole number, not negative");
        check(json!({"text": "a", "flag": "yes"}), "/flag", "`true` or `false`");
        check(json!({"text": "a", "how": "beside"}), "/how", "`before` or `after`");
        check(json!({"text": "a", "id": "x"}), "/id", "an id");
        check(json!({"text": "a", "id": 5}), "/id", "an id");
        check(json!({"text": "a", "at": 5}), "/at", "a time with an offset");
        check(json!({"text": "a", "items": {}}), "/items", "a list");
        check(json!({"text": "a", "items": [{"name": "a"}, {"name": 2}]}), "/items/1/name", "must be text");
        check(json!({"text": "a", "items": [{}]}), "/items/0/name", "is required");
        check(json!({"text": "a", "files": {"a/b~c": 5}}), "/files/a~1b~0c", "must be text");
        check(json!({"text": "a", "txet": 1}), "/txet", "known are `text`, `count`");
    }

    #[test]
    fn several_faults_are_told_at_once() {
        let found = faults(json!({"text": 5, "count": true, "x": 1, "y": 2}));
        let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/text", "/count", "/x", "/y"]);
    }

    #[test]
    fn what_fits_is_read_as_it_is() {
        let sum: Value = serde_json::from_str(r#"{"amount": 10.10, "big": 123456789012345678901234567890}"#).unwrap();
        let body: Body =
            read(json!({"text": "a", "how": "after", "content": sum.clone(), "files": {"a": null}, "items": [{"name": "b"}]})).unwrap();
        assert_eq!(body.content, Some(sum));
        assert!(matches!(body.how, Some(How::After)) && body.files["a"].is_none() && body.text == "a");
        assert!(matches!(read::<Body>(json!({"text": "a", "how": "before"})).unwrap().how, Some(How::Before)));
        assert!(body.count.is_none() && body.flag.is_none() && body.id.is_none() && body.at.is_none() && body.items[0].name == "b");
    }

    #[test]
    fn a_body_of_nothing_but_faults_ends() {
        let many: serde_json::Map<String, Value> = (0..100).map(|number| (format!("x{number}"), json!(1))).collect();
        assert_eq!(faults(Value::Object(many)).len(), FAULTS_MAX);
    }
}
