//! WeCom: the echo of the address check, XML callbacks, no call to withdraw, revoked after approval.

use crate::partners::wecom::{AES_KEY, world};
use crate::world::{id, link};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_approved_booked_and_later_revoked() {
    let world = world().await;
    let number = world.order("PO-WC-1");
    let instance = world.wait_for_instances(1).await.remove(0);
    let contents = instance["contents"].as_array().expect("controls");
    let control = |id: &str| contents.iter().find(|control| control["id"] == id).unwrap_or_else(|| panic!("no {id}: {instance:#}"));
    assert_eq!(control("Text-1700000000002")["value"]["text"], number.as_str());
    assert!(control("Money-1700000000004")["value"]["new_money"].is_string(), "money is a text: {instance:#}");
    let rows = &control("Table-1700000000007")["value"]["children"];
    assert_eq!(rows.as_array().map(Vec::len), Some(3), "{instance:#}");
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.rough("detail").await;
    // An event that names the approval by a text alone.
    world.switch(json!({"no_number": true, "event_twice.agree": 1})).await;
    world.control(Method::POST, &format!("instances/{}/status", id(&instance)), json!({"status": "approved", "speech": "同意"})).await;
    let page = world.ended(&number, "released").await;
    assert_eq!(link(&page, "oa_wecom")["external_id"], instance["id"]);
    world.assert_booked_once(&number);
    let traffic = world.control(Method::GET, "traffic", Value::Null).await;
    assert_eq!(traffic["event.failed"], Value::Null, "{traffic}");
    assert!(traffic["event.acknowledged"].as_u64().is_some_and(|count| count >= 3), "{traffic}");

    world.control(Method::POST, &format!("instances/{}/status", id(&instance)), json!({"status": "revoked"})).await;
    world.ended(&number, "revoked").await;
    let books = world.books(&number);
    assert!(books.payables.iter().all(|payable| payable.void) && books.payables.len() == 1, "{books:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_and_a_busy_one_are_looked_up() {
    let world = world().await;
    // Done, and answered with "busy": nothing may be done again before it was looked for, page by short page.
    world.switch(json!({"busy_after.apply": 1, "list_lag_ms": 1000, "short_pages": true})).await;
    let busy = world.order("PO-WC-2");
    let first = world.wait_for_instances(1).await.remove(0);
    world.found(&busy, &first).await;
    world.switch(json!({"lost_response.apply": 1})).await;
    let lost = world.order("PO-WC-3");
    let both = world.wait_for_instances(2).await;
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    world.found(&lost, second).await;
    world.control(Method::POST, &format!("instances/{}/status", id(&first)), json!({"status": "rejected"})).await;
    world.control(Method::POST, &format!("instances/{}/status", id(second)), json!({"status": "withdrawn"})).await;
    world.ended(&busy, "rejected").await;
    world.ended(&lost, "expired").await;
    assert_eq!(world.instances().await.len(), 2, "looked up, not made again");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_changed_in_approval_asks_anew_and_the_first_no_longer_counts() {
    let world = world().await;
    let number = world.order("PO-WC-4");
    let first = world.wait_for_instances(1).await.remove(0);
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.change(&number);
    let both = world.wait_for_instances(2).await;
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    world.ledger(&number, "its second revision in approval", |page| page["revision"] == 2 && page["status"] == "in_approval").await;
    // Whatever people decide about the first.
    world.control(Method::POST, &format!("instances/{}/status", id(&first)), json!({"status": "approved"})).await;
    world.switch(json!({"event_lost.reject": 1})).await;
    world.control(Method::POST, &format!("instances/{}/status", id(second)), json!({"status": "rejected"})).await;
    world.ended(&number, "rejected").await;
    assert!(world.books(&number).payables.is_empty(), "the first approval books nothing");
    let url = world.hub.hook_url("oa_wecom", "events").await;
    let (status, _) = world.ask(Method::POST, "/__mock/callback", Some(json!({"url": url, "token": "another", "aes_key": AES_KEY}))).await;
    assert_eq!(status, 422, "an echo that is signed otherwise is not answered");
    world.hub.stop().await;
}
