//! The old API: errors in status 200, the token in the query, times of Shanghai without saying so.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::book::local;
use super::create::{Wanted, begin, entry, old_refusal};
use super::events::push;
use super::front::{Api, errcode, run};
use super::read::{Window, page};
use super::{APP_KEY, Shared};
use crate::reply::Reply;
use crate::vendors::msgcrypt::{Callback, key};
use crate::world::lock;

#[derive(Deserialize)]
pub(super) struct WithToken {
    #[serde(default)]
    pub(super) access_token: String,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|_| old_refusal("parameter format is json , but parse error"))
}

#[derive(Deserialize)]
struct Create {
    #[serde(default)]
    process_code: String,
    #[serde(default)]
    originator_user_id: String,
    dept_id: Option<i64>,
    approvers: Option<String>,
    approvers_v2: Option<Vec<Approver>>,
    form_component_values: Vec<Value>,
}

#[derive(Deserialize)]
struct Approver {
    user_ids: Vec<String>,
    task_action_type: String,
}

pub(super) async fn create(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "create", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Create = read(&body)?;
        let refusal = |message: String| old_refusal(&message);
        if wanted.form_component_values.len() > 20 {
            return Err(old_refusal("form_component_values has at most 20 elements"));
        }
        let sequence = wanted.approvers.iter().flat_map(|people| people.split(',')).map(|one| ("NONE".to_owned(), vec![one.to_owned()]));
        let approvers = match wanted.approvers_v2 {
            Some(steps) => steps.into_iter().map(|step| (step.task_action_type, step.user_ids)).collect(),
            None => sequence.collect(),
        };
        let wanted = Wanted {
            originator: wanted.originator_user_id,
            department: wanted.dept_id.unwrap_or(-1),
            template: wanted.process_code,
            values: wanted.form_component_values.iter().map(|value| entry(value).map_err(refusal)).collect::<Result<_, _>>()?,
            approvers,
        };
        let id = begin(dingtalk, wanted).map_err(refusal)?;
        Ok(json!({"errcode": 0, "errmsg": "ok", "process_instance_id": id, "request_id": "mock"}))
    })
    .await
}

#[derive(Deserialize)]
struct Get {
    process_instance_id: String,
}

pub(super) async fn get(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "get", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Get = read(&body)?;
        let book = lock(&dingtalk.book);
        let Some(instance) = book.get(&wanted.process_instance_id) else {
            return Err(Reply::raw(200, json!({"errcode": 88, "sub_code": "820003", "sub_msg": "流程实例不存在"}).to_string()));
        };
        let values: Vec<Value> = instance.values.iter().map(|(name, text)| json!({"name": name, "value": text})).collect();
        Ok(json!({"errcode": 0, "errmsg": "ok", "request_id": "mock", "process_instance": {
            "title": instance.title, "create_time": local(instance.created), "finish_time": instance.finished.map(local),
            "originator_userid": instance.originator, "originator_dept_id": instance.department, "status": instance.status.name(),
            "result": instance.result.unwrap_or(""), "business_id": instance.business_id, "form_component_values": values,
            "biz_action": instance.action, "attached_process_instance_ids": instance.attached,
            "tasks": instance.tasks.iter().map(|task| json!({"taskid": task.id.to_string(), "userid": task.user,
                "task_status": task.status, "task_result": task.result.unwrap_or("NONE")})).collect::<Vec<_>>(),
        }}))
    })
    .await
}

#[derive(Deserialize)]
struct List {
    process_code: String,
    start_time: i64,
    end_time: Option<i64>,
    #[serde(default)]
    cursor: i64,
    size: Option<i64>,
    userid_list: Option<String>,
}

pub(super) async fn list(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "list", Api::Old, &with.access_token, |dingtalk| {
        let asked: List = read(&body)?;
        let users: Vec<String> = asked.userid_list.iter().flat_map(|users| users.split(',')).map(str::to_owned).collect();
        let window = Window {
            template: &asked.process_code,
            from_millis: asked.start_time,
            until_millis: asked.end_time,
            users: &users,
            statuses: &[],
            skip: asked.cursor,
            most: asked.size.unwrap_or(10),
        };
        let (ids, next) = page(dingtalk, &window).map_err(|message| old_refusal(&message))?;
        let mut result = json!({"list": ids});
        if let Some(next) = next {
            result["next_cursor"] = json!(next);
        }
        Ok(json!({"errcode": 0, "errmsg": "ok", "request_id": "mock", "result": result}))
    })
    .await
}

#[derive(Deserialize)]
struct Register {
    token: String,
    aes_key: String,
    url: String,
}

/// Saving sends `check_url` at once: the receiver must answer before it is registered.
pub(super) async fn register(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    if !dingtalk.is_signed_in(&with.access_token) {
        return errcode(40014, "不合法的access_token").into_response();
    }
    let wanted: Register = match read(&body) {
        Ok(wanted) => wanted,
        Err(reply) => return reply.into_response(),
    };
    let callback = key(&wanted.aes_key).map(|key| Callback { url: wanted.url, token: wanted.token, key, owner: APP_KEY.to_owned() });
    match save(&dingtalk, callback).await {
        Ok(()) => Reply::json(200, &json!({"errcode": 0, "errmsg": "ok"})),
        Err(problem) => errcode(71_007, &format!("返回失败字段的值非success: {problem}")),
    }
    .into_response()
}

/// Checks a callback's address with an event, and keeps it when the answer is right.
pub(super) async fn save(dingtalk: &Shared, callback: Result<Callback, String>) -> Result<(), String> {
    let callback = callback?;
    push(dingtalk, &callback, &json!({"EventType": "check_url"})).await?;
    *lock(&dingtalk.callback) = Some(callback);
    Ok(())
}

/// Reading empties it.
pub(super) async fn failed(State(dingtalk): State<Shared>, Query(with): Query<WithToken>) -> Response<Body> {
    if !dingtalk.is_signed_in(&with.access_token) {
        return errcode(40014, "不合法的access_token").into_response();
    }
    let events = std::mem::take(&mut *lock(&dingtalk.failed));
    Reply::json(200, &json!({"errcode": 0, "errmsg": "ok", "has_more": false, "failed_list": events})).into_response()
}
