//! Feishu: where its mock and its example are, and how its callbacks are registered.

use crate::world::{Source, Vendor, World};
use reqwest::Method;
use serde_json::json;

/// Test data.
pub const VERIFICATION: &str = "mock-verification-token";
/// Test data.
pub const KEY: &str = "mock-encrypt-key";

/// The vendor.
pub static FEISHU: Vendor = Vendor {
    name: "feishu",
    example: "feishu",
    source: Source::Generic,
    address: "http://127.0.0.1:7112",
    secrets: &[
        ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
        ("WAYBILL_FEISHU_VERIFICATION_TOKEN", VERIFICATION),
        ("WAYBILL_FEISHU_ENCRYPT_KEY", KEY),
    ],
    waits: &[
        ("every: [5m, 30m, 2h]", "every: [2s, 5s, 10s]"),
        (
            "idempotency: {by: lookup, operation: find_approval, with: {reference: input.reference}, executes_within: 60s, visible_within: 10s, ask_after: [1s, 10s, 80s]",
            "idempotency: {by: lookup, operation: find_approval, with: {reference: input.reference}, executes_within: 1s, visible_within: 1s, ask_after: [1s, 3s]",
        ),
    ],
};

/// Everything, with the callback registered.
pub async fn world() -> World {
    registered(World::start(&FEISHU).await).await
}

/// The callback of a world is registered, and the template subscribed to.
pub async fn registered(world: World) -> World {
    let url = world.hub.hook_url("oa_feishu", "events").await;
    // Registering sends an encrypted challenge, to be answered within a second.
    world.control(Method::POST, "callback", json!({"url": url, "verification_token": VERIFICATION, "encrypt_key": KEY})).await;
    // Once for a template, as an operator does it with `waybill call`.
    let signed_in = json!({"app_id": "cli_mock0001", "app_secret": "mock-feishu-app-secret"});
    let (_, token) = world.ask(Method::POST, "/open-apis/auth/v3/tenant_access_token/internal", Some(signed_in)).await;
    let token = token["tenant_access_token"].as_str().expect("a token").to_owned();
    let subscribed = world.ask_as(&token, Method::POST, "/open-apis/approval/v4/approvals/AC-MOCK-PO-0001/subscribe").await;
    assert_eq!(subscribed["code"], 0, "{subscribed}");
    world
}
