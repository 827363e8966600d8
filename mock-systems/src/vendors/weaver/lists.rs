//! Lists and counts: a bare array, a bare number, always of what the acting person has to do with.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::Shared;
use super::answer::{Done, wrong};
use super::book::{Request, local, stamp};
use super::form::Form;
use super::front::call;
use super::read::name;
use crate::reply::respond;
use crate::vendors::templates::Template;
use crate::world::lock;

/// One kind of list: `getNAMEWorkflowRequestList` and `…Count`.
struct Kind {
    name: &'static str,
    holds: fn(&Request, &str) -> bool,
}

fn asks(request: &Request, person: &str, states: &[u8]) -> bool {
    request.operators.iter().any(|operator| operator.person == person && states.contains(&operator.state))
}

static KINDS: &[Kind] = &[
    Kind { name: "ToDo", holds: |request, person| asks(request, person, &[0, 1]) },
    Kind { name: "Doing", holds: |request, person| asks(request, person, &[0]) },
    Kind { name: "Handled", holds: |request, person| asks(request, person, &[2]) && !request.is_over() },
    Kind { name: "Processed", holds: |request, person| asks(request, person, &[2, 4]) && request.is_over() },
    Kind { name: "My", holds: |request, person| request.creator == person },
    Kind { name: "All", holds: Request::is_seen_by },
];

pub(super) async fn list(State(weaver): State<Shared>, Path(asked): Path<String>, headers: HeaderMap, body: String) -> Response<Body> {
    let inner = asked.strip_prefix("get").unwrap_or_default();
    let part = |end: &str| inner.strip_suffix(end).and_then(|wanted| KINDS.iter().find(|kind| kind.name == wanted));
    let (kind, counts) = match (part("WorkflowRequestList"), part("WorkflowRequestCount")) {
        (Some(kind), _) => (kind, false),
        (_, Some(kind)) => (kind, true),
        _ => return respond(StatusCode::NOT_FOUND.as_u16(), "text/html", Body::from("<html><body>404 Not Found</body></html>")),
    };
    let api = if counts { "count" } else { "list" };
    call(weaver, api, &headers, |weaver, person| {
        let form = Form::read(&body);
        let conditions = form.json("conditions", json!({}))?;
        let number = |name: &str, otherwise: usize| match form.text(name) {
            "" => Ok(otherwise),
            text => text.parse().ok().filter(|number| *number > 0).ok_or_else(|| wrong(name, "参数错误")),
        };
        let (page, size) = (number("pageNo", 1)?, number("pageSize", 10)?);
        let visible = weaver.desk.now_millis() - weaver.desk.number("list_lag_ms", 0);
        let book = lock(&weaver.book);
        let fits = |request: &&Request| {
            (kind.holds)(request, person) && request.created.0.div_euclid(1_000) <= visible && meets(request, &conditions)
        };
        let mut all: Vec<&Request> = book.requests.iter().filter(fits).collect();
        if counts {
            return Ok(Done::Bare(json!(all.len())));
        }
        all.sort_by_key(|request| std::cmp::Reverse((request.touched, request.id)));
        let shown: Vec<Value> = all.into_iter().skip(size * (page - 1)).take(size).map(shown).collect();
        Ok(Done::Bare(json!(shown)))
    })
    .await
}

/// A title is met by a part of it; conditions that nobody knows are passed over.
fn meets(request: &Request, conditions: &Value) -> bool {
    let text = |name: &str| conditions[name].as_str().unwrap_or_default();
    let between =
        |kind: &str, from: &str, to: &str, day: &str| text(kind) != "6" || (text(from) <= day && (text(to).is_empty() || day <= text(to)));
    request.name.contains(text("requestname"))
        && (text("nodetype").is_empty() || text("nodetype") == request.node().kind.to_string())
        && between("createdateselect", "createdatefrom", "createdateto", &local(request.created).0)
        && between("operatedateselect", "operatedatefrom", "operatedateto", &local(request.touched).0)
}

fn shown(request: &Request) -> Value {
    json!({
        "requestId": request.id.to_string(), "requestName": request.name, "requestLevel": request.level, "status": request.status,
        "createTime": stamp(request.created), "creatorId": request.creator, "creatorName": name(&request.creator),
        "currentNodeId": request.node().id.to_string(), "currentNodeName": request.node().name, "lastOperateTime": stamp(request.touched),
        "lastOperatorId": request.last_person, "lastOperatorName": name(&request.last_person), "receiveTime": stamp(request.touched), "sysName": "",
        "workflowBaseInfo": {"formId": "-45", "workflowId": request.workflow, "workflowName": "采购订单审批", "workflowTypeId": "12", "workflowTypeName": "采购"},
    })
}

/// The workflows that requests can be made of.
pub(super) async fn workflows(State(weaver): State<Shared>, headers: HeaderMap) -> Response<Body> {
    call(weaver, "workflows", &headers, |weaver, _| {
        let book = lock(&weaver.book);
        let shown = |workflow: &Template| json!({"formId": "-45", "workflowId": workflow.code, "workflowName": workflow.name, "workflowTypeId": "12", "workflowTypeName": "采购"});
        let active = book.workflows.iter().filter(|workflow| book.active(&workflow.code).is_some());
        Ok(Done::Bare(json!(active.map(shown).collect::<Vec<_>>())))
    })
    .await
}
