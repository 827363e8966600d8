//! The exception desk on a running hub: what stopped for one cause is mended as one, the hub dies meanwhile, and the mock
//! systems' own books say that nothing was lost and nothing done twice.

mod support;

use mock_systems::{Mode, NewOrders, Registration, Running, System};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, secret, text};
use support::postgres::FreshDatabase;

const ORDERS: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_mended_as_one_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    mend_all(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_mended_as_one_on_postgres() {
    let database = FreshDatabase::create("desk").await;
    mend_all(&database.url).await;
    database.drop().await;
}

async fn mend_all(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    // Nobody of the ERP is known in the OA, so every order above the free limit stops before its approval.
    let project = Project::shipped(&mocks).retime(&[("{from: e100", "{from: f100")]);
    let mut hub = HubProcess::start(&project, store).await;
    connect(&mocks, &hub).await;
    let wanted =
        NewOrders { count: ORDERS, number: Some("PO-D".to_owned()), amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
    let numbers: Vec<String> = mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect();
    wait("every order stands in an exception", async || hub.open_exceptions().await.len() == ORDERS).await;

    let groups = hub.get("/api/v1/exceptions/groups").await;
    assert_eq!(groups["items"].as_array().map(Vec::len), Some(1), "one cause is one group: {groups}");
    let group = &groups["items"][0];
    assert_eq!(
        (group["count"].as_u64(), group["step"].as_str(), group["operation"].as_str()),
        (Some(24), Some("oa"), Some("create_approval"))
    );

    let frozen = accepted(
        hub.post("/api/v1/selections", &json!({"resource": "exceptions", "filter": {"group": group["group"], "state": "open"}})).await,
    );
    assert_eq!(frozen["count"].as_u64(), Some(24));
    let mend = |dry_run: bool| {
        json!({"selection": frozen["selection"], "action": "amend", "reason": "people got new numbers", "dry_run": dry_run,
               "arguments": {"patch": {"requester": {"id": "f1002"}}}, "per_minute": 600})
    };
    let dry = accepted(hub.post("/api/v1/batches", &mend(true)).await);
    let dry = finished(&hub, &text(&dry["id"])).await;
    assert_eq!(dry["items"], json!({"done": ORDERS}), "{dry}");
    let items = hub.get(&format!("/api/v1/batches/{}/items?limit=1", text(&dry["id"]))).await;
    let call = &items["items"][0]["detail"]["calls"][0];
    assert_eq!((call["operation"].as_str(), call["key_used_before"].as_bool()), (Some("create_approval"), Some(false)), "{items}");
    assert_eq!(hub.open_exceptions().await.len(), ORDERS, "a dry run does nothing");

    let batch = text(&accepted(hub.post("/api/v1/batches", &mend(false)).await)["id"]);
    wait("the batch has begun", async || hub.get(&format!("/api/v1/batches/{batch}")).await["items"]["done"].as_u64() > Some(0)).await;
    hub.kill().await;
    hub.restart(store).await;
    let done = finished(&hub, &batch).await;
    assert_eq!(done["items"], json!({"done": ORDERS}), "what was under way is taken up again and finds what it did: {done}");

    // An order is released beside its payable's being booked: the order alone does not say that all is done.
    wait("everything is finished", async || {
        let verdict = mocks.audit().verdict(&numbers);
        (verdict.unfinished, verdict.lost) == (0, 0)
    })
    .await;
    let verdict = mocks.audit().verdict(&numbers);
    assert_eq!((verdict.lost, verdict.duplicated), (0, 0), "{:?}", verdict.details);
    let document = hub.document(&numbers[0]).await.expect("it is known");
    let revisions = hub.get(&format!("/api/v1/documents/{}/revisions", text(&document["id"]))).await;
    let origins: Vec<&str> = revisions["items"].as_array().into_iter().flatten().filter_map(|row| row["origin"].as_str()).collect();
    assert_eq!(origins, ["received", "amended"], "the source repeating itself is no revision");
    let diff = hub.get(&format!("/api/v1/documents/{}/revisions/2/diff", text(&document["id"]))).await;
    assert_eq!(diff["changes"][0]["path"], "/requester/id", "{diff}");
    hub.stop().await;
    mocks.stop().await;
}

async fn connect(mocks: &Running, hub: &HubProcess) {
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 100})).expect("known switches");
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: secret(name), mode: Mode::Thin }).expect("loopback");
    }
}

fn accepted((status, body): (u16, Value)) -> Value {
    assert!((200..300).contains(&status), "{status} {body}");
    body
}

async fn finished(hub: &HubProcess, batch: &str) -> Value {
    let path = format!("/api/v1/batches/{batch}");
    wait("the batch is done", async || hub.get(&path).await["state"] == "done").await;
    hub.get(&path).await
}

async fn wait(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(90), "not within 90 s: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
