//! Creates and upgrades the schema, on a connection of its own.

use super::session::{Postgres, fault};
use crate::store::fault::{Fault, Phase};
use crate::store::migrations::{APPLIED, Migration, POSTGRES, REMEMBER, TABLE, applied_at, pending};
use crate::store::{MigrationReport, Result};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};

/// Any number nobody else uses; it serialises migrating processes.
const LOCK: &str = "SELECT pg_advisory_lock(7210)";

pub(super) async fn migrate(store: &Postgres) -> Result<MigrationReport> {
    let inside = |error| fault(error, Phase::Inside);
    let mut connection = PgConnection::connect_with(&store.direct).await.map_err(inside)?;
    let report = locked(&mut connection).await;
    // The lock belongs to the session and ends with it, also after an error.
    let closed = connection.close().await;
    let report = report?;
    closed.map_err(inside)?;
    if let Err(error) = super::house::days_ahead(store).await {
        // The default partitions take the rows meanwhile; the next cleaning tries again.
        tracing::warn!(%error, "the partitions of the coming days could not be created");
    }
    Ok(report)
}

async fn locked(connection: &mut PgConnection) -> std::result::Result<MigrationReport, Fault> {
    let inside = |error| fault(error, Phase::Inside);
    sqlx::query(LOCK).execute(&mut *connection).await.map_err(inside)?;
    sqlx::query(TABLE).execute(&mut *connection).await.map_err(inside)?;
    let rows = sqlx::query(APPLIED).fetch_all(&mut *connection).await.map_err(inside)?;
    let cell = |row: &sqlx::postgres::PgRow, name: &str| row.try_get::<String, _>(name).map_err(inside);
    let applied =
        rows.iter().map(|row| Ok((cell(row, "version")?, cell(row, "checksum")?))).collect::<std::result::Result<Vec<_>, Fault>>()?;
    let mut report = MigrationReport::default();
    for migration in pending(POSTGRES, &applied)? {
        apply(connection, migration).await?;
        report.applied.push(migration.version.to_owned());
    }
    report.current = POSTGRES.last().map(|migration| migration.version.to_owned()).unwrap_or_default();
    Ok(report)
}

async fn apply(connection: &mut PgConnection, migration: &'static Migration) -> std::result::Result<(), Fault> {
    let inside = |error| fault(error, Phase::Inside);
    let mut tx = connection.begin().await.map_err(inside)?;
    sqlx::raw_sql(migration.sql).execute(&mut *tx).await.map_err(inside)?;
    let remember = sqlx::query(REMEMBER).bind(migration.version).bind(migration.checksum()).bind(applied_at());
    remember.execute(&mut *tx).await.map_err(inside)?;
    tx.commit().await.map_err(|error| fault(error, Phase::Commit))
}
