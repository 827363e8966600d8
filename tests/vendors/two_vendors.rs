//! Flows whose ERP and approvals are both a vendor's: Kingdee with DingTalk (materials and budget looked up first), ERPNext with
//! Feishu. The hub stands between two mocks, and finance.

use crate::partners::dingtalk::{AES_KEY, TOKEN};
use crate::partners::feishu::{KEY, VERIFICATION};
use crate::world::{Source, Vendor, World, id};
use reqwest::Method;
use serde_json::{Value, json};

const KINGDEE_DINGTALK: Vendor = Vendor {
    name: "dingtalk",
    example: "kingdee_dingtalk",
    source: Source::Vendor("kingdee", "http://127.0.0.1:7201"),
    address: "http://127.0.0.1:7111",
    secrets: &[
        ("WAYBILL_KINGDEE_SECRET", "0123456789abcdef0123456789abcdef"),
        ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
        ("WAYBILL_DINGTALK_CALLBACK_TOKEN", TOKEN),
        ("WAYBILL_DINGTALK_CALLBACK_AES_KEY", AES_KEY),
    ],
    waits: &[
        ("cursor: {argument: since, overlap: 2m}\n    every: 15s", "cursor: {argument: since, overlap: 5s}\n    every: 1s"),
        ("every: [10m, 1h, 6h]", "every: [2s, 5s, 10s]"),
    ],
};

const ERPNEXT_FEISHU: Vendor = Vendor {
    name: "feishu",
    example: "erpnext_feishu",
    source: Source::Vendor("erpnext", "http://127.0.0.1:7202"),
    address: "http://127.0.0.1:7112",
    secrets: &[
        ("WAYBILL_ERPNEXT_SECRET", "mock-erpnext-secret"),
        ("WAYBILL_ERPNEXT_WEBHOOK_SECRET", "unused-here"),
        ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
        ("WAYBILL_FEISHU_VERIFICATION_TOKEN", VERIFICATION),
        ("WAYBILL_FEISHU_ENCRYPT_KEY", KEY),
    ],
    waits: &[
        ("cursor: {argument: since, overlap: 1m}\n    every: 15s", "cursor: {argument: since, overlap: 5s}\n    every: 1s"),
        ("every: [5m, 30m, 2h]", "every: [2s, 5s, 10s]"),
    ],
};

/// What finance holds of an order: amount and whether it is void.
fn payables(world: &World, number: &str) -> Vec<(String, bool)> {
    world.books(number).payables.iter().map(|payable| (payable.amount.to_string(), payable.void)).collect()
}

/// The ledger's status of the payable that an order made.
async fn payable_status(world: &World, number: &str) -> Value {
    let list = world.hub.get(&format!("/api/v1/documents?key=AP-{number}")).await;
    list["items"][0]["status"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_kingdee_is_approved_in_dingtalk_booked_and_audited_and_later_taken_back() {
    let world = World::start(&KINGDEE_DINGTALK).await;
    let url = world.hub.hook_url("oa_dingtalk", "events").await;
    world.control(Method::POST, "callback", json!({"url": url, "token": TOKEN, "aes_key": AES_KEY})).await;
    let number = world.order("PO-KD-1");
    let instance = world.wait_for_instances(1).await.remove(0);
    let why = instance["values"]["事由"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("预算余额") && why.contains("物料 2 项均可采购"), "the approvers are told what was looked up: {why}");
    assert_eq!(world.erp_order(&number)["status"], "B", "nothing is audited before it is approved");

    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "agree"})).await;
    world.ended(&number, "released").await;
    assert_eq!(world.erp_order(&number)["status"], "C");
    // 7 × 100 × 1.13 + 3000 × 0.123457 × 1.13
    assert_eq!(payables(&world, &number), [("1209.52".to_owned(), false)]);
    assert_eq!(payable_status(&world, &number).await, "posted");

    world.control(Method::POST, &format!("instances/{}/revoke", id(&instance)), json!({})).await;
    world.ended(&number, "revoked").await;
    assert_eq!(payables(&world, &number), [("1209.52".to_owned(), true)]);
    assert!(["A", "D"].contains(&world.erp_order(&number)["status"].as_str().unwrap_or_default()), "{}", world.erp_order(&number));
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_erpnext_is_approved_in_feishu_booked_and_submitted() {
    let world = World::start(&ERPNEXT_FEISHU).await;
    let url = world.hub.hook_url("oa_feishu", "events").await;
    world.control(Method::POST, "callback", json!({"url": url, "verification_token": VERIFICATION, "encrypt_key": KEY})).await;
    let number = world.order("PO-EF-1");
    // No event was subscribed for the template: the hub reads open approvals again, which is slower and enough.
    let instance = world.wait_for_instances(1).await.remove(0);
    assert_eq!(world.erp_order(&number)["docstatus"], 0, "nothing is submitted before it is approved");
    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "approve"})).await;
    world.ended(&number, "released").await;
    assert_eq!(world.erp_order(&number)["docstatus"], 1);
    assert_eq!(payables(&world, &number).len(), 1);
    assert_eq!(payable_status(&world, &number).await, "posted");
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}
