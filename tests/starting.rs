//! Starting by hand, as a process: forms and the API, the same key twice, `kill -9` between, and many at once.

mod support;

use mock_systems::Running;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::hub::{HubProcess, Project, text};

fn values() -> Value {
    json!({
        "requester": "e1002", "department": "procurement", "category": "goods",
        "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}, {"description": "labels", "amount": "80.50"}]
    })
}

struct World {
    hub: HubProcess,
    store: String,
    _project: Project,
    _mocks: Running,
}

async fn world() -> World {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks);
    let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
    let hub = HubProcess::start(&project, &store).await;
    World { hub, store, _project: project, _mocks: mocks }
}

const SUBMISSIONS: &str = "/api/v1/forms/purchase_request/submissions";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_becomes_a_document_whose_flow_runs_and_a_repeat_finds_it_after_a_kill() {
    let mut world = world().await;
    let body = json!({"values": values(), "submitter": "e1001"});
    let (status, made) = world.hub.post_as(SUBMISSIONS, "key-1", &body).await;
    assert_eq!(status, 201, "{made}");
    let key = text(&made["document"]["key"]);
    assert!(key.starts_with("PR-") && key.ends_with("-000001"), "{made}");
    assert_eq!(made["instances"][0]["flow"], "purchase_request_approval");
    world.hub.kill().await;
    world.hub.restart(&world.store).await;
    let (status, again) = world.hub.post_as(SUBMISSIONS, "key-1", &body).await;
    assert_eq!((status, &again["document"]["id"]), (201, &made["document"]["id"]), "{again}");
    assert_eq!((&made["repeated"], &again["repeated"]), (&json!(false), &json!(true)), "the second is told to be one");
    let id = text(&made["document"]["id"]);
    let detail = world.hub.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(
        (detail["status"].as_str(), detail["source"].as_str()),
        (Some("approved"), Some("hub")),
        "the table lets it through: {detail}"
    );
    let revision = world.hub.get(&format!("/api/v1/documents/{id}/revisions/1")).await;
    let content = &revision["body"];
    assert_eq!((&content["total_gross"], &content["requester"]["id"]), (&json!("880.50"), &json!("e1002")), "{revision}");
    let (status, second) = world.hub.post_as(SUBMISSIONS, "key-2", &body).await;
    assert_eq!((status, text(&second["document"]["key"]).ends_with("-000002")), (201, true), "{second}");
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_made() {
    let world = world().await;
    let mut wrong = values();
    wrong["category"] = json!("weapons");
    wrong["lines"][1]["amount"] = json!(80.5);
    let (status, problem) = world.hub.post_as(SUBMISSIONS, "key-1", &json!({"values": wrong, "colour": "red"})).await;
    assert_eq!((status, problem["pointers"][0]["pointer"].as_str()), (422, Some("/colour")), "{problem}");
    let (status, problem) = world.hub.post_as(SUBMISSIONS, "key-2", &json!({"values": wrong})).await;
    let pointers: Vec<&str> = problem["pointers"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!((status, pointers), (422, vec!["/values/category", "/values/lines/1/amount"]), "{problem}");
    let listed = world.hub.get("/api/v1/documents?type=purchase_request").await;
    assert_eq!(listed["items"], json!([]));
    let (status, _) = world.hub.post_as("/api/v1/forms/none/submissions", "key-3", &json!({"values": {}})).await;
    assert_eq!(status, 404);
    let form = world.hub.get("/api/v1/forms/purchase_request").await;
    assert_eq!(form["sections"][1]["fields"][0]["fields"][2]["currency"], "currency");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_get_numbers_of_their_own_and_equal_keys_one_document() {
    let world = world().await;
    let submit = |number: usize| {
        let (hub, key) = (&world.hub, format!("key-{}", number % 15));
        async move { hub.post_as(SUBMISSIONS, &key, &json!({"values": values(), "submitter": "e1001"})).await }
    };
    let answers = futures::future::join_all((0..30).map(submit)).await;
    let keys: BTreeSet<String> = answers
        .iter()
        .map(|(status, answer)| {
            assert!([200, 201].contains(status), "{status} {answer}");
            text(&answer["document"]["key"])
        })
        .collect();
    let listed = world.hub.get("/api/v1/documents?type=purchase_request&limit=100").await;
    assert_eq!((keys.len(), listed["items"].as_array().unwrap().len()), (15, 15));
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_begins_by_the_api_for_a_given_document_and_for_a_known_one() {
    let world = world().await;
    let document: Value = serde_json::from_str(include_str!("../samples/pr-1.json")).unwrap();
    let path = "/api/v1/flows/purchase_request_approval/instances";
    let (status, made) = world.hub.post_as(path, "a", &json!({"document": document})).await;
    assert_eq!((status, made["document"]["key"].as_str()), (201, Some("PR-2026-000001")), "{made}");
    let id = made["document"]["id"].clone();
    let (status, again) = world.hub.post_as(path, "b", &json!({"document_id": id})).await;
    assert_eq!(status, 201, "{again}");
    assert_ne!(again["instances"][0]["id"], made["instances"][0]["id"], "another run of the same content");
    let detail = world.hub.get(&format!("/api/v1/documents/{}", text(&id))).await;
    assert_eq!((detail["instances"].as_array().unwrap().len(), detail["revision"].as_u64()), (2, Some(1)), "{detail}");
    for (body, status) in [
        (json!({}), 422),
        (json!({"document": document, "document_id": id}), 422),
        (json!({"document_id": "nothing"}), 422),
        (json!({"document_id": uuid::Uuid::nil()}), 404),
        (json!({"document": {"number": "PR-9"}}), 422),
    ] {
        assert_eq!(world.hub.post(path, &body).await.0, status, "{body}");
    }
    let (status, problem) = world.hub.post("/api/v1/flows/purchase_order_approval/instances", &json!({"document": document})).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("not_started")), "{problem}");
    world.hub.stop().await;
}
