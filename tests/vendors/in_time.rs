//! Callbacks that come all at once while the engine is busy: each vendor's are acknowledged within the time that it gives.

use crate::partners;
use crate::world::World;
use mock_systems::NewOrders;
use reqwest::Method;
use serde_json::{Value, json};

/// Orders that the engine has on its hands meanwhile.
const ORDERS: usize = 120;
/// Approvals that people make at the vendor by themselves, all in a moment.
const BY_HAND: usize = 120;
/// With this many approvals of its own the engine is in the middle of its work.
const UNDER_WAY: usize = 10;

/// DingTalk gives up on a callback after 1.5 s and never sends it again; it tells of each new approval and of its first task.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_of_dingtalk_are_acknowledged_in_time() {
    let world = partners::dingtalk::world().await;
    let signed_in = json!({"appKey": "dingmockapp0001", "appSecret": "mock-dingtalk-app-secret"});
    let (_, token) = world.ask(Method::POST, "/v1.0/oauth2/accessToken", Some(signed_in)).await;
    let token = token["accessToken"].as_str().expect("a token").to_owned();
    acknowledged_in_time(world, 2, async |world, index| {
        let values = json!([{"name": "外部单号", "value": format!("by hand {index}")}, {"name": "单号", "value": "1"}, {"name": "金额", "value": "1"}]);
        let body = json!({"originatorUserId": "0142", "processCode": "PROC-MOCK-PO-0001", "formComponentValues": values});
        let made = world.post_with("x-acs-dingtalk-access-token", &token, "/v1.0/workflow/processInstances", body).await;
        assert!(made["instanceId"].is_string(), "{made}");
    })
    .await;
}

/// Feishu wants its answer within 3 s, or sends the event again after 15 s.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_of_feishu_are_acknowledged_in_time() {
    let world = partners::feishu::world().await;
    let signed_in = json!({"app_id": "cli_mock0001", "app_secret": "mock-feishu-app-secret"});
    let (_, token) = world.ask(Method::POST, "/open-apis/auth/v3/tenant_access_token/internal", Some(signed_in)).await;
    let token = format!("Bearer {}", token["tenant_access_token"].as_str().expect("a token"));
    acknowledged_in_time(world, 1, async |world, index| {
        let form = json!([{"id": "widget_no", "type": "input", "value": format!("by hand {index}")}, {"id": "widget_amount", "type": "amount", "value": 1}]);
        let body = json!({"approval_code": "AC-MOCK-PO-0001", "user_id": "0142", "form": form.to_string()});
        let made = world.post_with("authorization", &token, "/open-apis/approval/v4/instances", body).await;
        assert_eq!(made["code"], 0, "{made}");
    })
    .await;
}

/// WeCom wants its answer within 5 s, or sends the event three times more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_of_wecom_are_acknowledged_in_time() {
    let world = partners::wecom::world().await;
    let (_, token) = world.ask(Method::GET, "/cgi-bin/gettoken?corpid=wwmockcorp000001&corpsecret=mock-wecom-corp-secret", None).await;
    let path = format!("/cgi-bin/oa/applyevent?access_token={}", token["access_token"].as_str().expect("a token"));
    acknowledged_in_time(world, 1, async |world, index| {
        let contents = json!([
            {"control": "Text", "id": "Text-1700000000001", "value": {"text": format!("by hand {index}")}},
            {"control": "Text", "id": "Text-1700000000002", "value": {"text": "1"}},
            {"control": "Money", "id": "Money-1700000000004", "value": {"new_money": "1"}},
        ]);
        let body = json!({
            "creator_userid": "LiHui", "template_id": "3TmockPO0001", "use_template_approver": 1, "apply_data": {"contents": contents},
            "summary_list": [{"summary_info": [{"text": "by hand", "lang": "zh_CN"}]}],
        });
        let (_, made) = world.ask(Method::POST, &path, Some(body)).await;
        assert_eq!(made["errcode"], 0, "{made}");
    })
    .await;
}

/// `told` callbacks come of each approval that is made.
async fn acknowledged_in_time(world: World, told: u64, make: impl AsyncFn(&World, usize)) {
    world.switch(json!({"calls_per_window": 1_000_000})).await;
    let wanted = NewOrders { count: ORDERS, number: Some("PO-BUSY".to_owned()), amount: Some(80_000.into()), ..NewOrders::default() };
    world.mocks.create_orders(&wanted).expect("orders");
    let before = world.wait_for_instances(UNDER_WAY).await.len();
    futures::future::join_all((0..BY_HAND).map(|index| make(&world, index))).await;
    let after = world.instances().await.len() - BY_HAND;
    assert!(before < ORDERS && after > before, "the engine was busy meanwhile: {before}, then {after} of {ORDERS}");
    let failed = async || {
        let traffic = world.control(Method::GET, "traffic", Value::Null).await;
        let of = |name: &str| traffic[name].as_u64().unwrap_or_default();
        let made = world.instances().await.len() as u64;
        (of("event.acknowledged") + of("event.failed") >= told * made).then(|| of("event.failed"))
    };
    assert_eq!(world.until("every callback came to an end", failed).await, 0, "none was late");
    world.hub.stop().await;
}
