//! Acting: decide and hand over tasks, withdraw, comment, subscribe.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use super::create::task;
use super::events::tell;
use super::front::{call, invalid};
use crate::reply::Reply;
use crate::world::lock;

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|problem| invalid(60_001, &problem.to_string()))
}

fn unknown() -> Reply {
    invalid(60_003, "instance code not found")
}

fn ended() -> Reply {
    invalid(60_010, "the instance or task is not pending")
}

#[derive(Deserialize)]
struct Cancel {
    approval_code: String,
    instance_code: String,
    user_id: String,
}

pub(super) async fn cancel(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "cancel", &headers, |feishu| {
        let wanted: Cancel = read(&body)?;
        let now = feishu.desk.now();
        {
            let mut book = lock(&feishu.book);
            let instance =
                book.find_mut(&wanted.instance_code).filter(|found| found.template == wanted.approval_code).ok_or_else(unknown)?;
            if instance.status != "PENDING" {
                return Err(ended());
            }
            if instance.originator != wanted.user_id || feishu.desk.is_on("cancel_forbidden") {
                return Err(invalid(60_011, "no permission to cancel"));
            }
            if feishu.desk.strikes("silent_no_op", "cancel") {
                return Ok(json!({}));
            }
            instance.end("CANCELED", now);
            instance.tell("CANCEL", &wanted.user_id, None, now);
        }
        tell(feishu, &wanted.instance_code, "CANCELED");
        Ok(json!({}))
    })
    .await
}

#[derive(Deserialize)]
struct Decision {
    instance_code: String,
    user_id: String,
    task_id: String,
    comment: Option<String>,
    transfer_user_id: Option<String>,
}

pub(super) async fn approve(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    decide_by_call(feishu, "approve", headers, body, true).await
}

pub(super) async fn reject(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    decide_by_call(feishu, "reject", headers, body, false).await
}

async fn decide_by_call(feishu: Shared, api: &'static str, headers: HeaderMap, body: Bytes, agree: bool) -> Response<Body> {
    call(feishu, api, &headers, |feishu| {
        let wanted: Decision = read(&body)?;
        decide(feishu, &wanted.instance_code, Some((&wanted.user_id, &wanted.task_id)), agree, wanted.comment.as_deref())?;
        Ok(json!({}))
    })
    .await
}

/// Decides a person's task, or the open one where nobody is named.
pub(super) fn decide(feishu: &Shared, code: &str, by: Option<(&str, &str)>, agree: bool, comment: Option<&str>) -> Result<(), Reply> {
    let now = feishu.desk.now();
    let over = {
        let mut book = lock(&feishu.book);
        let instance = book.find_mut(code).ok_or_else(unknown)?;
        if instance.status != "PENDING" {
            return Err(ended());
        }
        let fits = |user: &str, id: &str| by.is_none_or(|(who, which)| who == user && which == id);
        let open = instance.tasks.iter_mut().find(|task| task.status == "PENDING" && fits(&task.user, &task.id)).ok_or_else(ended)?;
        open.status = if agree { "APPROVED" } else { "REJECTED" };
        open.ended = Some(now);
        let user = open.user.clone();
        instance.tell(if agree { "PASS" } else { "REJECT" }, &user, comment, now);
        if !agree {
            instance.end("REJECTED", now);
            Some("REJECTED")
        } else if instance.waiting.is_empty() {
            instance.end("APPROVED", now);
            Some("APPROVED")
        } else {
            let next = instance.waiting.remove(0);
            instance.tasks.push(task(feishu.desk.id(), next, now));
            None
        }
    };
    if let Some(status) = over {
        tell(feishu, code, status);
    }
    Ok(())
}

pub(super) async fn transfer(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "transfer", &headers, |feishu| {
        let wanted: Decision = read(&body)?;
        let to = wanted.transfer_user_id.ok_or_else(|| invalid(60_001, "transfer_user_id is needed"))?;
        let now = feishu.desk.now();
        let mut book = lock(&feishu.book);
        let instance = book.find_mut(&wanted.instance_code).ok_or_else(unknown)?;
        let open = instance.tasks.iter_mut().find(|task| task.status == "PENDING" && task.id == wanted.task_id).ok_or_else(ended)?;
        open.status = "TRANSFERRED";
        open.ended = Some(now);
        instance.tell("TRANSFER", &wanted.user_id, wanted.comment.as_deref(), now);
        instance.tasks.push(task(feishu.desk.id(), to, now));
        Ok(json!({}))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct By {
    #[serde(default)]
    user_id: String,
}

#[derive(Deserialize)]
struct Comment {
    content: String,
}

pub(super) async fn comment(
    State(feishu): State<Shared>,
    Path(id): Path<String>,
    Query(by): Query<By>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    call(feishu, "comment", &headers, |feishu| {
        let wanted: Comment = read(&body)?;
        // The content is a JSON text.
        let content: Value = serde_json::from_str(&wanted.content).map_err(|_| invalid(60_001, "content is a JSON string"))?;
        let text = content["text"].as_str().ok_or_else(|| invalid(60_001, "content.text is needed"))?;
        let now = feishu.desk.now();
        let mut book = lock(&feishu.book);
        let instance = book.find_mut(&id).ok_or_else(unknown)?;
        let comment = feishu.desk.id();
        instance.comments.push(json!({
            "id": comment, "user_id": by.user_id, "open_id": format!("ou_{}", by.user_id), "comment": text,
            "create_time": super::book::millis(now), "files": [],
        }));
        Ok(json!({"comment_id": comment}))
    })
    .await
}

pub(super) async fn subscribe(State(feishu): State<Shared>, Path(code): Path<String>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "subscribe", &headers, |feishu| {
        let mut book = lock(&feishu.book);
        if !book.templates.iter().any(|template| template.code == code) {
            return Err(invalid(60_002, "approval code not found"));
        }
        match book.subscribed.insert(code) {
            true => Ok(json!({})),
            false => Err(invalid(60_007, "subscription existed")),
        }
    })
    .await
}

pub(super) async fn unsubscribe(State(feishu): State<Shared>, Path(code): Path<String>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "unsubscribe", &headers, |feishu| {
        lock(&feishu.book).subscribed.remove(&code);
        Ok(json!({}))
    })
    .await
}
