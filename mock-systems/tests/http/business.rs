//! The three systems as they behave when nothing is wrong.

use crate::common::{Receiver, SECRET, approval, order, payable, plain, text, until, world};
use axum::http::Method;
use mock_systems::{ClockKind, Micros, Options, SeedOrders, System};
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_is_needed_and_expires() {
    let start = Micros::parse("2026-09-28T02:00:00Z").expect("an instant");
    let mut world = world(Options { clock: ClockKind::Driven { start }, ..Options::default() }).await;
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
    world.erp.post("/__mock/clock", json!({"advance_seconds": 7201})).await.expect("an answer");
    let answer = world.erp.get("/orders").await.expect("an answer");
    assert_eq!((answer.status, answer.json()), (401, json!({"code": "token_expired"})));
    world.erp.sign_in().await;
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 200);
    world.erp.post("/__mock/expire_sessions", json!({})).await.expect("an answer");
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 401);
    let wrong = json!({"app_key": "waybill", "app_secret": "guessed"});
    assert_eq!(world.oa.post("/token", wrong).await.expect("an answer").status, 403);
}

#[tokio::test]
async fn orders_are_listed_by_change_in_pages_and_ties_keep_their_order() {
    let world = plain().await;
    world.erp.post("/__mock/orders", json!({"count": 205, "same_instant": true})).await.expect("an answer");
    let mut seen: Vec<(String, String)> = Vec::new();
    for page in 1.. {
        let answer = world.erp.get(&format!("/orders?since=2020-01-01T00:00:00%2B08:00&page={page}")).await;
        let items = answer.expect("an answer").json()["items"].as_array().expect("items").clone();
        seen.extend(items.iter().map(|item| (text(&item["changed_at"]), text(&item["id"]))));
        if items.len() < 100 {
            break;
        }
    }
    assert_eq!(seen.len(), 205);
    assert!(seen.is_sorted());
    // An edit while paging moves the order behind all others.
    let edited = world.erp.call(Method::PATCH, &format!("/__mock/orders/{}", seen[0].1), Some(json!({"touch": true}))).await;
    assert_eq!(edited.expect("an answer").status, 200);
    let last = world.erp.get("/orders?page=3").await.expect("an answer").json();
    assert_eq!(last["items"].as_array().and_then(|items| items.last()).map(|item| text(&item["id"])), Some(seen[0].1.clone()));
    assert_eq!(world.erp.get("/orders?since=yesterday").await.expect("an answer").status, 400);
}

#[tokio::test]
async fn an_order_has_exact_totals_and_steps_repeat_without_effect() {
    let world = plain().await;
    let (id, number) = order(&world, json!({"lines": 2})).await;
    let shown = world.erp.get(&format!("/orders/{id}")).await.expect("an answer").json();
    assert_eq!((shown["number"].clone(), shown["status"].clone(), shown["version"].clone()), (json!(number), json!("waiting"), json!(1)));
    assert!(text(&shown["changed_at"]).ends_with('Z') && text(&shown["changed_at"]).len() == 27);
    let amount = |name: &str| text(&shown[name]).parse::<f64>().expect("a number");
    assert!((amount("total_net") + amount("total_tax") - amount("total_gross")).abs() < 0.001);
    assert_eq!(shown["lines"][1]["line_no"], json!("2"));

    let question = json!({"order_number": number, "amount": shown["total_gross"], "currency": "CNY"});
    let budget = world.erp.post("/budget-check", question).await.expect("an answer").json();
    assert_eq!(budget, json!({"ok": true, "available": "1000000.00"}));

    for _ in 0..2 {
        let answer = world.erp.post(&format!("/orders/{id}/release"), json!({"booked_as": "F1"})).await;
        assert_eq!(answer.expect("an answer").json()["status"], json!("released"));
    }
    let refused = world.erp.post(&format!("/orders/{id}/reject"), json!({"reason": "no"})).await.expect("an answer");
    assert_eq!((refused.status, refused.json()["code"].clone()), (409, json!("state_forbids")));
    for step in ["return", "reject"] {
        assert_eq!(world.erp.post(&format!("/orders/{id}/{step}"), json!({})).await.expect("an answer").status, 200);
    }
    let shown = world.erp.get(&format!("/orders/{id}")).await.expect("an answer").json();
    assert_eq!((shown["status"].clone(), shown["version"].clone()), (json!("refused"), json!(4)));
    let (cancelled, _) = order(&world, json!({"status": "cancelled"})).await;
    let moot = world.erp.post(&format!("/orders/{cancelled}/return"), json!({})).await.expect("an answer");
    assert_eq!((moot.status, moot.json()["status"].clone()), (200, json!("cancelled")));
    let audit = world.running.audit();
    let order = &audit.orders[&number];
    assert_eq!((order.releases, order.repeats, order.returns, order.rejections), (1, 1, 1, 1));
    assert_eq!(world.erp.get("/orders/1").await.expect("an answer").status, 404);
    let written = json!({"status": "released", "reference": "r1"});
    assert_eq!(world.erp.post(&format!("/orders/{id}/status"), written).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn an_approval_is_created_decided_withdrawn_and_revoked() {
    let world = plain().await;
    let id = text(&world.oa.post("/approvals", approval("r1", "PO-1")).await.expect("an answer").json()["id"]);
    let shown = world.oa.get(&format!("/approvals/{id}")).await.expect("an answer").json();
    assert_eq!((shown["status"].clone(), shown["form"]["金额"].clone()), (json!("running"), json!("11300.00")));
    assert_eq!(shown["holders"].as_array().map(Vec::len), Some(1));

    let decide =
        async |status: &str| world.oa.post(&format!("/__mock/approvals/{id}/decide"), json!({"status": status, "comment": "seen"})).await;
    assert_eq!(decide("approved").await.expect("an answer").status, 200);
    let late = world.oa.post(&format!("/approvals/{id}/withdraw"), Value::Null).await.expect("an answer");
    assert_eq!((late.status, late.json()["errcode"].clone()), (200, json!(40901)));
    assert_eq!(decide("revoked").await.expect("an answer").status, 200);
    assert_eq!(decide("approved").await.expect("an answer").status, 409);

    let second = text(&world.oa.post("/approvals", approval("r2", "PO-1")).await.expect("an answer").json()["id"]);
    for _ in 0..2 {
        let answer = world.oa.post(&format!("/approvals/{second}/withdraw"), Value::Null).await.expect("an answer");
        assert_eq!(answer.json()["errcode"], json!(0));
    }
    let listed = world.oa.get("/approvals?page=1").await.expect("an answer").json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(world.oa.get("/approvals/A1").await.expect("an answer").json()["errcode"], json!(40400));
    let empty = json!({"reference": "", "title": "x", "originator": "u1", "form": {}});
    assert_eq!(world.oa.post("/approvals", empty).await.expect("an answer").json()["errcode"], json!(40001));
}

#[tokio::test]
async fn a_key_is_honoured_or_not_and_a_reference_finds_its_payables() {
    let mut world = plain().await;
    world.finance.key = Some("k1".to_owned());
    let first = world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer");
    let again = world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer");
    assert_eq!((first.status, first.json()), (201, again.json()));
    let other = world.finance.post("/payables", payable("r2", "PO-1")).await.expect("an answer");
    assert_eq!((other.status, other.json()["code"].clone()), (422, json!("key_reused")));

    world.finance.set(json!({"honours_keys": false})).await;
    let deaf = world.finance.post("/payables", payable("r1", "PO-1")).await.expect("an answer");
    assert_ne!(deaf.json(), first.json());
    let found = world.finance.get("/payables?reference=r1").await.expect("an answer").json();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(2));
    let id = text(&first.json()["id"]);
    for _ in 0..2 {
        let void = world.finance.post(&format!("/payables/{id}/void"), Value::Null).await.expect("an answer");
        assert_eq!(void.status, 200);
    }
    assert_eq!(world.finance.get(&format!("/payables/{id}")).await.expect("an answer").json()["status"], json!("void"));
    let mut wrong = payable("r3", "PO-1");
    wrong["amount"] = json!("100.5");
    wrong["currency"] = json!("JPY");
    assert_eq!(world.finance.post("/payables", wrong).await.expect("an answer").status, 422);
    assert_eq!(world.running.audit().counts.key_repeats, 1);
}

#[tokio::test]
async fn order_webhooks_are_signed_thin_or_full_and_repeated_until_accepted() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    receiver.refuse_next(1);
    let register = |mode: &str| world.erp.post("/__mock/webhook", json!({"url": url, "secret": SECRET, "mode": mode}));
    register("thin").await.expect("an answer");
    let (id, number) = order(&world, json!({})).await;
    let thin = receiver.wait_for(1).await[0].clone();
    assert_eq!(text(&thin.body["order_id"]), id);
    until("acknowledgement", async || world.running.audit().orders[&number].acknowledged.then_some(())).await;
    register("full").await.expect("an answer");
    world.erp.post(&format!("/orders/{id}/release"), json!({})).await.expect("an answer");
    let full = receiver.wait_for(2).await[1].clone();
    assert_eq!(full.body, world.erp.get(&format!("/orders/{id}")).await.expect("an answer").json());
    assert_ne!(full.id, thin.id);
    let elsewhere = world.erp.post("/__mock/webhook", json!({"url": "http://10.0.0.1/", "secret": SECRET})).await;
    assert_eq!(elsewhere.expect("an answer").status, 422);
}

#[tokio::test]
async fn decisions_by_rule_and_their_callbacks() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    world.oa.post("/__mock/webhook", json!({"url": url, "secret": SECRET})).await.expect("an answer");
    world.oa.set(json!({"decide": "share", "reject_share": 1.0})).await;
    let rejected = text(&world.oa.post("/approvals", approval("r1", "PO-1")).await.expect("an answer").json()["id"]);
    let message = receiver.wait_for(1).await[0].clone();
    assert_eq!((text(&message.body["approval_id"]), text(&message.body["reference"])), (rejected, "r1".to_owned()));
    assert_eq!(text(&message.body["status"]), "rejected");
    world.oa.set(json!({"decide": "approve", "decide_after_ms": 60_000})).await;
    world.oa.post("/approvals", approval("r2", "PO-2")).await.expect("an answer");
    assert_eq!(receiver.messages().len(), 1);
    world.oa.post("/__mock/clock", json!({"advance_seconds": 60})).await.expect("an answer");
    assert_eq!(text(&receiver.wait_for(2).await[1].body["status"]), "approved");
}

#[tokio::test]
async fn the_awkward_orders_are_there() {
    let world = world(Options { orders: SeedOrders::Awkward, ..Options::default() }).await;
    let listed = world.erp.get("/orders").await.expect("an answer").json();
    let mut orders = Vec::new();
    for item in listed["items"].as_array().expect("items") {
        orders.push(world.erp.get(&format!("/orders/{}", text(&item["id"]))).await.expect("an answer").json());
    }
    assert_eq!(orders.len(), 12);
    let any = |test: &dyn Fn(&Value) -> bool| orders.iter().any(test);
    assert!(any(&|order| order["currency"] == json!("JPY") && !text(&order["total_gross"]).contains('.')));
    assert!(any(&|order| order["currency"].is_null()));
    assert!(any(&|order| order["lines"].as_array().map(Vec::len) == Some(250)));
    assert!(any(&|order| order["lines"][0]["unit_price"] == json!("0.123457")));
    assert!(any(&|order| text(&order["supplier"]["name"]).contains("🚚 𠮷")));
    assert!(any(&|order| order["id"] == json!("9007199254740993")));
    assert!(any(&|order| order["status"] == json!("cancelled")));
    world.erp.set(json!({"numeric_ids": true})).await;
    let body = world.erp.get("/orders/9007199254740993").await.expect("an answer").body;
    assert!(body.starts_with(br#"{"id":9007199254740993,"#));
}

#[tokio::test]
async fn a_reset_forgets_everything_and_stopping_ends() {
    let world = plain().await;
    order(&world, json!({"count": 3})).await;
    world.oa.set(json!({"slow_ms": 5})).await;
    world.oa.post("/__mock/reset", json!({})).await.expect("an answer");
    assert_eq!(world.running.audit().counts.orders, 0);
    assert_eq!(world.running.switches(System::Oa)["slow_ms"], json!(0));
    assert_eq!(world.erp.get("/orders").await.expect("an answer").status, 401);
    assert_eq!(world.running.stop().await["finished"], json!(true));
}
