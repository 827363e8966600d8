//! Files that people attach: kept once, by a bound for each who uploads, until a decision names them or their time is over.

use crate::fixtures::*;
use crate::world::World;
use std::sync::Arc;
use uuid::Uuid;
use waybill::domain::access::scope::Thing;
use waybill::domain::ids::{InstanceId, TenantId};
use waybill::store::desk::*;
use waybill::store::*;

const OTHER: TenantId = TenantId(2);
const HOUR: i64 = 3_600;

pub fn file(number: u64, instance: InstanceId, who: &str, created: i64) -> FileContent {
    let file = FileRow {
        id: id("file", number),
        tenant: TENANT,
        instance,
        kind: "purchase_order".into(),
        created_at: at(created),
        attached_at: None,
        uploaded_by: who.into(),
        name: "报价单.pdf".into(),
        content_type: "application/pdf".into(),
        bytes: 3,
        sha256: "ab".into(),
    };
    FileContent { file, content: "YWJj".into() }
}

async fn named(store: &Arc<dyn Store>, tenant: TenantId, instance: InstanceId, number: u64, seconds: i64) {
    let use_of = FileUse { tenant, instance, id: id("file", number), at: at(seconds) };
    write(store, Writes { files: vec![use_of], ..Writes::default() }).await;
}

async fn numbers(store: &Arc<dyn Store>, instance: InstanceId) -> Vec<u64> {
    let rows = store.desk().files(TENANT, instance).await.unwrap();
    (1..9).filter(|number| rows.iter().any(|row| row.id == id("file", *number))).collect()
}

pub async fn a_file_is_kept_once_and_read_whole_alone(world: World) {
    let store = &world.store;
    let (_, run) = stored_instance(store, 1).await;
    let kept = file(1, run.id, "ann", 1);
    assert!(store.desk().keep_file(&kept, 9).await.unwrap());
    assert!(store.desk().keep_file(&file(2, run.id, "bob", 2), 9).await.unwrap());
    assert_eq!(store.desk().file_content(TENANT, kept.file.id).await.unwrap(), Some(kept.clone()));
    let rows = store.desk().files(TENANT, run.id).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.uploaded_by.as_str()).collect::<Vec<_>>(), ["ann", "bob"], "the oldest first");
    assert_eq!(rows[0], kept.file);
    assert_eq!(store.desk().files_by_id(TENANT, &[kept.file.id, Uuid::nil()]).await.unwrap(), std::slice::from_ref(&kept.file));
    // Uploaded again its day begins anew; whatever comes under its id changes nothing of it.
    let again = FileContent { file: FileRow { name: "other.pdf".into(), ..file(1, run.id, "ann", 50).file }, content: "eHl6".into() };
    assert!(store.desk().keep_file(&again, 9).await.unwrap());
    let later = FileContent { file: FileRow { created_at: at(50), ..kept.file.clone() }, ..kept.clone() };
    assert_eq!(store.desk().file_content(TENANT, kept.file.id).await.unwrap(), Some(later));
    assert!(store.desk().files(OTHER, run.id).await.unwrap().is_empty(), "another tenant's");
    assert!(store.desk().files_by_id(OTHER, &[kept.file.id]).await.unwrap().is_empty());
    assert_eq!(store.desk().file_content(OTHER, kept.file.id).await.unwrap(), None);
    // It belongs to whatever its instance does.
    let of = async |thing| store.desk().belongings(TENANT, thing).await.unwrap();
    assert_eq!(of(Thing::File(kept.file.id)).await, of(Thing::Instance(run.id.0)).await);
    assert_eq!(of(Thing::File(Uuid::nil())).await, None);
}

pub async fn files_that_wait_are_bounded_for_each_who_uploads(world: World) {
    let store = &world.store;
    let ((_, one), (_, two)) = (stored_instance(store, 1).await, stored_instance(store, 2).await);
    let keep = async |number, run: &InstanceRow, who: &str| store.desk().keep_file(&file(number, run.id, who, 1), 2).await.unwrap();
    assert!(keep(1, &one, "ann").await && keep(2, &one, "ann").await);
    assert!(!keep(3, &one, "ann").await, "two wait");
    assert!(keep(2, &one, "ann").await, "it is there already");
    assert!(keep(3, &one, "bob").await && keep(4, &two, "ann").await, "another's, and elsewhere");
    named(store, TENANT, one.id, 1, 5).await;
    assert!(keep(5, &one, "ann").await, "one goes with a decision now");
    assert_eq!((numbers(store, one.id).await, numbers(store, two.id).await), (vec![1, 2, 3, 5], vec![4]));
}

pub async fn files_that_nothing_names_go_after_their_time(world: World) {
    let store = &world.store;
    let ((_, one), (_, two)) = (stored_instance(store, 1).await, stored_instance(store, 2).await);
    for (number, created) in [(1, 0), (2, 0), (3, 2 * HOUR), (4, 0)] {
        assert!(store.desk().keep_file(&file(number, one.id, "ann", created), 9).await.unwrap());
    }
    named(store, TENANT, one.id, 1, 5).await;
    // A decision names files of its own instance and tenant alone.
    named(store, TENANT, two.id, 2, 5).await;
    named(store, OTHER, one.id, 2, 5).await;
    named(store, TENANT, one.id, 1, 9).await;
    let attached = |rows: &[FileRow]| rows.iter().map(|row| row.attached_at).collect::<Vec<_>>();
    let first = store.desk().files_by_id(TENANT, &[id("file", 1)]).await.unwrap();
    assert_eq!(attached(&first), [Some(at(5))], "since it was named first");
    assert_eq!(attached(&store.desk().files_by_id(TENANT, &[id("file", 2)]).await.unwrap()), [None]);
    store.desk().sweep(at(25 * HOUR), at(0), at(0)).await.unwrap();
    assert_eq!(numbers(store, one.id).await, [1, 2, 3, 4], "an act that was let through a moment ago finds them");
    assert!(store.desk().keep_file(&file(4, one.id, "ann", 3 * HOUR), 9).await.unwrap());
    store.desk().sweep(at(25 * HOUR + 1), at(0), at(0)).await.unwrap();
    assert_eq!(numbers(store, one.id).await, [1, 3, 4]);
    store.desk().sweep(at(9_000 * HOUR), at(0), at(0)).await.unwrap();
    assert_eq!(numbers(store, one.id).await, [1], "what a decision names stays with its instance");
}
