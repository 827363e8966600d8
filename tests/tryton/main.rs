//! A real purchase order through a real ERP: created and submitted in Tryton by a buyer, approved in the OA, booked in
//! finance, confirmed in Tryton. Files alone make it run (`examples/tryton`); the hub is the shipped program.
//!
//! Run by `scripts/test-tryton WORKDIR`, which sets Tryton up first.

mod erp;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod world;

use mock_systems::{ApprovalStatus, System};
use serde_json::{Value, json};
use std::time::Instant;
use world::{OUT_OF_OVERLAP, World};

/// The states in which Tryton holds an order that was confirmed.
const CONFIRMED: &[&str] = &["confirmed", "processing"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_order_is_booked_once_and_confirmed() {
    let world = World::start().await;
    let id = world.erp.submit_order("REQ-APPROVE", 2).await;
    let number = world.erp.order(id).await.number;
    let approval = world.open_approval(&number).await;
    assert_eq!(world.form(&approval).await["金额"], "1870.00");
    assert_eq!(world.erp.order(id).await.state, "quotation", "nothing is confirmed before it is approved");
    world.ledger(&number, "in approval", |page| page["status"] == "in_approval").await;

    world.decide(&approval, ApprovalStatus::Approved);
    world.erp_state(id, CONFIRMED).await;
    // The hub hears of its own confirmation as well; that must neither be a revision nor start anything.
    let page = world.ledger(&number, "released, and seen so in Tryton", |page| released(page) && page["source_status"] == "released").await;

    let books = world.books(&number);
    assert_eq!(books.approvals.len(), 1, "one approval: {books:?}");
    assert_booked_once(&world, &number, "1870.00");
    assert_eq!(page["revision"], 1, "{page:#}");
    assert_eq!(instances(&page), [("ended", "approved")]);
    assert_eq!(link(&page, "tryton_main")["external_id"], id.to_string());
    assert_eq!(link(&page, "oa_main")["external_id"], approval.as_str());
    let payable = page["relations"].as_array().and_then(|relations| relations.iter().find(|relation| relation["relation"] == "pays"));
    let payable = payable.and_then(|relation| relation["document"].as_str()).unwrap_or_else(|| panic!("no payable: {page:#}"));
    let payable = world.hub.get(&format!("/api/v1/documents/{payable}")).await;
    assert_eq!(payable["key"], format!("AP-{number}"));
    assert_eq!(link(&payable, "finance_main")["external_id"], books.payables[0].id.as_str());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_order_is_cancelled_and_never_booked() {
    let world = World::start().await;
    let id = world.erp.submit_order("REQ-REFUSE", 3).await;
    let number = world.erp.order(id).await.number;
    let approval = world.open_approval(&number).await;

    world.decide(&approval, ApprovalStatus::Rejected);
    world.erp_state(id, &["cancelled"]).await;
    // Tryton now says "cancelled", which is our own doing and no withdrawal by the buyer.
    let page = world.ledger(&number, "ended, and seen cancelled", |page| ended(page) && page["source_status"] == "cancelled").await;
    assert_eq!(page["status"], "rejected");
    assert_eq!(instances(&page), [("ended", "rejected")]);
    let books = world.books(&number);
    assert!(books.payables.is_empty() && books.approvals.len() == 1, "{books:?}");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_edited_in_approval_is_approved_anew() {
    let world = World::start().await;
    let id = world.erp.submit_order("REQ-CHANGE", 2).await;
    let number = world.erp.order(id).await.number;
    let submitted = Instant::now();
    let first = world.open_approval(&number).await;
    // From then on only the line's own time of change can tell.
    world.until("the order is out of the overlap", async || (submitted.elapsed() > OUT_OF_OVERLAP).then_some(())).await;

    world.erp.change_line(id, 3).await;
    let withdrawn = async || {
        let books = world.books(&number);
        let first = books.approvals.iter().find(|approval| approval.id == first)?;
        (first.status == ApprovalStatus::Withdrawn).then_some(())
    };
    world.until("the first approval is withdrawn", withdrawn).await;
    let second = world.open_approval(&number).await;
    assert_ne!(first, second);
    assert_eq!(world.form(&second).await["金额"], "2805.00");

    world.decide(&second, ApprovalStatus::Approved);
    world.erp_state(id, CONFIRMED).await;
    let page = world.ledger(&number, "released", released).await;
    assert_eq!(page["revision"], 2, "{page:#}");
    assert_eq!(instances(&page)[0], ("ended", "approved"), "{page:#}");
    assert_eq!(world.books(&number).approvals.len(), 2);
    assert_booked_once(&world, &number, "2805.00");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_taken_back_and_submitted_again_is_approved_anew() {
    let world = World::start().await;
    let id = world.erp.submit_order("REQ-BACK", 2).await;
    let number = world.erp.order(id).await.number;
    let first = world.open_approval(&number).await;

    world.erp.step(id, "draft").await;
    let page = world.ledger(&number, "cancelled", |page| page["status"] == "cancelled" && ended(page)).await;
    assert_eq!(page["withdrawn"], true, "{page:#}");
    let status = world.books(&number).approvals.iter().map(|approval| approval.status).collect::<Vec<_>>();
    assert_eq!(status, [ApprovalStatus::Withdrawn]);

    // Submitted again without a change: no new revision, and still an approval of its own.
    world.erp.step(id, "quote").await;
    let second = world.open_approval(&number).await;
    assert_ne!(first, second);
    world.decide(&second, ApprovalStatus::Approved);
    world.erp_state(id, CONFIRMED).await;
    let page = world.ledger(&number, "released", released).await;
    assert_eq!(page["revision"], 1, "{page:#}");
    assert_booked_once(&world, &number, "1870.00");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_killed_between_approval_and_booking_finishes_once() {
    let mut world = World::start().await;
    let id = world.erp.submit_order("REQ-KILL", 4).await;
    let number = world.erp.order(id).await.number;
    let approval = world.open_approval(&number).await;
    let refuse_all = json!({"operations": {"create_payable": {"reset_before": 1.0}}});
    world.mocks.set_switches(System::Finance, &refuse_all).expect("known switches");
    world.decide(&approval, ApprovalStatus::Approved);
    let tried = async || world.mocks.traffic()["finance"]["operations"]["create_payable"]["requests"].as_u64().filter(|tries| *tries > 0);
    world.until("booking was tried", tried).await;

    // Finance works again when the hub is back, but loses its first answer: the repeat must be recognised as one.
    let lose_one = json!({"operations": {"create_payable": {"reset_before": 0.0, "lost_response_next": 1}}});
    world.kill_and_restart(|mocks| mocks.set_switches(System::Finance, &lose_one).expect("known switches")).await;
    assert!(world.books(&number).payables.is_empty(), "nothing was booked before the kill");
    world.erp_state(id, CONFIRMED).await;
    let page = world.ledger(&number, "released", released).await;
    assert_eq!(instances(&page), [("ended", "approved")]);
    assert_eq!(world.books(&number).approvals.len(), 1);
    assert_booked_once(&world, &number, "3740.00");
    world.hub.stop().await;
}

fn released(page: &Value) -> bool {
    page["status"] == "released" && ended(page)
}

fn ended(page: &Value) -> bool {
    instances(page).first().is_some_and(|(status, _)| *status == "ended")
}

/// Status and outcome of a document's instances, newest first.
fn instances(page: &Value) -> Vec<(&str, &str)> {
    let items = page["instances"].as_array().into_iter().flatten();
    items.map(|item| (item["status"].as_str().unwrap_or_default(), item["outcome"].as_str().unwrap_or_default())).collect()
}

fn link<'a>(page: &'a Value, connection: &str) -> &'a Value {
    let mut links = page["links"].as_array().into_iter().flatten();
    links.find(|link| link["connection"] == connection).unwrap_or_else(|| panic!("no link to {connection}: {page:#}"))
}

fn assert_booked_once(world: &World, number: &str, amount: &str) {
    let books = world.books(number);
    let [payable] = books.payables.as_slice() else { panic!("one payable: {books:?}") };
    assert_eq!((payable.amount.to_string().as_str(), payable.void), (amount, false));
    assert!(!payable.reference.is_empty());
}
