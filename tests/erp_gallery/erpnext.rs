//! ERPNext.

use crate::told;
use crate::world::{Gallery, World, assert_booked_once, released};
use mock_systems::ApprovalStatus;
use serde_json::json;

const ERPNEXT: Gallery = Gallery {
    example: "erp_gallery",
    vendor: "erpnext",
    connection: "erpnext_main",
    address: "http://127.0.0.1:7202",
    waits: &[("cursor: {argument: since, overlap: 1m}\n    every: 15s", "cursor: {argument: since, overlap: 5s}\n    every: 1s")],
    environment: &[("WAYBILL_ERPNEXT_SECRET", "mock-erpnext-secret")],
};

async fn submitted(world: &World) -> String {
    let order = json!({"do": "create", "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3", "price": "19.99"}]});
    let number = world.person(&order)["number"].as_str().expect("a number").to_owned();
    world.person(&json!({"do": "submit", "number": number}));
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_approved_through_its_workflow_although_an_answer_is_lost() {
    let world = World::start(&ERPNEXT).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    assert_eq!(world.order(&number)["docstatus"], 0, "nothing is submitted before it is approved");
    world.erp.set(&json!({"drop_after_write_next": 1})).expect("a switch");
    world.decide(&approval, ApprovalStatus::Approved);
    let page =
        world.ledger(&number, "released, and seen so in ERPNext", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "our own submission is no change: {page:#}");
    let order = world.order(&number);
    assert_eq!((&order["docstatus"], &order["workflow_state"], &order["submissions"]), (&json!(1), &json!("Approved"), &json!(1)));
    assert_booked_once(&world, &number, "858.77");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_is_refused_in_its_workflow_and_a_plain_one_is_submitted() {
    let world = World::start(&ERPNEXT).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    world.decide(&approval, ApprovalStatus::Rejected);
    world.erp_says(&number, "refused", |order| order["workflow_state"] == "Rejected").await;
    world.ledger(&number, "rejected", |page| page["status"] == "rejected").await;
    assert!(world.books(&number).payables.is_empty());

    world.person(&json!({"do": "workflow", "on": false}));
    let plain = submitted(&world).await;
    let approval = world.open_approval(&plain).await;
    world.decide(&approval, ApprovalStatus::Approved);
    world.ledger(&plain, "released", released).await;
    assert_eq!(world.order(&plain)["submissions"], 1);
    world.hub.stop().await;
}

/// With the webhook set up, signed, and without a content type, as the site sends it.
const TOLD: Gallery = Gallery {
    waits: &[
        ("cursor: {argument: since, overlap: 1m}\n    every: 15s", "cursor: {argument: since, overlap: 1m}\n    every: 1h"),
        (
            "api_secret: {secret: env/WAYBILL_ERPNEXT_SECRET}",
            "api_secret: {secret: env/WAYBILL_ERPNEXT_SECRET}\n  webhook_secret: {secret: env/WAYBILL_ERPNEXT_WEBHOOK_SECRET}",
        ),
    ],
    environment: &[("WAYBILL_ERPNEXT_SECRET", "mock-erpnext-secret"), ("WAYBILL_ERPNEXT_WEBHOOK_SECRET", "hub-webhook-secret")],
    ..ERPNEXT
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_told_by_the_signed_webhook_of_the_site() {
    let world = told::world(&TOLD, "hub-webhook-secret").await;
    told::told_doubled_overtaken_and_lost(&world, &TOLD).await;
    // Signed with another secret: tried three times, never believed, and found by the stream.
    let url = world.hub.hook_url(TOLD.connection, "orders").await;
    world.erp.register_webhook(&url, "of-somebody-else").expect("loopback");
    let number = told::submitted(&world).await;
    world.until("the site gives up", async || (told::fate(&world, "given_up") >= 2).then_some(())).await;
    assert_eq!(told::fate(&world, "failed"), 6, "{}", world.erp.webhooks());
    assert!(world.page(&number).await.is_none(), "it was believed");
    told::run_stream(&world, &TOLD).await;
    world.open_approval(&number).await;
    world.hub.stop().await;
}
