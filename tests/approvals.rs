//! Approvals among our own people, as a process: lists, decisions, delegations, races, `kill -9`, leavers, on both stores.

#![expect(clippy::disallowed_methods, reason = "a delegation holds by the hub's own clock, which is the machine's")]

mod support;

use mock_systems::Running;
use serde_json::{Value, json};
use support::hub::{HubProcess, Project, text};
use support::postgres::FreshDatabase;

/// A purchase request of `e1001` that its manager (e1003) and then both of finance (e1005, e1007) agree to.
const FLOW: &str = "format: 1
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

const PEOPLE: &[&str] = &["e1001", "e1003", "e1004", "e1005", "e1006", "e1007"];

struct World {
    hub: HubProcess,
    store: String,
    project: Project,
    database: Option<FreshDatabase>,
    _mocks: Running,
}

/// A hub of its own; `database` names its PostgreSQL database, none is SQLite.
async fn world(database: Option<&str>) -> World {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).with_people(PEOPLE);
    std::fs::write(project.path().join("flows/purchase_request_approval.yaml"), FLOW).expect("writable");
    // Its tests are about the shipped flow.
    for entry in std::fs::read_dir(project.path().join("flows/tests")).expect("readable").flatten() {
        if entry.file_name().to_string_lossy().starts_with("purchase_request") {
            std::fs::remove_file(entry.path()).expect("removable");
        }
    }
    let database = match database {
        Some(name) => Some(FreshDatabase::create(name).await),
        None => None,
    };
    let store = match &database {
        Some(database) => database.url.clone(),
        None => format!("sqlite:{}", project.path().join("hub.sqlite").display()),
    };
    let hub = HubProcess::start(&project, &store).await;
    World { hub, store, project, database, _mocks: mocks }
}

impl World {
    /// A new request of e1001; gives its document and instance.
    async fn request(&self, key: &str) -> (String, String) {
        let values = json!({
            "requester": "e1001", "department": "procurement", "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": "e1001"});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", key, &body).await;
        assert_eq!(status, 201, "{made}");
        (text(&made["document"]["id"]), text(&made["instances"][0]["id"]))
    }

    async fn list(&self, person: &str, list: &str) -> Vec<Value> {
        let (status, found) = self.hub.get_by(person, &format!("/api/v1/tasks?list={list}")).await;
        assert_eq!(status, 200, "{found}");
        found["items"].as_array().cloned().unwrap_or_default()
    }

    /// The one task that waits for somebody.
    async fn task(&self, person: &str) -> String {
        let tasks = self.list(person, "mine").await;
        assert_eq!(tasks.len(), 1, "{person}: {tasks:?}");
        text(&tasks[0]["id"])
    }

    async fn act(&self, person: &str, task: &str, verb: &str, key: &str, body: &Value) -> (u16, Value) {
        self.hub.post_by(person, &format!("/api/v1/tasks/{task}/{verb}"), key, body).await
    }

    /// Stops the hub, then drops its database.
    async fn end(self) {
        self.hub.stop().await;
        if let Some(database) = self.database {
            database.drop().await;
        }
    }

    async fn status(&self, document: &str) -> String {
        text(&self.hub.get(&format!("/api/v1/documents/{document}")).await["status"])
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_goes_from_list_to_list_and_survives_a_kill_on_both_stores() {
    for database in [None, Some("approvals")] {
        let mut world = world(database).await;
        let (document, instance) = world.request("r1").await;
        let lead = world.task("e1003").await;
        assert_eq!(world.list("e1001", "started").await.len(), 1);
        let (status, detail) = world.hub.get_by("e1003", &format!("/api/v1/tasks/{lead}")).await;
        assert_eq!(status, 200, "{detail}");
        assert_eq!(detail["document"].get("urgent"), None, "the step hides it");
        assert_eq!(detail["fields"], json!([{"field": "reason", "right": "edit"}]));
        let verbs: Vec<&str> = detail["verbs"].as_array().unwrap().iter().filter_map(|verb| verb["verb"].as_str()).collect();
        assert!(verbs.contains(&"approve") && verbs.contains(&"return") && !verbs.contains(&"revoke"), "{verbs:?}");
        let coming = &detail["people"]["forecast"];
        assert_eq!((coming[0]["step"].as_str(), &coming[0]["people"]), (Some("finance"), &json!(["e1005", "e1007"])), "{coming}");
        assert_eq!(world.hub.get_by("e1006", &format!("/api/v1/tasks/{lead}")).await.0, 404, "it is none of theirs");
        let edits = json!({"comment": "fine", "edits": {"reason": "the old one is broken"}});
        let (status, acted) = world.act("e1003", &lead, "approve", "a", &edits).await;
        assert_eq!(status, 200, "{acted}");
        world.hub.kill().await;
        world.hub.restart(&world.store).await;
        let again = world.act("e1003", &lead, "approve", "a", &edits).await;
        assert_eq!(again.0, 200, "the same tap after the crash: {}", again.1);
        let other = world.act("e1003", &lead, "approve", "b", &json!({})).await;
        assert_eq!((other.0, other.1["code"].as_str()), (409, Some("already_handled")), "{}", other.1);
        assert_eq!(world.list("e1003", "done").await.len(), 1);
        let (five, seven) = (world.task("e1005").await, world.task("e1007").await);
        assert_eq!(world.hub.get_by("e1004", "/api/v1/tasks/counts").await.1["copies"], 1);
        assert_eq!(world.act("e1005", &seven, "approve", "c", &json!({})).await.1["code"], "not_yours");
        assert_eq!(world.act("e1005", &five, "reject", "d", &json!({})).await.1["code"], "act_incomplete");
        assert_eq!(world.act("e1005", &five, "approve", "e", &json!({})).await.0, 200);
        assert_eq!(world.status(&document).await, "in_approval");
        let (status, acted) = world.act("e1007", &seven, "approve", "f", &json!({})).await;
        assert_eq!((status, acted["outcome"].as_str()), (200, Some("approved")), "{acted}");
        assert_eq!(world.status(&document).await, "approved");
        let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
        let decided: Vec<(String, String)> =
            people["decisions"].as_array().unwrap().iter().map(|one| (text(&one["person"]), text(&one["verb"]))).collect();
        let wanted =
            [("e1003", "approve"), ("e1005", "approve"), ("e1007", "approve")].map(|(who, verb)| (who.to_owned(), verb.to_owned()));
        assert_eq!(decided, wanted);
        assert_eq!(people["decisions"][0]["changes"][0]["field"], "reason");
        let copy = text(&world.list("e1004", "copies").await[0]["id"]);
        assert_eq!(world.act("e1004", &copy, "read", "g", &json!({})).await.0, 200, "also after the end");
        assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_act_at_once_one_wins_and_the_others_are_told_so() {
    for database in [None, Some("approvals_race")] {
        let world = world(database).await;
        for round in 0..5 {
            let (document, instance) = world.request(&format!("r{round}")).await;
            let task = world.task("e1003").await;
            let keys: Vec<String> = (0..8).map(|number| format!("k{round}-{number}")).collect();
            let body = json!({"comment": "because"});
            let clicks =
                keys.iter().map(|key| world.act("e1003", &task, if key.ends_with('0') { "reject" } else { "approve" }, key, &body));
            let path = format!("/api/v1/instances/{instance}/people/withdraw");
            let key = format!("w{round}");
            let withdraw = world.hub.post_by("e1001", &path, &key, &body);
            let (clicks, withdrawn) = futures::future::join(futures::future::join_all(clicks), withdraw).await;
            let won = clicks.iter().filter(|(status, _)| *status == 200).count();
            assert!(clicks.iter().all(|(status, answer)| *status == 200 || answer["code"] == "already_handled"), "{clicks:?}");
            assert!(won <= 1, "two decisions of one task: {clicks:?}");
            let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
            let decided = people["decisions"].as_array().unwrap().len();
            assert_eq!(decided, won + usize::from(withdrawn.0 == 200), "what was refused left no record: {people}");
            if world.status(&document).await == "in_approval" {
                // The request went on: end it, so that the next round finds one task.
                assert_eq!(
                    world.hub.post_as(&format!("/api/v1/instances/{instance}/people/terminate"), &format!("t{round}"), &body).await.0,
                    200
                );
            }
        }
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_decides_for_somebody_else_for_a_while_and_both_names_are_kept() {
    let world = world(None).await;
    let (_, instance) = world.request("r1").await;
    let task = world.task("e1003").await;
    assert_eq!(world.act("e1004", &task, "approve", "a", &json!({})).await.1["code"], "not_yours");
    let body = json!({"agent": "e1004", "from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"});
    assert_eq!(world.hub.post_by("e1003", "/api/v1/delegations", "d0", &body).await.0, 422, "it would be over already");
    let now = jiff::Timestamp::now();
    let span = |agent: &str| json!({"agent": agent, "from": now - jiff::SignedDuration::from_hours(1), "until": now + jiff::SignedDuration::from_hours(1)});
    let (status, made) = world.hub.post_by("e1003", "/api/v1/delegations", "d1", &span("e1004")).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(world.hub.post_by("e1004", "/api/v1/delegations", "d2", &span("e1007")).await.0, 201);
    assert_eq!(world.list("e1004", "mine").await.len(), 1, "it stands in the agent's list");
    assert!(world.list("e1007", "mine").await.is_empty(), "an agent's own delegation is not followed");
    assert_eq!(world.hub.delete_by("e1004", &format!("/api/v1/delegations/{}", text(&made["id"]))).await.0, 404, "not theirs to end");
    assert_eq!(world.act("e1004", &task, "approve", "b", &json!({})).await.0, 200);
    let people = world.hub.get(&format!("/api/v1/instances/{instance}/people")).await;
    assert_eq!((&people["decisions"][0]["person"], &people["decisions"][0]["on_behalf_of"]), (&json!("e1004"), &json!("e1003")));
    assert_eq!(world.hub.delete_by("e1003", &format!("/api/v1/delegations/{}", text(&made["id"]))).await.0, 204);
    world.request("r2").await;
    assert!(world.list("e1004", "mine").await.is_empty(), "it holds no longer");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leavers_tasks_go_to_their_superior() {
    let world = world(None).await;
    world.request("r1").await;
    world.task("e1003").await;
    let path = world.project.path().join("config/directory.yaml");
    let directory = std::fs::read_to_string(&path).expect("text");
    let left = directory.replace("{id: e1003, name: 陈昱,", "{id: e1003, active: false, name: 陈昱,");
    assert_ne!(left, directory);
    std::fs::write(&path, left).expect("writable");
    let mut world = world;
    // The definitions are read at the start; the first look for leavers comes with it.
    world.hub.end().await;
    world.hub.restart(&world.store).await;
    for _ in 0..100 {
        if world.list("e1006", "mine").await.len() == 1 {
            assert!(world.list("e1003", "mine").await.is_empty());
            world.hub.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the superior has no task: {}", world.hub.log_tail(20));
}
