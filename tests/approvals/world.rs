//! A hub with a purchase request of three people; one process on SQLite, two on PostgreSQL.

use mock_systems::Running;
use serde_json::{Value, json};

use crate::support::hub::{HubProcess, Project, text};
use crate::support::postgres::FreshDatabase;

/// A purchase request of `e1001` that its manager (e1003) and then both of finance (e1005, e1007) agree to.
pub const FLOW: &str = "format: 1
flow: purchase_request_approval
title: {en: Purchase request approval, zh: 采购申请审批}
document: purchase_request
owner: {role: procurement_head}
calendar: cn
start: [{form: purchase_request}, {api: true}]
steps:
  - id: lead
    approve: {by: {manager: 1}, empty: {to: {role: procurement_head}}, fields: {reason: edit, urgent: hide}}
    due: 2wd
    sets: in_approval
  - id: finance
    when: steps.lead.outcome == 'approved'
    approve: {by: [{role: finance_manager}, {role: finance_clerk}], mode: all, empty: block, copies: [{to: {role: procurement_clerk}}]}
    due: 2wd
  - id: verdict
    choose:
      branches:
        - {id: agreed, when: steps.finance.outcome == 'approved', steps: [{id: done, end: {outcome: approved, status: approved}}]}
      otherwise: {id: refused, steps: [{id: stop, end: {outcome: rejected, status: rejected}}]}
";

const FLOW_PATH: &str = "flows/purchase_request_approval.yaml";

const PEOPLE: &[&str] = &["e1001", "e1003", "e1004", "e1005", "e1006", "e1007"];

pub struct World {
    pub hub: HubProcess,
    /// A second process on the same store.
    pub other: Option<HubProcess>,
    pub store: String,
    pub project: Project,
    database: Option<FreshDatabase>,
    _mocks: Running,
}

/// A hub of its own; `database` names its PostgreSQL database, none is SQLite.
pub async fn world(database: Option<&str>) -> World {
    world_with(database, |_| ()).await
}

/// The same; the project is changed before the hub starts.
pub async fn world_with(database: Option<&str>, change: impl FnOnce(&Project)) -> World {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).with_people(PEOPLE);
    std::fs::write(project.path().join(FLOW_PATH), FLOW).expect("writable");
    // Its tests are about the shipped flow.
    for entry in std::fs::read_dir(project.path().join("flows/tests")).expect("readable").flatten() {
        if entry.file_name().to_string_lossy().starts_with("purchase_request") {
            std::fs::remove_file(entry.path()).expect("removable");
        }
    }
    change(&project);
    let database = match database {
        Some(name) => Some(FreshDatabase::create(name).await),
        None => None,
    };
    let store = match &database {
        Some(database) => database.url.clone(),
        None => format!("sqlite:{}", project.path().join("hub.sqlite").display()),
    };
    let hub = HubProcess::start(&project, &store).await;
    World { hub, other: None, store, project, database, _mocks: mocks }
}

/// Two processes on one PostgreSQL.
pub async fn replicas(database: &str, change: impl FnOnce(&Project)) -> World {
    let mut world = world_with(Some(database), change).await;
    world.other = Some(HubProcess::replica(&world.project, "waybill-two", &world.store, &[]).await);
    world
}

/// Writes the flow of the world with some of its text replaced.
pub fn rewrite(project: &Project, texts: &[(&str, &str)]) {
    let flow = texts.iter().fold(FLOW.to_owned(), |flow, (from, to)| {
        assert!(flow.contains(from), "the flow does not say `{from}`");
        flow.replace(from, to)
    });
    std::fs::write(project.path().join(FLOW_PATH), flow).expect("writable");
}

impl World {
    /// The process that takes a request: of two, one after the other.
    pub fn at(&self, turn: usize) -> &HubProcess {
        self.other.as_ref().filter(|_| turn % 2 == 1).unwrap_or(&self.hub)
    }

    /// What was asked and decided in an instance.
    pub async fn people(&self, instance: &str) -> Value {
        self.hub.get(&format!("/api/v1/instances/{instance}/people")).await
    }

    /// A new request of e1001; gives its document and instance.
    pub async fn request(&self, key: &str) -> (String, String) {
        let values = json!({
            "requester": "e1001", "department": "procurement", "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": "e1001"});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", key, &body).await;
        assert_eq!(status, 201, "{made}");
        (text(&made["document"]["id"]), text(&made["instances"][0]["id"]))
    }

    pub async fn list(&self, person: &str, list: &str) -> Vec<Value> {
        let (status, found) = self.hub.get_by(person, &format!("/api/v1/tasks?list={list}")).await;
        assert_eq!(status, 200, "{found}");
        found["items"].as_array().cloned().unwrap_or_default()
    }

    /// The one task that waits for somebody.
    pub async fn task(&self, person: &str) -> String {
        let tasks = self.list(person, "mine").await;
        assert_eq!(tasks.len(), 1, "{person}: {tasks:?}");
        text(&tasks[0]["id"])
    }

    /// What somebody does about a task. Whoever changes fields has seen what is there now, unless the body says what they saw.
    pub async fn act(&self, person: &str, task: &str, verb: &str, key: &str, body: &Value) -> (u16, Value) {
        let mut body = body.clone();
        if body.get("edits").is_some() && body.get("seen").is_none() {
            body["seen"] = json!(self.version(person, task).await);
        }
        self.act_as_it_is(person, task, verb, key, &body).await
    }

    /// The version of the document that somebody is shown with a task.
    pub async fn version(&self, person: &str, task: &str) -> String {
        let (status, detail) = self.hub.get_by(person, &format!("/api/v1/tasks/{task}")).await;
        assert_eq!(status, 200, "{detail}");
        text(&detail["version"])
    }

    /// The same with nothing but what the body says.
    pub async fn act_as_it_is(&self, person: &str, task: &str, verb: &str, key: &str, body: &Value) -> (u16, Value) {
        self.hub.post_by(person, &format!("/api/v1/tasks/{task}/{verb}"), key, body).await
    }

    /// Stops the hub, then drops its database.
    pub async fn end(self) {
        self.hub.stop().await;
        if let Some(other) = self.other {
            other.stop().await;
        }
        if let Some(database) = self.database {
            database.drop().await;
        }
    }

    pub async fn status(&self, document: &str) -> String {
        text(&self.hub.get(&format!("/api/v1/documents/{document}")).await["status"])
    }
}
