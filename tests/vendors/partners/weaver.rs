//! Weaver e-cology: where its mock and its example are, and how its callbacks are registered.

use crate::world::{Source, Vendor, World};
use reqwest::Method;
use serde_json::{Value, json};

const HOOK_TOKEN: &str = "mock-hook-token";

/// The vendor.
pub static WEAVER: Vendor = Vendor {
    name: "weaver",
    example: "sap_weaver",
    source: Source::Vendor("sap", "http://127.0.0.1:7204"),
    address: "http://127.0.0.1:7114",
    secrets: &[("WAYBILL_WEAVER_HOOK_TOKEN", HOOK_TOKEN), ("WAYBILL_SAP_PASSWORD", "mock-sap-password")],
    waits: &[
        ("limits: {rate: 5/s, concurrency: 2}", "limits: {rate: 100/s, concurrency: 4}"),
        ("every: [5m, 30m, 2h]", "every: [2s, 5s, 10s]"),
        ("cursor: {argument: since, overlap: 10m}\n    every: 5m", "cursor: {argument: since, overlap: 10m}\n    every: 2s"),
        ("cursor: {argument: since, overlap: 2m}\n    every: 30s", "cursor: {argument: since, overlap: 5s}\n    every: 1s"),
        (
            "executes_within: 60s, visible_within: 2m, ask_after: [5s, 30s, 2m, 4m]",
            "executes_within: 1s, visible_within: 2s, ask_after: [1s, 2s, 4s]",
        ),
    ],
};

/// As an operator does it, once: what comes back are the secrets of the connection.
pub async fn register(client: &reqwest::Client, address: &str) -> Vec<(&'static str, String)> {
    let request = client.post(format!("{address}/api/ec/dev/auth/regist")).header("appid", "WAYBILL-MOCK").header("cpk", "any text");
    let text = request.send().await.expect("the mock answers").text().await.expect("text");
    let given: Value = serde_json::from_str(&text).expect("JSON");
    let part = |name: &str| given[name].as_str().unwrap_or_else(|| panic!("no {name}: {given}")).to_owned();
    vec![("WAYBILL_WEAVER_SECRET", part("secrit")), ("WAYBILL_WEAVER_PUBLIC_KEY", part("spk"))]
}

/// Everything, with the callback registered.
pub async fn world() -> World {
    registered(World::start_registered(&WEAVER, register).await).await
}

/// The callback of a world is registered.
pub async fn registered(world: World) -> World {
    let url = world.hub.hook_url("oa_weaver", "actions").await;
    world.control(Method::POST, "callback", json!({"url": url, "token": HOOK_TOKEN})).await;
    world
}
