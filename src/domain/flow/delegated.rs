//! Who decides for others for a while is told what those are told: that it is their turn, and that they are reminded of it.
//!
//! Delegations are rows outside the instance; the facts bring those that hold or are to come. A notice to an agent is an
//! effect of the same decision as its principal's, and so no more doubled than that one.

use super::machine::Machine;
use super::people::asks_of;
use super::people::enter::barred;
use crate::domain::approval::{TaskKind, TaskState};

/// What agents are told as well: what asks for a decision.
const TOLD_OF: [&str; 3] = ["turn", "reminded", "urged"];

/// Agents of those who are told, each with whom they decide for; whoever is told for themselves is not told twice.
pub(super) fn agents(machine: &Machine<'_>, visit: usize, event: &str, to: &[String]) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    if !TOLD_OF.contains(&event) {
        return found;
    }
    let directory = machine.env().directory();
    for principal in to {
        // A reminder of a whole instance is about every step that waits.
        let visits = if event == "turn" { visit..visit + 1 } else { 0..machine.instance.visits.len() };
        for agent in visits.flat_map(|visit| of(machine, visit, principal)) {
            if to.contains(&agent) || !directory.works_here(&agent) {
                continue;
            }
            match found.iter_mut().find(|(known, _)| *known == agent) {
                Some((_, principals)) if principals.contains(principal) => {}
                Some((_, principals)) => principals.push(principal.clone()),
                None => found.push((agent, vec![principal.clone()])),
            }
        }
    }
    found
}

/// Who may do what waits for somebody at a visit.
fn of(machine: &Machine<'_>, visit: usize, principal: &str) -> Vec<String> {
    let found = &machine.instance.visits[visit];
    let tasks = found.people.as_ref().filter(|_| !found.left).map(|activation| activation.tasks.as_slice()).unwrap_or_default();
    let initiator = machine.facts.initiator.member("id").as_text();
    let mut agents = Vec::new();
    for task in tasks.iter().filter(|task| task.person == principal && task.state == TaskState::Pending && task.kind != TaskKind::Copy) {
        let since = task.since.unwrap_or(machine.now);
        for agent in machine.facts.delegations.agents(principal, &machine.flow.id, since, machine.now) {
            // Who may not decide here is asked for nothing; nobody agrees to their own document for somebody else.
            let asks = machine.step_of(visit).and_then(asks_of).filter(|_| task.kind.decides());
            let own = task.kind == TaskKind::Approve && initiator == Some(agent);
            if !own && asks.is_none_or(|asks| barred(machine, visit, asks, agent).is_none()) {
                agents.push(agent.to_owned());
            }
        }
    }
    agents
}
