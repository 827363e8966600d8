//! Batches: what goes into a request, what an answer says of each item, and that nothing is done twice whatever is lost.

use super::{compile, sound};
use crate::domain::connector::auth::{Moment, Proof};
use crate::domain::connector::request::Request;
use crate::domain::connector::{
    Answer, AttemptFacts, Begun, Class, Connector, Effect, Facts, Failure, ItemsBegun, Next, Reply, Run, Target,
};
use crate::domain::delivery::{self, Action, Attempted, Delivery, Terms};
use crate::domain::flow::effect::RetryPolicy;
use crate::domain::value::Value;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A partner that books; `idempotency` and `find` (how results are matched) differ from test to test.
fn books(find: &str, idempotency: &str) -> Arc<Connector> {
    sound(&format!(
        "operations:
  book:
    effect: write
    input: {{reference: string, bookings: {{type: [object], max_items: 100, fields: {{number: string, amount: decimal}}}}}}
    request: {{method: POST, path: /bookings, json: {{items: {{value: batch.items}}}}}}
    batch:
      over: input.bookings
      as: booking
      most: 3
      item: {{number: {{value: booking.number}}, amount: {{value: booking.amount}}, ref: {{value: reference}}, key: {{value: attempt.key}}}}
      results: $.results[*]
      {find}
      responses:
        - {{when: \"response.body.state == 'booked'\", class: ok}}
        - {{when: \"response.body.state == 'busy'\", class: retryable, message: {{from: $.why}}}}
        - {{when: \"response.body.state == 'refused'\", class: refused, message: {{from: $.why}}}}
      output: {{external_id: {{type: string, from: $.id}}}}
    output: {{ids: {{type: [string], value: \"items.map(item, item.external_id)\"}}}}
    idempotency: {idempotency}
  find:
    effect: read
    input: {{reference: string}}
    request: {{method: GET, path: \"/bookings/{{{{input.reference}}}}\"}}
    output: {{external_id: {{type: string, from: $.id, optional: true}}}}
"
    ))
}

const BY_KEY: &str = "key: {item: booking.number, result: result.number}";
const LOOKED_UP: &str =
    "{by: lookup, operation: find, with: {reference: reference}, executes_within: 1s, visible_within: 1s, ask_after: [1s, 3s]}";

fn facts(numbers: &[&str]) -> Facts {
    let bookings: Vec<Json> = numbers.iter().map(|number| json!({"number": number, "amount": "1.50"})).collect();
    Facts {
        settings: Value::map([("base_url", Value::text("https://p.example")), ("key", Value::text("s3cret"))]),
        open: Value::map([("base_url", Value::text("https://p.example"))]),
        input: Value::from_json(&json!({"bookings": bookings})),
        reference: Arc::from("R-7"),
        attempt: AttemptFacts::first("key-1"),
    }
}

fn reply(body: &Json) -> Reply {
    Reply::new(200, &[("content-type".into(), "application/json".into())], body.to_string().as_bytes(), Timestamp::UNIX_EPOCH)
}

/// What was sent, what it came to, and what is behind it.
struct Ran {
    sent: Vec<Json>,
    answer: Answer,
    begun: Begun,
}

/// Runs the write against answers in order.
fn run(connector: &Arc<Connector>, numbers: &[&str], begun: Begun, replies: &[Json]) -> Ran {
    let mut run = Run::start(connector.clone(), "book", facts(numbers), begun).unwrap();
    let mut sent = Vec::new();
    loop {
        match run.next(&Proof { credentials: None, moment: &Moment::example() }) {
            Next::Done(answer) => return Ran { sent, answer: *answer, begun: run.begun() },
            Next::Send(planned) => {
                let body = replies.get(sent.len()).unwrap_or_else(|| panic!("no reply for {:?}", planned.request));
                sent.push(serde_json::from_slice(&planned.request.body).unwrap());
                let reply = reply(body);
                let answer = run.read(&reply);
                run.take(answer, Some(&reply));
            }
        }
    }
}

fn numbers(sent: &Json) -> Vec<&str> {
    sent["items"].as_array().unwrap().iter().map(|item| item["number"].as_str().unwrap()).collect()
}

fn of_item(number: &str, state: &str) -> Json {
    json!({"number": number, "state": state, "id": format!("id-{number}"), "why": format!("{number} is {state}")})
}

fn results(told: &[Json]) -> Json {
    json!({"results": told})
}

fn booked(number: &str) -> Json {
    of_item(number, "booked")
}

fn state(begun: &Begun) -> ItemsBegun {
    begun.items.clone().unwrap()
}

#[test]
fn a_list_goes_out_in_bounded_requests_and_each_item_has_a_reference_and_a_key_of_its_own() {
    let connector = books(BY_KEY, LOOKED_UP);
    // The answers come in another order than the items.
    let replies = [results(&[booked("c"), booked("a"), booked("b")]), results(&[booked("e"), booked("d")])];
    let ran = run(&connector, &["a", "b", "c", "d", "e"], Begun::default(), &replies);
    assert_eq!(ran.answer.class, Class::Ok, "{:?}", ran.answer);
    assert_eq!(ran.answer.output.to_json(), json!({"ids": ["id-a", "id-b", "id-c", "id-d", "id-e"]}), "in the order of the list");
    assert_eq!(ran.sent.iter().map(numbers).collect::<Vec<_>>(), [vec!["a", "b", "c"], vec!["d", "e"]]);
    let own: Vec<(&str, &str)> = ran
        .sent
        .iter()
        .flat_map(|sent| sent["items"].as_array().unwrap())
        .map(|item| (item["ref"].as_str().unwrap(), item["key"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("R-7-1", "key-1/booking.0"),
        ("R-7-2", "key-1/booking.1"),
        ("R-7-3", "key-1/booking.2"),
        ("R-7-4", "key-1/booking.3"),
        ("R-7-5", "key-1/booking.4"),
    ];
    assert_eq!(own, wanted);
    let empty = run(&connector, &[], Begun::default(), &[]);
    assert_eq!((empty.sent.len(), empty.answer.class, empty.answer.output.to_json()), (0, Class::Ok, json!({"ids": []})));
}

#[test]
fn what_an_answer_says_of_each_item_decides_what_is_sent_again() {
    let connector = books(BY_KEY, LOOKED_UP);
    let all = ["a", "b", "c"];
    // The answer, its class, what is done, refused and unknown then.
    type Row = (Json, Class, Vec<usize>, Vec<usize>, Vec<usize>);
    let table: Vec<Row> = vec![
        (results(&[booked("a"), of_item("b", "busy"), booked("c")]), Class::Retryable, vec![0, 2], vec![], vec![]),
        // Fewer than asked: of the one that is left out nothing is known.
        (results(&[booked("a"), booked("c")]), Class::Unknown, vec![0, 2], vec![], vec![1]),
        (results(&[booked("a"), of_item("b", "refused")]), Class::Unknown, vec![0], vec![1], vec![2]),
        // A state that no rule knows is neither yes nor no.
        (results(&[booked("a"), booked("b"), of_item("c", "parked")]), Class::Unknown, vec![0, 1], vec![], vec![2]),
        // Said twice and the same is said once; said both ways is not said.
        (
            results(&[booked("a"), booked("a"), booked("b"), booked("c"), of_item("c", "refused")]),
            Class::Unknown,
            vec![0, 1],
            vec![],
            vec![2],
        ),
        // What somebody else's item came to says nothing of ours.
        (results(&[booked("x"), booked("b"), booked("c")]), Class::Unknown, vec![1, 2], vec![], vec![0]),
        // Success without the declared id.
        (results(&[json!({"number": "a", "state": "booked"}), booked("b"), booked("c")]), Class::Unknown, vec![1, 2], vec![], vec![0]),
        (json!({"ok": true}), Class::Unknown, vec![], vec![], vec![0, 1, 2]),
    ];
    for (answer, class, done, refused, unknown) in table {
        let ran = run(&connector, &all, Begun::default(), std::slice::from_ref(&answer));
        let items = state(&ran.begun);
        let mut is_done: Vec<usize> = items.done.iter().map(|(place, _)| *place).collect();
        is_done.sort_unstable();
        let is_refused: Vec<usize> = items.refused.iter().map(|(place, _)| *place).collect();
        assert_eq!((ran.answer.class, is_done, is_refused, items.unknown), (class, done, refused, Some(unknown)), "{answer}");
    }
    // What was surely not done goes out again without its neighbours.
    let first = run(&connector, &all, Begun::default(), &[results(&[booked("a"), of_item("b", "busy"), booked("c")])]);
    assert!(first.answer.message.contains("b (b is busy)"), "{:?}", first.answer);
    let second = run(&connector, &all, first.begun, &[results(&[booked("b")])]);
    assert_eq!((numbers(&second.sent[0]), second.answer.class), (vec!["b"], Class::Ok));
    assert_eq!(second.answer.output.to_json(), json!({"ids": ["id-a", "id-b", "id-c"]}));
    assert_eq!(second.sent[0]["items"][0]["ref"], "R-7-2", "under the same reference");
}

#[test]
fn one_that_is_refused_holds_up_no_other_and_is_told_at_the_end() {
    let connector = books(BY_KEY, LOOKED_UP);
    let all = ["a", "b", "c", "d"];
    let replies = [results(&[booked("a"), of_item("b", "refused"), booked("c")]), results(&[booked("d")])];
    let ran = run(&connector, &all, Begun::default(), &replies);
    assert_eq!((ran.sent.len(), ran.answer.class, ran.answer.code.as_deref()), (2, Class::Refused, Some("partly_done")));
    assert_eq!(ran.answer.message, "3 of 4 items are done; refused: b (b is refused)");
    // A person's retry sends it alone.
    let mut items = state(&ran.begun);
    items.begin_anew();
    let again = run(&connector, &all, Begun { items: Some(items), ..Begun::default() }, &[results(&[booked("b")])]);
    assert_eq!((again.sent.iter().map(numbers).collect::<Vec<_>>(), again.answer.class), (vec![vec!["b"]], Class::Ok));
}

#[test]
fn those_that_are_busy_hold_up_no_other_either() {
    let connector = books(BY_KEY, LOOKED_UP);
    let all = ["a", "b", "c", "d"];
    let busy: Vec<Json> = ["a", "b", "c"].iter().map(|number| of_item(number, "busy")).collect();
    let ran = run(&connector, &all, Begun::default(), &[results(&busy), results(&[booked("d")])]);
    assert_eq!(
        (ran.sent.iter().map(numbers).collect::<Vec<_>>(), ran.answer.class),
        (vec![vec!["a", "b", "c"], vec!["d"]], Class::Retryable)
    );
    assert_eq!(ran.answer.message, "1 of 4 items are done; not done yet: a (a is busy), b (b is busy), c (c is busy)");
    let again = run(&connector, &all, ran.begun, &[results(&["a", "b", "c"].map(booked))]);
    assert_eq!((again.sent.len(), again.answer.class), (1, Class::Ok), "{:?}", again.answer);
}

#[test]
fn results_are_told_apart_by_order_by_index_or_by_name() {
    let all = ["a", "b", "c"];
    let indexed = |number: &str, index: usize| {
        let mut told = booked(number);
        told["index"] = json!(index.to_string());
        told
    };
    let in_order = books("", LOOKED_UP);
    let ran = run(&in_order, &all, Begun::default(), &[results(&[booked("x"), booked("y"), booked("z")])]);
    assert_eq!(ran.answer.output.to_json(), json!({"ids": ["id-x", "id-y", "id-z"]}));
    // One fewer, and nobody can say whose they are.
    let ran = run(&in_order, &all, Begun::default(), &[results(&[booked("a"), booked("b")])]);
    assert_eq!((ran.answer.class, state(&ran.begun).unknown), (Class::Unknown, Some(vec![0, 1, 2])));
    let by_index = books("index: result.index", LOOKED_UP);
    let ran = run(&by_index, &all, Begun::default(), &[results(&[indexed("c", 2), indexed("a", 0), indexed("b", 1)])]);
    assert_eq!(ran.answer.output.to_json(), json!({"ids": ["id-a", "id-b", "id-c"]}));
    let ran = run(&by_index, &all, Begun::default(), &[results(&[indexed("c", 2), indexed("a", 0), indexed("b", 7)])]);
    assert_eq!((ran.answer.class, state(&ran.begun).unknown), (Class::Unknown, Some(vec![1])));
    // Two of one name: what is said of one would be said of the other.
    let twice = Run::start(books(BY_KEY, LOOKED_UP), "book", facts(&["a", "b", "a"]), Begun::default()).unwrap_err();
    assert_eq!((twice.class, twice.code.as_deref()), (Class::Refused, Some("bad_input")), "{twice:?}");
}

#[test]
fn a_result_with_a_status_of_its_own_is_judged_as_an_answer_with_it() {
    let connector = sound(
        "responses: [{when: \"response.body.error == 'locked'\", class: retryable, message: {from: $.error}}]
operations:
  book:
    effect: write
    input: {bookings: [object]}
    request: {method: POST, path: /batch, json: {value: batch.items}}
    batch:
      over: input.bookings
      as: booking
      results: [\"$.good[*]\", \"$.bad[*]\"]
      index: result.at
      status: result.status
      body: result.body
      output: {id: {type: string, from: $.id}}
    idempotency: {by: nature}
",
    );
    let answer = json!({
        "good": [{"at": 1, "status": 201, "body": {"id": "1"}}],
        "bad": [
            {"at": 0, "status": 422, "body": {"message": "no such supplier"}},
            {"at": 2, "status": 503, "body": {}},
            {"at": 3, "status": 400, "body": {"error": "locked"}},
            {"at": 4, "status": 500, "body": {}},
            {"at": 5, "body": {}},
        ],
    });
    let ran = run(&connector, &["a", "b", "c", "d", "e", "f"], Begun::default(), &[answer]);
    let items = state(&ran.begun);
    assert_eq!(items.done, [(1, json!({"id": "1"}))]);
    assert_eq!(items.refused, [(0, "HTTP 422: no such supplier".to_owned())]);
    assert_eq!(items.unknown, Some(vec![4, 5]), "an error of the server, and a result without the status it should have");
    assert_eq!(items.open(6), [2, 3, 4, 5], "not ready and locked are surely not done");
}

#[test]
fn a_batch_that_could_not_be_told_is_refused_when_it_is_read() {
    let whole = |batch: &str, request: &str, more: &str| {
        format!(
            "operations:\n  w:\n    effect: write\n    input: {{reference: string, rows: [object]}}\n    request: {{method: POST, path: /, json: {request}}}\n    batch: {batch}\n{more}"
        )
    };
    let nature = "    idempotency: {by: nature}\n";
    let good = "{over: input.rows, as: row, results: \"$[*]\", status: result.status}";
    let sends = "{value: batch.items}";
    // What, the code and a word of the message.
    let table = [
        (whole(good, sends, nature), None),
        (whole("{over: input.rows, as: row, results: \"$[*]\"}", sends, nature), Some(("missing_key", "items that were done"))),
        (whole(good, "{value: input.rows}", nature), Some(("missing_key", "sends no items"))),
        (whole("{over: input.rows, as: input, results: \"$[*]\", status: result.status}", sends, nature), Some(("bad_value", "names something else"))),
        (whole("{over: input.rows, as: row, most: 501, results: \"$[*]\", status: result.status}", sends, nature), Some(("bad_value", "`most`"))),
        (
            whole("{over: input.rows, as: row, index: result.a, key: {item: row.a, result: result.a}, results: \"$[*]\", status: result.status}", sends, nature),
            Some(("wrong_type", "cannot stand together")),
        ),
        (whole(good, sends, "    results: {each: \"$[*]\", ok_when: item.ok}\n    idempotency: {by: nature}\n"), Some(("wrong_type", "`results`"))),
        (whole(good, sends, "    version: {value: input.reference, send: If-Match}\n    idempotency: {by: nature}\n"), Some(("wrong_type", "`version`"))),
        // Keys: of the request, or of the item, but never one for several requests.
        (whole(good, sends, "    idempotency: {by: header, header: K}\n"), None),
        (whole(good, sends, "    idempotency: {by: header, header: K, value: {value: reference}}\n"), Some(("key_not_own", "several requests"))),
        (whole(good, "{k: {value: attempt.key}, r: {value: batch.items}}", "    idempotency: {by: key}\n"), Some(("missing_key", "`attempt.key`"))),
        // A look-up that asks by what the whole was given finds every item, or none.
        (
            whole(good, sends, "    idempotency: {by: lookup, operation: find, with: {reference: input.reference}, ask_after: [5s, 4m]}\n  find: {effect: read, input: {reference: string}, request: {method: GET, path: /}, output: {id: {type: string, from: $.id, optional: true}}}\n"),
            Some(("lookup_cannot_tell", "that of the whole list")),
        ),
        (
            whole("{over: input.rows, as: row, item: {r: {value: input.reference}}, results: \"$[*]\", status: result.status}", sends, nature),
            Some(("key_not_own", "every item would carry the same")),
        ),
        (
            whole(good, sends, "    idempotency: {by: nature}\n  s: {effect: write, input: {rows: [object]}, steps: [{id: a, call: w, with: {rows: input.rows}}], idempotency: {by: nature}}\n"),
            Some(("wrong_type", "a step cannot")),
        ),
        (
            "operations:\n  r: {effect: read, input: {rows: [object]}, request: {method: GET, path: /}, batch: {over: input.rows, as: row, results: \"$[*]\", status: result.status}}\n".to_owned(),
            Some(("wrong_type", "only a write")),
        ),
    ];
    for (text, wanted) in table {
        let (connector, found) = compile(&format!("{}{text}", super::HEAD));
        match wanted {
            None => assert!(found.is_empty() && connector.is_some(), "{text}\n{found:#?}"),
            Some((code, words)) => {
                let hit = found
                    .iter()
                    .any(|one| one.code == code && one.message.contains(words) && (one.hint.is_some() || code != "missing_key"));
                assert!(hit && connector.is_none(), "{text}\n{found:#?}");
            }
        }
    }
}

#[test]
fn what_is_promised_is_said_in_words() {
    let connector = books(BY_KEY, LOOKED_UP);
    let words = &crate::domain::connector::promise::promises(&connector)[0].words;
    assert!(
        words.starts_with(
            "safe: looked up by `find` (by reference) before a repeat; up to 3 items in one request, each with its own outcome"
        ),
        "{words}"
    );
    assert!(words.contains("what is unknown is looked up one by one"), "{words}");
}

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    /// It never arrives.
    LostOut,
    /// It is carried out, and its answer is lost.
    LostBack,
    /// The hub dies before it is sent, or after it was carried out.
    DeathBefore,
    DeathAfter,
}

/// How a partner keeps itself from doing a thing twice; whatever is sent without is done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Honours {
    Nothing,
    ItemKeys,
    RequestKeys,
}

struct Partner {
    honours: Honours,
    /// Bookings by number, with their references.
    booked: Vec<(String, String)>,
    /// Item keys it has seen.
    keys: BTreeMap<String, Json>,
    /// Request keys it has seen: what was asked, and what it answered.
    requests: BTreeMap<String, (Vec<u8>, Json)>,
    dice: Dice,
}

impl Partner {
    fn answer(&mut self, request: &Request) -> Option<Json> {
        if request.method == "GET" {
            let reference = request.url.rsplit('/').next().unwrap();
            let found = self.booked.iter().find(|(_, known)| known == reference);
            return Some(found.map_or_else(|| json!({}), |(number, _)| json!({"id": format!("id-{number}")})));
        }
        let key = request.headers.iter().find(|(name, _)| name == "idempotency-key").map(|(_, key)| key.clone());
        if let (Honours::RequestKeys, Some(key)) = (self.honours, &key)
            && let Some((asked, answered)) = self.requests.get(key)
        {
            assert_eq!(*asked, request.body, "under one key only one thing is asked");
            return Some(answered.clone());
        }
        let body: Json = serde_json::from_slice(&request.body).unwrap();
        let mut told = Vec::new();
        for item in body["items"].as_array().unwrap() {
            let (number, reference, key) =
                (item["number"].as_str().unwrap(), item["ref"].as_str().unwrap(), item["key"].as_str().unwrap().to_owned());
            let before = self.keys.get(&key).filter(|_| self.honours == Honours::ItemKeys).cloned();
            let result = match (before, self.dice.roll(6)) {
                (Some(before), _) => before,
                (None, 0) => of_item(number, "busy"),
                (None, _) => {
                    self.booked.push((number.to_owned(), reference.to_owned()));
                    let booked = booked(number);
                    self.keys.insert(key, booked.clone());
                    booked
                }
            };
            // Sometimes it says nothing of an item, done or not.
            if self.dice.roll(8) > 0 {
                let at = usize::try_from(self.dice.roll(told.len() as u64 + 1)).unwrap();
                told.insert(at, result);
            }
        }
        let answer = results(&told);
        if let Some(key) = key {
            self.requests.insert(key, (request.body.clone(), answer.clone()));
        }
        Some(answer)
    }
}

/// One write to its end, through losses and deaths; its end and the partner's books.
fn live_through(seed: u64, honours: Honours, connector: &Arc<Connector>, all: &[&str]) -> (delivery::Next, Partner) {
    let mut partner =
        Partner { honours, booked: Vec::new(), keys: BTreeMap::new(), requests: BTreeMap::new(), dice: Dice(seed.wrapping_add(7)) };
    let mut dice = Dice(seed);
    let operation = connector.operation("book").unwrap();
    let guarantee = Target::new(connection(), connector.clone(), &operation.name).unwrap().guarantee();
    let retry = RetryPolicy::default();
    let terms = Terms { guarantee: &guarantee, reads_back: false, retry: &retry };
    let (mut stored, mut orphaned, mut now) = ("{}".to_owned(), false, Timestamp::from_second(1_800_000_000).unwrap());
    let planned_at = now;
    for _ in 0..400 {
        let mut delivery: Delivery = serde_json::from_str(&stored).unwrap();
        delivery.in_doubt = orphaned;
        let action = delivery.action(&terms, planned_at, now);
        orphaned = false;
        let next = match action {
            Action::Wait(at) => delivery::Next::Wait(at),
            Action::ReadBack => unreachable!("nothing is read back"),
            Action::Person => return (delivery::Next::Wait(now), partner),
            Action::Send | Action::LookUp => {
                if action == Action::Send {
                    delivery.sending(now);
                }
                let begun = Begun { items: delivery.items.clone(), ..Begun::default() };
                let run = match action {
                    Action::Send => Run::start(connector.clone(), "book", facts(all), begun),
                    _ => Run::look_up_items(connector.clone(), "book", facts(all), begun),
                };
                let Some((answer, begun)) = attempt(run.unwrap(), &mut partner, &mut dice) else {
                    // Nothing of it was stored; whoever takes it over finds it started.
                    (orphaned, now) = (action == Action::Send, now + jiff::SignedDuration::from_secs(60));
                    continue;
                };
                delivery.knowing(begun.items);
                delivery.after(action, &attempted(answer), &terms, now, seed)
            }
        };
        stored = serde_json::to_string(&delivery).unwrap();
        match next {
            delivery::Next::Wait(at) => now = at.max(now) + jiff::SignedDuration::from_millis(1),
            end => return (end, partner),
        }
    }
    panic!("seed {seed} does not end: {stored}");
}

/// None when the hub dies.
fn attempt(mut run: Run, partner: &mut Partner, dice: &mut Dice) -> Option<(Answer, Begun)> {
    loop {
        match run.next(&Proof { credentials: None, moment: &Moment::example() }) {
            Next::Done(answer) => return Some((*answer, run.begun())),
            Next::Send(planned) => {
                let fate = match dice.roll(14) {
                    0 => Fate::LostOut,
                    1 => Fate::LostBack,
                    2 => Fate::DeathBefore,
                    3 => Fate::DeathAfter,
                    _ => Fate::Answered,
                };
                let arrives = !matches!(fate, Fate::LostOut | Fate::DeathBefore);
                let told = if arrives { partner.answer(&planned.request) } else { None };
                match (fate, told) {
                    (Fate::DeathBefore | Fate::DeathAfter, _) => return None,
                    (Fate::Answered, Some(body)) => {
                        let reply = reply(&body);
                        let answer = run.read(&reply);
                        run.take(answer, Some(&reply));
                    }
                    _ => run.take(Answer::failed(Failure::Timeout, planned.effect, "no answer in time"), None),
                }
            }
        }
    }
}

fn attempted(answer: Answer) -> Attempted {
    Attempted {
        class: answer.class,
        output: answer.output.to_json(),
        confirmed: answer.class == Class::Ok,
        message: answer.message,
        credentials: false,
        retry_after_millis: answer.retry_after_millis,
        unsent: false,
        misread: answer.misread,
        absence_is_said: answer.absence_is_said,
    }
}

fn connection() -> Arc<crate::domain::binding::Connection> {
    let text =
        "format: 1\nconnection: c\nconnector: p\nsettings: {base_url: \"https://p.example\", key: x}\negress: {allow: [p.example]}\n";
    let mut report = crate::domain::diagnostic::Report::new("connection.yaml");
    let node = crate::domain::text::tree::parse(text, &mut report).unwrap();
    Arc::new(crate::domain::binding::Connection::read(&node, &mut report).unwrap())
}

#[test]
fn nothing_is_done_twice_and_nothing_left_out_whatever_is_lost_and_whoever_dies() {
    let all = ["a", "b", "c", "d", "e", "f", "g"];
    let wanted: Vec<String> = all.iter().map(|number| format!("id-{number}")).collect();
    let table = [
        (Honours::Nothing, LOOKED_UP, 1_500),
        (Honours::ItemKeys, "{by: key}", 1_900),
        // Half of its answers leave an item out, which nobody but a person can settle then.
        (Honours::RequestKeys, "{by: header, header: Idempotency-Key}", 100),
    ];
    for (honours, idempotency, ends_well) in table {
        let connector = books(BY_KEY, idempotency);
        let mut well = 0;
        for seed in 0..2_000 {
            let (end, partner) = live_through(seed, honours, &connector, &all);
            let mut booked: Vec<&str> = partner.booked.iter().map(|(number, _)| number.as_str()).collect();
            booked.sort_unstable();
            let once = booked.windows(2).all(|pair| pair[0] != pair[1]);
            assert!(once, "{honours:?}, seed {seed}: {:?}", partner.booked);
            match end {
                delivery::Next::Done(output) => {
                    assert_eq!(output, json!({"ids": wanted}), "{honours:?}, seed {seed}");
                    assert_eq!(booked, all, "{honours:?}, seed {seed}");
                    well += 1;
                }
                // Only where nobody can know may it end with a person.
                delivery::Next::Failed { class, .. } => {
                    assert!(matches!(class, "unknown" | "unread_success"), "{honours:?}, seed {seed}: {class}");
                }
                delivery::Next::Wait(_) => {}
            }
        }
        assert!(well >= ends_well, "{honours:?}: {well} ended well");
    }
}

#[test]
fn what_was_never_sent_is_not_asked_for_and_does_not_wait_for_what_is_looked_up() {
    let connector = books(BY_KEY, LOOKED_UP);
    let all = ["a", "b", "c", "d"];
    let mut run = Run::start(connector.clone(), "book", facts(&all), Begun::default()).unwrap();
    let Next::Send(planned) = run.next(&Proof { credentials: None, moment: &Moment::example() }) else { panic!("a request") };
    assert_eq!(planned.effect, Effect::Write);
    run.take(Answer::failed(Failure::Timeout, Effect::Write, "no answer in time"), None);
    let begun = run.begun();
    assert_eq!(state(&begun).unknown, Some(vec![0, 1, 2]));
    let mut looking = Run::look_up_items(connector, "book", facts(&all), begun).unwrap();
    let mut asked = Vec::new();
    let answer = loop {
        match looking.next(&Proof { credentials: None, moment: &Moment::example() }) {
            Next::Done(answer) => break answer,
            Next::Send(planned) => {
                asked.push(planned.request.url.rsplit('/').next().unwrap().to_owned());
                let reply = reply(&json!({"id": "x"}));
                let answer = looking.read(&reply);
                looking.take(answer, Some(&reply));
            }
        }
    };
    assert_eq!(asked, ["R-7-1", "R-7-2", "R-7-3"]);
    assert_eq!(answer.class, Class::NotFound, "one is left");
    let items = state(&looking.begun());
    assert!(items.nothing_in_doubt());
    let retry = RetryPolicy::default();
    let guarantee = Target::new(connection(), books(BY_KEY, LOOKED_UP), "book").unwrap().guarantee();
    let terms = Terms { guarantee: &guarantee, reads_back: false, retry: &retry };
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let mut delivery = Delivery { phase: delivery::Phase::LookUp, last_sent_at: Some(now), ..Delivery::default() };
    delivery.knowing(Some(items));
    assert_eq!(delivery.after(Action::LookUp, &attempted(*answer), &terms, now, 1), delivery::Next::Wait(now));
    assert_eq!(delivery.action(&terms, now, now), Action::Send);
}
