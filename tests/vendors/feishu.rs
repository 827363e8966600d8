//! Feishu: an encrypted challenge and events; the same uuid never made twice; taken back after approval.

use crate::partners::feishu::{KEY, VERIFICATION, world};
use crate::world::{id, link};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_approved_booked_and_later_taken_back() {
    let world = world().await;
    let number = world.order("PO-FS-1");
    let instance = world.wait_for_instances(1).await.remove(0);
    let form = instance["form"].as_array().expect("controls");
    let control = |id: &str| form.iter().find(|control| control["id"] == id).unwrap_or_else(|| panic!("no {id}: {instance:#}"));
    assert_eq!(control("widget_no")["value"], number.as_str());
    assert!(control("widget_amount")["value"].is_number(), "an amount is a number: {instance:#}");
    assert_eq!(control("widget_lines")["value"].as_array().map(Vec::len), Some(3), "{instance:#}");
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.rough("get").await;
    world.switch(json!({"event_twice.APPROVED": 1})).await;
    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "approve", "comment": "同意"})).await;
    let page = world.ended(&number, "released").await;
    assert_eq!(link(&page, "oa_feishu")["external_id"], instance["id"]);
    world.assert_booked_once(&number);
    let traffic = world.control(Method::GET, "traffic", Value::Null).await;
    assert_eq!(traffic["event.failed"], Value::Null, "{traffic}");
    assert!(traffic["event.acknowledged"].as_u64().is_some_and(|count| count >= 3), "{traffic}");

    world.control(Method::POST, &format!("instances/{}/revert", id(&instance)), json!({})).await;
    world.ended(&number, "revoked").await;
    let books = world.books(&number);
    assert!(books.payables.iter().all(|payable| payable.void) && books.payables.len() == 1, "{books:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_looked_up_by_the_uuid() {
    let world = world().await;
    // The first time nothing happens; the second time it does, and the answer is lost; a third would be told that the uuid is used.
    world.switch(json!({"reset_before.create": 1, "lost_response.create": 1, "event_v2": true})).await;
    let number = world.order("PO-FS-2");
    let instance = world.wait_for_instances(1).await.remove(0);
    world.found(&number, &instance).await;
    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "reject"})).await;
    world.ended(&number, "rejected").await;
    assert_eq!(world.instances().await.len(), 1, "never made twice");
    let books = world.books(&number);
    assert_eq!((books.rejections, books.payables.len()), (1, 0), "{books:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_changed_in_approval_withdraws_and_a_lost_event_is_read_again() {
    let world = world().await;
    let number = world.order("PO-FS-3");
    let first = world.wait_for_instances(1).await.remove(0);
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.change(&number);
    let both = world.wait_for_instances(2).await;
    let status = both.iter().find(|one| one["id"] == first["id"]).map(|one| one["status"].clone());
    assert_eq!(status, Some(json!("CANCELED")), "withdrawn by its originator before the second was made: {both:#?}");
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    assert_ne!(first["uuid"], second["uuid"]);
    // Lost altogether: only reading again tells.
    world.switch(json!({"event_lost.APPROVED": 1})).await;
    world.control(Method::POST, &format!("instances/{}/decide", id(second)), json!({"result": "approve"})).await;
    world.ended(&number, "released").await;
    world.assert_booked_once(&number);
    for (token, key) in [("another", KEY), (VERIFICATION, "another")] {
        let url = world.hub.hook_url("oa_feishu", "events").await;
        let asked = json!({"url": url, "verification_token": token, "encrypt_key": key});
        let (status, _) = world.ask(Method::POST, "/__mock/callback", Some(asked)).await;
        assert_eq!(status, 422, "a challenge of somebody else is not answered");
    }
    world.hub.stop().await;
}
