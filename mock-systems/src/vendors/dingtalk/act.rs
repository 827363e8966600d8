//! Acting on instances: withdraw, decide, comment, hand over.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Instance, Status};
use super::events::{Told, tell};
use super::front::{call, refused};
use crate::reply::Reply;
use crate::world::lock;

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|problem| refused(400, "param.error", &problem.to_string()))
}

fn unknown() -> Reply {
    refused(400, "processInstance.notExist", "流程实例不存在")
}

fn ended() -> Reply {
    refused(400, "processInstance.status.error", "流程实例已结束")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminate {
    process_instance_id: String,
    is_system: Option<bool>,
    remark: Option<String>,
    operating_user_id: Option<String>,
}

pub(super) async fn terminate(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "terminate", &headers, |dingtalk| {
        let wanted: Terminate = read(&body)?;
        let now = dingtalk.desk.now();
        {
            let mut book = lock(&dingtalk.book);
            let instance = book.get_mut(&wanted.process_instance_id).ok_or_else(unknown)?;
            if instance.status != Status::Running {
                return Err(ended());
            }
            let by_system = wanted.is_system.unwrap_or(false);
            let operator = wanted.operating_user_id.unwrap_or_default();
            if !by_system && operator != instance.originator {
                return Err(refused(400, "param.error", "operatingUserId must be the originator unless isSystem is true"));
            }
            if dingtalk.desk.strikes("silent_no_op", "terminate") {
                return Ok(json!({"result": true, "success": true}));
            }
            instance.record(&operator, "TERMINATE_PROCESS_INSTANCE", "NONE", wanted.remark.as_deref(), now);
            instance.end(Status::Terminated, None, now);
        }
        tell(dingtalk, &wanted.process_instance_id, &Told::InstanceTerminate);
        Ok(json!({"result": true, "success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Execute {
    process_instance_id: String,
    task_id: Value,
    actioner_user_id: String,
    result: String,
    remark: Option<String>,
}

pub(super) async fn execute(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "execute", &headers, |dingtalk| {
        let wanted: Execute = read(&body)?;
        let agree = match wanted.result.as_str() {
            "agree" => true,
            "refuse" => false,
            _ => return Err(refused(400, "param.error", "result is agree or refuse")),
        };
        let task = wanted.task_id.as_u64().or_else(|| wanted.task_id.as_str()?.parse().ok());
        decide(dingtalk, &wanted.process_instance_id, Some((&wanted.actioner_user_id, task)), agree, wanted.remark.as_deref())?;
        Ok(json!({"result": true, "success": true}))
    })
    .await
}

/// Decides the running task of a person, or the first one where nobody is named.
pub(super) fn decide(dingtalk: &Shared, id: &str, by: Option<(&str, Option<u64>)>, agree: bool, remark: Option<&str>) -> Result<(), Reply> {
    let now = dingtalk.desk.now();
    let over = {
        let mut book = lock(&dingtalk.book);
        let instance = book.get_mut(id).ok_or_else(unknown)?;
        if instance.status != Status::Running {
            return Err(ended());
        }
        let fits = |user: &str, task: u64| match by {
            Some((who, which)) => who == user && which.is_none_or(|which| which == task),
            None => true,
        };
        let task = instance.tasks.iter_mut().find(|task| task.status == "RUNNING" && fits(&task.user, task.id));
        let task = task.ok_or_else(|| refused(400, "task.notExist", "任务不存在或已处理"))?;
        task.status = "COMPLETED";
        task.result = Some(if agree { "AGREE" } else { "REFUSE" });
        task.finished = Some(now);
        let user = task.user.clone();
        instance.record(&user, "EXECUTE_TASK_NORMAL", if agree { "AGREE" } else { "REFUSE" }, remark, now);
        let open = instance.tasks.iter().any(|task| task.status == "RUNNING");
        match agree {
            false => finish(instance, "refuse", now),
            true if open => false,
            true if instance.waiting.is_empty() => finish(instance, "agree", now),
            true => {
                book.hand_on(id, now);
                false
            }
        }
    };
    tell(dingtalk, id, &Told::TaskFinish { agree });
    tell(dingtalk, id, if over { &Told::InstanceFinish } else { &Told::TaskStart });
    Ok(())
}

fn finish(instance: &mut Instance, result: &'static str, now: crate::instant::Micros) -> bool {
    instance.end(Status::Completed, Some(result), now);
    instance.record("", "FINISH_PROCESS_INSTANCE", "NONE", None, now);
    true
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    process_instance_id: String,
    text: String,
    comment_user_id: String,
}

pub(super) async fn comment(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "comment", &headers, |dingtalk| {
        let wanted: Comment = read(&body)?;
        let now = dingtalk.desk.now();
        let mut book = lock(&dingtalk.book);
        let instance = book.get_mut(&wanted.process_instance_id).ok_or_else(unknown)?;
        instance.record(&wanted.comment_user_id, "ADD_REMARK", "NONE", Some(&wanted.text), now);
        Ok(json!({"result": true, "success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redirect {
    task_id: Value,
    to_user_id: String,
}

pub(super) async fn redirect(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "redirect", &headers, |dingtalk| {
        let wanted: Redirect = read(&body)?;
        let task = wanted.task_id.as_u64().or_else(|| wanted.task_id.as_str()?.parse().ok()).unwrap_or(0);
        let now = dingtalk.desk.now();
        let mut book = lock(&dingtalk.book);
        let id = book.instances.iter().find(|instance| instance.tasks.iter().any(|known| known.id == task)).map(|found| found.id.clone());
        match id.filter(|id| book.redirect(id, task, &wanted.to_user_id, now)) {
            Some(_) => Ok(json!({"result": true, "success": true})),
            None => Err(refused(400, "task.notExist", "任务不存在或已处理")),
        }
    })
    .await
}
