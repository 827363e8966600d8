//! Releases are whole or not there, the pointer moves once for each, drafts are saved over what was seen.

use crate::fixtures::*;
use crate::world::World;
use waybill::store::*;

fn version(kind: &str, id: &str, hash: &str, text: &str) -> DefinitionRow {
    DefinitionRow {
        tenant: TENANT,
        kind: kind.into(),
        id: id.into(),
        hash: hash.into(),
        text: text.into(),
        author: "ana".into(),
        message: "why".into(),
        created_at: at(i64::from(u8::from(hash == "h2"))),
    }
}

fn item(path: &str, kind: &str, id: &str, hash: &str) -> ReleaseItem {
    ReleaseItem { path: path.into(), kind: kind.into(), id: id.into(), hash: hash.into() }
}

/// A release of one flow and one sample on top of another.
pub fn release(expected: u32, flow: &str) -> NewRelease {
    NewRelease {
        release: ReleaseRow {
            tenant: TENANT,
            number: expected + 1,
            digest: format!("digest of {flow}"),
            author: "ana".into(),
            message: format!("to {flow}"),
            tests_passed: 3,
            tests_failed: 1,
            untested: Some("in a hurry".into()),
            restores: Some(7),
            created_at: at(i64::from(expected)),
        },
        items: vec![item("flows/Z.yaml", "flow", "a", flow), item("flows/a.yaml", "file", "flows/a.yaml", "s1")],
        definitions: vec![version("flow", "a", flow, &format!("text of {flow}\r\n# ü")), version("file", "flows/a.yaml", "s1", "{}")],
        expected,
        drafts: vec![],
    }
}

pub async fn a_release_comes_back_as_it_was_published(world: World) {
    let store = &world.store;
    assert_eq!(store.live_release(TENANT).await.unwrap(), None);
    let (one, two) = (release(0, "h1"), release(1, "h2"));
    assert_eq!(store.publish(&one).await.unwrap(), Publication::Done);
    assert_eq!(store.live_release(TENANT).await.unwrap(), Some(one.release.clone()));
    assert_eq!(store.publish(&two).await.unwrap(), Publication::Done);
    assert_eq!(world.other.live_release(TENANT).await.unwrap(), Some(two.release.clone()));
    assert_eq!(store.release(TENANT, 1).await.unwrap(), Some(one.release.clone()));
    assert_eq!(store.release(TENANT, 3).await.unwrap(), None);
    assert_eq!(store.release_items(TENANT, 1).await.unwrap(), one.items, "in the order of bytes, whatever the collation");
    let texts = store.release_texts(TENANT, 2).await.unwrap();
    assert_eq!(texts.iter().map(|found| found.text.as_str()).collect::<Vec<_>>(), ["text of h2\r\n# ü", "{}"]);
    let numbers = |rows: Vec<ReleaseRow>| rows.iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(store.releases(TENANT, None, 10).await.unwrap()), [2, 1]);
    assert_eq!(numbers(store.releases(TENANT, Some(2), 10).await.unwrap()), [1]);
    assert_eq!(numbers(store.releases(TENANT, None, 1).await.unwrap()), [2]);
    assert_eq!(store.release_with(TENANT, "digest of h1").await.unwrap().map(|row| row.number), Some(1));
    assert_eq!(store.release_with(TENANT, "digest of h3").await.unwrap(), None);
}

pub async fn a_release_on_top_of_another_than_the_live_one_changes_nothing(world: World) {
    let store = &world.store;
    store.publish(&release(0, "h1")).await.unwrap();
    let live = Some(release(0, "h1").release);
    for stale in [release(0, "h2"), release(4, "h2")] {
        assert_eq!(store.publish(&stale).await.unwrap(), Publication::Conflict(live.clone()));
    }
    assert_eq!(store.definition(TENANT, "flow", "a", "h2").await.unwrap(), None, "nothing of it is stored");
    assert_eq!(store.releases(TENANT, None, 10).await.unwrap().len(), 1);
}

pub async fn of_concurrent_publishers_one_wins(world: World) {
    for expected in 0..4 {
        let (one, two) = (release(expected, &format!("a{expected}")), release(expected, &format!("b{expected}")));
        let (first, second) = futures::join!(world.store.publish(&one), world.other.publish(&two));
        let done = [first.unwrap(), second.unwrap()].iter().filter(|outcome| **outcome == Publication::Done).count();
        assert_eq!(done, 1);
        let live = world.store.live_release(TENANT).await.unwrap().unwrap();
        assert_eq!(live.number, expected + 1);
        assert_eq!(world.store.release_texts(TENANT, live.number).await.unwrap().len(), 2);
    }
}

pub async fn a_release_that_cannot_be_stored_leaves_the_live_one(world: World) {
    let store = &world.store;
    store.publish(&release(0, "h1")).await.unwrap();
    let mut broken = release(1, "h2");
    broken.definitions[1].text = "\0".into();
    assert!(matches!(store.publish(&broken).await, Err(Error::Refused(_))));
    assert_eq!(store.live_release(TENANT).await.unwrap().map(|row| row.number), Some(1));
    assert_eq!(store.definition(TENANT, "flow", "a", "h2").await.unwrap(), None);
    assert_eq!(store.publish(&release(1, "h2")).await.unwrap(), Publication::Done, "and does not stand in the way");
}

pub async fn versions_say_in_which_releases_they_stand(world: World) {
    let store = &world.store;
    for (expected, flow) in [(0, "h1"), (1, "h2"), (2, "h1")] {
        store.publish(&release(expected, flow)).await.unwrap();
    }
    let versions = store.definition_versions(TENANT, "flow", "a").await.unwrap();
    let told: Vec<_> = versions.iter().map(|one| (one.hash.as_str(), one.first_release, one.last_release)).collect();
    assert_eq!(told, [("h2", Some(2), Some(2)), ("h1", Some(1), Some(3))]);
    assert_eq!((versions[0].author.as_str(), versions[0].created_at), ("ana", at(1)));
    assert_eq!(store.definition_versions(TENANT, "flow", "b").await.unwrap(), []);
}

fn draft(author: &str, id: &str, text: Option<&str>) -> DraftRow {
    DraftRow {
        tenant: TENANT,
        author: author.into(),
        kind: "flow".into(),
        id: id.into(),
        path: format!("flows/{id}.yaml"),
        text: text.map(str::to_owned),
        hash: format!("hash of {}", text.unwrap_or("nothing")),
        base: Some("live".into()),
        created_at: at(1),
        updated_at: at(2),
    }
}

fn key(draft: &DraftRow) -> DraftKey {
    DraftKey { author: draft.author.clone(), kind: draft.kind.clone(), id: draft.id.clone(), hash: draft.hash.clone() }
}

pub async fn a_draft_is_saved_over_what_was_seen(world: World) {
    let store = &world.store;
    let (one, two, other) = (draft("ana", "a", Some("one")), draft("ana", "a", Some("two")), draft("bo", "a", None));
    assert_eq!(store.save_draft(&one, Some("hash of zero")).await.unwrap(), DraftSaved::Conflict(None));
    assert_eq!(store.save_draft(&one, None).await.unwrap(), DraftSaved::Done);
    assert_eq!(store.save_draft(&two, None).await.unwrap(), DraftSaved::Conflict(Some(one.clone())));
    assert_eq!(store.save_draft(&two, Some("hash of zero")).await.unwrap(), DraftSaved::Conflict(Some(one.clone())));
    assert_eq!(store.save_draft(&other, None).await.unwrap(), DraftSaved::Done, "another author has a draft of its own");
    assert_eq!(store.save_draft(&two, Some("hash of one")).await.unwrap(), DraftSaved::Done);
    assert_eq!(store.drafts(TENANT, Some("ana")).await.unwrap(), std::slice::from_ref(&two));
    assert_eq!(world.other.drafts(TENANT, None).await.unwrap(), [two.clone(), other.clone()]);
    assert_eq!(store.drop_draft(TENANT, &key(&one)).await.unwrap(), DraftSaved::Conflict(Some(two.clone())));
    assert_eq!(store.drop_draft(TENANT, &key(&two)).await.unwrap(), DraftSaved::Done);
    assert_eq!(store.drop_draft(TENANT, &key(&two)).await.unwrap(), DraftSaved::Conflict(None));
    assert_eq!(store.drafts(TENANT, None).await.unwrap(), [other]);
}

pub async fn of_concurrent_saves_one_wins(world: World) {
    world.store.save_draft(&draft("ana", "a", Some("zero")), None).await.unwrap();
    let (one, two) = (draft("ana", "a", Some("one")), draft("ana", "a", Some("two")));
    let (first, second) =
        futures::join!(world.store.save_draft(&one, Some("hash of zero")), world.other.save_draft(&two, Some("hash of zero")));
    let done = [first.unwrap(), second.unwrap()].iter().filter(|saved| **saved == DraftSaved::Done).count();
    assert_eq!(done, 1);
}

pub async fn published_drafts_go_with_the_release_and_newer_ones_stay(world: World) {
    let store = &world.store;
    let (published, saved_since) = (draft("ana", "a", Some("one")), draft("ana", "b", Some("newer")));
    for draft in [&published, &saved_since] {
        store.save_draft(draft, None).await.unwrap();
    }
    let keys = vec![key(&published), DraftKey { hash: "hash of older".into(), ..key(&saved_since) }];
    store.publish(&NewRelease { drafts: keys, ..release(0, "h1") }).await.unwrap();
    assert_eq!(store.drafts(TENANT, None).await.unwrap(), [saved_since]);
}

pub async fn an_instance_moves_to_another_version_with_its_state(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let changed = InstanceRow { state: "{\"moved\":1}".into(), ..started.clone() };
    let writes = Writes { instances_changed: vec![changed], instance_versions: vec![(started.id, "v2".into())], ..Writes::default() };
    write(store, writes).await;
    let found = store.instance(TENANT, started.id).await.unwrap().unwrap();
    let named = store.instances_named(TENANT, &[started.id, waybill::domain::ids::InstanceId(id("instance", 99))]).await.unwrap();
    assert_eq!(named, std::slice::from_ref(&found));
    assert_eq!((found.version.as_str(), found.state.as_str(), found.lock), ("v2", "{\"moved\":1}", started.lock + 1));
}
