//! Odoo.

use crate::told;
use crate::world::{Gallery, World, assert_booked_once, released};
use mock_systems::ApprovalStatus;
use serde_json::json;

const ODOO: Gallery = Gallery {
    example: "erp_gallery",
    vendor: "odoo",
    connection: "odoo_main",
    address: "http://127.0.0.1:7203",
    waits: &[
        ("cursor: {argument: since, overlap: 1m}\n    every: 30s", "cursor: {argument: since, overlap: 5s}\n    every: 1s"),
        ("limits: {rate: 1/s, concurrency: 1}", "limits: {rate: 20/s, concurrency: 1}"),
    ],
    environment: &[("WAYBILL_ODOO_KEY", "mock-odoo-key")],
};

async fn submitted(world: &World) -> String {
    let order = json!({"do": "create", "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3", "price": "19.99"}]});
    let number = world.person(&order)["number"].as_str().expect("a number").to_owned();
    world.person(&json!({"do": "submit", "number": number}));
    number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_order_is_approved_in_odoo_once_although_an_answer_is_lost() {
    let world = World::start(&ODOO).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    world.erp.set(&json!({"drop_after_write_next": 1})).expect("a switch");
    world.decide(&approval, ApprovalStatus::Approved);
    let page = world.ledger(&number, "released, and seen so in Odoo", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "our own approval is no change: {page:#}");
    assert_eq!(world.order(&number)["approvals"], 1);
    assert_booked_once(&world, &number, "858.77");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn success_that_did_nothing_is_not_believed() {
    let world = World::start(&ODOO).await;
    let number = submitted(&world).await;
    let approval = world.open_approval(&number).await;
    // The hub's user lost the right to approve: Odoo leaves the order out and answers success.
    world.person(&json!({"do": "rights", "approve": false}));
    world.decide(&approval, ApprovalStatus::Approved);
    let calls = |name: &str| world.erp.calls().get(name).copied().unwrap_or(0);
    world.until("the approval was tried", async || (calls("purchase.order.button_approve") > 0).then_some(())).await;
    let reads = calls("purchase.order.read");
    world.until("its state was read back", async || (calls("purchase.order.read") > reads + 1).then_some(())).await;
    let page = world.page(&number).await.expect("a page");
    assert_ne!(page["status"], "released", "{page:#}");
    // With the right given back, what did nothing is sent again.
    world.person(&json!({"do": "rights", "approve": true}));
    world.ledger(&number, "released", released).await;
    assert!(calls("purchase.order.button_approve") > 1, "{:?}", world.erp.calls());
    assert_eq!(world.order(&number)["approvals"], 1);
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_changed_in_approval_is_approved_anew() {
    let world = World::start(&ODOO).await;
    let number = submitted(&world).await;
    let first = world.open_approval(&number).await;
    world.person(&json!({"do": "set_quantity", "number": number, "quantity": "2"}));
    let second = async || {
        let books = world.books(&number);
        let waits = |status: &ApprovalStatus| matches!(status, ApprovalStatus::New | ApprovalStatus::Running);
        let open = books.approvals.iter().find(|approval| approval.id != first && waits(&approval.status));
        open.map(|approval| approval.id.clone())
    };
    let second = world.until("a second approval", second).await;
    world.decide(&second, ApprovalStatus::Approved);
    world.ledger(&number, "released", released).await;
    assert_booked_once(&world, &number, "293.77");
    world.hub.stop().await;
}

/// With the automation that sends a webhook.
const TOLD: Gallery = Gallery {
    waits: &[
        ("cursor: {argument: since, overlap: 1m}\n    every: 30s", "cursor: {argument: since, overlap: 1m}\n    every: 1h"),
        ("limits: {rate: 1/s, concurrency: 1}", "limits: {rate: 20/s, concurrency: 1}"),
    ],
    ..ODOO
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_are_told_by_the_unsigned_webhook_of_an_automation() {
    let world = told::world(&TOLD, "").await;
    told::told_doubled_overtaken_and_lost(&world, &TOLD).await;
    // Unsigned as it is, its address is the secret: one that is guessed is nobody's.
    let url = world.hub.hook_url(TOLD.connection, "orders").await;
    let guessed = format!("{url}x");
    world.erp.register_webhook(&guessed, "").expect("loopback");
    let number = told::submitted(&world).await;
    world.until("it is not taken", async || (told::fate(&world, "given_up") >= 2).then_some(())).await;
    assert!(world.page(&number).await.is_none(), "it was believed");
    world.hub.stop().await;
}
