//! Exceptions by same cause, by choice and by id; who has them and what people said about them.

use super::feed::exception_changed;
use super::rows::{Assignment, ExceptionChoice, GroupRow, NoteRow};
use super::within;
use crate::domain::ids::{DocumentId, ExceptionId, TenantId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look, write_of};
use crate::store::cells::{Cell, Cells, micros};
use crate::store::columns::exception_columns;
use crate::store::{AmendmentRow, ExceptionRow, PAGE_MAX, Page, Result, decode};
use uuid::Uuid;

/// Where a page begins: the first one begins after the end of time.
pub(super) fn start(page: &Page) -> (i64, Uuid) {
    page.after.map_or((i64::MAX, Uuid::max()), |(time, id)| (micros(time), id))
}

pub(super) fn limit(page: &Page) -> u32 {
    page.limit.clamp(1, PAGE_MAX)
}

const COLUMNS: &str = exception_columns!();

/// One index scan counts; then one look-up for each group finds its newest.
pub(super) async fn groups<S: Speaks>(store: &S, choice: &ExceptionChoice, limit: u32) -> Result<Vec<GroupRow>> {
    let counted = ask("WITH g AS (SELECT x.fingerprint, count(*) AS number, sum(CASE WHEN x.assignee IS NULL THEN 1 ELSE 0 END) AS free,
            min(x.opened_at) AS oldest, max(x.opened_at) AS newest
        FROM exception x WHERE x.tenant_id = ")
    .int(choice.tenant.0)
    .then(" AND x.state = 'open'");
    let counted =
        narrow(counted, choice).then(" GROUP BY x.fingerprint ORDER BY number DESC, newest DESC LIMIT ").int(limit.clamp(1, PAGE_MAX));
    let asked = counted
        .then(") SELECT g.number AS number, g.free AS free, g.oldest AS oldest, ")
        .then(COLUMNS)
        .then(" FROM g JOIN exception x ON x.tenant_id = ")
        .int(choice.tenant.0)
        .then(" AND x.fingerprint = g.fingerprint AND x.opened_at = g.newest AND x.state = 'open' ORDER BY g.number DESC, g.newest DESC, x.id");
    let mut groups: Vec<GroupRow> = Vec::new();
    for row in &look(store, choice.tenant, asked).await? {
        let cells = Cells::new(row, "exception", "id");
        let newest = decode::exception(row)?;
        // Several of one cause may have been opened by one commit.
        if groups.iter().any(|known| known.newest.fingerprint == newest.fingerprint) {
            continue;
        }
        groups.push(GroupRow { newest, count: cells.int("number")?, unassigned: cells.int("free")?, oldest_at: cells.time("oldest")? });
    }
    Ok(groups)
}

/// The conditions of a choice but for tenant and state.
fn narrow(asked: Ask, choice: &ExceptionChoice) -> Ask {
    let asked = asked
        .and_text(" AND x.cause = ", choice.cause.as_deref())
        .and_text(" AND x.code = ", choice.code.as_deref())
        .and_text(" AND x.connection = ", choice.connection.as_deref())
        .and_text(" AND x.flow = ", choice.flow.as_deref())
        .and_text(" AND x.owner = ", choice.owner.as_deref())
        .and_text(" AND x.assignee = ", choice.assignee.as_deref())
        .and_text(" AND x.step = ", choice.step.as_deref());
    let asked = if choice.unassigned { asked.then(" AND x.assignee IS NULL") } else { asked };
    let with_id = |asked: Ask, words, id: Option<Uuid>| match id {
        Some(id) => asked.then(words).id(id),
        None => asked,
    };
    let asked = with_id(asked, " AND x.fingerprint = ", choice.fingerprint);
    let asked = with_id(asked, " AND x.instance_id = ", choice.instance.map(|id| id.0));
    let asked = with_id(asked, " AND x.document_id = ", choice.document.map(|id| id.0));
    let asked = match choice.since {
        Some(since) => asked.then(" AND x.opened_at >= ").time(since),
        None => asked,
    };
    let asked = match choice.until {
        Some(until) => asked.then(" AND x.opened_at < ").time(until),
        None => asked,
    };
    within::exceptions(asked, choice.within.as_ref())
}

/// ` FROM exception x WHERE …` of a choice.
pub(super) fn chosen(asked: Ask, choice: &ExceptionChoice) -> Ask {
    let asked = asked.then(" FROM exception x WHERE x.tenant_id = ").int(choice.tenant.0);
    // Words instead of a parameter, so that the indexes of what is open are seen to fit.
    let asked = match choice.state.as_deref() {
        Some("open") => asked.then(" AND x.state = 'open'"),
        Some("closed") => asked.then(" AND x.state = 'closed'"),
        Some(_) => asked.then(" AND 1 = 0"),
        None => asked,
    };
    narrow(asked, choice)
}

pub(super) async fn choose<S: Speaks>(store: &S, choice: &ExceptionChoice, page: &Page) -> Result<Vec<ExceptionRow>> {
    let (time, id) = start(page);
    let asked = chosen(ask("SELECT ").then(COLUMNS), choice).then(" AND (x.opened_at, x.id) < (").int(time).comma().id(id);
    let asked = asked.then(") ORDER BY x.opened_at DESC, x.id DESC LIMIT ").int(limit(page));
    decode::all(&look(store, choice.tenant, asked).await?, decode::exception)
}

pub(super) async fn by_id<S: Speaks>(store: &S, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<ExceptionRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM exception x WHERE x.tenant_id = ").int(tenant.0).then(" AND x.id").in_ids(ids);
    decode::all(&look(store, tenant, asked).await?, decode::exception)
}

pub(super) async fn assign<S: Speaks>(store: &S, assignment: &Assignment) -> Result<bool> {
    let mut turn = store.turn_of(assignment.tenant).await?;
    let asked = ask("UPDATE exception SET assignee = ")
        .maybe_text(assignment.assignee.as_deref())
        .then(" WHERE state = 'open' AND id = ")
        .id(assignment.exception.0)
        .then(" AND tenant_id = ")
        .int(assignment.tenant.0);
    let asked = match &assignment.before {
        Some(before) => asked.then(" AND assignee = ").text(before),
        None => asked.then(" AND assignee IS NULL"),
    };
    if turn.done(asked).await? == 0 {
        return Ok(false);
    }
    turn.done(note(&assignment.note)).await?;
    turn.done(exception_changed(assignment.tenant, assignment.exception.0, assignment.note.at)).await?;
    turn.keep().await?;
    Ok(true)
}

fn note(row: &NoteRow) -> Ask {
    ask("INSERT INTO exception_note (id, exception_id, at, tenant_id, kind, actor, text)")
        .rows(std::slice::from_ref(row), |asked, row| {
            let asked = asked.id(row.id).comma().id(row.exception.0).comma().time(row.at).comma().int(row.tenant.0);
            asked.comma().text(&row.kind).comma().text(&row.actor).comma().text(&row.text)
        })
        .then(" ON CONFLICT (id) DO NOTHING")
}

pub(super) async fn add_note<S: Speaks>(store: &S, row: &NoteRow) -> Result<()> {
    write_of(store, row.tenant, note(row)).await.map(|_| ())
}

pub(super) async fn notes<S: Speaks>(store: &S, tenant: TenantId, exception: ExceptionId) -> Result<Vec<NoteRow>> {
    let asked = ask("SELECT id, exception_id, at, tenant_id, kind, actor, text FROM exception_note WHERE tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND exception_id = ").id(exception.0).then(" ORDER BY at, id LIMIT 500");
    decode::all(&look(store, tenant, asked).await?, read_note)
}

fn read_note<R: Cell>(row: &R) -> Result<NoteRow> {
    let cells = Cells::new(row, "exception_note", "id");
    Ok(NoteRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        exception: cells.id("exception_id", ExceptionId)?,
        at: cells.time("at")?,
        kind: cells.text("kind")?,
        actor: cells.text("actor")?,
        text: cells.text("text")?,
    })
}

/// The statement that keeps who made revisions by hand; none when nobody did.
pub(in crate::store) fn amendments(rows: &[AmendmentRow]) -> Option<Ask> {
    if rows.is_empty() {
        return None;
    }
    let asked = ask("INSERT INTO amendment (document_id, number, at, tenant_id, actor, reason, changes)").rows(rows, |asked, row| {
        let asked = asked.id(row.document.0).comma().int(row.number).comma().time(row.at).comma().int(row.tenant.0);
        asked.comma().text(&row.actor).comma().text(&row.reason).comma().text(&row.changes)
    });
    Some(asked.then(" ON CONFLICT (document_id, number) DO NOTHING"))
}

pub(super) async fn amendments_of<S: Speaks>(store: &S, tenant: TenantId, document: DocumentId) -> Result<Vec<AmendmentRow>> {
    let asked = ask("SELECT document_id, number, at, tenant_id, actor, reason, changes FROM amendment WHERE tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND document_id = ").id(document.0).then(" ORDER BY number");
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "amendment", "document_id");
        Ok(AmendmentRow {
            tenant,
            document: cells.id("document_id", DocumentId)?,
            number: cells.int("number")?,
            at: cells.time("at")?,
            actor: cells.text("actor")?,
            reason: cells.text("reason")?,
            changes: cells.text("changes")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}
