//! Points at which the process can be told to die: before and after every commit of the store.
//!
//! For the tests that walk them all (`tests/kill_points`). A process that is not told so has no decorator around its store and
//! pays nothing. A method that is in neither list, and one that stands among the reads although its SQL writes, fails the tests
//! of this file. More than 500 lines, because every method of the store passes through, most of them in one line.

use super::desk::*;
use super::identity::*;
use super::*;
use crate::domain::access::chain::Head;
use crate::domain::access::scope::{Belongings, Thing, Within};
use crate::domain::ids::{ExceptionId, ReconciliationId, SessionId, TaskId, UserId};
use futures::FutureExt;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use uuid::Uuid;

/// Every method of the store that commits.
pub const POINTS: &[&str] = &[
    "receive",
    "claim_messages",
    "defer_messages",
    "draw_number",
    "decide",
    "claim_lanes",
    "claim_named_lanes",
    "record_progress",
    "claim_streams",
    "save_cursor",
    "claim_rereads",
    "put_definitions",
    "begin_answer",
    "finish_answer",
    "forget_answers",
    "claim_duty",
    "events_published",
    "take_slots",
    "claim_credential",
    "save_credential",
    "release_credential",
    "publish",
    "save_draft",
    "drop_draft",
    "plan_reconciliations",
    "note_fires",
    "claim_reconciliations",
    "record_reconciliation",
    "cancel_reconciliation",
    "say_of_drifts",
    "migrate",
    "clean",
];

/// Every method that keeps nothing.
pub const READS: &[&str] = &[
    "due_timers",
    "definition",
    "events_waiting",
    "live_release",
    "release",
    "releases",
    "release_with",
    "release_items",
    "release_texts",
    "definition_versions",
    "drafts",
    "pool",
    "seals",
    "documents",
    "document",
    "revision",
    "instances",
    "instance",
    "instances_named",
    "history",
    "effects",
    "attempts",
    "exceptions",
    "messages",
    "counts",
    "credential",
    "desk",
    "identity",
    "ping",
    "close",
    "last_fires",
    "reconcilable",
    "reconciliations",
    "drifts",
    "drift_groups",
    "link_standings",
];

/// The same of the desk (`Store::desk`), named `desk.assign` and so on.
pub fn desk_points() -> impl Iterator<Item = &'static str> {
    DESK.iter().filter(|(_, commits)| *commits).map(|(name, _)| *name)
}

/// The same of who may come in (`Store::identity`), named `identity.add_user` and so on.
pub fn identity_points() -> impl Iterator<Item = &'static str> {
    IDENTITY.iter().filter(|(_, commits)| *commits).map(|(name, _)| *name)
}

/// Where to die, written `decide:after:3`: after the third commit of `decide`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillPoint {
    point: &'static str,
    before: bool,
    passing: u32,
}

/// It names no point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kill point: write POINT:before:NUMBER or POINT:after:NUMBER")]
pub struct NoPoint(String);

impl FromStr for KillPoint {
    type Err = NoPoint;

    fn from_str(text: &str) -> std::result::Result<Self, NoPoint> {
        let wrong = || NoPoint(text.to_owned());
        let mut parts = text.split(':');
        let (Some(name), Some(side), Some(number), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let point = POINTS.iter().copied().chain(desk_points()).chain(identity_points()).find(|point| *point == name).ok_or_else(wrong)?;
        let before = match side {
            "before" => true,
            "after" => false,
            _ => return Err(wrong()),
        };
        let passing = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        Ok(KillPoint { point, before, passing })
    }
}

/// The store, with one point armed.
pub fn around(inner: Arc<dyn Store>, at: KillPoint) -> Arc<dyn Store> {
    Arc::new(KillPoints { inner, at, passed: AtomicU32::new(0) })
}

struct KillPoints {
    inner: Arc<dyn Store>,
    at: KillPoint,
    passed: AtomicU32,
}

impl KillPoints {
    async fn commit<T>(&self, point: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let dies = self.at.point == point && self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at.passing;
        if dies && self.at.before {
            std::process::abort();
        }
        let outcome = work.await;
        if dies {
            std::process::abort();
        }
        outcome
    }
}

macro_rules! does {
    (commits) => {
        true
    };
    (reads) => {
        false
    };
}

macro_rules! passing {
    (commits $this:ident $side:ident $name:ident ($($arg:ident),*)) => {
        $this.commit(concat!(stringify!($side), ".", stringify!($name)), $this.inner.$side().$name($($arg),*)).boxed()
    };
    (reads $this:ident $side:ident $name:ident ($($arg:ident),*)) => {
        $this.inner.$side().$name($($arg),*)
    };
}

macro_rules! at_the_desk {
    ($($keeps:ident fn $name:ident $(<$lt:lifetime>)? (&$($slt:lifetime)? self $(, $arg:ident : $kind:ty)*) -> $out:ty = $place:path;)*) => {
        /// Every method of the desk, and whether it commits.
        const DESK: &[(&str, bool)] = &[$((concat!("desk.", stringify!($name)), does!($keeps))),*];

        impl desk::Desk for KillPoints {
            $(fn $name $(<$lt>)? (&$($slt)? self $(, $arg: $kind)*) -> $out {
                let this = self;
                passing!($keeps this desk $name ($($arg),*))
            })*
        }
    };
}
desk::desk_methods!(at_the_desk);

macro_rules! at_the_door {
    ($($keeps:ident fn $name:ident $(<$lt:lifetime>)? (&$($slt:lifetime)? self $(, $arg:ident : $kind:ty)*) -> $out:ty = $place:path;)*) => {
        /// Every method of who may come in, and whether it commits.
        const IDENTITY: &[(&str, bool)] = &[$((concat!("identity.", stringify!($name)), does!($keeps))),*];

        impl identity::Identity for KillPoints {
            $(fn $name $(<$lt>)? (&$($slt)? self $(, $arg: $kind)*) -> $out {
                let this = self;
                passing!($keeps this identity $name ($($arg),*))
            })*
        }
    };
}
identity::identity_methods!(at_the_door);

impl Store for KillPoints {
    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>> {
        self.commit("draw_number", self.inner.draw_number(tenant, counter)).boxed()
    }

    fn desk(&self) -> &dyn desk::Desk {
        self
    }

    fn identity(&self) -> &dyn identity::Identity {
        self
    }

    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>> {
        self.commit("receive", self.inner.receive(messages, lease)).boxed()
    }

    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>> {
        self.commit("claim_messages", self.inner.claim_messages(lease, now, limit)).boxed()
    }

    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>> {
        self.commit("defer_messages", self.inner.defer_messages(deferrals)).boxed()
    }

    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>> {
        self.commit("decide", self.inner.decide(keys, decide)).boxed()
    }

    fn due_timers<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<TimerKey>>> {
        self.inner.due_timers(now, limit)
    }

    fn claim_lanes<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        room: &'a [ConnectionRoom],
    ) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.commit("claim_lanes", self.inner.claim_lanes(lease, now, room)).boxed()
    }

    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.commit("claim_named_lanes", self.inner.claim_named_lanes(lease, now, lanes)).boxed()
    }

    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>> {
        self.commit("record_progress", self.inner.record_progress(progress)).boxed()
    }

    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>> {
        self.commit("claim_streams", self.inner.claim_streams(lease, now, streams, limit)).boxed()
    }

    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>> {
        self.commit("save_cursor", self.inner.save_cursor(cursor, next_due)).boxed()
    }

    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>> {
        self.commit("claim_rereads", self.inner.claim_rereads(now, limit)).boxed()
    }

    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>> {
        self.commit("put_definitions", self.inner.put_definitions(definitions)).boxed()
    }

    fn definition<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        id: &'a str,
        hash: &'a str,
    ) -> BoxFuture<'a, Result<Option<DefinitionRow>>> {
        self.inner.definition(tenant, kind, id, hash)
    }

    fn begin_answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Begun>> {
        self.commit("begin_answer", self.inner.begin_answer(question)).boxed()
    }

    fn finish_answer<'a>(&'a self, tenant: TenantId, key: Uuid, answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        self.commit("finish_answer", self.inner.finish_answer(tenant, key, answer)).boxed()
    }

    fn forget_answers(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.commit("forget_answers", self.inner.forget_answers(before)).boxed()
    }

    fn claim_duty<'a>(&'a self, duty: &'a str, lease: &'a Lease, now: Timestamp) -> BoxFuture<'a, Result<Option<i64>>> {
        self.commit("claim_duty", self.inner.claim_duty(duty, lease, now)).boxed()
    }

    fn events_waiting(&self, limit: u32) -> BoxFuture<'_, Result<Vec<WaitingEvent>>> {
        self.inner.events_waiting(limit)
    }

    fn events_published<'a>(&'a self, published: &'a [i64]) -> BoxFuture<'a, Result<()>> {
        self.commit("events_published", self.inner.events_published(published)).boxed()
    }

    fn take_slots<'a>(&'a self, request: &'a SlotRequest, now: Timestamp) -> BoxFuture<'a, Result<Slots>> {
        self.commit("take_slots", self.inner.take_slots(request, now)).boxed()
    }

    fn claim_credential<'a>(
        &'a self,
        key: &'a CredentialKey,
        stale: i64,
        lease: &'a Lease,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<CredentialClaim>> {
        self.commit("claim_credential", self.inner.claim_credential(key, stale, lease, now)).boxed()
    }

    fn credential<'a>(&'a self, key: &'a CredentialKey) -> BoxFuture<'a, Result<Option<String>>> {
        self.inner.credential(key)
    }

    fn save_credential<'a>(
        &'a self,
        key: &'a CredentialKey,
        token: i64,
        generation: i64,
        sealed: &'a str,
        lapses_at: Option<Timestamp>,
    ) -> BoxFuture<'a, Result<Fenced>> {
        self.commit("save_credential", self.inner.save_credential(key, token, generation, sealed, lapses_at)).boxed()
    }

    fn release_credential<'a>(&'a self, key: &'a CredentialKey, token: i64, again_at: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.commit("release_credential", self.inner.release_credential(key, token, again_at)).boxed()
    }

    fn publish<'a>(&'a self, release: &'a NewRelease) -> BoxFuture<'a, Result<Publication>> {
        self.commit("publish", self.inner.publish(release)).boxed()
    }

    fn live_release(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        self.inner.live_release(tenant)
    }

    fn release(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        self.inner.release(tenant, number)
    }

    fn releases(&self, tenant: TenantId, before: Option<u32>, limit: u32) -> BoxFuture<'_, Result<Vec<ReleaseRow>>> {
        self.inner.releases(tenant, before, limit)
    }

    fn release_with<'a>(&'a self, tenant: TenantId, digest: &'a str) -> BoxFuture<'a, Result<Option<ReleaseRow>>> {
        self.inner.release_with(tenant, digest)
    }

    fn release_items(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseItem>>> {
        self.inner.release_items(tenant, number)
    }

    fn release_texts(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseText>>> {
        self.inner.release_texts(tenant, number)
    }

    fn definition_versions<'a>(&'a self, tenant: TenantId, kind: &'a str, id: &'a str) -> BoxFuture<'a, Result<Vec<DefinitionVersion>>> {
        self.inner.definition_versions(tenant, kind, id)
    }

    fn drafts<'a>(&'a self, tenant: TenantId, author: Option<&'a str>) -> BoxFuture<'a, Result<Vec<DraftRow>>> {
        self.inner.drafts(tenant, author)
    }

    fn save_draft<'a>(&'a self, draft: &'a DraftRow, expected: Option<&'a str>) -> BoxFuture<'a, Result<DraftSaved>> {
        self.commit("save_draft", self.inner.save_draft(draft, expected)).boxed()
    }

    fn drop_draft<'a>(&'a self, tenant: TenantId, draft: &'a DraftKey) -> BoxFuture<'a, Result<DraftSaved>> {
        self.commit("drop_draft", self.inner.drop_draft(tenant, draft)).boxed()
    }

    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.inner.instances_named(tenant, ids)
    }

    fn seals(&self) -> bool {
        self.inner.seals()
    }

    fn pool(&self) -> Option<Pool> {
        self.inner.pool()
    }

    fn documents<'a>(&'a self, filter: &'a DocumentFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
        self.inner.documents(filter, page)
    }

    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>> {
        self.inner.document(tenant, id)
    }

    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>> {
        self.inner.revision(tenant, id, number)
    }

    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.inner.instances(filter, page)
    }

    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>> {
        self.inner.instance(tenant, id)
    }

    fn history<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<HistoryRow>>> {
        self.inner.history(tenant, id, page)
    }

    fn effects<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<EffectRow>>> {
        self.inner.effects(tenant, id, page)
    }

    fn attempts<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> BoxFuture<'a, Result<Vec<AttemptRow>>> {
        self.inner.attempts(tenant, id, page)
    }

    fn exceptions<'a>(&'a self, filter: &'a ExceptionFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
        self.inner.exceptions(filter, page)
    }

    fn messages<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> {
        self.inner.messages(tenant, page)
    }

    fn counts<'a>(&'a self, now: Timestamp) -> BoxFuture<'a, Result<Counts>> {
        self.inner.counts(now)
    }

    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>> {
        self.commit("migrate", self.inner.migrate()).boxed()
    }

    fn ping(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.ping()
    }

    fn clean(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.commit("clean", self.inner.clean(before)).boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

impl Reconciliations for KillPoints {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.commit("plan_reconciliations", self.inner.plan_reconciliations(rows)).boxed()
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        self.inner.last_fires(schedules)
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.commit("note_fires", self.inner.note_fires(fires, now)).boxed()
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.commit("claim_reconciliations", self.inner.claim_reconciliations(lease, now, limit)).boxed()
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        self.inner.reconcilable(tenant, connection, wanted)
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        self.commit("record_reconciliation", self.inner.record_reconciliation(step)).boxed()
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        self.commit("cancel_reconciliation", self.inner.cancel_reconciliation(tenant, id, words, now)).boxed()
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.commit("say_of_drifts", self.inner.say_of_drifts(words)).boxed()
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.inner.reconciliations(filter, page)
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        self.inner.drifts(filter, page)
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        self.inner.drift_groups(filter)
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        self.inner.link_standings(tenant, document)
    }
}

#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;
