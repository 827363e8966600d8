//! Fields that are not shown to whoever may look at a document: the key `sensitive` of a document type.
//!
//! Three ways to keep a value back, each for its place. In the document itself, and in what names places of it (differences,
//! drift, a few fields of a list), the value at the **path** is masked. In shapes of others (what a source sent, what a partner
//! is sent and answers) nobody knows where it stands, so **every leaf** is masked and the shape alone shown. In sentences and
//! facts of ours (history, exceptions) the document's own **values** are taken out wherever they stand.

use super::compare::FieldChange;
use super::schema::Schema;
use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::text::tree::Node;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::sync::Arc;

/// What stands in place of a value that is kept back.
pub const MASKED: &str = "[masked]";

/// A shorter text is taken out only where it is the whole of a value: within a sentence it would be found everywhere.
const WITHIN_CHARACTERS_MIN: usize = 4;

/// The fields of a type that are kept back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sensitive {
    /// Names that lead to each; lists are passed through.
    paths: Vec<Vec<Arc<str>>>,
}

impl Sensitive {
    /// Everything: for documents whose type nobody knows any more.
    pub fn everything() -> Sensitive {
        Sensitive { paths: vec![Vec::new()] }
    }

    /// Reads `sensitive:` of a type; the business key cannot be among it, because it is what people call the document.
    pub(super) fn read(node: &Node, schema: &Schema, key: &str, report: &mut Report) -> Sensitive {
        let mut sensitive = Sensitive::default();
        for (index, item) in node.get("sensitive").map(Node::items).unwrap_or_default().iter().enumerate() {
            let Some(path) = item.text() else { continue };
            let place = format!("sensitive[{index}]");
            if path == key {
                let message = format!("`{path}` is the business key, by which people know the document");
                report.error("unknown_field", item.span, message).hint("name another field").at(place);
            } else if schema.at(path).is_none() {
                let names = schema.names();
                let diagnostic = report.error("unknown_field", item.span, format!("the schema has no field `{path}`"));
                diagnostic.path = place;
                diagnostic.hint = did_you_mean(path, names.iter().map(AsRef::as_ref)).map(Hint::meant);
            } else {
                sensitive.paths.push(path.split('.').map(Arc::from).collect());
            }
        }
        sensitive
    }

    /// The same without the fields that are shown here.
    pub fn without(&self, shown: impl Fn(&str) -> bool) -> Sensitive {
        Sensitive { paths: self.paths.iter().filter(|path| path.is_empty() || !shown(&path.join("."))).cloned().collect() }
    }

    /// Whether nothing is kept back.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The paths, dotted.
    pub fn fields(&self) -> Vec<String> {
        self.paths.iter().map(|path| path.join(".")).collect()
    }

    /// Masks a document.
    pub fn mask(&self, body: &mut Json) {
        self.paths.iter().for_each(|path| mask(body, path));
    }

    /// Masks the values of differences, whichever part of the document each is about.
    pub fn mask_changes(&self, changes: &mut [FieldChange]) {
        for change in changes {
            let place = pointer(&change.path);
            change.before.iter_mut().chain(&mut change.after).for_each(|value| self.mask_below(&place, value));
        }
    }

    /// The same of differences as they are stored: a list of objects with `path` (a pointer) or `field` (dotted), and values.
    pub fn mask_told(&self, changes: &mut Json) {
        for change in changes.as_array_mut().into_iter().flatten() {
            let text = |name: &str| change.get(name).and_then(Json::as_str).map(str::to_owned);
            let place = match (text("path"), text("field")) {
                (Some(path), _) => pointer(&path),
                (None, Some(field)) => dotted(&field),
                (None, None) => Vec::new(),
            };
            for name in ["before", "after"] {
                if let Some(value) = change.get_mut(name) {
                    self.mask_below(&place, value);
                }
            }
        }
    }

    /// Masks a value that stands at a dotted place of the document, such as `lines[0].price`.
    pub fn mask_at(&self, place: &str, value: &mut Json) {
        self.mask_below(&dotted(place), value);
    }

    /// Whether a value at a dotted place is kept back, wholly or in part.
    pub fn touches(&self, place: &str) -> bool {
        let place = dotted(place);
        self.paths.iter().any(|path| path.iter().zip(&place).all(|(one, other)| **one == **other))
    }

    /// Masks the few fields that lists show, which go by the first name of their path alone.
    pub fn mask_display(&self, display: &mut Json) {
        for (name, value) in display.as_object_mut().into_iter().flatten() {
            if self.touches(name) {
                *value = Json::String(MASKED.to_owned());
            }
        }
    }

    /// Whether somebody gave the mask back as a value.
    pub fn holds_mask(&self, body: &Json) -> bool {
        let held = self.leaves(body);
        held.iter().any(|leaf| leaf.as_str() == Some(MASKED))
    }

    /// The values that a document holds in its sensitive fields.
    pub fn values(&self, body: &Json) -> Values {
        let mut values = Values::default();
        for leaf in self.leaves(body) {
            values.take(leaf);
        }
        values.sort();
        values
    }

    fn mask_below(&self, place: &[String], value: &mut Json) {
        for path in &self.paths {
            let same = path.iter().zip(place).all(|(one, other)| **one == **other);
            if same {
                mask(value, path.get(place.len()..).unwrap_or_default());
            }
        }
    }

    fn leaves<'j>(&self, body: &'j Json) -> Vec<&'j Json> {
        let mut found = Vec::new();
        self.paths.iter().for_each(|path| find(body, path, &mut found));
        found
    }
}

/// Masks every leaf and leaves the shape: names stay, values go.
pub fn mask_leaves(value: &mut Json) {
    match value {
        Json::Object(map) => map.values_mut().for_each(mask_leaves),
        Json::Array(items) => items.iter_mut().for_each(mask_leaves),
        Json::Null => {}
        _ => *value = Json::String(MASKED.to_owned()),
    }
}

/// Values that are taken out of what is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<String>);

impl Values {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every leaf: for what a source sent, of which nobody knows yet where the sensitive fields are.
    pub fn of_all(value: &Json) -> Values {
        Sensitive::everything().values(value)
    }

    /// These too.
    pub fn extend(&mut self, other: Values) {
        self.0.extend(other.0);
        self.sort();
    }

    /// A sentence without them.
    pub fn out_of(&self, text: String) -> String {
        if self.0.contains(&text) {
            return MASKED.to_owned();
        }
        self.0
            .iter()
            .filter(|value| value.chars().count() >= WITHIN_CHARACTERS_MIN)
            .fold(text, |text, value| if text.contains(value.as_str()) { text.replace(value.as_str(), MASKED) } else { text })
    }

    /// Facts without them.
    pub fn out_of_json(&self, value: &mut Json) {
        match value {
            Json::Object(map) => map.values_mut().for_each(|value| self.out_of_json(value)),
            Json::Array(items) => items.iter_mut().for_each(|value| self.out_of_json(value)),
            Json::String(text) => *text = self.out_of(std::mem::take(text)),
            Json::Number(number) if self.0.contains(&number.to_string()) => *value = Json::String(MASKED.to_owned()),
            _ => {}
        }
    }

    fn take(&mut self, leaf: &Json) {
        let text = match leaf {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => return,
        };
        if text.is_empty() || text == MASKED {
            return;
        }
        // A partner may be sent, and may repeat, an amount without the zeros at its end.
        if let Ok(decimal) = text.parse::<Decimal>() {
            self.0.push(decimal.normalize().to_string());
        }
        self.0.push(text);
    }

    /// The longest first, so that a value that is the beginning of another leaves nothing of it behind.
    fn sort(&mut self) {
        self.0.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        self.0.dedup();
    }
}

fn mask(value: &mut Json, path: &[Arc<str>]) {
    match (path.split_first(), value) {
        (_, Json::Array(items)) if !path.is_empty() => items.iter_mut().for_each(|item| mask(item, path)),
        (None, Json::Null) => {}
        (None, value) => *value = Json::String(MASKED.to_owned()),
        (Some((first, rest)), Json::Object(map)) => {
            if let Some(member) = map.get_mut(first.as_ref()) {
                mask(member, rest);
            }
        }
        _ => {}
    }
}

fn find<'j>(value: &'j Json, path: &[Arc<str>], found: &mut Vec<&'j Json>) {
    match (path.split_first(), value) {
        (_, Json::Array(items)) => items.iter().for_each(|item| find(item, path, found)),
        (None, Json::Object(map)) => map.values().for_each(|member| find(member, path, found)),
        (None, leaf) => found.push(leaf),
        (Some((first, rest)), Json::Object(map)) => {
            if let Some(member) = map.get(first.as_ref()) {
                find(member, rest, found);
            }
        }
        _ => {}
    }
}

/// The names of a JSON Pointer; places in lists are passed through.
fn pointer(path: &str) -> Vec<String> {
    let names = path.split('/').skip(1).filter(|name| name.parse::<usize>().is_err());
    names.map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
}

/// The names of a dotted path; places in lists are passed through.
fn dotted(path: &str) -> Vec<String> {
    path.split('.').map(|name| name.split('[').next().unwrap_or_default().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sensitive(paths: &[&str]) -> Sensitive {
        Sensitive { paths: paths.iter().map(|path| path.split('.').map(Arc::from).collect()).collect() }
    }

    fn body() -> Json {
        json!({"number": "P-1", "payee": {"name": "A", "account": "6222-0001"}, "lines": [{"price": "10.50"}, {"price": null}], "days": 30})
    }

    #[test]
    fn a_document_keeps_its_shape_and_loses_the_values() {
        let table = [
            (vec!["payee.account"], "/payee/account", "payee"),
            (vec!["payee"], "/payee", "payee"),
            (vec!["lines.price"], "/lines/0/price", "lines"),
            (vec!["days"], "/days", "days"),
            (vec![""], "", ""),
        ];
        for (paths, pointer, _) in table {
            let sensitive = if paths == [""] { Sensitive::everything() } else { sensitive(&paths) };
            let mut masked = body();
            sensitive.mask(&mut masked);
            assert_eq!(masked.pointer(pointer), Some(&json!(MASKED)), "{paths:?}");
            assert!(sensitive.holds_mask(&masked) && !sensitive.holds_mask(&body()), "{paths:?}");
            if !pointer.is_empty() {
                assert_eq!(masked["number"], "P-1");
            }
        }
        // What is not there is not said to be there.
        let mut masked = body();
        sensitive(&["lines.price"]).mask(&mut masked);
        assert_eq!(masked["lines"], json!([{"price": MASKED}, {"price": null}]));
    }

    #[test]
    fn differences_are_masked_at_above_and_below_their_place() {
        let table = [
            ("payee.account", "/payee/account", json!("6222-0001"), json!(MASKED)),
            ("payee.account", "/payee", json!({"name": "A", "account": "6222-0001"}), json!({"name": "A", "account": MASKED})),
            ("payee", "/payee/account", json!("6222-0001"), json!(MASKED)),
            ("lines.price", "/lines/0/price", json!("1"), json!(MASKED)),
            ("lines.price", "/lines/0", json!({"price": "1"}), json!({"price": MASKED})),
            ("payee.account", "/payee/name", json!("A"), json!("A")),
            ("payee.account", "/number", json!("P-1"), json!("P-1")),
        ];
        for (path, place, value, expected) in table {
            let sensitive = sensitive(&[path]);
            let mut changes = [FieldChange { path: place.to_owned(), before: Some(value.clone()), after: None }];
            sensitive.mask_changes(&mut changes);
            assert_eq!(changes[0].before.as_ref(), Some(&expected), "{path} at {place}");
            let mut told = json!([{"path": place, "after": value.clone()}]);
            sensitive.mask_told(&mut told);
            assert_eq!(told[0]["after"], expected, "{path} told at {place}");
            let mut told = json!([{"field": place.trim_start_matches('/').replace("/0", "").replace('/', "."), "before": value}]);
            sensitive.mask_told(&mut told);
            assert_eq!(told[0]["before"], expected, "{path} told at the field of {place}");
        }
    }

    #[test]
    fn lists_and_drift_go_by_dotted_places() {
        let one = sensitive(&["supplier.bank", "total_gross"]);
        let mut display = json!({"number": "P-1", "total_gross": "1.00", "supplier": "A"});
        one.mask_display(&mut display);
        assert_eq!(display, json!({"number": "P-1", "total_gross": MASKED, "supplier": MASKED}));
        let mut value = json!("1.00");
        one.mask_at("total_gross", &mut value);
        assert_eq!(value, MASKED);
        let mut value = json!("P-1");
        one.mask_at("number", &mut value);
        assert_eq!(value, "P-1");
        assert!(sensitive(&["lines.price"]).touches("lines[3].price") && !sensitive(&["lines.price"]).touches("lines[3].quantity"));
    }

    #[test]
    fn sentences_lose_the_values_of_the_document() {
        let values = sensitive(&["payee", "lines", "days"]).values(&body());
        let table = [
            ("account 6222-0001 is unknown", format!("account {MASKED} is unknown")),
            ("10.50, which is 10.5", format!("{MASKED}, which is {MASKED}")),
            ("10.5", MASKED.to_owned()),
            // Too short to be looked for inside of sentences; alone it is the value.
            ("A", MASKED.to_owned()),
            ("A book of 30 pages", "A book of 30 pages".to_owned()),
        ];
        for (text, expected) in table {
            assert_eq!(values.out_of(text.to_owned()), expected, "{text}");
        }
        let mut facts = json!({"days": 30, "said": ["6222-0001", 31], "deep": {"x": "a 6222-0001 b"}});
        values.out_of_json(&mut facts);
        assert_eq!(facts, json!({"days": MASKED, "said": [MASKED, 31], "deep": {"x": format!("a {MASKED} b")}}));
    }

    #[test]
    fn of_others_the_shape_alone_is_shown() {
        let mut payload = json!({"a": [1, {"b": "x"}], "c": null, "d": true});
        mask_leaves(&mut payload);
        assert_eq!(payload, json!({"a": [MASKED, {"b": MASKED}], "c": null, "d": MASKED}));
    }
}
