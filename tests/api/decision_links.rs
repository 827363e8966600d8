//! Links that decide, followed by whoever got them.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Method;
use waybill::domain::approval::{DecisionLink, LinkKey};
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::{TaskId, TenantId};
use waybill::domain::permission::Permission;
use waybill::store::{TaskRow, Writes};

use crate::rows::{document, instance, stopped_order};
use crate::support::{Door, FOREIGN, Setup, at, door_with, token};

const TASK: TaskId = TaskId(uuid::Uuid::from_u128(1_001));

/// A task of `e1001`, and the link that approves it.
async fn asked() -> (Door, String) {
    let (mut files, _) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let text = files.get("config/directory.yaml").unwrap().to_string();
    files.insert("config/directory.yaml", format!("{text}\ndecision_links: {{lasts: 3d}}\n"));
    let (catalog, findings) = Catalog::compile(files);
    assert!(!has_errors(&findings), "{findings:?}");
    let door = door_with(Setup { catalog: Some(Arc::new(catalog)), ..Setup::default() }).await;
    let task = TaskRow {
        id: TASK,
        tenant: TenantId::DEFAULT,
        instance: instance("PO-9"),
        document: document("PO-9"),
        flow: "purchase_order_approval".into(),
        step: "ask".into(),
        visit: 1,
        number: 0,
        round: 1,
        person: "e1001".into(),
        kind: "approve".into(),
        state: "pending".into(),
        since: at(1),
        due: None,
        ended: None,
        actor: None,
        claimed: false,
        outside: None,
    };
    door.write(Writes { tasks: vec![task], ..stopped_order("PO-9", 0) }).await;
    let link = DecisionLink { task: TASK, person: "e1001".into(), verb: "approve".into(), until: at(60) + SignedDuration::from_hours(1) };
    let path = format!("/decide/{}", LinkKey::of(b"key").sign(&link.payload()));
    (door, path)
}

async fn followed(door: &Door, method: Method, path: &str, who: Option<&str>) -> u16 {
    let request = door.client.request(method, format!("{}{path}", door.base));
    let request = if let Some(who) = who { request.bearer_auth(who) } else { request };
    request.header("content-type", "application/x-www-form-urlencoded").body("comment=fine").send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_same_id_in_another_tenant_is_somebody_elses() {
    let (door, path) = asked().await;
    for method in [Method::GET, Method::POST] {
        assert_eq!(followed(&door, method.clone(), &path, Some(FOREIGN)).await, 403, "{method}: `e1001` of another tenant");
        assert_eq!(followed(&door, method.clone(), &path, None).await, 401, "{method}: nobody is signed in");
    }
    assert!(door.acts.lock().unwrap().is_empty());
    let own = token(&[Permission::Decide]);
    assert_eq!(followed(&door, Method::GET, &path, Some(&own)).await, 200);
    assert_eq!(followed(&door, Method::POST, &path, Some(&own)).await, 200);
    let acts = door.acts.lock().unwrap();
    assert_eq!(acts.iter().map(|act| (act.by.person.as_str(), act.verb.as_str())).collect::<Vec<_>>(), [("e1001", "approve")]);
}
