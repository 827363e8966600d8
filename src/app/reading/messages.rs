//! Messages that wait, receipts of webhooks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cursor::Pages;
use super::{Error, List, PageQuery, Payloads, Reader, Result, json};
use crate::domain::document::mask_leaves;
use crate::domain::ids::TenantId;
use crate::store::Message;
use crate::store::desk::{MessageChoice, ReceiptRow};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageItem {
    /// Its id.
    pub id: Uuid,
    /// The connection it came from.
    pub connection: String,
    /// The event of the connector it is heard by.
    pub event: String,
    /// Where it came in: `webhook/…`, `stream/…`, `reread`.
    pub source: String,
    /// The sender's message id, or a digest.
    pub message_id: String,
    /// The partner's id of the object, once known.
    pub external_id: Option<String>,
    /// `parked` (its object is not known yet), `stopped` (wants a person), or under way.
    pub state: String,
    /// Why it waits.
    pub problem: Option<String>,
    /// How often it was taken up.
    pub attempts: u32,
    /// When it is taken up again by itself.
    pub due_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
    /// What may be done about it: paths to post to, relative to this message.
    pub actions: Vec<String>,
    /// What came; only with the permission `payloads`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Object)]
    pub payload: Option<Value>,
    /// Whether only the shape of the payload is shown, because documents it is about have masked fields.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub masked: bool,
}

/// A webhook that came, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// The webhook of the connector.
    pub webhook: String,
    /// Size of its body.
    pub bytes: u32,
    /// What it was answered.
    pub status: u16,
    /// `valid`; `unheard` (genuine, but no event waits for it: acknowledged and not kept); `challenge` (a check of the address); or
    /// why it was refused.
    pub verdict: String,
}

impl Reader {
    /// Parked and stopped messages, newest first.
    pub async fn messages(
        &self,
        tenant: TenantId,
        state: Option<String>,
        connection: Option<String>,
        page: &PageQuery,
    ) -> Result<List<MessageItem>> {
        let choice = MessageChoice { tenant, state, connection };
        let pages = Pages::new("messages", &choice, page)?;
        let rows = self.store.desk().choose_messages(&choice, pages.page()).await?;
        Ok(pages.list(rows, |row| (row.new.received_at, row.new.id.0), |row| item(row, Payloads::Hidden)))
    }

    /// One message.
    pub async fn message(&self, tenant: TenantId, id: Uuid, payloads: Payloads) -> Result<MessageItem> {
        let row = self.store.desk().message(tenant, id).await?.ok_or(Error::NotFound("message"))?;
        let sensitive = payloads != Payloads::Revealed && self.message_is_sensitive(&row.new.connection, &row.new.event);
        let mut item = item(row, payloads);
        if sensitive {
            item.payload.iter_mut().for_each(mask_leaves);
            item.masked = item.payload.is_some();
        }
        Ok(item)
    }

    /// Receipts of a connection's webhooks, newest first.
    pub async fn receipts(&self, tenant: TenantId, connection: &str, page: &PageQuery) -> Result<List<Receipt>> {
        let pages = Pages::new("receipts", &connection, page)?;
        let rows = self.store.desk().receipts(tenant, connection, pages.page()).await?;
        let view = |row: ReceiptRow| Receipt {
            id: row.id,
            at: row.at,
            webhook: row.webhook,
            bytes: row.bytes,
            status: row.status,
            verdict: row.signature,
        };
        Ok(pages.list(rows, |row| (row.at, row.id), view))
    }
}

fn item(row: Message, payloads: Payloads) -> MessageItem {
    let waits = matches!(row.state.as_str(), "parked" | "stopped");
    MessageItem {
        id: row.new.id.0,
        connection: row.new.connection,
        event: row.new.event,
        source: row.new.source,
        message_id: row.new.message_id,
        external_id: row.external_id,
        due_at: (row.state != "stopped").then_some(row.due_at),
        actions: if waits { vec!["take-up".to_owned(), "drop".to_owned()] } else { Vec::new() },
        state: row.state,
        problem: row.problem,
        attempts: row.attempts,
        received_at: row.new.received_at,
        payload: (payloads != Payloads::Hidden).then(|| json::value(&row.new.payload)),
        masked: false,
    }
}
