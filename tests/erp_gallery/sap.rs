//! SAP S/4HANA.

use crate::world::{Gallery, World, assert_booked_once, released};
use mock_systems::ApprovalStatus;
use serde_json::json;

const SAP: Gallery = Gallery {
    example: "erp_gallery",
    vendor: "sap",
    connection: "sap_main",
    address: "http://127.0.0.1:7204",
    waits: &[("cursor: {argument: since, overlap: 2m}\n    every: 30s", "cursor: {argument: since, overlap: 5s}\n    every: 1s")],
    environment: &[("WAYBILL_SAP_PASSWORD", "mock-sap-password")],
};

async fn submitted(world: &World) -> String {
    let order = json!({"do": "create", "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3000", "price": "0.123457"}]});
    world.person(&order)["number"].as_str().expect("a number").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_released_by_its_task_although_token_and_answer_are_lost() {
    let world = World::start(&SAP).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    // The session of the token ends while the approvers think, and the answer to the decision is lost.
    world.person(&json!({"do": "expire_sessions"}));
    world.erp.set(&json!({"drop_after_write_next": 1})).expect("a switch");
    world.decide(&approval, ApprovalStatus::Approved);
    let page = world.ledger(&number, "released, and seen so in SAP", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "our own decision is no change: {page:#}");
    assert_eq!(world.order(&number)["releases"], 1);
    // 7 × 100 + 3000 × 123.457 / 1000; the API has no taxes.
    assert_booked_once(&world, &number, "1070.37");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_is_refused_by_its_task() {
    let world = World::start(&SAP).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    world.decide(&approval, ApprovalStatus::Rejected);
    world.erp_says(&number, "refused", |order| order["status"] == "08").await;
    let page = world.ledger(&number, "rejected", |page| page["status"] == "rejected").await;
    assert!(world.books(&number).payables.is_empty(), "{page:#}");
    world.hub.stop().await;
}
