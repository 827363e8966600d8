//! What partners tell, and what it means.

use super::sound;
use crate::domain::connector::Connector;
use crate::domain::flow::event::Outcome;
use crate::domain::value::Value;
use std::sync::Arc;

fn value(json: &str) -> Value {
    json.parse().unwrap()
}

fn oa() -> Arc<Connector> {
    sound(
        "operations:
  get: {effect: read, input: {id: string}, request: {method: GET, path: /}, output: {id: {type: string, from: $.id}, status: {type: string, from: $.s, optional: true}, n: {type: int, from: $.n, optional: true}}}
webhooks:
  w: {signature: {kind: token, header: X, secret: settings.key}, ref: {id: {from: $.id}}, each: \"$.events[*]\"}
events:
  changed:
    heard_by: [{webhook: w, when: \"payload.type == 'approval'\"}]
    then: {operation: get, with: {id: ref.id}}
    trust: payload
    output: {id: {type: string, from: $.id}, status: {type: string, from: $.s, optional: true}, n: {type: int, from: $.n, optional: true}}
    link: {external_id: output.id}
    dedupe: [output.id, output.status]
    outcome:
      - {when: \"10 / output.n == 5 && output.status == 'x'\", is: withdrawn}
      - {when: \"output.status == 'approved'\", is: approved}
      - {when: \"output.status in ['new', 'running']\", is: pending}
      - {otherwise: unknown}
  orders:
    heard_by: [{webhook: w}]
    then: {operation: get, with: {id: ref.id}}
    dedupe: [output.id]
    document: purchase_order
    map: order
    withdrawn: {when: \"output.status == 'cancelled'\"}
",
    )
}

#[test]
fn a_status_no_rule_knows_is_never_approved_and_never_pending() {
    let connector = oa();
    let event = connector.event("changed").unwrap();
    // status, outcome
    let table = [
        (r#""approved""#, Outcome::Approved),
        (r#""new""#, Outcome::Pending),
        (r#""APPROVED""#, Outcome::Unknown),
        (r#""""#, Outcome::Unknown),
        ("null", Outcome::Unknown),
    ];
    for (status, outcome) in table {
        let heard = event.hear(&value(&format!(r#"{{"id": "A1", "status": {status}}}"#))).unwrap();
        assert_eq!(heard.outcome, Some(outcome), "{status}");
        assert_eq!(heard.external_id.as_deref(), Some("A1"));
    }
    assert_eq!(event.hear(&value(r#"{"id": "A1"}"#)).unwrap().outcome, Some(Outcome::Unknown));
}

#[test]
fn a_rule_that_fails_does_not_match_and_is_recorded() {
    let connector = oa();
    let heard = connector.event("changed").unwrap().hear(&value(r#"{"id": "A1", "status": "approved", "n": 0}"#)).unwrap();
    assert_eq!(heard.outcome, Some(Outcome::Approved));
    assert_eq!(heard.notes.len(), 1, "{:?}", heard.notes);
}

#[test]
fn an_event_without_its_object_is_an_error_and_not_dropped() {
    let connector = oa();
    let event = connector.event("changed").unwrap();
    for output in [r#"{"status": "approved"}"#, r#"{"id": "", "status": "approved"}"#] {
        assert!(event.hear(&value(output)).is_err(), "{output}");
    }
}

#[test]
fn dedupe_keys_tell_different_things_apart() {
    let connector = oa();
    let event = connector.event("changed").unwrap();
    let key = |output: &str| event.hear(&value(output)).unwrap().dedupe_key;
    assert_eq!(key(r#"{"id": "a", "status": "b"}"#), key(r#"{"id": "a", "status": "b", "n": 1}"#));
    let different = [r#"{"id": "a,b"}"#, r#"{"id": "a", "status": "b"}"#, r#"{"id": "a\",\"b"}"#, r#"{"id": "a"}"#];
    for (index, one) in different.iter().enumerate() {
        for other in &different[index + 1..] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }
}

#[test]
fn a_callback_points_at_each_of_its_things_and_wakes_the_events_it_is_for() {
    let connector = oa();
    let webhook = connector.webhook("w").unwrap();
    let payload = value(r#"{"type": "approval", "events": [{"id": "a"}, {"id": "b"}]}"#);
    let references = webhook.references(&payload, &Value::Unset).unwrap();
    assert_eq!(references, [value(r#"{"id": "a"}"#), value(r#"{"id": "b"}"#)]);
    assert!(webhook.references(&value(r#"{"events": [{}]}"#), &Value::Unset).is_err(), "a thing without an id");
    let names = |payload: &Value| -> Vec<String> {
        connector.events_of_webhook("w", payload, &Value::Unset, &Value::Unset).iter().map(|event| event.name.to_string()).collect()
    };
    assert_eq!(names(&payload), ["changed", "orders"]);
    assert_eq!(names(&value(r#"{"type": "order"}"#)), ["orders"]);
    assert_eq!(connector.events_of_webhook("other", &payload, &Value::Unset, &Value::Unset).len(), 0);
    let call = connector.truth_call(connector.event("changed").unwrap(), &references[0]).unwrap().unwrap();
    assert_eq!((call.operation.as_ref(), call.input), ("get", value(r#"{"id": "a"}"#)));
}

#[test]
fn a_trusted_payload_is_typed_like_a_read_back() {
    let connector = oa();
    let event = connector.event("changed").unwrap();
    let output = event.trusted_output(&value(r#"{"id": 7, "s": "approved", "more": 1}"#), &Value::Unset).unwrap().unwrap();
    assert_eq!(output, value(r#"{"id": "7", "status": "approved"}"#));
    assert!(event.trusted_output(&value(r#"{"s": "approved"}"#), &Value::Unset).unwrap().is_err());
    assert!(connector.event("orders").unwrap().trusted_output(&value("{}"), &Value::Unset).is_none());
}

#[test]
fn a_source_event_asks_for_its_document() {
    let connector = oa();
    let event = connector.event("orders").unwrap();
    for (status, withdrawn) in [("open", false), ("cancelled", true)] {
        let heard = event.hear(&value(&format!(r#"{{"id": "1", "status": "{status}"}}"#))).unwrap();
        let document = heard.document.unwrap();
        assert_eq!((document.document.as_ref(), document.map.as_ref(), document.withdrawn), ("purchase_order", "order", withdrawn));
        assert_eq!(heard.outcome, None);
    }
}

#[test]
fn a_document_is_heard_of_within_the_time_of_its_quickest_stream() {
    let heard = |ways: &str| {
        let connector = sound(&format!(
            "operations:
  get: {{effect: read, input: {{id: string}}, request: {{method: GET, path: /}}, output: {{id: {{type: string, from: $.id}}}}}}
  list: {{effect: read, request: {{method: GET, path: /}}, output: {{ids: {{type: [string], from: \"$[*]\", many: true}}}}}}
webhooks:
  w: {{signature: {{kind: token, header: X, secret: settings.key}}, ref: {{id: {{from: $.id}}}}}}
streams:
  often: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, every: 5m}}
  daily: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, every: 1d}}
events:
  orders:
    heard_by: [{ways}]
    then: {{operation: get, with: {{id: ref.id}}}}
    dedupe: [output.id]
    document: purchase_order
    map: order
"
        ));
        (connector.hears_within_millis("purchase_order"), connector.hears_within_millis("payable"))
    };
    assert_eq!(heard("{webhook: w}, {stream: daily}, {stream: often}"), (300_000, 0));
    assert_eq!(heard("{stream: daily}"), (86_400_000, 0));
    assert_eq!(heard("{webhook: w}"), (0, 0));
}
