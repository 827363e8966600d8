//! `suspend`: no clock runs and nobody decides until it is resumed.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::Refusal;
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "suspend",
    doc: "Stops the clocks: nobody decides, no deadline passes, until it is resumed. Answers of partners are still taken.",
    on: On::Running,
    whose: Whose::Admin,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, _: &Given<'_>) -> Result<(), Refusal> {
    crate::domain::flow::people::suspend::freeze(machine);
    Ok(())
}
