//! Row-level security from the outside: the statements of the API without their conditions on the tenant.

use sqlx::Connection;
use waybill::store::{Options, connect};

use crate::contract::{told_elsewhere, world_behind};
use crate::postgres::FreshDatabase;
use crate::support::{Door, Setup, door_with};

async fn run_sql(url: &str, text: &str) {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// A door with one of each thing behind it, over a database whose statements name no tenant.
async fn unfiltered(url: &str, options: Options) -> Door {
    let options = Options { without_tenant_filters: true, ..options };
    let setup = Setup { store_url: Some(url.to_owned()), store_options: Some(options), ..Setup::default() };
    world_behind(door_with(setup).await).await.0
}

async fn shut(door: Door, database: FreshDatabase) {
    door.lifecycle.clone().stop(std::time::Duration::from_secs(20)).await;
    door.store.close().await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_another_tenant_are_empty_by_the_database_alone() {
    let database = FreshDatabase::create("api_walls").await;
    let store = connect(&database.url, Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    // Roles are of the whole server: as often as there is such a database.
    let role = format!("{}_people", url::Url::parse(&database.url).unwrap().path().trim_start_matches('/'));
    let grants = format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}; GRANT {role} TO CURRENT_USER"
    );
    run_sql(&database.url, &grants).await;
    let mut as_people = url::Url::parse(&database.url).unwrap();
    as_people.set_username(&role).unwrap();
    let options = Options { people_url: Some(as_people.to_string()), people_role: Some(role.clone()), ..Options::default() };
    let door = unfiltered(&database.url, options).await;
    assert_eq!(told_elsewhere(&door).await, Vec::<String>::new());
    door.lifecycle.clone().stop(std::time::Duration::from_secs(20)).await;
    door.store.close().await;
    run_sql(&database.url, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    database.drop().await;
}

/// What the test above would see if nothing stood behind the conditions.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_roles_the_same_lists_tell() {
    let database = FreshDatabase::create("api_no_walls").await;
    let door = unfiltered(&database.url, Options::default()).await;
    let told = told_elsewhere(&door).await;
    assert!(told.len() >= 8, "{told:?}");
    shut(door, database).await;
}
