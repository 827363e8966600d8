//! What single decisions make of a step.

use super::support::*;
use crate::domain::approval::{Act, Actor, Attachment, RefusalCode, TaskState};
use crate::domain::flow::event::Outcome;
use crate::domain::flow::people::seen::Seen;
use crate::domain::flow::people::verbs::offered;
use serde_json::json;

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
fn what_is_not_seen_as_a_whole_is_not_changed_as_a_whole() {
    let mut world = world();
    // As versions of before may have it.
    world.env.stored = true;
    let flow = asking(&world, "by: {user: ma}, empty: block, fields: {lines: edit, lines.quantity: hide}");
    let mut play = Play::new(&flow, &world);
    let lines = |act: &mut Act| drop(act.edits.insert("lines".to_owned(), json!([{"line_no": "1"}])));
    assert_eq!(play.says_with("ma", "approve", lines), Err(RefusalCode::NotAllowed));
    assert_eq!(play.stage.instance.assigned, []);
    // Who mends what was returned has seen all of it.
    let flow = asking(&world, "by: {user: ma}, empty: block, fields: {note: hide}");
    let mut play = Play::new(&flow, &world);
    let note = |act: &mut Act| drop(act.edits.insert("note".to_owned(), json!("mended")));
    assert_eq!(play.says_with("ma", "approve", note), Err(RefusalCode::NotAllowed));
    assert_eq!(play.says_with("ma", "return", |act| act.step = Some("initiator".to_owned())), Ok(()));
    assert_eq!(play.says_with("e1001", "resubmit", note), Ok(()));
    assert_eq!(play.stage.instance.assigned, [("note".to_owned(), json!("mended"))]);
}

#[test]
fn what_was_seen_is_what_is_decided_on() {
    let world = world();
    let steps = "  - {id: note, assign: {note: \"'x'\"}}\n  - {id: ask, approve: {by: [{user: ma}, {user: he}, {user: sun}], mode: all, empty: block, fields: {note: edit}}, due: 2wd}";
    let flow = world.steps(steps, "");
    let mut play = Play::new(&flow, &world);
    let shown = |play: &Play<'_>| Seen::now(1, &play.stage.instance).to_string();
    let first = shown(&play);
    assert_eq!(first, "1-1-0", "one revision, changed once by the flow, nothing decided");
    let with = |seen: &str, note: Option<&str>| {
        let (seen, note) = (Some(seen.to_owned()), note.map(|note| json!(note)));
        move |act: &mut Act| {
            act.seen = seen;
            act.edits.extend(note.map(|note| ("note".to_owned(), note)));
        }
    };
    assert_eq!(play.says_with("ma", "approve", with(&first, None)), Ok(()));
    assert_eq!(play.says_with("he", "approve", with(&first, Some("he"))), Ok(()), "what others decided is not the document");
    assert_eq!(play.says_with("sun", "approve", with(&first, Some("sun"))), Err(RefusalCode::ChangedMeanwhile));
    assert_eq!(play.says_with("sun", "approve", with(&first, None)), Err(RefusalCode::ChangedMeanwhile));
    assert_eq!(play.says_with("sun", "approve", with("2-2-2", None)), Err(RefusalCode::ChangedMeanwhile), "of another revision");
    assert_eq!(play.stage.instance.assigned, [("note".to_owned(), json!("he"))]);
    let now = shown(&play);
    assert_eq!(play.says_with("sun", "approve", with(&now, None)), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn a_required_column_is_there_when_every_line_has_it() {
    let mut world = world();
    world.env.stored = true;
    for (field, said) in [("lines.line_no", Ok(())), ("lines.unit", Err(RefusalCode::Incomplete))] {
        let flow = asking(&world, &format!("by: {{user: ma}}, empty: block, fields: {{{field}: required}}"));
        let mut play = Play::new(&flow, &world);
        assert_eq!(play.says("ma", "approve"), said, "{field}");
    }
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
