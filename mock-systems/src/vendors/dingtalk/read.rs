//! Reading: one instance, lists by the time of creation, templates.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Instance, minutes};
use super::front::{call, refused};
use crate::world::lock;

/// Longest window of a list, milliseconds.
const WINDOW_MILLIS: i64 = 120 * 86_400_000;
/// Rows of a page.
const PAGE_MAX: i64 = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ById {
    #[serde(default)]
    process_instance_id: String,
}

pub(super) async fn get(State(dingtalk): State<Shared>, Query(asked): Query<ById>, headers: HeaderMap) -> Response<Body> {
    call(dingtalk, "get", &headers, |dingtalk| match lock(&dingtalk.book).get(&asked.process_instance_id) {
        Some(instance) => Ok(json!({"success": true, "result": shown(instance)})),
        None => Err(refused(400, "processInstance.notExist", "流程实例不存在")),
    })
    .await
}

fn shown(instance: &Instance) -> Value {
    let tasks: Vec<Value> = instance
        .tasks
        .iter()
        .map(|task| {
            json!({
                "taskId": task.id, "userId": task.user, "status": task.status, "result": task.result.unwrap_or("NONE"),
                "createTime": minutes(task.created), "finishTime": task.finished.map(minutes), "activityId": "a1",
                "processInstanceId": instance.id, "taskGroupName": "",
            })
        })
        .collect();
    let values: Vec<Value> = instance.values.iter().map(|(name, text)| json!({"name": name, "value": text, "extValue": null})).collect();
    json!({
        "title": instance.title, "createTime": minutes(instance.created), "finishTime": instance.finished.map(minutes),
        "originatorUserId": instance.originator, "originatorDeptId": instance.department, "originatorDeptName": "总部",
        "status": instance.status.name(), "result": instance.result.unwrap_or(""), "businessId": instance.business_id,
        "approverUserIds": instance.tasks.iter().map(|task| &task.user).collect::<Vec<_>>(), "ccUserIds": [],
        "bizAction": instance.action, "bizData": "", "mainProcessInstanceId": instance.main,
        "attachedProcessInstanceIds": instance.attached, "operationRecords": instance.records, "tasks": tasks,
        "formComponentValues": values,
    })
}

/// What both APIs ask a list with.
pub(super) struct Window<'a> {
    pub template: &'a str,
    pub from_millis: i64,
    pub until_millis: Option<i64>,
    pub users: &'a [String],
    pub statuses: &'a [String],
    pub skip: i64,
    pub most: i64,
}

/// Ids of a page and where the next one begins; the error is a sentence.
pub(super) fn page(dingtalk: &Shared, asked: &Window<'_>) -> Result<(Vec<String>, Option<i64>), String> {
    let now = dingtalk.desk.now_millis();
    if !(1..=PAGE_MAX).contains(&asked.most) {
        return Err(format!("a page has 1 to {PAGE_MAX} rows"));
    }
    let until = asked.until_millis.unwrap_or(now);
    if until - asked.from_millis > WINDOW_MILLIS || asked.from_millis > until {
        return Err("the window is at most 120 days".to_owned());
    }
    let visible = now - dingtalk.desk.number("list_lag_ms", 0);
    let book = lock(&dingtalk.book);
    let fits = |instance: &&Instance| {
        let created = instance.created.0.div_euclid(1_000);
        instance.template == asked.template
            && (asked.from_millis..=until).contains(&created)
            && created <= visible
            && (asked.users.is_empty() || asked.users.contains(&instance.originator))
            && (asked.statuses.is_empty() || asked.statuses.iter().any(|status| status == instance.status.name()))
    };
    let all: Vec<&Instance> = book.instances.iter().filter(fits).collect();
    let rows = all.iter().skip(usize::try_from(asked.skip).unwrap_or(0)).take(usize::try_from(asked.most).unwrap_or(0));
    let ids: Vec<String> = rows.map(|instance| instance.id.clone()).collect();
    let end = asked.skip + asked.most;
    let more = i64::try_from(all.len()).unwrap_or(i64::MAX) > end;
    Ok((ids, more.then_some(end)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListBody {
    #[serde(default)]
    process_code: String,
    start_time: i64,
    end_time: Option<i64>,
    #[serde(default)]
    next_token: i64,
    max_results: i64,
    #[serde(default)]
    user_ids: Vec<String>,
    #[serde(default)]
    statuses: Vec<String>,
}

pub(super) async fn list(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "list", &headers, |dingtalk| {
        let invalid = |message: &str| refused(400, "param.error", message);
        let asked: ListBody = serde_json::from_slice(&body).map_err(|problem| invalid(&problem.to_string()))?;
        let window = Window {
            template: &asked.process_code,
            from_millis: asked.start_time,
            until_millis: asked.end_time,
            users: &asked.user_ids,
            statuses: &asked.statuses,
            skip: asked.next_token,
            most: asked.max_results,
        };
        let (ids, next) = page(dingtalk, &window).map_err(|message| invalid(&message))?;
        let mut result = json!({"list": ids});
        // The last page has no token at all.
        if let Some(next) = next {
            result["nextToken"] = json!(next);
        }
        Ok(json!({"success": true, "result": result}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ByCode {
    #[serde(default)]
    process_code: String,
}

pub(super) async fn schema(State(dingtalk): State<Shared>, Query(asked): Query<ByCode>, headers: HeaderMap) -> Response<Body> {
    call(dingtalk, "schema", &headers, |dingtalk| {
        let template = dingtalk.template(&asked.process_code);
        let template = template.ok_or_else(|| refused(400, "process.notExist", "there is no such process"))?;
        let items: Vec<Value> = template
            .fields
            .iter()
            .map(|field| {
                let children: Vec<Value> = field.columns.iter().map(|column| item(&column.kind, &column.id, &column.label, false)).collect();
                let mut shown = item(&field.kind, &field.id, &field.label, field.required);
                shown["children"] = json!(children);
                shown
            })
            .collect();
        Ok(json!({"result": {"processCode": template.code, "name": template.name, "schemaContent": {"items": items, "title": template.name}}}))
    })
    .await
}

fn item(kind: &str, id: &str, label: &str, required: bool) -> Value {
    json!({"componentName": kind, "props": {"id": id, "label": label, "required": required}})
}

#[derive(Deserialize)]
pub(super) struct ByName {
    #[serde(default)]
    name: String,
}

pub(super) async fn code_by_name(State(dingtalk): State<Shared>, Query(asked): Query<ByName>, headers: HeaderMap) -> Response<Body> {
    call(dingtalk, "code_by_name", &headers, |dingtalk| {
        let book = lock(&dingtalk.book);
        let own = book.templates.iter().find(|template| template.name == asked.name).map(|template| template.code.clone());
        match own.or_else(|| lock(&dingtalk.centre).code_of(&asked.name)) {
            Some(code) => Ok(json!({"result": {"processCode": code}})),
            None => Err(refused(400, "process.notExist", "there is no such process")),
        }
    })
    .await
}
