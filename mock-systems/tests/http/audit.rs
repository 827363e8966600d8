//! The audit finds what is lost and what is there twice, and nothing else.

use crate::common::{Receiver, SECRET, World, approval, order, payable, plain, text, until};
use axum::http::Method;
use mock_systems::{ApprovalStatus, Reason};
use serde_json::{Value, json};

async fn approve(world: &World, reference: &str, number: &str) -> String {
    let id = text(&world.oa.post("/approvals", approval(reference, number)).await.expect("an answer").json()["id"]);
    world.running.decide(&id, ApprovalStatus::Approved).expect("it can be decided");
    id
}

async fn book(world: &World, reference: &str, number: &str) -> String {
    text(&world.finance.post("/payables", payable(reference, number)).await.expect("an answer").json()["id"])
}

async fn step(world: &World, id: &str, step: &str) {
    let answer = world.erp.post(&format!("/orders/{id}/{step}"), json!({})).await.expect("an answer");
    assert_eq!(answer.status, 200);
}

fn reasons(world: &World, number: &str) -> Vec<Reason> {
    world.running.audit().verdict(&[number]).details.into_iter().map(|detail| detail.reason).collect()
}

#[tokio::test]
async fn an_order_that_went_well_is_clean() {
    let world = plain().await;
    let (id, number) = order(&world, json!({})).await;
    assert_eq!(reasons(&world, &number), [Reason::Untouched]);
    let approval = text(&world.oa.post("/approvals", approval("r1", &number)).await.expect("an answer").json()["id"]);
    assert_eq!(reasons(&world, &number), [Reason::AwaitsDecision]);
    world.running.decide(&approval, ApprovalStatus::Approved).expect("it can be decided");
    assert_eq!(reasons(&world, &number), [Reason::NotToldYet]);
    book(&world, "r2", &number).await;
    step(&world, &id, "release").await;
    let verdict = world.running.audit().verdict(&[&number]);
    assert_eq!((verdict.documents, verdict.lost, verdict.duplicated, verdict.unfinished), (1, 0, 0, 0));
}

#[tokio::test]
async fn duplicates_are_found() {
    let world = plain().await;
    let (id, number) = order(&world, json!({})).await;
    approve(&world, "r1", &number).await;
    approve(&world, "r1", &number).await;
    book(&world, "p1", &number).await;
    book(&world, "p2", &number).await;
    step(&world, &id, "release").await;
    assert_eq!(reasons(&world, &number), [Reason::ReferenceTwice, Reason::ApprovalTwice, Reason::PayableTwice]);
    let audit = world.running.audit();
    assert_eq!((audit.verdict_on_all().duplicated, audit.duplicate_references.clone()), (1, vec!["r1".to_owned()]));
}

#[tokio::test]
async fn what_was_taken_back_or_belongs_to_another_revision_is_no_duplicate() {
    let world = plain().await;
    let (id, number) = order(&world, json!({})).await;
    let first = text(&world.oa.post("/approvals", approval("r1", &number)).await.expect("an answer").json()["id"]);
    world.oa.post(&format!("/approvals/{first}/withdraw"), Value::Null).await.expect("an answer");
    approve(&world, "r2", &number).await;
    let voided = book(&world, "p1", &number).await;
    world.finance.post(&format!("/payables/{voided}/void"), Value::Null).await.expect("an answer");
    let edit = json!({"quantity": "7"});
    world.erp.call(Method::PATCH, &format!("/__mock/orders/{id}"), Some(edit)).await.expect("an answer");
    approve(&world, "r3", &number).await;
    book(&world, "p2", &number).await;
    step(&world, &id, "release").await;
    assert_eq!(reasons(&world, &number), []);
}

#[tokio::test]
async fn a_declined_revision_does_not_taint_the_next_one() {
    let world = plain().await;
    let (id, number) = order(&world, json!({})).await;
    approve_not(&world, "r1", &number).await;
    world.erp.call(Method::PATCH, &format!("/__mock/orders/{id}"), Some(json!({"quantity": "1"}))).await.expect("an answer");
    // Small enough now to need nobody.
    book(&world, "p1", &number).await;
    step(&world, &id, "release").await;
    assert_eq!(reasons(&world, &number), []);
}

#[tokio::test]
async fn lost_things_are_found() {
    let world = plain().await;
    let (receiver, url) = Receiver::start().await;
    world.erp.post("/__mock/webhook", json!({"url": url, "secret": SECRET})).await.expect("an answer");
    let (_, never_taken_up) = order(&world, json!({})).await;
    receiver.wait_for(1).await;
    until("acknowledgement", async || world.running.audit().orders[&never_taken_up].acknowledged.then_some(())).await;
    assert_eq!(reasons(&world, &never_taken_up), [Reason::NeverTakenUp]);

    let (id, unbooked) = order(&world, json!({})).await;
    approve(&world, "r1", &unbooked).await;
    step(&world, &id, "release").await;
    assert_eq!(reasons(&world, &unbooked), [Reason::PayableMissing]);

    let (id, left_over) = order(&world, json!({})).await;
    book(&world, "p1", &left_over).await;
    step(&world, &id, "reject").await;
    assert_eq!(reasons(&world, &left_over), [Reason::PayableLeftOver]);

    let (id, unapproved) = order(&world, json!({})).await;
    let rejected = approve_not(&world, "r2", &unapproved).await;
    assert!(!rejected.is_empty());
    book(&world, "p2", &unapproved).await;
    step(&world, &id, "release").await;
    assert_eq!(reasons(&world, &unapproved), [Reason::ReleasedUnapproved]);

    assert_eq!(reasons(&world, "PO-none"), [Reason::NotThere]);
    let verdict = world.running.audit().verdict_on_all();
    assert_eq!((verdict.documents, verdict.lost, verdict.duplicated), (4, 4, 0));
}

async fn approve_not(world: &World, reference: &str, number: &str) -> String {
    let id = text(&world.oa.post("/approvals", approval(reference, number)).await.expect("an answer").json()["id"]);
    world.running.decide(&id, ApprovalStatus::Rejected).expect("it can be decided");
    id
}

#[tokio::test]
async fn an_approval_left_open_is_unfinished_and_http_says_the_same() {
    let world = plain().await;
    let (id, number) = order(&world, json!({})).await;
    world.oa.post("/approvals", approval("r1", &number)).await.expect("an answer");
    world.erp.call(Method::PATCH, &format!("/__mock/orders/{id}"), Some(json!({"cancel": true}))).await.expect("an answer");
    assert_eq!(reasons(&world, &number), [Reason::ApprovalLeftOpen]);
    let shown = world.finance.get(&format!("/__mock/audit?orders={number}")).await.expect("an answer").json();
    assert_eq!(shown["verdict"]["unfinished"], json!(1));
    assert_eq!(shown["verdict"]["details"], json!([{"order": number, "reason": "approval_left_open"}]));
    assert_eq!(shown["orders"][&number]["approvals"][0]["reference"], json!("r1"));
    assert_eq!(shown["counts"]["live_approvals"], json!(1));
}
