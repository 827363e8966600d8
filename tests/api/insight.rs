//! What a flow's instances tell together: figures that can be counted by hand, and a table that has exactly these.

use reqwest::Method;
use serde_json::{Value, json as literal};
use std::collections::HashMap;
use waybill::store::HistoryRow;

use crate::rows::{instance, order, stopped_order};
use crate::support::{Door, at, door};

const INSIGHT: &str = "/api/v1/flows/purchase_order_approval/insight";

/// Three documents: one that ended after ten minutes, one that waits, one that stopped.
async fn world() -> Door {
    let door = door().await;
    let mut ended = order("PO-1", 0);
    let row = &mut ended.instances_new[0];
    (row.status, row.outcome, row.ended_at) = ("ended".into(), Some("approved".into()), Some(at(10)));
    let entries = literal!([{"kind": "called", "step": "oa", "visit": 1, "detail": {"connection": "oa_main"}}, {"kind": "done", "step": "oa", "visit": 1}, {"kind": "ended"}]);
    let tenant = ended.history[0].tenant;
    ended.history.push(HistoryRow { tenant, instance: instance("PO-1"), lock: 2, at: at(8), entries: entries.to_string() });
    door.write(ended).await;
    door.write(order("PO-2", 1)).await;
    door.write(stopped_order("PO-3", 2)).await;
    door
}

fn range() -> String {
    format!("since={}&until={}", at(-5), at(60))
}

#[tokio::test]
async fn figures_are_those_of_the_histories() {
    let door = world().await;
    let (status, found) = door.get(&format!("{INSIGHT}?{}", range())).await;
    assert_eq!(status, 200, "{found}");
    assert_eq!((found["instances"].as_u64(), found["cut"].as_bool(), found["calendar"].as_str()), (Some(3), Some(false), Some("cn")));
    assert_eq!(found["statuses"], literal!({"ended": 1, "exception": 1, "running": 1}));
    assert_eq!(found["straight_through"], literal!({"count": 1, "of": 1}));
    assert_eq!(found["total"]["clock"], literal!({"count": 1, "median_millis": 600_000, "p90_millis": 600_000, "max_millis": 600_000}));
    let step = &found["steps"].as_array().unwrap()[0];
    assert_eq!((step["step"].as_str(), step["visits"].as_u64(), step["open"].as_u64()), (Some("oa"), Some(3), Some(2)));
    assert_eq!(step["times"]["clock"]["median_millis"], 480_000);
    assert_eq!(step["waits_on"], literal!(["oa_main"]));
    let path = &found["paths"][0];
    assert_eq!(path["steps"], literal!([{"step": "oa", "visits": 1, "in_design": true}]));
    assert_eq!(path["documents"][0]["key"], "PO-1");
    let (_, before) = door.get(&format!("{INSIGHT}?since={}&until={}", at(-60), at(-5))).await;
    assert_eq!((before["instances"].as_u64(), before["steps"].as_array().map(Vec::len)), (Some(0), Some(0)));
    for (path, status) in [
        (format!("{INSIGHT}?since={}&until={}", at(5), at(5)), 400),
        (format!("{INSIGHT}?colour=red"), 400),
        ("/api/v1/flows/nothing/insight".to_owned(), 404),
    ] {
        assert_eq!(door.get(&path).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn the_table_has_every_figure_and_no_other() {
    let door = world().await;
    let (_, found) = door.get(&format!("{INSIGHT}?{}", range())).await;
    let answer = door.request(Method::GET, &format!("{INSIGHT}.csv?{}", range())).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows: HashMap<(String, String, String), String> = HashMap::new();
    for row in reader.records().map(Result::unwrap) {
        let known = rows.insert((row[0].into(), row[1].into(), row[2].into()), row[3].into());
        assert_eq!(known, None, "{row:?} stands twice");
    }
    let mut take = |about: &str, name: &str, figure: &str, value: &Value| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(rows.remove(&(about.into(), name.into(), figure.into())), Some(shown), "{about} {name} {figure}");
    };
    let times = |take: &mut dyn FnMut(&str, &str, &str, &Value), about: &str, name: &str, times: &Value| {
        for (clock, spread) in times.as_object().unwrap() {
            for (figure, value) in spread.as_object().unwrap() {
                take(about, name, &format!("{clock}_{figure}"), value);
            }
        }
    };
    let flow = "purchase_order_approval";
    for figure in ["since", "until", "cut"] {
        take("range", "", figure, &found[figure]);
    }
    take("flow", flow, "instances", &found["instances"]);
    for (about, of) in [("status", "statuses"), ("outcome", "outcomes")] {
        for (name, value) in found[of].as_object().unwrap() {
            take(about, name, "instances", value);
        }
    }
    for share in ["rejected", "returned", "straight_through"] {
        take("share", share, "count", &found[share]["count"]);
        take("share", share, "of", &found[share]["of"]);
    }
    times(&mut take, "flow", flow, &found["total"]);
    for step in found["steps"].as_array().unwrap() {
        let name = step["step"].as_str().unwrap();
        for figure in ["visits", "open", "repeated", "stopped", "oldest_open_at"] {
            take("step", name, figure, &step[figure]);
        }
        take("step", name, "waits_on", &step["waits_on"][0]);
        times(&mut take, "step", name, &step["times"]);
    }
    for path in found["paths"].as_array().unwrap() {
        take("path", "oa", "instances", &path["count"]);
        take("path", "oa", "stopped", &path["stopped"]);
        take("path", "oa", "by_hand", &path["by_hand"]);
        times(&mut take, "path", "oa", &path["times"]);
    }
    // When it was measured is another moment for the table; everything else has been found.
    assert_eq!(rows.into_keys().map(|(_, _, figure)| figure).collect::<Vec<_>>(), ["measured_at"]);
}

#[tokio::test]
async fn steps_of_reactions_are_named_by_what_they_do_and_why() {
    let door = door().await;
    let mut revoked = order("PO-1", 0);
    let entries = literal!([{"kind": "entered", "step": "reaction.3.2", "visit": 1}]);
    let tenant = revoked.history[0].tenant;
    revoked.history.push(HistoryRow { tenant, instance: instance("PO-1"), lock: 2, at: at(8), entries: entries.to_string() });
    door.write(revoked).await;
    let (_, found) = door.get(&format!("{INSIGHT}?{}", range())).await;
    let names = literal!({"reaction.3.2": {
        "en": "call erp.reject_order (after oa.approval_changed)",
        "zh": "调用 erp.reject_order（oa.approval_changed 之后）",
    }});
    assert_eq!(found["names"], names, "those that are in these figures, and no other");
}
