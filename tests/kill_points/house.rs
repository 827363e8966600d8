//! The same for what schedules and authors set off: systems that are read back, numbers that are drawn, drafts and releases.
//!
//! What nobody got an answer to was either not done at all, or is found done by whoever asks again.

use crate::dying::{Ask, Dying, SIDES, ask};
use crate::support::hub::{HubProcess, Project, secret, text};
use crate::support::postgres::FreshDatabase;
use jiff::Timestamp;
use mock_systems::{Edit, Mode, NewOrders, OrderStatus, Registration, Running, System};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waybill::domain::ids::TenantId;
use waybill::store::{Options, Page, ReconciliationFilter, ReconciliationRow, ScheduleKey, Store};

/// What is met here.
pub const POINTS: [&str; 10] = [
    "draw_number",
    "publish",
    "save_draft",
    "drop_draft",
    "plan_reconciliations",
    "note_fires",
    "claim_reconciliations",
    "record_reconciliation",
    "cancel_reconciliation",
    "say_of_drifts",
];

const ORDERS: usize = 6;
/// A key is free again after a minute.
const HELD: Duration = Duration::from_secs(75);
const FLOW: &str = "flows/purchase_order_approval.yaml";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_schedules_and_authors_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    walk(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_schedules_and_authors_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points_house").await;
    walk(&database.url).await;
    database.drop().await;
}

/// Nobody but reconciliation looks, and it sees every change at once; the ERP and the OA are read back by the hour.
fn project(mocks: &Running) -> Project {
    let hourly = |connector: &str| format!("connector: {connector}\nenvironment: demo\nreconcile: {{every: 1h}}");
    let (erp, oa) = (hourly("demo_erp"), hourly("demo_oa"));
    Project::shipped(mocks).retime(&[
        ("every: 30s", "every: 1h"),
        ("every: [10s, 1m, 10m, 2h]", "every: [2h]"),
        ("settle: 10m\n    visible_within: 2s", "settle: 0s\n    visible_within: 0s"),
        ("connector: demo_erp\nenvironment: demo", &erp),
        ("connector: demo_oa\nenvironment: demo", &oa),
    ])
}

struct House {
    dying: Dying,
    mocks: Running,
}

async fn walk(url: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = project(&mocks);
    // The hub was away for years when the schedule of the ERP was due; that of the OA is new.
    let old = "2024-01-01T00:00:00Z".parse().expect("a time");
    with_store(url, async |store| {
        store.migrate().await.expect("migrates");
        store.note_fires(&[(schedule("erp_hq"), old)], old).await.expect("noted");
    })
    .await;
    // It starts somewhere else first: the very first start on this store is one that dies.
    let elsewhere = format!("sqlite:{}", project.path().join("elsewhere.sqlite").display());
    let hub = HubProcess::start(&project, &elsewhere).await;
    let mut house = House { dying: Dying::new(hub, url), mocks };
    schedules(&mut house).await;
    let orders = orders(&house).await;
    runs(&mut house).await;
    drift(&mut house, &orders).await;
    numbers(&mut house).await;
    drafts(&mut house).await;
    releases(&mut house, &project).await;
    let died: Vec<&str> = house.dying.died.iter().copied().collect();
    let mut points = POINTS.to_vec();
    points.sort_unstable();
    assert_eq!(died, points, "points nobody died at");
    house.dying.hub.stop().await;
    house.mocks.stop().await;
}

fn schedule(connection: &str) -> ScheduleKey {
    ScheduleKey { tenant: TenantId::DEFAULT, schedule: format!("reconcile/{connection}") }
}

/// What a dead hub left behind.
async fn with_store<T>(url: &str, look: impl AsyncFnOnce(Arc<dyn Store>) -> T) -> T {
    let store = waybill::store::connect(url, Options::default()).await.expect("connects");
    let found = look(store.clone()).await;
    store.close().await;
    found
}

async fn last_fire(url: &str, connection: &str) -> Option<Timestamp> {
    with_store(url, async |store| store.last_fires(&[schedule(connection)]).await.expect("read").first().map(|(_, at)| *at)).await
}

async fn runs_of(url: &str, connection: &str) -> Vec<ReconciliationRow> {
    let filter = ReconciliationFilter { tenant: TenantId::DEFAULT, connection: Some(connection.to_owned()), state: None, id: None };
    with_store(url, async |store| store.reconciliations(&filter, &Page { limit: 50, after: None }).await.expect("read")).await
}

/// What schedules set off: a fire is noted, a run planned, taken up and stored page by page, each commit the last once.
async fn schedules(house: &mut House) {
    let url = house.dying.store.clone();
    let dying = &mut house.dying;
    dying.dies("note_fires", "before", None).await;
    assert_eq!(last_fire(&url, "oa_main").await, None);
    dying.dies("note_fires", "after", None).await;
    let noted = last_fire(&url, "oa_main").await;
    assert!(noted.is_some(), "the schedule of the OA counts from now on");
    dying.dies("plan_reconciliations", "before", None).await;
    assert_eq!(runs_of(&url, "erp_hq").await.len(), 0);
    dying.dies("plan_reconciliations", "after", None).await;
    let planned = runs_of(&url, "erp_hq").await;
    assert_eq!((planned.len(), planned[0].state.as_str(), planned[0].requested_by.as_str()), (1, "planned", "schedule"));
    let run = planned[0].id;
    for point in ["claim_reconciliations", "record_reconciliation"] {
        for side in SIDES {
            dying.dies(point, side, None).await;
        }
    }
    dying.starts().await;
    dying.until("the run is done", async |hub| hub.get(&format!("/api/v1/reconciliations/{run}")).await["state"] == "done").await;
    let all = dying.hub.get("/api/v1/reconciliations?limit=50").await;
    let all = all["items"].as_array().expect("items");
    // An hour may begin while the test runs; each hour fires once.
    let fires: BTreeSet<(String, String)> = all.iter().map(|run| (text(&run["connection"]), text(&run["nominal_at"]))).collect();
    assert_eq!(fires.len(), all.len(), "each fire is one run: {all:?}");
    assert!(all.iter().filter(|run| run["connection"] == "erp_hq").count() <= 2, "{all:?}");
}

/// Orders go through the flow while nothing dies.
async fn orders(house: &House) -> Vec<(String, String)> {
    let (hub, mocks) = (&house.dying.hub, &house.mocks);
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 50})).expect("known switches");
    for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
        let url = hub.hook_url(connection, webhook).await;
        mocks.register_webhook(system, &Registration { url, secret: secret(name), mode: Mode::Thin }).expect("loopback");
    }
    let wanted = NewOrders { count: ORDERS, lines: 1, amount: Some(20_000.into()), ..NewOrders::default() };
    let orders = mocks.create_orders(&wanted).expect("orders");
    let numbers: Vec<&str> = orders.iter().map(|(_, number)| number.as_str()).collect();
    house
        .dying
        .until("every order is finished", async |hub| {
            let running = hub.get("/api/v1/instances?status=running&limit=1").await;
            let verdict = mocks.audit().verdict(&numbers);
            verdict.lost + verdict.unfinished == 0 && running["items"] == json!([])
        })
        .await;
    orders
}

fn read_back(key: &str) -> Ask {
    let order = json!({"connection": "erp_hq", "reason": "a test"});
    ask(Method::POST, "/api/v1/reconciliations", order).with("idempotency-key", key)
}

/// Runs that a person asked for.
async fn runs_asked_for(house: &House) -> Vec<String> {
    let all = house.dying.hub.get("/api/v1/reconciliations?connection=erp_hq&limit=50").await;
    let asked = all["items"].as_array().into_iter().flatten().filter(|run| run["requested_by"] != "schedule");
    asked.map(|run| text(&run["id"])).collect()
}

/// A run that a person asks for, and one that a person ends.
async fn runs(house: &mut House) {
    // Without a key: one whose first asking died is held to be under way for a minute.
    let wish = ask(Method::POST, "/api/v1/reconciliations", json!({"connection": "erp_hq", "reason": "a test"}));
    for (side, kept) in [("before", 0), ("after", 1)] {
        house.dying.dies("plan_reconciliations", side, Some(&wish)).await;
        house.dying.starts().await;
        assert_eq!(runs_asked_for(house).await.len(), kept, "{side}");
    }
    let asked = runs_asked_for(house).await.remove(0);
    assert_eq!(done(house, &asked).await["sentence"], format!("{ORDERS} of {ORDERS} agree"), "whoever got no answer finds it done");

    // The list cannot be read, so that the run goes on until somebody ends it.
    house.mocks.set_switches(System::Erp, &json!({"operations": {"list_orders": {"reset_before": 1.0}}})).expect("known switches");
    let (status, begun) = house.dying.lives(&read_back("b-run")).await;
    assert_eq!(status, 202, "{begun}");
    let path = format!("/api/v1/reconciliations/{}", text(&begun["id"]));
    let end = ask(Method::POST, format!("{path}/cancel"), json!({"reason": "a test"}));
    house.dying.dies("cancel_reconciliation", "before", Some(&end)).await;
    house.dying.starts().await;
    let state = text(&house.dying.hub.get(&path).await["state"]);
    assert!(["planned", "running"].contains(&state.as_str()), "{state}");
    house.dying.dies("cancel_reconciliation", "after", Some(&end)).await;
    house.dying.starts().await;
    assert_eq!(house.dying.hub.get(&path).await["state"], "cancelled");
    assert_eq!(house.dying.lives(&end).await.0, 409, "it was ended by the commit whose answer nobody got");
    house.mocks.set_switches(System::Erp, &json!({"operations": {"list_orders": {"reset_before": 0.0}}})).expect("known switches");
}

async fn done(house: &House, run: &str) -> Value {
    let path = format!("/api/v1/reconciliations/{run}");
    house.dying.until("the run is done", async |hub| hub.get(&path).await["state"] == "done").await;
    house.dying.hub.get(&path).await
}

/// A difference that a person lets stand.
async fn drift(house: &mut House, orders: &[(String, String)]) {
    let voided = Edit { status: Some(OrderStatus::Cancelled), silent: true, ..Edit::default() };
    house.mocks.edit_order(&orders[0].0, &voided).expect("it is there");
    let (_, begun) = house.dying.lives(&read_back("c-run")).await;
    done(house, &text(&begun["id"])).await;
    let open = house.dying.hub.get("/api/v1/drift?state=open&limit=50").await;
    let open = open["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(open.iter().map(|drift| text(&drift["kind"])).collect::<Vec<_>>(), ["voided_there"], "{open:?}");
    let path = format!("/api/v1/drift/{}", text(&open[0]["id"]));
    let accept = ask(Method::POST, format!("{path}/accept"), json!({"reason": "ordered elsewhere"}));
    for (side, state) in [("before", "open"), ("after", "accepted")] {
        house.dying.dies("say_of_drifts", side, Some(&accept)).await;
        house.dying.starts().await;
        assert_eq!(house.dying.hub.get(&path).await["state"], state, "{side}");
    }
    assert_eq!(house.dying.lives(&accept).await.0, 409, "it was accepted by the commit whose answer nobody got");
}

/// A form whose number is drawn: a number may be lost with a death, a document is made once.
async fn numbers(house: &mut House) {
    let values = json!({
        "requester": "e1002", "department": "procurement", "category": "goods",
        "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
    });
    let submission = json!({"values": values, "submitter": "e1001"});
    let submit = |key| ask(Method::POST, "/api/v1/forms/purchase_request/submissions", submission.clone()).with("idempotency-key", key);
    for (side, key) in [("before", "a-request"), ("after", "b-request")] {
        house.dying.dies("draw_number", side, Some(&submit(key))).await;
    }
    house.dying.starts().await;
    // A request whose hub died is held to be under way for a minute.
    let began = Instant::now();
    let (status, made) = loop {
        let answer = house.dying.lives(&submit("b-request")).await;
        if answer.0 != 409 || began.elapsed() > HELD {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert_eq!(status, 201, "{made}");
    // Drawn once by the hub that died after it, and once now.
    assert!(text(&made["document"]["key"]).ends_with("-000002"), "{made}");
    let listed = house.dying.hub.get("/api/v1/documents?type=purchase_request&limit=50").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}

async fn drafts(house: &mut House) {
    const PATH: &str = "/api/v1/definitions/mapping/po_ref_too/draft";
    let written = "format: 1\nmapping: po_ref_too\ninputs: {doc: purchase_order}\nto: {operation: erp.release_order}\n\
                   fields:\n  - {to: id, value: doc.source.id, required: true}\n";
    let save = ask(Method::PUT, PATH, json!({"text": written})).with("if-none-match", "*");
    let (look, remove) = (ask(Method::GET, PATH, Value::Null), ask(Method::DELETE, PATH, Value::Null).with("if-match", "*"));
    for (side, status) in [("before", 404), ("after", 200)] {
        house.dying.dies("save_draft", side, Some(&save)).await;
        house.dying.starts().await;
        assert_eq!(house.dying.lives(&look).await.0, status, "{side}");
    }
    let (status, saved) = house.dying.lives(&save).await;
    assert_eq!(status, 200, "the same text again works: {saved}");
    let all = house.dying.hub.get("/api/v1/drafts").await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1), "{all}");
    for (side, status) in [("before", 200), ("after", 404)] {
        house.dying.dies("drop_draft", side, Some(&remove)).await;
        house.dying.starts().await;
        assert_eq!(house.dying.lives(&look).await.0, status, "{side}");
    }
    assert_eq!(house.dying.lives(&remove).await.0, 404, "it was dropped by the commit whose answer nobody got");
}

/// A release is whole or not there, and published once.
async fn releases(house: &mut House, project: &Project) {
    let flow = std::fs::read_to_string(project.path().join(FLOW)).expect("text");
    let changed = format!("# Another word.\n{flow}");
    let publish = ask(Method::POST, "/api/v1/releases", json!({"message": "another word", "files": {FLOW: changed}}));
    let live = async |house: &House| {
        let live = house.dying.hub.get("/api/v1/releases/live/files").await;
        let files = live["files"].as_array().expect("files");
        let own = files.iter().find(|file| file["path"] == FLOW).map(|file| text(&file["text"]));
        (live["number"].as_u64().expect("a number"), own, files.len())
    };
    let (number, _, files) = live(house).await;
    for (side, expected) in [("before", (number, flow)), ("after", (number + 1, changed))] {
        house.dying.dies("publish", side, Some(&publish)).await;
        house.dying.starts().await;
        assert_eq!(live(house).await, (expected.0, Some(expected.1), files), "{side}");
    }
    let (status, said) = house.dying.lives(&publish).await;
    assert_eq!((status, said["published"].as_bool()), (200, Some(false)), "it was published by the commit whose answer nobody got: {said}");
    let all = house.dying.hub.get("/api/v1/releases").await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(usize::try_from(number + 1).expect("few")), "{all}");
}
