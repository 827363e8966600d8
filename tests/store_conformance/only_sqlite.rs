//! What only SQLite has: a file, and one process on it.

use crate::fixtures::*;
use waybill::store::*;

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("store.sqlite").display())
}

#[tokio::test]
async fn a_file_has_one_process_and_any_number_of_readers() {
    let folder = tempfile::tempdir().unwrap();
    let store = connect(&url(&folder), Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let second = connect(&url(&folder), Options::default()).await;
    assert!(matches!(second, Err(Error::Unavailable(_))));
    let reader = connect(&url(&folder), Options { read_only: true, ..Options::default() }).await.unwrap();
    stored_instance(&store, 1).await;
    assert_eq!(reader.counts(at(0)).await.unwrap().documents, 1);
    assert!(matches!(reader.ping().await, Err(Error::Unavailable(_))));
    store.close().await;
    drop(store);
    let heir = connect(&url(&folder), Options::default()).await.expect("the lock ends with its holder");
    assert_eq!(heir.counts(at(0)).await.unwrap().documents, 1, "what was committed is there");
}

#[tokio::test]
async fn memory_is_refused_and_a_missing_schema_named() {
    for url in ["sqlite::memory:", "sqlite:", "mysql://x"] {
        assert!(matches!(connect(url, Options::default()).await, Err(Error::Unavailable(_))), "{url}");
    }
    let folder = tempfile::tempdir().unwrap();
    let store = connect(&url(&folder), Options::default()).await.unwrap();
    assert!(matches!(store.counts(at(0)).await, Err(Error::Schema(_))));
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    use sqlx::ConnectOptions;
    let folder = tempfile::tempdir().unwrap();
    let store = connect(&url(&folder), Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("store.sqlite"));
    let mut connection = file.connect().await.unwrap();
    sqlx::query("INSERT INTO schema_migration (version, checksum, applied_at) VALUES ('29990101000000_later', 'x', 0)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(matches!(store.migrate().await, Err(Error::Schema(reason)) if reason.contains("29990101000000_later")));
}
