//! A decision that panics, in a batch with others, on a real store.

use super::*;
use crate::app::engine::batch::PANICS;
use crate::domain::catalog::Catalog;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::runtime::ManualClock;
use crate::store::{ExceptionFilter, InstanceRow, Keys, Options, Page, TimerKey};
use uuid::Uuid;

struct Nobody;

impl Claims for Nobody {
    fn room(&self) -> HashMap<String, u32> {
        HashMap::new()
    }

    fn take(&self, _: Vec<ClaimedEffect>, _: Vec<ReadyLane>, _: Timestamp, _: Duration) {}
}

impl Processor for Nobody {
    fn offer(&self, _: Message) {}
}

async fn runner(folder: &std::path::Path) -> (Runner, Arc<ManualClock>) {
    let store = crate::store::connect(&format!("sqlite:{}/hub.sqlite", folder.display()), Options::default()).await.expect("a store");
    store.migrate().await.expect("its tables");
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (files, _) = crate::app::load::load(&root).expect("the project is readable");
    let (catalog, _) = Catalog::compile(files);
    let clock = Arc::new(ManualClock::new("2026-11-30T08:00:00Z".parse().unwrap()));
    let runner = Runner {
        store,
        live: Arc::new(Live::new(Arc::new(catalog), 1, b"test")),
        clock: clock.clone(),
        owner: "test".to_owned(),
        lease: SignedDuration::from_secs(60),
        claims: Arc::new(Nobody),
        parked: Arc::new(Parked::default()),
        processor: Arc::new(Nobody),
        publishes: false,
        tally: Tally::default(),
        statements: Arc::default(),
    };
    (runner, clock)
}

/// An instance in a state that cannot be of interest: its timers say nothing to it.
fn instance(number: u128, version: &str, now: Timestamp) -> InstanceRow {
    InstanceRow {
        id: InstanceId(Uuid::from_u128(number)),
        tenant: TenantId::DEFAULT,
        document: DocumentId(Uuid::from_u128(1)),
        flow: "purchase_order_approval".to_owned(),
        version: version.to_owned(),
        status: "running".to_owned(),
        revision: 1,
        outcome: None,
        at_step: None,
        state: String::new(),
        lock: 0,
        started_at: now,
        updated_at: now,
        ended_at: None,
    }
}

#[tokio::test]
async fn a_decision_that_panics_stands_alone_in_an_exception_and_costs_the_others_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (runner, clock) = runner(folder.path()).await;
    let now = clock.now();
    let version = runner.live.now().live("purchase_order_approval").expect("the shipped flow").hash().to_owned();
    let timers: Vec<TimerKey> = (1..=21_u32)
        .map(|number| TimerKey {
            tenant: TenantId::DEFAULT,
            instance: InstanceId(Uuid::from_u128(number.into())),
            number: if number == 13 { PANICS } else { number },
        })
        .collect();
    let writes = Writes {
        instances_new: (1..=21).map(|number| instance(number, &version, now)).collect(),
        timers: timers.iter().map(|timer| (*timer, now)).collect(),
        ..Writes::default()
    };
    runner.store.decide(&Keys::default(), Box::new(move |_| Ok(writes))).await.expect("stored");

    let inputs: Vec<Input> = runner.store.due_timers(now, 100).await.unwrap().into_iter().map(Input::Timer).collect();
    assert_eq!(inputs.len(), 21);
    let verdicts = runner.run(inputs).await;
    let failed: Vec<_> = verdicts.iter().filter(|verdict| **verdict != Verdict::Done).collect();
    assert!(matches!(failed.as_slice(), [Verdict::Failed(words)] if words.contains("panicked")), "{verdicts:?}");
    assert!(runner.store.due_timers(now, 100).await.unwrap().is_empty(), "it is not looked at with every poll");
    let later = now + SignedDuration::from_mins(16);
    assert_eq!(runner.store.due_timers(later, 100).await.unwrap(), [timers[12]], "and not lost; the others have fired");
    let poison = runner.store.instance(TenantId::DEFAULT, timers[12].instance).await.unwrap().expect("the instance");
    assert_eq!(poison.status, "exception");
    let filter = ExceptionFilter { tenant: TenantId::DEFAULT, state: None, cause: None, instance: None, id: None };
    let open = runner.store.exceptions(&filter, &Page { limit: 100, after: None }).await.unwrap();
    let told: Vec<_> = open.iter().map(|row| (row.instance, row.code.as_str(), row.state.as_str())).collect();
    assert_eq!(told, [(Some(timers[12].instance), "decision_failed", "open")]);
}
