//! Writes made of steps that go on after an answer was lost: what they read before is read anew where that is harmless.

use super::running::run_from;
use super::sound;
use crate::domain::connector::{Begun, Class};

const READS: &str = "  get: {effect: read, input: {}, request: {method: GET, path: /one}, output: {state: {type: string, from: $.state}}}
";
const WITHDRAW: &str = "operations:
  withdraw:
    effect: write
    input: {}
    steps:
      - {id: told, call: get}
      - {id: back, call: cancel, when: \"steps.told.output.state == 'open'\"}
    idempotency: {by: nature}
  cancel: {effect: write, input: {}, request: {method: POST, path: /one/cancel}, idempotency: {by: WAY}}
";

fn open() -> (u16, &'static str) {
    (200, r#"{"state": "open"}"#)
}

#[test]
fn what_was_read_before_a_lost_answer_is_read_anew() {
    let connector = sound(&(WITHDRAW.replace("WAY", "nature") + READS));
    let (sent, lost, begun) = run_from(&connector, "withdraw", "{}", Begun::default(), &[open(), (502, "<html>")]);
    assert_eq!((sent.len(), lost.class), (2, Class::Unknown), "{lost:?}");
    // It was done: the partner would refuse a second one.
    let (sent, answer, _) = run_from(&connector, "withdraw", "{}", begun.clone(), &[(200, r#"{"state": "closed"}"#)]);
    assert_eq!((sent.len(), answer.class), (1, Class::Ok), "{sent:?} {answer:?}");
    // It was not done: once more.
    let (sent, answer, _) = run_from(&connector, "withdraw", "{}", begun, &[open(), (200, "{}")]);
    assert_eq!((sent.len(), answer.class), (2, Class::Ok), "{sent:?} {answer:?}");
}

#[test]
fn a_key_goes_with_the_words_it_was_first_sent_with() {
    let connector = sound(&(WITHDRAW.replace("{by: WAY}", "{by: header, header: Idempotency-Key}") + READS));
    let (_, lost, begun) = run_from(&connector, "withdraw", "{}", Begun::default(), &[open(), (502, "<html>")]);
    assert_eq!(lost.class, Class::Unknown, "{lost:?}");
    let (sent, answer, _) = run_from(&connector, "withdraw", "{}", begun, &[(200, "{}")]);
    assert_eq!((sent, answer.class), (vec!["POST https://p.example/api/one/cancel ".to_owned()], Class::Ok));
}

#[test]
fn what_was_read_before_something_done_stays() {
    let connector = sound(
        "operations:
  both:
    effect: write
    input: {}
    steps:
      - {id: first, call: get}
      - {id: a, call: put, when: \"steps.first.output.state == 'open'\"}
      - {id: second, each: \"['x', 'y']\", as: one, call: get}
      - {id: b, each: \"['x', 'y']\", as: one, call: put}
    idempotency: {by: nature}
  put: {effect: write, input: {}, request: {method: POST, path: /one}, idempotency: {by: nature}}
  get: {effect: read, input: {}, request: {method: GET, path: /one}, output: {state: {type: string, from: $.state}}}
",
    );
    let gets = |sent: &[String]| sent.iter().filter(|sent| sent.starts_with("GET")).count();
    let (sent, _, begun) = run_from(&connector, "both", "{}", Begun::default(), &[open(), (200, "{}"), open(), (502, "<html>")]);
    assert_eq!((sent.len(), gets(&sent)), (4, 3), "{sent:?}");
    // The second reading was broken off: all of it anew, and not the one before what is done.
    let (sent, lost, begun) = run_from(&connector, "both", "{}", begun, &[open(), open(), (200, "{}"), (502, "<html>")]);
    assert_eq!((sent.len(), gets(&sent), lost.class), (4, 2, Class::Unknown), "{sent:?}");
    // One of the elements is done: what stands before it stays, and only the other is sent again.
    let (sent, answer, _) = run_from(&connector, "both", "{}", begun, &[(200, "{}")]);
    assert_eq!((sent.len(), gets(&sent), answer.class), (1, 0, Class::Ok), "{sent:?}");
}
