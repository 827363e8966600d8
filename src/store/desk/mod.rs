//! What people read and write beside the engine: the exception desk, frozen selections and batches, search, saved filters,
//! counts for charts, health of connections, and the feed of changes.
//!
//! One text for both engines (`ask`). Nothing here moves an instance: what must be decided goes through `Store::decide`.

mod batches;
mod breakers;
mod counts;
mod exceptions;
mod feed;
mod feedback;
mod files;
mod insight;
mod messages;
mod notices;
mod organisation;
mod people;
mod processes;
mod receipts;
mod rows;
mod sample;
mod saved_views;
mod search;
mod selections;
mod size;
mod streams;
mod watched;
mod within;

use super::ask::Speaks;
use super::{DecisionRow, DelegationRow, Fenced, Lease, Message, Page, Result, SeenRow, TaskChoice, TaskCounts, TaskRow};
use crate::domain::access::scope::{Belongings, Thing, Within};
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TaskId, TenantId};
pub use files::{FileContent, FileRow, FileUse};
use futures::future::BoxFuture;
use jiff::Timestamp;
pub use rows::*;
use uuid::Uuid;
pub use watched::*;

pub(super) use exceptions::amendments;
pub(super) use feed::{drifted, released, said, told, tried};
pub(super) use files::uses;
pub(super) use notices::waiting;
pub(super) use people::{decisions, tasks};

/// The desk's side of the store. Both engines have it by speaking `ask`.
pub trait Desk: Send + Sync {
    // ---- exceptions ----

    /// Open exceptions by same cause, the largest group first, at most `limit`.
    fn exception_groups<'a>(&'a self, filter: &'a ExceptionChoice, limit: u32) -> BoxFuture<'a, Result<Vec<GroupRow>>>;

    /// Exceptions, newest first, keyset pages.
    fn choose_exceptions<'a>(&'a self, choice: &'a ExceptionChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<super::ExceptionRow>>>;

    /// These exceptions, in no order.
    fn exceptions_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::ExceptionRow>>>;

    /// Gives an open exception to somebody (none: back to its owner), if it still is whose the caller saw; with the note that
    /// says so. False when it is closed or somebody else's by now.
    fn assign<'a>(&'a self, assignment: &'a Assignment) -> BoxFuture<'a, Result<bool>>;

    /// Adds a note; a repeat changes nothing.
    fn add_note<'a>(&'a self, note: &'a NoteRow) -> BoxFuture<'a, Result<()>>;

    /// Notes of an exception, oldest first.
    fn notes<'a>(&'a self, tenant: TenantId, exception: ExceptionId) -> BoxFuture<'a, Result<Vec<NoteRow>>>;

    /// Revisions of a document that people made, oldest first.
    fn amendments<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<super::AmendmentRow>>>;

    // ---- people ----

    /// A list of somebody's tasks, keyset pages.
    fn tasks<'a>(&'a self, choice: &'a TaskChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<TaskRow>>>;

    /// How many tasks are these people's.
    fn task_counts<'a>(&'a self, tenant: TenantId, people: &'a [String], now: Timestamp) -> BoxFuture<'a, Result<TaskCounts>>;

    /// One task.
    fn task(&self, tenant: TenantId, id: TaskId) -> BoxFuture<'_, Result<Option<TaskRow>>>;

    /// Tasks of an instance, in the order they came up.
    fn tasks_of(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<TaskRow>>>;

    /// The flow versions that instances run under, by hash; of those that are there.
    fn versions<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<(InstanceId, String)>>>;

    /// Who holds open tasks, by name, after a name.
    fn task_holders<'a>(&'a self, tenant: TenantId, after: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<String>>>;

    /// Instances in which somebody holds an open task.
    fn held_by<'a>(&'a self, tenant: TenantId, person: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<InstanceId>>>;

    /// How many tasks of people who have left are open, and how many were handed on since they did; nobody who has neither.
    fn left_tasks<'a>(&'a self, tenant: TenantId, people: &'a [(String, Timestamp)]) -> BoxFuture<'a, Result<Vec<LeftTasks>>>;

    /// What was decided in an instance, in order.
    fn decisions(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<DecisionRow>>>;

    /// People and channels whose notices have waited long enough and are in no bundle yet.
    fn notices_due(&self, tenant: TenantId, now: Timestamp) -> BoxFuture<'_, Result<Vec<(String, String)>>>;

    /// Puts what is due of a person and a channel into a bundle of this id; how many there were.
    fn bundle_notices<'a>(
        &'a self,
        tenant: TenantId,
        whose: (&'a str, &'a str),
        bundle: Uuid,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<u64>>;

    /// Notices in bundles, those of one after the other, the oldest first.
    fn bundled_notices(&self, tenant: TenantId, most: u32) -> BoxFuture<'_, Result<Vec<super::WaitingRow>>>;

    /// Forgets a bundle.
    fn drop_bundle(&self, tenant: TenantId, bundle: Uuid) -> BoxFuture<'_, Result<()>>;

    /// How far somebody has seen an instance.
    fn seen<'a>(&'a self, tenant: TenantId, instance: InstanceId, person: &'a str) -> BoxFuture<'a, Result<Option<SeenRow>>>;

    /// Keeps how far somebody has seen an instance.
    fn see<'a>(&'a self, row: &'a SeenRow) -> BoxFuture<'a, Result<()>>;

    /// Delegations that hold or are to come; of one person at most 500, of everybody 20,000.
    fn delegations<'a>(
        &'a self,
        tenant: TenantId,
        principal: Option<&'a str>,
        agent: Option<&'a str>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<DelegationRow>>>;

    /// Adds a delegation, with the notices of it; a repeat changes nothing and tells nobody.
    fn delegate<'a>(&'a self, row: &'a DelegationRow, told: &'a [super::WaitingRow]) -> BoxFuture<'a, Result<()>>;

    /// Ends a delegation, with the notices of it; false when there is none that still holds, and then nobody is told.
    fn end_delegation<'a>(
        &'a self,
        tenant: TenantId,
        id: Uuid,
        at: Timestamp,
        told: &'a [super::WaitingRow],
    ) -> BoxFuture<'a, Result<bool>>;

    // ---- files ----

    /// Keeps a file of an instance; false when whoever uploads it has `most` others there that nothing names yet. A repeat is kept
    /// once, and one that waits begins its day anew.
    fn keep_file<'a>(&'a self, file: &'a FileContent, most: u32) -> BoxFuture<'a, Result<bool>>;

    /// Files of an instance, attached or not, the oldest first.
    fn files(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<FileRow>>>;

    /// These files, in no order.
    fn files_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<FileRow>>>;

    /// One file with what is in it.
    fn file_content(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<FileContent>>>;

    // ---- sample documents ----

    /// Takes documents out of the ledger with everything about them, those that have this source; how many there were. For what
    /// never went anywhere.
    fn remove_documents<'a>(&'a self, tenant: TenantId, source: &'a str, documents: &'a [DocumentId]) -> BoxFuture<'a, Result<u64>>;

    // ---- organisation ----

    /// Sources of the directory that were read: what is taken of each, by its hash, and when it is due again.
    fn organisation_marks(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<(String, String, Timestamp)>>>;

    /// What sources of the directory say.
    fn organisations(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<OrganisationRow>>>;

    /// Keeps what a source says over what was there by its hash (none: nothing was); false when that is not what is there, or was
    /// tried later.
    fn keep_organisation<'a>(&'a self, row: &'a OrganisationRow, over: Option<&'a str>) -> BoxFuture<'a, Result<bool>>;

    /// Makes a source due; false when it was never read.
    fn read_organisation<'a>(&'a self, tenant: TenantId, source: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool>>;

    // ---- scopes ----

    /// What a thing belongs to; none when it is not there.
    fn belongings(&self, tenant: TenantId, thing: Thing) -> BoxFuture<'_, Result<Option<Belongings>>>;

    /// Instances that are reached, newest first, keyset pages.
    fn instances_within<'a>(
        &'a self,
        filter: &'a super::InstanceFilter,
        within: &'a Within,
        page: &'a Page,
    ) -> BoxFuture<'a, Result<Vec<super::InstanceRow>>>;

    // ---- selections and batches ----

    /// Freezes a selection; answers how many there are. More than `most` and nothing is kept.
    fn freeze<'a>(&'a self, selection: &'a NewSelection, most: u32) -> BoxFuture<'a, Result<u32>>;

    /// A selection that is not over.
    fn selection<'a>(&'a self, tenant: TenantId, id: Uuid, now: Timestamp) -> BoxFuture<'a, Result<Option<SelectionRow>>>;

    /// Its things in their order, after a position.
    fn selection_items<'a>(&'a self, tenant: TenantId, id: Uuid, after: u32, limit: u32) -> BoxFuture<'a, Result<Vec<(u32, Uuid)>>>;

    /// Starts a batch on everything its selection holds; a repeat with the same id changes nothing. Answers how many items.
    fn start_batch<'a>(&'a self, batch: &'a BatchRow) -> BoxFuture<'a, Result<u32>>;

    /// Batches, newest first, keyset pages.
    fn batches<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<BatchRow>>>;

    /// One batch, with how many items stand where.
    #[expect(clippy::type_complexity, reason = "a future of one row and its counts; a name would only hide that")]
    fn batch(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<(BatchRow, Vec<(String, u64)>)>>>;

    /// Items of a batch in their order, after a position.
    fn batch_items<'a>(&'a self, choice: &'a ItemChoice) -> BoxFuture<'a, Result<Vec<ItemRow>>>;

    /// Moves a batch from one of these states to another; false when it stands in none of them. Cancelling cancels what waits.
    fn move_batch<'a>(&'a self, tenant: TenantId, id: Uuid, from: &'a [&'a str], to: &'a str, at: Timestamp)
    -> BoxFuture<'a, Result<bool>>;

    /// Lets what failed wait again and the batch run; answers how many.
    fn retry_failed(&self, tenant: TenantId, id: Uuid, at: Timestamp) -> BoxFuture<'_, Result<u32>>;

    /// Claims items of one batch that may go on now, within its rate.
    fn claim_items<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Option<ClaimedItems>>>;

    /// Records what became of claimed items, fenced by owner and attempt; a batch without waiting items is done.
    fn record_items<'a>(&'a self, outcomes: &'a [ItemOutcome], owner: &'a str, at: Timestamp) -> BoxFuture<'a, Result<Vec<Fenced>>>;

    // ---- documents ----

    /// Documents, newest first, keyset pages.
    fn search<'a>(&'a self, choice: &'a DocumentChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<super::DocumentRow>>>;

    /// For each key the documents that have it, ours or a partner's, exactly.
    fn find_keys<'a>(&'a self, tenant: TenantId, keys: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, DocumentId)>>>;

    /// These documents, in no order.
    fn documents_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::DocumentRow>>>;

    /// What lists show beside documents: open instances, systems, open exceptions.
    fn beside<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Beside>>;

    /// What is in flight, by our status, and what is stopped, by cause: in documents.
    fn in_flight(&self, tenant: TenantId) -> BoxFuture<'_, Result<InFlight>>;

    // ---- saved filters ----

    /// Views of a page that are somebody's own or shared, by name.
    fn saved_views<'a>(&'a self, tenant: TenantId, owner: &'a str, page: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SavedViewRow>>>;

    /// One view that is somebody's own or shared.
    fn saved_view<'a>(&'a self, tenant: TenantId, owner: &'a str, id: Uuid) -> BoxFuture<'a, Result<Option<SavedViewRow>>>;

    /// Stores a view, new (version 1) or over the version before; false when that is not what is there or the name is taken.
    fn save_view<'a>(&'a self, view: &'a SavedViewRow) -> BoxFuture<'a, Result<bool>>;

    /// Deletes a view of this version; false when that is not what is there.
    fn drop_view<'a>(&'a self, tenant: TenantId, owner: &'a str, id: Uuid, version: u32) -> BoxFuture<'a, Result<bool>>;

    // ---- feedback ----

    /// Keeps a note about a page; false when its author has `most` open ones already.
    fn give_feedback<'a>(&'a self, row: &'a FeedbackRow, most: u32) -> BoxFuture<'a, Result<bool>>;

    /// Notes, newest first, keyset pages; open or settled ones where that is said.
    fn feedback<'a>(&'a self, tenant: TenantId, settled: Option<bool>, page: &'a Page) -> BoxFuture<'a, Result<Vec<FeedbackRow>>>;

    /// One note.
    fn feedback_of(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<FeedbackRow>>>;

    /// Settles a note; false when it is settled or not there.
    fn settle_feedback<'a>(
        &'a self,
        tenant: TenantId,
        id: Uuid,
        by: &'a str,
        answer: Option<&'a str>,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<bool>>;

    // ---- charts and health ----

    /// Adds to the counts of minutes.
    fn add_counts<'a>(&'a self, counts: &'a [MinuteCount]) -> BoxFuture<'a, Result<()>>;

    /// Counts of a series from one minute to another, summed over `step_minutes`.
    fn minute_counts<'a>(&'a self, choice: &'a CountChoice) -> BoxFuture<'a, Result<Vec<MinuteCount>>>;

    /// Stores receipts of webhooks, and cuts the ring of each connection to `keep`.
    fn add_receipts<'a>(&'a self, receipts: &'a [ReceiptRow], keep: u32) -> BoxFuture<'a, Result<()>>;

    /// Receipts of a connection, newest first.
    fn receipts<'a>(&'a self, tenant: TenantId, connection: &'a str, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReceiptRow>>>;

    /// Breakers that people hold, of all tenants.
    fn held_breakers(&self) -> BoxFuture<'_, Result<Vec<BreakerHold>>>;

    /// Holds a breaker (or lets go with no state), with its line in the history.
    fn hold_breaker<'a>(&'a self, hold: &'a BreakerHold, change: &'a BreakerChange) -> BoxFuture<'a, Result<()>>;

    /// Adds lines to the history of breakers.
    fn add_breaker_changes<'a>(&'a self, changes: &'a [BreakerChange]) -> BoxFuture<'a, Result<()>>;

    /// History of a connection's breaker, newest first, at most 100.
    fn breaker_changes<'a>(&'a self, tenant: TenantId, connection: &'a str) -> BoxFuture<'a, Result<Vec<BreakerChange>>>;

    /// Stores what a process says of itself.
    fn report<'a>(&'a self, report: &'a ProcessReport) -> BoxFuture<'a, Result<()>>;

    /// What processes said of themselves since a time.
    fn reports(&self, tenant: TenantId, since: Timestamp) -> BoxFuture<'_, Result<Vec<ProcessReport>>>;

    /// The outbox of a tenant by connection: unfinished lanes and the oldest that is ready.
    fn outbox(&self, tenant: TenantId, now: Timestamp) -> BoxFuture<'_, Result<Vec<OutboxRow>>>;

    /// How large the database is and since when it keeps attempts and payloads.
    fn size(&self, tenant: TenantId) -> BoxFuture<'_, Result<SizeRow>>;

    /// Timers that are due next, and how many there are.
    #[expect(clippy::type_complexity, reason = "a future of a number and rows; a name would only hide that")]
    fn timers(&self, tenant: TenantId, limit: u32) -> BoxFuture<'_, Result<(u64, Vec<(InstanceId, u32, Timestamp)>)>>;

    // ---- streams and messages ----

    /// Streams of a tenant.
    fn streams(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<StreamRow>>>;

    /// Makes a stream due now; false when nobody has ever run it.
    fn run_stream<'a>(&'a self, tenant: TenantId, connection: &'a str, stream: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool>>;

    /// Moves a stream's cursor if it is what the caller saw; who runs it now loses its hold.
    fn move_cursor<'a>(&'a self, change: &'a CursorChange) -> BoxFuture<'a, Result<bool>>;

    /// One message.
    fn message(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<Message>>>;

    /// Parked or stopped messages, newest first, keyset pages.
    fn choose_messages<'a>(&'a self, choice: &'a MessageChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>>;

    // ---- the feed ----

    /// What changed after a place, oldest first, at most `limit` commits; with the place after it.
    fn changes(&self, tenant: TenantId, after: FeedPlace, limit: u32) -> BoxFuture<'_, Result<Vec<ChangeRow>>>;

    /// The newest place of the feed, and the oldest that is still there.
    fn feed_ends(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<(FeedPlace, FeedPlace)>>>;

    // ---- insight ----

    /// The newest instances of a flow that began within a time; of very many of all flows only the newest are walked.
    fn measured<'a>(&'a self, choice: &'a MeasureChoice) -> BoxFuture<'a, Result<Vec<MeasuredRow>>>;

    /// The histories of these instances, each in its order.
    fn histories<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::HistoryRow>>>;

    /// What a tenant has taken since a time, the beginning of a day.
    fn usage(&self, tenant: TenantId, since: Timestamp) -> BoxFuture<'_, Result<crate::domain::quota::Usage>>;

    // ---- keeping house ----

    /// Drops what is over: selections, counts before `counts_before`, feed before `feed_before`, old reports, files that nothing names,
    /// bounded a call.
    fn sweep(&self, now: Timestamp, counts_before: Timestamp, feed_before: Timestamp) -> BoxFuture<'_, Result<u64>>;
}

/// Every method of the desk, whether it keeps anything (`commits`) or not, and where it is written: one list for whatever
/// implements the trait as a whole.
macro_rules! desk_methods {
    ($implement:ident) => {
        $implement! {
            reads   fn exception_groups<'a>(&'a self, filter: &'a ExceptionChoice, limit: u32) -> BoxFuture<'a, Result<Vec<GroupRow>>> = exceptions::groups;
            reads   fn choose_exceptions<'a>(&'a self, choice: &'a ExceptionChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<super::ExceptionRow>>> = exceptions::choose;
            reads   fn exceptions_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::ExceptionRow>>> = exceptions::by_id;
            commits fn assign<'a>(&'a self, assignment: &'a Assignment) -> BoxFuture<'a, Result<bool>> = exceptions::assign;
            commits fn add_note<'a>(&'a self, note: &'a NoteRow) -> BoxFuture<'a, Result<()>> = exceptions::add_note;
            reads   fn notes<'a>(&'a self, tenant: TenantId, exception: ExceptionId) -> BoxFuture<'a, Result<Vec<NoteRow>>> = exceptions::notes;
            reads   fn amendments<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<super::AmendmentRow>>> = exceptions::amendments_of;
            reads   fn tasks<'a>(&'a self, choice: &'a TaskChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<TaskRow>>> = people::list;
            reads   fn task_counts<'a>(&'a self, tenant: TenantId, people: &'a [String], now: Timestamp) -> BoxFuture<'a, Result<TaskCounts>> = people::counts;
            reads   fn task(&self, tenant: TenantId, id: TaskId) -> BoxFuture<'_, Result<Option<TaskRow>>> = people::one;
            reads   fn tasks_of(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<TaskRow>>> = people::of_instance;
            reads   fn versions<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<(InstanceId, String)>>> = people::versions;
            reads   fn task_holders<'a>(&'a self, tenant: TenantId, after: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<String>>> = people::holders;
            reads   fn held_by<'a>(&'a self, tenant: TenantId, person: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<InstanceId>>> = people::held_by;
            reads   fn left_tasks<'a>(&'a self, tenant: TenantId, people: &'a [(String, Timestamp)]) -> BoxFuture<'a, Result<Vec<LeftTasks>>> = people::left_tasks;
            reads   fn decisions(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<DecisionRow>>> = people::decided;
            reads   fn notices_due(&self, tenant: TenantId, now: Timestamp) -> BoxFuture<'_, Result<Vec<(String, String)>>> = notices::due;
            commits fn bundle_notices<'a>(&'a self, tenant: TenantId, whose: (&'a str, &'a str), bundle: Uuid, now: Timestamp) -> BoxFuture<'a, Result<u64>> = notices::bundle;
            reads   fn bundled_notices(&self, tenant: TenantId, most: u32) -> BoxFuture<'_, Result<Vec<super::WaitingRow>>> = notices::bundled;
            commits fn drop_bundle(&self, tenant: TenantId, bundle: Uuid) -> BoxFuture<'_, Result<()>> = notices::drop;
            reads   fn seen<'a>(&'a self, tenant: TenantId, instance: InstanceId, person: &'a str) -> BoxFuture<'a, Result<Option<SeenRow>>> = people::seen;
            commits fn see<'a>(&'a self, row: &'a SeenRow) -> BoxFuture<'a, Result<()>> = people::see;
            reads   fn delegations<'a>(&'a self, tenant: TenantId, principal: Option<&'a str>, agent: Option<&'a str>, now: Timestamp) -> BoxFuture<'a, Result<Vec<DelegationRow>>> = people::delegations;
            commits fn delegate<'a>(&'a self, row: &'a DelegationRow, told: &'a [super::WaitingRow]) -> BoxFuture<'a, Result<()>> = people::delegate;
            commits fn end_delegation<'a>(&'a self, tenant: TenantId, id: Uuid, at: Timestamp, told: &'a [super::WaitingRow]) -> BoxFuture<'a, Result<bool>> = people::revoke;
            commits fn keep_file<'a>(&'a self, file: &'a FileContent, most: u32) -> BoxFuture<'a, Result<bool>> = files::keep;
            reads   fn files(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<FileRow>>> = files::of_instance;
            reads   fn files_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<FileRow>>> = files::by_id;
            reads   fn file_content(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<FileContent>>> = files::content;
            commits fn remove_documents<'a>(&'a self, tenant: TenantId, source: &'a str, documents: &'a [DocumentId]) -> BoxFuture<'a, Result<u64>> = sample::remove;
            reads   fn organisation_marks(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<(String, String, Timestamp)>>> = organisation::marks;
            reads   fn organisations(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<OrganisationRow>>> = organisation::list;
            commits fn keep_organisation<'a>(&'a self, row: &'a OrganisationRow, over: Option<&'a str>) -> BoxFuture<'a, Result<bool>> = organisation::keep;
            commits fn read_organisation<'a>(&'a self, tenant: TenantId, source: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool>> = organisation::due;
            commits fn freeze<'a>(&'a self, selection: &'a NewSelection, most: u32) -> BoxFuture<'a, Result<u32>> = selections::freeze;
            reads   fn selection<'a>(&'a self, tenant: TenantId, id: Uuid, now: Timestamp) -> BoxFuture<'a, Result<Option<SelectionRow>>> = selections::one;
            reads   fn selection_items<'a>(&'a self, tenant: TenantId, id: Uuid, after: u32, limit: u32) -> BoxFuture<'a, Result<Vec<(u32, Uuid)>>> = selections::items;
            commits fn start_batch<'a>(&'a self, batch: &'a BatchRow) -> BoxFuture<'a, Result<u32>> = batches::start;
            reads   fn batches<'a>(&'a self, tenant: TenantId, page: &'a Page) -> BoxFuture<'a, Result<Vec<BatchRow>>> = batches::list;
            reads   fn batch(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<(BatchRow, Vec<(String, u64)>)>>> = batches::one;
            reads   fn batch_items<'a>(&'a self, choice: &'a ItemChoice) -> BoxFuture<'a, Result<Vec<ItemRow>>> = batches::items;
            commits fn move_batch<'a>(&'a self, tenant: TenantId, id: Uuid, from: &'a [&'a str], to: &'a str, at: Timestamp) -> BoxFuture<'a, Result<bool>> = batches::move_to;
            commits fn retry_failed(&self, tenant: TenantId, id: Uuid, at: Timestamp) -> BoxFuture<'_, Result<u32>> = batches::retry_failed;
            commits fn claim_items<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Option<ClaimedItems>>> = batches::claim;
            commits fn record_items<'a>(&'a self, outcomes: &'a [ItemOutcome], owner: &'a str, at: Timestamp) -> BoxFuture<'a, Result<Vec<Fenced>>> = batches::record;
            reads   fn belongings(&self, tenant: TenantId, thing: Thing) -> BoxFuture<'_, Result<Option<Belongings>>> = within::belongings;
            reads   fn instances_within<'a>(&'a self, filter: &'a super::InstanceFilter, within: &'a Within, page: &'a Page) -> BoxFuture<'a, Result<Vec<super::InstanceRow>>> = within::instances;
            reads   fn search<'a>(&'a self, choice: &'a DocumentChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<super::DocumentRow>>> = search::documents;
            reads   fn find_keys<'a>(&'a self, tenant: TenantId, keys: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, DocumentId)>>> = search::keys;
            reads   fn documents_by_id<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::DocumentRow>>> = search::by_id;
            reads   fn beside<'a>(&'a self, tenant: TenantId, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Beside>> = search::beside;
            reads   fn in_flight(&self, tenant: TenantId) -> BoxFuture<'_, Result<InFlight>> = search::in_flight;
            reads   fn saved_views<'a>(&'a self, tenant: TenantId, owner: &'a str, page: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SavedViewRow>>> = saved_views::list;
            reads   fn saved_view<'a>(&'a self, tenant: TenantId, owner: &'a str, id: Uuid) -> BoxFuture<'a, Result<Option<SavedViewRow>>> = saved_views::one;
            commits fn save_view<'a>(&'a self, view: &'a SavedViewRow) -> BoxFuture<'a, Result<bool>> = saved_views::save;
            commits fn drop_view<'a>(&'a self, tenant: TenantId, owner: &'a str, id: Uuid, version: u32) -> BoxFuture<'a, Result<bool>> = saved_views::drop;
            commits fn give_feedback<'a>(&'a self, row: &'a FeedbackRow, most: u32) -> BoxFuture<'a, Result<bool>> = feedback::give;
            reads   fn feedback<'a>(&'a self, tenant: TenantId, settled: Option<bool>, page: &'a Page) -> BoxFuture<'a, Result<Vec<FeedbackRow>>> = feedback::list;
            reads   fn feedback_of(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<FeedbackRow>>> = feedback::one;
            commits fn settle_feedback<'a>(&'a self, tenant: TenantId, id: Uuid, by: &'a str, answer: Option<&'a str>, at: Timestamp) -> BoxFuture<'a, Result<bool>> = feedback::settle;
            commits fn add_counts<'a>(&'a self, counts: &'a [MinuteCount]) -> BoxFuture<'a, Result<()>> = counts::add;
            reads   fn minute_counts<'a>(&'a self, choice: &'a CountChoice) -> BoxFuture<'a, Result<Vec<MinuteCount>>> = counts::between;
            commits fn add_receipts<'a>(&'a self, receipts: &'a [ReceiptRow], keep: u32) -> BoxFuture<'a, Result<()>> = receipts::add;
            reads   fn receipts<'a>(&'a self, tenant: TenantId, connection: &'a str, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReceiptRow>>> = receipts::list;
            reads   fn held_breakers(&self) -> BoxFuture<'_, Result<Vec<BreakerHold>>> = breakers::held;
            commits fn hold_breaker<'a>(&'a self, hold: &'a BreakerHold, change: &'a BreakerChange) -> BoxFuture<'a, Result<()>> = breakers::hold;
            commits fn add_breaker_changes<'a>(&'a self, changes: &'a [BreakerChange]) -> BoxFuture<'a, Result<()>> = breakers::add;
            reads   fn breaker_changes<'a>(&'a self, tenant: TenantId, connection: &'a str) -> BoxFuture<'a, Result<Vec<BreakerChange>>> = breakers::history;
            commits fn report<'a>(&'a self, report: &'a ProcessReport) -> BoxFuture<'a, Result<()>> = processes::report;
            reads   fn reports(&self, tenant: TenantId, since: Timestamp) -> BoxFuture<'_, Result<Vec<ProcessReport>>> = processes::since;
            reads   fn outbox(&self, tenant: TenantId, now: Timestamp) -> BoxFuture<'_, Result<Vec<OutboxRow>>> = size::outbox;
            reads   fn size(&self, tenant: TenantId) -> BoxFuture<'_, Result<SizeRow>> = size::of;
            reads   fn timers(&self, tenant: TenantId, limit: u32) -> BoxFuture<'_, Result<(u64, Vec<(InstanceId, u32, Timestamp)>)>> = size::timers;
            reads   fn streams(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<StreamRow>>> = streams::list;
            commits fn run_stream<'a>(&'a self, tenant: TenantId, connection: &'a str, stream: &'a str, now: Timestamp) -> BoxFuture<'a, Result<bool>> = streams::run;
            commits fn move_cursor<'a>(&'a self, change: &'a CursorChange) -> BoxFuture<'a, Result<bool>> = streams::move_cursor;
            reads   fn message(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<Message>>> = messages::one;
            reads   fn choose_messages<'a>(&'a self, choice: &'a MessageChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<Message>>> = messages::choose;
            reads   fn changes(&self, tenant: TenantId, after: FeedPlace, limit: u32) -> BoxFuture<'_, Result<Vec<ChangeRow>>> = feed::after;
            reads   fn feed_ends(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<(FeedPlace, FeedPlace)>>> = feed::ends;
            reads   fn measured<'a>(&'a self, choice: &'a MeasureChoice) -> BoxFuture<'a, Result<Vec<MeasuredRow>>> = insight::measured;
            reads   fn usage(&self, tenant: TenantId, since: Timestamp) -> BoxFuture<'_, Result<crate::domain::quota::Usage>> = size::usage;
            reads   fn histories<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<super::HistoryRow>>> = insight::histories;
            commits fn sweep(&self, now: Timestamp, counts_before: Timestamp, feed_before: Timestamp) -> BoxFuture<'_, Result<u64>> = size::sweep;
        }
    };
}
pub(super) use desk_methods;

macro_rules! by_speaking {
    ($($keeps:ident fn $name:ident $(<$lt:lifetime>)? (&$($slt:lifetime)? self $(, $arg:ident : $kind:ty)*) -> $out:ty = $place:path;)*) => {
        impl<S: Speaks> Desk for S {
            $(fn $name $(<$lt>)? (&$($slt)? self $(, $arg: $kind)*) -> $out {
                Box::pin($place(self $(, $arg)*))
            })*
        }
    };
}
desk_methods!(by_speaking);
