//! What is kept back of what people read: the fields that a document's type calls sensitive, wherever their values went.

use super::{Payloads, Reader, Result};
use crate::domain::document::{DocumentType, Sensitive, Values, mask_leaves};
use crate::domain::ids::{DocumentId, TenantId};
use serde_json::Value;

/// Revisions whose values are taken out of what is told; older ones are long past whatever is told now.
const REVISIONS_MAX: u32 = 50;

/// What is kept back of one document.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Masks {
    /// The document's type; none when there is no such document.
    pub kind: Option<String>,
    /// By place.
    pub sensitive: Sensitive,
    /// By value.
    pub values: Values,
}

impl Masks {
    /// A shape of others, as this caller sees it.
    pub fn of_others(&self, payloads: Payloads, mut value: Value) -> Option<Value> {
        match payloads {
            Payloads::Hidden => None,
            Payloads::Revealed => Some(value),
            Payloads::Shown => {
                if !self.sensitive.is_empty() {
                    mask_leaves(&mut value);
                }
                Some(value)
            }
        }
    }

    /// A document, as this caller sees it.
    pub fn of_ours(&self, payloads: Payloads, mut value: Value) -> Value {
        if payloads != Payloads::Revealed {
            self.sensitive.mask(&mut value);
        }
        value
    }
}

impl Reader {
    /// What a type keeps back. Of a type that nobody knows any more it is everything.
    pub(in crate::app) fn sensitive(&self, kind: &str) -> Sensitive {
        let definitions = self.live.as_ref().map(|live| live.now());
        let known = definitions.as_ref().and_then(|definitions| definitions.catalog().documents.get(kind));
        known.map_or_else(Sensitive::everything, |known| known.sensitive.clone())
    }

    /// What is kept back of a document: by place, and the values that its revisions held.
    pub(in crate::app) async fn masks(&self, tenant: TenantId, document: DocumentId) -> Result<Masks> {
        let rows = self.store.desk().documents_by_id(tenant, &[document.0]).await?;
        let Some(row) = rows.first() else { return Ok(Masks { sensitive: Sensitive::everything(), ..Masks::default() }) };
        let sensitive = self.sensitive(&row.kind);
        let mut values = Values::default();
        if !sensitive.is_empty() {
            for number in (row.revision.saturating_sub(REVISIONS_MAX).max(1)..=row.revision).rev() {
                let Some(revision) = self.store.revision(tenant, document, number).await? else { break };
                values.extend(sensitive.values(&super::json::value(&revision.body)));
            }
        }
        Ok(Masks { kind: Some(row.kind.clone()), sensitive, values })
    }

    /// Types that cannot be looked through by content, and those that cannot by amount: an answer to a guess is an answer.
    pub fn unsearched(&self, by_content: bool, by_amount: bool) -> Vec<String> {
        let Some(live) = &self.live else { return Vec::new() };
        let definitions = live.now();
        let hidden = |sensitive: &Sensitive| {
            (by_content && !sensitive.is_empty()) || (by_amount && (sensitive.touches("total_gross") || sensitive.touches("amount")))
        };
        // What is sealed is found by neither: the database cannot read it.
        let sealed = |kind: &DocumentType| kind.sealed.is_some() && (by_content || by_amount);
        let kinds = definitions.catalog().documents.values().filter(|kind| hidden(&kind.sensitive) || sealed(kind));
        kinds.map(|kind| kind.id.to_string()).collect()
    }

    /// Whether a message's payload may hold what is kept back: it makes a document that keeps something back, or speaks of an
    /// object that may be one.
    pub(super) fn message_is_sensitive(&self, connection: &str, event: &str) -> bool {
        let Some(live) = &self.live else { return true };
        let definitions = live.now();
        let connector = definitions.connector(connection);
        let makes = connector.as_ref().and_then(|connector| Some(connector.events.get(event)?.document.as_ref()?.document.clone()));
        match makes {
            Some(kind) => !self.sensitive(&kind).is_empty(),
            None => definitions.catalog().documents.values().any(|kind| !kind.sensitive.is_empty()),
        }
    }
}
