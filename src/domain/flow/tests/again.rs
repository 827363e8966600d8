//! Working anew: new keys only where the old ones surely did nothing, and everything since taken back first.

use super::world::*;
use crate::domain::delivery::UNREAD_SUCCESS;
use crate::domain::flow::effect::{Cause, EffectResult};
use crate::domain::flow::event::{Command, Event, Outcome};
use crate::domain::flow::stage::Stage;

const POST: &str = "  - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed}}\n  \
                    - {id: tell, when: \"steps.oa.outcome == 'approved'\", call: erp.release_order, map: po_ref}";

fn say(stage: &mut Stage<'_>, command: Command) {
    stage.tell(&Event::Command { command, exception: None, actor: "ops".into(), reason: Some("because".into()) });
}

fn from(step: &str) -> Command {
    Command::From { step: step.to_owned() }
}

fn last<'s>(stage: &'s Stage<'_>) -> &'s str {
    stage.history.last().map_or("", |entry| entry.kind.as_str())
}

#[test]
fn redo_sends_anew_under_a_new_key_where_it_is_settled_that_nothing_was_done() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    let first = stage.outbox[0].effect.id;
    answer(&mut stage, "create_approval", failed(Cause::DataWrong));
    say(&mut stage, Command::Redo);
    assert_eq!((codes(&stage), waiting(&stage)), (vec![], vec!["create_approval".to_owned()]));
    let again = stage.outbox.iter().find(|open| open.effect.id != first).expect("a new effect");
    assert_eq!(again.effect.visit, 1, "the same visit: its reference at the partner stays");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Approved));
    assert_eq!(waiting(&stage), ["release_order"]);
}

#[test]
fn redo_of_what_may_have_been_done_keeps_its_key() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    let first = stage.outbox[0].effect.id;
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    say(&mut stage, Command::Redo);
    assert_eq!((stage.outbox.len(), stage.outbox[0].effect.id, codes(&stage)), (1, first, vec![]));
}

#[test]
fn going_back_takes_back_what_was_done_since_and_visits_anew() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Approved));
    answer(&mut stage, "release_order", failed(Cause::DataWrong));
    assert_eq!(stage.status(), "in_approval");
    say(&mut stage, from("tell"));
    assert_eq!(waiting(&stage), ["release_order"], "nothing was done at `tell`, so it is simply visited anew");
    let visits: Vec<u32> = stage.outbox.iter().map(|open| open.effect.visit).collect();
    assert_eq!(visits, [2], "a new visit, so new keys and a new reference");
    answer(&mut stage, "release_order", failed(Cause::DataWrong));
    say(&mut stage, from("oa"));
    let asked = waiting(&stage);
    if asked == ["withdraw_approval"] {
        answer(&mut stage, "withdraw_approval", done(&[]));
    }
    assert_eq!(waiting(&stage), ["create_approval"], "asked anew only after what stood was taken back");
    assert_eq!((codes(&stage), stage.status()), (vec![], "submitted"), "the status before comes back too");
    answer(&mut stage, "create_approval", done(&[("external_id", "A2")]));
    stage.tell(&heard("A2", Outcome::Approved));
    answer(&mut stage, "release_order", done(&[]));
    assert_eq!(stage.instance.status_word(), "ended");
}

#[test]
fn an_awaited_approval_is_withdrawn_before_it_is_asked_anew() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    say(&mut stage, from("oa"));
    assert_eq!(waiting(&stage), ["withdraw_approval"]);
    say(&mut stage, from("oa"));
    assert_eq!((last(&stage), waiting(&stage)), ("ignored", vec!["withdraw_approval".to_owned()]), "once is enough");
    stage.tell(&heard("A1", Outcome::Approved));
    assert_eq!(waiting(&stage), ["withdraw_approval"], "its word comes too late");
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!(waiting(&stage), ["create_approval"]);
    answer(&mut stage, "create_approval", done(&[("external_id", "A2")]));
    assert_eq!(stage.status(), "in_approval");
}

#[test]
fn going_back_is_refused_where_it_is_not_safe() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    for step in ["oa", "tell", "nowhere"] {
        say(&mut stage, from(step));
        assert_eq!((last(&stage), waiting(&stage)), ("ignored", vec!["create_approval".to_owned()]), "{step}");
    }
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    say(&mut stage, from("oa"));
    assert_eq!((last(&stage), codes(&stage)), ("ignored", vec!["unknown_outcome"]), "whether it was done is not known");
    say(&mut stage, Command::Skip);
    assert_eq!(stage.instance.status_word(), "ended");
    say(&mut stage, from("oa"));
    assert_eq!((last(&stage), stage.instance.status_word()), ("ignored", "ended"));
}

#[test]
fn what_was_probably_done_is_a_persons_even_where_failures_are_gone_on_from() {
    let world = World::new();
    let flow =
        world.steps("  - {id: tell, call: erp.tell_line, with: {line_no: \"'1'\"}, on_error: [{cause: data_wrong, then: continue}]}", "");
    let unread = |class: &str| EffectResult::Failed { cause: Cause::DataWrong, message: "no id".to_owned(), class: class.to_owned() };
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "tell_line", unread("refused"));
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("ended", vec![]), "surely not done");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "tell_line", unread(UNREAD_SUCCESS));
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("exception", vec![UNREAD_SUCCESS]));
    say(&mut stage, from("tell"));
    assert_eq!((last(&stage), codes(&stage)), ("ignored", vec![UNREAD_SUCCESS]), "under a new key it might be done twice");
    say(&mut stage, Command::MarkDone { output: serde_json::Value::Null, proof: "seen".into() });
    assert_eq!((stage.instance.status_word(), codes(&stage)), ("ended", vec![]));
}

#[test]
fn a_branch_is_worked_anew_without_its_siblings() {
    let world = World::new();
    let steps = "  - {id: both, parallel: {branches: [{id: a, steps: [{id: one, call: erp.tell_line, with: {line_no: \"'1'\"}}, \
                 {id: more, call: erp.tell_line, with: {line_no: \"'3'\"}}]}, \
                 {id: b, steps: [{id: two, call: erp.tell_line, with: {line_no: \"'2'\"}}]}]}}";
    let flow = world.steps(steps, "");
    let mut stage = start(&flow, &world, "1.00");
    let calls = |stage: &Stage<'_>| stage.outbox.iter().map(|open| (open.effect.step.clone(), open.effect.visit)).collect::<Vec<_>>();
    let of =
        |stage: &Stage<'_>, step: &str| stage.outbox.iter().find(|open| open.effect.step == step).map(|open| open.effect.id).expect(step);
    let (one, two) = (of(&stage, "one"), of(&stage, "two"));
    stage.end(one, done(&[]));
    stage.end(two, done(&[]));
    answer(&mut stage, "tell_line", failed(Cause::DataWrong));
    say(&mut stage, from("one"));
    let open = calls(&stage);
    assert!(open.contains(&("one".to_owned(), 2)) && !open.iter().any(|(step, visit)| step == "two" && *visit > 1), "{open:?}");
    answer(&mut stage, "tell_line", done(&[]));
    answer(&mut stage, "tell_line", done(&[]));
    assert_eq!(stage.instance.status_word(), "ended");
}
