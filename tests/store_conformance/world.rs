//! A fresh database for each case, dropped afterwards whatever happened.

use std::future::Future;
use std::sync::Arc;
use waybill::store::{Options, Store, connect};

/// What a case gets.
#[derive(Clone)]
pub struct World {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The store as another process sees it; SQLite allows one process, there it is the same.
    pub other: Arc<dyn Store>,
}

pub fn postgres_server() -> String {
    std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".into())
}

/// The server's URL with another database.
pub fn database_url(name: &str) -> String {
    let mut url = url::Url::parse(&postgres_server()).expect("WAYBILL_TEST_POSTGRES is a URL");
    url.set_path(name);
    url.into()
}

/// Runs SQL on a database, for what the store does not offer.
pub async fn run_sql(url: &str, sql: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(url).await.expect("PostgreSQL answers (WAYBILL_TEST_POSTGRES)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect(sql);
    connection.close().await.expect("closes");
}

/// A fresh database's URL, dropped after the case.
pub async fn with_database<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(String) -> F) {
    let name = format!("waybill_test_{}", uuid::Uuid::now_v7().simple());
    run_sql(&postgres_server(), &format!("CREATE DATABASE {name}")).await;
    let outcome = tokio::spawn(case(database_url(&name))).await;
    run_sql(&postgres_server(), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    pass_on(outcome);
}

pub async fn on_postgres<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(World) -> F + Send + 'static) {
    with_database(|url| async move {
        let options = || Options { connections: 4, view_connections: 1, ..Options::default() };
        let store = connect(&url, options()).await.expect("connects");
        store.migrate().await.expect("migrates");
        let other = connect(&url, options()).await.expect("connects");
        case(World { store: store.clone(), other: other.clone() }).await;
        store.close().await;
        other.close().await;
    })
    .await;
}

pub async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(World) -> F + Send + 'static) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("store.sqlite").display());
    let store = connect(&url, Options::default()).await.expect("opens");
    store.migrate().await.expect("migrates");
    let outcome = tokio::spawn(case(World { store: store.clone(), other: store.clone() })).await;
    store.close().await;
    pass_on(outcome);
}

pub async fn in_memory<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(World) -> F + Send + 'static) {
    let store: Arc<dyn Store> = Arc::new(crate::memory_store::MemoryStore::default());
    case(World { store: store.clone(), other: store }).await;
}

fn pass_on(outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}
