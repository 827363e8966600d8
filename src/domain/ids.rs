//! Ids as newtypes, and the keys that are derived from them (never drawn, so that a repeat finds the same).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(pub i32);

impl TenantId {
    /// The tenant of an installation that has only one.
    pub const DEFAULT: TenantId = TenantId(1);

    /// Whether definitions are this tenant's: files are read for one, and no other has a project.
    pub fn has_project(self) -> bool {
        self == TenantId::DEFAULT
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map($name)
            }
        }
    };
}

uuid_id!(
    /// A business document in the ledger.
    DocumentId
);
uuid_id!(
    /// One run of a flow version for one document revision.
    InstanceId
);
uuid_id!(
    /// One outgoing effect; also its idempotency key.
    EffectId
);
uuid_id!(
    /// One received message.
    InboxId
);
uuid_id!(
    /// One exception on the desk.
    ExceptionId
);
uuid_id!(
    /// One task of a person.
    TaskId
);
uuid_id!(
    /// One run of reconciliation over a connection.
    ReconciliationId
);
uuid_id!(
    /// One difference between a system and the ledger.
    DriftId
);
uuid_id!(
    /// Somebody who may sign in.
    UserId
);
uuid_id!(
    /// One sign-in of a user, as long as it lasts.
    SessionId
);
uuid_id!(
    /// One lane: the effects of one document at one connection, derived from tenant and name.
    LaneId
);

impl LaneId {
    /// The lane of a tenant with this name.
    pub fn of(tenant: TenantId, name: &str) -> LaneId {
        LaneId(derived(&[b"lane", &tenant.0.to_be_bytes(), name.as_bytes()]))
    }
}

/// A uuid (version 8) from the hash of parts; equal parts give equal ids for ever.
pub fn derived(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Key of one effect: tenant, instance, step, visit, effect index. The attempt number is deliberately not part of it.
pub fn effect_id(tenant: TenantId, instance: InstanceId, step: &str, visit: u32, index: u32) -> EffectId {
    EffectId(derived(&[
        b"effect",
        &tenant.0.to_be_bytes(),
        instance.0.as_bytes(),
        step.as_bytes(),
        &visit.to_be_bytes(),
        &index.to_be_bytes(),
    ]))
}

/// The id of an exception: its number within the instance.
pub fn exception_id(tenant: TenantId, instance: InstanceId, number: u32) -> ExceptionId {
    ExceptionId(derived(&[b"exception", &tenant.0.to_be_bytes(), instance.0.as_bytes(), &number.to_be_bytes()]))
}

/// The id of a task: its number within one visit of a step.
pub fn task_id(tenant: TenantId, instance: InstanceId, step: &str, visit: u32, number: u32) -> TaskId {
    TaskId(derived(&[
        b"task",
        &tenant.0.to_be_bytes(),
        instance.0.as_bytes(),
        step.as_bytes(),
        &visit.to_be_bytes(),
        &number.to_be_bytes(),
    ]))
}

/// Identity of a document: tenant, type, source connection, key.
pub fn document_id(tenant: TenantId, kind: &str, source: &str, key: &str) -> DocumentId {
    DocumentId(derived(&[b"document", &tenant.0.to_be_bytes(), kind.as_bytes(), source.as_bytes(), key.as_bytes()]))
}

/// The first instance of a flow for a revision of a document.
pub fn instance_id(tenant: TenantId, document: DocumentId, flow: &str, revision: u32) -> InstanceId {
    InstanceId(derived(&[b"instance", &tenant.0.to_be_bytes(), document.0.as_bytes(), flow.as_bytes(), &revision.to_be_bytes()]))
}

/// The instance that runs the same flow for the same revision once more, after `previous`.
pub fn instance_again(previous: InstanceId) -> InstanceId {
    InstanceId(derived(&[b"instance again", previous.0.as_bytes()]))
}
