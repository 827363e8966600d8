//! `attach`: adds files to the record.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::machine::Machine;

pub(super) static VERB: Verb = Verb {
    word: "attach",
    doc: "Adds files to the record; no decision.",
    on: On::Instance,
    whose: Whose::Participant,
    core: false,
    while_suspended: true,
    perform,
};

fn perform(_: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if given.act.attachments.is_empty() { Err(RefusalCode::Incomplete.because("no file is named")) } else { Ok(()) }
}
