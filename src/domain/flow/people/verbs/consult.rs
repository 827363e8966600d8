//! `consult`: asks for an opinion and waits for it.

use super::assist::ask;
use super::{Given, On, Verb, Whose, go_on};
use crate::domain::approval::{Added, Refusal, TaskKind, TaskState};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "consult",
    doc: "Asks people (`to`) for their opinion and waits until they have answered; the duty stays.",
    on: On::Task(&[TaskKind::Approve, TaskKind::Handle], &[TaskState::Pending]),
    whose: Whose::Holder,
    core: false,
    while_suspended: false,
    perform,
};

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let added = ask(machine, given, TaskKind::Consult, Added::Consulted)?;
    if let Some(task) = machine.instance.visits[given.visit].people.as_mut().and_then(|activation| activation.tasks.get_mut(given.task)) {
        task.state = TaskState::Waiting;
        task.since = None;
        task.after.extend(added);
    }
    machine.touch(given.visit, given.task);
    go_on(machine, given)
}
