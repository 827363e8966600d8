//! Published definitions.

use crate::domain::ids::TenantId;
use jiff::Timestamp;

/// One immutable version of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionRow {
    /// Tenant.
    pub tenant: TenantId,
    /// `flow`, `connector`, … or `bundle` (a flow version with everything it needs).
    pub kind: String,
    /// Id.
    pub id: String,
    /// Content hash.
    pub hash: String,
    /// The text, or the bundle's JSON.
    pub text: String,
    /// Author.
    pub author: String,
    /// Message.
    pub message: String,
    /// Stored.
    pub created_at: Timestamp,
}
