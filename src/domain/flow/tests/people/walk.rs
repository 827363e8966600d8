//! Random walks: people who may and people who may not do anything about any task, while time passes and somebody leaves.
//! After each step the laws are asked.

use super::cells::{self, Met, Standing};
use super::support::*;
use crate::domain::approval::{Act, Activation, Actor, Added, Attachment, RefusalCode, Task, TaskKind, TaskRef, TaskState};
use crate::domain::directory::Directory;
use crate::domain::flow::event::Event;
use crate::domain::flow::people::verbs::WORDS;
use crate::domain::flow::tests::world::World;
use crate::domain::flow::{Flow, Instance};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// One random step.
#[derive(Clone, Debug)]
pub(super) struct Random {
    what: What,
    verb: usize,
    person: usize,
    other: usize,
    how: u8,
    step: usize,
    straight: bool,
    late: bool,
    /// About any task there is, and not the person's own.
    any_task: Option<usize>,
    /// In whose name, by a delegation.
    in_whose_name: Option<usize>,
    /// An act that fits: an open task, by its holder; or, where it is none, now and then one about the whole, by who may.
    apt: Option<usize>,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Acts,
    TimePasses,
    Leaves(usize),
}

/// Who acts; `root` runs the flow, `qian` and `sun` co-manage it, and `lin` has nothing to do with it.
const PEOPLE: [&str; 9] = ["e1001", "wu", "zhao", "qian", "sun", "ma", "he", "lin", "root"];
/// Who may leave, one of them in a walk: an approver, and whoever began it.
const LEAVERS: [&str; 2] = ["ma", INITIATOR];
/// Whoever began it.
pub(super) const INITIATOR: &str = "e1001";
/// `co_managers` of the flows, as people.
const CO_MANAGERS: [&str; 2] = ["qian", "sun"];
/// Steps that stand in reactions.
const IN_REACTIONS: [&str; 2] = ["agree", "let_go"];

pub(super) fn random() -> impl Strategy<Value = Random> {
    let what = prop_oneof![
        60 => Just(What::Acts),
        6 => Just(What::TimePasses),
        1 => (0..LEAVERS.len()).prop_map(What::Leaves),
    ];
    let act = (0_usize..44, 0..PEOPLE.len(), 0..PEOPLE.len(), 0_u8..3, 0_usize..6, any::<bool>(), any::<bool>());
    let any_task = proptest::option::weighted(0.3, 0_usize..64);
    let in_whose_name = proptest::option::weighted(0.1, 0..PEOPLE.len());
    let fits = (proptest::option::weighted(0.4, 0_usize..64), proptest::bool::weighted(0.15));
    (what, act, any_task, in_whose_name, fits).prop_map(|(what, act, any_task, in_whose_name, (apt, whole))| {
        let (verb, person, other, how, step, straight, late) = act;
        Random { what, verb, person, other, how, step, straight, late, any_task, in_whose_name, apt, whole }
    })
}

/// What every flow has: co-managers, a time for the whole, and a revocation that people have to agree to.
const MORE: &str = "co_managers: [{role: cfo}, {user: sun}]\nwithin: {ladder: [{every: 2d, remind: {from: output.holders}}, {after: 6d, escalate: {role: cfo}}, {after: 12d, outcome: expired}]}";
const REVOKE: &str = "  - verb: revoke\n    by: initiator\n    do:\n      - {id: agree, approve: {by: [{user: sun}, {user: zhao}], mode: sequence, empty: block, reject: return, ladder: [{after: 3d, outcome: expired}]}, due: 1d}\n      - id: then\n        choose:\n          branches:\n            - {id: back, when: \"steps.agree.outcome == 'approved'\", steps: [{id: revoked, end: {outcome: revoked, status: revoked}}]}\n          otherwise: {id: stays, steps: [{id: kept, end: {outcome: approved, status: released}}]}";
const WITHDRAW: &str = "  - verb: withdraw\n    do:\n      - {id: let_go, approve: {by: [{user: he}, {user: zhao}], mode: any, empty: block}, due: 1d}\n      - {id: gone, end: {outcome: cancelled, status: cancelled}}";

/// Steps and reactions of the flows that are walked.
pub(super) const FLOWS: [(&str, &[&str]); 3] = [
    (
        "  - {id: one, approve: {by: {managers: 2}, mode: sequence, empty: {to: {user: ma}}, own: superior, repeated: pass_earlier, ladder: [{every: 6h, remind: {from: output.holders}}, {after: 1d, hand_over: superior}, {after: 2d, outcome: expired}]}, due: 1d}\n  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: two, approve: {by: {role: board}, mode: {percent: 60}, veto: {user: sun}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: do, task: {by: {role: procurement_clerk}, mode: claim, empty: pass}, due: 1d}]}\n  - {id: three, approve: {by: [{user: sun}, {user: he}], mode: any, empty: pass, reject: return, copies: [{to: {role: finance_manager}, at: both}]}, due: 1d}",
        &[REVOKE],
    ),
    ("  - {id: one, approve: {by: {user: ma}, empty: block, copies: [{to: {user: he}}]}, due: 1d}", &[REVOKE, WITHDRAW]),
    (
        "  - {id: one, task: {by: [{role: procurement_clerk}, {user: ma}], mode: sequence, empty: pass, ladder: [{after: 3d, hand_over: superior}, {after: 4d, outcome: expired}]}, due: 1d}\n  - {id: two, approve: {by: {managers: 2}, own: pass, mode: claim, empty: block}, due: 1d}\n  - {id: three, approve: {by: [{user: wu}, initiator], own: pass, repeated: pass_earlier, mode: all, empty: pass}, due: 1d}",
        &[WITHDRAW, REVOKE],
    ),
];

/// The company, and the same company after each of those who may leave has left.
pub(super) struct Worlds {
    worlds: Vec<World>,
}

impl Worlds {
    pub(super) fn new() -> Worlds {
        let of = |left: Option<&str>| {
            let mut people: Directory = directory();
            let mut lin = people.users["he"].clone();
            lin.id = "lin".into();
            people.users.insert("lin".into(), lin);
            if let Some(user) = left.and_then(|left| people.users.get_mut(left)) {
                user.active = false;
            }
            World { directory: people, ..World::new() }
        };
        Worlds { worlds: std::iter::once(None).chain(LEAVERS.map(Some)).map(of).collect() }
    }

    pub(super) fn all_there(&self) -> &World {
        &self.worlds[0]
    }

    pub(super) fn flow(&self, number: usize) -> Flow {
        let (steps, reactions) = FLOWS[number];
        self.all_there().steps(steps, &format!("{MORE}\nreactions:\n{}", reactions.join("\n")))
    }
}

/// A play, and who has left.
pub(super) struct Walk<'a> {
    pub(super) play: Play<'a>,
    flow: &'a Flow,
    worlds: &'a Worlds,
    pub(super) left: Option<&'static str>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(flow: &'a Flow, worlds: &'a Worlds, play: Play<'a>) -> Walk<'a> {
        Walk { play, flow, worlds, left: None }
    }

    /// Does one thing and asks the laws; with `met` also what the table of verbs says of all that is there now.
    pub(super) fn step(&mut self, random: &Random, met: Option<&mut Met>) -> Result<(), TestCaseError> {
        match random.what {
            What::TimePasses => {
                if let Some((number, _)) = self.play.stage.next_timer() {
                    self.play.stage.fire(number);
                }
            }
            What::Leaves(who) if self.left.is_none() => {
                self.left = Some(LEAVERS[who]);
                self.play.stage.env = &self.worlds.worlds[1 + who];
                self.play.stage.tell(&Event::Left { person: LEAVERS[who].to_owned() });
            }
            What::Leaves(_) => {}
            What::Acts => self.acts(random)?,
        }
        self.laws()?;
        if let Some(met) = met {
            cells::probe(self, met)?;
        }
        Ok(())
    }

    fn acts(&mut self, random: &Random) -> Result<(), TestCaseError> {
        let before = self.play.stage.instance.clone();
        // Deciding comes more often than the rest.
        let verb = WORDS.get(random.verb).copied().unwrap_or("approve");
        let (verb, person) = self.apt(random).unwrap_or_else(|| (verb, PEOPLE[random.person].to_owned()));
        let person = person.as_str();
        let any_task = random.any_task.and_then(|number| {
            let all = tasks(&before);
            (!all.is_empty()).then(|| all[number % all.len()].0.clone())
        });
        let step = ["one", "two", "initiator", "three", "do", "agree"][random.step].to_owned();
        let mut done = Act::default();
        let said = self.play.says_with(person, verb, |act| {
            act.by.admin = person == "root";
            act.by.on_behalf_of = random.in_whose_name.map(|whose| PEOPLE[whose].to_owned()).filter(|whose| whose != person);
            if let Some(any) = any_task {
                act.task = Some(any);
            }
            act.to = to(&[PEOPLE[random.other]]);
            act.how = Some([Added::Before, Added::After, Added::Beside][random.how as usize]);
            act.step = if verb == "intervene" && random.late { None } else { Some(step) };
            act.straight = random.straight;
            act.in_turn = random.late;
            act.attachments = vec![Attachment { name: "offer.pdf".to_owned(), reference: "files/1".to_owned(), sha256: None }];
            done = act.clone();
        });
        let task = done.task.as_ref().and_then(|task| task_of(&before, task));
        match said {
            Err(_) => prop_assert_eq!(&self.play.stage.instance, &before, "what is refused changes nothing"),
            Ok(()) => {
                prop_assert!(self.may(&before, &done, task), "`{}` was done by who may not: {:?} on {:?}", verb, done, task);
                self.came_true(&before, &done)?;
            }
        }
        // A task in a state the table does not name, or of a kind, refuses in the table's words whoever asks.
        if let (Some(task), Some(expected)) = (task, task.and_then(|task| cells::refused(verb, task.kind, task.state))) {
            prop_assert_eq!(said, Err(expected), "`{}` on {:?}", verb, task);
        }
        Ok(())
    }

    /// A verb that fits, and who may use it.
    fn apt(&self, random: &Random) -> Option<(&'static str, String)> {
        let Some(apt) = random.apt else {
            let (verb, _) = cells::ABOUT_THE_WHOLE[random.verb % cells::ABOUT_THE_WHOLE.len()];
            return random.whole.then(|| (verb, if verb == "withdraw" { INITIATOR } else { "root" }.to_owned()));
        };
        let all = tasks(&self.play.stage.instance);
        let open: Vec<&Task> = all.into_iter().map(|(_, task)| task).filter(|task| task.state == TaskState::Pending).collect();
        let task = *open.get(apt % open.len().max(1))?;
        let fits = cells::ABOUT_TASKS.iter().filter(|(_, kinds, states)| kinds.contains(&task.kind) && states.contains(&task.state));
        let verbs: Vec<&'static str> = fits.map(|(verb, ..)| *verb).collect();
        Some((verbs.get(random.verb % verbs.len().max(1)).copied()?, task.person.clone()))
    }

    /// Whose a verb is, as the reference says it.
    fn may(&self, before: &Instance, act: &Act, task: Option<&Task>) -> bool {
        let by = &act.by;
        let is = |person: &str| by.person == person || by.on_behalf_of.as_deref() == Some(person);
        let holds = task.is_some_and(|task| is(&task.person));
        // Who began it decides nothing for somebody else, nor brings it to themselves.
        let agent = task.is_some_and(|task| task.person != by.person && task.kind == TaskKind::Approve) && holds;
        let own = agent && by.person == INITIATOR;
        let to_themselves = act.to.contains(&by.person);
        let asked = || {
            let about = act.task.as_ref()?;
            let origin = task?.origin?;
            task_of(before, &TaskRef { number: origin.task, ..about.clone() }).map(|asker| is(&asker.person))
        };
        let began = by.person == INITIATOR;
        let co_manages = CO_MANAGERS.contains(&by.person.as_str());
        let takes_part = || tasks(before).iter().any(|(_, task)| task.person == by.person);
        if self.left == Some(by.person.as_str()) {
            return false;
        }
        match act.verb.as_str() {
            "approve" | "reject" => holds && !own,
            "add" if act.how == Some(Added::After) => holds && !own,
            "transfer" | "add" if own && to_themselves => false,
            "transfer" | "add" => holds || by.admin || co_manages,
            "release" => holds || by.admin,
            "remove" => asked() == Some(true) || by.admin || co_manages,
            "withdraw" => began,
            "revoke" => by.admin || began,
            "terminate" => by.admin || co_manages,
            "intervene" | "suspend" | "resume" => by.admin,
            "urge" => began || by.admin || co_manages,
            "comment" | "copy" => began || by.admin || co_manages || takes_part(),
            "attach" => began || by.admin || takes_part(),
            _ => holds,
        }
    }

    /// What must be so after an act that was done.
    fn came_true(&self, before: &Instance, act: &Act) -> Result<(), TestCaseError> {
        let now = &self.play.stage.instance;
        let about = act.task.as_ref();
        match act.verb.as_str() {
            "return" => {
                let step = about.map(|task| task.step.as_str()).unwrap_or_default();
                prop_assert!(!IN_REACTIONS.contains(&step), "what a reaction asks is not sent back");
            }
            "consult" => {
                let asker = about.and_then(|task| task_of(now, task));
                prop_assert_eq!(asker.map(|task| task.state), Some(TaskState::Waiting), "who consults waits for the answer");
            }
            "take_back" => {
                let person = about.and_then(|task| task_of(before, task)).map(|task| task.person.clone()).unwrap_or_default();
                let step = about.map(|task| task.step.clone()).unwrap_or_default();
                let again = now.visits.iter().rev().find(|visit| visit.step == step).and_then(|visit| visit.people.as_ref());
                prop_assert!(again.is_some_and(|people| people.deciding(&person).is_some()), "who takes back is asked again");
            }
            "revoke" => prop_assert!(reacting(now) || now.outcome_word() != Some("approved"), "people are asked whether it is revoked"),
            _ => {}
        }
        if act.verb != "take_back" {
            // Taking back is the one way from a decision to an open task.
            for (old, new) in before.visits.iter().zip(&now.visits) {
                let (Some(old), Some(new)) = (&old.people, &new.people) else { continue };
                for (old, new) in old.tasks.iter().zip(&new.tasks) {
                    prop_assert!(old.state.is_open() || old.state == new.state, "a decided task stays decided: {:?} {:?}", old, new);
                }
            }
        }
        Ok(())
    }

    fn laws(&self) -> Result<(), TestCaseError> {
        let instance = &self.play.stage.instance;
        let exceptions = &self.play.stage.exceptions;
        prop_assert!(exceptions.iter().all(|open| open.code == "nobody_to_ask"), "{:?}", exceptions);
        for visit in instance.visits.iter().filter(|visit| crate::domain::flow::people::is_asking(visit) && !visit.left) {
            let people: &Activation = visit.people.as_ref().expect("asked");
            prop_assert!(!people.holders().is_empty(), "somebody has the turn: {:?}", people);
            prop_assert!(people.ready().is_empty(), "nobody waits for what is over: {:?}", people);
        }
        for (_, task) in tasks(instance) {
            prop_assert!(cells::can_be(task.kind, task.state), "a task to {} is never {}", task.kind.word(), task.state.word());
        }
        if instance.status.is_over() && !reacting(instance) {
            prop_assert!(self.play.stage.timers.is_empty(), "no clock outlives the end: {:?}", instance.timers);
            prop_assert!(self.play.turn().is_empty(), "nobody is asked after the end");
        }
        let began = super::super::world::now();
        let took = self.play.stage.now.duration_since(began);
        let paused = self.play.stage.history.iter().any(|entry| entry.kind == "suspended");
        prop_assert!(
            instance.status.is_over() || paused || took <= jiff::SignedDuration::from_hours(12 * 24),
            "the time of the whole is up, and it goes on"
        );
        let stored = serde_json::to_string(instance).expect("a state can be written");
        prop_assert_eq!(&serde_json::from_str::<Instance>(&stored).expect("readable"), instance);
        Ok(())
    }

    /// What an act would come to, without doing it.
    pub(super) fn would(&self, act: &Act) -> Result<Result<(), RefusalCode>, TestCaseError> {
        let stage = &self.play.stage;
        let event = Event::Act(Box::new(act.clone()));
        let (after, changes) = crate::domain::flow::decide(self.flow, stage.env, stage.instance.clone(), &stage.facts, &event, stage.now);
        if changes.refused.is_some() {
            prop_assert_eq!(&after, &stage.instance, "what is refused changes nothing");
        }
        Ok(changes.refused.map_or(Ok(()), |refusal| Err(refusal.code)))
    }

    /// Where the instance stands.
    pub(super) fn standing(&self) -> Standing {
        let instance = &self.play.stage.instance;
        let approved = instance.outcome_word() == Some("approved");
        match (instance.status.is_over(), instance.suspended.is_some(), reacting(instance)) {
            (true, _, true) => Standing::BeingRevoked,
            (true, _, false) if approved => Standing::Approved,
            (true, _, false) => Standing::EndedOtherwise,
            (false, true, true) => Standing::SuspendedWhileWithdrawn,
            (false, true, false) => Standing::Suspended,
            (false, false, true) => Standing::BeingWithdrawn,
            (false, false, false) => Standing::Running,
        }
    }
}

/// Whether people are asked by a reaction.
fn reacting(instance: &Instance) -> bool {
    let asks = |visit: &&crate::domain::flow::instance::Visit| IN_REACTIONS.contains(&visit.step.as_str()) && !visit.left;
    instance.visits.iter().filter(asks).any(|visit| !visit.state.is_over())
}

/// All tasks there are.
pub(super) fn tasks(instance: &Instance) -> Vec<(TaskRef, &Task)> {
    let of = |visit: &'_ crate::domain::flow::instance::Visit, number: usize| TaskRef {
        step: visit.step.clone(),
        visit: visit.number,
        number: u32::try_from(number).expect("few"),
    };
    instance
        .visits
        .iter()
        .filter_map(|visit| visit.people.as_ref().map(|people| (visit, people)))
        .flat_map(|(visit, people)| people.tasks.iter().enumerate().map(move |(number, task)| (of(visit, number), task)))
        .collect()
}

fn task_of<'a>(instance: &'a Instance, about: &TaskRef) -> Option<&'a Task> {
    let visit = instance.visits.iter().find(|visit| visit.step == about.step && visit.number == about.visit)?;
    visit.people.as_ref()?.tasks.get(about.number as usize)
}

/// Whoever runs the flow.
pub(super) fn root() -> Actor {
    Actor { person: "root".to_owned(), admin: true, ..Actor::default() }
}

/// The kinds of tasks a verb may be about, for messages.
pub(super) fn words(kinds: &[TaskKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.word()).collect()
}
