//! Creating a request. The same call twice makes two.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::Shared;
use super::answer::{Done, Refusal, wrong};
use super::book::{Answer, Book, Request};
use super::events::tell;
use super::form::{Form, Row, row};
use super::front::call;
use crate::vendors::templates::{Field, Template};
use crate::world::lock;

pub(super) async fn create(State(weaver): State<Shared>, headers: HeaderMap, body: String) -> Response<Body> {
    call(weaver, "create", &headers, |weaver, person| {
        let form = Form::read(&body);
        let other = form.json("otherParams", json!({}))?;
        let flag = |name: &str| other[name].as_str().is_none_or(|flag| flag != "0");
        let (moves, deletes) = (flag("isnextflow"), flag("delReqFlowFaild"));
        let stuck = moves && weaver.desk.strikes("flow_stuck", "create");
        let now = weaver.desk.now();
        let id = {
            let mut book = lock(&weaver.book);
            let mut request = read(&mut book, &form, person, now)?;
            let id = request.id;
            if stuck {
                let data = (!deletes).then(|| json!({"requestid": id}));
                if !deletes {
                    book.requests.push(request);
                }
                return Err(Refusal { code: "FAIL", problem: json!({}), kind: Some("NO_NEXT_NODE_OPERATOR"), data });
            }
            if moves {
                request.answer(person, Answer::Agree, form.text("remark"), now);
            }
            book.requests.push(request);
            id
        };
        tell(weaver, id, "create");
        Ok(Done::Data(json!({"requestid": id})))
    })
    .await
}

fn read(book: &mut Book, form: &Form, person: &str, now: crate::instant::Micros) -> Result<Request, Refusal> {
    let code = form.text("workflowId");
    let workflow = book.active(code).ok_or_else(|| wrong("workflowId", &format!("{}", code.parse::<u64>().unwrap_or(0))))?.clone();
    if form.text("requestName").is_empty() {
        return Err(wrong("requestName", "不能为空"));
    }
    let main = row("mainData", &workflow.fields, &form.json("mainData", Value::Null)?)?;
    let given = |field: &Field| main.iter().any(|(name, value)| *name == field.id && !value.is_empty());
    if let Some(missing) = workflow.fields.iter().find(|field| field.required && !given(field)) {
        return Err(wrong("mainData", &format!("字段{}必填", missing.id)));
    }
    let details = details(&workflow, &form.json("detailData", json!([]))?)?;
    let mut request = Request::new(book.next_id(), code, form.text("requestName"), person, now);
    if let level @ ("0" | "1" | "2") = form.text("requestLevel") {
        level.clone_into(&mut request.level);
    }
    request.main = main;
    request.details = details;
    Ok(request)
}

/// `[{"tableDBName", "workflowRequestTableRecords": [{"recordOrder": 0, "workflowRequestTableFields": […]}]}]`.
fn details(workflow: &Template, given: &Value) -> Result<Vec<(String, Vec<Row>)>, Refusal> {
    let given = given.as_array().ok_or_else(|| wrong("detailData", "应为数组"))?;
    let mut tables = Vec::new();
    for table in given {
        let name = table["tableDBName"].as_str().unwrap_or_default();
        let field = workflow.fields.iter().find(|field| field.id == name && !field.columns.is_empty());
        let field = field.ok_or_else(|| wrong("detailData", &format!("明细表{name}不存在")))?;
        let records =
            table["workflowRequestTableRecords"].as_array().ok_or_else(|| wrong("detailData", "缺少workflowRequestTableRecords"))?;
        let mut rows = Vec::new();
        for record in records {
            if record["recordOrder"] != 0 {
                return Err(wrong("detailData", "新增明细的recordOrder为0"));
            }
            rows.push(row("detailData", &field.columns, &record["workflowRequestTableFields"])?);
        }
        tables.push((name.to_owned(), rows));
    }
    Ok(tables)
}
