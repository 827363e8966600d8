//! Standing delegations: somebody decides for somebody else for a while. The duty stays where it is; both names are recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One delegation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Whose duty it is.
    pub principal: String,
    /// Who may do it.
    pub agent: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively.
    pub until: Timestamp,
    /// Only tasks of these flows; empty for all.
    #[serde(default)]
    pub flows: Vec<String>,
    /// Only tasks that came up while it holds; else those that were open as well.
    #[serde(default)]
    pub new_only: bool,
}

impl Delegation {
    /// Whether it covers a task of a flow that became pending at `since`. It is not followed further: an agent's own
    /// delegations do not count.
    pub fn covers(&self, principal: &str, agent: &str, flow: &str, since: Timestamp, now: Timestamp) -> bool {
        self.principal == principal
            && self.agent == agent
            && principal != agent
            && self.from <= now
            && now < self.until
            && (self.flows.is_empty() || self.flows.iter().any(|known| known == flow))
            && (!self.new_only || since >= self.from)
    }
}
