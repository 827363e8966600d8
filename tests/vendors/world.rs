//! ERP, finance, a vendor's mock and the hub between them, with what a test asks of each.

use crate::hub::{HubProcess, Project, secret};
use mock_systems::{ClockKind, Edit, Mode, NewOrders, OrderAudit, Registration, Running, System, erps, vendors};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for anything.
const WITHIN: Duration = Duration::from_secs(60);

/// What a test says of its vendor.
pub struct Vendor {
    /// Its mock.
    pub name: &'static str,
    /// The folder below `examples`.
    pub example: &'static str,
    /// Where orders come from.
    pub source: Source,
    /// The address that the example's connection names.
    pub address: &'static str,
    /// Variables of the hub: the connection's secrets.
    pub secrets: &'static [(&'static str, &'static str)],
    /// Waits that are too long for a test: what the files say, and what they say here.
    pub waits: &'static [(&'static str, &'static str)],
}

/// The ERP of an example.
#[derive(Clone, Copy)]
pub enum Source {
    /// The generic one.
    Generic,
    /// A vendor's: its mock, and the address that the example's connection names.
    Vendor(&'static str, &'static str),
}

/// Everything that takes part.
pub struct World {
    /// The hub.
    pub hub: HubProcess,
    /// ERP and finance (and an OA that nobody uses).
    pub mocks: Running,
    /// The vendor's ERP, where the example has one.
    erp: Option<erps::Running>,
    vendor: vendors::Running,
    client: reqwest::Client,
    project: Project,
}

impl World {
    /// Starts all. The vendor's callback is registered by the test, each vendor having its own way.
    pub async fn start(vendor: &Vendor) -> Self {
        Self::start_registered(vendor, async |_, _| Vec::new()).await
    }

    /// Starts all, with doors for these people.
    pub async fn start_for(vendor: &Vendor, people: &[&str]) -> Self {
        Self::begin(vendor, people, async |_, _| Vec::new()).await
    }

    /// Starts all, where the vendor hands out secrets at a registration: `register` asks for them at the mock's address.
    pub async fn start_registered(
        vendor: &Vendor,
        register: impl AsyncFnOnce(&reqwest::Client, &str) -> Vec<(&'static str, String)>,
    ) -> Self {
        Self::begin(vendor, &[], register).await
    }

    /// Both: with doors for these people, and secrets of a registration.
    pub async fn begin(
        vendor: &Vendor,
        people: &[&str],
        register: impl AsyncFnOnce(&reqwest::Client, &str) -> Vec<(&'static str, String)>,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
        let erp = match vendor.source {
            Source::Generic => None,
            Source::Vendor(name, _) => Some(erps::start(name, 0).await.expect("the mock of the ERP starts")),
        };
        let running = vendors::start(vendor.name, 0, ClockKind::Real).await.expect("the vendor's mock starts");
        let given = register(&client, &running.url()).await;
        let project = project(vendor, &mocks, erp.as_ref(), &running.url(), given).with_people(people);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        if erp.is_none() {
            let url = hub.hook_url("erp_hq", "orders").await;
            mocks.register_webhook(System::Erp, &Registration { url, secret: secret("erp"), mode: Mode::Thin }).expect("loopback");
        }
        Self { hub, mocks, erp, vendor: running, client, project }
    }

    /// A new order, large enough to be asked for; its number.
    pub fn order(&self, number: &str) -> String {
        let Some(erp) = &self.erp else {
            let wanted = NewOrders { number: Some(number.to_owned()), amount: Some(80_000.into()), ..NewOrders::default() };
            let made = self.mocks.create_orders(&wanted).expect("an order");
            return made[0].1.clone();
        };
        let lines = json!([{"item": "M003", "quantity": "7", "price": "100"}, {"item": "M001", "quantity": "3000", "price": "0.123457"}]);
        let made = erp.person(&json!({"do": "create", "number": number, "supplier": "VEN00003", "lines": lines})).expect("an order");
        let number = made["number"].as_str().unwrap_or(number).to_owned();
        // Where it is in release at once there is nothing to submit.
        let _ = erp.person(&json!({"do": "submit", "number": number}));
        number
    }

    /// Somebody changes an order over there.
    pub fn change(&self, number: &str) {
        match &self.erp {
            Some(erp) => drop(erp.person(&json!({"do": "set_quantity", "number": number, "quantity": "2"})).expect("the order is there")),
            None => {
                let id = self.books(number).id.expect("in the ERP");
                let edit = Edit { quantity: Some("7".parse().expect("a number")), ..Edit::default() };
                self.mocks.edit_order(&id, &edit).expect("the order is there");
            }
        }
    }

    /// An order in the books of the vendor's ERP.
    pub fn erp_order(&self, number: &str) -> Value {
        let state = self.erp.as_ref().map(erps::Running::state).unwrap_or_default();
        let found = state["orders"].as_array().into_iter().flatten().find(|order| order["number"] == number).cloned();
        found.unwrap_or_else(|| panic!("no order {number} in {state:#}"))
    }

    /// The vendor's ERP does what comes next, and its answer is lost.
    pub fn lose_an_answer_of_the_erp(&self) {
        self.erp.as_ref().expect("a vendor's ERP").set(&json!({"drop_after_write_next": 1})).expect("a switch");
    }

    /// The orders of the vendor's ERP that carry a reference of ours.
    pub fn ours_in_the_erp(&self) -> Vec<Value> {
        let state = self.erp.as_ref().map(erps::Running::state).unwrap_or_default();
        let ours = |order: &&Value| order["reference"].as_str().is_some_and(|reference| !reference.is_empty());
        state["orders"].as_array().into_iter().flatten().filter(ours).cloned().collect()
    }

    /// Registers at the vendor again, which takes the worth from what was handed out before.
    pub async fn register_again<R>(&self, register: impl AsyncFnOnce(&reqwest::Client, &str) -> R) -> R {
        register(&self.client, &self.vendor.url()).await
    }

    /// Asks the vendor's mock: status and answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.vendor.url()));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("the mock answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Asks the vendor's mock with a token as bearer; the answer.
    pub async fn ask_as(&self, token: &str, method: Method, path: &str) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.vendor.url())).bearer_auth(token);
        let answer = request.header("content-type", "application/json").body("{}").send().await.expect("the mock answers");
        serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default()
    }

    /// Posts to the vendor's mock with a header; the answer.
    pub async fn post_with(&self, header: &str, value: &str, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.vendor.url())).header(header, value);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.expect("the mock answers");
        serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default()
    }

    /// Asks the mock's control interface, which must agree.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = (method != Method::GET).then_some(body);
        let (status, answer) = self.ask(method, &format!("/__mock/{path}"), body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Sets switches of the vendor's mock.
    pub async fn switch(&self, changes: Value) {
        self.control(Method::PUT, "switches", changes).await;
    }

    /// Lets everything go wrong once with the calls of one operation: a page for people with 200, a gateway's error, a line
    /// that is cut, too many calls, a token that lapses early.
    pub async fn rough(&self, operation: &str) {
        let faults = ["html_page", "gateway_error", "reset_before", "throttled", "token_expired"];
        let once = faults.map(|fault| (format!("{fault}.{operation}"), json!(1)));
        self.switch(Value::Object(once.into_iter().collect())).await;
    }

    /// All approvals at the vendor.
    pub async fn instances(&self) -> Vec<Value> {
        self.control(Method::GET, "instances", Value::Null).await["instances"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until there are this many approvals at the vendor.
    pub async fn wait_for_instances(&self, count: usize) -> Vec<Value> {
        let there = async || Some(self.instances().await).filter(|all| all.len() >= count);
        self.until(&format!("{count} approvals at the vendor"), there).await
    }

    /// What ERP and finance hold of an order.
    pub fn books(&self, number: &str) -> OrderAudit {
        self.mocks.audit().orders.get(number).cloned().unwrap_or_default()
    }

    /// The ledger's page of an order, once it says this.
    pub async fn ledger(&self, number: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let ask = async || self.hub.document(number).await.filter(|page| holds(page));
        self.until(&format!("the ledger says of {number}: {what}"), ask).await
    }

    /// Waits until an order has this status in the ledger and its instance is over.
    pub async fn ended(&self, number: &str, status: &str) -> Value {
        let over = |page: &Value| page["status"] == status && page["instances"][0]["status"] == "ended";
        self.ledger(number, &format!("{status}, and over"), over).await
    }

    /// Waits until the ledger links an order to this approval.
    pub async fn found(&self, number: &str, instance: &Value) {
        let linked =
            |page: &Value| page["links"].as_array().is_some_and(|links| links.iter().any(|link| link["external_id"] == instance["id"]));
        self.ledger(number, "the approval is found", linked).await;
    }

    /// Booked once, released once, and never twice asked for.
    pub fn assert_booked_once(&self, number: &str) {
        let books = self.books(number);
        let live = books.payables.iter().filter(|payable| !payable.void).count();
        assert_eq!((live, books.releases), (1, 1), "{books:?}");
    }

    /// Asks again and again until there is an answer. No answer in time is a failure that shows what everybody knows.
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

    async fn explain(&self) -> String {
        let exceptions = self.hub.get("/api/v1/exceptions?state=open").await;
        let instances = self.hub.get("/api/v1/instances").await;
        let theirs = json!({"instances": self.instances().await, "traffic": self.control(Method::GET, "traffic", Value::Null).await});
        let log = std::fs::read_to_string(self.project.path().join("config/waybill.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(40)..].join("\n");
        format!("exceptions: {exceptions:#}\ninstances: {instances:#}\nvendor: {theirs:#}\nmocks: {:#}\nlog:\n{tail}", self.mocks.traffic())
    }
}

/// The shipped example, pointed at the addresses of this run.
fn project(vendor: &Vendor, mocks: &Running, erp: Option<&erps::Running>, address: &str, given: Vec<(&str, String)>) -> Project {
    let source = erp.map_or_else(|| mocks.url(System::Erp), erps::Running::url);
    let finance = mocks.url(System::Finance);
    let named = match vendor.source {
        Source::Generic => "http://127.0.0.1:7101",
        Source::Vendor(_, named) => named,
    };
    let mut texts = vec![(named, source.as_str()), ("http://127.0.0.1:7103", finance.as_str()), (vendor.address, address)];
    let generic = mocks.url(System::Erp);
    if vendor.example == "kingdee_dingtalk" {
        // Budgets are asked of the generic ERP.
        texts.push(("http://127.0.0.1:7101", generic.as_str()));
    }
    texts.extend(vendor.waits);
    let ours = [
        ("WAYBILL_DEMO_ERP_SECRET", mocks.options().erp.app_secret.clone()),
        ("WAYBILL_DEMO_ERP_WEBHOOK_SECRET", secret("erp")),
        ("WAYBILL_DEMO_FINANCE_SECRET", mocks.options().finance.app_secret.clone()),
    ];
    let theirs = vendor.secrets.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let environment = ours.into_iter().chain(theirs).chain(given).map(|(name, value)| (name.to_owned(), value)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(vendor.example);
    Project::whole(&folder, &texts, environment)
}

/// The vendor's id of an approval.
pub fn id(instance: &Value) -> &str {
    instance["id"].as_str().expect("an id")
}

/// The link of a document to a connection.
pub fn link<'a>(page: &'a Value, connection: &str) -> &'a Value {
    let mut links = page["links"].as_array().into_iter().flatten();
    links.find(|link| link["connection"] == connection).unwrap_or_else(|| panic!("no link to {connection}: {page:#}"))
}
