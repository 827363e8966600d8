//! What a test does behind the hub's back: register the callback as the developer console does, decide, revoke, look.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::act::decide as decide_task;
use super::book::{Instance, Status};
use super::events::{Told, tell};
use super::old::save;
use super::{APP_KEY, Shared};
use crate::reply::Reply;
use crate::vendors::control::Wanted;
use crate::vendors::msgcrypt::{Callback, key};
use crate::world::lock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    url: String,
    token: String,
    aes_key: String,
}

/// As the developer console does: the address is checked at once.
pub(super) async fn callback(State(dingtalk): State<Shared>, Wanted(wanted): Wanted<Register>) -> Response<Body> {
    let callback = key(&wanted.aes_key).map(|key| Callback { key, url: wanted.url, token: wanted.token, owner: APP_KEY.to_owned() });
    match save(&dingtalk, callback).await {
        Ok(()) => Reply::json(200, &json!({"registered": true})),
        Err(problem) => Reply::error(422, "not_acknowledged", &problem),
    }
    .into_response()
}

pub(super) async fn instances(State(dingtalk): State<Shared>) -> Response<Body> {
    let book = lock(&dingtalk.book);
    let shown = |instance: &Instance| {
        let values: serde_json::Map<String, Value> =
            instance.values.iter().map(|(name, text)| (name.clone(), Value::from(text.clone()))).collect();
        json!({
            "id": instance.id, "status": instance.status.name(), "result": instance.result, "action": instance.action,
            "main": instance.main, "originator": instance.originator, "values": values, "records": instance.records,
            "holders": instance.tasks.iter().filter(|task| task.status == "RUNNING").map(|task| &task.user).collect::<Vec<_>>(),
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
    remark: Option<String>,
}

/// The holders decide one after the other until the instance is over, or one of them refuses.
pub(super) async fn decide(State(dingtalk): State<Shared>, Path(id): Path<String>, Wanted(wanted): Wanted<Decision>) -> Response<Body> {
    loop {
        if let Err(reply) = decide_task(&dingtalk, &id, None, wanted.result == "agree", wanted.remark.as_deref()) {
            return reply.into_response();
        }
        let over = lock(&dingtalk.book).get(&id).is_none_or(|instance| instance.status != Status::Running);
        if over {
            return Reply::json(200, &json!({"id": id})).into_response();
        }
    }
}

/// Revoking what is approved is an instance of its own, attached to the first, which stays as it is.
pub(super) async fn revoke(State(dingtalk): State<Shared>, Path(id): Path<String>) -> Response<Body> {
    let now = dingtalk.desk.now();
    let attached = dingtalk.desk.id();
    {
        let mut book = lock(&dingtalk.book);
        let Some(main) = book.get_mut(&id).filter(|main| main.result == Some("agree")) else {
            return Reply::error(409, "state_forbids", "only what is approved can be revoked").into_response();
        };
        main.attached.push(attached.clone());
        let mut revoking = Instance {
            id: attached.clone(),
            title: format!("{}的撤销", main.title),
            action: "REVOKE",
            main: id.clone(),
            attached: Vec::new(),
            created: now,
            finished: None,
            records: Vec::new(),
            tasks: Vec::new(),
            waiting: Vec::new(),
            ..main.clone()
        };
        revoking.end(Status::Completed, Some("agree"), now);
        book.instances.push(revoking);
    }
    tell(&dingtalk, &attached, &Told::InstanceFinish);
    Reply::json(200, &json!({"id": attached})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transfer {
    to: String,
}

pub(super) async fn transfer(State(dingtalk): State<Shared>, Path(id): Path<String>, Wanted(wanted): Wanted<Transfer>) -> Response<Body> {
    let now = dingtalk.desk.now();
    let mut book = lock(&dingtalk.book);
    let running = |instance: &Instance| instance.tasks.iter().find(|task| task.status == "RUNNING").map(|task| task.id);
    let moved = book.get(&id).and_then(running).is_some_and(|task| book.redirect(&id, task, &wanted.to, now));
    drop(book);
    match moved {
        true => Reply::json(200, &json!({"id": id})),
        false => Reply::error(409, "state_forbids", "nobody holds it"),
    }
    .into_response()
}
