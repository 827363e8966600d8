//! `comment`: somebody says something; no decision.

use super::{Given, On, Verb, Whose, named};
use crate::domain::approval::Refusal;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::notices;

pub(super) static VERB: Verb = Verb {
    word: "comment",
    doc: "Says something; those mentioned (`to`) are told. Also after the end.",
    on: On::Instance,
    whose: Whose::Participant,
    core: false,
    while_suspended: true,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if !given.act.to.is_empty() {
        let people = named(machine, given.act)?;
        if !machine.instance.visits.is_empty() {
            notices::tell_people(machine, given.visit, "mentioned", people);
        }
    }
    Ok(())
}
