//! Others come in: added, handed on, helping, copied.

use super::support::*;
use crate::domain::approval::{Act, Added, RefusalCode, TaskState};
use crate::domain::flow::event::Outcome;

#[test]
fn before_after_and_beside() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let add = |play: &mut Play<'_>, how: Added, people: &[&str]| {
        play.says_with("ma", "add", |act| {
            act.how = Some(how);
            act.to = to(people);
        })
    };
    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::Before, &["he", "sun"]), Ok(()));
    assert_eq!(play.turn(), ["he", "sun"]);
    assert_eq!(play.says("ma", "approve"), Err(RefusalCode::AlreadyHandled), "they come first");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(add(&mut play, Added::Before, &["wu"]), Ok(()));
    assert_eq!(play.says("wu", "reject"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Rejected));

    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::After, &["he"]), Ok(()));
    assert_eq!((play.turn(), play.outcome("ask")), (to(&["he"]), None), "the asker has agreed");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));

    let mut play = Play::new(&flow, &world);
    assert_eq!(add(&mut play, Added::Beside, &["he"]), Ok(()));
    assert_eq!(play.turn(), ["ma", "he"]);
    assert_eq!(add(&mut play, Added::Beside, &["he"]), Err(RefusalCode::BadPeople), "asked already");
    assert_eq!(add(&mut play, Added::Beside, &["gone"]), Err(RefusalCode::BadPeople), "has left");
}

#[test]
fn added_on_the_head_of_a_sequence_come_before_the_next() {
    let world = world();
    let flow = asking(&world, "by: {managers: 2}, mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(
        play.says_with("wu", "add", |act| {
            act.how = Some(Added::After);
            act.to = to(&["he", "ma"]);
            act.in_turn = true;
        }),
        Ok(())
    );
    for person in ["he", "ma", "zhao"] {
        assert_eq!(play.turn(), [person]);
        assert_eq!(play.says(person, "approve"), Ok(()));
    }
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn an_added_one_can_be_removed_but_not_the_last() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says("ma", "remove"), Err(RefusalCode::NotYours));
    let task = play.task("ma", TaskState::Pending);
    assert_eq!(
        play.act(Act { verb: "remove".to_owned(), by: admin(), task, ..Act::default() }),
        Err(RefusalCode::NotAllowed),
        "the last one"
    );
    play.says_with("ma", "add", |act| {
        act.how = Some(Added::Before);
        act.to = to(&["he"]);
    })
    .expect("allowed");
    let task = play.task("he", TaskState::Pending);
    assert_eq!(
        play.act(Act { verb: "remove".to_owned(), by: by("sun"), task: task.clone(), ..Act::default() }),
        Err(RefusalCode::NotYours)
    );
    assert_eq!(play.act(Act { verb: "remove".to_owned(), by: by("ma"), task, ..Act::default() }), Ok(()));
    assert_eq!(play.turn(), ["ma"], "what waited for the removed one goes on");
}

#[test]
fn a_duty_that_is_handed_on_keeps_its_place() {
    let world = world();
    let flow = asking(&world, "by: {managers: 2}, mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    let hand = |play: &mut Play<'_>, from: &str, receiver: &str| play.says_with(from, "transfer", |act| act.to = to(&[receiver]));
    assert_eq!(hand(&mut play, "wu", "wu"), Err(RefusalCode::BadPeople));
    assert_eq!(hand(&mut play, "wu", "ma"), Ok(()));
    assert_eq!(play.turn(), ["ma"], "not the next one");
    assert_eq!(hand(&mut play, "ma", "zhao"), Ok(()), "who has a task here already gets no second one");
    assert_eq!(play.turn(), ["zhao"]);
    assert_eq!(play.says("zhao", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));

    let flow = asking(&world, "by: [{user: ma}, {user: he}, {user: sun}], mode: sequence, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(hand(&mut play, "ma", "sun"), Ok(()), "the last of the line");
    assert_eq!(play.turn(), ["sun"], "has the place of the first");
    assert_eq!(play.says("sun", "approve"), Ok(()));
    assert_eq!(play.turn(), ["he"]);

    let flow = asking(&world, "by: [{user: ma}, {user: he}], empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(hand(&mut play, "ma", "he"), Ok(()));
    assert_eq!(play.turn(), ["he"], "the two duties became one");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn a_duty_that_comes_back_to_whoever_waits_for_it_makes_no_ring() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    let before = |play: &mut Play<'_>, from: &str, person: &str| {
        play.says_with(from, "add", |act| {
            act.how = Some(Added::Before);
            act.to = to(&[person]);
        })
    };
    assert_eq!(before(&mut play, "ma", "he"), Ok(()));
    assert_eq!(before(&mut play, "he", "sun"), Ok(()));
    assert_eq!(play.turn(), ["sun"]);
    assert_eq!(play.says_with("sun", "transfer", |act| act.to = to(&["ma"])), Ok(()), "who waits for him who waits for her");
    assert_eq!(play.turn(), ["he"], "ma wanted to hear him first");
    assert_eq!(play.says("he", "approve"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn help_does_not_decide_and_an_opinion_is_waited_for() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.says_with("ma", "assist", |act| act.to = to(&["he"])), Ok(()));
    assert_eq!(play.turn(), ["ma", "he"]);
    assert_eq!(play.says("he", "approve"), Err(RefusalCode::NotAllowed));
    assert_eq!(play.says_with("he", "contribute", |act| act.comment = None), Err(RefusalCode::Incomplete));
    assert_eq!(play.says("he", "contribute"), Ok(()));
    assert_eq!(play.says_with("ma", "consult", |act| act.to = to(&["sun"])), Ok(()));
    assert_eq!(play.turn(), ["sun"]);
    assert_eq!(play.says("sun", "answer"), Ok(()));
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.outcome("ask"), Some(Outcome::Approved));
}

#[test]
fn copies_are_read_and_block_nobody() {
    let world = world();
    let flow = asking(&world, "by: {user: ma}, empty: block, copies: [{to: {user: he}}, {to: {user: wu}, at: exit}]");
    let mut play = Play::new(&flow, &world);
    assert_eq!(play.turn(), ["ma"]);
    assert_eq!(play.says("ma", "approve"), Ok(()));
    assert_eq!(play.stage.instance.outcome_word(), Some("approved"));
    for person in ["he", "wu"] {
        assert!(play.task(person, TaskState::Pending).is_some(), "{person} is told");
        assert_eq!(play.says(person, "read"), Ok(()), "also after the end");
    }
}
