//! `terminate`: an administrator ends the instance; that is no decision about the document.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::flow::Trigger;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::reactions;
use serde_json::json;

pub(super) static VERB: Verb = Verb {
    word: "terminate",
    doc: "Ends the instance with a reason: what is open at partners is reversed, the outcome is `cancelled`.",
    on: On::Running,
    whose: Whose::Admin,
    core: false,
    while_suspended: true,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if reactions::taken_over(machine) {
        return Err(RefusalCode::AlreadyHandled.because("it is being taken back already"));
    }
    if machine.instance.suspended.is_some() {
        crate::domain::flow::people::thaw(machine);
    }
    reactions::start(machine, &Trigger::Cancel, json!({"actor": given.act.by.person}));
    Ok(())
}
