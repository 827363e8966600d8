//! The judge: compares what the hub believes with what the partners have on their books.

use crate::drift_oracle;
use crate::partners::{Execution, Order, System, Tampering};
use crate::world::World;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use waybill::domain::flow::effect::Work;
use waybill::domain::ids::{DocumentId, InstanceId, TenantId, document_id};
use waybill::store::{EffectRow, InstanceRow};

/// Why the world is not at rest yet.
pub fn restless(world: &Arc<World>) -> Vec<String> {
    let state = world.store.state();
    let mut why = Vec::new();
    why.extend(
        state.instances.values().filter(|row| row.status == "running").map(|row| format!("instance {} runs at {:?}", row.id, row.at_step)),
    );
    why.extend(state.lanes.iter().map(|((_, lane), found)| format!("lane {lane} has {} effects", found.queue.len())));
    let waiting = state.messages.values().filter(|stored| stored.message.state != "stopped");
    why.extend(
        waiting.map(|stored| format!("message {} is {}: {:?}", stored.message.new.id, stored.message.state, stored.message.problem)),
    );
    drop(state);
    // What a source says last is heard by its stream within the hour.
    let orders: Vec<(System, Order)> = world.books().orders.iter().map(|((system, _), order)| (*system, order.clone())).collect();
    for (system, order) in orders {
        // What was done past the hub it need not hear of; but a release that was undone it makes good.
        if matches!(order.tampered, Some((Tampering::Released | Tampering::Imported, _))) {
            continue;
        }
        let said = source_status(world, document_of(system, &order));
        if said.is_some_and(|said| said != word(order.status)) {
            why.push(format!("the ledger has not heard that order {} is {}", order.number, order.status));
        }
    }
    why
}

fn source_status(world: &Arc<World>, document: DocumentId) -> Option<String> {
    world.store.state().documents.get(&document).and_then(|row| row.source_status.clone())
}

/// Our word for a source's.
fn word(status: &str) -> &str {
    match status {
        "new" => "draft",
        "waiting" => "submitted",
        "refused" => "rejected",
        same => same,
    }
}

/// Judges an order whose instances have ended before `before`, and forgets it.
pub fn judge_and_forget(world: &Arc<World>, system: System, order: &Order, before: Timestamp) {
    let document = document_of(system, order);
    if order.tampered.is_some_and(|(what, _)| what == Tampering::Imported) && !world.store.state().documents.contains_key(&document) {
        return world.books().forget(system, &order.id, &[]);
    }
    let documents: Vec<DocumentId> = {
        let state = world.store.state();
        let of = |id: &DocumentId| state.instances_of.get(id).cloned().unwrap_or_default();
        let over = of(&document).iter().filter_map(|id| state.instances.get(id)).all(|row| row.ended_at.is_some_and(|at| at < before));
        if !over || state.documents.get(&document).is_none_or(|row| row.updated_at >= before) {
            return;
        }
        let made = state.relations.values().filter(|row| row.made_for == document).map(|row| row.document);
        made.chain([document]).collect()
    };
    judge_order(world, system, order);
    judge_effects(world, document, order.status == CANCELLED);
    drift_oracle::judge_repair(world, order);
    let effects: Vec<String> = {
        let state = world.store.state();
        let instances = state.instances_of.get(&document).into_iter().flatten();
        instances.flat_map(|id| state.effects_of.get(id).into_iter().flatten()).map(|(_, id)| id.to_string()).collect()
    };
    world.books().forget(system, &order.id, &effects);
    let mut state = world.store.state();
    documents.into_iter().for_each(|document| state.forget(document));
}

/// Judges everything at the end, when the faults have been over for long enough.
pub fn judge(world: &Arc<World>) {
    for why in restless(world) {
        world.wrong(format!("not at rest: {why}"));
    }
    let orders: Vec<(System, Order)> = world.books().orders.iter().map(|((system, _), order)| (*system, order.clone())).collect();
    for (system, order) in &orders {
        judge_order(world, *system, order);
    }
    let asked_for_ever: Vec<String> = {
        let state = world.store.state();
        let decided = |seen: &Option<String>| matches!(seen.as_deref(), Some("approved" | "rejected" | "withdrawn" | "revoked"));
        state.links.values().filter(|link| link.reread_at.is_some() && decided(&link.seen)).map(|link| link.external_id.clone()).collect()
    };
    for object in asked_for_ever {
        world.wrong(format!("object {object} is decided and still read again and again"));
    }
    let documents: Vec<DocumentId> = world.store.state().documents.keys().copied().collect();
    let cancelled: BTreeSet<DocumentId> =
        orders.iter().filter(|(_, order)| order.status == CANCELLED).map(|(system, order)| document_of(*system, order)).collect();
    for document in documents {
        judge_effects(world, document, cancelled.contains(&document));
    }
    judge_ends(world);
}

/// Of a hundred orders so many come to the end of their flow; what stands in an exception at last is well judged, and no end.
const ENDED_PERCENT: u64 = 95;
/// What is counted of an order, once: its flow ended (and how), it stands in an exception, or nobody saw it before its owner took
/// it back.
const ENDED: &str = "Ended ";
const STOPPED: &str = "EndedInException";
const NEVER_SEEN: &str = "CancelledUnseen";

/// Every order that was made was judged, and of nearly all of them the flow has ended.
fn judge_ends(world: &Arc<World>) {
    let counts = world.coverage().counts.clone();
    let of = |what: &str| counts.get(what).copied().unwrap_or(0);
    let ended: u64 = counts.iter().filter(|(what, _)| what.starts_with(ENDED)).map(|(_, count)| count).sum();
    let (made, stopped, unseen) = (of("Orders"), of(STOPPED), of(NEVER_SEEN));
    if made == 0 || ended + stopped + unseen != made {
        world.wrong(format!(
            "of {made} orders {ended} ended, {stopped} stand in an exception and {unseen} were never seen: not all are judged"
        ));
    }
    if ended * 100 < (made - unseen) * ENDED_PERCENT {
        world.wrong(format!("of {made} orders only {ended} ended; {stopped} stand in an exception"));
    }
}

/// The document of an order.
pub fn document_of(system: System, order: &Order) -> DocumentId {
    let connection = if system == System::Erp { "erp_hq" } else { "plant_main" };
    document_id(TenantId::DEFAULT, "purchase_order", connection, &order.number)
}

/// The newest instance of a document.
pub fn newest(world: &Arc<World>, document: DocumentId) -> Option<InstanceRow> {
    let state = world.store.state();
    let of = state.instances_of.get(&document).into_iter().flatten().filter_map(|id| state.instances.get(id));
    of.filter(|row| row.status != "superseded").max_by_key(|row| (row.started_at, row.revision)).cloned()
}

/// One order, in all systems, against the instance that ended for it.
pub fn judge_order(world: &Arc<World>, system: System, order: &Order) {
    let document = document_of(system, order);
    let wrong = |what: String| world.wrong(format!("order {} ({}): {what}", order.number, order.status));
    let tampered = order.tampered.map(|(what, _)| what);
    if tampered == Some(Tampering::Imported) {
        return;
    }
    let Some(instance) = newest(world, document) else {
        // Cancelled before anybody saw it alive, nothing of ours hangs on it.
        if order.status != CANCELLED {
            wrong("nothing was ever started for it".to_owned());
        }
        return world.count(NEVER_SEEN);
    };
    if instance.status == "exception" {
        let state = world.store.state();
        let mut open = state.exceptions_of.get(&instance.id).into_iter().flatten().filter_map(|id| state.exceptions.get(id));
        let has = open.any(|row| row.state == "open");
        drop(state);
        world.count(STOPPED);
        return if has {
            world.tell(|| format!("order {} stands in an exception", order.number));
        } else {
            wrong("it is in an exception without a name".to_owned());
        };
    }
    let Some(outcome) = instance.outcome.clone() else { return };
    world.count(&format!("{ENDED}{outcome}"));
    let expected = match (outcome.as_str(), system) {
        ("approved", _) => "released",
        ("rejected" | "revoked", _) => "refused",
        ("expired", System::Erp) => "new",
        ("expired", _) => "refused",
        ("cancelled", _) => "cancelled",
        _ => return wrong(format!("it ended as {outcome}")),
    };
    let there = if tampered == Some(Tampering::Released) { "released" } else { expected };
    if order.status != there {
        wrong(format!("it ended as {outcome}, and its source says {}", order.status));
    }
    let (status, source) = {
        let state = world.store.state();
        let row = &state.documents[&document];
        (row.status.clone(), row.source_status.clone())
    };
    let ours = match expected {
        "refused" if outcome == "revoked" => "revoked",
        "refused" => "rejected",
        "new" => "expired",
        same => same,
    };
    if status != ours {
        wrong(format!("it ended as {outcome}, and the ledger says {status}"));
    }
    if source.as_deref() != Some(word(expected)) {
        wrong(format!("its source says {}, and the ledger believes that it says {source:?}", order.status));
    }
    let books = world.books();
    let running = books.approvals.values().filter(|approval| approval.number == order.number && approval.status == "running").count();
    let payables: Vec<_> = books.payables.values().filter(|thing| thing.number == order.number && !thing.void).cloned().collect();
    let holds = books.holds.values().filter(|thing| thing.number == order.id && !thing.void).count();
    drop(books);
    if running > 0 {
        wrong(format!("it ended as {outcome}, and {running} approvals still wait"));
    }
    let wanted = usize::from(outcome == "approved" && system == System::Erp && tampered != Some(Tampering::PayableVoided));
    if payables.len() != wanted {
        wrong(format!("it ended as {outcome}, and {} payables are booked", payables.len()));
    }
    if wanted == 1 && payables.len() == 1 {
        judge_amount(world, order, &instance, &payables[0].amount);
    }
    let held = usize::from(outcome == "approved" && system == System::Plant);
    if holds != held {
        wrong(format!("it ended as {outcome}, and {holds} holds are left"));
    }
}

/// What was approved is what is booked. An order that its owner changes in the very hour of its release, unheard, is released
/// as approved; that its source says something else now must then stand in the ledger as a newer revision.
fn judge_amount(world: &Arc<World>, order: &Order, instance: &InstanceRow, booked: &str) {
    let gross = |number: u32| {
        let state = world.store.state();
        let body = state.revisions.get(&(instance.document, number)).map(|row| row.body.clone());
        let body: serde_json::Value = body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default();
        body["total_gross"].as_str().unwrap_or_default().to_owned()
    };
    let newest = world.store.state().documents[&instance.document].revision;
    let tampered = order.tampered.map(|(what, _)| what);
    if gross(instance.revision) != booked && tampered != Some(Tampering::PayableRepriced) {
        world.wrong(format!("order {}: {booked} is booked, and {} was approved", order.number, gross(instance.revision)));
    }
    let said = format!("{}.00", order.amount * 113 / 100);
    if gross(newest) != said && tampered != Some(Tampering::Repriced) {
        world.wrong(format!("order {}: its source says {said}, and the ledger believes {}", order.number, gross(newest)));
    }
    if newest != instance.revision {
        world.count("ReleasedBeforeItsChangeWasHeard");
    }
}

/// What a source calls an order that its owner has taken back.
const CANCELLED: &str = "cancelled";

/// Every effect of a document's instances against what was executed for it, and their order within each lane.
pub fn judge_effects(world: &Arc<World>, document: DocumentId, cancelled: bool) {
    let effects: Vec<EffectRow> = {
        let state = world.store.state();
        let instances: Vec<InstanceId> = state.instances_of.get(&document).into_iter().flatten().copied().collect();
        let ids = instances.iter().flat_map(|id| state.effects_of.get(id).into_iter().flatten());
        ids.filter_map(|(_, id)| state.effects.get(id).cloned()).collect()
    };
    let books = world.books();
    let mut wrong = Vec::new();
    let mut lanes: BTreeMap<String, Vec<(i64, Execution)>> = BTreeMap::new();
    for effect in &effects {
        let Ok(Work::Call { operation, .. }) = serde_json::from_str::<Work>(&effect.work) else { continue };
        let executed = books.executions.get(&effect.id.to_string()).cloned().unwrap_or_default();
        wrong.extend(judge_effect(effect, &operation, &executed, cancelled));
        let changes = executed.into_iter().filter(|execution| execution.changed);
        lanes.entry(effect.lane.clone()).or_default().extend(changes.map(|execution| (effect.seq, execution)));
    }
    wrong.extend(lanes.into_iter().filter_map(|(lane, executed)| out_of_order(&lane, executed)));
    world.coverage().counts.entry("Effects".to_owned()).and_modify(|count| *count += effects.len() as u64).or_insert(effects.len() as u64);
    drop(books);
    wrong.into_iter().for_each(|words| world.wrong(words));
}

fn judge_effect(effect: &EffectRow, operation: &str, executed: &[Execution], cancelled: bool) -> Option<String> {
    let changes = executed.iter().filter(|execution| execution.changed).count();
    let done = effect.state == "done";
    let creates = matches!(operation, "create_payable" | "hold_stock" | "create_approval" | "allocate" | "print_note");
    let reads = matches!(operation, "check_budget" | "get_approval" | "get_order");
    if creates && changes > 1 {
        return Some(format!("{operation} of effect {} was done {changes} times", effect.id));
    }
    // A source that does nothing and says that it did: the read-back of these takes the owner's cancellation for an answer too, as
    // the connector declares, and what was cancelled needs neither.
    let moot = cancelled && matches!(operation, "release_order" | "reject_order");
    if done && !reads && !moot && (executed.is_empty() || (creates && changes == 0)) {
        return Some(format!("{operation} of effect {} is believed done and was not", effect.id));
    }
    let delivery: serde_json::Value = serde_json::from_str(&effect.delivery).unwrap_or_default();
    let repeats = delivery["repeats"].as_u64().unwrap_or(0);
    (repeats > 5).then(|| format!("{operation} of effect {} was repeated {repeats} times", effect.id))
}

fn out_of_order(lane: &str, mut executed: Vec<(i64, Execution)>) -> Option<String> {
    executed.sort_by_key(|(_, execution)| execution.at);
    let pair = executed.windows(2).find(|pair| pair[0].0 > pair[1].0)?;
    Some(format!("lane {lane}: {} was executed before {}, which is older", pair[0].1.operation, pair[1].1.operation))
}
