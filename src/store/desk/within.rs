//! What is reached by scopes: what a thing belongs to, and lists narrowed by it.

use super::exceptions::{limit, start};
use crate::domain::access::scope::{Belongings, Thing, Within};
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, ask, look};
use crate::store::cells::Cells;
use crate::store::columns::instance_columns;
use crate::store::{InstanceFilter, InstanceRow, Page, Result, decode};

const INSTANCE: &str = instance_columns!();

/// What a thing belongs to; none when it is not there.
pub(super) async fn belongings<S: Speaks>(store: &S, tenant: TenantId, thing: Thing) -> Result<Option<Belongings>> {
    let asked = match thing {
        Thing::Document(id) => {
            let asked =
                ask("SELECT 'itself' AS part, '' AS word FROM document d WHERE d.tenant_id = ").int(tenant.0).then(" AND d.id = ").id(id);
            let asked = asked.then(" UNION ALL SELECT 'flow', i.flow FROM instance i WHERE i.tenant_id = ").int(tenant.0);
            let asked = asked
                .then(" AND i.document_id = ")
                .id(id)
                .then(" UNION ALL SELECT 'connection', d.source FROM document d WHERE d.tenant_id = ");
            let asked = asked.int(tenant.0).then(" AND d.id = ").id(id);
            let asked = asked.then(" UNION ALL SELECT 'connection', l.connection FROM link l WHERE l.tenant_id = ").int(tenant.0);
            let asked = asked.then(" AND l.document_id = ").id(id);
            let asked =
                asked.then(" UNION ALL SELECT 'person', t.person FROM instance i JOIN task t ON t.instance_id = i.id WHERE i.tenant_id = ");
            asked.int(tenant.0).then(" AND t.kind = 'started' AND i.document_id = ").id(id)
        }
        Thing::Instance(id) => of_instance(tenant, |asked| asked.id(id)),
        Thing::File(id) => of_instance(tenant, |asked| {
            asked.then("(SELECT f.instance_id FROM file f WHERE f.tenant_id = ").int(tenant.0).then(" AND f.id = ").id(id).then(")")
        }),
        Thing::Exception(id) => {
            let asked =
                ask("SELECT 'itself' AS part, '' AS word FROM exception x WHERE x.tenant_id = ").int(tenant.0).then(" AND x.id = ").id(id);
            let asked =
                asked.then(" UNION ALL SELECT 'flow', x.flow FROM exception x WHERE x.flow IS NOT NULL AND x.tenant_id = ").int(tenant.0);
            let asked = asked.then(" AND x.id = ").id(id);
            let asked = asked
                .then(" UNION ALL SELECT 'connection', x.connection FROM exception x WHERE x.connection IS NOT NULL AND x.tenant_id = ");
            let asked = began(asked.int(tenant.0).then(" AND x.id = ").id(id), tenant);
            asked.then(" AND t.instance_id = (SELECT x.instance_id FROM exception x WHERE x.id = ").id(id).then(")")
        }
        Thing::Task(id) => {
            let asked =
                ask("SELECT 'itself' AS part, '' AS word FROM task k WHERE k.tenant_id = ").int(tenant.0).then(" AND k.id = ").id(id);
            let asked =
                asked.then(" UNION ALL SELECT 'flow', k.flow FROM task k WHERE k.tenant_id = ").int(tenant.0).then(" AND k.id = ").id(id);
            began(asked, tenant).then(" AND t.instance_id = (SELECT k.instance_id FROM task k WHERE k.id = ").id(id).then(")")
        }
    };
    let rows = look(store, tenant, asked).await?;
    let mut found = None;
    for row in &rows {
        let cells = Cells::new(row, "scope", "part");
        let belongings = found.get_or_insert_with(Belongings::default);
        let word = cells.text("word")?;
        match cells.text("part")?.as_str() {
            "flow" => drop(belongings.flows.insert(word)),
            "connection" => drop(belongings.connections.insert(word)),
            "person" => drop(belongings.people.insert(word)),
            _ => {}
        }
    }
    Ok(found)
}

/// What an instance belongs to; `which` adds its id, or what leads to it.
fn of_instance(tenant: TenantId, which: impl Fn(Ask) -> Ask) -> Ask {
    let asked = ask("SELECT 'itself' AS part, '' AS word FROM instance i WHERE i.tenant_id = ").int(tenant.0).then(" AND i.id = ");
    let asked = which(asked).then(" UNION ALL SELECT 'flow', i.flow FROM instance i WHERE i.tenant_id = ").int(tenant.0);
    let asked = which(asked.then(" AND i.id = "))
        .then(" UNION ALL SELECT 'connection', d.source FROM instance i JOIN document d ON d.id = i.document_id WHERE i.tenant_id = ");
    let asked = which(asked.int(tenant.0).then(" AND i.id = ")).then(
        " UNION ALL SELECT 'connection', l.connection FROM instance i JOIN link l ON l.document_id = i.document_id WHERE i.tenant_id = ",
    );
    let asked = which(asked.int(tenant.0).then(" AND i.id = "));
    which(began(asked, tenant).then(" AND t.instance_id = "))
}

/// Whoever began an instance has it in their list.
fn began(asked: Ask, tenant: TenantId) -> Ask {
    asked.then(" UNION ALL SELECT 'person', t.person FROM task t WHERE t.kind = 'started' AND t.tenant_id = ").int(tenant.0)
}

/// Of documents `d`, those within.
pub(super) fn documents(asked: Ask, within: Option<&Within>) -> Ask {
    let Some(within) = within else { return asked };
    let asked = asked.then(" AND (EXISTS (SELECT 1 FROM instance w WHERE w.document_id = d.id AND w.flow").in_texts(&within.flows);
    let asked = asked.then(") OR d.source").in_texts(&within.connections);
    let asked = asked.then(" OR EXISTS (SELECT 1 FROM link w WHERE w.document_id = d.id AND w.connection").in_texts(&within.connections);
    let asked = asked.then(") OR EXISTS (SELECT 1 FROM instance w JOIN task s ON s.instance_id = w.id WHERE w.document_id = d.id AND s.kind = 'started' AND s.person");
    asked.in_texts(&within.people).then("))")
}

/// Of exceptions `x`, those within.
pub(super) fn exceptions(asked: Ask, within: Option<&Within>) -> Ask {
    let Some(within) = within else { return asked };
    let asked = asked.then(" AND (x.flow").in_texts(&within.flows).then(" OR x.connection").in_texts(&within.connections);
    started(asked, " OR EXISTS (SELECT 1 FROM task s WHERE s.instance_id = x.instance_id AND s.kind = 'started' AND s.person", within)
}

/// Of tasks `t`, those within.
pub(super) fn tasks(asked: Ask, within: Option<&Within>) -> Ask {
    let Some(within) = within else { return asked };
    let asked = asked.then(" AND (t.flow").in_texts(&within.flows);
    started(asked, " OR EXISTS (SELECT 1 FROM task s WHERE s.instance_id = t.instance_id AND s.kind = 'started' AND s.person", within)
}

fn started(asked: Ask, words: &'static str, within: &Within) -> Ask {
    asked.then(words).in_texts(&within.people).then("))")
}

/// Instances within, newest first.
pub(super) async fn instances<S: Speaks>(store: &S, filter: &InstanceFilter, within: &Within, page: &Page) -> Result<Vec<InstanceRow>> {
    let (time, id) = start(page);
    let asked = ask("SELECT ").then(INSTANCE).then(" FROM instance i WHERE i.tenant_id = ").int(filter.tenant.0);
    let asked = asked.and_text(" AND i.flow = ", filter.flow.as_deref()).and_text(" AND i.status = ", filter.status.as_deref());
    let asked = match filter.document {
        Some(document) => asked.then(" AND i.document_id = ").id(document.0),
        None => asked,
    };
    let asked = asked.then(" AND (i.flow").in_texts(&within.flows);
    let asked = asked.then(" OR EXISTS (SELECT 1 FROM document w WHERE w.id = i.document_id AND w.source").in_texts(&within.connections);
    let asked =
        asked.then(") OR EXISTS (SELECT 1 FROM link w WHERE w.document_id = i.document_id AND w.connection").in_texts(&within.connections);
    let asked = started(asked, ") OR EXISTS (SELECT 1 FROM task s WHERE s.instance_id = i.id AND s.kind = 'started' AND s.person", within);
    let asked = asked.then(" AND (i.started_at, i.id) < (").int(time).comma().id(id).then(") ORDER BY i.started_at DESC, i.id DESC LIMIT ");
    decode::all(&look(store, filter.tenant, asked.int(limit(page))).await?, decode::instance)
}
