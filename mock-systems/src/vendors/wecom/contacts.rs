//! Contacts: departments from one down, people of one department. From memory.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::front::{Refusal, WithToken, call, refuse};

#[derive(Deserialize)]
pub(super) struct From {
    id: Option<i64>,
}

pub(super) async fn departments(State(wecom): State<Shared>, Query(with): Query<WithToken>, Query(from): Query<From>) -> Response<Body> {
    call(wecom, "departments", &with, |wecom| {
        wecom.desk.with_roster(|roster| {
            if from.id.is_some_and(|id| roster.department(id).is_none()) {
                return refuse(60_003, "department not found");
            }
            let reaches = |id: i64| {
                let mut at = id;
                while Some(at) != from.id && at != 0 {
                    at = roster.department(at).map_or(0, |department| department.parent);
                }
                from.id.is_none_or(|top| at == top)
            };
            let shown: Vec<Value> = roster
                .departments
                .iter()
                .filter(|department| reaches(department.id))
                .map(|department| {
                    let leaders: Vec<&str> = roster.leader_of(department.id).map(|person| person.id.as_str()).into_iter().collect();
                    json!({"id": department.id, "name": department.name, "parentid": department.parent, "order": 1_000,
                        "department_leader": leaders})
                })
                .collect();
            Ok(json!({"department": shown}))
        })
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Of {
    department_id: i64,
}

pub(super) async fn people(State(wecom): State<Shared>, Query(with): Query<WithToken>, Query(of): Query<Of>) -> Response<Body> {
    call(wecom, "people", &with, |wecom| {
        wecom.desk.with_roster(|roster| {
            roster.department(of.department_id).ok_or_else(|| Refusal(60_003, "department not found".to_owned()))?;
            let shown: Vec<Value> = roster
                .people_of(of.department_id)
                .into_iter()
                .map(|person| {
                    let leads: Vec<u8> = person.departments.iter().map(|id| u8::from(person.leads.contains(id))).collect();
                    json!({"userid": person.id, "name": person.name, "department": person.departments,
                        "main_department": person.departments.first(), "is_leader_in_dept": leads,
                        "direct_leader": person.manager.iter().collect::<Vec<_>>(), "biz_mail": person.email,
                        "status": if person.left { 5 } else { 1 }, "enable": 1, "isleader": 0})
                })
                .collect();
            Ok(json!({"userlist": shown}))
        })
    })
    .await
}
