//! `resume`: the clocks run again; the time between did not count.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "resume",
    doc: "Lets the clocks run again; the time of the suspension does not count.",
    on: On::Running,
    whose: Whose::Admin,
    core: false,
    while_suspended: true,
    perform,
};

fn perform(machine: &mut Machine<'_>, _: &Given<'_>) -> Result<(), Refusal> {
    if machine.instance.suspended.is_none() {
        return Err(RefusalCode::AlreadyHandled.because("the instance is not suspended"));
    }
    crate::domain::flow::people::thaw(machine);
    Ok(())
}
