//! The rows of the sample documents: purchase orders of a fortnight at every point of an approval.

use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId, derived, document_id};
use crate::store::{DocumentRow, ExceptionRow, HistoryRow, InstanceRow, RevisionRow, Writes};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Where sample documents come from; no connection's name has a colon.
pub const SOURCE: &str = "waybill:sample";
/// The flow that they went through; no flow's name has a colon.
pub const FLOW: &str = "waybill:sample";
const KIND: &str = "purchase_order";
const VERSION: &str = "sample";

/// How a sample order went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    Approved,
    Rejected,
    /// Its source changed it while it was approved.
    Changed,
    /// It waits for the approval.
    Waits,
    /// It stopped: the cause, the code, and what is wrong.
    Stopped(&'static str, &'static str, &'static str),
}

/// Number, supplier, currency, net amount, hours ago that it came, and how it went.
type Order = (u32, &'static str, &'static str, &'static str, i64, Went);

const ORDERS: [Order; 12] = [
    (1, "华东办公用品有限公司", "CNY", "12800.00", 310, Went::Approved),
    (2, "Northwind Lighting Ltd", "EUR", "4310.50", 290, Went::Approved),
    (3, "苏州精密仪器厂", "CNY", "268000.00", 262, Went::Rejected),
    (4, "株式会社サンプル工業", "JPY", "1250000", 215, Went::Approved),
    (5, "华东办公用品有限公司", "CNY", "3999.90", 190, Went::Changed),
    (6, "深圳云计算服务有限公司", "CNY", "86200.00", 150, Went::Approved),
    (7, "Alpine Tools GmbH", "EUR", "18750.00", 121, Went::Rejected),
    (8, "苏州精密仪器厂", "CNY", "45300.00", 74, Went::Approved),
    (
        9,
        "深圳云计算服务有限公司",
        "CNY",
        "9800.00",
        51,
        Went::Stopped("rule_missing", "no_row", "the tax code `17` has no row in the dictionary `tax_codes`"),
    ),
    (
        10,
        "Northwind Lighting Ltd",
        "EUR",
        "2200.00",
        30,
        Went::Stopped("partner_down", "call_failed", "the finance system did not answer within 30 s"),
    ),
    (11, "华东办公用品有限公司", "CNY", "15600.00", 7, Went::Waits),
    (12, "Alpine Tools GmbH", "EUR", "640.00", 2, Went::Waits),
];

/// The ids of all sample documents of a tenant.
pub fn documents(tenant: TenantId) -> Vec<DocumentId> {
    ORDERS.iter().map(|(number, ..)| document(tenant, *number)).collect()
}

fn key(number: u32) -> String {
    format!("SAMPLE-{number:03}")
}

fn document(tenant: TenantId, number: u32) -> DocumentId {
    document_id(tenant, KIND, SOURCE, &key(number))
}

/// Everything that is to be written, as if the newest had come two hours ago.
pub fn made(tenant: TenantId, now: Timestamp) -> Writes {
    let mut writes = Writes::default();
    for order in ORDERS {
        one(&mut writes, tenant, order, now);
    }
    writes
}

fn one(writes: &mut Writes, tenant: TenantId, (number, supplier, currency, amount, hours, went): Order, now: Timestamp) {
    let began = now - SignedDuration::from_hours(hours);
    let at = |minutes: i64| began + SignedDuration::from_mins(minutes);
    let (key, document) = (key(number), document(tenant, number));
    let instance = InstanceId(derived(&[b"sample instance", document.0.as_bytes()]));
    let (status, standing, outcome, last) = match went {
        Went::Approved | Went::Changed => ("released", "ended", Some("approved"), 95),
        Went::Rejected => ("rejected", "ended", Some("rejected"), 95),
        Went::Waits => ("in_approval", "running", None, 2),
        Went::Stopped(..) => ("in_approval", "exception", None, 3),
    };
    let revision = if went == Went::Changed { 2 } else { 1 };
    let body = |amount: &str| json!({"number": key, "supplier": {"name": supplier}, "currency": currency, "total_gross": amount, "lines": [{"description": "sample", "amount": amount}]});
    writes.documents_new.push(DocumentRow {
        id: document,
        tenant,
        kind: KIND.to_owned(),
        source: SOURCE.to_owned(),
        key: key.clone(),
        external_id: None,
        revision,
        status: status.to_owned(),
        source_status: None,
        source_version: None,
        withdrawn: false,
        display: json!({"number": key, "supplier": supplier, "currency": currency, "total_gross": amount}).to_string(),
        created_at: began,
        updated_at: at(last),
    });
    for number in 1..=revision {
        // What was changed is the amount: it was one more before.
        let body = if number < revision { body(&format!("1{amount}")) } else { body(amount) };
        writes.revisions.push(RevisionRow {
            tenant,
            document,
            number,
            hash: format!("sample-{number}"),
            body: body.to_string(),
            payload: body.to_string(),
            created_at: at(i64::from(number - 1) * 20),
        });
    }
    writes.instances_new.push(InstanceRow {
        id: instance,
        tenant,
        flow: FLOW.to_owned(),
        version: VERSION.to_owned(),
        document,
        revision,
        status: standing.to_owned(),
        outcome: outcome.map(str::to_owned),
        at_step: outcome.is_none().then(|| "approval".to_owned()),
        state: "{}".to_owned(),
        lock: 1,
        started_at: began,
        updated_at: at(last),
        ended_at: outcome.map(|_| at(last)),
    });
    let mut lock = 0;
    writes.history.extend(history(went, status).into_iter().map(|(minutes, entries)| {
        lock += 1;
        HistoryRow { tenant, instance, lock, at: at(minutes), entries: entries.to_string() }
    }));
    if let Went::Stopped(cause, code, message) = went {
        writes.exceptions.push(ExceptionRow {
            id: ExceptionId(derived(&[b"sample exception", document.0.as_bytes()])),
            tenant,
            instance: Some(instance),
            document: Some(document),
            effect: None,
            step: Some("approval".to_owned()),
            fingerprint: derived(&[b"sample", code.as_bytes()]),
            flow: Some(FLOW.to_owned()),
            connection: None,
            operation: None,
            cause: cause.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            owner: None,
            assignee: None,
            state: "open".to_owned(),
            resolution: None,
            resolved_by: None,
            opened_at: at(last),
            closed_at: None,
        });
    }
}

/// What happened after how many minutes, as the history of an instance holds it.
fn history(went: Went, status: &str) -> Vec<(i64, Value)> {
    let step = |kind: &str, step: &str, detail: Value| json!({"kind": kind, "step": step, "visit": 1, "detail": detail});
    let mut told = vec![
        (0, json!([{"kind": "started"}, step("entered", "mapping", Value::Null), step("done", "mapping", Value::Null)])),
        (2, json!([step("entered", "approval", Value::Null)])),
    ];
    if went == Went::Changed {
        told.push((20, json!([{"kind": "revision", "detail": {"revision": 2}}, step("again", "approval", Value::Null)])));
    }
    match went {
        Went::Approved | Went::Changed => told.push((
            95,
            json!([
                step("outcome", "approval", json!({"outcome": "approved"})),
                step("entered", "release", Value::Null),
                step("done", "release", Value::Null),
                {"kind": "ended", "detail": {"outcome": "approved", "status": status}},
            ]),
        )),
        Went::Rejected => told.push((
            95,
            json!([
                step("outcome", "approval", json!({"outcome": "rejected"})),
                {"kind": "ended", "detail": {"outcome": "rejected", "status": status}},
            ]),
        )),
        Went::Stopped(cause, code, message) => {
            told.push((3, json!([step("exception", "approval", json!({"cause": cause, "code": code, "message": message}))])));
        }
        Went::Waits => {}
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_sample_is_a_document_with_its_instance_and_nothing_that_would_be_carried_out() {
        let now: Timestamp = "2026-11-30T08:00:00Z".parse().expect("a time");
        let writes = made(TenantId::DEFAULT, now);
        let ids: BTreeSet<_> = writes.documents_new.iter().map(|row| row.id).collect();
        assert_eq!(ids, documents(TenantId::DEFAULT).into_iter().collect());
        assert_eq!(writes.instances_new.len(), ids.len());
        assert!(writes.documents_new.iter().all(|row| row.source == SOURCE && row.created_at < now && row.updated_at < now));
        assert!(writes.instances_new.iter().all(|row| ids.contains(&row.document) && row.flow == FLOW));
        // Neither a call, a timer, a task, a message nor an event.
        let nothing = (writes.effects.len(), writes.timers.len(), writes.tasks.len(), writes.messages_new.len(), writes.events.len());
        assert_eq!(nothing, (0, 0, 0, 0, 0));
        let stopped = writes.instances_new.iter().filter(|row| row.status == "exception").count();
        assert_eq!((stopped, writes.exceptions.len()), (2, 2));
        let changed = writes.documents_new.iter().filter(|row| row.revision == 2).count();
        assert_eq!(writes.revisions.len(), ids.len() + changed);
    }

    #[test]
    fn another_tenant_has_documents_of_its_own() {
        let of = |tenant: i32| documents(TenantId(tenant)).into_iter().collect::<BTreeSet<_>>();
        assert!(of(1).is_disjoint(&of(2)));
    }
}
