//! What is a person's own: nobody else sees it, changes it or ends it, whatever roles they have. What an owner may do to users as
//! such (sign them out, disable them) are other operations.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::acting::user;
use crate::sign_in::{Browser, owned};
use crate::support::{Door, at};

/// Every role but what says who may do what: two people who differ in nothing.
const ROLES: [&str; 9] =
    ["viewer", "approver", "editor", "publisher", "operator", "data_editor", "payload_viewer", "secret_admin", "auditor"];
const DRAFT: &str = "/api/v1/definitions/mapping/po_ref/draft";

/// One of each thing that is somebody's own.
struct Own {
    session: String,
    token: String,
    opens: String,
    view: String,
    delegation: String,
}

async fn ids(browser: &mut Browser<'_>, path: &str) -> Vec<String> {
    let (status, list) = browser.get(path).await;
    assert_eq!(status, 200, "{list}");
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn kept(door: &Door, browser: &mut Browser<'_>) -> Own {
    let made = |(status, made): (u16, Value)| {
        assert_eq!(status, 201, "{made}");
        made
    };
    let token = made(browser.post("/api/v1/me/tokens", json!({"name": "mine", "permissions": ["read"], "days": 1})).await);
    let view = made(browser.post("/api/v1/views", json!({"page": "documents", "name": "mine", "shared": false, "query": {}})).await);
    let (from, until) = (at(60), at(60) + SignedDuration::from_hours(24));
    let span = json!({"agent": "e1004", "from": from.to_string(), "until": until.to_string()});
    let delegation = made(browser.post("/api/v1/delegations", span).await);
    let live = browser.get("/api/v1/definitions/mapping/po_ref/text").await.1;
    let body = json!({"text": format!("{}# mine\n", live["text"].as_str().unwrap())});
    let saved = browser.request(Method::PUT, DRAFT, Some(&body)).header("origin", &door.base);
    let saved = saved.header("if-match", format!("\"{}\"", live["etag"].as_str().unwrap())).send().await.unwrap();
    assert_eq!(saved.status(), 201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Own {
        session: ids(browser, "/api/v1/me/sessions").await.remove(0),
        token: text(&token["known"]["id"]),
        opens: text(&token["token"]),
        view: text(&view["id"]),
        delegation: text(&delegation["id"]),
    }
}

#[tokio::test]
async fn nobody_sees_changes_or_ends_what_is_anothers() {
    let door = owned().await;
    // The second runs no flows: who does may end delegations, which is said of them.
    let without_operate: Vec<&str> = ROLES.into_iter().filter(|role| !["operator", "data_editor"].contains(role)).collect();
    let mut mine = user(&door, "mine", &ROLES, Some("e1001")).await;
    let mut other = user(&door, "other", &without_operate, Some("e1003")).await;
    let own = kept(&door, &mut mine).await;
    let view = json!({"page": "documents", "name": "theirs", "shared": true, "query": {}});
    let path = |kind: &str, id: &str| format!("/api/v1/{kind}/{id}");
    for (method, path, body) in [
        (Method::DELETE, path("me/sessions", &own.session), None),
        (Method::DELETE, path("me/tokens", &own.token), None),
        (Method::GET, path("views", &own.view), None),
        (Method::PUT, path("views", &own.view), Some(view)),
        (Method::DELETE, path("views", &own.view), None),
        (Method::DELETE, path("delegations", &own.delegation), None),
        (Method::GET, DRAFT.to_owned(), None),
    ] {
        let request = other.request(method.clone(), &path, body.as_ref()).header("origin", &door.base).header("if-match", "*");
        assert_eq!(request.send().await.unwrap().status(), 404, "{method} {path}");
    }
    for (list, id) in [
        ("/api/v1/me/sessions", &own.session),
        ("/api/v1/me/tokens", &own.token),
        ("/api/v1/views", &own.view),
        ("/api/v1/delegations", &own.delegation),
    ] {
        assert!(!ids(&mut other, list).await.contains(id), "{list} of somebody else");
        assert!(ids(&mut mine, list).await.contains(id), "{list} of one's own, where it still is");
    }
    assert_eq!(other.get("/api/v1/drafts").await.1["items"], json!([]));
    assert_eq!(mine.get(DRAFT).await.0, 200);
    // A draft of the same thing is another draft: neither sees the other's text, and dropping one leaves the other.
    let live = other.get("/api/v1/definitions/mapping/po_ref/text").await.1;
    let body = json!({"text": format!("{}# theirs\n", live["text"].as_str().unwrap())});
    let tag = format!("\"{}\"", live["etag"].as_str().unwrap());
    let saved = other.request(Method::PUT, DRAFT, Some(&body)).header("origin", &door.base).header("if-match", tag).send().await.unwrap();
    assert_eq!(saved.status(), 201);
    assert!(mine.get(DRAFT).await.1["text"].as_str().unwrap().ends_with("# mine\n"));
    let tag = other.request(Method::GET, DRAFT, None).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let dropped = other.request(Method::DELETE, DRAFT, None).header("origin", &door.base).header("if-match", tag).send().await.unwrap();
    assert_eq!(dropped.status(), 204);
    assert_eq!(mine.get(DRAFT).await.0, 200);
    // What opens still opens.
    let read = door.client.get(format!("{}/api/v1/documents", door.base)).bearer_auth(&own.opens).send().await.unwrap();
    assert_eq!(read.status(), 200);
    // And one's own is one's own to end.
    for path in [path("me/tokens", &own.token), path("views", &own.view), path("delegations", &own.delegation)] {
        let request = mine.request(Method::DELETE, &path, None).header("origin", &door.base).header("if-match", "*");
        assert_eq!(request.send().await.unwrap().status(), 204, "{path}");
    }
    let read = door.client.get(format!("{}/api/v1/documents", door.base)).bearer_auth(&own.opens).send().await.unwrap();
    assert_eq!(read.status(), 401);
}
