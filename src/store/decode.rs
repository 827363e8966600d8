//! From rows of either database to the rows of the contract; column names are the same in both.

use super::cells::{Cell, Cells};
use super::*;
use crate::domain::ids::{DriftId, EffectId, ExceptionId, InboxId, ReconciliationId};

pub(super) fn message<R: Cell>(row: &R) -> Result<Message> {
    let cells = Cells::new(row, "message", "id");
    Ok(Message {
        new: NewMessage {
            id: cells.id("id", InboxId)?,
            tenant: tenant(&cells)?,
            connection: cells.text("connection")?,
            event: cells.text("event")?,
            message_id: cells.text("message_id")?,
            source: cells.text("source")?,
            payload: cells.text("payload")?,
            received_at: cells.time("received_at")?,
        },
        external_id: cells.maybe_text("external_id")?,
        heard: cells.maybe_text("heard")?,
        attempts: cells.int("attempts")?,
        state: cells.text("state")?,
        problem: cells.maybe_text("problem")?,
        due_at: cells.time("due_at")?,
    })
}

pub(super) fn waiting_event<R: Cell>(row: &R) -> Result<WaitingEvent> {
    let cells = Cells::new(row, "event", "id");
    Ok(WaitingEvent {
        seq: cells.int("seq")?,
        event: NewEvent {
            id: cells.id("id", |id| id)?,
            tenant: tenant(&cells)?,
            what: cells.text("what")?,
            document: cells.maybe_id("document_id", DocumentId)?,
            instance: cells.maybe_id("instance_id", InstanceId)?,
            at: cells.time("at")?,
            data: cells.text("data")?,
        },
        kind: cells.maybe_text("kind")?,
        key: cells.maybe_text("key")?,
    })
}

/// Credentials as they are, for whoever may not renew them at `now`.
pub(super) fn credential<R: Cell>(row: &R, stale: i64, now: i64) -> Result<CredentialClaim> {
    let cells = Cells::new(row, "credential", "name");
    let (generation, lapses_at): (i64, Option<i64>) = (cells.int("generation")?, cells.maybe_int("lapses_at")?);
    let usable = generation > stale && lapses_at.is_none_or(|at| at > now);
    match cells.maybe_text("sealed")?.filter(|_| usable) {
        Some(sealed) => Ok(CredentialClaim::There { generation, sealed, lapses_at: cells.maybe_time("lapses_at")? }),
        None => Ok(CredentialClaim::Busy { until: cells.time("due_at")? }),
    }
}

pub(super) fn ready_lane<R: Cell>(row: &R) -> Result<ReadyLane> {
    let cells = Cells::new(row, "lane", "id");
    Ok(ReadyLane {
        tenant: tenant(&cells)?,
        connection: cells.text("connection")?,
        lane: cells.id("id", LaneId)?,
        priority: cells.int("priority")?,
        due_at: cells.time("due_at")?,
    })
}

pub(super) fn document<R: Cell>(row: &R) -> Result<DocumentRow> {
    let cells = Cells::new(row, "document", "id");
    Ok(DocumentRow {
        id: cells.id("id", DocumentId)?,
        tenant: tenant(&cells)?,
        kind: cells.text("kind")?,
        source: cells.text("source")?,
        key: cells.text("key")?,
        external_id: cells.maybe_text("external_id")?,
        revision: cells.int("revision")?,
        status: cells.text("status")?,
        source_status: cells.maybe_text("source_status")?,
        source_version: cells.maybe_text("source_version")?,
        withdrawn: cells.flag("withdrawn")?,
        display: cells.text("display")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}

/// A revision; statements that leave out body or payload select '' in their place.
pub(super) fn revision<R: Cell>(row: &R) -> Result<RevisionRow> {
    let cells = Cells::new(row, "revision", "document_id");
    Ok(RevisionRow {
        tenant: tenant(&cells)?,
        document: cells.id("document_id", DocumentId)?,
        number: cells.int("number")?,
        hash: cells.text("hash")?,
        body: cells.text("body")?,
        payload: cells.text("payload")?,
        created_at: cells.time("created_at")?,
    })
}

pub(super) fn relation<R: Cell>(row: &R) -> Result<RelationRow> {
    let cells = Cells::new(row, "relation", "document_id");
    Ok(RelationRow {
        tenant: tenant(&cells)?,
        document: cells.id("document_id", DocumentId)?,
        made_for: cells.id("made_for_id", DocumentId)?,
        relation: cells.text("relation")?,
    })
}

pub(super) fn link<R: Cell>(row: &R) -> Result<LinkRow> {
    let cells = Cells::new(row, "link", "external_id");
    Ok(LinkRow {
        tenant: tenant(&cells)?,
        connection: cells.text("connection")?,
        external_id: cells.text("external_id")?,
        document: cells.id("document_id", DocumentId)?,
        instance: cells.maybe_id("instance_id", InstanceId)?,
        step: cells.maybe_text("step")?,
        written: cells.maybe_text("written")?,
        written_at: cells.maybe_time("written_at")?,
        seen: cells.maybe_text("seen")?,
        seen_at: cells.maybe_time("seen_at")?,
        closed: cells.flag("closed")?,
        reread_at: cells.maybe_time("reread_at")?,
        rereads: cells.int("rereads")?,
    })
}

pub(super) fn instance<R: Cell>(row: &R) -> Result<InstanceRow> {
    let cells = Cells::new(row, "instance", "id");
    Ok(InstanceRow {
        id: cells.id("id", InstanceId)?,
        tenant: tenant(&cells)?,
        flow: cells.text("flow")?,
        version: cells.text("version")?,
        document: cells.id("document_id", DocumentId)?,
        revision: cells.int("revision")?,
        status: cells.text("status")?,
        outcome: cells.maybe_text("outcome")?,
        at_step: cells.maybe_text("at_step")?,
        state: cells.text("state")?,
        lock: cells.int("lock")?,
        started_at: cells.time("started_at")?,
        updated_at: cells.time("updated_at")?,
        ended_at: cells.maybe_time("ended_at")?,
    })
}

pub(super) fn history<R: Cell>(row: &R) -> Result<HistoryRow> {
    let cells = Cells::new(row, "history", "instance_id");
    Ok(HistoryRow {
        tenant: tenant(&cells)?,
        instance: cells.id("instance_id", InstanceId)?,
        lock: cells.int("lock")?,
        at: cells.time("at")?,
        entries: cells.text("entries")?,
    })
}

pub(super) fn effect<R: Cell>(row: &R) -> Result<EffectRow> {
    let cells = Cells::new(row, "effect", "id");
    let document: DocumentId = cells.id("document_id", DocumentId)?;
    let connection = cells.text("connection")?;
    let lane = cells.maybe_text("lane")?.unwrap_or_else(|| format!("{connection}:{document}"));
    Ok(EffectRow {
        id: cells.id("id", EffectId)?,
        tenant: tenant(&cells)?,
        instance: cells.id("instance_id", InstanceId)?,
        document,
        connection,
        lane,
        seq: cells.int("seq")?,
        step: cells.text("step")?,
        priority: cells.int("priority")?,
        version: cells.text("version")?,
        work: cells.text("work")?,
        retry: cells.text("retry")?,
        state: cells.text("state")?,
        delivery: cells.text("delivery")?,
        attempt: cells.int("attempt")?,
        due_at: cells.time("due_at")?,
        created_at: cells.time("created_at")?,
    })
}

/// A claimed effect: the effect with `token` and `orphaned` beside it.
pub(super) fn claimed<R: Cell>(row: &R) -> Result<ClaimedEffect> {
    let cells = Cells::new(row, "lane", "id");
    Ok(ClaimedEffect { effect: effect(row)?, token: cells.int("token")?, orphaned: cells.flag("orphaned")?, sealed: false })
}

pub(super) fn attempt<R: Cell>(row: &R) -> Result<AttemptRow> {
    let cells = Cells::new(row, "attempt", "effect_id");
    Ok(AttemptRow {
        tenant: tenant(&cells)?,
        instance: cells.id("instance_id", InstanceId)?,
        effect: cells.id("effect_id", EffectId)?,
        number: cells.int("number")?,
        part: cells.int("part")?,
        purpose: cells.text("purpose")?,
        connection: cells.text("connection")?,
        operation: cells.text("operation")?,
        started_at: cells.time("started_at")?,
        duration_millis: cells.int("duration_millis")?,
        status: cells.maybe_int("status")?,
        class: cells.text("class")?,
        message: cells.maybe_text("message")?,
        request: cells.text("request")?,
        response: cells.text("response")?,
    })
}

pub(super) fn exception<R: Cell>(row: &R) -> Result<ExceptionRow> {
    let cells = Cells::new(row, "exception", "id");
    Ok(ExceptionRow {
        id: cells.id("id", ExceptionId)?,
        tenant: tenant(&cells)?,
        instance: cells.maybe_id("instance_id", InstanceId)?,
        document: cells.maybe_id("document_id", DocumentId)?,
        effect: cells.maybe_id("effect_id", EffectId)?,
        step: cells.maybe_text("step")?,
        fingerprint: cells.id("fingerprint", |id| id)?,
        flow: cells.maybe_text("flow")?,
        connection: cells.maybe_text("connection")?,
        operation: cells.maybe_text("operation")?,
        cause: cells.text("cause")?,
        code: cells.text("code")?,
        message: cells.text("message")?,
        owner: cells.maybe_text("owner")?,
        assignee: cells.maybe_text("assignee")?,
        state: cells.text("state")?,
        resolution: cells.maybe_text("resolution")?,
        resolved_by: cells.maybe_text("resolved_by")?,
        opened_at: cells.time("opened_at")?,
        closed_at: cells.maybe_time("closed_at")?,
    })
}

pub(super) fn timer<R: Cell>(row: &R) -> Result<TimerKey> {
    let cells = Cells::new(row, "timer", "instance_id");
    Ok(TimerKey { tenant: tenant(&cells)?, instance: cells.id("instance_id", InstanceId)?, number: cells.int("number")? })
}

pub(super) fn cursor<R: Cell>(row: &R) -> Result<StreamCursor> {
    let cells = Cells::new(row, "stream", "stream");
    Ok(StreamCursor {
        key: StreamKey { tenant: tenant(&cells)?, connection: cells.text("connection")?, stream: cells.text("stream")? },
        cursor: cells.maybe_text("cursor")?,
        token: cells.int("token")?,
        last_success_at: cells.maybe_time("last_success_at")?,
        problem: cells.maybe_text("problem")?,
        failures: cells.int("failures")?,
    })
}

pub(super) fn definition<R: Cell>(row: &R) -> Result<DefinitionRow> {
    let cells = Cells::new(row, "definition", "id");
    Ok(DefinitionRow {
        tenant: tenant(&cells)?,
        kind: cells.text("kind")?,
        id: cells.text("id")?,
        hash: cells.text("hash")?,
        text: cells.text("text")?,
        author: cells.text("author")?,
        message: cells.text("message")?,
        created_at: cells.time("created_at")?,
    })
}

pub(super) fn reconciliation<R: Cell>(row: &R) -> Result<ReconciliationRow> {
    let cells = Cells::new(row, "reconciliation", "id");
    let schedule = cells.maybe_text("schedule")?.zip(cells.maybe_time("nominal_at")?);
    Ok(ReconciliationRow {
        id: cells.id("id", ReconciliationId)?,
        tenant: tenant(&cells)?,
        connection: cells.text("connection")?,
        requested_by: cells.text("requested_by")?,
        reason: cells.maybe_text("reason")?,
        schedule,
        since: cells.time("since")?,
        until: cells.time("until")?,
        open_only: cells.flag("open_only")?,
        state: cells.text("state")?,
        requested_at: cells.time("requested_at")?,
        started_at: cells.maybe_time("started_at")?,
        ended_at: cells.maybe_time("ended_at")?,
        failures: cells.int("failures")?,
        problem: cells.maybe_text("problem")?,
        progress: cells.text("progress")?,
        statement: cells.text("statement")?,
        token: cells.int("token")?,
    })
}

pub(super) fn drift<R: Cell>(row: &R) -> Result<DriftRow> {
    let cells = Cells::new(row, "drift", "id");
    Ok(DriftRow {
        id: cells.id("id", DriftId)?,
        tenant: tenant(&cells)?,
        kind: cells.text("kind")?,
        document: cells.maybe_id("document_id", DocumentId)?,
        connection: cells.text("connection")?,
        external_id: cells.maybe_text("external_id")?,
        field: cells.maybe_text("field")?,
        ours: cells.maybe_text("ours")?,
        theirs: cells.maybe_text("theirs")?,
        first_seen_at: cells.time("first_seen_at")?,
        last_seen_at: cells.time("last_seen_at")?,
        run: cells.maybe_id("run_id", ReconciliationId)?,
        state: cells.text("state")?,
        repair: cells.maybe_text("repair")?.zip(cells.maybe_time("repair_at")?),
        resolution: cells.maybe_text("resolution")?,
        reason: cells.maybe_text("reason")?,
        resolved_by: cells.maybe_text("resolved_by")?,
        resolved_at: cells.maybe_time("resolved_at")?,
    })
}

pub(super) fn drift_group<R: Cell>(row: &R) -> Result<DriftGroup> {
    let cells = Cells::new(row, "drift", "kind");
    Ok(DriftGroup {
        kind: cells.text("kind")?,
        connection: cells.text("connection")?,
        state: cells.text("state")?,
        count: cells.int("number")?,
        oldest: cells.time("oldest")?,
    })
}

pub(super) fn link_standing<R: Cell>(row: &R) -> Result<LinkStanding> {
    let cells = Cells::new(row, "link", "external_id");
    Ok(LinkStanding {
        connection: cells.text("connection")?,
        external_id: cells.text("external_id")?,
        checked_at: cells.maybe_time("checked_at")?,
        in_step_since: cells.maybe_time("in_step_since")?,
        differs_since: cells.maybe_time("differs_since")?,
    })
}

/// When a link was last read back.
pub(super) fn checked_at<R: Cell>(row: &R) -> Result<Option<Timestamp>> {
    Cells::new(row, "link", "external_id").maybe_time("checked_at")
}

/// A fire of a schedule.
pub(super) fn fire<R: Cell>(row: &R) -> Result<(ScheduleKey, Timestamp)> {
    let cells = Cells::new(row, "schedule_fire", "schedule_id");
    Ok((ScheduleKey { tenant: tenant(&cells)?, schedule: cells.text("schedule_id")? }, cells.time("nominal_at")?))
}

/// A document a scan looked at: its id, when it was created, and whether it is worth reading.
pub(super) fn looked_at<R: Cell>(row: &R) -> Result<(DocumentId, Timestamp, bool)> {
    let cells = Cells::new(row, "document", "id");
    Ok((cells.id("id", DocumentId)?, cells.time("created_at")?, cells.flag("wanted")?))
}

/// A word and how often it occurs, for `Counts`.
pub(super) fn count<R: Cell>(row: &R) -> Result<(String, u64)> {
    let cells = Cells::new(row, "counts", "word");
    Ok((cells.text("word")?, cells.int("number")?))
}

/// All rows of a result.
pub(super) fn all<R: Cell, T>(rows: &[R], one: impl Fn(&R) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(one).collect()
}

fn tenant<R: Cell>(cells: &Cells<'_, R>) -> Result<TenantId> {
    cells.int("tenant_id").map(TenantId)
}

/// The id of a row of which nothing else was selected.
pub(super) fn id<R: Cell>(row: &R, table: &'static str) -> Result<uuid::Uuid> {
    Cells::new(row, table, "id").id("id", |id| id)
}

/// Claimed messages, in the order they were due (`was_due`) before the claim moved them.
pub(super) fn claimed_messages<R: Cell>(rows: &[R]) -> Result<Vec<Message>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let was_due: i64 = Cells::new(row, "message", "id").int("was_due")?;
        found.push((was_due, message(row)?));
    }
    found.sort_by_key(|(was_due, message)| (*was_due, message.new.id));
    Ok(found.into_iter().map(|(_, message)| message).collect())
}

/// The effect and the token of a hold.
pub(super) fn hold<R: Cell>(row: &R) -> Result<(EffectId, i64)> {
    let cells = Cells::new(row, "lane", "id");
    Ok((cells.id("id", EffectId)?, cells.int("token")?))
}
