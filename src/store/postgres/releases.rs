//! Releases: stored whole with the pointer that makes them live, and read back.

use super::session::{Postgres, Run, column, fault, int};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::cells::micros;
use crate::store::desk::released;
use crate::store::fault::{Fault, Phase, again};
use crate::store::keys::last_of_each;
use crate::store::publishing as rows;
use crate::store::{DefinitionVersion, NewRelease, Publication, ReleaseItem, ReleaseRow, ReleaseText, Result, decode};

/// The first release makes the pointer; a second publisher of it waits here and then finds it made.
const FIRST: &str = "INSERT INTO live_release (tenant_id, number, moved_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const MOVE: &str = "UPDATE live_release SET number = $2, moved_at = $3 WHERE tenant_id = $1 AND number = $4";
const STORE: &str = "
INSERT INTO release (tenant_id, number, created_at, tests_passed, tests_failed, restores, digest, author, message, untested)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ITEMS: &str = "
INSERT INTO release_item (tenant_id, number, path, kind, id, hash)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])";
const DRAFTS: &str = "
DELETE FROM draft d USING unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS p (author, kind, id, hash)
WHERE d.tenant_id = $1 AND d.author = p.author AND d.kind = p.kind AND d.id = p.id AND d.hash = p.hash";

pub(super) async fn publish(store: &Postgres, new: &NewRelease) -> Result<Publication> {
    let done = again!(try_publish(store, new))?;
    if done { Ok(Publication::Done) } else { Ok(Publication::Conflict(live(store, new.release.tenant).await?)) }
}

async fn try_publish(store: &Postgres, new: &NewRelease) -> std::result::Result<bool, Fault> {
    let release = &new.release;
    let mut run = store.begin_for(release.tenant).await?;
    let pointer = sqlx::query(if new.expected == 0 { FIRST } else { MOVE });
    let pointer = pointer.bind(release.tenant.0).bind(int(release.number)).bind(micros(release.created_at));
    let pointer = if new.expected == 0 { pointer } else { pointer.bind(int(new.expected)) };
    if run.write(pointer).await? == 0 {
        run.rollback().await;
        return Ok(false);
    }
    super::definitions::insert(&mut run, &new.definitions).await?;
    let stored = sqlx::query(STORE).bind(release.tenant.0).bind(int(release.number)).bind(micros(release.created_at));
    let stored = stored.bind(int(release.tests_passed)).bind(int(release.tests_failed)).bind(release.restores.map(int));
    let stored = stored.bind(&release.digest).bind(&release.author).bind(&release.message).bind(&release.untested);
    run.write(stored).await?;
    write_items(&mut run, new).await?;
    let drafts = sqlx::query(DRAFTS)
        .bind(release.tenant.0)
        .bind(column(&new.drafts, |draft| draft.author.as_str()))
        .bind(column(&new.drafts, |draft| draft.kind.as_str()))
        .bind(column(&new.drafts, |draft| draft.id.as_str()))
        .bind(column(&new.drafts, |draft| draft.hash.as_str()));
    run.write(drafts).await?;
    run.done(released(release)).await?;
    run.commit().await?;
    Ok(true)
}

async fn write_items(run: &mut Run, new: &NewRelease) -> std::result::Result<(), Fault> {
    let items = sqlx::query(ITEMS)
        .bind(new.release.tenant.0)
        .bind(int(new.release.number))
        .bind(column(&new.items, |item| item.path.as_str()))
        .bind(column(&new.items, |item| item.kind.as_str()))
        .bind(column(&new.items, |item| item.id.as_str()))
        .bind(column(&new.items, |item| item.hash.as_str()));
    run.write(items).await?;
    Ok(())
}

macro_rules! release_columns {
    () => {
        "SELECT r.tenant_id, r.number, r.created_at, r.tests_passed, r.tests_failed, r.restores, r.digest, r.author, r.message, \
         r.untested FROM release r "
    };
}

const LIVE: &str =
    concat!(release_columns!(), "JOIN live_release l ON l.tenant_id = r.tenant_id AND l.number = r.number WHERE l.tenant_id = $1");

pub(super) async fn live(store: &Postgres, tenant: TenantId) -> Result<Option<ReleaseRow>> {
    let row = sqlx::query(LIVE).bind(tenant.0).fetch_optional(&store.work).await.map_err(|error| fault(error, Phase::Inside))?;
    row.as_ref().map(rows::release).transpose()
}

const ONE: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.number = $2");

pub(super) async fn one(store: &Postgres, tenant: TenantId, number: u32) -> Result<Option<ReleaseRow>> {
    let statement = sqlx::query(ONE).bind(tenant.0).bind(int(number));
    store.read(tenant, statement).await?.first().map(rows::release).transpose()
}

const LIST: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.number < $2 ORDER BY r.number DESC LIMIT $3");

pub(super) async fn list(store: &Postgres, tenant: TenantId, before: Option<u32>, limit: u32) -> Result<Vec<ReleaseRow>> {
    let statement = sqlx::query(LIST).bind(tenant.0).bind(before.map_or(i32::MAX, int)).bind(i64::from(limit.clamp(1, 500)));
    decode::all(&store.read(tenant, statement).await?, rows::release)
}

const WITH: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.digest = $2 ORDER BY r.number DESC LIMIT 1");

pub(super) async fn with_digest(store: &Postgres, tenant: TenantId, digest: &str) -> Result<Option<ReleaseRow>> {
    let row = sqlx::query(WITH).bind(tenant.0).bind(digest).fetch_optional(&store.work).await;
    row.map_err(|error| fault(error, Phase::Inside))?.as_ref().map(rows::release).transpose()
}

const ITEMS_OF: &str = "SELECT path, kind, id, hash FROM release_item WHERE tenant_id = $1 AND number = $2 ORDER BY path COLLATE \"C\"";

pub(super) async fn items(store: &Postgres, tenant: TenantId, number: u32) -> Result<Vec<ReleaseItem>> {
    let statement = sqlx::query(ITEMS_OF).bind(tenant.0).bind(int(number));
    decode::all(&store.read(tenant, statement).await?, rows::item)
}

const TEXTS: &str = "
SELECT i.path, i.kind, i.id, i.hash, d.text FROM release_item i
JOIN definition d ON d.tenant_id = i.tenant_id AND d.kind = i.kind AND d.id = i.id AND d.hash = i.hash
WHERE i.tenant_id = $1 AND i.number = $2 ORDER BY i.path COLLATE \"C\"";

pub(super) async fn texts(store: &Postgres, tenant: TenantId, number: u32) -> Result<Vec<ReleaseText>> {
    let found = sqlx::query(TEXTS).bind(tenant.0).bind(int(number)).fetch_all(&store.work).await;
    decode::all(&found.map_err(|error| fault(error, Phase::Inside))?, rows::text)
}

const VERSIONS: &str = "
SELECT d.hash, d.author, d.message, d.created_at, i.first_release, i.last_release FROM definition d
LEFT JOIN LATERAL (SELECT min(number) AS first_release, max(number) AS last_release FROM release_item
    WHERE tenant_id = d.tenant_id AND kind = d.kind AND id = d.id AND hash = d.hash) i ON true
WHERE d.tenant_id = $1 AND d.kind = $2 AND d.id = $3 ORDER BY d.created_at DESC, d.hash LIMIT 500";

pub(super) async fn versions(store: &Postgres, tenant: TenantId, kind: &str, id: &str) -> Result<Vec<DefinitionVersion>> {
    let statement = sqlx::query(VERSIONS).bind(tenant.0).bind(kind).bind(id);
    decode::all(&store.read(tenant, statement).await?, rows::version)
}

const MOVED: &str = "UPDATE instance i SET version = u.version FROM unnest($1::uuid[], $2::text[]) AS u (id, version) WHERE i.id = u.id";

/// Instances that move to another version of their flow; their rows were written by the same transaction.
pub(super) async fn moved(run: &mut Run, moved: &[(InstanceId, String)]) -> std::result::Result<(), Fault> {
    if moved.is_empty() {
        return Ok(());
    }
    let moved = last_of_each(moved, |(id, _)| *id);
    let statement = sqlx::query(MOVED).bind(column(&moved, |(id, _)| id.0)).bind(column(&moved, |(_, version)| version.as_str()));
    run.write(statement).await?;
    Ok(())
}
