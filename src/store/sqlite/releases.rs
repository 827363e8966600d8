//! Releases: stored whole with the pointer that makes them live, and read back.

use super::session::{Run, Sqlite, sql};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::ask::Turn as _;
use crate::store::desk::released;
use crate::store::fault::Fault;
use crate::store::publishing as rows;
use crate::store::{DefinitionVersion, NewRelease, Publication, ReleaseItem, ReleaseRow, ReleaseText, Result, decode};

const FIRST: &str = "INSERT INTO live_release (tenant_id, number, moved_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const MOVE: &str = "UPDATE live_release SET number = $2, moved_at = $3 WHERE tenant_id = $1 AND number = $4";
const STORE: &str = "
INSERT INTO release (tenant_id, number, created_at, tests_passed, tests_failed, restores, digest, author, message, untested)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ITEM: &str = "INSERT INTO release_item (tenant_id, number, path, kind, id, hash) VALUES ($1, $2, $3, $4, $5, $6)";
const DRAFT: &str = "DELETE FROM draft WHERE tenant_id = $1 AND author = $2 AND kind = $3 AND id = $4 AND hash = $5";

pub(super) async fn publish(store: &Sqlite, new: &NewRelease) -> Result<Publication> {
    let release = &new.release;
    let tenant = release.tenant.0;
    let mut run = store.begin().await?;
    let pointer = sql(if new.expected == 0 { FIRST } else { MOVE }).int(tenant).int(release.number).time(release.created_at);
    let pointer = if new.expected == 0 { pointer } else { pointer.int(new.expected) };
    if run.write(pointer).await? == 0 {
        run.rollback().await;
        return Ok(Publication::Conflict(live(store, release.tenant).await?));
    }
    super::definitions::insert(&mut run, &new.definitions).await?;
    let stored = sql(STORE)
        .int(tenant)
        .int(release.number)
        .time(release.created_at)
        .int(release.tests_passed)
        .int(release.tests_failed)
        .maybe_int(release.restores.map(i64::from))
        .text(&release.digest)
        .text(&release.author)
        .text(&release.message)
        .maybe_text(release.untested.as_deref());
    run.write(stored).await?;
    for item in &new.items {
        let statement = sql(ITEM).int(tenant).int(release.number).text(&item.path).text(&item.kind).text(&item.id).text(&item.hash);
        run.write(statement).await?;
    }
    for draft in &new.drafts {
        run.write(sql(DRAFT).int(tenant).text(&draft.author).text(&draft.kind).text(&draft.id).text(&draft.hash)).await?;
    }
    run.done(released(release)).await?;
    run.commit().await?;
    Ok(Publication::Done)
}

macro_rules! release_columns {
    () => {
        "SELECT r.tenant_id, r.number, r.created_at, r.tests_passed, r.tests_failed, r.restores, r.digest, r.author, r.message, \
         r.untested FROM release r "
    };
}

const LIVE: &str =
    concat!(release_columns!(), "JOIN live_release l ON l.tenant_id = r.tenant_id AND l.number = r.number WHERE l.tenant_id = $1");

pub(super) async fn live(store: &Sqlite, tenant: TenantId) -> Result<Option<ReleaseRow>> {
    store.read(sql(LIVE).int(tenant.0)).await?.first().map(rows::release).transpose()
}

const ONE: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.number = $2");

pub(super) async fn one(store: &Sqlite, tenant: TenantId, number: u32) -> Result<Option<ReleaseRow>> {
    store.read(sql(ONE).int(tenant.0).int(number)).await?.first().map(rows::release).transpose()
}

const LIST: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.number < $2 ORDER BY r.number DESC LIMIT $3");

pub(super) async fn list(store: &Sqlite, tenant: TenantId, before: Option<u32>, limit: u32) -> Result<Vec<ReleaseRow>> {
    let statement = sql(LIST).int(tenant.0).int(before.unwrap_or(u32::MAX)).int(limit.clamp(1, 500));
    decode::all(&store.read(statement).await?, rows::release)
}

const WITH: &str = concat!(release_columns!(), "WHERE r.tenant_id = $1 AND r.digest = $2 ORDER BY r.number DESC LIMIT 1");

pub(super) async fn with_digest(store: &Sqlite, tenant: TenantId, digest: &str) -> Result<Option<ReleaseRow>> {
    store.read(sql(WITH).int(tenant.0).text(digest)).await?.first().map(rows::release).transpose()
}

const ITEMS_OF: &str = "SELECT path, kind, id, hash FROM release_item WHERE tenant_id = $1 AND number = $2 ORDER BY path";

pub(super) async fn items(store: &Sqlite, tenant: TenantId, number: u32) -> Result<Vec<ReleaseItem>> {
    decode::all(&store.read(sql(ITEMS_OF).int(tenant.0).int(number)).await?, rows::item)
}

const TEXTS: &str = "
SELECT i.path, i.kind, i.id, i.hash, d.text FROM release_item i
JOIN definition d ON d.tenant_id = i.tenant_id AND d.kind = i.kind AND d.id = i.id AND d.hash = i.hash
WHERE i.tenant_id = $1 AND i.number = $2 ORDER BY i.path";

pub(super) async fn texts(store: &Sqlite, tenant: TenantId, number: u32) -> Result<Vec<ReleaseText>> {
    decode::all(&store.read(sql(TEXTS).int(tenant.0).int(number)).await?, rows::text)
}

const VERSIONS: &str = "
SELECT d.hash, d.author, d.message, d.created_at, min(i.number) AS first_release, max(i.number) AS last_release FROM definition d
LEFT JOIN release_item i ON i.tenant_id = d.tenant_id AND i.kind = d.kind AND i.id = d.id AND i.hash = d.hash
WHERE d.tenant_id = $1 AND d.kind = $2 AND d.id = $3
GROUP BY d.hash, d.author, d.message, d.created_at ORDER BY d.created_at DESC, d.hash LIMIT 500";

pub(super) async fn versions(store: &Sqlite, tenant: TenantId, kind: &str, id: &str) -> Result<Vec<DefinitionVersion>> {
    decode::all(&store.read(sql(VERSIONS).int(tenant.0).text(kind).text(id)).await?, rows::version)
}

const MOVED: &str = "UPDATE instance SET version = $2 WHERE id = $1";

/// Instances that move to another version of their flow; their rows were written by the same transaction.
pub(super) async fn moved(run: &mut Run, moved: &[(InstanceId, String)]) -> std::result::Result<(), Fault> {
    for (id, version) in moved {
        run.write(sql(MOVED).id(id.0).text(version)).await?;
    }
    Ok(())
}
