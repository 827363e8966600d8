//! An effect whose flow version cannot be loaded, and one whose outcome cannot be recorded: the partner and the engine answer as told.

use super::*;
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::ids::{DocumentId, EffectId, InstanceId, TenantId};
use crate::gateway::{Outgoing, Raw, Unanswered, Wire};
use crate::runtime::{ManualClock, Spawner};
use crate::store::{DefinitionRow, EffectRow};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use uuid::Uuid;

/// Books that keep no key: whether something was booked is asked for by its reference.
const BOOKS: &str = r#"
format: 1
connector: books
title: {en: Books of the test, zh: 测试账簿}
settings: {base_url: {type: url}}
http: {base_url: "{{settings.base_url}}", timeout: 30s}
operations:
  book_lines:
    effect: write
    input: {reference: string, bookings: {type: [object], max_items: 100, fields: {number: string, quantity: decimal}}}
    request: {method: POST, path: /bookings, json: {reference: {value: input.reference}, items: {value: input.bookings}}}
    output: {id: {type: string, from: $.id}}
    idempotency: {by: lookup, operation: find_booking, with: {reference: input.reference}, executes_within: 1s, visible_within: 1s, ask_after: [1s, 4s]}
  find_booking:
    effect: read
    input: {reference: string}
    request: {method: GET, path: "/bookings/{{input.reference}}"}
    output: {id: {type: string, from: $.id, optional: true}}
"#;
const FLOW: &str = "book_delivery";

/// What was sent, by operation; everything succeeds.
#[derive(Default)]
struct Partner(Mutex<Vec<String>>);

impl Wire for Partner {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        self.0.lock().unwrap().push(outgoing.operation.to_owned());
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        std::future::ready(Ok(Raw { status: 200, headers, body: br#"{"id": "B-1"}"#.to_vec() })).boxed()
    }
}

/// The definitions of the test; a flow with another title is another version.
fn catalog(title: &str) -> Catalog {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/batches-content");
    let (mut files, findings) = crate::app::load::load(&root).expect("the project is readable");
    assert!(findings.is_empty(), "{findings:?}");
    files.insert("connectors/books/connector.yaml", BOOKS);
    let flow = files.get("flows/book_delivery.yaml").expect("the flow").replace("Book a delivery", title);
    files.insert("flows/book_delivery.yaml", flow);
    let (catalog, diagnostics) = Catalog::compile(files);
    assert!(!has_errors(&diagnostics), "{diagnostics:#?}");
    catalog
}

fn version(catalog: &Catalog) -> String {
    catalog.flows.get(FLOW).expect("the flow").id.0.to_string()
}

struct World {
    deliveries: Deliveries,
    clock: Arc<ManualClock>,
    partner: Arc<Partner>,
    /// What the engine was told.
    told: Arc<Mutex<Vec<Input>>>,
    /// What was stored beside the engine.
    put_off: Arc<Mutex<Vec<Progress>>>,
    _folder: tempfile::TempDir,
}

impl World {
    /// A hub with these definitions in force and an empty store, whose engine gives these verdicts and then only good ones.
    async fn new(catalog: Catalog, verdicts: Vec<Verdict>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}/hub.sqlite", folder.path().display());
        let store = crate::store::connect(&url, crate::store::Options::default()).await.expect("a store");
        store.migrate().await.expect("its tables");
        let clock = Arc::new(ManualClock::new("2026-11-30T08:00:00Z".parse().unwrap()));
        let partner = Arc::new(Partner::default());
        let told = Arc::new(Mutex::new(Vec::new()));
        let (hears, verdicts) = (told.clone(), Mutex::new(VecDeque::from(verdicts)));
        let answer = move |inputs: Vec<Input>| {
            let next = || verdicts.lock().unwrap().pop_front().unwrap_or(Verdict::Done);
            let answers: Vec<Verdict> = inputs.iter().map(|_| next()).collect();
            hears.lock().unwrap().extend(inputs);
            std::future::ready(answers).boxed()
        };
        let put_off = Arc::new(Mutex::new(Vec::new()));
        let keeps = put_off.clone();
        let keep = move |progress: Vec<Progress>| {
            let answers: Vec<Option<Fenced>> = progress.iter().map(|_| Some(Fenced::Held)).collect();
            keeps.lock().unwrap().extend(progress);
            std::future::ready(answers).boxed()
        };
        let deliveries = Deliveries {
            gateway: Arc::new(Gateway::over(crate::gateway::Options::default(), clock.clone(), partner.clone())),
            live: Arc::new(Live::new(Arc::new(catalog), 1, b"test")),
            store,
            engine: Group::start(&Spawner::default(), 16, 1, 1, Arc::new(answer)),
            progress: Group::start(&Spawner::default(), 16, 1, 1, Arc::new(keep)),
            notices: Arc::new(Notices::new(&[], HashMap::new()).expect("no channel is none that is wrong")),
            clock: clock.clone(),
            lease: Duration::from_secs(60),
        };
        Self { deliveries, clock, partner, told, put_off, _folder: folder }
    }

    /// One hold of the effect.
    async fn perform(&self, version: &str, delivery: &str) {
        let now = self.clock.now();
        let work = Work::Call {
            connection: "books_main".to_owned(),
            operation: "book_lines".to_owned(),
            input: serde_json::json!({"reference": "WB-1", "bookings": [{"number": "L1", "quantity": "1"}]}),
            reference: "WB-1".to_owned(),
            purpose: Purpose::Forward,
        };
        let effect = EffectRow {
            id: EffectId(Uuid::from_u128(3)),
            tenant: TenantId::DEFAULT,
            instance: InstanceId(Uuid::from_u128(2)),
            document: DocumentId(Uuid::from_u128(1)),
            connection: "books_main".to_owned(),
            lane: "books_main:1".to_owned(),
            seq: 1,
            step: "book#1".to_owned(),
            priority: 5,
            version: version.to_owned(),
            work: serde_json::to_string(&work).expect("JSON"),
            retry: "{}".to_owned(),
            state: "started".to_owned(),
            delivery: delivery.to_owned(),
            attempt: 1,
            due_at: now,
            created_at: now,
        };
        let claimed = ClaimedEffect { effect, token: 1, orphaned: false, sealed: false };
        Box::pin(self.deliveries.perform(claimed, self.clock.monotonic(), || {})).await;
    }

    fn sent(&self) -> Vec<String> {
        self.partner.0.lock().unwrap().clone()
    }

    fn told(&self) -> Vec<Input> {
        self.told.lock().unwrap().clone()
    }
}

fn ended(input: &Input) -> &Ended {
    let Input::Ended(ended) = input else { panic!("{input:?}") };
    ended
}

/// Code and stored progress of an effect that is stuck.
fn stuck(input: &Input) -> (&'static str, Progress) {
    let Input::Stuck(stuck) = input else { panic!("{input:?}") };
    let StuckAt::Effect(at) = &stuck.at else { panic!("{stuck:?}") };
    (stuck.code, at.1.clone())
}

fn delivery(progress: &Progress) -> Delivery {
    serde_json::from_str(&progress.delivery).expect("what was stored is read")
}

#[tokio::test]
async fn an_effect_whose_version_is_not_there_is_stuck_unsent_and_goes_on_when_it_is() {
    let (older, world) = (catalog("As it was"), World::new(catalog("As it is"), Vec::new()).await);
    let hash = version(&older);
    world.perform(&hash, "{}").await;
    let (code, progress) = stuck(&world.told()[0]);
    assert_eq!((code, progress.state.as_str()), ("version_unloadable", "waiting"));
    assert_eq!(progress.due_at, world.clock.now() + SignedDuration::from_mins(15));
    assert_eq!(delivery(&progress), Delivery::default(), "nothing is in doubt");
    assert_eq!(world.sent(), Vec::<String>::new());

    let row = DefinitionRow {
        tenant: TenantId::DEFAULT,
        kind: "bundle".to_owned(),
        id: crate::app::engine::definitions::ANY_FLOW.to_owned(),
        hash: hash.clone(),
        text: older.flows.get(FLOW).expect("the flow").bundle.to_json(),
        author: "ana".to_owned(),
        message: "it is back".to_owned(),
        created_at: world.clock.now(),
    };
    world.deliveries.store.put_definitions(&[row]).await.expect("stored");
    world.clock.advance(Duration::from_secs(900));
    world.perform(&hash, &progress.delivery).await;
    assert_eq!(world.sent(), ["book_lines"]);
    assert!(matches!(ended(&world.told()[1]).result, EffectResult::Done { .. }), "{:?}", world.told()[1]);
}

#[tokio::test]
async fn an_effect_whose_version_cannot_be_read_while_the_store_is_away_waits_without_a_word() {
    let world = World::new(catalog("As it is"), Vec::new()).await;
    world.deliveries.store.close().await;
    world.perform(&version(&catalog("As it was")), "{}").await;
    assert!(world.told().is_empty(), "it is nobody's matter: {:?}", world.told());
    let put_off = world.put_off.lock().unwrap().clone();
    let [progress] = put_off.as_slice() else { panic!("{put_off:?}") };
    assert_eq!((progress.state.as_str(), progress.due_at), ("waiting", world.clock.now() + SignedDuration::from_secs(5)));
    assert_eq!(world.sent(), Vec::<String>::new());
}

#[tokio::test]
async fn an_outcome_that_cannot_be_recorded_is_asked_for_before_anything_is_sent_again() {
    let known = catalog("As it is");
    let hash = version(&known);
    let world = World::new(known, vec![Verdict::Failed("no column takes this".to_owned())]).await;
    let sent_at = world.clock.now();
    world.perform(&hash, "{}").await;
    assert_eq!(world.sent(), ["book_lines"]);
    let told = world.told();
    assert!(matches!(ended(&told[0]).result, EffectResult::Done { .. }), "the partner has done it: {:?}", told[0]);
    let stopped = ended(&told[1]);
    assert!(matches!(&stopped.result, EffectResult::Failed { class, .. } if class == "unknown"), "{:?}", stopped.result);
    assert_eq!((stopped.progress.state.as_str(), stopped.progress.attempts.len()), ("failed", 0), "not with what cannot be stored");
    let kept = delivery(&stopped.progress);
    assert_eq!((kept.in_doubt, kept.first_sent_at), (true, Some(sent_at)));

    // A person has it tried again: the look-up has its waits, and finds what was booked.
    let mut stored = stopped.progress.delivery.clone();
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(10));
        world.perform(&hash, &stored).await;
        let Some(progress) = world.put_off.lock().unwrap().pop() else { break };
        stored = progress.delivery;
    }
    assert_eq!(world.sent(), ["book_lines", "find_booking"], "asked for, and not booked a second time");
    assert!(matches!(ended(&world.told()[2]).result, EffectResult::Done { .. }), "{:?}", world.told()[2]);
}

#[tokio::test]
async fn what_came_of_an_effect_stays_in_doubt_when_it_cannot_even_be_stopped_or_its_version_is_gone() {
    let cannot = || Verdict::Failed("no column takes this".to_owned());
    let gone = || Verdict::Unloadable("it does not compile any more".to_owned());
    for (verdicts, code, state) in
        [(vec![cannot(), cannot()], "decision_failed", "failed"), (vec![gone()], "version_unloadable", "waiting")]
    {
        let known = catalog("As it is");
        let hash = version(&known);
        let world = World::new(known, verdicts).await;
        world.perform(&hash, "{}").await;
        let told = world.told();
        let (said, progress) = stuck(told.last().expect("it is said"));
        assert_eq!((said, progress.state.as_str()), (code, state));
        let kept = delivery(&progress);
        assert_eq!((kept.in_doubt, kept.first_sent_at), (true, Some(world.clock.now())), "{code}");
        assert_eq!(world.sent(), ["book_lines"]);
    }
}
