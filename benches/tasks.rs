//! What a list of tasks and a decision cost where 100,000 tasks are open, on PostgreSQL, through the doors the API uses.
//!
//! People begin approvals, so that every row is the engine's own; then lists are read and tasks are decided, one after the other
//! and by several people at once. Bounded by `TASKS` (default 100000), `PEOPLE` (200; one task of ten is a busy person's) and
//! `CALLS` (2000). `EXPLAIN=1` prints how PostgreSQL reads a list.
//!
//! What one at a time takes is held against what is promised: 95 of 100 lists within 50 ms, 95 of 100 decisions within 30 ms. It
//! fails where it takes longer; on a machine that is busy with something else that says little.
//!
//! `cargo bench --bench tasks`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::disallowed_methods, reason = "it measures real time, and its ids only have to differ")]
#![expect(clippy::cast_precision_loss, reason = "the counts are small")]

use anyhow::Context;
use futures::StreamExt;
use futures::future::join_all;
use serde_json::json;
use sqlx::{Connection, PgConnection, Row};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use waybill::app::engine::definitions::Live;
use waybill::app::notice::Notices;
use waybill::app::people::{ActRequest, Files, NewDelegation, People, TaskBox, TaskQuery};
use waybill::app::quotas::{QuotaOptions, Quotas};
use waybill::app::reading::PageQuery;
use waybill::app::start::Starter;
use waybill::app::starts::{Asker, StartRequest, Starts, Subject};
use waybill::cli::works::{self, Pace, Parts};
use waybill::domain::approval::Act;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::{TaskId, TenantId};
use waybill::gateway::Gateway;
use waybill::runtime::{Clock, IdMaker, Lifecycle, SystemClock};
use waybill::store::{Options, connect};
use waybill::transport::InProcess;

const TENANT: TenantId = TenantId::DEFAULT;
/// Approvals that are begun at once.
const AT_ONCE: usize = 512;
/// People who look and decide at the same time, in the second half.
const BESIDE: usize = 8;
/// What 95 of 100 take at most, one at a time, milliseconds.
const LIST_WITHIN: f64 = 50.0;
const DECISION_WITHIN: f64 = 30.0;
/// Tasks on a page, as the console asks for them.
const PAGE: u32 = 50;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let server = std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".into());
    let name = format!("waybill_bench_{}", Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&server).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let mut url = url::Url::parse(&server)?;
    url.set_path(&name);
    let measured = measure(url.as_str()).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await?;
    measured
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn person(number: usize) -> String {
    format!("p{number:04}")
}

/// The definitions, with so many people; whoever runs the flows is the busy one.
fn catalog(people: usize) -> anyhow::Result<Catalog> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/tasks-content");
    let (read, findings) = waybill::app::load::load(&root)?;
    anyhow::ensure!(findings.is_empty(), "{findings:?}");
    let users: Vec<String> = (0..people).map(|number| format!("{{id: {0}, name: {0}}}", person(number))).collect();
    let directory =
        format!("format: 1\ndirectory: people\nusers: [{}]\nroles: [{{role: flow_admin, users: [{}]}}]\n", users.join(", "), person(0));
    let mut files = waybill::domain::text::files::Files::default();
    for (path, text) in read.iter().filter(|(path, _)| !path.ends_with("directory.yaml")) {
        files.insert(path.clone(), text.clone());
    }
    files.insert("config/directory.yaml", directory);
    let (catalog, diagnostics) = Catalog::compile(files);
    anyhow::ensure!(!has_errors(&diagnostics), "{diagnostics:?}");
    Ok(catalog)
}

async fn measure(url: &str) -> anyhow::Result<()> {
    let (tasks, people, calls) = (number("TASKS", 100_000), number("PEOPLE", 200).max(2), number("CALLS", 2_000));
    let store = connect(url, Options::default()).await?;
    store.migrate().await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (ids, lifecycle) = (IdMaker::new(clock.clone()), Lifecycle::new());
    let live = Arc::new(Live::new(Arc::new(catalog(people)?), 0, b"hooks of a measurement"));
    let gateway = Arc::new(Gateway::new(waybill::gateway::Options::default(), clock.clone()));
    let works = works::start(
        Parts {
            quotas: Quotas::new(store.clone(), clock.clone(), QuotaOptions::default()),
            store: store.clone(),
            live: live.clone(),
            gateway,
            notices: Arc::new(Notices::to_log()),
            clock: clock.clone(),
            ids: ids.clone(),
            lifecycle: lifecycle.clone(),
            owner: ids.next().to_string(),
            transport: Arc::new(InProcess::default()),
            publishes: None,
        },
        &Pace {
            batch_size_max: 256,
            parallel: 3,
            effects_in_flight_max: 256,
            lease: Duration::from_secs(60),
            poll: Duration::from_millis(500),
            stream_parallel_max: 1,
            reconcile_poll: None,
        },
    );
    let reader =
        People { engine: works.engine.clone(), store: store.clone(), live: live.clone(), clock: clock.clone(), files: Files::default() };
    let starter =
        Starter { live, received: works.receiver.received.clone(), engine: works.engine, store: store.clone(), clock: clock.clone(), ids };
    begin(&starter, tasks, people).await?;
    // Somebody decides for three others, as in a holiday.
    let until = clock.now() + jiff::SignedDuration::from_hours(24);
    for number in 2..5.min(people) {
        let (principal, agent, from) = (person(number), person(1), clock.now());
        let key = principal.clone();
        let new = NewDelegation { principal, agent, from, until, flows: Vec::new(), new_only: false, by: "bench".into(), key };
        reader.delegate(TENANT, new).await?;
    }
    settle(url).await?;
    if std::env::var_os("EXPLAIN").is_some() {
        explain(url).await?;
    }
    let reader = Arc::new(reader);
    println!("{:<34}{:>9}{:>9}{:>9}{:>9}   milliseconds", "", "p50", "p95", "p99", "max");
    let mut slow: Vec<String> = Vec::new();
    let mut judge = |what: &str, beside: usize, took: f64, within: f64| {
        if beside == 1 && took > within {
            slow.push(format!("{what}: 95 of 100 within {took:.1} ms, and {within:.0} are promised"));
        }
    };
    for beside in [1, BESIDE] {
        for (what, who) in [("list of one of many", None), ("list of the busy person", Some(0)), ("list with three delegations", Some(1))] {
            let reader = reader.clone();
            let read = move |call: usize| {
                let (reader, who) = (reader.clone(), person(who.unwrap_or(1 + call % (people - 1))));
                async move {
                    let page = PageQuery { limit: Some(PAGE), ..PageQuery::default() };
                    let query = TaskQuery { list: TaskBox::Mine, flow: None, due_before: None, within: None };
                    let list = reader.tasks(TENANT, &who, &query, &page).await?;
                    anyhow::ensure!(!list.items.is_empty(), "{who} has no tasks");
                    Ok(())
                }
            };
            let took = timed(&format!("{what}, {beside} at once"), calls, beside, read).await?;
            judge(what, beside, took, LIST_WITHIN);
        }
        let counted = reader.clone();
        let count = move |call: usize| {
            let (reader, who) = (counted.clone(), person(call % people));
            async move { reader.task_counts(TENANT, &who).await.map(drop).context("counts") }
        };
        timed(&format!("counts, {beside} at once"), calls, beside, count).await?;
        let open = open_tasks(url, calls).await?;
        let decider = reader.clone();
        let decide = move |call: usize| {
            let (reader, (id, who)) = (decider.clone(), open[call % open.len()].clone());
            async move {
                let act = Act { verb: "approve".to_owned(), token: id.to_string(), ..Act::default() };
                let request = ActRequest { tenant: TENANT, person: Some(who.clone()), name: who, admin: false, act };
                reader.act_on_task(TaskId(id), request).await.map(drop).context("a decision")
            }
        };
        let took = timed(&format!("decision, {beside} at once"), calls, beside, decide).await?;
        judge("decision", beside, took, DECISION_WITHIN);
    }
    lifecycle.soft().cancel();
    lifecycle.hard().cancel();
    store.close().await;
    anyhow::ensure!(slow.is_empty(), "{}", slow.join("; "));
    Ok(())
}

/// Begins so many approvals; one of ten is the busy person's.
async fn begin(starter: &Starter, tasks: usize, people: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    let one = |number: usize| async move {
        let approver = if number.is_multiple_of(10) { person(0) } else { person(1 + number % (people - 1)) };
        let key = format!("C{number:07}");
        let body = json!({"number": key, "requester": {"id": person(number % people)}, "approver": approver, "note": "as discussed"});
        let asker = Asker {
            tenant: TENANT,
            name: "bench".to_owned(),
            acts_as: "token:bench".to_owned(),
            key: Some(key),
            language: "en".to_owned(),
        };
        let request = StartRequest { asker, flow: "two_say".to_owned(), subject: Subject::Given(body) };
        starter.start(request).await.map(drop)
    };
    let mut begun = futures::stream::iter((0..tasks).map(one)).buffer_unordered(AT_ONCE);
    while let Some(answer) = begun.next().await {
        answer.context("an approval does not begin")?;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{tasks} approvals begun in {seconds:.0} s, {:.0}/s", tasks as f64 / seconds);
    Ok(())
}

/// Waits until no notice is left to be sent, then lets PostgreSQL see what is there, as it does by itself within minutes.
async fn settle(url: &str) -> anyhow::Result<()> {
    let mut inside = PgConnection::connect(url).await?;
    loop {
        let row = sqlx::query("SELECT count(*) AS left FROM lane").fetch_one(&mut inside).await?;
        if row.get::<i64, _>("left") == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut inside).await?;
    let row = sqlx::query("SELECT count(*) AS open FROM task WHERE state = 'pending'").fetch_one(&mut inside).await?;
    println!("{} tasks are open", row.get::<i64, _>("open"));
    Ok(inside.close().await?)
}

/// Open tasks of many people.
async fn open_tasks(url: &str, count: usize) -> anyhow::Result<Vec<(Uuid, String)>> {
    let mut inside = PgConnection::connect(url).await?;
    let rows = sqlx::query("SELECT id, person FROM task WHERE state = 'pending' AND step = 'one' ORDER BY id LIMIT $1");
    let rows = rows.bind(i64::try_from(count)?).fetch_all(&mut inside).await?;
    inside.close().await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("person"))).collect())
}

async fn explain(url: &str) -> anyhow::Result<()> {
    let mut inside = PgConnection::connect(url).await?;
    let asked = "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM task t WHERE t.tenant_id = 1 AND t.person IN ('p0000') AND t.state = 'pending' \
                 AND t.kind <> 'copy' AND (t.since, t.id) > (-9223372036854775808, '00000000-0000-0000-0000-000000000000') \
                 ORDER BY t.since, t.id LIMIT 51";
    for row in sqlx::query(asked).fetch_all(&mut inside).await? {
        println!("  {}", row.get::<String, _>(0));
    }
    Ok(inside.close().await?)
}

/// Does something so often, by so many at once, and prints how long each took; gives what 95 of 100 took at most.
async fn timed<F, W>(what: &str, calls: usize, beside: usize, work: F) -> anyhow::Result<f64>
where
    F: Fn(usize) -> W + Clone + Send + 'static,
    W: Future<Output = anyhow::Result<()>> + Send,
{
    let own = |first: usize| {
        let work = work.clone();
        tokio::spawn(async move {
            let mut took = Vec::new();
            for call in (first..calls).step_by(beside) {
                let began = Instant::now();
                work(call).await?;
                took.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
            anyhow::Ok(took)
        })
    };
    let mut all = Vec::with_capacity(calls);
    for took in join_all((0..beside).map(own)).await {
        all.extend(took??);
    }
    all.sort_by(f64::total_cmp);
    let at = |percent: usize| all[(all.len() * percent).div_ceil(100).clamp(1, all.len()) - 1];
    println!("{what:<34}{:>9.1}{:>9.1}{:>9.1}{:>9.1}", at(50), at(95), at(99), at(100));
    Ok(at(95))
}
