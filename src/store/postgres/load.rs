//! What an engine batch loads and locks, in an order that every batch keeps: documents, timers, messages, lanes; each by
//! id. Locks are awaited in one statement and read in the next, so that what is read is what is locked. An instance is
//! locked with its document; should one appear whose document was not locked, its `lock` number refuses a second writer.

use super::session::{Postgres, Run, column, int};
use crate::domain::ids::{EffectId, InboxId};
use crate::store::columns::{document_columns, drift_columns, exception_columns, instance_columns, link_columns};
use crate::store::fault::Fault;
use crate::store::keys::held_lane;
use crate::store::{Keys, LaneHold, Loaded, decode};
use std::collections::HashSet;
use uuid::Uuid;

type Done<T> = std::result::Result<T, Fault>;

/// Documents that do not exist yet cannot be locked as rows. Batches that may create the same ones wait for each other
/// here instead, else the later would overwrite or drop what the earlier wrote. A lock a document, up to a bound on the
/// server's lock table; beyond it the batch runs alone.
const RESERVE: &str = "
SELECT pg_advisory_xact_lock_shared(7211, 0)::text
UNION ALL
SELECT pg_advisory_xact_lock(7212, hash)::text
FROM (SELECT DISTINCT hashtext(id::text) AS hash FROM unnest($1::uuid[]) AS k (id) ORDER BY 1) AS hashed";
const RESERVE_ALONE: &str = "SELECT pg_advisory_xact_lock(7211, 0)";
const RESERVED_MAX: usize = 500;

/// Named documents, and those of named instances, of named objects, and of the instances that made such an object: it may
/// be linked to a document that the instance made on its way.
const DOCUMENTS: &str = concat!(
    "SELECT ",
    document_columns!(),
    " FROM document d WHERE d.id IN (
        SELECT unnest($1::uuid[])
        UNION SELECT i.document_id FROM instance i WHERE i.id = ANY($2::uuid[])
        UNION SELECT l.document_id FROM link l JOIN unnest($3::integer[], $4::text[], $5::text[]) AS o (tenant_id, connection, external_id)
            ON l.external_id = o.external_id AND l.connection = o.connection AND l.tenant_id = o.tenant_id
        UNION SELECT i.document_id FROM link l JOIN unnest($3::integer[], $4::text[], $5::text[]) AS o (tenant_id, connection, external_id)
            ON l.external_id = o.external_id AND l.connection = o.connection AND l.tenant_id = o.tenant_id
            JOIN instance i ON i.id = l.instance_id)
    ORDER BY d.id FOR UPDATE OF d"
);

/// Named instances; of named documents and objects also those that run, of each flow the newest that ended, and the
/// one that made the object. `own` is found by document alone: asked for by status too, the planner reads the whole index of what
/// is in flight with every batch.
const INSTANCES: &str = concat!(
    "WITH own AS MATERIALIZED (
        SELECT n.id, n.document_id, n.flow, n.status, n.started_at FROM instance n WHERE n.document_id = ANY($2::uuid[]))
    SELECT ",
    instance_columns!(),
    " FROM instance i WHERE i.id IN (
        SELECT unnest($1::uuid[])
        UNION SELECT r.id FROM own r WHERE r.status IN ('running', 'exception')
        UNION SELECT e.id FROM (
            SELECT DISTINCT ON (n.document_id, n.flow) n.id FROM own n WHERE n.status IN ('ended', 'superseded')
            ORDER BY n.document_id, n.flow, n.started_at DESC, n.id DESC) AS e
        UNION SELECT l.instance_id FROM link l JOIN unnest($3::integer[], $4::text[], $5::text[]) AS o (tenant_id, connection, external_id)
            ON l.external_id = o.external_id AND l.connection = o.connection AND l.tenant_id = o.tenant_id)
    ORDER BY i.id"
);

/// Documents whose instances the keys ask for: named ones and those of named objects.
const OF_OBJECTS: &str = "
SELECT DISTINCT l.document_id AS id FROM link l JOIN unnest($1::integer[], $2::text[], $3::text[]) AS o (tenant_id, connection, external_id)
    ON l.external_id = o.external_id AND l.connection = o.connection AND l.tenant_id = o.tenant_id";

const REVISIONS: &str = "
SELECT r.document_id, r.created_at, r.tenant_id, r.number, r.hash, r.body, '' AS payload
FROM (SELECT document_id, number FROM unnest($1::uuid[], $2::integer[]) AS k (document_id, number)
      GROUP BY document_id, number) AS k
JOIN revision r ON r.document_id = k.document_id AND r.number = k.number
ORDER BY r.document_id, r.number";

const LINKS: &str = concat!(
    "SELECT ",
    link_columns!(),
    " FROM link l WHERE l.document_id = ANY($1::uuid[])
    ORDER BY l.document_id, l.connection, l.external_id"
);

const DRIFTS: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE f.document_id = ANY($1::uuid[]) AND f.kind IN ('not_owned', 'approved_not_executed') AND f.state <> 'resolved'
    ORDER BY f.first_seen_at, f.id"
);

const EXCEPTIONS: &str = concat!(
    "SELECT ",
    exception_columns!(),
    " FROM exception x WHERE x.instance_id = ANY($1::uuid[]) AND x.state = 'open'
    ORDER BY x.opened_at, x.id"
);

const EXCEPTIONS_NAMED: &str = concat!("SELECT ", exception_columns!(), " FROM exception x WHERE x.id = ANY($1::uuid[]) ORDER BY x.id");

/// Two processes that fire one timer meet at the lock of its instance; the second finds it gone.
const TIMERS: &str = "
DELETE FROM timer t USING unnest($1::uuid[], $2::integer[]) AS k (instance_id, number)
WHERE t.instance_id = k.instance_id AND t.number = k.number
RETURNING t.tenant_id, t.instance_id, t.number";

/// A message that another transaction handles right now is not there.
const MESSAGES: &str = "SELECT id FROM message WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED";

/// Holds that are still held: the token is the fence, `owner` is empty once the hold was released.
const HOLDS: &str = "
SELECT l.head_id AS id, l.token FROM lane l
JOIN unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS h (lane_id, token, head_id)
    ON l.id = h.lane_id AND l.token = h.token AND l.head_id = h.head_id
WHERE l.owner IS NOT NULL
ORDER BY l.id FOR UPDATE OF l";

/// Begins the transaction of a batch and loads what `keys` name.
pub(super) async fn begin(store: &Postgres, keys: &Keys) -> Done<(Run, Loaded, Held)> {
    let mut run = store.begin().await?;
    let (loaded, held) = load(&mut run, keys).await?;
    Ok((run, loaded, held))
}

async fn load(run: &mut Run, keys: &Keys) -> Done<(Loaded, Held)> {
    reserve(run, keys).await?;
    let mut loaded = Loaded::default();
    let objects = Objects::of(keys);
    documents(run, keys, &objects, &mut loaded).await?;
    instances(run, keys, &objects, &mut loaded).await?;
    surroundings(run, &mut loaded).await?;
    if !keys.exceptions.is_empty() {
        let named = run.fetch(sqlx::query(EXCEPTIONS_NAMED).bind(column(&keys.exceptions, |id| id.0))).await?;
        loaded.exceptions.extend(decode::all(&named, decode::exception)?);
    }
    // Only what is seen at its source can drift or agree again; nothing else pays for the question.
    if !keys.documents.is_empty() {
        let rows = run.fetch(sqlx::query(DRIFTS).bind(column(&keys.documents, |id| id.0))).await?;
        loaded.drifts = decode::all(&rows, decode::drift)?;
    }
    if !keys.timers.is_empty() {
        let statement =
            sqlx::query(TIMERS).bind(column(&keys.timers, |timer| timer.instance.0)).bind(column(&keys.timers, |timer| int(timer.number)));
        let rows = run.fetch(statement).await?;
        run.wrote(rows.len());
        loaded.timers = decode::all(&rows, decode::timer)?;
        loaded.timers.sort();
    }
    if !keys.messages.is_empty() {
        let rows = run.fetch(sqlx::query(MESSAGES).bind(column(&keys.messages, |id| id.0))).await?;
        loaded.messages = decode::all(&rows, |row| decode::id(row, "message").map(InboxId))?;
    }
    let held = held(run, &keys.effects).await?;
    loaded.held = held.iter().map(|(effect, _)| *effect).collect();
    Ok((loaded, held))
}

/// Effects whose hold is still held, with the token that holds them.
pub(super) type Held = HashSet<(EffectId, i64)>;

/// Those of the holds that are still held; their lanes are locked.
pub(super) async fn held(run: &mut Run, holds: &[LaneHold]) -> Done<Held> {
    if holds.is_empty() {
        return Ok(Held::new());
    }
    let statement =
        sqlx::query(HOLDS).bind(column(holds, held_lane)).bind(column(holds, |hold| hold.token)).bind(column(holds, |hold| hold.effect.0));
    let rows = run.fetch(statement).await?;
    Ok(rows.iter().map(decode::hold).collect::<Result<_, _>>()?)
}

async fn reserve(run: &mut Run, keys: &Keys) -> Done<()> {
    match keys.documents.len() {
        0 => return Ok(()),
        few if few <= RESERVED_MAX => run.fetch(sqlx::query(RESERVE).bind(column(&keys.documents, |id| id.0))).await?,
        _ => run.fetch(sqlx::query(RESERVE_ALONE)).await?,
    };
    Ok(())
}

/// The named objects as arrays.
struct Objects<'k> {
    tenants: Vec<i32>,
    connections: Vec<&'k str>,
    external_ids: Vec<&'k str>,
}

impl<'k> Objects<'k> {
    fn of(keys: &'k Keys) -> Self {
        Objects {
            tenants: column(&keys.objects, |(tenant, _, _)| tenant.0),
            connections: column(&keys.objects, |(_, connection, _)| connection.as_str()),
            external_ids: column(&keys.objects, |(_, _, external_id)| external_id.as_str()),
        }
    }
}

async fn documents(run: &mut Run, keys: &Keys, objects: &Objects<'_>, loaded: &mut Loaded) -> Done<()> {
    if keys.documents.is_empty() && keys.instances.is_empty() && keys.objects.is_empty() {
        return Ok(());
    }
    let statement = sqlx::query(DOCUMENTS)
        .bind(column(&keys.documents, |id| id.0))
        .bind(column(&keys.instances, |id| id.0))
        .bind(&objects.tenants)
        .bind(&objects.connections)
        .bind(&objects.external_ids);
    loaded.documents = decode::all(&run.fetch(statement).await?, decode::document)?;
    Ok(())
}

async fn instances(run: &mut Run, keys: &Keys, objects: &Objects<'_>, loaded: &mut Loaded) -> Done<()> {
    if loaded.documents.is_empty() && keys.instances.is_empty() {
        return Ok(());
    }
    let mut documents = column(&keys.documents, |id| id.0);
    if !keys.objects.is_empty() {
        let statement = sqlx::query(OF_OBJECTS).bind(&objects.tenants).bind(&objects.connections).bind(&objects.external_ids);
        for row in run.fetch(statement).await? {
            documents.push(decode::id(&row, "link")?);
        }
    }
    let statement = sqlx::query(INSTANCES)
        .bind(column(&keys.instances, |id| id.0))
        .bind(documents)
        .bind(&objects.tenants)
        .bind(&objects.connections)
        .bind(&objects.external_ids);
    loaded.instances = decode::all(&run.fetch(statement).await?, decode::instance)?;
    Ok(())
}

/// Revisions, links and open exceptions of what was locked.
async fn surroundings(run: &mut Run, loaded: &mut Loaded) -> Done<()> {
    if !loaded.documents.is_empty() {
        let newest = loaded.documents.iter().map(|document| (document.id.0, int(document.revision)));
        let own = loaded.instances.iter().map(|instance| (instance.document.0, int(instance.revision)));
        let (ids, numbers): (Vec<Uuid>, Vec<i32>) = newest.chain(own).unzip();
        loaded.revisions = decode::all(&run.fetch(sqlx::query(REVISIONS).bind(ids).bind(numbers)).await?, decode::revision)?;
        let documents = column(&loaded.documents, |document| document.id.0);
        loaded.links = decode::all(&run.fetch(sqlx::query(LINKS).bind(&documents)).await?, decode::link)?;
    }
    if !loaded.instances.is_empty() {
        let instances = column(&loaded.instances, |instance| instance.id.0);
        loaded.exceptions = decode::all(&run.fetch(sqlx::query(EXCEPTIONS).bind(instances)).await?, decode::exception)?;
    }
    Ok(())
}
