//! The store's contract in memory: one transaction at a time, the same fences, order and refusals as the real engines.
//!
//! For the simulator, which needs millions of transactions in a second and no threads. It passes the conformance suite of
//! the real stores (`tests/store_conformance`), which is what makes its word worth something. Nothing in it waits.

#![allow(dead_code, unused_imports, reason = "the suite and the simulator use different parts of it")]

mod answers;
mod check;
mod decide;
pub mod desk;
mod drift;
mod intake;
mod lanes;
mod ledger;
mod reconcile;
pub mod state;
mod streams;
mod views;

pub use state::{State, StoredStream};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use waybill::domain::ids::{DocumentId, InstanceId, LaneId, TenantId};
use waybill::store::*;

/// The store. Cheap to clone; clones are the same store.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

impl MemoryStore {
    /// Everything in it, for whoever judges.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<'a, T: Send + 'a>(&self, work: impl FnOnce(&mut State) -> Result<T>) -> BoxFuture<'a, Result<T>> {
        let mut state = self.state();
        let outcome = if state.closed { Err(Error::Unavailable("the store is closed".into())) } else { work(&mut state) };
        ready(outcome).boxed()
    }
}

impl Store for MemoryStore {
    fn receive<'a>(&'a self, messages: &'a [NewMessage], lease: &'a Lease) -> BoxFuture<'a, Result<Vec<Received>>> {
        self.with(|state| state.receive(messages, lease))
    }

    fn claim_messages<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Message>>> {
        self.with(|state| Ok(state.claim_messages(lease, now, limit)))
    }

    fn defer_messages<'a>(&'a self, deferrals: &'a [Deferral]) -> BoxFuture<'a, Result<()>> {
        self.with(|state| {
            deferrals.iter().for_each(|deferral| state.defer_unlocked(deferral));
            Ok(())
        })
    }

    fn draw_number<'a>(&'a self, tenant: TenantId, counter: &'a str) -> BoxFuture<'a, Result<u64>> {
        self.with(|state| {
            let number = state.counters.entry((tenant, counter.to_owned())).or_default();
            *number += 1;
            Ok(*number)
        })
    }

    fn decide<'a>(&'a self, keys: &'a Keys, decide: Decide) -> BoxFuture<'a, Result<Committed>> {
        self.with(|state| state.decide(keys, decide))
    }

    fn due_timers<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<TimerKey>>> {
        self.with(|state| Ok(state.due_timers(now, limit)))
    }

    fn claim_lanes<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        room: &'a [ConnectionRoom],
    ) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.with(|state| Ok(state.claim_lanes(lease, now, room)))
    }

    fn claim_named_lanes<'a>(&'a self, lease: &'a Lease, now: Timestamp, lanes: &'a [LaneId]) -> BoxFuture<'a, Result<Vec<ClaimedEffect>>> {
        self.with(|state| Ok(state.claim_named_lanes(lease, now, lanes)))
    }

    fn record_progress<'a>(&'a self, progress: &'a [Progress]) -> BoxFuture<'a, Result<Vec<Fenced>>> {
        self.with(|state| Ok(state.record_progress(progress)))
    }

    fn claim_streams<'a>(
        &'a self,
        lease: &'a Lease,
        now: Timestamp,
        streams: &'a [StreamKey],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StreamCursor>>> {
        self.with(|state| Ok(state.claim_streams(lease, now, streams, limit)))
    }

    fn save_cursor<'a>(&'a self, cursor: &'a StreamCursor, next_due: Timestamp) -> BoxFuture<'a, Result<Fenced>> {
        self.with(|state| Ok(state.save_cursor(cursor, next_due)))
    }

    fn claim_rereads<'a>(&'a self, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<Reread>>> {
        self.with(|state| Ok(state.claim_rereads(now, limit)))
    }

    fn put_definitions<'a>(&'a self, definitions: &'a [DefinitionRow]) -> BoxFuture<'a, Result<()>> {
        self.with(|state| {
            for row in definitions {
                let key = (row.tenant, row.kind.clone(), row.id.clone(), row.hash.clone());
                state.definitions.entry(key).or_insert_with(|| row.clone());
            }
            Ok(())
        })
    }

    fn definition<'a>(
        &'a self,
        tenant: TenantId,
        kind: &'a str,
        id: &'a str,
        hash: &'a str,
    ) -> BoxFuture<'a, Result<Option<DefinitionRow>>> {
        let key = (tenant, kind.to_owned(), id.to_owned(), hash.to_owned());
        self.with(|state| Ok(state.definitions.get(&key).cloned()))
    }

    fn begin_answer<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Begun>> {
        self.with(|state| Ok(state.begin_answer(question)))
    }

    fn finish_answer<'a>(&'a self, _tenant: TenantId, key: uuid::Uuid, answer: Option<&'a Answer>) -> BoxFuture<'a, Result<()>> {
        self.with(|state| {
            state.finish_answer(key, answer);
            Ok(())
        })
    }

    fn forget_answers(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.with(|state| Ok(state.forget_answers(before)))
    }

    // ---- publishing: a simulation has one set of definitions ----

    fn publish<'a>(&'a self, _release: &'a NewRelease) -> BoxFuture<'a, Result<Publication>> {
        left_out()
    }

    fn live_release(&self, _tenant: TenantId) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        left_out()
    }

    fn release(&self, _tenant: TenantId, _number: u32) -> BoxFuture<'_, Result<Option<ReleaseRow>>> {
        left_out()
    }

    fn releases(&self, _tenant: TenantId, _before: Option<u32>, _limit: u32) -> BoxFuture<'_, Result<Vec<ReleaseRow>>> {
        left_out()
    }

    fn release_with<'a>(&'a self, _tenant: TenantId, _digest: &'a str) -> BoxFuture<'a, Result<Option<ReleaseRow>>> {
        left_out()
    }

    fn release_items(&self, _tenant: TenantId, _number: u32) -> BoxFuture<'_, Result<Vec<ReleaseItem>>> {
        left_out()
    }

    fn release_texts(&self, _tenant: TenantId, _number: u32) -> BoxFuture<'_, Result<Vec<ReleaseText>>> {
        left_out()
    }

    fn definition_versions<'a>(&'a self, _tenant: TenantId, _kind: &'a str, _id: &'a str) -> BoxFuture<'a, Result<Vec<DefinitionVersion>>> {
        left_out()
    }

    fn drafts<'a>(&'a self, _tenant: TenantId, _author: Option<&'a str>) -> BoxFuture<'a, Result<Vec<DraftRow>>> {
        left_out()
    }

    fn save_draft<'a>(&'a self, _draft: &'a DraftRow, _expected: Option<&'a str>) -> BoxFuture<'a, Result<DraftSaved>> {
        left_out()
    }

    fn drop_draft<'a>(&'a self, _tenant: TenantId, _draft: &'a DraftKey) -> BoxFuture<'a, Result<DraftSaved>> {
        left_out()
    }

    fn documents<'a>(&'a self, filter: &'a DocumentFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
        self.with(|state| Ok(state.view_documents(filter, page)))
    }

    fn document<'a>(&'a self, tenant: TenantId, id: DocumentId) -> BoxFuture<'a, Result<Option<DocumentView>>> {
        self.with(|state| Ok(state.view_document(tenant, id)))
    }

    fn revision<'a>(&'a self, tenant: TenantId, id: DocumentId, number: u32) -> BoxFuture<'a, Result<Option<RevisionRow>>> {
        self.with(|state| Ok(state.revisions.get(&(id, number)).filter(|row| row.tenant == tenant).cloned()))
    }

    fn instances<'a>(&'a self, filter: &'a InstanceFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.with(|state| Ok(state.view_instances(filter, page)))
    }

    fn instance<'a>(&'a self, tenant: TenantId, id: InstanceId) -> BoxFuture<'a, Result<Option<InstanceRow>>> {
        self.with(|state| Ok(state.instances.get(&id).filter(|row| row.tenant == tenant).cloned()))
    }

    fn instances_named<'a>(&'a self, tenant: TenantId, ids: &'a [InstanceId]) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
        self.with(|state| {
            let known = ids.iter().filter_map(|id| state.instances.get(id));
            Ok(known.filter(|row| row.tenant == tenant).cloned().collect())
        })
    }

    fn history<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<HistoryRow>>> {
        self.with(|state| Ok(state.view_history(tenant, id, page)))
    }

    fn effects<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> BoxFuture<'a, Result<Vec<EffectRow>>> {
        self.with(|state| Ok(state.view_effects(tenant, id, page)))
    }

    fn attempts<'a>(&'a self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> BoxFuture<'a, Result<Vec<AttemptRow>>> {
        self.with(|state| Ok(state.view_attempts(tenant, id, page)))
    }

    fn exceptions<'a>(&'a self, filter: &'a ExceptionFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
        self.with(|state| Ok(state.view_exceptions(filter, page)))
    }

    fn messages<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> {
        self.with(|state| Ok(state.view_messages(tenant, page)))
    }

    fn counts<'a>(&'a self, now: Timestamp) -> BoxFuture<'a, Result<Counts>> {
        self.with(|state| Ok(state.counts(now)))
    }

    fn desk(&self) -> &dyn waybill::store::desk::Desk {
        self
    }

    fn identity(&self) -> &dyn waybill::store::identity::Identity {
        panic!("nobody signs in at the store in memory")
    }

    fn migrate(&self) -> BoxFuture<'_, Result<MigrationReport>> {
        self.with(|_| Ok(MigrationReport { applied: Vec::new(), current: "memory".to_owned() }))
    }

    fn ping(&self) -> BoxFuture<'_, Result<()>> {
        self.with(|_| Ok(()))
    }

    fn clean(&self, before: Timestamp) -> BoxFuture<'_, Result<u64>> {
        self.with(|state| Ok(state.clean(before)))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.state().closed = true;
        ready(()).boxed()
    }
}

fn left_out<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T>> {
    ready(Err(Error::Unavailable("simulations leave this out".into()))).boxed()
}
