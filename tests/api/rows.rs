//! Rows for the tests: documents with an instance, an effect, an attempt and an exception each.

use serde_json::json;
use uuid::Uuid;
use waybill::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId, TenantId, document_id};
use waybill::store::{
    ClosedException, DocumentRow, EffectRow, ExceptionRow, HistoryRow, InstanceRow, LinkRow, NewEffect, RevisionRow, Writes,
};

use crate::support::at;

const TENANT: TenantId = TenantId::DEFAULT;

pub fn document(key: &str) -> DocumentId {
    document_id(TENANT, "purchase_order", "erp_hq", key)
}

pub fn instance(key: &str) -> InstanceId {
    InstanceId(waybill::domain::ids::derived(&[b"i", key.as_bytes()]))
}

pub fn exception(key: &str) -> ExceptionId {
    ExceptionId(waybill::domain::ids::derived(&[b"x", key.as_bytes()]))
}

pub fn effect(key: &str) -> EffectId {
    EffectId(waybill::domain::ids::derived(&[b"e", key.as_bytes()]))
}

/// A document in its approval, first seen so many minutes after ten.
pub fn order(key: &str, minute: i64) -> Writes {
    let id = document(key);
    Writes {
        documents_new: vec![DocumentRow {
            id,
            tenant: TENANT,
            kind: "purchase_order".into(),
            source: "erp_hq".into(),
            key: key.into(),
            external_id: Some(format!("ext-{key}")),
            revision: 1,
            status: "in_approval".into(),
            source_status: Some("submitted".into()),
            source_version: None,
            withdrawn: false,
            display: json!({"number": key, "total_gross": "86200.00"}).to_string(),
            created_at: at(minute),
            updated_at: at(minute),
        }],
        revisions: vec![RevisionRow {
            tenant: TENANT,
            document: id,
            number: 1,
            hash: "h1".into(),
            body: json!({"number": key, "total_gross": "9007199254740993.10"}).to_string(),
            payload: "{\"n\":9007199254740993.10}".into(),
            created_at: at(minute),
        }],
        instances_new: vec![InstanceRow {
            id: instance(key),
            tenant: TENANT,
            flow: "purchase_order_approval".into(),
            version: "v1".into(),
            document: id,
            revision: 1,
            status: "running".into(),
            outcome: None,
            at_step: Some("oa".into()),
            state: "{}".into(),
            lock: 1,
            started_at: at(minute),
            updated_at: at(minute),
            ended_at: None,
        }],
        history: vec![HistoryRow {
            tenant: TENANT,
            instance: instance(key),
            lock: 1,
            at: at(minute),
            entries: json!([{"kind": "started"}, {"kind": "entered", "step": "oa", "visit": 1}]).to_string(),
        }],
        links: vec![LinkRow {
            tenant: TENANT,
            connection: "oa_main".into(),
            external_id: format!("A-{key}"),
            document: id,
            instance: Some(instance(key)),
            step: Some("oa#1".into()),
            written: Some("new".into()),
            written_at: Some(at(minute)),
            seen: None,
            seen_at: None,
            closed: false,
            reread_at: None,
            rereads: 0,
        }],
        ..Writes::default()
    }
}

/// The same, stopped in an exception with a failed effect.
pub fn stopped_order(key: &str, minute: i64) -> Writes {
    let mut writes = order(key, minute);
    writes.instances_new[0].status = "exception".into();
    writes.effects = vec![NewEffect {
        effect: EffectRow {
            id: effect(key),
            tenant: TENANT,
            instance: instance(key),
            document: document(key),
            connection: "oa_main".into(),
            lane: format!("oa_main:{}", document(key)),
            seq: 0,
            step: "oa#1".into(),
            priority: 0,
            version: "v1".into(),
            work: json!({
                "kind": "call", "connection": "oa_main", "operation": "create_approval", "reference": format!("WB-{key}"),
                "purpose": "forward", "input": {"title": "canary of a payload"}
            })
            .to_string(),
            retry: "{}".into(),
            state: "planned".into(),
            delivery: "{}".into(),
            attempt: 0,
            due_at: at(minute),
            created_at: at(minute),
        },
        claim: None,
    }];
    writes.exceptions = vec![ExceptionRow {
        id: exception(key),
        tenant: TENANT,
        instance: Some(instance(key)),
        document: Some(document(key)),
        effect: Some(effect(key)),
        step: Some("oa#1".into()),
        fingerprint: Uuid::from_u128(3),
        flow: Some("purchase_order_approval".into()),
        connection: Some("oa_main".into()),
        operation: Some("create_approval".into()),
        cause: "data_wrong".into(),
        code: "refused".into(),
        message: "the originator is not known".into(),
        owner: Some("role:procurement_clerk".into()),
        assignee: None,
        state: "open".into(),
        resolution: None,
        resolved_by: None,
        opened_at: at(minute + 1),
        closed_at: None,
    }];
    writes
}

/// An exception about a message, which no command can settle.
pub fn message_exception() -> Writes {
    let mut writes = stopped_order("PO-M", 0);
    let mut exception = writes.exceptions.remove(0);
    exception.id = ExceptionId(Uuid::from_u128(77));
    (exception.instance, exception.effect) = (None, None);
    Writes { exceptions: vec![exception], ..Writes::default() }
}

/// An exception that somebody settled before.
pub fn closed_exception(key: &str) -> Writes {
    let closed = ClosedException { id: exception(key), tenant: TENANT, resolution: "retry".into(), at: at(30), by: "zhang".into() };
    Writes { exceptions_closed: vec![closed], ..Writes::default() }
}
