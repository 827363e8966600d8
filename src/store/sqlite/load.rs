//! What an engine batch loads. The transaction is the only writer, so everything it reads is locked.

use super::session::{Run, Sqlite, sql};
use crate::domain::ids::{DocumentId, EffectId, InboxId, InstanceId};
use crate::store::cells::Cells;
use crate::store::columns::{document_columns, drift_columns, exception_columns, instance_columns, link_columns};
use crate::store::fault::Fault;
use crate::store::keys::held_lane;
use crate::store::{Keys, LaneHold, Loaded, decode};
use std::collections::{BTreeSet, HashSet};

type Done<T> = std::result::Result<T, Fault>;

const OBJECT: &str = "SELECT document_id, instance_id FROM link WHERE external_id = $1 AND connection = $2 AND tenant_id = $3";
const DOCUMENT: &str = concat!("SELECT ", document_columns!(), " FROM document d WHERE d.id = $1");
const INSTANCE: &str = concat!("SELECT ", instance_columns!(), " FROM instance i WHERE i.id = $1");
/// Of a document: the instances that run, and of each flow the newest that ended.
const INSTANCES_OF: &str = "
SELECT id FROM instance WHERE document_id = $1 AND status IN ('running', 'exception')
UNION ALL SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY flow ORDER BY started_at DESC, id DESC) AS age
                          FROM instance WHERE document_id = $1 AND status IN ('ended', 'superseded')) WHERE age = 1";
const REVISION: &str = "
SELECT document_id, created_at, tenant_id, number, hash, body, '' AS payload FROM revision WHERE document_id = $1 AND number = $2";
const LINKS: &str = concat!("SELECT ", link_columns!(), " FROM link l WHERE l.document_id = $1 ORDER BY l.connection, l.external_id");
const DRIFTS: &str = concat!(
    "SELECT ",
    drift_columns!(),
    " FROM drift f WHERE f.document_id = $1 AND f.kind IN ('not_owned', 'approved_not_executed') AND f.state <> 'resolved'
    ORDER BY f.first_seen_at, f.id"
);
const EXCEPTIONS: &str =
    concat!("SELECT ", exception_columns!(), " FROM exception x WHERE x.instance_id = $1 AND x.state = 'open' ORDER BY x.opened_at, x.id");
const TIMER: &str = "DELETE FROM timer WHERE instance_id = $1 AND number = $2";
const EXCEPTION_NAMED: &str = concat!("SELECT ", exception_columns!(), " FROM exception x WHERE x.id = $1");
const MESSAGE: &str = "SELECT id FROM message WHERE id = $1";
/// The token is the fence; `owner` is empty once the hold was released.
const HOLD: &str = "SELECT head_id AS id, token FROM lane WHERE id = $1 AND token = $2 AND head_id = $3 AND owner IS NOT NULL";

/// Effects whose hold is still held, with the token that holds them.
pub(super) type Held = HashSet<(EffectId, i64)>;

/// Begins the transaction of a batch and loads what `keys` name.
pub(super) async fn begin(store: &Sqlite, keys: &Keys) -> Done<(Run, Loaded, Held)> {
    let mut run = store.begin().await?;
    let mut loaded = Loaded::default();
    let (documents, instances) = resolve(&mut run, keys).await?;
    for id in &documents {
        if let Some(row) = run.fetch_one(sql(DOCUMENT).id(id.0)).await? {
            loaded.documents.push(decode::document(&row)?);
        }
    }
    for id in &instances {
        if let Some(row) = run.fetch_one(sql(INSTANCE).id(id.0)).await? {
            loaded.instances.push(decode::instance(&row)?);
        }
    }
    surroundings(&mut run, &mut loaded).await?;
    for id in keys.exceptions.iter().collect::<BTreeSet<_>>() {
        if let Some(row) = run.fetch_one(sql(EXCEPTION_NAMED).id(id.0)).await? {
            loaded.exceptions.push(decode::exception(&row)?);
        }
    }
    for id in keys.documents.iter().collect::<BTreeSet<_>>() {
        loaded.drifts.extend(decode::all(&run.fetch(sql(DRIFTS).id(id.0)).await?, decode::drift)?);
    }
    for timer in keys.timers.iter().collect::<BTreeSet<_>>() {
        if run.write(sql(TIMER).id(timer.instance.0).int(timer.number)).await? == 1 {
            loaded.timers.push(*timer);
        }
    }
    for id in keys.messages.iter().collect::<BTreeSet<_>>() {
        if run.fetch_one(sql(MESSAGE).id(id.0)).await?.is_some() {
            loaded.messages.push(InboxId(id.0));
        }
    }
    let held = held(&mut run, &keys.effects).await?;
    loaded.held = held.iter().map(|(effect, _)| *effect).collect();
    Ok((run, loaded, held))
}

/// The ids of documents and instances that the keys name or reach.
async fn resolve(run: &mut Run, keys: &Keys) -> Done<(BTreeSet<DocumentId>, BTreeSet<InstanceId>)> {
    let mut whole: BTreeSet<DocumentId> = keys.documents.iter().copied().collect();
    let mut instances: BTreeSet<InstanceId> = keys.instances.iter().copied().collect();
    for (tenant, connection, external_id) in &keys.objects {
        for row in run.fetch(sql(OBJECT).text(external_id).text(connection).int(tenant.0)).await? {
            let cells = Cells::new(&row, "link", "document_id");
            whole.insert(cells.id("document_id", DocumentId)?);
            instances.extend(cells.maybe_id("instance_id", InstanceId)?);
        }
    }
    // Of an object too: it may be linked to a document that its instance made on the way.
    let named = instances.clone();
    for document in &whole {
        for row in run.fetch(sql(INSTANCES_OF).id(document.0)).await? {
            instances.insert(InstanceId(decode::id(&row, "instance")?));
        }
    }
    const DOCUMENT_OF: &str = "SELECT document_id AS id FROM instance WHERE id = $1";
    for instance in &named {
        if let Some(row) = run.fetch_one(sql(DOCUMENT_OF).id(instance.0)).await? {
            whole.insert(DocumentId(decode::id(&row, "instance")?));
        }
    }
    Ok((whole, instances))
}

/// Revisions, links and open exceptions of what was loaded.
async fn surroundings(run: &mut Run, loaded: &mut Loaded) -> Done<()> {
    let newest = loaded.documents.iter().map(|document| (document.id, document.revision));
    let own = loaded.instances.iter().map(|instance| (instance.document, instance.revision));
    for (document, number) in newest.chain(own).collect::<BTreeSet<_>>() {
        if let Some(row) = run.fetch_one(sql(REVISION).id(document.0).int(number)).await? {
            loaded.revisions.push(decode::revision(&row)?);
        }
    }
    for document in &loaded.documents {
        loaded.links.extend(decode::all(&run.fetch(sql(LINKS).id(document.id.0)).await?, decode::link)?);
    }
    for instance in &loaded.instances {
        loaded.exceptions.extend(decode::all(&run.fetch(sql(EXCEPTIONS).id(instance.id.0)).await?, decode::exception)?);
    }
    loaded.exceptions.sort_by_key(|exception| (exception.opened_at, exception.id));
    Ok(())
}

/// Those of the holds that are still held.
pub(super) async fn held(run: &mut Run, holds: &[LaneHold]) -> Done<Held> {
    let mut held = Held::new();
    for hold in holds {
        if let Some(row) = run.fetch_one(sql(HOLD).id(held_lane(hold)).int(hold.token).id(hold.effect.0)).await? {
            held.insert(decode::hold(&row)?);
        }
    }
    Ok(held)
}
