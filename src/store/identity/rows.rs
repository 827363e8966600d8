//! The rows of this side. JSON columns are text here, as everywhere in the store.

use crate::domain::access::chain::{Head, Link};
use crate::domain::ids::{SessionId, TenantId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRow {
    /// Id.
    pub id: UserId,
    /// Tenant.
    pub tenant: TenantId,
    /// Grows with each change of what is known of the user.
    pub version: u32,
    /// What the user signs in with, without case.
    pub name: String,
    /// How the user is called.
    pub title: String,
    /// Mail address.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// `invited`, `active` or `disabled`.
    pub status: String,
    /// Roles as granted, JSON.
    pub roles: String,
    /// Whether the role of owner is among them, for the whole tenant.
    pub owner: bool,
    /// The password, hashed; none for who has not set one.
    pub password: Option<PasswordHash>,
    /// When the password was set.
    pub password_at: Option<Timestamp>,
    /// Attempts since the last success.
    pub failures: u32,
    /// No attempt counts before this time.
    pub locked_until: Option<Timestamp>,
    /// The last success.
    pub last_sign_in_at: Option<Timestamp>,
    /// When the user was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A hashed password in the PHC form. Hard to turn back, and shown to nobody all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

/// What became of saving a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserSaved {
    /// It is saved.
    Saved,
    /// The version before is not what is there, or there is no such user.
    Changed,
    /// It would leave the tenant without an owner.
    LastOwner,
}

/// A password to be set.
#[derive(Clone, Debug, PartialEq)]
pub struct PasswordChange {
    /// Tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// The hash that was seen; none when there was none.
    pub before: Option<PasswordHash>,
    /// The new one.
    pub password: PasswordHash,
    /// Digest of the link that leads here.
    pub link: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A one-time link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceLinkRow {
    /// Digest of its secret.
    pub digest: String,
    /// Tenant.
    pub tenant: TenantId,
    /// `setup` (makes the first owner) or `password` (sets one).
    pub purpose: String,
    /// Whose password.
    pub user: Option<UserId>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// A sign-in that somebody went to an identity provider for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingRow {
    /// Digest of the secret that the browser holds.
    pub digest: String,
    /// Tenant.
    pub tenant: TenantId,
    /// The provider's name.
    pub provider: String,
    /// The page to come back to.
    pub return_to: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Who a user is at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedRow {
    /// Id.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The provider's name when it was written down.
    pub provider: String,
    /// The provider itself.
    pub issuer: String,
    /// What the provider calls them.
    pub subject: String,
    /// Who wrote it down.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// What became of writing down who a user is at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkedSaved {
    /// It is written.
    Saved,
    /// Somebody else has the name of the user that was to be added.
    NameTaken,
    /// Somebody here is that already.
    SubjectTaken,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Id, which opens nothing.
    pub id: SessionId,
    /// Digest of the secret that the browser holds.
    pub digest: String,
    /// Tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// How the user signed in: `password` or `provider/NAME`.
    pub method: String,
    /// From where.
    pub address: Option<String>,
    /// With what, as it says itself.
    pub agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// When it is over at the latest.
    pub expires_at: Timestamp,
}

/// Which sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Whose.
    pub user: UserId,
    /// Only this one.
    pub only: Option<SessionId>,
    /// All but this one.
    pub except: Option<SessionId>,
}

/// A token for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// Id, which opens nothing.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Whose; none for a service's.
    pub user: Option<UserId>,
    /// Its name.
    pub name: String,
    /// Digest of what opens.
    pub digest: String,
    /// What it may do: words, JSON.
    pub permissions: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

/// Which tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Only this user's.
    pub user: Option<UserId>,
}

/// A secret in its envelope. Hard to open without the master key, and shown to nobody all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Tenant.
    pub tenant: TenantId,
    /// Its name: what stands after `store/`.
    pub name: String,
    /// Grows with each value, from 1.
    pub version: u32,
    /// Which master key wrapped.
    pub master: String,
    /// The value's key, wrapped.
    pub wrapped: String,
    /// The value, sealed.
    pub sealed: String,
    /// When it was set.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
    /// When the partner will not take it any more.
    pub expires_at: Option<Timestamp>,
}

impl SecretRow {
    /// What its envelope is for.
    pub fn purpose(&self) -> String {
        secret_purpose(self.tenant, &self.name, self.version)
    }
}

/// What the envelope of a secret is for: no other tenant, name or version opens it.
pub fn secret_purpose(tenant: TenantId, name: &str, version: u32) -> String {
    format!("secret/{}/{name}/{version}", tenant.0)
}

impl std::fmt::Debug for SecretRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("SecretRow");
        shown.field("tenant", &self.tenant).field("name", &self.name).field("version", &self.version).finish_non_exhaustive()
    }
}

/// A change that waits for a second person, or waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// Id.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// Which kind of change.
    pub kind: String,
    /// The operation: method and route.
    pub action: String,
    /// To what: the path.
    pub object: String,
    /// Tells this request from every other.
    pub digest: String,
    /// What the second person sees of it, JSON without secrets.
    pub shown: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// The user who did; none for a program.
    pub proposer: Option<UserId>,
    /// The person of the directory.
    pub proposer_person: Option<String>,
    /// `open`, `confirmed`, `declined`, `withdrawn` or `used`.
    pub state: String,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When it is over, if nothing happens.
    pub expires_at: Timestamp,
    /// When it was last settled.
    pub settled_at: Option<Timestamp>,
    /// By whom.
    pub settled_by: Option<String>,
    /// What they said.
    pub note: Option<String>,
}

/// One step of a proposal, over the state that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalStep {
    /// Tenant.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// The state it must be in.
    pub from: &'static str,
    /// The state it gets.
    pub to: &'static str,
    /// When; it must not be over.
    pub at: Timestamp,
    /// Who settles it; none to keep who did.
    pub by: Option<String>,
    /// What they say.
    pub note: Option<String>,
    /// When it is over from now on; none to keep that.
    pub expires_at: Option<Timestamp>,
}

/// One line of the audit: who did what to what, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Id.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub actor: String,
    /// How the actor came in: `session`, `token`, `setup`, `provider`, `system` or `nobody`.
    pub via: String,
    /// What was done, such as `user.add`.
    pub action: String,
    /// To what, such as `user/…`.
    pub object: Option<String>,
    /// What became of it: `done`, `refused`, or the status of the answer.
    pub outcome: Option<String>,
    /// What else is to be known, JSON; no secrets and no payloads.
    pub detail: String,
    /// From where.
    pub address: Option<String>,
    /// The request in the hub's log.
    pub request: Option<String>,
}

impl AuditRow {
    /// The entry as the chain takes it at a place.
    pub fn link(&self, number: u64) -> Link<'_> {
        let texts = [
            Some(self.actor.as_str()),
            Some(&self.via),
            Some(&self.action),
            self.object.as_deref(),
            self.outcome.as_deref(),
            Some(&self.detail),
            self.address.as_deref(),
            self.request.as_deref(),
        ];
        Link { tenant: self.tenant, number, id: self.id, at: self.at, texts }
    }
}

/// An entry with its place in the chain; without one for a moment after it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAudit {
    /// The entry.
    pub entry: AuditRow,
    /// Its number and hash.
    pub sealed: Option<Head>,
}

/// Which entries; what is none does not narrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditChoice {
    /// Tenant.
    pub tenant: TenantId,
    /// Who.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// To what.
    pub object: Option<String>,
    /// What became of it.
    pub outcome: Option<String>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}
