//! Orders that are heard of by the vendor's own webhook: told, told twice, told in another order, and not told at all.

use crate::world::{Gallery, World, assert_booked_once, released};
use mock_systems::ApprovalStatus;
use serde_json::{Value, json};

/// What the orders of these tests come to, with their tax.
const AMOUNT: &str = "858.77";

/// Starts all. Its stream comes round once an hour: what is heard at once is heard by the webhook.
pub async fn world(gallery: &Gallery, secret: &str) -> World {
    let world = World::start(gallery).await;
    let url = world.hub.hook_url(gallery.connection, "orders").await;
    world.erp.register_webhook(&url, secret).expect("loopback");
    world
}

/// An order that its buyer has submitted.
pub async fn submitted(world: &World) -> String {
    let order = json!({"do": "create", "supplier": "VEN00003", "lines": [{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3", "price": "19.99"}]});
    let number = world.person(&order)["number"].as_str().expect("a number").to_owned();
    world.person(&json!({"do": "submit", "number": number}));
    number
}

/// How many webhooks came to this.
pub fn fate(world: &World, what: &str) -> u64 {
    world.erp.webhooks()[what].as_u64().unwrap_or(0)
}

async fn acknowledged(world: &World, count: u64) {
    world.until(&format!("{count} webhooks are acknowledged"), async || (fate(world, "acknowledged") >= count).then_some(())).await;
}

/// Reads the stream, as whoever waits for something does.
pub async fn run_stream(world: &World, gallery: &Gallery) {
    let (status, answer) = world.hub.post(&format!("/api/v1/streams/{}/changed_orders/run", gallery.connection), &json!({})).await;
    assert!((200..300).contains(&status), "{status} {answer}");
}

/// What the webhook does and does not do for orders.
pub async fn told_doubled_overtaken_and_lost(world: &World, gallery: &Gallery) {
    // Told of: approved, booked, released, and its own release is told of, too, and is no change.
    let number = submitted(world).await;
    let approval = world.open_approval(&number).await;
    world.decide(&approval, ApprovalStatus::Approved);
    let page = world.ledger(&number, "released, and seen so there", |page| released(page) && page["source_status"] == "released").await;
    assert_eq!(page["revision"], 1, "{page:#}");
    assert_booked_once(world, &number, AMOUNT);

    // Each webhook twice: one approval.
    let before = fate(world, "acknowledged");
    world.erp.set(&json!({"duplicate_webhook_next": 2})).expect("a switch");
    let number = submitted(world).await;
    let approval = world.open_approval(&number).await;
    acknowledged(world, before + 4).await;

    // Taken back and submitted again, and told the other way round: what counts is how it stands when it is read.
    let before = fate(world, "acknowledged");
    world.erp.set(&json!({"reorder_webhook_next": 1})).expect("a switch");
    world.person(&json!({"do": "take_back", "number": number}));
    world.person(&json!({"do": "submit", "number": number}));
    acknowledged(world, before + 2).await;
    world.decide(&approval, ApprovalStatus::Approved);
    world.ledger(&number, "released", released).await;
    assert_eq!(world.books(&number).approvals.len(), 1, "{:?}", world.books(&number));
    assert_booked_once(world, &number, AMOUNT);

    // Never told of: the stream finds it.
    world.erp.set(&json!({"lost_webhook_next": 2})).expect("a switch");
    let number = submitted(world).await;
    assert_eq!(fate(world, "lost"), 2, "{}", world.erp.webhooks());
    assert_eq!(world.page(&number).await.map(|page| page["key"].clone()), None::<Value>, "nobody has told of it");
    run_stream(world, gallery).await;
    let approval = world.open_approval(&number).await;
    world.decide(&approval, ApprovalStatus::Approved);
    world.ledger(&number, "released", released).await;
    assert_eq!((fate(world, "failed"), world.hub.open_exceptions().await), (0, vec![]), "{}", world.erp.webhooks());
}
