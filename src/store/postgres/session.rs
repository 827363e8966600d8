//! Pools, transactions and what PostgreSQL's errors mean.

use super::relay::Relay;
use crate::store::ask::{Ask, Dialect, Param, Speaks, Turn};
use crate::store::cells::{Cell, micros};
use crate::store::connect::Options;
use crate::store::fault::{Fault, Phase};
use crate::store::{BoxError, Error, Result};
use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgSslMode};
use sqlx::query::Query;
use sqlx::{Column, Postgres as Engine, Row, Transaction, TypeInfo, ValueRef};
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// The store in PostgreSQL.
pub struct Postgres {
    /// The engine's sessions: keyed statements in short transactions, over all tenants.
    pub(super) work: PgPool,
    /// What people read: read only, one tenant a transaction.
    pub(super) views: PgPool,
    /// The role that people's writes take on.
    people_role: Option<String>,
    /// For tests alone: `Options::without_tenant_filters`.
    unfiltered: bool,
    /// For the connection of its own that migrations use.
    pub(super) direct: PgConnectOptions,
    /// How far the database's clock is ahead of ours, microseconds; zero while within `SKEW_IGNORED`.
    skew: AtomicI64,
    /// The same as measured, however small.
    skew_exact: AtomicI64,
    _relays: [Option<Relay>; 2],
}

/// A clock difference below this is not corrected: leases last tens of seconds, and a measurement includes the network.
const SKEW_IGNORED_MICROS: i64 = 250_000;

pub(super) type Statement<'q> = Query<'q, Engine, PgArguments>;

impl Postgres {
    /// Opens the pools; the server must answer.
    pub async fn connect(url: &str, options: &Options) -> Result<Self> {
        let (base, relay) = session(url, options).await?;
        // Every statement of the engine is a keyed look-up. A plan cached while a table was empty must not scan it later.
        let work = base.clone().options([("enable_seqscan", "off")]);
        let (people, people_relay) = match &options.people_url {
            Some(url) => session(url, options).await?,
            None => (base.clone(), None),
        };
        // One page shows one moment: its statements must not see different commits.
        let people = people.options([("default_transaction_read_only", "on"), ("default_transaction_isolation", "repeatable read")]);
        let work = if options.read_only { work.options([("default_transaction_read_only", "on")]) } else { work };
        let store = Postgres {
            work: pool(options, options.connections).connect_lazy_with(work),
            views: pool(options, options.view_connections).connect_lazy_with(people),
            people_role: options.people_role.clone(),
            unfiltered: options.without_tenant_filters,
            direct: base.options([("statement_timeout", "0")]),
            skew: AtomicI64::new(0),
            skew_exact: AtomicI64::new(0),
            _relays: [relay, people_relay],
        };
        store.measure_skew().await?;
        if store.people_role.is_some() {
            // A role that cannot be taken on is found out now, not by the first person who changes something.
            store.begin_for(crate::domain::ids::TenantId::DEFAULT).await?.rollback().await;
        }
        Ok(store)
    }

    /// A transaction of the engine.
    pub(super) async fn begin(&self) -> std::result::Result<Run, Fault> {
        let tx = self.work.begin().await.map_err(|error| fault(error, Phase::Inside))?;
        Ok(Run { tx, skew: self.skew.load(Ordering::Relaxed), statements: 0, rows: 0, unfiltered: false })
    }

    /// A transaction of people, which writes as the role that row-level security keeps to this tenant. Both settings end with
    /// it, so that nothing of them is left for the next one on the connection.
    pub(super) async fn begin_for(&self, tenant: crate::domain::ids::TenantId) -> std::result::Result<Run, Fault> {
        const AS_PEOPLE: &str = "SELECT set_config('role', $1, true) AS role, set_config('app.tenant', $2, true) AS tenant";
        let mut run = self.begin().await?;
        if let Some(role) = &self.people_role {
            run.fetch(sqlx::query(AS_PEOPLE).bind(role).bind(tenant.0.to_string())).await?;
        }
        run.unfiltered = self.unfiltered;
        Ok(run)
    }

    /// A reading transaction for people, which row-level security limits to one tenant when its role is subject to it.
    pub(super) async fn view(&self, tenant: crate::domain::ids::TenantId) -> Result<Run> {
        let tx = self.views.begin().await.map_err(|error| fault(error, Phase::Inside))?;
        let mut run = Run { tx, skew: 0, statements: 0, rows: 0, unfiltered: self.unfiltered };
        run.fetch(sqlx::query("SELECT set_config('app.tenant', $1, true)").bind(tenant.0.to_string())).await?;
        Ok(run)
    }

    /// A time of a caller's clock in the database's clock. Replicas whose clocks differ then agree on leases and due
    /// times, while simulated and tested times pass unchanged: only the measured difference is added.
    pub(super) fn here(&self, time: Timestamp) -> i64 {
        micros(time).saturating_add(self.skew.load(Ordering::Relaxed))
    }

    /// The same for what must agree between processes to the millisecond: slots of a shared rate.
    pub(super) fn exactly_here(&self, time: Timestamp) -> i64 {
        micros(time).saturating_add(self.skew_exact.load(Ordering::Relaxed))
    }

    /// Measures the difference of clocks; at connect and with every `ping`.
    #[expect(clippy::disallowed_methods, reason = "the two wall clocks are what is compared, whatever time callers simulate")]
    pub(super) async fn measure_skew(&self) -> Result<()> {
        const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now";
        let row = sqlx::query(NOW).fetch_one(&self.work).await.map_err(|error| fault(error, Phase::Inside))?;
        let theirs: i64 = row.try_get("now").map_err(|error| fault(error, Phase::Inside))?;
        let skew = theirs - micros(Timestamp::now());
        self.skew_exact.store(skew, Ordering::Relaxed);
        self.skew.store(if skew.abs() < SKEW_IGNORED_MICROS { 0 } else { skew }, Ordering::Relaxed);
        Ok(())
    }
}

/// The options of a session, and the relay it goes through. The server must accept connections.
async fn session(url: &str, options: &Options) -> Result<(PgConnectOptions, Option<Relay>)> {
    let parsed = PgConnectOptions::from_str(url).map_err(|error| Error::Unavailable(Box::new(error)))?;
    let (parsed, relay) = Relay::start(encryption(parsed)).await?;
    let millis = |duration: std::time::Duration| duration.as_millis().to_string();
    let parsed = parsed.application_name("waybill").options([
        ("statement_timeout", millis(options.statement_timeout)),
        ("idle_in_transaction_session_timeout", millis(options.idle_in_transaction_timeout)),
        // Statements here take milliseconds; compiling one takes a hundred, and the planner's guesses call for it now and then.
        ("jit", "off".to_owned()),
    ]);
    Ok((parsed, relay))
}

/// On the machine itself encryption that nobody asked for only costs: `prefer` is the default of the URL.
fn encryption(options: PgConnectOptions) -> PgConnectOptions {
    let local = matches!(options.get_host(), "localhost" | "127.0.0.1" | "[::1]" | "::1");
    let unasked = matches!(options.get_ssl_mode(), PgSslMode::Prefer);
    if local && unasked { options.ssl_mode(PgSslMode::Disable) } else { options }
}

fn pool(options: &Options, connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(options.acquire_timeout)
}

/// A transaction that counts what it does. Dropped, it rolls back.
pub(in crate::store) struct Run {
    tx: Transaction<'static, Engine>,
    /// To be added to times of our clock that the database compares: `Postgres::here`.
    pub skew: i64,
    /// Statements so far.
    pub statements: u32,
    /// Rows written so far.
    pub rows: u32,
    unfiltered: bool,
}

impl Run {
    /// Rows of a statement.
    pub async fn fetch(&mut self, statement: Statement<'_>) -> std::result::Result<Vec<PgRow>, Fault> {
        self.statements += 1;
        statement.fetch_all(&mut *self.tx).await.map_err(|error| fault(error, Phase::Inside))
    }

    /// Runs a writing statement; the number of rows it wrote.
    pub async fn write(&mut self, statement: Statement<'_>) -> std::result::Result<u64, Fault> {
        self.statements += 1;
        let done = statement.execute(&mut *self.tx).await.map_err(|error| fault(error, Phase::Inside))?;
        self.rows += u32::try_from(done.rows_affected()).unwrap_or(u32::MAX);
        Ok(done.rows_affected())
    }

    /// Counts rows that a statement wrote and answered with.
    pub fn wrote(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
    }

    pub async fn commit(self) -> std::result::Result<(), Fault> {
        self.tx.commit().await.map_err(|error| fault(error, Phase::Commit))
    }

    /// Gives up what was done; a failure to say so changes nothing, the connection is then discarded.
    pub async fn rollback(self) {
        let _ = self.tx.rollback().await;
    }
}

/// A statement of both engines as this one takes it.
fn statement(ask: Ask, unfiltered: bool) -> Statement<'static> {
    let mut rendered = ask.render(Dialect::Postgres);
    if unfiltered {
        // True of any tenant, and still a statement with the same parameters.
        rendered.sql = rendered.sql.replace("tenant_id = $", "tenant_id >= -1000000 + $");
    }
    let query = sqlx::query(sqlx::AssertSqlSafe(rendered.sql)).persistent(rendered.keep);
    rendered.params.into_iter().fold(query, |query, param| match param {
        Param::Int(value) => query.bind(value),
        Param::Text(value) => query.bind(value),
        Param::Id(value) => query.bind(value),
        Param::Flag(value) => query.bind(value),
        Param::Ids(values) => query.bind(values),
        Param::Texts(values) => query.bind(values),
    })
}

impl Speaks for Postgres {
    type Row = PgRow;
    type Turn = Run;

    async fn look(&self, tenant: crate::domain::ids::TenantId, asks: Vec<Ask>) -> Result<Vec<Vec<PgRow>>> {
        let mut run = self.view(tenant).await?;
        let mut found = Vec::with_capacity(asks.len());
        for ask in asks {
            let statement = statement(ask, run.unfiltered);
            found.push(run.fetch(statement).await?);
        }
        run.rollback().await;
        Ok(found)
    }

    async fn turn(&self) -> std::result::Result<Run, Fault> {
        self.begin().await
    }

    async fn turn_of(&self, tenant: crate::domain::ids::TenantId) -> std::result::Result<Run, Fault> {
        self.begin_for(tenant).await
    }

    fn local(&self, time: Timestamp) -> i64 {
        self.here(time)
    }
}

impl Turn for Run {
    type Row = PgRow;

    async fn rows(&mut self, ask: Ask) -> std::result::Result<Vec<PgRow>, Fault> {
        let statement = statement(ask, self.unfiltered);
        self.fetch(statement).await
    }

    async fn done(&mut self, ask: Ask) -> std::result::Result<u64, Fault> {
        let statement = statement(ask, self.unfiltered);
        self.write(statement).await
    }

    async fn keep(self) -> std::result::Result<(), Fault> {
        self.commit().await
    }
}

/// What an error means at this point.
pub(super) fn fault(error: sqlx::Error, phase: Phase) -> Fault {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().map(std::borrow::Cow::into_owned),
        sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_) => return Fault::Final(Error::Refused(boxed(error))),
        // Before a connection was had nothing can have been done.
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => return Fault::Final(Error::Unavailable(boxed(error))),
        _ => None,
    };
    match code.as_deref() {
        Some(state) => by_state(state, error, phase),
        None if phase == Phase::Commit => Fault::Final(Error::CommitUnknown(boxed(error))),
        None => Fault::Final(Error::Unavailable(boxed(error))),
    }
}

fn by_state(state: &str, error: sqlx::Error, phase: Phase) -> Fault {
    match (&state[..2.min(state.len())], state) {
        (_, "40001" | "40P01") => Fault::Again(boxed(error)),
        (_, "42P01" | "42703" | "42883") => Fault::Final(Error::Schema(format!("{error}; run `waybill migrate`"))),
        // Data, constraints, and what is too big for an index entry or a row.
        ("22" | "23" | "54", _) => Fault::Final(Error::Refused(boxed(error))),
        // The server went away while it was committing: it may have.
        ("57" | "58" | "08" | "XX" | "53", _) if phase == Phase::Commit => Fault::Final(Error::CommitUnknown(boxed(error))),
        _ => Fault::Final(Error::Unavailable(boxed(error))),
    }
}

fn boxed(error: sqlx::Error) -> BoxError {
    Box::new(error)
}

impl Cell for PgRow {
    fn text(&self, column: &str) -> std::result::Result<Option<String>, String> {
        self.try_get(column).map_err(|error| error.to_string())
    }

    fn integer(&self, column: &str) -> std::result::Result<Option<i64>, String> {
        let read = || -> std::result::Result<Option<i64>, sqlx::Error> {
            let value = self.try_get_raw(column)?;
            if value.is_null() {
                return Ok(None);
            }
            Ok(Some(match value.type_info().name() {
                "BOOL" => i64::from(self.try_get::<bool, _>(column)?),
                "INT2" => i64::from(self.try_get::<i16, _>(column)?),
                "INT4" => i64::from(self.try_get::<i32, _>(column)?),
                _ => self.try_get(column)?,
            }))
        };
        read().map_err(|error| error.to_string())
    }

    fn uuid(&self, column: &str) -> std::result::Result<Option<Uuid>, String> {
        let wanted = self.try_column(column).map_err(|error| error.to_string())?;
        if wanted.type_info().name() != "UUID" {
            return Err("is not a uuid".into());
        }
        self.try_get(column).map_err(|error| error.to_string())
    }
}

/// One array for a statement that takes a row per element.
pub(super) fn column<'r, R, T>(rows: &'r [R], cell: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}

/// How the counts of the contract are stored: the column is signed, and no count comes near its end.
pub(super) fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_means_unknown_only_at_commit() {
        let broken = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(matches!(fault(broken(), Phase::Commit), Fault::Final(Error::CommitUnknown(_))));
        assert!(matches!(fault(broken(), Phase::Inside), Fault::Final(Error::Unavailable(_))));
        assert!(matches!(fault(sqlx::Error::PoolTimedOut, Phase::Commit), Fault::Final(Error::Unavailable(_))));
    }

    #[test]
    fn states_have_their_classes() {
        let class = |state: &str, phase| match by_state(state, sqlx::Error::RowNotFound, phase) {
            Fault::Again(_) => "again",
            Fault::Final(Error::Unavailable(_)) => "unavailable",
            Fault::Final(Error::CommitUnknown(_)) => "unknown",
            Fault::Final(Error::Refused(_)) => "refused",
            Fault::Final(Error::Schema(_)) => "schema",
            Fault::Final(Error::Decode { .. }) => "decode",
            Fault::Final(Error::Known(_)) => "known",
            Fault::Final(Error::Sealed { .. }) => "sealed",
        };
        let cases = [
            ("22021", Phase::Inside, "refused"),
            ("23505", Phase::Commit, "refused"),
            ("54000", Phase::Inside, "refused"),
            ("40P01", Phase::Inside, "again"),
            ("40001", Phase::Commit, "again"),
            ("57P01", Phase::Inside, "unavailable"),
            ("57P01", Phase::Commit, "unknown"),
            ("25006", Phase::Inside, "unavailable"),
            ("57014", Phase::Inside, "unavailable"),
            ("42P01", Phase::Inside, "schema"),
        ];
        for (state, phase, expected) in cases {
            assert_eq!(class(state, phase), expected, "{state} {phase:?}");
        }
    }
}
