//! A hub with a canary wherever a secret can stand, and everybody around it.

use crate::listeners::{self, Taken};
use crate::needles::{Canary, Place, content, secret};
use crate::partner::Partner;
use crate::support::broker::PrivateBroker;
use crate::support::hub::{self, HubProcess, Project};
use crate::support::postgres::FreshDatabase;
use crate::support::proxy::Proxy;
use lapin::options::{BasicGetOptions, QueueBindOptions, QueueDeclareOptions};
use mock_systems::{Credentials, Mode, Registration, Running, System};
use serde_json::json;
use std::io::Write;
use std::process::Command;

/// What the orders say, and a request of a person.
pub const SUPPLIER: &str = "Canary Supplies Kestrel-9021";
pub const REASON: &str = "canary hobby-7733 is broken";
pub const LINE: &str = "canary label printer 5512";
pub const COMMENT: &str = "canary peregrine-3081 agreed";
/// Where people reach the hub, as they are told.
pub const PUBLIC: &str = "https://hub.example";
pub const SERVICE: &str = "hub-with-canaries";
pub const PASSWORD: &str = "canary password of somebody 5509";
/// The queue that hears what the broker carries.
const ECHO: &str = "what-the-broker-carries";

const ERP: &str = "canary-from-a-variable-5501";
const FINANCE: &str = "canary-from-a-file-5502";
pub const OA: &str = "canary-of-the-kept-store-5503";
const MASTER: &str = "canary-master-key-that-is-long-enough-5504";
const SEALING: &str = "canary-sealing-key-that-is-long-enough-5505";
const MAIL: &str = "canary-of-the-mail-server-5506";
const BROKER: &str = "canary-of-the-broker-5507";
const DATABASE: &str = "canary-of-the-database-5508";
const COLLECTOR: &str = "canary-of-the-collector-5510";
const APP: &str = "canary-of-an-app-5511";

/// A purchase request that one person agrees to.
const FLOW: &str = "format: 1
flow: purchase_request_approval
title: {en: Purchase request approval, zh: 采购申请审批}
document: purchase_request
owner: {role: procurement_head}
calendar: cn
start: [{form: purchase_request}, {api: true}]
steps:
  - id: lead
    approve: {by: {manager: 1}, empty: {to: {role: procurement_head}}}
    due: 2wd
    sets: in_approval
  - {id: done, end: {outcome: approved, status: approved}}
";

/// Everything that takes part.
pub struct World {
    pub hub: HubProcess,
    pub project: Project,
    pub mocks: Running,
    pub erp: Partner,
    pub oa: Partner,
    pub finance: Partner,
    pub vendor: Partner,
    pub mails: Taken,
    pub spans: Taken,
    pub to_database: Proxy,
    pub to_broker: Proxy,
    pub client: reqwest::Client,
    /// The database as the test reads it.
    pub database: FreshDatabase,
    /// The same as the hub is told.
    pub store: String,
    pub canaries: Vec<Canary>,
    broker: PrivateBroker,
    echo: lapin::Channel,
}

impl World {
    pub async fn start() -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let credentials = |secret: &str| Credentials { app_key: "waybill".to_owned(), app_secret: secret.to_owned() };
        let (erp, oa, finance) = (credentials(ERP), credentials(OA), credentials(FINANCE));
        let options = mock_systems::Options { erp, oa, finance, ..mock_systems::Options::default() };
        let mocks = mock_systems::start(options).await.expect("the mocks start");
        let (erp, erp_url) = Partner::start(mocks.url(System::Erp), &[ERP, &hub::secret("erp"), SUPPLIER]).await;
        let (oa, oa_url) = Partner::start(mocks.url(System::Oa), &[OA, &hub::secret("oa"), SUPPLIER]).await;
        let (finance, finance_url) = Partner::start(mocks.url(System::Finance), &[FINANCE, SUPPLIER]).await;
        let (vendor, vendor_url) = Partner::start(mocks.url(System::Oa), &[APP]).await;
        let ((spans, collector), (mails, mail_port)) = (listeners::collector().await, listeners::mail().await);

        let database = FreshDatabase::create("canaries").await;
        let mut store = reqwest::Url::parse(&database.url).expect("a URL");
        let to_database = Proxy::start(vec![store.port().unwrap_or(5432)]).await;
        store.set_port(Some(to_database.port())).expect("a host");
        store.set_password(Some(DATABASE)).expect("a host");
        let broker = PrivateBroker::start("waybill_canaries").await;
        broker.ctl(&["add_user", "waybill", BROKER]).await;
        broker.ctl(&["set_permissions", "waybill", ".*", ".*", ".*"]).await;
        let echo = listen(&broker).await;
        let to_broker = Proxy::start(vec![broker.port()]).await;

        let addresses = [(System::Erp, &erp_url), (System::Oa, &oa_url), (System::Finance, &finance_url)];
        let mut project = Project::shipped(&mocks);
        for (system, quoting) in addresses {
            let real = mocks.url(system);
            project = project.retime(&[(real.as_str(), quoting.as_str())]);
        }
        let project = settled(project, mail_port, &collector, &vendor_url);
        seal(&project);
        let broker_url = format!("amqp://waybill:{BROKER}@127.0.0.1:{}/%2f?heartbeat=5", to_broker.port());
        let variables = [
            ("WAYBILL_TRANSPORT_KIND", "rabbitmq"),
            ("WAYBILL_TRANSPORT_URL", broker_url.as_str()),
            ("WAYBILL_TRANSPORT_PUBLISH_EVENTS", "true"),
            ("WAYBILL_SERVER_PUBLIC_URL", PUBLIC),
        ];
        // The partners' first log-ins go wrong.
        for partner in [&erp, &oa, &finance] {
            partner.quotes(reqwest::Method::POST, "/token", crate::partner::Fault::Mangled, 1);
            partner.quotes(reqwest::Method::POST, "/token", crate::partner::Fault::Error(401), 1);
        }
        let store = store.to_string();
        let hub = HubProcess::replica(&project, "waybill", &store, &variables).await;
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let canaries = canaries();
        World {
            hub,
            project,
            mocks,
            erp,
            oa,
            finance,
            vendor,
            mails,
            spans,
            to_database,
            to_broker,
            client,
            database,
            store,
            canaries,
            broker,
            echo,
        }
    }

    /// Where partners tell the hub, once they can.
    pub async fn register(&self) {
        let decide = json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 100});
        self.mocks.set_switches(System::Oa, &decide).expect("known switches");
        for (system, connection, webhook, name) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")] {
            let url = self.hub.hook_url(connection, webhook).await;
            self.mocks.register_webhook(system, &Registration { url, secret: hub::secret(name), mode: Mode::Thin }).expect("loopback");
        }
    }

    /// The program on the configuration of this hub: its code, and what it says.
    pub async fn program(&self, arguments: &[&str]) -> Place {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
        command.args(arguments).arg("--config").arg(self.project.path().join("config/waybill.yaml"));
        command.env("WAYBILL_STORE_URL", &self.store).env("WAYBILL_TEST_TOKEN", hub::TOKEN).env("WAYBILL_SERVER_PUBLIC_URL", PUBLIC);
        command.envs(self.project.environment().iter().map(|(name, value)| (name, value)));
        let done = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it starts");
        let said = [done.stdout, done.stderr].concat();
        Place::new(format!("`waybill {}` ({})", arguments.join(" "), done.status), String::from_utf8_lossy(&said))
    }

    /// Everything the broker has carried until now, tickets and events.
    pub async fn carried(&self) -> Vec<Place> {
        let mut carried = Vec::new();
        while let Some(message) = self.echo.basic_get(ECHO.into(), BasicGetOptions { no_ack: true }).await.expect("it answers") {
            let key = message.delivery.routing_key.to_string();
            let text = format!("{} {:?}", String::from_utf8_lossy(&message.data), message.delivery.properties);
            carried.push(Place::new(format!("the broker: {key}"), text));
        }
        carried
    }

    /// Ends everything.
    pub async fn stop(self) {
        self.hub.stop().await;
        self.mocks.stop().await;
        drop((self.echo, self.broker));
        self.database.drop().await;
    }
}

/// The broker repeats whatever is published and delivered to a queue of the test's own.
async fn listen(broker: &PrivateBroker) -> lapin::Channel {
    broker.ctl(&["trace_on"]).await;
    let connection = lapin::Connection::connect(&broker.url(), lapin::ConnectionProperties::default()).await.expect("it answers");
    let channel = connection.create_channel().await.expect("a channel");
    channel.queue_declare(ECHO.into(), QueueDeclareOptions::default(), Default::default()).await.expect("a queue");
    let bound = channel.queue_bind(ECHO.into(), "amq.rabbitmq.trace".into(), "#".into(), QueueBindOptions::default(), Default::default());
    bound.await.expect("bound");
    channel
}

/// The shipped project with secrets from every place there is.
fn settled(project: Project, mail_port: u16, collector: &str, vendor: &str) -> Project {
    std::fs::write(project.path().join("finance.secret"), format!("{FINANCE}\n")).expect("writable");
    project
        .retime(&[
            ("env/WAYBILL_DEMO_FINANCE_SECRET", "file/finance.secret"),
            ("env/WAYBILL_DEMO_OA_SECRET", "store/oa_key"),
            ("directory: people\n", "directory: people\nlanguage: en\nchannels: [mail]\ndecision_links: {lasts: 3d}\n"),
            ("every: 30s", "every: 1s"),
        ])
        .section("store:\n  master_keys:\n    - {id: one, key: {secret: env/WAYBILL_CANARY_MASTER}}\n  sealing_key: {secret: env/WAYBILL_CANARY_SEALING}\n")
        .with("WAYBILL_CANARY_MASTER", MASTER)
        .with("WAYBILL_CANARY_SEALING", SEALING)
        .section(&format!(
            "mail:\n  host: 127.0.0.1\n  port: {mail_port}\n  security: none\n  from: hub@example.com\n  user: hub\n  password: {{secret: env/WAYBILL_CANARY_MAIL}}\n"
        ))
        .with("WAYBILL_CANARY_MAIL", MAIL)
        .section(&format!(
            "telemetry:\n  service_name: {SERVICE}\n  log_format: json\n  log_filter: debug\n  otlp_endpoint: {collector}\n  otlp_headers: {{authorization: {{secret: env/WAYBILL_CANARY_COLLECTOR}}}}\n"
        ))
        .with("WAYBILL_CANARY_COLLECTOR", &format!("Bearer {COLLECTOR}"))
        .with_server(&format!(
            "  apps:\n    - {{name: dingtalk, scheme: dingtalk, client_id: dingabc, client_secret: {{secret: env/WAYBILL_CANARY_APP}}, base_url: \"{vendor}\", egress: [127.0.0.1/32]}}\n"
        ))
        .with("WAYBILL_CANARY_APP", APP)
        .with_people(&["e1001", "e1003"])
}

/// Every type is marked, and the request is decided by a person.
fn seal(project: &Project) {
    for kind in ["purchase_order", "purchase_request", "payable", "payment_request"] {
        let path = project.path().join(format!("documents/{kind}.yaml"));
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the type is there");
        file.write_all(b"sealed: true\n").expect("writable");
    }
    std::fs::write(project.path().join("flows/purchase_request_approval.yaml"), FLOW).expect("writable");
    // Its tests are about the shipped flow.
    for entry in std::fs::read_dir(project.path().join("flows/tests")).expect("readable").flatten() {
        if entry.file_name().to_string_lossy().starts_with("purchase_request") {
            std::fs::remove_file(entry.path()).expect("removable");
        }
    }
}

/// Those that are known before anything runs.
fn canaries() -> Vec<Canary> {
    let webhook = |name: &str| [secret(format!("the webhook secret of the {name}"), hub::secret(name).trim_start_matches("whsec_"))];
    let mut all = vec![
        secret("a connection's secret from a variable", ERP),
        secret("a connection's secret from a file", FINANCE),
        secret("a connection's secret of the kept store", OA),
        secret("the key of webhooks as it signs", "test secret of the system"),
        secret("the master key", MASTER),
        secret("the sealing key", SEALING),
        secret("the mail server's password", MAIL),
        secret("the mail server's log-in", format!("\0hub\0{MAIL}")),
        secret("the broker's password", BROKER),
        secret("the database's password", DATABASE),
        secret("the collector's header", COLLECTOR),
        secret("an app's secret", APP),
        // Tokens of people begin with it.
        secret("an API token of the configuration", hub::TOKEN),
        secret("a password", PASSWORD),
        content("an order's supplier", SUPPLIER),
        content("a request's reason", REASON),
        content("a request's line", LINE),
        content("a comment", COMMENT),
    ];
    all.extend(["erp", "oa"].into_iter().flat_map(webhook));
    all
}
