//! What people may do: one file a verb, each one line in the list here. A verb checks, changes tasks, and says what follows.
//!
//! A refused act changes nothing: the caller drops the whole decision.

mod add;
mod answer;
mod approve;
mod assist;
mod attach;
mod claim;
mod comment;
mod complete;
mod consult;
mod contribute;
mod copy;
mod intervene;
mod read;
mod reject;
mod release;
mod remove;
mod resubmit;
mod resume;
mod return_;
mod revoke;
mod suspend;
mod take_back;
mod terminate;
pub mod transfer;
mod urge;
pub mod withdraw;

use super::seen::Seen;
use super::{Asks, asks_of, choose, proceed};
use crate::domain::approval::{Act, Added, Refusal, RefusalCode, Task, TaskKind, TaskState};
use crate::domain::flow::Flow;
use crate::domain::flow::decision::Decided;
use crate::domain::flow::flow::Trigger;
use crate::domain::flow::instance::{Instance, State, Status};
use crate::domain::flow::machine::Machine;
use crate::domain::ids;
use serde_json::{Value as Json, json};

/// Tokens of acts that an instance remembers: a repeat comes within seconds, not after so many others.
const TOKENS_MAX: usize = 64;
/// Longest comment, characters.
pub const COMMENT_MAX: usize = 4_000;
/// Files with one act.
pub const ATTACHMENTS_MAX: usize = 20;
/// People named in one act.
pub const PEOPLE_MAX: usize = 50;

/// A verb.
pub struct Verb {
    /// Its word.
    pub word: &'static str,
    /// What it does, for people.
    pub doc: &'static str,
    /// What it is about.
    pub on: On,
    /// Whose it is.
    pub whose: Whose,
    /// Whether it is part of deciding, so that a step cannot switch it off.
    pub core: bool,
    /// Whether it may be used while the instance is suspended.
    pub while_suspended: bool,
    /// Does it. What it returns as an error was not done.
    pub perform: fn(&mut Machine<'_>, &Given<'_>) -> Result<(), Refusal>,
}

/// What a verb is about.
pub enum On {
    /// A task of these kinds in these states.
    Task(&'static [TaskKind], &'static [TaskState]),
    /// The instance, while it runs.
    Running,
    /// The instance, once it has ended.
    Ended,
    /// The instance at any time.
    Instance,
}

/// Whose a verb is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Whoever holds the task, or acts for them; an administrator may not decide for others.
    Holder,
    /// Whoever holds the task, or an administrator.
    HolderOrAdmin,
    /// Whoever asked for the task, or an administrator.
    AskerOrAdmin,
    /// Who set the instance going.
    Initiator,
    /// Who set the instance going, or an administrator.
    InitiatorOrAdmin,
    /// An administrator of the flow.
    Admin,
    /// An administrator; who set the instance going as well, where the flow's reaction to the verb says so.
    AdminOrLetInitiator,
    /// Whoever has to do with the instance.
    Participant,
}

/// Verbs of a flow's co-managers, beside those that are everybody's: none of them decides.
pub const CO_MANAGED: &[&str] = &["transfer", "add", "remove", "urge", "copy", "comment", "terminate"];

/// Verbs that a step can switch off: those about its tasks that are no part of deciding.
pub const SWITCHED: &[&str] = &["return", "transfer", "add", "remove", "take_back", "assist", "consult"];

/// All verbs.
pub static VERBS: &[&Verb] = &[
    &approve::VERB,
    &reject::VERB,
    &complete::VERB,
    &return_::VERB,
    &resubmit::VERB,
    &transfer::VERB,
    &add::VERB,
    &remove::VERB,
    &claim::VERB,
    &release::VERB,
    &take_back::VERB,
    &assist::VERB,
    &contribute::VERB,
    &consult::VERB,
    &answer::VERB,
    &read::VERB,
    &withdraw::VERB,
    &revoke::VERB,
    &terminate::VERB,
    &intervene::VERB,
    &suspend::VERB,
    &resume::VERB,
    &urge::VERB,
    &comment::VERB,
    &attach::VERB,
    &copy::VERB,
];

/// Their words, in the same order.
pub const WORDS: &[&str] = &[
    "approve",
    "reject",
    "complete",
    "return",
    "resubmit",
    "transfer",
    "add",
    "remove",
    "claim",
    "release",
    "take_back",
    "assist",
    "contribute",
    "consult",
    "answer",
    "read",
    "withdraw",
    "revoke",
    "terminate",
    "intervene",
    "suspend",
    "resume",
    "urge",
    "comment",
    "attach",
    "copy",
];

/// What a verb is given. For verbs about the instance the places are those of what people are asked now, if anything.
pub struct Given<'a> {
    /// The act.
    pub act: &'a Act,
    /// The visit of the task.
    pub visit: usize,
    /// The task's number.
    pub task: usize,
    /// What the step asks.
    pub asks: Option<&'a Asks>,
}

impl Verb {
    /// Whether the `verbs` of a step can switch it off.
    pub fn is_switched(&self) -> bool {
        matches!(self.on, On::Task(..)) && !self.core
    }
}

impl Given<'_> {
    /// The rules of the step; a task has some.
    pub(super) fn rules(&self) -> Result<&Asks, Refusal> {
        self.asks.ok_or_else(|| RefusalCode::NotAllowed.because("the step asks nobody"))
    }
}

/// The verb with this word.
pub fn verb(word: &str) -> Option<&'static Verb> {
    VERBS.iter().copied().find(|verb| verb.word == word)
}

/// Does an act, or says why not.
pub(in crate::domain::flow) fn obey(machine: &mut Machine<'_>, act: &Act) -> Result<(), Refusal> {
    let Some(verb) = verb(&act.verb) else {
        return Err(RefusalCode::NotAllowed.because(format!("there is no verb `{}`", act.verb)));
    };
    let token = token_of(act);
    if machine.instance.acts.contains(&token) {
        // Done already: the same tap, or the answer that got lost.
        return Ok(());
    }
    let given = place(machine, verb, act)?;
    allowed(machine, verb, &given)?;
    as_seen(machine, act)?;
    complete_enough(&given)?;
    let changes = edits::apply(machine, &given)?;
    let (step, visit, number) = match verb.on {
        On::Task(..) => (Some(machine.instance.visits[given.visit].step.clone()), Some(given.visit), Some(given.task)),
        _ => (None, None, None),
    };
    machine.note(
        "act",
        visit,
        json!({"verb": verb.word, "by": act.by.person, "on_behalf_of": act.by.on_behalf_of, "to": act.to, "comment": act.comment}),
    );
    let record = Decided {
        person: act.by.person.clone(),
        on_behalf_of: act.by.on_behalf_of.clone(),
        verb: verb.word.to_owned(),
        why: None,
        comment: act.comment.clone(),
        attachments: act.attachments.iter().map(|attachment| json!(attachment)).collect(),
        changes,
        to: act.to.clone(),
        token: Some(act.token.clone()).filter(|token| !token.is_empty()),
    };
    machine.record(step, visit, number, record);
    (verb.perform)(machine, &given)?;
    if machine.instance.acts.len() >= TOKENS_MAX {
        machine.instance.acts.remove(0);
    }
    machine.instance.acts.push(token);
    Ok(())
}

/// What is decided on must be what was seen, where the act says what that was.
fn as_seen(machine: &Machine<'_>, act: &Act) -> Result<(), Refusal> {
    let now = Seen::now(machine.facts.document.revision, &machine.instance);
    match act.seen.as_deref() {
        Some(seen) if !Seen::read(seen).is_some_and(|seen| seen.is_same_document(now)) => {
            Err(RefusalCode::ChangedMeanwhile.because("the document was changed since it was read"))
        }
        _ => Ok(()),
    }
}

/// Short for the state, and different for different people: a token is its caller's own.
fn token_of(act: &Act) -> String {
    let id = ids::derived(&[b"act", act.by.person.as_bytes(), act.verb.as_bytes(), act.token.as_bytes()]);
    id.simple().to_string()[..16].to_owned()
}

/// Finds what the act is about.
fn place<'a>(machine: &Machine<'a>, verb: &Verb, act: &'a Act) -> Result<Given<'a>, Refusal> {
    let over = machine.instance.status.is_over();
    let On::Task(kinds, states) = verb.on else {
        match verb.on {
            On::Running if over => return Err(RefusalCode::AlreadyHandled.because("the instance is over")),
            On::Ended if !matches!(machine.instance.status, Status::Ended { .. }) => {
                return Err(RefusalCode::NotAllowed.because("the instance has not ended"));
            }
            _ => {}
        }
        let asking = machine.instance.visits.iter().rposition(super::is_asking).unwrap_or(0);
        return Ok(Given { act, visit: asking, task: 0, asks: machine.instance.visits.get(asking).and_then(|_| machine.asks(asking)) });
    };
    let Some(about) = &act.task else { return Err(RefusalCode::Incomplete.because("the verb is about a task, and none is named")) };
    let visit = machine.instance.visits.iter().position(|visit| visit.step == about.step && visit.number == about.visit);
    let found = visit.and_then(|visit| Some((visit, machine.instance.visits[visit].people.as_ref()?.tasks.get(about.number as usize)?)));
    let Some((visit, task)) = found else { return Err(RefusalCode::NotAllowed.because("there is no such task")) };
    if !kinds.contains(&task.kind) {
        let message = format!("`{}` is not for a task to {}", verb.word, task.kind.word());
        return Err(RefusalCode::NotAllowed.because(message));
    }
    if !states.contains(&task.state) {
        return Err(already(task));
    }
    let live = super::is_asking(&machine.instance.visits[visit]);
    let reads = kinds == [TaskKind::Copy];
    if (machine.instance.visits[visit].left || (!live && task.state.is_open())) && !reads {
        return Err(RefusalCode::AlreadyHandled.because("the flow has gone on without this task"));
    }
    Ok(Given { act, visit, task: about.number as usize, asks: machine.asks(visit) })
}

/// Why a task is not open any more, in words.
fn already(task: &Task) -> Refusal {
    let who = task.by.as_ref().unwrap_or(&task.person);
    let message = match task.state {
        TaskState::Waiting => "others come first: it is not this task's turn".to_owned(),
        TaskState::Cancelled => "the task is not needed any more: the step was decided, or the flow has gone on".to_owned(),
        TaskState::Pending => "the task is still open".to_owned(),
        state => format!("already handled: {} by {who}", state.word()),
    };
    RefusalCode::AlreadyHandled.because(message)
}

/// Whether this person may, here and now.
fn allowed(machine: &Machine<'_>, verb: &Verb, given: &Given<'_>) -> Result<(), Refusal> {
    let act = given.act;
    if machine.instance.suspended.is_some() && !verb.while_suspended {
        return Err(RefusalCode::Suspended.because("the instance is suspended; it has to be resumed first"));
    }
    if let (Some(asks), true) = (given.asks, verb.is_switched())
        && asks.verbs.as_ref().is_some_and(|verbs| !verbs.contains(verb.word))
    {
        return Err(RefusalCode::NotAllowed.because(format!("`{}` may not be used at this step", verb.word)));
    }
    let left = machine.env().directory().users.get(act.by.person.as_str()).is_some_and(|user| !user.active);
    if left && !act.by.admin {
        return Err(RefusalCode::NotYours.because("who has left the company does nothing here any more"));
    }
    let initiator = || machine.facts.initiator.member("id").as_text() == Some(&act.by.person);
    let task = machine.instance.visits.get(given.visit).and_then(|visit| visit.people.as_ref()?.tasks.get(given.task));
    let holds = |task: &Task| task.person == act.by.person || act.by.on_behalf_of.as_deref() == Some(&task.person);
    let co_manages = || {
        CO_MANAGED.contains(&verb.word)
            && super::co_manages(machine.flow, machine.env().directory(), &choose::around(machine), &act.by.person)
    };
    let may = match verb.whose {
        Whose::Holder => task.is_some_and(holds),
        Whose::HolderOrAdmin => act.by.admin || task.is_some_and(holds),
        Whose::AskerOrAdmin => {
            let asker = task
                .and_then(|task| task.origin)
                .and_then(|origin| machine.instance.visits[given.visit].people.as_ref()?.tasks.get(origin.task as usize));
            act.by.admin || asker.is_some_and(holds)
        }
        Whose::Initiator => initiator(),
        Whose::InitiatorOrAdmin => act.by.admin || initiator(),
        Whose::Admin => act.by.admin,
        Whose::AdminOrLetInitiator => act.by.admin || (initiator() && lets_initiator(machine.flow, verb.word)),
        Whose::Participant => act.by.admin || initiator() || takes_part(machine, &act.by.person),
    };
    if !may && !co_manages() {
        let message = match verb.whose {
            Whose::Holder | Whose::HolderOrAdmin => "the task is somebody else's",
            Whose::AskerOrAdmin => "only who asked for the task may do this",
            Whose::Initiator | Whose::InitiatorOrAdmin => "only who began the document's flow may do this",
            Whose::Admin => "only who runs the flow may do this",
            Whose::AdminOrLetInitiator => "only who runs the flow may do this, and who began it where its reaction says `by: initiator`",
            Whose::Participant => "only who has to do with it may do this",
        };
        return Err(RefusalCode::NotYours.because(message));
    }
    if initiator() && task.is_some_and(|task| decides_for_another(verb, act, task)) {
        return Err(RefusalCode::NotYours.because("who began the document's flow does not decide on it for somebody else"));
    }
    let decides = matches!(verb.word, "approve" | "reject" | "complete");
    if let (true, Some(asks), Some(task)) = (decides, given.asks, task) {
        if super::enter::is_unclaimed(asks, task) && task.origin.is_none() {
            return Err(RefusalCode::NotAllowed.because("claim the task before you decide it"));
        }
        // Also who acts for somebody else, and who has decided elsewhere since the task came to them.
        if let Some(why) = super::enter::barred(machine, given.visit, asks, &act.by.person) {
            return Err(RefusalCode::NotYours.because(why));
        }
    }
    Ok(())
}

/// Whether an act decides on a task by a delegation, or brings the task to whoever acts by it, who would then decide.
fn decides_for_another(verb: &Verb, act: &Act, task: &Task) -> bool {
    let acts_for = task.kind == TaskKind::Approve && task.person != act.by.person && act.by.on_behalf_of.as_ref() == Some(&task.person);
    let decides = match verb.word {
        "approve" | "reject" => true,
        "add" => act.how == Some(Added::After) || act.to.contains(&act.by.person),
        "transfer" => act.to.contains(&act.by.person),
        _ => false,
    };
    acts_for && decides
}

/// Whether a flow's reaction lets the initiator use a verb that else is only for whoever runs the flow.
pub fn lets_initiator(flow: &Flow, verb: &str) -> bool {
    flow.reactions.iter().any(|reaction| reaction.by_initiator && matches!(&reaction.trigger, Trigger::Verb(word) if word == verb))
}

/// Whether somebody has or had a task here.
fn takes_part(machine: &Machine<'_>, person: &str) -> bool {
    machine
        .instance
        .visits
        .iter()
        .filter_map(|visit| visit.people.as_ref())
        .flat_map(|activation| &activation.tasks)
        .any(|task| task.person == person)
}

/// Whether what must be given is given, within bounds.
fn complete_enough(given: &Given<'_>) -> Result<(), Refusal> {
    let act = given.act;
    let comment = act.comment.as_deref().unwrap_or_default();
    if comment.chars().count() > COMMENT_MAX {
        return Err(RefusalCode::Incomplete.because(format!("a comment has at most {COMMENT_MAX} characters")));
    }
    if act.attachments.len() > ATTACHMENTS_MAX {
        return Err(RefusalCode::Incomplete.because(format!("at most {ATTACHMENTS_MAX} files go with one act")));
    }
    if act.to.len() > PEOPLE_MAX {
        return Err(RefusalCode::BadPeople.because(format!("at most {PEOPLE_MAX} people are named in one act")));
    }
    if needs_comment(&act.verb, given.asks) && comment.trim().is_empty() {
        return Err(RefusalCode::Incomplete.because(format!("`{}` needs a comment here", act.verb)));
    }
    Ok(())
}

/// Whether a verb needs a comment at a step.
pub fn needs_comment(verb: &str, asks: Option<&Asks>) -> bool {
    matches!(verb, "revoke" | "terminate" | "intervene" | "comment" | "consult") || asks.is_some_and(|asks| asks.comment.contains(verb))
}

/// The people an act names, checked: known, working here, none twice.
pub(super) fn named(machine: &Machine<'_>, act: &Act) -> Result<Vec<String>, Refusal> {
    if act.to.is_empty() {
        return Err(RefusalCode::BadPeople.because("nobody is named under `to`"));
    }
    let directory = machine.env().directory();
    let mut people: Vec<String> = Vec::new();
    for person in &act.to {
        if !directory.works_here(person) {
            return Err(RefusalCode::BadPeople.because(format!("nobody with the id `{person}` works here")));
        }
        if people.contains(person) {
            return Err(RefusalCode::BadPeople.because(format!("`{person}` is named twice")));
        }
        people.push(person.clone());
    }
    Ok(people)
}

/// A task takes this state by an act.
pub(super) fn set(machine: &mut Machine<'_>, given: &Given<'_>, state: TaskState) {
    let (now, act) = (machine.now, given.act);
    let attached: Vec<Json> = act.attachments.iter().map(|attachment| json!(attachment)).collect();
    let found = &mut machine.instance.visits[given.visit];
    found.attached.extend(attached);
    let Some(task) = found.people.as_mut().and_then(|activation| activation.tasks.get_mut(given.task)) else { return };
    task.state = state;
    task.ended = Some(now);
    task.by = Some(act.by.person.clone()).filter(|by| *by != task.person);
    task.comment.clone_from(&act.comment);
    machine.touch(given.visit, given.task);
}

/// Goes on at the visit of an act.
pub(super) fn go_on(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    let asks = given.rules()?;
    proceed::proceed(machine, given.visit, asks);
    Ok(())
}

/// Verbs a person may use on a task now, or on the instance when no task is named. The same checks as for an act.
pub fn offered(flow: &Flow, instance: &Instance, about: Option<(usize, usize)>) -> Vec<&'static Verb> {
    let over = instance.status.is_over();
    VERBS
        .iter()
        .copied()
        .filter(|verb| {
            if instance.suspended.is_some() && !verb.while_suspended {
                return false;
            }
            match (&verb.on, about) {
                (On::Task(kinds, states), Some((visit, number))) => {
                    let Some(found) = instance.visits.get(visit) else { return false };
                    let Some(task) = found.people.as_ref().and_then(|activation| activation.tasks.get(number)) else { return false };
                    let asks = flow.step(&found.step).and_then(asks_of);
                    let switched_on =
                        !verb.is_switched() || asks.is_none_or(|asks| asks.verbs.as_ref().is_none_or(|verbs| verbs.contains(verb.word)));
                    let live = task.kind == TaskKind::Copy || (!found.left && (!task.state.is_open() || found.state == State::Awaiting));
                    let unclaimed = asks.is_some_and(|asks| super::enter::is_unclaimed(asks, task));
                    let claims = match verb.word {
                        "claim" => unclaimed,
                        "release" => asks.is_some_and(|asks| asks.mode == crate::domain::approval::Mode::Claim) && task.claimed,
                        "approve" | "reject" | "complete" => !unclaimed,
                        _ => true,
                    };
                    kinds.contains(&task.kind) && states.contains(&task.state) && switched_on && live && claims
                }
                (On::Running, None) => !over && (verb.word != "withdraw" || withdraw::refused(flow, instance).is_none()),
                (On::Ended, None) => matches!(instance.status, Status::Ended { .. }),
                (On::Instance, None) => true,
                _ => false,
            }
        })
        .collect()
}

mod edits;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stand_in_the_order_of_the_verbs() {
        let words: Vec<&str> = VERBS.iter().map(|verb| verb.word).collect();
        assert_eq!(words, WORDS);
    }

    #[test]
    fn the_words_of_a_step_are_those_of_verbs_that_it_switches() {
        let words: Vec<&str> = VERBS.iter().filter(|verb| verb.is_switched()).map(|verb| verb.word).collect();
        assert_eq!(words, SWITCHED);
    }
}
