//! Whether a PostgreSQL server keeps what it acknowledges, and whether our role may do what it must and no more.

use super::Check;
use crate::config;
use crate::runtime::{Clock, SystemClock};
use crate::store::inspect::{Server, inspect};

/// What the tests run on, and what its makers still mend.
const VERSION_MIN: i32 = 140_000;
/// Differences below are corrected by the store.
const SKEW_MILLIS_MAX: i64 = 1_000;
/// Sessions kept for people, migrations and backups.
const SESSIONS_SPARE: i64 = 8;

/// Asks the server, when the store is one.
pub async fn check(config: &config::Store, url: &str) -> Vec<Check> {
    if !url.starts_with("postgres") {
        return Vec::new();
    }
    let clock = SystemClock::new();
    match inspect(url, || clock.now()).await {
        Ok(server) => {
            let mut checks = judge(&server, config.connections_max);
            checks.push(people(config.people_url.is_some(), config.people_role.is_some()));
            checks
        }
        Err(error) => vec![Check::warning("database server", error.to_string(), "its settings could not be looked at")],
    }
}

fn judge(server: &Server, wanted: u32) -> Vec<Check> {
    vec![version(server), durability(server), role(server), row_security(server), line(server), sessions(server, wanted), clock(server)]
}

fn version(server: &Server) -> Check {
    const NAME: &str = "database version";
    let found = format!("PostgreSQL {}.{}", server.version / 10_000, server.version % 10_000);
    if server.standby {
        return Check::failed(NAME, format!("{found}, and it is a standby that only reads"), "point `store.url` at the primary server");
    }
    if server.encoding != "UTF8" {
        let hint = "make the database anew with `ENCODING 'UTF8' TEMPLATE template0`";
        return Check::failed(NAME, format!("{found}, whose database holds {} text", server.encoding), hint);
    }
    if server.version < VERSION_MIN {
        return Check::warning(NAME, found, "the hub is tested on PostgreSQL 15; move to a version that is still mended");
    }
    Check::good(NAME, found)
}

/// «Accepted» means stored: each of these settings would make that untrue after a crash.
fn durability(server: &Server) -> Check {
    const NAME: &str = "database durability";
    if !server.fsync {
        let hint = "set `fsync = on`: with it off a power cut can destroy the whole database";
        return Check::failed(NAME, "`fsync` is off", hint);
    }
    if server.synchronous_commit == "off" {
        let hint =
            "set `synchronous_commit = on` for this database: webhooks are acknowledged after a commit, which is then not yet on disk";
        return Check::failed(NAME, "`synchronous_commit` is off", hint);
    }
    if !server.full_page_writes {
        let hint = "set `full_page_writes = on`, unless the file system is known to write pages whole";
        return Check::warning(NAME, "`full_page_writes` is off", hint);
    }
    Check::good(NAME, format!("commits are on disk when they are acknowledged (`synchronous_commit` is {})", server.synchronous_commit))
}

fn role(server: &Server) -> Check {
    const NAME: &str = "database role";
    if server.superuser {
        let hint = "`CREATE ROLE waybill LOGIN` and let it own the database; a hub needs no more";
        return Check::warning(NAME, format!("`{}` is a superuser", server.role), hint);
    }
    Check::good(NAME, format!("`{}` is no superuser", server.role))
}

fn row_security(server: &Server) -> Check {
    const NAME: &str = "row-level security";
    if server.tables == 0 {
        return Check::warning(NAME, "there are no tables yet, so nothing is protected", "run `waybill migrate`; it makes them with it");
    }
    if !server.unprotected.is_empty() {
        let found = format!("it is not on for {}", server.unprotected.join(", "));
        return Check::failed(NAME, found, "run `waybill migrate`; somebody may have turned it off by hand");
    }
    if !server.owns_tables && !server.bypasses_row_security && !server.superuser {
        let found = format!("`{}` neither owns the tables nor has BYPASSRLS, so the engine sees no rows", server.role);
        return Check::failed(NAME, found, "connect as the role that migrated, or grant it `BYPASSRLS`");
    }
    Check::good(NAME, format!("it is on for every table with a tenant ({})", server.tables))
}

/// The hub's own role owns the tables, and row-level security does not apply to an owner.
fn people(reads: bool, writes: bool) -> Check {
    const NAME: &str = "row-level security for people";
    let (what, option) = match (reads, writes) {
        (true, true) => return Check::good(NAME, "what they read and write goes through it"),
        (false, false) => ("read and write", "`store.people_url` and `store.people_role`"),
        (false, true) => ("read", "`store.people_url`"),
        (true, false) => ("write", "`store.people_role`"),
    };
    let found = format!("what they {what} does not go through it: tenants are kept apart by the hub's own conditions alone");
    Check::warning(NAME, found, format!("set {option}; docs/security/hardening.md has the statements that make the roles"))
}

fn line(server: &Server) -> Check {
    const NAME: &str = "database line";
    if server.encrypted {
        return Check::good(NAME, "it is encrypted");
    }
    if server.local {
        return Check::good(NAME, "it stays on this machine");
    }
    Check::warning(NAME, "it crosses the network in plain text", "add `?sslmode=verify-full&sslrootcert=FILE` to `store.url`")
}

fn sessions(server: &Server, wanted: u32) -> Check {
    const NAME: &str = "database sessions";
    let left = i64::from(server.connections_max) - server.connections;
    let found = format!("{} of {} are in use, this process may take {wanted}", server.connections, server.connections_max);
    if left < i64::from(wanted) + SESSIONS_SPARE {
        let hint = "raise `max_connections` of the server, or lower `store.connections_max` (it counts for each replica)";
        return Check::warning(NAME, found, hint);
    }
    Check::good(NAME, found)
}

fn clock(server: &Server) -> Check {
    const NAME: &str = "database clock";
    let seconds = server.ahead_millis.abs() / 1_000;
    if server.ahead_millis.abs() > SKEW_MILLIS_MAX {
        let word = if server.ahead_millis > 0 { "ahead of" } else { "behind" };
        let hint = "run a time service (NTP) on both; leases are corrected for it, what people read is not";
        return Check::warning(NAME, format!("it is {seconds} s {word} ours"), hint);
    }
    Check::good(NAME, "it agrees with ours")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn sound() -> Server {
        Server {
            tables: 40,
            version: 150_004,
            role: "waybill".into(),
            owns_tables: true,
            synchronous_commit: "on".into(),
            fsync: true,
            full_page_writes: true,
            encoding: "UTF8".into(),
            encrypted: true,
            connections_max: 100,
            connections: 10,
            ..Server::default()
        }
    }

    #[test]
    fn a_sound_server_is_found_sound() {
        let checks = judge(&sound(), 16);
        assert!(checks.iter().all(|check| check.verdict == Verdict::Good), "{checks:?}");
    }

    #[test]
    fn walls_that_are_not_there_are_named() {
        for (reads, writes, verdict, words) in [
            (true, true, Verdict::Good, ""),
            (false, true, Verdict::Warning, "store.people_url"),
            (true, false, Verdict::Warning, "store.people_role"),
            (false, false, Verdict::Warning, "store.people_url` and `store.people_role"),
        ] {
            let check = people(reads, writes);
            assert_eq!(check.verdict, verdict, "{check:?}");
            assert!(check.hint.unwrap_or_default().contains(words));
        }
    }

    #[test]
    fn each_mistake_is_found_and_says_what_to_do() {
        let table = [
            ("fsync", Server { fsync: false, ..sound() }, Verdict::Failed),
            ("synchronous_commit", Server { synchronous_commit: "off".into(), ..sound() }, Verdict::Failed),
            ("full_page_writes", Server { full_page_writes: false, ..sound() }, Verdict::Warning),
            ("superuser", Server { superuser: true, ..sound() }, Verdict::Warning),
            ("standby", Server { standby: true, ..sound() }, Verdict::Failed),
            ("SQL_ASCII", Server { encoding: "SQL_ASCII".into(), ..sound() }, Verdict::Failed),
            ("PostgreSQL 12.3", Server { version: 120_003, ..sound() }, Verdict::Warning),
            ("effect", Server { unprotected: vec!["effect".into()], ..sound() }, Verdict::Failed),
            ("BYPASSRLS", Server { owns_tables: false, ..sound() }, Verdict::Failed),
            ("plain text", Server { encrypted: false, ..sound() }, Verdict::Warning),
            ("no tables yet", Server { tables: 0, ..sound() }, Verdict::Warning),
            ("95 of 100", Server { connections: 95, ..sound() }, Verdict::Warning),
            ("120 s behind", Server { ahead_millis: -120_000, ..sound() }, Verdict::Warning),
        ];
        for (words, server, verdict) in table {
            let wrong: Vec<Check> = judge(&server, 16).into_iter().filter(|check| check.verdict != Verdict::Good).collect();
            assert_eq!(wrong.len(), 1, "{words}: {wrong:?}");
            assert_eq!(wrong[0].verdict, verdict, "{words}");
            assert!(wrong[0].found.contains(words) && wrong[0].hint.is_some(), "{words}: {wrong:?}");
        }
    }
}
