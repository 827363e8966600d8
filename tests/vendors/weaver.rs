//! Weaver: registered keys, requests in people's names, no state "rejected" and no webhook of the vendor's; orders from SAP.

use crate::partners::weaver::{register, world};
use crate::world::{World, id, link};
use reqwest::Method;
use serde_json::{Value, json};

/// What people do to a request.
async fn act(world: &World, instance: &Value, what: Value) {
    world.control(Method::POST, &format!("instances/{}/act", id(instance)), what).await;
}

/// Waits for an exception whose page has these words.
async fn exception(world: &World, words: &str) {
    let stands = async || world.hub.open_exceptions().await.iter().any(|one| one.to_string().contains(words)).then_some(());
    world.until(&format!("an exception that says `{words}`"), stands).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_approved_booked_and_later_revoked() {
    let world = world().await;
    let number = world.order("4500200001");
    let instance = world.wait_for_instances(1).await.remove(0);
    assert_eq!(instance["creator"], "1001", "in its originator's name: {instance:#}");
    let main = &instance["main"];
    assert_eq!((&main["ddbh"], &main["je"], &main["sqr"]), (&json!(number), &json!("1070.37"), &json!("1001")), "{instance:#}");
    let reference = main["wbdh"].as_str().expect("a text");
    assert!(instance["title"].as_str().is_some_and(|title| title.ends_with(&format!("[{reference}]"))), "{instance:#}");
    let rows = instance["details"]["formtable_main_45_dt1"].as_array().expect("rows");
    let amounts: Vec<&Value> = rows.iter().map(|row| &row["mxje"]).collect();
    assert_eq!(amounts, ["700.00", "370.37"], "{instance:#}");
    let page = world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    assert_eq!(page["revision"], 1, "{page:#}");

    // Tokens lapse in the middle of a reading, the session filter sends its page, and the line fails; twice the answer is told.
    for operation in ["status", "form", "log", "operators"] {
        world.rough(operation).await;
    }
    world.switch(json!({"login_page.form": 1, "session_lost.log": 1, "event_twice.archive": 1})).await;
    act(&world, &instance, json!({"do": "agree", "remark": "同意"})).await;
    let page = world.ended(&number, "released").await;
    assert_eq!(link(&page, "oa_weaver")["external_id"], instance["id"]);
    let books = world.books(&number);
    assert_eq!((books.payables.len(), books.payables[0].void), (1, false), "{books:?}");
    assert_eq!(world.erp_order(&number)["releases"], 1);
    let traffic = world.control(Method::GET, "traffic", Value::Null).await;
    assert_eq!((&traffic["event.failed"], &traffic["create"]), (&Value::Null, &json!(1)), "{traffic}");
    assert!(traffic["token"].as_u64().is_some_and(|count| count >= 4), "each lapse asks for a token anew: {traffic}");
    for operation in ["status", "form", "log", "operators"] {
        let left = world.control(Method::GET, "switches", Value::Null).await;
        assert_eq!(left[format!("token_expired.{operation}")], 0, "every fault has struck: {left}");
    }

    act(&world, &instance, json!({"do": "revoke"})).await;
    let void = async || world.books(&number).payables.iter().all(|payable| payable.void).then_some(());
    world.until("the booking is taken back", void).await;
    // SAP takes no released order back where its workflow does not ask again: that is a person's to settle.
    let asks = async || {
        let instances = world.hub.get("/api/v1/instances").await;
        instances["items"][0]["at_step"].as_str().is_some_and(|step| step.starts_with("reaction.")).then_some(())
    };
    world.until("SAP is asked to refuse the order", asks).await;
    let page = world.hub.document(&number).await.expect("in the ledger");
    assert_ne!(page["status"], "revoked", "not before SAP says so: {page:#}");
    assert_eq!(world.erp_order(&number)["status"], "05");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_are_looked_up_and_what_came_of_them_is_told_to_sap() {
    let world = world().await;
    // Done, and the answer lost; the list shows a new request a second late, and the action tells of it before the answer would.
    world.switch(json!({"lost_response.create": 1, "list_lag_ms": 1000, "event_twice.create": 1, "event_early.create": 1})).await;
    let lost = world.order("4500200011");
    let first = world.wait_for_instances(1).await.remove(0);
    world.found(&lost, &first).await;
    // Done, and answered with an error of the program.
    world.switch(json!({"inner_error_after.create": 1})).await;
    let stumbled = world.order("4500200012");
    let both = world.wait_for_instances(2).await;
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    world.found(&stumbled, second).await;
    // Archived both times; only the verdict tells.
    act(&world, &first, json!({"do": "refuse", "remark": "太贵"})).await;
    world.ended(&lost, "rejected").await;
    act(&world, second, json!({"do": "withdraw"})).await;
    world.ended(&stumbled, "expired").await;
    for number in [&lost, &stumbled] {
        assert_eq!(world.erp_order(number)["status"], "08", "refused in SAP");
        assert!(world.books(number).payables.is_empty());
    }
    assert_eq!(world.instances().await.len(), 2, "looked up, not made again");
    assert!(world.hub.open_exceptions().await.is_empty());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_changed_in_approval_takes_the_request_back_and_asks_anew() {
    let world = world().await;
    world.switch(json!({"code_object": true})).await;
    let number = world.order("4500200021");
    let first = world.wait_for_instances(1).await.remove(0);
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;
    world.change(&number);
    let both = world.wait_for_instances(2).await;
    let old = both.iter().find(|one| one["id"] == first["id"]).expect("the first");
    assert_eq!((&old["node_type"], &old["holders"]), (&json!(0), &json!(["1001"])), "taken back before the second was made: {both:#?}");
    let second = both.iter().find(|one| one["id"] != first["id"]).expect("a second");
    assert_eq!(second["main"]["je"], "570.37", "{second:#}");
    assert_ne!(second["main"]["wbdh"], first["main"]["wbdh"], "a reference of its own");
    world.found(&number, second).await;
    // The action's word is wrong: only reading again finds what became of it.
    world.switch(json!({"event_wrong_signature.return": 1})).await;
    act(&world, second, json!({"do": "return", "remark": "单价有误"})).await;
    world.ended(&number, "rejected").await;
    assert_eq!(world.erp_order(&number)["status"], "08");
    let forged = async || {
        let receipts = world.hub.get("/api/v1/connections/oa_weaver/receipts?limit=200").await;
        receipts["items"]
            .as_array()?
            .iter()
            .any(|receipt| receipt["verdict"].as_str().is_some_and(|verdict| verdict != "valid"))
            .then_some(())
    };
    world.until("what was not signed stands in the receipts", forged).await;
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_agreed_to_is_no_approval() {
    let world = world().await;
    // Without any action at a node: only lists and readings tell.
    world.switch(json!({"event_lost": true})).await;
    let mut requests = Vec::new();
    for (at, number) in ["4500200031", "4500200032", "4500200033"].into_iter().enumerate() {
        world.order(number);
        let all = world.wait_for_instances(at + 1).await;
        let request = all.into_iter().find(|one| one["main"]["ddbh"] == number).expect("its request");
        world.found(number, &request).await;
        requests.push((number, request));
    }
    for ((_, request), what) in requests.iter().zip(["end", "delete"]) {
        act(&world, request, json!({"do": what})).await;
    }
    // Through all nodes, and yet no word of what came of it.
    act(&world, &requests[2].1, json!({"do": "agree", "verdict": ""})).await;
    for (number, _) in &requests[..2] {
        world.ended(number, "expired").await;
        assert_eq!(world.erp_order(number)["status"], "08", "{number}");
    }
    exception(&world, "unknown_status").await;
    world.ledger("4500200033", "still in approval", |page| page["status"] == "in_approval").await;
    for (number, _) in &requests {
        assert!(world.books(number).payables.is_empty(), "{number}");
    }
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_is_never_repeated_blindly() {
    let world = world().await;
    // Answered by the session filter, so surely not done: once more with a new token.
    world.switch(json!({"login_page.create": 1, "session_lost.create": 1, "token_expired.create": 1})).await;
    let filtered = world.order("4500200041");
    let first = world.wait_for_instances(1).await.remove(0);
    world.found(&filtered, &first).await;
    // A page of somebody else's: nobody knows, nothing is found, and a person decides.
    world.switch(json!({"html_page.create": 1})).await;
    world.order("4500200042");
    exception(&world, "unknown_outcome").await;
    assert_eq!(world.instances().await.len(), 1, "not sent again by itself");
    // The workflow was published anew: its number is no longer in force, and the refusal says which field is wrong.
    let mut template = world.control(Method::GET, "templates", Value::Null).await["templates"][0].clone();
    template["code"] = json!("37");
    world.control(Method::PUT, "templates", template).await;
    world.order("4500200043");
    exception(&world, "workflowId").await;
    // Registered again by somebody: what the hub was given is worth nothing any more, and an operator is asked.
    world.register_again(register).await;
    world.order("4500200044");
    exception(&world, "credentials").await;
    assert_eq!(world.instances().await.len(), 1);
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_whose_making_in_sap_lost_its_answer_is_found_by_its_short_reference() {
    let world = world().await;
    let order = json!({
        "number": "RQ-4417", "requester": {"id": "BUYER7"}, "company": {"code": "1010"}, "currency": "CNY", "supplier": {"code": "VEN00003"},
        "total_net": "700.00", "total_gross": "700.00",
        "lines": [{"line_no": "10", "item": {"code": "M003"}, "description": "a gauge", "quantity": "7", "unit": "PC", "unit_price": "100.00", "net": "700.00"}],
    });
    let (status, made) = world.hub.post_as("/api/v1/flows/order_made_in_sap/instances", "made", &json!({"document": order})).await;
    assert!(matches!(status, 201 | 202), "{status} {made}");
    let instance = world.wait_for_instances(1).await.remove(0);
    assert_eq!(world.ours_in_the_erp(), Vec::<Value>::new(), "nothing is made before it is approved");
    world.lose_an_answer_of_the_erp();
    act(&world, &instance, json!({"do": "agree", "remark": "同意"})).await;
    let of_sap = |link: &Value| link["connection"] == "sap_main" && link["external_id"].is_string();
    let linked = |page: &Value| page["links"].as_array().is_some_and(|links| links.iter().any(of_sap));
    let page = world.ledger("RQ-4417", "made in SAP", linked).await;
    // SAP tells of its new order meanwhile, which is a document of its own there.
    let ours = world.ours_in_the_erp();
    assert_eq!(ours.len(), 1, "looked up, not made again: {ours:?}");
    let reference = ours[0]["reference"].as_str().expect("a text");
    assert!((10..=12).contains(&reference.chars().count()), "all that the field holds: {reference}");
    assert_eq!(link(&page, "sap_main")["external_id"], ours[0]["number"], "{page:#}");
    world.hub.stop().await;
}
