//! What the store costs: flows through receive, decide, claim and progress, without engine, gateway and HTTP.
//!
//! One flow is that of `waybill bench`: an order message in, an approval created, its decision in, a payable created, the
//! status written: 2 messages, 3 effects, 7 engine batches. Prints flows a second, and per flow transactions,
//! statements, row writes by table and WAL bytes (PostgreSQL). Bounded by `FLOWS` (default 4000), `BATCH` (100) and
//! `WORKERS` (2). `STORE=sqlite` measures SQLite.
//!
//! `cargo bench --bench store`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::disallowed_methods, reason = "it measures real time, and its ids only have to differ")]

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, PgConnection, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use uuid::Uuid;
use waybill::domain::ids::{DocumentId, InboxId, InstanceId, TenantId, document_id, effect_id, instance_id};
use waybill::store::*;

const TENANT: TenantId = TenantId::DEFAULT;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (flows, batch, workers) = (number("FLOWS", 4000), number("BATCH", 100), number("WORKERS", 2));
    match std::env::var("STORE").as_deref() {
        Ok("sqlite") => {
            let folder = tempfile::tempdir()?;
            let store = connect(&format!("sqlite:{}", folder.path().join("bench.sqlite").display()), Options::default()).await?;
            store.migrate().await?;
            run(store.clone(), flows, batch, workers).await?;
            store.close().await;
        }
        _ => on_postgres(flows, batch, workers).await?,
    }
    Ok(())
}

async fn on_postgres(flows: u64, batch: u64, workers: u64) -> anyhow::Result<()> {
    let server = std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".into());
    let name = format!("waybill_bench_{}", Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&server).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let mut url = url::Url::parse(&server)?;
    url.set_path(&name);
    let measured = measure(url.as_str(), &mut admin, flows, batch, workers).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await?;
    measured
}

async fn measure(url: &str, admin: &mut PgConnection, flows: u64, batch: u64, workers: u64) -> anyhow::Result<()> {
    let store = connect(url, Options::default()).await?;
    store.migrate().await?;
    // Plans and partitions are warm, and every page has had its full-page image, before anything is counted.
    run(store.clone(), batch * workers, batch, workers).await?;
    let (before, first) = (wal(admin).await?, position(admin).await?);
    let done = run(store.clone(), flows, batch, workers).await?;
    let bytes = wal(admin).await? - before;
    println!("WAL bytes a flow: {:.0}", bytes / done as f64);
    if std::env::var_os("RECORDS").is_some() {
        records(url, &first, done as f64).await?;
    }
    store.close().await;
    // Sessions report their counters when they end; these include the warm-up.
    let mut inside = PgConnection::connect(url).await?;
    let total = (done + batch * workers) as f64;
    let mut sum = [0.0; 4];
    println!("{:<14}{:>9}{:>9}{:>9}{:>9}   row writes a flow", "table", "insert", "update", "of it HOT", "delete");
    for row in sqlx::query(TABLES).fetch_all(&mut inside).await? {
        let counts = ["ins", "upd", "hot", "del"].map(|column| row.get::<i64, _>(column) as f64 / total);
        for (all, one) in sum.iter_mut().zip(counts) {
            *all += one;
        }
        println!("{:<14}{:>9.2}{:>9.2}{:>9.2}{:>9.2}", row.get::<String, _>("name"), counts[0], counts[1], counts[2], counts[3]);
    }
    println!("{:<14}{:>9.2}{:>9.2}{:>9.2}{:>9.2}   = {:.1}", "all", sum[0], sum[1], sum[2], sum[3], sum[0] + sum[1] + sum[3]);
    inside.close().await?;
    Ok(())
}

const TABLES: &str = "
SELECT regexp_replace(relname, '_(default|[0-9]{8})$', '') AS name, sum(n_tup_ins)::bigint AS ins, sum(n_tup_upd)::bigint AS upd,
    sum(n_tup_hot_upd)::bigint AS hot, sum(n_tup_del)::bigint AS del
FROM pg_stat_user_tables GROUP BY 1 HAVING sum(n_tup_ins + n_tup_upd + n_tup_del) > 0 ORDER BY 1";

async fn wal(admin: &mut PgConnection) -> anyhow::Result<f64> {
    let row = sqlx::query("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes").fetch_one(admin).await?;
    Ok(row.get("bytes"))
}

async fn position(admin: &mut PgConnection) -> anyhow::Result<String> {
    Ok(sqlx::query("SELECT pg_current_wal_lsn()::text AS position").fetch_one(admin).await?.get("position"))
}

/// Where the bytes go, by kind of record; needs `pg_walinspect` and a superuser, hence only with `RECORDS`.
async fn records(url: &str, first: &str, flows: f64) -> anyhow::Result<()> {
    const STATS: &str = r#"
        SELECT "resource_manager/record_type" AS kind, count::float8 AS count, record_size::float8 AS bytes, fpi_size::float8 AS images
        FROM pg_get_wal_stats($1::pg_lsn, pg_current_wal_flush_lsn(), true) WHERE count > 0 ORDER BY combined_size DESC LIMIT 25"#;
    let mut inside = PgConnection::connect(url).await?;
    sqlx::raw_sql("CREATE EXTENSION pg_walinspect").execute(&mut inside).await?;
    println!("{:<28}{:>10}{:>10}{:>10}   a flow", "record", "number", "bytes", "images");
    for row in sqlx::query(STATS).bind(first).fetch_all(&mut inside).await? {
        let [count, bytes, images] = ["count", "bytes", "images"].map(|column| row.get::<f64, _>(column) / flows);
        println!("{:<28}{count:>10.2}{bytes:>10.0}{images:>10.0}", row.get::<String, _>("kind"));
    }
    inside.close().await?;
    Ok(())
}

/// Runs flows in batches on several workers; answers how many.
async fn run(store: Arc<dyn Store>, flows: u64, batch: u64, workers: u64) -> anyhow::Result<u64> {
    let (begun, next) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let totals = join_all((0..workers).map(|_| {
        let (store, next) = (store.clone(), next.clone());
        tokio::spawn(async move {
            let mut totals = Totals::default();
            loop {
                let first = next.fetch_add(batch, Ordering::Relaxed);
                if first >= flows {
                    return Ok::<_, Error>(totals);
                }
                whole_flows(&store, batch, &mut totals).await?;
            }
        })
    }))
    .await;
    let mut all = Totals::default();
    for total in totals {
        let total = total??;
        all.flows += total.flows;
        all.transactions += total.transactions;
        all.statements += total.statements;
    }
    let flows = all.flows as f64;
    println!(
        "{flows} flows in {:.2} s: {:.0} flows/s, {:.3} transactions and {:.2} statements a flow (batches of {batch}, {workers} workers)",
        begun.elapsed().as_secs_f64(),
        flows / begun.elapsed().as_secs_f64(),
        all.transactions as f64 / flows,
        f64::from(all.statements) / flows,
    );
    Ok(all.flows)
}

#[derive(Default)]
struct Totals {
    flows: u64,
    transactions: u64,
    statements: u32,
}

impl Totals {
    fn add(&mut self, committed: &Committed) {
        self.transactions += 1;
        self.statements += committed.statements;
    }
}

/// One flow's identity.
#[derive(Clone)]
struct Flow {
    key: String,
    document: DocumentId,
    instance: InstanceId,
    order: InboxId,
    decision: InboxId,
}

impl Flow {
    fn new() -> Self {
        let order = InboxId(Uuid::now_v7());
        let key = format!("PO-{}", order.0.simple());
        let document = document_id(TENANT, "purchase_order", "erp", &key);
        let instance = instance_id(TENANT, document, "purchase_order_approval", 1);
        Flow { key, document, instance, order, decision: InboxId(Uuid::now_v7()) }
    }

    fn approval(&self) -> String {
        format!("A-{}", self.key)
    }

    fn message(&self, id: InboxId, event: &str, payload: String) -> NewMessage {
        NewMessage {
            id,
            tenant: TENANT,
            connection: if event == "orders" { "erp" } else { "oa" }.into(),
            event: event.into(),
            message_id: format!("{}/{event}", self.key),
            source: format!("webhook/{event}"),
            payload,
            received_at: Timestamp::now(),
        }
    }

    fn effect(&self, step: &str, connection: &str, owner: &Lease) -> NewEffect {
        let now = Timestamp::now();
        let effect = EffectRow {
            id: effect_id(TENANT, self.instance, step, 1, 0),
            tenant: TENANT,
            instance: self.instance,
            document: self.document,
            connection: connection.into(),
            lane: format!("{connection}:{}", self.document),
            seq: 0,
            step: format!("{step}#1"),
            priority: 5,
            version: VERSION.into(),
            work: format!(
                "{{\"kind\":\"call\",\"connection\":\"{connection}\",\"operation\":\"{step}\",\"input\":{},\"reference\":\"{}-{step}\",\"purpose\":\"forward\"}}",
                body(&self.key, 1),
                &self.key[3..15]
            ),
            retry: "{\"retry_for_millis\":[[\"partner_down\",259200000]]}".into(),
            state: "planned".into(),
            delivery: "{\"phase\":\"first\"}".into(),
            attempt: 0,
            due_at: now,
            created_at: now,
        };
        NewEffect { effect, claim: Some(owner.clone()) }
    }

    fn link(&self, connection: &str, external_id: String, written: Option<&str>, seen: Option<&str>) -> LinkRow {
        let now = Timestamp::now();
        LinkRow {
            tenant: TENANT,
            connection: connection.into(),
            external_id,
            document: self.document,
            instance: (connection != "erp").then_some(self.instance),
            step: (connection != "erp").then(|| "oa#1".into()),
            written: written.map(str::to_owned),
            written_at: written.map(|_| now),
            seen: seen.map(str::to_owned),
            seen_at: seen.map(|_| now),
            closed: false,
            reread_at: None,
            rereads: 0,
        }
    }
}

const VERSION: &str = "3f2a9c0d5b7e41f8a6c2d4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b";

/// An order as a partner sends it, with some lines.
fn body(key: &str, lines: usize) -> String {
    let line = r#"{"number":"1","item":"A-100","description":"Bearing 6204-2RS","quantity":"40.0000","unit":"pcs","unit_price":"12.5000","amount":"500.00","tax_code":"13"}"#;
    let lines = vec![line; lines].join(",");
    format!(
        r#"{{"number":"{key}","company":{{"code":"A"}},"supplier":{{"id":"S-17","name":"Northwind Bearings"}},"currency":"CNY","total_gross":"1130.00","requester":{{"id":"u7","name":"Lin"}},"lines":[{lines}]}}"#
    )
}

/// The pure state after some steps: grows as an instance goes on.
fn state(lock: i64) -> String {
    let steps = usize::try_from(3 + lock).unwrap_or_default();
    let step = r#"{"id":"budget","visit":1,"state":"done","outcome":null,"output":{"external_id":"A-100234","status":"approved"},"effect":"0d9f4c1e-52f4-8a7e-9a2b-3c4d5e6f7081"}"#;
    format!(r#"{{"at":["oa"],"round":1,"steps":[{}]}}"#, vec![step; steps].join(","))
}

fn history(flow: &Flow, lock: i64) -> HistoryRow {
    let entries =
        r#"[{"kind":"done","step":"oa","visit":1,"detail":{"external_id":"A-100234"}},{"kind":"entered","step":"verdict","visit":1}]"#;
    HistoryRow { tenant: TENANT, instance: flow.instance, lock, at: Timestamp::now(), entries: entries.into() }
}

fn done(claimed: &ClaimedEffect) -> Progress {
    let effect = &claimed.effect;
    let attempt = AttemptRow {
        tenant: TENANT,
        instance: effect.instance,
        effect: effect.id,
        number: 1,
        part: 0,
        purpose: "call".into(),
        connection: effect.connection.clone(),
        operation: "create_approval".into(),
        started_at: Timestamp::now(),
        duration_millis: 14,
        status: Some(201),
        class: "ok".into(),
        message: None,
        request: format!(r#"{{"method":"POST","url":"http://oa.example/approvals","body":{}}}"#, body("PO-1", 1)),
        response: r#"{"status":201,"headers":{"content-type":"application/json"},"body":{"id":"A-100234"}}"#.into(),
    };
    Progress {
        hold: LaneHold { tenant: TENANT, lane: effect.lane.clone(), token: claimed.token, effect: effect.id, sealed: claimed.sealed },
        state: "done".into(),
        delivery: "{\"phase\":\"done\",\"sent\":1}".into(),
        due_at: Timestamp::now(),
        attempts: vec![attempt],
    }
}

/// All seven batches of some flows.
async fn whole_flows(store: &Arc<dyn Store>, count: u64, totals: &mut Totals) -> Result<()> {
    let flows: Vec<Flow> = (0..count).map(|_| Flow::new()).collect();
    let lease = Lease { owner: "bench-0190e".into(), until: Timestamp::now() + SignedDuration::from_secs(60) };
    let orders: Vec<_> = flows.iter().map(|flow| flow.message(flow.order, "orders", body(&flow.key, 3))).collect();
    store.receive(&orders, &lease).await?;
    let claimed = created(store, &flows, &lease, totals).await?;
    ended(store, &flows, claimed, "approval", totals).await?;
    let decisions: Vec<_> = flows
        .iter()
        .map(|flow| {
            flow.message(flow.decision, "approval_changed", format!(r#"{{"approval_id":"{}","status":"approved"}}"#, flow.approval()))
        })
        .collect();
    store.receive(&decisions, &lease).await?;
    totals.transactions += 2;
    totals.statements += 2;
    let claimed = heard(store, &flows, &lease, totals).await?;
    let claimed = next(store, &flows, claimed, &lease, totals).await?;
    ended(store, &flows, claimed, "released", totals).await?;
    totals.flows += count;
    Ok(())
}

/// The order becomes a document, an instance and the call that creates the approval.
async fn created(store: &Arc<dyn Store>, flows: &[Flow], lease: &Lease, totals: &mut Totals) -> Result<Vec<ClaimedEffect>> {
    let keys = Keys {
        documents: flows.iter().map(|flow| flow.document).collect(),
        messages: flows.iter().map(|flow| flow.order).collect(),
        ..Keys::default()
    };
    let (flows, lease) = (flows.to_vec(), lease.clone());
    let decide = move |_: Loaded| {
        let now = Timestamp::now();
        let mut writes = Writes::default();
        for flow in &flows {
            writes.documents_new.push(DocumentRow {
                id: flow.document,
                tenant: TENANT,
                kind: "purchase_order".into(),
                source: "erp".into(),
                key: flow.key.clone(),
                external_id: Some(flow.key.clone()),
                revision: 1,
                status: "submitted".into(),
                source_status: Some("waiting".into()),
                source_version: None,
                withdrawn: false,
                display: format!("{{\"number\":\"{}\",\"supplier\":\"Northwind Bearings\",\"amount\":\"1130.00 CNY\"}}", flow.key),
                created_at: now,
                updated_at: now,
            });
            writes.revisions.push(RevisionRow {
                tenant: TENANT,
                document: flow.document,
                number: 1,
                hash: VERSION.into(),
                body: body(&flow.key, 3),
                payload: body(&flow.key, 3),
                created_at: now,
            });
            writes.instances_new.push(InstanceRow {
                id: flow.instance,
                tenant: TENANT,
                flow: "purchase_order_approval".into(),
                version: VERSION.into(),
                document: flow.document,
                revision: 1,
                status: "running".into(),
                outcome: None,
                at_step: Some("oa".into()),
                state: state(-1),
                lock: 1,
                started_at: now,
                updated_at: now,
                ended_at: None,
            });
            writes.history.push(history(flow, 1));
            writes.links.push(flow.link("erp", flow.key.clone(), None, Some("waiting")));
            writes.effects.push(flow.effect("oa", "oa", &lease));
        }
        writes
    };
    let committed = store.decide(&keys, Box::new(move |loaded| Ok(decide(loaded)))).await?;
    totals.add(&committed);
    Ok(committed.claimed)
}

/// An effect ended: the ledger learns, the instance goes on.
async fn ended(store: &Arc<dyn Store>, flows: &[Flow], claimed: Vec<ClaimedEffect>, what: &'static str, totals: &mut Totals) -> Result<()> {
    let by_instance: std::collections::HashMap<InstanceId, Flow> = flows.iter().map(|flow| (flow.instance, flow.clone())).collect();
    let reports: Vec<Progress> = claimed.iter().map(done).collect();
    let decide = move |loaded: Loaded| {
        let mut writes = Writes { progress: reports, ..Writes::default() };
        for mut document in loaded.documents {
            document.status = if what == "approval" { "in_approval" } else { "released" }.into();
            writes.documents_changed.push(document);
        }
        for mut instance in loaded.instances {
            let flow = &by_instance[&instance.id];
            writes.history.push(history(flow, instance.lock + 1));
            writes.links.push(match what {
                "approval" => flow.link("oa", flow.approval(), Some("in_approval"), None),
                _ => flow.link("erp", flow.key.clone(), Some("released"), None),
            });
            instance.state = state(instance.lock);
            if what == "released" {
                instance.status = "ended".into();
                instance.outcome = Some("approved".into());
                instance.ended_at = Some(Timestamp::now());
            }
            writes.instances_changed.push(instance);
        }
        writes
    };
    let committed = store.decide(&effect_keys(flows, &claimed), Box::new(move |loaded| Ok(decide(loaded)))).await?;
    totals.add(&committed);
    Ok(())
}

/// The decision about the approval is heard; the payable is to be created.
async fn heard(store: &Arc<dyn Store>, flows: &[Flow], lease: &Lease, totals: &mut Totals) -> Result<Vec<ClaimedEffect>> {
    let keys = Keys {
        objects: flows.iter().map(|flow| (TENANT, "oa".to_owned(), flow.approval())).collect(),
        messages: flows.iter().map(|flow| flow.decision).collect(),
        ..Keys::default()
    };
    let by_instance: std::collections::HashMap<InstanceId, Flow> = flows.iter().map(|flow| (flow.instance, flow.clone())).collect();
    let lease = lease.clone();
    let decide = move |loaded: Loaded| {
        let mut writes = Writes::default();
        for mut instance in loaded.instances {
            let flow = &by_instance[&instance.id];
            writes.history.push(history(flow, instance.lock + 1));
            writes.links.push(flow.link("oa", flow.approval(), None, Some("approved")));
            writes.effects.push(flow.effect("post", "finance", &lease));
            instance.state = state(instance.lock);
            writes.instances_changed.push(instance);
        }
        writes
    };
    let committed = store.decide(&keys, Box::new(move |loaded| Ok(decide(loaded)))).await?;
    totals.add(&committed);
    Ok(committed.claimed)
}

/// The payable is there; the status is to be written.
async fn next(
    store: &Arc<dyn Store>,
    flows: &[Flow],
    claimed: Vec<ClaimedEffect>,
    lease: &Lease,
    totals: &mut Totals,
) -> Result<Vec<ClaimedEffect>> {
    let by_instance: std::collections::HashMap<InstanceId, Flow> = flows.iter().map(|flow| (flow.instance, flow.clone())).collect();
    let (reports, lease): (Vec<Progress>, Lease) = (claimed.iter().map(done).collect(), lease.clone());
    let decide = move |loaded: Loaded| {
        let mut writes = Writes { progress: reports, ..Writes::default() };
        for mut instance in loaded.instances {
            let flow = &by_instance[&instance.id];
            writes.history.push(history(flow, instance.lock + 1));
            writes.links.push(flow.link("finance", format!("PAY-{}", flow.key), Some("posted"), None));
            writes.effects.push(flow.effect("free", "erp", &lease));
            instance.state = state(instance.lock);
            writes.instances_changed.push(instance);
        }
        writes
    };
    let committed = store.decide(&effect_keys(flows, &claimed), Box::new(move |loaded| Ok(decide(loaded)))).await?;
    totals.add(&committed);
    Ok(committed.claimed)
}

fn effect_keys(flows: &[Flow], claimed: &[ClaimedEffect]) -> Keys {
    assert_eq!(claimed.len(), flows.len(), "every lane was free");
    let hold = |claimed: &ClaimedEffect| LaneHold {
        tenant: TENANT,
        lane: claimed.effect.lane.clone(),
        token: claimed.token,
        effect: claimed.effect.id,
        sealed: claimed.sealed,
    };
    Keys { instances: flows.iter().map(|flow| flow.instance).collect(), effects: claimed.iter().map(hold).collect(), ..Keys::default() }
}
