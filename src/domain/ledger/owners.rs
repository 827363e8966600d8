//! Whose word counts for a field: what a system that does not own it changes is drift, and is not copied.

use crate::domain::document::DocumentType;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// What a sighting comes to when the owners of fields are respected.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The content to take: theirs, with ours where they have no say.
    pub content: Value,
    /// Fields they say otherwise although they have no say.
    pub drifts: Vec<FieldDrift>,
    /// Fields they have no say in that agree.
    pub agree: Vec<Arc<str>>,
}

/// One field that drifts.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDrift {
    /// Its path.
    pub field: Arc<str>,
    /// What the ledger says.
    pub ours: Value,
    /// What the system says.
    pub theirs: Value,
}

/// Compares what a source says with what the ledger says. `roles` are those its connection plays; a field without an owner
/// is the source's.
pub fn judge(kind: &DocumentType, roles: &[Arc<str>], ours: &Value, theirs: &Value) -> Judged {
    let mut judged = Judged { content: theirs.clone(), drifts: Vec::new(), agree: Vec::new() };
    for (field, owner) in &kind.owners {
        if roles.contains(owner) {
            continue;
        }
        let (mine, other) = (at(ours, field), at(theirs, field));
        if same(mine, other) {
            judged.agree.push(field.clone());
            continue;
        }
        judged.drifts.push(FieldDrift { field: field.clone(), ours: mine.clone(), theirs: other.clone() });
        judged.content = put(&judged.content, ours, field, mine.clone());
    }
    judged
}

fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, part| value.member(part))
}

/// Equal as content is: `5.0` and `5.00` say the same, and so do a null and nothing.
fn same(one: &Value, other: &Value) -> bool {
    let absent = |value: &Value| matches!(value, Value::Unset | Value::Null);
    match (one, other) {
        (one, other) if absent(one) || absent(other) => absent(one) && absent(other),
        (Value::Decimal(one), Value::Decimal(other)) => one == other,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| same(one, other))
        }
        (Value::Map(one), Value::Map(two)) => {
            let keys = |map: &Map| map.keys().cloned().collect::<Vec<_>>();
            keys(one).into_iter().chain(keys(two)).all(|key| same(other_member(one, &key), other_member(two, &key)))
        }
        (one, other) => one == other,
    }
}

fn other_member<'m>(map: &'m Map, key: &str) -> &'m Value {
    static UNSET: Value = Value::Unset;
    map.get(key).unwrap_or(&UNSET)
}

/// Nothing that ours does not have stays around a field that is taken out.
fn put(value: &Value, ours: &Value, path: &str, field: Value) -> Value {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let mut map = match value {
        Value::Map(map) => (**map).clone(),
        _ => Map::new(),
    };
    let field = match rest {
        Some(rest) => match put(value.member(head), ours.member(head), rest, field) {
            Value::Map(empty) if empty.is_empty() && ours.member(head).is_unset() => Value::Unset,
            put => put,
        },
        None => field,
    };
    if matches!(field, Value::Unset) {
        map.shift_remove(head);
    } else {
        map.insert(head.into(), field);
    }
    Value::Map(Arc::new(map))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::files::Files;
    use crate::domain::text::tree::parse;

    const SCHEMA: &str = r#"{"type": "object", "properties": {
        "number": {"type": "string"}, "note": {"type": "string"}, "total": {"type": "string", "format": "decimal"},
        "supplier": {"type": "object", "properties": {"code": {"type": "string"}, "name": {"type": "string"}}}},
        "required": ["number"]}"#;
    const KIND: &str = "format: 1
document: order
key: number
schema: s.json
statuses: [draft]
owners: {total: erp, supplier.name: master_data}
";

    fn kind() -> DocumentType {
        let files: Files = [("s.json", SCHEMA)].into_iter().collect();
        let mut report = Report::new("d.yaml");
        let node = parse(KIND, &mut report).unwrap();
        DocumentType::read(&node, &files, &mut report).unwrap()
    }

    fn doc(kind: &DocumentType, text: &str) -> Value {
        kind.validate(&serde_json::from_str(text).unwrap()).unwrap().value
    }

    #[test]
    fn only_what_they_do_not_own_drifts_and_is_kept() {
        let kind = kind();
        let ours = doc(&kind, r#"{"number": "1", "note": "a", "total": "5.00", "supplier": {"code": "S", "name": "Old"}}"#);
        let theirs = doc(&kind, r#"{"number": "1", "note": "b", "total": "5.0", "supplier": {"code": "T", "name": "New"}}"#);
        let judged = judge(&kind, &["erp".into()], &ours, &theirs);
        assert_eq!(judged.drifts, [FieldDrift { field: "supplier.name".into(), ours: Value::text("Old"), theirs: Value::text("New") }]);
        let supplier = judged.content.member("supplier");
        assert_eq!((supplier.member("code"), supplier.member("name")), (&Value::text("T"), &Value::text("Old")));
        assert_eq!(judged.content.member("note"), &Value::text("b"), "a field without an owner is the source's");
        let stranger = judge(&kind, &[], &ours, &theirs);
        assert_eq!(stranger.agree, [Arc::from("total")], "the same amount written otherwise is no drift");
    }

    #[test]
    fn a_field_that_is_not_there_is_told_from_one_that_is() {
        let kind = kind();
        let ours = doc(&kind, r#"{"number": "1"}"#);
        let theirs = doc(&kind, r#"{"number": "1", "total": "7", "supplier": {"name": "New"}}"#);
        let judged = judge(&kind, &[], &ours, &theirs);
        assert_eq!(judged.drifts.iter().map(|drift| &*drift.field).collect::<Vec<_>>(), ["total", "supplier.name"]);
        assert_eq!(kind.content_hash(&judged.content), kind.content_hash(&ours), "nothing of it is a revision");
    }
}
