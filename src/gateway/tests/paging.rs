//! Pages: gathered, bounded, and never led astray.

use super::support::*;
use crate::domain::connector::Class;
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Asked = Query<HashMap<String, String>>;

/// Rows 1 to 25 in pages of 10, by whatever is asked.
async fn rows(Query(asked): Asked) -> axum::Json<serde_json::Value> {
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<usize>().ok());
    let start = match (number("offset"), number("page"), number("after")) {
        (Some(offset), _, _) => offset,
        (_, Some(page), _) => (page - 1) * 10,
        (_, _, after) => after.unwrap_or(0),
    };
    let rows: Vec<_> = (start + 1..=25).take(10).map(|id| json!({"id": id})).collect();
    axum::Json(json!({"items": rows, "total": 25, "more": start + 10 < 25}))
}

fn list(query: &str, page: &str) -> String {
    format!(
        "
operations:
  list:
    effect: read
    input: {{}}
    request: {{method: GET, path: /rows, query: {{{query}}}}}
    page: {page}
    output: {{ids: {{type: [string], from: \"$.items[*].id\", many: true}}, total: {{type: int, from: $.total, optional: true}}}}
"
    )
}

fn ids(output: &Value) -> Vec<String> {
    let Value::List(items) = output.member("ids") else { return Vec::new() };
    items.iter().map(|id| id.as_text().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_kind_gathers_every_row_once() {
    let address = partner(Router::new().route("/rows", get(rows))).await;
    let wanted: Vec<String> = (1..=25).map(|id| id.to_string()).collect();
    let table = [
        ("offset: {value: page.offset}", "{kind: offset, end: short_page, size: 10}", 3),
        ("offset: {value: page.offset}", "{kind: offset, end: empty_page, size: 10}", 4),
        ("offset: {value: page.offset}", "{kind: offset, end: {total: $.total}, size: 10}", 3),
        // The partner caps the page below what is asked for.
        ("offset: {value: page.offset}", "{kind: offset, end: {has_more: $.more}, size: 50}", 3),
        ("page: {value: page.number}", "{kind: page, end: short_page, size: 10}", 3),
        (
            "after: {value: page.after.id, optional: true}",
            "{kind: keyset, keys: {id: {from: \"$.items[*].id\"}}, end: short_page, size: 10}",
            3,
        ),
    ];
    for (query, page, requests) in table {
        let performed = perform(address, &list(query, page), "list", "{}").await;
        assert_eq!(performed.class, Class::Ok, "{page}: {performed:?}");
        assert_eq!(ids(&performed.output), wanted, "{page}");
        assert_eq!(performed.attempts.len(), requests, "{page}");
        assert_eq!(performed.output.member("total"), &Value::Int(25));
    }
}

#[tokio::test]
async fn a_reading_that_would_not_end_is_stopped() {
    let same = || async { axum::Json(json!({"items": [{"id": 1}, {"id": 2}], "next": "/rows?x=1"})) };
    let growing = |Query(asked): Asked| async move {
        let page: u64 = asked.get("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        axum::Json(json!({"items": [{"id": page}], "next": format!("/rows?page={}", page + 1)}))
    };
    let same = partner(Router::new().route("/rows", get(same))).await;
    let growing = partner(Router::new().route("/rows", get(growing))).await;
    let table = [
        (same, "page: {value: page.number}", "{kind: page, end: empty_page, size: 2}"),
        (same, "", "{kind: next_link, from: $.next}"),
        (same, "after: {value: page.after.id, optional: true}", "{kind: keyset, keys: {id: {from: \"$.items[*].id\"}}, end: empty_page}"),
        (growing, "page: {value: page.number}", "{kind: page, end: empty_page, size: 1, max_pages: 5}"),
        (growing, "", "{kind: next_link, from: $.next, max_pages: 5}"),
    ];
    for (address, query, page) in table {
        let performed = perform(address, &list(query, page), "list", "{}").await;
        assert_eq!((performed.class, performed.code.as_deref()), (Class::Refused, Some("page_guard")), "{page}: {performed:?}");
        assert!(performed.attempts.len() <= 5, "{page}: {}", performed.attempts.len());
    }
}

#[tokio::test]
async fn a_token_leads_on_whatever_the_rows_and_its_absence_ends() {
    let asked = Arc::new(Mutex::new(Vec::<String>::new()));
    let heard = asked.clone();
    let answer = move |uri: axum::http::Uri| {
        let query = uri.query().unwrap_or_default().to_owned();
        let page = match query.as_str() {
            "" => json!({"items": [{"id": 1}], "total": 25, "next": "a"}),
            // Nothing that we may see stands on this page, but there is more.
            "after=a" => json!({"items": [], "total": 25, "next": "b c"}),
            "after=b%20c" => json!({"items": [{"id": 2}], "total": 25, "next": ""}),
            other => panic!("asked with {other}"),
        };
        heard.lock().unwrap().push(query);
        async move { axum::Json(page) }
    };
    let address = partner(Router::new().route("/rows", get(answer))).await;
    let query = "after: {value: page.after.token, optional: true}";
    let performed = perform(address, &list(query, "{kind: token, next: $.next}"), "list", "{}").await;
    assert_eq!((performed.class, ids(&performed.output)), (Class::Ok, vec!["1".to_owned(), "2".to_owned()]), "{performed:?}");
    assert_eq!(*asked.lock().unwrap(), ["", "after=a", "after=b%20c"]);
}

#[tokio::test]
async fn has_more_ends_a_reading_whose_token_goes_on() {
    let answer = |uri: axum::http::Uri| async move {
        let first = uri.query().is_none();
        axum::Json(json!({"items": [{"id": if first { 1 } else { 2 }}], "total": 25, "next": if first { "a" } else { "b" }, "more": first}))
    };
    let address = partner(Router::new().route("/rows", get(answer))).await;
    let query = "after: {value: page.after.token, optional: true}";
    let performed = perform(address, &list(query, "{kind: token, next: $.next, has_more: $.more}"), "list", "{}").await;
    assert_eq!((performed.class, performed.attempts.len()), (Class::Ok, 2), "{performed:?}");
    let same = |_: axum::http::Uri| async move { axum::Json(json!({"items": [], "total": 0, "next": "a"})) };
    let address = partner(Router::new().route("/rows", get(same))).await;
    let performed = perform(address, &list(query, "{kind: token, next: $.next}"), "list", "{}").await;
    assert_eq!((performed.class, performed.code.as_deref()), (Class::Refused, Some("page_guard")), "the same token for ever");
}

#[tokio::test]
async fn a_next_link_to_another_host_is_not_followed() {
    let other = partner(Router::new().route("/rows", get(|| async { axum::Json(json!({"items": []})) }))).await;
    let answer = move || async move { axum::Json(json!({"items": [{"id": 1}], "next": format!("http://{other}/rows")})) };
    let address = partner(Router::new().route("/rows", get(answer))).await;
    let performed = perform(address, &list("", "{kind: next_link, from: $.next}"), "list", "{}").await;
    assert_eq!((performed.class, performed.attempts.len()), (Class::Refused, 1), "{performed:?}");
}

/// What a partner stamps is compared with what we ask for: a cursor by our clock would pass over all that it stamps meanwhile.
#[tokio::test]
async fn a_stream_goes_by_the_clock_of_a_partner_that_is_behind() {
    let text = format!(
        "{PLAIN}
operations:
  list:
    effect: read
    input: {{since: instant}}
    request: {{method: GET, path: /rows, query: {{since: {{value: input.since}}}}}}
    output: {{ids: {{type: [string], from: \"$.items[*].id\", many: true}}}}
streams:
  rows: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, cursor: {{argument: since, overlap: 1m}}, every: 30s}}
"
    );
    // The gateway of these tests goes by the real clock.
    #[expect(clippy::disallowed_methods, reason = "a partner's clock is compared with the real one")]
    let now = jiff::Timestamp::now;
    let there = move |minutes: i64| {
        let at = now() + jiff::SignedDuration::from_mins(minutes);
        jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap().replace("+0000", "GMT")
    };
    for (minutes, low, high) in [(-5, -302, -298), (5, -2, 1), (0, -2, 1)] {
        let answer = move || async move { ([("date", there(minutes))], axum::Json(json!({"items": []}))) };
        let address = partner(Router::new().route("/rows", get(answer))).await;
        let (connector, connection, gateway) = (connector(&text), local(address), gateway());
        let mut reading = gateway.open_stream(TenantId::DEFAULT, connection, connector, "rows", None).unwrap();
        let deadline = gateway.deadline(Duration::from_secs(10));
        let page = gateway.next_page(&mut reading, deadline).await.unwrap().unwrap();
        let position: jiff::Timestamp = page.position.unwrap().parse().unwrap();
        let apart = position.duration_since(now()).as_secs();
        assert!((low..=high).contains(&apart), "{minutes} min: {apart} s");
    }
}

#[tokio::test]
async fn a_stream_gives_its_position_with_the_last_page_only() {
    let text = format!(
        "{PLAIN}
operations:
  list:
    effect: read
    input: {{since: instant}}
    request: {{method: GET, path: /rows, query: {{since: {{value: input.since}}, page: {{value: page.number}}}}}}
    page: {{kind: page, end: short_page, size: 10}}
    output: {{ids: {{type: [string], from: \"$.items[*].id\", many: true}}}}
streams:
  rows: {{operation: list, each: ids, ref: {{id: {{value: item}}}}, cursor: {{argument: since, overlap: 1m}}, every: 30s}}
"
    );
    let address = partner(Router::new().route("/rows", get(rows))).await;
    let (connector, connection, gateway) = (connector(&text), local(address), gateway());
    let stored = "2026-09-28T10:00:00Z";
    let mut reading = gateway.open_stream(TenantId::DEFAULT, connection, connector, "rows", Some(stored)).unwrap();
    let deadline = gateway.deadline(Duration::from_secs(10));
    let mut positions = Vec::new();
    let mut found = Vec::new();
    while let Some(page) = gateway.next_page(&mut reading, deadline).await.unwrap() {
        assert!(page.performed.attempts[0].request.contains("since=2026-09-28T09%3A59%3A00Z"), "{}", page.performed.attempts[0].request);
        found.extend(page.items.iter().map(|item| item.reference.member("id").as_text().unwrap().parse::<u32>().unwrap()));
        positions.push((page.position, page.is_last));
    }
    assert_eq!(found, (1..=25).collect::<Vec<u32>>());
    let [(None, false), (None, false), (Some(position), true)] = positions.as_slice() else { panic!("{positions:?}") };
    assert!(position.parse::<jiff::Timestamp>().unwrap() > stored.parse().unwrap());
}
