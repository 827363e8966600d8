//! A company of eight people, and a play: people act on the tasks of an instance.

use super::super::world::*;
use crate::domain::approval::{Act, Actor, RefusalCode, TaskRef, TaskState};
use crate::domain::directory::{Department, Directory, RoleGrant, User, Wishes};
use crate::domain::flow::Flow;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::stage::Stage;
use crate::domain::text::title::Title;
use std::sync::Arc;

/// Everybody: `li` (e1001) began the order; `wu` leads the team, `zhao` the department, `qian` the company.
pub(in crate::domain::flow::tests) fn directory() -> Directory {
    let mut directory = Directory::default();
    for (id, department, manager) in [
        ("e1001", "buyers", Some("wu")),
        ("wu", "buyers", Some("zhao")),
        ("zhao", "supply", Some("qian")),
        ("qian", "company", None),
        ("sun", "finance", Some("qian")),
        ("ma", "finance", Some("sun")),
        ("he", "finance", Some("sun")),
        ("gone", "finance", Some("sun")),
    ] {
        let user = User {
            id: id.into(),
            name: id.into(),
            email: None,
            department: Some(department.into()),
            manager: manager.map(Arc::from),
            language: None,
            channels: Vec::new(),
            wishes: Wishes::default(),
            active: id != "gone",
        };
        directory.users.insert(id.into(), user);
    }
    for (id, parent, head) in [
        ("buyers", Some("supply"), Some("wu")),
        ("supply", Some("company"), Some("zhao")),
        ("company", None, Some("qian")),
        ("finance", Some("company"), Some("sun")),
    ] {
        let department = Department { id: id.into(), title: Title::read(None), parent: parent.map(Arc::from), head: head.map(Arc::from) };
        directory.departments.insert(id.into(), department);
    }
    for (role, users) in [
        ("finance_manager", vec!["sun"]),
        ("cfo", vec!["qian"]),
        ("board", vec!["ma", "he", "sun", "zhao"]),
        ("procurement_clerk", vec!["e1001", "wu"]),
    ] {
        let users = users.into_iter().map(Arc::from).collect();
        directory.roles.push(RoleGrant { role: role.into(), users, department: None, company: None });
    }
    directory
}

pub(super) fn world() -> World {
    World { directory: directory(), ..World::new() }
}

/// One step `ask` with these keys.
pub(super) fn asking(world: &World, keys: &str) -> Flow {
    world.steps(&format!("  - {{id: ask, approve: {{{keys}}}, due: 2wd}}"), "")
}

/// What became of an act: nothing, or the code of its refusal.
pub(super) type Said = Result<(), RefusalCode>;

pub(super) struct Play<'a> {
    pub(super) stage: Stage<'a>,
    pub(super) tokens: u32,
}

impl<'a> Play<'a> {
    pub(super) fn new(flow: &'a Flow, world: &'a World) -> Play<'a> {
        Play { stage: start(flow, world, "9000.00"), tokens: 0 }
    }

    /// The newest task of somebody that is in this state.
    pub(super) fn task(&self, person: &str, state: TaskState) -> Option<TaskRef> {
        self.stage.instance.visits.iter().rev().find_map(|visit| {
            let tasks = &visit.people.as_ref()?.tasks;
            let number = tasks.iter().rposition(|task| task.person == person && task.state == state)?;
            Some(TaskRef { step: visit.step.clone(), visit: visit.number, number: u32::try_from(number).expect("few") })
        })
    }

    pub(super) fn act(&mut self, mut act: Act) -> Said {
        self.tokens += 1;
        if act.token.is_empty() {
            act.token = format!("t{}", self.tokens);
        }
        match self.stage.tell(&Event::Act(Box::new(act))).refused {
            None => Ok(()),
            Some(refusal) => Err(refusal.code),
        }
    }

    /// Somebody uses a verb on the newest task of theirs that is pending (or, for taking back, decided).
    pub(super) fn says(&mut self, person: &str, verb: &str) -> Said {
        self.says_with(person, verb, |_| {})
    }

    pub(super) fn says_with(&mut self, person: &str, verb: &str, with: impl FnOnce(&mut Act)) -> Said {
        let states: &[TaskState] = match verb {
            "take_back" => &[TaskState::Approved, TaskState::Done],
            _ => &[TaskState::Pending, TaskState::Waiting, TaskState::Cancelled, TaskState::Approved],
        };
        let task = states.iter().find_map(|state| self.task(person, *state));
        let mut act = Act { verb: verb.to_owned(), by: by(person), task, comment: Some("because".to_owned()), ..Act::default() };
        with(&mut act);
        self.act(act)
    }

    /// Somebody uses a verb on the instance.
    pub(super) fn whole(&mut self, by: Actor, verb: &str) -> Said {
        self.act(Act { verb: verb.to_owned(), by, comment: Some("because".to_owned()), ..Act::default() })
    }

    /// Whose turn it is, over all steps.
    pub(super) fn turn(&self) -> Vec<String> {
        self.stage
            .instance
            .visits
            .iter()
            .filter(|visit| !visit.left)
            .filter_map(|visit| visit.people.as_ref())
            .flat_map(|activation| activation.holders())
            .collect()
    }

    pub(super) fn outcome(&self, step: &str) -> Option<Outcome> {
        self.stage.instance.visits.iter().rev().find(|visit| visit.step == step).and_then(|visit| visit.outcome)
    }

    pub(super) fn records(&self) -> u32 {
        self.stage.instance.decisions
    }
}

pub(in crate::domain::flow::tests) fn by(person: &str) -> Actor {
    Actor { person: person.to_owned(), ..Actor::default() }
}

pub(super) fn admin() -> Actor {
    Actor { person: "root".to_owned(), admin: true, ..Actor::default() }
}

pub(super) fn to(people: &[&str]) -> Vec<String> {
    people.iter().map(|person| (*person).to_owned()).collect()
}

pub(super) fn codes_of(play: &Play<'_>) -> Vec<String> {
    play.stage.exceptions.iter().map(|open| open.code.clone()).collect()
}
