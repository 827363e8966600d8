//! Documents by any business key and by everything a list filters on.
//!
//! A key is found whole, by its beginning and by its end through indexes: ours in `document`, partners' in `link`. The other
//! filters narrow a walk along the newest documents; a piece of content is looked for in a bounded number of them.

use super::exceptions::{limit, start};
use super::rows::{Beside, DocumentChoice, InFlight, KeyChoice, OpenException};
use super::within;
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
use crate::store::ask::{Ask, Speaks, ask, look};
use crate::store::cells::Cells;
use crate::store::columns::document_columns;
use crate::store::keys::ten_thousandths;
use crate::store::{DocumentRow, Page, Result, decode};
use uuid::Uuid;

const COLUMNS: &str = document_columns!();

/// A piece of content is looked for in this many of the newest documents that fit the other filters.
const BODIES_MAX: i64 = 20_000;
/// A key may be the end or beginning of this many documents; further ones need more of the key.
const KEYS_MAX: i64 = 5_000;

/// ` FROM document d WHERE …` of a choice.
pub(super) fn chosen(asked: Ask, choice: &DocumentChoice) -> Ask {
    let tenant = choice.tenant.0;
    let asked = asked.then(" FROM document d WHERE d.tenant_id = ").int(tenant);
    let asked = match &choice.key {
        Some(key) => with_key(asked.then(" AND d.id IN ("), tenant, key).then(")"),
        None => asked,
    };
    let asked = within::documents(narrow(asked, choice), choice.within.as_ref());
    match &choice.body {
        Some(piece) => {
            let asked = asked
                .then(" AND d.id IN (SELECT r.document_id FROM (SELECT d.id, d.revision FROM document d WHERE d.tenant_id = ")
                .int(tenant);
            let asked = within::documents(narrow(asked, choice), choice.within.as_ref());
            let asked = asked.then(" ORDER BY d.created_at DESC, d.id DESC LIMIT ").int(BODIES_MAX);
            let asked = asked.then(") AS c JOIN revision r ON r.document_id = c.id AND r.number = c.revision WHERE ");
            asked.either("strpos(r.body, ", "instr(r.body, ").text(piece).then(") > 0)")
        }
        None => asked,
    }
}

/// The conditions that need no look into contents.
fn narrow(asked: Ask, choice: &DocumentChoice) -> Ask {
    let asked = asked.and_text(" AND d.kind = ", choice.kind.as_deref()).and_text(" AND d.status = ", choice.status.as_deref());
    let asked = if choice.unsearched.is_empty() { asked } else { asked.then(" AND NOT (d.kind").in_texts(&choice.unsearched).then(")") };
    let asked = match choice.since {
        Some(since) => asked.then(" AND d.created_at >= ").time(since),
        None => asked,
    };
    let asked = match choice.until {
        Some(until) => asked.then(" AND d.created_at < ").time(until),
        None => asked,
    };
    let amount = |asked: Ask, words, bound: &Option<String>| match bound.as_deref().and_then(ten_thousandths) {
        Some(bound) => asked.then(words).int(bound),
        None => asked,
    };
    let asked = amount(asked, " AND d.amount >= ", &choice.amount_from);
    let asked = amount(asked, " AND d.amount <= ", &choice.amount_to);
    let asked = match &choice.flow {
        Some(flow) => asked.then(" AND EXISTS (SELECT 1 FROM instance i WHERE i.document_id = d.id AND i.flow = ").text(flow).then(")"),
        None => asked,
    };
    let asked = match &choice.system {
        Some(system) => {
            asked.then(" AND EXISTS (SELECT 1 FROM link l WHERE l.document_id = d.id AND l.connection = ").text(system).then(")")
        }
        None => asked,
    };
    let asked = match &choice.owner {
        Some(owner) => asked
            .then(" AND d.id IN (SELECT x.document_id FROM exception x WHERE x.state = 'open' AND x.tenant_id = ")
            .int(choice.tenant.0)
            .then(" AND COALESCE(x.assignee, x.owner) = ")
            .text(owner)
            .then(")"),
        None => asked,
    };
    match choice.standing.as_deref() {
        Some("stopped") => asked
            .then(" AND d.id IN (SELECT x.document_id FROM exception x WHERE x.state = 'open' AND x.document_id IS NOT NULL AND x.tenant_id = ")
            .int(choice.tenant.0)
            .then(")"),
        Some("open") => asked
            .then(" AND d.id IN (SELECT i.document_id FROM instance i WHERE i.status IN ('running', 'exception') AND i.tenant_id = ")
            .int(choice.tenant.0)
            .then(")"),
        _ => asked,
    }
}

/// Ids of documents with a key, ours or a partner's.
fn with_key(asked: Ask, tenant: i32, key: &KeyChoice) -> Ask {
    match key {
        KeyChoice::Exactly(spellings) => asked
            .then("SELECT k.id FROM document k WHERE k.tenant_id = ")
            .int(tenant)
            .then(" AND k.key")
            .in_texts(spellings)
            .then(" UNION SELECT l.document_id FROM link l WHERE l.tenant_id = ")
            .int(tenant)
            .then(" AND l.external_id")
            .in_texts(spellings),
        KeyChoice::Beginning(spellings) => either_end(asked, tenant, spellings, false),
        KeyChoice::Ending(spellings) => either_end(asked, tenant, &backwards(spellings), true),
        KeyChoice::AtEitherEnd(spellings) => {
            either_end(either_end(asked, tenant, spellings, false).then(" UNION "), tenant, &backwards(spellings), true)
        }
    }
}

fn backwards(spellings: &[String]) -> Vec<String> {
    spellings.iter().map(|text| text.chars().rev().collect()).collect()
}

fn either_end(asked: Ask, tenant: i32, spellings: &[String], ends: bool) -> Ask {
    let mut asked = asked.then("SELECT id FROM (");
    for (place, spelling) in spellings.iter().enumerate() {
        let after = after(spelling);
        asked = asked.then(if place == 0 { "SELECT * FROM (SELECT k.id AS id" } else { " UNION SELECT * FROM (SELECT k.id AS id" });
        asked = asked.then(" FROM document k WHERE k.tenant_id = ").int(tenant);
        asked = between(asked, ("reverse(k.key)", "k.key_reversed", "k.key"), ends, spelling, after.as_deref());
        asked = asked
            .then(" LIMIT ")
            .int(KEYS_MAX)
            .then(") AS a UNION SELECT * FROM (SELECT l.document_id AS id FROM link l WHERE l.tenant_id = ")
            .int(tenant);
        asked = between(asked, ("reverse(l.external_id)", "l.id_reversed", "l.external_id"), ends, spelling, after.as_deref());
        asked = asked.then(" LIMIT ").int(KEYS_MAX).then(") AS b");
    }
    asked.then(") AS u")
}

/// ` AND column >= text AND column < the text after all that begin with it`.
fn between(asked: Ask, columns: (&'static str, &'static str, &'static str), ends: bool, from: &str, to: Option<&str>) -> Ask {
    let (postgres, sqlite, plain) = columns;
    let column = |asked: Ask| if ends { asked.either(postgres, sqlite) } else { asked.then(plain) };
    let asked = column(asked.then(" AND ")).then(" >= ").text(from);
    match to {
        Some(to) => column(asked.then(" AND ")).then(" < ").text(to),
        None => asked,
    }
}

/// The first text after all that begin with this one; none where there is none.
fn after(text: &str) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    while let Some(last) = letters.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

pub(super) async fn documents<S: Speaks>(store: &S, choice: &DocumentChoice, page: &Page) -> Result<Vec<DocumentRow>> {
    let (time, id) = start(page);
    let asked = chosen(ask("SELECT ").then(COLUMNS), choice).then(" AND (d.created_at, d.id) < (").int(time).comma().id(id);
    let asked = asked.then(") ORDER BY d.created_at DESC, d.id DESC LIMIT ").int(limit(page));
    decode::all(&look(store, choice.tenant, asked).await?, decode::document)
}

pub(super) async fn by_id<S: Speaks>(store: &S, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<DocumentRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM document d WHERE d.tenant_id = ").int(tenant.0).then(" AND d.id").in_ids(ids);
    decode::all(&look(store, tenant, asked).await?, decode::document)
}

pub(super) async fn keys<S: Speaks>(store: &S, tenant: TenantId, keys: &[String]) -> Result<Vec<(String, DocumentId)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let asked =
        ask("SELECT k.key AS word, k.id AS id FROM document k WHERE k.tenant_id = ").int(tenant.0).then(" AND k.key").in_texts(keys);
    let asked = asked.then(" UNION SELECT l.external_id, l.document_id FROM link l WHERE l.tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND l.external_id").in_texts(keys);
    let read = |row: &S::Row| {
        let cells = Cells::new(row, "document", "id");
        Ok((cells.text("word")?, cells.id("id", DocumentId)?))
    };
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn beside<S: Speaks>(store: &S, tenant: TenantId, ids: &[Uuid]) -> Result<Beside> {
    if ids.is_empty() {
        return Ok(Beside::default());
    }
    let instances = ask("SELECT i.document_id, i.id, i.flow, i.at_step, i.updated_at FROM instance i WHERE i.status IN ('running', 'exception') AND i.tenant_id = ")
        .int(tenant.0)
        .then(" AND i.document_id")
        .in_ids(ids)
        .then(" ORDER BY i.started_at DESC, i.id DESC");
    let systems = ask("SELECT DISTINCT l.document_id, l.connection FROM link l WHERE l.tenant_id = ").int(tenant.0);
    let systems = systems.then(" AND l.document_id").in_ids(ids).then(" ORDER BY l.document_id, l.connection");
    let exceptions = ask("SELECT x.document_id, x.id, x.cause, x.code, x.message, COALESCE(x.assignee, x.owner) AS whose, x.opened_at FROM exception x WHERE x.state = 'open' AND x.tenant_id = ")
        .int(tenant.0)
        .then(" AND x.document_id")
        .in_ids(ids)
        .then(" ORDER BY x.opened_at DESC, x.id DESC");
    let found = store.look(tenant, vec![instances, systems, exceptions]).await?;
    let [instances, systems, exceptions] = found.as_slice() else { return Ok(Beside::default()) };
    let document = |cells: &Cells<'_, S::Row>| cells.id("document_id", DocumentId);
    Ok(Beside {
        instances: decode::all(instances, |row| {
            let cells = Cells::new(row, "instance", "id");
            let instance = cells.id("id", InstanceId)?;
            Ok((document(&cells)?, instance, cells.text("flow")?, cells.maybe_text("at_step")?, cells.time("updated_at")?))
        })?,
        systems: decode::all(systems, |row| {
            let cells = Cells::new(row, "link", "document_id");
            Ok((document(&cells)?, cells.text("connection")?))
        })?,
        exceptions: decode::all(exceptions, |row| {
            let cells = Cells::new(row, "exception", "document_id");
            Ok(OpenException {
                document: document(&cells)?,
                id: cells.id("id", ExceptionId)?,
                cause: cells.text("cause")?,
                code: cells.text("code")?,
                message: cells.text("message")?,
                whose: cells.maybe_text("whose")?,
                since: cells.time("opened_at")?,
            })
        })?,
    })
}

pub(super) async fn in_flight<S: Speaks>(store: &S, tenant: TenantId) -> Result<InFlight> {
    let by_status = ask("SELECT d.status AS word, count(*) AS number FROM (SELECT DISTINCT i.document_id FROM instance i WHERE i.status IN ('running', 'exception') AND i.tenant_id = ")
        .int(tenant.0)
        .then(") AS f JOIN document d ON d.id = f.document_id GROUP BY d.status ORDER BY d.status");
    let by_cause =
        ask("SELECT x.cause AS word, count(DISTINCT x.document_id) AS number FROM exception x WHERE x.state = 'open' AND x.tenant_id = ")
            .int(tenant.0)
            .then(" GROUP BY x.cause ORDER BY x.cause");
    let found = store.look(tenant, vec![by_status, by_cause]).await?;
    let [by_status, by_cause] = found.as_slice() else { return Ok(InFlight::default()) };
    Ok(InFlight { by_status: decode::all(by_status, decode::count)?, by_cause: decode::all(by_cause, decode::count)? })
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn what_comes_after_a_beginning() {
        for (text, next) in
            [("A", Some("B")), ("PO-9", Some("PO-:")), ("\u{d7ff}", Some("\u{e000}")), ("a\u{10ffff}", Some("b")), ("", None)]
        {
            assert_eq!(after(text).as_deref(), next, "{text:?}");
        }
    }
}
