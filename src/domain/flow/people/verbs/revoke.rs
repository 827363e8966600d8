//! `revoke`: what was approved is revoked, by the flow's own reaction: only that knows what must be undone where.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::event::Outcome;
use crate::domain::flow::flow::Trigger;
use crate::domain::flow::instance::Status;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::reactions;
use serde_json::json;

pub(super) static VERB: Verb = Verb {
    word: "revoke",
    doc: "Revokes what was approved, with a reason: the flow's reaction to `verb: revoke` undoes it, once people have agreed where it asks them. The initiator may where the reaction says `by: initiator`. A partner that refuses leaves an exception.",
    on: On::Ended,
    whose: Whose::AdminOrLetInitiator,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if !matches!(machine.instance.status, Status::Ended { outcome: Outcome::Approved, .. }) {
        return Err(RefusalCode::NotAllowed.because("only what ended approved can be revoked"));
    }
    let trigger = Trigger::Verb("revoke".to_owned());
    if !machine.flow.reactions.iter().any(|reaction| reaction.trigger == trigger) {
        return Err(RefusalCode::NotAllowed.because("the flow does not say how it is revoked: it has no reaction to `verb: revoke`"));
    }
    if reactions::taken_over(machine) {
        return Err(RefusalCode::AlreadyHandled.because("it is being taken back already"));
    }
    reactions::start(machine, &trigger, json!({"actor": given.act.by.person}));
    Ok(())
}
