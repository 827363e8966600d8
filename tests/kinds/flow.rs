//! `examples/channels` through a real hub: orders from a table, a folder and a queue, approved in the mock OA, booked and told
//! back the way they came.

use crate::amqp::Broker;
use crate::folders::order as csv_order;
use crate::hub::{HubProcess, Project, secret};
use crate::sql::Database;
use mock_systems::{ApprovalStatus, Mode, Registration, Running, System};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(60);

struct World {
    hub: HubProcess,
    mocks: Running,
    project: Project,
}

impl World {
    /// Starts all, with this connection alone beside the OA.
    async fn start(connection: &str, texts: &[(&str, &str)], environment: Vec<(String, String)>) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
        let oa = mocks.url(System::Oa);
        let mut texts = texts.to_vec();
        // No mail server takes part here: `scripts/test-mail` drives that connector.
        texts.extend([("http://127.0.0.1:7102", oa.as_str()), ("  - {id: tell, call: mail.send, map: order_to_mail}\n", "")]);
        let own = [
            ("WAYBILL_DEMO_OA_SECRET".to_owned(), mocks.options().oa.app_secret.clone()),
            ("WAYBILL_DEMO_OA_CALLBACK_SECRET".to_owned(), secret("oa")),
        ];
        let environment = own.into_iter().chain(environment).collect();
        let project = Project::whole(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/channels"), &texts, environment);
        let row = format!(
            "format: 1\nbind:\n  - {{id: only, default: true, roles: {{erp: {connection}, oa: oa_main, finance: {connection}, mail: mail_main}}}}\n"
        );
        std::fs::write(project.path().join("config/bindings.yaml"), row).expect("writable");
        // They name what the systems that were taken out can do.
        std::fs::remove_dir_all(project.path().join("flows/tests")).expect("removable");
        for entry in std::fs::read_dir(project.path().join("config/connections")).expect("connections are there") {
            let path = entry.expect("readable").path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if !["oa_main", "mail_main", connection].contains(&name.as_str()) {
                std::fs::remove_file(path).expect("removable");
            }
        }
        for folder in ["in", "taken", "archive", "error", "out", "fetched", "withdrawn"] {
            std::fs::create_dir_all(project.path().join("exchange").join(folder)).expect("writable");
        }
        if connection == "erp_files" {
            let file = project.path().join("config/connections/erp_files.yaml");
            let text = std::fs::read_to_string(&file).expect("text");
            let place = format!("file://{}/exchange", project.path().display());
            std::fs::write(&file, text.replace("file:///srv/exchange/erp", &place)).expect("writable");
        }
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        let url = hub.hook_url("oa_main", "approvals").await;
        mocks.register_webhook(System::Oa, &Registration { url, secret: secret("oa"), mode: Mode::Thin }).expect("loopback");
        World { hub, mocks, project }
    }

    async fn until<T>(&self, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if began.elapsed() > WITHIN {
                let exceptions = self.hub.get("/api/v1/exceptions?state=open").await;
                panic!("{what}: not within {WITHIN:?}\n{exceptions:#}\n{}", self.hub.log_tail(40));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn open_approval(&self, number: &str) -> String {
        let open = async || {
            let books = self.mocks.audit().orders.get(number).cloned().unwrap_or_default();
            let open = books.approvals.iter().find(|approval| matches!(approval.status, ApprovalStatus::New | ApprovalStatus::Running));
            open.map(|approval| approval.id.clone())
        };
        self.until(&format!("the approval of {number} is in the OA"), open).await
    }

    async fn decide(&self, number: &str, status: ApprovalStatus) {
        let approval = self.open_approval(number).await;
        self.mocks.decide(&approval, status).expect("the approval is open");
    }

    /// Waits until the newest instance of an order has ended with this status.
    async fn ended(&self, number: &str, status: &str) -> Value {
        let ask = async || {
            let list = self.hub.get(&format!("/api/v1/documents?key={number}")).await;
            let id = list["items"].as_array()?.first()?["id"].as_str()?.to_owned();
            let page = self.hub.get(&format!("/api/v1/documents/{id}")).await;
            let newest = page["instances"].as_array()?.first()?["status"] == "ended";
            Some(page.clone()).filter(|page| newest && page["status"] == status)
        };
        self.until(&format!("{number} is {status}"), ask).await
    }
}

const QUICK: [(&str, &str); 1] = [("version: {value: item.version}}, every: 10s}", "version: {value: item.version}}, every: 1s}")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_a_table_is_approved_booked_once_and_told_back() {
    for dialect in ["postgres", "mysql"] {
        let database = Database::create(dialect).await;
        let user = if dialect == "postgres" { "user: postgres" } else { "user: root" };
        let texts = [
            ("postgres://127.0.0.1:5432/erp", database.address.as_str()),
            ("user: postgres", user),
            ("cursor: {argument: since, overlap: 10m}, every: 10s", "cursor: {argument: since, overlap: 10m}, every: 1s"),
        ];
        let world = World::start("erp_tables", &texts, Vec::new()).await;
        database.order("PO-1", "draft").await;
        database.order("PO-2", "draft").await;
        database.run("UPDATE waybill_order SET requester = 'buyer-7', delivery_date = '2026-12-20', total_gross = '1130.10'").await;
        database.run("UPDATE waybill_order_line SET quantity = '10'").await;
        database.run("UPDATE waybill_order SET status = 'new'").await;
        world.open_approval("PO-1").await;
        assert_eq!(database.status(1).await, "taken", "{dialect}");
        world.decide("PO-1", ApprovalStatus::Approved).await;
        world.decide("PO-2", ApprovalStatus::Rejected).await;
        world.ended("PO-1", "released").await;
        world.ended("PO-2", "rejected").await;
        assert_eq!((database.status(1).await.as_str(), database.status(2).await.as_str()), ("released", "rejected"), "{dialect}");
        let text = database.text();
        let booked = database.rows(&format!("SELECT number, CAST(amount AS {text}), purchase_order FROM waybill_payable")).await;
        assert_eq!(booked, [["AP-PO-1", "1130.1000", "PO-1"]], "{dialect}");
        world.hub.stop().await;
        database.drop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_a_file_is_approved_booked_once_and_filed_away() {
    let mut texts = QUICK.to_vec();
    texts.push(("ready: {unchanged_for: 5s}", "ready: {unchanged_for: 300ms}"));
    let world = World::start("erp_files", &texts, Vec::new()).await;
    let exchange = world.project.path().join("exchange");
    let order = |number: &str| csv_order(number).replace(",buyer,", ",buyer-7,").replace(",0.000001,", ",10,");
    std::fs::write(exchange.join("in/a.csv"), order("PO-1")).expect("writable");
    std::fs::write(exchange.join("in/b.csv"), order("PO-2")).expect("writable");
    std::fs::write(exchange.join("in/c.csv"), "number\n\"PO-3").expect("writable");
    world.decide("PO-1", ApprovalStatus::Approved).await;
    world.decide("PO-2", ApprovalStatus::Rejected).await;
    world.ended("PO-1", "released").await;
    world.ended("PO-2", "rejected").await;
    assert!(exchange.join("archive/a.csv").exists() && exchange.join("error/b.csv").exists());
    // A file that is no order: put with the errors, and a person is told why.
    world.until("the broken file is put aside", async || exchange.join("error/c.csv").exists().then_some(())).await;
    let out: Vec<_> = std::fs::read_dir(exchange.join("out")).expect("readable").map(|entry| entry.expect("readable").path()).collect();
    assert_eq!(out.len(), 1, "{out:?}");
    let text = std::fs::read_to_string(&out[0]).expect("readable");
    assert!(text.ends_with("AP-PO-1,V1,1130.10,CNY,2026-12-20,PO-1\n"), "{text}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_a_queue_is_approved_and_what_becomes_of_it_is_published() {
    let broker = Broker::start().await;
    let address = broker.address();
    let orders = format!("user: {}\n  orders: {}\n  exchange: {}", broker.user(), broker.queue("orders"), broker.name);
    let texts = [("amqp://127.0.0.1:5672/", address.as_str()), ("user: guest", orders.as_str())];
    let world = World::start("erp_queue", &texts, vec![("WAYBILL_DEMO_BROKER_PASSWORD".to_owned(), broker.password())]).await;
    let body = json!({
        "number": "PO-1", "status": "new", "version": "1", "company": "C1", "requester": "buyer-7", "currency": "CNY",
        "supplier": {"code": "V1", "name": "华东钢铁"}, "delivery_date": "2026-12-20",
        "total_net": "1000.00", "total_tax": "130.10", "total_gross": "1130.10",
        "lines": [{"line_no": "1", "item_code": "M1", "description": "Plate", "quantity": "10", "unit": "kg", "unit_price": "100.00", "net": "1000.00", "gross": "1130.10"}],
    });
    // The sender is not sure whether the first one arrived.
    broker.order(Some("m-1"), body.to_string().as_bytes()).await;
    broker.order(Some("m-1"), body.to_string().as_bytes()).await;
    world.decide("PO-1", ApprovalStatus::Approved).await;
    world.ended("PO-1", "released").await;
    let told: Vec<(String, String)> = broker.drain("told").await.into_iter().map(|(_, key, body)| (key, body)).collect();
    let keys: Vec<&str> = told.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["order.taken", "payable.created", "order.released"], "{told:?}");
    assert!(told[1].1.contains("\"amount\":\"1130.10\""), "{told:?}");
    assert!(broker.drain("orders").await.is_empty(), "stored, so taken");
    let instances = world.hub.get("/api/v1/instances").await;
    assert_eq!(instances["items"].as_array().map(Vec::len), Some(1), "{instances:#}");
    world.hub.stop().await;
    broker.end().await;
}
