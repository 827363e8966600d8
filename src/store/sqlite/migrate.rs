//! Creates and upgrades the schema. The lock on the file keeps other processes away; the transaction keeps it whole.

use super::session::{Run, Sqlite, fault, sql};
use crate::store::fault::{Fault, Phase};
use crate::store::migrations::{APPLIED, REMEMBER, SQLITE, TABLE, applied_at, pending};
use crate::store::{MigrationReport, Result};
use sqlx::Row;

pub(super) async fn migrate(store: &Sqlite) -> Result<MigrationReport> {
    let mut run = store.begin().await?;
    let mut report = MigrationReport::default();
    run.write(sql(TABLE)).await?;
    for migration in pending(SQLITE, &applied(&mut run).await?)? {
        let done = sqlx::raw_sql(migration.sql).execute(run.connection()).await;
        done.map_err(|error| fault(error, Phase::Inside))?;
        run.write(sql(REMEMBER).text(migration.version).text(&migration.checksum()).int(applied_at())).await?;
        report.applied.push(migration.version.to_owned());
    }
    report.current = SQLITE.last().map(|migration| migration.version.to_owned()).unwrap_or_default();
    run.commit().await?;
    Ok(report)
}

async fn applied(run: &mut Run) -> std::result::Result<Vec<(String, String)>, Fault> {
    let inside = |error| fault(error, Phase::Inside);
    let rows = run.fetch(sql(APPLIED)).await?;
    let pair = |row: &sqlx::sqlite::SqliteRow| Ok((row.try_get("version").map_err(inside)?, row.try_get("checksum").map_err(inside)?));
    rows.iter().map(pair).collect()
}
