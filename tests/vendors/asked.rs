//! Whom a vendor's approval asks has it in their list here: read only, and gone once it is decided there. DingTalk, where somebody else
//! is asked in between, is tried in `dingtalk.rs`.

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
    connection: &'a str,
    control: &'a str,
    decision: Value,
    /// The document's status once it is decided.
    came_to: &'a str,
}

async fn is_listed_until_it_is_decided(world: World, asked: Asked<'_>) {
    let Asked { number, person, connection, control, decision, came_to } = asked;
    let number = world.order(number);
    let instance = world.wait_for_instances(1).await.remove(0);
    let listed = async || world.hub.get_by(person, "/api/v1/tasks").await.1["items"].as_array().cloned().unwrap_or_default();
    let task = world.until(&format!("the approval is in the list of {person}"), async || listed().await.pop()).await;
    assert_eq!((&task["origin"], &task["kind"], &task["state"]), (&json!("external"), &json!("outside"), &json!("pending")), "{task}");
    assert_eq!((&task["outside"]["connection"], &task["outside"]["external_id"]), (&json!(connection), &instance["id"]), "{task}");
    assert_eq!(task["document"]["key"], json!(number), "{task}");
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    let (status, refused) = world.hub.post_by(person, &format!("{path}/approve"), "try", &json!({})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("verb_not_allowed")), "{refused}");
    world.control(Method::POST, &format!("instances/{}/{control}", id(&instance)), decision).await;
    world.ended(&number, came_to).await;
    assert_eq!(listed().await, Vec::<Value>::new(), "the outcome has come");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_feishu_asks_sees_it_here() {
    let world = feishu::registered(World::start_for(&FEISHU, &["e1003"]).await).await;
    let decision = json!({"result": "approve"});
    let asked = Asked { number: "PO-FS-9", person: "e1003", connection: "oa_feishu", control: "decide", decision, came_to: "released" };
    is_listed_until_it_is_decided(world, asked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_wecom_asks_sees_it_here() {
    let world = wecom::registered(World::start_for(&WECOM, &["e1003"]).await).await;
    let decision = json!({"status": "approved"});
    let asked = Asked { number: "PO-WC-9", person: "e1003", connection: "oa_wecom", control: "status", decision, came_to: "released" };
    is_listed_until_it_is_decided(world, asked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_weaver_asks_sees_it_here() {
    let world = weaver::registered(World::begin(&WEAVER, &["ADMIN"], register).await).await;
    let decision = json!({"do": "refuse", "remark": "too dear"});
    let asked = Asked { number: "4500200091", person: "ADMIN", connection: "oa_weaver", control: "act", decision, came_to: "rejected" };
    is_listed_until_it_is_decided(world, asked).await;
}
