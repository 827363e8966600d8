//! Reactions: changed, withdrawn, revoked; while running, while undoing, after the end, twice.

use super::world::*;
use crate::domain::flow::Instance;
use crate::domain::flow::effect::{Cause, EffectResult};
use crate::domain::flow::event::{Event, Heard, Outcome, RevisionChange};
use crate::domain::flow::stage::Stage;
use crate::domain::value::Value;

fn changed(revision: u32) -> Event {
    Event::Revision(RevisionChange::Changed { revision })
}

fn withdrawn() -> Event {
    Event::Revision(RevisionChange::Withdrawn)
}

fn in_approval<'a>(flow: &'a crate::domain::flow::Flow, world: &'a World) -> Stage<'a> {
    let mut stage = start(flow, world, "20000.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage
}

fn released<'a>(flow: &'a crate::domain::flow::Flow, world: &'a World) -> Stage<'a> {
    let mut stage = in_approval(flow, world);
    stage.tell(&heard("A1", Outcome::Approved));
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_payable", done(&[("external_id", "F1")]));
    answer(&mut stage, "release_order", done(&[]));
    let notice = stage.outbox[0].effect.id;
    stage.end(notice, done(&[]));
    assert_eq!((stage.instance.outcome_word(), stage.status()), (Some("approved"), "released"));
    stage
}

#[test]
fn a_change_withdraws_the_approval_and_starts_anew() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = in_approval(&flow, &world);
    let old = stage.facts.instance;
    stage.tell(&changed(2));
    assert_eq!((waiting(&stage), stage.timers.len()), (vec!["withdraw_approval".to_owned()], 0));
    stage.tell(&heard("A1", Outcome::Withdrawn));
    let id = stage.outbox[0].effect.id;
    let changes = stage.end(id, done(&[]));
    assert_eq!(changes.restart, Some(2));
    assert!(changes.links.iter().any(|link| link.external_id == "A1" && link.closed));
    assert!(changes.statuses.iter().any(|(_, status)| status == "submitted"), "the former status comes back");
    assert_ne!(stage.facts.instance, old);
    assert_eq!(waiting(&stage), ["check_budget"]);
}

#[test]
fn a_second_change_while_undoing_restarts_once_with_the_newest() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = in_approval(&flow, &world);
    stage.tell(&changed(2));
    stage.tell(&changed(3));
    assert_eq!(waiting(&stage), ["withdraw_approval"]);
    let id = stage.outbox[0].effect.id;
    assert_eq!(stage.end(id, done(&[])).restart, Some(3));
}

#[test]
fn a_withdrawal_overtakes_a_change_and_undoes_nothing_twice() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = in_approval(&flow, &world);
    stage.tell(&changed(2));
    stage.tell(&withdrawn());
    stage.tell(&withdrawn());
    assert_eq!(waiting(&stage), ["withdraw_approval"]);
    let id = stage.outbox[0].effect.id;
    assert_eq!(stage.end(id, done(&[])).restart, None);
    assert_eq!((stage.instance.outcome_word(), stage.status(), stage.outbox.len()), (Some("cancelled"), "cancelled", 0));
}

#[test]
fn a_call_that_is_out_is_waited_for_and_then_undone() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    for (result, undone) in [(done(&[("external_id", "A1")]), true), (failed(Cause::DataWrong), false)] {
        let mut stage = start(&flow, &world, "20000.00");
        answer(&mut stage, "check_budget", budget(true));
        stage.tell(&withdrawn());
        assert_eq!((waiting(&stage), stage.instance.outcome_word()), (vec!["create_approval".to_owned()], None));
        answer(&mut stage, "create_approval", result);
        if undone {
            answer(&mut stage, "withdraw_approval", done(&[]));
        }
        assert_eq!((stage.instance.outcome_word(), codes(&stage)), (Some("cancelled"), vec![]));
        assert_ne!(stage.status(), "in_approval");
    }
}

#[test]
fn a_call_that_is_perhaps_done_waits_for_a_person_before_the_end() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    // Whoever took it up died of it, ten times: an error of ours, and perhaps done all the same.
    let silent = EffectResult::Failed { cause: Cause::OurFault, message: "no word".to_owned(), class: "unknown".to_owned() };
    for left_before in [false, true] {
        let mut stage = start(&flow, &world, "20000.00");
        answer(&mut stage, "check_budget", budget(true));
        if left_before {
            stage.tell(&withdrawn());
        }
        answer(&mut stage, "create_approval", silent.clone());
        if !left_before {
            stage.tell(&withdrawn());
        }
        assert_eq!((codes(&stage), stage.instance.outcome_word()), (vec!["unknown_outcome"], None));
    }
    let mut stage = start(&flow, &world, "20000.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    stage.tell(&withdrawn());
    assert_eq!((codes(&stage), stage.instance.outcome_word()), (vec!["unknown_outcome"], None));
    let command = crate::domain::flow::event::Command::MarkDone { output: serde_json::json!({"external_id": "A1"}), proof: "seen".into() };
    stage.tell(&Event::Command { command, exception: None, actor: "ops".into(), reason: None });
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!((stage.instance.outcome_word(), codes(&stage)), (Some("cancelled"), vec![]));
}

#[test]
fn revoked_after_the_end_reverses_what_is_named_in_its_order_once() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = released(&flow, &world);
    stage.tell(&heard("A1", Outcome::Revoked));
    assert_eq!(waiting(&stage), ["void_payable"]);
    answer(&mut stage, "void_payable", done(&[]));
    assert_eq!(waiting(&stage), ["return_order"]);
    stage.tell(&heard("A1", Outcome::Revoked));
    answer(&mut stage, "return_order", done(&[]));
    answer(&mut stage, "reject_order", done(&[]));
    assert_eq!((stage.instance.outcome_word(), stage.status()), (Some("revoked"), "revoked"));
    stage.tell(&heard("A1", Outcome::Revoked));
    assert_eq!(waiting(&stage), Vec::<String>::new(), "the same revocation twice is one");
}

#[test]
fn withdrawn_after_the_end_takes_booking_and_release_back() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = released(&flow, &world);
    stage.tell(&withdrawn());
    answer(&mut stage, "return_order", done(&[]));
    answer(&mut stage, "void_payable", done(&[]));
    assert_eq!(waiting(&stage), Vec::<String>::new(), "an approval that was decided is not withdrawn");
    assert_eq!((stage.instance.outcome_word(), stage.status()), (Some("cancelled"), "cancelled"));
}

#[test]
fn a_change_after_the_end_is_not_for_this_instance() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = released(&flow, &world);
    let changes = stage.tell(&changed(2));
    assert_eq!((changes.restart, changes.effects.len(), stage.instance.outcome_word()), (None, 0, Some("approved")));
}

#[test]
fn events_about_objects_that_no_longer_count_move_nothing() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = in_approval(&flow, &world);
    stage.tell(&withdrawn());
    answer(&mut stage, "withdraw_approval", done(&[]));
    for event in [heard("A1", Outcome::Revoked), heard("A7", Outcome::Revoked)] {
        let changes = stage.tell(&event);
        assert_eq!((changes.effects.len(), changes.history.last().map(|entry| entry.kind.clone())), (0, Some("ignored".into())));
    }
    // The superseded instance of a change never reacts again: its document belongs to the newer one.
    let mut stage = in_approval(&flow, &world);
    stage.tell(&changed(2));
    let (facts, id) = (stage.facts.clone(), stage.outbox[0].effect.id);
    let before = stage.instance.clone();
    let event = Event::EffectEnded { effect: id, result: done(&[]) };
    let (superseded, changes) = crate::domain::flow::decide(&flow, &world, before, &facts, &event, now());
    assert_eq!((superseded.status_word(), changes.restart), ("superseded", Some(2)));
    let (_, changes) = crate::domain::flow::decide(&flow, &world, superseded, &facts, &withdrawn(), now());
    assert_eq!((changes.effects.len(), changes.restart), (0, None));
}

#[test]
fn a_reaction_that_does_not_take_over_runs_beside_the_flow() {
    let world = World::new();
    let steps = "  - {id: oa, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed}}";
    let flow = world.steps(
        steps,
        "reactions: [{revision: changed, while: running, do: [{call: oa.comment, with: {text: \"'changed'\"}}, {notify: initiator, template: po_released}]}]",
    );
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&changed(2));
    assert_eq!(waiting(&stage), ["comment"]);
    stage.tell(&heard("A1", Outcome::Approved));
    answer(&mut stage, "comment", done(&[]));
    assert_eq!((stage.instance.status_word(), waiting(&stage)), ("ended", vec!["notice".to_owned()]));
}

#[test]
fn a_restart_takes_back_what_is_open_even_when_nobody_says_so() {
    let world = World::new();
    let flow = world.steps(
        "  - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed}}",
        "reactions: [{revision: changed, while: running, do: [{restart: true}]}]",
    );
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    let changes = stage.tell(&changed(2));
    assert_eq!((waiting(&stage), changes.restart), (vec!["withdraw_approval".to_owned()], None));
    let id = stage.outbox[0].effect.id;
    assert_eq!(stage.end(id, done(&[])).restart, Some(2));
}

#[test]
fn the_echo_of_our_own_withdrawal_sets_nothing_off() {
    let world = World::new();
    let flow = world.steps(
        "  - {id: oa, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed, ladder: [{after: 1d, outcome: expired}]}}",
        "reactions: [{event: oa.approval_changed, when: \"event.outcome == 'withdrawn'\", do: [{call: oa.comment, with: {text: \"'gone'\"}}]}]",
    );
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    let (number, _) = stage.next_timer().expect("the rung");
    stage.fire(number);
    stage.tell(&heard("A1", Outcome::Withdrawn));
    answer(&mut stage, "withdraw_approval", done(&[]));
    stage.tell(&heard("A1", Outcome::Withdrawn));
    assert_eq!((waiting(&stage), stage.instance.status_word()), (vec![], "ended"));
}

#[test]
fn a_condition_of_a_reaction_sees_the_event() {
    let world = World::new();
    let flow = world.flow(&text(
        "  - {id: oa, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed}}",
        "reactions: [{event: oa.approval_changed, when: \"event.outcome == 'revoked' && 'u7' in event.output.holders && steps.oa.outcome == 'approved'\", \
         do: [{reverse: [oa]}, {id: say, call: oa.comment, with: {text: \"event.external_id\"}}]}]",
    ));
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Approved));
    stage.tell(&heard("A1", Outcome::Pending));
    assert_eq!(waiting(&stage), Vec::<String>::new());
    let bare = Heard {
        connection: "oa_main".into(),
        event: "approval_changed".into(),
        external_id: "A1".into(),
        outcome: Some(Outcome::Revoked),
        output: Value::Unset,
        asked: None,
    };
    stage.tell(&Event::Heard(bare));
    assert_eq!(waiting(&stage), Vec::<String>::new());
    stage.tell(&heard("A1", Outcome::Revoked));
    assert_eq!(waiting(&stage), ["comment"]);
}

#[test]
fn nothing_happens_before_the_start_or_to_a_broken_state() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = Stage::new(&flow, &world, facts("1.00"), now());
    for event in [withdrawn(), changed(2), heard("A1", Outcome::Approved), Event::TimerFired { timer: 0 }] {
        let changes = stage.tell(&event);
        assert_eq!((changes.effects.len(), stage.instance == Instance::default()), (0, true));
    }
    stage.tell(&Event::Started);
    let mut broken = stage.instance.clone();
    broken.visits[0].step = "gone".into();
    let (after, changes) = crate::domain::flow::decide(&flow, &world, broken, &stage.facts, &withdrawn(), now());
    assert_eq!((after.status_word(), changes.exceptions_opened[0].code.as_str()), ("exception", "bad_state"));
}

#[test]
fn what_nothing_could_move_any_more_stands_in_an_exception() {
    let world = World::new();
    let flow = world.flow(&SHIPPED.replace(
        "  - {revision: withdrawn, do: [{reverse: all}, {end: {outcome: cancelled, status: cancelled}}]}",
        "  - {revision: withdrawn, do: [{reverse: [oa]}]}",
    ));
    let mut stage = in_approval(&flow, &world);
    stage.tell(&withdrawn());
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!((stage.instance.outcome_word(), codes(&stage)), (None, vec!["path_without_end"]));
}

#[test]
fn a_reaction_waits_for_its_own_event_also_after_the_end() {
    let world = World::new();
    let steps = "  - {id: one, call: erp.release_order, map: po_ref}";
    let again = "{id: again, call: oa.create_approval, map: po_to_oa, with: {budget: steps.funds.output}, await: {event: oa.approval_changed}, due: 3d}";
    let more = format!(
        "reactions:\n  - {{revision: changed, do: [{{id: funds, call: erp.check_budget, map: po_to_budget}}, {again}, {{id: after, assign: {{note: \"'seen'\"}}}}]}}"
    );
    let flow = world.steps(steps, &more);
    let mut stage = start(&flow, &world, "20000.00");
    answer(&mut stage, "release_order", done(&[]));
    assert_eq!(stage.instance.outcome_word(), Some("approved"));
    stage.tell(&changed(2));
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A7")]));
    stage.tell(&heard("A7", Outcome::Approved));
    assert!(stage.instance.visits.iter().all(|visit| visit.state.is_over()), "{:?}", stage.instance.visits);
    assert!(stage.instance.visits.iter().any(|visit| visit.step == "after"));
}

#[test]
fn a_status_that_nobody_knows_is_an_exception_after_the_step_as_well() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = released(&flow, &world);
    stage.tell(&heard("A1", Outcome::Unknown));
    assert_eq!((codes(&stage), stage.instance.outcome_word()), (vec!["unknown_status"], Some("approved")));
    let number = stage.exceptions.len();
    stage.tell(&heard("A1", Outcome::Unknown));
    assert_eq!(stage.exceptions.len(), number, "polls say the same for days");
}
