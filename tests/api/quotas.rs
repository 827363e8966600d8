//! Quotas of tenants: what is used up is refused with when to come again, and nobody else notices.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use waybill::app::quotas::QuotaOptions;
use waybill::domain::ids::TenantId;
use waybill::domain::permission::Permission;
use waybill::domain::quota::Limits;
use waybill::store::Writes;

use crate::rows::{order, stopped_order};
use crate::support::{Door, FOREIGN, Setup, door_with, json as read, token};

async fn door(all: Limits, others: Limits) -> Door {
    let tenants = BTreeMap::from([(TenantId(2), others)]);
    door_with(Setup { quotas: Some(QuotaOptions { all, tenants }), ..Setup::default() }).await
}

async fn ask(door: &Door, who: &str) -> (u16, Option<String>, Value) {
    let answer = door.client.get(format!("{}/api/v1/documents", door.base)).bearer_auth(who).send().await.unwrap();
    let wait = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let (status, body) = read(answer).await;
    (status, wait, body)
}

#[tokio::test]
async fn a_tenant_that_asks_too_often_waits_and_others_do_not() {
    let rate = |rate| Limits { requests_per_second: Some(rate), ..Limits::default() };
    let door = door(rate(5), rate(1)).await;
    let all = token(&Permission::ALL);
    // Two seconds' worth at once.
    for number in 0..10 {
        assert_eq!(ask(&door, &all).await.0, 200, "request {number}");
    }
    let (status, wait, problem) = ask(&door, &all).await;
    assert_eq!((status, wait.as_deref(), problem["code"].as_str()), (429, Some("1"), Some("too_many_requests")));
    // Somebody else of the same tenant waits too, whatever they ask for; another tenant has its own.
    assert_eq!(ask(&door, &token(&[Permission::Read])).await.0, 429);
    assert_eq!((ask(&door, FOREIGN).await.0, ask(&door, FOREIGN).await.0, ask(&door, FOREIGN).await.0), (200, 200, 429));
    // Probes and what needs no caller are nobody's.
    assert_eq!(door.get("/health").await.0, 200);
    door.clock.advance(Duration::from_secs(1));
    for number in 0..5 {
        assert_eq!(ask(&door, &all).await.0, 200, "after a second {number}");
    }
    assert_eq!(ask(&door, &all).await.0, 429);
    // A wrong token takes nothing away from anybody.
    door.clock.advance(Duration::from_secs(1));
    for _ in 0..20 {
        assert_eq!(ask(&door, "no token of anybody").await.0, 401);
    }
    assert_eq!(ask(&door, &all).await.0, 200);
}

async fn begin(door: &Door, key: &str) -> (u16, Option<String>, Value) {
    let request = door.request(Method::POST, "/api/v1/forms/purchase_request/submissions").header("content-type", "application/json");
    let answer = request.header("idempotency-key", key).body("{\"values\": {}}").send().await.unwrap();
    let wait = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let (status, body) = read(answer).await;
    (status, wait, body)
}

#[tokio::test]
async fn a_tenant_under_the_limits_of_all_is_counted_like_the_others() {
    let limits = Limits { documents_per_day: Some(2), ..Limits::default() };
    let door = door(limits, Limits::default()).await;
    let third = TenantId(3);
    assert!(door.quotas.begin(third).is_ok() && door.quotas.begin(third).is_ok());
    assert!(door.quotas.begin(third).is_err());
    // None of it came to anything: the next count says so.
    door.quotas.count().await.unwrap();
    assert!(door.quotas.begin(third).is_ok(), "what was only begun is not taken for ever");
    // What another replica took for it counts, whoever was asked first.
    for (number, key) in [(1, "PO-1"), (2, "PO-2")] {
        let mut rows = order(key, number);
        rows.documents_new.iter_mut().for_each(|row| row.tenant = third);
        door.write(Writes { documents_new: rows.documents_new, ..Writes::default() }).await;
    }
    door.quotas.count().await.unwrap();
    assert!(door.quotas.reached(third).is_some());
    let fresh =
        waybill::app::quotas::Quotas::new(door.store.clone(), door.clock.clone(), QuotaOptions { all: limits, tenants: BTreeMap::new() });
    assert!(fresh.reached(third).is_none(), "nothing is counted yet");
    fresh.count().await.unwrap();
    assert!(fresh.reached(third).is_some());
}

#[tokio::test]
async fn what_people_begin_is_refused_once_a_quota_is_used_up() {
    let limits = Limits { documents_per_day: Some(3), ..Limits::default() };
    let door = door(limits, Limits::default()).await;
    door.write(order("PO-1", 0)).await;
    door.quotas.count().await.unwrap();
    assert_eq!(begin(&door, "a").await.0, 201);
    assert_eq!(begin(&door, "b").await.0, 201, "three are three");
    let (status, wait, problem) = begin(&door, "c").await;
    assert_eq!((status, problem["code"].as_str()), (429, Some("quota_reached")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("`documents_per_day` (3)"));
    // It is 11:00 UTC, so thirteen hours are left.
    assert_eq!(wait.as_deref(), Some("46800"));
    let (_, shown) = door.get("/api/v1/quotas").await;
    assert_eq!(shown["items"][0], json!({"quota": "documents_per_day", "limit": 3, "used": 3, "reached": true}));
    assert_eq!(shown["items"][1]["limit"], Value::Null);
    // The answer under a key that was given before is given again: nothing new begins.
    assert_eq!(begin(&door, "a").await.0, 201);
    // The day after it begins anew.
    door.clock.advance(Duration::from_secs(13 * 3_600));
    door.quotas.count().await.unwrap();
    assert_eq!(begin(&door, "d").await.0, 201);
}

#[tokio::test]
async fn open_instances_and_payloads_are_counted_on_both_stores() {
    let database = crate::postgres::FreshDatabase::create("quotas").await;
    for store_url in [None, Some(database.url.clone())] {
        let all = Limits { open_instances: Some(2), payload_bytes_per_day: Some(1_000_000), ..Limits::default() };
        let quotas = Some(QuotaOptions { all, tenants: BTreeMap::new() });
        let door = door_with(Setup { quotas, store_url, ..Setup::default() }).await;
        door.write(order("PO-1", 0)).await;
        door.write(stopped_order("PO-2", 0)).await;
        let mut ended = order("PO-3", 0);
        ended.instances_new[0].status = "ended".into();
        door.write(ended).await;
        door.quotas.count().await.unwrap();
        let (_, shown) = door.get("/api/v1/quotas").await;
        assert_eq!(shown["items"][1], json!({"quota": "open_instances", "limit": 2, "used": 2, "reached": true}));
        let bytes = shown["items"][2]["used"].as_u64().unwrap();
        assert!((60..400).contains(&bytes), "three payloads of 25 bytes: {bytes}");
        let (status, wait, _) = begin(&door, "a").await;
        assert_eq!((status, wait.as_deref()), (429, Some("900")), "instances end at any time");
    }
    database.drop().await;
}
