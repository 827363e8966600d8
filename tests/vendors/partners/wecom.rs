//! WeCom: where its mock and its example are, and how its callbacks are registered.

use crate::world::{Source, Vendor, World};
use reqwest::Method;
use serde_json::json;

const TOKEN: &str = "mockcallbacktoken01";
/// Test data.
pub const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

/// The vendor.
pub static WECOM: Vendor = Vendor {
    name: "wecom",
    example: "wecom",
    source: Source::Generic,
    address: "http://127.0.0.1:7113",
    secrets: &[
        ("WAYBILL_WECOM_CORP_SECRET", "mock-wecom-corp-secret"),
        ("WAYBILL_WECOM_CALLBACK_TOKEN", TOKEN),
        ("WAYBILL_WECOM_CALLBACK_AES_KEY", AES_KEY),
    ],
    waits: &[
        // A test cannot wait a minute for what the vendor blocks for a minute.
        (
            "response.body.errcode == 45009\", class: rate_limited, retry_after: 1m",
            "response.body.errcode == 45009\", class: rate_limited, retry_after: 1s",
        ),
        ("every: [5m, 30m, 2h]", "every: [2s, 5s, 10s]"),
        (
            "executes_within: 60s, visible_within: 2m, ask_after: [5s, 30s, 2m, 4m]",
            "executes_within: 1s, visible_within: 2s, ask_after: [1s, 2s, 4s]",
        ),
    ],
};

/// Everything, with the callback registered.
pub async fn world() -> World {
    registered(World::start(&WECOM).await).await
}

/// The callback of a world is registered.
pub async fn registered(world: World) -> World {
    let url = world.hub.hook_url("oa_wecom", "events").await;
    // Registering sends a GET whose echo must come back decrypted, to the letter, within a second.
    world.control(Method::POST, "callback", json!({"url": url, "token": TOKEN, "aes_key": AES_KEY})).await;
    world
}
