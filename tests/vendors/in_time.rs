//! Callbacks while the engine is busy: each vendor's are acknowledged within the time that it gives.
//!
//! They come in waves that leave the machine room, since how fast it is at most is not what is judged here; that no callback
//! waits for the engine is. The engine has longer to do than any vendor waits.

use crate::partners;
use crate::world::World;
use mock_systems::NewOrders;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Orders that come at once; more come before the engine has asked for the last of them.
const ORDERS: usize = 60;
/// So many are always left.
const LEFT: usize = 20;
/// Approvals that people make at the vendor by themselves, in a moment; the next come when these are told of.
const WAVE: usize = 12;

/// DingTalk gives up on a callback after 1.5 s and never sends it again; it tells of each new approval and of its first task.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_of_dingtalk_are_acknowledged_in_time() {
    let world = partners::dingtalk::world().await;
    let signed_in = json!({"appKey": "dingmockapp0001", "appSecret": "mock-dingtalk-app-secret"});
    let (_, token) = world.ask(Method::POST, "/v1.0/oauth2/accessToken", Some(signed_in)).await;
    let token = token["accessToken"].as_str().expect("a token").to_owned();
    acknowledged_in_time(world, 2, Duration::from_millis(1_500), async |world, index| {
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
    acknowledged_in_time(world, 1, Duration::from_secs(3), async |world, index| {
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
    acknowledged_in_time(world, 1, Duration::from_secs(5), async |world, index| {
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

/// `told` callbacks come of each approval that is made; the vendor waits so long for each acknowledgement.
async fn acknowledged_in_time(world: World, told: u64, within: Duration, make: impl AsyncFn(&World, usize)) {
    world.switch(json!({"calls_per_window": 1_000_000})).await;
    let (began, mut orders, mut by_hand) = (Instant::now(), 0, 0);
    // Whoever waited for the engine would wait for longer than the vendor does.
    while began.elapsed() < within * 2 {
        if world.instances().await.len() - by_hand + LEFT > orders {
            let number = Some(format!("PO-BUSY-{orders}"));
            let wanted = NewOrders { count: ORDERS, number, amount: Some(80_000.into()), ..NewOrders::default() };
            world.mocks.create_orders(&wanted).expect("orders");
            orders += ORDERS;
            world.wait_for_instances(orders - ORDERS + by_hand + 1).await;
        }
        futures::future::join_all((by_hand..by_hand + WAVE).map(|index| make(&world, index))).await;
        by_hand += WAVE;
        assert_eq!(ended(&world, told).await, 0, "a callback was late, of wave {}", by_hand / WAVE);
    }
    world.hub.stop().await;
}

/// Waits until every callback of the approvals of now came to an end; how many were not acknowledged in time.
async fn ended(world: &World, told: u64) -> u64 {
    let made = world.instances().await.len() as u64;
    let failed = async || {
        let traffic = world.control(Method::GET, "traffic", Value::Null).await;
        let of = |name: &str| traffic[name].as_u64().unwrap_or_default();
        (of("event.acknowledged") + of("event.failed") >= told * made).then(|| of("event.failed"))
    };
    world.until("every callback came to an end", failed).await
}
