//! Every switch does what it says, over HTTP.

use std::time::{Duration, Instant};

use crate::common::{Receiver, SECRET, World, approval, order, payable, plain, switches, text, until, world};
use mock_systems::{Options, System};
use serde_json::{Value, json};

fn approvals(world: &World) -> usize {
    world.running.audit().counts.approvals
}

#[tokio::test]
async fn lost_response_does_the_work_and_drops_the_connection() {
    let world = plain().await;
    world.oa.set(json!({"operations": {"create_approval": {"lost_response_next": 1}}})).await;
    assert!(world.oa.post("/approvals", approval("r1", "PO-1")).await.is_err());
    assert_eq!(approvals(&world), 1);
    assert!(world.oa.post("/approvals", approval("r2", "PO-2")).await.is_ok());
    assert_eq!(world.running.audit().faults["lost_response"], 1);
}

#[tokio::test]
async fn reset_before_drops_the_connection_and_does_nothing() {
    let world = plain().await;
    world.oa.set(json!({"reset_before_next": 1})).await;
    assert!(world.oa.post("/approvals", approval("r1", "PO-1")).await.is_err());
    assert_eq!(approvals(&world), 0);
}

#[tokio::test]
async fn error_after_does_the_work_and_answers_500() {
    let world = plain().await;
    world.finance.set(json!({"error_after_next": 1})).await;
    assert_eq!(world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer").status, 500);
    assert_eq!(world.running.audit().counts.payables, 1);
}

#[tokio::test]
async fn throttling_answers_429_or_403_with_retry_after() {
    let world = plain().await;
    world.erp.set(json!({"throttle_next": 1, "retry_after_seconds": 7})).await;
    let answer = world.erp.get("/orders").await.expect("an answer");
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().ok()), (429, Some("7")));
    world.erp.set(json!({"throttle_next": 1, "throttle_as": 403})).await;
    let answer = world.erp.get("/orders").await.expect("an answer");
    assert_eq!((answer.status, answer.json()["code"].clone()), (403, json!("throttled")));
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn slow_waits_first() {
    let world = plain().await;
    world.erp.set(json!({"slow_next": 1, "slow_ms": 150})).await;
    let started = Instant::now();
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn an_outage_lasts_until_it_is_over() {
    let world = plain().await;
    world.erp.set(json!({"outage_seconds": 3600})).await;
    assert!(world.erp.get("/orders").await.is_err());
    assert!(world.erp.post("/token", json!({})).await.is_err());
    world.erp.post("/__mock/clock", json!({"advance_seconds": 3601})).await.expect("control stays reachable");
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
    world.erp.set(json!({"outage": true})).await;
    assert!(world.erp.get("/orders").await.is_err());
    world.erp.set(json!({"outage": false})).await;
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn html_error_page_and_http200_error_do_nothing() {
    let world = plain().await;
    world.oa.set(json!({"html_error_page_next": 1})).await;
    let page = world.oa.post("/approvals", approval("r1", "PO-1")).await.expect("an answer");
    assert_eq!((page.status, page.headers["content-type"].to_str().ok()), (502, Some("text/html")));
    world.oa.set(json!({"http200_error_next": 1})).await;
    let busy = world.oa.post("/approvals", approval("r1", "PO-1")).await.expect("an answer");
    assert_eq!((busy.status, busy.json()["errcode"].clone()), (200, json!(-1)));
    world.finance.set(json!({"http200_error_next": 1})).await;
    let busy = world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer");
    assert_eq!((busy.status, busy.json()["code"].clone()), (200, json!("busy")));
    assert_eq!((approvals(&world), world.running.audit().counts.payables), (0, 0));
}

#[tokio::test]
async fn late_execution_answers_504_and_does_the_work_within_the_promise() {
    let world = plain().await;
    world.finance.set(json!({"late_execution_next": 1, "executes_within_ms": 300})).await;
    let started = Instant::now();
    let answer = world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer");
    assert_eq!((answer.status, world.running.audit().counts.payables), (504, 0));
    until("execution", async || (world.running.audit().counts.payables == 1).then_some(())).await;
    // The promise holds with room for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(5));
    // Reads are never late.
    world.finance.set(json!({"late_execution": 1.0})).await;
    assert_eq!(world.finance.get("/payables?reference=r1").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn silent_no_op_answers_success_and_changes_nothing() {
    let world = plain().await;
    let (id, _) = order(&world, json!({})).await;
    world.erp.set(json!({"silent_no_op_next": 2})).await;
    let answer = world.erp.post(&format!("/orders/{id}/release"), json!({})).await.expect("an answer");
    assert_eq!((answer.status, answer.json()["status"].clone()), (200, json!("released")));
    let written = json!({"status": "released", "reference": "r"});
    assert_eq!(world.erp.post(&format!("/orders/{id}/status"), written).await.expect("an answer").status, 200);
    let shown = world.erp.get(&format!("/orders/{id}")).await.expect("an answer").json();
    assert_eq!((shown["status"].clone(), shown["written_back"].clone()), (json!("waiting"), Value::Null));

    let approval_id = text(&world.oa.post("/approvals", approval("r", "PO-1")).await.expect("an answer").json()["id"]);
    world.oa.set(json!({"silent_no_op_next": 1})).await;
    world.oa.post(&format!("/approvals/{approval_id}/withdraw"), Value::Null).await.expect("an answer");
    let shown = world.oa.get(&format!("/approvals/{approval_id}")).await.expect("an answer").json();
    assert_eq!(shown["status"], json!("running"));
    let payable_id = text(&world.finance.post("/payables", payable("r", "PO-1")).await.expect("an answer").json()["id"]);
    world.finance.set(json!({"silent_no_op_next": 1})).await;
    world.finance.post(&format!("/payables/{payable_id}/void"), Value::Null).await.expect("an answer");
    assert_eq!(world.running.audit().counts.live_payables, 1);
}

#[tokio::test]
async fn malformed_json_and_huge_body_come_after_the_work() {
    let world = plain().await;
    world.oa.set(json!({"malformed_json_next": 1})).await;
    let half = world.oa.post("/approvals", approval("r1", "PO-1")).await.expect("an answer");
    assert!(half.status == 200 && serde_json::from_slice::<Value>(&half.body).is_err());
    world.oa.set(json!({"huge_body_next": 1, "huge_body_bytes": 3_000_000})).await;
    let huge = world.oa.post("/approvals", approval("r2", "PO-2")).await.expect("an answer");
    assert!(huge.body.len() >= 3_000_000);
    assert_eq!(approvals(&world), 2);
}

#[tokio::test]
async fn lists_and_look_ups_lag_and_reads_by_id_do_not() {
    let options = Options {
        finance_switches: switches(json!({"visible_within_ms": 60_000})),
        oa_switches: switches(json!({"visible_within_ms": 60_000})),
        erp_switches: switches(json!({"visible_within_ms": 60_000})),
        ..Options::default()
    };
    let world = world(options).await;
    order(&world, json!({})).await;
    let approval_id = text(&world.oa.post("/approvals", approval("r", "PO-1")).await.expect("an answer").json()["id"]);
    world.finance.post("/payables", payable("r", "PO-1")).await.expect("an answer");
    let counts = async || {
        let mut counts = Vec::new();
        for (client, path) in [(&world.erp, "/orders"), (&world.oa, "/approvals"), (&world.finance, "/payables?reference=r")] {
            counts.push(client.get(path).await.expect("an answer").json()["items"].as_array().map(Vec::len));
        }
        counts
    };
    assert_eq!(counts().await, [Some(0); 3]);
    let shown = world.oa.get(&format!("/approvals/{approval_id}")).await.expect("an answer").json();
    assert_eq!(shown["reference"], json!("r"));
    world.running.advance(Duration::from_secs(60));
    assert_eq!(counts().await, [Some(1); 3]);
}

#[tokio::test]
async fn each_system_has_its_own_clock() {
    let world = plain().await;
    world.oa.set(json!({"clock_skew_seconds": -7200})).await;
    let behind = world.running.now(System::Erp).0 - world.running.now(System::Oa).0;
    assert!((7_199_000_000..7_201_000_000).contains(&behind));
    let id = text(&world.oa.post("/approvals", approval("r", "PO-1")).await.expect("an answer").json()["id"]);
    let shown = world.oa.get(&format!("/approvals/{id}")).await.expect("an answer").json();
    assert!(text(&shown["changed_at"]) < world.running.now(System::Erp).plus_seconds(-7000).to_rfc3339());
}

#[tokio::test]
async fn webhooks_are_doubled_lost_and_overtaken() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    world.erp.post("/__mock/webhook", json!({"url": url, "secret": SECRET})).await.expect("an answer");
    world.erp.set(json!({"duplicate_webhook_next": 1})).await;
    order(&world, json!({})).await;
    let twice = receiver.wait_for(2).await;
    assert_eq!((&twice[0].id, &twice[0].body), (&twice[1].id, &twice[1].body));

    world.erp.set(json!({"lost_webhook_next": 1})).await;
    order(&world, json!({})).await;
    world.erp.set(json!({"reorder_webhook_next": 1, "reorder_ms": 150})).await;
    let (held, _) = order(&world, json!({})).await;
    let (overtaking, _) = order(&world, json!({})).await;
    let ids: Vec<String> = receiver.wait_for(4).await[2..].iter().map(|m| text(&m.body["order_id"])).collect();
    assert_eq!(ids, [overtaking, held]);
}

#[tokio::test]
async fn an_early_webhook_arrives_before_the_create_is_answered() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    world.oa.post("/__mock/webhook", json!({"url": url, "secret": SECRET})).await.expect("an answer");
    world.oa.set(json!({"operations": {"create_approval": {"early_webhook": 1.0}}, "decide": "approve"})).await;
    let id = text(&world.oa.post("/approvals", approval("r", "PO-1")).await.expect("an answer").json()["id"]);
    let messages = receiver.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!((text(&messages[0].body["approval_id"]), text(&messages[0].body["status"])), (id, "approved".to_owned()));
}

#[tokio::test]
async fn unknown_switches_are_refused_and_the_rest_is_shown() {
    let world = plain().await;
    let refused = world.erp.call(axum::http::Method::PUT, "/__mock/switches", Some(json!({"lost_respond": 1}))).await;
    let refused = refused.expect("an answer");
    assert!(refused.status == 422 && text(&refused.json()["message"]).contains("lost_respond"));
    world.erp.set(json!({"throttle": 0.5, "throttle_next": 3})).await;
    let shown = world.erp.get("/__mock/switches").await.expect("an answer").json();
    assert_eq!((shown["throttle"].clone(), shown["throttle_next"].clone()), (json!(0.5), json!(3)));
}

#[tokio::test]
async fn shares_are_kept_and_seeds_repeat() {
    let strikes = async |seed| {
        let options = Options { seed, erp_switches: switches(json!({"throttle": 0.3})), ..Options::default() };
        let world = world(options).await;
        let mut statuses = Vec::new();
        for _ in 0..100 {
            statuses.push(world.erp.get("/orders").await.expect("an answer").status);
        }
        statuses
    };
    let first = strikes(7).await;
    assert_eq!(first, strikes(7).await);
    assert_ne!(first, strikes(8).await);
    let throttled = first.iter().filter(|status| **status == 429).count();
    assert!((15..45).contains(&throttled), "{throttled} of 100");
}
