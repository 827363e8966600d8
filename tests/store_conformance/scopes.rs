//! What scopes reach: what a thing belongs to, and lists that hold that alone, the same on both databases.

use crate::fixtures::*;
use crate::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;
use waybill::domain::access::scope::{Belongings, Thing, Within};
use waybill::domain::ids::{TaskId, TenantId};
use waybill::store::desk::{DocumentChoice, ExceptionChoice};
use waybill::store::*;

fn task(instance: &InstanceRow, person: &str, kind: &str) -> TaskRow {
    TaskRow {
        id: TaskId(waybill::domain::ids::derived(&[b"task", instance.id.0.as_bytes(), person.as_bytes(), kind.as_bytes()])),
        tenant: TENANT,
        instance: instance.id,
        document: instance.document,
        flow: instance.flow.clone(),
        step: "ask".into(),
        visit: 1,
        number: 0,
        round: 1,
        person: person.into(),
        kind: kind.into(),
        state: if kind == "started" { "done" } else { "pending" }.into(),
        since: at(5),
        due: None,
        ended: (kind == "started").then(|| at(5)),
        actor: None,
        claimed: false,
        outside: None,
    }
}

/// Document, instance, exception, link and tasks; what they belong to is in the arguments.
async fn stored(store: &Arc<dyn Store>, number: u64, source: &str, flow: &str, system: &str, person: &str) -> (DocumentRow, InstanceRow) {
    let document = DocumentRow { source: source.into(), ..document(number) };
    let instance = InstanceRow { flow: flow.into(), ..instance(number, &document) };
    let stopped = ExceptionRow { flow: Some(flow.into()), connection: Some(system.into()), ..exception(number, &instance) };
    let writes = Writes {
        documents_new: vec![document.clone()],
        revisions: vec![revision(&document, 1)],
        instances_new: vec![instance.clone()],
        links: vec![link(&document, system, &format!("X{number}"))],
        exceptions: vec![stopped],
        tasks: vec![task(&instance, person, "started"), task(&instance, "E009", "approve")],
        ..Writes::default()
    };
    write(store, writes).await;
    (document, instance)
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub async fn a_thing_belongs_to_flows_connections_and_whoever_began_it(world: World) {
    let store = &world.store;
    let (document, instance) = stored(store, 1, "erp", "buy", "oa", "E001").await;
    let ask = |thing| store.desk().belongings(TENANT, thing);
    let whole = Belongings { flows: set(&["buy"]), connections: set(&["erp", "oa"]), people: set(&["E001"]) };
    assert_eq!(ask(Thing::Document(document.id.0)).await.unwrap(), Some(whole.clone()));
    assert_eq!(ask(Thing::Instance(instance.id.0)).await.unwrap(), Some(whole.clone()));
    let stopped = Belongings { connections: set(&["oa"]), ..whole.clone() };
    assert_eq!(ask(Thing::Exception(exception(1, &instance).id.0)).await.unwrap(), Some(stopped));
    let asked = Belongings { connections: set(&[]), ..whole };
    assert_eq!(ask(Thing::Task(task(&instance, "E009", "approve").id.0)).await.unwrap(), Some(asked));
    for thing in [Thing::Document(instance.id.0), Thing::Instance(document.id.0), Thing::Exception(Uuid::nil()), Thing::Task(Uuid::nil())] {
        assert_eq!(ask(thing).await.unwrap(), None, "{thing:?}");
    }
    assert_eq!(store.desk().belongings(TenantId(2), Thing::Document(document.id.0)).await.unwrap(), None, "another tenant's");
}

pub async fn lists_hold_what_is_within_alone(world: World) {
    let store = &world.store;
    let mut stored_rows = Vec::new();
    for (number, (source, flow, system, person)) in (1..).zip([
        ("erp", "buy", "oa", "E001"),
        ("erp", "pay", "bank", "E002"),
        ("shop", "pay", "oa", "E001"),
        ("shop", "buy", "bank", "E002"),
    ]) {
        stored_rows.push(stored(store, number, source, flow, system, person).await);
    }
    let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let within = |flows: &[&str], connections: &[&str], people: &[&str]| Within {
        flows: of(flows),
        connections: of(connections),
        people: of(people),
    };
    // Each case: what is reached, then the numbers of documents and instances, of exceptions, of tasks.
    for (within, ledger, stopped, tasks) in [
        (within(&["buy"], &[], &[]), vec![1, 4], vec![1, 4], vec![1, 4]),
        (within(&[], &["oa"], &[]), vec![1, 3], vec![1, 3], vec![]),
        (within(&[], &["erp"], &[]), vec![1, 2], vec![], vec![]),
        (within(&[], &[], &["E002"]), vec![2, 4], vec![2, 4], vec![2, 4]),
        (within(&["pay"], &["erp"], &["E001"]), vec![1, 2, 3], vec![1, 2, 3], vec![1, 2, 3]),
        (within(&[], &[], &[]), vec![], vec![], vec![]),
        (within(&["' OR 1=1 --"], &["%"], &[""]), vec![], vec![], vec![]),
    ] {
        let numbers = |ids: BTreeSet<Uuid>, id: &dyn Fn(&(DocumentRow, InstanceRow)) -> Uuid| {
            (1..).zip(&stored_rows).filter(|(_, row)| ids.contains(&id(row))).map(|(number, _)| number).collect::<Vec<i32>>()
        };
        let some = Some(within.clone());
        let documents = DocumentChoice { within: some.clone(), ..DocumentChoice::all(TENANT) };
        let found = store.desk().search(&documents, &page(9)).await.unwrap();
        assert_eq!(numbers(found.iter().map(|row| row.id.0).collect(), &|row| row.0.id.0), ledger, "documents {within:?}");
        let filter = InstanceFilter { tenant: TENANT, flow: None, status: None, document: None };
        let found = store.desk().instances_within(&filter, &within, &page(9)).await.unwrap();
        assert_eq!(numbers(found.iter().map(|row| row.id.0).collect(), &|row| row.1.id.0), ledger, "instances {within:?}");
        let exceptions = ExceptionChoice { within: some.clone(), ..ExceptionChoice::all(TENANT) };
        let found = store.desk().choose_exceptions(&exceptions, &page(9)).await.unwrap();
        assert_eq!(
            numbers(found.iter().filter_map(|row| row.instance).map(|id| id.0).collect(), &|row| row.1.id.0),
            stopped,
            "exceptions {within:?}"
        );
        let mine =
            TaskChoice { tenant: TENANT, people: of(&["E009"]), list: TaskBox::Mine, flow: None, due_before: None, within: some.clone() };
        let found = store.desk().tasks(&mine, &page(9)).await.unwrap();
        assert_eq!(numbers(found.iter().map(|row| row.instance.0).collect(), &|row| row.1.id.0), tasks, "tasks {within:?}");
    }
    // Narrowed before it is cut: a page of one is the newest of what is within.
    let filter = InstanceFilter { tenant: TENANT, flow: Some("pay".into()), status: None, document: None };
    let one = store.desk().instances_within(&filter, &within(&[], &["erp"], &[]), &page(1)).await.unwrap();
    assert_eq!(one.iter().map(|row| row.id).collect::<Vec<_>>(), [stored_rows[1].1.id]);
}
