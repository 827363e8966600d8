//! What only PostgreSQL has: a line that can break, roles, partitions.

use crate::fixtures::*;
use crate::world::{database_url, postgres_server, run_sql, with_database};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use waybill::domain::ids::TenantId;
use waybill::store::*;

async fn migrated(url: &str) -> Arc<dyn Store> {
    let store = connect(url, Options { connections: 2, view_connections: 1, ..Options::default() }).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// A proxy that, when armed, lets the next `COMMIT` through and cuts the line before its answer.
async fn cutting_proxy(server: String, armed: Arc<AtomicBool>) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (server, armed) = (server.clone(), armed.clone());
            tokio::spawn(async move {
                let upstream = tokio::net::TcpStream::connect(server).await.unwrap();
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.into_split(), upstream.into_split());
                let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
                let mut buffer = vec![0_u8; 65536];
                while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                    let commit = buffer[..read].windows(6).any(|window| window == b"COMMIT");
                    if commit && armed.swap(false, Ordering::SeqCst) {
                        answers.abort();
                        let _ = answers.await;
                        to_server.write_all(&buffer[..read]).await.unwrap();
                        // The server answers, so it has committed; nobody hears it.
                        return;
                    }
                    if to_server.write_all(&buffer[..read]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_breaks_at_commit_leaves_the_outcome_unknown() {
    with_database(|url| async move {
        migrated(&url).await.close().await;
        let mut through = url::Url::parse(&url).unwrap();
        let server = format!("{}:{}", through.host_str().unwrap(), through.port().unwrap_or(5432));
        let armed = Arc::new(AtomicBool::new(false));
        let port = cutting_proxy(server, armed.clone()).await;
        through.set_host(Some("127.0.0.1")).unwrap();
        through.set_port(Some(port)).unwrap();
        through.set_query(Some("sslmode=disable"));
        let store = connect(through.as_str(), Options::default()).await.unwrap();
        let started = instance(1, &document(1));
        let batch = || Writes {
            documents_new: vec![document(1)],
            instances_new: vec![instance(1, &document(1))],
            effects: vec![queued(effect(1, &instance(1, &document(1)), "oa"))],
            ..Writes::default()
        };
        armed.store(true, Ordering::SeqCst);
        let cut = decide(&store, Keys::default(), move |_| batch()).await;
        assert!(matches!(cut, Err(Error::CommitUnknown(_))), "{cut:?}");
        // The repetition is harmless, whatever became of the first.
        write(&store, batch()).await;
        assert_eq!(store.effects(TENANT, started.id, Onward::all()).await.unwrap().len(), 1);
        assert_eq!(claim(&store, "a", 0, 30, "oa").await.len(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_one_tenant_by_row_level_security() {
    with_database(|url| async move {
        let store = migrated(&url).await;
        stored_instance(&store, 1).await;
        let role = format!("waybill_people_{}", uuid::Uuid::now_v7().simple());
        let grants = format!("CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}");
        run_sql(&url, &grants).await;
        let mut as_people = url::Url::parse(&url).unwrap();
        as_people.set_username(&role).unwrap();
        let options = Options { people_url: Some(as_people.to_string()), ..Options::default() };
        let people = connect(&url, options).await.unwrap();
        let all = |tenant| DocumentFilter { tenant, kind: None, status: None, key: None };
        assert_eq!(people.documents(&all(TENANT), &page(10)).await.unwrap().len(), 1);
        assert!(people.documents(&all(TenantId(2)), &page(10)).await.unwrap().is_empty());
        people.close().await;
        // Without the setting, and even without a condition on the tenant, the role sees nothing.
        use sqlx::{Connection, Row};
        let mut connection = sqlx::PgConnection::connect(as_people.as_str()).await.unwrap();
        for (setting, expected) in [("", 0_i64), ("2", 0), ("1", 1)] {
            sqlx::query("SELECT set_config('app.tenant', $1, false)").bind(setting).execute(&mut connection).await.unwrap();
            for table in ["document", "instance", "payload"] {
                let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) AS number FROM {table}"));
                let row = sqlx::query(sql).fetch_one(&mut connection).await.unwrap();
                assert_eq!(row.get::<i64, _>("number"), expected, "{table} with `{setting}`");
            }
        }
        connection.close().await.unwrap();
        store.close().await;
        run_sql(&url, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    })
    .await;
}

/// A table that is added without a policy would be open to every tenant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_has_row_level_security() {
    with_database(|url| async move {
        migrated(&url).await.close().await;
        use sqlx::{Connection, Row};
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        let open = "SELECT relname::text AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
            AND NOT relispartition AND relname <> 'schema_migration' AND NOT (relrowsecurity AND EXISTS \
            (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id%app.tenant%')) \
            ORDER BY 1";
        let rows = sqlx::query(open).fetch_all(&mut connection).await.unwrap();
        let names: Vec<String> = rows.iter().map(|row| row.get("name")).collect();
        assert!(names.is_empty(), "tables that every tenant could read: {names:?}");
        connection.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_entry_of_the_audit_cannot_be_changed_by_mistake() {
    with_database(|url| async move {
        let store = migrated(&url).await;
        store.identity().note(&[crate::identity::entry()]).await.unwrap();
        run_sql(&url, "UPDATE audit_entry SET actor = 'before it is sealed'").await;
        assert_eq!(store.identity().seal_audit(at(0)).await.unwrap(), 1);
        store.close().await;
        use sqlx::Connection;
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        for sql in ["UPDATE audit_entry SET actor = 'eve'", "DELETE FROM audit_entry", "UPDATE audit_entry SET number = NULL"] {
            let refused = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err();
            assert!(refused.to_string().contains("stays as it is"), "{sql}: {refused}");
        }
        connection.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_left_alone_and_a_missing_one_named() {
    with_database(|url| async move {
        let store = connect(&url, Options::default()).await.unwrap();
        assert!(matches!(store.counts(at(0)).await, Err(Error::Schema(_))));
        let (one, two) = futures::join!(store.migrate(), store.migrate());
        let applied = [one.unwrap().applied, two.unwrap().applied].concat();
        let once: std::collections::BTreeSet<_> = applied.iter().collect();
        assert_eq!((once.len(), once.is_empty()), (applied.len(), false), "processes that start at once migrate once: {applied:?}");
        run_sql(&url, "INSERT INTO schema_migration (version, checksum, applied_at) VALUES ('29990101000000_later', 'x', 0)").await;
        assert!(matches!(store.migrate().await, Err(Error::Schema(reason)) if reason.contains("29990101000000_later")));
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_are_dropped_whole() {
    with_database(|url| async move {
        let store = migrated(&url).await;
        let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 10);
        run_sql(&url, &format!("SELECT day_partition_create('payload', to_timestamp({})::date)", old.as_second())).await;
        let document = DocumentRow { created_at: old, ..document(1) };
        write(&store, Writes { documents_new: vec![document.clone()], revisions: vec![revision(&document, 1)], ..Writes::default() }).await;
        let before = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 5);
        assert_eq!(store.clean(before).await.unwrap(), 1);
        assert_eq!(store.clean(before).await.unwrap(), 0);
        assert_eq!(store.revision(TENANT, document.id, 1).await.unwrap().unwrap().payload, "");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let mut url = url::Url::parse(&postgres_server()).unwrap();
    url.set_port(Some(1)).unwrap();
    let outcome = connect(url.as_str(), Options { acquire_timeout: std::time::Duration::from_millis(200), ..Options::default() }).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    assert!(matches!(connect(&database_url("there_is_no_such_database"), Options::default()).await, Err(Error::Unavailable(_))));
}
