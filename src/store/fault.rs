//! What a failed statement means, inside the store: beside the errors of the contract there is "repeat at once".

use super::{BoxError, Error};

/// A failure inside the store.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database took the transaction back for reasons of order (deadlock, serialisation): nothing was done.
    Again(BoxError),
    /// Final for this call.
    Final(Error),
}

/// When a statement failed; the same broken line means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Inside a transaction, or a statement that only reads: nothing is kept.
    Inside,
    /// `COMMIT`, or a writing statement that commits by itself: it may have been kept.
    Commit,
}

/// How often a whole transaction is repeated after a deadlock before the caller hears of it.
pub(super) const TURNS: u32 = 5;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Final(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Again(source) => Error::Unavailable(source),
            Fault::Final(error) => error,
        }
    }
}

impl Error {
    /// A row that does not fit what the table holds now.
    pub(super) fn conflict(table: &'static str, expected: usize, found: u64) -> Error {
        Error::Refused(format!("`{table}`: {found} of {expected} rows are as they were loaded").into())
    }
}

/// Runs a transaction again when the database took it back, a bounded number of times.
macro_rules! again {
    ($work:expr) => {{
        let mut turn = 0;
        loop {
            match $work.await {
                Err($crate::store::fault::Fault::Again(_)) if turn < $crate::store::fault::TURNS => turn += 1,
                other => break other.map_err($crate::store::Error::from),
            }
        }
    }};
}
pub(super) use again;
