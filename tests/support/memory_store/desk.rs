//! The desk in memory: what people are asked, decide and delegate. The rest of it a simulation leaves out.

use super::MemoryStore;
use super::state::State;
use futures::FutureExt;
use futures::future::ready;
use names::*;
use waybill::domain::ids::TaskId;

/// What the methods that are left out name.
pub mod names {
    pub use futures::future::BoxFuture;
    pub use jiff::Timestamp;
    pub use uuid::Uuid;
    pub use waybill::domain::access::scope::{Belongings, Thing, Within};
    pub use waybill::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
    pub use waybill::store::desk::*;
    pub use waybill::store::*;
}

/// Every method of the desk that is not about people.
macro_rules! desk_left_out {
    () => {
        // Nobody of the simulated people has quiet hours or a digest: nothing waits.
        fn notices_due(&self, _tenant: TenantId, _now: Timestamp) -> BoxFuture<'_, Result<Vec<(String, String)>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn bundled_notices(&self, _tenant: TenantId, _most: u32) -> BoxFuture<'_, Result<Vec<WaitingRow>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn bundle_notices<'a>(
            &'a self,
            _tenant: TenantId,
            _whose: (&'a str, &'a str),
            _bundle: Uuid,
            _now: Timestamp,
        ) -> BoxFuture<'a, Result<u64>> {
            $crate::memory_store::desk::left_out()
        }
        fn drop_bundle(&self, _tenant: TenantId, _bundle: Uuid) -> BoxFuture<'_, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        // Nobody of the simulated people brings a file of their own.
        fn keep_file<'a>(&'a self, _file: &'a FileContent, _most: u32) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn files(&self, _tenant: TenantId, _instance: InstanceId) -> BoxFuture<'_, Result<Vec<FileRow>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn files_by_id<'a>(&'a self, _tenant: TenantId, _ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<FileRow>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn file_content(&self, _tenant: TenantId, _id: Uuid) -> BoxFuture<'_, Result<Option<FileContent>>> {
            $crate::memory_store::desk::left_out()
        }
        // The simulated company is read from nowhere.
        fn organisation_marks(&self, _tenant: TenantId) -> BoxFuture<'_, Result<Vec<(String, String, Timestamp)>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn organisations(&self, _tenant: TenantId) -> BoxFuture<'_, Result<Vec<OrganisationRow>>> {
            Box::pin(async { Ok(Vec::new()) })
        }
        fn remove_documents<'a>(&'a self, _tenant: TenantId, _source: &'a str, _documents: &'a [DocumentId]) -> BoxFuture<'a, Result<u64>> {
            $crate::memory_store::desk::left_out()
        }
        fn left_tasks<'a>(&'a self, _tenant: TenantId, _people: &'a [(String, Timestamp)]) -> BoxFuture<'a, Result<Vec<LeftTasks>>> {
            $crate::memory_store::desk::left_out()
        }
        fn keep_organisation<'a>(&'a self, _row: &'a OrganisationRow, _over: Option<&'a str>) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn read_organisation<'a>(&'a self, _tenant: TenantId, _source: &'a str, _now: Timestamp) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn give_feedback<'a>(&'a self, _row: &'a FeedbackRow, _most: u32) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn feedback<'a>(&'a self, _tenant: TenantId, _settled: Option<bool>, _page: &'a Page) -> BoxFuture<'a, Result<Vec<FeedbackRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn feedback_of(&self, _tenant: TenantId, _id: Uuid) -> BoxFuture<'_, Result<Option<FeedbackRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn settle_feedback<'a>(
            &'a self,
            _tenant: TenantId,
            _id: Uuid,
            _by: &'a str,
            _answer: Option<&'a str>,
            _at: Timestamp,
        ) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn exception_groups<'a>(&'a self, _filter: &'a ExceptionChoice, _limit: u32) -> BoxFuture<'a, Result<Vec<GroupRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn choose_exceptions<'a>(&'a self, _choice: &'a ExceptionChoice, _page: &'a Page) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn exceptions_by_id<'a>(&'a self, _tenant: TenantId, _ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<ExceptionRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn assign<'a>(&'a self, _assignment: &'a Assignment) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn add_note<'a>(&'a self, _note: &'a NoteRow) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn notes<'a>(&'a self, _tenant: TenantId, _exception: ExceptionId) -> BoxFuture<'a, Result<Vec<NoteRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn amendments<'a>(&'a self, _tenant: TenantId, _document: DocumentId) -> BoxFuture<'a, Result<Vec<AmendmentRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn task_counts<'a>(&'a self, _tenant: TenantId, _people: &'a [String], _now: Timestamp) -> BoxFuture<'a, Result<TaskCounts>> {
            $crate::memory_store::desk::left_out()
        }
        fn seen<'a>(&'a self, _tenant: TenantId, _instance: InstanceId, _person: &'a str) -> BoxFuture<'a, Result<Option<SeenRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn see<'a>(&'a self, _row: &'a SeenRow) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn freeze<'a>(&'a self, _selection: &'a NewSelection, _most: u32) -> BoxFuture<'a, Result<u32>> {
            $crate::memory_store::desk::left_out()
        }
        fn selection<'a>(&'a self, _tenant: TenantId, _id: Uuid, _now: Timestamp) -> BoxFuture<'a, Result<Option<SelectionRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn selection_items<'a>(
            &'a self,
            _tenant: TenantId,
            _id: Uuid,
            _after: u32,
            _limit: u32,
        ) -> BoxFuture<'a, Result<Vec<(u32, Uuid)>>> {
            $crate::memory_store::desk::left_out()
        }
        fn start_batch<'a>(&'a self, _batch: &'a BatchRow) -> BoxFuture<'a, Result<u32>> {
            $crate::memory_store::desk::left_out()
        }
        fn batches<'a>(&'a self, _tenant: TenantId, _page: &'a Page) -> BoxFuture<'a, Result<Vec<BatchRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn batch(&self, _tenant: TenantId, _id: Uuid) -> BoxFuture<'_, Result<Option<(BatchRow, Vec<(String, u64)>)>>> {
            $crate::memory_store::desk::left_out()
        }
        fn batch_items<'a>(&'a self, _choice: &'a ItemChoice) -> BoxFuture<'a, Result<Vec<ItemRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn move_batch<'a>(
            &'a self,
            _tenant: TenantId,
            _id: Uuid,
            _from: &'a [&'a str],
            _to: &'a str,
            _at: Timestamp,
        ) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn retry_failed(&self, _tenant: TenantId, _id: Uuid, _at: Timestamp) -> BoxFuture<'_, Result<u32>> {
            $crate::memory_store::desk::left_out()
        }
        fn claim_items<'a>(&'a self, _lease: &'a Lease, _now: Timestamp, _limit: u32) -> BoxFuture<'a, Result<Option<ClaimedItems>>> {
            $crate::memory_store::desk::left_out()
        }
        fn record_items<'a>(&'a self, _outcomes: &'a [ItemOutcome], _owner: &'a str, _at: Timestamp) -> BoxFuture<'a, Result<Vec<Fenced>>> {
            $crate::memory_store::desk::left_out()
        }
        fn belongings(&self, _tenant: TenantId, _thing: Thing) -> BoxFuture<'_, Result<Option<Belongings>>> {
            $crate::memory_store::desk::left_out()
        }
        fn instances_within<'a>(
            &'a self,
            _filter: &'a InstanceFilter,
            _within: &'a Within,
            _page: &'a Page,
        ) -> BoxFuture<'a, Result<Vec<InstanceRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn usage(&self, _tenant: TenantId, _since: Timestamp) -> BoxFuture<'_, Result<waybill::domain::quota::Usage>> {
            $crate::memory_store::desk::left_out()
        }
        fn search<'a>(&'a self, _choice: &'a DocumentChoice, _page: &'a Page) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn find_keys<'a>(&'a self, _tenant: TenantId, _keys: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, DocumentId)>>> {
            $crate::memory_store::desk::left_out()
        }
        fn documents_by_id<'a>(&'a self, _tenant: TenantId, _ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<DocumentRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn beside<'a>(&'a self, _tenant: TenantId, _ids: &'a [Uuid]) -> BoxFuture<'a, Result<Beside>> {
            $crate::memory_store::desk::left_out()
        }
        fn in_flight(&self, _tenant: TenantId) -> BoxFuture<'_, Result<InFlight>> {
            $crate::memory_store::desk::left_out()
        }
        fn saved_views<'a>(
            &'a self,
            _tenant: TenantId,
            _owner: &'a str,
            _page: Option<&'a str>,
        ) -> BoxFuture<'a, Result<Vec<SavedViewRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn saved_view<'a>(&'a self, _tenant: TenantId, _owner: &'a str, _id: Uuid) -> BoxFuture<'a, Result<Option<SavedViewRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn save_view<'a>(&'a self, _view: &'a SavedViewRow) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn drop_view<'a>(&'a self, _tenant: TenantId, _owner: &'a str, _id: Uuid, _version: u32) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn add_counts<'a>(&'a self, _counts: &'a [MinuteCount]) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn minute_counts<'a>(&'a self, _choice: &'a CountChoice) -> BoxFuture<'a, Result<Vec<MinuteCount>>> {
            $crate::memory_store::desk::left_out()
        }
        fn add_receipts<'a>(&'a self, _receipts: &'a [ReceiptRow], _keep: u32) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn receipts<'a>(&'a self, _tenant: TenantId, _connection: &'a str, _page: &'a Page) -> BoxFuture<'a, Result<Vec<ReceiptRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn held_breakers(&self) -> BoxFuture<'_, Result<Vec<BreakerHold>>> {
            $crate::memory_store::desk::left_out()
        }
        fn hold_breaker<'a>(&'a self, _hold: &'a BreakerHold, _change: &'a BreakerChange) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn add_breaker_changes<'a>(&'a self, _changes: &'a [BreakerChange]) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn breaker_changes<'a>(&'a self, _tenant: TenantId, _connection: &'a str) -> BoxFuture<'a, Result<Vec<BreakerChange>>> {
            $crate::memory_store::desk::left_out()
        }
        fn report<'a>(&'a self, _report: &'a ProcessReport) -> BoxFuture<'a, Result<()>> {
            $crate::memory_store::desk::left_out()
        }
        fn reports(&self, _tenant: TenantId, _since: Timestamp) -> BoxFuture<'_, Result<Vec<ProcessReport>>> {
            $crate::memory_store::desk::left_out()
        }
        fn outbox(&self, _tenant: TenantId, _now: Timestamp) -> BoxFuture<'_, Result<Vec<OutboxRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn size(&self, _tenant: TenantId) -> BoxFuture<'_, Result<SizeRow>> {
            $crate::memory_store::desk::left_out()
        }
        fn timers(&self, _tenant: TenantId, _limit: u32) -> BoxFuture<'_, Result<(u64, Vec<(InstanceId, u32, Timestamp)>)>> {
            $crate::memory_store::desk::left_out()
        }
        fn streams(&self, _tenant: TenantId) -> BoxFuture<'_, Result<Vec<StreamRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn run_stream<'a>(
            &'a self,
            _tenant: TenantId,
            _connection: &'a str,
            _stream: &'a str,
            _now: Timestamp,
        ) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn move_cursor<'a>(&'a self, _change: &'a CursorChange) -> BoxFuture<'a, Result<bool>> {
            $crate::memory_store::desk::left_out()
        }
        fn message(&self, _tenant: TenantId, _id: Uuid) -> BoxFuture<'_, Result<Option<Message>>> {
            $crate::memory_store::desk::left_out()
        }
        fn choose_messages<'a>(&'a self, _choice: &'a MessageChoice, _page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> {
            $crate::memory_store::desk::left_out()
        }
        fn changes(&self, _tenant: TenantId, _after: FeedPlace, _limit: u32) -> BoxFuture<'_, Result<Vec<ChangeRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn feed_ends(&self, _tenant: TenantId) -> BoxFuture<'_, Result<Option<(FeedPlace, FeedPlace)>>> {
            $crate::memory_store::desk::left_out()
        }
        fn measured<'a>(&'a self, _choice: &'a MeasureChoice) -> BoxFuture<'a, Result<Vec<MeasuredRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn histories<'a>(&'a self, _tenant: TenantId, _instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<HistoryRow>>> {
            $crate::memory_store::desk::left_out()
        }
        fn sweep(&self, _now: Timestamp, _counts_before: Timestamp, _feed_before: Timestamp) -> BoxFuture<'_, Result<u64>> {
            $crate::memory_store::desk::left_out()
        }
    };
}
pub(crate) use desk_left_out;

pub fn left_out<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T>> {
    ready(Err(Error::Unavailable("simulations leave this out".into()))).boxed()
}

impl State {
    /// Tasks as the engine last wrote them: whose they are and what they are about never changes.
    pub fn write_people(&mut self, writes: &Writes) {
        for row in &writes.tasks {
            let known = self.tasks.entry(row.id).or_insert_with(|| row.clone());
            known.since = row.since;
            known.due = row.due;
            known.ended = row.ended;
            known.claimed = row.claimed;
            known.state.clone_from(&row.state);
            known.actor.clone_from(&row.actor);
            known.outside.clone_from(&row.outside);
            let (open, person, id) = (is_open(known), known.person.clone(), known.id);
            if open {
                self.tasks_open.insert((person, id));
            } else {
                self.tasks_open.remove(&(person, id));
            }
            self.tasks_of.entry(row.instance).or_default().insert(row.id);
        }
        for row in &writes.decisions {
            self.decisions.entry((row.instance, row.number)).or_insert_with(|| row.clone());
        }
    }

    fn decisions_of(&self, tenant: TenantId, instance: InstanceId) -> Vec<DecisionRow> {
        let rows = self.decisions.range((instance, 0)..=(instance, u32::MAX)).map(|(_, row)| row);
        rows.filter(|row| row.tenant == tenant).cloned().collect()
    }

    /// Tasks of an instance but for the line of whoever began it.
    pub fn tasks_of(&self, tenant: TenantId, instance: InstanceId) -> Vec<TaskRow> {
        let rows = self.tasks_of.get(&instance).into_iter().flatten().filter_map(|id| self.tasks.get(id));
        let mut rows: Vec<TaskRow> = rows.filter(|row| row.tenant == tenant && row.kind != STARTED).cloned().collect();
        rows.sort_by_key(|row| (row.since, row.visit, row.number, row.id));
        rows
    }
}

fn is_open(row: &TaskRow) -> bool {
    matches!(row.state.as_str(), "pending" | "waiting")
}

impl Desk for MemoryStore {
    fn tasks<'a>(&'a self, choice: &'a TaskChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<TaskRow>>> {
        self.with(|state| {
            if choice.list != TaskBox::Mine || choice.within.is_some() {
                return Err(Error::Unavailable("simulations leave this list out".into()));
            }
            let after = page.after.unwrap_or((Timestamp::MIN, Uuid::nil()));
            let fits = |row: &TaskRow| {
                row.tenant == choice.tenant
                    && row.state == "pending"
                    && row.kind != "copy"
                    && choice.people.contains(&row.person)
                    && choice.flow.as_ref().is_none_or(|flow| *flow == row.flow)
                    && choice.due_before.is_none_or(|before| row.due.is_some_and(|due| due < before))
                    && (row.since, row.id.0) > after
            };
            let open = state.tasks_open.iter().filter_map(|(_, id)| state.tasks.get(id));
            let mut rows: Vec<TaskRow> = open.filter(|row| fits(row)).cloned().collect();
            rows.sort_by_key(|row| (row.since, row.id));
            rows.truncate(page.limit as usize);
            Ok(rows)
        })
    }

    fn task(&self, tenant: TenantId, id: TaskId) -> BoxFuture<'_, Result<Option<TaskRow>>> {
        self.with(|state| Ok(state.tasks.get(&id).filter(|row| row.tenant == tenant).cloned()))
    }

    fn tasks_of(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<TaskRow>>> {
        self.with(|state| Ok(state.tasks_of(tenant, instance)))
    }

    fn versions<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<(InstanceId, String)>>> {
        self.with(|state| {
            let known = instances.iter().filter_map(|id| state.instances.get(&InstanceId(*id)));
            Ok(known.filter(|row| row.tenant == tenant).map(|row| (row.id, row.version.clone())).collect())
        })
    }

    fn task_holders<'a>(&'a self, tenant: TenantId, after: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<String>>> {
        self.with(|state| {
            let mut holders: Vec<String> = Vec::new();
            for (person, id) in &state.tasks_open {
                let mine = state.tasks.get(id).is_some_and(|row| row.tenant == tenant && row.kind != OUTSIDE);
                if mine && person.as_str() > after && holders.last() != Some(person) {
                    holders.push(person.clone());
                }
            }
            holders.truncate(most as usize);
            Ok(holders)
        })
    }

    fn held_by<'a>(&'a self, tenant: TenantId, person: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<InstanceId>>> {
        self.with(|state| {
            let from = (person.to_owned(), TaskId(Uuid::nil()));
            let mine = state.tasks_open.range(from..).take_while(|(holder, _)| holder == person);
            let waits = |row: &&TaskRow| row.tenant == tenant && row.kind != "copy" && row.kind != OUTSIDE;
            let rows = mine.filter_map(|(_, id)| state.tasks.get(id)).filter(waits);
            let mut instances: Vec<InstanceId> = rows.map(|row| row.instance).collect();
            instances.sort_unstable();
            instances.dedup();
            instances.truncate(most as usize);
            Ok(instances)
        })
    }

    fn decisions(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<DecisionRow>>> {
        self.with(|state| Ok(state.decisions_of(tenant, instance)))
    }

    fn delegations<'a>(
        &'a self,
        tenant: TenantId,
        principal: Option<&'a str>,
        agent: Option<&'a str>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<DelegationRow>>> {
        self.with(|state| {
            let fits = |row: &&DelegationRow| {
                row.tenant == tenant
                    && row.revoked_at.is_none()
                    && row.until > now
                    && principal.is_none_or(|person| row.principal == person)
                    && agent.is_none_or(|person| row.agent == person)
            };
            let mut rows: Vec<DelegationRow> = state.delegations.values().filter(fits).cloned().collect();
            rows.sort_by_key(|row| (std::cmp::Reverse(row.from), row.id));
            Ok(rows)
        })
    }

    fn delegate<'a>(&'a self, row: &'a DelegationRow, _told: &'a [WaitingRow]) -> BoxFuture<'a, Result<()>> {
        self.with(|state| {
            state.delegations.entry(row.id).or_insert_with(|| row.clone());
            Ok(())
        })
    }

    fn end_delegation<'a>(&'a self, tenant: TenantId, id: Uuid, at: Timestamp, _told: &'a [WaitingRow]) -> BoxFuture<'a, Result<bool>> {
        self.with(|state| {
            let known = state.delegations.get_mut(&id).filter(|row| row.tenant == tenant && row.revoked_at.is_none());
            Ok(known.map(|row| row.revoked_at = Some(at)).is_some())
        })
    }

    desk_left_out!();
}
