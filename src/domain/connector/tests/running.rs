//! Operations as machines: what is sent, and what comes of the answers.

use super::sound;
use crate::domain::connector::auth::{Moment, Proof};
use crate::domain::connector::idempotency::{Found, Idempotency};
use crate::domain::connector::{Answer, AttemptFacts, Begun, Class, Connector, Facts, Next, Reply, Run};
use crate::domain::flow::effect::Cause;
use crate::domain::value::Value;
use jiff::Timestamp;
use std::sync::Arc;

fn facts(input: &str) -> Facts {
    let settings = Value::map([("base_url", Value::text("https://p.example/api")), ("key", Value::text("s3cret"))]);
    Facts {
        settings,
        open: Value::map([("base_url", Value::text("https://p.example/api"))]),
        input: input.parse().unwrap(),
        reference: Arc::from("po-1-oa-1"),
        attempt: AttemptFacts { number: 2, first_sent_at: Some(Timestamp::UNIX_EPOCH), key: Arc::from("key-1") },
    }
}

fn reply(status: u16, body: &str) -> Reply {
    let kind = if body.starts_with("<?xml") { "text/xml" } else { "application/json" };
    Reply::new(status, &[("content-type".into(), kind.into())], body.as_bytes(), Timestamp::UNIX_EPOCH)
}

/// Runs an operation against answers in order; what was sent, and what it came to.
fn run(connector: &Arc<Connector>, operation: &str, input: &str, replies: &[(u16, &str)]) -> (Vec<String>, Answer) {
    let (sent, answer, _) = run_from(connector, operation, input, Begun::default(), replies);
    (sent, answer)
}

/// The same, going on after what an earlier attempt has behind it; with what this one has behind it then.
pub(super) fn run_from(
    connector: &Arc<Connector>,
    operation: &str,
    input: &str,
    begun: Begun,
    replies: &[(u16, &str)],
) -> (Vec<String>, Answer, Begun) {
    let mut sent = Vec::new();
    let mut run = match Run::start(connector.clone(), operation, facts(input), begun) {
        Ok(run) => run,
        Err(answer) => return (sent, *answer, Begun::default()),
    };
    loop {
        match run.next(&Proof { credentials: None, moment: &Moment::example() }) {
            Next::Done(answer) => return (sent, *answer, run.begun()),
            Next::Send(planned) => {
                let (status, body) = *replies.get(sent.len()).unwrap_or_else(|| panic!("no reply for {:?}", planned.request));
                let request = planned.request;
                sent.push(format!("{} {} {}", request.method, request.url, String::from_utf8(request.body).unwrap()));
                let reply = reply(status, body);
                let answer = run.read(&reply);
                run.take(answer, Some(&reply));
            }
        }
    }
}

#[test]
fn no_secret_is_among_the_settings_that_outputs_and_steps_see() {
    let connector = sound(
        "operations:
  one: {effect: read, input: {}, request: {method: GET, path: /, query: {q: {value: settings.key}}}, output: {all: {type: object, value: settings}, any: {type: any, value: \"has(response.body.x) ? settings : response.body\"}}}
  two: {effect: read, input: {}, steps: [{id: s, call: echo, with: {all: settings}}], output: {all: {type: object, value: steps.s.output.all}}}
  echo: {effect: read, input: {all: object}, request: {method: GET, path: /}, output: {all: {type: object, value: input.all}}}
",
    );
    for (operation, request) in [("one", "GET https://p.example/api/?q=s3cret "), ("two", "GET https://p.example/api/ ")] {
        let (sent, answer) = run(&connector, operation, "{}", &[(200, "{\"x\": 1}")]);
        assert_eq!(sent, [request], "{operation}: the partner gets it where the request says so");
        let told = answer.output.to_json().to_string();
        assert!(told.contains("https://p.example/api") && !told.contains("s3cret"), "{operation}: {told}");
    }
}

#[test]
fn a_body_is_built_as_a_value_whatever_stands_in_the_input() {
    let connector = sound(
        "operations:
  w:
    effect: write
    input: {reference: string, text: string, amount: decimal, day: date, lines: {type: [object], optional: true}, note: {type: string, optional: true}}
    request:
      method: POST
      path: \"/w/{{input.text}}\"
      query: {q: {value: input.text}, none: {value: input.note, optional: true}}
      json:
        z: {value: input.reference}
        a: {text: \"«{{input.text}}»\"}
        amount: {__class__: Decimal, decimal: {value: input.amount}}
        number: {value: input.amount, as: number}
        day: {value: input.day, as: {parts: [year, month, day], with: {__class__: date}}}
        literal: {literal: {value: kept}}
        price: 1.50
        from: {from: $.text}
        lines: {each: input.lines, as: line, item: [create, {sku: {value: line.sku}}]}
        note: {value: input.note, optional: true}
    idempotency: {by: body, field: key}
    version: {from: $.note, send: If-Match}
",
    );
    let input = r#"{"text": "\"},{\"x\":\"/é", "amount": "10.50", "day": "2026-02-28", "lines": [{"sku": "a"}, {"sku": "b"}]}"#;
    let (sent, answer) = run(&connector, "w", input, &[(200, "{}")]);
    assert_eq!(answer.class, Class::Ok, "{answer:?}");
    let wanted = r#"POST https://p.example/api/w/%22%7D%2C%7B%22x%22%3A%22%2F%C3%A9?q=%22%7D%2C%7B%22x%22%3A%22%2F%C3%A9 {"z":"po-1-oa-1","a":"«\"},{\"x\":\"/é»","amount":{"__class__":"Decimal","decimal":"10.50"},"number":10.50,"day":{"__class__":"date","year":2026,"month":2,"day":28},"literal":{"value":"kept"},"price":1.50,"from":"\"},{\"x\":\"/é","lines":[["create",{"sku":"a"}],["create",{"sku":"b"}]],"key":"key-1"}"#;
    assert_eq!(sent, [wanted]);
}

#[test]
fn what_is_not_given_is_as_the_definition_says() {
    let connector = sound(
        "operations:
  w:
    effect: write
    input:
      kind: {type: string, default: NB}
      rate: {type: decimal, default: \"0.13\"}
      tags: {type: [string], default: [a]}
      head: {type: object, optional: true, fields: {term: {type: string, default: T1}, note: {type: string, optional: true}}}
      lines: {type: [object], fields: {sku: string, per: {type: int, default: 1}}}
    request: {method: POST, path: /w, json: {value: input}}
    output: {id: {type: string, from: $.id}}
    idempotency: {by: lookup, operation: find, with: {kind: input.kind}, ask_after: [5s, 4m]}
    reverse: {operation: undo, with: {kind: input.kind}}
  undo: {effect: write, input: {kind: string}, request: {method: POST, path: /undo}, idempotency: {by: nature}}
  find: {effect: read, input: {kind: string}, request: {method: GET, path: /f}, output: {id: {type: string, from: $.id, optional: true}}}
",
    );
    for (input, wanted) in [
        (
            r#"{"lines": [{"sku": "a"}, {"sku": "b", "per": 2}]}"#,
            r#"{"lines":[{"sku":"a","per":1},{"sku":"b","per":2}],"kind":"NB","rate":"0.13","tags":["a"]}"#,
        ),
        (
            r#"{"kind": "FO", "rate": "0", "tags": [], "lines": [], "head": {}}"#,
            r#"{"kind":"FO","rate":"0","tags":[],"lines":[],"head":{"term":"T1"}}"#,
        ),
        // A null is given.
        (r#"{"kind": null, "lines": []}"#, r#"{"kind":null,"lines":[],"rate":"0.13","tags":["a"]}"#),
    ] {
        let (sent, answer) = run(&connector, "w", input, &[(200, r#"{"id": "1"}"#)]);
        assert_eq!(answer.class, Class::Ok, "{input}: {answer:?}");
        assert_eq!(sent, [format!("POST https://p.example/api/w {wanted}")], "{input}");
    }
    // What follows from the call sees what was sent.
    let (w, input) = (connector.operation("w").unwrap(), r#"{"lines": []}"#.parse::<Value>().unwrap());
    let asked = connector.lookup_call(w, &input, "r", &AttemptFacts::first("k")).unwrap().unwrap();
    let undone = connector.reverse_call(w, &input, &Value::Unset, "r").unwrap().unwrap();
    assert_eq!((asked.input.to_json_text(), undone.input.to_json_text()), (r#"{"kind":"NB"}"#.into(), r#"{"kind":"NB"}"#.into()));
}

#[test]
fn a_text_that_the_partner_would_cut_is_not_sent() {
    let connector = sound(
        "operations:
  w: {effect: write, input: {reference: {type: string, max_length: 12}, name: {type: string, max_length: 4, optional: true}}, request: {method: POST, path: /w, json: {value: input}}, idempotency: {by: nature}}
",
    );
    for (input, sent) in
        [(r#"{"name": "采购订单"}"#, true), (r#"{"name": "采购订单A"}"#, false), (r#"{"reference": "PO-4417-7ZK3M0Q"}"#, false)]
    {
        let (requests, answer) = run(&connector, "w", input, &[(200, "{}")]);
        assert_eq!((requests.len() == 1, answer.class == Class::Ok), (sent, sent), "{input}: {answer:?}");
        assert!(sent || answer.code.as_deref() == Some("bad_input"), "{answer:?}");
    }
}

#[test]
fn what_is_too_much_for_one_request_goes_in_parts_with_a_key_each() {
    let connector = sound(
        "operations:
  all:
    effect: write
    input: {lines: {type: [object], max_items: 500, fields: {sku: string}}}
    steps: [{id: parts, each: \"chunks(input.lines, 2)\", as: part, call: some, with: {lines: part}}]
    idempotency: {by: nature}
  some:
    effect: write
    input: {lines: {type: [object], fields: {sku: string}}}
    request: {method: POST, path: /lines, json: {lines: {value: input.lines}}}
    idempotency: {by: body, field: key}
    results: {each: \"$.results[*]\", ok_when: item.ok, id: item.sku}
",
    );
    let input = r#"{"lines": [{"sku": "a"}, {"sku": "b"}, {"sku": "c"}]}"#;
    let good = (200, r#"{"results": [{"sku": "a", "ok": true}, {"sku": "b", "ok": true}]}"#);
    let (sent, answer) = run(&connector, "all", input, &[good, (200, r#"{"results": [{"sku": "c", "ok": true}]}"#)]);
    assert_eq!(answer.class, Class::Ok, "{answer:?}");
    let wanted = [
        r#"POST https://p.example/api/lines {"lines":[{"sku":"a"},{"sku":"b"}],"key":"key-1/parts.0"}"#,
        r#"POST https://p.example/api/lines {"lines":[{"sku":"c"}],"key":"key-1/parts.1"}"#,
    ];
    assert_eq!(sent, wanted);
    // A part that was answered is not sent again, whatever becomes of the one after it.
    let (first, failed, begun) = run_from(&connector, "all", input, Begun::default(), &[good, (503, "{}")]);
    assert_eq!((first.len(), failed.class), (2, Class::Retryable), "{failed:?}");
    let (second, answer, begun) = run_from(&connector, "all", input, begun, &[(200, r#"{"results": [{"sku": "c", "ok": true}]}"#)]);
    assert_eq!((second.as_slice(), answer.class), (&wanted[1..].iter().map(ToString::to_string).collect::<Vec<_>>()[..], Class::Ok));
    assert_eq!(
        begun.steps.iter().map(|done| &*done.id).collect::<Vec<_>>(),
        ["parts"],
        "of a step that is done its elements are forgotten"
    );
    let (third, answer, _) = run_from(&connector, "all", input, begun, &[]);
    assert_eq!((third.len(), answer.class), (0, Class::Ok));
    // What was refused in a later part is told, and is no success of the whole.
    let (_, answer) = run(&connector, "all", input, &[good, (200, r#"{"results": [{"sku": "c", "ok": false}]}"#)]);
    assert_eq!(answer.class, Class::Refused, "{answer:?}");
    assert!(answer.message.contains('c'), "{answer:?}");
}

#[test]
fn the_shortest_field_on_the_way_bounds_our_reference() {
    let connector = sound(
        "operations:
  whole: {effect: write, input: {reference: string}, steps: [{id: a, call: put}], idempotency: {by: nature}}
  put: {effect: write, input: {reference: {type: string, max_length: 30}}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, output: {id: {type: string, from: $.id}}, idempotency: {by: lookup, operation: find, with: {reference: input.reference}, ask_after: [5s, 4m]}}
  find: {effect: read, input: {reference: {type: string, max_length: 12}}, request: {method: GET, path: /}, output: {id: {type: string, from: $.id, optional: true}}}
  named: {effect: write, input: {reference: string}, steps: [{id: a, call: put, with: {reference: \"'fixed'\"}}], idempotency: {by: nature}}
  other: {effect: write, input: {reference: string}, request: {method: POST, path: /, json: {r: {value: input.reference}}}, idempotency: {by: nature}}
",
    );
    let most = |name: &str| connector.operation(name).unwrap().reference_most();
    assert_eq!(["whole", "put", "find", "named", "other"].map(most), [Some(12), Some(12), Some(12), None, None]);
}

#[test]
fn the_first_rule_that_matches_decides_and_the_operations_own_come_first() {
    let connector = sound(
        "responses:
  - {when: \"response.body.code == 'busy'\", class: rate_limited, retry_after: 7s}
  - {when: \"response.status == 200 && response.body.errcode != 0\", class: refused, message: {from: $.errmsg}, code: {from: $.errcode}, cause: credentials}
  - {when: \"10 / response.body.n == 1\", class: conflict}
operations:
  w: {effect: write, request: {method: POST, path: /w}, idempotency: {by: nature}, responses: [{when: \"response.body.errcode == 5\", class: ok}]}
",
    );
    // body, class, code, message
    let table = [
        (r#"{"errcode": 0}"#, Class::Ok, None, ""),
        (r#"{"errcode": 5, "errmsg": "already"}"#, Class::Ok, None, ""),
        (r#"{"errcode": 6, "errmsg": "no"}"#, Class::Refused, Some("6"), "no"),
        (r#"{"errcode": "0", "errmsg": "text"}"#, Class::Refused, Some("0"), "text"),
        (r#"{"code": "busy"}"#, Class::RateLimited, None, "HTTP 200"),
        (r#"{"other": 1}"#, Class::Ok, None, ""),
        ("{\"n\": 0}", Class::Ok, None, ""),
        ("{\"n\": 10}", Class::Conflict, None, "HTTP 200"),
    ];
    for (body, class, code, message) in table {
        let (_, answer) = run(&connector, "w", "{}", &[(200, body)]);
        assert_eq!((answer.class, answer.code.as_deref(), answer.message.as_str()), (class, code, message), "{body}");
    }
    assert_eq!(run(&connector, "w", "{}", &[(200, r#"{"code": "busy"}"#)]).1.retry_after_millis, Some(7_000));
    assert_eq!(run(&connector, "w", "{}", &[(200, "{\"n\": 0}")]).1.notes.len(), 1, "the rule that failed is recorded");
}

#[test]
fn rows_are_shaped_and_typed() {
    let connector = sound(
        "operations:
  r:
    effect: read
    request: {method: GET, path: /r}
    output:
      lines: {from: \"$.lines[*]\", many: true, fields: {sku: {type: string, from: $.code}, price: {type: decimal, from: $.p}, day: {type: date, from: $.d, as: {date: dd.MM.yyyy}, optional: true}}}
      at: {type: instant, from: $.at, as: unix_millis}
      inner: {type: any, from: $.inner, as: json_text}
      etag: {type: string, header: ETag, optional: true}
",
    );
    let body = r#"{"lines": [{"code": 7, "p": 2.50, "d": "28.02.2026"}, {"code": "b", "p": "0.10"}], "at": 1795163400000, "inner": "{\"a\":[1]}"}"#;
    let (_, answer) = run(&connector, "r", "{}", &[(200, body)]);
    let wanted = r#"{"lines":[{"sku":"7","price":"2.50","day":"2026-02-28"},{"sku":"b","price":"0.10"}],"at":"2026-11-20T08:30:00Z","inner":{"a":[1]}}"#;
    assert_eq!(answer.output.to_json().to_string(), wanted, "{answer:?}");
    let (_, bad) = run(&connector, "r", "{}", &[(200, r#"{"lines": [{"code": 7, "p": "much"}], "at": 1, "inner": "1"}"#)]);
    assert_eq!((bad.class, bad.cause, bad.code.as_deref()), (Class::Retryable, Some(Cause::DataWrong), Some("bad_answer")));
    assert!(!bad.message.contains("much"), "messages hold no payload: {}", bad.message);
}

const STEPS: &str = "operations:
  find:
    effect: read
    input: {reference: string}
    steps:
      - {id: ids, call: list, with: {since: attempt.first_sent_at}}
      - {id: hit, each: steps.ids.output.ids, as: one, call: get, with: {id: one}, keep_when: \"output.reference == input.reference\"}
      - {id: more, call: get, with: {id: \"'extra'\"}, when: \"size(steps.hit.output) > 1\"}
    output: {external_id: {type: string, value: \"steps.hit.output[0].id\", optional: true}}
  list: {effect: read, input: {since: instant}, request: {method: GET, path: /list, query: {since: {value: input.since}}}, output: {ids: {type: [string], from: \"$[*]\", many: true}}}
  get: {effect: read, input: {id: string}, request: {method: GET, path: \"/get/{{input.id}}\"}, output: {id: {type: string, from: $.id}, reference: {type: string, from: $.r}}}
";

#[test]
fn steps_run_over_lists_keep_what_fits_and_skip_what_is_gone() {
    let connector = sound(STEPS);
    let replies =
        [(200, r#"["a", "b", "c"]"#), (200, r#"{"id": "a", "r": "other"}"#), (404, "{}"), (200, r#"{"id": "c", "r": "po-1-oa-1"}"#)];
    let (sent, answer) = run(&connector, "find", "{}", &replies);
    assert_eq!(answer.output.to_json().to_string(), r#"{"external_id":"c"}"#, "{answer:?}");
    assert_eq!(sent[0], "GET https://p.example/api/list?since=1970-01-01T00%3A00%3A00Z ");
    assert_eq!(sent.len(), 4, "{sent:?}");
    let (_, none) = run(&connector, "find", "{}", &[(200, "[]")]);
    assert_eq!((none.class, none.output.to_json().to_string().as_str()), (Class::Ok, "{}"));
    let (sent, failed) = run(&connector, "find", "{}", &[(200, r#"["a", "b"]"#), (500, "{}")]);
    assert_eq!((failed.class, sent.len()), (Class::Retryable, 2), "a read that failed is never `not found`");
}

/// Runs one more attempt; what was sent, what it came to, what is behind it.
fn go_on(connector: &Arc<Connector>, begun: Begun, replies: &[(u16, &str)]) -> (Vec<String>, Answer, Begun) {
    let mut sent = Vec::new();
    let mut run = Run::start(connector.clone(), "find", facts("{}"), begun).unwrap();
    loop {
        match run.next(&Proof { credentials: None, moment: &Moment::example() }) {
            Next::Done(answer) => return (sent, *answer, run.begun()),
            Next::Send(planned) => {
                let (status, body) = *replies.get(sent.len()).unwrap_or_else(|| panic!("no reply for {:?}", planned.request));
                sent.push(planned.request.url.rsplit('/').next().unwrap().to_owned());
                let reply = reply(status, body);
                let answer = run.read(&reply);
                run.take(answer, Some(&reply));
            }
        }
    }
}

#[test]
fn a_read_over_elements_that_is_broken_off_goes_on_where_it_stood() {
    let connector = sound(STEPS);
    let (hit, other) = (r#"{"id": "b", "r": "po-1-oa-1"}"#, r#"{"id": "x", "r": "other"}"#);
    let list = r#"["a", "b", "c", "d"]"#;
    let (_, broken, begun) = go_on(&connector, Begun::default(), &[(200, list), (200, other), (200, hit), (503, "{}")]);
    assert_eq!(broken.class, Class::Retryable);
    // Broken off again at the same element: nothing is read twice, nothing is lost.
    let (sent, _, begun) = go_on(&connector, begun, &[(503, "{}")]);
    assert_eq!(sent, ["c"]);
    let (sent, _, begun) = go_on(&connector, begun, &[(404, "{}"), (503, "{}")]);
    assert_eq!(sent, ["c", "d"]);
    let (sent, answer, _) = go_on(&connector, begun, &[(200, other)]);
    assert_eq!((sent, answer.class), (vec!["d".to_owned()], Class::Ok));
    assert_eq!(answer.output.to_json().to_string(), r#"{"external_id":"b"}"#, "what was kept before it broke off counts");
    // One that fails before it has a list begins anew.
    let (_, _, begun) = go_on(&connector, Begun::default(), &[(503, "{}")]);
    assert_eq!(begun, Begun::default());
}

#[test]
fn a_write_of_steps_never_skips_an_element_that_is_not_there() {
    let connector = sound(
        "operations:
  all:
    effect: write
    input: {ids: [string]}
    steps: [{id: each_one, each: input.ids, as: one, call: put, with: {id: one}}]
    idempotency: {by: nature}
  put: {effect: write, input: {id: string}, request: {method: PUT, path: \"/put/{{input.id}}\"}, idempotency: {by: nature}}
",
    );
    let (sent, answer) = run(&connector, "all", r#"{"ids": ["a", "b", "c"]}"#, &[(200, "{}"), (404, "{}"), (200, "{}")]);
    assert_eq!((answer.class, sent.len()), (Class::NotFound, 2), "{answer:?}");
    assert_eq!(answer.message, "element 2 of 3 of the step `each_one` is not there: HTTP 404");
}

#[test]
fn a_success_that_is_not_what_is_declared_is_named_with_what_it_holds() {
    let connector = sound(
        "operations:
  make: {effect: write, request: {method: POST, path: /make}, output: {external_id: {type: string, from: $.id}}, idempotency: {by: nature}}
  look: {effect: read, request: {method: GET, path: /look}, output: {at: {type: instant, from: $.at}}}
",
    );
    // operation, body, class, words
    for (operation, body, class, words) in [
        ("make", r#"{"ok": true, "pin": "s3cret"}"#, Class::Unknown, "`external_id` is not in the answer; the answer holds `ok`, `pin`"),
        ("make", "{}", Class::Unknown, "the answer holds nothing"),
        ("make", "[1, 2]", Class::Unknown, "the answer holds a list of 2"),
        ("look", r#"{"at": "tomorrow"}"#, Class::Retryable, "`look` answered with status 200, but `at`"),
    ] {
        let (_, answer) = run(&connector, operation, "{}", &[(200, body)]);
        assert_eq!((answer.class, answer.misread, answer.cause), (class, true, Some(Cause::DataWrong)), "{body}: {answer:?}");
        assert!(answer.message.contains(words), "{body}: {}", answer.message);
        assert!(!answer.message.contains("s3cret") && !answer.message.contains("tomorrow"), "names alone: {}", answer.message);
    }
}

#[test]
fn a_read_that_finds_nothing_is_an_answer_only_where_the_connector_says_so() {
    let connector = sound(
        "operations:
  plain: {effect: read, request: {method: GET, path: /p}, output: {x: {type: string, from: $.x}}}
  silent: {effect: read, request: {method: GET, path: /p}}
  ruled: {effect: read, request: {method: GET, path: /p}, output: {x: {type: string, from: $.x}}, responses: [{when: \"response.status == 404\", class: not_found}]}
  optional: {effect: read, request: {method: GET, path: /p}, output: {x: {type: string, from: $.x, optional: true}}}
",
    );
    for (operation, said) in [("plain", false), ("silent", false), ("ruled", true), ("optional", true)] {
        let (_, answer) = run(&connector, operation, "{}", &[(404, "{}")]);
        assert_eq!((answer.class, answer.absence_is_said), (Class::NotFound, said), "{operation}");
    }
}

#[test]
fn a_look_up_finds_only_what_the_write_would_have_answered() {
    let connector = |write: &str, found_when: &str, find: &str| {
        sound(&format!(
            "operations:
  make: {{effect: write, request: {{method: POST, path: /, json: {{r: {{value: reference}}}}}}, output: {{{write}}}, idempotency: {{by: lookup, operation: find{found_when}}}}}
  find: {{effect: read, input: {{reference: string}}, request: {{method: GET, path: /}}, output: {{{find}}}}}
"
        ))
    };
    let id = "external_id: {type: string, from: $.id}";
    let number = "number: {type: string, from: $.no}";
    let count = "count: {type: int, from: $.count}";
    let optional = |field: &str| field.replace('}', ", optional: true}");
    let counted = ", found_when: \"output.count > 0\"";
    let both = format!("{id}, {number}");
    // what the write answers, `found_when`, what the look-up gives, its output, what it tells
    for (write, found_when, find, output, told) in [
        (id.to_owned(), "", format!("{count}, {}", optional(id)), r#"{"count": 0}"#, "no"),
        (id.to_owned(), "", format!("{count}, {}", optional(id)), r#"{"count": 1, "external_id": "A1"}"#, "yes"),
        (both.clone(), "", format!("{}, {}", optional(id), optional(number)), r#"{"number": "7"}"#, "no"),
        (both.clone(), "", format!("{}, {}", optional(id), optional(number)), r#"{"external_id": "A1"}"#, "doubt"),
        (both, "", format!("{}, {}", optional(id), optional(number)), r#"{"external_id": "A1", "number": "7"}"#, "yes"),
        (number.to_owned(), "", optional(number), r#"{"number": null}"#, "no"),
        (String::new(), "", optional(id), "{}", "no"),
        (String::new(), "", optional(id), r#"{"external_id": "A1"}"#, "yes"),
        (id.to_owned(), counted, format!("{count}, {}", optional(id)), r#"{"count": 0, "external_id": "A1"}"#, "no"),
        (id.to_owned(), counted, format!("{count}, {}", optional(id)), r#"{"count": 1}"#, "doubt"),
    ] {
        let connector = connector(&write, found_when, &find);
        let Idempotency::Lookup(lookup) = &connector.operation("make").unwrap().idempotency else { panic!("{write}") };
        let found = lookup.found(&Answer::ok(output.parse().unwrap()));
        let word = match found {
            Found::Yes(_) => "yes",
            Found::No => "no",
            Found::Doubtful(_) => "doubt",
        };
        assert_eq!(word, told, "{write} by {find}: {output} tells {found:?}");
    }
}

#[test]
fn input_is_checked_before_anything_is_sent() {
    let connector = sound(STEPS);
    for input in ["{}", r#"{"since": "yesterday"}"#, r#"{"since": null, "x": 1}"#, "[]", r#"{"sinse": "2026-01-01T00:00:00Z"}"#] {
        let (sent, answer) = run(&connector, "list", input, &[]);
        assert_eq!((sent.len(), answer.class), (0, Class::Refused), "{input}: {answer:?}");
    }
    let (_, unknown) = run(&connector, "nope", "{}", &[]);
    assert_eq!(unknown.code.as_deref(), Some("unknown_operation"));
}

#[test]
fn bodies_go_out_as_their_kind_says() {
    let connector = sound(
        "operations:
  soap: {effect: read, input: {n: string}, request: {method: POST, path: /ws, soap: {action: 'urn:get', namespaces: {p: 'urn:p'}, header: {'p:token': {value: input.n}}, body: {'p:get': {'p:no': {value: input.n}, 'p:line': [1, 2]}}}}, output: {name: {type: string, from: $.Envelope.Body.getResponse.name}}}
  send: {effect: read, input: {n: string}, request: {method: POST, path: /up, multipart: {note: {value: input.n}, doc: {file: {name: {text: '{{input.n}}.txt'}, media_type: text/plain, base64: aGk=}}}}}
  note: {effect: read, input: {n: string}, request: {method: POST, path: /note, body_text: 'to {{input.n}}'}}
  xml: {effect: read, input: {n: string}, request: {method: POST, path: /x, headers: {Content-Type: text/xml}, body_text: '<a k=\"{{input.n}}\">{{input.n}}</a>'}}
  fixed: {effect: read, request: {method: POST, path: /f, headers: {Content-Type: application/json}, body_text: '{\"a\": 1}'}}
",
    );
    let envelope = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><getResponse><name>A &amp; B</name></getResponse></s:Body></s:Envelope>";
    let (sent, answer) = run(&connector, "soap", r#"{"n": "<1>"}"#, &[(200, &format!("<?xml version='1.0'?>{envelope}"))]);
    assert_eq!(
        sent,
        [
            "POST https://p.example/api/ws <?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:p=\"urn:p\"><soap:Header><p:token>&lt;1&gt;</p:token></soap:Header><soap:Body><p:get><p:no>&lt;1&gt;</p:no><p:line>1</p:line><p:line>2</p:line></p:get></soap:Body></soap:Envelope>"
        ]
    );
    assert_eq!((answer.class, answer.output.member("name")), (Class::Ok, &Value::text("A & B")));
    let (sent, _) = run(&connector, "send", r#"{"n": "a\"b"}"#, &[(200, "{}")]);
    let boundary = sent[0].split("--").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap().to_owned();
    assert_eq!(
        sent[0],
        format!(
            "POST https://p.example/api/up --{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\na\"b\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a%22b.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--{boundary}--\r\n"
        )
    );
    let (sent, _) = run(&connector, "note", r#"{"n": "x"}"#, &[(200, "{}")]);
    assert_eq!(sent, ["POST https://p.example/api/note to x"]);
    let (sent, _) = run(&connector, "xml", r#"{"n": "<b>&\"'"}"#, &[(200, "{}")]);
    assert_eq!(sent, ["POST https://p.example/api/x <a k=\"&lt;b&gt;&amp;&quot;&apos;\">&lt;b&gt;&amp;&quot;&apos;</a>"]);
    let (sent, _) = run(&connector, "fixed", "{}", &[(200, "{}")]);
    assert_eq!(sent, ["POST https://p.example/api/f {\"a\": 1}"]);
}

#[test]
fn a_soap_fault_is_read_before_its_status() {
    let connector = sound(
        "operations:
  make: {effect: write, input: {}, request: {method: POST, path: /ws, soap: {body: {make: ''}}}, idempotency: {by: none}}
",
    );
    let fault = |code: &str| {
        format!(
            "<?xml version='1.0'?><e:Envelope xmlns:e='x'><e:Body><e:Fault><faultcode>{code}</faultcode><faultstring>no stock</faultstring></e:Fault></e:Body></e:Envelope>"
        )
    };
    let (_, refused) = run(&connector, "make", "{}", &[(500, &fault("e:Client"))]);
    assert_eq!((refused.class, refused.message.as_str(), refused.code.as_deref()), (Class::Refused, "no stock", Some("e:Client")));
    let (_, unknown) = run(&connector, "make", "{}", &[(500, &fault("e:Server"))]);
    assert_eq!(unknown.class, Class::Unknown);
}
