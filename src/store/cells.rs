//! Reading the cells of a row of either database, with errors that name table, column and row.

use super::{Error, Result};
use jiff::Timestamp;
use uuid::Uuid;

/// A row of one database. `None` is SQL NULL; the error says what could not be read.
pub(super) trait Cell {
    fn text(&self, column: &str) -> std::result::Result<Option<String>, String>;
    /// Any integer or boolean column.
    fn integer(&self, column: &str) -> std::result::Result<Option<i64>, String>;
    fn uuid(&self, column: &str) -> std::result::Result<Option<Uuid>, String>;
}

/// A row with the name of its table and the column that identifies it.
pub(super) struct Cells<'r, R> {
    row: &'r R,
    table: &'static str,
    key: &'static str,
}

impl<'r, R: Cell> Cells<'r, R> {
    pub fn new(row: &'r R, table: &'static str, key: &'static str) -> Self {
        Cells { row, table, key }
    }

    pub fn maybe_text(&self, column: &'static str) -> Result<Option<String>> {
        self.row.text(column).map_err(|reason| self.fault(column, reason))
    }

    pub fn text(&self, column: &'static str) -> Result<String> {
        self.maybe_text(column)?.ok_or_else(|| self.missing(column))
    }

    pub fn maybe_id<T>(&self, column: &'static str, wrap: impl Fn(Uuid) -> T) -> Result<Option<T>> {
        Ok(self.row.uuid(column).map_err(|reason| self.fault(column, reason))?.map(wrap))
    }

    pub fn id<T>(&self, column: &'static str, wrap: impl Fn(Uuid) -> T) -> Result<T> {
        self.maybe_id(column, wrap)?.ok_or_else(|| self.missing(column))
    }

    /// An integer that fits `T`.
    pub fn maybe_int<T: TryFrom<i64>>(&self, column: &'static str) -> Result<Option<T>> {
        let Some(number) = self.row.integer(column).map_err(|reason| self.fault(column, reason))? else {
            return Ok(None);
        };
        T::try_from(number).map(Some).map_err(|_| self.fault(column, format!("`{number}` is out of range")))
    }

    pub fn int<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T> {
        self.maybe_int(column)?.ok_or_else(|| self.missing(column))
    }

    pub fn flag(&self, column: &'static str) -> Result<bool> {
        Ok(self.int::<i64>(column)? != 0)
    }

    pub fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>> {
        let Some(micros) = self.maybe_int::<i64>(column)? else {
            return Ok(None);
        };
        // "Never" is stored as the last instant, and a correction for the database's clock may have moved it further.
        let last = Timestamp::MAX.as_microsecond();
        if micros >= last {
            return Ok(Some(Timestamp::MAX));
        }
        Timestamp::from_microsecond(micros).map(Some).map_err(|error| self.fault(column, error.to_string()))
    }

    pub fn time(&self, column: &'static str) -> Result<Timestamp> {
        self.maybe_time(column)?.ok_or_else(|| self.missing(column))
    }

    fn missing(&self, column: &'static str) -> Error {
        self.fault(column, "is NULL".into())
    }

    fn fault(&self, column: &'static str, reason: String) -> Error {
        let uuid = || self.row.uuid(self.key).ok().flatten().map(|id| id.to_string());
        let text = || self.row.text(self.key).ok().flatten();
        Error::Decode { table: self.table, column, row: uuid().or_else(text).unwrap_or_default(), reason }
    }
}

/// How a time is stored in both databases.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}
