//! Statements both engines understand, put together from fixed pieces and parameters.
//!
//! What people read and write beside the engine is told apart by many filters; a statement is made of the pieces that were
//! asked for, so that each has a plan of its own and no `IS NULL OR` stands in an index's way. Pieces are literals of this
//! program; whatever came from outside is a parameter.

use super::Result;
use super::cells::{Cell, micros};
use super::fault::Fault;
use crate::domain::ids::TenantId;
use jiff::Timestamp;
use std::future::Future;
use uuid::Uuid;

/// Where two databases say the same differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Param {
    Int(Option<i64>),
    Text(Option<String>),
    Id(Uuid),
    Flag(bool),
    Ids(Vec<Uuid>),
    Texts(Vec<String>),
}

enum Piece {
    Text(&'static str),
    /// One wording for PostgreSQL, one for SQLite.
    Either(&'static str, &'static str),
    Param(Param),
}

/// A statement being put together. A parameter stands where it is given.
#[derive(Default)]
pub(super) struct Ask {
    pieces: Vec<Piece>,
    rows: bool,
}

/// Begins a statement.
pub(super) fn ask(text: &'static str) -> Ask {
    Ask::default().then(text)
}

impl Ask {
    /// Goes on with these words.
    pub fn then(mut self, text: &'static str) -> Ask {
        self.pieces.push(Piece::Text(text));
        self
    }

    /// Goes on with the words of the database at hand.
    pub fn either(mut self, postgres: &'static str, sqlite: &'static str) -> Ask {
        self.pieces.push(Piece::Either(postgres, sqlite));
        self
    }

    fn param(mut self, param: Param) -> Ask {
        self.pieces.push(Piece::Param(param));
        self
    }

    pub fn int(self, value: impl Into<i64>) -> Ask {
        self.param(Param::Int(Some(value.into())))
    }

    pub fn maybe_int(self, value: Option<i64>) -> Ask {
        self.param(Param::Int(value))
    }

    pub fn time(self, value: Timestamp) -> Ask {
        self.int(micros(value))
    }

    pub fn maybe_time(self, value: Option<Timestamp>) -> Ask {
        self.maybe_int(value.map(micros))
    }

    pub fn text(self, value: &str) -> Ask {
        self.param(Param::Text(Some(value.to_owned())))
    }

    pub fn maybe_text(self, value: Option<&str>) -> Ask {
        self.param(Param::Text(value.map(str::to_owned)))
    }

    pub fn id(self, value: Uuid) -> Ask {
        self.param(Param::Id(value))
    }

    pub fn flag(self, value: bool) -> Ask {
        self.param(Param::Flag(value))
    }

    /// ` IN (these ids)`, as one parameter.
    pub fn in_ids(self, ids: &[Uuid]) -> Ask {
        let ids = ids.to_vec();
        self.either(" = ANY(", " IN (SELECT unhex(value) FROM json_each(").param(Param::Ids(ids)).either(")", "))")
    }

    /// ` IN (these texts)`, as one parameter.
    pub fn in_texts(self, texts: &[String]) -> Ask {
        let texts = texts.to_vec();
        self.either(" = ANY(", " IN (SELECT value FROM json_each(").param(Param::Texts(texts)).either(")", "))")
    }

    /// `AND …` where the filter says something.
    pub fn and_text(self, words: &'static str, value: Option<&str>) -> Ask {
        match value {
            Some(value) => self.then(words).text(value),
            None => self,
        }
    }

    /// `(…), (…)`: one group for each row; `cells` gives the parameters of a row, separated by `comma`.
    pub fn rows<R>(mut self, rows: &[R], cells: impl Fn(Ask, &R) -> Ask) -> Ask {
        for (place, row) in rows.iter().enumerate() {
            self = self.then(if place == 0 { " VALUES (" } else { ", (" });
            self = cells(self, row).then(")");
        }
        self.rows |= rows.len() > 1;
        self
    }

    /// Between two cells of a row.
    pub fn comma(self) -> Ask {
        self.then(", ")
    }

    /// Words and parameters in order. A statement whose length follows its rows is not worth keeping prepared.
    pub(super) fn render(self, dialect: Dialect) -> Rendered {
        let mut rendered = Rendered { sql: String::new(), params: Vec::new(), keep: !self.rows };
        for piece in self.pieces {
            match piece {
                Piece::Text(text) => rendered.sql.push_str(text),
                Piece::Either(postgres, sqlite) => rendered.sql.push_str(if dialect == Dialect::Postgres { postgres } else { sqlite }),
                Piece::Param(param) => {
                    rendered.params.push(param);
                    rendered.sql.push_str(&format!("${}", rendered.params.len()));
                }
            }
        }
        rendered
    }
}

/// A statement as a database takes it.
pub(super) struct Rendered {
    pub sql: String,
    pub params: Vec<Param>,
    /// Whether the same text comes again.
    pub keep: bool,
}

/// A database that can be asked.
pub(super) trait Speaks: Send + Sync + 'static {
    /// Its rows.
    type Row: Cell + Send + Sync;
    /// Its writing transaction.
    type Turn: Turn<Row = Self::Row>;

    /// Rows of each statement, all from one tenant and, on PostgreSQL, from one reading transaction.
    fn look(&self, tenant: TenantId, asks: Vec<Ask>) -> impl Future<Output = Result<Vec<Vec<Self::Row>>>> + Send;

    /// Begins to write, as the engine: over all tenants.
    fn turn(&self) -> impl Future<Output = std::result::Result<Self::Turn, Fault>> + Send;

    /// Begins to write for people: on PostgreSQL as the role that row-level security keeps to this tenant, where there is one.
    fn turn_of(&self, tenant: TenantId) -> impl Future<Output = std::result::Result<Self::Turn, Fault>> + Send;

    /// A time of the caller's clock as rows with leases hold it.
    fn local(&self, time: Timestamp) -> i64;
}

/// A writing transaction; dropped, it rolls back.
pub(super) trait Turn: Send {
    /// Its rows.
    type Row: Cell + Send + Sync;

    /// Rows of a statement.
    fn rows(&mut self, ask: Ask) -> impl Future<Output = std::result::Result<Vec<Self::Row>, Fault>> + Send;

    /// Runs a writing statement; the number of rows it wrote.
    fn done(&mut self, ask: Ask) -> impl Future<Output = std::result::Result<u64, Fault>> + Send;

    /// Keeps what was done.
    fn keep(self) -> impl Future<Output = std::result::Result<(), Fault>> + Send;
}

/// Rows of one statement.
pub(super) async fn look<S: Speaks>(store: &S, tenant: TenantId, ask: Ask) -> Result<Vec<S::Row>> {
    Ok(store.look(tenant, vec![ask]).await?.pop().unwrap_or_default())
}

/// One writing statement of people in a transaction of its own; the number of rows it wrote.
pub(super) async fn write_of<S: Speaks>(store: &S, tenant: TenantId, ask: Ask) -> Result<u64> {
    let mut turn = store.turn_of(tenant).await?;
    let done = turn.done(ask).await?;
    turn.keep().await?;
    Ok(done)
}

/// One writing statement in a transaction of its own; the number of rows it wrote.
pub(super) async fn write<S: Speaks>(store: &S, ask: Ask) -> Result<u64> {
    let mut turn = store.turn().await?;
    let done = turn.done(ask).await?;
    turn.keep().await?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Ask {
        ask("SELECT a FROM t WHERE b = ")
            .int(7)
            .and_text(" AND c = ", None)
            .and_text(" AND d = ", Some("x"))
            .then(" AND e")
            .in_ids(&[Uuid::nil()])
    }

    #[test]
    fn parameters_stand_where_they_are_given() {
        let postgres = statement().render(Dialect::Postgres);
        assert_eq!(postgres.sql, "SELECT a FROM t WHERE b = $1 AND d = $2 AND e = ANY($3)");
        let sqlite = statement().render(Dialect::Sqlite);
        assert_eq!(sqlite.sql, "SELECT a FROM t WHERE b = $1 AND d = $2 AND e IN (SELECT unhex(value) FROM json_each($3))");
        assert_eq!(sqlite.params.len(), 3);
        assert!(sqlite.keep);
    }

    #[test]
    fn many_rows_are_one_statement_that_is_not_kept() {
        let rows = ask("INSERT INTO t (a, b)").rows(&[(1, "x"), (2, "y")], |ask, (a, b)| ask.int(*a).comma().text(b));
        let rendered = rows.render(Dialect::Sqlite);
        assert_eq!(rendered.sql, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
        assert!(!rendered.keep);
    }
}
