//! The feed of changes: what a commit tells, and to whom.

use crate::fixtures::*;
use crate::people::task;
use crate::publishing::release;
use crate::reconcile::{drift, stored};
use crate::world::World;
use waybill::domain::ids::TenantId;
use waybill::store::desk::*;
use waybill::store::*;

const OTHER: TenantId = TenantId(2);

/// What the feed tells once it tells `count` rows. PostgreSQL's shows a row when no older transaction of the whole server is
/// still writing, and the tests beside this one write to the same server.
async fn told(desk: &dyn Desk, count: usize) -> Vec<ChangeRow> {
    for _ in 0..3_000 {
        let told = desk.changes(TENANT, FeedPlace::default(), 10).await.unwrap();
        if told.len() >= count {
            return told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the feed does not tell {count} rows in half a minute");
}

pub async fn a_commit_tells_the_feed_what_changed(world: World) {
    let desk = world.store.desk();
    assert_eq!(desk.feed_ends(TENANT).await.unwrap(), None);
    let (document, started) = stored_instance(&world.store, 1).await;
    stored_instance(&world.other, 2).await;
    write(&world.store, Writes { exceptions: vec![exception(1, &started)], ..Writes::default() }).await;
    let all = told(desk, 3).await;
    assert_eq!(all.len(), 3, "one row for each commit");
    assert!(all.windows(2).all(|pair| pair[0].place < pair[1].place));
    let first: serde_json::Value = serde_json::from_str(&all[0].changes).unwrap();
    assert_eq!(first, serde_json::json!({"documents": [[document.id, 1]], "instances": [[started.id, 1]]}));
    assert_eq!(desk.changes(TENANT, all[1].place, 10).await.unwrap(), all[2..]);
    assert_eq!(desk.changes(TENANT, FeedPlace::default(), 2).await.unwrap(), all[..2]);
    assert_eq!(desk.feed_ends(TENANT).await.unwrap(), Some((all[2].place, all[0].place)));
    assert!(desk.changes(OTHER, FeedPlace::default(), 10).await.unwrap().is_empty());
    // A commit that nobody could see a difference of tells nothing.
    write(&world.store, Writes { links: vec![link(&document, "oa", "A1")], ..Writes::default() }).await;
    assert_eq!(desk.changes(TENANT, FeedPlace::default(), 10).await.unwrap().len(), 3);
    desk.sweep(at(0), at(0), at(1_000)).await.unwrap();
    assert_eq!(desk.feed_ends(TENANT).await.unwrap(), None);
}

pub async fn an_exception_is_told_to_whose_it_is_also_when_it_is_settled(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let (_, started) = stored_instance(store, 1).await;
    // About messages: they have no instance that changes with them, and one commit settles those of two tenants.
    let about = |number: u64, tenant: TenantId| ExceptionRow { tenant, instance: None, document: None, ..exception(number, &started) };
    let (ours, theirs) = (about(1, TENANT), about(2, OTHER));
    write(store, Writes { exceptions: vec![ours.clone(), theirs.clone()], ..Writes::default() }).await;
    let settled = vec![closed(ours.id, "dropped", 50, "ana"), ClosedException { tenant: OTHER, ..closed(theirs.id, "dropped", 51, "bob") }];
    write(store, Writes { exceptions_closed: settled, ..Writes::default() }).await;
    let json = |row: &ChangeRow| serde_json::from_str::<serde_json::Value>(&row.changes).unwrap();
    assert_eq!(json(&told(desk, 3).await[2]), serde_json::json!({"exceptions": [[ours.id, 2]]}));
    let elsewhere = desk.changes(OTHER, FeedPlace::default(), 10).await.unwrap();
    assert_eq!(
        elsewhere.iter().map(json).collect::<Vec<_>>(),
        [serde_json::json!({"exceptions": [[theirs.id, 1]]}), serde_json::json!({"exceptions": [[theirs.id, 2]]})]
    );
}

pub async fn tasks_are_told_as_such(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let (_, started) = stored_instance(store, 1).await;
    let (one, two) = (task(&started, 1, "e1", "pending"), task(&started, 2, "e2", "pending"));
    write(store, Writes { tasks: vec![one.clone(), two.clone()], ..Writes::default() }).await;
    let all = told(desk, 2).await;
    let json: serde_json::Value = serde_json::from_str(&all[1].changes).unwrap();
    let named: Vec<&serde_json::Value> = json["tasks"].as_array().unwrap().iter().map(|entry| &entry[0]).collect();
    assert_eq!(named, [&serde_json::json!(one.id), &serde_json::json!(two.id)], "{json}");
}

pub async fn a_call_that_goes_on_later_is_told_too(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let (_, started) = stored_instance(store, 1).await;
    write(store, Writes { effects: vec![queued(effect(1, &started, "oa"))], ..Writes::default() }).await;
    let claimed = claim(store, "a", 0, 30, "oa").await.remove(0);
    let tried = |state: &str, due| Progress { attempts: vec![attempt(&claimed.effect, 0, 1)], ..report(&claimed, state, due) };
    assert_eq!(store.record_progress(&[tried("waiting", 50)]).await.unwrap(), [Fenced::Held]);
    let all = told(desk, 2).await;
    let last: serde_json::Value = serde_json::from_str(&all[1].changes).unwrap();
    assert_eq!(last, serde_json::json!({"effects": [[claimed.effect.id, 1]]}), "which call, and its how many-eth try");
    // Neither what was given back unsent nor what comes under a lost lease changes anything that people see.
    assert_eq!(store.record_progress(&[tried("waiting", 60)]).await.unwrap(), [Fenced::Lost]);
    let again = claim(store, "a", 55, 80, "oa").await.remove(0);
    assert_eq!(store.record_progress(&[report(&again, "planned", 90)]).await.unwrap(), [Fenced::Held]);
    write(store, Writes { exceptions: vec![exception(1, &started)], ..Writes::default() }).await;
    assert_eq!(told(desk, 3).await.len(), 3, "the last is the exception's");
}

pub async fn differences_are_told_when_they_open_and_when_they_are_settled(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    let json = |row: &ChangeRow| serde_json::from_str::<serde_json::Value>(&row.changes).unwrap();
    let micros = |seconds: i64| at(seconds).as_microsecond();
    let (one, two, three) = (drift(1, "A", "status_differs"), drift(2, "B", "not_here"), drift(3, "C", "not_owned"));
    stored(&world, vec![one.clone(), two.clone()]).await;
    write(store, Writes { drifts: vec![three.clone()], ..Writes::default() }).await;
    let word = |id, say, seconds| DriftWord { tenant: TENANT, id, say, actor: "ana".into(), reason: None, at: at(seconds) };
    assert_eq!(store.say_of_drifts(&[word(one.id, DriftSay::Accept, 50), word(two.id, DriftSay::Gone, 51)]).await.unwrap(), [true, true]);
    // What comes too late changes nothing, and a commit of nothing else tells nothing.
    assert_eq!(store.say_of_drifts(&[word(two.id, DriftSay::Accept, 52)]).await.unwrap(), [false]);
    let resolved = DriftRow {
        state: "resolved".into(),
        resolution: Some("gone".into()),
        resolved_at: Some(at(60)),
        last_seen_at: at(60),
        ..three.clone()
    };
    write(store, Writes { drifts: vec![resolved], ..Writes::default() }).await;
    let told: Vec<_> = told(desk, 4).await.iter().map(json).collect();
    assert_eq!(
        told,
        [
            serde_json::json!({"drift": [[one.id, micros(1)], [two.id, micros(2)]]}),
            serde_json::json!({"drift": [[three.id, micros(3)]]}),
            serde_json::json!({"drift": [[one.id, micros(50)], [two.id, micros(51)]]}),
            serde_json::json!({"drift": [[three.id, micros(60)]]}),
        ]
    );
}

pub async fn a_release_is_told_when_it_goes_live(world: World) {
    let (store, desk) = (&world.store, world.store.desk());
    assert_eq!(store.publish(&release(0, "h1")).await.unwrap(), Publication::Done);
    // Made on top of what is not live any more, it does not go live.
    assert!(matches!(store.publish(&release(0, "h2")).await.unwrap(), Publication::Conflict(Some(_))));
    assert_eq!(store.publish(&release(1, "h2")).await.unwrap(), Publication::Done);
    let told: Vec<_> = told(desk, 2).await.into_iter().map(|row| row.changes).collect();
    assert_eq!(told, [r#"{"releases":[[1,1]]}"#, r#"{"releases":[[2,1]]}"#]);
}
