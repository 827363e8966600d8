//! Cursors: never behind, never ahead of what was read.

use super::sound;
use crate::domain::connector::stream::Cursor;
use crate::domain::connector::{Connector, Position};
use crate::domain::value::Value;
use jiff::Timestamp;
use proptest::prelude::*;
use std::sync::Arc;

fn connector(cursor: &str) -> Arc<Connector> {
    sound(&format!(
        "operations:
  list:
    effect: read
    input: {{since: instant, to: {{type: instant, optional: true}}, n: {{type: int, optional: true}}}}
    request: {{method: GET, path: /}}
    output: {{rows: {{from: \"$[*]\", many: true, fields: {{id: {{type: int, from: $.id}}, at: {{type: instant, from: $.at}}}}}}}}
streams:
  s: {{operation: list, each: rows, ref: {{id: {{value: item.id}}}}, cursor: {cursor}, every: 1m}}
"
    ))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn item(id: i64, instant: Timestamp) -> Value {
    Value::map([("id", Value::Int(id)), ("at", Value::Instant(instant))])
}

fn with_cursor<T>(cursor: &str, check: impl FnOnce(&Cursor) -> T) -> T {
    let connector = connector(cursor);
    check(connector.stream("s").unwrap().cursor.as_ref().unwrap())
}

#[test]
fn our_clock_moves_to_where_the_reading_began_and_asks_from_before_it() {
    with_cursor("{argument: since, overlap: 10m, initial: 7d}", |cursor| {
        let began = at("2026-09-28T10:00:00Z");
        assert_eq!(cursor.argument_value(None, began), Value::Instant(at("2026-09-21T10:00:00Z")));
        let position = cursor.advance(None, &[], began).unwrap().unwrap();
        assert_eq!(position, Position::At(began));
        let later = at("2026-09-28T10:05:00Z");
        assert_eq!(cursor.argument_value(Some(position), later), Value::Instant(at("2026-09-28T09:50:00Z")));
    });
}

#[test]
fn the_items_own_time_moves_it_but_never_beyond_our_clock() {
    with_cursor("{argument: since, overlap: 1m, initial: 1h, value: item.at}", |cursor| {
        let began = at("2026-09-28T10:00:00Z");
        let items = [item(1, at("2026-09-28T09:59:00Z")), item(2, at("2026-09-28T09:30:00Z"))];
        assert_eq!(cursor.advance(None, &items, began).unwrap(), Some(Position::At(at("2026-09-28T09:59:00Z"))));
        let ahead = [item(3, at("2027-01-01T00:00:00Z"))];
        assert_eq!(cursor.advance(None, &ahead, began).unwrap(), Some(Position::At(began)), "a clock that runs ahead skips nothing");
        assert_eq!(
            cursor.advance(None, &[], began).unwrap(),
            Some(Position::At(at("2026-09-28T09:00:00Z"))),
            "the window stays where it began"
        );
    });
}

#[test]
fn positions_survive_the_store() {
    for position in [Position::At(at("2026-09-28T10:00:00.123456Z")), Position::Number(-7), Position::Number(i64::MAX)] {
        assert_eq!(Position::from_text(&position.to_text()), Some(position));
    }
    assert_eq!(Position::from_text("yesterday"), None);
}

proptest! {
    #[test]
    fn a_position_never_goes_back(stored in 0i64..4_000_000_000, offsets in proptest::collection::vec(0i64..4_000_000_000, 0..20), began in 0i64..4_000_000_000) {
        let second = |second: i64| Timestamp::from_second(second).unwrap();
        let items: Vec<Value> = offsets.iter().map(|offset| item(1, second(*offset))).collect();
        let stored = Position::At(second(stored));
        for cursor in ["{argument: since, overlap: 1m, value: item.at}", "{argument: since, overlap: 1m}"] {
            let reached = with_cursor(cursor, |cursor| cursor.advance(Some(stored), &items, second(began)).unwrap().unwrap());
            prop_assert!(reached >= stored);
            prop_assert!(reached <= stored.max(Position::At(second(began))));
        }
    }
}

#[test]
fn a_window_moves_on_in_steps_until_it_has_caught_up() {
    let connector = connector("{argument: since, until: to, window: 3d, overlap: 1h, initial: 7d, lag: 10m}");
    let stream = connector.stream("s").unwrap();
    let cursor = stream.cursor.as_ref().unwrap();
    let now = at("2026-09-28T10:00:00Z");
    let mut stored = None;
    let mut asked = Vec::new();
    for _ in 0..4 {
        let input = stream.input(stored, now).unwrap();
        asked.push((input.member("since").clone(), input.member("to").clone()));
        // Nothing was found, and still it moves on.
        stored = cursor.advance(stored, &[], cursor.end(stored, now)).unwrap();
    }
    let span = |since: &str, to: &str| (Value::Instant(at(since)), Value::Instant(at(to)));
    assert_eq!(
        asked,
        [
            span("2026-09-21T10:00:00Z", "2026-09-24T10:00:00Z"),
            span("2026-09-24T09:00:00Z", "2026-09-27T09:00:00Z"),
            span("2026-09-27T08:00:00Z", "2026-09-28T09:50:00Z"),
            span("2026-09-28T08:50:00Z", "2026-09-28T09:50:00Z"),
        ]
    );
}

#[test]
fn windows_that_would_stand_still_are_refused() {
    for (cursor, code) in [
        ("{argument: since, window: 3d}", "missing_key"),
        ("{argument: since, until: n}", "expression_type"),
        ("{argument: since, until: too}", "unknown_field"),
        ("{argument: since, until: to, window: 1m, overlap: 1m}", "bad_value"),
        ("{argument: since, until: to, value: item.at}", "wrong_type"),
    ] {
        let text = format!(
            "operations:\n  list: {{effect: read, input: {{since: instant, to: instant, n: {{type: int, optional: true}}}}, request: {{method: GET, path: /}}, output: {{rows: {{from: \"$[*]\", many: true, fields: {{id: {{type: int, from: $.id}}, at: {{type: instant, from: $.at}}}}}}}}}}\nstreams:\n  s: {{operation: list, each: rows, ref: {{id: {{value: item.id}}}}, cursor: {cursor}, every: 1m}}\n"
        );
        let (_, found) = super::compile(&format!("{}{text}", super::HEAD));
        assert!(found.iter().any(|item| item.code == code), "{cursor}: {found:?}");
    }
}
