//! What sightings come to, decided on the shipped definitions; rows are kept between the batches as a store would.

use super::*;
use crate::app::engine::definitions::Live;
use crate::app::engine::input::{HeardInput, Input, Sighting};
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::flow::event::Outcome;
use crate::domain::ids::{ExceptionId, InboxId, InstanceId, TenantId, document_id};
use crate::domain::text::files::Files;
use crate::domain::value::Value;
use crate::store::{EffectRow, InstanceRow, LinkRow, Loaded};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use uuid::Uuid;

const TENANT: TenantId = TenantId::DEFAULT;
const SOURCE: &str = "erp_hq";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a time")
}

pub(super) struct World {
    pub(super) definitions: Arc<Definitions>,
    pub(super) rows: Loaded,
    /// Effects that were planned, in their order.
    pub(super) effects: Vec<EffectRow>,
    messages: u128,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// The shipped definitions, changed.
    fn with(change: impl Fn(&mut Files)) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let (mut files, findings) = crate::app::load::load(&root).expect("the project is readable");
        assert!(findings.is_empty(), "{findings:?}");
        change(&mut files);
        let (catalog, diagnostics) = Catalog::compile(files);
        assert!(!has_errors(&diagnostics), "{diagnostics:#?}");
        Self { definitions: Live::new(Arc::new(catalog), 1, b"test").now(), rows: Loaded::default(), effects: Vec::new(), messages: 0 }
    }

    /// The source is asked at `observed`, and what it says is worked on at `now`. Ids of instances that began.
    pub(super) fn see(&mut self, status: &str, observed: i64, now: i64) -> Vec<InstanceId> {
        self.see_as(status, observed, now, json!({}))
    }

    /// The same of an order in which these fields say something else.
    fn see_as(&mut self, status: &str, observed: i64, now: i64, says: Json) -> Vec<InstanceId> {
        self.messages += 1;
        let message = InboxId(Uuid::from_u128(self.messages));
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/erp-order-1.document.json");
        let mut json: Json = serde_json::from_str(&std::fs::read_to_string(root).expect("the sample")).expect("JSON");
        json.as_object_mut().expect("an object").remove("status_raw");
        let kind = self.definitions.catalog().documents.get("purchase_order").expect("the type").clone();
        json["status"] = status.into();
        for (field, value) in says.as_object().expect("fields") {
            json[field] = value.clone();
        }
        let read = kind.validate(&json).expect("a purchase order");
        let seen = Sighting {
            message,
            attempts: 0,
            telling: ExceptionId(Uuid::from_u128(self.messages)),
            tenant: TENANT,
            event: "purchase_orders".into(),
            connection: SOURCE.into(),
            kind: "purchase_order".into(),
            key: read.key.to_string(),
            external_id: "100001".into(),
            document: document_id(TENANT, "purchase_order", SOURCE, &read.key),
            body: read.value.to_json_text(),
            hash: kind.content_hash(&read.value),
            typed: read.value,
            payload: "{}".into(),
            version: Some(format!("{observed:09}")),
            status: Some(status.into()),
            withdrawn: status == "cancelled",
            display: "{}".into(),
            observed_at: at(observed),
        };
        let loaded = Loaded { messages: vec![message], ..self.rows.clone() };
        let batch = decide_batch(&[Input::Sighting(Arc::new(seen))], loaded, &self.circumstances(now));
        assert!(matches!(batch.verdicts.as_slice(), [Verdict::Done]), "{:?}", batch.verdicts);
        self.keep(batch.writes)
    }

    pub(super) fn circumstances(&self, now: i64) -> Circumstances {
        Circumstances {
            definitions: self.definitions.clone(),
            delegations: Arc::default(),
            now: at(now),
            lease: Lease { owner: "test".into(), until: at(now + 60) },
            room: HashMap::new(),
            publishes: false,
            traced: false,
        }
    }

    pub(super) fn keep(&mut self, writes: Writes) -> Vec<InstanceId> {
        self.effects.extend(writes.effects.into_iter().map(|new| new.effect));
        let rows = &mut self.rows;
        rows.documents.extend(writes.documents_new);
        for changed in writes.documents_changed {
            rows.documents.retain(|row| row.id != changed.id);
            rows.documents.push(changed);
        }
        rows.revisions.extend(writes.revisions);
        for link in writes.links {
            rows.links.retain(|row| (&row.connection, &row.external_id) != (&link.connection, &link.external_id));
            rows.links.push(link);
        }
        for drift in writes.drifts {
            rows.drifts.retain(|row| row.id != drift.id);
            rows.drifts.push(drift);
        }
        let begun = writes.instances_new.iter().map(|row| row.id).collect();
        rows.instances.extend(writes.instances_new);
        for changed in writes.instances_changed {
            rows.instances.retain(|row| row.id != changed.id);
            rows.instances.push(changed);
        }
        begun
    }

    /// All that runs ends, and of each flow a store would give only the newest from now on.
    fn end(&mut self, now: i64, status: &str) {
        let newest = self.rows.instances.iter().max_by_key(|row| row.started_at).expect("an instance").clone();
        self.rows.instances = vec![InstanceRow { status: "ended".into(), ended_at: Some(at(now)), ..newest }];
        self.rows.documents[0].status = status.into();
    }

    fn wrote(&mut self, sent: i64) {
        let link = self.rows.links.iter_mut().find(|link| link.connection == SOURCE).expect("the source's link");
        *link = LinkRow { written: Some("rejected".into()), written_at: Some(at(sent)), ..link.clone() };
    }

    fn status(&self) -> &str {
        &self.rows.documents[0].status
    }
}

#[test]
fn a_flow_that_begins_again_for_one_revision_is_another_instance_each_time() {
    let mut world = World::new();
    let mut begun = world.see("submitted", 0, 1);
    for round in 1..5 {
        let time = round * 100;
        world.end(time, "expired");
        assert_eq!(world.see("draft", time + 1, time + 2), [], "a draft starts nothing");
        begun.extend(world.see("submitted", time + 3, time + 4));
        assert_eq!(begun.len(), usize::try_from(round).unwrap() + 1, "one more in round {round}");
    }
    let distinct: std::collections::HashSet<_> = begun.iter().collect();
    assert_eq!(distinct.len(), begun.len(), "{begun:?}");
}

#[test]
fn what_was_read_before_our_last_write_does_not_use_up_its_echo() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    world.end(50, "revoked");
    // Two writes; the read between them is worked on after the second.
    world.wrote(60);
    world.wrote(70);
    world.see("rejected", 65, 80);
    assert_eq!(world.status(), "revoked", "the echo of the first write");
    world.see("draft", 90, 91);
    assert_eq!(world.status(), "revoked", "the echo of the second write");
    world.see("released", 100, 101);
    assert_eq!(world.status(), "released", "the source's own word");
}

#[test]
fn what_is_read_while_our_write_is_under_way_is_its_echo() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    world.end(50, "rejected");
    // Sent at 60, answered at 70 and written down then; read in between.
    world.wrote(60);
    world.see("rejected", 65, 71);
    assert_eq!(world.status(), "rejected");
    world.see("released", 80, 81);
    assert_eq!(world.status(), "released", "the write has been seen: this is the source's word");
}

#[test]
fn a_release_that_the_source_undoes_begins_nothing_and_is_drift_until_it_is_back() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    world.end(50, "released");
    world.rows.instances[0].outcome = Some("approved".into());
    world.wrote(60);
    world.see("released", 75, 76);
    let drifts = |world: &World| -> Vec<(String, String, Option<String>)> {
        world.rows.drifts.iter().map(|row| (row.kind.clone(), row.state.clone(), row.theirs.clone())).collect()
    };
    assert_eq!(drifts(&world), []);
    for time in [200, 210] {
        assert_eq!(world.see("submitted", time, time + 1), [], "the same content is not approved and paid a second time");
        assert_eq!(world.status(), "released", "what we know stands");
        assert_eq!(drifts(&world), [("approved_not_executed".into(), "open".into(), Some("submitted".into()))]);
    }
    world.see("released", 300, 301);
    assert_eq!(drifts(&world), [("approved_not_executed".into(), "resolved".into(), Some("submitted".into()))]);
    // Refused, it may be submitted again as it is.
    world.rows.instances[0].outcome = Some("rejected".into());
    assert_eq!(world.see("submitted", 400, 401).len(), 1);
}

#[test]
fn a_source_that_knows_fewer_words_does_not_overwrite_ours() {
    // Our status at the end, what the source says first and long after, and what the ledger says then.
    let table = [
        ("revoked", "submitted", "rejected", "revoked"),
        ("expired", "submitted", "draft", "expired"),
        ("revoked", "submitted", "released", "released"),
        // "released" says more than "approved", and what came from the source moves with it.
        ("approved", "submitted", "released", "released"),
        ("rejected", "rejected", "draft", "draft"),
    ];
    for (ours, first, then, expected) in table {
        let mut world = World::new();
        world.see("submitted", 0, 1);
        world.end(50, ours);
        world.wrote(60);
        world.see(first, 75, 76);
        world.see(then, 200, 201);
        assert_eq!(world.status(), expected, "{ours} here; {first}, then {then} there");
    }
}

#[test]
fn reads_that_overtake_our_write_are_not_the_source_s_word() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    world.end(50, "revoked");
    world.wrote(60);
    // Asked while our call was under way, and answered before it was.
    world.see("draft", 61, 72);
    world.see("rejected", 62, 73);
    assert_eq!(world.status(), "revoked");
    world.see("released", 200, 201);
    assert_eq!(world.status(), "released", "long after, the source speaks for itself");
}

/// The total is finance's word, and the source of orders is the ERP.
fn total_of_finance() -> World {
    World::with(|files| {
        let path = "documents/purchase_order.yaml";
        let text = files.get(path).expect("it ships").clone();
        assert!(text.contains("  total_gross: erp"), "{text}");
        files.insert(path, text.replace("  total_gross: erp", "  total_gross: finance"));
    })
}

impl World {
    /// The newest revision: its number, and what it says of a field.
    fn ledger(&self, field: &str) -> (u32, Json) {
        let newest = self.rows.revisions.iter().max_by_key(|row| row.number).expect("a revision");
        assert_eq!(self.rows.documents[0].revision, newest.number);
        let body: Json = serde_json::from_str(&newest.body).expect("JSON");
        (newest.number, body[field].clone())
    }

    /// Every difference: kind, field, state, and what the source says.
    fn drifts(&self) -> Vec<String> {
        let theirs = |text: &Option<String>| text.as_deref().unwrap_or_default().trim_matches('"').to_owned();
        let rows = self.rows.drifts.iter();
        rows.map(|row| format!("{} {} {} {}", row.kind, row.field.as_deref().unwrap_or_default(), row.state, theirs(&row.theirs))).collect()
    }
}

#[test]
fn what_a_source_says_of_a_field_it_does_not_own_is_drift_and_no_revision() {
    let mut world = total_of_finance();
    world.see("submitted", 0, 1);
    assert_eq!((world.ledger("total_gross"), world.drifts()), ((1, json!("11300.00")), vec![]), "first seen, it is taken as it is");
    world.see_as("submitted", 10, 11, json!({"total_gross": "99.00"}));
    assert_eq!(world.ledger("total_gross"), (1, json!("11300.00")));
    assert_eq!(world.drifts(), ["not_owned total_gross open 99.00"]);
    // What is the source's own comes in beside it, and the total stays where it is.
    world.see_as("submitted", 20, 21, json!({"total_gross": "98.00", "payment_terms": "NET60"}));
    assert_eq!(world.ledger("payment_terms"), (2, json!("NET60")));
    assert_eq!(world.ledger("total_gross"), (2, json!("11300.00")));
    assert_eq!(world.drifts(), ["not_owned total_gross open 98.00"], "one difference, as it is now");
    world.see_as("submitted", 30, 31, json!({"payment_terms": "NET60"}));
    assert_eq!(world.drifts(), ["not_owned total_gross resolved 98.00"], "they agree again");
    assert_eq!(world.ledger("total_gross").0, 2);
}

#[test]
fn what_is_older_than_what_is_known_neither_opens_nor_settles_a_difference() {
    let mut world = total_of_finance();
    world.see("submitted", 20, 21);
    world.see_as("submitted", 10, 22, json!({"total_gross": "99.00"}));
    assert_eq!(world.drifts(), Vec::<String>::new(), "it was so once");
    world.see_as("submitted", 30, 31, json!({"total_gross": "99.00"}));
    world.see("submitted", 25, 32);
    assert_eq!(world.drifts(), ["not_owned total_gross open 99.00"]);
}

impl World {
    /// A reading of an object, asked for at `observed` because of what was received at `received`, and worked on at `now`.
    fn heard(&mut self, outcome: Outcome, received: i64, observed: i64, now: i64) -> Writes {
        self.messages += 1;
        let message = InboxId(Uuid::from_u128(self.messages));
        let heard = HeardInput {
            message,
            attempts: 0,
            telling: ExceptionId(Uuid::from_u128(self.messages)),
            tenant: TENANT,
            connection: "oa_main".into(),
            event: "approval_changed".into(),
            external_id: "A1".into(),
            outcome: Some(outcome),
            output: Value::Unset,
            asked: None,
            heard: "{}".into(),
            seen: Some(outcome.word().to_owned()),
            received_at: at(received),
            observed_at: at(observed),
        };
        let loaded = Loaded { messages: vec![message], ..self.rows.clone() };
        decide_batch(&[Input::Heard(Arc::new(heard))], loaded, &self.circumstances(now)).writes
    }

    /// The same; what the ledger says of the object then.
    fn hear(&mut self, outcome: Outcome, observed: i64, now: i64) -> Option<String> {
        let writes = self.heard(outcome, now, observed, now);
        self.keep(writes);
        self.rows.links.iter().find(|link| link.external_id == "A1").and_then(|link| link.seen.clone())
    }
}

#[test]
fn an_event_of_an_object_that_nobody_knows_waits_for_a_week_and_then_stands_in_an_exception() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    let week = 7 * 24 * 3_600;
    let waiting = world.heard(Outcome::Approved, 10, 10, 10 + week);
    assert_eq!(waiting.messages_kept.iter().map(|kept| kept.state.as_str()).collect::<Vec<_>>(), ["parked"]);
    assert!(waiting.exceptions.is_empty());
    let over = world.heard(Outcome::Approved, 10, 10, 11 + week);
    assert_eq!(over.messages_kept.iter().map(|kept| kept.state.as_str()).collect::<Vec<_>>(), ["stopped"]);
    let [opened] = over.exceptions.as_slice() else { panic!("{:?}", over.exceptions) };
    assert_eq!((opened.code.as_str(), opened.cause.as_str(), opened.state.as_str()), ("object_unknown", "rule_missing", "open"));
    assert!(opened.message.contains("`A1`") && opened.message.contains("oa_main"), "{}", opened.message);
}

#[test]
fn a_reading_that_was_overtaken_says_nothing_about_what_a_system_says_last() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    let source = world.rows.links[0].clone();
    world.rows.links.push(LinkRow { connection: "oa_main".into(), external_id: "A1".into(), seen: None, seen_at: None, ..source });
    assert_eq!(world.hear(Outcome::Approved, 20, 21).as_deref(), Some("approved"));
    assert_eq!(world.hear(Outcome::Pending, 10, 22).as_deref(), Some("approved"), "asked before, answered after");
    assert_eq!(world.hear(Outcome::Revoked, 30, 31).as_deref(), Some("revoked"));
}

#[test]
fn a_difference_that_somebody_accepted_stays_accepted_until_they_agree() {
    let mut world = total_of_finance();
    world.see("submitted", 0, 1);
    world.see_as("submitted", 10, 11, json!({"total_gross": "99.00"}));
    world.rows.drifts[0].state = "accepted".into();
    world.see_as("submitted", 20, 21, json!({"total_gross": "99.00"}));
    assert_eq!(world.drifts(), ["not_owned total_gross accepted 99.00"]);
    world.see("submitted", 30, 31);
    assert_eq!(world.drifts(), ["not_owned total_gross resolved 99.00"]);
    assert_eq!(world.ledger("total_gross"), (1, json!("11300.00")));
}

#[test]
fn the_owner_s_word_is_a_revision() {
    let mut world = World::new();
    world.see("submitted", 0, 1);
    world.see_as("submitted", 10, 11, json!({"total_gross": "99.00"}));
    assert_eq!((world.ledger("total_gross"), world.drifts()), ((2, json!("99.00")), vec![]));
}
