//! A fresh database for each case, dropped afterwards whatever happened.

use secrecy::SecretString;
use std::future::Future;
use std::sync::Arc;
use waybill::domain::ids::TenantId;
use waybill::runtime::{Clock, IdMaker, Keyring, SystemClock};
use waybill::store::sealed::{Marked, Sealed};
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

/// A store that seals purchase orders and all that may be about one, around an SQLite file; the other one has the same master
/// key and learns the content key when it meets it.
pub async fn on_sealed<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(World) -> F + Send + 'static) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("store.sqlite").display());
    let inner = connect(&url, Options::default()).await.expect("opens");
    inner.migrate().await.expect("migrates");
    let (store, other) = (sealing(&inner, &[MASTER]), sealing(&inner, &[MASTER]));
    let outcome = tokio::spawn(case(World { store, other })).await;
    inner.close().await;
    pass_on(outcome);
}

/// A master key.
pub const MASTER: (&str, &str) = ("2026", "0123456789abcdef0123456789abcdef");

/// A store that seals purchase orders, with these master keys.
pub fn sealing(inner: &Arc<dyn Store>, masters: &[(&str, &str)]) -> Arc<Sealed> {
    let secrets: Vec<(&str, SecretString)> = masters.iter().map(|(id, text)| (*id, SecretString::from(*text))).collect();
    let ring = Keyring::new(secrets.iter().map(|(id, secret)| (*id, secret))).expect("keys");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let sealed = Sealed::around(inner.clone(), ring, clock.clone(), IdMaker::new(clock));
    let kinds = std::collections::BTreeSet::from(["purchase_order".to_owned()]);
    sealed.mark(TenantId::DEFAULT, Marked { kinds, plain: std::collections::BTreeSet::new() });
    Arc::new(sealed)
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
