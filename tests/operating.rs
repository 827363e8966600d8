//! What an operator sees of a hub at work: traces at a collector, metrics, and logs that give nothing away.

mod support;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Mode, NewOrders, Registration, Running, System};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project};
use waybill::runtime::metrics::list::ALL;

/// A payload value no log, metric or span may ever hold.
const SUPPLIER: &str = "Canary Supplies Kestrel-9021";
/// The collector's own password.
const COLLECTOR_SECRET: &str = "Bearer canary-collector-7731";
const ORDERS: u64 = 12;

/// Spans a collector was sent, with the attributes of their resource.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    services: Arc<Mutex<BTreeSet<String>>>,
    refused: Arc<Mutex<u32>>,
}

impl Collector {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new().route("/v1/traces", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("no panic").clone()
    }

    async fn wait(&self, done: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let began = Instant::now();
        loop {
            let spans = self.spans();
            if done(&spans) {
                return spans;
            }
            let names: BTreeSet<_> = spans.iter().map(|span| span.name.clone()).collect();
            assert!(began.elapsed() < Duration::from_secs(30), "{} spans, named {names:?}", spans.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> axum::http::StatusCode {
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(COLLECTOR_SECRET) {
        *collector.refused.lock().expect("no panic") += 1;
        return axum::http::StatusCode::UNAUTHORIZED;
    }
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
    for resource in request.resource_spans {
        let attributes = resource.resource.unwrap_or_default().attributes;
        let service = attributes.iter().find(|attribute| attribute.key == "service.name").and_then(|found| found.value.clone());
        if let Some(Any::StringValue(name)) = service.and_then(|value| value.value) {
            collector.services.lock().expect("no panic").insert(name);
        }
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        collector.spans.lock().expect("no panic").extend(spans);
    }
    axum::http::StatusCode::OK
}

/// A hub that has carried a few orders from the first webhook to the last write.
async fn hub_at_work(mocks: &Running, project: &Project, store: &str) -> HubProcess {
    let hub = HubProcess::start(project, store).await;
    keep_secret(&hub, "oa_key", &mocks.options().oa.app_secret).await;
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 50})).expect("known switches");
    // One answer in ten is lost: look-ups are part of what is seen.
    mocks.set_switches(System::Oa, &json!({"lost_response": 0.1, "executes_within_ms": 200, "visible_within_ms": 100})).expect("known");
    let oa = hub.hook_url("oa_main", "approvals").await;
    mocks.register_webhook(System::Oa, &Registration { url: oa, secret: support::hub::secret("oa"), mode: Mode::Thin }).expect("loopback");
    let load = LoadOptions {
        url: hub.hook_url("erp_hq", "orders").await,
        secret: support::hub::secret("erp"),
        orders: ORDERS,
        pace: Pace::Rate { per_second: 50.0 },
        connections: 2,
        send_within: Duration::from_secs(30),
        drain_within: Duration::from_secs(60),
        template: NewOrders { lines: 2, supplier_name: Some(SUPPLIER.to_owned()), ..NewOrders::default() },
    };
    let report = mock_systems::load::run(mocks, &load).await.expect("the load ran");
    let verdict = mocks.audit().verdict(&report.numbers);
    assert_eq!((verdict.lost, verdict.duplicated, verdict.unfinished), (0, 0, 0), "{:?}\n{}", verdict.details, hub.log_tail(30));
    hub
}

/// Gives the hub a secret to keep.
async fn keep_secret(hub: &HubProcess, name: &str, value: &str) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = client.put(hub.url(&format!("/api/v1/secrets/{name}"))).bearer_auth(support::hub::TOKEN).header("if-none-match", "*");
    let body = json!({"value": value}).to_string();
    let answer = request.header("content-type", "application/json").body(body).send().await.expect("the hub answers");
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_s_way_is_one_trace_and_nothing_gives_it_away() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    // One partner's secret is kept by the hub, under a master key that is a canary like every other secret.
    let project = Project::bench(&mocks)
        .retime(&[("env/WAYBILL_BENCH_OA_SECRET", "store/oa_key")])
        .section("store:\n  master_keys:\n    - {id: one, key: {secret: env/WAYBILL_MASTER_SECRET}}\n")
        .with("WAYBILL_MASTER_SECRET", &support::hub::secret("master key"))
        .section("telemetry:\n  service_name: hub-under-test\n  log_format: json\n  log_filter: debug\n  sampling_ratio: \"1\"\n")
        .section("  otlp_headers: {authorization: {secret: env/COLLECTOR_SECRET}}\n")
        .with("WAYBILL_TELEMETRY_OTLP_ENDPOINT", &endpoint)
        .with("COLLECTOR_SECRET", COLLECTOR_SECRET);
    let store = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let hub = hub_at_work(&mocks, &project, &store).await;

    let ended = |spans: &[Span]| spans.iter().filter(|span| text_of(span, "instance.status") == "ended").count() as u64 >= ORDERS;
    let spans = collector.wait(ended).await;
    let page = hub.get("/api/v1/instances?limit=50").await;
    let instances: Vec<String> = page["items"].as_array().expect("a list").iter().map(|item| support::hub::text(&item["id"])).collect();
    assert_eq!(instances.len() as u64, ORDERS);
    for instance in &instances {
        one_trace(&spans, instance);
    }
    metrics(&hub.text("/metrics").await);
    let tail = hub.log_tail(usize::MAX);
    hub.stop().await;
    mocks.stop().await;

    assert_eq!(collector.services.lock().expect("no panic").iter().collect::<Vec<_>>(), ["hub-under-test"]);
    assert_eq!(*collector.refused.lock().expect("no panic"), 0);
    quiet(&project, &tail, &collector.spans());
}

/// The trace of one instance: begun, its effects with their requests, each part hanging on another of it; and linked with the
/// trace of the webhook that began it.
fn one_trace(spans: &[Span], instance: &str) {
    let id = hex(instance);
    let mine: Vec<&Span> = spans.iter().filter(|span| span.trace_id == id).collect();
    let known: BTreeSet<&[u8]> = mine.iter().map(|span| span.span_id.as_slice()).collect();
    assert_eq!(known.len(), mine.len(), "no span comes twice");
    let roots: Vec<&&Span> = mine.iter().filter(|span| span.parent_span_id.is_empty()).collect();
    assert_eq!(roots.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["instance"], "one beginning");
    for span in mine.iter().filter(|span| !span.parent_span_id.is_empty()) {
        assert!(known.contains(span.parent_span_id.as_slice()), "`{}` hangs on nothing", span.name);
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    let count = |name: &str| mine.iter().filter(|span| span.name == name).count();
    assert!(count("effect") >= 3 && count("outbox") >= 3 && count("decide") >= 3, "{:?}", names(&mine));
    let requests: BTreeMap<&str, &str> = mine
        .iter()
        .filter(|span| span.kind == 3)
        .map(|span| (span.name.as_str(), parent(&mine, span).map_or("", |parent| parent.name.as_str())))
        .collect();
    assert!(requests.len() >= 3 && requests.values().all(|parent| *parent == "effect"), "{requests:?}");
    // The webhook's own trace leads here, and this one leads back to it.
    let cause = roots[0].links.first().expect("what began it");
    let theirs: Vec<&Span> = spans.iter().filter(|span| span.trace_id == cause.trace_id).collect();
    assert!(names(&theirs).is_superset(&["webhook", "message", "decide"].into()), "{:?}", names(&theirs));
    let decision = theirs.iter().find(|span| span.span_id == cause.span_id).expect("the decision that began it");
    assert!(decision.links.iter().any(|link| link.trace_id == id));
}

fn names<'a>(spans: &[&'a Span]) -> BTreeSet<&'a str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

fn parent<'a>(spans: &[&'a Span], of: &Span) -> Option<&'a Span> {
    spans.iter().find(|span| span.span_id == of.parent_span_id).copied()
}

fn text_of(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key).and_then(|attribute| attribute.value.clone());
    match found.and_then(|value| value.value) {
        Some(Any::StringValue(text)) => text,
        _ => String::new(),
    }
}

fn hex(id: &str) -> Vec<u8> {
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    (0..16).map(|byte| u8::from_str_radix(&digits[byte * 2..byte * 2 + 2], 16).expect("hexadecimal")).collect()
}

/// What is exposed is what is listed, and what such a run must have counted is there.
fn metrics(text: &str) {
    let mut seen = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let metric = ALL.iter().find(|metric| {
            let suffixes: &[&str] = if metric.kind.is_histogram() { &["_bucket", "_sum", "_count"] } else { &[""] };
            suffixes.iter().any(|suffix| name == format!("{}{suffix}", metric.name))
        });
        let metric = metric.unwrap_or_else(|| panic!("`{name}` is not listed"));
        let labels = line.split_once('{').map_or("", |(_, rest)| rest.split_once('}').map_or("", |(labels, _)| labels));
        for label in labels.split("\",").filter_map(|pair| pair.split('=').next()).filter(|label| !label.is_empty()) {
            assert!(label == "le" || metric.labels.contains(&label), "`{label}` is no label of `{name}`");
        }
        let value: f64 = line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number");
        *seen.entry(metric.name).or_insert(0.0) += value;
    }
    for (name, least) in [
        ("waybill_webhooks_acknowledged_total", ORDERS as f64),
        ("waybill_intake_messages_total", 2.0 * ORDERS as f64),
        ("waybill_messages_worked_total", 2.0 * ORDERS as f64),
        ("waybill_engine_batches_total", 3.0),
        ("waybill_engine_inputs_total", 3.0 * ORDERS as f64),
        ("waybill_engine_batch_inputs", 1.0),
        ("waybill_engine_decision_seconds", 1.0),
        ("waybill_engine_transaction_seconds", 1.0),
        ("waybill_effects_claimed_total", 3.0 * ORDERS as f64),
        ("waybill_effects_ended_total", 3.0 * ORDERS as f64),
        ("waybill_effect_wait_seconds", 3.0 * ORDERS as f64),
        ("waybill_gateway_requests_total", 3.0 * ORDERS as f64),
        ("waybill_gateway_request_seconds", 3.0 * ORDERS as f64),
        ("waybill_store_call_seconds", 1.0),
        ("waybill_store_up", 1.0),
        ("waybill_documents", 0.0),
        ("waybill_build_info", 1.0),
        ("process_open_fds", 3.0),
        ("process_resident_memory_bytes", 1_000_000.0),
    ] {
        assert!(seen.get(name).is_some_and(|value| *value >= least), "{name} is {:?}, at least {least} was expected", seen.get(name));
    }
}

/// Neither the log at `debug` nor a span holds a secret, a payload value or a body.
fn quiet(project: &Project, log: &str, spans: &[Span]) {
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(
        lines.len() > 20 && lines.len() == log.lines().count(),
        "every line is one JSON object: {} of {}",
        lines.len(),
        log.lines().count()
    );
    let mut ours = lines.iter().filter(|line| line["target"].as_str().is_some_and(|target| target.starts_with("waybill")));
    assert!(ours.clone().any(|line| line["level"] == "DEBUG"), "the log is at debug");
    let silent = ours.find(|line| line["message"].as_str().is_none_or(|message| message.len() < 10));
    assert!(silent.is_none(), "a line of ours that says nothing: {silent:?}");
    let spans = format!("{spans:?}");
    let secrets = project.environment().iter().filter(|(name, _)| name.contains("SECRET")).map(|(_, value)| value.as_str());
    let canaries: Vec<&str> = secrets.chain([SUPPLIER, "Kestrel-9021", "test-token-for-one-run-only"]).collect();
    assert!(canaries.len() > 6);
    for canary in canaries {
        let plain = canary.trim_start_matches("Bearer ");
        let line = log.lines().find(|line| line.contains(plain));
        assert!(line.is_none(), "`{canary}` stands in the log: {line:?}");
        assert!(!spans.contains(plain), "`{canary}` stands in a span");
    }
}

/// A tenant that has used its documents up gets no new ones in; those that are there go on to their ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_document_over_the_quota_waits_as_a_message_and_known_ones_go_on() {
    const LIMIT: usize = 5;
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = Project::bench(&mocks).section(&format!("quotas:\n  documents_per_day: {LIMIT}\n"));
    let store = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let hub = HubProcess::start(&project, &store).await;
    let decide = json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 8_000});
    mocks.set_switches(System::Oa, &decide).expect("known switches");
    for (system, name, connection, webhook) in [(System::Oa, "oa", "oa_main", "approvals"), (System::Erp, "erp", "erp_hq", "orders")] {
        let url = hub.hook_url(connection, webhook).await;
        // The lean content believes what the ERP says of an order.
        let mode = if system == System::Erp { Mode::Full } else { Mode::Thin };
        let registration = Registration { url, secret: support::hub::secret(name), mode };
        mocks.register_webhook(system, &registration).expect("loopback");
    }
    let orders = |count: usize| -> Vec<String> {
        let wanted = NewOrders { count, amount: Some(12_000.into()), lines: 1, ..NewOrders::default() };
        mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect()
    };
    let until = async |what: &str, holds: &dyn Fn(&Value) -> bool, path: &str| {
        let began = Instant::now();
        loop {
            let found = hub.get(path).await;
            if holds(&found) {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{what}: {found:#}\n{}", hub.log_tail(20));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let taken = orders(LIMIT);
    until("the quota is used up", &|health| health["degraded"].to_string().contains("documents_per_day"), "/ready").await;
    let late = orders(3);
    let began = Instant::now();
    while hub.metric("waybill_quota_refused_total").await < 3.0 {
        assert!(began.elapsed() < Duration::from_secs(60), "three messages wait\n{}", hub.log_tail(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    until("the first five end", &|page| page["items"].as_array().is_some_and(Vec::is_empty), "/api/v1/instances?status=running").await;
    let verdict = mocks.audit().verdict(&taken);
    assert_eq!((verdict.lost, verdict.duplicated, verdict.unfinished), (0, 0, 0), "{:?}", verdict.details);
    for number in &late {
        assert!(hub.document(number).await.is_none(), "{number} waits");
    }
    assert_eq!(hub.get("/api/v1/exceptions?state=open").await["items"], json!([]), "nobody is called for it");
    assert!(hub.metric("waybill_quota_used_ratio").await >= 1.0);
    let quotas = hub.get("/api/v1/quotas").await;
    let reached = |quota: &&Value| quota["reached"] == true;
    let reached: Vec<&Value> = quotas["items"].as_array().into_iter().flatten().filter(reached).collect();
    assert!(matches!(reached[..], [one] if one["quota"] == "documents_per_day" && one["limit"] == LIMIT), "{quotas}");
    hub.stop().await;
    mocks.stop().await;
}

/// What is under way when the time of a stop is over is settled before the process ends, so that whoever comes next need not
/// wait for leases. Two minutes of lease and a minute without an answer: without that, this takes two minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_cuts_a_call_off_leaves_no_lease_to_wait_for() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = Project::shipped(&mocks).with("WAYBILL_ENGINE_LEASE_SECONDS", "120").with("WAYBILL_SERVER_STOP_TIMEOUT_SECONDS", "4");
    let store = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let mut hub = HubProcess::start(&project, &store).await;
    let slow = json!({"slow_ms": 60_000, "operations": {"create_approval": {"slow_next": 1}}, "decide": "approve", "decide_after_ms": 50});
    mocks.set_switches(System::Oa, &slow).expect("known switches");
    for (system, connection, webhook) in [(System::Oa, "oa_main", "approvals"), (System::Erp, "erp_hq", "orders")] {
        let name = if system == System::Oa { "oa" } else { "erp" };
        let registration =
            Registration { url: hub.hook_url(connection, webhook).await, secret: support::hub::secret(name), mode: Mode::Thin };
        mocks.register_webhook(system, &registration).expect("loopback");
    }
    let wanted = NewOrders { amount: Some(80_000.into()), ..NewOrders::default() };
    let number = mocks.create_orders(&wanted).expect("an order")[0].1.clone();
    let began = Instant::now();
    while mocks.traffic()["oa"]["operations"]["create_approval"]["faults"]["slow"] != 1 {
        assert!(began.elapsed() < Duration::from_secs(30), "the approval is asked for: {}", mocks.traffic());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let stopped = Instant::now();
    hub.end().await;
    assert!(stopped.elapsed() < Duration::from_secs(8), "it ends in its time");
    hub.restart(&store).await;
    let again = Instant::now();
    let settled = async || mocks.audit().verdict(std::slice::from_ref(&number)).unfinished == 0;
    while !settled().await {
        assert!(again.elapsed() < Duration::from_secs(60), "nobody waits for the lease\n{}", hub.log_tail(30));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let verdict = mocks.audit().verdict(&[number]);
    assert_eq!((verdict.lost, verdict.duplicated), (0, 0), "{:?}", verdict.details);
    hub.stop().await;
    mocks.stop().await;
}

/// How far a stream got, as the console shows it.
async fn stream_of(hub: &HubProcess, connection: &str) -> Option<Value> {
    let all = hub.get("/api/v1/streams").await;
    let items = all["items"].as_array().expect("a list").clone();
    items.into_iter().find(|item| item["connection"] == connection && item["stream"] == "recent_approvals")
}

async fn unheard_of(hub: &HubProcess, connection: &str) -> Value {
    hub.get(&format!("/api/v1/connections/{connection}/health")).await["unheard_streams"].clone()
}

/// A list that nobody waits for is not read from the partner; one whose connection lost its role is read on for what began before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_read_while_somebody_listens_or_waits() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::shipped(&mocks).retime(&[("every: 30s", "every: 1s")]);
    let connections = project.path().join("config/connections");
    let main = std::fs::read_to_string(connections.join("oa_main.yaml")).expect("it is there");
    for name in ["oa_spare", "oa_third"] {
        std::fs::write(connections.join(format!("{name}.yaml")), main.replace("connection: oa_main", &format!("connection: {name}")))
            .expect("writable");
    }
    let mut hub = HubProcess::start(&project, &store).await;
    let numbers = mocks.create_orders(&NewOrders { amount: Some(12_000.into()), ..NewOrders::default() }).expect("orders");
    let began = Instant::now();
    while hub.document(&numbers[0].1).await.is_none_or(|document| document["status"] != "in_approval")
        || stream_of(&hub, "oa_main").await.is_none()
    {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", hub.log_tail(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The one that plays a role has been read by now; the others were never claimed.
    assert_eq!((stream_of(&hub, "oa_spare").await, unheard_of(&hub, "oa_spare").await), (None, json!(["recent_approvals"])));
    assert_eq!(
        (&stream_of(&hub, "oa_main").await.expect("read")["unheard"], unheard_of(&hub, "oa_main").await),
        (&json!(false), Value::Null)
    );
    hub.end().await;

    // The OA is changed. What waits at the old one is still decided there.
    let bindings = project.path().join("config/bindings.yaml");
    let text = std::fs::read_to_string(&bindings).expect("it is there");
    std::fs::write(&bindings, text.replace("oa: oa_main", "oa: oa_spare")).expect("writable");
    hub.restart(&store).await;
    let before = stream_of(&hub, "oa_main").await.expect("it ran")["last_success_at"].clone();
    let began = Instant::now();
    while stream_of(&hub, "oa_main").await.expect("it ran")["last_success_at"] == before || stream_of(&hub, "oa_spare").await.is_none() {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", hub.log_tail(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stream_of(&hub, "oa_main").await.expect("it ran")["unheard"], true);
    assert_eq!(unheard_of(&hub, "oa_main").await, json!(["recent_approvals"]));
    assert_eq!((stream_of(&hub, "oa_third").await, unheard_of(&hub, "oa_spare").await), (None, Value::Null));
    hub.stop().await;
    mocks.stop().await;
}
