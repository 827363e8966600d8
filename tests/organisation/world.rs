//! The example `organisation`: the hub and one vendor's mock company.

use crate::hub::{HubProcess, Project};
use mock_systems::{ClockKind, vendors};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The longest wait for anything; who has left is looked for once a minute.
const WITHIN: Duration = Duration::from_secs(120);

/// A vendor, and how its mock's people are known here.
pub struct Vendor {
    pub name: &'static str,
    /// What stands under `sources`.
    source: &'static str,
    pub buyer: &'static str,
    pub manager: &'static str,
    pub boss: &'static str,
}

pub const DINGTALK: Vendor = Vendor {
    name: "dingtalk",
    source: "{connection: contacts_dingtalk, known_by: number, wins: [department], every: 1d}",
    buyer: "e1001",
    manager: "e1003",
    boss: "e1006",
};
pub const FEISHU: Vendor = Vendor {
    name: "feishu",
    source: "{connection: contacts_feishu, known_by: number, every: 1d}",
    buyer: "e1001",
    manager: "e1003",
    boss: "e1006",
};
/// It keeps no employee numbers.
pub const WECOM: Vendor =
    Vendor { name: "wecom", source: "{connection: contacts_wecom, every: 1d}", buyer: "buyer01", manager: "manager01", boss: "boss" };

pub const VENDORS: [&Vendor; 3] = [&DINGTALK, &FEISHU, &WECOM];

pub struct World {
    pub hub: HubProcess,
    store: String,
    vendor: &'static str,
    mock: vendors::Running,
    /// It goes with the folder.
    _project: Project,
    client: reqwest::Client,
    /// Requests so far: each has a key of its own.
    asked: AtomicU32,
}

impl World {
    /// Starts everything on the embedded store; `people` are further rows of the directory's file.
    pub async fn start(vendor: &Vendor, people: &str) -> World {
        World::start_on(None, vendor, people).await
    }

    /// The same on a store of the caller's.
    pub async fn start_on(store: Option<&str>, vendor: &Vendor, people: &str) -> World {
        let mock = vendors::start(vendor.name, 0, ClockKind::Real).await.expect("the mock starts");
        let url = mock.url();
        let own = format!("{people}  - {{id: auditor,");
        let replaced = [
            ("http://127.0.0.1:7111", url.as_str()),
            ("http://127.0.0.1:7112", url.as_str()),
            ("http://127.0.0.1:7113", url.as_str()),
            ("{connection: contacts_dingtalk, known_by: number, wins: [department], every: 1d}", vendor.source),
            ("  - {id: auditor,", own.as_str()),
            // A test waits for no minute.
            ("class: rate_limited, retry_after: 1m", "class: rate_limited, retry_after: 1s"),
            ("class: rate_limited, retry_after: 10s", "class: rate_limited, retry_after: 1s"),
        ];
        let secrets = [
            ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
            ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
            ("WAYBILL_WECOM_CORP_SECRET", "mock-wecom-corp-secret"),
        ];
        let environment = secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/organisation");
        let project = Project::whole(&example, &replaced, environment);
        let embedded = || format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let store = store.map_or_else(embedded, str::to_owned);
        let hub = HubProcess::start(&project, &store).await;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        World { hub, store, vendor: vendor.name, mock, _project: project, client, asked: AtomicU32::new(0) }
    }

    /// The hub dies at a point of the store, and starts again.
    pub async fn dies_at(&mut self, point: &str) {
        self.hub.kill().await;
        let store = self.store.clone();
        self.hub.restart_to_die(&store, point);
        let began = Instant::now();
        while !self.hub.is_dead() {
            // Where the point is a person's to pass.
            let path = format!("/api/v1/organisation/contacts_{}/read", self.vendor);
            self.hub.post_keyed(&path, &self.key(), &json!({})).await;
            assert!(began.elapsed() < WITHIN, "`{point}` was not passed: {}", self.hub.log_tail(20));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.hub.restart(&store).await;
    }

    /// The hub is killed and starts again.
    pub async fn restarted(mut self) -> World {
        self.hub.kill().await;
        let store = self.store.clone();
        self.hub.restart(&store).await;
        self
    }

    async fn ask_mock(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/__mock/{path}", self.mock.url())).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("the mock answers");
        assert!(answer.status().is_success(), "{path}");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    pub async fn switch(&self, switches: Value) {
        self.ask_mock(Method::PUT, "switches", &switches).await;
    }

    pub async fn company(&self) -> Value {
        self.ask_mock(Method::GET, "organisation", &Value::Null).await
    }

    pub async fn set_company(&self, company: &Value) {
        self.ask_mock(Method::PUT, "organisation", company).await;
    }

    /// Somebody leaves the company; most vendors then list them no more.
    pub async fn leaves(&self, id: &str) {
        let mut company = self.company().await;
        for person in company["people"].as_array_mut().into_iter().flatten().filter(|person| person["id"] == id) {
            person["left"] = json!(true);
        }
        self.set_company(&company).await;
    }

    pub async fn organisation(&self) -> Value {
        self.hub.get("/api/v1/organisation").await
    }

    /// Waits for what the hub says of who works here.
    pub async fn read(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let view = self.organisation().await;
            if holds(&view) {
                return view;
            }
            assert!(began.elapsed() < WITHIN, "{}: {view}\n{}", self.vendor, self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn key(&self) -> String {
        format!("request {}", self.asked.fetch_add(1, Ordering::Relaxed))
    }

    pub async fn post(&self, path: &str) -> (u16, Value) {
        self.hub.post_as(path, &self.key(), &json!({})).await
    }

    /// `waybill organisation …` as a process of its own: its exit code and what it says.
    pub async fn asks(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_waybill"));
        command.arg("organisation").args(arguments).env("WAYBILL_URL", self.hub.url("")).env("WAYBILL_TOKEN", crate::hub::TOKEN);
        let ended = command.output().await.expect("it ends");
        let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        (ended.status.code().unwrap_or(-1), said)
    }

    pub async fn read_again(&self) {
        let (status, answer) = self.post(&format!("/api/v1/organisation/contacts_{}/read", self.vendor)).await;
        assert_eq!(status, 202, "{answer}");
    }

    /// A new request of somebody.
    pub async fn request(&self, key: &str, person: &str) {
        let values = json!({
            "requester": person, "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": person});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", key, &body).await;
        assert_eq!(status, 201, "{made}");
    }

    /// Whose turn it is in all that runs, the oldest first.
    pub async fn holders(&self) -> Vec<String> {
        let running = self.hub.get("/api/v1/instances?status=running").await;
        let mut holders = Vec::new();
        for instance in running["items"].as_array().into_iter().flatten().rev() {
            let people = self.hub.get(&format!("/api/v1/instances/{}/people", instance["id"].as_str().expect("an id"))).await;
            let tasks = people["tasks"].as_array().into_iter().flatten();
            holders.extend(tasks.filter(|task| task["state"] == "pending").filter_map(|task| task["person"].as_str().map(str::to_owned)));
        }
        holders
    }

    pub async fn until_held_by(&self, people: &[&str]) {
        let began = Instant::now();
        loop {
            let holders = self.holders().await;
            if holders == people {
                return;
            }
            assert!(began.elapsed() < WITHIN, "{}: {holders:?}\n{}", self.vendor, self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Who can be named, by these letters.
    pub async fn find(&self, letters: &str) -> Vec<String> {
        let found = self.hub.get(&format!("/api/v1/people?q={letters}")).await;
        found["items"].as_array().into_iter().flatten().filter_map(|person| person["person"].as_str().map(str::to_owned)).collect()
    }
}
