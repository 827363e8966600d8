//! Tryton, the mock OA and finance, and the hub between them, with what a test asks of each.

use crate::erp::Tryton;
use crate::hub::{HubProcess, Project, secret};
use mock_systems::{ApprovalStatus, Mode, OrderAudit, Registration, Running, System};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for anything: a stream is read every second here, a refused connection retried within seconds.
const WITHIN: Duration = Duration::from_secs(90);

/// Everything that takes part.
pub struct World {
    /// The hub.
    pub hub: HubProcess,
    /// OA and finance (and an ERP that nobody uses).
    pub mocks: Running,
    /// The real ERP.
    pub erp: Tryton,
    project: Project,
    store: String,
}

impl World {
    /// Starts all, with the files of `examples/tryton` and nothing else.
    pub async fn start() -> Self {
        // Whichever client is built first needs to know what encrypts, also where nothing is encrypted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let erp = Tryton::start().await;
        let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
        let project = project(&erp, &mocks);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        let url = hub.hook_url("oa_main", "approvals").await;
        mocks.register_webhook(System::Oa, &Registration { url, secret: secret("oa"), mode: Mode::Thin }).expect("loopback");
        Self { hub, mocks, erp, project, store }
    }

    /// Kills the hub without a word and starts it again on the same store, after `meanwhile`.
    pub async fn kill_and_restart(&mut self, meanwhile: impl FnOnce(&Running)) {
        self.hub.kill().await;
        meanwhile(&self.mocks);
        self.hub.restart(&self.store).await;
    }

    /// Asks again and again until there is an answer. No answer in time is a failure that shows what the hub knows.
    pub async fn until<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if began.elapsed() > WITHIN {
                panic!("{what}: not within {WITHIN:?}\n{}", self.explain().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What OA and finance hold of an order.
    pub fn books(&self, number: &str) -> OrderAudit {
        self.mocks.audit().orders.get(number).cloned().unwrap_or_default()
    }

    /// Waits for the open approval of an order; its id.
    pub async fn open_approval(&self, number: &str) -> String {
        let open = async || {
            let books = self.books(number);
            let open = books.approvals.iter().find(|approval| matches!(approval.status, ApprovalStatus::New | ApprovalStatus::Running));
            open.map(|approval| approval.id.clone())
        };
        self.until("the approval is in the OA", open).await
    }

    /// Decides as the approvers would.
    pub fn decide(&self, approval: &str, status: ApprovalStatus) {
        self.mocks.decide(approval, status).expect("the approval is open");
    }

    /// What the approvers see.
    pub async fn form(&self, approval: &str) -> Value {
        let oa = self.mocks.url(System::Oa);
        let credentials = &self.mocks.options().oa;
        let signed_in = json!({"app_key": credentials.app_key, "app_secret": credentials.app_secret});
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        let token = client.post(format!("{oa}/token")).body(signed_in.to_string()).send().await.expect("a token");
        let token: Value = serde_json::from_str(&token.text().await.expect("text")).expect("JSON");
        let token = token["access_token"].as_str().expect("a token");
        let shown = client.get(format!("{oa}/approvals/{approval}")).bearer_auth(token).send().await.expect("the approval");
        let shown: Value = serde_json::from_str(&shown.text().await.expect("text")).expect("JSON");
        shown["form"].clone()
    }

    /// Waits until Tryton has the order in one of these states.
    pub async fn erp_state(&self, id: i64, states: &[&str]) {
        let there = async || states.contains(&self.erp.order(id).await.state.as_str()).then_some(());
        self.until(&format!("order {id} is {states:?} in Tryton"), there).await;
    }

    /// Waits until the ledger's page of an order says this.
    pub async fn ledger(&self, number: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let ask = async || self.page(number).await.filter(|page| holds(page));
        self.until(&format!("the ledger says of order {number}: {what}"), ask).await
    }

    /// The ledger's page of an order, once there is one.
    pub async fn page(&self, number: &str) -> Option<Value> {
        let list = self.hub.get(&format!("/api/v1/documents?key={number}")).await;
        let is_it = |item: &&Value| item["type"] == "purchase_order" && item["source"] == "tryton_main" && item["key"] == number;
        let item = list["items"].as_array()?.iter().find(is_it)?;
        let id = item["id"].as_str()?;
        Some(self.hub.get(&format!("/api/v1/documents/{id}")).await)
    }

    async fn explain(&self) -> String {
        let exceptions = self.hub.get("/api/v1/exceptions?state=open").await;
        let instances = self.hub.get("/api/v1/instances").await;
        let log = std::fs::read_to_string(self.project.path().join("config/waybill.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(40)..].join("\n");
        format!("exceptions: {exceptions:#}\ninstances: {instances:#}\nmocks: {:#}\nlog of the hub:\n{tail}", self.mocks.traffic())
    }
}

/// After so long the stream no longer asks for what was changed: its overlap and one reading are over.
pub const OUT_OF_OVERLAP: Duration = Duration::from_secs(3);

/// The shipped example, pointed at the addresses of this run and with shorter waits between readings.
fn project(erp: &Tryton, mocks: &Running) -> Project {
    let (oa, finance, erp_url) = (mocks.url(System::Oa), mocks.url(System::Finance), erp.url());
    let texts = [
        ("http://127.0.0.1:8069", erp_url.as_str()),
        ("http://127.0.0.1:7102", oa.as_str()),
        ("http://127.0.0.1:7103", finance.as_str()),
        ("cursor: {argument: since, overlap: 1m}\n    every: 10s\n", "cursor: {argument: since, overlap: 1s}\n    every: 1s\n"),
    ];
    let environment = [
        ("WAYBILL_TRYTON_PASSWORD", erp.password("hub")),
        ("WAYBILL_DEMO_OA_SECRET", mocks.options().oa.app_secret.clone()),
        ("WAYBILL_DEMO_OA_CALLBACK_SECRET", secret("oa")),
        ("WAYBILL_DEMO_FINANCE_SECRET", mocks.options().finance.app_secret.clone()),
    ];
    let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Project::whole(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tryton"), &texts, environment)
}
