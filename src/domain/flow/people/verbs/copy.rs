//! `copy`: tells further people during the run.

use super::{Given, On, Verb, Whose, named};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::proceed;

pub(super) static VERB: Verb = Verb {
    word: "copy",
    doc: "Tells further people (`to`): they see it and nobody waits for them.",
    on: On::Running,
    whose: Whose::Participant,
    core: false,
    while_suspended: true,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let people = named(machine, given.act)?;
    let asked = machine.instance.visits.iter().rposition(|visit| visit.people.is_some());
    let Some(visit) = asked else { return Err(RefusalCode::NotAllowed.because("no step has asked people so far")) };
    proceed::copy_to(machine, visit, people, None);
    Ok(())
}
