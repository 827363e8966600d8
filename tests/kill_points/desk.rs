//! The process dies before and after every commit that a person's request makes at the desk; the person asks again.

use crate::support::hub::{HubProcess, Project, TOKEN, text};
use crate::support::postgres::FreshDatabase;
use mock_systems::{NewOrders, Running, System};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const ORDERS: usize = 12;
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_at_the_desk_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    walk(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_at_the_desk_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points_desk").await;
    walk(&database.url).await;
    database.drop().await;
}

struct Desk {
    hub: HubProcess,
    mocks: Running,
    store: String,
    /// Points that were passed, for the comparison with the list.
    died: BTreeSet<&'static str>,
}

/// A request of a person: method, path, body.
type Ask = (reqwest::Method, String, Value);

fn post(path: impl Into<String>, body: Value) -> Ask {
    (reqwest::Method::POST, path.into(), body)
}

fn put(path: impl Into<String>, body: Value) -> Ask {
    (reqwest::Method::PUT, path.into(), body)
}

impl Desk {
    async fn ask(&self, (method, path, body): &Ask) -> Option<(u16, Value)> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        let mut request = client.request(method.clone(), self.hub.url(path)).bearer_auth(TOKEN);
        if *method == reqwest::Method::PUT || *method == reqwest::Method::DELETE {
            request = request.header("if-match", "*");
        }
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, serde_json::from_str(&answer.text().await.ok()?).unwrap_or(Value::Null)))
    }

    /// Asks of a hub that dies at the point's first passing on each side, then of one that lives; answers what that said.
    async fn survives(&mut self, point: &'static str, ask: Ask) -> Value {
        for side in ["before", "after"] {
            self.dies(point, side, Some(&ask)).await;
        }
        let (mut status, mut answer) = self.ask(&ask).await.expect("it lives");
        let began = Instant::now();
        // A stream that runs every second moves on under the hand of whoever moves its cursor.
        while status == 412 && began.elapsed() < WITHIN {
            (status, answer) = self.ask(&ask).await.expect("it lives");
        }
        assert!((200..300).contains(&status), "{point}: {status} {answer}");
        answer
    }

    async fn dies(&mut self, point: &'static str, side: &str, ask: Option<&Ask>) {
        self.hub.kill().await;
        let at = format!("{point}:{side}:1");
        self.hub.restart_to_die(&self.store, &at);
        let began = Instant::now();
        while !self.hub.is_dead() {
            assert!(began.elapsed() < WITHIN, "`{at}` was not passed: {}", self.hub.log_tail(20));
            if let Some(ask) = ask {
                self.ask(ask).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.died.insert(point);
        self.hub.restart(&self.store).await;
    }

    /// What the process does by itself.
    async fn survives_alone(&mut self, point: &'static str) {
        for side in ["before", "after"] {
            self.dies(point, side, None).await;
        }
    }

    async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self).await {
            assert!(began.elapsed() < WITHIN, "not within {WITHIN:?}: {what}: {}", self.hub.log_tail(20));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn walk(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    // Nobody of the ERP is known in the OA, so every order above the free limit stops before its approval.
    let project = Project::shipped(&mocks).retime(&[("every: 30s", "every: 1s"), ("{from: e100", "{from: f100")]);
    let hub = HubProcess::start(&project, store).await;
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 100})).expect("known switches");
    let wanted =
        NewOrders { count: ORDERS, number: Some("PO-K".to_owned()), amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
    let numbers: Vec<String> = mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect();
    let mut desk = Desk { hub, mocks, store: store.to_owned(), died: BTreeSet::new() };
    desk.until("every order stands in an exception", async |desk| desk.hub.open_exceptions().await.len() == ORDERS).await;

    let exception = text(&desk.hub.open_exceptions().await[0]["id"]);
    desk.survives("desk.assign", put(format!("/api/v1/exceptions/{exception}/assignee"), json!({"assignee": "test"}))).await;
    assert_eq!(desk.hub.get(&format!("/api/v1/exceptions/{exception}")).await["assignee"], "test");
    desk.survives("desk.add_note", post(format!("/api/v1/exceptions/{exception}/notes"), json!({"text": "seen"}))).await;
    let notes = desk.hub.get(&format!("/api/v1/exceptions/{exception}/notes")).await;
    let notes: Vec<&Value> = notes["items"].as_array().into_iter().flatten().filter(|note| note["text"] == "seen").collect();
    assert_eq!(notes.len(), 2, "{notes:?}: what was kept and not answered, and what was answered: a person sees both");

    // A file that was kept by a commit whose answer nobody got is the same file when it comes again.
    let instance = text(&desk.hub.get(&format!("/api/v1/exceptions/{exception}")).await["instance"]);
    let file = post(format!("/api/v1/instances/{instance}/files?name=why.json"), json!({"because": "a test"}));
    let kept = desk.survives("desk.keep_file", file.clone()).await;
    let again = desk.ask(&file).await.expect("it lives").1;
    assert_eq!((&again["ref"], &kept["content_type"]), (&kept["ref"], &json!("application/json")), "{kept}");

    let note = json!({"page": "/exceptions", "text": "too many"});
    let given = desk.survives("desk.give_feedback", post("/api/v1/feedback", note)).await;
    let kept = desk.hub.get("/api/v1/feedback?settled=false").await;
    assert_eq!(kept["items"].as_array().map(Vec::len), Some(2), "{kept}: what was kept and not answered, and what was answered");
    let settle = format!("/api/v1/feedback/{}/settle", text(&given["id"]));
    let settled = desk.survives("desk.settle_feedback", post(settle, json!({"answer": "mended"}))).await;
    assert_eq!(settled["answer"], "mended", "{settled}");

    let view = json!({"page": "documents", "name": "mine", "shared": false, "query": {"status": "submitted"}});
    let view = post("/api/v1/views", view);
    for side in ["before", "after"] {
        desk.dies("desk.save_view", side, Some(&view)).await;
    }
    assert_eq!(desk.ask(&view).await.expect("it lives").0, 409, "it was saved by the commit whose answer nobody got");
    let saved = desk.hub.get("/api/v1/views").await;
    assert_eq!(saved["items"].as_array().map(Vec::len), Some(1), "{saved}");
    let path = format!("/api/v1/views/{}", text(&saved["items"][0]["id"]));
    for side in ["before", "after"] {
        desk.dies("desk.drop_view", side, Some(&(reqwest::Method::DELETE, path.clone(), Value::Null))).await;
    }
    let gone = desk.ask(&(reqwest::Method::DELETE, path, Value::Null)).await.expect("it lives");
    assert_eq!(gone.0, 404, "it was dropped by the commit whose answer nobody got: {}", gone.1);

    desk.survives("desk.hold_breaker", put("/api/v1/connections/finance_main/breaker", json!({"state": "open", "reason": "a test"}))).await;
    desk.survives("desk.hold_breaker", put("/api/v1/connections/finance_main/breaker", json!({"state": "auto", "reason": "a test"}))).await;
    desk.survives("desk.run_stream", post("/api/v1/streams/oa_main/recent_approvals/run", json!({}))).await;
    desk.survives("desk.move_cursor", put("/api/v1/streams/oa_main/recent_approvals/cursor", json!({"cursor": null, "reason": "a test"})))
        .await;
    delegate(&mut desk).await;
    sample(&mut desk).await;
    for point in ["desk.report", "desk.add_counts", "desk.sweep", "desk.add_breaker_changes"] {
        desk.survives_alone(point).await;
    }

    // Receipts tell of callbacks, those that prove nothing too: what is lost of them is a line in a list.
    let hook = desk.hub.hook_path("oa_main", "approvals").await;
    for side in ["before", "after"] {
        desk.dies("desk.add_receipts", side, Some(&post(&hook, json!({"id": "nobody's"})))).await;
    }

    mend(&mut desk, &numbers).await;
    let unproved: Vec<&str> = waybill::store::kill_points::desk_points().filter(|point| !desk.died.contains(point)).collect();
    // Notices that wait, and how far somebody has looked: tests/notices dies there on both stores; who works here by a connected
    // system: tests/organisation does.
    assert_eq!(
        unproved,
        ["desk.bundle_notices", "desk.drop_bundle", "desk.see", "desk.keep_organisation", "desk.read_organisation"],
        "points nobody died at"
    );
    desk.hub.stop().await;
    desk.mocks.stop().await;
}

/// Sample documents are all there or all gone.
async fn sample(desk: &mut Desk) {
    let loaded = desk.ask(&post("/api/v1/sample", json!({}))).await.expect("it lives");
    assert_eq!((loaded.0, &loaded.1["documents"]), (201, &json!(12)), "{}", loaded.1);
    let remove = (reqwest::Method::DELETE, "/api/v1/sample".to_owned(), Value::Null);
    for (side, left) in [("before", 12), ("after", 0)] {
        desk.dies("desk.remove_documents", side, Some(&remove)).await;
        assert_eq!(desk.hub.get("/api/v1/sample").await["documents"], left, "{side}");
    }
    assert_eq!(desk.ask(&remove).await.expect("it lives").0, 204, "there is nothing left to do");
}

/// Who decides for whom: made and ended by commits whose answers nobody got.
async fn delegate(desk: &mut Desk) {
    #[expect(clippy::disallowed_methods, reason = "the hub's clock is the machine's")]
    let now = jiff::Timestamp::now();
    let until = now + jiff::SignedDuration::from_hours(24);
    let order = json!({"principal": "e1003", "agent": "e1004", "from": now, "until": until});
    let made = desk.survives("desk.delegate", post("/api/v1/delegations", order)).await;
    let path = format!("/api/v1/delegations/{}", text(&made["id"]));
    for side in ["before", "after"] {
        desk.dies("desk.end_delegation", side, Some(&(reqwest::Method::DELETE, path.clone(), Value::Null))).await;
    }
    let gone = desk.ask(&(reqwest::Method::DELETE, path, Value::Null)).await.expect("it lives");
    assert_eq!(gone.0, 404, "it was ended by the commit whose answer nobody got: {}", gone.1);
}

/// A batch over all that stopped: each of its commits is the last once, and each order is mended once.
async fn mend(desk: &mut Desk, numbers: &[String]) {
    let chosen =
        desk.survives("desk.freeze", post("/api/v1/selections", json!({"resource": "exceptions", "filter": {"state": "open"}}))).await;
    assert_eq!(chosen["count"].as_u64(), Some(ORDERS as u64));
    let order = json!({"selection": chosen["selection"], "action": "amend", "reason": "people got new numbers",
        "arguments": {"patch": {"requester": {"id": "f1002"}}}, "per_minute": 600});
    let batch = text(&desk.survives("desk.start_batch", post("/api/v1/batches", order)).await["id"]);
    let path = format!("/api/v1/batches/{batch}");
    desk.survives_alone("desk.claim_items").await;
    desk.survives_alone("desk.record_items").await;
    desk.until("the batch is done", async |desk| desk.hub.get(&path).await["state"] == "done").await;
    for side in ["before", "after"] {
        desk.dies("desk.move_batch", side, Some(&post(format!("{path}/cancel"), json!({})))).await;
        desk.dies("desk.retry_failed", side, Some(&post(format!("{path}/retry-failed"), json!({})))).await;
    }
    desk.until("nothing is open", async |desk| desk.hub.open_exceptions().await.is_empty()).await;
    desk.until("everything is finished", async |desk| {
        let verdict = desk.mocks.audit().verdict(numbers);
        assert_eq!(verdict.duplicated, 0, "{:?}", verdict.details);
        verdict.lost + verdict.unfinished == 0
    })
    .await;
    for number in numbers {
        let document = desk.hub.document(number).await.expect("it is known");
        let revisions = desk.hub.get(&format!("/api/v1/documents/{}/revisions", text(&document["id"]))).await;
        let origins: Vec<&str> = revisions["items"].as_array().into_iter().flatten().filter_map(|row| row["origin"].as_str()).collect();
        assert_eq!(origins, ["received", "amended"], "{number} was amended once");
    }
}
