//! As whom somebody acts: a person's id is theirs by their account, never by what they call themselves.

use reqwest::Method;
use serde_json::{Value, json};
use waybill::domain::ids::{TaskId, TenantId};
use waybill::store::{TaskRow, Writes};

use crate::rows::{document, instance, stopped_order};
use crate::sign_in::{Browser, PASSWORD, owned};
use crate::support::{Door, at, json as read};

const TASK: uuid::Uuid = uuid::Uuid::from_u128(1_003);
const FORM: &str = "/api/v1/forms/purchase_request/submissions";

/// An order whose approval is asked of `e1003`.
async fn asked() -> Door {
    let door = owned().await;
    let task = TaskRow {
        id: TaskId(TASK),
        tenant: TenantId::DEFAULT,
        instance: instance("PO-9"),
        document: document("PO-9"),
        flow: "purchase_order_approval".into(),
        step: "ask".into(),
        visit: 1,
        number: 0,
        round: 1,
        person: "e1003".into(),
        kind: "approve".into(),
        state: "pending".into(),
        since: at(1),
        due: None,
        ended: None,
        actor: None,
        claimed: false,
        outside: None,
    };
    door.write(Writes { tasks: vec![task], ..stopped_order("PO-9", 0) }).await;
    door
}

/// A user with this name, of no person or of one, signed in.
pub async fn user<'d>(door: &'d Door, name: &str, roles: &[&str], person: Option<&str>) -> Browser<'d> {
    let mut owner = Browser::new(door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let roles: Vec<Value> = roles.iter().map(|role| json!({"role": role})).collect();
    let (status, made) = owner.post("/api/v1/users", json!({"name": name, "roles": roles, "person": person})).await;
    assert_eq!(status, 201, "{made}");
    let link = made["link"]["url"].as_str().unwrap().split_once("#link=").unwrap().1.to_owned();
    let mut browser = Browser::new(door);
    assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
    browser
}

fn on_task(verb: &str) -> String {
    format!("/api/v1/tasks/{TASK}/{verb}")
}

fn on_instance(verb: &str) -> String {
    format!("/api/v1/instances/{}/people/{verb}", instance("PO-9"))
}

#[tokio::test]
async fn a_name_that_is_somebodys_id_decides_nothing() {
    let door = asked().await;
    for name in ["e1003", "system"] {
        let mut named = user(&door, name, &["approver"], None).await;
        for path in [on_task("approve"), on_instance("terminate"), on_instance("intervene"), on_instance("comment")] {
            let (status, problem) = named.post(&path, json!({"comment": "it is me"})).await;
            assert_eq!((status, &problem["code"]), (403, &json!("no_person")), "{name}: {path}");
        }
    }
    assert!(door.acts.lock().unwrap().is_empty(), "the engine was told of none of it");
    // The person whose id it is decides by any name.
    let mut bo = user(&door, "bo", &["approver"], Some("e1003")).await;
    assert_eq!(bo.post(&on_task("approve"), json!({})).await.0, 200);
    let acts = door.acts.lock().unwrap();
    assert_eq!((acts.len(), acts[0].by.person.as_str(), acts[0].by.admin), (1, "e1003", false));
}

#[tokio::test]
async fn who_runs_flows_and_is_no_person_acts_by_a_name_that_nobody_has() {
    let door = asked().await;
    for name in ["e1003", "system"] {
        let mut operator = user(&door, name, &["approver", "operator"], None).await;
        assert_eq!(operator.post(&on_instance("terminate"), json!({"comment": "a duplicate"})).await.0, 200);
    }
    let (status, made) = door.post("/api/v1/tokens", r#"{"name": "e1003-nightly", "permissions": ["decide", "operate"], "days": 1}"#).await;
    assert_eq!(status, 201, "{made}");
    let request = door.client.request(Method::POST, format!("{}{}", door.base, on_task("transfer")));
    let request = request.bearer_auth(made["token"].as_str().unwrap()).header("content-type", "application/json");
    let (status, answer) = read(request.body(r#"{"to": ["e1004"]}"#).send().await.unwrap()).await;
    assert_eq!(status, 200, "{answer}");
    let acts = door.acts.lock().unwrap();
    let by: Vec<(&str, bool)> = acts.iter().map(|act| (act.by.person.as_str(), act.by.admin)).collect();
    assert_eq!(by, [("user:e1003", true), ("user:system", true), ("token:e1003-nightly", true)]);
}

#[tokio::test]
async fn who_is_no_person_submits_for_nobody_else() {
    let door = asked().await;
    let values = json!({"requester": "e1001"});
    let for_other = json!({"values": values, "submitter": "e1001"});
    let mut named = user(&door, "e1001", &["approver"], None).await;
    let (status, problem) = named.post(FORM, for_other.clone()).await;
    assert_eq!((status, &problem["code"]), (403, &json!("not_yours")), "a name is no person");
    assert_eq!(named.post(FORM, json!({"values": values})).await.0, 201);
    let mut person = user(&door, "cy", &["approver"], Some("e1001")).await;
    assert_eq!(person.post(FORM, for_other.clone()).await.0, 201, "as oneself, said or not");
    let mut operator = user(&door, "op", &["operator"], None).await;
    assert_eq!(operator.post(FORM, for_other).await.0, 201, "whoever runs flows submits for others");
    let submitted = door.begins.submitted.lock().unwrap();
    let who: Vec<(Option<&str>, &str)> = submitted.iter().map(|one| (one.submitter.as_deref(), one.asker.acts_as.as_str())).collect();
    assert_eq!(who, [(None, "user:e1001"), (Some("e1001"), "e1001"), (Some("e1001"), "user:op")]);
}

#[tokio::test]
async fn nobody_hands_themselves_the_duties_of_somebody_else() {
    let door = asked().await;
    let span = |principal: Option<&str>, agent: &str| json!({"principal": principal, "agent": agent, "from": at(60).to_string(), "until": at(600).to_string()});
    let mut operator = user(&door, "op", &["approver", "operator"], Some("e1004")).await;
    let (status, problem) = operator.post("/api/v1/delegations", span(Some("e1003"), "e1004")).await;
    assert_eq!((status, &problem["code"]), (403, &json!("not_yours")));
    assert_eq!(operator.get("/api/v1/delegations").await.1["items"], json!([]));
    // For somebody else they may, and for themselves.
    assert_eq!(operator.post("/api/v1/delegations", span(Some("e1003"), "e1005")).await.0, 201);
    assert_eq!(operator.post("/api/v1/delegations", span(None, "e1005")).await.0, 201);
}

#[tokio::test]
async fn what_was_seen_comes_as_a_header_or_in_the_body_and_must_come_with_changes() {
    let door = asked().await;
    let (status, made) = door.post("/api/v1/tokens", r#"{"name": "changes", "permissions": ["decide", "operate"], "days": 1}"#).await;
    assert_eq!(status, 201, "{made}");
    let send = async |tag: Option<&str>, body: Value| {
        let request = door.client.request(Method::POST, format!("{}{}", door.base, on_task("approve")));
        let request = request.bearer_auth(made["token"].as_str().unwrap()).header("content-type", "application/json");
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
        read(request.body(body.to_string()).send().await.unwrap()).await
    };
    let edits = json!({"edits": {"note": "x"}});
    let (status, problem) = send(None, edits.clone()).await;
    assert_eq!((status, &problem["code"]), (428, &json!("precondition_required")), "{problem}");
    assert!(door.acts.lock().unwrap().is_empty(), "the engine was told of none of it");
    let table = [
        (Some("\"1-0-2\""), edits.clone(), Some("1-0-2")),
        (Some("W/\"1-0-2\""), edits.clone(), Some("1-0-2")),
        (Some("*"), edits.clone(), None),
        (None, json!({"edits": {"note": "x"}, "seen": "1-0-3"}), Some("1-0-3")),
        (None, json!({}), None),
    ];
    for (tag, body, expected) in table {
        let (status, answer) = send(tag, body).await;
        assert_eq!(status, 200, "{tag:?}: {answer}");
        assert_eq!(door.acts.lock().unwrap().last().unwrap().seen.as_deref(), expected, "{tag:?}");
    }
}
