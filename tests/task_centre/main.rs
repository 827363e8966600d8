//! Tasks shown in Feishu's approval centre and decided there, and in DingTalk's to-do list, from where a link leads here; as a process
//! against the vendors' mocks: whoever is first decides, whatever befalls the line, and the centre shows what stands.

mod dingtalk;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod world;

use serde_json::json;
use world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_shown_and_decided_there_or_here() {
    let world = World::start().await;
    world.request("r1").await;
    let lead = world.task_of("f1003", "PENDING").await;
    assert_eq!((&lead["title"], &lead["node_name"]), (&json!("直属主管"), &json!("直属主管")), "{lead}");
    assert_eq!(lead["action_configs"].as_array().map(Vec::len), Some(2), "agree, and refuse with a reason: {lead}");
    assert!(lead["links"]["pc_link"].as_str().is_some_and(|link| link.starts_with("https://hub.example/tasks?task=")), "{lead}");

    // There: one click, told twice.
    assert_eq!(world.click(&lead, "APPROVE", json!({"times": 2})).await, [200, 200]);
    world.task_of("f1003", "APPROVED").await;
    let (one, other) = (world.task_of("f1005", "PENDING").await, world.task_of("f1007", "PENDING").await);
    assert_eq!(world.decisions().await, [("e1003".to_owned(), "approve".to_owned())], "it was decided once");

    // Here.
    world.approve("e1005").await;
    let done = world.task_of("f1005", "APPROVED").await;
    assert_eq!(done["action_configs"], json!([]), "there is nothing more to decide: {done}");

    // There again, with a reason; and too late by whoever had decided here.
    assert_eq!(world.click(&other, "REJECT", json!({"reason": "no budget is left"})).await, [200]);
    let instance = world.instance("REJECTED").await;
    assert_ne!(instance["end_time"], "0", "{instance}");
    assert_eq!(world.click(&one, "REJECT", json!({"reason": "late"})).await, [200], "it is taken, and refused by what stands");
    assert_eq!(
        world.decisions().await,
        [("e1003", "approve"), ("e1005", "approve"), ("e1007", "reject")].map(|(person, verb)| (person.to_owned(), verb.to_owned()))
    );
    assert_eq!(world.hub.open_exceptions().await.len(), 0);
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lost_or_refused_on_the_way_is_shown_all_the_same() {
    let world = World::start().await;
    // The answer to the push is lost, the token lapses, there are too many.
    world.switch(json!({"lost_response.push_external": 1, "token_expired.push_external": 1, "throttled.push_external": 1})).await;
    world.request("r1").await;
    let lead = world.task_of("f1003", "PENDING").await;
    world.click(&lead, "APPROVE", json!({})).await;
    world.task_of("f1007", "PENDING").await;
    world.approve("e1005").await;
    world.approve("e1007").await;
    let instance = world.instance("APPROVED").await;
    let states: Vec<&str> = instance["task_list"].as_array().into_iter().flatten().filter_map(|task| task["status"].as_str()).collect();
    assert_eq!(states, ["APPROVED", "APPROVED", "APPROVED"], "{instance}");
    assert_eq!(world.hub.open_exceptions().await.len(), 0);
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_feishu_did_not_send_decides_nothing() {
    let world = World::start().await;
    world.request("r1").await;
    let lead = world.task_of("f1003", "PENDING").await;
    assert_eq!(world.click(&lead, "APPROVE", json!({"token": "another"})).await, [401], "a forged token");
    // Somebody else than it was shown to: taken, since it is signed, and heard by nothing.
    assert_eq!(world.click(&lead, "APPROVE", json!({"user": "f1007"})).await, [200]);
    // A word that is none of ours.
    assert_eq!(world.click(&lead, "DELETE", json!({})).await, [200]);
    world.until_exceptions(1).await;
    let open = world.hub.open_exceptions().await;
    assert_eq!(open[0]["code"], "event_not_understood", "{open:?}");
    assert_eq!(world.decisions().await, []);
    // A refusal needs a reason here, whatever was sent.
    assert_eq!(world.click(&lead, "REJECT", json!({})).await, [200]);
    world.settled().await;
    assert_eq!(world.decisions().await, []);
    world.task_of("f1003", "PENDING").await;
    world.hub.stop().await;
}
