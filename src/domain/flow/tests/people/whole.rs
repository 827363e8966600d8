//! Verbs about the instance as a whole.

use super::super::world::*;
use super::going_back::LADDER;
use super::support::*;
use crate::domain::approval::{Act, Added, RefusalCode, TaskState};
use crate::domain::flow::event::{Event, Outcome};
use crate::domain::flow::people::verbs::offered;

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
fn a_flow_says_until_when_it_is_withdrawn() {
    let world = world();
    let steps =
        "  - {id: one, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: two, approve: {by: {user: he}, empty: block}, due: 1d}";
    let (early, late, back) = (0, 1, 2);
    for (more, may) in [
        ("", [true, true, true]),
        ("withdraw: any_time", [true, true, true]),
        ("withdraw: before_first_decision", [true, false, true]),
        ("withdraw: never", [false, false, false]),
    ] {
        let flow = world.steps(steps, more);
        for when in [early, late, back] {
            let mut play = Play::new(&flow, &world);
            if when >= late {
                play.says("ma", "approve").expect("their turn");
            }
            if when == back {
                play.says_with("he", "return", |act| act.step = Some("initiator".to_owned())).expect("their turn");
            }
            let offered = offered(&flow, &play.stage.instance, None).iter().any(|verb| verb.word == "withdraw");
            let said = play.whole(by("e1001"), "withdraw");
            assert_eq!((said.is_ok(), offered), (may[when], may[when]), "`{more}` at {when}: {said:?}");
            assert_eq!(play.stage.instance.status.is_over(), may[when], "`{more}` at {when}");
        }
    }
    // A new round begins with nobody's having decided.
    let flow = world.steps(steps, "withdraw: before_first_decision");
    let mut play = Play::new(&flow, &world);
    play.says("ma", "approve").expect("their turn");
    play.says_with("he", "return", |act| act.step = Some("initiator".to_owned())).expect("their turn");
    play.says("e1001", "resubmit").expect("theirs");
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.whole(by("e1001"), "withdraw"), Ok(()));
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
    // What the hub does by itself it does not ask for here: the word it is recorded under opens nothing.
    assert_eq!(play.whole(by(crate::domain::approval::SYSTEM), "intervene"), Err(RefusalCode::NotYours));
    assert_eq!(play.whole(by(crate::domain::approval::SYSTEM), "terminate"), Err(RefusalCode::NotYours));
    assert_eq!(intervene(&mut play, &|act| act.to = to(&["he", "ma"])), Ok(()));
    assert_eq!(play.turn(), ["he", "ma"]);
    assert_eq!(intervene(&mut play, &|act| act.outcome = Some("approved".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["ma"], "the next step");
    assert_eq!(intervene(&mut play, &|act| act.step = Some("one".to_owned())), Ok(()));
    assert_eq!(play.turn(), ["wu"]);
    assert_eq!(intervene(&mut play, &|act| act.comment = None), Err(RefusalCode::Incomplete), "an intervention says why");
}

#[test]
fn a_step_that_leads_to_nobody_is_freed_by_naming_people() {
    let world = world();
    let intervene = |to: &[&str], outcome: Option<&str>| Act {
        verb: "intervene".to_owned(),
        by: admin(),
        comment: Some("because".to_owned()),
        to: self::to(to),
        outcome: outcome.map(str::to_owned),
        ..Act::default()
    };
    let flow = asking(&world, "by: {role: vacant}, mode: {votes: 2}, empty: block, second_person: true");
    let begin = || {
        let play = Play::new(&flow, &world);
        assert_eq!(codes_of(&play), ["nobody_to_ask"]);
        play
    };
    let mut play = begin();
    assert_eq!(play.act(intervene(&["ma"], None)), Err(RefusalCode::BadPeople), "two must agree");
    assert_eq!(play.act(intervene(&["ma", "e1001"], None)), Err(RefusalCode::BadPeople), "who began it may not");
    assert_eq!(play.act(intervene(&["ma", "he"], None)), Ok(()));
    assert_eq!((play.turn(), codes_of(&play)), (vec!["ma".to_owned(), "he".to_owned()], vec![]));
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    let mut play = begin();
    assert_eq!(play.act(intervene(&[], Some("rejected"))), Ok(()));
    assert_eq!((play.outcome("ask"), codes_of(&play)), (Some(Outcome::Rejected), vec![]));
}

#[test]
fn naming_people_closes_what_a_leaver_left_open() {
    let mut people = directory();
    people.users.get_mut("qian").expect("known").active = false;
    let before = world();
    let after = World { directory: people, ..World::new() };
    let flow = asking(&before, "by: {user: qian}, empty: block");
    let mut play = Play::new(&flow, &before);
    play.stage.env = &after;
    play.stage.tell(&Event::Left { person: "qian".to_owned() });
    assert_eq!(codes_of(&play), ["nobody_to_ask"]);
    let act = Act { verb: "intervene".to_owned(), by: admin(), comment: Some("because".to_owned()), to: to(&["ma"]), ..Act::default() };
    assert_eq!(play.act(act), Ok(()));
    assert_eq!((play.turn(), codes_of(&play)), (vec!["ma".to_owned()], vec![]));
}

#[test]
fn while_it_is_taken_back_it_stands_at_the_steps_that_are_and_at_no_name_of_ours() {
    let mut world = world();
    let signature = crate::domain::flow::environment::FlowSignature {
        document: "purchase_order".to_owned(),
        is_subflow: true,
        inputs: Vec::new(),
        outputs: Vec::new(),
    };
    world.env.flows.insert("inner".to_owned(), signature);
    let flow = world.steps("  - {id: legal, subflow: inner}", "");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.stage.instance.at_step().as_deref(), Some("legal"));
    assert_eq!(play.whole(by("e1001"), "withdraw"), Ok(()));
    assert_eq!(play.stage.instance.outcome_word(), None, "the other flow has not said yet that it is taken back");
    assert_eq!(play.stage.instance.at_step().as_deref(), Some("legal"));
}

#[test]
fn a_revocation_is_agreed_to_by_people_where_the_flow_asks_them() {
    let world = world();
    let steps = "  - {id: ask, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - {id: free, call: erp.release_order, map: po_ref, sets: released}";
    let revoke = "reactions:\n  - verb: revoke\n    by: initiator\n    do:\n      - {id: agree, approve: {by: {user: sun}, empty: block, reject: return}, due: 1d}\n      - id: then\n        choose:\n          branches:\n            - {id: back, when: \"steps.agree.outcome == 'approved'\", steps: [{id: undone, call: erp.return_order, map: po_ref}, {id: revoked, end: {outcome: revoked, status: revoked}}]}\n          otherwise: {id: stays, steps: [{id: kept, end: {outcome: approved, status: released}}]}";
    let flow = world.steps(steps, revoke);
    let approved = || {
        let mut play = Play::new(&flow, &world);
        play.says("ma", "approve").expect("allowed");
        answer(&mut play.stage, "release_order", done(&[]));
        assert_eq!(play.whole(by("ma"), "revoke"), Err(RefusalCode::NotYours));
        assert_eq!(play.whole(by("e1001"), "revoke"), Ok(()));
        assert_eq!((play.turn(), play.stage.instance.outcome_word()), (vec!["sun".to_owned()], Some("approved")));
        assert_eq!(play.whole(by("e1001"), "revoke"), Err(RefusalCode::AlreadyHandled), "one at a time");
        assert_eq!(play.says("sun", "return"), Err(RefusalCode::NotAllowed), "a reaction runs once");
        play
    };
    let mut play = approved();
    play.says("sun", "approve").expect("allowed");
    answer(&mut play.stage, "return_order", done(&[]));
    assert_eq!((play.stage.instance.outcome_word(), play.stage.status()), (Some("revoked"), "revoked"));
    let mut play = approved();
    play.says("sun", "reject").expect("allowed");
    assert_eq!((play.stage.instance.outcome_word(), play.stage.status(), play.turn().len()), (Some("approved"), "released", 0));
    assert_eq!(play.whole(by("e1001"), "revoke"), Ok(()), "they may ask again");
    assert_eq!(play.turn(), ["sun"]);
}

#[test]
fn a_co_manager_keeps_it_moving_and_decides_nothing() {
    let world = world();
    let flow = world.steps("  - {id: ask, approve: {by: {user: ma}, empty: block}, due: 1d}", "co_managers: [{role: cfo}, {user: sun}]");
    let mut play = Play::new(&flow, &world);
    for (person, said) in [("sun", Ok(())), ("qian", Err(RefusalCode::TooSoon)), ("he", Err(RefusalCode::NotYours))] {
        assert_eq!(play.whole(by(person), "urge"), said, "{person}");
    }
    let of_ma = |play: &Play<'_>| play.task("ma", TaskState::Pending);
    let act = |play: &mut Play<'_>, verb: &str, how: Option<Added>| {
        let task = of_ma(play);
        play.act(Act {
            verb: verb.to_owned(),
            by: by("sun"),
            task,
            to: to(&["he"]),
            how,
            comment: Some("because".to_owned()),
            ..Act::default()
        })
    };
    for verb in ["approve", "reject", "return", "consult", "assist", "claim"] {
        assert_eq!(act(&mut play, verb, None), Err(RefusalCode::NotYours), "{verb}");
    }
    for verb in ["suspend", "intervene"] {
        assert_eq!(play.whole(by("sun"), verb), Err(RefusalCode::NotYours), "{verb}");
    }
    assert_eq!(act(&mut play, "add", Some(Added::After)), Err(RefusalCode::NotYours), "that would be to agree");
    assert_eq!(act(&mut play, "add", Some(Added::Beside)), Ok(()));
    let he = play.task("he", TaskState::Pending);
    assert_eq!(play.act(Act { verb: "remove".to_owned(), by: by("qian"), task: he, ..Act::default() }), Ok(()));
    assert_eq!(act(&mut play, "transfer", None), Ok(()));
    assert_eq!(play.turn(), ["he"]);
    assert_eq!(play.whole(by("qian"), "terminate"), Ok(()));
    assert_eq!(play.stage.instance.outcome_word(), Some("cancelled"));
}

/// Time passes until then, and fires what is due.
fn advance(play: &mut Play<'_>, until: jiff::Timestamp) {
    while let Some((number, _)) = play.stage.next_timer().filter(|(_, due)| *due <= until) {
        play.stage.fire(number);
    }
    play.stage.now = play.stage.now.max(until);
}

#[test]
fn a_whole_instance_has_its_time() {
    let world = world();
    let within = "within: {ladder: [{every: 2d, remind: {from: output.holders}}, {after: 3d, escalate: {role: cfo}}, {after: 5d, outcome: expired}], status: cancelled}";
    let steps = "  - {id: one, approve: {by: {user: ma}, empty: block}, due: 1d}\n  - id: both\n    parallel:\n      branches:\n        - {id: a, steps: [{id: two, approve: {by: {user: sun}, empty: block}, due: 1d}]}\n        - {id: b, steps: [{id: three, approve: {by: {user: he}, empty: block}, due: 1d}]}";
    let flow = world.steps(steps, within);
    let mut play = Play::new(&flow, &world);
    play.says("ma", "approve").expect("allowed");
    let notes = |play: &Play<'_>, kind: &str| -> Vec<serde_json::Value> {
        play.stage.history.iter().filter(|entry| entry.kind == kind).map(|entry| entry.detail["to"].clone()).collect()
    };
    advance(&mut play, now() + jiff::SignedDuration::from_hours(24 * 4 + 1));
    assert_eq!(notes(&play, "reminded"), [serde_json::json!(["sun", "he"]), serde_json::json!(["sun", "he"])]);
    assert_eq!(notes(&play, "escalated"), [serde_json::json!(["role:cfo"])]);
    // Three days that do not count.
    assert_eq!(play.whole(admin(), "suspend"), Ok(()));
    play.stage.now += jiff::SignedDuration::from_hours(72);
    assert_eq!(play.whole(admin(), "resume"), Ok(()));
    advance(&mut play, now() + jiff::SignedDuration::from_hours(24 * 8 - 1));
    assert_eq!((play.stage.instance.outcome_word(), play.turn().len()), (None, 2));
    advance(&mut play, now() + jiff::SignedDuration::from_hours(24 * 8 + 1));
    assert_eq!((play.stage.instance.outcome_word(), play.stage.status(), play.turn().len()), (Some("expired"), "cancelled", 0));
    assert!(play.stage.timers.is_empty());
}

#[test]
fn what_a_whole_instance_may_be_given_no_time_for_is_found() {
    let world = world();
    let steps = "  - {id: one, approve: {by: {user: ma}, empty: block}, due: 1d}";
    for (within, code) in [
        ("{ladder: [{after: 1d, hand_over: superior}]}", "bad_value"),
        ("{ladder: [{after: 1d, outcome: approved}]}", "bad_value"),
        ("{ladder: [{after: 1d, outcome: expired}], status: nowhere}", "unknown_definition"),
    ] {
        let found = world.compile(&text(steps, &format!("within: {within}"))).expect_err(within);
        assert!(found.iter().any(|item| item.code == code), "{within}: {found:#?}");
    }
}
