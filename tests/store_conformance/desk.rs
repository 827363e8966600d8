//! The desk's side: groups, selections, batches, search, saved filters, counts.

use crate::fixtures::*;
use crate::world::World;
use std::sync::Arc;
use uuid::Uuid;
use waybill::domain::ids::{DocumentId, TenantId};
use waybill::store::desk::*;
use waybill::store::*;

// The store in memory feeds nobody, and a company in memory has nobody who leaves by a reading.
pub use crate::feed::{
    a_call_that_goes_on_later_is_told_too, a_commit_tells_the_feed_what_changed, a_release_is_told_when_it_goes_live,
    an_exception_is_told_to_whose_it_is_also_when_it_is_settled, differences_are_told_when_they_open_and_when_they_are_settled,
    tasks_are_told_as_such,
};
pub use crate::files::{
    a_file_is_kept_once_and_read_whole_alone, files_that_nothing_names_go_after_their_time,
    files_that_wait_are_bounded_for_each_who_uploads,
};
pub use crate::people::{
    a_delegation_is_kept_with_its_notices_and_told_once, tasks_of_those_who_have_left_are_counted,
    what_is_asked_elsewhere_is_listed_and_held_by_nobody,
};

const OTHER: TenantId = TenantId(2);

async fn stopped(store: &Arc<dyn Store>, number: u64, change: impl FnOnce(&mut ExceptionRow)) -> ExceptionRow {
    let (_, started) = stored_instance(store, number).await;
    let mut row = exception(number, &started);
    change(&mut row);
    write(store, Writes { exceptions: vec![row.clone()], ..Writes::default() }).await;
    row
}

pub async fn exceptions_are_grouped_by_their_fingerprint(world: World) {
    let store = &world.store;
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for number in 1..=5 {
        let fingerprint = if number == 4 { other } else { one };
        let row = stopped(store, number, |row| (row.fingerprint, row.cause) = (fingerprint, format!("c{}", number / 4))).await;
        if number == 1 {
            let close = vec![closed(row.id, "retried", 50, "ana")];
            write(store, Writes { exceptions_closed: close, ..Writes::default() }).await;
        }
    }
    let all = ExceptionChoice::all(TENANT);
    let groups = store.desk().exception_groups(&all, 10).await.unwrap();
    let shown: Vec<_> = groups.iter().map(|group| (group.newest.fingerprint, group.count, group.unassigned, group.oldest_at)).collect();
    assert_eq!(shown, [(one, 3, 3, at(2)), (other, 1, 1, at(4))], "what is closed does not count");
    assert_eq!(groups[0].newest.opened_at, at(5), "the newest is the sample");
    let narrowed = ExceptionChoice { cause: Some("c0".into()), ..all.clone() };
    assert_eq!(store.desk().exception_groups(&narrowed, 10).await.unwrap()[0].count, 2);
    assert_eq!(store.desk().exception_groups(&all, 1).await.unwrap().len(), 1);
    assert_eq!(store.desk().exception_groups(&ExceptionChoice::all(OTHER), 10).await.unwrap(), []);
    let of_one = ExceptionChoice { fingerprint: Some(one), state: Some("open".into()), ..all };
    assert_eq!(store.desk().choose_exceptions(&of_one, &page(10)).await.unwrap().len(), 3);
}

pub async fn an_exception_is_given_to_one_person_at_a_time(world: World) {
    let store = &world.store;
    let row = stopped(store, 1, |_| {}).await;
    let note = |number: u128, text: &str| NoteRow {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        exception: row.id,
        at: at(number as i64),
        kind: "assigned".into(),
        actor: "ana".into(),
        text: text.into(),
    };
    let give = |before: Option<&str>, to: &str, number| Assignment {
        tenant: TENANT,
        exception: row.id,
        before: before.map(str::to_owned),
        assignee: Some(to.into()),
        note: note(number, to),
    };
    assert!(store.desk().assign(&give(None, "ana", 1)).await.unwrap());
    assert!(!store.desk().assign(&give(None, "bob", 2)).await.unwrap(), "who saw it free comes too late");
    assert!(store.desk().assign(&give(Some("ana"), "bob", 3)).await.unwrap());
    assert!(!store.desk().assign(&Assignment { tenant: OTHER, ..give(Some("bob"), "eve", 4) }).await.unwrap());
    store.desk().add_note(&NoteRow { kind: "comment".into(), ..note(5, "told by phone") }).await.unwrap();
    store.desk().add_note(&NoteRow { kind: "comment".into(), ..note(5, "again") }).await.unwrap();
    let notes = store.desk().notes(TENANT, row.id).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["ana", "bob", "told by phone"]);
    assert_eq!(store.desk().notes(OTHER, row.id).await.unwrap(), []);
    let mine = ExceptionChoice { assignee: Some("bob".into()), ..ExceptionChoice::all(TENANT) };
    assert_eq!(store.desk().choose_exceptions(&mine, &page(10)).await.unwrap().len(), 1);
    let free = ExceptionChoice { unassigned: true, ..ExceptionChoice::all(TENANT) };
    assert_eq!(store.desk().choose_exceptions(&free, &page(10)).await.unwrap(), []);
}

fn selection(number: u128, chosen: Chosen) -> NewSelection {
    NewSelection {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        created_at: at(100),
        expires_at: at(200),
        actor: "ana".into(),
        filter: "{}".into(),
        chosen,
    }
}

pub async fn a_selection_stays_what_it_was(world: World) {
    let store = &world.store;
    let mut rows = Vec::new();
    for number in 1..=4 {
        rows.push(stopped(store, number, |row| row.cause = if number == 2 { "unknown" } else { "data_wrong" }.into()).await);
    }
    let choice = ExceptionChoice { cause: Some("data_wrong".into()), state: Some("open".into()), ..ExceptionChoice::all(TENANT) };
    let frozen = selection(1, Chosen::Exceptions(choice));
    assert_eq!(store.desk().freeze(&frozen, 10).await.unwrap(), 3);
    stopped(store, 9, |_| {}).await;
    let items = store.desk().selection_items(TENANT, frozen.id, 0, 10).await.unwrap();
    assert_eq!(items, [(1, rows[3].id.0), (2, rows[2].id.0), (3, rows[0].id.0)], "newest first, later ones are not in it");
    assert_eq!(store.desk().selection_items(TENANT, frozen.id, 2, 10).await.unwrap().len(), 1);
    let row = store.desk().selection(TENANT, frozen.id, at(199)).await.unwrap().unwrap();
    assert_eq!((row.count, row.resource.as_str(), row.actor.as_str()), (3, "exceptions", "ana"));
    assert_eq!(store.desk().selection(TENANT, frozen.id, at(200)).await.unwrap(), None, "over");
    assert_eq!(store.desk().selection(OTHER, frozen.id, at(150)).await.unwrap(), None);
    let too_many = selection(2, Chosen::Documents(DocumentChoice::all(TENANT)));
    assert!(store.desk().freeze(&too_many, 2).await.unwrap() > 2);
    assert_eq!(store.desk().selection(TENANT, too_many.id, at(150)).await.unwrap(), None, "nothing of it is kept");
    assert!(store.desk().selection_items(TENANT, too_many.id, 0, 10).await.unwrap().is_empty());
    let by_id = selection(3, Chosen::Ids("exceptions", vec![rows[0].id.0, Uuid::from_u128(99)]));
    assert_eq!(store.desk().freeze(&by_id, 10).await.unwrap(), 1, "what is not there is left out");
    assert!(store.desk().sweep(at(300), at(0), at(0)).await.unwrap() > 0);
    assert!(store.desk().selection_items(TENANT, frozen.id, 0, 10).await.unwrap().is_empty());
}

fn batch(number: u128, selection: Uuid, per_minute: u32) -> BatchRow {
    BatchRow {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        selection,
        resource: "exceptions".into(),
        action: "retry".into(),
        arguments: "{}".into(),
        actor: "ana".into(),
        reason: Some("back".into()),
        dry_run: false,
        per_minute,
        total: 0,
        state: "running".into(),
        frozen_at: at(100),
        created_at: at(100),
        updated_at: at(100),
        finished_at: None,
    }
}

fn outcome(claimed: &ClaimedItems, item: &ItemRow, state: &str) -> ItemOutcome {
    ItemOutcome {
        tenant: TENANT,
        batch: claimed.batch.id,
        position: item.position,
        attempts: item.attempts,
        state: state.into(),
        code: Some("accepted".into()),
        message: Some("done".into()),
        detail: None,
    }
}

async fn frozen_batch(store: &Arc<dyn Store>, items: u64, per_minute: u32) -> BatchRow {
    for number in 1..=items {
        stopped(store, number, |_| {}).await;
    }
    let frozen = NewSelection { created_at: at(90), ..selection(1, Chosen::Exceptions(ExceptionChoice::all(TENANT))) };
    store.desk().freeze(&frozen, 1_000).await.unwrap();
    let row = batch(7, frozen.id, per_minute);
    assert_eq!(store.desk().start_batch(&row).await.unwrap(), u32::try_from(items).unwrap());
    row
}

pub async fn a_batch_works_on_every_item_once(world: World) {
    let (store, other) = (&world.store, &world.other);
    let row = frozen_batch(store, 5, 6_000).await;
    assert_eq!(store.desk().start_batch(&row).await.unwrap(), 0, "the same batch is started once");
    let first = store.desk().claim_items(&lease("a", 160), at(100), 3).await.unwrap().unwrap();
    assert_eq!(first.items.iter().map(|item| (item.position, item.attempts)).collect::<Vec<_>>(), [(1, 1), (2, 1), (3, 1)]);
    assert_eq!((first.batch.action.as_str(), first.batch.total), ("retry", 5));
    assert_eq!((first.batch.frozen_at, first.batch.created_at), (at(90), at(100)), "what was chosen then is what it works on");
    let second = other.desk().claim_items(&lease("b", 160), at(101), 3).await.unwrap().unwrap();
    assert_eq!(second.items.iter().map(|item| item.position).collect::<Vec<_>>(), [4, 5], "others get the rest");
    assert_eq!(store.desk().claim_items(&lease("a", 160), at(102), 3).await.unwrap(), None);
    let states = ["done", "failed", "skipped"];
    let outcomes: Vec<_> = first.items.iter().zip(states).map(|(item, state)| outcome(&first, item, state)).collect();
    assert_eq!(store.desk().record_items(&outcomes, "a", at(110)).await.unwrap(), [Fenced::Held; 3]);
    assert_eq!(store.desk().record_items(&outcomes, "a", at(111)).await.unwrap(), [Fenced::Lost; 3], "once");
    // The other dies; its items come again under a new attempt, and its late report is lost.
    let again = store.desk().claim_items(&lease("a", 300), at(170), 3).await.unwrap().unwrap();
    assert_eq!(again.items.iter().map(|item| (item.position, item.attempts)).collect::<Vec<_>>(), [(4, 2), (5, 2)]);
    let late: Vec<_> = second.items.iter().map(|item| outcome(&second, item, "done")).collect();
    assert_eq!(other.desk().record_items(&late, "b", at(171)).await.unwrap(), [Fenced::Lost; 2]);
    let outcomes: Vec<_> = again.items.iter().map(|item| outcome(&again, item, "done")).collect();
    store.desk().record_items(&outcomes, "a", at(172)).await.unwrap();
    let (over, counts) = store.desk().batch(TENANT, row.id).await.unwrap().unwrap();
    assert_eq!((over.state.as_str(), over.finished_at), ("done", Some(at(172))));
    assert_eq!(counts, [("done".to_owned(), 3), ("failed".to_owned(), 1), ("skipped".to_owned(), 1)]);
    // Only what failed comes again.
    assert_eq!(store.desk().retry_failed(TENANT, row.id, at(180)).await.unwrap(), 1);
    let once_more = store.desk().claim_items(&lease("a", 300), at(181), 9).await.unwrap().unwrap();
    assert_eq!(once_more.items.iter().map(|item| item.position).collect::<Vec<_>>(), [2]);
    assert_eq!(store.desk().batch(OTHER, row.id).await.unwrap(), None);
}

pub async fn a_batch_keeps_its_rate_and_stops_when_told(world: World) {
    let store = &world.store;
    let row = frozen_batch(store, 6, 60).await;
    let desk = store.desk();
    let first = desk.claim_items(&lease("a", 900), at(100), 64).await.unwrap().unwrap();
    assert_eq!(first.items.len(), 1, "a second's worth of sixty a minute");
    assert_eq!(desk.claim_items(&lease("a", 900), at(100), 64).await.unwrap(), None, "the next second");
    assert_eq!(desk.claim_items(&lease("a", 900), at(101), 64).await.unwrap().unwrap().items.len(), 1);
    assert!(desk.move_batch(TENANT, row.id, &["running"], "paused", at(102)).await.unwrap());
    assert!(!desk.move_batch(TENANT, row.id, &["running"], "paused", at(102)).await.unwrap());
    assert_eq!(desk.claim_items(&lease("a", 900), at(110), 64).await.unwrap(), None);
    assert!(desk.move_batch(TENANT, row.id, &["paused"], "running", at(111)).await.unwrap());
    assert!(desk.claim_items(&lease("a", 900), at(112), 64).await.unwrap().is_some());
    assert!(!desk.move_batch(OTHER, row.id, &["running"], "cancelled", at(113)).await.unwrap());
    assert!(desk.move_batch(TENANT, row.id, &["running"], "cancelled", at(113)).await.unwrap());
    let choice = |state: &str| ItemChoice { tenant: TENANT, batch: row.id, state: Some(state.into()), after: 0, limit: 10 };
    assert_eq!(desk.batch_items(&choice("cancelled")).await.unwrap().len(), 3, "what was under way is not cancelled");
    assert_eq!(desk.claim_items(&lease("a", 900), at(9_000), 64).await.unwrap(), None);
    assert_eq!(desk.batches(TENANT, &page(10)).await.unwrap().len(), 1);
}

pub async fn concurrent_claimers_share_a_batch(world: World) {
    frozen_batch(&world.store, 40, 6_000).await;
    let claim = |store: Arc<dyn Store>, owner: &'static str| async move {
        let mut mine = Vec::new();
        for second in 0..40 {
            if let Some(claimed) = store.desk().claim_items(&lease(owner, 900), at(200 + second), 4).await.unwrap() {
                mine.extend(claimed.items.iter().map(|item| item.position));
            }
        }
        mine
    };
    let (one, two) = tokio::join!(tokio::spawn(claim(world.store.clone(), "a")), tokio::spawn(claim(world.other.clone(), "b")));
    let mut all: Vec<u32> = one.unwrap().into_iter().chain(two.unwrap()).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=40).collect::<Vec<_>>(), "each item in one hand");
}

async fn keys(store: &Arc<dyn Store>, key: KeyChoice) -> Vec<String> {
    let choice = DocumentChoice { key: Some(key), ..DocumentChoice::all(TENANT) };
    store.desk().search(&choice, &page(50)).await.unwrap().into_iter().map(|row| row.key).collect()
}

pub async fn documents_are_found_by_whole_beginning_and_end(world: World) {
    let store = &world.store;
    for number in [1, 17, 4417, 9] {
        let (document, _) = stored_instance(store, number).await;
        write(store, Writes { links: vec![link(&document, "oa", &format!("A/{number}-审批"))], ..Writes::default() }).await;
    }
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (key, expected) in [
        (KeyChoice::Exactly(texts(&["PO-17", "nothing"])), vec!["PO-17"]),
        (KeyChoice::Exactly(texts(&["A/9-审批"])), vec!["PO-9"]),
        (KeyChoice::Exactly(texts(&["PO-"])), vec![]),
        (KeyChoice::Beginning(texts(&["PO-1"])), vec!["PO-1", "PO-17"]),
        (KeyChoice::Beginning(texts(&["A/44"])), vec!["PO-4417"]),
        (KeyChoice::Beginning(texts(&["%", "_"])), vec![]),
        (KeyChoice::Ending(texts(&["17"])), vec!["PO-17", "PO-4417"]),
        (KeyChoice::Ending(texts(&["9-审批"])), vec!["PO-9"]),
        (KeyChoice::AtEitherEnd(texts(&["A/44", "17"])), vec!["PO-17", "PO-4417"]),
        (KeyChoice::AtEitherEnd(texts(&["PO-1", "9-审批"])), vec!["PO-1", "PO-17", "PO-9"]),
        (KeyChoice::Ending(texts(&["批"])), vec!["PO-1", "PO-17", "PO-4417", "PO-9"]),
    ] {
        let mut found = keys(store, key.clone()).await;
        found.sort();
        assert_eq!(found, expected, "{key:?}");
    }
    let mut named = store.desk().find_keys(TENANT, &texts(&["PO-1", "A/9-审批", "PO-2"])).await.unwrap();
    named.sort();
    let id = |number| DocumentId(id("document", number));
    assert_eq!(named, [("A/9-审批".to_owned(), id(9)), ("PO-1".to_owned(), id(1))]);
    assert!(store.desk().find_keys(OTHER, &texts(&["PO-1"])).await.unwrap().is_empty());
}

pub async fn documents_are_narrowed_by_what_lists_filter_on(world: World) {
    let store = &world.store;
    for (number, total) in [(1, "99.99"), (2, "5000.00"), (3, "12000.5")] {
        let document =
            DocumentRow { display: format!("{{\"total_gross\":\"{total}\"}}"), created_at: at(number), ..document(number as u64) };
        let started = instance(number as u64, &document);
        let writes = Writes {
            documents_new: vec![document.clone()],
            revisions: vec![RevisionRow {
                body: format!("{{\"number\":\"PO-{number}\",\"note\":\"快{number}\"}}"),
                ..revision(&document, 1)
            }],
            instances_new: vec![InstanceRow { status: if number == 3 { "ended" } else { "running" }.into(), ..started.clone() }],
            links: if number == 2 { vec![link(&document, "finance", "V-2")] } else { vec![] },
            exceptions: if number == 1 { vec![exception(1, &started)] } else { vec![] },
            ..Writes::default()
        };
        write(store, writes).await;
    }
    let all = DocumentChoice::all(TENANT);
    let some = |text: &str| Some(text.to_owned());
    for (choice, expected) in [
        (all.clone(), vec![3, 2, 1]),
        (DocumentChoice { amount_from: some("5000"), ..all.clone() }, vec![3, 2]),
        (DocumentChoice { amount_from: some("100"), amount_to: some("5000.00"), ..all.clone() }, vec![2]),
        (DocumentChoice { amount_to: some("99.98"), ..all.clone() }, vec![]),
        (DocumentChoice { since: Some(at(2)), until: Some(at(3)), ..all.clone() }, vec![2]),
        (DocumentChoice { system: some("finance"), ..all.clone() }, vec![2]),
        (DocumentChoice { flow: some("approval"), ..all.clone() }, vec![3, 2, 1]),
        (DocumentChoice { flow: some("other"), ..all.clone() }, vec![]),
        (DocumentChoice { standing: some("stopped"), ..all.clone() }, vec![1]),
        (DocumentChoice { standing: some("open"), ..all.clone() }, vec![2, 1]),
        (DocumentChoice { owner: some("role:clerk"), ..all.clone() }, vec![1]),
        (DocumentChoice { body: some("\"note\":\"快2"), ..all.clone() }, vec![2]),
        (DocumentChoice { body: some("PO-"), system: some("finance"), ..all.clone() }, vec![2]),
        (DocumentChoice { status: some("submitted"), kind: some("payable"), ..all.clone() }, vec![]),
        (DocumentChoice { tenant: OTHER, ..all }, vec![]),
    ] {
        let found = store.desk().search(&choice, &page(50)).await.unwrap();
        let keys: Vec<String> = found.into_iter().map(|row| row.key).collect();
        assert_eq!(keys, expected.iter().map(|number| format!("PO-{number}")).collect::<Vec<_>>(), "{choice:?}");
    }
    let ids: Vec<Uuid> = (1..=3).map(|number| id("document", number)).collect();
    let beside = store.desk().beside(TENANT, &ids).await.unwrap();
    assert_eq!((beside.instances.len(), beside.systems.len(), beside.exceptions.len()), (2, 1, 1));
    assert_eq!(beside.exceptions[0].whose.as_deref(), Some("role:clerk"));
    let in_flight = store.desk().in_flight(TENANT).await.unwrap();
    assert_eq!(in_flight.by_status, [("submitted".to_owned(), 2)]);
    assert_eq!(in_flight.by_cause, [("data_wrong".to_owned(), 1)]);
    let amount = DocumentRow { display: "{\"total_gross\":\"1.00\"}".into(), ..document(3) };
    write(store, Writes { documents_changed: vec![DocumentRow { created_at: at(3), ..amount }], ..Writes::default() }).await;
    let small = DocumentChoice { amount_to: some("1"), ..DocumentChoice::all(TENANT) };
    assert_eq!(store.desk().search(&small, &page(5)).await.unwrap().len(), 1, "a changed total is found under what it is now");
}

pub async fn saved_views_change_only_from_what_was_seen(world: World) {
    let desk = world.store.desk();
    let view = |number: u128, owner: &str, name: &str, shared| SavedViewRow {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        version: 1,
        shared,
        page: "documents".into(),
        name: name.into(),
        owner: owner.into(),
        query: "{}".into(),
        created_at: at(1),
        updated_at: at(1),
    };
    assert!(desk.save_view(&view(1, "ana", "stuck", false)).await.unwrap());
    assert!(!desk.save_view(&view(2, "ana", "stuck", true)).await.unwrap(), "the name is taken");
    assert!(desk.save_view(&view(3, "bob", "stuck", true)).await.unwrap());
    let names = |rows: Vec<SavedViewRow>| rows.into_iter().map(|row| row.owner).collect::<Vec<_>>();
    assert_eq!(names(desk.saved_views(TENANT, "ana", None).await.unwrap()), ["ana", "bob"]);
    assert_eq!(names(desk.saved_views(TENANT, "bob", Some("documents")).await.unwrap()), ["bob"]);
    assert!(desk.saved_views(TENANT, "bob", Some("tasks")).await.unwrap().is_empty());
    let second = SavedViewRow { version: 2, query: "{\"a\":1}".into(), ..view(1, "ana", "stuck", true) };
    assert!(desk.save_view(&second).await.unwrap());
    assert!(!desk.save_view(&second).await.unwrap(), "that version is not there any more");
    assert!(!desk.save_view(&SavedViewRow { version: 3, owner: "bob".into(), ..second.clone() }).await.unwrap(), "another's");
    assert_eq!(desk.saved_view(TENANT, "bob", Uuid::from_u128(1)).await.unwrap().unwrap().version, 2);
    assert!(!desk.drop_view(TENANT, "ana", Uuid::from_u128(1), 1).await.unwrap());
    assert!(desk.drop_view(TENANT, "ana", Uuid::from_u128(1), 2).await.unwrap());
}

pub async fn notes_about_pages_are_bounded_and_settled_once(world: World) {
    let desk = world.store.desk();
    let note = |number: u128, author: &str, minute| FeedbackRow {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        created_at: at(minute),
        settled_at: None,
        page: "/docs?q=提单".into(),
        text: "there is no filter".into(),
        author: author.into(),
        agent: None,
        settled_by: None,
        answer: None,
    };
    assert!(desk.give_feedback(&note(1, "ana", 1), 2).await.unwrap());
    assert!(desk.give_feedback(&note(2, "ana", 2), 2).await.unwrap());
    assert!(!desk.give_feedback(&note(3, "ana", 3), 2).await.unwrap(), "she has two that nobody dealt with");
    assert!(desk.give_feedback(&note(4, "bob", 4), 2).await.unwrap());
    let numbers = |rows: Vec<FeedbackRow>| rows.into_iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(numbers(desk.feedback(TENANT, None, &page(50)).await.unwrap()), [4, 2, 1]);
    let second = Page { limit: 1, after: Some((at(4), Uuid::from_u128(4))) };
    assert_eq!(numbers(desk.feedback(TENANT, None, &second).await.unwrap()), [2]);
    assert!(desk.feedback(OTHER, None, &page(50)).await.unwrap().is_empty(), "another tenant's");
    assert!(desk.settle_feedback(TENANT, Uuid::from_u128(1), "zoe", Some("done"), at(9)).await.unwrap());
    assert!(!desk.settle_feedback(TENANT, Uuid::from_u128(1), "yan", None, at(10)).await.unwrap(), "it is settled");
    assert!(!desk.settle_feedback(OTHER, Uuid::from_u128(2), "yan", None, at(10)).await.unwrap(), "another tenant's");
    let settled = FeedbackRow { settled_at: Some(at(9)), settled_by: Some("zoe".into()), answer: Some("done".into()), ..note(1, "ana", 1) };
    assert_eq!(desk.feedback_of(TENANT, Uuid::from_u128(1)).await.unwrap(), Some(settled));
    assert_eq!(numbers(desk.feedback(TENANT, Some(true), &page(50)).await.unwrap()), [1]);
    assert_eq!(numbers(desk.feedback(TENANT, Some(false), &page(50)).await.unwrap()), [4, 2]);
    assert!(desk.give_feedback(&note(3, "ana", 3), 2).await.unwrap(), "one was dealt with");
}

/// Of two that read the same source, the later reading stands, whoever writes it down first.
pub async fn an_organisation_is_kept_over_what_was_seen(world: World) {
    let (desk, other) = (world.store.desk(), world.other.desk());
    let row = |source: &str, hash: &str, minute| OrganisationRow {
        tenant: TENANT,
        source: source.into(),
        tried_at: at(minute),
        read_at: Some(at(minute)),
        due_at: at(minute + 60),
        hash: hash.into(),
        content: format!("{{\"people\": \"{hash} 陈昱\"}}"),
        held: None,
        problem: None,
        readings: "[]".into(),
    };
    assert!(!desk.read_organisation(TENANT, "hr", at(0)).await.unwrap(), "nobody has read it");
    assert!(desk.keep_organisation(&row("hr", "a", 1), None).await.unwrap());
    assert!(desk.keep_organisation(&row("oa", "b", 1), None).await.unwrap());
    assert!(!other.keep_organisation(&row("hr", "c", 2), Some("")).await.unwrap(), "it saw none, and there is one");
    assert!(!other.keep_organisation(&row("hr", "c", 0), Some("a")).await.unwrap(), "it read earlier");
    let held = OrganisationRow {
        held: Some("{}".into()),
        problem: Some("no right".into()),
        readings: "[{\"at\": \"陈昱\"}]".into(),
        ..row("hr", "c", 2)
    };
    assert!(other.keep_organisation(&held, Some("a")).await.unwrap());
    assert_eq!(desk.organisations(TENANT).await.unwrap(), [held, row("oa", "b", 1)]);
    assert!(desk.organisations(OTHER).await.unwrap().is_empty(), "another tenant's");
    assert!(desk.read_organisation(TENANT, "hr", at(9)).await.unwrap());
    assert!(!desk.read_organisation(OTHER, "hr", at(9)).await.unwrap(), "another tenant's");
    let marks = desk.organisation_marks(TENANT).await.unwrap();
    assert_eq!(marks, [("hr".to_owned(), "c".to_owned(), at(9)), ("oa".to_owned(), "b".to_owned(), at(61))]);
}

pub async fn counts_of_minutes_add_up(world: World) {
    let (desk, other) = (world.store.desk(), world.other.desk());
    let count = |minute, operation: &str, label: &str, value| MinuteCount {
        tenant: TENANT,
        minute,
        series: "calls".into(),
        connection: "oa".into(),
        operation: operation.into(),
        label: label.into(),
        value,
    };
    desk.add_counts(&[count(60, "get", "ok", 2), count(61, "get", "ok", 1), count(61, "put", "ok", 4)]).await.unwrap();
    other.add_counts(&[count(61, "get", "ok", 10), count(75, "get", "unknown", 1)]).await.unwrap();
    let choice =
        CountChoice { tenant: TENANT, series: "calls".into(), connection: None, from: 60, to: 75, step_minutes: 1, over_operations: false };
    let shown = |rows: Vec<MinuteCount>| rows.into_iter().map(|row| (row.minute, row.operation, row.label, row.value)).collect::<Vec<_>>();
    let row = |minute, operation: &str, label: &str, value| (minute, operation.to_owned(), label.to_owned(), value);
    assert_eq!(
        shown(desk.minute_counts(&choice).await.unwrap()),
        [row(60, "get", "ok", 2), row(61, "get", "ok", 11), row(61, "put", "ok", 4)]
    );
    let wide = CountChoice { to: 90, step_minutes: 15, over_operations: true, ..choice.clone() };
    assert_eq!(shown(desk.minute_counts(&wide).await.unwrap()), [row(60, "", "ok", 17), row(75, "", "unknown", 1)]);
    assert!(desk.minute_counts(&CountChoice { tenant: OTHER, ..choice.clone() }).await.unwrap().is_empty());
    assert!(desk.minute_counts(&CountChoice { connection: Some("erp".into()), ..choice }).await.unwrap().is_empty());
}

pub async fn receipts_are_a_ring(world: World) {
    let desk = world.store.desk();
    let receipt = |number: i64, connection: &str| ReceiptRow {
        id: Uuid::from_u128(number as u128),
        tenant: TENANT,
        at: at(number),
        connection: connection.into(),
        webhook: "orders".into(),
        bytes: 10,
        status: 202,
        signature: "valid".into(),
        message: None,
    };
    desk.add_receipts(&[receipt(1, "oa"), receipt(2, "oa"), receipt(3, "erp")], 3).await.unwrap();
    desk.add_receipts(&[receipt(4, "oa"), receipt(5, "oa")], 3).await.unwrap();
    let seen = desk.receipts(TENANT, "oa", &page(10)).await.unwrap();
    assert_eq!(seen.iter().map(|row| row.at).collect::<Vec<_>>(), [at(5), at(4), at(2)]);
    assert_eq!(desk.receipts(TENANT, "erp", &page(10)).await.unwrap(), [receipt(3, "erp")]);
    assert!(desk.receipts(OTHER, "oa", &page(10)).await.unwrap().is_empty());
}

pub async fn breakers_are_held_and_let_go(world: World) {
    let (desk, other) = (world.store.desk(), world.other.desk());
    let hold = |state: Option<&str>| BreakerHold {
        tenant: TENANT,
        connection: "oa".into(),
        state: state.map(str::to_owned),
        actor: "ana".into(),
        reason: "upgrade".into(),
        at: at(1),
    };
    let change = |number: u128, state: &str| BreakerChange {
        id: Uuid::from_u128(number),
        tenant: TENANT,
        at: at(number as i64),
        connection: "oa".into(),
        state: state.into(),
        actor: Some("ana".into()),
        reason: None,
        process: None,
    };
    desk.hold_breaker(&hold(Some("open")), &change(1, "held_open")).await.unwrap();
    desk.hold_breaker(&hold(Some("closed")), &change(2, "held_closed")).await.unwrap();
    assert_eq!(other.held_breakers().await.unwrap(), [hold(Some("closed"))]);
    desk.hold_breaker(&hold(None), &change(3, "released")).await.unwrap();
    assert!(other.held_breakers().await.unwrap().is_empty());
    desk.add_breaker_changes(&[change(3, "twice"), change(4, "open")]).await.unwrap();
    let history = desk.breaker_changes(TENANT, "oa").await.unwrap();
    assert_eq!(history.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["open", "released", "held_closed", "held_open"]);
}

pub async fn cursors_move_only_from_what_was_seen(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let key = StreamKey { tenant: TENANT, connection: "erp".into(), stream: "orders".into() };
    assert!(!desk.run_stream(TENANT, "erp", "orders", at(0)).await.unwrap(), "nobody has run it");
    let claimed = store.claim_streams(&lease("a", 60), at(0), std::slice::from_ref(&key), 9).await.unwrap().remove(0);
    let saved = StreamCursor { cursor: Some("\"5\"".into()), last_success_at: Some(at(1)), ..claimed };
    store.save_cursor(&saved, at(600)).await.unwrap();
    assert!(desk.run_stream(TENANT, "erp", "orders", at(10)).await.unwrap());
    let row = desk.streams(TENANT).await.unwrap().remove(0);
    assert_eq!((row.due_at, row.cursor.as_deref(), row.owner), (at(10), Some("\"5\""), None));
    let change = |before: Option<&str>| CursorChange {
        tenant: TENANT,
        connection: "erp".into(),
        stream: "orders".into(),
        before: before.map(str::to_owned),
        after: Some("\"2\"".into()),
        due_at: at(20),
    };
    assert!(!desk.move_cursor(&change(None)).await.unwrap());
    assert!(!desk.move_cursor(&CursorChange { tenant: OTHER, ..change(Some("\"5\"")) }).await.unwrap());
    assert!(desk.move_cursor(&change(Some("\"5\""))).await.unwrap());
    assert_eq!(store.save_cursor(&saved, at(700)).await.unwrap(), Fenced::Lost, "who ran it saves nothing over it");
    assert_eq!(desk.streams(TENANT).await.unwrap()[0].cursor.as_deref(), Some("\"2\""));
    assert!(desk.streams(OTHER).await.unwrap().is_empty());
}

pub async fn waiting_messages_are_chosen(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let rows: Vec<NewMessage> = (1..=3).map(message).collect();
    store.receive(&rows, &lease("a", 60)).await.unwrap();
    let keep = |row: &NewMessage, state: &str| Deferral {
        id: row.id,
        tenant: row.tenant,
        due_at: at(100),
        state: state.into(),
        external_id: None,
        heard: None,
        problem: Some("why".into()),
    };
    store.defer_messages(&[keep(&rows[0], "parked"), keep(&rows[1], "stopped")]).await.unwrap();
    let choice = |state: Option<&str>| MessageChoice { tenant: TENANT, state: state.map(str::to_owned), connection: Some("erp".into()) };
    assert_eq!(desk.choose_messages(&choice(None), &page(10)).await.unwrap().len(), 2);
    assert_eq!(desk.choose_messages(&choice(Some("stopped")), &page(10)).await.unwrap()[0].new.id, rows[1].id);
    assert_eq!(desk.message(TENANT, rows[2].id.0).await.unwrap().unwrap().state, "new");
    assert_eq!(desk.message(OTHER, rows[2].id.0).await.unwrap(), None);
    let frozen = selection(1, Chosen::Messages(choice(None)));
    assert_eq!(desk.freeze(&frozen, 10).await.unwrap(), 2);
}

pub async fn a_mended_revision_keeps_who_and_why(world: World) {
    let store = &world.store;
    let (document, started) = stored_instance(store, 1).await;
    let mend = AmendmentRow {
        tenant: TENANT,
        document: document.id,
        number: 2,
        at: at(9),
        actor: "ana".into(),
        reason: "wrong supplier".into(),
        changes: "[]".into(),
    };
    let writes = Writes {
        documents_changed: vec![DocumentRow { revision: 2, ..document.clone() }],
        revisions: vec![RevisionRow { payload: String::new(), ..revision(&document, 2) }],
        amendments: vec![mend.clone()],
        instances_changed: vec![InstanceRow { revision: 2, ..started.clone() }],
        ..Writes::default()
    };
    write(store, writes).await;
    assert_eq!(store.desk().amendments(TENANT, document.id).await.unwrap(), [mend]);
    assert!(store.desk().amendments(OTHER, document.id).await.unwrap().is_empty());
    let moved = store.instance(TENANT, started.id).await.unwrap().unwrap();
    assert_eq!(moved.revision, 2, "the instance goes on with it");
}

pub async fn the_hub_tells_how_it_is_doing(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let (_, started) = stored_instance(store, 1).await;
    let timer = TimerKey { tenant: TENANT, instance: started.id, number: 3 };
    let writes = Writes { effects: vec![queued(effect(1, &started, "oa"))], timers: vec![(timer, at(50))], ..Writes::default() };
    write(store, writes).await;
    let outbox = desk.outbox(TENANT, at(10)).await.unwrap();
    assert_eq!((outbox[0].connection.as_str(), outbox[0].lanes, outbox[0].ready, outbox[0].held), ("oa", 1, 1, 0));
    assert_eq!(outbox[0].oldest_ready_at, Some(at(0)));
    claim(store, "a", 10, 60, "oa").await;
    let outbox = desk.outbox(TENANT, at(10)).await.unwrap();
    assert_eq!((outbox[0].ready, outbox[0].held, outbox[0].oldest_ready_at), (0, 1, None));
    assert_eq!(desk.timers(TENANT, 5).await.unwrap(), (1, vec![(started.id, 3, at(50))]));
    assert!(desk.size(TENANT).await.unwrap().bytes > 0);
    let report = |process: &str, seconds| ProcessReport {
        process: process.into(),
        tenant: TENANT,
        started_at: at(1),
        at: at(seconds),
        body: "{}".into(),
    };
    for report in [report("a", 5), report("b", 20), report("a", 30)] {
        desk.report(&report).await.unwrap();
    }
    assert_eq!(desk.reports(TENANT, at(25)).await.unwrap(), [report("a", 30)]);
    assert_eq!(desk.reports(TENANT, at(0)).await.unwrap().len(), 2);
}

pub async fn instances_of_a_flow_are_measured_with_their_histories(world: World) {
    let store = &world.store;
    for number in 1..=4_u64 {
        let document = document(number);
        let mut row = instance(number, &document);
        row.started_at = at(number as i64 * 10);
        if number == 3 {
            row.flow = "other".into();
        }
        if number == 2 {
            (row.status, row.outcome, row.ended_at) = ("ended".into(), Some("approved".into()), Some(at(25)));
        }
        let line = |lock: i64| HistoryRow {
            tenant: TENANT,
            instance: row.id,
            lock,
            at: at(number as i64 * 10 + lock),
            entries: format!("[{lock}]"),
        };
        let writes = Writes {
            documents_new: vec![document.clone()],
            revisions: vec![revision(&document, 1)],
            history: vec![line(1), line(2)],
            instances_new: vec![row.clone()],
            ..Writes::default()
        };
        write(store, writes).await;
    }
    let desk = store.desk();
    let choice = MeasureChoice { tenant: TENANT, flow: "approval".into(), since: at(0), until: at(100), limit: 10 };
    let found = desk.measured(&choice).await.unwrap();
    assert_eq!(found.iter().map(|row| row.started_at).collect::<Vec<_>>(), [at(40), at(20), at(10)], "newest first, of one flow");
    assert_eq!((found[1].status.as_str(), found[1].outcome.as_deref(), found[1].ended_at), ("ended", Some("approved"), Some(at(25))));
    let started = |rows: Vec<MeasuredRow>| rows.iter().map(|row| row.started_at).collect::<Vec<_>>();
    assert_eq!(started(desk.measured(&MeasureChoice { limit: 1, ..choice.clone() }).await.unwrap()), [at(40)]);
    let within = MeasureChoice { since: at(10), until: at(40), ..choice.clone() };
    assert_eq!(started(desk.measured(&within).await.unwrap()), [at(20), at(10)], "from the first moment on, up to before the last");
    assert_eq!(desk.measured(&MeasureChoice { tenant: OTHER, ..choice }).await.unwrap(), []);
    let ids = [found[2].instance.0, found[1].instance.0];
    let mut histories = desk.histories(TENANT, &ids).await.unwrap();
    histories.sort_by_key(|row| (row.at, row.lock));
    assert_eq!(histories.iter().map(|row| row.entries.as_str()).collect::<Vec<_>>(), ["[1]", "[2]", "[1]", "[2]"]);
    assert!(histories[..2].iter().all(|row| row.instance == found[2].instance));
    assert_eq!(desk.histories(OTHER, &ids).await.unwrap(), []);
    assert_eq!(desk.histories(TENANT, &[]).await.unwrap(), []);
}

/// Documents of a source go with everything about them; those of another stay, even when they are named.
pub async fn documents_that_never_went_anywhere_are_taken_out(world: World) {
    let (desk, mine) = (world.store.desk(), "waybill:sample");
    let writes = |number: u64, source: &str| {
        let document = DocumentRow { source: source.into(), ..document(number) };
        let instance = instance(number, &document);
        let exception = exception(number, &instance);
        let history = HistoryRow { tenant: TENANT, instance: instance.id, lock: 1, at: at(1), entries: "[]".into() };
        let revision = revision(&document, 1);
        Writes {
            documents_new: vec![document],
            revisions: vec![revision],
            instances_new: vec![instance],
            history: vec![history],
            exceptions: vec![exception],
            ..Writes::default()
        }
    };
    for (number, source) in [(1, mine), (2, mine), (3, "erp")] {
        write(&world.store, writes(number, source)).await;
        let run = instance(number, &document(number)).id;
        assert!(desk.keep_file(&crate::files::file(number, run, "ann", 1), 9).await.unwrap());
    }
    let ids = [1, 2, 3].map(|number| document(number).id);
    assert_eq!(desk.remove_documents(TenantId(TENANT.0 + 1), mine, &ids).await.unwrap(), 0, "another tenant's");
    assert_eq!(desk.remove_documents(TENANT, mine, &ids[..1]).await.unwrap(), 1);
    assert_eq!(desk.remove_documents(TENANT, mine, &ids).await.unwrap(), 1, "the one that was left of it");
    for (number, there) in [(1, false), (2, false), (3, true)] {
        let (document, instance) = (document(number).id, instance(number, &document(number)).id);
        assert_eq!(world.store.document(TENANT, document).await.unwrap().is_some(), there);
        assert_eq!(world.store.instance(TENANT, instance).await.unwrap().is_some(), there);
        assert_eq!(world.store.history(TENANT, instance, Onward::all()).await.unwrap().len(), usize::from(there));
        assert_eq!(world.store.revision(TENANT, document, 1).await.unwrap().is_some(), there);
        assert_eq!(desk.files(TENANT, instance).await.unwrap().len(), usize::from(there));
        let filter = ExceptionFilter { tenant: TENANT, state: None, cause: None, instance: Some(instance), id: None };
        assert_eq!(world.store.exceptions(&filter, &Page { limit: 9, after: None }).await.unwrap().len(), usize::from(there));
    }
}
