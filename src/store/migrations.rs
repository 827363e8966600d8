//! The list of migrations and what is to be done about a schema that has some of them. One list an engine; files are
//! never edited after a release, which the checksums keep true.

use super::Error;
use sha2::{Digest, Sha256};

/// One migration.
pub(super) struct Migration {
    /// Timestamp and name, as the file is called.
    pub version: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

/// PostgreSQL, oldest first.
pub(super) const POSTGRES: &[Migration] = &[
    Migration { version: "20261120000000_first", sql: include_str!("../../migrations/postgres/20261120000000_first.sql") },
    Migration { version: "20261129000000_organisation", sql: include_str!("../../migrations/postgres/20261129000000_organisation.sql") },
    Migration { version: "20261130000000_guarded", sql: include_str!("../../migrations/postgres/20261130000000_guarded.sql") },
    Migration {
        version: "20261130120000_organisation_readings",
        sql: include_str!("../../migrations/postgres/20261130120000_organisation_readings.sql"),
    },
    Migration { version: "20261130180000_task_outside", sql: include_str!("../../migrations/postgres/20261130180000_task_outside.sql") },
    Migration { version: "20261130190000_batch_frozen", sql: include_str!("../../migrations/postgres/20261130190000_batch_frozen.sql") },
    Migration { version: "20261201000000_files", sql: include_str!("../../migrations/postgres/20261201000000_files.sql") },
];

/// SQLite, oldest first.
pub(super) const SQLITE: &[Migration] = &[
    Migration { version: "20261120000000_first", sql: include_str!("../../migrations/sqlite/20261120000000_first.sql") },
    Migration { version: "20261129000000_organisation", sql: include_str!("../../migrations/sqlite/20261129000000_organisation.sql") },
    Migration { version: "20261130000000_guarded", sql: include_str!("../../migrations/sqlite/20261130000000_guarded.sql") },
    Migration {
        version: "20261130120000_organisation_readings",
        sql: include_str!("../../migrations/sqlite/20261130120000_organisation_readings.sql"),
    },
    Migration { version: "20261130180000_task_outside", sql: include_str!("../../migrations/sqlite/20261130180000_task_outside.sql") },
    Migration { version: "20261130190000_batch_frozen", sql: include_str!("../../migrations/sqlite/20261130190000_batch_frozen.sql") },
    Migration { version: "20261201000000_files", sql: include_str!("../../migrations/sqlite/20261201000000_files.sql") },
];

/// The table both engines remember them in.
pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration
    (version text PRIMARY KEY, checksum text NOT NULL, applied_at bigint NOT NULL)";
/// What was applied.
pub(super) const APPLIED: &str = "SELECT version, checksum FROM schema_migration ORDER BY version";
/// Remembers one.
pub(super) const REMEMBER: &str = "INSERT INTO schema_migration (version, checksum, applied_at) VALUES ($1, $2, $3)";

/// When a migration is applied, for `REMEMBER`.
#[expect(clippy::disallowed_methods, reason = "a note for people; nothing is decided by it")]
pub(super) fn applied_at() -> i64 {
    super::cells::micros(jiff::Timestamp::now())
}

impl Migration {
    /// Of its text.
    pub fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.sql.as_bytes()))
    }
}

/// Those still to be applied, or why this binary must leave the schema alone.
pub(super) fn pending<'m>(known: &'m [Migration], applied: &[(String, String)]) -> Result<Vec<&'m Migration>, Error> {
    for (version, checksum) in applied {
        match known.iter().find(|migration| migration.version == version) {
            None => {
                let newest = known.last().map_or("none", |migration| migration.version);
                let reason = format!("it has migration `{version}`, this binary knows up to `{newest}`; use a newer binary");
                return Err(Error::Schema(reason));
            }
            Some(migration) if migration.checksum() != *checksum => {
                return Err(Error::Schema(format!("migration `{version}` was applied from a different text")));
            }
            Some(_) => {}
        }
    }
    Ok(known.iter().filter(|migration| !applied.iter().any(|(version, _)| version == migration.version)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Migration] = &[Migration { version: "1", sql: "A" }, Migration { version: "2", sql: "B" }];

    fn applied(rows: &[(&str, &str)]) -> Vec<(String, String)> {
        rows.iter().map(|(version, sql)| (version.to_string(), hex::encode(Sha256::digest(sql.as_bytes())))).collect()
    }

    #[test]
    fn what_is_missing_is_pending_in_order() {
        let versions = |rows| pending(KNOWN, &applied(rows)).unwrap().iter().map(|m| m.version).collect::<Vec<_>>();
        assert_eq!(versions(&[]), ["1", "2"]);
        assert_eq!(versions(&[("1", "A")]), ["2"]);
        assert!(versions(&[("1", "A"), ("2", "B")]).is_empty());
    }

    #[test]
    fn newer_and_edited_schemas_are_left_alone() {
        for rows in [&[("3", "C")][..], &[("1", "edited")][..]] {
            assert!(matches!(pending(KNOWN, &applied(rows)), Err(Error::Schema(_))), "{rows:?}");
        }
    }

    #[test]
    fn both_engines_have_the_same_versions_in_order() {
        let versions = |list: &[Migration]| list.iter().map(|m| m.version).collect::<Vec<_>>();
        assert_eq!(versions(POSTGRES), versions(SQLITE));
        assert!(POSTGRES.is_sorted_by(|a, b| a.version < b.version));
    }
}
