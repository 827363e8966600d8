//! Searching, listing and grouping among many documents on PostgreSQL: every way finds what it should, and the times are
//! printed. `WAYBILL_TEST_DOCUMENTS=200000 cargo test --test desk_scale -- --nocapture` asks for more.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod support {
    pub mod postgres;
}

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::Connection;
use support::postgres::FreshDatabase;
use uuid::Uuid;
use waybill::domain::ids::TenantId;
use waybill::store::desk::{Chosen, DocumentChoice, ExceptionChoice, KeyChoice, NewSelection};
use waybill::store::{Options, Page, Store, connect};

/// Documents of the short run.
const DOCUMENTS: u64 = 5_000;
/// Times each question is asked.
const ROUNDS: u32 = 40;

fn documents() -> u64 {
    std::env::var("WAYBILL_TEST_DOCUMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(DOCUMENTS)
}

/// Documents, each with a link in the ERP and one in the OA, an instance (one in twenty still open), and an open exception for
/// one in four hundred. Ids and times are derived from the number.
fn rows(count: u64) -> [String; 6] {
    let id = |kind: &str| format!("md5('{kind}' || n)::uuid");
    let at = "(1790000000 + n)::bigint * 1000000";
    let from = format!("FROM generate_series(1, {count}) AS n");
    [
        format!(
            "INSERT INTO document (id, created_at, tenant_id, kind, source, key, external_id, amount, updated_at, revision, withdrawn, status, source_status, display)
             SELECT {}, {at}, 1, 'purchase_order', 'erp_hq', 'PO-2026-' || lpad(n::text, 7, '0'), n::text, (n % 100000) * 10000, {at}, 1, false,
                CASE WHEN n % 20 = 0 THEN 'in_approval' ELSE 'released' END, 'submitted', '{{\"number\":\"PO\"}}' {from}",
            id("d")
        ),
        format!("INSERT INTO revision (document_id, created_at, tenant_id, number, hash, body) SELECT {}, {at}, 1, 1, 'h', '{{\"note\":\"' || n || '\"}}' {from}", id("d")),
        format!("INSERT INTO link (document_id, tenant_id, connection, external_id, rereads, closed) SELECT {}, 1, 'erp_hq', n::text, 0, false {from}", id("d")),
        format!("INSERT INTO link (document_id, tenant_id, connection, external_id, rereads, closed) SELECT {}, 1, 'oa_main', 'A-' || (n * 7)::text, 0, true {from}", id("d")),
        format!(
            "INSERT INTO instance (id, document_id, started_at, tenant_id, revision, flow, version, updated_at, lock, status, at_step, state)
             SELECT {}, {}, {at}, 1, 1, 'approval', 'v1', {at}, 1, CASE WHEN n % 20 = 0 THEN 'running' ELSE 'ended' END, 'ask', '{{}}' {from}",
            id("i"),
            id("d")
        ),
        format!(
            "INSERT INTO exception (id, instance_id, document_id, opened_at, tenant_id, fingerprint, step, connection, cause, code, message, owner, state)
             SELECT {}, {}, {}, {at}, 1, md5((n % 7)::text)::uuid, 'ask#1', 'oa_main', 'data_wrong', 'call_failed', 'no', 'role:clerk', 'open'
             {from} WHERE n % 400 = 0",
            id("x"),
            id("i"),
            id("d")
        ),
    ]
}

struct Asked {
    name: &'static str,
    times: Vec<Duration>,
}

impl Asked {
    fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.times.clone();
        sorted.sort_unstable();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }
}

async fn ask(name: &'static str, asked: &mut Vec<Asked>, question: impl AsyncFn(u32) -> usize, least: usize) {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let began = Instant::now();
        let found = question(round).await;
        times.push(began.elapsed());
        assert!(found >= least, "{name} finds {found} in round {round}");
    }
    asked.push(Asked { name, times });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_documents_are_searched_listed_and_grouped() {
    let database = FreshDatabase::create("desk_scale").await;
    let store = connect(&database.url, Options::default()).await.expect("connects");
    store.migrate().await.expect("migrates");
    let count = documents();
    let mut connection = sqlx::PgConnection::connect(&database.url).await.expect("connects");
    for statement in rows(count) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.expect("rows");
    }
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.expect("analyses");
    connection.close().await.expect("closes");
    let asked = questions(&store, count).await;
    println!("{count} documents on PostgreSQL, {ROUNDS} rounds each: p50 / p95 / worst in ms");
    for one in &asked {
        let millis = |percent| one.percentile(percent).as_secs_f64() * 1_000.0;
        println!("  {:<40} {:>8.1} {:>8.1} {:>8.1}", one.name, millis(50), millis(95), millis(100));
    }
    store.close().await;
    database.drop().await;
}

async fn questions(store: &Arc<dyn Store>, count: u64) -> Vec<Asked> {
    let tenant = TenantId::DEFAULT;
    let all = DocumentChoice::all(tenant);
    let page = Page { limit: 51, after: None };
    let number = |round: u32| u64::from(round) * 7_919 % count + 1;
    let with_key = |key| DocumentChoice { key: Some(key), ..DocumentChoice::all(tenant) };
    let search = async |choice: DocumentChoice| store.desk().search(&choice, &page).await.expect("reads").len();
    let mut asked = Vec::new();
    let key = |round| format!("PO-2026-{:07}", number(round));
    ask("key, whole", &mut asked, async |round| search(with_key(KeyChoice::Exactly(vec![key(round)]))).await, 1).await;
    ask(
        "key, a partner's",
        &mut asked,
        async |round| search(with_key(KeyChoice::Exactly(vec![format!("A-{}", number(round) * 7)]))).await,
        1,
    )
    .await;
    ask(
        "key, by its beginning",
        &mut asked,
        async |round| search(with_key(KeyChoice::Beginning(vec![key(round)[..12].to_owned()]))).await,
        1,
    )
    .await;
    ask("key, by its end", &mut asked, async |round| search(with_key(KeyChoice::Ending(vec![key(round)[11..].to_owned()]))).await, 1).await;
    ask(
        "key, unknown, all three ways",
        &mut asked,
        async |round| {
            let text = vec![format!("NO-SUCH-{round}")];
            let mut found = 0;
            for key in [KeyChoice::Exactly(text.clone()), KeyChoice::Beginning(text.clone()), KeyChoice::Ending(text.clone())] {
                found += search(with_key(key)).await;
            }
            found + 1
        },
        1,
    )
    .await;
    ask(
        "500 pasted keys",
        &mut asked,
        async |round| {
            let keys: Vec<String> = (0..500).map(|place| key(round + place)).collect();
            store.desk().find_keys(tenant, &keys).await.expect("reads").len()
        },
        40,
    )
    .await;
    ask("list, newest", &mut asked, async |_| search(all.clone()).await, 51).await;
    ask("list, in approval", &mut asked, async |_| search(DocumentChoice { status: Some("in_approval".into()), ..all.clone() }).await, 51)
        .await;
    ask(
        "list, a status nothing has",
        &mut asked,
        async |_| search(DocumentChoice { status: Some("expired".into()), ..all.clone() }).await + 1,
        1,
    )
    .await;
    ask("list, stopped", &mut asked, async |_| search(DocumentChoice { standing: Some("stopped".into()), ..all.clone() }).await, 12).await;
    ask(
        "list, amount and system",
        &mut asked,
        async |_| {
            let some = |text: &str| Some(text.to_owned());
            search(DocumentChoice { amount_from: some("100"), amount_to: some("150"), system: some("oa_main"), ..all.clone() }).await
        },
        51,
    )
    .await;
    ask(
        "list, a piece of content",
        &mut asked,
        async |_| search(DocumentChoice { body: Some(format!("\"{count}\"")), ..all.clone() }).await,
        1,
    )
    .await;
    ask(
        "what hangs on a page",
        &mut asked,
        async |_| {
            let ids: Vec<Uuid> = store.desk().search(&all, &page).await.expect("reads").iter().map(|row| row.id.0).collect();
            store.desk().beside(tenant, &ids).await.expect("reads").systems.len()
        },
        102,
    )
    .await;
    ask("quick counts", &mut asked, async |_| store.desk().in_flight(tenant).await.expect("reads").by_status.len(), 1).await;
    let open = ExceptionChoice { state: Some("open".into()), ..ExceptionChoice::all(tenant) };
    ask("groups of the same cause", &mut asked, async |_| store.desk().exception_groups(&open, 200).await.expect("reads").len(), 7).await;
    ask(
        "a selection of all that is open",
        &mut asked,
        async |round| {
            let selection = NewSelection {
                id: Uuid::from_u128(u128::from(round) + 1),
                tenant,
                created_at: jiff::Timestamp::UNIX_EPOCH,
                expires_at: jiff::Timestamp::MAX,
                actor: "ana".into(),
                filter: "{}".into(),
                chosen: Chosen::Exceptions(open.clone()),
            };
            store.desk().freeze(&selection, 100_000).await.expect("freezes") as usize
        },
        12,
    )
    .await;
    asked
}
