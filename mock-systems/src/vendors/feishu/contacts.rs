//! Contacts v3: all departments below the root, people of one department. From memory.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::front::{call, invalid};
use crate::reply::Reply;
use crate::vendors::roster::{Department, ROOT, Roster};

/// Rows of a page.
const PAGE_MAX: usize = 50;

#[derive(Deserialize)]
pub(super) struct Asked {
    department_id: Option<String>,
    department_id_type: Option<String>,
    fetch_child: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

/// `0` is the root; every other department has an opaque id.
fn open_id(department: i64) -> String {
    if department == ROOT { "0".to_owned() } else { format!("od-{department:032}") }
}

fn find<'r>(roster: &'r Roster, open: &str) -> Result<&'r Department, Reply> {
    let found = roster.departments.iter().find(|department| open_id(department.id) == open);
    found.ok_or_else(|| invalid(43_007, "department_id is invalid"))
}

fn page(asked: &Asked, rows: &[Value]) -> Result<Value, Reply> {
    let size = asked.page_size.unwrap_or(10);
    if !(1..=PAGE_MAX).contains(&size) || asked.department_id_type.as_deref() != Some("open_department_id") {
        return Err(invalid(99_992_402, "field validation failed"));
    }
    let first: usize = match asked.page_token.as_deref().filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            token.strip_prefix("mock-").and_then(|at| at.parse().ok()).ok_or_else(|| invalid(40_001, "page_token is invalid"))?
        }
    };
    let end = first.saturating_add(size);
    let mut data = json!({"has_more": rows.len() > end, "items": rows.iter().skip(first).take(size).collect::<Vec<_>>()});
    if rows.len() > end {
        data["page_token"] = json!(format!("mock-{end}"));
    }
    Ok(data)
}

pub(super) async fn departments(
    State(feishu): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response<Body> {
    call(feishu, "departments", &headers, |feishu| {
        feishu.desk.with_roster(|roster| {
            let top = find(roster, &id)?.id;
            let all_levels = asked.fetch_child.as_deref() == Some("true");
            let is_below = |department: &&Department| {
                let mut at = department.parent;
                while at != top && all_levels && at != 0 {
                    at = roster.department(at).map_or(0, |above| above.parent);
                }
                at == top && department.id != top
            };
            let rows: Vec<Value> = roster
                .departments
                .iter()
                .filter(is_below)
                .map(|department| {
                    let leader = roster.leader_of(department.id).map(|person| person.id.clone());
                    json!({"name": department.name, "department_id": format!("d{}", department.id),
                        "open_department_id": open_id(department.id), "parent_department_id": open_id(department.parent),
                        "leader_user_id": leader.unwrap_or_default(), "member_count": roster.people_of(department.id).len(),
                        "status": {"is_deleted": false}})
                })
                .collect();
            page(&asked, &rows)
        })
    })
    .await
}

pub(super) async fn people(State(feishu): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    call(feishu, "people", &headers, |feishu| {
        feishu.desk.with_roster(|roster| {
            let of = find(roster, asked.department_id.as_deref().unwrap_or_default())?.id;
            let rows: Vec<Value> = roster
                .people_of(of)
                .into_iter()
                .map(|person| {
                    json!({"user_id": person.id, "open_id": format!("ou_{}", person.id), "union_id": format!("on_{}", person.id),
                        "name": person.name, "employee_no": person.number, "email": "", "enterprise_email": person.email,
                        "mobile": "+8613800000000", "department_ids": person.departments.iter().map(|id| open_id(*id)).collect::<Vec<_>>(),
                        "leader_user_id": person.manager.clone().unwrap_or_default(),
                        "status": {"is_frozen": false, "is_resigned": person.left, "is_activated": true, "is_exited": false, "is_unjoin": false}})
                })
                .collect();
            page(&asked, &rows)
        })
    })
    .await
}
