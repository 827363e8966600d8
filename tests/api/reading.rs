//! What can be read: lists in pages, single things, payloads only for those who may.

use reqwest::Method;
use serde_json::{Value, json as literal};
use waybill::domain::permission::Permission;
use waybill::store::HistoryRow;

use crate::rows::{document, exception, instance, order, stopped_order};
use crate::support::{Door, door, json, token};

async fn keys_by_page(door: &Door, path: &str, size: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = door.get(&format!("{path}limit={size}{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        pages.push(page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
        assert!(pages.len() < 50, "the pages never end");
    }
}

#[tokio::test]
async fn pages_hold_every_document_once_newest_first() {
    let door = door().await;
    // Three share a time, so that a page ends between equals.
    for (number, minute) in [(1, 0), (2, 5), (3, 5), (4, 5), (5, 9)] {
        door.write(order(&format!("PO-{number}"), minute)).await;
    }
    for size in 1..=6 {
        let pages = keys_by_page(&door, "/api/v1/documents?", size).await;
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == size), "{pages:?}");
        let all = pages.concat();
        assert_eq!((all.first().map(String::as_str), all.last().map(String::as_str)), (Some("PO-5"), Some("PO-1")), "{all:?}");
        let mut sorted = all.clone();
        sorted.sort();
        assert_eq!(sorted, ["PO-1", "PO-2", "PO-3", "PO-4", "PO-5"]);
    }
}

#[tokio::test]
async fn filters_find_by_type_status_and_any_key() {
    let door = door().await;
    door.write(order("PO-1", 0)).await;
    door.write(order("PO-2", 1)).await;
    for (query, expected) in [
        ("key=PO-1", vec!["PO-1"]),
        ("key=A-PO-2", vec!["PO-2"]),
        ("type=purchase_order&status=in_approval", vec!["PO-2", "PO-1"]),
        ("status=released", vec![]),
        ("type=payable", vec![]),
        ("key=PO-1%27%20OR%20%271%27%3D%271", vec![]),
        ("key=%25", vec![]),
    ] {
        let (status, page) = door.get(&format!("/api/v1/documents?{query}")).await;
        let keys: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
        assert_eq!((status, keys), (200, expected), "{query}");
    }
}

#[tokio::test]
async fn a_document_shows_where_it_stands_and_why() {
    let door = door().await;
    door.write(order("PO-1", 0)).await;
    let id = document("PO-1");
    let (status, shown) = door.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(status, 200);
    assert_eq!(shown["type"], "purchase_order");
    assert_eq!(shown["display"], literal!({"number": "PO-1", "total_gross": "86200.00"}));
    assert_eq!(shown["links"][0]["external_id"], "A-PO-1");
    assert_eq!(shown["instances"][0]["id"], instance("PO-1").to_string());
    assert!(shown["revisions"][0].get("body").is_none());

    let (status, diagnosis) = door.get(&format!("/api/v1/documents/{id}/diagnosis")).await;
    assert_eq!((status, diagnosis["code"].as_str(), diagnosis["state"].as_str()), (200, Some("awaiting_partner"), Some("waiting")));
    assert!(diagnosis["cause"]["en"].as_str().unwrap().contains("`oa_main` (`A-PO-1`)"), "{diagnosis}");
}

#[tokio::test]
async fn a_stopped_document_says_what_can_be_done() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let (_, diagnosis) = door.get(&format!("/api/v1/documents/{}/diagnosis", document("PO-9"))).await;
    assert_eq!((diagnosis["code"].as_str(), diagnosis["state"].as_str()), (Some("exception"), Some("stopped")));
    let (_, shown) = door.get(&format!("/api/v1/exceptions/{}", exception("PO-9"))).await;
    assert_eq!(shown["actions"], literal!(["retry", "amend", "from-step", "newer-version", "skip", "mark-done", "cancel"]));
    let (_, open) = door.get("/api/v1/exceptions?state=open&cause=data_wrong").await;
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let (_, closed) = door.get("/api/v1/exceptions?state=closed").await;
    assert_eq!(closed["items"], literal!([]));
}

#[tokio::test]
async fn an_instance_shows_history_effects_and_attempts() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let id = instance("PO-9");
    let (_, shown) = door.get(&format!("/api/v1/instances/{id}")).await;
    assert_eq!((shown["status"].as_str(), shown["at_step"].as_str()), (Some("exception"), Some("oa")));
    let (_, listed) = door.get(&format!("/api/v1/instances?status=exception&document={}", document("PO-9"))).await;
    assert_eq!(listed["items"][0]["id"], id.to_string());
    let (_, history) = door.get(&format!("/api/v1/instances/{id}/history")).await;
    assert_eq!(history["items"][0]["entries"][1], literal!({"kind": "entered", "step": "oa", "visit": 1}));
    let (_, effects) = door.get(&format!("/api/v1/instances/{id}/effects")).await;
    assert_eq!(effects["items"][0]["operation"], "create_approval");
    assert_eq!(effects["items"][0]["reference"], "WB-PO-9");
    let (status, attempts) = door.get(&format!("/api/v1/instances/{id}/attempts")).await;
    assert_eq!((status, &attempts["items"]), (200, &literal!([])));
}

#[tokio::test]
async fn a_long_history_comes_in_pages_of_its_own_instance() {
    let door = door().await;
    let mut order = stopped_order("PO-9", 0);
    let first = order.history[0].clone();
    order.history.extend((first.lock + 1..first.lock + 5).map(|lock| HistoryRow { lock, ..first.clone() }));
    door.write(order).await;
    door.write(stopped_order("PO-8", 0)).await;
    let path = format!("/api/v1/instances/{}/history", instance("PO-9"));
    let (mut numbers, mut cursor, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let (status, page) = door.get(&format!("{path}?limit=2{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        sizes.push(items.len());
        numbers.extend(items.iter().map(|item| item["number"].as_i64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((numbers, sizes), ((first.lock..first.lock + 5).collect(), vec![2, 2, 1]));
    for (path, code) in [
        (format!("/api/v1/instances/{}/history?limit=2{cursor}", instance("PO-8")), "bad_cursor"),
        (format!("/api/v1/instances/{}/attempts?limit=2{cursor}", instance("PO-9")), "bad_cursor"),
        (format!("{path}?limit=0"), "bad_query"),
        (format!("{path}?limit=501"), "bad_query"),
        (format!("{path}?page=2"), "bad_query"),
    ] {
        let (status, problem) = door.get(&path).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some(code)), "{path}: {problem}");
    }
}

#[tokio::test]
async fn payloads_are_for_those_who_may_see_them() {
    let door = door().await;
    door.write(stopped_order("PO-9", 0)).await;
    let path = format!("/api/v1/instances/{}/effects", instance("PO-9"));
    let as_reader = |path: &str| door.client.get(format!("{}{path}", door.base)).bearer_auth(token(&[Permission::Read]));
    let (_, hidden) = json(as_reader(&path).send().await.unwrap()).await;
    assert!(!hidden.to_string().contains("canary"), "{hidden}");
    assert_eq!(door.get(&path).await.1["items"][0]["input"]["title"], "canary of a payload");
    let revision = format!("/api/v1/documents/{}/revisions/1", document("PO-9"));
    assert_eq!(as_reader(&revision).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn money_comes_out_as_it_went_in() {
    let door = door().await;
    door.write(order("PO-1", 0)).await;
    let path = format!("/api/v1/documents/{}/revisions/1", document("PO-1"));
    let text = door.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("\"total_gross\":\"9007199254740993.10\""), "{text}");
    assert!(text.contains("{\"n\":9007199254740993.10}"), "{text}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let door = door().await;
    let nil = uuid::Uuid::nil();
    for path in [
        format!("/api/v1/documents/{nil}"),
        format!("/api/v1/documents/{nil}/diagnosis"),
        format!("/api/v1/documents/{nil}/revisions/1"),
        "/api/v1/documents/PO-1".to_owned(),
        "/api/v1/documents/%27%3B%20DROP%20TABLE%20document%3B--".to_owned(),
        format!("/api/v1/documents/{nil}/revisions/-1"),
        format!("/api/v1/documents/{nil}/revisions/99999999999"),
        format!("/api/v1/instances/{nil}"),
        format!("/api/v1/instances/{nil}/history"),
        format!("/api/v1/instances/{nil}/effects"),
        format!("/api/v1/instances/{nil}/attempts"),
        format!("/api/v1/exceptions/{nil}"),
        "/api/v1/nothing".to_owned(),
        "/".to_owned(),
    ] {
        let (status, body) = door.get(&path).await;
        assert_eq!((status, body["code"].as_str()), (404, Some("not_found")), "{path}");
    }
}

#[tokio::test]
async fn connections_tell_where_partners_call() {
    let (_, list) = door().await.get("/api/v1/connections").await;
    let expected: Value = literal!({"items": [
        {"connection": "oa_main", "connector": "demo_oa", "environment": "test", "webhooks": {"approvals": "/hooks/h1"},
         "unheard_streams": ["quiet"]}
    ]});
    assert_eq!(list, expected);
}

#[tokio::test]
async fn calendars_tell_their_hours_their_days_and_who_counts_by_them() {
    let door = door().await;
    let (status, found) = door.get("/api/v1/calendars").await;
    assert_eq!(status, 200, "{found}");
    let cn = &found["items"][0];
    assert_eq!((&cn["calendar"], &cn["zone"], &cn["known_until"]), (&literal!("cn"), &literal!("Asia/Shanghai"), &literal!("2026-12-31")));
    assert_eq!(cn["week"][0], literal!(["09:00-12:00", "13:30-18:00"]));
    assert_eq!((&cn["week"][6], &cn["work_day"]), (&literal!([]), &cn["week"][0]));
    assert_eq!(cn["flows"], literal!(["purchase_order_approval", "purchase_request_approval"]));
    // As the State Council published them.
    let published = include_str!("../../calendars/cn-2026.csv").lines().skip(1);
    let published: Vec<Value> = published
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|row| literal!({"date": row[0], "works": row[1] == "work", "name": row[2]}))
        .collect();
    assert_eq!(cn["days"].as_array(), Some(&published));
}

#[tokio::test]
async fn people_are_found_by_letters_of_name_and_id_while_they_work_here() {
    let door = door().await;
    let (status, found) = door.get("/api/v1/people?q=%E8%B5%B5").await;
    assert_eq!((status, &found["items"]), (200, &literal!([{"person": "e1004", "name": "赵敏", "department": "procurement"}])));
    let (_, all) = door.get("/api/v1/people?q=E10").await;
    let ids: Vec<&str> = all["items"].as_array().unwrap().iter().map(|item| item["person"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 7, "{ids:?}");
    assert_eq!(door.get("/api/v1/people?q=nobody").await.1["items"], literal!([]));
    let refused = door.client.get(format!("{}/api/v1/people", door.base)).bearer_auth(token(&[Permission::Read])).send().await.unwrap();
    assert_eq!(refused.status(), 403, "names are for those who hand something to somebody");
}
