//! The store's own methods, one line each where there is nothing to seal.

use super::cabinet::{Batch, Closed};
use super::content::{Content, answer_body};
use super::{Sealed, again, marks};
use crate::domain::ids::{DocumentId, InstanceId, LaneId, TenantId};
use crate::runtime::content::looks_sealed;
use crate::store::*;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

impl Store for Sealed {
    fn seals(&self) -> bool {
        self.cabinet.keys.can_seal()
    }

    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>> {
        async move {
            let marks = self.marks().await?;
            let seals = |row: &NewMessage| marks::message(&marks, row.tenant, &row.connection, &row.event);
            let kept = self.cabinet.kept(messages, seals, |row| looks_sealed(&row.payload))?;
            self.inner.receive(&kept, lease).await
        }
        .boxed()
    }

    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>> {
        async move { self.opened(self.inner.claim_messages(lease, now, limit).await?).await }.boxed()
    }

    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>> {
        async move {
            let marks = self.marks().await?;
            let odd = |row: &Deferral| [&row.heard, &row.problem].into_iter().flatten().any(|text| looks_sealed(text));
            let kept = self.cabinet.kept(deferrals, |row| marks::any(&marks, row.tenant), odd)?;
            self.inner.defer_messages(&kept).await
        }
        .boxed()
    }

    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>> {
        self.inner.draw_number(tenant, counter)
    }

    /// What was loaded is opened before the decision sees it, and what it writes sealed before the store does, both within the
    /// transaction. Where a key has to be read first, nothing is done and the caller comes again.
    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>> {
        async move {
            let marks = self.marks().await?;
            let closed: Arc<Mutex<Option<TenantId>>> = Arc::default();
            let (cabinet, unread) = (self.cabinet.clone(), closed.clone());
            let decide: Decide = Box::new(move |mut loaded: Loaded| {
                cabinet.open(|each| loaded.contents(each)).map_err(|closed| {
                    *unread.lock().unwrap_or_else(PoisonError::into_inner) = closed.unread;
                    closed.error
                })?;
                let batch = Batch::of(marks, &loaded);
                let mut writes = decide(loaded)?;
                batch.seal(&cabinet, &mut writes)?;
                Ok(writes)
            });
            match self.inner.decide(keys, decide).await {
                Ok(mut committed) => {
                    committed.claimed = self.claimed(committed.claimed).await?;
                    Ok(committed)
                }
                Err(error) => {
                    let unread = closed.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let Some(tenant) = unread else { return Err(error) };
                    let known = || self.cabinet.keys.get(tenant, super::keys::NUMBER).is_some();
                    let before = known();
                    self.learnt(&Closed { error: again("keys are read"), unread }).await?;
                    if before || !known() { Err(error) } else { Err(again("the key of sealed content was read just now")) }
                }
            }
        }
        .boxed()
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
        async move { self.claimed(self.inner.claim_lanes(lease, now, room).await?).await }.boxed()
    }

    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        async move { self.claimed(self.inner.claim_named_lanes(lease, now, lanes).await?).await }.boxed()
    }

    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>> {
        async move {
            // A mark that was taken back meanwhile does not lay open what an effect that was sealed comes to.
            for one in progress.iter().filter(|one| one.hold.sealed) {
                self.key(one.hold.tenant).await?;
            }
            let odd = |one: &Progress| one.attempts.iter().any(|row| row.message.as_deref().is_some_and(looks_sealed));
            let kept = self.cabinet.kept(progress, |one| one.hold.sealed, odd)?;
            self.inner.record_progress(&kept).await
        }
        .boxed()
    }

    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>> {
        async move { self.opened(self.inner.claim_streams(lease, now, streams, limit).await?).await }.boxed()
    }

    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>> {
        async move {
            let marks = self.marks().await?;
            let mut kept = cursor.clone();
            self.cabinet.put(&mut kept, marks::any(&marks, cursor.key.tenant))?;
            self.inner.save_cursor(&kept, next_due).await
        }
        .boxed()
    }

    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>> {
        self.inner.claim_rereads(now, limit)
    }

    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>> {
        self.inner.put_definitions(definitions)
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
        async move {
            let mut begun = self.inner.begin_answer(question).await?;
            if let Begun::Answered(answer) = &mut begun {
                self.opened_by(answer, |answer, each| answer_body(question.tenant, question.key, &mut answer.body, each)).await?;
            }
            Ok(begun)
        }
        .boxed()
    }

    fn finish_answer<'a>(&'a self, tenant: TenantId, key: Uuid, answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        async move {
            let marks = self.marks().await?;
            let Some(answer) = answer.filter(|_| marks::any(&marks, tenant)) else {
                return self.inner.finish_answer(tenant, key, answer).await;
            };
            let mut kept = answer.clone();
            answer_body(tenant, key, &mut kept.body, &mut |place, text| self.cabinet.put_text(place, text, true))?;
            self.inner.finish_answer(tenant, key, Some(&kept)).await
        }
        .boxed()
    }

    fn forget_answers(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.inner.forget_answers(before)
    }

    fn claim_duty<'a>(&'a self, duty: &'a str, lease: &'a Lease, now: Timestamp) -> BoxFuture<'a, Result<Option<i64>>> {
        self.inner.claim_duty(duty, lease, now)
    }

    fn events_waiting(&self, limit: u32) -> BoxFuture<'_, Result<Vec<WaitingEvent>>> {
        self.inner.events_waiting(limit)
    }

    fn events_published<'a>(&'a self, published: &'a [i64]) -> BoxFuture<'a, Result<()>> {
        self.inner.events_published(published)
    }

    fn take_slots<'a>(&'a self, request: &'a SlotRequest, now: Timestamp) -> BoxFuture<'a, Result<Slots>> {
        self.inner.take_slots(request, now)
    }

    fn claim_credential<'a>(
        &'a self,
        key: &'a CredentialKey,
        stale: i64,
        lease: &'a Lease,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<CredentialClaim>> {
        self.inner.claim_credential(key, stale, lease, now)
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
        self.inner.save_credential(key, token, generation, sealed, lapses_at)
    }

    fn release_credential<'a>(&'a self, key: &'a CredentialKey, token: i64, again_at: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.inner.release_credential(key, token, again_at)
    }

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
        async move { self.opened(self.inner.documents(filter, page).await?).await }.boxed()
    }

    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>> {
        async move { self.opened(self.inner.document(tenant, id).await?).await }.boxed()
    }

    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>> {
        async move { self.opened(self.inner.revision(tenant, id, number).await?).await }.boxed()
    }

    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        async move { self.opened(self.inner.instances(filter, page).await?).await }.boxed()
    }

    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>> {
        async move { self.opened(self.inner.instance(tenant, id).await?).await }.boxed()
    }

    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        async move { self.opened(self.inner.instances_named(tenant, ids).await?).await }.boxed()
    }

    fn history<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<HistoryRow>>> {
        async move { self.opened(self.inner.history(tenant, id, page).await?).await }.boxed()
    }

    fn effects<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<EffectRow>>> {
        async move { self.opened(self.inner.effects(tenant, id, page).await?).await }.boxed()
    }

    fn attempts<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> BoxFuture<'a, Result<Vec<AttemptRow>>> {
        async move { self.opened(self.inner.attempts(tenant, id, page).await?).await }.boxed()
    }

    fn exceptions<'a>(&'a self, filter: &'a ExceptionFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
        async move { self.opened(self.inner.exceptions(filter, page).await?).await }.boxed()
    }

    fn messages<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> {
        async move { self.opened(self.inner.messages(tenant, page).await?).await }.boxed()
    }

    fn counts<'a>(&'a self, now: Timestamp) -> BoxFuture<'a, Result<Counts>> {
        self.inner.counts(now)
    }

    fn desk(&self) -> &dyn desk::Desk {
        self
    }

    /// Who may come in has no content of documents.
    fn identity(&self) -> &dyn identity::Identity {
        self.inner.identity()
    }

    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>> {
        self.inner.migrate()
    }

    fn pool(&self) -> Option<Pool> {
        self.inner.pool()
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
