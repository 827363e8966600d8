//! What the lines to partners look like from outside, and a person's hand on their breakers.

use super::gateway::Gateway;
use crate::domain::ids::TenantId;
use std::sync::PoisonError;

/// One line to a partner, as it stands in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineState {
    /// Tenant.
    pub tenant: TenantId,
    /// The connection; with a dot and an operation for an operation that has limits of its own.
    pub connection: String,
    /// `closed`, `open` or `probing`.
    pub breaker: &'static str,
    /// Calls are held back for this long yet, milliseconds.
    pub held_millis: u64,
    /// Whether a person holds the breaker: `open` or `closed`.
    pub by_hand: Option<&'static str>,
    /// Requests at the same time at most.
    pub places: u32,
    /// Requests under way.
    pub in_use: u32,
    /// Calls that wait for a place or for the rate.
    pub waiting: u32,
    /// Rates: count and period in milliseconds.
    pub rates: Vec<(u32, u64)>,
    /// The partner asked for a pause that lasts this long yet, milliseconds.
    pub paused_millis: u64,
}

/// How a person holds a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// No call goes out.
    Open,
    /// Calls go out whatever the breaker thinks.
    Closed,
}

impl ByHand {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            ByHand::Open => "open",
            ByHand::Closed => "closed",
        }
    }
}

impl Gateway {
    /// All lines that were ever used, by name.
    pub fn lines(&self) -> Vec<LineState> {
        let lines: Vec<_> = {
            let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.iter().map(|((tenant, name), line)| (*tenant, name.to_string(), line.clone())).collect()
        };
        let mut states: Vec<LineState> = lines.into_iter().map(|(tenant, name, line)| line.state(tenant, name)).collect();
        states.sort_by(|one, other| (one.tenant, &one.connection).cmp(&(other.tenant, &other.connection)));
        states
    }

    /// Holds breakers as people want them: those named, and no other.
    pub fn hold_breakers(&self, holds: &[(TenantId, String, ByHand)]) {
        *self.by_hand.lock().unwrap_or_else(PoisonError::into_inner) = holds.to_vec();
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        for ((tenant, name), line) in lines.iter() {
            let hold = holds.iter().find(|(of, connection, _)| of == tenant && **connection == **name).map(|(_, _, hold)| *hold);
            line.hold(hold);
        }
    }

    /// When credentials of a connection lapse: seconds from now, of the version used last. None where nothing is known.
    pub fn credentials_lapse(&self, tenant: TenantId) -> Vec<(String, u64)> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = ready.iter().filter(|((of, _), _)| *of == tenant);
        mine.filter_map(|((_, name), versions)| Some((name.to_string(), versions.last()?.tokens.lapse_in()?.as_secs()))).collect()
    }
}
