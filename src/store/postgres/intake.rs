//! Messages: stored once, claimed while due, put back.

use super::session::{Postgres, Run, column, fault};
use crate::store::cells::micros;
use crate::store::columns::message_columns;
use crate::store::fault::{Fault, Phase, again};
use crate::store::keys::seen_key;
use crate::store::{Deferral, Lease, Message, NewMessage, Received, Result, decode};
use jiff::Timestamp;
use std::collections::HashSet;
use uuid::Uuid;

/// One statement, so one round trip and one commit. It is harmless to repeat: what is seen stays seen, and a message
/// that an earlier, unanswered try stored under the same id is answered as new again.
/// Keys are inserted in order, so that two receivers of the same messages wait for, never on, each other.
const RECEIVE: &str = "
WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
        AS i (id, key, tenant_id, connection, event, source, message_id, payload, received_at)
), seen AS (
    INSERT INTO inbox_seen (key, received_at, tenant_id)
    SELECT key, received_at, tenant_id FROM input ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
), stored AS (
    INSERT INTO message (id, received_at, due_at, tenant_id, attempts, state, owner, connection, event, source, message_id, payload)
    SELECT id, received_at, $10, tenant_id, 1, 'new', $11, connection, event, source, message_id, payload
    FROM input JOIN seen USING (key) ORDER BY id
    RETURNING id
), ours AS (
    SELECT id FROM stored UNION ALL SELECT m.id FROM message m JOIN input USING (id)
), counted AS (
    INSERT INTO counter (tenant_id, name, value)
    SELECT tenant_id, 'duplicates', count(*) FROM (
        SELECT tenant_id FROM input WHERE id NOT IN (SELECT id FROM ours)
        UNION ALL SELECT unnest($12::integer[])) AS d
    GROUP BY tenant_id ORDER BY tenant_id
    ON CONFLICT (tenant_id, name) DO UPDATE SET value = counter.value + excluded.value
)
SELECT id FROM ours";

pub(super) async fn receive(store: &Postgres, messages: &[NewMessage], lease: &Lease) -> Result<Vec<Received>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Uuid> = messages.iter().map(seen_key).collect();
    let mut first = HashSet::with_capacity(keys.len());
    let (fresh, doubled): (Vec<usize>, Vec<usize>) = (0..keys.len()).partition(|index| first.insert(keys[*index]));
    let stored = again!(insert(store, messages, &keys, &fresh, &doubled, lease))?;
    let fresh: HashSet<usize> = fresh.into_iter().collect();
    let new = |index: usize| fresh.contains(&index) && stored.contains(&messages[index].id.0);
    Ok((0..messages.len()).map(|index| if new(index) { Received::New } else { Received::Duplicate }).collect())
}

async fn insert(
    store: &Postgres,
    messages: &[NewMessage],
    keys: &[Uuid],
    fresh: &[usize],
    doubled: &[usize],
    lease: &Lease,
) -> std::result::Result<HashSet<Uuid>, Fault> {
    let statement = sqlx::query(RECEIVE)
        .bind(column(fresh, |index| messages[*index].id.0))
        .bind(column(fresh, |index| keys[*index]))
        .bind(column(fresh, |index| messages[*index].tenant.0))
        .bind(column(fresh, |index| messages[*index].connection.as_str()))
        .bind(column(fresh, |index| messages[*index].event.as_str()))
        .bind(column(fresh, |index| messages[*index].source.as_str()))
        .bind(column(fresh, |index| messages[*index].message_id.as_str()))
        .bind(column(fresh, |index| messages[*index].payload.as_str()))
        .bind(column(fresh, |index| micros(messages[*index].received_at)))
        .bind(store.here(lease.until))
        .bind(&lease.owner)
        .bind(column(doubled, |index| messages[*index].tenant.0));
    let mut connection = store.work.acquire().await.map_err(|error| fault(error, Phase::Inside))?;
    let rows = statement.fetch_all(&mut *connection).await.map_err(|error| fault(error, Phase::Commit))?;
    rows.iter().map(|row| decode::id(row, "message").map_err(Fault::from)).collect()
}

/// A claimed message is due again when its lease ends, so a dead owner's messages come back by themselves.
const CLAIM: &str = concat!(
    "WITH due AS (
    SELECT id, due_at FROM message WHERE state <> 'stopped' AND due_at <= $1
    ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE message m SET due_at = $3, owner = $4, attempts = m.attempts + 1
FROM due WHERE m.id = due.id
RETURNING due.due_at AS was_due, ",
    message_columns!()
);

pub(super) async fn claim(store: &Postgres, lease: &Lease, now: Timestamp, limit: u32) -> Result<Vec<Message>> {
    let mut connection = store.work.acquire().await.map_err(|error| fault(error, Phase::Inside))?;
    let statement = sqlx::query(CLAIM).bind(store.here(now)).bind(i64::from(limit)).bind(store.here(lease.until)).bind(&lease.owner);
    let rows = statement.fetch_all(&mut *connection).await.map_err(|error| fault(error, Phase::Commit))?;
    decode::claimed_messages(&rows)
}

/// What was learnt once is kept.
macro_rules! defer_message {
    () => {
        "
UPDATE message m SET due_at = d.due_at, state = d.state, problem = d.problem, owner = NULL,
    external_id = COALESCE(d.external_id, m.external_id), heard = COALESCE(d.heard, m.heard)
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS d (id, due_at, state, external_id, heard, problem)
WHERE m.id = d.id"
    };
}
const DEFER: &str = defer_message!();
/// A worker's own deferral holds no lock: one that was overtaken by another, who stopped the message, leaves it alone.
const DEFER_UNLOCKED: &str = concat!(defer_message!(), " AND m.state <> 'stopped'");

pub(super) fn defer_statement<'q>(deferrals: &[&'q Deferral]) -> super::session::Statement<'q> {
    deferring(DEFER, deferrals)
}

fn deferring<'q>(statement: &'static str, deferrals: &[&'q Deferral]) -> super::session::Statement<'q> {
    sqlx::query(statement)
        .bind(column(deferrals, |d| d.id.0))
        .bind(column(deferrals, |d| micros(d.due_at)))
        .bind(column(deferrals, |d| d.state.as_str()))
        .bind(column(deferrals, |d| d.external_id.as_deref()))
        .bind(column(deferrals, |d| d.heard.as_deref()))
        .bind(column(deferrals, |d| d.problem.as_deref()))
}

pub(super) async fn defer(store: &Postgres, deferrals: &[Deferral]) -> Result<()> {
    if deferrals.is_empty() {
        return Ok(());
    }
    again!(async {
        let mut connection = store.work.acquire().await.map_err(|error| fault(error, Phase::Inside))?;
        deferring(DEFER_UNLOCKED, &deferrals.iter().collect::<Vec<_>>())
            .execute(&mut *connection)
            .await
            .map_err(|error| fault(error, Phase::Commit))?;
        Ok(())
    })
}

/// What the hub tells itself: in the commit that leads to it, leased at once.
const OWN: &str = "
INSERT INTO message (id, received_at, due_at, tenant_id, attempts, state, owner, connection, event, source, message_id, payload)
SELECT id, received_at, due_at, tenant_id, 1, 'new', owner, connection, event, source, message_id, payload
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    AS i (id, received_at, due_at, tenant_id, owner, connection, event, source, message_id, payload)
ON CONFLICT (id) DO NOTHING";

pub(super) async fn own(run: &mut Run, messages: &[(NewMessage, Lease)]) -> std::result::Result<(), Fault> {
    if messages.is_empty() {
        return Ok(());
    }
    let skew = run.skew;
    let statement = sqlx::query(OWN)
        .bind(column(messages, |(message, _)| message.id.0))
        .bind(column(messages, |(message, _)| micros(message.received_at)))
        .bind(column(messages, |(_, lease)| micros(lease.until).saturating_add(skew)))
        .bind(column(messages, |(message, _)| message.tenant.0))
        .bind(column(messages, |(_, lease)| lease.owner.as_str()))
        .bind(column(messages, |(message, _)| message.connection.as_str()))
        .bind(column(messages, |(message, _)| message.event.as_str()))
        .bind(column(messages, |(message, _)| message.source.as_str()))
        .bind(column(messages, |(message, _)| message.message_id.as_str()))
        .bind(column(messages, |(message, _)| message.payload.as_str()));
    run.write(statement).await?;
    Ok(())
}
