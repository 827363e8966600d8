//! Where content lies: every column that holds any of what a document says, row by row. This is the list that the sealed
//! store goes by, in both directions; `docs/security/sealed-content.md` tells it to people.

use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InboxId, InstanceId, ReconciliationId, TenantId};
use crate::store::desk::{BatchRow, ClaimedItems, FileContent, FileRow, GroupRow, ItemOutcome, ItemRow, NoteRow, OrganisationRow};
use crate::store::{
    AmendmentRow, AttemptRow, ClaimedEffect, Committed, DecisionRow, Deferral, DocumentRow, DocumentView, DriftRow, EffectRow,
    ExceptionRow, HistoryRow, InstanceRow, Loaded, Message, NewMessage, Progress, Reconcilable, ReconciliationRow, ReconciliationStep,
    Result, RevisionRow, StreamCursor, WaitingRow,
};
use std::fmt::{self, Display};
use uuid::Uuid;

/// A column of one row. Its name is what a sealed text is bound to.
pub(super) struct Place<'a> {
    pub tenant: TenantId,
    pub table: &'static str,
    pub column: &'static str,
    /// The key of the row within its tenant and table.
    pub row: &'a dyn Display,
    /// The database compares it with what it held: equal texts must look alike there.
    pub compared: bool,
}

impl Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}.{}/{}", self.tenant.0, self.table, self.column, self.row)
    }
}

/// What is done with each text.
pub(super) type Each<'e> = dyn FnMut(&Place<'_>, &mut String) -> Result<()> + 'e;

/// Something that may hold content.
pub(super) trait Content {
    /// Goes through all of it.
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()>;
}

impl<T: Content> Content for Vec<T> {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.iter_mut().try_for_each(|one| one.contents(each))
    }
}

impl<T: Content> Content for Option<T> {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.as_mut().map_or(Ok(()), |one| one.contents(each))
    }
}

impl<A: Content, B: Content> Content for (A, B) {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.0.contents(each)?;
        self.1.contents(each)
    }
}

/// One row, whose texts are gone through by column.
struct Row<'a, 'f> {
    tenant: TenantId,
    table: &'static str,
    row: &'a dyn Display,
    each: &'a mut Each<'f>,
    compared: bool,
}

fn row<'a, 'f>(tenant: TenantId, table: &'static str, row: &'a dyn Display, each: &'a mut Each<'f>) -> Row<'a, 'f> {
    Row { tenant, table, row, each, compared: false }
}

impl Row<'_, '_> {
    /// What follows is compared by the database.
    fn compared(self) -> Self {
        Self { compared: true, ..self }
    }

    fn text(self, column: &'static str, text: &mut String) -> Result<Self> {
        // Nothing said is nothing to hide, and the store asks of some columns whether they are empty.
        if !text.is_empty() {
            (self.each)(&Place { tenant: self.tenant, table: self.table, column, row: self.row, compared: self.compared }, text)?;
        }
        Ok(self)
    }

    fn maybe(self, column: &'static str, text: &mut Option<String>) -> Result<Self> {
        match text {
            Some(text) => self.text(column, text),
            None => Ok(self),
        }
    }
}

impl Content for DocumentRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "document", &self.id, each).text("display", &mut self.display).map(drop)
    }
}

/// A revision's texts; its payload lies in a table of its own.
impl Content for RevisionRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let key = revision_key(self.document, self.number);
        row(self.tenant, "revision", &key, each).text("body", &mut self.body)?;
        row(self.tenant, "payload", &key, each).text("payload", &mut self.payload).map(drop)
    }
}

impl Content for AmendmentRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let key = revision_key(self.document, self.number);
        row(self.tenant, "amendment", &key, each).text("reason", &mut self.reason)?.text("changes", &mut self.changes).map(drop)
    }
}

impl Content for InstanceRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "instance", &self.id, each).text("state", &mut self.state).map(drop)
    }
}

impl Content for HistoryRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let key = Keyed(self.instance, self.lock);
        row(self.tenant, "history", &key, each).text("entries", &mut self.entries).map(drop)
    }
}

impl Content for EffectRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let own = row(self.tenant, "effect", &self.id, each);
        own.text("work", &mut self.work)?.text("delivery", &mut self.delivery).map(drop)
    }
}

impl Content for ClaimedEffect {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.effect.contents(each)
    }
}

impl Content for Committed {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.claimed.contents(each)
    }
}

impl Content for AttemptRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        // A repeat of an attempt that was broken off may have the same number; its beginning tells it from the first.
        let key = AttemptKey(self.effect, self.number, self.part, self.started_at.as_microsecond());
        let own = row(self.tenant, "attempt", &key, each).maybe("message", &mut self.message)?;
        own.text("request", &mut self.request)?.text("response", &mut self.response).map(drop)
    }
}

/// What is recorded of an effect that is reported on: its delivery state lies with the effect.
impl Content for Progress {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.hold.tenant, "effect", &self.hold.effect, each).text("delivery", &mut self.delivery)?;
        self.attempts.contents(each)
    }
}

impl Content for ExceptionRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        exception_message(self.tenant, self.id, &mut self.message, each)
    }
}

/// Lists show the words of an exception without its row.
pub(super) fn exception_message(tenant: TenantId, id: ExceptionId, message: &mut String, each: &mut Each<'_>) -> Result<()> {
    row(tenant, "exception", &id, each).text("message", message).map(drop)
}

impl Content for DecisionRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let own = row(self.tenant, "decision", &self.id, each).maybe("why", &mut self.why)?.maybe("comment", &mut self.comment)?;
        own.text("attachments", &mut self.attachments)?.text("changes", &mut self.changes).map(drop)
    }
}

impl Content for WaitingRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let own = row(self.tenant, "waiting_notice", &self.id, each);
        own.text("subject", &mut self.subject)?.text("body", &mut self.text).map(drop)
    }
}

impl Content for NewMessage {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "message", &self.id, each).text("payload", &mut self.payload).map(drop)
    }
}

impl Content for Message {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.new.contents(each)?;
        learnt(self.new.tenant, self.new.id, (&mut self.heard, &mut self.problem), each)
    }
}

impl Content for Deferral {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        learnt(self.tenant, self.id, (&mut self.heard, &mut self.problem), each)
    }
}

fn learnt(tenant: TenantId, id: InboxId, (heard, problem): (&mut Option<String>, &mut Option<String>), each: &mut Each<'_>) -> Result<()> {
    row(tenant, "message", &id, each).maybe("heard", heard)?.maybe("problem", problem).map(drop)
}

impl Content for DriftRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        // What a person accepted stays accepted while a run finds the same.
        let own = row(self.tenant, "drift", &self.id, each).compared();
        own.maybe("ours", &mut self.ours)?.maybe("theirs", &mut self.theirs).map(drop)
    }
}

/// A partner that cannot be read says why in its own words, and those can hold what documents say.
impl Content for StreamCursor {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        stream_problem(self.key.tenant, (&self.key.connection, &self.key.stream), &mut self.problem, each)
    }
}

/// A stream in a list does not say whose it is; whoever asked for it knows.
pub(super) fn stream_problem(
    tenant: TenantId,
    (connection, stream): (&str, &str),
    problem: &mut Option<String>,
    each: &mut Each<'_>,
) -> Result<()> {
    row(tenant, "stream", &format_args!("{connection}/{stream}"), each).maybe("problem", problem).map(drop)
}

/// A run's statement says of each list why it could not be read.
impl Content for ReconciliationRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        reconciliation_problem(self.tenant, self.id, &mut self.problem, each)?;
        row(self.tenant, "reconciliation", &self.id, each).text("statement", &mut self.statement).map(drop)
    }
}

/// Why a run ended, of whose row nobody has more.
pub(super) fn reconciliation_problem(
    tenant: TenantId,
    id: ReconciliationId,
    problem: &mut Option<String>,
    each: &mut Each<'_>,
) -> Result<()> {
    row(tenant, "reconciliation", &id, each).maybe("problem", problem).map(drop)
}

impl Content for ReconciliationStep {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.run.contents(each)?;
        self.drifts.contents(each)
    }
}

/// Its readings say of each why it gave nothing.
impl Content for OrganisationRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let own = row(self.tenant, "organisation", &self.source, each);
        own.maybe("problem", &mut self.problem)?.text("readings", &mut self.readings).map(drop)
    }
}

impl Content for NoteRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "exception_note", &self.id, each).text("text", &mut self.text).map(drop)
    }
}

impl Content for FileRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "file", &self.id, each).text("name", &mut self.name)?.text("sha256", &mut self.sha256).map(drop)
    }
}

impl Content for FileContent {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.file.contents(each)?;
        row(self.file.tenant, "file", &self.file.id, each).text("content", &mut self.content).map(drop)
    }
}

impl Content for BatchRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        row(self.tenant, "batch", &self.id, each).text("arguments", &mut self.arguments).map(drop)
    }
}

impl Content for ItemOutcome {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        item_said(self.tenant, self.batch, self.position, (&mut self.message, &mut self.detail), each)
    }
}

impl Content for ClaimedItems {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        let (tenant, batch) = (self.batch.tenant, self.batch.id);
        self.batch.contents(each)?;
        self.items.iter_mut().try_for_each(|item| batch_item(tenant, batch, item, each))
    }
}

/// An item does not say whose it is; whoever asked for it knows.
pub(super) fn batch_item(tenant: TenantId, batch: Uuid, item: &mut ItemRow, each: &mut Each<'_>) -> Result<()> {
    item_said(tenant, batch, item.position, (&mut item.message, &mut item.detail), each)
}

fn item_said(
    tenant: TenantId,
    batch: Uuid,
    position: u32,
    (message, detail): (&mut Option<String>, &mut Option<String>),
    each: &mut Each<'_>,
) -> Result<()> {
    let key = Keyed(batch, i64::from(position));
    row(tenant, "batch_item", &key, each).maybe("message", message)?.maybe("detail", detail).map(drop)
}

/// An answer under a caller's key.
pub(super) fn answer_body(tenant: TenantId, key: Uuid, body: &mut String, each: &mut Each<'_>) -> Result<()> {
    row(tenant, "answer", &key, each).text("body", body).map(drop)
}

impl Content for GroupRow {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.newest.contents(each)
    }
}

impl Content for Loaded {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.instances.contents(each)?;
        self.documents.contents(each)?;
        self.revisions.contents(each)?;
        self.exceptions.contents(each)?;
        self.drifts.contents(each)
    }
}

impl Content for DocumentView {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.document.contents(each)?;
        self.revisions.contents(each)?;
        self.drifts.contents(each)?;
        self.instances.contents(each)
    }
}

impl Content for Reconcilable {
    fn contents(&mut self, each: &mut Each<'_>) -> Result<()> {
        self.documents.contents(each)?;
        self.revisions.contents(each)?;
        self.drifts.contents(each)
    }
}

/// A row's key of two parts.
struct Keyed<A>(A, i64);

impl<A: Display> Display for Keyed<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.0, self.1)
    }
}

/// Effect, number, part, beginning.
struct AttemptKey(EffectId, u32, u32, i64);

impl Display for AttemptKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}/{}", self.0, self.1, self.2, self.3)
    }
}

fn revision_key(document: DocumentId, number: u32) -> Keyed<DocumentId> {
    Keyed(document, i64::from(number))
}

/// Answers of the store that hold nothing of what documents say.
macro_rules! nothing_in {
    ($($kind:ty),* $(,)?) => {
        $(impl Content for $kind {
            fn contents(&mut self, _: &mut Each<'_>) -> Result<()> {
                Ok(())
            }
        })*
    };
}

nothing_in! {
    (), bool, u32, u64, String, Uuid, InstanceId, DocumentId,
    crate::store::desk::Beside,
    crate::store::desk::BreakerChange,
    crate::store::desk::BreakerHold,
    crate::store::desk::ChangeRow,
    crate::store::desk::FeedPlace,
    crate::store::desk::FeedbackRow,
    crate::store::desk::InFlight,
    crate::store::desk::LeftTasks,
    crate::store::desk::MeasuredRow,
    crate::store::desk::MinuteCount,
    crate::store::desk::OutboxRow,
    crate::store::desk::ProcessReport,
    crate::store::desk::ReceiptRow,
    crate::store::desk::SavedViewRow,
    crate::store::desk::SelectionRow,
    crate::store::desk::SizeRow,
    crate::store::DelegationRow,
    crate::store::Fenced,
    crate::store::SeenRow,
    crate::store::TaskCounts,
    crate::store::TaskRow,
    crate::domain::access::scope::Belongings,
    crate::domain::quota::Usage,
    (String, String, jiff::Timestamp),
    (InstanceId, u32, jiff::Timestamp),
}
