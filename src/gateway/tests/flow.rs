//! Look-ups, read-backs, keys and steps, as the delivery uses them.

use super::support::*;
use crate::domain::connector::{Class, Target};
use crate::domain::signature::Received;
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose};
use crate::runtime::{Clock, SystemClock};
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use serde_json::json;
use std::sync::{Arc, Mutex};

const LOOKED_UP: &str = "
operations:
  create:
    effect: write
    input: {reference: string, title: string}
    request: {method: POST, path: /approvals, json: {reference: {value: input.reference}, title: {value: input.title}}}
    output: {external_id: {type: string, from: $.id}}
    idempotency: {by: lookup, operation: find, with: {reference: input.reference}, executes_within: 1s, visible_within: 1s, ask_after: [1s, 3s]}
    readback: {operation: fetch, with: {id: output.external_id}, expect: \"output.title == input.title\"}
  find:
    effect: read
    input: {reference: string}
    steps:
      - {id: ids, call: list}
      - {id: hit, each: steps.ids.output.ids, as: one, call: fetch, with: {id: one}, keep_when: \"output.reference == input.reference\"}
    output: {external_id: {type: string, value: \"steps.hit.output[0].id\", optional: true}}
  list: {effect: read, input: {}, request: {method: GET, path: /approvals}, output: {ids: {type: [string], from: \"$[*]\", many: true}}}
  fetch: {effect: read, input: {id: string}, request: {method: GET, path: \"/approvals/{{input.id}}\"}, output: {id: {type: string, from: $.id}, reference: {type: string, from: $.reference}, title: {type: string, from: $.title}}}
";

fn oa() -> Router {
    let fetch = |Path(id): Path<String>| async move {
        let references = [("a1", "po-9-oa-1"), ("a2", "po-1-oa-1")];
        match references.iter().find(|(known, _)| *known == id) {
            Some((id, reference)) => Ok(axum::Json(json!({"id": id, "reference": reference, "title": "T"}))),
            None => Err(axum::http::StatusCode::NOT_FOUND),
        }
    };
    Router::new().route("/approvals", get(|| async { axum::Json(json!(["a0", "a1", "a2"])) })).route("/approvals/{id}", get(fetch))
}

#[tokio::test]
async fn a_look_up_tells_what_the_lost_answer_would_have_said() {
    let address = partner(oa()).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{LOOKED_UP}")), "create").unwrap();
    let gateway = gateway();
    let ask = |reference: &str| Call { purpose: CallPurpose::LookUp, reference: reference.into(), ..call(r#"{"title": "T"}"#) };
    let found = gateway.perform(&target, ask("po-1-oa-1")).await;
    assert_eq!((found.class, found.output.to_json()), (Class::Ok, json!({"external_id": "a2"})), "{found:?}");
    assert_eq!(found.attempts.len(), 4, "the list, and each of its three, one of which is gone");
    let absent = gateway.perform(&target, ask("po-1-oa-2")).await;
    assert_eq!((absent.class, absent.confirmed), (Class::NotFound, false), "another round is another reference");
}

#[tokio::test]
async fn look_ups_of_one_moment_ask_once_and_none_is_told_what_is_older_than_its_turn() {
    let address = partner(oa()).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{LOOKED_UP}")), "create").unwrap();
    let gateway = gateway();
    let clock = SystemClock::new();
    let due = clock.now();
    let ask = |reference: &str, due_since| {
        let call =
            Call { purpose: CallPurpose::LookUp, reference: reference.into(), due_since: Some(due_since), ..call(r#"{"title": "T"}"#) };
        gateway.perform(&target, call)
    };
    let (first, second) = tokio::join!(ask("po-1-oa-1", due), ask("po-9-oa-1", due));
    assert_eq!((first.output.to_json(), second.output.to_json()), (json!({"external_id": "a2"}), json!({"external_id": "a1"})));
    // What is gone is no answer that is kept: `a0` may be asked for by both.
    assert!((4..=5).contains(&(first.attempts.len() + second.attempts.len())), "{first:?} {second:?}");
    let later = ask("po-9-oa-1", clock.now()).await;
    assert_eq!(later.attempts.len(), 4, "an answer from before its turn is not believed");
}

#[tokio::test]
async fn a_read_back_confirms_or_does_not() {
    let address = partner(oa()).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{LOOKED_UP}")), "create").unwrap();
    let gateway = gateway();
    let output: Value = r#"{"external_id": "a2"}"#.parse().unwrap();
    for (title, confirmed) in [("T", true), ("another", false)] {
        let input = json!({"title": title}).to_string();
        let ask = Call { purpose: CallPurpose::ReadBack, output: output.clone(), ..call(&input) };
        let seen = gateway.perform(&target, ask).await;
        assert_eq!((seen.class, seen.confirmed, &seen.output), (Class::Ok, confirmed, &output), "{seen:?}");
    }
}

const STEPS: &str = "
operations:
  release:
    effect: write
    input: {id: string}
    steps:
      - {id: save, call: step, with: {id: input.id, name: \"'save'\"}}
      - {id: audit, call: step, with: {id: steps.save.output.id, name: \"'audit'\"}}
    output: {id: {type: string, value: steps.audit.output.id}}
    idempotency: {by: nature}
  step:
    effect: write
    input: {id: string, name: string}
    request: {method: POST, path: \"/{{input.id}}/{{input.name}}\", json: {}}
    output: {id: {type: string, from: $.id}}
    idempotency: {by: header, header: Idempotency-Key}
";

#[tokio::test]
async fn a_write_of_steps_goes_on_after_what_is_done_with_the_same_keys() {
    let heard = Arc::new(Mutex::new(Vec::<(String, String)>::new()));
    let kept = heard.clone();
    let answer = move |Path((id, name)): Path<(String, String)>, headers: HeaderMap| {
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
        let mut heard = kept.lock().unwrap();
        let fails = name == "audit" && !heard.iter().any(|(known, _)| known == "audit");
        heard.push((name, key));
        async move { if fails { Err(axum::http::StatusCode::SERVICE_UNAVAILABLE) } else { Ok(axum::Json(json!({"id": id}))) } }
    };
    let address = partner(Router::new().route("/{id}/{name}", post(answer))).await;
    let target = Target::new(local(address), connector(&format!("{PLAIN}{STEPS}")), "release").unwrap();
    let gateway = gateway();
    let first = gateway.perform(&target, call(r#"{"id": "7"}"#)).await;
    assert_eq!(first.class, Class::Retryable);
    assert_eq!(first.begun.steps.iter().map(|step| step.id.as_ref()).collect::<Vec<_>>(), ["save"]);
    let second = gateway.perform_from(&target, call(r#"{"id": "7"}"#), first.begun).await;
    assert_eq!((second.class, second.output.to_json()), (Class::Ok, json!({"id": "7"})), "{second:?}");
    let wanted = [("save", "key-1/save"), ("audit", "key-1/audit"), ("audit", "key-1/audit")];
    let wanted: Vec<(String, String)> = wanted.iter().map(|(name, key)| ((*name).to_owned(), (*key).to_owned())).collect();
    assert_eq!(*heard.lock().unwrap(), wanted);
}

#[tokio::test]
async fn an_id_cannot_climb_out_of_its_path() {
    let answer = |uri: axum::http::Uri| async move { axum::Json(json!({"id": uri.path(), "reference": "", "title": ""})) };
    let address = partner(Router::new().fallback(answer)).await;
    for (id, seen) in [("..", None), (".", None), ("a/../b", Some("/approvals/a%2F..%2Fb")), ("a?b#c", Some("/approvals/a%3Fb%23c"))] {
        let performed = perform(address, LOOKED_UP, "fetch", &json!({"id": id}).to_string()).await;
        assert_eq!(performed.output.member("id").as_text(), seen, "{id}: {performed:?}");
    }
}

#[tokio::test]
async fn callbacks_are_proved_with_the_connections_secret() {
    let text = format!(
        "{PLAIN}operations: {{}}\nwebhooks:\n  w: {{signature: {{kind: token, header: X-Token, secret: settings.key}}, ref: {{id: {{from: $.id}}}}}}\n"
    );
    let (connector, connection, gateway) = (connector(&text), connection("https://oa.example", "oa.example"), gateway());
    let tenant = crate::domain::ids::TenantId::DEFAULT;
    for (token, taken) in [(CANARY, true), ("canary", false), ("", false)] {
        let headers = [("x-token".to_owned(), token.to_owned())];
        let received =
            Received { headers: &headers, query: &[], body: b"{}", now: jiff::Timestamp::UNIX_EPOCH, challenge: false, random: [0; 24] };
        assert_eq!(gateway.verify(tenant, &connection, &connector, "w", &received).is_ok(), taken, "{token}");
        assert!(gateway.verify(tenant, &connection, &connector, "other", &received).is_err());
    }
}

#[tokio::test]
async fn what_is_cut_off_is_unknown_when_it_was_sent_and_unsent_when_it_waited() {
    let arrived = Arc::new(tokio::sync::Notify::new());
    let seen = arrived.clone();
    let silent = move || async move {
        seen.notify_one();
        std::future::pending::<()>().await;
    };
    let address = partner(Router::new().route("/x", post(silent).get(|| async { axum::Json(json!({})) }))).await;
    let text = format!(
        "{PLAIN}limits: {{concurrency: 1}}\noperations:\n  \
         write: {{effect: write, input: {{}}, request: {{method: POST, path: /x, json: {{}}}}, output: {{}}, idempotency: {{by: none}}}}\n"
    );
    let target = Target::new(local(address), connector(&text), "write").unwrap();
    let cut = tokio_util::sync::CancellationToken::new();
    let gateway = gateway().cut_by(cut.clone());
    let stop = async {
        arrived.notified().await;
        cut.cancel();
    };
    let (sent, waited, ()) = tokio::join!(gateway.perform(&target, call("{}")), gateway.perform(&target, call("{}")), stop);
    assert_eq!((sent.class, sent.unsent), (Class::Unknown, false), "{sent:?}");
    assert!(sent.attempts.len() == 1 && sent.message.as_ref().is_some_and(|message| message.contains("stopped")), "{sent:?}");
    assert!(waited.unsent && waited.attempts.is_empty(), "{waited:?}");
    assert!(waited.retry_after.is_some_and(|at| at <= SystemClock::new().now()), "others may take it at once: {waited:?}");
    let late = gateway.perform(&target, call("{}")).await;
    assert!(late.unsent && late.attempts.is_empty(), "nothing leaves after the cut: {late:?}");
}
