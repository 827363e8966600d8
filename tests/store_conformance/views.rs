//! What people read.

use crate::fixtures::*;
use crate::world::World;
use waybill::domain::ids::TenantId;
use waybill::store::*;

fn all_documents() -> DocumentFilter {
    DocumentFilter { tenant: TENANT, kind: None, status: None, key: None }
}

fn all_instances() -> InstanceFilter {
    InstanceFilter { tenant: TENANT, flow: None, status: None, document: None }
}

fn all_exceptions() -> ExceptionFilter {
    ExceptionFilter { tenant: TENANT, state: None, cause: None, instance: None, id: None }
}

pub async fn pages_show_every_row_once(world: World) {
    let store = &world.store;
    let mut writes = Writes::default();
    for number in 0..50 {
        // Many rows share a time, as rows of one batch do.
        let document = DocumentRow { created_at: at(number as i64 / 9), ..document(number) };
        let instance = InstanceRow { started_at: at(number as i64 / 9), ..instance(number, &document) };
        writes.exceptions.push(ExceptionRow { opened_at: at(number as i64 / 9), ..exception(number, &instance) });
        writes.documents_new.push(document);
        writes.instances_new.push(instance);
    }
    write(store, writes).await;
    let (mut documents, mut instances, mut exceptions) = (Vec::new(), Vec::new(), Vec::new());
    let mut pages = [page(7), page(7), page(7)];
    loop {
        let found = store.documents(&all_documents(), &pages[0]).await.unwrap();
        let Some(last) = found.last() else { break };
        pages[0].after = Some((last.created_at, last.id.0));
        documents.extend(found.into_iter().map(|row| (row.created_at, row.id.0)));
    }
    loop {
        let found = store.instances(&all_instances(), &pages[1]).await.unwrap();
        let Some(last) = found.last() else { break };
        pages[1].after = Some((last.started_at, last.id.0));
        instances.extend(found.into_iter().map(|row| (row.started_at, row.id.0)));
    }
    loop {
        let found = store.exceptions(&all_exceptions(), &pages[2]).await.unwrap();
        let Some(last) = found.last() else { break };
        pages[2].after = Some((last.opened_at, last.id.0));
        exceptions.extend(found.into_iter().map(|row| (row.opened_at, row.id.0)));
    }
    for rows in [documents, instances, exceptions] {
        assert_eq!(rows.len(), 50);
        assert!(rows.windows(2).all(|pair| pair[0] > pair[1]), "newest first, none twice");
    }
    assert_eq!(store.documents(&all_documents(), &page(0)).await.unwrap().len(), 1, "a page has at least one row");
}

pub async fn documents_are_found_by_any_key(world: World) {
    let store = &world.store;
    let (one, _) = stored_instance(store, 1).await;
    stored_instance(store, 2).await;
    write(store, Writes { links: vec![link(&one, "oa", "A-1"), link(&one, "finance", "A-1")], ..Writes::default() }).await;
    for (key, expected) in [("PO-1", 1), ("A-1", 1), ("PO-", 0), ("po-1", 0)] {
        let filter = DocumentFilter { key: Some(key.into()), ..all_documents() };
        assert_eq!(store.documents(&filter, &page(10)).await.unwrap().len(), expected, "{key}");
    }
}

pub async fn a_document_shows_what_hangs_on_it(world: World) {
    let store = &world.store;
    let (order, started) = stored_instance(store, 1).await;
    let payable = DocumentRow { kind: "payable".into(), source: "hub".into(), external_id: None, ..document(2) };
    let relation = RelationRow { tenant: TENANT, document: payable.id, made_for: order.id, relation: "pays".into() };
    let later = InstanceRow { started_at: at(5), ..instance(2, &order) };
    let writes = Writes {
        documents_new: vec![payable.clone()],
        relations: vec![relation.clone()],
        revisions: vec![revision(&order, 2)],
        links: vec![link(&order, "oa", "A1"), link(&order, "erp", "1")],
        instances_new: vec![later.clone()],
        ..Writes::default()
    };
    write(store, writes).await;
    let view = store.document(TENANT, order.id).await.unwrap().unwrap();
    assert_eq!(view.document, order);
    assert_eq!(
        view.revisions.iter().map(|r| (r.number, r.body.as_str(), r.payload.as_str())).collect::<Vec<_>>(),
        [(1, "", ""), (2, "", "")]
    );
    assert_eq!(view.links.iter().map(|link| link.connection.as_str()).collect::<Vec<_>>(), ["erp", "oa"]);
    assert_eq!(view.instances, [later, started]);
    assert_eq!(view.relations, std::slice::from_ref(&relation));
    assert_eq!(store.document(TENANT, payable.id).await.unwrap().unwrap().relations, [relation]);
    assert_eq!(store.document(TENANT, document(9).id).await.unwrap(), None);
    assert_eq!(store.revision(TENANT, order.id, 2).await.unwrap(), Some(revision(&order, 2)));
    assert_eq!(store.revision(TENANT, order.id, 3).await.unwrap(), None);
}

pub async fn filters_narrow(world: World) {
    let store = &world.store;
    let (one, started) = stored_instance(store, 1).await;
    let (two, _) = stored_instance(store, 2).await;
    let ended = InstanceRow { status: "ended".into(), flow: "booking".into(), ..instance(3, &two) };
    let writes = Writes {
        instances_new: vec![ended.clone()],
        documents_changed: vec![DocumentRow { status: "approved".into(), ..one.clone() }],
        ..Writes::default()
    };
    write(store, writes).await;
    let documents = [
        (DocumentFilter { status: Some("approved".into()), ..all_documents() }, 1),
        (DocumentFilter { kind: Some("purchase_order".into()), ..all_documents() }, 2),
        (DocumentFilter { kind: Some("payable".into()), ..all_documents() }, 0),
        (DocumentFilter { kind: Some("payable".into()), key: Some("PO-1".into()), ..all_documents() }, 0),
    ];
    for (filter, expected) in documents {
        assert_eq!(store.documents(&filter, &page(10)).await.unwrap().len(), expected, "{filter:?}");
    }
    let instances = [
        (InstanceFilter { flow: Some("booking".into()), ..all_instances() }, 1),
        (InstanceFilter { status: Some("running".into()), ..all_instances() }, 2),
        (InstanceFilter { document: Some(two.id), ..all_instances() }, 2),
        (InstanceFilter { document: Some(two.id), status: Some("ended".into()), ..all_instances() }, 1),
    ];
    for (filter, expected) in instances {
        assert_eq!(store.instances(&filter, &page(10)).await.unwrap().len(), expected, "{filter:?}");
    }
    assert_eq!(store.instance(TENANT, started.id).await.unwrap(), Some(started));
}

pub async fn tenants_do_not_see_each_other(world: World) {
    let store = &world.store;
    let (document, started) = stored_instance(store, 1).await;
    write(
        store,
        Writes { effects: vec![queued(effect(1, &started, "oa"))], exceptions: vec![exception(1, &started)], ..Writes::default() },
    )
    .await;
    let other = TenantId(2);
    assert!(store.documents(&DocumentFilter { tenant: other, ..all_documents() }, &page(10)).await.unwrap().is_empty());
    assert!(store.instances(&InstanceFilter { tenant: other, ..all_instances() }, &page(10)).await.unwrap().is_empty());
    assert!(store.exceptions(&ExceptionFilter { tenant: other, ..all_exceptions() }, &page(10)).await.unwrap().is_empty());
    assert_eq!(store.document(other, document.id).await.unwrap(), None);
    assert_eq!(store.revision(other, document.id, 1).await.unwrap(), None);
    assert_eq!(store.instance(other, started.id).await.unwrap(), None);
    assert!(store.effects(other, started.id, Onward::all()).await.unwrap().is_empty());
    assert_eq!(store.effects(TENANT, started.id, Onward::all()).await.unwrap().len(), 1);
}

pub async fn exceptions_open_and_close(world: World) {
    let store = &world.store;
    let (_, started) = stored_instance(store, 1).await;
    let (one, two) = (exception(1, &started), ExceptionRow { cause: "partner_down".into(), instance: None, ..exception(2, &started) });
    write(store, Writes { exceptions: vec![one.clone(), two.clone()], ..Writes::default() }).await;
    let close = vec![closed(one.id, "retried", 50, "ana")];
    write(store, Writes { exceptions_closed: close, ..Writes::default() }).await;
    write(store, Writes { exceptions_closed: vec![closed(one.id, "again", 60, "bob")], ..Writes::default() }).await;
    let closed = ExceptionRow {
        state: "closed".into(),
        resolution: Some("retried".into()),
        resolved_by: Some("ana".into()),
        closed_at: Some(at(50)),
        ..one.clone()
    };
    let cases = [
        (all_exceptions(), vec![two.clone(), closed.clone()]),
        (ExceptionFilter { state: Some("open".into()), ..all_exceptions() }, vec![two.clone()]),
        (ExceptionFilter { cause: Some("data_wrong".into()), ..all_exceptions() }, vec![closed.clone()]),
        (ExceptionFilter { instance: Some(started.id), ..all_exceptions() }, vec![closed.clone()]),
        (ExceptionFilter { id: Some(two.id), ..all_exceptions() }, vec![two.clone()]),
    ];
    for (filter, expected) in cases {
        assert_eq!(store.exceptions(&filter, &page(10)).await.unwrap(), expected, "{filter:?}");
    }
    assert!(load(store, Keys { instances: vec![started.id], ..Keys::default() }).await.exceptions.is_empty());
}
