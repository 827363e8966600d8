//! `kind: sql`: one job is one transaction; a read is one that cannot write.
//!
//! Until the commit nothing has happened, so whatever breaks off before it is surely not done. A commit whose answer does not
//! come is unknown. MySQL's tables need not be transactional, so there everything after the first change is unknown.

mod mysql;
mod number;
mod postgres;
mod sqlite;
mod value;

use super::job::{self, Stage, refusal, unanswered};
use super::pool::Pool;
use super::{Opening, Wire};
use crate::domain::connector::kind::sql::{Named, Part, dialect, parts};
use crate::domain::connector::{Effect, Failure};
use crate::gateway::guard::Guard;
use crate::gateway::send::{Raw, Unanswered};
use crate::gateway::wire::Outgoing;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Opens the database of a connection; nothing is connected yet.
pub(super) fn open(opening: Opening<'_>) -> Result<Arc<dyn Wire>, String> {
    match dialect(&opening.address) {
        Some("postgres") => Ok(Arc::new(Sql::new(postgres::Postgres::new(Place::read(&opening)?)))),
        Some("mysql") => Ok(Arc::new(Sql::new(mysql::MySql::new(Place::read(&opening)?)))),
        Some(_) => Ok(Arc::new(Sql::new(sqlite::Sqlite::new(&opening)?))),
        None => Err("`sql.database` begins with none of `postgres:`, `mysql:`, `mariadb:`, `sqlite:`".to_owned()),
    }
}

/// A database server that jobs can be sent to.
trait Server: Send + Sync + 'static {
    /// A connection to it.
    type Line: Line;
    /// Whether a transaction that was not committed has surely changed nothing.
    const ATOMIC: bool;
    /// Whether places are numbered (`$1`) or marked (`?`).
    const NUMBERED: bool;

    /// Connects.
    fn connect(&self) -> impl Future<Output = Result<Self::Line, Problem>> + Send;
}

/// A connection to a database, in or outside of a transaction.
trait Line: Send + 'static {
    /// Begins a transaction; one that reads cannot write.
    fn begin(&mut self, reads: bool, time: Duration) -> impl Future<Output = Result<(), Problem>> + Send;
    /// Runs one statement; its arguments are in the order of its places.
    fn run(&mut self, sql: String, arguments: Vec<&Json>, found: &mut Found) -> impl Future<Output = Result<u64, Problem>> + Send;
    /// Ends the transaction, with or without what it did.
    fn end(&mut self, commit: bool) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// Why a statement or a connection came to nothing.
enum Problem {
    /// The database said no.
    Refused(Raw),
    /// The line broke, or was not made.
    Lost(Failure, String),
}

/// Rows as they come, up to a bound.
struct Found {
    rows: Vec<Json>,
    rows_max: usize,
    bytes_left: usize,
}

impl Found {
    /// Takes one more row.
    fn push(&mut self, row: Map<String, Json>) -> Result<(), Problem> {
        let row = Json::Object(row);
        let bytes = row.to_string().len();
        if self.rows.len() >= self.rows_max {
            let message = format!("the statement gives more than {} rows; ask for pages of them", self.rows_max);
            return Err(Problem::Refused(refusal(413, "too_many_rows", message)));
        }
        self.bytes_left = self
            .bytes_left
            .checked_sub(bytes)
            .ok_or_else(|| Problem::Refused(refusal(413, "answer_too_large", "the rows are larger than the answer may be")))?;
        self.rows.push(row);
        Ok(())
    }
}

#[derive(Deserialize)]
struct Job {
    statements: Vec<Statement>,
    named: bool,
    max_rows: usize,
}

#[derive(Deserialize)]
struct Statement {
    id: String,
    sql: String,
    args: Map<String, Json>,
    rows: String,
    otherwise: String,
    when: Option<String>,
    unless: Option<String>,
}

struct Sql<S: Server> {
    server: S,
    pool: Pool<S::Line>,
}

impl<S: Server> Sql<S> {
    fn new(server: S) -> Sql<S> {
        Sql { server, pool: Pool::default() }
    }

    async fn perform(&self, outgoing: Outgoing<'_>) -> Result<Raw, Unanswered> {
        let job: Job = job::read(&outgoing)?;
        let (stage, effect) = (Stage::default(), outgoing.effect);
        let until = Instant::now() + outgoing.timeout;
        let done = timeout_at(until, self.transact(&job, &outgoing, until, &stage)).await;
        match done {
            Ok(Ok(raw) | Err(Problem::Refused(raw))) => Ok(raw),
            // What is said of the connection itself (a name, the egress list, TLS) stands as it is.
            Ok(Err(Problem::Lost(failure, why))) if !failure.may_have_been_sent() => Err(unanswered(failure, why)),
            Ok(Err(Problem::Lost(_, why))) => Err(stage.lost(effect, &why, false)),
            Err(_) => Err(stage.lost(effect, "the database gave no complete answer in time", true)),
        }
    }

    async fn transact(&self, job: &Job, outgoing: &Outgoing<'_>, until: Instant, stage: &Stage) -> Result<Raw, Problem> {
        let reads = outgoing.effect == Effect::Read;
        let mut line = self.begin(reads, until).await?;
        stage.speaking();
        let mut results: Map<String, Json> = Map::new();
        let mut counts: Vec<(&str, u64)> = Vec::new();
        let mut bytes_left = usize::try_from(outgoing.answer_bytes_max).unwrap_or(usize::MAX);
        for statement in &job.statements {
            let counted = |id: &Option<String>| id.as_ref().map(|id| counts.iter().any(|(known, count)| known == id && *count > 0));
            if counted(&statement.when) == Some(false) || counted(&statement.unless) == Some(true) {
                results.insert(statement.id.clone(), json!({"rows": [], "changed": 0, "skipped": true}));
                continue;
            }
            if !S::ATOMIC && !reads {
                stage.binding();
            }
            let mut found = Found { rows: Vec::new(), rows_max: job.max_rows, bytes_left };
            let changed = match Self::run(&mut line, statement, &mut found).await {
                Ok(changed) => changed,
                Err(Problem::Refused(raw)) => return self.undo(line, raw).await,
                Err(lost) => return Err(lost),
            };
            bytes_left = found.bytes_left;
            let count = if found.rows.is_empty() { changed } else { found.rows.len() as u64 };
            let fits = match statement.rows.as_str() {
                "one" => count == 1,
                "some" => count > 0,
                _ => true,
            };
            if !fits {
                let status = if statement.otherwise == "conflict" || count > 1 { 409 } else { 404 };
                let message = format!("`{}` finds or changes {count} rows where {} is wanted", statement.id, statement.rows);
                return self.undo(line, refusal(status, "rows", message)).await;
            }
            counts.push((&statement.id, count));
            results.insert(statement.id.clone(), json!({"rows": found.rows, "changed": changed}));
        }
        if Instant::now() >= until {
            // After a pause of the whole process what was about to be done must not be done late.
            return Err(Problem::Lost(Failure::Deadline, "the time for this call is over before the commit".to_owned()));
        }
        if !reads {
            stage.binding();
        }
        match line.end(true).await {
            Ok(()) => {}
            // A commit that is refused has changed nothing: that is what it says.
            Err(Problem::Refused(raw)) => return self.undo(line, raw).await,
            Err(lost) => return Err(lost),
        }
        self.pool.give(line);
        let only = if job.named { None } else { results.values().next().cloned() };
        Ok(job::answer(200, &only.unwrap_or(Json::Object(results))))
    }

    /// A connection in a transaction. One that was kept may have died meanwhile, which is no reason to fail.
    async fn begin(&self, reads: bool, until: Instant) -> Result<S::Line, Problem> {
        let time = until.saturating_duration_since(Instant::now());
        while let Some(mut kept) = self.pool.take() {
            if kept.begin(reads, time).await.is_ok() {
                return Ok(kept);
            }
        }
        let mut line = self.server.connect().await?;
        line.begin(reads, time).await?;
        Ok(line)
    }

    async fn run(line: &mut S::Line, statement: &Statement, found: &mut Found) -> Result<u64, Problem> {
        let refused = |why: &str| Problem::Refused(refusal(400, "bad_statement", format!("`{}`: {why}", statement.id)));
        let named = Named::new(&statement.sql, S::NUMBERED).map_err(refused)?;
        let arguments: Option<Vec<&Json>> = named.order.iter().map(|name| statement.args.get(name)).collect();
        let arguments = arguments.ok_or_else(|| refused("an argument is missing"))?;
        let changed = line.run(named.sql, arguments, found).await?;
        // Some drivers repeat the count of an earlier statement after one that only looks.
        Ok(if changes(&statement.sql) { changed } else { 0 })
    }

    /// Takes everything back and answers with why.
    async fn undo(&self, mut line: S::Line, raw: Raw) -> Result<Raw, Problem> {
        if line.end(false).await.is_ok() {
            self.pool.give(line);
        }
        Ok(raw)
    }
}

impl<S: Server> Wire for Sql<S> {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        Box::pin(self.perform(outgoing))
    }
}

/// Whether a statement can change anything, by the words outside of its texts.
fn changes(sql: &str) -> bool {
    let words = ["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];
    let changes = |text: &str| {
        let mut parts = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        parts.any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    parts(sql).is_ok_and(|parts| parts.iter().any(|part| matches!(part, Part::Text(text) if changes(text))))
}

/// Where a server is, and what it is told of us.
struct Place {
    host: String,
    port: u16,
    database: String,
    user: Option<String>,
    password: Option<String>,
    verify: bool,
    ca: Option<String>,
    identity: Option<String>,
    guard: Arc<Guard>,
}

impl Place {
    fn read(opening: &Opening<'_>) -> Result<Place, String> {
        let url = Url::parse(&opening.address).map_err(|_| "`sql.database` is no address".to_owned())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("`sql.database` holds a user or password; give them as `sql.user` and `sql.password`".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("`sql.database` takes no options; TLS is said by `sql.tls`".to_owned());
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("`sql.database` names no host")?;
        let database = percent_encoding::percent_decode_str(url.path().trim_start_matches('/'));
        let database = database.decode_utf8().map_err(|_| "the name of the database is not UTF-8")?.into_owned();
        if database.is_empty() || database.contains('/') {
            return Err("`sql.database` names no database: write `postgres://host:5432/name`".to_owned());
        }
        let usual = crate::domain::connector::kind::usual_port(url.scheme());
        let verify = match opening.text("tls") {
            None | Some("verify") => true,
            Some("off") => false,
            Some(_) => return Err("`sql.tls` is `verify` or `off`".to_owned()),
        };
        Ok(Place {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().or(usual).ok_or("`sql.database` names no port")?,
            database,
            user: opening.text("user").map(str::to_owned),
            password: opening.text("password").map(str::to_owned),
            verify,
            ca: opening.tls.ca.clone(),
            identity: opening.tls.identity.clone(),
            guard: opening.guard.clone(),
        })
    }

    /// The host to connect to, once the egress list lets it through: an address that was looked up and checked, so that the
    /// name cannot lead elsewhere a moment later. Where the certificate is verified it must be the name, and the certificate
    /// proves that whoever answers is the one that was named.
    async fn host(&self) -> Result<String, Problem> {
        let addresses = self.guard.reach(&self.host, self.port).await.map_err(|refused| Problem::Lost(refused.failure, refused.message))?;
        if self.verify {
            return Ok(self.host.clone());
        }
        let first = addresses.first().ok_or_else(|| Problem::Lost(Failure::Dns, "the name has no address".to_owned()))?;
        Ok(first.ip().to_string())
    }
}

/// What an error of a driver is; `status` reads the database's own code.
fn problem(error: sqlx::Error, status: impl Fn(&dyn sqlx::error::DatabaseError) -> u16) -> Problem {
    match error {
        sqlx::Error::Database(said) => {
            let mut body = Map::new();
            body.extend(said.code().map(|code| ("code".to_owned(), Json::from(code.as_ref()))));
            body.insert("message".to_owned(), Json::from(said.message()));
            body.extend(said.constraint().map(|constraint| ("constraint".to_owned(), Json::from(constraint))));
            Problem::Refused(job::answer(status(said.as_ref()), &Json::Object(body)))
        }
        sqlx::Error::Tls(error) => Problem::Lost(Failure::Tls, format!("TLS with the database: {error}")),
        sqlx::Error::Io(error) => Problem::Lost(Failure::Reset, format!("the line to the database: {error}")),
        sqlx::Error::Decode(error) | sqlx::Error::ColumnDecode { source: error, .. } | sqlx::Error::Encode(error) => {
            Problem::Refused(refusal(422, "bad_value", error.to_string()))
        }
        other => Problem::Lost(Failure::Reset, format!("the line to the database: {other}")),
    }
}

/// The same while connecting: a line that breaks has not been made.
fn not_connected(problem: Problem) -> Problem {
    match problem {
        Problem::Lost(Failure::Reset, why) => Problem::Lost(Failure::Connect, why),
        other => other,
    }
}

/// A value of a column or an argument that cannot be carried.
fn cannot(what: &str, name: &str, why: &str) -> Problem {
    let message = format!("{what} {name} {why}");
    Problem::Refused(refusal(422, "bad_value", message))
}
