//! What `decide` is told about the world besides the event: loaded by the runtime, never changed by the flow.

use crate::domain::approval::Delegations;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::domain::value::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Everything about one instance that is not in its state.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Tenant.
    pub tenant: TenantId,
    /// The instance.
    pub instance: InstanceId,
    /// The flow version, for the history.
    pub version: String,
    /// The document it runs for.
    pub document: DocumentFacts,
    /// Who set it going, `{id, name, email}`; unset when nobody is known.
    pub initiator: Value,
    /// Which connection plays which role, and what the binding row overrides.
    pub binding: Binding,
    /// Who decides for whom: they are told as well.
    pub delegations: Arc<Delegations>,
    /// Linked documents that are in the ledger already, as far as they are known to be, with the document each was made for.
    pub made: Arc<HashMap<DocumentId, Option<String>>>,
}

/// The document of an instance.
#[derive(Clone, Debug)]
pub struct DocumentFacts {
    /// Its id.
    pub id: DocumentId,
    /// Its type.
    pub kind: String,
    /// Its business key.
    pub key: String,
    /// The revision this instance runs for.
    pub revision: u32,
    /// That revision's content, read as the document type.
    pub doc: Value,
    /// Our status of it now.
    pub status: String,
    /// The connection it comes from; `hub` for documents made here.
    pub source: String,
    /// The source's own id of it.
    pub external_id: Option<String>,
}

/// A binding row with the default's parts filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Binding {
    /// The row that holds.
    pub row: String,
    /// Role to connection.
    pub roles: BTreeMap<String, String>,
    /// Mapping overrides: the flow's word to the mapping used.
    pub maps: BTreeMap<String, String>,
    /// The values, typed.
    pub values: Value,
}
