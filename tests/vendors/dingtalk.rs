//! DingTalk: signed, encrypted callbacks acknowledged in kind; a lost answer looked up; revoked by an attached instance.

use crate::partners::dingtalk::{AES_KEY, DINGTALK, TOKEN, registered, world};
use crate::world::{World, id, link};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_approved_booked_and_later_revoked() {
    let world = world().await;
    let number = world.order("PO-DT-1");
    let instance = world.wait_for_instances(1).await.remove(0);
    let form = &instance["values"];
    assert_eq!(form["单号"], number.as_str());
    assert_eq!(form["外部单号"].as_str().map(|reference| !reference.is_empty()), Some(true));
    let rows: Value = serde_json::from_str(form["明细"].as_str().expect("a text")).expect("JSON inside a text");
    assert_eq!(rows.as_array().map(Vec::len), Some(3), "{rows}");
    assert!(rows[0].as_array().expect("cells").iter().all(|cell| cell["value"].is_string()), "{rows}");
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;

    world.rough("get").await;
    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "agree", "remark": "同意"})).await;
    let page = world.ended(&number, "released").await;
    assert_eq!(link(&page, "oa_dingtalk")["external_id"], instance["id"]);
    world.assert_booked_once(&number);
    let traffic = world.control(Method::GET, "traffic", Value::Null).await;
    assert_eq!(traffic["event.failed"], Value::Null, "every acknowledgement is right and in time: {traffic}");
    assert!(traffic["event.acknowledged"].as_u64().is_some_and(|count| count >= 4), "{traffic}");

    world.control(Method::POST, &format!("instances/{}/revoke", id(&instance)), json!({})).await;
    world.ended(&number, "revoked").await;
    let books = world.books(&number);
    assert!(books.payables.iter().all(|payable| payable.void) && books.payables.len() == 1, "{books:?}");
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_looked_up_and_a_refusal_told_to_the_erp() {
    let world = world().await;
    // The list shows a new instance a second late, and every event comes twice, before the answer would.
    world.switch(json!({"lost_response.create": 1, "list_lag_ms": 1000, "event_twice": true, "event_early.create": 1})).await;
    let number = world.order("PO-DT-2");
    let instance = world.wait_for_instances(1).await.remove(0);
    world.found(&number, &instance).await;
    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "refuse", "remark": "太贵"})).await;
    let page = world.ended(&number, "rejected").await;
    assert_eq!(world.instances().await.len(), 1, "looked up, not created again");
    let run = page["instances"][0]["id"].as_str().expect("an id");
    let effects = world.hub.get(&format!("/api/v1/instances/{run}/effects")).await;
    let told = effects["items"].as_array().into_iter().flatten().find(|effect| effect["operation"] == "reject_order");
    assert_eq!(told.map(|effect| &effect["input"]["reason"]), Some(&json!("太贵")), "what was said there goes on: {effects:#}");
    let history = world.hub.get(&format!("/api/v1/instances/{run}/history")).await;
    let mut lines = history["items"].as_array().into_iter().flatten().filter_map(|item| item["entries"].as_array()).flatten();
    let heard = lines.find_map(|line| line.pointer("/detail/opinions"));
    assert_eq!(heard, Some(&json!([{"person": "manager01", "decision": "REFUSE", "comment": "太贵"}])), "{history:#}");
    let books = world.books(&number);
    assert_eq!((books.rejections, books.payables.len()), (1, 0), "{books:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_changed_in_approval_withdraws_and_asks_anew() {
    let world = world().await;
    let number = world.order("PO-DT-3");
    let first = world.wait_for_instances(1).await.remove(0);
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.change(&number);
    let both = world.wait_for_instances(2).await;
    let status = |which: &Value| both.iter().find(|one| one["id"] == which["id"]).map(|one| one["status"].clone());
    assert_eq!(status(&first), Some(json!("TERMINATED")), "the first was withdrawn before the second was made: {both:#?}");
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    // One event is lost, another forged, another for somebody else: reading again finds what became of it.
    world.switch(json!({"event_lost.bpms_instance_change": 1})).await;
    world.control(Method::POST, &format!("instances/{}/decide", id(second)), json!({"result": "agree"})).await;
    world.switch(json!({"event_wrong_signature.check_url": 1})).await;
    let (status, _) = world
        .ask(
            Method::POST,
            "/__mock/callback",
            Some(json!({"url": world.hub.hook_url("oa_dingtalk", "events").await, "token": TOKEN, "aes_key": AES_KEY})),
        )
        .await;
    assert_eq!(status, 422, "a wrongly signed check is not acknowledged");
    world.switch(json!({"event_wrong_receiver.check_url": 1})).await;
    let (status, _) = world
        .ask(
            Method::POST,
            "/__mock/callback",
            Some(json!({"url": world.hub.hook_url("oa_dingtalk", "events").await, "token": TOKEN, "aes_key": AES_KEY})),
        )
        .await;
    assert_eq!(status, 422, "a check for somebody else is not acknowledged");
    world.ended(&number, "released").await;
    world.assert_booked_once(&number);
    // Receipts are written a handful at a time.
    let began = std::time::Instant::now();
    loop {
        let receipts = world.hub.get("/api/v1/connections/oa_dingtalk/receipts?limit=200").await;
        let verdicts: std::collections::BTreeSet<&str> =
            receipts["items"].as_array().into_iter().flatten().filter_map(|receipt| receipt["verdict"].as_str()).collect();
        if ["challenge", "valid", "unheard"].iter().all(|verdict| verdicts.contains(verdict)) {
            break;
        }
        assert!(began.elapsed().as_secs() < 60, "what nobody waits for stands in the receipts, too: {verdicts:?}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    world.hub.stop().await;
}

/// Whom an approval asks there has it in their list here; it is decided there, and goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_asked_there_sees_it_here_and_decides_it_there() {
    let world = registered(World::start_for(&DINGTALK, &["e1003", "e1005"]).await).await;
    let number = world.order("PO-DT-9");
    let instance = world.wait_for_instances(1).await.remove(0);
    let listed = async |person: &str| world.hub.get_by(person, "/api/v1/tasks").await.1["items"].as_array().cloned().unwrap_or_default();
    // DingTalk says `manager01`, who is e1003.
    let there = async || listed("e1003").await.pop();
    let task = world.until("the approval is in the list of e1003", there).await;
    assert_eq!((&task["origin"], &task["kind"], &task["state"]), (&json!("external"), &json!("outside"), &json!("pending")), "{task}");
    assert_eq!((&task["outside"]["connection"], &task["outside"]["external_id"]), (&json!("oa_dingtalk"), &instance["id"]), "{task}");
    assert_eq!((&task["outside"]["system"]["zh"], &task["document"]["key"]), (&json!("钉钉审批"), &json!(number)), "{task}");
    assert_eq!(world.hub.get_by("e1003", "/api/v1/tasks/counts").await.1["mine"], 1);
    assert_eq!(listed("e1005").await.len(), 0, "of nobody else");

    // It is shown, with nothing to be done; every verb is refused, and why.
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
    let (status, page) = world.hub.get_by("e1003", &path).await;
    assert_eq!((status, &page["verbs"]), (200, &json!([])), "{page}");
    for verb in ["approve", "reject", "transfer", "return", "claim", "comment"] {
        let body = json!({"comment": "no", "to": ["e1005"]});
        let (status, refused) = world.hub.post_by("e1003", &format!("{path}/{verb}"), &format!("try-{verb}"), &body).await;
        assert_eq!((status, &refused["code"]), (409, &json!("verb_not_allowed")), "{verb}: {refused}");
        assert!(refused["detail"].as_str().is_some_and(|words| words.contains("`oa_dingtalk` asks this")), "{refused}");
    }

    // Somebody else is asked there instead.
    world.control(Method::POST, &format!("instances/{}/transfer", id(&instance)), json!({"to": "sunlei"})).await;
    let theirs = async || listed("e1005").await.pop();
    world.until("it is in the list of e1005", theirs).await;
    assert_eq!(listed("e1003").await.len(), 0, "and in that of e1003 no longer");

    world.control(Method::POST, &format!("instances/{}/decide", id(&instance)), json!({"result": "agree"})).await;
    world.ended(&number, "released").await;
    assert_eq!(listed("e1005").await.len(), 0, "the outcome has come");
    let done = world.hub.get_by("e1005", "/api/v1/tasks?list=done").await.1;
    assert_eq!(done["items"], json!([]), "what somebody did there is not known here");
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}
