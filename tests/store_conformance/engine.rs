//! Batches: what they load, lock, write and refuse.

use crate::fixtures::*;
use crate::world::World;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use waybill::domain::ids::TenantId;
use waybill::store::*;

pub async fn exceptions_are_found_by_id(world: World) {
    let store = &world.store;
    let (one, two) = (exception(1, &instance(1, &document(1))), exception(2, &instance(1, &document(1))));
    write(store, Writes { exceptions: vec![one.clone(), two.clone()], ..Writes::default() }).await;
    let settled = vec![closed(two.id, "skipped", 50, "ann")];
    write(store, Writes { exceptions_closed: settled, ..Writes::default() }).await;
    let keys = Keys { exceptions: vec![two.id, exception(3, &instance(1, &document(1))).id], ..Keys::default() };
    let found = load(&world.other, keys).await.exceptions;
    assert_eq!(found.iter().map(|row| (row.id, row.state.as_str())).collect::<Vec<_>>(), [(two.id, "closed")]);
    assert!(load(store, Keys::default()).await.exceptions.is_empty());
}

pub async fn an_object_brings_the_instance_that_made_it_with_its_own_document(world: World) {
    let store = &world.store;
    let (own, started) = stored_instance(store, 1).await;
    let made = document(2);
    let writes = Writes {
        documents_new: vec![made.clone()],
        revisions: vec![revision(&made, 1)],
        links: vec![LinkRow { instance: Some(started.id), ..link(&made, "finance", "F1") }],
        ..Writes::default()
    };
    write(store, writes).await;
    let found = load(store, Keys { objects: vec![(TENANT, "finance".into(), "F1".into())], ..Keys::default() }).await;
    assert_eq!(found.instances, [started]);
    let documents: HashSet<_> = found.documents.iter().map(|row| row.id).collect();
    assert_eq!(documents, HashSet::from([own.id, made.id]), "it cannot be decided without its document");
}

pub async fn a_batch_is_written_and_loaded_back(world: World) {
    let store = &world.store;
    let (document, mut started) = (document(1), instance(1, &document(1)));
    let history = HistoryRow { tenant: TENANT, instance: started.id, lock: 1, at: at(1), entries: "[]".into() };
    let timer = TimerKey { tenant: TENANT, instance: started.id, number: 7 };
    let writes = Writes {
        documents_new: vec![document.clone()],
        revisions: vec![revision(&document, 1)],
        instances_new: vec![started.clone()],
        history: vec![history.clone()],
        links: vec![link(&document, "erp", "1")],
        timers: vec![(timer, at(60))],
        exceptions: vec![exception(1, &started)],
        effects: vec![queued(effect(1, &started, "oa"))],
        ..Writes::default()
    };
    let committed = write(store, writes).await;
    assert_eq!((committed.ready.len(), committed.claimed.len()), (1, 0));
    assert!(committed.statements > 0 && committed.rows >= 8, "{committed:?}");

    let keys = Keys { instances: vec![started.id], timers: vec![timer], ..Keys::default() };
    let found = load(&world.other, keys.clone()).await;
    assert_eq!(found.instances, std::slice::from_ref(&started));
    assert_eq!(found.documents, std::slice::from_ref(&document));
    assert_eq!(found.revisions, [RevisionRow { payload: String::new(), ..revision(&document, 1) }]);
    assert_eq!(found.links, [link(&document, "erp", "1")]);
    assert_eq!(found.exceptions, [exception(1, &started)]);
    assert_eq!(found.timers, [timer]);
    assert!(load(store, keys).await.timers.is_empty(), "a timer is loaded once");

    started.state = "1".into();
    started.status = "ended".into();
    started.outcome = Some("approved".into());
    started.ended_at = Some(at(9));
    let (changed, row) = (DocumentRow { status: "approved".into(), revision: 2, ..document.clone() }, started.clone());
    let next = revision(&document, 2);
    decide(store, Keys { instances: vec![started.id], ..Keys::default() }, move |_| Writes {
        instances_changed: vec![row],
        documents_changed: vec![changed],
        revisions: vec![next],
        ..Writes::default()
    })
    .await
    .unwrap();
    assert_eq!(store.instance(TENANT, started.id).await.unwrap(), Some(InstanceRow { lock: 2, ..started.clone() }));
    assert_eq!(store.history(TENANT, started.id, Onward::all()).await.unwrap(), [history]);
    let found = load(store, Keys { documents: vec![document.id], ..Keys::default() }).await;
    assert_eq!(found.documents[0].status, "approved");
    let numbers: Vec<u32> = found.revisions.iter().map(|revision| revision.number).collect();
    assert_eq!(numbers, [1, 2], "the instance's own and the newest");
}

pub async fn history_comes_in_pages(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let line = |lock| HistoryRow { tenant: TENANT, instance: started.id, lock, at: at(1), entries: r#"[{"kind":"entered"}]"#.into() };
    write(store, Writes { history: (11..=15).map(line).collect(), ..Writes::default() }).await;
    let locks = async |page| -> Vec<i64> {
        store.history(TENANT, started.id, page).await.unwrap().iter().map(|row| row.lock).filter(|lock| *lock > 10).collect()
    };
    assert_eq!(locks(Onward::all()).await, [11, 12, 13, 14, 15]);
    assert_eq!(locks(Onward { limit: 2, after: Some(10) }).await, [11, 12]);
    assert_eq!(locks(Onward { limit: 2, after: Some(12) }).await, [13, 14]);
    assert_eq!(locks(Onward { limit: 2, after: Some(14) }).await, [15]);
    assert!(locks(Onward { limit: 2, after: Some(i64::MAX) }).await.is_empty());
}

pub async fn objects_lead_to_documents_and_instances(world: World) {
    let store = &world.store;
    let (one, started) = stored_instance(store, 1).await;
    let (two, _) = stored_instance(store, 2).await;
    let writes = Writes {
        links: vec![LinkRow { instance: Some(started.id), ..link(&one, "oa", "A1") }, link(&two, "oa", "A2")],
        ..Writes::default()
    };
    write(store, writes).await;
    let object = |tenant: i32, connection: &str, external_id: &str| (TenantId(tenant), connection.to_owned(), external_id.to_owned());
    let found = load(store, Keys { objects: vec![object(1, "oa", "A1"), object(1, "oa", "unknown")], ..Keys::default() }).await;
    assert_eq!((found.documents, found.instances), (vec![one.clone()], vec![started]));
    assert_eq!(found.links.len(), 1);
    for elsewhere in [object(2, "oa", "A1"), object(1, "oa2", "A1")] {
        assert!(load(store, Keys { objects: vec![elsewhere], ..Keys::default() }).await.documents.is_empty());
    }
}

pub async fn the_newest_ended_instance_of_each_flow_comes_with_its_document(world: World) {
    let store = &world.store;
    let (document, running) = stored_instance(store, 1).await;
    let ended = |number: u64, started: i64| InstanceRow {
        status: if number == 2 { "superseded" } else { "ended" }.into(),
        started_at: at(started),
        ended_at: Some(at(started + 1)),
        ..instance(number, &document)
    };
    let stopped = InstanceRow { status: "exception".into(), ..instance(5, &document) };
    let payment = |number, started| InstanceRow { flow: "payment".into(), ..ended(number, started) };
    let instances_new = vec![ended(2, 10), ended(3, 20), ended(4, 15), stopped.clone(), payment(6, 2), payment(7, 3)];
    write(store, Writes { instances_new, ..Writes::default() }).await;
    let found = load(store, Keys { documents: vec![document.id], ..Keys::default() }).await;
    let found: HashSet<_> = found.instances.iter().map(|instance| instance.id).collect();
    assert_eq!(found, HashSet::from([running.id, stopped.id, ended(3, 20).id, payment(7, 3).id]));
    let alone = load(store, Keys { instances: vec![running.id], ..Keys::default() }).await;
    assert_eq!(alone.instances, [running], "an instance named by id brings no siblings");
}

pub async fn a_batch_repeated_after_an_unknown_commit_changes_nothing(world: World) {
    let store = &world.store;
    store.receive(&[message(1)], &lease("a", 30)).await.unwrap();
    let batch = || {
        let (document, started) = (document(1), instance(1, &document(1)));
        let keys = Keys { messages: vec![message(1).id], documents: vec![document.id], ..Keys::default() };
        let decision = move |loaded: Loaded| {
            if loaded.messages.is_empty() {
                return Writes::default();
            }
            Writes {
                documents_new: vec![document.clone()],
                revisions: vec![revision(&document, 1)],
                effects: vec![queued(effect(1, &started, "oa"))],
                instances_new: vec![started],
                ..Writes::default()
            }
        };
        (keys, decision)
    };
    for _ in 0..2 {
        let (keys, decision) = batch();
        decide(store, keys, decision).await.unwrap();
    }
    // Even rows that come again by another way (a message that names the same objects) are left alone.
    let (document, started) = (document(1), instance(1, &document(1)));
    let writes = Writes {
        documents_new: vec![DocumentRow { status: "other".into(), ..document.clone() }],
        revisions: vec![RevisionRow { body: "other".into(), ..revision(&document, 1) }],
        instances_new: vec![InstanceRow { state: "other".into(), ..started.clone() }],
        exceptions: vec![exception(1, &started), exception(1, &started)],
        effects: vec![queued(EffectRow { work: "other".into(), ..effect(1, &started, "oa") })],
        relations: vec![RelationRow { tenant: TENANT, document: document.id, made_for: document.id, relation: "pays".into() }; 2],
        ..Writes::default()
    };
    write(store, writes).await;
    let view = store.document(TENANT, document.id).await.unwrap().unwrap();
    assert_eq!((view.document, view.revisions.len(), view.instances), (document.clone(), 1, vec![started.clone()]));
    assert_eq!(view.relations.len(), 1);
    assert_eq!(store.revision(TENANT, document.id, 1).await.unwrap().unwrap(), revision(&document, 1));
    let effects = store.effects(TENANT, started.id, Onward::all()).await.unwrap();
    assert_eq!((effects.len(), effects[0].work.as_str()), (1, "{\"kind\":\"call\"}"));
    assert_eq!(claim(store, "a", 0, 30, "oa").await.len(), 1);
}

pub async fn a_made_document_that_is_known_comes_back_and_nothing_is_written(world: World) {
    let store = &world.store;
    let (own, known) = (document(1), document(2));
    write(store, Writes { documents_new: vec![known.clone()], revisions: vec![revision(&known, 1)], ..Writes::default() }).await;
    let batch = |made: Vec<DocumentRow>| Writes {
        documents_made: made.iter().map(|row| row.id).collect(),
        revisions: made.iter().map(|row| revision(row, 1)).collect(),
        documents_new: made,
        instances_new: vec![instance(1, &own)],
        ..Writes::default()
    };
    let refused = decide(store, Keys::default(), {
        let writes = batch(vec![document(3), DocumentRow { status: "other".into(), ..known.clone() }]);
        |_| writes
    })
    .await;
    assert!(matches!(&refused, Err(Error::Known(ids)) if *ids == [known.id]), "{refused:?}");
    assert!(store.document(TENANT, document(3).id).await.unwrap().is_none(), "nothing of the batch is kept");
    assert!(store.instance(TENANT, instance(1, &own).id).await.unwrap().is_none());
    assert_eq!(store.document(TENANT, known.id).await.unwrap().unwrap().document, known);
    write(store, batch(vec![document(3)])).await;
    assert!(store.document(TENANT, document(3).id).await.unwrap().is_some(), "one that is new is made");
}

pub async fn a_stale_instance_refuses_the_batch(world: World) {
    let store = &world.store;
    let (document, started) = stored_instance(store, 1).await;
    let stale = InstanceRow { lock: 9, state: "stale".into(), ..started.clone() };
    let writes = Writes { instances_changed: vec![stale], links: vec![link(&document, "oa", "A1")], ..Writes::default() };
    let outcome = decide(store, Keys::default(), |_| writes).await;
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
    let view = store.document(TENANT, document.id).await.unwrap().unwrap();
    assert_eq!((view.links.len(), view.instances), (0, vec![started]), "nothing of the batch was kept");
    let missing = Writes { documents_changed: vec![crate::fixtures::document(77)], ..Writes::default() };
    assert!(matches!(decide(store, Keys::default(), |_| missing).await, Err(Error::Refused(_))));
}

pub async fn one_bad_row_refuses_the_batch_and_others_pass(world: World) {
    let store = &world.store;
    let bad = [
        ("the character NUL", DocumentRow { key: "PO\0".into(), ..document(2) }),
        ("a revision without number", DocumentRow { revision: 0, ..document(2) }),
    ];
    for (what, row) in bad {
        let rows = vec![document(1), row, document(3)];
        let all = Writes { documents_new: rows, ..Writes::default() };
        let outcome = decide(store, Keys::default(), |_| all).await;
        assert!(matches!(outcome, Err(Error::Refused(_))), "{what}: {outcome:?}");
        assert_eq!(store.counts(at(0)).await.unwrap().documents, 0, "{what}");
    }
    write(store, Writes { documents_new: vec![document(1), document(3)], ..Writes::default() }).await;
    assert_eq!(store.counts(at(0)).await.unwrap().documents, 2);
    let mut nul = message(1);
    nul.payload = "a\0b".into();
    assert!(matches!(store.receive(&[nul], &lease("a", 1)).await, Err(Error::Refused(_))));
    let (_, started) = stored_instance(store, 9).await;
    let unknown_state = InstanceRow { status: "dreaming".into(), ..started };
    let outcome = decide(store, Keys::default(), |_| Writes { instances_changed: vec![unknown_state], ..Writes::default() }).await;
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
}

pub async fn texts_come_back_as_they_were(world: World) {
    let store = &world.store;
    let texts = ["采购订单 №4711", "🚚\u{200d}\u{1f469}", "it's \"quoted\" \\ {a,b} NULL $1", "", " \n\t\u{7f}", "{\"nul\":\"\\u0000\"}"];
    for (number, text) in texts.iter().enumerate() {
        let row = DocumentRow { display: text.to_string(), status: text.to_string(), ..document(number as u64) };
        let body = RevisionRow { body: text.to_string(), payload: text.to_string(), ..revision(&row, 1) };
        write(store, Writes { documents_new: vec![row.clone()], revisions: vec![body.clone()], ..Writes::default() }).await;
        assert_eq!(store.document(TENANT, row.id).await.unwrap().unwrap().document, row);
        assert_eq!(store.revision(TENANT, row.id, 1).await.unwrap().unwrap(), body);
    }
}

pub async fn concurrent_batches_lose_no_update(world: World) {
    let (_, started) = stored_instance(&world.store, 1).await;
    let batches = (0..20).map(|turn| {
        let store = if turn % 2 == 0 { world.store.clone() } else { world.other.clone() };
        let keys = Keys { instances: vec![started.id], ..Keys::default() };
        tokio::spawn(async move {
            decide(&store, keys, |loaded| {
                let mut row = loaded.instances[0].clone();
                row.state = (row.state.parse::<u32>().unwrap() + 1).to_string();
                Writes { instances_changed: vec![row], ..Writes::default() }
            })
            .await
            .unwrap();
        })
    });
    for batch in futures::future::join_all(batches).await {
        batch.unwrap();
    }
    let row = world.store.instance(TENANT, started.id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.lock), ("20", 21));
}

pub async fn concurrent_creations_make_one_document(world: World) {
    let created = Arc::new(AtomicU32::new(0));
    let batches = (0..10_u64).map(|turn| {
        let store = if turn % 2 == 0 { world.store.clone() } else { world.other.clone() };
        let created = created.clone();
        let keys = Keys { documents: (0..5).map(|n| document((n + turn) % 5).id).collect(), ..Keys::default() };
        tokio::spawn(async move {
            decide(&store, keys, move |loaded| {
                let known: HashSet<_> = loaded.documents.iter().map(|row| row.id).collect();
                let documents_new: Vec<_> = (0..5).map(document).filter(|row| !known.contains(&row.id)).collect();
                created.fetch_add(documents_new.len() as u32, Ordering::SeqCst);
                let documents_changed = loaded.documents.into_iter().map(|row| DocumentRow { revision: row.revision + 1, ..row }).collect();
                Writes { documents_new, documents_changed, ..Writes::default() }
            })
            .await
            .unwrap();
        })
    });
    for batch in futures::future::join_all(batches).await {
        batch.unwrap();
    }
    assert_eq!(created.load(Ordering::SeqCst), 5);
    let found = load(&world.store, Keys { documents: (0..5).map(|n| document(n).id).collect(), ..Keys::default() }).await;
    assert!(found.documents.iter().all(|row| row.revision == 10), "each of the ten batches counts: {:?}", found.documents);
}

pub async fn a_timer_fires_once(world: World) {
    let (_, started) = stored_instance(&world.store, 1).await;
    let timer = |number| TimerKey { tenant: TENANT, instance: started.id, number };
    let timers = (0..20).map(|number| (timer(number), at(number as i64))).collect();
    write(&world.store, Writes { timers, ..Writes::default() }).await;
    let due = world.store.due_timers(at(9), 100).await.unwrap();
    assert_eq!(due, (0..10).map(timer).collect::<Vec<_>>(), "oldest first");
    assert_eq!(world.store.due_timers(at(9), 3).await.unwrap().len(), 3);
    let fired = Arc::new(AtomicU32::new(0));
    let claimers = (0..8).map(|turn| {
        let (store, fired, due) = (if turn % 2 == 0 { world.store.clone() } else { world.other.clone() }, fired.clone(), due.clone());
        let keys = Keys { instances: vec![started.id], timers: due, ..Keys::default() };
        tokio::spawn(async move {
            decide(&store, keys, move |loaded| {
                fired.fetch_add(loaded.timers.len() as u32, Ordering::SeqCst);
                Writes::default()
            })
            .await
            .unwrap();
        })
    });
    for claimer in futures::future::join_all(claimers).await {
        claimer.unwrap();
    }
    assert_eq!(fired.load(Ordering::SeqCst), 10);
    assert!(world.store.due_timers(at(9), 100).await.unwrap().is_empty());
}

pub async fn timers_can_be_moved_and_removed(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let timer = |number| TimerKey { tenant: TENANT, instance: started.id, number };
    write(store, Writes { timers: vec![(timer(1), at(1)), (timer(2), at(1)), (timer(3), at(1))], ..Writes::default() }).await;
    let writes =
        Writes { timers_removed: vec![timer(1), timer(2)], timers: vec![(timer(2), at(50)), (timer(3), at(60))], ..Writes::default() };
    write(store, writes).await;
    assert_eq!(store.due_timers(at(55), 10).await.unwrap(), [timer(2)]);
    assert_eq!(store.due_timers(at(60), 10).await.unwrap(), [timer(2), timer(3)]);
}

pub async fn links_forget_nothing(world: World) {
    let store = &world.store;
    let (document, started) = stored_instance(store, 1).await;
    let written = LinkRow {
        instance: Some(started.id),
        step: Some("ask#1".into()),
        written: Some("in_approval".into()),
        written_at: Some(at(1)),
        ..link(&document, "oa", "A1")
    };
    let seen = LinkRow { seen: Some("running".into()), seen_at: Some(at(2)), closed: true, ..link(&document, "oa", "A1") };
    write(store, Writes { links: vec![written.clone()], ..Writes::default() }).await;
    write(store, Writes { links: vec![seen.clone()], ..Writes::default() }).await;
    let both = LinkRow { seen: seen.seen, seen_at: seen.seen_at, closed: true, ..written };
    assert_eq!(store.document(TENANT, document.id).await.unwrap().unwrap().links, [both]);
}

pub async fn statuses_reach_documents_that_were_not_loaded(world: World) {
    let store = &world.store;
    let (document, _) = stored_instance(store, 1).await;
    let status = |tenant, word: &str, seconds| (tenant, document.id, word.to_owned(), at(seconds));
    write(store, Writes { statuses: vec![status(TENANT, "first", 3), status(TENANT, "released", 5)], ..Writes::default() }).await;
    write(store, Writes { statuses: vec![status(TenantId(2), "foreign", 6)], ..Writes::default() }).await;
    let row = store.document(TENANT, document.id).await.unwrap().unwrap().document;
    assert_eq!((row.status.as_str(), row.updated_at), ("released", at(5)));
}

pub async fn ten_thousand_rows_fit_a_batch(world: World) {
    const ROWS: u64 = 10_000;
    let store = &world.store;
    let messages: Vec<NewMessage> = (0..ROWS).map(message).collect();
    assert!(store.receive(&messages, &lease("a", 30)).await.unwrap().iter().all(|received| *received == Received::New));
    let documents: Vec<DocumentRow> = (0..ROWS).map(document).collect();
    let keys = Keys {
        documents: documents.iter().map(|row| row.id).collect(),
        messages: messages.iter().map(|message| message.id).collect(),
        ..Keys::default()
    };
    let committed = decide(store, keys, move |loaded| {
        assert_eq!(loaded.messages.len() as u64, ROWS);
        let instances_new: Vec<_> = documents.iter().enumerate().map(|(number, row)| instance(number as u64, row)).collect();
        let effects = instances_new.iter().enumerate().map(|(number, row)| queued(effect(number as u64, row, "oa"))).collect();
        Writes {
            revisions: documents.iter().map(|row| revision(row, 1)).collect(),
            documents_new: documents,
            instances_new,
            effects,
            ..Writes::default()
        }
    })
    .await
    .unwrap();
    assert_eq!(committed.ready.len() as u64, ROWS);
    let claimed = store.claim_lanes(&lease("a", 30), at(0), &[room("oa", ROWS as u32)]).await.unwrap();
    assert_eq!(claimed.len() as u64, ROWS);
    let reports: Vec<Progress> = claimed.iter().map(|claimed| report(claimed, "done", 0)).collect();
    assert!(store.record_progress(&reports).await.unwrap().iter().all(|fenced| *fenced == Fenced::Held));
    assert!(store.counts(at(0)).await.unwrap().effects.is_empty());
}
