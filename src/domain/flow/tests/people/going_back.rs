//! Returns, rounds, taking back.

use super::support::*;
use crate::domain::approval::{Act, RefusalCode};
use crate::domain::flow::instance::Round;
use crate::domain::flow::stage::Stage;
use serde_json::json;

pub(super) const LADDER: &str = "  - {id: one, approve: {by: {user: wu}, empty: block}, due: 1d}\n  - {id: two, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: three, approve: {by: {user: sun}, empty: block}, due: 1d}";

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

#[test]
fn two_branches_that_are_returned_begin_one_round() {
    let world = world();
    let steps = "  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: a1, approve: {by: {user: ma}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: b1, approve: {by: {user: sun}, empty: block}, due: 1d}]}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    for person in ["ma", "sun"] {
        let back = |act: &mut Act| (act.step, act.straight) = (Some("initiator".to_owned()), true);
        assert_eq!(play.says_with(person, "return", back), Ok(()));
    }
    assert_eq!((play.says("e1001", "resubmit"), play.says("e1001", "resubmit")), (Ok(()), Ok(())));
    assert_eq!((play.turn().len(), play.stage.instance.round), (2, Round(2)));
    assert_eq!(play.says_with("ma", "return", |act| act.step = Some("initiator".to_owned())), Ok(()));
    assert_eq!(play.says("e1001", "resubmit"), Ok(()));
    assert_eq!(play.stage.instance.round, Round(3), "the next return begins the next");
}
