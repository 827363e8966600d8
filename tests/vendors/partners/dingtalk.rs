//! DingTalk: where its mock and its example are, and how its callbacks are registered.

use crate::world::{Source, Vendor, World};
use reqwest::Method;
use serde_json::json;

/// Test data.
pub const TOKEN: &str = "mock-callback-token-01";
/// Test data.
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// The vendor.
pub static DINGTALK: Vendor = Vendor {
    name: "dingtalk",
    example: "dingtalk",
    source: Source::Generic,
    address: "http://127.0.0.1:7111",
    secrets: &[
        ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
        ("WAYBILL_DINGTALK_CALLBACK_TOKEN", TOKEN),
        ("WAYBILL_DINGTALK_CALLBACK_AES_KEY", AES_KEY),
    ],
    waits: &[
        ("every: [10m, 1h, 6h]", "every: [2s, 5s, 10s]"),
        (
            "executes_within: 60s, visible_within: 2m, ask_after: [5s, 30s, 2m, 4m]",
            "executes_within: 1s, visible_within: 2s, ask_after: [1s, 2s, 4s]",
        ),
    ],
};

/// Everything, with the callback registered.
pub async fn world() -> World {
    registered(World::start(&DINGTALK).await).await
}

/// The callback of a world is registered.
pub async fn registered(world: World) -> World {
    let url = world.hub.hook_url("oa_dingtalk", "events").await;
    // Registering sends `check_url`, and is refused unless its acknowledgement is signed and encrypted as wanted.
    world.control(Method::POST, "callback", json!({"url": url, "token": TOKEN, "aes_key": AES_KEY})).await;
    world
}
