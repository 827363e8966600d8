//! Documents taken out of the ledger with everything about them. Only for what never went anywhere: business documents stay.

use crate::domain::ids::{DocumentId, TenantId};
use crate::store::Result;
use crate::store::ask::{Ask, Speaks, Turn, ask};
use uuid::Uuid;

/// What hangs on a document's instances.
const OF_INSTANCES: [&str; 4] =
    ["DELETE FROM history WHERE ", "DELETE FROM decision WHERE ", "DELETE FROM task WHERE ", "DELETE FROM file WHERE "];
/// What hangs on a document itself; the document comes last.
const OF_DOCUMENTS: [&str; 7] = [
    "DELETE FROM exception WHERE ",
    "DELETE FROM instance WHERE ",
    "DELETE FROM link WHERE ",
    "DELETE FROM relation WHERE ",
    "DELETE FROM amendment WHERE ",
    "DELETE FROM revision WHERE ",
    "DELETE FROM payload WHERE ",
];

/// How many documents there were of those named that have this source; the others are left alone.
pub(super) async fn remove<S: Speaks>(store: &S, tenant: TenantId, source: &str, documents: &[DocumentId]) -> Result<u64> {
    let ids: Vec<Uuid> = documents.iter().map(|document| document.0).collect();
    let theirs = |asked: Ask| {
        let asked = asked.int(tenant.0).then(" AND source = ").text(source).then(" AND id");
        asked.in_ids(&ids)
    };
    let known = |asked: Ask| theirs(asked.then("document_id IN (SELECT id FROM document WHERE tenant_id = ")).then(")");
    let instances = |asked: Ask| known(asked.then("instance_id IN (SELECT id FROM instance WHERE ")).then(")");
    let mut turn = store.turn().await?;
    let notes = ask("DELETE FROM exception_note WHERE exception_id IN (SELECT id FROM exception WHERE ");
    turn.done(known(notes).then(")")).await?;
    for delete in OF_INSTANCES {
        turn.done(instances(ask(delete))).await?;
    }
    for delete in OF_DOCUMENTS {
        turn.done(known(ask(delete))).await?;
    }
    let removed = turn.done(theirs(ask("DELETE FROM document WHERE tenant_id = "))).await?;
    turn.keep().await?;
    Ok(removed)
}
