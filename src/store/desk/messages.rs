//! Messages that wait: parked until their object is known, or stopped until a person says what to do.

use super::exceptions::{limit, start};
use super::watched::MessageChoice;
use crate::domain::ids::TenantId;
use crate::store::ask::{Ask, Speaks, ask, look};
use crate::store::columns::message_columns;
use crate::store::{Message, Page, Result, decode};
use uuid::Uuid;

const COLUMNS: &str = message_columns!();

/// ` FROM message m WHERE …` of a choice.
pub(super) fn chosen(asked: Ask, choice: &MessageChoice) -> Ask {
    let asked = asked.then(" FROM message m WHERE m.state IN ('parked', 'stopped') AND m.tenant_id = ").int(choice.tenant.0);
    asked.and_text(" AND m.state = ", choice.state.as_deref()).and_text(" AND m.connection = ", choice.connection.as_deref())
}

pub(super) async fn choose<S: Speaks>(store: &S, choice: &MessageChoice, page: &Page) -> Result<Vec<Message>> {
    let (time, id) = start(page);
    let asked = chosen(ask("SELECT ").then(COLUMNS), choice).then(" AND (m.received_at, m.id) < (").int(time).comma().id(id);
    let asked = asked.then(") ORDER BY m.received_at DESC, m.id DESC LIMIT ").int(limit(page));
    decode::all(&look(store, choice.tenant, asked).await?, decode::message)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: Uuid) -> Result<Option<Message>> {
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM message m WHERE m.tenant_id = ").int(tenant.0).then(" AND m.id = ").id(id);
    look(store, tenant, asked).await?.first().map(decode::message).transpose()
}
