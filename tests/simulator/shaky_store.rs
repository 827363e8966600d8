//! The store as one replica reaches it: over a line that takes time, breaks, and hides whether a commit took place; and the
//! replica may die before or after any commit.

use crate::executor::Owner;
use crate::faults::Fault;
use crate::fires;
use crate::memory_store::MemoryStore;
use crate::world::World;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;
use waybill::domain::ids::{DocumentId, InstanceId, LaneId, ReconciliationId, TenantId};
use waybill::store::*;

/// One replica's store.
pub struct ShakyStore {
    pub world: Arc<World>,
    pub inner: MemoryStore,
    pub owner: Owner,
}

impl ShakyStore {
    /// A call that only reads.
    pub async fn read<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.reach().await?;
        let outcome = work.await;
        self.linger().await;
        outcome
    }

    /// A call that commits.
    pub async fn commit<T>(&self, what: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.reach().await?;
        let (world, rate) = (&self.world, self.world.weather().commit);
        if world.dice.strikes(rate) {
            return self.die(Fault::CrashBeforeCommit).await;
        }
        if world.dice.strikes(rate) {
            world.meets(None, Fault::CommitLostBefore);
            return Err(Error::CommitUnknown(format!("{what}: the line broke, nothing was kept").into()));
        }
        let outcome = work.await;
        world.executor.note(what);
        if world.dice.strikes(rate) {
            return self.die(Fault::CrashAfterCommit).await;
        }
        if outcome.is_ok() && world.dice.strikes(rate) {
            world.meets(None, Fault::CommitLostAfter);
            return Err(Error::CommitUnknown(format!("{what}: the line broke, it was kept").into()));
        }
        self.linger().await;
        outcome
    }

    async fn reach(&self) -> Result<()> {
        let (world, weather) = (&self.world, self.world.weather());
        if world.store_is_away() {
            world.executor.sleep(world.dice.millis(1, 2_000)).await;
            return Err(Error::Unavailable("the store is away".into()));
        }
        if world.dice.strikes(weather.store_away) {
            world.meets(None, Fault::StoreAway);
            return Err(Error::Unavailable("the line broke".into()));
        }
        if world.dice.strikes(weather.store_slow) {
            world.meets(None, Fault::SlowStore);
            world.executor.sleep(world.dice.millis(1_000, 30_000)).await;
        }
        if world.dice.below(8) == 0 {
            world.executor.sleep(world.dice.millis(1, 20)).await;
        }
        Ok(())
    }

    async fn linger(&self) {
        if self.world.dice.below(8) == 0 {
            self.world.executor.sleep(self.world.dice.between(Duration::from_micros(100), Duration::from_millis(20))).await;
        }
    }

    async fn die<T>(&self, fault: Fault) -> T {
        self.world.crash(self.owner, fault);
        pending().await
    }
}

impl Reconciliations for ShakyStore {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        let work = async move {
            let planned = self.inner.plan_reconciliations(rows).await;
            fires::planned(&self.world, rows, planned.as_deref().unwrap_or_default());
            planned
        };
        self.commit("plan_reconciliations", work).boxed()
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        async move {
            let known = self.read(async move { self.inner.last_fires(schedules).await }).await;
            // Between what it has learnt and what it does about it, others may fire this and the next.
            if self.world.dice.strikes(self.world.weather().fire_stall) {
                self.world.stall_at_fire(self.owner);
                self.world.executor.sleep(Duration::from_millis(1)).await;
            }
            known
        }
        .boxed()
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        let work = async move {
            let noted = self.inner.note_fires(fires, now).await;
            fires::noted(&self.world, fires);
            noted
        };
        self.commit("note_fires", work).boxed()
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.commit("claim_reconciliations", async move { self.inner.claim_reconciliations(lease, now, limit).await }).boxed()
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        self.read(async move { self.inner.reconcilable(tenant, connection, wanted).await }).boxed()
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        let work = async move {
            let recorded = self.inner.record_reconciliation(step).await;
            fires::recorded(&self.world, step, &recorded);
            recorded
        };
        self.commit("record_reconciliation", work).boxed()
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        self.commit("cancel_reconciliation", async move { self.inner.cancel_reconciliation(tenant, id, words, now).await }).boxed()
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.commit("say_of_drifts", async move { self.inner.say_of_drifts(words).await }).boxed()
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.read(async move { self.inner.reconciliations(filter, page).await }).boxed()
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        self.read(async move { self.inner.drifts(filter, page).await }).boxed()
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        self.read(async move { self.inner.drift_groups(filter).await }).boxed()
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        self.read(async move { self.inner.link_standings(tenant, document).await }).boxed()
    }
}

impl Store for ShakyStore {
    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>> {
        self.commit("receive", async move { self.inner.receive(messages, lease).await }).boxed()
    }

    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>> {
        self.commit("claim_messages", async move { self.inner.claim_messages(lease, now, limit).await }).boxed()
    }

    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>> {
        self.commit("defer_messages", async move { self.inner.defer_messages(deferrals).await }).boxed()
    }

    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>> {
        self.commit("draw_number", async move { self.inner.draw_number(tenant, counter).await }).boxed()
    }

    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>> {
        self.commit("decide", async move { self.inner.decide(keys, decide).await }).boxed()
    }

    fn due_timers<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<TimerKey>>> {
        self.read(async move { self.inner.due_timers(now, limit).await }).boxed()
    }

    fn claim_lanes<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        room: &'a [ConnectionRoom],
    ) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.commit("claim_lanes", async move { self.inner.claim_lanes(lease, now, room).await }).boxed()
    }

    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.commit("claim_named_lanes", async move { self.inner.claim_named_lanes(lease, now, lanes).await }).boxed()
    }

    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>> {
        self.commit("record_progress", async move { self.inner.record_progress(progress).await }).boxed()
    }

    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>> {
        self.commit("claim_streams", async move { self.inner.claim_streams(lease, now, streams, limit).await }).boxed()
    }

    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>> {
        self.commit("save_cursor", async move { self.inner.save_cursor(cursor, next_due).await }).boxed()
    }

    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>> {
        self.commit("claim_rereads", async move { self.inner.claim_rereads(now, limit).await }).boxed()
    }

    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>> {
        self.commit("put_definitions", async move { self.inner.put_definitions(definitions).await }).boxed()
    }

    fn definition<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        id: &'a str,
        hash: &'a str,
    ) -> BoxFuture<'a, Result<Option<DefinitionRow>>> {
        self.read(async move { self.inner.definition(tenant, kind, id, hash).await }).boxed()
    }

    fn begin_answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Begun>> {
        self.commit("begin_answer", async move { self.inner.begin_answer(question).await }).boxed()
    }

    fn finish_answer<'a>(&'a self, tenant: TenantId, key: uuid::Uuid, answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        self.commit("finish_answer", async move { self.inner.finish_answer(tenant, key, answer).await }).boxed()
    }

    fn forget_answers(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.commit("forget_answers", async move { self.inner.forget_answers(before).await }).boxed()
    }

    // ---- publishing: a simulation has one set of definitions ----

    fn publish<'a>(&'a self, release: &'a NewRelease) -> BoxFuture<'a, Result<Publication>> {
        self.inner.publish(release)
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
        self.inner.save_draft(draft, expected)
    }

    fn drop_draft<'a>(&'a self, tenant: TenantId, draft: &'a DraftKey) -> BoxFuture<'a, Result<DraftSaved>> {
        self.inner.drop_draft(tenant, draft)
    }

    fn documents<'a>(&'a self, filter: &'a DocumentFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
        self.inner.documents(filter, page)
    }

    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>> {
        self.read(async move { self.inner.document(tenant, id).await }).boxed()
    }

    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>> {
        self.inner.revision(tenant, id, number)
    }

    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.inner.instances(filter, page)
    }

    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>> {
        self.read(async move { self.inner.instance(tenant, id).await }).boxed()
    }

    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.inner.instances_named(tenant, ids)
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

    fn desk(&self) -> &dyn waybill::store::desk::Desk {
        self
    }

    fn identity(&self) -> &dyn waybill::store::identity::Identity {
        self.inner.identity()
    }

    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>> {
        self.inner.migrate()
    }

    fn ping(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.ping()
    }

    fn clean(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.inner.clean(before)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}
