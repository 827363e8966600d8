//! The few fields of a document that lists show, so that a list needs no revision bodies.

use serde_json::Value;

/// Fields shown, in order; those a type does not have are left out.
const FIELDS: [&str; 7] = ["number", "issue_date", "currency", "total_gross", "amount", "supplier", "requester"];

/// A small JSON object of display fields.
pub fn fields(body: &Value) -> String {
    let mut shown = serde_json::Map::new();
    for name in FIELDS {
        match body.get(name) {
            Some(Value::Object(party)) => {
                let label = party.get("name").or_else(|| party.get("code")).or_else(|| party.get("id"));
                if let Some(label) = label {
                    shown.insert(name.to_owned(), label.clone());
                }
            }
            Some(value @ (Value::String(_) | Value::Number(_))) => {
                shown.insert(name.to_owned(), value.clone());
            }
            _ => {}
        }
    }
    Value::Object(shown).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn parties_show_their_name_and_lists_are_left_out() {
        let body =
            json!({"number": "PO-1", "supplier": {"code": "S-1", "name": "Example Supplies"}, "lines": [{"n": 1}], "total_gross": "1.50"});
        let shown: serde_json::Value = serde_json::from_str(&super::fields(&body)).expect("JSON");
        assert_eq!(shown, json!({"number": "PO-1", "total_gross": "1.50", "supplier": "Example Supplies"}));
    }
}
