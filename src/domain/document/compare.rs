//! What differs between two contents, and contents mended by a patch.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// JSON Pointer, such as `/lines/0/quantity`.
    pub path: String,
    /// What it was; absent when it was not there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Json>,
    /// What it is; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Json>,
}

/// More differences than this are cut: two contents that differ so much are looked at side by side.
pub const CHANGES_MAX: usize = 2_000;

/// The fields that differ, in the order of the first content, then those that only the second has. Lists are compared place
/// by place.
pub fn changes(before: &Json, after: &Json) -> Vec<FieldChange> {
    let mut found = Vec::new();
    walk(&mut found, String::new(), Some(before), Some(after));
    found.truncate(CHANGES_MAX);
    found
}

fn walk(found: &mut Vec<FieldChange>, path: String, before: Option<&Json>, after: Option<&Json>) {
    if found.len() >= CHANGES_MAX || before == after {
        return;
    }
    match (before, after) {
        (Some(Json::Object(one)), Some(Json::Object(other))) => {
            for (name, value) in one {
                walk(found, join(&path, name), Some(value), other.get(name));
            }
            for (name, value) in other.iter().filter(|(name, _)| !one.contains_key(*name)) {
                walk(found, join(&path, name), None, Some(value));
            }
        }
        (Some(Json::Array(one)), Some(Json::Array(other))) => {
            for place in 0..one.len().max(other.len()) {
                walk(found, format!("{path}/{place}"), one.get(place), other.get(place));
            }
        }
        _ => found.push(FieldChange { path, before: before.cloned(), after: after.cloned() }),
    }
}

fn join(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A content with a patch applied: an object is a merge patch (RFC 7396), a list a JSON Patch (RFC 6902).
///
/// # Errors
/// In words, when the patch is neither, or does not fit the content.
pub fn patched(content: &Json, patch: &Json) -> Result<Json, String> {
    let mut patched = content.clone();
    match patch {
        Json::Object(_) => json_patch::merge(&mut patched, patch),
        Json::Array(_) => {
            let operations: json_patch::Patch =
                serde_json::from_value(patch.clone()).map_err(|error| format!("the list is not a JSON Patch: {error}"))?;
            json_patch::patch(&mut patched, &operations).map_err(|error| format!("the patch does not fit the content: {error}"))?;
        }
        _ => return Err("a patch is an object (merge patch) or a list (JSON Patch)".to_owned()),
    }
    Ok(patched)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_field_that_differs_is_named_with_both_values() {
        let before = json!({"number": "PO-1", "lines": [{"q": "1"}, {"q": "2"}], "a/b": 1, "gone": null});
        let after = json!({"number": "PO-1", "lines": [{"q": "1"}, {"q": "3", "n": "x"}, {"q": "4"}], "a/b": 2});
        let found = changes(&before, &after);
        let words: Vec<String> = found.iter().map(|change| serde_json::to_string(change).expect("serialises")).collect();
        assert_eq!(
            words,
            [
                r#"{"path":"/lines/1/q","before":"2","after":"3"}"#,
                r#"{"path":"/lines/1/n","after":"x"}"#,
                r#"{"path":"/lines/2","after":{"q":"4"}}"#,
                r#"{"path":"/a~1b","before":1,"after":2}"#,
                r#"{"path":"/gone","before":null}"#,
            ]
        );
        assert_eq!(changes(&before, &before), []);
    }

    #[test]
    fn patches_of_both_kinds_keep_exact_numbers_and_the_order_of_fields() {
        let content: Json = serde_json::from_str(r#"{"total":9007199254740993.10,"b":1,"a":2}"#).expect("JSON");
        let merged = patched(&content, &json!({"b": 3, "a": null, "c": "x"})).expect("fits");
        assert_eq!(merged.to_string(), r#"{"total":9007199254740993.10,"b":3,"c":"x"}"#);
        let moved = patched(&content, &json!([{"op": "test", "path": "/b", "value": 1}, {"op": "replace", "path": "/a", "value": 7}]));
        assert_eq!(moved.expect("fits").to_string(), r#"{"total":9007199254740993.10,"b":1,"a":7}"#);
        for wrong in [json!("x"), json!([{"op": "test", "path": "/b", "value": 2}]), json!([{"op": "take"}]), json!(7)] {
            assert!(patched(&content, &wrong).is_err(), "{wrong}");
        }
    }
}
