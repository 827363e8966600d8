//! A real Tryton of its own for one test, and a buyer who works in it over Tryton's own interface.

use base64::Engine as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A running Tryton on a fresh copy of the database that the set-up made.
pub struct Tryton {
    scripts: PathBuf,
    folder: TempDir,
    port: u16,
    credentials: Value,
    client: reqwest::Client,
    session: String,
}

/// What Tryton says of an order.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// Given at the first quotation.
    pub number: String,
    /// Tryton's own word.
    pub state: String,
    /// With tax.
    pub total: String,
}

impl Tryton {
    /// Starts it and signs the buyer in.
    pub async fn start() -> Self {
        let scripts = scripts();
        let folder = fresh_copy(&installed());
        let port = crate::hub::free_port();
        let started = Command::new(scripts.join("start.sh")).arg(folder.path()).arg(port.to_string()).output().expect("start.sh runs");
        assert!(started.status.success(), "Tryton does not start: {}", String::from_utf8_lossy(&started.stderr));
        let credentials = std::fs::read_to_string(folder.path().join("credentials.json")).expect("credentials");
        let credentials = serde_json::from_str(&credentials).expect("credentials are JSON");
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().expect("a client");
        let mut erp = Self { scripts, folder, port, credentials, client, session: String::new() };
        let password = erp.password("buyer");
        let signed_in = erp.call("common.db.login", json!(["buyer", {"password": password}])).await;
        let ticket = format!("buyer:{}:{}", signed_in[0], signed_in[1].as_str().expect("a session"));
        erp.session = format!("Session {}", base64::engine::general_purpose::STANDARD.encode(ticket));
        erp
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The password of one of its users.
    pub fn password(&self, user: &str) -> String {
        self.credentials["users"][user]["password"].as_str().expect("a user of the set-up").to_owned()
    }

    /// The buyer enters an order over laptops and submits it (state quotation); its id.
    pub async fn submit_order(&self, reference: &str, laptops: u32) -> i64 {
        let ids = &self.credentials["ids"];
        let supplier = &ids["suppliers"]["S-1002"];
        let search = json!([[["party", "=", supplier]], 0, 1, null, ["id"], context()]);
        let address = self.call("model.party.address.search_read", search).await[0]["id"].clone();
        let line = json!({
            "type": "line", "product": ids["products"]["LAP-14"], "unit": ids["unit"], "quantity": laptops,
            "unit_price": {"__class__": "Decimal", "decimal": "850.00"}, "taxes": [["add", [ids["tax_10"]]]],
        });
        let order = json!({
            "company": ids["company"], "currency": ids["currency_usd"], "party": supplier, "invoice_address": address,
            "payment_term": ids["payment_term"], "warehouse": ids["warehouse"], "reference": reference,
            "delivery_date": {"__class__": "date", "year": 2027, "month": 1, "day": 15}, "lines": [["create", [line]]],
        });
        let created = self.call("model.purchase.purchase.create", json!([[order], context()])).await;
        let id = created[0].as_i64().expect("an id");
        self.step(id, "quote").await;
        id
    }

    /// The buyer presses a button of the order: `quote`, `draft`, …
    pub async fn step(&self, id: i64, button: &str) {
        self.call(&format!("model.purchase.purchase.{button}"), json!([[id], context()])).await;
    }

    /// The buyer changes a line and nothing else: Tryton then leaves the order's own time of change as it was.
    pub async fn change_line(&self, id: i64, laptops: u32) {
        let before = self.raw(id).await;
        let line = before["lines"][0].clone();
        self.call("model.purchase.line.write", json!([[line], {"quantity": laptops}, context()])).await;
        assert_eq!(self.raw(id).await["_timestamp"], before["_timestamp"], "only the line was written");
    }

    /// The order as it stands.
    pub async fn order(&self, id: i64) -> Order {
        let order = self.raw(id).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Order { number: text(&order["number"]), state: text(&order["state"]), total: text(&order["total_amount"]["decimal"]) }
    }

    async fn raw(&self, id: i64) -> Value {
        let fields = ["number", "state", "total_amount", "lines", "_timestamp"];
        self.call("model.purchase.purchase.read", json!([[id], fields, context()])).await[0].clone()
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let request = self.client.post(format!("{}/hub/rpc/", self.url())).header("content-type", "application/json");
        let request = if self.session.is_empty() { request } else { request.header("authorization", &self.session) };
        let body = json!({"id": 1, "method": method, "params": params}).to_string();
        let answer = request.body(body).send().await.expect("Tryton answers");
        let (status, text) = (answer.status(), answer.text().await.expect("text"));
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(status == 200 && answer.get("error").is_none(), "`{method}`: {status} {text}");
        answer["result"].clone()
    }
}

impl Drop for Tryton {
    fn drop(&mut self) {
        // Before the folder goes, which holds the pid.
        let _ = Command::new(self.scripts.join("stop.sh")).arg(self.folder.path()).status();
    }
}

fn context() -> Value {
    json!({"company": 1, "language": "en"})
}

fn scripts() -> PathBuf {
    let systems = std::env::var_os("WAYBILL_REAL_SYSTEMS").map_or_else(|| PathBuf::from("../shared/real-systems"), PathBuf::from);
    let scripts = root().join(systems).join("tryton");
    assert!(
        scripts.join("start.sh").is_file(),
        "the scripts of the real systems are not at `{}`; name their folder in WAYBILL_REAL_SYSTEMS",
        scripts.display()
    );
    scripts
}

fn installed() -> PathBuf {
    let cache = std::env::var_os("WAYBILL_CACHE").map_or_else(|| PathBuf::from("target/real-systems"), PathBuf::from);
    let installed = root().join(cache).join("tryton");
    assert!(
        installed.join("credentials.json").is_file(),
        "Tryton is not set up in `{}`; run `scripts/test-tryton WORKDIR`, which does that first",
        installed.display()
    );
    installed
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program is shared, the database is the test's own: no order of another run is in it.
fn fresh_copy(installed: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(std::fs::canonicalize(installed.join("venv")).expect("the program"), at("venv")).expect("a link");
    std::fs::create_dir(at("db")).expect("writable");
    for entry in std::fs::read_dir(installed.join("db")).expect("the database") {
        let entry = entry.expect("readable");
        std::fs::copy(entry.path(), at("db").join(entry.file_name())).expect("copied");
    }
    std::fs::copy(installed.join("credentials.json"), at("credentials.json")).expect("copied");
    let settings = std::fs::read_to_string(installed.join("trytond.conf")).expect("its settings");
    let settings: Vec<String> = settings
        .lines()
        .map(|line| if line.starts_with("path = ") { format!("path = {}", at("db").display()) } else { line.to_owned() })
        .collect();
    std::fs::write(at("trytond.conf"), settings.join("\n") + "\n").expect("writable");
    folder
}
