//! What has become of a document's fields since somebody last looked: the document they saw, against the one that is there.

use super::detail::Around;
use super::{People, Result};
use crate::domain::document::{Sensitive, changes};
use crate::domain::flow::with_field;
use crate::domain::value::Value;
use crate::store::{DecisionRow, SeenRow};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// Fields that one look names; of a document that is another one altogether no reader wants more.
const CHANGES_SHOWN_MAX: usize = 200;

/// A field that is not what somebody saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedField {
    /// Its place, such as `reason` or `lines[1].amount`.
    pub field: String,
    /// What they saw; `null` when it was not there.
    #[schema(value_type = Object)]
    pub before: Json,
    /// What it is; `null` when it is gone.
    #[schema(value_type = Object)]
    pub after: Json,
}

impl People {
    /// The document that somebody saw: its revision of then, and what people have changed since put back. What the flow itself
    /// has set counts as seen. None when nothing of it can differ, or when it cannot be read any more.
    pub(super) async fn document_seen(&self, around: &Around, seen: &SeenRow, decisions: &[DecisionRow]) -> Result<Option<Json>> {
        let Some((version, facts)) = &around.rules else { return Ok(None) };
        let later: Vec<&DecisionRow> = decisions.iter().filter(|decision| decision.number > seen.decision).collect();
        if seen.revision == around.row.revision && later.is_empty() {
            return Ok(None);
        }
        let doc = if seen.revision == around.row.revision {
            facts.document.doc.clone()
        } else {
            let revision = self.store.revision(around.row.tenant, around.row.document, seen.revision).await?;
            let Some(revision) = revision else { return Ok(None) };
            version.read_document(&facts.document.kind, &revision.body, &facts.document.status)
        };
        Ok(Some(with_assigned(doc, &before(&around.instance.assigned, &later))))
    }
}

/// Fields that were set, as they were before these decisions, the newest of which is last.
fn before(assigned: &[(String, Json)], later: &[&DecisionRow]) -> Vec<(String, Json)> {
    let mut assigned = assigned.to_vec();
    for decision in later.iter().rev() {
        let changes: Vec<Json> = serde_json::from_str(&decision.changes).unwrap_or_default();
        for change in changes.iter().rev() {
            let Some(field) = change.get("field").and_then(Json::as_str) else { continue };
            let was = change.get("before").cloned().unwrap_or_default();
            match assigned.iter_mut().find(|(known, _)| known == field) {
                Some((_, value)) => *value = was,
                None => assigned.push((field.to_owned(), was)),
            }
        }
    }
    assigned
}

/// A document with the fields that were set.
pub(super) fn with_assigned(document: Value, assigned: &[(String, Json)]) -> Json {
    let set = |document: Value, (path, value): &(String, Json)| with_field(&document, path, Value::from_json(value));
    assigned.iter().fold(document, set).to_json()
}

/// What differs, with the values that are kept back masked.
pub(super) fn changed_since(seen: &Json, document: &Json, sensitive: &Sensitive) -> Vec<ChangedField> {
    let mut found = changes(seen, document);
    found.truncate(CHANGES_SHOWN_MAX);
    sensitive.mask_changes(&mut found);
    // Not there and empty is the same to a reader.
    let found = found.into_iter().map(|change| ChangedField {
        field: place(&change.path),
        before: change.before.unwrap_or_default(),
        after: change.after.unwrap_or_default(),
    });
    found.filter(|change| change.before != Json::Null || change.after != Json::Null).collect()
}

/// A JSON Pointer as people write places.
fn place(pointer: &str) -> String {
    let mut place = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() {
            place += &format!("[{part}]");
        } else {
            place += &format!("{}{part}", if place.is_empty() { "" } else { "." });
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decision(number: u32, changes: &Json) -> DecisionRow {
        DecisionRow {
            id: uuid::Uuid::from_u128(number.into()),
            tenant: crate::domain::ids::TenantId::DEFAULT,
            instance: crate::domain::ids::InstanceId(uuid::Uuid::nil()),
            number,
            at: jiff::Timestamp::UNIX_EPOCH,
            step: None,
            visit: None,
            task: None,
            round: 1,
            person: "ben".to_owned(),
            on_behalf_of: None,
            verb: "approve".to_owned(),
            why: None,
            comment: None,
            attachments: "[]".to_owned(),
            changes: changes.to_string(),
            named: "[]".to_owned(),
            token: None,
        }
    }

    #[test]
    fn of_a_field_that_was_changed_twice_the_first_before_counts() {
        let one =
            decision(2, &json!([{"field": "reason", "before": "a", "after": "b"}, {"field": "payee.name", "before": null, "after": "x"}]));
        let two = decision(3, &json!([{"field": "reason", "before": "b", "after": "c"}]));
        let assigned = [("reason".to_owned(), json!("c")), ("payee.name".to_owned(), json!("x")), ("level".to_owned(), json!("A"))];
        let found = before(&assigned, &[&one, &two]);
        let wanted = [("reason".to_owned(), json!("a")), ("payee.name".to_owned(), Json::Null), ("level".to_owned(), json!("A"))];
        assert_eq!(found, wanted);
        assert_eq!(before(&assigned, &[&two])[0].1, json!("b"), "the first of the two was seen");
    }

    #[test]
    fn places_are_named_as_people_write_them_and_nothing_is_nothing() {
        let seen = json!({"reason": "a", "lines": [{"amount": "1.00"}], "gone": "x", "empty": null});
        let now = json!({"reason": "a", "lines": [{"amount": "2.00"}, {"amount": "3.00"}]});
        let found: Vec<(String, Json, Json)> = changed_since(&seen, &now, &Sensitive::default())
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        let wanted = [
            ("lines[0].amount".to_owned(), json!("1.00"), json!("2.00")),
            ("lines[1]".to_owned(), Json::Null, json!({"amount": "3.00"})),
            ("gone".to_owned(), json!("x"), Json::Null),
        ];
        assert_eq!(found, wanted);
        let masked = changed_since(&seen, &now, &Sensitive::everything());
        assert!(masked.iter().all(|change| !json!(change).to_string().contains("2.00")), "{masked:?}");
    }
}
