//! Own documents, repeated approvers, duties of two people.

use super::super::world::*;
use super::support::*;
use crate::domain::approval::{Act, Actor, Added, RefusalCode, TaskRef, TaskState};
use crate::domain::flow::environment::FlowSignature;
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::stage::Stage;
use crate::domain::flow::{Flow, Instance};
use serde_json::json;

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
    assert_eq!(play.act(hand), Err(RefusalCode::NotYours), "nor to bring it to themselves");
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
fn the_initiator_does_not_decide_on_their_own_document_for_somebody_on_leave() {
    let world = world();
    // With the policy that lets the initiator decide on a share of their own.
    let flow = asking(&world, "by: {user: ma}, empty: block");
    for agent in ["e1001", "he"] {
        let refused = if agent == "e1001" { Err(RefusalCode::NotYours) } else { Ok(()) };
        let acts: [(&str, Option<Added>, &[&str]); 6] = [
            ("approve", None, &[]),
            ("reject", None, &[]),
            ("add", Some(Added::After), &["sun"]),
            ("add", Some(Added::Before), &[agent]),
            ("add", Some(Added::Beside), &[agent]),
            ("transfer", None, &[agent]),
        ];
        for (verb, how, named) in acts {
            let mut play = Play::new(&flow, &world);
            let said = play.says_with("ma", verb, |act| {
                act.by = Actor { on_behalf_of: Some("ma".to_owned()), ..by(agent) };
                act.to = to(named);
                act.how = how;
            });
            assert_eq!(said, refused, "{agent} {verb} {how:?}");
        }
        // What decides nothing is theirs to do for somebody else.
        let mut play = Play::new(&flow, &world);
        let said = play.says_with("ma", "transfer", |act| {
            act.by = Actor { on_behalf_of: Some("ma".to_owned()), ..by(agent) };
            act.to = to(&["sun"]);
        });
        assert_eq!((said, play.turn()), (Ok(()), to(&["sun"])), "{agent}");
    }
    // Their own share they decide, as the policy says.
    let flow = asking(&world, "by: {user: e1001}, empty: block");
    assert_eq!(Play::new(&flow, &world).says("e1001", "approve"), Ok(()));
}

#[test]
fn what_goes_on_beside_a_step_does_not_come_before_it() {
    let world = world();
    let ask = |id: &str, who: &str, more: &str| format!("{{id: {id}, approve: {{by: {{user: {who}}}, empty: block{more}}}, due: 1d}}");
    let steps = format!(
        "  - {}\n  - id: both\n    parallel:\n      branches:\n        - {{id: b, steps: [{}, {}]}}\n        - {{id: a, steps: [{}]}}",
        ask("one", "wu", ""),
        ask("b1", "sun", ""),
        ask("b2", "ma", ", repeated: pass_adjacent"),
        ask("a1", "ma", ""),
    );
    let flow = world.steps(&steps, "");
    let mut play = Play::new(&flow, &world);
    for person in ["wu", "ma", "sun"] {
        assert_eq!(play.says(person, "approve"), Ok(()));
    }
    assert_eq!(play.turn(), ["ma"], "asked at `b2`: the step before that was another's, `a1` is in another branch");
}

/// A world in which `inner` is a flow that can be a step.
fn with_inner() -> World {
    let mut world = world();
    let signature = FlowSignature { document: "purchase_order".to_owned(), is_subflow: true, inputs: Vec::new(), outputs: Vec::new() };
    world.env.flows.insert("inner".to_owned(), signature);
    world
}

#[test]
fn who_decided_in_a_flow_that_is_a_step_has_decided_before() {
    let world = with_inner();
    let steps = "  - {id: sub, subflow: inner}\n  - {id: second, approve: {by: [{user: ma}, {user: he}], empty: block, second_person: true}, due: 1d}";
    let flow = world.steps(steps, "");
    for (decided_by, turn) in [(vec![], vec!["ma", "he"]), (vec!["ma"], vec!["he"])] {
        let mut play = Play::new(&flow, &world);
        let instance = play.stage.instance.visits[0].sub.as_ref().expect("asked for").instance;
        let ended = Event::SubflowEnded {
            instance,
            outcome: Outcome::Approved,
            output: serde_json::Value::Null,
            taken_back: false,
            decided_by: to(&decided_by),
        };
        play.stage.tell(&ended);
        assert_eq!(play.turn(), turn, "{decided_by:?}");
        if !decided_by.is_empty() {
            assert_eq!(play.says_with("he", "transfer", |act| act.to = to(&["ma"])), Err(RefusalCode::BadPeople));
        }
    }
}

#[test]
fn a_flow_that_is_a_step_knows_who_decided_around_it_and_tells_who_decided_in_it() {
    let world = with_inner();
    let outer = world.steps("  - {id: first, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: sub, subflow: inner}", "");
    let mut play = Play::new(&outer, &world);
    let act = Act {
        verb: "approve".to_owned(),
        by: Actor { on_behalf_of: Some("ma".to_owned()), ..by("sun") },
        task: play.task("ma", TaskState::Pending),
        ..Act::default()
    };
    let changes = play.stage.tell(&Event::Act(Box::new(act)));
    let (_, parent) = changes.subflows[0].start.clone().expect("it begins");
    assert_eq!(parent.decided_by, ["ma", "sun"]);
    let text = "format: 1\nflow: inner\ndocument: purchase_order\nowner: {role: procurement_head}\nstart: [{subflow: true}]\nsteps:\n  - {id: again, approve: {by: [{user: ma}, {user: sun}, {user: he}], mode: any, empty: block, second_person: true}, due: 1d}\n  - {id: over, end: {outcome: approved}}\n";
    let inner = world.flow(text);
    let mut stage = Stage::new(&inner, &world, facts("10.00"), now());
    stage.instance = Instance { parent: Some(parent), ..Instance::default() };
    stage.tell(&Event::Started);
    let holders = stage.instance.visits[0].people.as_ref().expect("asked").holders();
    assert_eq!(holders, ["he"]);
    let task = TaskRef { step: "again".to_owned(), visit: 1, number: 0 };
    let changes = stage.tell(&Event::Act(Box::new(Act { verb: "approve".to_owned(), by: by("he"), task: Some(task), ..Act::default() })));
    assert_eq!(changes.reported.expect("it ended").decided_by, ["he", "ma", "sun"], "whoever decided around it too");
}
