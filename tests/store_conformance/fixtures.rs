//! Small rows with only what a case cares about spelled out.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use uuid::Uuid;
use waybill::domain::ids::{DocumentId, EffectId, ExceptionId, InboxId, InstanceId, TenantId, derived};
use waybill::store::*;

pub const TENANT: TenantId = TenantId::DEFAULT;

/// A time of the tests: seconds after a fixed start.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("in range") + SignedDuration::from_secs(seconds)
}

pub fn lease(owner: &str, until: i64) -> Lease {
    Lease { owner: owner.into(), until: at(until) }
}

pub fn id(kind: &str, number: u64) -> Uuid {
    derived(&[kind.as_bytes(), &number.to_be_bytes()])
}

pub fn message(number: u64) -> NewMessage {
    NewMessage {
        id: InboxId(id("message", number)),
        tenant: TENANT,
        connection: "erp".into(),
        event: "orders".into(),
        message_id: format!("m-{number}"),
        source: "webhook/orders".into(),
        payload: format!("{{\"order\":{number}}}"),
        received_at: at(0),
    }
}

pub fn document(number: u64) -> DocumentRow {
    DocumentRow {
        id: DocumentId(id("document", number)),
        tenant: TENANT,
        kind: "purchase_order".into(),
        source: "erp".into(),
        key: format!("PO-{number}"),
        external_id: Some(format!("{number}")),
        revision: 1,
        status: "submitted".into(),
        source_status: Some("waiting".into()),
        source_version: None,
        withdrawn: false,
        display: "{}".into(),
        created_at: at(0),
        updated_at: at(0),
    }
}

pub fn revision(document: &DocumentRow, number: u32) -> RevisionRow {
    RevisionRow {
        tenant: document.tenant,
        document: document.id,
        number,
        hash: format!("hash-{number}"),
        body: format!("{{\"revision\":{number}}}"),
        payload: format!("{{\"raw\":{number}}}"),
        created_at: document.created_at,
    }
}

pub fn instance(number: u64, document: &DocumentRow) -> InstanceRow {
    InstanceRow {
        id: InstanceId(id("instance", number)),
        tenant: document.tenant,
        flow: "approval".into(),
        version: "v1".into(),
        document: document.id,
        revision: document.revision,
        status: "running".into(),
        outcome: None,
        at_step: Some("ask".into()),
        state: "0".into(),
        lock: 1,
        started_at: at(0),
        updated_at: at(0),
        ended_at: None,
    }
}

/// An effect of the instance on a connection.
pub fn effect(number: u64, instance: &InstanceRow, connection: &str) -> EffectRow {
    EffectRow {
        id: EffectId(id("effect", number)),
        tenant: instance.tenant,
        instance: instance.id,
        document: instance.document,
        connection: connection.into(),
        lane: format!("{connection}:{}", instance.document),
        seq: 0,
        step: format!("step{number}#1"),
        priority: 5,
        version: instance.version.clone(),
        work: "{\"kind\":\"call\"}".into(),
        retry: "{}".into(),
        state: "planned".into(),
        delivery: "{}".into(),
        attempt: 0,
        due_at: at(0),
        created_at: at(0),
    }
}

pub fn queued(effect: EffectRow) -> NewEffect {
    NewEffect { effect, claim: None }
}

pub fn link(document: &DocumentRow, connection: &str, external_id: &str) -> LinkRow {
    LinkRow {
        tenant: document.tenant,
        connection: connection.into(),
        external_id: external_id.into(),
        document: document.id,
        instance: None,
        step: None,
        written: None,
        written_at: None,
        seen: None,
        seen_at: None,
        closed: false,
        reread_at: None,
        rereads: 0,
    }
}

pub fn exception(number: u64, instance: &InstanceRow) -> ExceptionRow {
    ExceptionRow {
        id: ExceptionId(id("exception", number)),
        tenant: instance.tenant,
        instance: Some(instance.id),
        document: Some(instance.document),
        effect: None,
        step: Some("ask#1".into()),
        fingerprint: id("cause", 1),
        flow: Some(instance.flow.clone()),
        connection: Some("oa".into()),
        operation: Some("create".into()),
        cause: "data_wrong".into(),
        code: "refused".into(),
        message: "the partner refuses the data".into(),
        owner: Some("role:clerk".into()),
        assignee: None,
        state: "open".into(),
        resolution: None,
        resolved_by: None,
        opened_at: at(number as i64),
        closed_at: None,
    }
}

pub fn closed(id: ExceptionId, how: &str, when: i64, by: &str) -> ClosedException {
    ClosedException { id, tenant: TENANT, resolution: how.into(), at: at(when), by: by.into() }
}

pub fn hold(claimed: &ClaimedEffect) -> LaneHold {
    LaneHold {
        tenant: claimed.effect.tenant,
        lane: claimed.effect.lane.clone(),
        token: claimed.token,
        effect: claimed.effect.id,
        sealed: claimed.sealed,
    }
}

pub fn report(claimed: &ClaimedEffect, state: &str, due: i64) -> Progress {
    Progress { hold: hold(claimed), state: state.into(), delivery: format!("{{\"state\":\"{state}\"}}"), due_at: at(due), attempts: vec![] }
}

pub fn attempt(effect: &EffectRow, part: u32, started: i64) -> AttemptRow {
    AttemptRow {
        tenant: effect.tenant,
        instance: effect.instance,
        effect: effect.id,
        number: 1,
        part,
        purpose: "call".into(),
        connection: effect.connection.clone(),
        operation: "create".into(),
        started_at: at(started),
        duration_millis: 12,
        status: Some(201),
        class: "ok".into(),
        message: None,
        request: "{}".into(),
        response: "{}".into(),
    }
}

pub fn room(connection: &str, free: u32) -> ConnectionRoom {
    ConnectionRoom { tenant: TENANT, connection: connection.into(), free }
}

pub fn page(limit: u32) -> Page {
    Page { limit, after: None }
}

/// One batch with a decision that only needs what was loaded.
pub async fn decide(store: &Arc<dyn Store>, keys: Keys, writes: impl FnOnce(Loaded) -> Writes + Send + 'static) -> Result<Committed> {
    store.decide(&keys, Box::new(move |loaded| Ok(writes(loaded)))).await
}

/// Writes rows without loading any.
pub async fn write(store: &Arc<dyn Store>, writes: Writes) -> Committed {
    decide(store, Keys::default(), |_| writes).await.expect("the batch is written")
}

/// What a batch would load.
pub async fn load(store: &Arc<dyn Store>, keys: Keys) -> Loaded {
    let slot = Arc::new(Mutex::new(None));
    let inside = slot.clone();
    let kept = keys
        .messages
        .iter()
        .map(|id| Deferral {
            id: *id,
            tenant: TENANT,
            due_at: at(0),
            state: "parked".into(),
            external_id: None,
            heard: None,
            problem: None,
        })
        .collect();
    let decided = decide(store, keys, move |loaded| {
        *inside.lock().expect("not poisoned") = Some(loaded);
        Writes { messages_kept: kept, ..Writes::default() }
    });
    decided.await.expect("the batch is loaded");
    slot.lock().expect("not poisoned").take().expect("the decision was called")
}

/// A document with an instance, stored.
pub async fn stored_instance(store: &Arc<dyn Store>, number: u64) -> (DocumentRow, InstanceRow) {
    let document = document(number);
    let instance = instance(number, &document);
    let writes = Writes {
        documents_new: vec![document.clone()],
        revisions: vec![revision(&document, 1)],
        instances_new: vec![instance.clone()],
        ..Writes::default()
    };
    write(store, writes).await;
    (document, instance)
}

/// Claims whatever is due at a connection.
pub async fn claim(store: &Arc<dyn Store>, owner: &str, now: i64, until: i64, connection: &str) -> Vec<ClaimedEffect> {
    store.claim_lanes(&lease(owner, until), at(now), &[room(connection, 100)]).await.expect("claims")
}

/// State and attempts of the instance's effects, oldest first.
pub async fn states(store: &Arc<dyn Store>, instance: &InstanceRow) -> Vec<(String, u32)> {
    let effects = store.effects(instance.tenant, instance.id, Onward::all()).await.expect("reads");
    effects.into_iter().map(|effect| (effect.state, effect.attempt)).collect()
}
