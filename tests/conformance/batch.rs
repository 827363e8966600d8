//! Many writes in one request, by the shipped connectors against the vendors' mocks.

use crate::bench::Bench;
use crate::mock::{Mock, Trouble};
use crate::table::{ROWS, Row};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use waybill::domain::connector::Class;
use waybill::gateway::CallPurpose;

fn row(connector: &str) -> &'static Row {
    ROWS.iter().find(|row| row.connector == connector).expect("a row")
}

fn sap_order(supplier: &str) -> Value {
    json!({
        "company": "1010", "supplier": supplier, "organisation": "1010", "group": "001", "currency": "CNY",
        "items": [{"number": "10", "plant": "1010", "material": "M001", "quantity": "2", "price": "100"}],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_of_one_sap_batch_are_each_made_refused_or_found_again() {
    let bench = Bench::start(row("sap_s4hana")).await;
    let good = || sap_order("VEN00003");
    let made = bench.output("create_orders", json!({"orders": [good(), good()]})).await;
    let ids: BTreeSet<&str> = made["external_ids"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
    assert_eq!((ids.len(), bench.count().await), (2, 2), "{made}");

    // One that is refused leaves its neighbours alone, and is told by SAP's own sentence.
    let part = bench.ask("create_orders", json!({"orders": [good(), sap_order("NOBODY"), good()]})).await;
    assert_eq!((part.answer.class, part.answer.code.as_deref()), (Class::Refused, Some("partly_done")), "{:?}", part.answer);
    let words = part.answer.message.clone().unwrap_or_default();
    assert_eq!(words, "2 of 3 items are done; refused: item 2 (Supplier NOBODY does not exist)");
    assert_eq!(bench.count().await, 4);

    // A lost answer, and half of one: each order is looked up by the reference of its own that stands on it.
    for trouble in [Trouble::Lost, Trouble::Half] {
        let before = bench.count().await;
        bench.trouble(trouble, "batch").await;
        let lost = bench.ask("create_orders", json!({"orders": [good(), good(), good()]})).await;
        assert_eq!(lost.answer.class, Class::Unknown, "{trouble:?}: {:?}", lost.answer);
        let found = bench.go_on(&lost, CallPurpose::LookUp).await;
        assert_eq!(found.answer.class, Class::Ok, "{trouble:?}: {:?}", found.answer);
        let ids = found.answer.output.to_json()["external_ids"].as_array().map(Vec::len);
        assert_eq!((ids, bench.count().await), (Some(3), before + 3), "{trouble:?}");
    }
    // A page of a proxy: nothing was made, and the look-up says so of each.
    let before = bench.count().await;
    bench.trouble(Trouble::Page, "batch").await;
    let lost = bench.ask("create_orders", json!({"orders": [good(), good()]})).await;
    assert_eq!(lost.answer.class, Class::Unknown, "{:?}", lost.answer);
    let absent = bench.go_on(&lost, CallPurpose::LookUp).await;
    assert_eq!((absent.answer.class, bench.count().await), (Class::NotFound, before), "{:?}", absent.answer);
    let made = bench.go_on(&absent, CallPurpose::Call).await;
    assert_eq!((made.answer.class, bench.count().await), (Class::Ok, before + 2), "{:?}", made.answer);

    let Mock::Erp(erp) = &bench.mock else { panic!("an ERP") };
    let state = erp.state();
    let references: Vec<&str> =
        state["orders"].as_array().expect("orders").iter().filter_map(|order| order["reference"].as_str()).collect();
    let own: BTreeSet<&str> = references.iter().copied().collect();
    assert_eq!(own.len(), references.len(), "no two orders have one reference: {references:?}");
    assert!(references.iter().all(|reference| !reference.is_empty() && reference.len() <= 12), "{references:?}");
}

fn kingdee_order(number: &str, supplier: &str) -> Value {
    json!({
        "number": number, "date": "2026-01-05", "supplier": supplier, "organisation": "100", "currency": "PRE001",
        "lines": [{"material": "M001", "unit": "Pcs", "quantity": "2", "tax_price": "113", "tax_rate": "13", "delivery_date": "2026-01-20"}],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_of_one_kingdee_batch_are_each_saved_refused_or_found_again() {
    let bench = Bench::start(row("kingdee_galaxy")).await;
    let good = |number: &str| kingdee_order(number, "VEN00003");
    let made = bench.output("create_orders", json!({"orders": [good("B-1"), good("B-2")]})).await;
    assert_eq!((made["external_ids"].as_array().map(Vec::len), bench.count().await), (Some(2), 2), "{made}");

    // Refused in the middle; the two others stand under another list of the answer.
    let part = bench.ask("create_orders", json!({"orders": [good("B-3"), kingdee_order("B-4", "NOBODY"), good("B-5")]})).await;
    assert_eq!((part.answer.class, part.answer.code.as_deref()), (Class::Refused, Some("partly_done")), "{:?}", part.answer);
    assert_eq!(part.answer.message.as_deref(), Some("2 of 3 items are done; refused: B-4 (供应商NOBODY不存在)"));
    assert_eq!(bench.count().await, 4);

    // A number that is taken may be ours: it is looked up, and only then counts.
    let taken = bench.ask("create_orders", json!({"orders": [good("B-6"), good("B-5")]})).await;
    assert_eq!(taken.answer.class, Class::Unknown, "{:?}", taken.answer);
    let found = bench.go_on(&taken, CallPurpose::LookUp).await;
    assert_eq!((found.answer.class, bench.count().await), (Class::Ok, 5), "{:?}", found.answer);

    for (trouble, number) in [(Trouble::Lost, "B-7"), (Trouble::Half, "B-8"), (Trouble::Error, "B-9")] {
        let before = bench.count().await;
        bench.trouble(trouble, "BatchSave").await;
        let lost = bench.ask("create_orders", json!({"orders": [good(number), good(&format!("{number}-2"))]})).await;
        assert_eq!(lost.answer.class, Class::Unknown, "{trouble:?}: {:?}", lost.answer);
        let found = bench.go_on(&lost, CallPurpose::LookUp).await;
        assert_eq!((found.answer.class, bench.count().await), (Class::Ok, before + 2), "{trouble:?}: {:?}", found.answer);
    }
}
