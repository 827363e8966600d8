//! Kingdee Cloud Galaxy.

use crate::world::{Gallery, World, assert_booked_once, released};
use mock_systems::ApprovalStatus;
use serde_json::json;

const KINGDEE: Gallery = Gallery {
    example: "erp_gallery",
    vendor: "kingdee",
    connection: "kingdee_main",
    address: "http://127.0.0.1:7201",
    waits: &[("cursor: {argument: since, overlap: 2m}\n    every: 15s", "cursor: {argument: since, overlap: 5s}\n    every: 1s")],
    environment: &[("WAYBILL_KINGDEE_SECRET", "0123456789abcdef0123456789abcdef")],
};

async fn submitted(world: &World) -> String {
    let order = json!({"do": "create", "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3", "price": "19.99"}]});
    let number = world.person(&order)["number"].as_str().expect("a number").to_owned();
    world.person(&json!({"do": "submit", "number": number}));
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_order_is_audited_and_booked_once_although_an_answer_is_lost() {
    let world = World::start(&KINGDEE).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    assert_eq!(world.order(&number)["status"], "B", "nothing is audited before it is approved");
    // The audit happens and its answer is lost: reading back tells, and it is not taken for a failure.
    world.erp.set(&json!({"drop_after_write_next": 1})).expect("a switch");
    world.decide(&approval, ApprovalStatus::Approved);
    world.erp_says(&number, "audited", |order| order["status"] == "C").await;
    let page =
        world.ledger(&number, "released, and seen so in Kingdee", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "our own audit is no change: {page:#}");
    assert_eq!(world.order(&number)["audits"], 1);
    // 7 × 113 + 3 × 22.5887
    assert_booked_once(&world, &number, "858.77");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_goes_back_to_its_buyer_who_submits_it_again() {
    let world = World::start(&KINGDEE).await;
    let number = submitted(&world).await;
    let first = world.open_approval(&number).await;
    world.decide(&first, ApprovalStatus::Rejected);
    world.erp_says(&number, "taken back", |order| order["status"] == "A").await;
    let page = world.ledger(&number, "rejected", |page| page["status"] == "rejected").await;
    assert!(world.books(&number).payables.is_empty(), "{page:#}");

    // Kingdee stamps changes to the second: a person takes longer than one.
    world.erp.advance(2);
    world.person(&json!({"do": "set_quantity", "number": number, "quantity": "2"}));
    world.person(&json!({"do": "submit", "number": number}));
    let second = world.open_approval(&number).await;
    assert_ne!(first, second);
    world.decide(&second, ApprovalStatus::Approved);
    world.ledger(&number, "released", released).await;
    assert_booked_once(&world, &number, "293.77");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_that_is_revoked_takes_the_audit_back() {
    let world = World::start(&KINGDEE).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    world.decide(&approval, ApprovalStatus::Approved);
    world.ledger(&number, "released", released).await;
    world.decide(&approval, ApprovalStatus::Revoked);
    world.erp_says(&number, "un-audited", |order| order["status"] == "D").await;
    let page = world.ledger(&number, "revoked", |page| page["status"] == "revoked").await;
    assert_eq!(page["revision"], 1, "{page:#}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_under_kingdees_own_workflow_stops_with_its_own_sentence() {
    let world = World::start(&KINGDEE).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    world.person(&json!({"do": "workflow", "number": number}));
    world.decide(&approval, ApprovalStatus::Approved);
    let stands = async || {
        let open = world.hub.get("/api/v1/exceptions?state=open").await;
        open.to_string().contains("工作流").then_some(())
    };
    world.until("an exception with Kingdee's words", stands).await;
    assert_eq!(world.order(&number)["status"], "B");
    world.hub.stop().await;
}
