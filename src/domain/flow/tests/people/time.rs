//! Suspension, what time decides, reminders by people.

use super::super::world::*;
use super::support::*;
use crate::domain::approval::RefusalCode;
use crate::domain::flow::Flow;
use crate::domain::flow::event::{Event, Outcome};

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

/// Answers of partners are taken while it is suspended, so that a step may be entered in the middle of it.
#[test]
fn a_clock_that_is_set_while_no_clock_runs_has_its_whole_time() {
    let world = world();
    let steps = "  - {id: budget, call: erp.check_budget, map: po_to_budget}\n  - {id: ask, approve: {by: {user: ma}, empty: block, ladder: [{after: 1d, outcome: expired}]}, due: 2d}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    let hours = |play: &mut Play<'_>, hours: i64| {
        play.stage.now = play.stage.now.checked_add(jiff::SignedDuration::from_hours(hours)).expect("in range");
    };
    assert_eq!(play.whole(admin(), "suspend"), Ok(()));
    hours(&mut play, 100);
    answer(&mut play.stage, "check_budget", budget(true));
    assert_eq!((play.turn(), play.stage.timers.len()), (to(&["ma"]), 0));
    hours(&mut play, 10);
    assert_eq!(play.whole(admin(), "resume"), Ok(()));
    let (_, due) = play.stage.next_timer().expect("the clock runs");
    assert_eq!(due.duration_since(play.stage.now), jiff::SignedDuration::from_hours(24));
    let asked = play.stage.instance.visits.iter().find(|visit| visit.step == "ask").and_then(|visit| visit.people.as_ref());
    let to_be_done = asked.and_then(|asked| asked.due).expect("it has a time");
    assert_eq!(to_be_done.duration_since(play.stage.now), jiff::SignedDuration::from_hours(48));
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
