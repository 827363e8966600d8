//! What a test does behind the hub's back: register the address as the console does, decide, take back, look.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::act::decide as decide_task;
use super::book::Instance;
use super::events::{Callback, check, tell};
use crate::reply::Reply;
use crate::vendors::control::Wanted;
use crate::world::lock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    url: String,
    verification_token: String,
    encrypt_key: Option<String>,
}

/// As the console does: the address is checked at once.
pub(super) async fn callback(State(feishu): State<Shared>, Wanted(wanted): Wanted<Register>) -> Response<Body> {
    let callback = Callback { url: wanted.url, verification_token: wanted.verification_token, encrypt_key: wanted.encrypt_key };
    match check(&feishu, &callback).await {
        Ok(()) => {
            *lock(&feishu.callback) = Some(callback);
            Reply::json(200, &json!({"registered": true}))
        }
        Err(problem) => Reply::error(422, "not_answered", &problem),
    }
    .into_response()
}

pub(super) async fn instances(State(feishu): State<Shared>) -> Response<Body> {
    let book = lock(&feishu.book);
    let shown = |instance: &Instance| {
        json!({
            "id": instance.code, "uuid": instance.uuid, "status": instance.status, "reverted": instance.reverted,
            "originator": instance.originator, "form": serde_json::from_str::<Value>(&instance.form).unwrap_or_default(),
            "comments": instance.comments,
            "holders": instance.tasks.iter().filter(|task| task.status == "PENDING").map(|task| &task.user).collect::<Vec<_>>(),
        })
    };
    let all: Vec<Value> = book.instances.iter().map(shown).collect();
    drop(book);
    Reply::json(200, &json!({"instances": all})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    result: String,
    #[serde(default)]
    comment: Option<String>,
}

/// The holders decide one after the other until the instance is over, or one of them refuses.
pub(super) async fn decide(State(feishu): State<Shared>, Path(id): Path<String>, Wanted(wanted): Wanted<Decision>) -> Response<Body> {
    loop {
        if let Err(reply) = decide_task(&feishu, &id, None, wanted.result == "approve", wanted.comment.as_deref()) {
            return reply.into_response();
        }
        if lock(&feishu.book).find(&id).is_none_or(|instance| instance.status != "PENDING") {
            return Reply::json(200, &json!({"id": id})).into_response();
        }
    }
}

/// Takes back what was approved: the interface says CANCELED with a mark, the event REVERTED.
pub(super) async fn revert(State(feishu): State<Shared>, Path(id): Path<String>) -> Response<Body> {
    let now = feishu.desk.now();
    {
        let mut book = lock(&feishu.book);
        let Some(instance) = book.find_mut(&id).filter(|found| found.status == "APPROVED") else {
            return Reply::error(409, "state_forbids", "only what is approved can be taken back").into_response();
        };
        instance.end("CANCELED", now);
        instance.reverted = true;
        let who = instance.originator.clone();
        instance.tell("CANCEL", &who, None, now);
    }
    tell(&feishu, &id, "REVERTED");
    Reply::json(200, &json!({"id": id})).into_response()
}
