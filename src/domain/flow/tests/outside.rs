//! Approvals that people decide in another system, in their lists: who is named, who is named no longer, and the end of the wait.

use super::world::{World, answer, done, start};
use crate::domain::flow::decision::{Changes, Where};
use crate::domain::flow::effect::Work;
use crate::domain::flow::event::{Asked, Command, Event, Heard, Outcome};
use crate::domain::flow::instance::Instance;
use crate::domain::flow::stage::Stage;
use crate::domain::value::Value;
use serde_json::json;

fn told(people: &[&str], outcome: Outcome, url: Option<&str>) -> Event {
    let names = people.iter().map(Value::text);
    let asked = (outcome == Outcome::Pending)
        .then(|| Asked { people: people.iter().map(|name| (*name).to_owned()).collect(), url: url.map(str::to_owned) });
    Event::Heard(Heard {
        connection: "oa_main".into(),
        event: "approval_changed".into(),
        external_id: "A1".into(),
        outcome: Some(outcome),
        output: Value::map([("holders", Value::list(names))]),
        asked,
    })
}

/// Person, number and state of the rows that change.
fn rows(changes: &Changes) -> Vec<(&str, u32, &str)> {
    changes.tasks.iter().map(|task| (task.person.as_str(), task.number, task.state.word())).collect()
}

const STEP: &str = "  - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed}}";

fn asked<'a>(flow: &'a crate::domain::flow::Flow, world: &'a World) -> Stage<'a> {
    let mut stage = start(flow, world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage
}

#[test]
fn who_is_asked_there_comes_and_goes_with_what_the_partner_says() {
    let world = World::new();
    let flow = world.steps(STEP, "");
    let mut stage = asked(&flow, &world);
    let changes = stage.tell(&told(&["ann", "ben"], Outcome::Pending, Some("https://oa.example/A1")));
    assert_eq!(rows(&changes), [("ann", 0, "pending"), ("ben", 1, "pending")]);
    let there = Where { connection: "oa_main".into(), external_id: "A1".into(), url: Some("https://oa.example/A1".into()) };
    assert!(changes.tasks.iter().all(|task| task.outside.as_ref() == Some(&there)), "{changes:?}");
    assert_eq!(changes.decisions, [], "nothing was decided here");

    assert_eq!(
        rows(&stage.tell(&told(&["ann", "ben"], Outcome::Pending, Some("https://oa.example/A1")))),
        [],
        "told again it changes nothing"
    );
    let changes = stage.tell(&told(&["ben", "cid"], Outcome::Pending, Some("https://oa.example/A1")));
    assert_eq!(rows(&changes), [("ann", 0, "cancelled"), ("cid", 2, "pending")]);
    // Asked again after somebody else: a row of its own.
    assert_eq!(
        rows(&stage.tell(&told(&["ann"], Outcome::Pending, None))),
        [("ben", 1, "cancelled"), ("cid", 2, "cancelled"), ("ann", 3, "pending")]
    );
    let changes = stage.tell(&told(&[], Outcome::Approved, None));
    assert_eq!(rows(&changes), [("ann", 3, "cancelled")], "the outcome has come");
    assert!(stage.instance.status.is_over());
}

#[test]
fn what_was_said_there_is_for_the_steps_after_it_and_the_history() {
    let world = World::new();
    let flow = world.steps(
        &format!(
            "{STEP}\n  - {{id: tell, call: erp.reject_order, with: {{id: doc.source.id, reason: \"steps.oa.heard.holders.join('; ')\"}}}}"
        ),
        "",
    );
    let mut stage = asked(&flow, &world);
    stage.tell(&told(&["ann"], Outcome::Pending, None));
    let Event::Heard(mut heard) = told(&[], Outcome::Rejected, None) else { panic!("heard") };
    let said = Value::map([("person", Value::text("ann")), ("decision", Value::text("REFUSE")), ("comment", Value::text("too dear"))]);
    heard.output = Value::map([("holders", Value::list([Value::text("u7"), Value::text("u8")])), ("opinions", Value::list([said]))]);
    let changes = stage.tell(&Event::Heard(heard));
    let Work::Call { input, .. } = &stage.outbox[0].effect.work else { panic!("a call") };
    assert_eq!(input["reason"], "u7; u8");
    let told = changes.history.iter().find(|entry| entry.kind == "heard").map(|entry| &entry.detail["opinions"]);
    assert_eq!(told, Some(&json!([{"person": "ann", "decision": "REFUSE", "comment": "too dear"}])));
}

#[test]
fn nobody_is_asked_any_more_when_the_wait_ends_otherwise() {
    let world = World::new();
    let flow = world.steps(STEP, "");
    let mut stage = asked(&flow, &world);
    stage.tell(&told(&["ann"], Outcome::Pending, None));
    let changes = stage.tell(&Event::Command { command: Command::Cancel, exception: None, actor: "op".to_owned(), reason: None });
    assert_eq!(rows(&changes), [("ann", 0, "cancelled")]);
}

#[test]
fn what_came_before_the_answer_of_the_call_is_kept_with_who_is_asked() {
    let world = World::new();
    let flow = world.steps(STEP, "");
    let mut stage = start(&flow, &world, "1.00");
    assert_eq!(rows(&stage.tell(&told(&["ann"], Outcome::Pending, None))), []);
    let id = stage.outbox[0].effect.id;
    let changes = stage.end(id, done(&[("external_id", "A1")]));
    assert_eq!(rows(&changes), [("ann", 0, "pending")]);
    // As it is stored and read again.
    let stored = serde_json::to_string(&stage.instance).expect("JSON");
    assert_eq!(serde_json::from_str::<Instance>(&stored).expect("the same"), stage.instance);
}
