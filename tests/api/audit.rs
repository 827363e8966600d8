//! The audit: a line for every change before it is done, its end afterwards, and a chain that tells when it was touched.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;
use waybill::api::audit::{OWN_LINES, READING, REASONED, REVEALING, REVEALING_BY_BODY};
use waybill::app::access::audit::{Unproved, verify, verify_lines};
use waybill::domain::access::chain::{Broken, Head};
use waybill::domain::ids::TenantId;
use waybill::domain::permission::Permission;

use crate::contract::{example, filled, operations, query, send, world_behind};
use crate::rows::{document, exception, instance, stopped_order};
use crate::sign_in::{Browser, PASSWORD, added, owned};
use crate::support::{Door, at, door, token};

/// Lines of the audit, newest first, once each of them has its end.
async fn lines(door: &Door, query: &str) -> Vec<Value> {
    for _ in 0..200 {
        let (status, body) = door.get(&format!("/api/v1/audit?limit=500{query}")).await;
        assert_eq!(status, 200, "{body}");
        let items = body["items"].as_array().unwrap().clone();
        if items.iter().all(|line| !line["outcome"].is_null()) {
            return items;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a line has no end");
}

fn column<'a>(lines: &'a [Value], name: &str) -> Vec<&'a str> {
    lines.iter().map(|line| line[name].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn a_change_has_a_line_before_it_is_done_and_its_end_after() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let path = format!("/api/v1/exceptions/{}/retry", exception("PO-9"));
    assert_eq!(door.post(&path, "{\"reason\": \"again\"}").await.0, 202);
    assert_eq!(door.post(&path.replace("retry", "skip"), "{}").await.0, 422);
    let found = lines(&door, "").await;
    assert_eq!(column(&found, "action"), ["POST /api/v1/exceptions/{id}/skip", "POST /api/v1/exceptions/{id}/retry"]);
    assert_eq!(column(&found, "outcome"), ["422", "202"]);
    assert_eq!(column(&found, "via"), ["token", "token"]);
    assert_eq!(found[1]["object"], json!(path));
    assert_eq!(found[1]["address"], json!("127.0.0.1"));
    assert!(found[1]["request"].is_string());

    // Who may not has done nothing; who only looks or tries changes nothing.
    let may_not = door.client.post(format!("{}{path}", door.base)).bearer_auth(token(&[Permission::Read])).send().await.unwrap();
    assert_eq!(may_not.status(), 403);
    assert_eq!(door.post("/api/v1/documents/find", "{\"keys\": [\"PO-9\"]}").await.0, 200);
    assert_eq!(door.get(&format!("/api/v1/documents/{}", document("PO-9"))).await.0, 200);
    assert_eq!(lines(&door, "").await.len(), 2);
    let may_not = door.client.get(format!("{}/api/v1/audit", door.base)).bearer_auth(token(&[Permission::Read])).send().await.unwrap();
    assert_eq!(may_not.status(), 403);
}

#[tokio::test]
async fn nothing_is_done_when_its_line_cannot_be_written() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    door.sql("ALTER TABLE audit_entry RENAME TO audit_elsewhere").await;
    let (status, problem) = door.post(&format!("/api/v1/exceptions/{}/retry", exception("PO-9")), "{}").await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    assert!(door.commands.taken.lock().unwrap().is_empty());
    assert_eq!(door.get("/api/v1/documents").await.0, 200, "reading goes on");
}

#[tokio::test]
async fn what_people_do_to_users_and_sessions_is_told_with_before_and_after() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", "not it at all").await, 401);
    assert_eq!(owner.sign_in("nobody", PASSWORD).await, 401);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (bo, _) = added(&mut owner, "bo", json!([{"role": "viewer"}])).await;
    assert_eq!(owner.send(Method::POST, &format!("/api/v1/users/{}/disable", bo["id"].as_str().unwrap()), None).await.0, 200);
    assert_eq!(owner.send(Method::POST, "/api/v1/sign-out", None).await.0, 204);
    let found = lines(&door, "").await;
    let told: Vec<_> = column(&found, "action").into_iter().zip(column(&found, "outcome")).zip(column(&found, "actor")).collect();
    assert_eq!(
        told,
        [
            (("session.end", "done"), "ana"),
            (("user.disable", "done"), "ana"),
            (("link.make", "done"), "ana"),
            (("user.add", "done"), "ana"),
            (("session.start", "done"), "ana"),
            (("session.start", "refused"), "somebody"),
            (("session.start", "refused"), "somebody"),
            (("session.start", "done"), "ana"),
            (("user.set_up", "done"), "ana"),
            (("link.make", "done"), "waybill"),
        ]
    );
    assert_eq!(found[1]["detail"]["before"]["status"], json!("invited"));
    assert_eq!(found[1]["detail"]["after"]["status"], json!("disabled"));
    // Whoever types a password into the field of the name does not find it here.
    let refused: BTreeSet<_> = found[5..7].iter().map(|line| line["object"].as_str()).collect();
    assert_eq!(refused, BTreeSet::from([None, Some("user/ana")]));
    assert_eq!(lines(&door, "&actor=waybill").await.len(), 1);
    assert_eq!(lines(&door, "&action=user.add").await.len(), 1);
    assert_eq!(lines(&door, "&outcome=refused").await.len(), 2);
}

#[tokio::test]
async fn a_person_who_looks_at_payloads_leaves_a_line_and_a_program_does_not() {
    let door = owned().await;
    door.write(stopped_order("PO-9", 0)).await;
    let path = format!("/api/v1/documents/{}", document("PO-9"));
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (_, link) = added(&mut owner, "bo", json!([{"role": "viewer"}])).await;
    let mut viewer = Browser::new(&door);
    assert_eq!(viewer.post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).await.0, 200);
    for browser in [&mut owner, &mut viewer] {
        assert_eq!(browser.get(&path).await.0, 200);
    }
    assert_eq!(door.get(&path).await.0, 200);
    let found = lines(&door, "&action=reveal").await;
    assert_eq!((column(&found, "actor"), column(&found, "object")), (vec!["ana"], vec![path.as_str()]), "bo was shown no payload");
}

#[tokio::test]
async fn a_token_of_a_persons_own_leaves_a_line_as_they_do() {
    let door = owned().await;
    door.write(stopped_order("PO-9", 0)).await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (status, made) = owner.post("/api/v1/me/tokens", json!({"name": "mine", "permissions": ["read", "payloads"], "days": 1})).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/api/v1/instances/{}/effects", instance("PO-9"));
    let read = async |who: &str| {
        let answer = door.client.get(format!("{}{path}", door.base)).bearer_auth(who).send().await.unwrap();
        assert!(answer.text().await.unwrap().contains("canary of a payload"));
    };
    read(made["token"].as_str().unwrap()).await;
    read(&token(&[Permission::Read, Permission::Payloads])).await;
    let found = lines(&door, "&action=reveal").await;
    assert_eq!(
        (column(&found, "actor"), column(&found, "via"), column(&found, "object")),
        (vec!["ana"], vec!["token"], vec![path.as_str()])
    );
}

#[tokio::test]
async fn a_preview_of_a_stored_document_leaves_a_line_and_one_of_a_sample_does_not() {
    let door = owned().await;
    door.write(stopped_order("PO-9", 0)).await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let id = document("PO-9").0;
    let sample: Value = serde_json::from_str(include_str!("../../samples/po-1.json")).unwrap();
    for (path, body) in [
        ("mappings/preview", json!({"mapping": "po_ref", "document": id})),
        ("mappings/preview", json!({"mapping": "po_ref", "sample": {"doc": sample}})),
        ("flows/simulate", json!({"flow": "purchase_order_approval", "document": id})),
        ("flows/simulate", json!({"flow": "purchase_order_approval", "sample": sample})),
    ] {
        let (status, answer) = owner.post(&format!("/api/v1/{path}"), body).await;
        assert!([200, 422].contains(&status), "{path}: {answer}");
    }
    let found = lines(&door, "&action=reveal").await;
    let object = format!("/api/v1/documents/{id}");
    assert_eq!(column(&found, "object"), [object.as_str(), &object]);
}

/// Operations whose answers the permission `payloads` changes and which show nothing of what documents hold, each with its reason.
const NO_CONTENT: [&str; 4] = [
    // What one may do is what it tells.
    "GET /api/v1/me",
    // How far a reading has got; pages ask for it all the time.
    "GET /api/v1/streams",
    "GET /api/v1/streams/{name}/{stream}",
    // Stands in the audit with what was tried.
    "POST /api/v1/connectors/try",
];

#[tokio::test]
async fn whatever_the_permission_for_payloads_changes_is_written_when_a_person_looks() {
    // Two callers of one name, so that neither sees what the other keeps.
    let without = |one: Permission| token(&Permission::ALL.into_iter().filter(|permission| *permission != one).collect::<Vec<_>>());
    let (all, bare) = (without(Permission::Metrics), without(Permission::Payloads));
    let (door, seeds) = world_behind(door().await).await;
    let mut changed = BTreeSet::new();
    for operation in operations() {
        let reads = operation.method == Method::GET || READING.contains(&operation.path.as_str());
        if !reads && !REASONED.iter().any(|ending| operation.path.ends_with(ending)) {
            continue;
        }
        let body = example(&operation, &seeds).map(|body| body.to_string());
        let path = format!("{}{}", filled(&operation.path, &seeds), query(&operation));
        let mut told = Vec::new();
        for who in [&all, &bare] {
            let (status, text) = send(&door, &operation.method, &path, who, body.as_deref()).await;
            // Every problem and every selection has an id of its own, and a preview the time that it took.
            let mut value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
            let selects = operation.path == "/api/v1/selections";
            for own in ["request_id", "micros"].into_iter().chain(selects.then_some("selection")) {
                value.as_object_mut().map(|members| members.remove(own));
            }
            told.push((status, value));
        }
        if told[0] != told[1] {
            changed.insert(operation.name);
        }
    }
    let listed = |name: &str| {
        let (method, route) = name.split_once(' ').unwrap();
        REVEALING.contains(&(method, route)) || REASONED.iter().any(|ending| route.ends_with(ending)) || NO_CONTENT.contains(&name)
    };
    let unlisted: Vec<&String> = changed.iter().filter(|name| !listed(name)).collect();
    assert!(unlisted.is_empty(), "a person who looks leaves no line: {unlisted:?}");
    // The walk sees differences at all: most of what is listed shows them in this world.
    let seen = REVEALING.iter().filter(|(method, route)| changed.contains(&format!("{method} {route}"))).count();
    assert!(seen >= 9, "{seen} of {}: {changed:?}", REVEALING.len());
}

#[tokio::test]
async fn the_lists_of_routes_name_routes() {
    let description: Value = serde_json::from_str(&waybill::api::openapi::text()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    for route in READING {
        assert!(paths.get(route).is_some_and(|item| item.get("post").is_some()), "{route}");
    }
    for (method, route) in REVEALING.into_iter().chain(REVEALING_BY_BODY) {
        assert!(paths.get(route).is_some_and(|item| item.get(method.to_lowercase()).is_some()), "{method} {route}");
    }
    for own in OWN_LINES {
        assert!(paths.keys().any(|path| path.starts_with(own)), "{own}");
    }
}

/// A door with some lines, sealed.
async fn sealed() -> Door {
    let door = owned().await;
    for _ in 0..4 {
        assert_eq!(Browser::new(&door).sign_in("ana", PASSWORD).await, 200);
    }
    assert_eq!(door.store.identity().seal_audit(at(0)).await.unwrap(), 7);
    door
}

async fn proof(door: &Door, anchor: Option<Head>) -> Result<Head, Broken> {
    match verify(door.store.as_ref(), TenantId::DEFAULT, anchor).await {
        Ok(head) => Ok(head),
        Err(Unproved::Broken(broken)) => Err(broken),
        Err(Unproved::Store(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn the_chain_holds_and_is_the_same_in_an_export() {
    let door = sealed().await;
    let head = proof(&door, None).await.unwrap();
    assert_eq!(head.number, 7);
    let (_, told) = door.get("/api/v1/audit/head").await;
    assert_eq!(told, json!({"number": 7, "hash": head.hash}));
    let (_, whole) = door.get("/api/v1/audit/chain").await;
    let export: Vec<String> = whole["items"].as_array().unwrap().iter().map(Value::to_string).collect();
    let export = || export.iter().map(String::as_str);
    assert_eq!(verify_lines(TenantId::DEFAULT, export(), Some(head.clone())), Ok(head.clone()));
    assert_eq!(verify_lines(TenantId::DEFAULT, export().take(6), Some(head.clone())), Err(Broken::Cut { found: 6, expected: 7 }));
    assert_eq!(verify_lines(TenantId::DEFAULT, export().skip(1), None), Err(Broken::Missing(1)));
    assert_eq!(door.get("/api/v1/audit/chain?after=6").await.1["items"].as_array().unwrap().len(), 1);

    // More is done: the chain goes on from there.
    assert_eq!(Browser::new(&door).sign_in("ana", PASSWORD).await, 200);
    assert_eq!(door.store.identity().seal_audit(at(0)).await.unwrap(), 1);
    assert_eq!(door.store.identity().seal_audit(at(0)).await.unwrap(), 0);
    assert_eq!(proof(&door, Some(head)).await.unwrap().number, 8);
}

#[tokio::test]
async fn what_has_no_end_is_sealed_as_unknown_after_a_while() {
    let door = door().await;
    let actor = waybill::app::access::Actor::system(TenantId::DEFAULT);
    let id = door.audit.begin(&actor, "POST /api/v1/x", "/api/v1/x").await.unwrap();
    assert_eq!(door.store.identity().seal_audit(at(59)).await.unwrap(), 0, "it may still end");
    assert_eq!(door.store.identity().seal_audit(at(60)).await.unwrap(), 1);
    door.audit.end(id, "200").await;
    assert_eq!(column(&lines(&door, "").await, "outcome"), ["unknown"]);
    proof(&door, None).await.unwrap();
}

#[tokio::test]
async fn whoever_touches_a_sealed_line_is_told_on() {
    let door = sealed().await;
    let head = proof(&door, None).await.unwrap();
    for refused in ["UPDATE audit_entry SET actor = 'eve' WHERE number = 2", "DELETE FROM audit_entry WHERE number = 7"] {
        assert!(door.try_sql(refused).await.is_err(), "{refused}");
    }
    proof(&door, Some(head.clone())).await.unwrap();
    // The database's administrator is not stopped by a trigger.
    door.sql("DROP TRIGGER audit_entry_unchanged").await;
    door.sql("DROP TRIGGER audit_entry_kept").await;
    door.sql("UPDATE audit_entry SET actor = 'eve' WHERE number = 2").await;
    assert_eq!(proof(&door, None).await, Err(Broken::Changed(2)));
    door.sql("UPDATE audit_entry SET actor = 'ana' WHERE number = 2").await;
    proof(&door, None).await.unwrap();
    door.sql("UPDATE audit_entry SET detail = '{\"method\": \"password\"}' WHERE number = 5").await;
    assert_eq!(proof(&door, None).await, Err(Broken::Changed(5)), "not even a blank");
    door.sql("DELETE FROM audit_entry WHERE number = 5").await;
    assert_eq!(proof(&door, None).await, Err(Broken::Missing(5)));
    door.sql("DELETE FROM audit_entry WHERE number >= 5").await;
    assert_eq!(proof(&door, None).await, Err(Broken::Cut { found: 4, expected: 7 }));
    // The head is only a row as well; the one that was taken elsewhere is not.
    door.sql("UPDATE audit_head SET number = 4, hash = (SELECT hash FROM audit_entry WHERE number = 4)").await;
    assert_eq!(proof(&door, None).await.unwrap().number, 4);
    assert_eq!(proof(&door, Some(head)).await, Err(Broken::Cut { found: 4, expected: 7 }));
}

impl Door {
    /// SQL as the database's administrator gives it.
    pub async fn try_sql(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let url = format!("sqlite:{}", self.store_file().display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let outcome = sqlx::raw_sql(sql).execute(&mut connection).await.map(drop);
        connection.close().await.unwrap();
        outcome
    }

    async fn sql(&self, sql: &'static str) {
        self.try_sql(sql).await.expect(sql);
    }
}

#[tokio::test]
async fn the_chain_is_followed_over_the_api_from_anywhere_and_says_where_it_breaks() {
    let door = sealed().await;
    let head = proof(&door, None).await.unwrap();
    let holds = json!({"number": 7, "hash": head.hash, "more": false, "broken": null, "at": null, "problem": null});
    assert_eq!(door.get("/api/v1/audit/proof").await, (200, holds.clone()));
    let (_, whole) = door.get("/api/v1/audit/chain").await;
    let third = whole["items"][2]["hash"].as_str().unwrap();
    assert_eq!(door.get(&format!("/api/v1/audit/proof?after=3&hash={third}")).await.1, holds);
    let (_, wrong) = door.get("/api/v1/audit/proof?after=3&hash=0000").await;
    assert_eq!((&wrong["broken"], &wrong["at"]), (&json!("changed"), &json!(4)), "from another beginning it is another chain");
    door.sql("DROP TRIGGER audit_entry_unchanged").await;
    door.sql("DROP TRIGGER audit_entry_kept").await;
    door.sql("UPDATE audit_entry SET actor = 'eve' WHERE number = 2").await;
    let (status, broken) = door.get("/api/v1/audit/proof").await;
    assert_eq!((status, &broken["broken"], &broken["at"], &broken["number"]), (200, &json!("changed"), &json!(2), &json!(1)));
    door.sql("UPDATE audit_entry SET actor = 'ana' WHERE number = 2").await;
    door.sql("DELETE FROM audit_entry WHERE number = 7").await;
    let (_, cut) = door.get("/api/v1/audit/proof").await;
    assert_eq!((&cut["broken"], &cut["at"]), (&json!("cut"), &json!(7)));
}

#[tokio::test]
async fn the_table_has_the_lines_of_the_filter() {
    let door = sealed().await;
    let rows = async |query: &str| {
        let answer = door.request(Method::GET, &format!("/api/v1/audit.csv{query}")).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"text/csv; charset=utf-8".parse().unwrap()));
        let text = answer.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let (_, listed) = door.get("/api/v1/audit?action=session.start").await;
    let listed = listed["items"].as_array().unwrap();
    assert!(!listed.is_empty() && listed.len() < 7, "{listed:?}");
    let narrowed = rows("?action=session.start").await;
    let column = |rows: &[Vec<String>], place: usize| rows.iter().map(|row| row[place].clone()).collect::<Vec<_>>();
    let told = |name: &str| listed.iter().map(|line| line[name].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    assert_eq!(column(&narrowed, 11), told("id"));
    assert_eq!((column(&narrowed, 2), column(&narrowed, 10)), (told("actor"), told("hash")));
    assert_eq!(rows("").await.len(), 7);
}
