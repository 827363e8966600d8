//! Steps that ask people: who is asked, what single decisions make of the step, every verb where it may and may not be used.

use super::world::*;
use crate::domain::approval::{Act, Actor, Added, Attachment, RefusalCode, TaskRef, TaskState};
use crate::domain::directory::{Department, Directory, RoleGrant, User};
use crate::domain::flow::Flow;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::people::forecast::forecast;
use crate::domain::flow::people::verbs::offered;
use crate::domain::flow::stage::Stage;
use crate::domain::text::title::Title;
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

/// Everybody: `li` (e1001) began the order; `wu` leads the team, `zhao` the department, `qian` the company.
fn directory() -> Directory {
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

fn world() -> World {
    World { directory: directory(), ..World::new() }
}

/// One step `ask` with these keys.
fn asking(world: &World, keys: &str) -> Flow {
    world.steps(&format!("  - {{id: ask, approve: {{{keys}}}, due: 2wd}}"), "")
}

/// What became of an act: nothing, or the code of its refusal.
type Said = Result<(), RefusalCode>;

struct Play<'a> {
    stage: Stage<'a>,
    tokens: u32,
}

impl<'a> Play<'a> {
    fn new(flow: &'a Flow, world: &'a World) -> Play<'a> {
        Play { stage: start(flow, world, "9000.00"), tokens: 0 }
    }

    /// The newest task of somebody that is in this state.
    fn task(&self, person: &str, state: TaskState) -> Option<TaskRef> {
        self.stage.instance.visits.iter().rev().find_map(|visit| {
            let tasks = &visit.people.as_ref()?.tasks;
            let number = tasks.iter().rposition(|task| task.person == person && task.state == state)?;
            Some(TaskRef { step: visit.step.clone(), visit: visit.number, number: u32::try_from(number).expect("few") })
        })
    }

    fn act(&mut self, mut act: Act) -> Said {
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
    fn says(&mut self, person: &str, verb: &str) -> Said {
        self.says_with(person, verb, |_| {})
    }

    fn says_with(&mut self, person: &str, verb: &str, with: impl FnOnce(&mut Act)) -> Said {
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
    fn whole(&mut self, by: Actor, verb: &str) -> Said {
        self.act(Act { verb: verb.to_owned(), by, comment: Some("because".to_owned()), ..Act::default() })
    }

    /// Whose turn it is, over all steps.
    fn turn(&self) -> Vec<String> {
        self.stage
            .instance
            .visits
            .iter()
            .filter(|visit| !visit.left)
            .filter_map(|visit| visit.people.as_ref())
            .flat_map(|activation| activation.holders())
            .collect()
    }

    fn outcome(&self, step: &str) -> Option<Outcome> {
        self.stage.instance.visits.iter().rev().find(|visit| visit.step == step).and_then(|visit| visit.outcome)
    }

    fn records(&self) -> u32 {
        self.stage.instance.decisions
    }
}

fn by(person: &str) -> Actor {
    Actor { person: person.to_owned(), ..Actor::default() }
}

fn admin() -> Actor {
    Actor { person: "root".to_owned(), admin: true, ..Actor::default() }
}

fn to(people: &[&str]) -> Vec<String> {
    people.iter().map(|person| (*person).to_owned()).collect()
}

#[test]
fn every_way_to_say_who_leads_to_the_people_it_names() {
    let world = world();
    let cases = [
        ("{user: ma}", vec!["ma"]),
        ("{role: board}", vec!["ma", "he", "sun", "zhao"]),
        ("{manager: 1}", vec!["wu"]),
        ("{manager: 2}", vec!["zhao"]),
        ("{head: finance}", vec!["sun"]),
        ("{department_head: 1}", vec!["wu"]),
        ("{department_head: 3}", vec!["qian"]),
        ("{managers: 2}", vec!["wu", "zhao"]),
        ("{managers: 9}", vec!["wu", "zhao", "qian"]),
        ("{managers: {until: cfo}}", vec!["wu", "zhao", "qian"]),
        ("{managers: {until: cfo, most: 1}}", vec!["wu"]),
        ("initiator", vec!["e1001"]),
        ("{from: doc.requester.id}", vec!["e1001"]),
        ("{from: doc.requester}", vec!["e1001"]),
        ("[{manager: 1}, {role: cfo}, {user: wu}]", vec!["wu", "qian"]),
        ("[{user: gone}, {user: ma}]", vec!["ma"]),
    ];
    for (who, people) in cases {
        let flow = asking(&world, &format!("by: {who}, empty: block"));
        assert_eq!(Play::new(&flow, &world).turn(), people, "{who}");
    }
}

#[test]
fn nobody_is_what_the_step_says_it_is() {
    let world = world();
    let play = |empty: &str| {
        let flow = asking(&world, &format!("by: {{role: vacant}}, empty: {empty}"));
        let flow = Box::leak(Box::new(flow));
        let play = Play::new(flow, Box::leak(Box::new(self::world())));
        (play.turn(), play.outcome("ask"), codes_of(&play), play.records())
    };
    assert_eq!(play("pass"), (vec![], Some(Outcome::Approved), vec![], 1));
    assert_eq!(play("reject"), (vec![], Some(Outcome::Rejected), vec![], 1));
    assert_eq!(play("block"), (vec![], None, vec!["nobody_to_ask".to_owned()], 0));
    assert_eq!(play("{to: {user: ma}}"), (vec!["ma".to_owned()], None, vec![], 0));
    assert_eq!(play("{to: {user: gone}}"), (vec![], None, vec!["nobody_to_ask".to_owned()], 0));
}

fn codes_of(play: &Play<'_>) -> Vec<String> {
    play.stage.exceptions.iter().map(|open| open.code.clone()).collect()
}

#[test]
fn one_after_the_other_and_the_first_no_ends_it() {
    let world = world();
    let flow = asking(&world, "by: {managers: 3}, mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.turn(), ["wu"]);
    assert_eq!(play.says("zhao", "approve"), Err(RefusalCode::AlreadyHandled), "it is not the turn of the second");
    assert_eq!(play.says("wu", "approve"), Ok(()));
    assert_eq!(play.turn(), ["zhao"]);
    assert_eq!(play.says("zhao", "reject"), Ok(()));
    assert_eq!((play.turn().len(), play.outcome("ask")), (0, Some(Outcome::Rejected)));
    assert_eq!(play.says("qian", "approve"), Err(RefusalCode::AlreadyHandled), "the last one is not asked any more");
}

#[test]
fn of_two_who_decide_at_once_one_wins() {
    let world = world();
    let flow = asking(&world, "by: {role: board}, mode: any, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("he", "reject"), Ok(()));
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::AlreadyHandled));
    assert_eq!(play.outcome("ask"), Some(Outcome::Rejected));
    assert_eq!(play.records(), 1, "what was refused leaves no record");
}

#[test]
fn the_same_tap_twice_is_one_decision() {
    let world = world();
    let flow = asking(&world, "by: [{user: ma}, {user: he}], empty: block");
    let mut play = Play::new(&flow, &world);
    let task = play.task("ma", TaskState::Pending);
    let act = Act { verb: "approve".to_owned(), by: by("ma"), task, token: "tap".to_owned(), ..Act::default() };
    assert_eq!(play.act(act.clone()), Ok(()));
    assert_eq!(play.act(act.clone()), Ok(()), "the repeat is answered like the first");
    assert_eq!(play.records(), 1);
    assert_eq!(play.act(Act { token: "another".to_owned(), ..act }), Err(RefusalCode::AlreadyHandled));
}

#[test]
fn a_stranger_and_an_administrator_do_not_decide() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    let task = play.task("ma", TaskState::Pending);
    for actor in [by("he"), admin()] {
        let act = Act { verb: "approve".to_owned(), by: actor, task: task.clone(), ..Act::default() };
        assert_eq!(play.act(act), Err(RefusalCode::NotYours));
    }
    let agent = Actor { on_behalf_of: Some("ma".to_owned()), ..by("he") };
    assert_eq!(play.act(Act { verb: "approve".to_owned(), by: agent, task, ..Act::default() }), Ok(()));
    let task = &play.stage.instance.visits[0].people.as_ref().expect("asked").tasks[0];
    assert_eq!((task.person.as_str(), task.by.as_deref()), ("ma", Some("he")), "both names are known");
}

#[test]
fn who_began_it_does_not_decide_where_the_step_forbids_it() {
    let world = world();
    let own = |own: &str| {
        let flow: &Flow = Box::leak(Box::new(asking(&world, &format!("by: [initiator, {{user: ma}}], empty: block{own}"))));
        let play = Play::new(flow, Box::leak(Box::new(self::world())));
        play.turn()
    };
    assert_eq!(own(""), ["e1001", "ma"]);
    assert_eq!(own(", own: pass"), ["ma"]);
    assert_eq!(own(", own: superior"), ["wu", "ma"]);
    assert_eq!(own(", own: head"), ["wu", "ma"]);
    assert_eq!(own(", second_person: true"), ["ma"]);
    let flow = asking(&world, "by: {user: ma}, second_person: true, empty: block");
    let mut play = Play::new(&flow, &world);
    let act = |verb: &str| Act {
        verb: verb.to_owned(),
        by: Actor { on_behalf_of: Some("ma".to_owned()), ..by("e1001") },
        task: play.task("ma", TaskState::Pending),
        ..Act::default()
    };
    let (approve, hand) = (act("approve"), Act { to: to(&["e1001"]), ..act("transfer") });
    assert_eq!(play.act(approve), Err(RefusalCode::NotYours), "not for somebody else either");
    assert_eq!(play.act(hand), Err(RefusalCode::BadPeople));
}

#[test]
fn who_agreed_already_is_passed_where_the_step_says_so() {
    let world = world();
    let two = |repeated: &str, first: &str| {
        let steps = format!(
            "  - {{id: first, approve: {{by: {{user: {first}}}, empty: block}}, due: 1d}}\n  - {{id: middle, approve: {{by: {{user: he}}, empty: block}}, due: 1d}}\n  - {{id: ask, approve: {{by: {{user: ma}}, empty: block, repeated: {repeated}}}, due: 1d}}"
        );
        let flow: &Flow = Box::leak(Box::new(world.steps(&steps, "")));
        let mut play = Play::new(flow, Box::leak(Box::new(self::world())));
        assert_eq!(play.says(first, "approve"), Ok(()));
        assert_eq!(play.says("he", "approve"), Ok(()));
        play.turn()
    };
    assert_eq!(two("ask", "ma"), ["ma"]);
    assert_eq!(two("pass_adjacent", "ma"), ["ma"], "the step between was another's");
    assert!(two("pass_earlier", "ma").is_empty());
    assert_eq!(two("pass_earlier", "sun"), ["ma"]);
}

#[test]
fn a_yes_from_before_a_change_or_a_return_does_not_count_as_said_already() {
    let world = world();
    let steps = "  - {id: first, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: middle, approve: {by: {user: he}, empty: block, fields: {note: edit}}, due: 1d}\n  - {id: ask, approve: {by: {user: ma}, empty: block, repeated: pass_earlier}, due: 1d}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.says_with("he", "approve", |act| drop(act.edits.insert("note".to_owned(), json!("new")))), Ok(()));
    assert_eq!(play.turn(), ["ma"], "what was agreed to has changed");
    assert_eq!(play.stage.instance.assigned, [("note".to_owned(), json!("new"))]);
}

#[test]
fn before_after_and_beside() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let add = |play: &mut Play<'_>, how: Added, people: &[&str]| {
        play.says_with("ma", "add", |act| {
            act.how = Some(how);
            act.to = to(people);
        })
    };
    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::Before, &["he", "sun"]), Ok(()));
    assert_eq!(play.turn(), ["he", "sun"]);
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::AlreadyHandled), "they come first");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(add(&mut play, Added::Before, &["wu"]), Ok(()));
    assert_eq!(play.says("wu", "reject"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Rejected));

    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::After, &["he"]), Ok(()));
    assert_eq!((play.turn(), play.outcome("ask")), (to(&["he"]), None), "the asker has agreed");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));

    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::Beside, &["he"]), Ok(()));
    assert_eq!(play.turn(), ["ma", "he"]);
    assert_eq!(add(&mut play, Added::Beside, &["he"]), Err(RefusalCode::BadPeople), "asked already");
    assert_eq!(add(&mut play, Added::Beside, &["gone"]), Err(RefusalCode::BadPeople), "has left");
}

#[test]
fn added_on_the_head_of_a_sequence_come_before_the_next() {
    let world = world();
    let flow = asking(&world, "by: {managers: 2}, mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(
        play.says_with("wu", "add", |act| {
            act.how = Some(Added::After);
            act.to = to(&["he", "ma"]);
            act.in_turn = true;
        }),
        Ok(())
    );
    for person in ["he", "ma", "zhao"] {
        assert_eq!(play.turn(), [person]);
        assert_eq!(play.says(person, "approve"), Ok(()));
    }
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn an_added_one_can_be_removed_but_not_the_last() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "remove"), Err(RefusalCode::NotYours));
    let task = play.task("ma", TaskState::Pending);
    assert_eq!(
        play.act(Act { verb: "remove".to_owned(), by: admin(), task, ..Act::default() }),
        Err(RefusalCode::NotAllowed),
        "the last one"
    );
    play.says_with("ma", "add", |act| {
        act.how = Some(Added::Before);
        act.to = to(&["he"]);
    })
    .expect("allowed");
    let task = play.task("he", TaskState::Pending);
    assert_eq!(
        play.act(Act { verb: "remove".to_owned(), by: by("sun"), task: task.clone(), ..Act::default() }),
        Err(RefusalCode::NotYours)
    );
    assert_eq!(play.act(Act { verb: "remove".to_owned(), by: by("ma"), task, ..Act::default() }), Ok(()));
    assert_eq!(play.turn(), ["ma"], "what waited for the removed one goes on");
}

#[test]
fn a_duty_that_is_handed_on_keeps_its_place() {
    let world = world();
    let flow = asking(&world, "by: {managers: 2}, mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    let hand = |play: &mut Play<'_>, from: &str, receiver: &str| play.says_with(from, "transfer", |act| act.to = to(&[receiver]));
    assert_eq!(hand(&mut play, "wu", "wu"), Err(RefusalCode::BadPeople));
    assert_eq!(hand(&mut play, "wu", "ma"), Ok(()));
    assert_eq!(play.turn(), ["ma"], "not the next one");
    assert_eq!(hand(&mut play, "ma", "zhao"), Ok(()), "who has a task here already gets no second one");
    assert_eq!(play.turn(), ["zhao"]);
    assert_eq!(play.says("zhao", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));

    let flow = asking(&world, "by: [{user: ma}, {user: he}, {user: sun}], mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(hand(&mut play, "ma", "sun"), Ok(()), "the last of the line");
    assert_eq!(play.turn(), ["sun"], "has the place of the first");
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.turn(), ["he"]);

    let flow = asking(&world, "by: [{user: ma}, {user: he}], empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(hand(&mut play, "ma", "he"), Ok(()));
    assert_eq!(play.turn(), ["he"], "the two duties became one");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn a_vote_ends_when_it_cannot_be_won_any_more_and_a_veto_ends_it_at_once() {
    let world = world();
    let flow = asking(&world, "by: {role: board}, mode: {percent: 75}, veto: {user: sun}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "reject"), Ok(()));
    assert_eq!(play.outcome("ask"), None, "three of four can still agree");
    assert_eq!(play.says("he", "reject"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Rejected));
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("sun", "reject"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Rejected));
}

#[test]
fn whoever_claims_has_it_alone_until_it_is_released() {
    let world = world();
    let flow = asking(&world, "by: {role: board}, mode: claim, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.turn().len(), 4);
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::NotAllowed), "claim it first");
    assert_eq!(play.says("ma", "claim"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("he", "claim"), Err(RefusalCode::AlreadyHandled));
    assert_eq!(play.says("ma", "release"), Ok(()));
    assert_eq!(play.turn().len(), 4);
    assert_eq!(play.says("he", "claim"), Ok(()));
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn help_does_not_decide_and_an_opinion_is_waited_for() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says_with("ma", "assist", |act| act.to = to(&["he"])), Ok(()));
    assert_eq!(play.turn(), ["ma", "he"]);
    assert_eq!(play.says("he", "approve"), Err(RefusalCode::NotAllowed));
    assert_eq!(play.says_with("he", "contribute", |act| act.comment = None), Err(RefusalCode::Incomplete));
    assert_eq!(play.says("he", "contribute"), Ok(()));
    assert_eq!(play.says_with("ma", "consult", |act| act.to = to(&["sun"])), Ok(()));
    assert_eq!(play.turn(), ["sun"]);
    assert_eq!(play.says("sun", "answer"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

const LADDER: &str = "  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - {id: two, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: three, approve: {by: {user: sun}, empty: block}, due: 1d}";

#[test]
fn a_return_is_done_again_step_by_step_or_comes_straight_back() {
    let world = world();
    let flow = world.steps(LADDER, "");
    for (straight, then) in [(false, vec!["wu", "ma", "sun"]), (true, vec!["wu", "sun"])] {
        let mut play = Play::new(&flow, &world);
        play.says("wu", "approve").expect("allowed");
        play.says("ma", "approve").expect("allowed");
        let said = play.says_with("sun", "return", |act| {
            act.step = Some("one".to_owned());
            act.straight = straight;
        });
        assert_eq!(said, Ok(()));
        for person in then {
            assert_eq!(play.turn(), [person], "straight: {straight}");
            assert_eq!(play.says(person, "approve"), Ok(()));
        }
        assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    }
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    for step in ["two", "three", "done", "nonsense"] {
        let said = play.says_with("ma", "return", |act| act.step = Some(step.to_owned()));
        assert_eq!(said, Err(RefusalCode::NotAllowed), "{step}");
    }
    assert_eq!(play.says_with("ma", "return", |act| act.comment = None), Err(RefusalCode::Incomplete), "a return says why");
}

#[test]
fn what_goes_back_to_the_initiator_begins_a_new_round() {
    let world = world();
    let flow = world.steps(LADDER, "");
    for (straight, then) in [(false, "wu"), (true, "ma")] {
        let mut play = Play::new(&flow, &world);
        play.says("wu", "approve").expect("allowed");
        assert_eq!(play.says_with("ma", "return", |act| act.straight = straight), Ok(()));
        assert_eq!(play.turn(), ["e1001"]);
        let mut other = Play {
            stage: Stage {
                flow: play.stage.flow,
                env: play.stage.env,
                facts: play.stage.facts.clone(),
                newest: play.stage.newest.clone(),
                instance: play.stage.instance.clone(),
                now: play.stage.now,
                outbox: Vec::new(),
                timers: play.stage.timers.clone(),
                exceptions: Vec::new(),
                statuses: play.stage.statuses.clone(),
                history: Vec::new(),
                calls: play.stage.calls.clone(),
            },
            tokens: 100,
        };
        other.says_with("e1001", "resubmit", |act| drop(act.edits.insert("total_gross".to_owned(), json!("99000.00")))).expect("allowed");
        assert_eq!(other.turn(), ["wu"], "what was changed is agreed to anew by all, straight or not");
        assert_eq!(play.says("ma", "approve"), Err(RefusalCode::Incomplete), "the task of theirs is over, and no other is named");
        assert_eq!(play.says("e1001", "resubmit"), Ok(()));
        assert_eq!(play.turn(), [then]);
        assert_eq!(play.stage.instance.round.0, 2);
    }
}

#[test]
fn a_no_may_mean_a_return() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block, reject: return");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "reject"), Ok(()));
    assert_eq!((play.turn(), play.outcome("ask")), (to(&["e1001"]), None));
    assert_eq!(play.says("e1001", "resubmit"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
}

#[test]
fn a_yes_is_taken_back_as_long_as_nothing_came_of_it() {
    let world = world();
    let flow = world.steps(LADDER, "");
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("wu", "take_back"), Ok(()));
    assert_eq!(play.turn(), ["wu"]);
    play.says("wu", "approve").expect("allowed");
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.says("wu", "take_back"), Err(RefusalCode::AlreadyHandled), "ma has decided since");
    assert_eq!(play.says("ma", "take_back"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);

    let flow = asking(&world, "by: [{user: ma}, {user: he}], empty: block");
    let mut play = Play::new(&flow, &world);
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.says("ma", "take_back"), Ok(()));
    play.says("ma", "approve").expect("allowed");
    play.says("he", "approve").expect("allowed");
    assert_eq!(play.says("he", "take_back"), Err(RefusalCode::AlreadyHandled), "the instance is over");

    let flow = world
        .steps("  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - {id: free, call: erp.release_order, map: po_ref}", "");
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    assert_eq!(play.says("wu", "take_back"), Err(RefusalCode::AlreadyHandled), "the ERP has been told");
}

#[test]
fn the_initiator_withdraws_while_it_runs_and_nobody_else() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.whole(by("ma"), "withdraw"), Err(RefusalCode::NotYours));
    assert_eq!(play.whole(by("e1001"), "withdraw"), Ok(()));
    assert_eq!((play.stage.instance.outcome_word(), play.turn().len()), (Some("withdrawn"), 0));
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::AlreadyHandled), "the last approval comes too late");
    let mut play = Play::new(&flow, &world);
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.whole(by("e1001"), "withdraw"), Err(RefusalCode::AlreadyHandled), "the withdrawal comes too late");
}

#[test]
fn what_was_approved_is_revoked_as_the_flow_says_and_a_refusal_is_an_exception() {
    let world = world();
    let steps = "  - {id: ask, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: free, call: erp.release_order, map: po_ref, sets: released}";
    let revoke = "reactions:\n  - {verb: revoke, do: [{reverse: [free]}, {end: {outcome: revoked, status: revoked}}]}";
    let without = world.steps(steps, "");
    let with = world.steps(steps, revoke);
    for (flow, said) in [(&without, Err(RefusalCode::NotAllowed)), (&with, Ok(()))] {
        let mut play = Play::new(flow, &world);
        play.says("ma", "approve").expect("allowed");
        assert_eq!(play.whole(admin(), "revoke"), Err(RefusalCode::NotAllowed), "it has not ended");
        answer(&mut play.stage, "release_order", done(&[]));
        assert_eq!(play.whole(by("ma"), "revoke"), Err(RefusalCode::NotYours));
        assert_eq!(play.whole(admin(), "revoke"), said);
        if said.is_ok() {
            answer(&mut play.stage, "return_order", failed(crate::domain::flow::effect::Cause::DataWrong));
            assert_eq!(codes_of(&play), ["reverse_failed"]);
            assert_eq!(play.stage.instance.outcome_word(), Some("approved"), "it is not revoked before the ERP agrees");
        }
    }
}

#[test]
fn suspended_time_does_not_count() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block, ladder: [{after: 1d, outcome: expired}]");
    let mut play = Play::new(&flow, &world);
    let hours = |play: &mut Play<'_>, hours: i64| {
        play.stage.now = play.stage.now.checked_add(jiff::SignedDuration::from_hours(hours)).expect("in range");
    };
    hours(&mut play, 10);
    assert_eq!(play.whole(admin(), "suspend"), Ok(()));
    assert!(play.stage.timers.is_empty(), "no clock runs");
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::Suspended));
    assert_eq!(play.whole(by("ma"), "comment"), Ok(()));
    hours(&mut play, 100);
    assert_eq!(play.whole(admin(), "resume"), Ok(()));
    let (number, due) = play.stage.next_timer().expect("the clock runs again");
    assert_eq!(due.duration_since(play.stage.now), jiff::SignedDuration::from_hours(14), "what was left is left");
    play.stage.fire(number);
    assert_eq!(play.outcome("ask"), Some(Outcome::Expired));
}

#[test]
fn time_passes_a_step_on_or_ends_it() {
    let world = world();
    let rung = |rung: &str| {
        let flow: &Flow = Box::leak(Box::new(asking(&world, &format!("by: {{user: ma}}, empty: block, ladder: [{rung}]"))));
        let mut play = Play::new(flow, Box::leak(Box::new(self::world())));
        let (number, _) = play.stage.next_timer().expect("a rung is armed");
        play.stage.fire(number);
        (play.turn(), play.outcome("ask"))
    };
    assert_eq!(rung("{after: 1d, hand_over: superior}"), (to(&["sun"]), None));
    assert_eq!(rung("{after: 1d, hand_over: {user: he}}"), (to(&["he"]), None));
    assert_eq!(rung("{after: 1d, outcome: approved}"), (vec![], Some(Outcome::Approved)));
    assert_eq!(rung("{after: 1d, outcome: rejected}"), (vec![], Some(Outcome::Rejected)));
    assert_eq!(rung("{after: 1d, remind: {from: output.holders}}"), (to(&["ma"]), None));
}

#[test]
fn a_timer_is_armed_anew_for_each_visit_and_an_old_one_never_fires() {
    let world = world();
    let flow = world.steps(
        "  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - {id: two, approve: {by: {user: ma}, empty: block, ladder: [{after: 1d, outcome: expired}]}, due: 1d}",
        "",
    );
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    let (first, _) = play.stage.next_timer().expect("armed");
    play.says_with("ma", "return", |act| act.step = Some("one".to_owned())).expect("allowed");
    assert_eq!(play.stage.next_timer(), None);
    play.says("wu", "approve").expect("allowed");
    let (second, _) = play.stage.next_timer().expect("armed anew");
    assert_ne!(first, second);
    play.stage.tell(&Event::TimerFired { timer: first });
    assert_eq!(play.turn(), ["ma"], "the old one means nothing");
}

#[test]
fn urging_has_its_limits() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    let mut said = Vec::new();
    for _ in 0..6 {
        said.push(play.whole(by("e1001"), "urge").is_ok());
        play.stage.now = play.stage.now.checked_add(jiff::SignedDuration::from_mins(40)).expect("in range");
    }
    assert_eq!(said, [true, false, true, false, true, false], "once an hour");
    play.stage.now = play.stage.now.checked_add(jiff::SignedDuration::from_hours(2)).expect("in range");
    assert_eq!(play.whole(by("e1001"), "urge"), Err(RefusalCode::TooSoon), "three times a day");
    assert_eq!(play.whole(by("ma"), "urge"), Err(RefusalCode::NotYours));
}

#[test]
fn who_leaves_leaves_no_task_behind() {
    let mut world = world();
    let flow = asking(&world, "by: [{user: ma}, {user: he}], mode: sequence, empty: block");
    let mut instance = {
        let play = Play::new(&flow, &world);
        play.stage.instance.clone()
    };
    for user in ["ma", "he"] {
        world.directory.users.get_mut(user).expect("known").active = false;
    }
    let mut play = Play::new(&flow, &world);
    std::mem::swap(&mut play.stage.instance, &mut instance);
    play.stage.tell(&Event::Left { person: "ma".to_owned() });
    assert_eq!(play.turn(), ["sun"]);
    play.stage.tell(&Event::Left { person: "he".to_owned() });
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved), "both duties went to the superior and became one");
    play.stage.tell(&Event::Left { person: "sun".to_owned() });
}

#[test]
fn an_administrator_replaces_decides_and_goes_back() {
    let world = world();
    let flow = world.steps(LADDER, "");
    let mut play = Play::new(&flow, &world);
    let intervene = |play: &mut Play<'_>, with: &dyn Fn(&mut Act)| {
        let mut act = Act { verb: "intervene".to_owned(), by: admin(), comment: Some("because".to_owned()), ..Act::default() };
        with(&mut act);
        play.act(act)
    };
    assert_eq!(play.whole(by("wu"), "intervene"), Err(RefusalCode::NotYours));
    assert_eq!(intervene(&mut play, &|act| act.to = to(&["he", "ma"])), Ok(()));
    assert_eq!(play.turn(), ["he", "ma"]);
    assert_eq!(intervene(&mut play, &|act| act.outcome = Some("approved".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["ma"], "the next step");
    assert_eq!(intervene(&mut play, &|act| act.step = Some("one".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["wu"]);
    assert_eq!(intervene(&mut play, &|act| act.comment = None), Err(RefusalCode::Incomplete), "an intervention says why");
}

#[test]
fn copies_are_read_and_block_nobody() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block, copies: [{to: {user: he}}, {to: {user: wu}, at: exit}]");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    for person in ["he", "wu"] {
        assert!(play.task(person, TaskState::Pending).is_some(), "{person} is told");
        assert_eq!(play.says(person, "read"), Ok(()), "also after the end");
    }
}

#[test]
fn a_task_wants_its_proof_and_required_fields() {
    let world = world();
    let flow = world
        .steps("  - {id: do, task: {by: {user: ma}, empty: block, proof: true, fields: {note: required, total_gross: read}}, due: 1d}", "");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "reject"), Err(RefusalCode::NotAllowed), "there is no no");
    let edits = |act: &mut Act, field: &str, value: serde_json::Value| drop(act.edits.insert(field.to_owned(), value));
    assert_eq!(play.says_with("ma", "complete", |act| edits(act, "total_gross", json!("1.00"))), Err(RefusalCode::NotAllowed));
    assert_eq!(play.says("ma", "complete"), Err(RefusalCode::Incomplete), "the note is missing");
    assert_eq!(
        play.says_with("ma", "complete", |act| edits(act, "note", json!("done"))),
        Err(RefusalCode::Incomplete),
        "the proof is missing"
    );
    assert_eq!(play.stage.instance.assigned, [], "what is refused changes nothing");
    let said = play.says_with("ma", "complete", |act| {
        edits(act, "note", json!("done"));
        act.attachments.push(Attachment { name: "receipt.pdf".to_owned(), reference: "files/1".to_owned(), sha256: None });
    });
    assert_eq!(said, Ok(()));
    assert_eq!(play.stage.instance.visits[0].output.as_ref().expect("an output")["attachments"][0]["name"], "receipt.pdf");
}

#[test]
fn a_branch_returns_within_itself_or_before_the_fork() {
    let world = world();
    let steps = "  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: a1, approve: {by: {user: ma}, empty: block}, due: 1d}, {id: a2, approve: {by: {user: he}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: b1, approve: {by: {user: sun}, empty: block}, due: 1d}]}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.turn(), ["sun", "he"]);
    assert_eq!(
        play.says_with("he", "return", |act| act.step = Some("b1".to_owned())),
        Err(RefusalCode::NotAllowed),
        "not into another branch"
    );
    assert_eq!(play.says_with("he", "return", |act| act.step = Some("a1".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["sun", "ma"], "the sibling is left alone");
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.says_with("he", "return", |act| act.step = Some("one".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["wu"], "before the fork: all branches are left");
    assert_eq!(play.says("sun", "approve"), Err(RefusalCode::AlreadyHandled));
}

const FORK: &str = "  - id: both\n    parallel:\n      JOIN\n      branches:\n        - {id: a, steps: [{id: a1, approve: {by: {user: ma}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: b1, approve: {by: {user: he}, empty: block}, due: 1d}]}\n        - {id: c, steps: [{id: c1, approve: {by: {user: sun}, empty: block}, due: 1d}]}";

#[test]
fn a_fork_waits_for_all_for_some_or_for_one() {
    let world = world();
    for (join, needed) in [("join: all", 3), ("join: any", 1), ("join: {at_least: 2}", 2)] {
        let flow = world.steps(&FORK.replace("JOIN", join), "");
        let mut play = Play::new(&flow, &world);
        for (said, person) in ["he", "ma", "sun"].into_iter().take(needed).enumerate() {
            assert_eq!(play.stage.instance.outcome_word(), None, "{join}: after {said}");
            assert_eq!(play.says(person, "approve"), Ok(()));
        }
        assert_eq!((play.stage.instance.outcome_word(), play.turn()), (Some("approved"), vec![]), "{join}");
    }
}

#[test]
fn a_no_in_one_branch_leaves_the_others_where_the_fork_says_so() {
    let world = world();
    let after = "  - {id: end_here, when: steps.b1.outcome == 'rejected', approve: {by: {user: wu}, empty: block}, due: 1d}";
    for (join, turn) in [("on_rejection: wait", vec!["ma", "sun"]), ("on_rejection: leave_others", vec!["wu"])] {
        let flow = world.steps(&format!("{}\n{after}", FORK.replace("JOIN", join)), "");
        let mut play = Play::new(&flow, &world);
        assert_eq!(play.says("he", "reject"), Ok(()));
        assert_eq!(play.turn(), turn, "{join}");
    }
}

#[test]
fn duties_that_must_be_two_peoples_cannot_be_brought_together_by_any_way() {
    let world = world();
    let steps = "  - {id: first, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: second, approve: {by: {user: he}, empty: block, second_person: true, ladder: [{after: 1d, hand_over: {user: ma}}]}, due: 2d}";
    let flow = world.steps(steps, "");
    let begin = || {
        let mut play = Play::new(&flow, &world);
        // Sun decides for ma: both have had a say then.
        let act = Act {
            verb: "approve".to_owned(),
            by: Actor { on_behalf_of: Some("ma".to_owned()), ..by("sun") },
            task: play.task("ma", TaskState::Pending),
            ..Act::default()
        };
        assert_eq!(play.act(act), Ok(()));
        play
    };
    for person in ["ma", "sun", "e1001"] {
        assert_eq!(begin().says_with("he", "transfer", |act| act.to = to(&[person])), Err(RefusalCode::BadPeople), "{person}");
        let add = |act: &mut Act| {
            act.to = to(&[person]);
            act.how = Some(Added::Beside);
        };
        assert_eq!(begin().says_with("he", "add", add), Err(RefusalCode::BadPeople), "{person}");
        let mut play = begin();
        let act =
            Act { verb: "intervene".to_owned(), by: admin(), comment: Some("because".to_owned()), to: to(&[person]), ..Act::default() };
        assert_eq!(play.act(act), Err(RefusalCode::BadPeople), "{person}");
        let mut play = begin();
        let agent = Actor { on_behalf_of: Some("he".to_owned()), ..by(person) };
        let act = Act { verb: "approve".to_owned(), by: agent, task: play.task("he", TaskState::Pending), ..Act::default() };
        assert_eq!(play.act(act), Err(RefusalCode::NotYours), "{person}");
    }
    let mut play = begin();
    let (number, _) = play.stage.next_timer().expect("armed");
    play.stage.fire(number);
    assert_eq!(play.turn(), ["he"], "time brings them together no more than people do");
}

#[test]
fn the_initiator_does_not_get_their_own_document_by_a_detour() {
    let world = world();
    for own in ["pass", "superior", "head"] {
        let flow = asking(&world, &format!("by: {{user: ma}}, own: {own}, empty: block"));
        let mut play = Play::new(&flow, &world);
        assert_eq!(play.says_with("ma", "transfer", |act| act.to = to(&["e1001"])), Err(RefusalCode::BadPeople), "{own}");
    }
}

#[test]
fn more_votes_than_people_want_a_person() {
    let world = world();
    let flow = asking(&world, "by: {role: board}, mode: {votes: 5}, empty: block");
    let play = Play::new(&flow, &world);
    assert_eq!(codes_of(&play), ["too_few_people"]);
}

#[test]
fn what_was_gone_back_behind_is_no_condition_any_more() {
    let world = world();
    let steps = "  - {id: lead, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - {id: head, when: steps.lead.outcome == 'approved', approve: {by: {user: zhao}, empty: block}, due: 1d}\n  - {id: money, when: steps.head.outcome == 'approved', approve: {by: {user: sun}, empty: block}, due: 1d}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    play.says("wu", "approve").expect("allowed");
    play.says("zhao", "approve").expect("allowed");
    play.says_with("sun", "return", |act| act.step = Some("lead".to_owned())).expect("allowed");
    play.says("wu", "reject").expect("allowed");
    assert_eq!((play.turn(), play.stage.instance.outcome_word()), (vec![], Some("approved")), "neither of the later steps asks");
}

#[test]
fn straight_back_is_back_to_who_returned_it_unless_something_was_changed() {
    let world = world();
    let steps = "  - {id: one, approve: {by: {user: wu}, empty: block, fields: {note: edit}}, due: 1d}\n  - {id: two, approve: {by: {user: sun}, empty: block}, due: 1d}\n  - {id: three, approve: {by: [{user: ma}, {user: he}], mode: sequence, empty: block}, due: 1d}";
    let flow = world.steps(steps, "");
    for (edit, then) in [(false, vec!["he"]), (true, vec!["sun", "ma", "he"])] {
        let mut play = Play::new(&flow, &world);
        for person in ["wu", "sun", "ma"] {
            play.says(person, "approve").expect("allowed");
        }
        let back = |act: &mut Act| {
            act.step = Some("one".to_owned());
            act.straight = true;
        };
        play.says_with("he", "return", back).expect("allowed");
        let note = |act: &mut Act| drop(edit.then(|| act.edits.insert("note".to_owned(), json!("new"))));
        play.says_with("wu", "approve", note).expect("allowed");
        for person in then {
            assert_eq!(play.turn(), [person], "edit: {edit}");
            play.says(person, "approve").expect("allowed");
        }
        assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    }
}

#[test]
fn the_initiator_mends_what_was_returned_but_not_what_makes_it_this_document() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    play.says("ma", "return").expect("allowed");
    for field in ["number", "status", "requester.id"] {
        let said = play.says_with("e1001", "resubmit", |act| drop(act.edits.insert(field.to_owned(), json!("other"))));
        assert_eq!(said, Err(RefusalCode::NotAllowed), "{field}");
    }
    assert_eq!(play.says_with("e1001", "resubmit", |act| drop(act.edits.insert("total_gross".to_owned(), json!("8000.00")))), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
}

#[test]
fn in_a_loop_going_back_stays_with_its_item() {
    let world = world();
    let steps = "  - id: lines\n    each: doc.lines\n    as: line\n    concurrency: 3\n    steps:\n      - {id: first, approve: {by: {from: \"line.line_no == '1' ? 'ma' : line.line_no == '2' ? 'he' : 'zhao'\"}, empty: block}, due: 1d}\n      - {id: second, approve: {by: {user: sun}, empty: block}, due: 1d}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.turn(), ["ma", "he", "zhao"]);
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.says("ma", "take_back"), Ok(()));
    let mut turn = play.turn();
    turn.sort();
    assert_eq!(turn, ["he", "ma", "zhao"], "nobody else's item is touched");
    play.says("ma", "approve").expect("allowed");
    assert_eq!(play.says_with("sun", "return", |act| act.step = Some("first".to_owned())), Ok(()));
    let mut turn = play.turn();
    turn.sort();
    assert_eq!(turn, ["he", "ma", "zhao"], "it goes back to the one of its item");
    play.says("ma", "approve").expect("allowed");
    play.says("sun", "return").expect("allowed");
    play.says("e1001", "resubmit").expect("allowed");
    let mut turn = play.turn();
    turn.sort();
    assert_eq!(turn, ["he", "ma", "zhao"], "as does what is submitted anew");
    for (person, times) in [("ma", 1), ("he", 1), ("zhao", 1), ("sun", 3)] {
        for _ in 0..times {
            play.says(person, "approve").expect("allowed");
        }
    }
    assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
}

#[test]
fn the_forecast_says_what_the_run_does() {
    let world = world();
    let steps = "  - {id: one, approve: {by: {managers: 2}, mode: sequence, empty: block}, due: 1d}\n  - id: size\n    choose:\n      branches:\n        - {id: big, when: \"doc.total_gross > 5000\", steps: [{id: two, approve: {by: {role: cfo}, empty: block}, due: 1d}]}\n      otherwise: {id: small, steps: []}\n  - id: money\n    choose:\n      branches:\n        - {id: ok, when: \"steps.one.outcome == 'approved'\", steps: [{id: three, approve: {by: {user: sun}, empty: block}, due: 1d}]}\n      otherwise: {id: no, steps: []}";
    let flow = world.steps(steps, "");
    let facts = facts("9000.00");
    let before = forecast(&flow, &world, &facts, &crate::domain::flow::Instance::default(), now());
    let names: Vec<(&str, Vec<&str>, bool)> = before
        .iter()
        .map(|coming| (coming.step.as_str(), coming.people.iter().map(|(person, _)| person.as_str()).collect(), coming.certain))
        .collect();
    assert_eq!(names, [("one", vec!["wu", "zhao"], true), ("two", vec!["qian"], true), ("three", vec!["sun"], false)]);
    let mut play = Play::new(&flow, &world);
    for person in ["wu", "zhao", "qian"] {
        play.says(person, "approve").expect("whom the forecast named");
    }
    let after = forecast(&flow, &world, &facts, &play.stage.instance, now());
    assert_eq!(after, [], "the last step asks now");
    assert_eq!(play.turn(), ["sun"]);
}

#[test]
fn what_is_offered_can_be_done() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block, verbs: [transfer]");
    let play = Play::new(&flow, &world);
    let words: Vec<&str> = offered(&flow, &play.stage.instance, Some((0, 0))).iter().map(|verb| verb.word).collect();
    assert_eq!(words, ["approve", "reject", "transfer"]);
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says_with("ma", "consult", |act| act.to = to(&["he"])), Err(RefusalCode::NotAllowed), "switched off");
}

/// One random act.
#[derive(Clone, Debug)]
struct Random {
    verb: usize,
    person: usize,
    other: usize,
    how: u8,
    step: usize,
    straight: bool,
    fire: bool,
    late: bool,
}

const PEOPLE: [&str; 8] = ["e1001", "wu", "zhao", "qian", "sun", "ma", "he", "root"];

fn random() -> impl Strategy<Value = Random> {
    (0_usize..40, 0_usize..8, 0_usize..8, 0_u8..3, 0_usize..4, any::<bool>(), 0_u8..10, any::<bool>()).prop_map(
        |(verb, person, other, how, step, straight, fire, late)| Random { verb, person, other, how, step, straight, fire: fire == 0, late },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever people do in whatever order: nothing is decided twice, somebody always has the turn, the end is one end.
    #[test]
    fn whatever_people_do_nothing_is_stuck_and_nothing_is_decided_twice(acts in proptest::collection::vec(random(), 1..60)) {
        let world = world();
        let steps = "  - {id: one, approve: {by: {managers: 2}, mode: sequence, empty: {to: {user: ma}}, own: superior, repeated: pass_earlier, ladder: [{every: 6h, remind: {from: output.holders}}, {after: 1d, hand_over: superior}, {after: 2d, outcome: expired}]}, due: 1d}\n  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: two, approve: {by: {role: board}, mode: {percent: 60}, veto: {user: sun}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: do, task: {by: {role: procurement_clerk}, mode: claim, empty: pass}, due: 1d}]}\n  - {id: three, approve: {by: [{user: sun}, {user: he}], mode: any, empty: pass, reject: return}, due: 1d}";
        let flow = world.steps(steps, "");
        let mut play = Play::new(&flow, &world);
        for random in acts {
            let before = play.stage.instance.clone();
            if random.fire {
                if let Some((number, _)) = play.stage.next_timer() {
                    play.stage.fire(number);
                }
            } else {
                let words = crate::domain::flow::people::verbs::WORDS;
                // Deciding comes more often than the rest.
                let verb = words.get(random.verb).copied().unwrap_or("approve");
                let person = PEOPLE[random.person];
                let (step, straight) = (["one", "two", "initiator", "three"][random.step].to_owned(), random.straight);
                let said = play.says_with(person, verb, |act| {
                    act.by.admin = person == "root";
                    act.to = to(&[PEOPLE[random.other]]);
                    act.how = Some([Added::Before, Added::After, Added::Beside][random.how as usize]);
                    act.step = if verb == "intervene" && random.late { None } else { Some(step) };
                    act.straight = straight;
                    act.in_turn = random.late;
                });
                if said.is_err() {
                    prop_assert_eq!(&play.stage.instance, &before, "what is refused changes nothing");
                }
                // Taking back is the one way from a decision to an open task.
                if verb != "take_back" {
                    for (old, new) in before.visits.iter().zip(&play.stage.instance.visits) {
                        let (Some(old), Some(new)) = (&old.people, &new.people) else { continue };
                        for (old, new) in old.tasks.iter().zip(&new.tasks) {
                            prop_assert!(old.state.is_open() || old.state == new.state, "a decided task stays decided: {:?} {:?}", old, new);
                        }
                    }
                }
            }
            let instance = &play.stage.instance;
            prop_assert!(play.stage.exceptions.iter().all(|open| open.code == "nobody_to_ask"), "{:?}", play.stage.exceptions);
            for visit in instance.visits.iter().filter(|visit| crate::domain::flow::people::is_asking(visit) && !visit.left) {
                let people = visit.people.as_ref().expect("asked");
                prop_assert!(!people.holders().is_empty(), "somebody has the turn: {:?}", people);
            }
            if instance.status.is_over() {
                prop_assert!(play.stage.timers.is_empty());
                prop_assert!(play.turn().is_empty());
            }
            let stored = serde_json::to_string(instance).expect("a state can be written");
            prop_assert_eq!(&serde_json::from_str::<crate::domain::flow::Instance>(&stored).expect("readable"), instance);
        }
    }
}
