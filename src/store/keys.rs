//! Keys the store derives for itself, so that long names need not be stored in narrow tables and their indexes.

use super::{ClaimedEffect, EffectRow, Fenced, LaneHold, NewMessage, Progress, ReadyLane};
use crate::domain::ids::{EffectId, LaneId, TenantId, derived};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The row of a lane.
pub(super) fn lane_id(tenant: TenantId, lane: &str) -> Uuid {
    LaneId::of(tenant, lane).0
}

/// The lane that an effect has just become the head of.
pub(super) fn lane_of(effect: &EffectRow) -> ReadyLane {
    ReadyLane {
        tenant: effect.tenant,
        connection: effect.connection.clone(),
        lane: LaneId::of(effect.tenant, &effect.lane),
        priority: priority(effect.priority),
        due_at: effect.due_at,
    }
}

/// The row of the lane a hold is on.
pub(super) fn held_lane(hold: &LaneHold) -> Uuid {
    lane_id(hold.tenant, &hold.lane)
}

/// The key of duplicate suppression. Connection and event belong to it: two connections of one connector may send equal
/// message ids, and one webhook may feed several events with one message each.
pub(super) fn seen_key(message: &NewMessage) -> Uuid {
    derived(&[
        b"seen",
        &message.tenant.0.to_be_bytes(),
        message.connection.as_bytes(),
        message.source.as_bytes(),
        message.event.as_bytes(),
        message.message_id.as_bytes(),
    ])
}

/// The lane's name where it must be stored: it nearly always is `{connection}:{document}`, which the row knows anyway.
pub(super) fn unusual_lane(effect: &EffectRow) -> Option<&str> {
    let usual = effect
        .lane
        .strip_prefix(effect.connection.as_str())
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|document| document == effect.document.0.to_string());
    (!usual).then_some(effect.lane.as_str())
}

/// A document's total in ten-thousandths, for ranges in lists: of the first amount its display fields have.
pub(super) fn amount(display: &str) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Amounts {
        total_gross: Option<serde_json::Value>,
        amount: Option<serde_json::Value>,
    }
    let found: Amounts = serde_json::from_str(display).ok()?;
    let text = match found.total_gross.or(found.amount)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    ten_thousandths(&text)
}

/// A decimal in ten-thousandths; what is finer is cut, what is beyond the range is left out.
pub(super) fn ten_thousandths(text: &str) -> Option<i64> {
    let exact: rust_decimal::Decimal = text.parse().ok()?;
    let scaled = exact.checked_mul(rust_decimal::Decimal::from(10_000))?;
    rust_decimal::prelude::ToPrimitive::to_i64(&scaled.trunc())
}

/// A key from its end, for SQLite, which has no function for it.
pub(super) fn reversed(key: &str) -> String {
    key.chars().rev().collect()
}

/// Lanes are claimed priority by priority; the range is closed so that each is one index probe.
pub(super) const PRIORITY_LAST: i16 = 9;

/// How long a lane waits for those one priority before it: due at the same moment, the better one goes first; a lane that has
/// waited this much longer goes before it. So no lane waits for ever: however many better ones come, at most those that were
/// due up to `PATIENCE_MICROS` later per step of priority go first.
pub(super) const PATIENCE_MICROS: i64 = 30_000_000;

/// A priority within the range.
pub(super) fn priority(wanted: i16) -> i16 {
    wanted.clamp(0, PRIORITY_LAST)
}

/// The last of several rows with one key, in their order: a multi-row statement may name a row once.
pub(super) fn last_of_each<'r, R, K: std::hash::Hash + Eq>(rows: &'r [R], key: impl Fn(&'r R) -> K) -> Vec<&'r R> {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut kept: Vec<&R> = rows.iter().rev().filter(|row| seen.insert(key(row))).collect();
    kept.reverse();
    kept
}

/// Reports on holds that are held, the first on each: it releases the hold, a second comes too late.
pub(super) fn reports_that_count<'p>(held: &HashSet<(EffectId, i64)>, all: &'p [Progress]) -> Vec<&'p Progress> {
    let mut once = HashSet::new();
    all.iter()
        .filter(|progress| held.contains(&(progress.hold.effect, progress.hold.token)))
        .filter(|progress| once.insert(progress.hold.effect))
        .collect()
}

/// The answer to reports, in their order, by the same rule.
pub(super) fn answers(mut held: HashSet<(EffectId, i64)>, all: &[Progress]) -> Vec<Fenced> {
    let mut answer = |progress: &Progress| held.remove(&(progress.hold.effect, progress.hold.token));
    all.iter().map(|progress| if answer(progress) { Fenced::Held } else { Fenced::Lost }).collect()
}

/// Puts claimed effects in the order they are to be performed: the first of every connection (by priority, then due),
/// then every second, so that no connection waits for another's whole batch.
pub(super) fn in_turn(claimed: &mut [ClaimedEffect]) {
    claimed.sort_by_key(|claimed| (claimed.effect.priority, claimed.effect.due_at, claimed.effect.seq));
    let mut places: HashMap<(TenantId, String), usize> = HashMap::new();
    claimed.sort_by_cached_key(|claimed| {
        let place = places.entry((claimed.effect.tenant, claimed.effect.connection.clone())).or_default();
        *place += 1;
        *place
    });
}
