//! What people do past the hub: nothing calls, and no list of changes shows it. Only reading back finds it.

use crate::executor::WORLD;
use crate::memory_store::StoredStream;
use crate::oracle;
use crate::partners::{Order, System, Tampering};
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::ids::TenantId;
use waybill::store::{DriftSay, DriftWord, InstanceRow};

const KINDS: [Tampering; 7] = [
    Tampering::Unreleased,
    Tampering::Released,
    Tampering::Repriced,
    Tampering::Imported,
    Tampering::PayableVoided,
    Tampering::PayableRepriced,
    Tampering::ApprovalDeleted,
];

/// The last callback about a change is given up within this, late ones and doubled ones too.
const QUIET: SignedDuration = SignedDuration::from_hours(3);
/// Older ones are read back no more in a year.
const OLDEST: SignedDuration = SignedDuration::from_hours(36);

/// Tampers with what is over, now and then, until the storm ends.
pub fn tamper(world: &Arc<World>) {
    let Some(mean) = world.plan.tamper_every.filter(|_| world.plan.reconciles) else { return };
    let world = world.clone();
    world.executor.clone().spawn(WORLD, async move {
        let end = world.plan.over + world.plan.storm_after;
        loop {
            world.executor.sleep(world.dice.between(Duration::ZERO, mean * 2)).await;
            if world.executor.now() >= end {
                return;
            }
            let mut kinds = KINDS.to_vec();
            kinds.rotate_left(usize::try_from(world.dice.below(KINDS.len() as u64)).unwrap_or(0));
            kinds.into_iter().find(|kind| once(&world, *kind));
            accept(&world).await;
        }
    });
}

fn once(world: &Arc<World>, kind: Tampering) -> bool {
    let now = world.executor.timestamp();
    if kind == Tampering::Imported {
        // It always fits, and is not to stand for the others.
        if world.dice.below(4) > 0 {
            return false;
        }
        let changed_at = world.books().clock(System::Erp, now) - SignedDuration::from_hours(4);
        let id = world.books().import_order(System::Erp, 7_000, now, changed_at);
        return told(world, kind, &id);
    }
    let orders: Vec<Order> = world
        .books()
        .orders
        .iter()
        .filter(|((system, _), order)| *system == System::Erp && order.tampered.is_none())
        .map(|(_, order)| order.clone())
        .collect();
    let fitting: Vec<Order> = orders.into_iter().filter(|order| fits(world, kind, order) && quiet(world, order)).collect();
    if fitting.is_empty() {
        return false;
    }
    let order = &fitting[usize::try_from(world.dice.below(fitting.len() as u64)).unwrap_or(0)];
    let mut books = world.books();
    for approval in books.approvals.values_mut().filter(|approval| approval.number == order.number) {
        // Whoever meddles with it does not revoke it on top.
        approval.sealed = true;
    }
    if let Some(order) = books.orders.get_mut(&(System::Erp, order.id.clone())) {
        order.tampered = Some((kind, now));
        match kind {
            Tampering::Unreleased => order.status = "waiting",
            Tampering::Released => order.status = "released",
            Tampering::Repriced => order.amount += 500,
            _ => {}
        }
    }
    for payable in books.payables.values_mut().filter(|payable| payable.number == order.number && !payable.void) {
        match kind {
            Tampering::PayableVoided => payable.void = true,
            Tampering::PayableRepriced => payable.amount = "1.00".to_owned(),
            _ => {}
        }
    }
    let approvals: Vec<String> =
        books.approvals.values().filter(|approval| approval.number == order.number).map(|approval| approval.id.clone()).collect();
    if kind == Tampering::ApprovalDeleted {
        approvals.iter().for_each(|id| books.delete_approval(id));
    }
    drop(books);
    told(world, kind, &order.id)
}

fn told(world: &Arc<World>, kind: Tampering, id: &str) -> bool {
    world.tell(|| format!("somebody tampers with order {id}: {kind:?}"));
    world.count(&format!("Tampered {kind:?}"));
    true
}

/// Whether nobody is about to look at it: nothing told of its last change waits, and the streams are past it.
fn quiet(world: &Arc<World>, order: &Order) -> bool {
    let now = world.executor.timestamp();
    let state = world.store.state();
    let waits = state.messages.values().any(|stored| matches!(stored.message.new.connection.as_str(), "erp_hq" | "oa_main"));
    let past = |stream: &StoredStream, changed_at: Timestamp| {
        // They look a quarter of an hour back, and partners' clocks are off by less than that.
        stream.cursor.last_success_at.is_some_and(|at| at - SignedDuration::from_mins(40) > changed_at)
    };
    let streams: Vec<&StoredStream> =
        state.streams.values().filter(|stream| matches!(stream.cursor.key.connection.as_str(), "erp_hq" | "oa_main")).collect();
    let books = world.books();
    let last = books.approvals.values().filter(|approval| approval.number == order.number).map(|approval| approval.changed_at).max();
    let last = last.unwrap_or(order.changed_at).max(order.changed_at);
    !waits && streams.into_iter().all(|stream| past(stream, last)) && last + QUIET + SignedDuration::from_mins(15) < now
}

fn fits(world: &Arc<World>, kind: Tampering, order: &Order) -> bool {
    let now = world.executor.timestamp();
    let document = oracle::document_of(System::Erp, order);
    let Some(InstanceRow { outcome: Some(outcome), ended_at: Some(ended), status, .. }) = oracle::newest(world, document) else {
        return false;
    };
    if status != "ended" || ended + QUIET > now || ended + OLDEST < now {
        return false;
    }
    let source = world.store.state().documents.get(&document).and_then(|row| row.source_status.clone());
    let is = |wanted: &str, status: &str, word: &str| outcome == wanted && order.status == status && source.as_deref() == Some(word);
    let books = world.books();
    match kind {
        Tampering::Unreleased | Tampering::Repriced => is("approved", "released", "released"),
        Tampering::Released => is("rejected", "refused", "rejected"),
        Tampering::PayableVoided | Tampering::PayableRepriced => {
            outcome == "approved" && books.payables.values().any(|payable| payable.number == order.number && !payable.void)
        }
        Tampering::ApprovalDeleted => {
            let approvals: Vec<&str> =
                books.approvals.values().filter(|approval| approval.number == order.number).map(|approval| approval.status).collect();
            matches!(approvals.as_slice(), ["approved"]) && outcome == "approved"
        }
        Tampering::Imported => true,
    }
}

/// Somebody says of an amount that it may stay as it is.
async fn accept(world: &Arc<World>) {
    let open: Vec<_> = {
        let state = world.store.state();
        state.drifts.values().filter(|row| row.state == "open" && row.kind == "amount_differs").map(|row| row.id).collect()
    };
    for id in open.into_iter().filter(|_| world.dice.below(3) == 0) {
        let word = DriftWord {
            tenant: TenantId::DEFAULT,
            id,
            say: DriftSay::Accept,
            actor: "e1004".to_owned(),
            reason: Some("known".to_owned()),
            at: world.executor.timestamp(),
        };
        let said = waybill::store::Reconciliations::say_of_drifts(&world.store, &[word]).await;
        if said.is_ok_and(|said| said == [true]) {
            world.count("DriftAccepted");
        }
    }
}
