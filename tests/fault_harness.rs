//! Every outgoing operation of the shipped purchase order flow meets every fault, and the hub dies at every request.
//!
//! Judged by the mock systems' own audit: nothing lost, nothing done twice, everything finished without a person. Runs
//! on the embedded store and on PostgreSQL, against the real process.

#![expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]

mod support;

use mock_systems::{ApprovalStatus, Audit, Edit, Fault, Mode, NewOrders, OrderStatus, Registration, Running, System};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project, text};
use support::postgres::FreshDatabase;

/// A phase ends within this, or something is stuck.
const PHASE_WITHIN: Duration = Duration::from_secs(60);
/// Faults that leave nothing done.
const NOTHING_DONE: [Fault; 4] = [Fault::ResetBefore, Fault::Throttle, Fault::HtmlErrorPage, Fault::Http200Error];
/// Faults that do the work and spoil the answer.
const DONE_UNSEEN: [Fault; 4] = [Fault::LostResponse, Fault::ErrorAfter, Fault::MalformedJson, Fault::HugeBody];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_survives_every_fault_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    every_fault(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_survives_every_fault_on_postgres() {
    let database = FreshDatabase::create("fault_harness").await;
    every_fault(&database.url).await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_dies_at_every_request_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    dies_everywhere(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_dies_at_every_request_on_postgres() {
    let database = FreshDatabase::create("dies_everywhere").await;
    dies_everywhere(&database.url).await;
    database.drop().await;
}

/// Two replicas share a store; one is frozen for two leases in the middle of its work and comes back as a zombie.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_replica_that_comes_back_does_nothing_twice() {
    let database = FreshDatabase::create("zombie").await;
    let (mut world, _project) = World::start(&database.url).await;
    let other = World::project(&world.mocks);
    let second = HubProcess::start(&other, &database.url).await;
    let url = second.hook_url("oa_main", "approvals").await;
    let registration = Registration { url, secret: support::hub::secret("oa"), mode: Mode::Thin };
    world.mocks.register_webhook(System::Oa, &registration).expect("loopback");
    let busy = json!({"slow": 0.5, "lost_response": 0.05, "error_after": 0.05});
    let deciding = json!({"decide": "share", "reject_share": 0.2, "decide_after_ms": 500, "operations": {"create_approval": busy}});
    world.mocks.set_switches(System::Oa, &deciding).expect("known switches");
    world.mocks.set_switches(System::Finance, &json!({"operations": {"create_payable": busy}})).expect("known switches");
    world.mocks.set_switches(System::Erp, &json!({"operations": {"release_order": busy}})).expect("known switches");
    for round in 0..3 {
        let before = requests(&world.mocks);
        world.order(40, &format!("Z{round}"));
        eventually("work is under way", || async { requests(&world.mocks) > before + 30 * (round + 1) }).await;
        world.hub.signal("STOP");
        // Two leases: everything it held is taken over by the other.
        tokio::time::sleep(Duration::from_secs(10)).await;
        world.hub.signal("CONT");
    }
    let orders = world.numbers.clone();
    world.until("every order finishes", &orders, is_over).await;
    world.verdict("after the zombie").await;
    println!("{} orders, two replicas, one frozen three times for two leases: 0 lost, 0 duplicated", orders.len());
    second.stop().await;
    world.hub.stop().await;
    world.mocks.stop().await;
    database.drop().await;
}

/// What one operation is to meet, once each.
struct Faults {
    system: System,
    operation: &'static str,
    faults: Vec<Fault>,
}

fn read(system: System, operation: &'static str) -> Faults {
    Faults { system, operation, faults: [&NOTHING_DONE[..], &DONE_UNSEEN[..], &[Fault::Slow]].concat() }
}

fn create(system: System, operation: &'static str) -> Faults {
    let mut all = read(system, operation);
    all.faults.push(Fault::LateExecution);
    all
}

fn change(system: System, operation: &'static str) -> Faults {
    create(system, operation)
}

fn of(system: System, operation: &'static str, faults: &[Fault]) -> Faults {
    Faults { system, operation, faults: faults.to_vec() }
}

const WEBHOOK: [Fault; 3] = [Fault::DuplicateWebhook, Fault::ReorderWebhook, Fault::LostWebhook];

struct World {
    mocks: Running,
    hub: HubProcess,
    numbers: Vec<(String, String)>,
    /// Exceptions that were met and settled from the desk: step and code.
    settled: Mutex<BTreeSet<(String, String)>>,
}

impl World {
    /// The shipped polls are half a minute; what a lost webhook costs must fit into a test.
    fn project(mocks: &Running) -> Project {
        Project::shipped(mocks).retime(&[("every: 30s", "every: 3s"), ("every: [10s, 1m, 10m, 2h]", "every: [1s, 2s, 4s]")])
    }

    async fn start(store: &str) -> (World, Project) {
        let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
        let project = Self::project(&mocks);
        let hub = HubProcess::start(&project, store).await;
        for system in System::ALL {
            let promises = json!({"executes_within_ms": 800, "visible_within_ms": 500, "slow_ms": 700, "webhook_attempts": 20});
            mocks.set_switches(system, &promises).expect("known switches");
        }
        for (system, connection, webhook, secret) in [(System::Erp, "erp_hq", "orders", "erp"), (System::Oa, "oa_main", "approvals", "oa")]
        {
            let url = hub.hook_url(connection, webhook).await;
            let registration = Registration { url, secret: support::hub::secret(secret), mode: Mode::Thin };
            mocks.register_webhook(system, &registration).expect("loopback");
        }
        (World { mocks, hub, numbers: Vec::new(), settled: Mutex::default() }, project)
    }

    fn order(&mut self, count: usize, prefix: &str) -> Vec<(String, String)> {
        let wanted =
            NewOrders { count, number: Some(format!("PO-{prefix}")), amount: Some(12_000.into()), lines: 2, ..NewOrders::default() };
        let made = self.mocks.create_orders(&wanted).expect("orders are made");
        self.numbers.extend(made.iter().cloned());
        made
    }

    /// Sets one-shot switches.
    fn arm(&self, armed: &[Faults]) {
        for Faults { system, operation, faults } in armed {
            let next: Map<String, Value> = faults.iter().map(|fault| (format!("{}_next", fault.name()), json!(1))).collect();
            self.mocks.set_switches(*system, &json!({"operations": {*operation: next}})).expect("known switches");
        }
    }

    /// One-shot switches that have not struck yet.
    fn left(&self, armed: &[Faults]) -> Vec<String> {
        let mut left = Vec::new();
        for Faults { system, operation, faults } in armed {
            let switches = self.mocks.switches(*system);
            let waiting = faults.iter().filter(|fault| !switches["operations"][*operation][format!("{}_next", fault.name())].is_null());
            left.extend(waiting.map(|fault| format!("{}.{operation}.{}", system.name(), fault.name())));
        }
        left
    }

    /// Waits until every one-shot switch has struck.
    async fn struck(&self, armed: &[Faults]) {
        let began = Instant::now();
        while !self.left(armed).is_empty() {
            self.settle().await;
            assert!(began.elapsed() < PHASE_WITHIN, "these never struck: {:?}", self.left(armed));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the audit says so; else tells the stories of the orders that are not there yet.
    async fn until(&self, what: &str, orders: &[(String, String)], there: impl Fn(&Audit, &str) -> bool) {
        let began = Instant::now();
        loop {
            let audit = self.mocks.audit();
            let missing: Vec<&String> = orders.iter().map(|(_, number)| number).filter(|number| !there(&audit, number)).collect();
            if missing.is_empty() {
                return;
            }
            self.settle().await;
            if began.elapsed() > PHASE_WITHIN {
                let mut stories = String::new();
                for number in missing.iter().take(3) {
                    stories += &format!("\n{:?}{}", audit.orders.get(*number), self.hub.story(number).await);
                }
                panic!("{what}: {missing:?} are not there; exceptions {:?}{stories}", self.hub.open_exceptions().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// An answer that is too large to read does not get smaller: the hub stops with a name, and a person repairs the partner
    /// and retries. Nothing else may stop here.
    async fn settle(&self) {
        for exception in self.hub.open_exceptions().await {
            let message = text(&exception["message"]);
            if !message.contains("larger than") {
                continue;
            }
            let body = json!({"reason": "the partner answers in bounds again"});
            let (status, answer) = self.hub.post(&format!("/api/v1/exceptions/{}/retry", text(&exception["id"])), &body).await;
            assert!(matches!(status, 202 | 409), "retry: {status} {answer}");
            self.settled.lock().expect("not poisoned").insert((text(&exception["step"]), text(&exception["code"])));
        }
    }

    async fn verdict(&self, what: &str) {
        let numbers: Vec<&str> = self.numbers.iter().map(|(_, number)| number.as_str()).collect();
        let audit = self.mocks.audit();
        let verdict = audit.verdict(&numbers);
        let mut stories = String::new();
        for detail in verdict.details.iter().take(3) {
            stories += &format!("\n{:?}{}", audit.orders.get(&detail.order), self.hub.story(&detail.order).await);
        }
        assert_eq!((verdict.lost, verdict.duplicated, verdict.unfinished), (0, 0, 0), "{what}: {:?}{stories}", verdict.details);
        let open = self.hub.open_exceptions().await;
        assert_eq!(open, Vec::<Value>::new(), "{what}: nobody is needed");
        eventually("every instance ends", || async {
            let running = self.hub.get("/api/v1/instances?status=running&limit=500").await;
            running["items"].as_array().is_some_and(Vec::is_empty)
        })
        .await;
    }
}

async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PHASE_WITHIN, "not within {PHASE_WITHIN:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn open_approval(audit: &Audit, number: &str) -> Option<String> {
    let order = audit.orders.get(number)?;
    order.approvals.iter().find(|approval| approval.status == ApprovalStatus::Running).map(|approval| approval.id.clone())
}

/// At its end with everything that belongs to it: what is released may still have to be booked.
fn is_over(audit: &Audit, number: &str) -> bool {
    let verdict = audit.verdict(&[number]);
    verdict.lost + verdict.unfinished == 0
}

fn is(audit: &Audit, number: &str, status: OrderStatus) -> bool {
    audit.orders.get(number).is_some_and(|order| order.status == Some(status))
}

async fn every_fault(store: &str) {
    let (mut world, _project) = World::start(store).await;
    let began = Instant::now();
    let mut met = 0;

    // Up to the open approval.
    let asking = [
        read(System::Erp, "get_order"),
        read(System::Erp, "check_budget"),
        of(System::Erp, "token", &[Fault::Throttle]),
        of(System::Erp, "webhook", &WEBHOOK),
        create(System::Oa, "create_approval"),
        of(System::Oa, "create_approval", &[Fault::EarlyWebhook]),
        of(System::Oa, "list_approvals", &[Fault::ResetBefore, Fault::Throttle, Fault::ErrorAfter, Fault::MalformedJson]),
        read(System::Oa, "get_approval"),
    ];
    world.arm(&asking);
    // Credentials lapse in the middle of it all, too.
    System::ALL.into_iter().for_each(|system| world.mocks.expire_sessions(system));
    let orders = world.order(36, "F");
    world.until("an approval is open for each", &orders, |audit, number| open_approval(audit, number).is_some()).await;
    world.struck(&asking).await;
    met += asking.iter().map(|faults| faults.faults.len()).sum::<usize>();
    println!("asked after {:?}", began.elapsed());

    // Changes and cancellations while in approval: what is open is withdrawn, whatever happens to the withdrawal.
    let withdrawing = [change(System::Oa, "withdraw_approval")];
    world.arm(&withdrawing);
    let (changed, cancelled, rest) = (&orders[..9], &orders[9..13], &orders[13..]);
    for (id, _) in changed {
        let edit = Edit { quantity: Some(77.into()), ..Edit::default() };
        world.mocks.edit_order(id, &edit).expect("the order is there");
    }
    for (id, _) in cancelled {
        world.mocks.edit_order(id, &Edit { cancel: true, ..Edit::default() }).expect("the order is there");
    }
    world
        .until("changed orders are asked anew", changed, |audit, number| {
            let order = &audit.orders[number];
            order.approvals.iter().any(|one| one.revision == order.revision && one.status == ApprovalStatus::Running)
                && order.live_approvals().count() == 1
        })
        .await;
    world.until("cancelled orders have no approval", cancelled, |audit, number| audit.orders[number].live_approvals().count() == 0).await;
    world.struck(&withdrawing).await;
    met += withdrawing.iter().map(|faults| faults.faults.len()).sum::<usize>();
    println!("withdrawn after {:?}", began.elapsed());

    // Decisions, booking, release and refusal.
    let deciding = [
        read(System::Erp, "get_order"),
        read(System::Erp, "check_budget"),
        change(System::Erp, "release_order"),
        change(System::Erp, "reject_order"),
        create(System::Finance, "create_payable"),
        read(System::Oa, "get_approval"),
        of(System::Oa, "webhook", &WEBHOOK),
    ];
    world.arm(&deciding);
    System::ALL.into_iter().for_each(|system| world.mocks.expire_sessions(system));
    let (agreed, refused): (Vec<_>, Vec<_>) = changed.iter().chain(rest).cloned().enumerate().partition(|(index, _)| index % 3 != 2);
    let plain = |list: Vec<(usize, (String, String))>| list.into_iter().map(|(_, order)| order).collect::<Vec<_>>();
    let (agreed, refused) = (plain(agreed), plain(refused));
    let audit = world.mocks.audit();
    for (orders, status) in [(&agreed, ApprovalStatus::Approved), (&refused, ApprovalStatus::Rejected)] {
        for (_, number) in orders {
            let approval = open_approval(&audit, number).expect("one is open");
            world.mocks.decide(&approval, status).expect("it is open");
        }
    }
    world
        .until("agreed orders are booked and released", &agreed, |audit, number| {
            is(audit, number, OrderStatus::Released) && audit.orders[number].live_payables().count() == 1
        })
        .await;
    world.until("refused orders are refused", &refused, |audit, number| is(audit, number, OrderStatus::Refused)).await;
    world.struck(&deciding).await;
    met += deciding.iter().map(|faults| faults.faults.len()).sum::<usize>();
    world.verdict("decided").await;
    println!("decided after {:?}", began.elapsed());

    // Revoked after approval: voided in finance, given back and refused in the ERP.
    let revoking = [
        change(System::Finance, "void_payable"),
        read(System::Finance, "get_payable"),
        change(System::Erp, "return_order"),
        change(System::Erp, "reject_order"),
        read(System::Erp, "get_order"),
    ];
    world.arm(&revoking);
    let audit = world.mocks.audit();
    for (_, number) in &agreed {
        let approval = &audit.orders[number].live_approvals().next().expect("it was approved").id;
        world.mocks.decide(approval, ApprovalStatus::Revoked).expect("it was approved");
    }
    world
        .until("revoked orders are voided and refused", &agreed, |audit, number| {
            is(audit, number, OrderStatus::Refused) && audit.orders[number].live_payables().count() == 0
        })
        .await;
    world.struck(&revoking).await;
    met += revoking.iter().map(|faults| faults.faults.len()).sum::<usize>();
    world.verdict("revoked").await;
    let audit = world.mocks.audit();
    for (_, number) in &agreed {
        let order = &audit.orders[number];
        // Payables may be more: a release that stopped unread had its sibling voided, and was booked anew when it was retried.
        assert_eq!((order.releases, order.returns, order.rejections), (1, 1, 1), "{number}: each effect once");
    }
    println!("settled from the desk: {:?}", world.settled.lock().expect("not poisoned"));
    println!("{} orders, {met} faults met one by one, 0 lost, 0 duplicated, {:?}", world.numbers.len(), began.elapsed());
    world.hub.stop().await;
    world.mocks.stop().await;
}

/// Requests of business operations so far; polls are not counted.
fn requests(mocks: &Running) -> u64 {
    let traffic = mocks.traffic();
    let counted = [
        ("erp", "check_budget"),
        ("erp", "release_order"),
        ("erp", "reject_order"),
        ("oa", "create_approval"),
        ("finance", "create_payable"),
    ];
    let of = |(system, operation): (&str, &str)| traffic[system]["operations"][operation]["requests"].as_u64().unwrap_or(0);
    counted.into_iter().map(of).sum()
}

async fn dies_everywhere(store: &str) {
    let (mut world, _project) = World::start(store).await;
    // Decisions come by themselves, so that they also come while the hub is dead.
    world.mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.2, "decide_after_ms": 300})).expect("known switches");
    let mut kills = 0;
    // Pauses after the request was seen: before its answer, around its commit, and after.
    for pause_ms in [0, 3, 12, 40] {
        for step in 0..6 {
            let before = requests(&world.mocks);
            let order = world.order(1, &format!("K{pause_ms}-{step}")).remove(0);
            if step == 0 {
                // Acknowledged, and nothing more.
                world
                    .until("the webhook is acknowledged", std::slice::from_ref(&order), |audit, number| audit.orders[number].acknowledged)
                    .await;
            }
            let began = Instant::now();
            while requests(&world.mocks) < before + step && began.elapsed() < Duration::from_secs(3) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            world.hub.kill().await;
            kills += 1;
            world.hub.restart(store).await;
        }
    }
    let orders = world.numbers.clone();
    world.until("every order finishes", &orders, is_over).await;
    world.verdict("after all deaths").await;
    println!("{} orders, {kills} deaths, 0 lost, 0 duplicated", orders.len());
    world.hub.stop().await;
    world.mocks.stop().await;
}
