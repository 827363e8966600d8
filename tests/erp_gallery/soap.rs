//! The generic SOAP service: ERP and finance in one.

use crate::world::{Gallery, World, released};
use mock_systems::ApprovalStatus;
use serde_json::{Value, json};

const SOAP: Gallery = Gallery {
    example: "generic_soap",
    vendor: "soap",
    connection: "soap_main",
    address: "http://127.0.0.1:7205",
    waits: &[("cursor: {argument: since, overlap: 1m}, every: 30s", "cursor: {argument: since, overlap: 5s}, every: 1s")],
    environment: &[("WAYBILL_SOAP_PASSWORD", "mock-soap-password")],
};

fn submitted(world: &World, number: &str) {
    // A supplier and an article whose names have to be escaped in XML.
    world.person(
        &json!({"do": "create", "number": number, "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "12.5"}]}),
    );
    world.person(&json!({"do": "submit", "number": number}));
}

fn payables(world: &World, number: &str) -> Vec<Value> {
    let state = world.erp.state();
    state["payables"].as_array().expect("a list").iter().filter(|payable| payable["order"] == number).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_booked_once_although_the_answer_is_lost_and_released() {
    let world = World::start(&SOAP).await;
    submitted(&world, "PO-1");
    let approval = world.open_approval("PO-1").await;
    // Booking and release are written next; one of the two answers is lost, and the service honours no key.
    world.erp.set(&json!({"drop_after_write_next": 1})).expect("a switch");
    world.decide(&approval, ApprovalStatus::Approved);
    let page =
        world.ledger("PO-1", "released, and seen so in the service", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "our own decision is no change: {page:#}");
    let booked = payables(&world, "PO-1");
    assert_eq!(booked.len(), 1, "{booked:?}");
    // 87.50 net and 13 %: 11.375 is rounded half to even.
    assert_eq!((&booked[0]["amount"], &booked[0]["status"]), (&json!("98.88"), &json!("BOOKED")), "{booked:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_is_refused_there_and_a_throttled_service_is_waited_for() {
    let world = World::start(&SOAP).await;
    world.erp.set(&json!({"rate_limit_next": 3})).expect("a switch");
    submitted(&world, "PO-2");
    let approval = world.open_approval("PO-2").await;
    world.decide(&approval, ApprovalStatus::Rejected);
    world.erp_says("PO-2", "refused", |order| order["status"] == "REJECTED").await;
    world.ledger("PO-2", "rejected", |page| page["status"] == "rejected").await;
    assert!(payables(&world, "PO-2").is_empty());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_is_revoked_later_takes_booking_and_release_back() {
    let world = World::start(&SOAP).await;
    submitted(&world, "PO-3");
    let approval = world.open_approval("PO-3").await;
    world.decide(&approval, ApprovalStatus::Approved);
    world.ledger("PO-3", "released", released).await;
    world.decide(&approval, ApprovalStatus::Revoked);
    world.erp_says("PO-3", "refused", |order| order["status"] == "REJECTED").await;
    world.ledger("PO-3", "revoked", |page| page["status"] == "revoked").await;
    assert_eq!(payables(&world, "PO-3")[0]["status"], "VOID");
    world.hub.stop().await;
}
