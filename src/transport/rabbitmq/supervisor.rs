//! Keeps one connection: opens it, lets a session use it, throws it away on any error, waits, begins anew. For ever.

use super::connect::{self, Error, Options};
use super::link::LinkCell;
use crate::domain::retry::Backoff;
use crate::runtime::Clock;
use crate::transport::counters::Counters;
use crate::transport::health::LinkState;
use futures::StreamExt;
use lapin::{Connection, Event};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// First wait after a failure, doubled each time.
const WAIT_MIN: Duration = Duration::from_millis(250);
/// Longest wait: so long at most until a broker that is back is noticed.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// A connection that held this long was a good one: the next wait is short again.
const GOOD_AFTER: Duration = Duration::from_secs(30);
/// How often the client is asked whether it still has its connection; events tell sooner.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Time for saying goodbye.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Why a session ended.
pub(super) enum Ended {
    /// Something broke.
    Broken(String),
    /// What it was set up for has changed: it is set up anew at once.
    Changed,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Broken(words(&error))
    }
}

/// An error with its causes, on one line.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// What a supervisor needs.
pub(super) struct Supervisor {
    pub options: Options,
    pub role: &'static str,
    pub link: Arc<LinkCell>,
    pub counters: Arc<Counters>,
    pub clock: Arc<dyn Clock>,
    pub stop: CancellationToken,
}

impl Supervisor {
    /// Runs sessions until stopped.
    pub async fn run<F>(self, session: impl Fn(Arc<Connection>) -> F)
    where
        F: Future<Output = Ended>,
    {
        let backoff = Backoff::exponential(WAIT_MIN, WAIT_MAX);
        let mut failures = 0_u32;
        while !self.stop.is_cancelled() {
            let began = self.clock.monotonic();
            let opened = tokio::select! {
                opened = connect::open(&self.options, self.role, failures > 0) => opened,
                () = self.stop.cancelled() => return,
            };
            let ended = match opened {
                Ok(connection) => self.hold(Arc::new(connection), &session).await,
                Err(error) => Ended::Broken(words(&error)),
            };
            let Ended::Broken(why) = ended else { continue };
            if self.stop.is_cancelled() {
                return;
            }
            self.link.set(LinkState::Down(why));
            self.counters.disconnected();
            let good = self.clock.monotonic().saturating_sub(began) >= GOOD_AFTER;
            failures = if good { 1 } else { failures.saturating_add(1) };
            let now = self.clock.now();
            let until = backoff.next_attempt(failures, now, None, self.options.seed);
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or(WAIT_MAX);
            tokio::select! {
                () = self.clock.wait(wait) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn hold<F>(&self, connection: Arc<Connection>, session: &impl Fn(Arc<Connection>) -> F) -> Ended
    where
        F: Future<Output = Ended>,
    {
        let ended = tokio::select! {
            ended = session(connection.clone()) => ended,
            why = self.watch(&connection) => Ended::Broken(why),
            () = self.stop.cancelled() => Ended::Changed,
        };
        // What is still open is closed by the broker when the socket goes; saying so is only polite.
        let _ = tokio::time::timeout(CLOSE_WITHIN, connection.close(200, "going away".into())).await;
        ended
    }

    /// Follows what the client says of its connection; ends when that is over.
    async fn watch(&self, connection: &Connection) -> String {
        let mut events = connection.events_listener();
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(why)) => self.link.set(LinkState::Blocked(why)),
                    Some(Event::ConnectionUnblocked) => self.link.set(LinkState::Up),
                    // What ends a channel is noticed by whoever uses it.
                    Some(Event::Error(error)) if !connect::is_soft(&error) => return error.to_string(),
                    Some(_) => {}
                    None => return "the connection ended".to_owned(),
                },
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if !connection.status().connected() {
                return "the connection ended".to_owned();
            }
        }
    }
}
