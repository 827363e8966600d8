//! The calls there are: apply, list, detail, template.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::book::{Approval, Record, shown};
use super::events::{Change, tell};
use super::front::{Refusal, WithToken, call, refuse};
use crate::vendors::templates::Field;
use crate::world::lock;

/// The approval's parameters are wrong; the words say which.
const BAD_PARAMETERS: i64 = 301_025;
/// Longest window of a list, seconds.
const WINDOW_SECONDS: i64 = 31 * 86_400;

#[derive(Deserialize)]
struct Apply {
    #[serde(default)]
    creator_userid: String,
    #[serde(default)]
    template_id: String,
    #[serde(default)]
    use_template_approver: u8,
    process: Option<Value>,
    /// The older way to name people: 1 is any of them, 2 all, the other way round than in `process`.
    #[serde(default)]
    approver: Vec<Legacy>,
    #[serde(default)]
    apply_data: Value,
    #[serde(default)]
    summary_list: Vec<Value>,
}

#[derive(Deserialize)]
struct Legacy {
    attr: u8,
    userid: Vec<String>,
}

pub(super) async fn apply(State(wecom): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    call(wecom, "apply", &with, |wecom| {
        let bad = |message: &str| Refusal(BAD_PARAMETERS, format!("approval parameter error: {message}"));
        let wanted: Apply = serde_json::from_slice(&body).map_err(|problem| bad(&problem.to_string()))?;
        if wanted.creator_userid.is_empty() {
            return Err(bad("creator_userid"));
        }
        if wanted.summary_list.is_empty() || wanted.summary_list.len() > 3 {
            return Err(bad("summary_list has 1 to 3 lines"));
        }
        let holders = match (wanted.use_template_approver, &wanted.process) {
            (1, _) => vec!["manager01".to_owned()],
            (_, Some(process)) => approvers(process).ok_or_else(|| bad("process.node_list"))?,
            (_, None) if wanted.approver.iter().any(|one| !matches!(one.attr, 1 | 2) || one.userid.is_empty()) => {
                return Err(bad("approver"));
            }
            (_, None) if !wanted.approver.is_empty() => wanted.approver[0].userid.clone(),
            (_, None) => return Err(bad("process is needed where use_template_approver is 0")),
        };
        let contents = wanted.apply_data["contents"].as_array().cloned().ok_or_else(|| bad("apply_data.contents"))?;
        let now = wecom.desk.now();
        let number = {
            let mut book = lock(&wecom.book);
            let Some(template) = book.templates.iter().find(|template| template.code == wanted.template_id) else {
                return Err(bad("template_id"));
            };
            check(&template.fields, &contents).map_err(|message| bad(&message))?;
            let given = |field: &Field| contents.iter().any(|content| content["id"] == field.id.as_str());
            if let Some(missing) = template.fields.iter().find(|field| field.required && !given(field)) {
                return Err(bad(&format!("{} is required", missing.id)));
            }
            let number = format!("{}{:04}", now.date_after(0).replace('-', ""), book.approvals.len() + 1);
            book.approvals.push(Approval {
                number: number.clone(),
                template: wanted.template_id,
                creator: wanted.creator_userid,
                contents,
                summary: json!(wanted.summary_list),
                status: 1,
                applied: now,
                records: holders.into_iter().map(|user| Record { user, status: 1, at: 0, speech: String::new() }).collect(),
                comments: Vec::new(),
            });
            number
        };
        tell(wecom, &number, Change::Submit);
        Ok(json!({"sp_no": number}))
    })
    .await
}

/// The people of the first node that approves.
fn approvers(process: &Value) -> Option<Vec<String>> {
    let node = process["node_list"].as_array()?.iter().find(|node| node["type"] == 1)?;
    if !node["apv_rel"].as_i64().is_some_and(|relation| (1..=3).contains(&relation)) {
        return None;
    }
    let people: Vec<String> = node["userid"].as_array()?.iter().filter_map(|user| user.as_str().map(str::to_owned)).collect();
    (!people.is_empty()).then_some(people)
}

/// Controls that the template knows, each value in the form of its kind: numbers and times are texts.
fn check(fields: &[Field], contents: &[Value]) -> Result<(), String> {
    for content in contents {
        let id = content["id"].as_str().unwrap_or_default();
        let field = fields.iter().find(|field| field.id == id).ok_or_else(|| format!("no control {id}"))?;
        if content["control"] != field.kind.as_str() {
            return Err(format!("{id} is {}", field.kind));
        }
        let value = &content["value"];
        let number = |name: &str| value[name].as_str().is_some_and(|text| text.parse::<f64>().is_ok());
        let fits = match field.kind.as_str() {
            "Text" | "Textarea" => value["text"].is_string(),
            "Number" => number("new_number"),
            "Money" => number("new_money"),
            "Date" => {
                value["date"]["s_timestamp"].as_str().is_some_and(|text| text.parse::<i64>().is_ok())
                    && matches!(value["date"]["type"].as_str(), Some("day" | "hour"))
            }
            "Selector" => {
                value["selector"]["options"].as_array().is_some_and(|options| options.iter().all(|option| option["key"].is_string()))
            }
            "Table" => {
                let rows = value["children"].as_array().ok_or_else(|| format!("{id} has rows under `children`"))?;
                for row in rows {
                    check(&field.columns, row["list"].as_array().ok_or("a row is a `list` of controls")?)?;
                }
                true
            }
            _ => true,
        };
        if !fits {
            return Err(format!("the value of {id} does not fit {}", field.kind));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct List {
    starttime: String,
    endtime: String,
    new_cursor: Option<String>,
    /// The older cursor is a number.
    cursor: Option<usize>,
    size: usize,
    #[serde(default)]
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
struct Filter {
    key: String,
    value: String,
}

pub(super) async fn list(State(wecom): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    call(wecom, "list", &with, |wecom| {
        let asked: List =
            serde_json::from_slice(&body).map_err(|problem| Refusal(40_058, format!("invalid request parameter: {problem}")))?;
        let seconds = |text: &str| text.parse::<i64>().map_err(|_| Refusal(40_058, "starttime and endtime are seconds as text".to_owned()));
        let (from, until) = (seconds(&asked.starttime)?, seconds(&asked.endtime)?);
        if until <= from || until - from > WINDOW_SECONDS {
            return refuse(301_057, "the time span is at most 31 days");
        }
        if !(1..=100).contains(&asked.size) {
            return refuse(40_058, "size is at most 100");
        }
        if let Some(unknown) = asked.filters.iter().find(|filter| !matches!(filter.key.as_str(), "template_id" | "creator" | "sp_status")) {
            return refuse(40_058, &format!("there is no filter {}", unknown.key));
        }
        let visible = wecom.desk.now_millis() - wecom.desk.number("list_lag_ms", 0);
        let book = lock(&wecom.book);
        let fits = |approval: &&Approval| {
            let applied = approval.applied.0.div_euclid(1_000);
            let named = |filter: &Filter| match filter.key.as_str() {
                "template_id" => approval.template == filter.value,
                "creator" => approval.creator == filter.value,
                _ => approval.status.to_string() == filter.value,
            };
            (from..until).contains(&applied.div_euclid(1_000)) && applied <= visible && asked.filters.iter().all(named)
        };
        let all: Vec<&Approval> = book.approvals.iter().filter(fits).collect();
        let skip: usize = match &asked.new_cursor {
            Some(cursor) if cursor.is_empty() => 0,
            Some(cursor) => cursor.trim_start_matches("cursor-").parse().unwrap_or(usize::MAX),
            None => asked.cursor.unwrap_or(0),
        };
        let short = usize::from(wecom.desk.is_on("short_pages"));
        let numbers: Vec<&String> = all.iter().skip(skip).take((asked.size - short).max(1)).map(|approval| &approval.number).collect();
        let end = skip.saturating_add(numbers.len());
        let mut answer = json!({"sp_no_list": numbers});
        if end < all.len() {
            match asked.new_cursor {
                Some(_) => answer["new_next_cursor"] = json!(format!("cursor-{end}")),
                None => answer["next_cursor"] = json!(end),
            }
        }
        Ok(answer)
    })
    .await
}

#[derive(Deserialize)]
struct Detail {
    sp_no: String,
}

pub(super) async fn detail(State(wecom): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    call(wecom, "detail", &with, |wecom| {
        let asked: Detail = serde_json::from_slice(&body).map_err(|problem| Refusal(40_058, problem.to_string()))?;
        let book = lock(&wecom.book);
        let Some(approval) = book.get(&asked.sp_no) else { return refuse(301_056, "no such approval") };
        let details: Vec<Value> = approval
            .records
            .iter()
            .map(|record| json!({"approver": {"userid": record.user}, "speech": record.speech, "sp_status": record.status, "sptime": record.at, "media_id": []}))
            .collect();
        Ok(json!({"info": {
            "sp_no": approval.number, "sp_name": "采购订单审批", "sp_status": approval.status, "template_id": approval.template,
            "apply_time": approval.applied.0.div_euclid(1_000_000), "applyer": {"userid": approval.creator, "partyid": "1"},
            "sp_record": [{"sp_status": approval.status, "approverattr": 1, "details": details}], "notifyer": [],
            "apply_data": {"contents": approval.contents}, "comments": approval.comments,
        }}))
    })
    .await
}

#[derive(Deserialize)]
struct ById {
    template_id: String,
}

pub(super) async fn template(State(wecom): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    call(wecom, "template", &with, |wecom| {
        let asked: ById = serde_json::from_slice(&body).map_err(|problem| Refusal(40_058, problem.to_string()))?;
        let book = lock(&wecom.book);
        match book.templates.iter().find(|template| template.code == asked.template_id) {
            Some(template) => Ok(shown(template)),
            None => refuse(301_055, "no permission for the template"),
        }
    })
    .await
}
