//! Whom a vendor's approval asks has it in their list here: read only, and gone once it is decided there. DingTalk, where somebody else
//! is asked in between too, is tried in `dingtalk.rs`.

use crate::partners::feishu::{self, FEISHU};
use crate::partners::weaver::{self, WEAVER, register};
use crate::partners::wecom::{self, WECOM};
use crate::world::{World, id};
use reqwest::Method;
use serde_json::{Value, json};

/// An approval that is asked of somebody there: whom it is here, and how it is decided there.
struct Asked<'a> {
    number: &'a str,
    person: &'a str,
    /// Somebody here who is not asked.
    other: &'a str,
    connection: &'a str,
    control: &'a str,
    /// What makes it pass to `other` there, where that is tried.
    passed_on: Option<Value>,
    decision: Value,
    /// The document's status once it is decided.
    came_to: &'a str,
}

async fn listed(world: &World, person: &str) -> Vec<Value> {
    world.hub.get_by(person, "/api/v1/tasks").await.1["items"].as_array().cloned().unwrap_or_default()
}

/// It comes into somebody's list: whose it is there, and for no verb here.
async fn is_listed(world: &World, person: &str, connection: &str, instance: &Value, number: &str) {
    let task = world.until(&format!("the approval is in the list of {person}"), async || listed(world, person).await.pop()).await;
    assert_eq!((&task["origin"], &task["kind"], &task["state"]), (&json!("external"), &json!("outside"), &json!("pending")), "{task}");
    assert_eq!((&task["outside"]["connection"], &task["outside"]["external_id"]), (&json!(connection), &instance["id"]), "{task}");
    assert_eq!(task["document"]["key"], json!(number), "{task}");
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    let (status, refused) = world.hub.post_by(person, &format!("{path}/approve"), &format!("{person}-tries"), &json!({})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("verb_not_allowed")), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|words| words.contains(connection)), "it says where it is decided: {refused}");
}

/// Gives the document's page once it is decided.
async fn is_listed_until_it_is_decided(world: &World, asked: Asked<'_>) -> Value {
    let Asked { number, person, other, connection, control, passed_on, decision, came_to } = asked;
    let number = world.order(number);
    let instance = world.wait_for_instances(1).await.remove(0);
    let control = format!("instances/{}/{control}", id(&instance));
    is_listed(world, person, connection, &instance, &number).await;
    assert_eq!(listed(world, other).await, Vec::<Value>::new(), "of nobody else");
    if let Some(passed_on) = passed_on {
        world.control(Method::POST, &control, passed_on).await;
        is_listed(world, other, connection, &instance, &number).await;
        assert_eq!(listed(world, person).await, Vec::<Value>::new(), "of {person} no longer");
    }
    world.control(Method::POST, &control, decision).await;
    let page = world.ended(&number, came_to).await;
    for person in [person, other] {
        assert_eq!(listed(world, person).await, Vec::<Value>::new(), "the outcome has come");
    }
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_feishu_asks_sees_it_here() {
    let world = feishu::registered(World::start_for(&FEISHU, &["e1003", "e1007"]).await).await;
    let asked = Asked {
        number: "PO-FS-9",
        person: "e1003",
        other: "e1007",
        connection: "oa_feishu",
        control: "decide",
        passed_on: None,
        decision: json!({"result": "approve"}),
        came_to: "released",
    };
    is_listed_until_it_is_decided(&world, asked).await;
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_wecom_asks_sees_it_here_and_whom_it_goes_on_to_after_them() {
    let world = wecom::registered(World::start_for(&WECOM, &["e1003", "e1005"]).await).await;
    let asked = Asked {
        number: "PO-WC-9",
        person: "e1003",
        other: "e1005",
        connection: "oa_wecom",
        control: "status",
        passed_on: Some(json!({"status": "passed_on", "by": "SunLei"})),
        decision: json!({"status": "approved"}),
        came_to: "released",
    };
    is_listed_until_it_is_decided(&world, asked).await;
    world.hub.stop().await;
}

/// What was said there is told with who said it, and what they did: by which exit they left, only the verdict tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_weaver_asks_sees_it_here_and_what_they_say_there_is_told_with_their_name() {
    let world = weaver::registered(World::begin(&WEAVER, &["ADMIN", "BUYER8"], register).await).await;
    let asked = Asked {
        number: "4500200091",
        person: "ADMIN",
        other: "BUYER8",
        connection: "oa_weaver",
        control: "act",
        passed_on: Some(json!({"do": "hand_over", "to": "1002"})),
        decision: json!({"do": "refuse", "remark": "too dear"}),
        came_to: "rejected",
    };
    let page = is_listed_until_it_is_decided(&world, asked).await;
    let run = page["instances"][0]["id"].as_str().expect("an id");
    let history = world.hub.get(&format!("/api/v1/instances/{run}/history")).await;
    let mut lines = history["items"].as_array().into_iter().flatten().filter_map(|item| item["entries"].as_array()).flatten();
    let opinions = lines.find_map(|line| line.pointer("/detail/opinions")).cloned().unwrap_or_default();
    let said: Vec<&Value> = opinions.as_array().into_iter().flatten().filter(|one| one["comment"] == "too dear").collect();
    assert_eq!(said, [&json!({"person": "1002", "decision": "handled", "comment": "too dear"})], "{history:#}");
    world.hub.stop().await;
}
