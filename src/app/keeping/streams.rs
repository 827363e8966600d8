//! Streams made due, and their cursors moved.

use super::{Error, Keeper, Result};
use crate::domain::connector::Position;
use crate::domain::ids::TenantId;
use crate::store::Page;
use crate::store::desk::{CursorChange, DocumentChoice};
use serde_json::Value;

impl Keeper {
    /// Makes a stream due now. `unheard`: no definition in force listens to it.
    ///
    /// # Errors
    /// When nobody has ever run it, and when nobody would: it is read neither for definitions in force nor for documents of earlier
    /// flows.
    pub async fn run_stream(&self, tenant: TenantId, connection: &str, stream: &str, unheard: bool) -> Result<()> {
        if unheard {
            let choice = DocumentChoice { system: Some(connection.to_owned()), ..DocumentChoice::all(tenant) };
            if self.store.desk().search(&choice, &Page { limit: 1, after: None }).await?.is_empty() {
                let words = format!(
                    "nobody listens to the stream `{stream}` of `{connection}`, so it is not read: a flow has to use an event that is heard by it"
                );
                return Err(Error::Conflict(words));
            }
        }
        match self.store.desk().run_stream(tenant, connection, stream, self.clock.now()).await? {
            true => Ok(()),
            false => Err(Error::NotFound("stream")),
        }
    }

    /// Moves a stream's cursor; none begins from the beginning. What it hears twice is recognised.
    ///
    /// # Errors
    /// When the cursor is not the one the caller saw, and when the new one is neither an instant nor a whole number.
    pub async fn move_cursor(
        &self,
        tenant: TenantId,
        (connection, stream): (&str, &str),
        before: Option<&Value>,
        after: Option<&Value>,
        actor: &str,
        reason: &str,
    ) -> Result<()> {
        let change = CursorChange {
            tenant,
            connection: connection.to_owned(),
            stream: stream.to_owned(),
            before: before.map(stored),
            after: after.map(position).transpose()?,
            due_at: self.clock.now(),
        };
        if !self.store.desk().move_cursor(&change).await? {
            return Err(Error::Changed("the stream has moved on meanwhile".to_owned()));
        }
        tracing::info!(
            connection.name = connection,
            stream.name = stream,
            actor,
            reason,
            "the cursor of `{stream}` of `{connection}` was moved by {actor}: {reason}"
        );
        Ok(())
    }
}

/// A cursor as the store keeps it: the bare text of an instant or number.
fn stored(cursor: &Value) -> String {
    cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned)
}

/// A cursor that a stream can go on from.
fn position(cursor: &Value) -> Result<String> {
    let words = || Error::Invalid("cursor", "is neither an instant (`2026-01-31T08:00:00Z`) nor a whole number".to_owned());
    Position::from_text(&stored(cursor)).map(Position::to_text).ok_or_else(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cursor_goes_back_into_the_store_as_the_stream_wrote_it() {
        for text in ["2026-01-31T08:00:00Z", "42"] {
            let shown = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            assert_eq!(stored(&shown), text);
            assert_eq!(position(&shown).unwrap(), text);
        }
        assert_eq!(position(&json!("42")).unwrap(), "42");
        for wrong in [json!("yesterday"), json!(1.5), json!({"since": 1}), json!(true)] {
            assert!(matches!(position(&wrong), Err(Error::Invalid("cursor", _))), "{wrong}");
        }
    }
}
