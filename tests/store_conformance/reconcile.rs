//! Runs of reconciliation, fires of schedules, drift.

use crate::fixtures::*;
use crate::world::World;
use waybill::domain::ids::{DriftId, ReconciliationId, TenantId};
use waybill::store::*;

pub fn run(number: u64) -> ReconciliationRow {
    ReconciliationRow {
        id: ReconciliationId(id("reconciliation", number)),
        tenant: TENANT,
        connection: "erp".into(),
        requested_by: "ana".into(),
        reason: Some("month end".into()),
        schedule: None,
        since: at(-1_000),
        until: at(100),
        open_only: false,
        state: "planned".into(),
        requested_at: at(number as i64),
        started_at: None,
        ended_at: None,
        failures: 0,
        problem: None,
        progress: "{}".into(),
        statement: "{}".into(),
        token: 0,
    }
}

pub fn drift(number: u64, external_id: &str, kind: &str) -> DriftRow {
    DriftRow {
        id: DriftId(id("drift", number)),
        tenant: TENANT,
        kind: kind.into(),
        document: None,
        connection: "erp".into(),
        external_id: Some(external_id.into()),
        field: None,
        ours: Some("released".into()),
        theirs: Some("waiting".into()),
        first_seen_at: at(number as i64),
        last_seen_at: at(number as i64),
        run: None,
        state: "open".into(),
        repair: None,
        resolution: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
    }
}

pub fn step(run: &ReconciliationRow, due: i64) -> ReconciliationStep {
    ReconciliationStep { run: run.clone(), due_at: at(due), checks: Vec::new(), drifts: Vec::new() }
}

fn objects(ids: &[&str]) -> Wanted {
    Wanted::Objects(ids.iter().map(|id| (*id).to_owned()).collect())
}

fn scan(limit: u32) -> Scan {
    Scan { kind: "purchase_order".into(), since: at(0), until: at(1_000), open_only: false, unread_since: at(500), after: None, limit }
}

/// Stores drift by a page of a run that is claimed for it.
pub async fn stored(world: &World, drifts: Vec<DriftRow>) -> ReconciliationRow {
    let store = &world.store;
    store.plan_reconciliations(&[run(900)]).await.unwrap();
    let mut claimed = store.claim_reconciliations(&lease("writer", 2_000), at(1_000), 10).await.unwrap();
    let claimed = claimed.pop().expect("the run is due");
    let written = store.record_reconciliation(&ReconciliationStep { drifts, ..step(&claimed, 3_000) }).await.unwrap();
    assert_eq!(written, Fenced::Held);
    claimed
}

pub async fn a_run_belongs_to_one_process_at_a_time(world: World) {
    let store = &world.store;
    let other_connection = ReconciliationRow { connection: "oa".into(), ..run(3) };
    assert_eq!(store.plan_reconciliations(&[run(1), run(2), other_connection]).await.unwrap(), [true, true, true]);
    assert_eq!(store.plan_reconciliations(&[run(1)]).await.unwrap(), [false], "the same run again");
    let claimed = store.claim_reconciliations(&lease("a", 30), at(10), 10).await.unwrap();
    let mut connections: Vec<_> = claimed.iter().map(|row| (row.connection.as_str(), row.id)).collect();
    connections.sort();
    assert_eq!(connections, [("erp", run(1).id), ("oa", run(3).id)], "the oldest of each connection");
    assert!(claimed.iter().all(|row| row.state == "running" && row.started_at == Some(at(10)) && row.token > 0));
    assert!(world.other.claim_reconciliations(&lease("b", 40), at(20), 10).await.unwrap().is_empty(), "one run a connection");
    let first = claimed.into_iter().find(|row| row.connection == "erp").unwrap();
    let page = ReconciliationRow { progress: "{\"entry\":1}".into(), statement: "{\"compared\":5}".into(), ..first.clone() };
    assert_eq!(store.record_reconciliation(&step(&page, 30)).await.unwrap(), Fenced::Held);
    // The process dies; another goes on where it got to, under a new token.
    let heirs = world.other.claim_reconciliations(&lease("b", 90), at(30), 10).await.unwrap();
    let heir = heirs.iter().find(|row| row.connection == "erp").expect("its lease is over");
    assert_eq!(
        (heir.progress.as_str(), heir.statement.as_str(), heir.started_at),
        (page.progress.as_str(), page.statement.as_str(), Some(at(10)))
    );
    assert_eq!(store.record_reconciliation(&step(&page, 60)).await.unwrap(), Fenced::Lost, "a zombie stores nothing");
    let done = ReconciliationRow { state: "done".into(), ended_at: Some(at(50)), ..heir.clone() };
    assert_eq!(world.other.record_reconciliation(&step(&done, 50)).await.unwrap(), Fenced::Held);
    assert_eq!(world.other.record_reconciliation(&step(&done, 50)).await.unwrap(), Fenced::Lost, "what is over is over");
    let next = store.claim_reconciliations(&lease("a", 200), at(100), 10).await.unwrap();
    assert!(next.iter().any(|row| row.id == run(2).id), "the next of the connection");
}

pub async fn a_cancelled_run_stores_nothing_more(world: World) {
    let store = &world.store;
    store.plan_reconciliations(&[run(1)]).await.unwrap();
    let claimed = store.claim_reconciliations(&lease("a", 30), at(10), 10).await.unwrap();
    assert!(!store.cancel_reconciliation(TenantId(7), run(1).id, "no", at(11)).await.unwrap(), "another tenant's");
    assert!(store.cancel_reconciliation(TENANT, run(1).id, "cancelled by ana", at(12)).await.unwrap());
    assert!(!store.cancel_reconciliation(TENANT, run(1).id, "again", at(13)).await.unwrap());
    let late = ReconciliationStep { drifts: vec![drift(1, "100", "status_differs")], ..step(&claimed[0], 40) };
    assert_eq!(store.record_reconciliation(&late).await.unwrap(), Fenced::Lost);
    assert!(store.drifts(&DriftFilter::of(TENANT), &page(10)).await.unwrap().is_empty());
    let filter = ReconciliationFilter { tenant: TENANT, connection: None, state: Some("cancelled".into()), id: None };
    let rows = store.reconciliations(&filter, &page(10)).await.unwrap();
    assert_eq!((rows.len(), rows[0].problem.as_deref(), rows[0].ended_at), (1, Some("cancelled by ana"), Some(at(12))));
}

pub async fn a_schedule_fires_once(world: World) {
    let key = ScheduleKey { tenant: TENANT, schedule: "reconcile/erp".into() };
    let fired = |number: u64, nominal: i64| ReconciliationRow { schedule: Some((key.schedule.clone(), at(nominal))), ..run(number) };
    assert!(world.store.last_fires(std::slice::from_ref(&key)).await.unwrap().is_empty());
    world.store.note_fires(&[(key.clone(), at(0))], at(1)).await.unwrap();
    assert_eq!(world.store.plan_reconciliations(&[fired(1, 0)]).await.unwrap(), [false], "that fire was noted");
    // Two processes notice the same fire at once.
    let (one, two) = ([fired(2, 100)], [fired(2, 100)]);
    let (one, two) = tokio::join!(world.store.plan_reconciliations(&one), world.other.plan_reconciliations(&two));
    assert_eq!(u32::from(one.unwrap()[0]) + u32::from(two.unwrap()[0]), 1);
    assert_eq!(world.other.plan_reconciliations(&[fired(3, 50)]).await.unwrap(), [false], "never an earlier one");
    assert_eq!(world.other.plan_reconciliations(&[fired(4, 200)]).await.unwrap(), [true]);
    assert_eq!(world.store.last_fires(std::slice::from_ref(&key)).await.unwrap(), [(key.clone(), at(200))]);
    let filter = ReconciliationFilter { tenant: TENANT, connection: None, state: None, id: None };
    let rows = world.store.reconciliations(&filter, &page(10)).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.schedule.clone().unwrap().1).collect::<Vec<_>>(), [at(200), at(100)]);
}

pub async fn a_page_finds_links_with_their_documents(world: World) {
    let store = &world.store;
    let (one, instance) = stored_instance(store, 1).await;
    let (two, _) = stored_instance(store, 2).await;
    let links = vec![link(&one, "erp", "1"), link(&one, "erp", "1b"), link(&one, "oa", "A1"), link(&two, "erp", "2")];
    write(store, Writes { links, effects: vec![queued(effect(1, &instance, "erp"))], ..Writes::default() }).await;
    stored(
        &world,
        vec![drift(1, "1", "status_differs"), drift(2, "2", "amount_differs"), DriftRow { connection: "oa".into(), ..drift(3, "1", "x") }],
    )
    .await;
    let found = store.reconcilable(TENANT, "erp", &objects(&["1", "nobody's"])).await.unwrap();
    let ids = |links: &[LinkRow]| links.iter().map(|link| link.external_id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&found.links), ids(&found.siblings)), (vec!["1".to_owned()], vec!["1".to_owned(), "1b".to_owned()]));
    assert_eq!(found.documents.iter().map(|row| row.id).collect::<Vec<_>>(), [one.id]);
    assert_eq!(found.revisions.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), ["{\"revision\":1}"]);
    assert_eq!(found.busy, [one.id], "an effect is under way");
    assert_eq!(found.drifts.iter().map(|row| row.id).collect::<Vec<_>>(), [drift(1, "1", "x").id]);
    assert_eq!(found.checked, [None]);
    let elsewhere = store.reconcilable(TenantId(7), "erp", &objects(&["1"])).await.unwrap();
    assert!(elsewhere.links.is_empty() && elsewhere.drifts.is_empty());
}

pub async fn a_scan_looks_at_every_document_once_and_reads_what_is_worth_it(world: World) {
    let store = &world.store;
    for number in 1..=5 {
        let ended = document(number);
        let ended = DocumentRow { created_at: at(number as i64), updated_at: at(if number == 5 { -500 } else { number as i64 }), ..ended };
        let status = if number == 4 { "running" } else { "ended" };
        let row = InstanceRow { status: status.into(), ..instance(number, &ended) };
        let writes = Writes {
            revisions: vec![revision(&ended, 1)],
            links: vec![link(&ended, "erp", &number.to_string())],
            documents_new: vec![ended],
            instances_new: vec![row],
            ..Writes::default()
        };
        write(store, writes).await;
    }
    let claimed = stored(&world, Vec::new()).await;
    let check = |number: u64, at: jiff::Timestamp, differs| LinkCheck {
        external_id: number.to_string(),
        document: document(number).id,
        at,
        seen: Some("released".into()),
        differs,
    };
    // 1 was read by this run already; 5 changed before the window and differed when it was read before.
    let checks = vec![check(1, at(600), Some(false)), check(5, at(400), Some(true))];
    assert_eq!(store.record_reconciliation(&ReconciliationStep { checks, ..step(&claimed, 3_000) }).await.unwrap(), Fenced::Held);
    let mut after = None;
    let mut read = Vec::new();
    loop {
        let found = store.reconcilable(TENANT, "erp", &Wanted::Next(Scan { after, ..scan(2) })).await.unwrap();
        // Documents come newest first, page by page; the links of one page in no order.
        let mut page: Vec<_> = found.links.iter().map(|link| link.external_id.clone()).collect();
        page.sort_by(|left, right| right.cmp(left));
        read.extend(page);
        after = found.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(read, ["5", "4", "3", "2"]);
    let open = store.reconcilable(TENANT, "erp", &Wanted::Next(Scan { open_only: true, ..scan(100) })).await.unwrap();
    let mut open: Vec<_> = open.links.iter().map(|link| link.external_id.clone()).collect();
    open.sort();
    assert_eq!(open, ["4", "5"], "running, and differing before");
    let other_kind = Scan { kind: "payable".into(), ..scan(100) };
    assert!(store.reconcilable(TENANT, "erp", &Wanted::Next(other_kind)).await.unwrap().links.is_empty());
}

pub async fn links_know_since_when_they_differ(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    write(store, Writes { links: vec![link(&document, "erp", "1")], ..Writes::default() }).await;
    let claimed = stored(&world, Vec::new()).await;
    let standing = |checked: i64, in_step: Option<i64>, differs: Option<i64>| LinkStanding {
        connection: "erp".into(),
        external_id: "1".into(),
        checked_at: Some(at(checked)),
        in_step_since: in_step.map(at),
        differs_since: differs.map(at),
    };
    let table = [
        (10, Some(false), standing(10, Some(10), None)),
        (20, Some(false), standing(20, Some(10), None)),
        (30, Some(true), standing(30, None, Some(30))),
        (40, Some(true), standing(40, None, Some(30))),
        (50, None, standing(50, None, Some(30))),
        (60, Some(false), standing(60, Some(60), None)),
    ];
    for (now, differs, expected) in table {
        let check = LinkCheck { external_id: "1".into(), document: document.id, at: at(now), seen: None, differs };
        store.record_reconciliation(&ReconciliationStep { checks: vec![check], ..step(&claimed, 3_000) }).await.unwrap();
        assert_eq!(store.link_standings(TENANT, document.id).await.unwrap(), [expected], "at {now}");
    }
    // A later decision about the link forgets none of it.
    write(store, Writes { links: vec![LinkRow { seen: Some("released".into()), ..link(&document, "erp", "1") }], ..Writes::default() })
        .await;
    assert_eq!(store.link_standings(TENANT, document.id).await.unwrap(), [standing(60, Some(60), None)]);
}

pub async fn a_reading_does_not_replace_what_was_heard_after_it_was_asked_for(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    let heard = LinkRow { seen: Some("released".into()), seen_at: Some(at(50)), ..link(&document, "erp", "1") };
    write(store, Writes { links: vec![heard], ..Writes::default() }).await;
    let claimed = stored(&world, Vec::new()).await;
    for (asked, expected) in [(40, ("released", at(50))), (60, ("waiting", at(60)))] {
        let seen = Some("waiting".into());
        let check = LinkCheck { external_id: "1".into(), document: document.id, at: at(asked), seen, differs: Some(false) };
        store.record_reconciliation(&ReconciliationStep { checks: vec![check], ..step(&claimed, 3_000) }).await.unwrap();
        let found = store.reconcilable(TENANT, "erp", &objects(&["1"])).await.unwrap();
        assert_eq!((found.links[0].seen.as_deref(), found.links[0].seen_at), (Some(expected.0), Some(expected.1)), "asked at {asked}");
        assert_eq!(found.checked, [Some(at(asked))], "read back all the same");
    }
}

pub async fn a_person_s_word_stands_against_a_run_that_did_not_see_it(world: World) {
    let store = &world.store;
    let claimed = stored(&world, vec![drift(1, "1", "status_differs"), drift(2, "2", "status_differs")]).await;
    let word = |number: u64, say: DriftSay| DriftWord {
        tenant: TENANT,
        id: drift(number, "", "").id,
        say,
        actor: "ana".into(),
        reason: Some("known".into()),
        at: at(50),
    };
    let strange = DriftWord { tenant: TenantId(7), ..word(2, DriftSay::Accept) };
    assert_eq!(store.say_of_drifts(&[word(1, DriftSay::Accept), strange, word(1, DriftSay::Accept)]).await.unwrap(), [true, false, false]);
    assert_eq!(store.say_of_drifts(&[word(2, DriftSay::Repair("flow `x`".into()))]).await.unwrap(), [true]);
    // A run that loaded both before the word writes them as it saw them.
    let again =
        |number: u64| DriftRow { last_seen_at: at(60), run: Some(claimed.id), ..drift(number, &number.to_string(), "status_differs") };
    store.record_reconciliation(&ReconciliationStep { drifts: vec![again(1), again(2)], ..step(&claimed, 3_000) }).await.unwrap();
    let of = |number: u64| DriftFilter { id: Some(drift(number, "", "").id), ..DriftFilter::of(TENANT) };
    let first = store.drifts(&of(1), &page(1)).await.unwrap().remove(0);
    assert_eq!((first.state.as_str(), first.reason.as_deref(), first.last_seen_at), ("accepted", Some("known"), at(60)));
    let second = store.drifts(&of(2), &page(1)).await.unwrap().remove(0);
    assert_eq!((second.state.as_str(), second.repair), ("open", Some(("flow `x`".into(), at(50)))));
    // Another value opens it again; what is resolved stays resolved.
    let moved = DriftRow { theirs: Some("new".into()), ..again(1) };
    let gone = DriftRow { state: "resolved".into(), resolution: Some("gone".into()), resolved_at: Some(at(70)), ..again(2) };
    store.record_reconciliation(&ReconciliationStep { drifts: vec![moved, gone], ..step(&claimed, 3_000) }).await.unwrap();
    store.record_reconciliation(&ReconciliationStep { drifts: vec![again(2)], ..step(&claimed, 3_000) }).await.unwrap();
    let first = store.drifts(&of(1), &page(1)).await.unwrap().remove(0);
    assert_eq!((first.state.as_str(), first.theirs.as_deref(), first.resolution), ("open", Some("new"), None));
    let second = store.drifts(&of(2), &page(1)).await.unwrap().remove(0);
    assert_eq!((second.state.as_str(), second.resolution.as_deref()), ("resolved", Some("gone")));
}

pub async fn drift_is_listed_filtered_and_counted(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    let about = DriftRow { document: Some(document.id), ..drift(3, "3", "amount_differs") };
    let run = stored(&world, vec![drift(1, "1", "status_differs"), drift(2, "2", "status_differs"), about]).await;
    let all = DriftFilter::of(TENANT);
    let first = store.drifts(&all, &page(2)).await.unwrap();
    let last = first.last().unwrap();
    let rest = store.drifts(&all, &Page { limit: 2, after: Some((last.first_seen_at, last.id.0)) }).await.unwrap();
    let names: Vec<_> = first.iter().chain(&rest).filter_map(|row| row.external_id.clone()).collect();
    assert_eq!(names, ["3", "2", "1"]);
    let count = async |filter: DriftFilter| store.drifts(&filter, &page(10)).await.unwrap().len();
    assert_eq!(count(DriftFilter { kind: Some("status_differs".into()), ..all.clone() }).await, 2);
    assert_eq!(count(DriftFilter { document: Some(document.id), ..all.clone() }).await, 1);
    assert_eq!(count(DriftFilter { connection: Some("oa".into()), ..all.clone() }).await, 0);
    assert_eq!(count(DriftFilter { state: Some("accepted".into()), ..all.clone() }).await, 0);
    assert_eq!(count(DriftFilter { run: Some(run.id), ..all.clone() }).await, 0, "seen by no run");
    assert_eq!(count(DriftFilter::of(TenantId(7))).await, 0);
    let groups = store.drift_groups(&all).await.unwrap();
    let shown: Vec<_> = groups.iter().map(|group| (group.kind.as_str(), group.count, group.oldest)).collect();
    assert_eq!(shown, [("status_differs", 2, at(1)), ("amount_differs", 1, at(3))]);
}
