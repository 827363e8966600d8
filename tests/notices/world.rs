//! The example `notices`: the hub, three vendors' mocks, and a receiver of webhooks that proves what it gets.

use crate::hub::{HubProcess, Project, text};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use mock_systems::{ClockKind, vendors};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest wait for anything.
const WITHIN: Duration = Duration::from_secs(60);
const WEBHOOK_KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
/// Where people reach the hub, as they are told.
pub const PUBLIC: &str = "https://hub.example";

/// A webhook that came, and what was answered.
#[derive(Clone, Debug)]
pub struct Hook {
    pub id: String,
    pub body: Value,
    pub answered: u16,
}

#[derive(Default)]
struct Receiver {
    hooks: Mutex<Vec<Hook>>,
    /// So many are answered 503 first.
    refuses: AtomicU32,
}

pub struct World {
    pub hub: HubProcess,
    pub project: Project,
    pub store: String,
    receiver: Arc<Receiver>,
    vendors: Vec<(&'static str, vendors::Running)>,
    pub client: reqwest::Client,
}

impl World {
    /// Starts everything on the embedded store; `texts` replaces texts of the project's files, and each must be there.
    pub async fn start(people: &[&str], texts: &[(&str, &str)]) -> World {
        World::start_on(None, people, texts).await
    }

    /// The same on a store of the caller's.
    pub async fn start_on(store: Option<&str>, people: &[&str], texts: &[(&str, &str)]) -> World {
        let mut started = Vec::new();
        for name in ["dingtalk", "feishu", "wecom"] {
            started.push((name, vendors::start(name, 0, ClockKind::Real).await.expect("the mock starts")));
        }
        let receiver: Arc<Receiver> = Arc::default();
        let hooks = listen(receiver.clone()).await;
        let addresses = ["http://127.0.0.1:7111", "http://127.0.0.1:7112", "http://127.0.0.1:7113"];
        let urls: Vec<String> = started.iter().map(|(_, mock)| mock.url()).collect();
        let mut replaced: Vec<(&str, &str)> = addresses.into_iter().zip(urls.iter().map(String::as_str)).collect();
        replaced.push(("http://127.0.0.1:7190", &hooks));
        // A test waits for no minute.
        replaced.push(("class: rate_limited, retry_after: 1m", "class: rate_limited, retry_after: 1s"));
        replaced.extend(texts);
        // Whenever the tests run, it is neither night nor a holiday, but where one says so.
        replaced.push(("quiet: \"20:00-08:00\"\ncalendar: cn\n", ""));
        replaced.push((", digest: \"09:00 16:00\"", ""));
        let secrets = [
            ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
            ("WAYBILL_DINGTALK_ROBOT_TOKEN", "mock-dingtalk-robot"),
            ("WAYBILL_DINGTALK_ROBOT_SECRET", "SECmock0001"),
            ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
            ("WAYBILL_FEISHU_ROBOT_TOKEN", "mock-feishu-robot"),
            ("WAYBILL_FEISHU_ROBOT_SECRET", "mock-feishu-robot-secret"),
            ("WAYBILL_WECOM_CORP_SECRET", "mock-wecom-corp-secret"),
            ("WAYBILL_WECOM_ROBOT_KEY", "mock-wecom-robot"),
            ("WAYBILL_SERVER_PUBLIC_URL", PUBLIC),
        ];
        let mut environment: Vec<(String, String)> =
            secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
        environment.push(("WAYBILL_OPS_WEBHOOK_SECRET".to_owned(), format!("whsec_{}", STANDARD.encode(WEBHOOK_KEY))));
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/notices");
        let project = Project::whole(&example, &replaced, environment).with_people(people);
        let embedded = || format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let store = store.map_or_else(embedded, str::to_owned);
        let hub = HubProcess::start(&project, &store).await;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        World { hub, project, store, receiver, vendors: started, client }
    }

    /// A new request of e1001.
    pub async fn request(&self, key: &str) -> String {
        let values = json!({
            "requester": "e1001", "department": "procurement", "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": "e1001"});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", key, &body).await;
        assert_eq!(status, 201, "{made}");
        text(&made["document"]["key"])
    }

    /// The one task that waits for somebody.
    pub async fn task(&self, person: &str) -> String {
        let (status, found) = self.hub.get_by(person, "/api/v1/tasks?list=mine").await;
        assert_eq!(status, 200, "{found}");
        let tasks = found["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(tasks.len(), 1, "{person}: {tasks:?}");
        text(&tasks[0]["id"])
    }

    /// Somebody agrees to the one task they have.
    pub async fn approve(&self, person: &str) {
        let task = self.task(person).await;
        let (status, acted) =
            self.hub.post_by(person, &format!("/api/v1/tasks/{task}/approve"), &format!("{person}-agrees"), &json!({})).await;
        assert_eq!(status, 200, "{acted}");
    }

    async fn mock(&self, vendor: &str, method: Method, path: &str, body: Value) -> Value {
        let (_, mock) = self.vendors.iter().find(|(name, _)| *name == vendor).expect("a vendor");
        let request = self.client.request(method, format!("{}/__mock/{path}", mock.url())).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("the mock answers");
        assert!(answer.status().is_success(), "{path}");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    /// Lets something go wrong at a vendor.
    pub async fn switch(&self, vendor: &str, switches: Value) {
        self.mock(vendor, Method::PUT, "switches", switches).await;
    }

    /// What a vendor's people and groups have got.
    pub async fn messages(&self, vendor: &str) -> Vec<Value> {
        self.mock(vendor, Method::GET, "messages", Value::Null).await.as_array().cloned().unwrap_or_default()
    }

    /// Waits until there are so many.
    pub async fn messages_of(&self, vendor: &str, count: usize) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let found = self.messages(vendor).await;
            if found.len() >= count {
                return found;
            }
            assert!(began.elapsed() < WITHIN, "{vendor}: {} of {count}\n{}", found.len(), self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How often an interface of a vendor was called.
    pub async fn calls(&self, vendor: &str, api: &str) -> u64 {
        self.mock(vendor, Method::GET, "traffic", Value::Null).await[api].as_u64().unwrap_or(0)
    }

    /// Answers the next webhooks 503.
    pub fn refuse_hooks(&self, count: u32) {
        self.receiver.refuses.store(count, Ordering::SeqCst);
    }

    /// The webhooks that came, once there are so many.
    pub async fn hooks(&self, count: usize) -> Vec<Hook> {
        let began = Instant::now();
        loop {
            let found = self.receiver.hooks.lock().expect("sound").clone();
            if found.len() >= count {
                return found;
            }
            assert!(began.elapsed() < WITHIN, "{} of {count} webhooks\n{}", found.len(), self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until nothing is under way any more, and nothing stands in an exception.
    pub async fn at_rest(&self, key: &str) {
        let began = Instant::now();
        let documents = self.hub.get(&format!("/api/v1/documents?key={key}")).await;
        let id = text(&documents["items"][0]["id"]);
        loop {
            let document = self.hub.get(&format!("/api/v1/documents/{id}")).await;
            let mut open = Vec::new();
            for instance in document["instances"].as_array().into_iter().flatten() {
                let effects = self.hub.get(&format!("/api/v1/instances/{}/effects", text(&instance["id"]))).await;
                let effects = effects.get("items").unwrap_or(&effects).as_array().cloned().unwrap_or_default();
                open.extend(
                    effects.into_iter().filter(|effect| !matches!(effect["state"].as_str(), Some("done" | "failed" | "withdrawn"))),
                );
            }
            if open.is_empty() {
                break;
            }
            assert!(began.elapsed() < WITHIN, "{open:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(self.hub.open_exceptions().await, Vec::<Value>::new());
    }
}

async fn listen(receiver: Arc<Receiver>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let router = Router::new().route("/hooks/waybill", post(take)).with_state(receiver);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Proves a webhook as the specification says, and answers.
async fn take(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (id, sent) = (header("webhook-id"), header("webhook-timestamp"));
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_KEY).expect("any length");
    mac.update(format!("{id}.{sent}.").as_bytes());
    mac.update(&body);
    let signed = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let refuses = receiver.refuses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let status = match (signed == header("webhook-signature"), refuses) {
        (false, _) => StatusCode::UNAUTHORIZED,
        (true, true) => StatusCode::SERVICE_UNAVAILABLE,
        (true, false) => StatusCode::NO_CONTENT,
    };
    let body = serde_json::from_slice(&body).unwrap_or_default();
    receiver.hooks.lock().expect("sound").push(Hook { id, body, answered: status.as_u16() });
    status
}
