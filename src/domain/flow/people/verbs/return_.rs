//! `return`: sends the document back, to an earlier step or to its initiator.

use super::{Given, On, Verb, Whose, set};
use crate::domain::approval::{Refusal, RefusalCode, Returned, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::{carry_over, going_back};
use crate::domain::flow::reversal;

/// The word for the one who began.
const INITIATOR: &str = "initiator";

pub(super) static VERB: Verb = Verb {
    word: "return",
    doc: "Sends it back: `step` names an earlier step that asked people, or is `initiator`. Afterwards everything between is done again, or with `straight` it comes straight back here.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let act = given.act;
    if reversal::frame(machine, given.visit).is_some() {
        return Err(RefusalCode::NotAllowed.because("what a reaction asks is not sent back: a reaction runs once"));
    }
    if act.straight {
        // Straight back is back to whoever returned it: the others of the step have decided.
        carry_over(machine, given.visit, given.task);
    }
    set(machine, given, TaskState::Returned);
    match act.step.as_deref() {
        None | Some(INITIATOR) => {
            let known = machine.facts.initiator.member("id").as_text().is_some_and(|id| machine.env().directory().works_here(id));
            if !known {
                return Err(RefusalCode::BadPeople.because("nobody is known who began it; return it to a step"));
            }
            let how = if act.straight { Returned::StraightBack } else { Returned::StepByStep };
            going_back::to_initiator(machine, given.visit, how);
            Ok(())
        }
        Some(step) => going_back::to_step(machine, given.visit, step, act.straight).map_err(|why| RefusalCode::NotAllowed.because(why)),
    }
}
