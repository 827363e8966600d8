//! The store in PostgreSQL: one transaction a batch, one multi-row statement a kind of row, arrays as parameters.

mod answers;
mod credentials;
mod definitions;
mod drafts;
mod drift;
mod duties;
mod engine;
mod events;
mod house;
mod intake;
mod lanes;
mod ledger;
mod load;
mod migrate;
mod numbers;
mod outbox;
mod owners;
mod rates;
mod reconcile;
mod relay;
mod releases;
mod session;
mod streams;
mod tickets;
mod timers;
mod views;

use super::*;
pub(super) use session::Postgres;

impl Store for Postgres {
    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>> {
        Box::pin(intake::receive(self, messages, lease))
    }

    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>> {
        Box::pin(intake::claim(self, lease, now, limit))
    }

    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>> {
        Box::pin(intake::defer(self, deferrals))
    }

    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(numbers::draw(self, tenant, counter))
    }

    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>> {
        Box::pin(engine::decide(self, keys, decide))
    }

    fn due_timers<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<TimerKey>>> {
        Box::pin(timers::due(self, now, limit))
    }

    fn claim_lanes<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        room: &'a [ConnectionRoom],
    ) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        Box::pin(lanes::claim(self, lease, now, room))
    }

    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        Box::pin(tickets::claim(self, lease, now, lanes))
    }

    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>> {
        Box::pin(lanes::record_progress(self, progress))
    }

    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>> {
        Box::pin(streams::claim(self, lease, now, streams, limit))
    }

    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>> {
        Box::pin(streams::save(self, cursor, next_due))
    }

    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>> {
        Box::pin(streams::rereads(self, now, limit))
    }

    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>> {
        Box::pin(definitions::put(self, definitions))
    }

    fn definition<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        id: &'a str,
        hash: &'a str,
    ) -> BoxFuture<'a, Result<Option<DefinitionRow>>> {
        Box::pin(definitions::get(self, tenant, kind, id, hash))
    }

    fn begin_answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Begun>> {
        Box::pin(answers::begin(self, question))
    }

    fn finish_answer<'a>(&'a self, _tenant: TenantId, key: uuid::Uuid, answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        Box::pin(answers::finish(self, key, answer))
    }

    fn forget_answers(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        Box::pin(answers::forget(self, before))
    }

    fn claim_duty<'a>(&'a self, duty: &'a str, lease: &'a Lease, now: Timestamp) -> BoxFuture<'a, Result<Option<i64>>> {
        Box::pin(duties::claim(self, duty, lease, now))
    }

    fn events_waiting(&self, limit: u32) -> BoxFuture<'_, Result<Vec<WaitingEvent>>> {
        Box::pin(events::waiting(self, limit))
    }

    fn events_published<'a>(&'a self, published: &'a [i64]) -> BoxFuture<'a, Result<()>> {
        Box::pin(events::published(self, published))
    }

    fn take_slots<'a>(&'a self, request: &'a SlotRequest, now: Timestamp) -> BoxFuture<'a, Result<Slots>> {
        Box::pin(rates::take(self, request, now))
    }

    fn claim_credential<'a>(
        &'a self,
        key: &'a CredentialKey,
        stale: i64,
        lease: &'a Lease,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<CredentialClaim>> {
        Box::pin(credentials::claim(self, key, stale, lease, now))
    }

    fn credential<'a>(&'a self, key: &'a CredentialKey) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(credentials::kept(self, key))
    }

    fn save_credential<'a>(
        &'a self,
        key: &'a CredentialKey,
        token: i64,
        generation: i64,
        sealed: &'a str,
        lapses_at: Option<Timestamp>,
    ) -> BoxFuture<'a, Result<Fenced>> {
        Box::pin(credentials::save(self, key, token, generation, sealed, lapses_at))
    }

    fn release_credential<'a>(&'a self, key: &'a CredentialKey, token: i64, again_at: Timestamp) -> BoxFuture<'a, Result<()>> {
        Box::pin(credentials::release(self, key, token, again_at))
    }

    fn publish<'a>(&'a self, release: &'a NewRelease) -> BoxFuture<'a, Result<Publication>> {
        Box::pin(releases::publish(self, release))
    }

    fn live_release(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        Box::pin(releases::live(self, tenant))
    }

    fn release(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        Box::pin(releases::one(self, tenant, number))
    }

    fn releases(&self, tenant: TenantId, before: Option<u32>, limit: u32) -> BoxFuture<'_, Result<Vec<ReleaseRow>>> {
        Box::pin(releases::list(self, tenant, before, limit))
    }

    fn release_with<'a>(&'a self, tenant: TenantId, digest: &'a str) -> BoxFuture<'a, Result<Option<ReleaseRow>>> {
        Box::pin(releases::with_digest(self, tenant, digest))
    }

    fn release_items(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseItem>>> {
        Box::pin(releases::items(self, tenant, number))
    }

    fn release_texts(&self, tenant: TenantId, number: u32) -> BoxFuture<'_, Result<Vec<ReleaseText>>> {
        Box::pin(releases::texts(self, tenant, number))
    }

    fn definition_versions<'a>(&'a self, tenant: TenantId, kind: &'a str, id: &'a str) -> BoxFuture<'a, Result<Vec<DefinitionVersion>>> {
        Box::pin(releases::versions(self, tenant, kind, id))
    }

    fn drafts<'a>(&'a self, tenant: TenantId, author: Option<&'a str>) -> BoxFuture<'a, Result<Vec<DraftRow>>> {
        Box::pin(drafts::list(self, tenant, author))
    }

    fn save_draft<'a>(&'a self, draft: &'a DraftRow, expected: Option<&'a str>) -> BoxFuture<'a, Result<DraftSaved>> {
        Box::pin(drafts::save(self, draft, expected))
    }

    fn drop_draft<'a>(&'a self, tenant: TenantId, draft: &'a DraftKey) -> BoxFuture<'a, Result<DraftSaved>> {
        Box::pin(drafts::drop_one(self, tenant, draft))
    }

    fn documents<'a>(&'a self, filter: &'a DocumentFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
        Box::pin(views::documents(self, filter, page))
    }

    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>> {
        Box::pin(views::document(self, tenant, id))
    }

    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>> {
        Box::pin(views::revision(self, tenant, id, number))
    }

    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        Box::pin(views::instances(self, filter, page))
    }

    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>> {
        Box::pin(views::instance(self, tenant, id))
    }

    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        Box::pin(views::instances_named(self, tenant, ids))
    }

    fn history<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<HistoryRow>>> {
        Box::pin(views::history(self, tenant, id, page))
    }

    fn effects<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<EffectRow>>> {
        Box::pin(views::effects(self, tenant, id, page))
    }

    fn attempts<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> BoxFuture<'a, Result<Vec<AttemptRow>>> {
        Box::pin(views::attempts(self, tenant, id, page))
    }

    fn exceptions<'a>(&'a self, filter: &'a ExceptionFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
        Box::pin(views::exceptions(self, filter, page))
    }

    fn messages<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> {
        Box::pin(views::messages(self, tenant, page))
    }

    fn counts<'a>(&'a self, now: Timestamp) -> BoxFuture<'a, Result<Counts>> {
        Box::pin(house::counts(self, now))
    }

    fn desk(&self) -> &dyn desk::Desk {
        self
    }

    fn identity(&self) -> &dyn identity::Identity {
        self
    }

    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>> {
        Box::pin(migrate::migrate(self))
    }

    fn pool(&self) -> Option<Pool> {
        let (open, idle) = (self.work.size(), u32::try_from(self.work.num_idle()).unwrap_or(u32::MAX));
        Some(Pool { busy: open.saturating_sub(idle), idle, max: self.work.options().get_max_connections() })
    }

    fn ping(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(house::ping(self))
    }

    fn clean(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        Box::pin(house::clean(self, before))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.work.close().await;
            self.views.close().await;
        })
    }
}
