//! The process centre: approvals of a system of one's own (自有OA) as templates, instances without a flow, and to-do tasks of people.
//! A task leads to a page; it is the other system that decides, and says so here.
//!
//! After the vendor's SDK and pages. Chosen plainly, since they do not say: that a task which is over may be updated again, that the
//! end of an instance closes what is open in it, and the code for a task that is not there.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Shared;
use super::front::{call, refused};
use crate::instant::Micros;
use crate::reply::Reply;
use crate::world::lock;

/// Templates of one company.
const TEMPLATES_MAX: usize = 200;
/// Tasks of one request.
const TASKS_MAX: usize = 20;
/// Rows of a page.
const PAGE_MAX: usize = 40;
const TITLE_MAX: usize = 64;
const URL_MAX: usize = 1_024;
const ACTIVITY_MAX: usize = 256;

/// What is shown.
#[derive(Default)]
pub(super) struct Centre {
    templates: Vec<(String, Value)>,
    instances: Vec<Instance>,
    tasks: Vec<Task>,
}

struct Instance {
    id: String,
    asked: Value,
    /// `RUNNING`, `COMPLETED` or `TERMINATED`.
    status: String,
    result: Option<String>,
}

struct Task {
    id: u64,
    instance: String,
    activity: String,
    asked: Value,
    /// `RUNNING`, `COMPLETED` or `CANCELED`.
    status: String,
    result: Option<String>,
    created: Micros,
}

impl Centre {
    /// The code of a template of this name.
    pub(super) fn code_of(&self, name: &str) -> Option<String> {
        self.templates.iter().find(|(_, template)| template["name"] == name).map(|(code, _)| code.clone())
    }

    fn instance(&self, id: &str) -> Result<&Instance, Reply> {
        let found = self.instances.iter().find(|instance| instance.id == id);
        found.ok_or_else(|| refused(400, "integrated.state.invalid", "流程实例不存在"))
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map_err(|problem| refused(400, "parameter.invalid", &problem.to_string()))
}

fn required(text: &str, name: &str) -> Result<(), Reply> {
    if text.is_empty() { Err(refused(400, "required.error", name)) } else { Ok(()) }
}

fn short(text: &str, most: usize, name: &str) -> Result<(), Reply> {
    if text.chars().count() > most { Err(refused(400, "parameter.invalid", &format!("{name}: 最大长度{most}字符"))) } else { Ok(()) }
}

pub(super) async fn save_template(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "save_template", &headers, |dingtalk| {
        let wanted: Value = read(&body)?;
        let name = wanted["name"].as_str().unwrap_or_default().to_owned();
        required(&name, "name")?;
        if wanted["formComponents"].as_array().is_none_or(Vec::is_empty) {
            return Err(refused(400, "formschema.error", "formComponents"));
        }
        let mut centre = lock(&dingtalk.centre);
        let asked = wanted["processCode"].as_str().unwrap_or_default().to_owned();
        if centre.templates.iter().any(|(code, template)| template["name"] == name.as_str() && *code != asked) {
            return Err(refused(400, "formName.error", "已有相同名称表单"));
        }
        if !asked.is_empty() {
            let known = centre.templates.iter_mut().find(|(code, _)| *code == asked);
            let known = known.ok_or_else(|| refused(400, "processcode.error", "processCode对应的审批流程不存在"))?;
            known.1 = wanted;
            return Ok(json!({"result": {"processCode": asked}}));
        }
        if centre.templates.len() >= TEMPLATES_MAX {
            return Err(refused(400, "processes.error", "审批流已超过最大数量"));
        }
        let code = format!("PROC-CENTRE-{:04}", centre.templates.len() + 1);
        centre.templates.push((code.clone(), wanted));
        Ok(json!({"result": {"processCode": code}}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    #[serde(default)]
    process_code: String,
    #[serde(default)]
    originator_user_id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    url: String,
}

/// There is no key: the same request twice makes two.
pub(super) async fn create_instance(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "centre_create", &headers, |dingtalk| {
        let wanted: Create = read(&body)?;
        required(&wanted.originator_user_id, "originatorUserId")?;
        required(&wanted.url, "url")?;
        short(&wanted.title, TITLE_MAX, "title")?;
        short(&wanted.url, URL_MAX, "url")?;
        let id = dingtalk.desk.id();
        let mut centre = lock(&dingtalk.centre);
        if !centre.templates.iter().any(|(code, _)| *code == wanted.process_code) {
            return Err(refused(400, "process.error", "审批流不存在"));
        }
        centre.instances.push(Instance { id: id.clone(), asked: read(&body)?, status: "RUNNING".to_owned(), result: None });
        Ok(json!({"result": {"processInstanceId": id}}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    #[serde(default)]
    process_instance_id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    result: String,
}

pub(super) async fn update_instance(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "centre_end", &headers, |dingtalk| {
        let wanted: Update = read(&body)?;
        if !["COMPLETED", "TERMINATED"].contains(&wanted.status.as_str()) || !["agree", "refuse"].contains(&wanted.result.as_str()) {
            return Err(refused(400, "internalError", "status: COMPLETED|TERMINATED, result: agree|refuse"));
        }
        let mut centre = lock(&dingtalk.centre);
        let found = centre.instances.iter_mut().find(|instance| instance.id == wanted.process_instance_id);
        let found = found.ok_or_else(|| refused(400, "process.inst.notExist", "审批单不存在或已删除"))?;
        found.status = wanted.status;
        // Ended before its time it is 已撤销, whatever the result says.
        found.result = (found.status == "COMPLETED").then_some(wanted.result);
        for task in centre.tasks.iter_mut().filter(|task| task.instance == wanted.process_instance_id && task.status == "RUNNING") {
            "CANCELED".clone_into(&mut task.status);
        }
        Ok(json!({"success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateTasks {
    #[serde(default)]
    process_instance_id: String,
    #[serde(default)]
    activity_id: String,
    #[serde(default)]
    tasks: Vec<Value>,
}

pub(super) async fn create_tasks(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "centre_ask", &headers, |dingtalk| {
        let wanted: CreateTasks = read(&body)?;
        if dingtalk.desk.strikes("centre_busy", "centre_ask") {
            return Err(refused(400, "integrated.concurrency.error", "不支持并发创建任务和实例，请稍后再试"));
        }
        if wanted.tasks.is_empty() {
            return Err(refused(400, "tasks.is.null", "参数错误，任务列表tasks不能为空"));
        }
        if wanted.tasks.len() > TASKS_MAX {
            return Err(refused(400, "integrated.number.exceed", "流程任务的数量到达上限"));
        }
        short(&wanted.activity_id, ACTIVITY_MAX, "activityId")?;
        let now = dingtalk.desk.now();
        let mut centre = lock(&dingtalk.centre);
        if centre.instance(&wanted.process_instance_id)?.status != "RUNNING" {
            return Err(refused(400, "integrated.state.invalid", "流程实例已完结，不能继续创建任务"));
        }
        for task in &wanted.tasks {
            if task["url"].as_str().is_some_and(|url| url.chars().count() > URL_MAX) {
                return Err(refused(400, "task.url.error", "任务列表tasks中url长度不能超过1024字符"));
            }
            if task["dueTimestamp"].as_i64().is_some_and(|due| due < dingtalk.desk.now_millis()) {
                return Err(refused(400, "task.dueTime.error", "任务列表tasks中截止时间dueTimestamp不能小于当前任务创建时间"));
            }
        }
        let mut made = Vec::new();
        for task in wanted.tasks {
            let id = 70_000_000_001 + u64::try_from(centre.tasks.len()).unwrap_or(0);
            made.push(json!({"taskId": id, "userId": task["userId"]}));
            let (instance, activity) = (wanted.process_instance_id.clone(), wanted.activity_id.clone());
            centre.tasks.push(Task { id, instance, activity, asked: task, status: "RUNNING".to_owned(), result: None, created: now });
        }
        Ok(json!({"result": made, "success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateTasks {
    process_instance_id: Option<String>,
    #[serde(default)]
    tasks: Vec<UpdateTask>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateTask {
    task_id: u64,
    status: String,
    result: Option<String>,
}

pub(super) async fn update_tasks(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "centre_settle", &headers, |dingtalk| {
        let wanted: UpdateTasks = read(&body)?;
        if wanted.tasks.is_empty() || wanted.tasks.len() > TASKS_MAX {
            return Err(refused(400, "internalError", "tasks: 1 to 20"));
        }
        let mut centre = lock(&dingtalk.centre);
        for update in &wanted.tasks {
            let fits = match update.status.as_str() {
                "CANCELED" => true,
                "COMPLETED" => update.result.as_deref().is_some_and(|result| ["AGREE", "REFUSE"].contains(&result)),
                _ => false,
            };
            if !fits {
                return Err(refused(400, "internalError", "status: CANCELED|COMPLETED, result: AGREE|REFUSE"));
            }
            let of = |task: &&Task| task.id == update.task_id && wanted.process_instance_id.as_ref().is_none_or(|id| *id == task.instance);
            if !centre.tasks.iter().any(|task| of(&task)) {
                return Err(refused(400, "integrated.permission.error", "无操作审批流的权限，请检查审批实例或者模板是否正确"));
            }
        }
        for update in wanted.tasks {
            if let Some(task) = centre.tasks.iter_mut().find(|task| task.id == update.task_id) {
                task.status = update.status;
                task.result = update.result;
            }
        }
        Ok(json!({"success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    #[serde(default)]
    process_instance_id: String,
    #[serde(default)]
    activity_id: String,
    #[serde(default)]
    activity_ids: Vec<String>,
}

pub(super) async fn cancel_tasks(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "centre_cancel", &headers, |dingtalk| {
        let wanted: Cancel = read(&body)?;
        required(&wanted.activity_id, "activityId")?;
        let mut centre = lock(&dingtalk.centre);
        centre.instance(&wanted.process_instance_id)?;
        let named = |activity: &String| *activity == wanted.activity_id || wanted.activity_ids.contains(activity);
        let open = centre.tasks.iter_mut().filter(|task| task.instance == wanted.process_instance_id && task.status == "RUNNING");
        for task in open.filter(|task| named(&task.activity)) {
            "CANCELED".clone_into(&mut task.status);
        }
        Ok(json!({"success": true}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Todo {
    #[serde(default)]
    user_id: String,
    #[serde(default)]
    page_number: usize,
    #[serde(default)]
    page_size: usize,
}

/// What somebody has open. The SDK reads the page under `result`, the vendor's page shows it under `taskPage`.
pub(super) async fn todo(State(dingtalk): State<Shared>, Query(asked): Query<Todo>, headers: HeaderMap) -> Response<Body> {
    call(dingtalk, "centre_todo", &headers, |dingtalk| {
        required(&asked.user_id, "userId")?;
        if asked.page_number == 0 || !(1..=PAGE_MAX).contains(&asked.page_size) {
            return Err(refused(400, "parameter.invalid", "pageNumber from 1, pageSize from 1 to 40"));
        }
        let visible = dingtalk.desk.now_millis() - dingtalk.desk.number("list_lag_ms", 0);
        let centre = lock(&dingtalk.centre);
        let open: Vec<&Task> = centre
            .tasks
            .iter()
            .filter(|task| task.asked["userId"] == asked.user_id.as_str() && task.status == "RUNNING")
            .filter(|task| task.created.0.div_euclid(1_000) <= visible)
            .collect();
        let first = (asked.page_number - 1) * asked.page_size;
        let row = |task: &&Task| {
            json!({
                "taskId": task.id, "activityId": task.activity, "userId": asked.user_id, "status": task.status,
                "createTime": task.created.0.div_euclid(1_000), "processInstanceId": task.instance,
            })
        };
        let list: Vec<Value> = open.iter().skip(first).take(asked.page_size).map(row).collect();
        let page = json!({"hasMore": open.len() > first + asked.page_size, "list": list});
        Ok(match dingtalk.desk.is_on("todo_as_documented") {
            true => json!({"requestId": "MOCK-REQUEST", "taskPage": page}),
            false => json!({"result": page}),
        })
    })
    .await
}

/// What people see in the centre.
pub(super) async fn shown(State(dingtalk): State<Shared>) -> Response<Body> {
    let centre = lock(&dingtalk.centre);
    let tasks_of = |id: &str| -> Vec<Value> {
        let tasks = centre.tasks.iter().filter(|task| task.instance == id);
        tasks
            .map(|task| {
                json!({
                    "task_id": task.id, "activity": task.activity, "user_id": task.asked["userId"], "url": task.asked["url"],
                    "status": task.status, "result": task.result,
                })
            })
            .collect()
    };
    let instances: Vec<Value> = centre
        .instances
        .iter()
        .map(|instance| {
            json!({
                "id": instance.id, "status": instance.status, "result": instance.result, "asked": instance.asked,
                "tasks": tasks_of(&instance.id),
            })
        })
        .collect();
    let templates: Vec<Value> = centre.templates.iter().map(|(code, template)| json!({"code": code, "template": template})).collect();
    drop(centre);
    Reply::json(200, &json!({"templates": templates, "instances": instances})).into_response()
}
