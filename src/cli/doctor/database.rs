//! Whether the database answers, fits this binary and can be written.

use secrecy::ExposeSecret;

use super::Check;
use crate::config;
use crate::runtime::{Clock, SystemClock};
use crate::store::{self, Error};

/// Looks without changing anything. A file that a running hub holds is read beside it.
pub async fn check(config: &config::Store) -> Vec<Check> {
    let options = |read_only| store::Options { read_only, ..store::Options::default() };
    let url = config.url.expose_secret();
    let read = match store::connect(url, options(true)).await {
        Ok(store) => store,
        Err(error) => return vec![unreachable(&error)],
    };
    let counts = read.counts(SystemClock::new().now()).await;
    read.close().await;
    let mut checks = vec![match &counts {
        Ok(counts) => Check::good("database", format!("it answers and fits this binary; {} documents", counts.documents)),
        Err(Error::Unavailable(_)) => unreachable_because("it was opened but does not answer"),
        Err(error) => Check::failed("database", format!("it does not fit this binary: {error}"), "run `waybill migrate`"),
    }];
    if counts.is_ok() {
        checks.push(writable(url).await);
    }
    checks
}

async fn writable(url: &str) -> Check {
    const NAME: &str = "database writes";
    match store::connect(url, store::Options::default()).await {
        Ok(store) => {
            let ping = store.ping().await;
            store.close().await;
            match ping {
                Ok(()) => Check::good(NAME, "they are possible"),
                Err(error) => Check::failed(NAME, error.to_string(), "is the disk full, or the user without rights?"),
            }
        }
        Err(error) => Check::warning(NAME, error.to_string(), "a running hub holds its SQLite file; then this is as it should be"),
    }
}

fn unreachable(error: &Error) -> Check {
    unreachable_because(&error.to_string())
}

fn unreachable_because(why: &str) -> Check {
    Check::failed(
        "database",
        why,
        "check `store.url`; a new SQLite file and the tables are made by `waybill migrate`, a PostgreSQL database by `createdb`",
    )
}
