//! Approvals of a third party in the approval centre: definitions, instances pushed whole under a version, and the callback of a
//! decision made here. After the dossier; how an unknown definition and a malformed push are refused is chosen plainly.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::front::{call, invalid};
use crate::reply::Reply;
use crate::vendors::control::Wanted;
use crate::vendors::courier::{Letter, send};
use crate::world::lock;

/// Tasks and copies of one instance.
const TASKS_MAX: usize = 300;
const COPIES_MAX: usize = 200;
/// A decision is to be answered within this.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What is shown.
#[derive(Default)]
pub(super) struct Centre {
    definitions: Vec<Value>,
    instances: Vec<Value>,
}

const INSTANCE_STATES: [&str; 7] = ["PENDING", "APPROVED", "REJECTED", "CANCELED", "DELETED", "HIDDEN", "TERMINATED"];
const TASK_STATES: [&str; 5] = ["PENDING", "APPROVED", "REJECTED", "TRANSFERRED", "DONE"];

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, Reply> {
    value[name].as_str().filter(|text| !text.is_empty()).ok_or_else(|| invalid(1_390_001, &format!("param is invalid: {name}")))
}

fn millis(value: &Value, name: &str) -> Result<i64, Reply> {
    let found = value[name].as_str().and_then(|text| text.parse().ok());
    found.ok_or_else(|| invalid(1_390_001, &format!("param is invalid: {name} is milliseconds as a text")))
}

pub(super) async fn define(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "define_external", &headers, |feishu| {
        let wanted: Value = serde_json::from_slice(&body).map_err(|problem| invalid(1_390_001, &problem.to_string()))?;
        let code = text(&wanted, "approval_code")?.to_owned();
        text(&wanted, "approval_name")?;
        text(&wanted, "group_code")?;
        if !wanted["external"].is_object() || !wanted["viewers"].is_array() || !wanted["i18n_resources"].is_array() {
            return Err(invalid(1_390_001, "param is invalid: external, viewers, i18n_resources"));
        }
        let mut centre = lock(&feishu.centre);
        centre.definitions.retain(|known| known["approval_code"] != wanted["approval_code"]);
        centre.definitions.push(wanted);
        Ok(json!({"approval_code": code}))
    })
    .await
}

pub(super) async fn push(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "push_external", &headers, |feishu| {
        let wanted: Value = serde_json::from_slice(&body).map_err(|problem| invalid(1_390_001, &problem.to_string()))?;
        let (code, id, version) = (text(&wanted, "approval_code")?, text(&wanted, "instance_id")?, millis(&wanted, "update_time")?);
        check(&wanted)?;
        let mut centre = lock(&feishu.centre);
        if !centre.definitions.iter().any(|known| known["approval_code"] == code) {
            return Err(invalid(1_390_002, "approval code not found"));
        }
        match centre.instances.iter_mut().find(|known| known["instance_id"] == id) {
            // An older state that comes late.
            Some(known) if millis(known, "update_time")? > version => {}
            Some(known) => {
                let tasks = merged(known, &wanted);
                *known = wanted.clone();
                known["task_list"] = tasks;
            }
            None => centre.instances.push(wanted.clone()),
        }
        Ok(json!({"data": wanted}))
    })
    .await
}

fn check(wanted: &Value) -> Result<(), Reply> {
    for name in ["start_time", "end_time"] {
        millis(wanted, name)?;
    }
    if wanted["user_id"].as_str().or(wanted["open_id"].as_str()).is_none_or(str::is_empty) {
        return Err(invalid(1_390_001, "param is invalid: user_id"));
    }
    if !INSTANCE_STATES.contains(&text(wanted, "status")?) {
        return Err(invalid(1_390_001, "param is invalid: status"));
    }
    let tasks = wanted["task_list"].as_array().cloned().unwrap_or_default();
    if tasks.len() > TASKS_MAX || wanted["cc_list"].as_array().is_some_and(|copies| copies.len() > COPIES_MAX) {
        return Err(invalid(1_390_001, "param is invalid: task_list is longer than 300, or cc_list than 200"));
    }
    for task in &tasks {
        text(task, "task_id")?;
        text(task, "user_id")?;
        for name in ["create_time", "end_time", "update_time"] {
            millis(task, name)?;
        }
        if !TASK_STATES.contains(&text(task, "status")?) {
            return Err(invalid(1_390_001, "param is invalid: task status"));
        }
    }
    Ok(())
}

/// `UPDATE` keeps tasks that are not named; `REPLACE`, which is meant where nothing is said, forgets them.
fn merged(known: &Value, wanted: &Value) -> Value {
    let list = |value: &Value| value["task_list"].as_array().cloned().unwrap_or_default();
    if wanted["update_mode"] != "UPDATE" {
        return json!(list(wanted));
    }
    let mut tasks = list(known);
    for task in list(wanted) {
        match tasks.iter_mut().find(|known| known["task_id"] == task["task_id"]) {
            Some(known) => *known = task,
            None => tasks.push(task),
        }
    }
    json!(tasks)
}

#[derive(Deserialize)]
struct Checked {
    instances: Vec<Value>,
}

/// Instances that are shown otherwise than the caller thinks.
pub(super) async fn check_versions(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "check_external", &headers, |feishu| {
        let asked: Checked = serde_json::from_slice(&body).map_err(|problem| invalid(1_390_001, &problem.to_string()))?;
        let centre = lock(&feishu.centre);
        let differs = |asked: &&Value| {
            let known = centre.instances.iter().find(|known| known["instance_id"] == asked["instance_id"]);
            known.is_none_or(|known| known["update_time"] != asked["update_time"])
        };
        let differ: Vec<Value> = asked.instances.iter().filter(differs).cloned().collect();
        Ok(json!({"diff_instances": differ}))
    })
    .await
}

/// What people see in the centre.
pub(super) async fn shown(State(feishu): State<Shared>) -> Response<Body> {
    let centre = lock(&feishu.centre);
    Reply::json(200, &json!({"definitions": centre.definitions, "instances": centre.instances})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Click {
    task: String,
    action: String,
    #[serde(default)]
    reason: String,
    /// Somebody else than the task's person, as a forger would.
    user: Option<String>,
    /// Another token than the definition's.
    token: Option<String>,
    /// How often it is sent.
    times: Option<u32>,
}

/// Somebody clicks a button of a task; answers what the callback was answered.
pub(super) async fn act(State(feishu): State<Shared>, Wanted(click): Wanted<Click>) -> Response<Body> {
    let found = {
        let centre = lock(&feishu.centre);
        let of_task = |instance: &&Value| {
            instance["task_list"].as_array().is_some_and(|tasks| tasks.iter().any(|task| task["task_id"] == click.task.as_str()))
        };
        centre.instances.iter().find(of_task).and_then(|instance| {
            let definition = centre.definitions.iter().find(|known| known["approval_code"] == instance["approval_code"])?;
            let task = instance["task_list"].as_array()?.iter().find(|task| task["task_id"] == click.task.as_str())?;
            Some((definition["external"].clone(), instance.clone(), task.clone()))
        })
    };
    let Some((external, instance, task)) = found else { return Reply::error(404, "unknown", "there is no such task").into_response() };
    let url = external["action_callback_url"].as_str().unwrap_or_default().to_owned();
    let mut payload = Map::new();
    for (name, value) in [
        ("action_type", json!(click.action)),
        ("action_context", task["action_context"].clone()),
        ("user_id", click.user.map_or_else(|| task["user_id"].clone(), Value::String)),
        ("approval_code", instance["approval_code"].clone()),
        ("instance_id", instance["instance_id"].clone()),
        ("task_id", task["task_id"].clone()),
        ("token", click.token.map_or_else(|| external["action_callback_token"].clone(), Value::String)),
        ("reason", json!(click.reason)),
    ] {
        payload.insert(name.to_owned(), value);
    }
    let headers = vec![("content-type", "application/json".to_owned())];
    let letter = Letter { method: Method::POST, query: String::new(), headers, body: Value::Object(payload).to_string().into_bytes() };
    let mut answered = Vec::new();
    for _ in 0..click.times.unwrap_or(1) {
        answered.push(send(&url, &letter, ANSWER_WITHIN).await.map_or(0, |receipt| receipt.status));
    }
    Reply::json(200, &json!({"answered": answered})).into_response()
}
