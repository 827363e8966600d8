//! Sample documents: loaded once, seen as such, carried out by nobody, and taken out with everything about them and nothing else.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use waybill::domain::permission::Permission;

use crate::rows::stopped_order;
use crate::support::{Door, door, json, token};

const SAMPLE: &str = "/api/v1/sample";

async fn ask(door: &Door, method: Method, path: &str) -> (u16, Value) {
    let answer = door.request(method, path).header("content-type", "application/json").body("{}").send().await.unwrap();
    match answer.status().as_u16() {
        204 => (204, Value::Null),
        _ => json(answer).await,
    }
}

fn stopped_path(exception: &Value) -> String {
    format!("/api/v1/exceptions/{}", exception["id"].as_str().unwrap())
}

async fn documents(door: &Door) -> Vec<Value> {
    door.get("/api/v1/documents?limit=500").await.1["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn sample_documents_come_once_and_go_wholly_and_alone() {
    let door = door().await;
    door.write(stopped_order("PO-REAL", 0)).await;
    assert_eq!(ask(&door, Method::GET, SAMPLE).await.1["documents"], 0);

    let (status, loaded) = ask(&door, Method::POST, SAMPLE).await;
    assert_eq!((status, &loaded["documents"]), (201, &json!(12)), "{loaded}");
    assert_eq!(ask(&door, Method::POST, SAMPLE).await, (200, loaded.clone()), "they are there");
    let all = documents(&door).await;
    let sample: Vec<&Value> = all.iter().filter(|row| row["source"] == loaded["source"]).collect();
    assert_eq!((all.len(), sample.len()), (13, 12));

    // Each of them opens, in every part of its page.
    for row in &sample {
        let id = row["id"].as_str().unwrap();
        for part in ["", "/diagnosis", "/story", "/ledger", "/revisions", "/revisions/1"] {
            let (status, answer) = door.get(&format!("/api/v1/documents/{id}{part}")).await;
            assert_eq!(status, 200, "{part}: {answer}");
        }
    }
    let states: BTreeSet<String> = {
        let mut states = BTreeSet::new();
        for row in &sample {
            let (_, why) = door.get(&format!("/api/v1/documents/{}/diagnosis", row["id"].as_str().unwrap())).await;
            states.insert(why["state"].as_str().unwrap().to_owned());
        }
        states
    };
    assert_eq!(states, ["ended", "stopped", "waiting"].map(str::to_owned).into_iter().collect());
    // No real flow's figures count them.
    let flows: BTreeSet<String> = {
        let (_, list) = door.get("/api/v1/instances?limit=500").await;
        let mine = list["items"].as_array().unwrap().iter().filter(|row| sample.iter().any(|one| one["id"] == row["document"]));
        mine.map(|row| row["flow"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(flows, [loaded["source"].as_str().unwrap().to_owned()].into_iter().collect());

    // A note of a person goes with what it is about.
    let (_, open) = door.get("/api/v1/exceptions?state=open&limit=500").await;
    let stopped = open["items"].as_array().unwrap().iter().find(|row| row["flow"] == loaded["source"]).unwrap();
    let notes = format!("/api/v1/exceptions/{}/notes", stopped["id"].as_str().unwrap());
    let noted = door.request(Method::POST, &notes).header("content-type", "application/json").body(json!({"text": "a try"}).to_string());
    assert_eq!(noted.send().await.unwrap().status(), 201);

    assert_eq!(ask(&door, Method::DELETE, SAMPLE).await.0, 204);
    assert_eq!(documents(&door).await.len(), 1);
    assert_eq!(ask(&door, Method::GET, SAMPLE).await.1["documents"], 0);
    for path in [format!("/api/v1/documents/{}", sample[0]["id"].as_str().unwrap()), notes, stopped_path(stopped)] {
        assert_eq!(door.get(&path).await.0, 404, "{path}");
    }
    for (list, left) in [("instances", 1), ("exceptions?state=open", 1)] {
        let (_, answer) = door.get(&format!("/api/v1/{list}")).await;
        assert_eq!(answer["items"].as_array().unwrap().len(), left, "{answer}");
    }
    assert_eq!(ask(&door, Method::DELETE, SAMPLE).await.0, 204, "there is nothing left to do");
    assert_eq!(ask(&door, Method::POST, SAMPLE).await.0, 201, "and they come again");
}

#[tokio::test]
async fn only_who_manages_users_loads_and_removes_them() {
    let door = door().await;
    let reader = token(&[Permission::Read, Permission::Operate, Permission::Publish]);
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = door.client.request(method.clone(), format!("{}{SAMPLE}", door.base)).bearer_auth(&reader).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{method}");
    }
}
