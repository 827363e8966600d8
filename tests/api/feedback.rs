//! Notes about pages: given by whoever may read, read and settled by owners.

use reqwest::Method;
use serde_json::{Value, json};
use waybill::domain::permission::Permission;

use crate::support::{Door, door, token};

async fn give(door: &Door, permissions: &[Permission], body: &Value) -> (u16, Value) {
    let request = door.client.post(format!("{}/api/v1/feedback", door.base)).bearer_auth(token(permissions));
    crate::support::json(request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()).await
}

#[tokio::test]
async fn a_note_reaches_the_owners_and_is_settled_once() {
    let door = door().await;
    let note = json!({"page": "/docs?status=released", "text": "提单太慢 <b>slow</b>"});
    let (status, given) = give(&door, &[Permission::Read], &note).await;
    assert_eq!((status, given["text"].as_str()), (201, Some("提单太慢 <b>slow</b>")), "{given}");
    assert!(given["author"].as_str().is_some_and(|author| !author.is_empty()), "{given}");
    let reader = door.client.get(format!("{}/api/v1/feedback", door.base)).bearer_auth(token(&[Permission::Read]));
    assert_eq!(reader.send().await.unwrap().status(), 403, "what others say is the owners' to read");
    let (_, list) = door.get("/api/v1/feedback?settled=false").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let settle = format!("/api/v1/feedback/{}/settle", given["id"].as_str().unwrap());
    let (status, settled) = door.post(&settle, &json!({"answer": "there is an index now"}).to_string()).await;
    assert_eq!((status, settled["answer"].as_str()), (200, Some("there is an index now")), "{settled}");
    let (status, again) = door.post(&settle, &json!({"answer": "another word"}).to_string()).await;
    assert_eq!((status, &again), (200, &settled), "the first word stands");
    assert_eq!(door.get("/api/v1/feedback?settled=false").await.1["items"], json!([]));
    assert_eq!(door.get("/api/v1/feedback?settled=true").await.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_note_says_something_about_a_page_of_the_console() {
    let door = door().await;
    for (body, pointer) in [
        (json!({"page": "https://elsewhere.example", "text": "x"}), "/page"),
        (json!({"page": format!("/{}", "p".repeat(500)), "text": "x"}), "/page"),
        (json!({"page": "/docs", "text": " "}), "/text"),
        (json!({"page": "/docs", "text": "x".repeat(2_001)}), "/text"),
    ] {
        let (status, problem) = give(&door, &[Permission::Read], &body).await;
        assert_eq!((status, problem["pointers"][0]["pointer"].as_str()), (422, Some(pointer)), "{problem}");
    }
    let unknown = door.request(Method::POST, "/api/v1/feedback/01920000-0000-7000-8000-000000000001/settle");
    let answer = unknown.header("content-type", "application/json").body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 404);
}
