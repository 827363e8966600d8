//! Roles that hold for a part: every scope against every thing of a grid, by lists, by single things and by commands. What is
//! expected is read off the grid, not asked of the hub.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use waybill::api::listener::Options;
use waybill::domain::access::role::{Role, Roles};
use waybill::domain::ids::{InstanceId, TaskId, TenantId, derived};
use waybill::domain::permission::Permission;
use waybill::store::{TaskRow, Writes};

use crate::operations::{Operation, operations};
use crate::rows::{document, exception, instance, stopped_order};
use crate::sign_in::{Browser, PASSWORD, added, owned, owned_with};
use crate::support::{Door, Setup, at};

const FLOWS: [&str; 2] = ["purchase_order_approval", "payable_settlement"];
/// A source, and the system the document went to.
const SYSTEMS: [(&str, &str); 2] = [("erp_hq", "oa_main"), ("erp_west", "oa_west")];
/// Of procurement, and of finance; both below the company.
const PEOPLE: [&str; 2] = ["e1001", "e1007"];

/// One document with its instance, exception and task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    flow: usize,
    system: usize,
    person: usize,
}

impl Cell {
    fn all() -> Vec<Cell> {
        (0..8).map(|bits| Cell { flow: bits & 1, system: bits >> 1 & 1, person: bits >> 2 & 1 }).collect()
    }

    fn key(self) -> String {
        format!("PO-{}{}{}", self.flow, self.system, self.person)
    }

    fn rows(self, minute: i64) -> Writes {
        let mut rows = stopped_order(&self.key(), minute);
        let (flow, (source, system)) = (FLOWS[self.flow].to_owned(), SYSTEMS[self.system]);
        rows.documents_new[0].source = source.to_owned();
        rows.instances_new[0].flow.clone_from(&flow);
        rows.links[0].connection = system.to_owned();
        rows.exceptions[0].flow = Some(flow.clone());
        rows.exceptions[0].connection = Some(system.to_owned());
        rows.exceptions[0].fingerprint = Uuid::from_u128(minute.unsigned_abs().into());
        rows.tasks = vec![TaskRow { ended: Some(at(minute)), ..self.task(PEOPLE[self.person], "started", "done") }];
        rows
    }

    fn task(self, person: &str, kind: &str, state: &str) -> TaskRow {
        TaskRow {
            id: TaskId(derived(&[b"t", self.key().as_bytes(), kind.as_bytes(), person.as_bytes()])),
            tenant: TenantId::DEFAULT,
            instance: InstanceId(instance(&self.key()).0),
            document: document(&self.key()),
            flow: FLOWS[self.flow].to_owned(),
            step: "ask".into(),
            visit: 1,
            number: 0,
            round: 1,
            person: person.to_owned(),
            kind: kind.to_owned(),
            state: state.to_owned(),
            since: at(1),
            due: None,
            ended: None,
            actor: None,
            claimed: false,
            outside: None,
        }
    }

    /// Whether it is within a scope, as a document or an instance, an exception, a task, or by the name of its flow or system.
    fn is_within(self, scope: &str, what: What) -> bool {
        let (kind, name) = scope.split_once(':').unwrap();
        match (kind, what) {
            ("flow", What::Connection) => false,
            ("flow", _) => FLOWS[self.flow] == name,
            ("connection", What::Task | What::Flow) => false,
            ("connection", What::Connection) => SYSTEMS[self.system].1 == name,
            ("department", What::Flow | What::Connection) => false,
            // An exception is of the connection at which it stopped, not of everything its document touches.
            ("connection", What::Exception) => SYSTEMS[self.system].1 == name,
            ("connection", What::Ledger) => SYSTEMS[self.system].0 == name || SYSTEMS[self.system].1 == name,
            ("department", _) => name == "company" || [("procurement", 0), ("finance", 1)].contains(&(name, self.person)),
            other => panic!("{other:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Ledger,
    Exception,
    Task,
    Flow,
    Connection,
}

const SCOPES: [&str; 9] = [
    "flow:purchase_order_approval",
    "flow:payable_settlement",
    "flow:nothing",
    "connection:oa_main",
    "connection:erp_hq",
    "connection:oa_west",
    "department:procurement",
    "department:company",
    "department:nowhere",
];

/// A hub with the grid behind it. So many sign in that they must not all come from one address.
async fn grid() -> Door {
    let listener = Options { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..Options::default() };
    behind(owned_with(Setup { listener, ..Setup::default() }).await).await
}

async fn behind(door: Door) -> Door {
    for (minute, cell) in (1..).zip(Cell::all()) {
        door.write(cell.rows(minute)).await;
        let file = crate::files::file(&cell.key());
        assert!(door.store.desk().keep_file(&file, 9).await.unwrap());
        door.write(crate::files::attached(&file)).await;
    }
    door
}

/// Somebody with these roles, signed in. Every cell has a task of theirs.
async fn somebody<'d>(door: &'d Door, name: &str, roles: Value) -> Browser<'d> {
    let mut owner = Browser::new(door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (_, link) = added(&mut owner, name, roles).await;
    let person = format!("E-{name}");
    let tasks = Cell::all().into_iter().map(|cell| cell.task(&person, "approve", "pending")).collect();
    door.write(Writes { tasks, ..Writes::default() }).await;
    let mut browser = Browser::new(door);
    assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
    browser
}

/// Everything of a list, page by page: a page that was cut before it was narrowed would be short, or the list would end early.
async fn whole(browser: &mut Browser<'_>, path: &str) -> (u16, BTreeSet<String>) {
    let (mut found, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let (status, page) = browser.get(&format!("{path}?limit=1{cursor}")).await;
        if status != 200 {
            return (status, found);
        }
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => {
                assert_eq!(items.len(), 1, "{path}");
                cursor = format!("&cursor={next}");
            }
            None => return (200, found),
        }
    }
}

fn within(scopes: &[&str], what: What, id: impl Fn(Cell) -> Uuid) -> BTreeSet<String> {
    let cells = Cell::all().into_iter().filter(|cell| scopes.iter().any(|scope| cell.is_within(scope, what)));
    cells.map(|cell| id(cell).to_string()).collect()
}

#[tokio::test]
async fn lists_hold_what_is_within_and_nothing_else() {
    let door = grid().await;
    let sets: Vec<Vec<&str>> =
        SCOPES.iter().map(|scope| vec![*scope]).chain([vec![SCOPES[0], SCOPES[5]], vec![SCOPES[1], SCOPES[6]]]).collect();
    for (number, scopes) in sets.iter().enumerate() {
        let roles: Vec<Value> = scopes.iter().map(|scope| json!({"role": "approver", "scope": scope})).collect();
        let name = format!("reader-{number}");
        let mut reader = somebody(&door, &name, json!(roles)).await;
        let task = |cell: Cell| cell.task(&format!("E-{name}"), "approve", "pending").id.0;
        for (path, expected) in [
            ("/api/v1/documents", within(scopes, What::Ledger, |cell| document(&cell.key()).0)),
            ("/api/v1/instances", within(scopes, What::Ledger, |cell| instance(&cell.key()).0)),
            ("/api/v1/exceptions", within(scopes, What::Exception, |cell| exception(&cell.key()).0)),
            ("/api/v1/tasks", within(scopes, What::Task, task)),
        ] {
            assert_eq!(whole(&mut reader, path).await, (200, expected), "{path} within {scopes:?}");
        }
        let groups = reader.get("/api/v1/exceptions/groups").await.1;
        let count = within(scopes, What::Exception, |cell| exception(&cell.key()).0).len();
        assert_eq!(groups["items"].as_array().unwrap().len(), count, "{scopes:?}");
        // A filter narrows further and opens nothing.
        let flow = reader.get(&format!("/api/v1/instances?flow={}", FLOWS[0])).await.1;
        let both = Cell::all().into_iter().filter(|cell| cell.flow == 0 && scopes.iter().any(|scope| cell.is_within(scope, What::Ledger)));
        assert_eq!(flow["items"].as_array().unwrap().len(), both.count(), "{scopes:?}");
        let connections = reader.get("/api/v1/connections").await.1;
        let known = usize::from(scopes.contains(&"connection:oa_main"));
        assert_eq!(connections["items"].as_array().unwrap().len(), known, "{scopes:?}");
        let health = reader.get("/api/v1/connections/health").await.1;
        assert_eq!(health["items"].as_array().unwrap().len(), known, "{scopes:?}");
        // What is not narrowed is not shown at all.
        for wide in
            ["/api/v1/documents/counts", "/api/v1/documents.csv", "/api/v1/messages", "/api/v1/drift", "/api/v1/users", "/api/v1/ops"]
        {
            assert_eq!(reader.get(wide).await.0, 403, "{wide} within {scopes:?}");
        }
    }
}

/// The path of an operation about one cell, and what it is about; none for operations that name no such thing.
fn about(operation: &Operation, cell: Cell, person: &str) -> Option<(String, What)> {
    let template = operation.name.split_once(' ').unwrap().1;
    let mut parts = template.split('/').skip(3);
    let (kind, parameter) = (parts.next()?, parts.next()?);
    let (id, what) = match kind {
        "documents" => (document(&cell.key()).0.to_string(), What::Ledger),
        "instances" => (instance(&cell.key()).0.to_string(), What::Ledger),
        "files" => (crate::files::file(&cell.key()).file.id.to_string(), What::Ledger),
        "exceptions" => (exception(&cell.key()).0.to_string(), What::Exception),
        "tasks" => (cell.task(person, "approve", "pending").id.0.to_string(), What::Task),
        "flows" => (FLOWS[cell.flow].to_owned(), What::Flow),
        "connections" | "streams" => (SYSTEMS[cell.system].1.to_owned(), What::Connection),
        _ => return None,
    };
    if !["{id}", "{flow}", "{name}"].contains(&parameter) {
        return None;
    }
    let path = template.replacen(parameter, &id, 1).replace("{number}", "1").replace("{stream}", "orders");
    let path = path.replace("{file}", &crate::files::file(&cell.key()).file.id.to_string());
    Some((path.replace("{verb}", if kind == "tasks" { "approve" } else { "comment" }), what))
}

#[tokio::test]
async fn each_operation_on_one_thing_asks_what_it_belongs_to() {
    let door = grid().await;
    let operations = operations();
    let (mut done, mut lacking, mut hidden, mut walked) = (0, 0, 0, BTreeSet::new());
    for (number, scope) in ["flow:purchase_order_approval", "connection:oa_main", "department:procurement"].into_iter().enumerate() {
        for role in Role::ALL {
            let name = format!("{}-{number}", role.word().replace('_', "-"));
            let person = format!("E-{name}");
            let browser = somebody(&door, &name, json!([{"role": role.word(), "scope": scope}])).await;
            for cell in Cell::all() {
                for operation in &operations {
                    let Some((path, what)) = about(operation, cell, &person) else { continue };
                    walked.insert(operation.name.as_str());
                    let may = operation.needs.iter().all(|needed| role.permissions().contains(needed));
                    let request = browser.request(operation.method.clone(), &path, None).header("origin", &door.base);
                    let answer = request.send().await.unwrap();
                    let status = answer.status().as_u16();
                    let told = format!("{} by {} at {scope}: {status}", operation.name, role.word());
                    if !cell.is_within(scope, what) {
                        assert_eq!(status, 404, "{told}");
                        hidden += 1;
                    } else if may {
                        assert!(![401, 403].contains(&status) || answer.text().await.unwrap().contains("not_yours"), "{told}");
                        done += 1;
                    } else {
                        assert_eq!(status, 403, "{told}");
                        lacking += 1;
                    }
                }
            }
        }
    }
    // Each of the three is a good part of the matrix, and every beginning that the door knows is in it.
    assert!(done > 1_000 && lacking > 1_000 && hidden > 3_000, "{done} done, {lacking} lacking, {hidden} hidden");
    for (beginning, _, _) in waybill::api::auth::SCOPED {
        assert!(walked.iter().any(|name| name.contains(beginning)), "{beginning} is walked");
    }
}

#[tokio::test]
async fn a_command_within_is_carried_out_and_one_outside_never_arrives() {
    let door = grid().await;
    let mut operator = somebody(&door, "op", json!([{"role": "viewer"}, {"role": "operator", "scope": "flow:payable_settlement"}])).await;
    let retry = |cell: Cell| format!("/api/v1/exceptions/{}/retry", exception(&cell.key()));
    let (inside, outside) = (Cell { flow: 1, system: 0, person: 0 }, Cell { flow: 0, system: 0, person: 0 });
    let (status, problem) = operator.post(&retry(outside), json!({"reason": "again"})).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "it may be seen, everywhere");
    assert!(door.commands.taken.lock().unwrap().is_empty());
    let request = operator.request(Method::POST, &retry(inside), Some(&json!({"reason": "again"}))).header("origin", &door.base);
    let answer = request.header("idempotency-key", "one").send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    assert_eq!(door.commands.taken.lock().unwrap().len(), 1);
    // Everything is listed by what holds everywhere.
    assert_eq!(whole(&mut operator, "/api/v1/documents").await.1.len(), 8);
    let told = door.get("/api/v1/audit?actor=op").await.1;
    assert!(told["items"].as_array().unwrap().iter().any(|item| item["action"] == "POST /api/v1/exceptions/{id}/retry"), "{told}");
}

#[tokio::test]
async fn flows_and_connections_are_asked_by_name() {
    let door = grid().await;
    let mut one = somebody(
        &door,
        "one",
        json!([{"role": "operator", "scope": "flow:purchase_order_approval"}, {"role": "operator", "scope": "connection:oa_main"}]),
    )
    .await;
    for (path, expected) in [
        ("/api/v1/flows/purchase_order_approval/insight", 200),
        ("/api/v1/flows/payable_settlement/insight", 404),
        ("/api/v1/connections/oa_main/health", 200),
        ("/api/v1/connections/oa_west/health", 404),
        ("/api/v1/connections/oa_main/receipts", 200),
    ] {
        assert_eq!(one.get(path).await.0, expected, "{path}");
    }
    let (status, problem) = one.post("/api/v1/flows/payable_settlement/instances", json!({"document_id": document("PO-000")})).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
}

#[tokio::test]
async fn a_flow_is_begun_for_what_may_be_seen_and_for_nothing_else() {
    let door = grid().await;
    let scope = json!([{"role": "operator", "scope": "flow:purchase_order_approval"}]);
    let mut operator = somebody(&door, "op", scope.clone()).await;
    let begin = "/api/v1/flows/purchase_order_approval/instances";
    let (inside, outside) = (Cell { flow: 0, system: 0, person: 0 }, Cell { flow: 1, system: 1, person: 1 });
    for body in [json!({"document_id": document(&outside.key()).0}), json!({"document": {"number": outside.key()}})] {
        let (status, problem) = operator.post(begin, body.clone()).await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "once begun it would be theirs to see: {body}");
    }
    assert_eq!(operator.get(&format!("/api/v1/documents/{}", document(&outside.key()).0)).await.0, 404);
    assert!(door.begins.started.lock().unwrap().is_empty());
    let bodies = [
        json!({"document_id": document(&inside.key()).0}),
        json!({"document": {"number": inside.key()}}),
        json!({"document": {"number": "PO-new"}}),
    ];
    for body in bodies {
        assert_eq!(operator.post(begin, body.clone()).await.0, 201, "{body}");
    }
    // Who may see everything may bring anything there.
    let mut viewer = somebody(&door, "all", json!([{"role": "viewer"}, scope[0]])).await;
    assert_eq!(viewer.post(begin, json!({"document_id": document(&outside.key()).0})).await.0, 201);
    assert_eq!(door.begins.started.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn payloads_are_shown_where_the_role_holds_and_me_tells_where_that_is() {
    let door = grid().await;
    let mut browser = somebody(&door, "pay", json!([{"role": "viewer"}, {"role": "payload_viewer", "scope": "connection:oa_main"}])).await;
    let revision = |cell: Cell| format!("/api/v1/documents/{}/revisions/1", document(&cell.key()));
    assert_eq!(browser.get(&revision(Cell { flow: 0, system: 0, person: 0 })).await.0, 200);
    assert_eq!(browser.get(&revision(Cell { flow: 0, system: 1, person: 0 })).await.0, 403);
    let me = browser.get("/api/v1/me").await.1;
    assert_eq!(me["permissions"], json!(["read"]));
    let scope =
        json!({"scope": "connection:oa_main", "permissions": ["read", "payloads"], "capabilities": ["see_documents", "see_payloads"]});
    assert_eq!(me["scopes"], json!([scope]));
    // A right that is taken away is gone with the next request.
    let mut narrow = somebody(&door, "narrow", json!([{"role": "viewer", "scope": "flow:payable_settlement"}])).await;
    assert_eq!(narrow.get("/api/v1/me").await.1["permissions"], json!([]));
    let id =
        door.get("/api/v1/users").await.1["items"].as_array().unwrap().iter().find(|user| user["name"] == "narrow").unwrap()["id"].clone();
    let change = door.request(Method::PUT, &format!("/api/v1/users/{}", id.as_str().unwrap())).header("if-match", "*");
    let changed = change.header("content-type", "application/json").body(json!({"roles": []}).to_string()).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    for path in ["/api/v1/me", "/api/v1/documents", "/api/v1/tasks"] {
        assert_eq!(narrow.get(path).await.0, 403, "{path}");
    }
}

#[tokio::test]
async fn a_token_of_a_person_holds_only_what_holds_everywhere() {
    let door = grid().await;
    let mut operator = somebody(&door, "op", json!([{"role": "viewer"}, {"role": "operator", "scope": "flow:payable_settlement"}])).await;
    let (status, made) = operator.post("/api/v1/me/tokens", json!({"name": "mine", "permissions": ["read"], "days": 1})).await;
    assert_eq!(status, 201, "{made}");
    let (status, _) = operator.post("/api/v1/me/tokens", json!({"name": "more", "permissions": ["operate"], "days": 1})).await;
    assert!([403, 422].contains(&status), "{status}");
    let cell = Cell { flow: 1, system: 0, person: 0 };
    let retry = format!("{}/api/v1/exceptions/{}/retry", door.base, exception(&cell.key()));
    let answer = door.client.post(retry).bearer_auth(made["token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn roles_of_the_installation_permit_what_its_configuration_says() {
    let roles = Roles::new([("night_shift".to_owned(), vec![Permission::Read, Permission::Operate])]).unwrap();
    let door = behind(owned_with(Setup { roles, ..Setup::default() }).await).await;
    let all = door.get("/api/v1/roles").await.1;
    let last = all["items"].as_array().unwrap().last().unwrap();
    assert_eq!(last, &json!({"role": "night_shift", "permissions": ["read", "operate"], "own": true}));
    let mut wide = somebody(&door, "wide", json!([{"role": "night_shift"}])).await;
    assert_eq!(wide.get("/api/v1/me").await.1["permissions"], json!(["read", "operate"]));
    let mut narrow = somebody(&door, "narrow", json!([{"role": "night_shift", "scope": "flow:payable_settlement"}])).await;
    assert_eq!(narrow.get("/api/v1/me").await.1["scopes"][0]["permissions"], json!(["read", "operate"]));
    assert_eq!(whole(&mut narrow, "/api/v1/documents").await.1.len(), 4);
    let (status, problem) = door.post("/api/v1/users", &json!({"name": "cy", "roles": [{"role": "day_shift"}]}).to_string()).await;
    assert_eq!((status, &problem["pointers"][0]["pointer"]), (422, &json!("/roles")));
    // Where the configuration does not know it any more, it permits nothing.
    let plain = owned().await;
    let (status, problem) = plain.post("/api/v1/users", &json!({"name": "cy", "roles": [{"role": "night_shift"}]}).to_string()).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_body")));
}
