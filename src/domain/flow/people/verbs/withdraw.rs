//! `withdraw`: the initiator takes the document back before it is decided.

use super::{Given, On, Verb, Whose};
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::Flow;
use crate::domain::flow::flow::Trigger;
use crate::domain::flow::instance::Instance;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::enter::had_a_say;
use crate::domain::flow::people::is_asking;
use crate::domain::flow::reactions;
use serde_json::json;

pub(super) static VERB: Verb = Verb {
    word: "withdraw",
    doc: "The initiator takes it back: what is open at partners is reversed, and the instance ends `withdrawn`, or as the flow's reaction to `verb: withdraw` says. The flow's `withdraw` says until when.",
    on: On::Running,
    whose: Whose::Initiator,
    core: false,
    while_suspended: false,
    perform,
};

/// The words of `withdraw` of a flow.
pub const TIMES: &[&str] = &["any_time", "before_first_decision", "never"];

/// Until when the initiator of a flow's instances may withdraw them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Withdrawal {
    /// As long as it runs.
    #[default]
    AnyTime,
    /// Until somebody has decided, and again while it lies with the initiator.
    BeforeFirstDecision,
    /// Not at all.
    Never,
}

impl Withdrawal {
    /// By its word.
    pub fn read(word: Option<&str>) -> Withdrawal {
        match word {
            Some("before_first_decision") => Withdrawal::BeforeFirstDecision,
            Some("never") => Withdrawal::Never,
            _ => Withdrawal::AnyTime,
        }
    }
}

/// Why the initiator may not withdraw an instance that runs, by the flow's word.
pub(super) fn refused(flow: &Flow, instance: &Instance) -> Option<Refusal> {
    match flow.withdrawal {
        Withdrawal::AnyTime => None,
        Withdrawal::Never => Some(RefusalCode::NotAllowed.because("nobody withdraws instances of this flow")),
        Withdrawal::BeforeFirstDecision => {
            let mut asking = instance.visits.iter().filter(|visit| is_asking(visit) && !visit.left);
            let returned = asking.any(|visit| visit.people.as_ref().is_some_and(|activation| activation.returned.is_some()));
            let decided = had_a_say(instance, None).next().is_some();
            (decided && !returned).then(|| RefusalCode::AlreadyHandled.because("somebody has decided on it already"))
        }
    }
}

fn perform(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if reactions::taken_over(machine) {
        return Err(RefusalCode::AlreadyHandled.because("it is being taken back already"));
    }
    if let Some(refusal) = refused(machine.flow, &machine.instance) {
        return Err(refusal);
    }
    let own = Trigger::Verb("withdraw".to_owned());
    let trigger = if machine.flow.reactions.iter().any(|reaction| reaction.trigger == own) { own } else { Trigger::Withdraw };
    reactions::start(machine, &trigger, json!({"actor": given.act.by.person}));
    Ok(())
}
