//! Secrets that the hub keeps: a value goes in and never comes out, whoever asks and wherever they look.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use waybill::app::access::Actor;
use waybill::app::engine::definitions::Live;
use waybill::app::secrets::{Error, Kept, Secrets, Seen};
use waybill::domain::ids::TenantId;
use waybill::domain::permission::Permission;
use waybill::gateway::{Gateway, Vault};
use waybill::runtime::{IdMaker, Keyring};

use crate::contract::{example, filled, operations, query, send, world_behind};
use crate::postgres::FreshDatabase;
use crate::support::{Door, FOREIGN, Setup, door, door_with, json as read, shipped, token};

const CANARY: &str = "canary-of-a-kept-secret-77";

async fn put(door: &Door, name: &str, body: Value) -> (u16, Value) {
    put_over(door, name, ("if-match", "*"), body).await
}

/// Over what was seen.
async fn put_over(door: &Door, name: &str, (header, seen): (&str, &str), body: Value) -> (u16, Value) {
    let request =
        door.request(Method::PUT, &format!("/api/v1/secrets/{name}")).header("content-type", "application/json").header(header, seen);
    read(request.body(body.to_string()).send().await.unwrap()).await
}

async fn kept(door: &Door, name: &str) -> Option<Value> {
    let (_, list) = door.get("/api/v1/secrets").await;
    let place = format!("store/{name}");
    list["items"].as_array().unwrap().iter().find(|item| item["place"] == json!(place)).cloned()
}

#[tokio::test]
async fn a_value_goes_in_and_never_comes_out() {
    let database = FreshDatabase::create("secrets_never_out").await;
    for store_url in [None, Some(database.url.clone())] {
        let sqlite = store_url.is_none();
        let (door, seeds) = world_behind(door_with(Setup { store_url, ..Setup::default() }).await).await;
        let (status, set) = put(&door, "erp_key", json!({"value": CANARY, "expires_at": "2027-11-30T00:00:00Z"})).await;
        assert_eq!((status, &set["place"], &set["version"]), (200, &json!("store/erp_key"), &json!(1)));
        let all = token(&Permission::ALL);
        for operation in operations() {
            let body = example(&operation, &seeds).map(|body| body.to_string());
            let path = format!("{}{}", filled(&operation.path, &seeds), query(&operation));
            let (_, text) = send(&door, &operation.method, &path, &all, body.as_deref()).await;
            assert!(!text.contains(CANARY), "{} tells it", operation.name);
        }
        // Nor does it when it refuses: a body with the value and something wrong.
        for wrong in [json!({"value": CANARY, "expires_at": "2001-01-01T00:00:00Z"}), json!({"value": CANARY, "more": 1})] {
            let (status, problem) = put(&door, "erp_key", wrong).await;
            assert!(status == 422 && !problem.to_string().contains(CANARY), "{problem}");
        }
        let metrics = door.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        assert!(!metrics.contains(CANARY));
        if sqlite {
            assert!(!door.everything_kept().await.contains(CANARY), "the database holds it in plain");
        }
    }
    database.drop().await;
}

#[tokio::test]
async fn a_secret_is_set_listed_and_removed_and_the_audit_tells() {
    let door = door().await;
    for (value, version) in [("one", 1), ("two", 2)] {
        let (status, set) = put(&door, "erp_key", json!({"value": value})).await;
        assert_eq!((status, &set["version"]), (200, &json!(version)));
    }
    let item = kept(&door, "erp_key").await.expect("it is listed");
    assert_eq!((&item["found"], &item["source"], &item["used_by"]), (&json!(true), &json!("store"), &json!([])));
    assert_eq!((&item["kept"]["version"], &item["kept"]["master"], &item["kept"]["state"]), (&json!(2), &json!("k1"), &json!("good")));
    assert_eq!(item["kept"]["set_by"], json!("caller_of_all"));
    let foreign = door.client.get(format!("{}/api/v1/secrets", door.base)).bearer_auth(FOREIGN).send().await.unwrap();
    assert_eq!(read(foreign).await.1["items"], json!([]), "another tenant sees none");
    let foreign = door.client.delete(format!("{}/api/v1/secrets/erp_key", door.base)).bearer_auth(FOREIGN);
    assert_eq!(foreign.header("if-match", "*").send().await.unwrap().status(), 404);
    let (_, rewrapped) = door.post("/api/v1/secrets/rewrap", "").await;
    assert_eq!(rewrapped, json!({"master": "k1", "rewrapped": 0, "unchanged": 1, "closed": []}));
    let remove = |seen: &str| door.request(Method::DELETE, "/api/v1/secrets/erp_key").header("if-match", seen).send();
    assert_eq!(remove("\"1\"").await.unwrap().status(), 412, "somebody has set it since");
    assert_eq!(remove("\"2\"").await.unwrap().status(), 204);
    assert_eq!(kept(&door, "erp_key").await, None);
    assert_eq!(remove("\"2\"").await.unwrap().status(), 404);
    let (_, lines) = door.get("/api/v1/audit").await;
    let told: Vec<_> = lines["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told, ["secret.remove", "secret.rewrap", "secret.set", "secret.set"]);
    assert_eq!(lines["items"][2]["object"], json!("secret/erp_key"));
    for (name, status) in [("ERP", 422), ("a b", 422), ("..", 422), ("rewrap", 405)] {
        let path = format!("/api/v1/secrets/{}", name.replace(' ', "%20").replace("..", "%2e%2e"));
        let request = door.request(Method::PUT, &path).header("content-type", "application/json").header("if-match", "*");
        let answer = request.body("{\"value\": \"x\"}").send().await.unwrap().status().as_u16();
        assert!(answer == status || answer == 404, "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_value_is_set_only_over_what_was_seen() {
    let door = door().await;
    let set = |seen: Option<(&'static str, String)>| {
        let request = door.request(Method::PUT, "/api/v1/secrets/erp_key").header("content-type", "application/json");
        let request = seen.into_iter().fold(request, |request, (header, value)| request.header(header, value));
        async move {
            let answer = request.body("{\"value\": \"x\"}").send().await.unwrap();
            let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
            let (status, body) = read(answer).await;
            (status, body["code"].as_str().map(str::to_owned), tag)
        }
    };
    let refused = |status: u16, code: &str| (status, Some(code.to_owned()), None);
    assert_eq!(set(None).await, refused(428, "precondition_required"));
    assert_eq!(set(Some(("if-match", "\"1\"".into()))).await, refused(412, "precondition_failed"), "there is none yet");
    let none = || Some(("if-none-match", "*".to_owned()));
    let (status, _, tag) = set(none()).await;
    assert_eq!((status, tag.as_deref()), (200, Some("\"1\"")));
    assert_eq!(set(none()).await, refused(412, "precondition_failed"), "somebody made it meanwhile");
    // What the list shows is what is sent back.
    let seen = format!("\"{}\"", kept(&door, "erp_key").await.unwrap()["kept"]["version"]);
    assert_eq!(set(Some(("if-match", seen.clone()))).await, (200, None, Some("\"2\"".to_owned())));
    assert_eq!(set(Some(("if-match", seen))).await, refused(412, "precondition_failed"), "another value was set meanwhile");
    assert_eq!(kept(&door, "erp_key").await.unwrap()["kept"]["version"], json!(2), "what was refused changed nothing");
}

#[tokio::test]
async fn who_may_set_secrets_is_the_secret_admin_and_the_owner() {
    let door = door().await;
    for permission in Permission::ALL {
        let request = door.client.put(format!("{}/api/v1/secrets/x", door.base)).bearer_auth(token(&[permission]));
        let request = request.header("content-type", "application/json").header("if-match", "*");
        let answer = request.body("{\"value\": \"x\"}").send().await.unwrap();
        assert_eq!(answer.status() == 200, permission == Permission::Secrets, "{permission:?}");
    }
}

#[tokio::test]
async fn without_a_master_key_nothing_is_kept() {
    let door = door_with(Setup { no_master_key: true, ..Setup::default() }).await;
    let (status, problem) = put(&door, "erp_key", json!({"value": CANARY})).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("no_master_key")));
    assert!(!problem.to_string().contains(CANARY) && !door.everything_kept().await.contains(CANARY));
    assert_eq!(door.post("/api/v1/secrets/rewrap", "").await.0, 409);
}

#[tokio::test]
async fn what_ends_soon_is_told_a_fortnight_before() {
    let door = door().await;
    let day = |days: i64| json!(door_now(&door) + jiff::SignedDuration::from_hours(24 * days));
    for (name, days) in [("late", 15), ("soon", 13)] {
        assert_eq!(put(&door, name, json!({"value": "x", "expires_at": day(days)})).await.0, 200);
    }
    let state = async |name: &str| kept(&door, name).await.unwrap()["kept"]["state"].clone();
    assert_eq!((state("late").await, state("soon").await), (json!("good"), json!("expiring")));
    door.clock.advance(Duration::from_secs(14 * 24 * 3_600));
    assert_eq!((state("late").await, state("soon").await), (json!("expiring"), json!("expired")));
}

fn door_now(door: &Door) -> jiff::Timestamp {
    use waybill::runtime::Clock;
    door.clock.now()
}

/// One replica with these master keys, the first of which seals.
fn replica(door: &Door, masters: &[(&str, &str)]) -> (Secrets, Arc<Kept>) {
    let secrets: Vec<(&str, SecretString)> = masters.iter().map(|(id, text)| (*id, SecretString::from(*text))).collect();
    let kept = Arc::new(Kept::new(Keyring::new(secrets.iter().map(|(id, secret)| (*id, secret))).unwrap()));
    let gateway = Arc::new(Gateway::new(waybill::gateway::Options::default(), door.clock.clone()).reading(kept.clone()));
    let live = Arc::new(Live::new(shipped(), 0, b"key"));
    let ids = IdMaker::seeded(door.clock.clone(), 9);
    (Secrets::new(door.store.clone(), kept.clone(), gateway, live, (door.clock.clone(), ids)), kept)
}

const OLD: (&str, &str) = ("old", "0123456789abcdef0123456789abcdef");
const NEW: (&str, &str) = ("new", "fedcba9876543210fedcba9876543210");

/// Every value says whose it is, so that a mixed-up envelope would show.
fn value(name: usize, turn: u32) -> SecretString {
    SecretString::from(format!("value-{name}-{turn}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_key_is_replaced_while_secrets_are_read_and_set() {
    let database = FreshDatabase::create("secrets_rotation").await;
    for store_url in [None, Some(database.url.clone())] {
        let door = door_with(Setup { store_url, ..Setup::default() }).await;
        let actor = Actor::system(TenantId::DEFAULT);
        let (first, _) = replica(&door, &[OLD]);
        const COUNT: usize = 24;
        for name in 0..COUNT {
            first.set(&actor, &format!("s{name}"), &value(name, 0), None, Seen::Anything).await.unwrap();
        }
        // Both replicas know both keys; one has moved on to the new one already.
        let (behind, behind_kept) = replica(&door, &[OLD, NEW]);
        let (ahead, ahead_kept) = replica(&door, &[NEW, OLD]);
        behind.refresh().await.unwrap();
        ahead.refresh().await.unwrap();
        let (stop, reads, writes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let mut work = Vec::new();
        for (secrets, kept) in [(behind.clone(), behind_kept.clone()), (ahead.clone(), ahead_kept.clone())] {
            let (stop, reads) = (stop.clone(), reads.clone());
            work.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    secrets.refresh().await.unwrap();
                    for name in 0..COUNT {
                        let opened = kept.open(TenantId::DEFAULT, &format!("s{name}")).expect("it opens at any moment");
                        assert!(opened.expose_secret().starts_with(&format!("value-{name}-")), "another's value");
                        reads.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }));
        }
        for (secrets, from) in [(behind.clone(), 0), (ahead.clone(), 1)] {
            let (stop, writes, actor) = (stop.clone(), writes.clone(), actor.clone());
            work.push(tokio::spawn(async move {
                let mut turn = 1;
                while !stop.load(Ordering::Relaxed) {
                    let name = (from + 2 * turn as usize) % COUNT;
                    match secrets.set(&actor, &format!("s{name}"), &value(name, turn), None, Seen::Anything).await {
                        Ok(_) => drop(writes.fetch_add(1, Ordering::Relaxed)),
                        Err(Error::Conflict(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                    turn += 1;
                    tokio::task::yield_now().await;
                }
            }));
        }
        let mut done = 0;
        for _ in 0..20 {
            done += ahead.rewrap(&actor).await.unwrap().rewrapped;
        }
        stop.store(true, Ordering::Relaxed);
        for one in work {
            one.await.unwrap();
        }
        assert!(done >= 1 && reads.load(Ordering::Relaxed) > 100 && writes.load(Ordering::Relaxed) > 10, "there was load");
        // The last replica has moved on as well; what it set meanwhile is wrapped anew.
        let last = ahead.rewrap(&actor).await.unwrap();
        assert_eq!(last.closed, Vec::<String>::new());
        let (alone, alone_kept) = replica(&door, &[NEW]);
        alone.refresh().await.unwrap();
        for name in 0..COUNT {
            assert!(alone_kept.open(TenantId::DEFAULT, &format!("s{name}")).is_ok(), "the old key is needed no more");
        }
        assert_eq!(alone.rewrap(&actor).await.unwrap().unchanged as usize, COUNT);
        // Whoever still has only the old key is told which.
        let (late, _) = replica(&door, &[OLD]);
        late.refresh().await.unwrap();
        assert_eq!(late.rewrap(&actor).await.unwrap().closed.len(), COUNT);
        assert!(late.troubles().iter().all(|trouble| trouble.contains("`new`")) && late.troubles().len() == COUNT);
    }
    database.drop().await;
}
