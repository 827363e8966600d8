//! How a transport is.

use super::counters::Counts;
use std::collections::BTreeMap;
use std::time::Duration;

/// How a transport is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `in_process` or `rabbitmq`.
    pub kind: &'static str,
    /// Its connections to the broker; none inside the process.
    pub links: Vec<Link>,
    /// Messages in the queue for what could not be handled; none when it is not known.
    pub dead_letters: Option<u32>,
    /// Connections whose queue at the broker is not ours to use, with why: they work by polling.
    pub apart: BTreeMap<String, String>,
    /// What was counted.
    pub counts: Counts,
}

/// One connection to the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `publisher` or `consumer`.
    pub name: &'static str,
    /// How it is.
    pub state: LinkState,
    /// For how long.
    pub lasting: Duration,
}

/// How a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Up,
    /// The broker takes nothing now (memory, disk).
    Blocked(String),
    /// There is none.
    Down(String),
}

impl Health {
    /// Why work does not travel over the broker now; none when it does, or where there is no broker.
    pub fn trouble(&self) -> Option<String> {
        let words = |link: &Link| match &link.state {
            LinkState::Up => None,
            LinkState::Blocked(why) => Some(format!("{} blocked: {why}", link.name)),
            LinkState::Down(why) => Some(format!("{} down: {why}", link.name)),
        };
        let troubles: Vec<String> = self.links.iter().filter_map(words).collect();
        (!troubles.is_empty()).then(|| troubles.join("; "))
    }

    /// For how long something has been wrong; zero when nothing is.
    pub fn trouble_lasting(&self) -> Duration {
        self.links.iter().filter(|link| link.state != LinkState::Up).map(|link| link.lasting).max().unwrap_or_default()
    }
}
