//! A vendor's mock, the mock OA and finance, and the hub between them.

use crate::hub::{HubProcess, Project, secret};
use mock_systems::{ApprovalStatus, Mode, OrderAudit, Registration, Running, System, erps};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for anything: streams are read every second here.
const WITHIN: Duration = Duration::from_secs(90);

/// How a vendor's system stands in an example.
pub struct Gallery {
    /// The project below `examples`.
    pub example: &'static str,
    /// The mock.
    pub vendor: &'static str,
    /// The connection.
    pub connection: &'static str,
    /// What the connection says of its address.
    pub address: &'static str,
    /// Texts of its connector that make waits shorter.
    pub waits: &'static [(&'static str, &'static str)],
    /// Secrets of the connection.
    pub environment: &'static [(&'static str, &'static str)],
}

/// Everything that takes part.
pub struct World {
    /// The hub.
    pub hub: HubProcess,
    /// OA and finance (and a generic ERP that nobody uses).
    pub mocks: Running,
    /// The vendor's ERP.
    pub erp: erps::Running,
    project: Project,
    connection: &'static str,
}

impl World {
    /// Starts all, with the files of the example and nothing else.
    pub async fn start(gallery: &Gallery) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let erp = erps::start(gallery.vendor, 0).await.expect("the mock starts");
        let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
        let project = project(gallery, &erp, &mocks);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        let url = hub.hook_url("oa_main", "approvals").await;
        mocks.register_webhook(System::Oa, &Registration { url, secret: secret("oa"), mode: Mode::Thin }).expect("loopback");
        Self { hub, mocks, erp, project, connection: gallery.connection }
    }

    /// What a buyer does in the ERP.
    pub fn person(&self, what: &Value) -> Value {
        self.erp.person(what).unwrap_or_else(|problem| panic!("{what}: {problem}"))
    }

    /// An order of the ERP's books.
    pub fn order(&self, number: &str) -> Value {
        let state = self.erp.state();
        let found = state["orders"].as_array().and_then(|orders| orders.iter().find(|order| order["number"] == number)).cloned();
        found.unwrap_or_else(|| panic!("no order {number} in {state:#}"))
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

    /// Waits until the ERP says this of an order.
    pub async fn erp_says(&self, number: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let ask = async || Some(self.order(number)).filter(|order| holds(order));
        self.until(&format!("order {number} in the ERP: {what}"), ask).await
    }

    /// Waits until the ledger's page of an order says this.
    pub async fn ledger(&self, number: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let ask = async || self.page(number).await.filter(|page| holds(page));
        self.until(&format!("the ledger says of order {number}: {what}"), ask).await
    }

    /// The ledger's page of an order, once there is one.
    pub async fn page(&self, number: &str) -> Option<Value> {
        let list = self.hub.get(&format!("/api/v1/documents?key={number}")).await;
        let is_it = |item: &&Value| item["type"] == "purchase_order" && item["source"] == self.connection && item["key"] == number;
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
        let (calls, state) = (json!(self.erp.calls()), self.erp.state());
        format!("exceptions: {exceptions:#}\ninstances: {instances:#}\nerp: {calls:#} {state:#}\nlog of the hub:\n{tail}")
    }
}

/// Booked exactly once, with this amount.
pub fn assert_booked_once(world: &World, number: &str, amount: &str) {
    let books = world.books(number);
    assert_eq!(books.payables.len(), 1, "{books:?}");
    assert_eq!(books.payables[0].amount.to_string(), amount, "{books:?}");
}

/// Whether the newest instance of a page has ended with the order released.
pub fn released(page: &Value) -> bool {
    let newest = page["instances"].as_array().and_then(|instances| instances.first());
    page["status"] == "released" && newest.is_some_and(|instance| instance["status"] == "ended")
}

/// The shipped example with this one ERP, pointed at the addresses of this run.
fn project(gallery: &Gallery, erp: &erps::Running, mocks: &Running) -> Project {
    let (oa, finance, erp_url) = (mocks.url(System::Oa), mocks.url(System::Finance), erp.url());
    let mut texts = vec![(gallery.address, erp_url.as_str()), ("http://127.0.0.1:7102", oa.as_str())];
    if gallery.example == "erp_gallery" {
        texts.push(("http://127.0.0.1:7103", finance.as_str()));
    }
    texts.extend(gallery.waits);
    let environment = [
        ("WAYBILL_DEMO_OA_SECRET", mocks.options().oa.app_secret.clone()),
        ("WAYBILL_DEMO_OA_CALLBACK_SECRET", secret("oa")),
        ("WAYBILL_DEMO_FINANCE_SECRET", mocks.options().finance.app_secret.clone()),
    ];
    let own = gallery.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(own).collect();
    let project = Project::whole(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(gallery.example), &texts, environment);
    if gallery.example != "erp_gallery" {
        return project;
    }
    // The other ERPs of the gallery are not there in this run.
    let row = format!(
        "format: 1\nbind:\n  - {{id: only, default: true, roles: {{erp: {}, oa: oa_main, finance: finance_main}}}}\n",
        gallery.connection
    );
    std::fs::write(project.path().join("config/bindings.yaml"), row).expect("writable");
    // They name what the systems that were taken out can do.
    std::fs::remove_dir_all(project.path().join("flows/tests")).expect("removable");
    for entry in std::fs::read_dir(project.path().join("config/connections")).expect("connections are there") {
        let path = entry.expect("readable").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if !["oa_main", "finance_main", gallery.connection].contains(&name) {
            std::fs::remove_file(path).expect("removable");
        }
    }
    project
}
