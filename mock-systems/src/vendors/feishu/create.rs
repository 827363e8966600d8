//! Creating an instance. The same `uuid` never makes a second one.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Instance, Task};
use super::events::tell;
use super::front::{call, invalid};
use crate::instant::Micros;
use crate::reply::Reply;
use crate::vendors::templates::Field;
use crate::world::lock;

/// The uuid was used before.
const UUID_USED: i64 = 60_012;
/// The form is not as the definition wants it.
const BAD_FORM: i64 = 60_009;
const UUID_CHARACTERS_MAX: usize = 64;

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    approval_code: String,
    user_id: Option<String>,
    open_id: Option<String>,
    department_id: Option<String>,
    #[serde(default)]
    form: Value,
    #[serde(default)]
    node_approver_user_id_list: Vec<NodeApprover>,
    uuid: Option<String>,
}

#[derive(Deserialize)]
struct NodeApprover {
    value: Vec<String>,
}

pub(super) async fn create(State(feishu): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(feishu, "create", &headers, |feishu| {
        let wanted: Wanted = serde_json::from_slice(&body).map_err(|problem| invalid(60_001, &problem.to_string()))?;
        let originator = wanted.user_id.or(wanted.open_id).filter(|id| !id.is_empty());
        let originator = originator.ok_or_else(|| invalid(60_001, "user_id or open_id is needed"))?;
        let uuid = wanted.uuid.unwrap_or_default();
        if uuid.chars().count() > UUID_CHARACTERS_MAX {
            return Err(invalid(60_001, "uuid has at most 64 characters"));
        }
        let form = wanted.form.as_str().ok_or_else(|| invalid(BAD_FORM, "form is a string that holds a JSON array"))?;
        let now = feishu.desk.now();
        let code = feishu.desk.id().to_ascii_uppercase();
        {
            let mut book = lock(&feishu.book);
            let template = book.templates.iter().find(|template| template.code == wanted.approval_code);
            let template = template.ok_or_else(|| invalid(60_002, "approval code not found"))?;
            check(&template.fields, form).map_err(|message| invalid(BAD_FORM, &message))?;
            if !uuid.is_empty() && book.find(&uuid).is_some() {
                return Err(used());
            }
            let mut approvers: Vec<String> = wanted.node_approver_user_id_list.into_iter().flat_map(|node| node.value).collect();
            if approvers.is_empty() {
                approvers.push("manager01".to_owned());
            }
            let first = approvers.remove(0);
            let mut instance = Instance {
                code: code.clone(),
                uuid,
                serial: format!("{}{:04}", now.date_after(0).replace('-', ""), book.instances.len() + 1),
                template: wanted.approval_code,
                originator,
                department: wanted.department_id.unwrap_or_default(),
                form: form.to_owned(),
                status: "PENDING",
                reverted: false,
                started: now,
                ended: None,
                tasks: vec![task(feishu.desk.id(), first, now)],
                timeline: Vec::new(),
                comments: Vec::new(),
                waiting: approvers,
            };
            let who = instance.originator.clone();
            instance.tell("START", &who, None, now);
            book.instances.push(instance);
        }
        tell(feishu, &code, "PENDING");
        Ok(json!({"instance_code": code}))
    })
    .await
}

fn used() -> Reply {
    invalid(UUID_USED, "uuid conflict")
}

pub(super) fn task(id: String, user: String, now: Micros) -> Task {
    Task { id, user, status: "PENDING", started: now, ended: None }
}

/// A JSON text of controls that the definition knows, with values of their kind.
fn check(fields: &[Field], form: &str) -> Result<(), String> {
    let controls: Vec<Value> = serde_json::from_str(form).map_err(|_| "form is not a JSON array")?;
    check_controls(fields, &controls)?;
    let given = |id: &str| controls.iter().any(|control| control["id"] == id && !control["value"].is_null());
    let missing = fields.iter().find(|field| field.required && !given(&field.id));
    missing.map_or(Ok(()), |field| Err(format!("the control {} is required", field.id)))
}

fn check_controls(fields: &[Field], controls: &[Value]) -> Result<(), String> {
    for control in controls {
        let id = control["id"].as_str().unwrap_or_default();
        let field = fields.iter().find(|field| field.id == id).ok_or_else(|| format!("there is no control {id}"))?;
        if control["type"] != field.kind.as_str() {
            return Err(format!("the control {id} is {}", field.kind));
        }
        let value = &control["value"];
        let fits = match field.kind.as_str() {
            "number" | "amount" => value.is_number(),
            "date" => value.as_str().is_some_and(|text| Micros::parse(text).is_some() && !text.ends_with('Z')),
            "fieldList" => {
                let rows = value.as_array().ok_or_else(|| format!("the value of {id} is a list of rows"))?;
                for row in rows {
                    check_controls(&field.columns, row.as_array().ok_or("a row is a list of controls")?)?;
                }
                true
            }
            _ => value.is_string(),
        };
        if !fits {
            return Err(format!("the value of {id} does not fit {}", field.kind));
        }
    }
    Ok(())
}
