//! Notices through channels that are connectors, as a process against the vendors' mocks: each once, whatever befalls the line.

#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod world;

use serde_json::json;
use std::collections::BTreeSet;
use world::{PUBLIC, World};

const PEOPLE: &[&str] = &["e1001", "e1003", "e1004", "e1005", "e1007"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_once_in_their_own_app_and_language() {
    let world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    let told = world.messages_of("dingtalk", 1).await;
    assert_eq!(told[0]["to"], "manager01");
    let card = &told[0]["message"]["action_card"];
    assert_eq!(card["title"], format!("采购申请 {key}（800.00 CNY）待您审批"));
    let task = world.task("e1003").await;
    assert_eq!(card["single_url"], format!("{PUBLIC}/tasks?task={task}"));
    assert_eq!(card["markdown"], format!("陈昱，采购申请 {key} 在「直属主管」等待您处理。\n{PUBLIC}/tasks?task={task}"));

    // Feishu takes the message and its answer is lost; the webhook is refused twice; WeCom's token has lapsed.
    world.switch("feishu", json!({"lost_response.message": 1})).await;
    world.switch("wecom", json!({"token_expired.message": 1})).await;
    world.refuse_hooks(2);
    world.approve("e1003").await;
    let feishu = world.messages_of("feishu", 2).await;
    let to: BTreeSet<&str> = feishu.iter().filter_map(|message| message["to"].as_str()).collect();
    assert_eq!(to, ["f1005", "f1007"].into());
    let text_to = |person: &str| {
        feishu.iter().find(|message| message["to"] == person).and_then(|message| message["message"]["text"].as_str()).unwrap_or_default()
    };
    assert!(text_to("f1005").starts_with(&format!("Request {key} over 800.00 CNY waits for you\nSun Lei, ")), "{feishu:?}");
    assert!(text_to("f1007").starts_with(&format!("采购申请 {key}（800.00 CNY）待您审批\n吴刚，")), "{feishu:?}");
    let wecom = world.messages_of("wecom", 2).await;
    let to: BTreeSet<&str> = wecom.iter().filter_map(|message| message["to"].as_str()).collect();
    assert_eq!(to, ["WuGang", "ZhaoMin"].into(), "who decides, and who gets a copy");
    let hooks = world.hooks(3).await;
    assert_eq!(hooks.iter().map(|hook| hook.answered).collect::<Vec<_>>(), [503, 503, 204]);
    assert_eq!(hooks.iter().map(|hook| &hook.id).collect::<BTreeSet<_>>().len(), 1, "one message, whatever befell it");
    assert_eq!((&hooks[2].body["type"], &hooks[2].body["data"]["people"]), (&json!("task.turn"), &json!(["e1005", "e1007"])));
    assert_eq!(hooks[2].body["data"]["key"], key);

    // The robot of DingTalk says that there are too many.
    world.switch("dingtalk", json!({"throttled.robot": 1})).await;
    world.approve("e1005").await;
    world.approve("e1007").await;
    for vendor in ["dingtalk", "feishu", "wecom"] {
        let count = if vendor == "dingtalk" { 2 } else { 3 };
        let messages = world.messages_of(vendor, count).await;
        let group: Vec<_> = messages.iter().filter(|message| message["to"] == "group").collect();
        assert_eq!(group.len(), 1, "{vendor}: {messages:?}");
        assert!(group[0]["message"].to_string().contains(&format!("采购申请 {key} 已批准。")), "{vendor}: {messages:?}");
    }
    assert_eq!(world.calls("dingtalk", "robot").await, 2);
    world.at_rest(&key).await;
    for (vendor, count) in [("dingtalk", 2), ("feishu", 3), ("wecom", 3)] {
        assert_eq!(world.messages(vendor).await.len(), count, "{vendor}: none twice");
    }
    assert!(world.calls("feishu", "message").await > 2, "the one whose answer was lost was sent again, under its key");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_killed_while_it_tells_tells_once() {
    let mut world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    world.messages_of("dingtalk", 1).await;
    // The answers come late: the hub dies with the requests on their way.
    world.switch("feishu", json!({"slow_ms": 1500})).await;
    world.approve("e1003").await;
    let began = std::time::Instant::now();
    while world.calls("feishu", "message").await < 2 {
        assert!(began.elapsed().as_secs() < 20, "both are on their way: {}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world.hub.kill().await;
    world.messages_of("feishu", 2).await;
    world.switch("feishu", json!({"slow_ms": 0})).await;
    let store = world.store.clone();
    world.hub.restart(&store).await;
    world.at_rest(&key).await;
    assert_eq!(world.messages("feishu").await.len(), 2, "under the same key it is one message");
    assert_eq!(world.calls("feishu", "message").await, 4, "each was sent again: nobody could know");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_tell_a_person_is_asked_and_nothing_is_sent_twice() {
    let world = World::start(PEOPLE, &[]).await;
    let key = world.request("r1").await;
    world.approve("e1003").await;
    world.switch("wecom", json!({"lost_response.robot": 1})).await;
    world.approve("e1005").await;
    world.approve("e1007").await;
    let began = std::time::Instant::now();
    let open = loop {
        let open = world.hub.open_exceptions().await;
        if !open.is_empty() {
            break open;
        }
        assert!(began.elapsed().as_secs() < 30, "{}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!((open.len(), open[0]["code"].as_str(), open[0]["cause"].as_str()), (1, Some("notice_failed"), Some("unknown")), "{open:?}");
    let documents = world.hub.get(&format!("/api/v1/documents?key={key}")).await;
    assert_eq!(documents["items"][0]["status"], "approved", "the flow does not wait for it");
    assert_eq!(world.calls("wecom", "robot").await, 1);
    world.hub.stop().await;
}

/// Somebody whom the app does not know stands in an exception; the approval itself waits for them all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_be_told_is_an_exception_with_the_reason() {
    let world = World::start(PEOPLE, &[("  - {from: e1003, to: \"manager01\", name: {en: Chen Yu, zh: 陈昱}}\n", "")]).await;
    world.request("r1").await;
    let began = std::time::Instant::now();
    let open = loop {
        let open = world.hub.open_exceptions().await;
        if !open.is_empty() {
            break open;
        }
        assert!(began.elapsed().as_secs() < 30, "{}", world.hub.log_tail(20));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(open[0]["code"], "notice_failed");
    assert!(open[0]["message"].as_str().unwrap_or_default().contains("people_dingtalk"), "{open:?}");
    world.approve("e1003").await;
    world.hub.stop().await;
}
