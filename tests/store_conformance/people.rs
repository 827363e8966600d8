//! What people are asked, what they decided and who decides for whom: the same on both databases and in memory.

use crate::fixtures::*;
use crate::world::World;
use waybill::domain::ids::{TaskId, TenantId};
use waybill::store::desk::LeftTasks;
use waybill::store::*;

pub fn task(instance: &InstanceRow, number: u32, person: &str, state: &str) -> TaskRow {
    TaskRow {
        id: TaskId(id(&format!("task {}", instance.id), u64::from(number))),
        tenant: TENANT,
        instance: instance.id,
        document: instance.document,
        flow: instance.flow.clone(),
        step: "ask".into(),
        visit: 1,
        number,
        round: 1,
        person: person.into(),
        kind: "approve".into(),
        state: state.into(),
        since: at(i64::from(number)),
        due: Some(at(1_000 + i64::from(number))),
        ended: None,
        actor: None,
        claimed: false,
        outside: None,
    }
}

async fn stored(world: &World, number: u64, tasks: impl FnOnce(&InstanceRow) -> Vec<TaskRow>) -> InstanceRow {
    let document = document(number);
    let instance = instance(number, &document);
    let writes = Writes {
        documents_new: vec![document.clone()],
        revisions: vec![revision(&document, 1)],
        instances_new: vec![instance.clone()],
        tasks: tasks(&instance),
        ..Writes::default()
    };
    write(&world.store, writes).await;
    instance
}

fn mine(people: &[&str]) -> TaskChoice {
    let people = people.iter().map(|person| (*person).to_owned()).collect();
    TaskChoice { tenant: TENANT, people, list: TaskBox::Mine, flow: None, due_before: None, within: None }
}

pub async fn tasks_are_listed_found_and_held(world: World) {
    let desk = world.store.desk();
    let one = stored(&world, 1, |instance| {
        vec![
            task(instance, 0, "ann", "pending"),
            task(instance, 1, "bob", "waiting"),
            TaskRow { kind: "copy".into(), ..task(instance, 2, "cid", "pending") },
            TaskRow {
                kind: STARTED.into(),
                state: "done".into(),
                ended: Some(at(0)),
                step: String::new(),
                ..task(instance, 3, "dee", "done")
            },
        ]
    })
    .await;
    let two = stored(&world, 2, |instance| vec![TaskRow { flow: "other".into(), ..task(instance, 7, "ann", "pending") }]).await;
    let page = |limit, after| Page { limit, after };
    let listed = desk.tasks(&mine(&["ann", "bob", "cid"]), &page(10, None)).await.expect("read");
    assert_eq!(listed.iter().map(|row| row.instance).collect::<Vec<_>>(), [one.id, two.id], "whose turn it is, the oldest first");
    let first = desk.tasks(&mine(&["ann"]), &page(1, None)).await.expect("read");
    let rest = desk.tasks(&mine(&["ann"]), &page(1, Some((first[0].since, first[0].id.0)))).await.expect("read");
    assert_eq!((first[0].instance, rest[0].instance), (one.id, two.id));
    let narrowed = TaskChoice { flow: Some("other".into()), ..mine(&["ann"]) };
    assert_eq!(desk.tasks(&narrowed, &page(10, None)).await.expect("read").len(), 1);
    let early = TaskChoice { due_before: Some(at(1_001)), ..mine(&["ann"]) };
    assert_eq!(desk.tasks(&early, &page(10, None)).await.expect("read").len(), 1);
    assert_eq!(desk.task_holders(TENANT, "", 10).await.expect("read"), ["ann", "bob", "cid"]);
    assert_eq!(desk.task_holders(TENANT, "ann", 1).await.expect("read"), ["bob"]);
    assert_eq!(desk.held_by(TENANT, "cid", 10).await.expect("read"), [], "nobody waits for who only is to know");
    assert_eq!(desk.held_by(TENANT, "bob", 10).await.expect("read"), [one.id]);
    let mut versions = desk.versions(TENANT, &[two.id.0, one.id.0, uuid::Uuid::nil()]).await.expect("read");
    versions.sort();
    let mut expected = vec![(one.id, one.version.clone()), (two.id, two.version.clone())];
    expected.sort();
    assert_eq!(versions, expected, "which versions instances run under, of those that are there");
    assert_eq!(desk.versions(TenantId(TENANT.0 + 1), &[one.id.0]).await.expect("read"), [], "none of another tenant's");
    let of_one = desk.tasks_of(TENANT, one.id).await.expect("read");
    assert_eq!(of_one.iter().map(|row| row.number).collect::<Vec<_>>(), [0, 1, 2]);
    // A later commit changes where it stands, never whose it is.
    let done = TaskRow { state: "approved".into(), ended: Some(at(50)), actor: Some("eva".into()), ..task(&one, 0, "ann", "approved") };
    write(&world.store, Writes { tasks: vec![TaskRow { person: "eva".into(), ..done.clone() }], ..Writes::default() }).await;
    assert_eq!(desk.task(TENANT, done.id).await.expect("read"), Some(done.clone()));
    assert_eq!(desk.task(TenantId(TENANT.0 + 1), done.id).await.expect("read"), None);
    assert_eq!(desk.held_by(TENANT, "ann", 10).await.expect("read"), [two.id]);
}

/// What another system asks stands in the list, and nobody here can hand it on.
pub async fn what_is_asked_elsewhere_is_listed_and_held_by_nobody(world: World) {
    let there = |place: &str, row: TaskRow| TaskRow { kind: OUTSIDE.into(), outside: Some(place.to_owned()), ..row };
    let one = stored(&world, 1, |instance| vec![there("{\"connection\":\"oa\"}", task(instance, 0, "ann", "pending"))]).await;
    let desk = world.store.desk();
    let page = Page { limit: 10, after: None };
    let listed = desk.tasks(&mine(&["ann"]), &page).await.expect("read");
    assert_eq!(listed.iter().map(|row| row.outside.as_deref()).collect::<Vec<_>>(), [Some("{\"connection\":\"oa\"}")]);
    assert_eq!(desk.task_counts(TENANT, &["ann".to_owned()], at(0)).await.expect("read").mine, 1);
    assert_eq!(desk.task_holders(TENANT, "", 10).await.expect("read"), Vec::<String>::new());
    assert_eq!(desk.held_by(TENANT, "ann", 10).await.expect("read"), []);
    assert_eq!(desk.left_tasks(TENANT, &[("ann".to_owned(), at(0))]).await.expect("read"), []);
    // It has another address by now, and then it is over: not done by anybody here.
    let moved = there("{\"connection\":\"oa\",\"url\":\"https://oa.example/1\"}", task(&one, 0, "ann", "pending"));
    write(&world.store, Writes { tasks: vec![moved.clone()], ..Writes::default() }).await;
    assert_eq!(desk.task(TENANT, moved.id).await.expect("read"), Some(moved.clone()));
    let over = TaskRow { state: "cancelled".into(), ended: Some(at(9)), ..moved };
    write(&world.store, Writes { tasks: vec![over], ..Writes::default() }).await;
    for list in [TaskBox::Mine, TaskBox::Done] {
        assert_eq!(desk.tasks(&TaskChoice { list, ..mine(&["ann"]) }, &page).await.expect("read"), []);
    }
}

/// What is open with those who have left, and what was taken from them since; what they handed on before is their own doing.
pub async fn tasks_of_those_who_have_left_are_counted(world: World) {
    let over = |row: TaskRow, ended| TaskRow { state: "transferred".into(), ended: Some(at(ended)), ..row };
    stored(&world, 1, |instance| {
        vec![
            task(instance, 0, "ann", "pending"),
            task(instance, 1, "ann", "waiting"),
            over(task(instance, 2, "ann", "pending"), 10),
            over(task(instance, 3, "ann", "pending"), 9),
            TaskRow { kind: "copy".into(), ..task(instance, 4, "cid", "pending") },
            task(instance, 5, "cid", "approved"),
            over(task(instance, 6, "bob", "pending"), 9),
        ]
    })
    .await;
    let people = [("ann", 10), ("bob", 9), ("cid", 0), ("nobody", 0)].map(|(person, since)| (person.to_owned(), at(since)));
    let left = |person: &str, open, handed_on| LeftTasks { person: person.into(), open, handed_on };
    let desk = world.store.desk();
    assert_eq!(desk.left_tasks(TENANT, &people).await.expect("read"), [left("ann", 2, 1), left("bob", 0, 1)]);
    assert_eq!(desk.left_tasks(TenantId(TENANT.0 + 1), &people).await.expect("read"), []);
    assert_eq!(desk.left_tasks(TENANT, &[]).await.expect("read"), []);
}

pub async fn records_of_decisions_are_kept_once(world: World) {
    let one = stored(&world, 1, |_| Vec::new()).await;
    let record = |number: u32, verb: &str| DecisionRow {
        id: id("decision", u64::from(number)),
        tenant: TENANT,
        instance: one.id,
        number,
        at: at(i64::from(number)),
        step: Some("ask".into()),
        visit: Some(1),
        task: Some(0),
        round: 1,
        person: "ann".into(),
        on_behalf_of: None,
        verb: verb.into(),
        why: None,
        comment: Some("fine".into()),
        attachments: "[]".into(),
        changes: "[]".into(),
        named: "[]".into(),
        token: Some("t".into()),
    };
    write(&world.store, Writes { decisions: vec![record(2, "approve"), record(1, "comment")], ..Writes::default() }).await;
    write(&world.store, Writes { decisions: vec![record(2, "reject")], ..Writes::default() }).await;
    let kept = world.store.desk().decisions(TENANT, one.id).await.expect("read");
    assert_eq!(kept, [record(1, "comment"), record(2, "approve")], "in order, and never written over");
}

pub async fn delegations_hold_until_they_end(world: World) {
    let desk = world.store.desk();
    let made = |number: u64, principal: &str, agent: &str, from: i64, until: i64| DelegationRow {
        id: id("delegation", number),
        tenant: TENANT,
        principal: principal.into(),
        agent: agent.into(),
        from: at(from),
        until: at(until),
        flows: "[]".into(),
        new_only: number == 2,
        created_by: principal.into(),
        created_at: at(0),
        revoked_at: None,
    };
    for row in [made(1, "ann", "bob", 0, 100), made(2, "cid", "bob", 10, 50), made(1, "ann", "eva", 0, 900)] {
        desk.delegate(&row, &[]).await.expect("kept");
    }
    let of = async |principal: Option<&str>, agent: Option<&str>, now: i64| {
        let rows = desk.delegations(TENANT, principal, agent, at(now)).await.expect("read");
        rows.into_iter().map(|row| row.principal).collect::<Vec<_>>()
    };
    assert_eq!(of(None, Some("bob"), 0).await, ["cid", "ann"], "the latest beginning first; those to come as well");
    assert_eq!(of(None, Some("eva"), 0).await, [""; 0], "a repeat changes nothing");
    assert_eq!(of(None, Some("bob"), 50).await, ["ann"]);
    assert_eq!(of(Some("cid"), None, 0).await, ["cid"]);
    assert!(desk.end_delegation(TENANT, id("delegation", 1), at(20), &[]).await.expect("kept"));
    assert!(!desk.end_delegation(TENANT, id("delegation", 1), at(21), &[]).await.expect("kept"), "it has ended");
    assert_eq!(of(None, Some("bob"), 20).await, ["cid"]);
}

/// Notices that wait for somebody, by person.
async fn waiting(store: &std::sync::Arc<dyn Store>) -> Vec<String> {
    store.desk().notices_due(TENANT, at(1_000)).await.expect("read").into_iter().map(|(person, _)| person).collect()
}

pub async fn a_delegation_is_kept_with_its_notices_and_told_once(world: World) {
    let store = &world.store;
    let (_, run) = stored_instance(store, 1).await;
    let row = |principal: &str| DelegationRow {
        id: id("delegation", 1),
        tenant: TENANT,
        principal: principal.into(),
        agent: "bob".into(),
        from: at(0),
        until: at(900),
        flows: "[]".into(),
        new_only: false,
        created_by: principal.into(),
        created_at: at(0),
        revoked_at: None,
    };
    let notice = |number: u64, person: &str| WaitingRow {
        id: id("news", number),
        tenant: TENANT,
        instance: run.id,
        step: "ask".into(),
        visit: 1,
        person: person.into(),
        channel: "mail".into(),
        due: at(1),
        created_at: at(1),
        task: None,
        event: "delegation".into(),
        subject: "delegation".into(),
        text: "of ann".into(),
        url: "/tasks".into(),
        bundle: None,
    };
    let desk = store.desk();
    desk.delegate(&row("ann"), &[notice(1, "bob")]).await.expect("kept");
    desk.delegate(&row("ann"), &[notice(2, "twice")]).await.expect("a repeat");
    assert_eq!(waiting(store).await, ["bob"], "a repeat writes nothing and tells nobody");
    assert!(!desk.end_delegation(TenantId(2), row("ann").id, at(2), &[notice(3, "elsewhere")]).await.expect("answered"));
    assert!(desk.end_delegation(TENANT, row("ann").id, at(2), &[notice(4, "ended")]).await.expect("kept"));
    assert!(!desk.end_delegation(TENANT, row("ann").id, at(3), &[notice(5, "ended again")]).await.expect("answered"));
    assert_eq!(waiting(store).await, ["bob", "ended"]);
}
