//! Tokens that the hub makes: told once, worth what their owner is worth, over when they are over.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use waybill::app::access::tokens::PREFIX;
use waybill::domain::ids::TenantId;

use crate::sign_in::{Browser, PASSWORD, added, owned};
use crate::support::{CALLER, Door, FOREIGN, json as read};

async fn with(door: &Door, token: &str, path: &str) -> (u16, Value) {
    read(door.client.get(format!("{}{path}", door.base)).bearer_auth(token).send().await.unwrap()).await
}

fn text(made: &(u16, Value)) -> String {
    assert_eq!(made.0, 201, "{}", made.1);
    made.1["token"].as_str().unwrap().to_owned()
}

fn order(name: &str, permissions: &[&str]) -> Value {
    json!({"name": name, "permissions": permissions, "days": 30})
}

#[tokio::test]
async fn a_services_token_is_told_once_and_opens_what_it_says() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let made = owner.post("/api/v1/tokens", order("robot", &["read", "metrics"])).await;
    let token = text(&made);
    assert!(token.starts_with(PREFIX));
    let (status, me) = with(&door, &token, "/api/v1/me").await;
    assert_eq!((status, &me["name"], &me["via"], &me["user"]), (200, &json!("robot"), &json!("token"), &Value::Null));
    assert_eq!(me["permissions"], json!(["read", "metrics"]));
    assert_eq!(with(&door, &token, "/api/v1/users").await.0, 403);

    let (_, list) = owner.get("/api/v1/tokens").await;
    assert_eq!((&list["items"][0]["name"], &list["items"][0]["created_by"]), (&json!("robot"), &json!("ana")));
    assert!(list["items"][0]["used_at"].is_string());
    assert!(!list.to_string().contains(&token) && !door.everything_kept().await.contains(&token[PREFIX.len()..]));
    assert_eq!(owner.post("/api/v1/tokens", order("ROBOT", &["read"])).await.0, 409);

    for wrong in [format!("{token}x"), token[PREFIX.len()..].to_owned(), token.replacen("wbt_1", "wbt_2", 1), PREFIX.to_owned()] {
        assert_eq!(with(&door, &wrong, "/api/v1/me").await.0, 401, "{wrong}");
    }
    let id = made.1["known"]["id"].as_str().unwrap().to_owned();
    assert_eq!(owner.send(Method::DELETE, &format!("/api/v1/tokens/{id}"), None).await.0, 204);
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 401);
    assert_eq!(owner.send(Method::DELETE, &format!("/api/v1/tokens/{id}"), None).await.0, 404);
    // The name is free again.
    text(&owner.post("/api/v1/tokens", order("robot", &["read"])).await);
}

#[tokio::test]
async fn a_token_ends_by_itself() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let token = text(&owner.post("/api/v1/tokens", json!({"name": "robot", "permissions": ["read"], "days": 1})).await);
    door.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 200);
    door.clock.advance(Duration::from_secs(1));
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 401);
}

#[tokio::test]
async fn a_persons_token_never_may_more_than_the_person() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (bo, link) = added(&mut owner, "bo", json!([{"role": "operator"}])).await;
    let mut browser = Browser::new(&door);
    assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
    let more = browser.post("/api/v1/me/tokens", order("mine", &["read", "users"])).await;
    assert_eq!((more.0, &more.1["pointers"][0]["pointer"]), (422, &json!("/permissions")));
    let token = text(&browser.post("/api/v1/me/tokens", order("mine", &["read", "operate"])).await);
    let (_, me) = with(&door, &token, "/api/v1/me").await;
    assert_eq!((&me["name"], &me["person"], &me["permissions"]), (&json!("bo"), &json!("E-bo"), &json!(["read", "operate"])));

    // A token makes no tokens, tries no passwords and is nobody else's to end.
    let request = |method: Method, path: &str, body: Value| {
        let request = door.client.request(method, format!("{}{path}", door.base)).bearer_auth(&token);
        request.header("content-type", "application/json").body(body.to_string()).send()
    };
    assert_eq!(request(Method::POST, "/api/v1/me/tokens", order("more", &["read"])).await.unwrap().status(), 409);
    let password = json!({"current": PASSWORD, "password": "five other words nobody guesses"});
    assert_eq!(request(Method::POST, "/api/v1/me/password", password).await.unwrap().status(), 409);
    let id = browser.get("/api/v1/me/tokens").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(owner.send(Method::DELETE, &format!("/api/v1/me/tokens/{id}"), None).await.0, 404, "it is not ana's own");

    // What is taken from the person is taken from the token.
    let path = format!("/api/v1/users/{}", bo["id"].as_str().unwrap());
    let body = json!({"roles": [{"role": "viewer"}]});
    let change = owner.request(Method::PUT, &path, Some(&body)).header("origin", &door.base).header("if-match", "*").send();
    assert_eq!(change.await.unwrap().status(), 200);
    assert_eq!(with(&door, &token, "/api/v1/me").await.1["permissions"], json!(["read"]));
    assert_eq!(owner.send(Method::POST, &format!("{path}/disable"), None).await.0, 200);
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 401);
}

#[tokio::test]
async fn use_is_written_down_once_a_minute() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let token = text(&owner.post("/api/v1/tokens", order("robot", &["read"])).await);
    let used = || async {
        let secret = waybill::app::access::Secret::read(&token[PREFIX.len()..]).unwrap();
        let (digest, now) = (secret.digest(), waybill::runtime::Clock::now(door.clock.as_ref()));
        door.store.identity().token(TenantId::DEFAULT, &digest, now).await.unwrap().unwrap().0.used_at
    };
    assert_eq!(used().await, None);
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 200);
    let first = used().await.unwrap();
    door.clock.advance(Duration::from_secs(59));
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 200);
    assert_eq!(used().await, Some(first));
    door.clock.advance(Duration::from_secs(1));
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 200);
    assert!(used().await.unwrap() > first);
}

#[tokio::test]
async fn another_tenant_sees_and_ends_nothing() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let made = owner.post("/api/v1/tokens", order("robot", &["read"])).await;
    let token = text(&made);
    assert_eq!(with(&door, FOREIGN, "/api/v1/tokens").await.1["items"], json!([]));
    let path = format!("{}/api/v1/tokens/{}", door.base, made.1["known"]["id"].as_str().unwrap());
    assert_eq!(door.client.delete(path).bearer_auth(FOREIGN).send().await.unwrap().status(), 404);
    assert_eq!(with(&door, &token, "/api/v1/me").await.0, 200);
}

#[tokio::test]
async fn a_program_and_a_person_are_never_called_the_same() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    // What people keep, whose draft it is and who did what goes by names.
    assert_eq!(owner.post("/api/v1/tokens", order("Ana", &["read"])).await.0, 409, "somebody is called so");
    assert_eq!(owner.post("/api/v1/tokens", order(CALLER, &["read"])).await.0, 409, "a token of the configuration is");
    text(&owner.post("/api/v1/tokens", order("robot", &["read"])).await);
    for name in ["robot", "ROBOT", CALLER] {
        let (status, problem) = owner.post("/api/v1/users", json!({"name": name, "roles": []})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("conflict")), "{name}");
    }
    // A person's own token goes by the person, and may be called anything.
    text(&owner.post("/api/v1/me/tokens", order("robot-of-mine", &["read"])).await);
    // Once it is over, its name is free.
    door.clock.advance(Duration::from_secs(31 * 24 * 3_600));
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    assert_eq!(owner.post("/api/v1/users", json!({"name": "robot", "roles": []})).await.0, 201);
}

#[tokio::test]
async fn keeping_somebody_out_names_the_programs_that_they_let_in() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (bo, link) = added(&mut owner, "bo", json!([{"role": "owner"}])).await;
    let mut browser = Browser::new(&door);
    assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
    let token = text(&browser.post("/api/v1/tokens", order("nightly", &["read"])).await);
    let own = text(&browser.post("/api/v1/me/tokens", order("mine", &["read"])).await);
    text(&owner.post("/api/v1/tokens", order("weekly", &["read"])).await);
    let (status, kept_out) = owner.post(&format!("/api/v1/users/{}/disable", bo["id"].as_str().unwrap()), json!({})).await;
    assert_eq!((status, &kept_out["tokens_left"]), (200, &json!(["nightly"])));
    // It is the service's, and goes on until somebody ends it; the person's own is gone.
    assert_eq!(with(&door, &token, "/api/v1/documents").await.0, 200);
    assert_eq!(with(&door, &own, "/api/v1/documents").await.0, 401);
    let known = owner.get("/api/v1/tokens").await.1["items"].as_array().unwrap().clone();
    let nightly = known.iter().find(|one| one["name"] == "nightly").unwrap();
    assert_eq!(owner.send(Method::DELETE, &format!("/api/v1/tokens/{}", nightly["id"].as_str().unwrap()), None).await.0, 204);
    let (_, again) = owner.post(&format!("/api/v1/users/{}/disable", bo["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(again.get("tokens_left"), None);
}
