//! `withdraw`: the initiator takes the document back before it is decided.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::flow::Trigger;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::reactions;
use serde_json::json;

pub(super) static VERB: Verb = Verb {
    word: "withdraw",
    doc: "The initiator takes it back: what is open at partners is reversed, and the instance ends `withdrawn`, or as the flow's reaction to `verb: withdraw` says.",
    on: On::Running,
    whose: Whose::Initiator,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if reactions::taken_over(machine) {
        return Err(RefusalCode::AlreadyHandled.because("it is being taken back already"));
    }
    let own = Trigger::Verb("withdraw".to_owned());
    let trigger = if machine.flow.reactions.iter().any(|reaction| reaction.trigger == own) { own } else { Trigger::Withdraw };
    reactions::start(machine, &trigger, json!({"actor": given.act.by.person}));
    Ok(())
}
