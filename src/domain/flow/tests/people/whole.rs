//! Verbs about the instance as a whole.

use super::super::world::*;
use super::going_back::LADDER;
use super::support::*;
use crate::domain::approval::{Act, RefusalCode};
use crate::domain::flow::event::{Event, Outcome};

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
