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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stopped_goes_on_from_a_step_and_on_a_newer_version() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).retime(&[("{from: e100", "{from: f100")]);
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    connect(&mocks, &hub).await;
    let numbers = orders(&mocks, "PO-V", 2);
    wait("both stand in an exception", async || hub.open_exceptions().await.len() == 2).await;
    let [first, second] = [instance_of(&hub, &numbers[0]).await, instance_of(&hub, &numbers[1]).await];
    let (stopped, other) = (open_of(&hub, &first).await, open_of(&hub, &second).await);

    // From a step: what follows is visited anew under keys of its own, and stops for the same cause once more.
    let act = async |exception: &str, verb: &str, body: Value| hub.post(&format!("/api/v1/exceptions/{exception}/{verb}"), &body).await;
    let (status, answer) = act(&stopped, "from-step", json!({"step": "nowhere", "reason": "a slip"})).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("conflict")), "{answer}");
    accepted(act(&stopped, "from-step", json!({"step": "budget", "reason": "the budget was raised"})).await);
    wait("it has stopped again", async || hub.open_exceptions().await.iter().any(|row| row["instance"] == *first && row["id"] != *stopped))
        .await;
    assert_eq!(called(&hub, &first).await, ["budget", "oa", "budget", "oa"]);
    let effects = hub.get(&format!("/api/v1/instances/{first}/effects")).await;
    let steps = effects["items"].as_array().into_iter().flatten().filter_map(|row| row["step"].as_str());
    let mut asked: Vec<&str> = steps.filter(|step| step.starts_with("budget#")).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["budget#1", "budget#2"], "an effect of its own has a key of its own: {effects}");
    let (status, answer) = act(&stopped, "from-step", json!({"step": "budget", "reason": "again"})).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("conflict")), "it is settled: {answer}");

    // On a newer version: there is none at first, then the people are known and the stopped step is worked anew.
    let version = async |instance: &str| text(&hub.get(&format!("/api/v1/instances/{instance}")).await["version"]);
    let before = version(&first).await;
    assert_eq!(version(&second).await, before);
    let (status, answer) = act(&other, "newer-version", json!({"reason": "try"})).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("conflict")), "{answer}");
    let path = "dictionaries/people_oa.yaml";
    let known = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it ships");
    accepted(hub.post("/api/v1/releases", &json!({"message": "people are known", "files": {path: known}})).await);
    for (instance, exception) in [(&first, open_of(&hub, &first).await), (&second, other)] {
        accepted(act(&exception, "newer-version", json!({"reason": "people are known now"})).await);
        assert_ne!(version(instance).await, before, "{instance}");
    }
    assert_eq!(version(&first).await, version(&second).await);
    finishes(&mocks, &numbers).await;
    for number in &numbers {
        assert_eq!(mocks.audit().orders[number].approvals.len(), 1, "{number} was asked for once");
    }
    hub.stop().await;
    mocks.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_been_done_gets_no_new_key_until_that_is_settled() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    // The OA says no to whoever asks what became of it: that is no answer.
    let busy = "response.body.errcode == -1\", class:";
    let (before, after) = (format!("{busy} retryable"), format!("{busy} refused"));
    let project = Project::shipped(&mocks).retime(&[(before.as_str(), after.as_str())]);
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    connect(&mocks, &hub).await;
    let asking = |fails: f64| json!({"operations": {"list_approvals": {"http200_error": fails}}});
    mocks.set_switches(System::Oa, &json!({"operations": {"create_approval": {"lost_response_next": 1}}})).expect("known switches");
    mocks.set_switches(System::Oa, &asking(1.0)).expect("known switches");
    let numbers = orders(&mocks, "PO-U", 1);
    wait("it stands in an exception", async || hub.open_exceptions().await.len() == 1).await;
    let open = hub.open_exceptions().await.remove(0);
    assert_eq!((open["cause"].as_str(), open["operation"].as_str()), (Some("unknown"), Some("create_approval")), "{open}");
    assert_eq!(mocks.audit().orders[&numbers[0]].approvals.len(), 1, "it was made, and the answer was lost");

    let exception = text(&open["id"]);
    for (verb, body) in [
        ("from-step", json!({"step": "budget", "reason": "x"})),
        ("newer-version", json!({"reason": "x"})),
        ("amend", json!({"patch": {"payment_terms": "NET60"}, "reason": "x"})),
    ] {
        let (status, answer) = hub.post(&format!("/api/v1/exceptions/{exception}/{verb}"), &body).await;
        assert_eq!((status, answer["code"].as_str()), (409, Some("conflict")), "{verb}: {answer}");
        assert!(text(&answer["detail"]).contains("is not settled"), "{verb}: {answer}");
    }
    assert_eq!(hub.open_exceptions().await.len(), 1, "nothing of it was done");

    // Retry asks under the same reference, and finds it.
    mocks.set_switches(System::Oa, &asking(0.0)).expect("known switches");
    accepted(hub.post(&format!("/api/v1/exceptions/{exception}/retry"), &json!({"reason": "the OA answers again"})).await);
    finishes(&mocks, &numbers).await;
    assert_eq!(mocks.audit().orders[&numbers[0]].approvals.len(), 1, "asked for once");
    hub.stop().await;
    mocks.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_a_flow_makes_again_is_brought_up_to_date_and_one_of_another_is_not_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    // Every payable gets the same number, and finance does not know its tax code.
    let project =
        Project::shipped(&mocks).retime(&[("AP-{{doc.number}}", "AP-SAME"), ("{from: \"13\", to: \"V13\"", "{from: \"14\", to: \"V13\"")]);
    let hub = HubProcess::start(&project, &format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
    connect(&mocks, &hub).await;
    let made = async |count: usize, number: &str| {
        let wanted = NewOrders { count, number: Some(number.to_owned()), amount: Some(500.into()), lines: 1, ..NewOrders::default() };
        let numbers: Vec<String> = mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect();
        let [number] = numbers.as_slice() else { panic!("{numbers:?}") };
        number.clone()
    };
    let first = made(1, "PO-M").await;
    let open_at = async |step: &str| {
        let open = hub.open_exceptions().await;
        open.into_iter().find(|row| row["step"].as_str().is_some_and(|found| found.split('#').next() == Some(step)))
    };
    wait("the first stops before it is booked", async || open_at("post").await.is_some()).await;
    let payable = async || {
        let found = hub.get("/api/v1/documents?key=AP-SAME&type=payable").await;
        hub.get(&format!("/api/v1/documents/{}", text(&found["items"][0]["id"]))).await
    };
    let before = payable().await;
    let fresh = text(&before["status"]);
    assert_ne!(fresh, "cancelled");

    // Another order whose payable would be the first one's.
    made(1, "PO-N").await;
    wait("the second does not take it over", async || open_at("pay").await.is_some()).await;
    let taken = open_at("pay").await.expect("it is open");
    assert_eq!((taken["code"].as_str(), taken["cause"].as_str()), (Some("key_taken"), Some("data_wrong")), "{taken}");

    // Back to the step that made it, with other content: the payable was taken back, and lives again with what is right now.
    let stopped = text(&open_at("post").await.expect("it is open")["id"]);
    let amended = json!({"patch": {"payment_terms": "NET60"}, "from_step": "pay", "reason": "other terms were agreed"});
    accepted(hub.post(&format!("/api/v1/exceptions/{stopped}/amend"), &amended).await);
    wait("it stops there again", async || open_at("post").await.is_some_and(|row| row["id"] != *stopped)).await;
    let after = payable().await;
    assert_eq!((after["id"].as_str(), text(&after["status"])), (before["id"].as_str(), fresh), "{after}");
    assert_eq!((before["revision"].as_u64(), after["revision"].as_u64()), (Some(1), Some(2)), "{after}");
    let content = hub.get(&format!("/api/v1/documents/{}/revisions/2", text(&after["id"]))).await;
    assert_eq!((&content["body"]["payment_terms"], &content["body"]["purchase_order_ref"]), (&json!("NET60"), &json!(first)), "{content}");
    hub.stop().await;
    mocks.stop().await;
}

/// Orders that want an approval; their numbers.
fn orders(mocks: &Running, number: &str, count: usize) -> Vec<String> {
    let wanted = NewOrders { count, number: Some(number.to_owned()), amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
    mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect()
}

async fn instance_of(hub: &HubProcess, number: &str) -> String {
    text(&hub.document(number).await.expect("it is known")["instances"][0]["id"])
}

/// The open exception of an instance.
async fn open_of(hub: &HubProcess, instance: &str) -> String {
    let open = hub.open_exceptions().await;
    text(&open.iter().find(|row| row["instance"] == *instance).unwrap_or_else(|| panic!("{open:?}"))["id"])
}

/// The first two calls of the flow, as often as an instance has entered them, in order.
async fn called(hub: &HubProcess, instance: &str) -> Vec<String> {
    let history = hub.get(&format!("/api/v1/instances/{instance}/history")).await;
    let items = history["items"].as_array().cloned().unwrap_or_default();
    let entries = items.iter().flat_map(|item| item["entries"].as_array().cloned().unwrap_or_default());
    let entered = entries.filter(|entry| entry["kind"] == "entered").map(|entry| text(&entry["step"]));
    entered.filter(|step| ["budget", "oa"].contains(&step.as_str())).collect()
}

async fn finishes(mocks: &Running, numbers: &[String]) {
    wait("everything is finished", async || {
        let verdict = mocks.audit().verdict(numbers);
        (verdict.unfinished, verdict.lost) == (0, 0)
    })
    .await;
    let verdict = mocks.audit().verdict(numbers);
    assert_eq!((verdict.lost, verdict.duplicated), (0, 0), "{:?}", verdict.details);
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
