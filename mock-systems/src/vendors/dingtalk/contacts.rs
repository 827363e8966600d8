//! Contacts: departments below one, people of one; both one level at a time. After the vendor's published pages.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::front::{Api, errcode, run};
use super::old::WithToken;
use crate::reply::Reply;
use crate::vendors::roster::ROOT;

/// People of a page.
const PAGE_MAX: usize = 100;

#[derive(Deserialize)]
struct Below {
    #[serde(default = "root")]
    dept_id: i64,
}

fn root() -> i64 {
    ROOT
}

fn unknown() -> Reply {
    errcode(60_003, "部门不存在")
}

pub(super) async fn departments(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "departments", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Below = serde_json::from_slice(&body).map_err(|_| errcode(400_002, "无效的参数"))?;
        dingtalk.desk.with_roster(|roster| {
            roster.department(wanted.dept_id).ok_or_else(unknown)?;
            let below = roster.departments.iter().filter(|department| department.parent == wanted.dept_id);
            let shown: Vec<Value> = below
                .map(|department| {
                    json!({"dept_id": department.id, "name": department.name, "parent_id": department.parent,
                        "create_dept_group": true, "auto_add_user": true})
                })
                .collect();
            Ok(json!({"errcode": 0, "errmsg": "ok", "result": shown, "request_id": "mock"}))
        })
    })
    .await
}

pub(super) async fn department(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "department", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Below = serde_json::from_slice(&body).map_err(|_| errcode(400_002, "无效的参数"))?;
        dingtalk.desk.with_roster(|roster| {
            let department = roster.department(wanted.dept_id).ok_or_else(unknown)?;
            let managers: Vec<&str> = roster.leader_of(department.id).map(|person| person.id.as_str()).into_iter().collect();
            let mut result = json!({"dept_id": department.id, "name": department.name, "dept_manager_userid_list": managers});
            // The root has no parent at all.
            if department.id != ROOT {
                result["parent_id"] = json!(department.parent);
            }
            Ok(json!({"errcode": 0, "errmsg": "ok", "result": result, "request_id": "mock"}))
        })
    })
    .await
}

#[derive(Deserialize)]
struct Of {
    dept_id: i64,
    cursor: i64,
    size: usize,
}

pub(super) async fn people(State(dingtalk): State<Shared>, Query(with): Query<WithToken>, body: Bytes) -> Response<Body> {
    run(dingtalk, "people", Api::Old, &with.access_token, |dingtalk| {
        let wanted: Of = serde_json::from_slice(&body).map_err(|_| errcode(400_002, "无效的参数"))?;
        if !(1..=PAGE_MAX).contains(&wanted.size) || wanted.cursor < 0 {
            return Err(errcode(400_002, "无效的参数"));
        }
        dingtalk.desk.with_roster(|roster| {
            roster.department(wanted.dept_id).ok_or_else(unknown)?;
            // Who has left is not listed; `active` says whether somebody has ever opened the app.
            let all: Vec<_> = roster.people_of(wanted.dept_id).into_iter().filter(|person| !person.left).collect();
            let first = usize::try_from(wanted.cursor).unwrap_or(usize::MAX);
            let page: Vec<Value> = all
                .iter()
                .skip(first)
                .take(wanted.size)
                .map(|person| {
                    json!({"userid": person.id, "unionid": format!("u-{}", person.id), "name": person.name, "job_number": person.number,
                        "email": "", "org_email": person.email, "mobile": "13800000000", "dept_id_list": person.departments,
                        "leader": person.leads.contains(&wanted.dept_id), "active": false, "admin": false, "boss": false,
                        "hide_mobile": false, "title": ""})
                })
                .collect();
            let end = first.saturating_add(wanted.size);
            let mut result = json!({"has_more": all.len() > end, "list": page});
            if all.len() > end {
                result["next_cursor"] = json!(end);
            }
            Ok(json!({"errcode": 0, "errmsg": "ok", "result": result, "request_id": "mock"}))
        })
    })
    .await
}
