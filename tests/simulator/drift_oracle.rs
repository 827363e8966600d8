//! The judge of reconciliation: what differs between the partners' books and the ledger, worked out from both without the
//! hub's own comparison, against the drift that the hub has stored.

use crate::fires;
use crate::oracle::{document_of, newest};
use crate::partners::{Order, System, Tampering};
use crate::world::World;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::flow::effect::Work;
use waybill::domain::ids::DocumentId;
use waybill::store::{DriftRow, LinkRow, ReconciliationRow};

/// Connection, object and kind of a difference.
type Difference = (String, String, &'static str);

/// Judges the stored drift at the end, after a last run of each connection; and what was done because of it.
pub fn judge(world: &Arc<World>) {
    for nominal in world.plan.schedules {
        match fires::last_run(world, nominal.connection) {
            Some(run) => judge_connection(world, &run),
            None => world.wrong(format!("{} was never read back to its end", nominal.connection)),
        }
    }
    judge_repairs(world);
}

/// What differs of all that a run has to look at.
fn expected(world: &Arc<World>, run: &ReconciliationRow) -> BTreeSet<Difference> {
    match run.connection.as_str() {
        "erp_hq" => orders(world, run),
        "oa_main" => approvals(world, run),
        _ => payables(world, run),
    }
}

/// Changes this young may have come between a question and the commit of its answer.
const YOUNG: SignedDuration = SignedDuration::from_mins(40);

/// Judges differences that a page has just stored as new: in the storm too, each is one, unless something changed meanwhile.
pub fn judge_new(world: &Arc<World>, run: &ReconciliationRow, drifts: &[DriftRow]) {
    let new: Vec<&DriftRow> = drifts.iter().filter(|row| row.first_seen_at == row.last_seen_at && row.kind != "unreadable").collect();
    if new.is_empty() || world.was_suspended_within(Duration::from_secs(600)) {
        return;
    }
    let expected = expected(world, run);
    for row in new {
        let object = row.external_id.clone().unwrap_or_default();
        let is_one = expected.iter().any(|(_, external_id, kind)| *external_id == object && *kind == row.kind);
        if !is_one && !changed_lately(world, row, &object) {
            world.wrong(format!("{} of {object} at {} is found, and there is no such difference", row.kind, row.connection));
        }
        if row.kind == "unknown_here" && is_still_unheard(world, &object) {
            world.wrong(format!("{object} at {} is called unknown before its stream was due", row.connection));
        }
    }
}

/// Whether the hourly stream of orders need not have told of an order yet. What changed in the last minutes is left out: it may
/// have been read before.
fn is_still_unheard(world: &Arc<World>, object: &str) -> bool {
    let books = world.books();
    let Some(order) = books.orders.get(&(System::Erp, object.to_owned())) else { return false };
    let age = world.executor.timestamp().duration_since(order.changed_at);
    age > SignedDuration::from_mins(20) && age < SignedDuration::from_mins(65)
}

fn changed_lately(world: &Arc<World>, row: &DriftRow, object: &str) -> bool {
    let since = world.executor.timestamp() - YOUNG;
    let books = world.books();
    let order = books.orders.get(&(System::Erp, object.to_owned()));
    // What was unknown when it was asked for may have a document by now; the difference does not name it.
    let document = row.document.or_else(|| order.map(|order| document_of(System::Erp, order)));
    let ours = document.and_then(|id| world.store.state().documents.get(&id).map(|row| row.updated_at));
    let theirs = order.map(|order| order.changed_at).or_else(|| books.approvals.get(object).map(|approval| approval.changed_at));
    let tampered = order.and_then(|order| order.tampered).map(|(_, at)| at);
    [ours, theirs, tampered].into_iter().flatten().any(|at| at > since)
}

fn judge_connection(world: &Arc<World>, run: &ReconciliationRow) {
    let expected = expected(world, run);
    let stored = stored(world, &run.connection);
    for missing in expected.difference(&stored) {
        world.wrong(format!("{missing:?} differs, and nobody says so"));
    }
    for invented in stored.difference(&expected) {
        world.wrong(format!("{invented:?} is said to differ, and does not"));
    }
    judge_statement(world, run, &expected);
}

/// What the run says of itself.
fn judge_statement(world: &Arc<World>, run: &ReconciliationRow, expected: &BTreeSet<Difference>) {
    let statement: serde_json::Value = serde_json::from_str(&run.statement).unwrap_or_default();
    let count = |name: &str| statement[name].as_u64().unwrap_or(0);
    let covered = covered(world, run);
    let differ: BTreeSet<&String> = expected.iter().filter(|(_, _, kind)| *kind != "unknown_here").map(|(_, object, _)| object).collect();
    let wrong = |words: &str| world.wrong(format!("the last run of {}: {words}: {}", run.connection, run.statement));
    if count("in_flight") > 0 {
        wrong("something is still on its way");
    }
    if count("compared") < covered.len() as u64 {
        wrong(&format!("{} objects ought to be compared", covered.len()));
    }
    if count("differ") + count("accepted") != differ.len() as u64 || count("agree") + differ.len() as u64 != count("compared") {
        wrong(&format!("{} objects differ", differ.len()));
    }
}

/// Differences that the hub has stored and not resolved.
fn stored(world: &Arc<World>, connection: &str) -> BTreeSet<Difference> {
    let state = world.store.state();
    let rows = state.drifts.values().filter(|row| row.connection == connection && row.state != "resolved" && row.kind != "not_owned");
    rows.map(|row| {
        let kind = KINDS.into_iter().find(|kind| *kind == row.kind).unwrap_or("of a kind the judge does not know");
        (row.connection.clone(), row.external_id.clone().unwrap_or_default(), kind)
    })
    .collect()
}

const KINDS: [&str; 9] = [
    "approved_not_executed",
    "executed_not_approved",
    "voided_here",
    "voided_there",
    "amount_differs",
    "status_differs",
    "missing_there",
    "unknown_here",
    "unreadable",
];

/// The links whose documents the run has to look at: changed within its window, open, or known to differ.
fn covered(world: &Arc<World>, run: &ReconciliationRow) -> Vec<LinkRow> {
    let state = world.store.state();
    let kind = if run.connection == "finance_main" { "payable" } else { "purchase_order" };
    let worth = |link: &&LinkRow| {
        let Some(row) = state.documents.get(&link.document).filter(|row| row.kind == kind) else { return false };
        let mut instances = state.instances_of.get(&row.id).into_iter().flatten().filter_map(|id| state.instances.get(id));
        let keys = || state.links_of.get(&row.id).into_iter().flatten();
        let differs = |key: &_| state.standings.get(key).is_some_and(|standing| standing.differs_since.is_some());
        row.updated_at >= run.since && row.updated_at <= run.until
            || instances.any(|row| matches!(row.status.as_str(), "running" | "exception"))
            || keys().any(|key| key.1 == run.connection && differs(key))
    };
    state.links.values().filter(|link| link.connection == run.connection).filter(worth).cloned().collect()
}

fn status_of(world: &Arc<World>, document: DocumentId) -> String {
    world.store.state().documents.get(&document).map(|row| row.status.clone()).unwrap_or_default()
}

/// What the newest revision holds, in cents.
fn gross(world: &Arc<World>, document: DocumentId) -> Option<i64> {
    let state = world.store.state();
    let number = state.documents.get(&document)?.revision;
    let body: serde_json::Value = serde_json::from_str(&state.revisions.get(&(document, number))?.body).ok()?;
    cents(body["total_gross"].as_str()?)
}

fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    Some(whole.parse::<i64>().ok()? * 100 + part[..2].parse::<i64>().ok()?)
}

/// Where an order stands, against our status of its document.
fn of_order(ours: &str, theirs: &str) -> Option<&'static str> {
    match (ours, theirs) {
        ("draft" | "expired", "new")
        | ("submitted" | "in_approval", "waiting")
        | ("approved" | "released", "released")
        | ("rejected" | "revoked", "refused")
        | ("cancelled", "cancelled") => None,
        ("approved" | "released", "cancelled" | "refused") => Some("voided_there"),
        ("approved" | "released", _) => Some("approved_not_executed"),
        ("rejected" | "expired", "released") => Some("executed_not_approved"),
        ("rejected" | "expired" | "revoked" | "cancelled", "new" | "waiting" | "released") => Some("voided_here"),
        (_, "released") => Some("executed_not_approved"),
        ("draft" | "submitted" | "in_approval", "cancelled" | "refused") => Some("voided_there"),
        _ => Some("status_differs"),
    }
}

fn orders(world: &Arc<World>, run: &ReconciliationRow) -> BTreeSet<Difference> {
    let all: Vec<Order> =
        world.books().orders.iter().filter(|((system, _), _)| *system == System::Erp).map(|(_, order)| order.clone()).collect();
    let covered: BTreeSet<String> = covered(world, run).into_iter().map(|link| link.external_id).collect();
    let mut found = BTreeSet::new();
    for order in all {
        let document = document_of(System::Erp, &order);
        let known = world.store.state().documents.contains_key(&document);
        let in_list = order.changed_at >= run.since;
        if !known {
            // What is released or waits there ought to be known here. Once a list has shown it, it is asked for by its id for as
            // long as nobody knows it; and every order was young enough for a list once.
            if matches!(order.status, "waiting" | "released") {
                found.insert((run.connection.clone(), order.id, "unknown_here"));
            }
            continue;
        }
        if !in_list && !covered.contains(&order.id) {
            continue;
        }
        let ours = status_of(world, document);
        let status = of_order(&ours, order.status);
        let void =
            matches!(order.status, "cancelled" | "refused") && matches!(ours.as_str(), "rejected" | "expired" | "revoked" | "cancelled");
        let amount = i64::try_from(order.amount * 113).ok();
        let amount = (!void && gross(world, document) != amount).then_some("amount_differs");
        found.extend(status.into_iter().chain(amount).map(|kind| (run.connection.clone(), order.id.clone(), kind)));
    }
    found
}

/// What a link is to its document: the newest that a step made counts, unless it was taken back.
#[derive(PartialEq)]
enum Part {
    Counts,
    Replaced,
    TakenBack,
}

fn part(world: &Arc<World>, link: &LinkRow) -> Part {
    if link.closed {
        return Part::TakenBack;
    }
    let step = |link: &LinkRow| link.step.as_deref().map(|step| step.split('#').next().unwrap_or_default().to_owned());
    let state = world.store.state();
    let mut others = state.links_of.get(&link.document).into_iter().flatten().filter_map(|key| state.links.get(key));
    let newer = others.any(|other| {
        other.connection == link.connection && step(other).is_some() && step(other) == step(link) && other.written_at > link.written_at
    });
    if newer { Part::Replaced } else { Part::Counts }
}

fn approvals(world: &Arc<World>, run: &ReconciliationRow) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    for link in covered(world, run) {
        let theirs = world.books().approvals.get(&link.external_id).map(|approval| approval.status);
        let ours = status_of(world, link.document);
        let kind = match (part(world, &link), theirs) {
            (Part::Counts, None) => (!matches!(ours.as_str(), "cancelled" | "revoked")).then_some("missing_there"),
            (Part::Counts, Some(theirs)) => of_approval(&ours, theirs),
            (Part::TakenBack, Some("running" | "approved")) | (Part::Replaced, Some("running")) => Some("voided_here"),
            (Part::TakenBack | Part::Replaced, _) => None,
        };
        found.extend(kind.map(|kind| (run.connection.clone(), link.external_id.clone(), kind)));
    }
    found
}

/// Where an approval stands, against our status of its document.
fn of_approval(ours: &str, theirs: &str) -> Option<&'static str> {
    match (ours, theirs) {
        ("in_approval", "running")
        | ("approved" | "released", "approved")
        | ("rejected", "rejected" | "withdrawn")
        | ("cancelled" | "expired", "withdrawn")
        | ("revoked", "revoked") => None,
        ("approved" | "released" | "draft" | "submitted" | "in_approval", "rejected" | "withdrawn" | "revoked") => Some("voided_there"),
        ("rejected" | "expired" | "revoked" | "cancelled", "running" | "approved") => Some("voided_here"),
        _ => Some("status_differs"),
    }
}

fn payables(world: &Arc<World>, run: &ReconciliationRow) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    for link in covered(world, run) {
        let theirs = world.books().payables.get(&link.external_id).map(|payable| (payable.void, payable.amount.clone()));
        let ours = status_of(world, link.document);
        let void_here = matches!(ours.as_str(), "cancelled" | "revoked" | "rejected" | "expired");
        let mut kinds = Vec::new();
        match (part(world, &link), theirs) {
            (Part::Counts, None) if !void_here => kinds.push("missing_there"),
            (Part::Counts, Some((void, amount))) => {
                kinds.extend((void && !void_here).then_some("voided_there"));
                kinds.extend((!void && void_here).then_some("voided_here"));
                kinds.extend((!(void && void_here) && cents(&amount) != gross(world, link.document)).then_some("amount_differs"));
            }
            (Part::TakenBack | Part::Replaced, Some((false, _))) => kinds.push("voided_here"),
            _ => {}
        }
        found.extend(kinds.into_iter().map(|kind| (run.connection.clone(), link.external_id.clone(), kind)));
    }
    found
}

/// Nothing is repaired but what was undone past the hub, and that once.
fn judge_repairs(world: &Arc<World>) {
    let all: Vec<Order> =
        world.books().orders.iter().filter(|((system, _), _)| *system == System::Erp).map(|(_, order)| order.clone()).collect();
    let mut undone: BTreeMap<DocumentId, Order> = BTreeMap::new();
    for order in all {
        judge_repair(world, &order);
        if matches!(order.tampered, Some((Tampering::Unreleased, _))) {
            undone.insert(document_of(System::Erp, &order), order);
        }
    }
    let begun: Vec<Option<DocumentId>> =
        world.store.state().drifts.values().filter(|row| row.repair.is_some()).map(|row| row.document).collect();
    for document in begun {
        if !document.is_some_and(|document| undone.contains_key(&document)) {
            world.wrong(format!("document {document:?} was repaired, and nobody had undone it"));
        }
    }
}

/// An order whose release was undone is released again, once.
pub fn judge_repair(world: &Arc<World>, order: &Order) {
    let Some((Tampering::Unreleased, since)) = order.tampered else { return };
    let Some(instance) = newest(world, document_of(System::Erp, order)).filter(|instance| instance.status == "ended") else { return };
    let state = world.store.state();
    let effects = state.effects_of.get(&instance.id).into_iter().flatten().filter_map(|(_, id)| state.effects.get(id));
    let releases =
        |work: &str| matches!(serde_json::from_str::<Work>(work), Ok(Work::Call { operation, .. }) if operation == "release_order");
    let ids: Vec<String> = effects.filter(|effect| releases(&effect.work)).map(|effect| effect.id.to_string()).collect();
    drop(state);
    let books = world.books();
    let executed = ids.iter().filter_map(|id| books.executions.get(id)).flatten();
    let times = executed.filter(|execution| execution.changed && execution.at >= since).count();
    drop(books);
    if times != 1 {
        world.wrong(format!("order {} was undone once and released again {times} times", order.number));
    }
    world.count("RepairsJudged");
}
