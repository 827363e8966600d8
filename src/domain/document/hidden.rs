//! Fields that somebody is not shown at all: what a step hides from those whom it asks.
//!
//! Unlike `Sensitive`, nothing stands in their place: not even that they are there is told.

use crate::domain::value::Value;
use serde_json::Value as Json;
use std::sync::Arc;

/// Fields by the names that lead to each; lists are passed through, so that a column of a line table is one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    paths: Vec<Vec<String>>,
}

/// What a list shows of a party in place of the whole.
const LABELS: [&str; 3] = ["name", "code", "id"];

impl Hidden {
    /// The fields at these dotted paths.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Hidden {
        Hidden { paths: paths.into_iter().map(names).collect() }
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, others: &Hidden) -> Hidden {
        self.paths.extend(others.paths.iter().filter(|path| !self.paths.contains(path)).cloned().collect::<Vec<_>>());
        self
    }

    /// What these and others hide alike: of two places one of which lies within the other, the inner one.
    #[must_use]
    pub fn common(&self, others: &Hidden) -> Hidden {
        let mut paths = Vec::new();
        for (one, other) in self.paths.iter().flat_map(|one| others.paths.iter().map(move |other| (one, other))) {
            let inner = if one.len() >= other.len() { one } else { other };
            if leads_through(one, other) && !paths.contains(inner) {
                paths.push(inner.clone());
            }
        }
        Hidden { paths }
    }

    /// Whether a dotted place is hidden, wholly or in part.
    pub fn touches(&self, place: &str) -> bool {
        let place = names(place);
        self.paths.iter().any(|path| leads_through(path, &place))
    }

    /// Takes them out of a document.
    pub fn out_of(&self, document: &mut Json) {
        self.paths.iter().for_each(|path| take_out(document, path));
    }

    /// The same of a document that expressions look at.
    pub fn out_of_value(&self, document: &Value) -> Value {
        self.paths.iter().fold(document.clone(), |document, path| without(&document, path))
    }

    /// Takes them out of what was changed, as it is stored: a list of objects with `field` (dotted), `before` and `after`. A
    /// change of nothing else is left out.
    pub fn out_of_told(&self, changes: &mut Json) {
        let Some(changes) = changes.as_array_mut() else { return };
        changes.retain_mut(|change| {
            let place = change.get("field").and_then(Json::as_str).map(names).unwrap_or_default();
            let touching: Vec<&Vec<String>> = self.paths.iter().filter(|path| leads_through(path, &place)).collect();
            for path in &touching {
                let Some(rest) = path.get(place.len()..).filter(|rest| !rest.is_empty()) else { return false };
                for name in ["before", "after"] {
                    if let Some(value) = change.get_mut(name) {
                        take_out(value, rest);
                    }
                }
            }
            touching.is_empty() || change.get("before") != change.get("after")
        });
    }

    /// Takes them out of the few fields that lists show, in which a party is its name, code or id.
    pub fn out_of_display(&self, display: &mut Json) {
        let Some(display) = display.as_object_mut() else { return };
        for path in &self.paths {
            match path.as_slice() {
                [name] => drop(display.shift_remove(name.as_str())),
                [name, label] if LABELS.contains(&label.as_str()) => drop(display.shift_remove(name.as_str())),
                _ => {}
            }
        }
    }
}

/// The names of a dotted place; places in lists are passed through.
fn names(place: &str) -> Vec<String> {
    let name = |name: &str| name.split('[').next().unwrap_or_default().to_owned();
    place.split('.').map(name).filter(|name| !name.is_empty() && name.parse::<usize>().is_err()).collect()
}

/// Whether one place lies within the other, or both are one.
fn leads_through(one: &[String], other: &[String]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

fn take_out(value: &mut Json, path: &[String]) {
    match (value, path) {
        (Json::Array(items), _) => items.iter_mut().for_each(|item| take_out(item, path)),
        (Json::Object(members), [name]) => drop(members.shift_remove(name.as_str())),
        (Json::Object(members), [name, rest @ ..]) => {
            if let Some(member) = members.get_mut(name.as_str()) {
                take_out(member, rest);
            }
        }
        _ => {}
    }
}

fn without(value: &Value, path: &[String]) -> Value {
    match (value, path) {
        (Value::List(items), _) => Value::list(items.iter().map(|item| without(item, path))),
        (Value::Map(members), [name, rest @ ..]) => {
            let mut members = (**members).clone();
            if rest.is_empty() {
                members.shift_remove(name.as_str());
            } else if let Some(member) = members.get_mut(name.as_str()) {
                *member = without(member, rest);
            }
            Value::Map(Arc::new(members))
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body() -> Json {
        json!({
            "number": "P-1", "total": "7.00", "payee": {"name": "A", "account": "6222"},
            "lines": [{"text": "nail", "price": "1.00"}, {"text": "screw", "price": "6.00"}]
        })
    }

    #[test]
    fn what_is_hidden_is_not_in_the_document_and_a_column_is_in_no_line() {
        let table = [
            ("total", json!({"number": "P-1", "payee": {"name": "A", "account": "6222"}, "lines": body()["lines"]})),
            ("payee.account", json!({"number": "P-1", "total": "7.00", "payee": {"name": "A"}, "lines": body()["lines"]})),
            (
                "lines.price",
                json!({
                    "number": "P-1", "total": "7.00", "payee": {"name": "A", "account": "6222"},
                    "lines": [{"text": "nail"}, {"text": "screw"}]
                }),
            ),
            ("lines.nothing", body()),
            ("total.deeper", body()),
        ];
        for (path, expected) in table {
            let hidden = Hidden::of([path]);
            let mut shown = body();
            hidden.out_of(&mut shown);
            assert_eq!(shown, expected, "{path}");
            assert_eq!(hidden.out_of_value(&Value::from_json(&body())).to_json(), expected, "{path} of a value");
        }
    }

    #[test]
    fn changes_of_it_are_not_told_and_of_what_it_is_part_of_only_the_rest() {
        let change = |field: &str, before: Json, after: Json| json!([{"field": field, "before": before, "after": after}]);
        let lines = |price: &str, text: &str| json!([{"text": text, "price": price}]);
        let table = [
            ("total", change("total", json!("1.00"), json!("2.00")), json!([])),
            ("payee", change("payee.account", json!("1"), json!("2")), json!([])),
            ("lines.price", change("lines[0].price", json!("1"), json!("2")), json!([])),
            ("lines.price", change("lines", lines("1", "nail"), lines("2", "nail")), json!([])),
            (
                "lines.price",
                change("lines", lines("1", "nail"), lines("2", "screw")),
                change("lines", json!([{"text": "nail"}]), json!([{"text": "screw"}])),
            ),
            ("total", change("number", json!("a"), json!("b")), change("number", json!("a"), json!("b"))),
        ];
        for (path, mut told, expected) in table {
            let about = told.to_string();
            Hidden::of([path]).out_of_told(&mut told);
            assert_eq!(told, expected, "{path} of {about}");
        }
    }

    #[test]
    fn lists_leave_out_what_stands_for_it() {
        let display = || json!({"number": "P-1", "total": "7.00", "payee": "A"});
        for (path, expected) in [
            ("total", json!({"number": "P-1", "payee": "A"})),
            ("payee", json!({"number": "P-1", "total": "7.00"})),
            ("payee.name", json!({"number": "P-1", "total": "7.00"})),
            ("payee.account", display()),
            ("lines.price", display()),
        ] {
            let mut shown = display();
            Hidden::of([path]).out_of_display(&mut shown);
            assert_eq!(shown, expected, "{path}");
        }
    }

    #[test]
    fn two_steps_hide_alike_what_both_hide() {
        let table: [(&[&str], &[&str], &[&str]); 4] = [
            (&["total", "payee"], &["payee"], &["payee"]),
            (&["payee"], &["payee.account", "total"], &["payee.account"]),
            (&["total"], &["number"], &[]),
            (&["total"], &[], &[]),
        ];
        for (one, other, both) in table {
            let hidden = |paths: &[&str]| Hidden::of(paths.iter().copied());
            assert_eq!(hidden(one).common(&hidden(other)), hidden(both), "{one:?} {other:?}");
            assert_eq!(hidden(other).common(&hidden(one)), hidden(both), "{other:?} {one:?}");
        }
        assert!(Hidden::of(["lines.price"]).touches("lines") && Hidden::of(["payee"]).touches("payee.account"));
        assert!(!Hidden::of(["lines.price"]).touches("lines.text"));
    }
}
