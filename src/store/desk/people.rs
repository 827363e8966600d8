//! What people are asked, what they decided, how far they have seen, who decides for whom.

use super::exceptions::limit;
use super::{LeftTasks, within};
use crate::domain::ids::{DocumentId, InstanceId, TaskId, TenantId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look, write_of};
use crate::store::cells::{Cell, Cells, micros};
use crate::store::{DecisionRow, DelegationRow, Page, Result, SeenRow, TaskBox, TaskChoice, TaskCounts, TaskRow, WaitingRow, decode};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Rows of one statement: PostgreSQL takes 65,535 parameters, and a task has 18.
const ROWS_MAX: usize = 1_000;
/// Records one instance shows: more than any that is not a fault.
const RECORDS_MAX: u32 = 2_000;
/// Tasks counted of those who have left; there are more only after a mass dismissal.
const LEFT_MAX: u32 = 20_000;
/// Delegations of one person that are looked at.
const DELEGATIONS_MAX: u32 = 500;
/// Delegations of everybody that the engine knows of: a large company on its longest holiday has fewer.
const STANDING_MAX: u32 = 20_000;

/// Statements that bring tasks up to date.
pub(in crate::store) fn tasks(rows: &[TaskRow]) -> Vec<Ask> {
    let statement = |rows: &[TaskRow]| {
        let asked = ask(
            "INSERT INTO task (id, instance_id, document_id, since, due, ended, tenant_id, visit, number, round, claimed, flow, step, person, kind, state, actor, outside)",
        );
        let asked = asked.rows(rows, |asked, row| {
            let asked = asked.id(row.id.0).comma().id(row.instance.0).comma().id(row.document.0).comma().time(row.since).comma();
            let asked = asked.maybe_time(row.due).comma().maybe_time(row.ended).comma().int(row.tenant.0).comma().int(row.visit).comma();
            let asked = asked.int(row.number).comma().int(row.round).comma().flag(row.claimed).comma().text(&row.flow).comma();
            let asked = asked.text(&row.step).comma().text(&row.person).comma().text(&row.kind).comma().text(&row.state).comma();
            asked.maybe_text(row.actor.as_deref()).comma().maybe_text(row.outside.as_deref())
        });
        asked.then(" ON CONFLICT (id) DO UPDATE SET since = excluded.since, due = excluded.due, ended = excluded.ended, claimed = excluded.claimed, state = excluded.state, actor = excluded.actor, outside = excluded.outside")
    };
    // One statement writes a row once: of a task that changed several times in a batch the last counts.
    let mut newest: Vec<TaskRow> = Vec::with_capacity(rows.len());
    let mut places: HashMap<TaskId, usize> = HashMap::with_capacity(rows.len());
    for row in rows {
        match places.get(&row.id) {
            Some(place) => newest[*place].clone_from(row),
            None => {
                places.insert(row.id, newest.len());
                newest.push(row.clone());
            }
        }
    }
    newest.chunks(ROWS_MAX).map(statement).collect()
}

/// Statements that keep what was decided.
pub(in crate::store) fn decisions(rows: &[DecisionRow]) -> Vec<Ask> {
    let statement = |rows: &[DecisionRow]| {
        let asked = ask(
            "INSERT INTO decision (id, instance_id, at, tenant_id, number, visit, task, round, step, person, on_behalf_of, verb, why, comment, attachments, changes, named, token)",
        );
        let asked = asked.rows(rows, |asked, row| {
            let asked = asked.id(row.id).comma().id(row.instance.0).comma().time(row.at).comma().int(row.tenant.0).comma().int(row.number);
            let asked = asked.comma().maybe_int(row.visit.map(i64::from)).comma().maybe_int(row.task.map(i64::from)).comma().int(row.round);
            let asked =
                asked.comma().maybe_text(row.step.as_deref()).comma().text(&row.person).comma().maybe_text(row.on_behalf_of.as_deref());
            let asked = asked.comma().text(&row.verb).comma().maybe_text(row.why.as_deref()).comma().maybe_text(row.comment.as_deref());
            let asked = asked.comma().text(&row.attachments).comma().text(&row.changes).comma().text(&row.named).comma();
            asked.maybe_text(row.token.as_deref())
        });
        asked.then(" ON CONFLICT (id) DO NOTHING")
    };
    rows.chunks(ROWS_MAX).map(statement).collect()
}

const TASK: &str = "t.id, t.instance_id, t.document_id, t.since, t.due, t.ended, t.tenant_id, t.visit, t.number, t.round, t.claimed, \
                    t.flow, t.step, t.person, t.kind, t.state, t.actor, t.outside";

fn task<R: Cell>(row: &R) -> Result<TaskRow> {
    let cells = Cells::new(row, "task", "id");
    Ok(TaskRow {
        id: cells.id("id", TaskId)?,
        instance: cells.id("instance_id", InstanceId)?,
        document: cells.id("document_id", DocumentId)?,
        since: cells.time("since")?,
        due: cells.maybe_time("due")?,
        ended: cells.maybe_time("ended")?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        visit: cells.int("visit")?,
        number: cells.int("number")?,
        round: cells.int("round")?,
        claimed: cells.flag("claimed")?,
        flow: cells.text("flow")?,
        step: cells.text("step")?,
        person: cells.text("person")?,
        kind: cells.text("kind")?,
        state: cells.text("state")?,
        actor: cells.maybe_text("actor")?,
        outside: cells.maybe_text("outside")?,
    })
}

/// A list: what is somebody's turn the oldest first, everything else the newest first.
pub(super) async fn list<S: Speaks>(store: &S, choice: &TaskChoice, page: &Page) -> Result<Vec<TaskRow>> {
    let asked = ask("SELECT ")
        .then(TASK)
        .then(" FROM task t WHERE t.tenant_id = ")
        .int(choice.tenant.0)
        .then(" AND t.person")
        .in_texts(&choice.people);
    let asked = within::tasks(asked.and_text(" AND t.flow = ", choice.flow.as_deref()), choice.within.as_ref());
    let asked = match choice.due_before {
        Some(due) => asked.then(" AND t.due < ").time(due),
        None => asked,
    };
    let oldest = page.after.map_or((i64::MIN, Uuid::nil()), |(time, id)| (micros(time), id));
    let newest = page.after.map_or((i64::MAX, Uuid::max()), |(time, id)| (micros(time), id));
    let asked = match choice.list {
        TaskBox::Mine => asked
            .then(" AND t.state = 'pending' AND t.kind <> 'copy' AND (t.since, t.id) > (")
            .int(oldest.0)
            .comma()
            .id(oldest.1)
            .then(") ORDER BY t.since, t.id LIMIT "),
        TaskBox::Done => asked
            .then(
                " AND t.ended IS NOT NULL AND t.kind <> 'copy' AND t.kind <> 'started' AND t.state <> 'cancelled' AND (t.ended, t.id) < (",
            )
            .int(newest.0)
            .comma()
            .id(newest.1)
            .then(") ORDER BY t.ended DESC, t.id DESC LIMIT "),
        TaskBox::Started => asked
            .then(" AND t.ended IS NOT NULL AND t.kind = 'started' AND (t.ended, t.id) < (")
            .int(newest.0)
            .comma()
            .id(newest.1)
            .then(") ORDER BY t.ended DESC, t.id DESC LIMIT "),
        TaskBox::Copies => asked
            .then(" AND t.kind = 'copy' AND (t.since, t.id) < (")
            .int(newest.0)
            .comma()
            .id(newest.1)
            .then(") ORDER BY t.since DESC, t.id DESC LIMIT "),
    };
    decode::all(&look(store, choice.tenant, asked.int(limit(page))).await?, task)
}

pub(super) async fn counts<S: Speaks>(store: &S, tenant: TenantId, people: &[String], now: Timestamp) -> Result<TaskCounts> {
    let asked = ask("SELECT sum(CASE WHEN t.kind <> 'copy' THEN 1 ELSE 0 END) AS mine, sum(CASE WHEN t.kind <> 'copy' AND t.due < ")
        .time(now)
        .then(" THEN 1 ELSE 0 END) AS overdue, sum(CASE WHEN t.kind = 'copy' THEN 1 ELSE 0 END) AS copies FROM task t WHERE t.tenant_id = ")
        .int(tenant.0)
        .then(" AND t.person")
        .in_texts(people)
        .then(" AND t.state = 'pending'");
    let rows = look(store, tenant, asked).await?;
    let Some(row) = rows.first() else { return Ok(TaskCounts::default()) };
    let cells = Cells::new(row, "task", "mine");
    let count = |name| cells.maybe_int::<u64>(name).map(Option::unwrap_or_default);
    Ok(TaskCounts { mine: count("mine")?, overdue: count("overdue")?, copies: count("copies")? })
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: TaskId) -> Result<Option<TaskRow>> {
    let asked = ask("SELECT ").then(TASK).then(" FROM task t WHERE t.tenant_id = ").int(tenant.0).then(" AND t.id = ").id(id.0);
    look(store, tenant, asked).await?.first().map(task).transpose()
}

pub(super) async fn of_instance<S: Speaks>(store: &S, tenant: TenantId, instance: InstanceId) -> Result<Vec<TaskRow>> {
    let asked = ask("SELECT ").then(TASK).then(" FROM task t WHERE t.tenant_id = ").int(tenant.0).then(" AND t.instance_id = ");
    let asked = asked.id(instance.0).then(" AND t.kind <> 'started' ORDER BY t.since, t.visit, t.number, t.id LIMIT ").int(RECORDS_MAX);
    decode::all(&look(store, tenant, asked).await?, task)
}

pub(super) async fn versions<S: Speaks>(store: &S, tenant: TenantId, instances: &[Uuid]) -> Result<Vec<(InstanceId, String)>> {
    if instances.is_empty() {
        return Ok(Vec::new());
    }
    let asked = ask("SELECT i.id AS id, i.version AS version FROM instance i WHERE i.tenant_id = ").int(tenant.0);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "instance", "id");
        Ok((cells.id("id", InstanceId)?, cells.text("version")?))
    };
    decode::all(&look(store, tenant, asked.then(" AND i.id").in_ids(instances)).await?, read)
}

/// Who holds open tasks, each once, after a name; for finding those who have left.
pub(super) async fn holders<S: Speaks>(store: &S, tenant: TenantId, after: &str, most: u32) -> Result<Vec<String>> {
    let asked = ask("SELECT DISTINCT t.person AS person FROM task t WHERE t.tenant_id = ")
        .int(tenant.0)
        .then(" AND t.state IN ('pending', 'waiting') AND t.kind <> 'outside' AND t.person > ")
        .text(after)
        .then(" ORDER BY t.person LIMIT ")
        .int(most);
    look(store, tenant, asked).await?.iter().map(|row| Cells::new(row, "task", "person").text("person")).collect()
}

/// Instances in which somebody holds an open task.
pub(super) async fn held_by<S: Speaks>(store: &S, tenant: TenantId, person: &str, most: u32) -> Result<Vec<InstanceId>> {
    let asked = ask("SELECT DISTINCT t.instance_id AS instance_id FROM task t WHERE t.tenant_id = ")
        .int(tenant.0)
        .then(" AND t.state IN ('pending', 'waiting') AND t.kind NOT IN ('copy', 'outside') AND t.person = ")
        .text(person)
        .then(" LIMIT ")
        .int(most);
    look(store, tenant, asked).await?.iter().map(|row| Cells::new(row, "task", "instance_id").id("instance_id", InstanceId)).collect()
}

/// Tasks of people who have left, each since when.
pub(super) async fn left_tasks<S: Speaks>(store: &S, tenant: TenantId, people: &[(String, Timestamp)]) -> Result<Vec<LeftTasks>> {
    let Some(first) = people.iter().map(|(_, since)| *since).min() else { return Ok(Vec::new()) };
    let names: Vec<String> = people.iter().map(|(person, _)| person.clone()).collect();
    let asked = ask("SELECT t.person AS person, t.state AS state, t.ended AS ended FROM task t WHERE t.tenant_id = ").int(tenant.0);
    let asked = asked
        .then(" AND t.person")
        .in_texts(&names)
        .then(" AND t.kind NOT IN ('copy', 'started', 'outside') AND (t.state IN ('pending', 'waiting') OR (t.state = 'transferred' AND t.ended >= ");
    let asked = asked.time(first).then(")) LIMIT ").int(LEFT_MAX);
    let mut counts: BTreeMap<&str, LeftTasks> = BTreeMap::new();
    for row in &look(store, tenant, asked).await? {
        let cells = Cells::new(row, "task", "person");
        let (person, ended) = (cells.text("person")?, cells.maybe_time("ended")?);
        let Some((person, since)) = people.iter().find(|(known, _)| *known == person) else { continue };
        let count = counts.entry(person).or_insert_with(|| LeftTasks { person: person.clone(), open: 0, handed_on: 0 });
        match cells.text("state")?.as_str() {
            "transferred" => count.handed_on += u64::from(ended.is_some_and(|ended| ended >= *since)),
            _ => count.open += 1,
        }
    }
    Ok(counts.into_values().filter(|count| count.open + count.handed_on > 0).collect())
}

pub(super) async fn decided<S: Speaks>(store: &S, tenant: TenantId, instance: InstanceId) -> Result<Vec<DecisionRow>> {
    let asked = ask("SELECT d.id, d.instance_id, d.at, d.tenant_id, d.number, d.visit, d.task, d.round, d.step, d.person, d.on_behalf_of, d.verb, d.why, d.comment, d.attachments, d.changes, d.named, d.token FROM decision d WHERE d.tenant_id = ")
        .int(tenant.0)
        .then(" AND d.instance_id = ")
        .id(instance.0)
        .then(" ORDER BY d.number LIMIT ")
        .int(RECORDS_MAX);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "decision", "id");
        Ok(DecisionRow {
            id: cells.id("id", |id| id)?,
            instance: cells.id("instance_id", InstanceId)?,
            at: cells.time("at")?,
            tenant,
            number: cells.int("number")?,
            visit: cells.maybe_int("visit")?,
            task: cells.maybe_int("task")?,
            round: cells.int("round")?,
            step: cells.maybe_text("step")?,
            person: cells.text("person")?,
            on_behalf_of: cells.maybe_text("on_behalf_of")?,
            verb: cells.text("verb")?,
            why: cells.maybe_text("why")?,
            comment: cells.maybe_text("comment")?,
            attachments: cells.text("attachments")?,
            changes: cells.text("changes")?,
            named: cells.text("named")?,
            token: cells.maybe_text("token")?,
        })
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn seen<S: Speaks>(store: &S, tenant: TenantId, instance: InstanceId, person: &str) -> Result<Option<SeenRow>> {
    let asked = ask("SELECT s.at, s.decision, s.revision FROM task_seen s WHERE s.tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND s.instance_id = ").id(instance.0).then(" AND s.person = ").text(person);
    let rows = look(store, tenant, asked).await?;
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "task_seen", "at");
        let (at, decision, revision) = (cells.time("at")?, cells.int("decision")?, cells.int("revision")?);
        Ok(SeenRow { tenant, instance, person: person.to_owned(), decision, revision, at })
    };
    rows.first().map(read).transpose()
}

/// Keeps how far somebody has seen; an older view never overwrites a newer one.
pub(super) async fn see<S: Speaks>(store: &S, row: &SeenRow) -> Result<()> {
    let asked = ask("INSERT INTO task_seen (instance_id, at, tenant_id, decision, revision, person)").rows(
        std::slice::from_ref(row),
        |asked, row| {
            let asked = asked.id(row.instance.0).comma().time(row.at).comma().int(row.tenant.0).comma().int(row.decision).comma();
            asked.int(row.revision).comma().text(&row.person)
        },
    );
    let asked = asked.then(" ON CONFLICT (instance_id, person) DO UPDATE SET at = excluded.at, decision = excluded.decision, revision = excluded.revision WHERE task_seen.decision <= excluded.decision AND task_seen.revision <= excluded.revision");
    write_of(store, row.tenant, asked).await.map(|_| ())
}

fn delegation<R: Cell>(row: &R) -> Result<DelegationRow> {
    let cells = Cells::new(row, "delegation", "id");
    Ok(DelegationRow {
        id: cells.id("id", |id| id)?,
        created_at: cells.time("created_at")?,
        from: cells.time("from_at")?,
        until: cells.time("until_at")?,
        revoked_at: cells.maybe_time("revoked_at")?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        new_only: cells.flag("new_only")?,
        principal: cells.text("principal")?,
        agent: cells.text("agent")?,
        created_by: cells.text("created_by")?,
        flows: cells.text("flows")?,
    })
}

/// Delegations that hold or are to come, of a principal, to an agent, or all; the latest beginning first.
pub(super) async fn delegations<S: Speaks>(
    store: &S,
    tenant: TenantId,
    principal: Option<&str>,
    agent: Option<&str>,
    now: Timestamp,
) -> Result<Vec<DelegationRow>> {
    let asked = ask("SELECT g.id, g.created_at, g.from_at, g.until_at, g.revoked_at, g.tenant_id, g.new_only, g.principal, g.agent, g.created_by, g.flows FROM delegation g WHERE g.tenant_id = ")
        .int(tenant.0)
        .then(" AND g.revoked_at IS NULL AND g.until_at > ")
        .time(now)
        .and_text(" AND g.principal = ", principal)
        .and_text(" AND g.agent = ", agent)
        .then(" ORDER BY g.from_at DESC, g.id LIMIT ")
        .int(if principal.is_none() && agent.is_none() { STANDING_MAX } else { DELEGATIONS_MAX });
    decode::all(&look(store, tenant, asked).await?, delegation)
}

pub(super) async fn delegate<S: Speaks>(store: &S, row: &DelegationRow, told: &[WaitingRow]) -> Result<()> {
    let asked = ask("INSERT INTO delegation (id, created_at, from_at, until_at, tenant_id, new_only, principal, agent, created_by, flows)")
        .rows(std::slice::from_ref(row), |asked, row| {
            let asked =
                asked.id(row.id).comma().time(row.created_at).comma().time(row.from).comma().time(row.until).comma().int(row.tenant.0);
            let asked = asked.comma().flag(row.new_only).comma().text(&row.principal).comma().text(&row.agent).comma();
            asked.text(&row.created_by).comma().text(&row.flows)
        });
    write_telling(store, row.tenant, asked.then(" ON CONFLICT (id) DO NOTHING"), told).await.map(|_| ())
}

/// Ends a delegation now; false when there is none that still holds.
pub(super) async fn revoke<S: Speaks>(store: &S, tenant: TenantId, id: Uuid, at: Timestamp, told: &[WaitingRow]) -> Result<bool> {
    let asked = ask("UPDATE delegation SET revoked_at = ")
        .time(at)
        .then(" WHERE tenant_id = ")
        .int(tenant.0)
        .then(" AND revoked_at IS NULL AND id = ")
        .id(id);
    write_telling(store, tenant, asked, told).await.map(|done| done > 0)
}

/// Writes, and keeps the notices of it in the same commit: a repeat, which writes nothing, tells nobody.
async fn write_telling<S: Speaks>(store: &S, tenant: TenantId, asked: Ask, told: &[WaitingRow]) -> Result<u64> {
    let mut turn = store.turn_of(tenant).await?;
    let done = turn.done(asked).await?;
    if done > 0 {
        for notices in super::notices::waiting(told) {
            turn.done(notices).await?;
        }
    }
    turn.keep().await?;
    Ok(done)
}
