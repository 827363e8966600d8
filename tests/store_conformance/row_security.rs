//! Row-level security as the second wall: statements without their conditions on the tenant, and a role that owns nothing.

use crate::fixtures::*;
use crate::identity::entry;
use crate::world::{run_sql, with_database};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;
use waybill::domain::access::scope::Thing;
use waybill::domain::ids::{DocumentId, ExceptionId, InstanceId, SessionId, TenantId, UserId};
use waybill::store::desk::{Chosen, DocumentChoice, ExceptionChoice, KeyChoice, NewSelection, NoteRow, SavedViewRow};
use waybill::store::identity::{
    ApiTokenRow, AuditChoice, AuditRow, ProposalRow, ProposalStep, SecretRow, SessionChoice, SessionRow, TokenChoice, UserRow, UserSaved,
};
use waybill::store::*;

const OTHERS: TenantId = TenantId(2);

/// A store of people over a database that two tenants fill, without conditions on the tenant.
struct Walls {
    /// The engine's: fills, and looks at what is there.
    engine: Arc<dyn Store>,
    /// People's, kept by row-level security alone.
    people: Arc<dyn Store>,
    /// The same without a role of their own: what the conditions would have kept out shows.
    open: Arc<dyn Store>,
    as_people: String,
    role: String,
    url: String,
}

async fn walls(url: &str) -> Walls {
    let engine = connect(url, Options { connections: 2, view_connections: 1, ..Options::default() }).await.unwrap();
    engine.migrate().await.unwrap();
    let role = format!("waybill_people_{}", Uuid::now_v7().simple());
    let grants = format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}; \
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}; GRANT {role} TO CURRENT_USER"
    );
    run_sql(url, &grants).await;
    let mut as_people = url::Url::parse(url).unwrap();
    as_people.set_username(&role).unwrap();
    let as_people = as_people.to_string();
    let small = Options { connections: 2, view_connections: 2, without_tenant_filters: true, ..Options::default() };
    let roles = Options { people_url: Some(as_people.clone()), people_role: Some(role.clone()), ..small.clone() };
    let (people, open) = (connect(url, roles).await.unwrap(), connect(url, small).await.unwrap());
    Walls { engine, people, open, as_people, role, url: url.to_owned() }
}

impl Walls {
    async fn down(self) {
        for store in [&self.engine, &self.people, &self.open] {
            store.close().await;
        }
        run_sql(&self.url, &format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role)).await;
    }
}

fn user(tenant: TenantId, number: u128) -> UserRow {
    UserRow {
        id: UserId(Uuid::from_u128(number)),
        tenant,
        version: 1,
        name: format!("u{number}"),
        title: "U".into(),
        email: None,
        person: None,
        status: "active".into(),
        roles: "[]".into(),
        owner: true,
        password: None,
        password_at: None,
        failures: 0,
        locked_until: None,
        last_sign_in_at: None,
        created_at: at(1),
        updated_at: at(1),
    }
}

fn session(tenant: TenantId, number: u128) -> SessionRow {
    SessionRow {
        id: SessionId(Uuid::from_u128(100 + number)),
        digest: format!("session {number}"),
        tenant,
        user: UserId(Uuid::from_u128(number)),
        method: "password".into(),
        address: None,
        agent: None,
        created_at: at(1),
        used_at: at(1),
        expires_at: at(90_000),
    }
}

fn token(tenant: TenantId, number: u128) -> ApiTokenRow {
    ApiTokenRow {
        id: Uuid::from_u128(200 + number),
        tenant,
        user: None,
        name: format!("t{number}"),
        digest: format!("token {number}"),
        permissions: "[]".into(),
        created_by: "ana".into(),
        created_at: at(1),
        expires_at: at(90_000),
        used_at: None,
    }
}

fn view(tenant: TenantId, number: u128) -> SavedViewRow {
    SavedViewRow {
        id: Uuid::from_u128(300 + number),
        tenant,
        version: 1,
        shared: false,
        page: "documents".into(),
        name: format!("v{number}"),
        owner: "ana".into(),
        query: "{}".into(),
        created_at: at(1),
        updated_at: at(1),
    }
}

fn secret(tenant: TenantId) -> SecretRow {
    SecretRow {
        tenant,
        name: "erp".into(),
        version: 1,
        master: "k".into(),
        wrapped: format!("wrapped {}", tenant.0),
        sealed: "sealed".into(),
        set_at: at(1),
        set_by: "ana".into(),
        expires_at: None,
    }
}

fn proposal(tenant: TenantId, number: u128) -> ProposalRow {
    ProposalRow {
        id: Uuid::from_u128(400 + number),
        tenant,
        kind: "secrets".into(),
        action: "PUT".into(),
        object: "/".into(),
        digest: "d".into(),
        shown: "{}".into(),
        proposed_by: "ana".into(),
        proposer: None,
        proposer_person: None,
        state: "open".into(),
        created_at: at(1),
        expires_at: at(90_000),
        settled_at: None,
        settled_by: None,
        note: None,
    }
}

fn entry_of(tenant: TenantId) -> AuditRow {
    AuditRow { tenant, ..entry() }
}

/// Rows of both tenants with the same names, written by the engine's role.
async fn filled(store: &Arc<dyn Store>) -> BTreeMap<i32, (DocumentId, InstanceId, ExceptionId)> {
    let mut ids = BTreeMap::new();
    for (number, tenant) in [(1, TENANT), (2, OTHERS)] {
        let document = DocumentRow { tenant, key: "PO-SAME".into(), ..document(number) };
        let instance = InstanceRow { tenant, ..instance(number, &document) };
        let stopped = ExceptionRow { tenant, ..exception(number, &instance) };
        ids.insert(tenant.0, (document.id, instance.id, stopped.id));
        let mut file = crate::files::file(number, instance.id, "ann", 1);
        file.file.tenant = tenant;
        let writes = Writes {
            revisions: vec![revision(&document, 1)],
            links: vec![LinkRow { tenant, ..link(&document, "oa", &format!("X{number}")) }],
            documents_new: vec![document],
            instances_new: vec![instance],
            exceptions: vec![stopped],
            ..Writes::default()
        };
        write(store, writes).await;
        let (door, number) = (store.identity(), u128::from(number));
        assert!(door.add_user(&user(tenant, number), None, &entry_of(tenant)).await.unwrap());
        door.start_session(&session(tenant, number), &entry_of(tenant)).await.unwrap();
        assert!(door.add_token(&token(tenant, number), &entry_of(tenant)).await.unwrap());
        assert!(door.save_secret(&secret(tenant), &entry_of(tenant)).await.unwrap());
        assert!(door.add_proposal(&proposal(tenant, number), at(1), &entry_of(tenant)).await.unwrap());
        assert!(store.desk().save_view(&view(tenant, number)).await.unwrap());
        assert!(store.desk().keep_file(&file, 9).await.unwrap());
    }
    ids
}

/// What tenant 1 sees without conditions, each list as the tenants of its rows.
async fn seen(store: &Arc<dyn Store>) -> Vec<(&'static str, Vec<i32>)> {
    let (desk, door) = (store.desk(), store.identity());
    let sorted = |mut tenants: Vec<i32>| {
        tenants.sort_unstable();
        tenants.dedup();
        tenants
    };
    let key = DocumentChoice { key: Some(KeyChoice::Exactly(vec!["PO-SAME".into()])), ..DocumentChoice::all(TENANT) };
    let stopped = ExceptionChoice { state: Some("open".into()), ..ExceptionChoice::all(TENANT) };
    let files = [1, 2].map(|number| id("file", number));
    let audit = AuditChoice { tenant: TENANT, actor: None, action: None, object: None, outcome: None, since: None, until: None };
    vec![
        ("documents", desk.search(&DocumentChoice::all(TENANT), &page(50)).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("documents by key", desk.search(&key, &page(50)).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("exceptions", desk.choose_exceptions(&stopped, &page(50)).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("users", door.users(TENANT, None, 50).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("tokens", door.tokens(&TokenChoice { tenant: TENANT, user: None }).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("secrets", door.secrets(TENANT).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("proposals", door.proposals(TENANT, None).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("views", desk.saved_views(TENANT, "ana", None).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("files", desk.files_by_id(TENANT, &files).await.unwrap().iter().map(|row| row.tenant.0).collect()),
        ("audit", door.audit(&audit, &page(50)).await.unwrap().iter().map(|row| row.entry.tenant.0).collect()),
    ]
    .into_iter()
    .map(|(what, tenants)| (what, sorted(tenants)))
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_conditions_people_still_see_one_tenant() {
    with_database(|url| async move {
        let walls = walls(&url).await;
        let ids = filled(&walls.engine).await;
        // The switch does what it says: without the role's wall each of these lists shows the other tenant's rows.
        for (what, tenants) in seen(&walls.open).await {
            assert_eq!(tenants, [1, 2], "{what} without any wall");
        }
        for (what, tenants) in seen(&walls.people).await {
            assert_eq!(tenants, [1], "{what} by row-level security alone");
        }
        let (document, instance, exception) = ids[&OTHERS.0];
        let (desk, door) = (walls.people.desk(), walls.people.identity());
        let file = id("file", 2);
        for thing in [Thing::Document(document.0), Thing::Instance(instance.0), Thing::Exception(exception.0), Thing::File(file)] {
            assert_eq!(desk.belongings(TENANT, thing).await.unwrap(), None, "{thing:?}");
        }
        assert!(desk.documents_by_id(TENANT, &[document.0]).await.unwrap().is_empty());
        assert!(desk.exceptions_by_id(TENANT, &[exception.0]).await.unwrap().is_empty());
        assert_eq!(desk.file_content(TENANT, file).await.unwrap(), None);
        assert!(door.user(TENANT, UserId(Uuid::from_u128(2))).await.unwrap().is_none());
        assert!(door.session(TENANT, "session 2").await.unwrap().is_none(), "a session of elsewhere opens nothing");
        assert!(door.token(TENANT, "token 2", at(2)).await.unwrap().is_none());
        assert!(door.proposal(TENANT, Uuid::from_u128(402)).await.unwrap().is_none());
        walls.down().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_conditions_people_still_change_one_tenant() {
    with_database(|url| async move {
        let walls = walls(&url).await;
        let ids = filled(&walls.engine).await;
        let (desk, door) = (walls.people.desk(), walls.people.identity());
        let theirs = UserId(Uuid::from_u128(2));
        let taken = UserRow { tenant: TENANT, version: 2, status: "disabled".into(), owner: false, ..user(OTHERS, 2) };
        assert_eq!(door.save_user(&taken, &entry()).await.unwrap(), UserSaved::Changed);
        let choice = SessionChoice { tenant: TENANT, user: theirs, only: None, except: None };
        assert_eq!(door.end_sessions(&choice, &entry()).await.unwrap(), 0);
        let tokens = TokenChoice { tenant: TENANT, user: None };
        assert!(!door.revoke_token(&tokens, Uuid::from_u128(202), at(5), &entry()).await.unwrap());
        assert!(!desk.drop_view(TENANT, "ana", Uuid::from_u128(302), 1).await.unwrap());
        let step = ProposalStep {
            tenant: TENANT,
            id: Uuid::from_u128(402),
            from: "open",
            to: "confirmed",
            at: at(5),
            by: Some("bo".into()),
            note: None,
            expires_at: None,
        };
        assert!(!door.step_proposal(&step, &entry()).await.unwrap());
        // Of two secrets of one name it is one's own that goes.
        assert!(door.remove_secret(TENANT, "erp", 1, &entry()).await.unwrap());
        let left: Vec<i32> = walls.engine.identity().all_secrets().await.unwrap().iter().map(|row| row.tenant.0).collect();
        assert_eq!(left, [2]);
        // A selection of everything holds nothing of elsewhere.
        let selection = NewSelection {
            id: Uuid::from_u128(900),
            tenant: TENANT,
            created_at: at(5),
            expires_at: at(500),
            actor: "ana".into(),
            filter: "{}".into(),
            chosen: Chosen::Documents(DocumentChoice::all(TENANT)),
        };
        assert_eq!(desk.freeze(&selection, 100).await.unwrap(), 1);
        // What is theirs is as it was.
        let theirs_now = walls.engine.identity().user(OTHERS, theirs).await.unwrap().unwrap();
        assert_eq!((theirs_now.version, theirs_now.status.as_str()), (1, "active"));
        assert!(walls.engine.identity().session(OTHERS, "session 2").await.unwrap().is_some());
        assert!(walls.engine.identity().token(OTHERS, "token 2", at(2)).await.unwrap().is_some());
        let note = |tenant| NoteRow {
            id: Uuid::now_v7(),
            tenant,
            exception: ids[&OTHERS.0].2,
            at: at(5),
            kind: "comment".into(),
            actor: "ana".into(),
            text: "mine now".into(),
        };
        desk.add_note(&note(TENANT)).await.unwrap();
        assert!(walls.engine.desk().notes(OTHERS, ids[&OTHERS.0].2).await.unwrap().is_empty(), "a note stays with its tenant");

        // By hand, whatever the statement: the role reaches its tenant's rows alone, in every table.
        use sqlx::{Connection, Row};
        let mut connection = sqlx::PgConnection::connect(&walls.as_people).await.unwrap();
        sqlx::query("SELECT set_config('app.tenant', '1', false)").execute(&mut connection).await.unwrap();
        let tables = "SELECT c.relname::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' \
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1";
        let tables: Vec<String> = sqlx::query(tables).fetch_all(&mut connection).await.unwrap().iter().map(|row| row.get("name")).collect();
        assert!(tables.len() > 50, "{} tables", tables.len());
        for table in &tables {
            let of = |sql: String| sqlx::query(sqlx::AssertSqlSafe(sql));
            let foreign =
                of(format!("SELECT count(*) AS number FROM {table} WHERE tenant_id <> 1")).fetch_one(&mut connection).await.unwrap();
            assert_eq!(foreign.get::<i64, _>("number"), 0, "{table}");
            let moved = of(format!("UPDATE {table} SET tenant_id = 1 WHERE tenant_id <> 1")).execute(&mut connection).await.unwrap();
            assert_eq!(moved.rows_affected(), 0, "{table}: rows of elsewhere cannot be taken");
            // Rows of one's own cannot be given away either.
            let own = of(format!("SELECT count(*) AS number FROM {table}")).fetch_one(&mut connection).await.unwrap();
            if own.get::<i64, _>("number") > 0 {
                let given = of(format!("UPDATE {table} SET tenant_id = 2")).execute(&mut connection).await.unwrap_err();
                let said = given.to_string();
                assert!(said.contains("row-level security") || said.contains("sealed"), "{table}: {said}");
            }
        }
        connection.close().await.unwrap();
        walls.down().await;
    })
    .await;
}
