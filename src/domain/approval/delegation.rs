//! Standing delegations: somebody decides for somebody else for a while. The duty stays where it is; both names are recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// Those that hold or are to come, by whose duty it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delegations(BTreeMap<String, Vec<Delegation>>);

impl FromIterator<Delegation> for Delegations {
    fn from_iter<I: IntoIterator<Item = Delegation>>(delegations: I) -> Self {
        let mut found: BTreeMap<String, Vec<Delegation>> = BTreeMap::new();
        for delegation in delegations {
            found.entry(delegation.principal.clone()).or_default().push(delegation);
        }
        Self(found)
    }
}

impl Delegations {
    /// Who may do somebody's duty in a flow that became pending at `since`, each once.
    pub fn agents(&self, principal: &str, flow: &str, since: Timestamp, now: Timestamp) -> Vec<&str> {
        let mut agents = Vec::new();
        for rule in self.0.get(principal).into_iter().flatten() {
            if rule.covers(principal, &rule.agent, flow, since, now) && !agents.contains(&rule.agent.as_str()) {
                agents.push(rule.agent.as_str());
            }
        }
        agents
    }
}
