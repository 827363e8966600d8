//! Reading one request: where it stands, its form, its log, its people.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::answer::{Done, Refusal, forbidden, wrong};
use super::book::{Request, local, stamp};
use super::form::Row;
use super::front::call;
use super::workflow::{MAIN_TABLE, NODES};
use crate::vendors::templates::Field;
use crate::world::lock;

/// The number of a request: two of the calls write its name small.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(alias = "requestid", default)]
    #[serde(rename = "requestId")]
    request_id: String,
    #[serde(rename = "otherParams", default)]
    other: String,
}

/// Entries of the log on a page, where nobody says.
const PAGE_SIZE: usize = 10;

/// Looks at a request that there is, and that the person may see.
fn seen<R>(weaver: &Shared, person: &str, asked: &Asked, look: impl FnOnce(&Request, &[Field]) -> R) -> Result<R, Refusal> {
    let book = lock(&weaver.book);
    let found = asked.request_id.parse().ok().and_then(|id| book.get(id)).ok_or_else(|| wrong("requestId", "流程不存在"))?;
    if !found.is_seen_by(person) {
        return Err(forbidden());
    }
    let workflow = book.workflows.iter().find(|workflow| workflow.code == found.workflow);
    Ok(look(found, workflow.map(|workflow| workflow.fields.as_slice()).unwrap_or_default()))
}

pub(super) async fn status(State(weaver): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(weaver, "status", &headers, |weaver, person| {
        let shown = seen(weaver, person, &asked, |request, _| {
            let isremark =
                request.operators.iter().rfind(|operator| operator.person == person).map_or(-1, |operator| i64::from(operator.state));
            json!({
                "create": false, "creatertype": 0, "creatorId": request.creator, "currentNodeId": request.node().id.to_string(),
                "currentNodeType": request.node().kind.to_string(), "isremark": isremark, "languageid": 7,
                "mainTableInfoEntity": {"billid": -45, "tableDbName": MAIN_TABLE}, "requestId": request.id.to_string(),
                "requestLevel": request.level, "requestName": request.name, "status": request.status,
                "workflowBaseInfo": {"formId": "-45", "isBill": "1", "workflowName": "采购订单审批", "workflowTypeId": "12"},
                "workflowId": request.workflow.parse::<u64>().unwrap_or(0),
            })
        });
        shown.map(Done::Data)
    })
    .await
}

pub(super) async fn form(State(weaver): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(weaver, "form", &headers, |weaver, person| {
        let shown = seen(weaver, person, &asked, |request, fields| {
            let columns = |table: &str| fields.iter().find(|field| field.id == table).map(|field| field.columns.as_slice()).unwrap_or_default();
            let detail = |(table, rows): &(String, Vec<Row>)| {
                let record = |(at, row): (usize, &Row)| json!({"recordOrder": at + 1, "workflowRequestTableFields": cells(columns(table), row)});
                json!({"tableDBName": table, "tableTitle": "", "workflowRequestTableRecords": rows.iter().enumerate().map(record).collect::<Vec<_>>()})
            };
            let mut main = vec![cell("requestname", "标题", &request.name)];
            main.extend(cells(fields, &request.main));
            json!({
                "canEdit": false, "canView": true, "createTime": stamp(request.created), "creatorId": request.creator, "creatorName": name(&request.creator),
                "currentNodeId": request.node().id.to_string(), "currentNodeName": request.node().name,
                "lastOperateTime": stamp(request.touched), "lastOperatorName": name(&request.last_person), "requestId": request.id.to_string(),
                "requestLevel": request.level, "requestName": request.name, "status": request.status,
                "workflowBaseInfo": {"workflowId": request.workflow, "workflowName": "采购订单审批", "workflowTypeId": "12", "workflowTypeName": "采购"},
                "workflowMainTableInfo": {"requestRecords": [{"recordOrder": 0, "workflowRequestTableFields": main}], "tableDBName": MAIN_TABLE},
                "workflowDetailTableInfos": request.details.iter().map(detail).collect::<Vec<_>>(),
            })
        });
        shown.map(Done::Data)
    })
    .await
}

/// The newest first.
pub(super) async fn log(State(weaver): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(weaver, "log", &headers, |weaver, person| {
        let other: Value = serde_json::from_str(&asked.other).unwrap_or_default();
        let number =
            |name: &str, otherwise: usize| other[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(otherwise);
        let (size, page) = (number("pageSize", PAGE_SIZE), number("pageNumber", 1));
        let shown = seen(weaver, person, &asked, |request, _| {
            let entries = request.log.iter().enumerate().rev().skip(size * page.saturating_sub(1)).take(size);
            let shown = entries.map(|(at, entry)| {
                let (day, time) = local(entry.at);
                let node = NODES.iter().find(|node| node.id == entry.node).map_or("", |node| node.name);
                json!({
                    "id": (900 + at).to_string(), "logtype": entry.kind, "operator": entry.person, "operatortype": "0", "operatedate": day,
                    "operatetime": time, "nodeid": entry.node.to_string(), "nodename": node, "destnodeid": entry.to.to_string(),
                    "remarkHtml": entry.remark, "nodeattribute": "0", "agenttype": "0", "agentorbyagentid": "-1", "logid": "0",
                })
            });
            json!(shown.collect::<Vec<_>>())
        });
        shown.map(Done::Data)
    })
    .await
}

pub(super) async fn operators(State(weaver): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(weaver, "operators", &headers, |weaver, person| {
        let shown = seen(weaver, person, &asked, |request, _| {
            let shown = request.operators.iter().enumerate().map(|(at, operator)| {
                let (received, answered) = (local(operator.received), operator.answered.map(local).unwrap_or_default());
                let node = NODES.iter().find(|node| node.id == operator.node).map_or("", |node| node.name);
                json!({
                    "id": 800 + at, "groupid": 0, "isremark": operator.state, "preisremark": operator.state, "nodeid": operator.node, "nodeName": node,
                    "userid": operator.person.parse::<u64>().unwrap_or(0), "userName": name(&operator.person), "userType": 0, "viewType": 0,
                    "receivedate": received.0, "receivetime": received.1, "operatedate": answered.0, "operatetime": answered.1,
                })
            });
            json!(shown.collect::<Vec<_>>())
        });
        shown.map(Done::Data)
    })
    .await
}

fn cells(fields: &[Field], row: &Row) -> Vec<Value> {
    let shown = |field: &Field| {
        let value = row.iter().find(|(name, _)| *name == field.id).map(|(_, value)| value.as_str());
        cell(&field.id, &field.label, value.unwrap_or_default())
    };
    fields.iter().filter(|field| field.columns.is_empty()).map(shown).collect()
}

fn cell(name: &str, label: &str, value: &str) -> Value {
    json!({
        "edit": false, "view": true, "mand": false, "fieldName": name, "fieldShowName": label, "fieldValue": value, "fieldShowValue": value,
        "fieldHtmlType": "1", "fieldFormName": name,
    })
}

/// Fictional names of people.
pub(super) fn name(person: &str) -> String {
    format!("员工{person}")
}
