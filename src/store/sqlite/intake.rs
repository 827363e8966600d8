//! Messages: stored once, claimed while due, put back.

use super::session::{Run, Sqlite, sql};
use crate::store::columns::message_columns;
use crate::store::fault::Fault;
use crate::store::keys::seen_key;
use crate::store::{Deferral, Lease, Message, NewMessage, Received, Result, decode};
use jiff::Timestamp;

const SEEN: &str = "INSERT INTO inbox_seen (key, received_at, tenant_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const STORE: &str = "
INSERT INTO message (id, received_at, due_at, tenant_id, attempts, state, owner, connection, event, source, message_id, payload)
VALUES ($1, $2, $3, $4, 1, 'new', $5, $6, $7, $8, $9, $10)";
/// An earlier, unanswered try may have stored the message under this very id: then it is ours and new.
const OURS: &str = "SELECT id FROM message WHERE id = $1";
const DUPLICATE: &str = "INSERT INTO counter (tenant_id, name, value) VALUES ($1, 'duplicates', 1)
    ON CONFLICT (tenant_id, name) DO UPDATE SET value = value + 1";

pub(super) async fn receive(store: &Sqlite, messages: &[NewMessage], lease: &Lease) -> Result<Vec<Received>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let mut run = store.begin().await?;
    let mut answers = Vec::with_capacity(messages.len());
    let mut stored = std::collections::HashSet::new();
    for message in messages {
        answers.push(receive_one(&mut run, message, lease, &mut stored).await?);
    }
    run.commit().await?;
    Ok(answers)
}

async fn receive_one(
    run: &mut Run,
    message: &NewMessage,
    lease: &Lease,
    stored: &mut std::collections::HashSet<uuid::Uuid>,
) -> std::result::Result<Received, Fault> {
    let key = seen_key(message);
    let seen = sql(SEEN).id(key).time(message.received_at).int(message.tenant.0);
    if run.write(seen).await? == 1 {
        let statement = sql(STORE)
            .id(message.id.0)
            .time(message.received_at)
            .time(lease.until)
            .int(message.tenant.0)
            .text(&lease.owner)
            .text(&message.connection)
            .text(&message.event)
            .text(&message.source)
            .text(&message.message_id)
            .text(&message.payload);
        run.write(statement).await?;
        stored.insert(key);
        return Ok(Received::New);
    }
    if !stored.contains(&key) && run.fetch_one(sql(OURS).id(message.id.0)).await?.is_some() {
        return Ok(Received::New);
    }
    run.write(sql(DUPLICATE).int(message.tenant.0)).await?;
    Ok(Received::Duplicate)
}

const DUE: &str = "SELECT id, due_at FROM message WHERE state <> 'stopped' AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
const CLAIM: &str = "UPDATE message SET due_at = $2, owner = $3, attempts = attempts + 1 WHERE id = $1";
const CLAIMED: &str = concat!("SELECT ", message_columns!(), " FROM message m WHERE m.id = $1");

pub(super) async fn claim(store: &Sqlite, lease: &Lease, now: Timestamp, limit: u32) -> Result<Vec<Message>> {
    let mut run = store.begin().await?;
    let mut rows = Vec::new();
    for due in run.fetch(sql(DUE).time(now).int(limit)).await? {
        let id = decode::id(&due, "message")?;
        run.write(sql(CLAIM).id(id).time(lease.until).text(&lease.owner)).await?;
        rows.extend(run.fetch_one(sql(CLAIMED).id(id)).await?);
    }
    run.commit().await?;
    decode::all(&rows, decode::message)
}

/// What was learnt once is kept.
macro_rules! defer_message {
    () => {
        "
UPDATE message SET due_at = $2, state = $3, external_id = COALESCE($4, external_id), heard = COALESCE($5, heard),
    problem = $6, owner = NULL
WHERE id = $1"
    };
}
const DEFER: &str = defer_message!();
/// A worker that was overtaken by another, who stopped the message, leaves it alone.
const DEFER_UNLOCKED: &str = concat!(defer_message!(), " AND state <> 'stopped'");

pub(super) async fn defer_in(run: &mut Run, deferral: &Deferral) -> std::result::Result<(), Fault> {
    deferring(DEFER, run, deferral).await
}

async fn deferring(statement: &'static str, run: &mut Run, deferral: &Deferral) -> std::result::Result<(), Fault> {
    let statement = sql(statement)
        .id(deferral.id.0)
        .time(deferral.due_at)
        .text(&deferral.state)
        .maybe_text(deferral.external_id.as_deref())
        .maybe_text(deferral.heard.as_deref())
        .maybe_text(deferral.problem.as_deref());
    run.write(statement).await?;
    Ok(())
}

pub(super) async fn defer(store: &Sqlite, deferrals: &[Deferral]) -> Result<()> {
    if deferrals.is_empty() {
        return Ok(());
    }
    let mut run = store.begin().await?;
    for deferral in deferrals {
        deferring(DEFER_UNLOCKED, &mut run, deferral).await?;
    }
    run.commit().await?;
    Ok(())
}

/// What the hub tells itself: in the commit that leads to it, leased at once.
const OWN: &str = "
INSERT INTO message (id, received_at, due_at, tenant_id, attempts, state, owner, connection, event, source, message_id, payload)
VALUES ($1, $2, $3, $4, 1, 'new', $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING";

pub(super) async fn own(run: &mut Run, messages: &[(NewMessage, Lease)]) -> std::result::Result<(), Fault> {
    for (message, lease) in messages {
        let statement = sql(OWN)
            .id(message.id.0)
            .time(message.received_at)
            .time(lease.until)
            .int(message.tenant.0)
            .text(&lease.owner)
            .text(&message.connection)
            .text(&message.event)
            .text(&message.source)
            .text(&message.message_id)
            .text(&message.payload);
        run.write(statement).await?;
    }
    Ok(())
}
