//! Batches over HTTP: a partner that loses answers, refuses one of many, leaves some out, and answers in an order of its own.

use super::support::*;
use crate::domain::connector::{Begun, Class, Target};
use crate::gateway::{Call, CallPurpose, Gateway, Performed};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const OPERATIONS: &str = "
operations:
  book:
    effect: write
    timeout: 700ms
    input: {reference: string, bookings: {type: [object], max_items: 100, fields: {number: string}}}
    request: {method: POST, path: /bookings, json: {items: {value: batch.items}}}
    batch:
      over: input.bookings
      as: booking
      most: 3
      item: {number: {value: booking.number}, ref: {value: reference}}
      results: $.results[*]
      key: {item: booking.number, result: result.number}
      status: result.status
      output: {id: {type: string, from: $.id}}
    output: {ids: {type: [string], value: \"items.map(item, item.id)\"}}
    idempotency: {by: lookup, operation: find, with: {reference: reference}, executes_within: 1s, visible_within: 1s, ask_after: [1s, 3s]}
  find: {effect: read, input: {reference: string}, request: {method: GET, path: \"/bookings/{{input.reference}}\"}, output: {id: {type: string, from: $.id}}}
";

/// What the partner does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// It books all, and tells of them backwards.
    Backwards,
    /// It books the first item and answers nothing.
    BreaksOff,
    /// It refuses the item `b`.
    Refuses,
    /// It books all and tells only of the first.
    TellsOne,
}

#[derive(Default)]
struct Books {
    moods: Vec<Mood>,
    /// Number and reference of what is booked.
    booked: Vec<(String, String)>,
    /// Numbers of each request.
    asked: Vec<Vec<String>>,
    looked_up: Vec<String>,
}

type Shared = Arc<Mutex<Books>>;

async fn book(State(books): State<Shared>, Json(body): Json<Value>) -> Json<Value> {
    let items: Vec<(String, String)> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["number"].as_str().unwrap().to_owned(), item["ref"].as_str().unwrap().to_owned()))
        .collect();
    let (mood, told) = {
        let mut books = books.lock().unwrap();
        let mood = if books.moods.is_empty() { Mood::Backwards } else { books.moods.remove(0) };
        books.asked.push(items.iter().map(|(number, _)| number.clone()).collect());
        let mut told = Vec::new();
        for (at, (number, reference)) in items.iter().enumerate() {
            if mood == Mood::BreaksOff && at > 0 {
                break;
            }
            if mood == Mood::Refuses && number == "b" {
                told.push(json!({"number": number, "status": 422, "message": "no such supplier"}));
                continue;
            }
            books.booked.push((number.clone(), reference.clone()));
            told.push(json!({"number": number, "status": 201, "id": format!("id-{number}")}));
        }
        (mood, told)
    };
    match mood {
        Mood::BreaksOff => std::future::pending().await,
        Mood::TellsOne => Json(json!({"results": told[..1]})),
        Mood::Backwards | Mood::Refuses => Json(json!({"results": told.into_iter().rev().collect::<Vec<_>>()})),
    }
}

async fn find(State(books): State<Shared>, Path(reference): Path<String>) -> Result<Json<Value>, axum::http::StatusCode> {
    let mut books = books.lock().unwrap();
    books.looked_up.push(reference.clone());
    let found = books.booked.iter().find(|(_, known)| *known == reference);
    found.map(|(number, _)| Json(json!({"id": format!("id-{number}")}))).ok_or(axum::http::StatusCode::NOT_FOUND)
}

struct World {
    gateway: Gateway,
    target: Target,
    books: Shared,
}

impl World {
    async fn start(moods: &[Mood]) -> World {
        let books = Shared::default();
        books.lock().unwrap().moods = moods.to_vec();
        let router = Router::new().route("/bookings", post(book)).route("/bookings/{reference}", get(find)).with_state(books.clone());
        let address = partner(router).await;
        let target = Target::new(local(address), connector(&format!("{PLAIN}{OPERATIONS}")), "book").unwrap();
        World { gateway: gateway(), target, books }
    }

    async fn perform(&self, purpose: CallPurpose, begun: Begun) -> Performed {
        let input = r#"{"bookings": [{"number": "a"}, {"number": "b"}, {"number": "c"}, {"number": "d"}]}"#;
        let call = Call { purpose, ..call(input) };
        self.gateway.perform_from(&self.target, call, begun).await
    }

    fn asked(&self) -> Vec<Vec<String>> {
        self.books.lock().unwrap().asked.clone()
    }

    fn booked(&self) -> Vec<String> {
        let mut booked: Vec<String> = self.books.lock().unwrap().booked.iter().map(|(number, _)| number.clone()).collect();
        booked.sort();
        booked
    }
}

/// The state as it is stored between two attempts.
fn stored(begun: &Begun) -> Begun {
    let text = serde_json::to_string(begun.items.as_ref().unwrap()).unwrap();
    Begun { items: Some(serde_json::from_str(&text).unwrap()), ..Begun::default() }
}

fn ids(performed: &Performed) -> Value {
    performed.output.to_json()
}

#[tokio::test]
async fn answers_in_another_order_are_each_items_own() {
    let world = World::start(&[]).await;
    let done = world.perform(CallPurpose::Call, Begun::default()).await;
    assert_eq!((done.class, ids(&done)), (Class::Ok, json!({"ids": ["id-a", "id-b", "id-c", "id-d"]})), "{done:?}");
    assert_eq!(world.asked(), [vec!["a", "b", "c"], vec!["d"]]);
    assert_eq!(done.attempts.len(), 2, "each request is recorded");
}

#[tokio::test]
async fn after_a_lost_answer_each_item_is_looked_up_and_only_what_is_missing_is_sent_again() {
    let world = World::start(&[Mood::BreaksOff]).await;
    let lost = world.perform(CallPurpose::Call, Begun::default()).await;
    assert_eq!(lost.class, Class::Unknown, "{lost:?}");
    let looked = world.perform(CallPurpose::LookUp, stored(&lost.begun)).await;
    assert_eq!((looked.class, looked.confirmed), (Class::NotFound, false), "{looked:?}");
    assert_eq!(world.books.lock().unwrap().looked_up, ["po-1-oa-1-1", "po-1-oa-1-2", "po-1-oa-1-3"], "`d` was never sent");
    let rest = world.perform(CallPurpose::Call, stored(&looked.begun)).await;
    assert_eq!((rest.class, ids(&rest)), (Class::Ok, json!({"ids": ["id-a", "id-b", "id-c", "id-d"]})), "{rest:?}");
    assert_eq!(world.asked(), [vec!["a", "b", "c"], vec!["b", "c", "d"]]);
    assert_eq!(world.booked(), ["a", "b", "c", "d"], "each once");
}

#[tokio::test]
async fn who_takes_over_from_the_dead_asks_for_everything_that_is_open() {
    let world = World::start(&[Mood::BreaksOff]).await;
    // The process dies: what it knew dies with it.
    world.perform(CallPurpose::Call, Begun::default()).await;
    let looked = world.perform(CallPurpose::LookUp, Begun::default()).await;
    assert_eq!(world.books.lock().unwrap().looked_up.len(), 4);
    let rest = world.perform(CallPurpose::Call, stored(&looked.begun)).await;
    assert_eq!(rest.class, Class::Ok, "{rest:?}");
    assert_eq!(world.booked(), ["a", "b", "c", "d"], "each once");
}

#[tokio::test]
async fn one_that_is_refused_is_told_by_name_while_the_others_are_done() {
    let world = World::start(&[Mood::Refuses]).await;
    let part = world.perform(CallPurpose::Call, Begun::default()).await;
    assert_eq!((part.class, part.code.as_deref()), (Class::Refused, Some("partly_done")), "{part:?}");
    assert_eq!(part.message.as_deref(), Some("3 of 4 items are done; refused: b (HTTP 422: no such supplier)"));
    assert_eq!(world.booked(), ["a", "c", "d"]);
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_looked_up() {
    let world = World::start(&[Mood::TellsOne]).await;
    let part = world.perform(CallPurpose::Call, Begun::default()).await;
    assert_eq!((part.class, part.misread), (Class::Unknown, false), "{part:?}");
    assert!(part.message.as_ref().is_some_and(|message| message.contains("b (the answer does not say")), "{part:?}");
    let looked = world.perform(CallPurpose::LookUp, stored(&part.begun)).await;
    assert!(looked.begun.items.as_ref().unwrap().nothing_in_doubt(), "{looked:?}");
    assert_eq!(world.books.lock().unwrap().looked_up, ["po-1-oa-1-2", "po-1-oa-1-3"], "`a` is known to be done");
    let rest = world.perform(CallPurpose::Call, stored(&looked.begun)).await;
    assert_eq!((rest.class, world.asked()), (Class::Ok, vec![vec!["a".into(), "b".into(), "c".into()], vec!["d".into()]]), "{rest:?}");
    assert_eq!(world.booked(), ["a", "b", "c", "d"], "each once");
}
