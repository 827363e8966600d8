//! What a batch changed, in words for others: the events to be published with it.
//!
//! Compared with what was loaded, so that the decision itself knows nothing of publishing. Documents first, then instances,
//! then exceptions: the order in which one decision makes them.

use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId, derived};
use crate::store::{ClosedException, DocumentRow, InstanceRow, Loaded, NewEvent, Writes};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// What was there before the batch.
pub struct Before {
    documents: HashMap<DocumentId, (u32, String, bool)>,
    instances: HashMap<InstanceId, (String, DocumentId)>,
    exceptions: HashMap<ExceptionId, (Option<DocumentId>, Option<InstanceId>, TenantId)>,
}

impl Before {
    /// Taken before the decision uses up what was loaded.
    pub fn of(loaded: &Loaded) -> Self {
        Self {
            documents: loaded.documents.iter().map(|row| (row.id, (row.revision, row.status.clone(), row.withdrawn))).collect(),
            instances: loaded.instances.iter().map(|row| (row.id, (row.status.clone(), row.document))).collect(),
            exceptions: loaded.exceptions.iter().map(|row| (row.id, (row.document, row.instance, row.tenant))).collect(),
        }
    }

    /// The events of what is written.
    pub fn changes(&self, writes: &Writes, now: Timestamp) -> Vec<NewEvent> {
        let mut events = Vec::new();
        for row in &writes.documents_new {
            events.push(of_document(row, "document.created", json!({"status": row.status, "revision": row.revision}), now));
        }
        for row in &writes.documents_changed {
            self.document_changed(row, now, &mut events);
        }
        for (tenant, document, status, at) in &writes.statuses {
            let id = derived(&[b"event", document.0.as_bytes(), b"document.status_changed", status.as_bytes(), &micros(*at)]);
            events.push(event(id, *tenant, "document.status_changed", Some(*document), None, *at, json!({"status": status})));
        }
        for row in &writes.instances_new {
            events.push(of_instance(row, "instance.started", row.lock, now));
            if row.status != "running" {
                events.push(of_instance(row, instance_word(&row.status), row.lock, now));
            }
        }
        for row in &writes.instances_changed {
            let before = self.instances.get(&row.id).map(|(status, _)| status.as_str());
            if before != Some(row.status.as_str()) {
                events.push(of_instance(row, instance_word(&row.status), row.lock + 1, now));
            }
        }
        self.exceptions(writes, &mut events);
        events
    }

    fn document_changed(&self, row: &DocumentRow, now: Timestamp, events: &mut Vec<NewEvent>) {
        let Some((revision, status, withdrawn)) = self.documents.get(&row.id) else { return };
        if row.revision != *revision {
            events.push(of_document(row, "document.revised", json!({"status": row.status, "revision": row.revision}), now));
        }
        if row.status != *status {
            events.push(of_document(row, "document.status_changed", json!({"status": row.status, "before": status}), now));
        }
        if row.withdrawn && !withdrawn {
            events.push(of_document(row, "document.withdrawn", json!({"status": row.status}), now));
        }
    }

    fn exceptions(&self, writes: &Writes, events: &mut Vec<NewEvent>) {
        for row in &writes.exceptions {
            let id = derived(&[b"event", row.id.0.as_bytes(), b"exception.opened", &micros(row.opened_at)]);
            let data = json!({"exception": row.id, "cause": row.cause, "code": row.code, "step": row.step, "connection": row.connection});
            events.push(event(id, row.tenant, "exception.opened", row.document, row.instance, row.opened_at, data));
        }
        for ClosedException { id: exception, resolution, at, by, .. } in &writes.exceptions_closed {
            let Some((document, instance, tenant)) = self.exceptions.get(exception).copied() else { continue };
            let id = derived(&[b"event", exception.0.as_bytes(), b"exception.closed", &micros(*at)]);
            let data = json!({"exception": exception, "resolution": resolution, "by": by});
            events.push(event(id, tenant, "exception.closed", document, instance, *at, data));
        }
    }
}

fn instance_word(status: &str) -> &'static str {
    match status {
        "ended" => "instance.ended",
        "superseded" => "instance.superseded",
        "exception" => "instance.stopped",
        _ => "instance.resumed",
    }
}

fn of_document(row: &DocumentRow, what: &str, data: Value, now: Timestamp) -> NewEvent {
    let revision = row.revision.to_be_bytes();
    let id = derived(&[b"event", row.id.0.as_bytes(), what.as_bytes(), row.status.as_bytes(), &revision, &micros(now)]);
    event(id, row.tenant, what, Some(row.id), None, now, data)
}

fn of_instance(row: &InstanceRow, what: &str, lock: i64, now: Timestamp) -> NewEvent {
    let id = derived(&[b"event", row.id.0.as_bytes(), what.as_bytes(), &lock.to_be_bytes()]);
    let mut data = Map::new();
    data.insert("flow".to_owned(), json!(row.flow));
    data.insert("version".to_owned(), json!(row.version));
    data.insert("revision".to_owned(), json!(row.revision));
    if let Some(outcome) = &row.outcome {
        data.insert("outcome".to_owned(), json!(outcome));
    }
    event(id, row.tenant, what, Some(row.document), Some(row.id), now, Value::Object(data))
}

fn event(
    id: uuid::Uuid,
    tenant: TenantId,
    what: &str,
    document: Option<DocumentId>,
    instance: Option<InstanceId>,
    at: Timestamp,
    mut data: Value,
) -> NewEvent {
    if let Value::Object(members) = &mut data {
        members.retain(|_, value| !value.is_null());
        if let Some(document) = document {
            members.insert("document".to_owned(), json!(document));
        }
        if let Some(instance) = instance {
            members.insert("instance".to_owned(), json!(instance));
        }
    }
    NewEvent { id, tenant, what: what.to_owned(), document, instance, at, data: data.to_string() }
}

fn micros(at: Timestamp) -> [u8; 8] {
    at.as_microsecond().to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn document(status: &str, revision: u32) -> DocumentRow {
        DocumentRow {
            id: DocumentId(uuid::Uuid::from_u128(1)),
            tenant: TenantId::DEFAULT,
            kind: "purchase_order".to_owned(),
            source: "erp".to_owned(),
            key: "PO-1".to_owned(),
            external_id: None,
            revision,
            status: status.to_owned(),
            source_status: None,
            source_version: None,
            withdrawn: false,
            display: "{}".to_owned(),
            created_at: at(0),
            updated_at: at(0),
        }
    }

    fn instance(status: &str, outcome: Option<&str>) -> InstanceRow {
        InstanceRow {
            id: InstanceId(uuid::Uuid::from_u128(2)),
            tenant: TenantId::DEFAULT,
            flow: "approval".to_owned(),
            version: "v".to_owned(),
            document: DocumentId(uuid::Uuid::from_u128(1)),
            revision: 1,
            status: status.to_owned(),
            outcome: outcome.map(str::to_owned),
            at_step: None,
            state: "{}".to_owned(),
            lock: 3,
            started_at: at(0),
            updated_at: at(0),
            ended_at: None,
        }
    }

    fn words(loaded: Loaded, writes: Writes) -> Vec<String> {
        Before::of(&loaded).changes(&writes, at(9)).into_iter().map(|event| format!("{} {}", event.what, event.data)).collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        let loaded = || Loaded { documents: vec![document("draft", 1)], instances: vec![instance("running", None)], ..Loaded::default() };
        let unchanged = Writes {
            documents_changed: vec![document("draft", 1)],
            instances_changed: vec![instance("running", None)],
            ..Writes::default()
        };
        assert_eq!(words(loaded(), unchanged), [""; 0]);
        let changed = Writes {
            documents_changed: vec![document("approved", 2)],
            instances_changed: vec![instance("ended", Some("approved"))],
            ..Writes::default()
        };
        let (one, two) = ("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002");
        assert_eq!(
            words(loaded(), changed),
            [
                format!(r#"document.revised {{"status":"approved","revision":2,"document":"{one}"}}"#),
                format!(r#"document.status_changed {{"status":"approved","before":"draft","document":"{one}"}}"#),
                format!(
                    r#"instance.ended {{"flow":"approval","version":"v","revision":1,"outcome":"approved","document":"{one}","instance":"{two}"}}"#
                ),
            ]
        );
    }

    #[test]
    fn a_repeat_of_a_change_has_the_same_id() {
        let writes =
            || Writes { documents_new: vec![document("draft", 1)], instances_new: vec![instance("running", None)], ..Writes::default() };
        let ids = |second| -> Vec<uuid::Uuid> {
            Before::of(&Loaded::default()).changes(&writes(), at(second)).into_iter().map(|event| event.id).collect()
        };
        assert_eq!(ids(9), ids(9));
        assert_eq!(ids(9).len(), 2);
        assert_ne!(ids(9)[0], ids(10)[0]);
    }
}
