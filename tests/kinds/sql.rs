//! `kind: sql` against PostgreSQL, MariaDB and SQLite: the same cases for each, through the connector of the gallery.

use crate::bench::{Bench, CANARY, findings, gallery, id, told, unique};
use crate::deaf::{Breaks, Deaf};
use futures::future::join_all;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use waybill::domain::connector::Class;
use waybill::domain::flow::effect::Cause;
use waybill::runtime::{Clock, SystemClock};

/// All rows of a question, cell by cell.
macro_rules! cells {
    ($line:ty, $url:expr, $sql:expr) => {{
        let mut line = <$line>::connect($url).await.expect("the database is there");
        let rows = sqlx::query($sql).fetch_all(&mut line).await.expect("the question is sound");
        rows.iter().map(|row| (0..row.len()).map(|at| row.get::<String, _>(at)).collect()).collect()
    }};
}

/// A database of its own with the tables of the gallery.
pub struct Database {
    dialect: &'static str,
    /// Without user and password.
    pub address: String,
    /// For the test itself.
    url: String,
    port: u16,
    name: String,
    folder: tempfile::TempDir,
    admin: Option<String>,
}

fn postgres() -> String {
    std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

fn mysql() -> String {
    std::env::var("WAYBILL_TEST_MYSQL").unwrap_or_else(|_| "mysql://root@127.0.0.1:3306/test".to_owned())
}

impl Database {
    pub async fn create(dialect: &'static str) -> Database {
        let name = unique("waybill_kinds");
        let folder = tempfile::tempdir().expect("a folder");
        let database = match dialect {
            "sqlite" => {
                let file = folder.path().join("erp.sqlite");
                std::fs::write(&file, b"").expect("writable");
                let address = format!("sqlite://{}", file.display());
                Database { dialect, url: address.clone(), address, port: 0, name, folder, admin: None }
            }
            _ => {
                let admin = if dialect == "postgres" { postgres() } else { mysql() };
                run(&admin, &format!("CREATE DATABASE {name}")).await;
                let mut url = url::Url::parse(&admin).expect("a URL");
                url.set_path(&name);
                let port = url.port().expect("the URL names its port");
                let address = format!("{dialect}://127.0.0.1:{port}/{name}");
                Database { dialect, url: url.to_string(), address, port, name, folder, admin: Some(admin) }
            }
        };
        let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("connectors/interface_table/tables/{dialect}.sql"));
        let text = std::fs::read_to_string(tables).expect("the gallery has the tables");
        for statement in text.split(';').filter(|statement| !statement.trim().is_empty()) {
            database.run(statement).await;
        }
        database
    }

    pub async fn run(&self, sql: &str) {
        run(&self.url, sql).await;
    }

    /// Cells of rows; the question casts them to text.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.dialect {
            "postgres" => cells!(PgConnection, &self.url, sql),
            "mysql" => cells!(MySqlConnection, &self.url, sql),
            _ => cells!(SqliteConnection, &self.url, sql),
        }
    }

    /// The word for text in a cast.
    pub fn text(&self) -> &'static str {
        if self.dialect == "mysql" { "CHAR" } else { "TEXT" }
    }

    async fn count(&self, table: &str) -> usize {
        let text = self.text();
        let rows = self.rows(&format!("SELECT CAST(COUNT(*) AS {text}) FROM {table}")).await;
        rows[0][0].parse().expect("a number")
    }

    pub async fn status(&self, id: i64) -> String {
        self.rows(&format!("SELECT CAST(status AS {}) FROM waybill_order WHERE id = {id}", self.text())).await[0][0].clone()
    }

    /// An order with a line; ids count from 1.
    pub async fn order(&self, number: &str, status: &str) {
        self.run(&format!(
            "INSERT INTO waybill_order (number, status, company, requester, currency, supplier_code, supplier_name, total_net, total_gross)
             VALUES ('{number}', '{status}', 'C1', 'buyer', 'CNY', 'V1', '华东钢铁 ''A''', '1000.0000', '12345678901234.5678')"
        ))
        .await;
        self.run(
            "INSERT INTO waybill_order_line (order_id, line_no, item_code, description, quantity, unit, unit_price, net, gross)
             SELECT MAX(id), 1, 'M1', NULL, '0.000001', 'kg', '3', '1000.0000', '1130.0000' FROM waybill_order",
        )
        .await;
    }

    fn settings(&self) -> String {
        self.settings_at(&self.address)
    }

    fn settings_at(&self, address: &str) -> String {
        let user = match self.dialect {
            "postgres" => "user: postgres, ",
            "mysql" => "user: root, ",
            _ => "",
        };
        format!("{{database: \"{address}\", {user}tls: \"off\"}}")
    }

    fn bench(&self) -> Bench {
        Bench::new(&gallery("interface_table"), &self.settings(), self.folders())
    }

    /// A bench of a connector with these operations.
    fn with(&self, operations: &str) -> Bench {
        Bench::new(&format!("{HEAD}operations:\n{operations}"), &self.settings(), self.folders())
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![self.folder.path().to_owned()]
    }

    pub async fn drop(self) {
        if let Some(admin) = &self.admin {
            let force = if self.dialect == "postgres" { " WITH (FORCE)" } else { "" };
            run(admin, &format!("DROP DATABASE {}{force}", self.name)).await;
        }
    }
}

async fn run(url: &str, sql: &str) {
    let mut line = Holder::connect(url).await;
    line.run(sql).await;
}

/// A line of the test's own.
enum Holder {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Holder {
    async fn connect(url: &str) -> Holder {
        match url.split(':').next() {
            Some("postgres") => Holder::Postgres(PgConnection::connect(url).await.expect("PostgreSQL is there: scripts/test starts one")),
            Some("mysql") => Holder::MySql(MySqlConnection::connect(url).await.expect("MariaDB is there: scripts/test starts one")),
            _ => Holder::Sqlite(SqliteConnection::connect(url).await.expect("the file is there")),
        }
    }

    async fn run(&mut self, sql: &str) {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = match self {
            Holder::Postgres(line) => query.execute(line).await.map(drop),
            Holder::MySql(line) => query.execute(line).await.map(drop),
            Holder::Sqlite(line) => query.execute(line).await.map(drop),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

const DIALECTS: [&str; 3] = ["postgres", "mysql", "sqlite"];

const HEAD: &str = "format: 1
connector: x
kind: sql
settings: {database: {type: url}, user: {type: string, optional: true}, password: {type: secret, optional: true}, tls: {type: string}, table: {type: string, default: waybill_order}}
sql: {database: \"{{settings.database}}\", user: {value: settings.user, optional: true}, password: {value: settings.password, optional: true}, tls: {value: settings.tls}, timeout: 3s}
";

#[tokio::test]
async fn an_order_is_told_read_taken_and_written_back() {
    for dialect in DIALECTS {
        let database = Database::create(dialect).await;
        let bench = database.bench();
        assert_eq!(bench.read_stream("orders", None).await.len(), 0, "{dialect}");
        database.order("PO-1", "new").await;
        database.order("PO-2", "released").await;
        let copied = "number, status, company, requester, currency, supplier_code, supplier_name, total_net, total_gross";
        for _ in 0..8 {
            // Doubled until there are more than two pages, and as many as fill two exactly.
            database.run(&format!("INSERT INTO waybill_order ({copied}) SELECT {copied} FROM waybill_order WHERE status = 'new'")).await;
        }
        database
            .run(&format!(
                "INSERT INTO waybill_order ({copied}) SELECT {copied} FROM waybill_order WHERE status = 'new' ORDER BY id LIMIT 144"
            ))
            .await;
        let told = bench.read_stream("orders", None).await;
        let wanted = 400;
        let ids: BTreeSet<String> = told.iter().map(|item| item.reference.to_json()["id"].to_string()).collect();
        assert_eq!((told.len(), ids.len()), (wanted, wanted), "{dialect}: each waiting row once, over the pages' ends");
        let performed = bench.call("get_order", id(1), "k").await;
        let source = performed.payload.to_json();
        let (head, line) = (&source["head"]["rows"][0], &source["lines"]["rows"][0]);
        assert_eq!(head["total_gross"], json!("12345678901234.5678"), "{dialect}: money keeps its digits");
        assert_eq!(line["quantity"], json!("0.000001"), "{dialect}");
        assert_eq!((&head["supplier_name"], &line["description"]), (&json!("华东钢铁 'A'"), &Json::Null), "{dialect}");
        let changed_at: jiff::Timestamp = head["changed_at"].as_str().expect("text").parse().expect("an instant");
        assert!(changed_at.duration_until(SystemClock::new().now()).abs() < jiff::SignedDuration::from_mins(2), "{dialect}: {changed_at}");

        let take = |reference: &'static str| bench.call("take_order", id(1), reference);
        assert_eq!(take("po-1-a").await.class, Class::Ok, "{dialect}");
        assert_eq!(take("po-1-a").await.class, Class::Ok, "{dialect}: the same again is the same");
        assert_eq!(take("po-1-b").await.class, Class::Conflict, "{dialect}: taken by another");
        assert_eq!(database.status(1).await, "taken");
        let told = bench.read_stream("orders", None).await;
        assert_eq!(told.len(), wanted - 1, "{dialect}: what is taken is not told again");
        bench.ok("release_order", id(1), "k2").await;
        bench.ok("release_order", id(1), "k2").await;
        assert_eq!(bench.call("reject_order", id(1), "k3").await.class, Class::Conflict, "{dialect}");
        assert_eq!(database.status(1).await, "released");
        assert_eq!(bench.call("get_order", id(9_999), "k").await.class, Class::NotFound, "{dialect}");
        database.drop().await;
    }
}

fn payable() -> Json {
    json!({"supplier_code": "V1", "number": "PO-1", "amount": "1130.0000", "currency": "CNY", "due_date": "2026-12-31", "purchase_order_ref": "'; DROP TABLE waybill_payable; -- :key"})
}

#[tokio::test]
async fn one_key_is_one_row_however_many_send_it_at_once() {
    for dialect in DIALECTS {
        let database = Database::create(dialect).await;
        let bench = database.bench();
        let calls = join_all((0..6).map(|_| bench.call("create_payable", payable(), "key-1"))).await;
        let classes: Vec<String> = calls.iter().map(told).collect();
        assert!(calls.iter().all(|call| matches!(call.class, Class::Ok | Class::Retryable)), "{dialect}: {classes:?}");
        let first = bench.ok("create_payable", payable(), "key-1").await;
        let ids: BTreeSet<String> =
            calls.iter().filter(|call| call.class == Class::Ok).map(|call| call.output.to_json()["external_id"].to_string()).collect();
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), [first["external_id"].to_string()], "{dialect}: {classes:?}");
        assert_eq!(database.count("waybill_payable").await, 1, "{dialect}");
        let other = bench.ok("create_payable", payable(), "key-2").await;
        assert_ne!(first, other, "{dialect}");
        let rows = database.rows(&format!("SELECT purchase_order, CAST(amount AS {}) FROM waybill_payable", database.text())).await;
        assert_eq!(rows[0][0], "'; DROP TABLE waybill_payable; -- :key", "{dialect}: a value stays a value");
        assert_eq!(rows[0][1], "1130.0000", "{dialect}");
        let seen = bench.ok("get_payable", json!({"id": first["external_id"]}), "k").await;
        assert_eq!((&seen["status"], &seen["amount"]), (&json!("new"), &json!("1130.0000")), "{dialect}");
        bench.ok("cancel_payable", json!({"id": first["external_id"]}), "k").await;
        database.drop().await;
    }
}

/// A bench whose line to the server goes over the proxy.
fn over(database: &Database, proxy: &Deaf) -> Bench {
    let address = database.address.replace(&format!(":{}/", database.port), &format!(":{}/", proxy.port()));
    Bench::new(&gallery("interface_table"), &database.settings_at(&address), Vec::new())
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_unknown_and_its_repeat_finds_it() {
    for dialect in ["postgres", "mysql"] {
        let database = Database::create(dialect).await;
        let proxy = Deaf::start(database.port, b"COMMIT", Breaks::AfterIt).await;
        let bench = over(&database, &proxy);
        proxy.arm();
        let lost = bench.call("create_payable", payable(), "key-1").await;
        assert!(!proxy.is_armed(), "{dialect}: the line was broken");
        assert_eq!(lost.class, Class::Unknown, "{dialect}: {}", told(&lost));
        assert_eq!(database.count("waybill_payable").await, 1, "{dialect}: it had happened");
        bench.ok("create_payable", payable(), "key-1").await;
        assert_eq!(database.count("waybill_payable").await, 1, "{dialect}: and happened once");
        database.drop().await;
    }
}

#[tokio::test]
async fn a_line_that_breaks_before_the_commit_has_changed_nothing() {
    for dialect in ["postgres", "mysql"] {
        let database = Database::create(dialect).await;
        let proxy = Deaf::start(database.port, b"COMMIT", Breaks::BeforeIt).await;
        let bench = over(&database, &proxy);
        proxy.arm();
        let lost = bench.call("create_payable", payable(), "key-1").await;
        assert!(!proxy.is_armed(), "{dialect}");
        // The commit was on its way: whether it arrived cannot be known from here.
        assert_eq!(lost.class, Class::Unknown, "{dialect}: {}", told(&lost));
        assert_eq!(database.count("waybill_payable").await, 0, "{dialect}");
        bench.ok("create_payable", payable(), "key-1").await;
        assert_eq!(database.count("waybill_payable").await, 1, "{dialect}");
        database.drop().await;
    }
    // Before that, PostgreSQL has surely done nothing; of MySQL's tables one cannot know.
    for (dialect, class) in [("postgres", Class::Retryable), ("mysql", Class::Unknown)] {
        let database = Database::create(dialect).await;
        let proxy = Deaf::start(database.port, b"INSERT", Breaks::AfterIt).await;
        let bench = over(&database, &proxy);
        proxy.arm();
        let lost = bench.call("create_payable", payable(), "key-1").await;
        assert!(!proxy.is_armed(), "{dialect}");
        assert_eq!(lost.class, class, "{dialect}: {}", told(&lost));
        assert_eq!(database.count("waybill_payable").await, 0, "{dialect}");
        database.drop().await;
    }
}

#[tokio::test]
async fn a_kept_line_that_died_is_replaced_without_a_word() {
    for dialect in ["postgres", "mysql"] {
        let database = Database::create(dialect).await;
        database.order("PO-1", "new").await;
        let bench = database.bench();
        bench.ok("get_order", id(1), "k").await;
        // The gateway's own line, seen from another one.
        let lines = match dialect {
            "postgres" => {
                format!("SELECT pid::text FROM pg_stat_activity WHERE datname = '{}' AND application_name = 'waybill'", database.name)
            }
            _ => {
                format!("SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = '{}' AND command = 'Sleep'", database.name)
            }
        };
        let kept = database.rows(&lines).await;
        assert_eq!(kept.len(), 1, "{dialect}: the gateway keeps its line");
        let kill =
            if dialect == "postgres" { format!("SELECT pg_terminate_backend({})", kept[0][0]) } else { format!("KILL {}", kept[0][0]) };
        database.run(&kill).await;
        while !database.rows(&lines).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bench.ok("get_order", id(1), "k").await;
        database.drop().await;
    }
}

#[tokio::test]
async fn what_a_database_refuses_has_its_class_and_cause() {
    for dialect in DIALECTS {
        let database = Database::create(dialect).await;
        database.order("PO-1", "new").await;
        let bench = database.with(
            "  missing: {effect: read, request: {sql: SELECT id FROM no_such_table}}
  twice: {effect: write, idempotency: {by: none}, request: {sql: 'INSERT INTO waybill_order_line (order_id, line_no, quantity, unit_price, net, gross) VALUES (1, 1, 1, 1, 1, 1)'}}
  orphan: {effect: write, idempotency: {by: none}, request: {sql: 'INSERT INTO waybill_order_line (order_id, line_no, quantity, unit_price, net, gross) VALUES (77, 1, 1, 1, 1, 1)'}}
  nothing: {effect: write, idempotency: {by: none}, request: {sql: \"UPDATE waybill_order SET number = NULL\"}}
  sneaky: {effect: read, request: {sql: {postgres: \"WITH gone AS (DELETE FROM waybill_order_line RETURNING line_no) SELECT * FROM gone\", mysql: \"SELECT id FROM waybill_order FOR UPDATE\", sqlite: \"WITH one AS (SELECT 1) DELETE FROM waybill_order_line\"}}}
  many: {effect: read, request: {sql: \"SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3\", max_rows: 2}}
  named: {effect: read, request: {sql: \"SELECT id FROM {{settings.table}}\"}}
  twins: {effect: read, request: {sql: \"SELECT 1 AS a, 2 AS a\"}}
",
        );
        for (operation, class, cause) in [
            ("missing", Class::Refused, Cause::DataWrong),
            ("twice", Class::Conflict, Cause::DataWrong),
            ("orphan", Class::Refused, Cause::DataWrong),
            ("nothing", Class::Refused, Cause::DataWrong),
            ("many", Class::Refused, Cause::DataWrong),
            ("twins", Class::Refused, Cause::DataWrong),
        ] {
            let performed = bench.call(operation, json!({}), "k").await;
            assert_eq!((performed.class, performed.cause), (class, Some(cause)), "{dialect} {operation}: {}", told(&performed));
            assert!(performed.message.is_some_and(|message| !message.starts_with("status")), "{dialect} {operation}");
        }
        if dialect != "mysql" {
            let performed = bench.call("sneaky", json!({}), "k").await;
            assert_eq!(performed.class, Class::Refused, "{dialect}: {}", told(&performed));
        }
        assert_eq!(database.count("waybill_order_line").await, 1, "{dialect}: a read changes nothing");
        bench.ok("named", json!({}), "k").await;
        let hostile = database.settings().replace('}', ", table: \"waybill_order; DROP TABLE waybill_order_line\"}");
        let bench = Bench::new(
            &format!("{HEAD}operations:\n  named: {{effect: read, request: {{sql: \"SELECT id FROM {{{{settings.table}}}}\"}}}}\n"),
            &hostile,
            database.folders(),
        );
        let performed = bench.call("named", json!({}), "k").await;
        assert_eq!((performed.class, performed.code.as_deref()), (Class::Refused, Some("cannot_build")), "{}", told(&performed));
        assert!(performed.attempts.is_empty());
        database.drop().await;
    }
}

#[tokio::test]
async fn who_holds_a_row_makes_others_wait_and_not_lose() {
    for dialect in ["postgres", "mysql", "sqlite"] {
        let database = Database::create(dialect).await;
        database.order("PO-1", "new").await;
        let bench = database.with(
            "  take: {effect: write, idempotency: {by: nature}, request: {sql: \"UPDATE waybill_order SET status = 'taken' WHERE id = 1\", timeout: 1s}}\n",
        );
        let mut holder = Holder::connect(&database.url).await;
        let begin = if dialect == "sqlite" { "BEGIN IMMEDIATE" } else { "BEGIN" };
        holder.run(begin).await;
        holder.run("UPDATE waybill_order SET status = 'held' WHERE id = 1").await;
        let waited = bench.call("take", json!({}), "k").await;
        let class = if dialect == "mysql" { Class::Unknown } else { Class::Retryable };
        assert_eq!(waited.class, class, "{dialect}: {}", told(&waited));
        holder.run("COMMIT").await;
        drop(holder);
        assert_eq!(database.status(1).await, "held", "{dialect}");
        bench.ok("take", json!({}), "k").await;
        assert_eq!(database.status(1).await, "taken", "{dialect}");
        database.drop().await;
    }
}

#[tokio::test]
async fn nobody_is_reached_who_is_not_named_and_no_password_is_told() {
    let database = Database::create("mysql").await;
    let wrong = format!("{{database: \"{}\", user: nobody, password: {CANARY}, tls: \"off\"}}", database.address);
    let refused = Bench::new(&gallery("interface_table"), &wrong, Vec::new()).call("get_order", id(1), "k").await;
    assert_eq!((refused.class, refused.credentials), (Class::AuthExpired, true), "{}", told(&refused));
    let blocked =
        Bench::reaching(&gallery("interface_table"), &database.settings(), "10.0.0.0/8", Vec::new()).call("get_order", id(1), "k").await;
    assert_eq!((blocked.class, blocked.code.as_deref()), (Class::Refused, Some("egress_blocked")), "{}", told(&blocked));
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let nobody = database.settings_at(&format!("mysql://127.0.0.1:{port}/x"));
    let away = Bench::new(&gallery("interface_table"), &nobody, Vec::new()).call("create_payable", payable(), "k").await;
    assert_eq!((away.class, away.cause), (Class::Retryable, Some(Cause::PartnerDown)), "{}", told(&away));
    // The server here has no certificate: whoever wants one does not speak to it.
    let verify = database.settings().replace("\"off\"", "verify");
    let plain = Bench::new(&gallery("interface_table"), &verify, Vec::new()).call("get_order", id(1), "k").await;
    assert_eq!(plain.class, Class::Retryable, "{}", told(&plain));
    database.drop().await;
    let file = Database::create("sqlite").await;
    let elsewhere = Bench::new(&gallery("interface_table"), &file.settings(), Vec::new()).call("get_order", id(1), "k").await;
    assert_eq!((elsewhere.class, elsewhere.code.as_deref()), (Class::Refused, Some("egress_blocked")), "{}", told(&elsewhere));
    assert!(elsewhere.message.is_some_and(|message| message.contains("gateway.folders")));
}

#[tokio::test]
async fn columns_come_as_their_values_are() {
    let cases: [(&str, &str, Json); 3] = [
        (
            "postgres",
            "SELECT 9223372036854775807::int8 AS big, (-0.10)::numeric AS small, 0::numeric(5,2) AS nothing, 1e30::numeric AS huge, true AS flag,
             '2026-02-28'::date AS day, '2026-02-28 23:59:59.5+08'::timestamptz AS at, '2026-02-28 12:00'::timestamp AS local, 1.5::float8 AS approx,
             '{\"n\": 1.50}'::jsonb AS doc, NULL::numeric AS absent, '物'::char(3) AS padded, 'ff00'::bytea AS bytes, :text::text AS text",
            json!({"big": 9_223_372_036_854_775_807_i64, "small": "-0.10", "nothing": "0.00", "huge": "1000000000000000000000000000000", "flag": true,
                "day": "2026-02-28", "at": "2026-02-28T15:59:59.5Z", "local": "2026-02-28T12:00:00", "approx": 1.5, "doc": {"n": "1.50"}, "absent": null,
                "padded": "物  ", "bytes": "ZmYwMA==", "text": "a ? $1 :x"}),
        ),
        (
            "mysql",
            "SELECT CAST(18446744073709551615 AS UNSIGNED) AS big, CAST('-0.10' AS DECIMAL(10,2)) AS small, TRUE AS flag, CAST('2026-02-28' AS DATE) AS day,
             CAST('2026-02-28 12:00:00.5' AS DATETIME(6)) AS local, 1.5e0 AS approx, NULL AS absent, _utf8mb4'物' AS letter, x'ff00' AS bytes, :text AS text",
            json!({"big": 18_446_744_073_709_551_615_u64, "small": "-0.10", "flag": 1, "day": "2026-02-28", "local": "2026-02-28T12:00:00.500000", "approx": 1.5,
                "absent": null, "letter": "物", "bytes": "/wA=", "text": "a ? $1 :x"}),
        ),
        (
            "sqlite",
            "SELECT 9223372036854775807 AS big, '-0.10' AS small, 1.5 AS approx, NULL AS absent, '物' AS letter, x'ff00' AS bytes, :text AS text",
            json!({"big": 9_223_372_036_854_775_807_i64, "small": "-0.10", "approx": 1.5, "absent": null, "letter": "物", "bytes": "/wA=", "text": "a ? $1 :x"}),
        ),
    ];
    for (dialect, sql, wanted) in cases {
        let database = Database::create(dialect).await;
        let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let sql = json!(sql).to_string();
        let bench = database.with(&format!("  look: {{effect: read, input: {{text: string}}, request: {{sql: {sql}, args: {{text: {{value: input.text}}}}}}, output: {{row: {{type: any, from: \"$.rows[0]\"}}}}}}\n"));
        let row = bench.ok("look", json!({"text": "a ? $1 :x"}), "k").await["row"].clone();
        for (name, value) in wanted.as_object().expect("a mapping") {
            // Numbers that are no whole ones come as they are written.
            let value = if value.is_f64() || value.as_u64().is_some_and(|number| i64::try_from(number).is_err()) {
                json!(value.to_string())
            } else {
                value.clone()
            };
            assert_eq!(row[name], value, "{dialect}: {name}");
        }
        database.drop().await;
    }
}

#[tokio::test]
async fn a_call_that_has_no_time_left_changes_nothing() {
    let database = Database::create("postgres").await;
    let bench = database.with("  slow: {effect: write, idempotency: {by: nature}, request: {statements: [{id: put, sql: \"UPDATE waybill_order SET status = 'late'\"}, {id: wait, sql: \"SELECT pg_sleep(5)::text\"}]}}\n");
    database.order("PO-1", "new").await;
    let late = bench.call_within("slow", json!({}), "k", Duration::from_millis(600)).await;
    assert_eq!(late.class, Class::Retryable, "{}", told(&late));
    assert_eq!(database.status(1).await, "new");
    database.drop().await;
}

#[test]
fn what_cannot_be_meant_is_found_before_it_runs() {
    let with = |operation: &str| findings(&format!("{HEAD}operations:\n  x: {operation}\n"));
    for (operation, code, path) in [
        ("{effect: read, request: {sql: DELETE FROM t}}", "wrong_type", "operations.x.request.sql"),
        ("{effect: read, request: {sql: DROP TABLE t}}", "bad_value", "operations.x.request.sql"),
        ("{effect: read, request: {sql: \"ATTACH 'x' AS y\"}}", "bad_value", "operations.x.request.sql"),
        ("{effect: read, request: {sql: \"SELECT 1; SELECT 2\"}}", "bad_value", "operations.x.request.sql"),
        ("{effect: read, request: {sql: \"SELECT :a\"}}", "missing_key", "operations.x.request"),
        ("{effect: read, request: {sql: SELECT 1, args: {a: {value: '1'}}}}", "unknown_key", "operations.x.request"),
        ("{effect: read, input: {t: string}, request: {sql: \"SELECT * FROM {{input.t}}\"}}", "template_name", "operations.x.request.sql"),
        ("{effect: read, request: {sql: {oracle: SELECT 1}}}", "unknown_key", "operations.x.request.sql.oracle"),
        ("{effect: read, request: {}}", "missing_key", "operations.x.request"),
        (
            "{effect: read, request: {statements: [{id: a, sql: SELECT 1, when: b}]}}",
            "unknown_definition",
            "operations.x.request.statements[0].when",
        ),
        ("{effect: write, request: {sql: DELETE FROM t}}", "write_without_idempotency", "operations.x"),
        ("{effect: write, idempotency: {by: key}, request: {sql: DELETE FROM t}}", "missing_key", "operations.x.idempotency"),
        (
            "{effect: write, idempotency: {by: header, header: X-Key}, request: {sql: DELETE FROM t}}",
            "wrong_type",
            "operations.x.idempotency",
        ),
        ("{effect: read, request: {method: GET, path: /x}}", "unknown_key", "operations.x.request.method"),
    ] {
        let found = with(operation);
        assert!(found.contains(&(code, path.to_owned())), "{operation}: {found:?}");
    }
    let literal = HEAD.replace("password: {value: settings.password, optional: true}", "password: hunter2");
    assert!(findings(&literal).iter().any(|(code, _)| *code == "secret_in_text"), "{:?}", findings(&literal));
}
