//! Creating an instance. There is no key: the same request twice makes two.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Instance, Status};
use super::events::{Told, tell};
use super::front::{call, refused};
use crate::reply::Reply;
use crate::vendors::templates::{Field, Template};
use crate::world::lock;

/// What both APIs ask for.
pub(super) struct Wanted {
    pub originator: String,
    pub department: i64,
    pub template: String,
    pub values: Vec<(String, String)>,
    /// Mode and people of each step.
    pub approvers: Vec<(String, Vec<String>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body1 {
    #[serde(default)]
    originator_user_id: String,
    #[serde(default)]
    process_code: String,
    dept_id: Option<i64>,
    #[serde(default)]
    approvers: Vec<Approver>,
    #[serde(default)]
    form_component_values: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approver {
    action_type: String,
    user_ids: Vec<String>,
}

pub(super) async fn create(State(dingtalk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    call(dingtalk, "create", &headers, |dingtalk| {
        let invalid = |message: String| refused(400, "param.error", &message);
        let wanted: Body1 = serde_json::from_slice(&body).map_err(|problem| invalid(problem.to_string()))?;
        let wanted = Wanted {
            originator: wanted.originator_user_id,
            department: wanted.dept_id.unwrap_or(-1),
            template: wanted.process_code,
            values: wanted.form_component_values.iter().map(|value| entry(value).map_err(invalid)).collect::<Result<_, _>>()?,
            approvers: wanted.approvers.into_iter().map(|one| (one.action_type, one.user_ids)).collect(),
        };
        let id = begin(dingtalk, wanted).map_err(invalid)?;
        Ok(json!({"instanceId": id}))
    })
    .await
}

/// Name and value of a component; every value is a text.
pub(super) fn entry(value: &Value) -> Result<(String, String), String> {
    let name = value["name"].as_str().ok_or("formComponentValues.name is needed")?;
    let text = value["value"].as_str().ok_or_else(|| format!("the value of `{name}` is not a string"))?;
    Ok((name.to_owned(), text.to_owned()))
}

/// Checks a request, makes the instance and tells of it; the error is a sentence.
pub(super) fn begin(dingtalk: &Shared, wanted: Wanted) -> Result<String, String> {
    if wanted.originator.is_empty() {
        return Err("originatorUserId is needed".to_owned());
    }
    let template = dingtalk.template(&wanted.template).ok_or_else(|| format!("there is no process {}", wanted.template))?;
    check(&template, &wanted.values)?;
    for (mode, people) in &wanted.approvers {
        let several = matches!(mode.as_str(), "AND" | "OR");
        if people.is_empty() || (several && people.len() < 2) || (!several && mode != "NONE") {
            return Err("approvers: AND and OR need more than one user, NONE one".to_owned());
        }
    }
    let now = dingtalk.desk.now();
    let id = dingtalk.desk.id();
    let mut instance = Instance {
        id: id.clone(),
        business_id: format!("{}{:09}", now.to_rfc3339()[..19].replace(['-', 'T', ':'], ""), dingtalk.desk.dice.below(1_000_000_000)),
        template: wanted.template,
        title: format!("{}提交的{}", wanted.originator, template.name),
        department: wanted.department.to_string(),
        values: wanted.values,
        status: Status::Running,
        result: None,
        action: "NONE",
        main: String::new(),
        attached: Vec::new(),
        created: now,
        finished: None,
        records: Vec::new(),
        tasks: Vec::new(),
        waiting: if wanted.approvers.is_empty() { vec![("NONE".to_owned(), vec!["manager01".to_owned()])] } else { wanted.approvers },
        originator: wanted.originator,
    };
    let originator = instance.originator.clone();
    instance.record(&originator, "START_PROCESS_INSTANCE", "NONE", None, now);
    {
        let mut book = lock(&dingtalk.book);
        book.instances.push(instance);
        book.hand_on(&id, now);
    }
    tell(dingtalk, &id, &Told::InstanceStart);
    tell(dingtalk, &id, &Told::TaskStart);
    Ok(id)
}

/// A label that the template does not know is refused: somebody renamed the control.
fn check(template: &Template, values: &[(String, String)]) -> Result<(), String> {
    for (name, text) in values {
        let field = template.fields.iter().find(|field| field.label == *name);
        let field = field.ok_or_else(|| format!("the form has no component `{name}`"))?;
        if !field.columns.is_empty() {
            check_table(field, text)?;
        }
        if matches!(field.kind.as_str(), "MoneyField" | "NumberField") && text.parse::<f64>().is_err() {
            return Err(format!("the value of `{name}` is not a number"));
        }
    }
    let missing =
        template.fields.iter().find(|field| field.required && !values.iter().any(|(name, text)| *name == field.label && !text.is_empty()));
    missing.map_or(Ok(()), |field| Err(format!("the component `{}` is required", field.label)))
}

/// A JSON text of rows, each a list of names and texts.
fn check_table(field: &Field, text: &str) -> Result<(), String> {
    let bad = || format!("the value of `{}` is not a JSON array of rows", field.label);
    let rows: Vec<Vec<Value>> = serde_json::from_str(text).map_err(|_| bad())?;
    for cell in rows.iter().flatten() {
        let (name, _) = entry(cell)?;
        if !field.columns.iter().any(|column| column.label == name) {
            return Err(format!("the table `{}` has no component `{name}`", field.label));
        }
    }
    Ok(())
}

/// A refusal of the old API about content.
pub(super) fn old_refusal(message: &str) -> Reply {
    super::front::errcode(41, &format!("Invalid arguments:{message}"))
}
