//! A centre that gives ids of its own to what it is told: opened once, told one thing after the other, never blindly again.

use super::super::world::*;
use super::support::{Play, world};
use crate::domain::flow::Flow;
use crate::domain::flow::effect::{Cause, EffectResult, Purpose, Work};
use crate::domain::flow::event::{Command, Event};
use crate::domain::flow::stage::Phase;
use crate::domain::ids::EffectId;
use crate::domain::notice::{Channel, Opens, Tells};
use crate::domain::text::title::Title;
use crate::domain::value::Value;
use serde_json::{Value as Json, json};

fn company() -> World {
    let mut world = world();
    let opens = Opens { operation: "create_approval".into(), map: "opened".into(), places: Default::default() };
    let channel = Channel {
        id: "centre".into(),
        title: Title::read(None),
        role: "oa".into(),
        operation: "comment".into(),
        map: "shown".into(),
        tells: Tells::Centre,
        opens: Some(opens),
        places: Default::default(),
    };
    world.channels.insert("centre".to_owned(), channel);
    world
}

fn flow(world: &World) -> Flow {
    world.steps("  - {id: ask, approve: {by: [{user: ma}, {user: he}], empty: block}, due: 2wd}", "shown_in: [centre]")
}

/// What the centre is being told: the effect, the operation, and what it is shown.
fn under_way(play: &Play<'_>) -> Vec<(EffectId, String, Json)> {
    let told = play.stage.outbox.iter().filter(|open| open.phase == Phase::Ready).filter_map(|open| match &open.effect.work {
        Work::Call { operation, input, purpose: Purpose::Notice, .. } => {
            let shown = input["text"].as_str().map_or(Json::Null, |text| serde_json::from_str(text).expect("JSON"));
            Some((open.effect.id, operation.clone(), shown))
        }
        _ => None,
    });
    told.collect()
}

/// The one thing it is being told.
#[track_caller]
fn only(play: &Play<'_>) -> (EffectId, String, Json) {
    let mut told = under_way(play);
    assert_eq!(told.len(), 1, "one at a time: {told:?}");
    told.remove(0)
}

/// Person, state and the centre's id of the tasks shown.
fn tasks(shown: &Json) -> Vec<(String, String, String)> {
    let of = |task: &Json| ["person", "state", "external_id"].map(|name| task[name].as_str().unwrap_or("?").to_owned());
    shown["tasks"].as_array().into_iter().flatten().map(|task| of(task).into()).collect()
}

fn task(person: &str, state: &str, external_id: &str) -> (String, String, String) {
    (person.to_owned(), state.to_owned(), external_id.to_owned())
}

#[test]
fn it_is_opened_once_and_told_in_its_own_names() {
    let world = company();
    let flow = flow(&world);
    let mut play = Play::new(&flow, &world);
    let (opening, operation, _) = only(&play);
    assert_eq!(operation, "create_approval");

    // What happens meanwhile waits for the answer.
    play.says("ma", "approve").expect("hers");
    assert_eq!(only(&play).0, opening);
    play.stage.end(opening, done(&[("external_id", "D1")]));
    let (first, operation, shown) = only(&play);
    assert_eq!((operation.as_str(), &shown["external_id"]), ("comment", &json!("D1")));
    assert_eq!(tasks(&shown), [task("ma", "approved", ""), task("he", "pending", "")]);

    let open = json!([{"task_id": shown["tasks"][1]["id"], "external_id": "T2"}]);
    play.stage.end(first, EffectResult::Done { output: Value::map([("tasks", Value::from_json(&open))]) });
    assert_eq!(under_way(&play), [], "nothing has changed since");

    play.says("he", "approve").expect("his");
    let (_, _, shown) = only(&play);
    assert_eq!(tasks(&shown), [task("ma", "approved", ""), task("he", "approved", "T2")]);
    assert_eq!(shown["status"], "approved");
}

#[test]
fn what_may_have_been_opened_is_not_opened_again_before_a_person_has_looked() {
    let world = company();
    let flow = flow(&world);
    let mut play = Play::new(&flow, &world);
    let (opening, _, _) = only(&play);
    play.stage.end(opening, failed(Cause::Unknown));
    for person in ["ma", "he"] {
        play.says(person, "approve").expect("theirs");
        assert_eq!(under_way(&play), []);
    }
    assert!(play.stage.instance.status.is_over());
    assert_eq!(codes(&play.stage), ["notice_failed"], "it outlives its step");

    let command = Command::MarkDone { output: json!({"external_id": "D9"}), proof: "seen there".to_owned() };
    play.stage.tell(&Event::Command { command, exception: None, actor: "op".to_owned(), reason: None });
    let (_, operation, shown) = only(&play);
    assert_eq!((operation.as_str(), &shown["external_id"], &shown["status"]), ("comment", &json!("D9"), &json!("approved")));
    assert_eq!(codes(&play.stage), [""; 0]);
}

#[test]
fn one_that_was_skipped_is_opened_with_the_next_change() {
    let world = company();
    let flow = flow(&world);
    let mut play = Play::new(&flow, &world);
    let (opening, _, _) = only(&play);
    play.stage.end(opening, failed(Cause::DataWrong));
    play.stage.tell(&Event::Command { command: Command::Skip, exception: None, actor: "op".to_owned(), reason: Some("later".to_owned()) });
    assert_eq!(under_way(&play), []);
    play.says("ma", "approve").expect("hers");
    let (again, operation, _) = only(&play);
    assert!(again != opening && operation == "create_approval");
}
