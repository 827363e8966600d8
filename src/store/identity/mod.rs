//! Who may come in: users, their sessions and one-time links, and the audit of what people do.
//!
//! One text for both engines (`ask`). Passwords arrive hashed and secrets as digests: nothing here opens a door. Whatever
//! changes something takes its audit entry and writes it in the same transaction.

mod audit;
mod linked;
mod links;
mod pending;
mod proposals;
mod rows;
mod secrets;
mod sessions;
mod tokens;
mod users;

use super::ask::Speaks;
use super::{Page, Result};
use crate::domain::access::chain::Head;
use crate::domain::ids::{SessionId, TenantId, UserId};
use futures::future::BoxFuture;
use jiff::Timestamp;
pub use rows::*;
pub use secrets::SECRETS_MAX;
use uuid::Uuid;

/// The side of the store that knows who may come in. Both engines have it by speaking `ask`.
pub trait Identity: Send + Sync {
    // ---- users ----

    /// Users by name, after a name, at most `limit`.
    fn users<'a>(&'a self, tenant: TenantId, after: Option<&'a str>, limit: u32) -> BoxFuture<'a, Result<Vec<UserRow>>>;

    /// One user.
    fn user(&self, tenant: TenantId, id: UserId) -> BoxFuture<'_, Result<Option<UserRow>>>;

    /// The user with a name.
    fn user_named<'a>(&'a self, tenant: TenantId, name: &'a str) -> BoxFuture<'a, Result<Option<UserRow>>>;

    /// Whether somebody who may sign in owns the tenant.
    fn has_owner(&self, tenant: TenantId) -> BoxFuture<'_, Result<bool>>;

    /// Adds a user, using up a link where one leads here; false when the name is taken or the link is gone.
    fn add_user<'a>(&'a self, user: &'a UserRow, link: Option<&'a str>, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    /// Saves what is known of a user over the version before. A user who is not active has no sessions left.
    fn save_user<'a>(&'a self, user: &'a UserRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<UserSaved>>;

    /// Sets a password over the one that was seen, using up the link where one leads here; every session ends. False when
    /// the password or the link is not what it was.
    fn set_password<'a>(&'a self, change: &'a PasswordChange, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    /// Counts an attempt to sign in and answers who it is; none for nobody, the disabled, and those who have to wait.
    fn count_attempt<'a>(&'a self, tenant: TenantId, name: &'a str, at: Timestamp) -> BoxFuture<'a, Result<Option<UserRow>>>;

    // ---- links ----

    /// Keeps a one-time link; those for the same purpose and user before it are over.
    fn add_link<'a>(&'a self, link: &'a OnceLinkRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<()>>;

    /// A link that is not over.
    fn link<'a>(&'a self, tenant: TenantId, digest: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<OnceLinkRow>>>;

    // ---- identity providers ----

    /// Keeps a sign-in that somebody went to a provider for.
    fn add_pending<'a>(&'a self, pending: &'a PendingRow) -> BoxFuture<'a, Result<()>>;

    /// Takes such a sign-in, once; none when it was taken, is over, or never was.
    fn take_pending<'a>(&'a self, tenant: TenantId, digest: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<PendingRow>>>;

    /// The user somebody at a provider is.
    fn user_linked<'a>(&'a self, tenant: TenantId, issuer: &'a str, subject: &'a str) -> BoxFuture<'a, Result<Option<UserRow>>>;

    /// Who a user is at providers.
    fn linked(&self, tenant: TenantId, user: UserId) -> BoxFuture<'_, Result<Vec<LinkedRow>>>;

    /// Writes down who a user is at a provider, and adds the user with it where one is given.
    fn add_linked<'a>(
        &'a self,
        linked: &'a LinkedRow,
        user: Option<&'a UserRow>,
        entry: &'a AuditRow,
    ) -> BoxFuture<'a, Result<LinkedSaved>>;

    /// Forgets who a user is at a provider; the user's sessions end. False when it is not there.
    fn unlink<'a>(&'a self, tenant: TenantId, user: UserId, id: Uuid, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    // ---- sessions ----

    /// Begins a session; the user's failed attempts are forgotten.
    fn start_session<'a>(&'a self, session: &'a SessionRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<()>>;

    /// A session with its user.
    fn session<'a>(&'a self, tenant: TenantId, digest: &'a str) -> BoxFuture<'a, Result<Option<(SessionRow, UserRow)>>>;

    /// Writes down that a session was used.
    fn touch_session(&self, tenant: TenantId, id: SessionId, at: Timestamp) -> BoxFuture<'_, Result<()>>;

    /// Sessions of a user that end after `now`, the last used first.
    fn sessions(&self, tenant: TenantId, user: UserId, now: Timestamp) -> BoxFuture<'_, Result<Vec<SessionRow>>>;

    /// Ends sessions; answers how many.
    fn end_sessions<'a>(&'a self, which: &'a SessionChoice, entry: &'a AuditRow) -> BoxFuture<'a, Result<u64>>;

    // ---- tokens ----

    /// Keeps a token; false when its owner has one of that name.
    fn add_token<'a>(&'a self, token: &'a ApiTokenRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    /// Tokens that were not revoked, by name, at most 1,000; those that are over among them.
    fn tokens<'a>(&'a self, choice: &'a TokenChoice) -> BoxFuture<'a, Result<Vec<ApiTokenRow>>>;

    /// A token that opens, with its user where it is somebody's.
    #[expect(clippy::type_complexity, reason = "a future of a row and its user; a name would only hide that")]
    fn token<'a>(
        &'a self,
        tenant: TenantId,
        digest: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<(ApiTokenRow, Option<UserRow>)>>>;

    /// Writes down that a token was used.
    fn touch_token(&self, tenant: TenantId, id: Uuid, at: Timestamp) -> BoxFuture<'_, Result<()>>;

    /// Ends a token; false when it is not there, or another's.
    fn revoke_token<'a>(&'a self, choice: &'a TokenChoice, id: Uuid, at: Timestamp, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    // ---- secrets ----

    /// A tenant's secrets by name, in their envelopes.
    fn secrets(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<SecretRow>>>;

    /// Those of all tenants, for the gateway.
    fn all_secrets(&self) -> BoxFuture<'_, Result<Vec<SecretRow>>>;

    /// Sets a secret over the version before its own (of version 1: where there is none). False when something else is there.
    fn save_secret<'a>(&'a self, secret: &'a SecretRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    /// Gives a value the envelope of another master key. False when it is not the one that was opened any more.
    fn rewrap_secret<'a>(&'a self, before: &'a SecretRow, after: &'a SecretRow) -> BoxFuture<'a, Result<bool>>;

    /// Removes this version of a secret. False when it is not the one that is there.
    fn remove_secret<'a>(&'a self, tenant: TenantId, name: &'a str, version: u32, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    // ---- what wants two people ----

    /// Proposals, newest first, at most 200.
    fn proposals<'a>(&'a self, tenant: TenantId, state: Option<&'a str>) -> BoxFuture<'a, Result<Vec<ProposalRow>>>;

    /// One proposal.
    fn proposal(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<ProposalRow>>>;

    /// The proposal of a request by somebody that is open or confirmed; it may be over.
    fn waiting_proposal<'a>(&'a self, tenant: TenantId, digest: &'a str, by: &'a str) -> BoxFuture<'a, Result<Option<ProposalRow>>>;

    /// Keeps a proposal; false when the same waits already.
    fn add_proposal<'a>(&'a self, row: &'a ProposalRow, now: Timestamp, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    /// Moves a proposal on; false when it is not in the state that was seen any more, or is over.
    fn step_proposal<'a>(&'a self, step: &'a ProposalStep, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>>;

    // ---- the audit ----

    /// Writes entries that go with no change of this side.
    fn note<'a>(&'a self, entries: &'a [AuditRow]) -> BoxFuture<'a, Result<()>>;

    /// Writes what became of entries that were written before their end was known.
    fn finish<'a>(&'a self, ends: &'a [(Uuid, String)]) -> BoxFuture<'a, Result<()>>;

    /// Entries, newest first, keyset pages.
    fn audit<'a>(&'a self, choice: &'a AuditChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<KeptAudit>>>;

    /// Sealed entries in the order of their numbers, after a number, at most 1,000.
    fn audit_chain(&self, tenant: TenantId, after: u64) -> BoxFuture<'_, Result<Vec<KeptAudit>>>;

    /// Where a tenant's chain ends.
    fn audit_head(&self, tenant: TenantId) -> BoxFuture<'_, Result<Head>>;

    /// Where every tenant's chain ends.
    fn audit_heads(&self) -> BoxFuture<'_, Result<Vec<(TenantId, Head)>>>;

    /// Seals entries of all tenants that have ended, and those that never will: they were begun before `unfinished_before`.
    /// Bounded a call; answers how many.
    fn seal_audit(&self, unfinished_before: Timestamp) -> BoxFuture<'_, Result<u32>>;

    // ---- keeping house ----

    /// Drops sessions, links and pending sign-ins that are over, bounded a call.
    fn sweep_identity(&self, now: Timestamp, unused_since: Timestamp) -> BoxFuture<'_, Result<u64>>;
}

/// Every method of this side, whether it keeps anything (`commits`) or not, and where it is written: one list for whatever
/// implements the trait as a whole.
macro_rules! identity_methods {
    ($implement:ident) => {
        $implement! {
            reads   fn users<'a>(&'a self, tenant: TenantId, after: Option<&'a str>, limit: u32) -> BoxFuture<'a, Result<Vec<UserRow>>> = users::list;
            reads   fn user(&self, tenant: TenantId, id: UserId) -> BoxFuture<'_, Result<Option<UserRow>>> = users::one;
            reads   fn user_named<'a>(&'a self, tenant: TenantId, name: &'a str) -> BoxFuture<'a, Result<Option<UserRow>>> = users::named;
            reads   fn has_owner(&self, tenant: TenantId) -> BoxFuture<'_, Result<bool>> = users::has_owner;
            commits fn add_user<'a>(&'a self, user: &'a UserRow, link: Option<&'a str>, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = users::add;
            commits fn save_user<'a>(&'a self, user: &'a UserRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<UserSaved>> = users::save;
            commits fn set_password<'a>(&'a self, change: &'a PasswordChange, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = users::set_password;
            commits fn count_attempt<'a>(&'a self, tenant: TenantId, name: &'a str, at: Timestamp) -> BoxFuture<'a, Result<Option<UserRow>>> = users::count_attempt;
            commits fn add_link<'a>(&'a self, link: &'a OnceLinkRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<()>> = links::add;
            reads   fn link<'a>(&'a self, tenant: TenantId, digest: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<OnceLinkRow>>> = links::one;
            commits fn add_pending<'a>(&'a self, pending: &'a PendingRow) -> BoxFuture<'a, Result<()>> = pending::add;
            commits fn take_pending<'a>(&'a self, tenant: TenantId, digest: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<PendingRow>>> = pending::take;
            reads   fn user_linked<'a>(&'a self, tenant: TenantId, issuer: &'a str, subject: &'a str) -> BoxFuture<'a, Result<Option<UserRow>>> = linked::user;
            reads   fn linked(&self, tenant: TenantId, user: UserId) -> BoxFuture<'_, Result<Vec<LinkedRow>>> = linked::list;
            commits fn add_linked<'a>(&'a self, linked: &'a LinkedRow, user: Option<&'a UserRow>, entry: &'a AuditRow) -> BoxFuture<'a, Result<LinkedSaved>> = linked::add;
            commits fn unlink<'a>(&'a self, tenant: TenantId, user: UserId, id: Uuid, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = linked::remove;
            commits fn start_session<'a>(&'a self, session: &'a SessionRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<()>> = sessions::start;
            reads   fn session<'a>(&'a self, tenant: TenantId, digest: &'a str) -> BoxFuture<'a, Result<Option<(SessionRow, UserRow)>>> = sessions::one;
            commits fn touch_session(&self, tenant: TenantId, id: SessionId, at: Timestamp) -> BoxFuture<'_, Result<()>> = sessions::touch;
            reads   fn sessions(&self, tenant: TenantId, user: UserId, now: Timestamp) -> BoxFuture<'_, Result<Vec<SessionRow>>> = sessions::list;
            commits fn end_sessions<'a>(&'a self, which: &'a SessionChoice, entry: &'a AuditRow) -> BoxFuture<'a, Result<u64>> = sessions::end;
            commits fn add_token<'a>(&'a self, token: &'a ApiTokenRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = tokens::add;
            reads   fn tokens<'a>(&'a self, choice: &'a TokenChoice) -> BoxFuture<'a, Result<Vec<ApiTokenRow>>> = tokens::list;
            reads   fn token<'a>(&'a self, tenant: TenantId, digest: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Option<(ApiTokenRow, Option<UserRow>)>>> = tokens::one;
            commits fn touch_token(&self, tenant: TenantId, id: Uuid, at: Timestamp) -> BoxFuture<'_, Result<()>> = tokens::touch;
            commits fn revoke_token<'a>(&'a self, choice: &'a TokenChoice, id: Uuid, at: Timestamp, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = tokens::revoke;
            reads   fn secrets(&self, tenant: TenantId) -> BoxFuture<'_, Result<Vec<SecretRow>>> = secrets::list;
            reads   fn all_secrets(&self) -> BoxFuture<'_, Result<Vec<SecretRow>>> = secrets::all;
            commits fn save_secret<'a>(&'a self, secret: &'a SecretRow, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = secrets::save;
            commits fn rewrap_secret<'a>(&'a self, before: &'a SecretRow, after: &'a SecretRow) -> BoxFuture<'a, Result<bool>> = secrets::rewrap;
            commits fn remove_secret<'a>(&'a self, tenant: TenantId, name: &'a str, version: u32, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = secrets::remove;
            reads   fn proposals<'a>(&'a self, tenant: TenantId, state: Option<&'a str>) -> BoxFuture<'a, Result<Vec<ProposalRow>>> = proposals::list;
            reads   fn proposal(&self, tenant: TenantId, id: Uuid) -> BoxFuture<'_, Result<Option<ProposalRow>>> = proposals::one;
            reads   fn waiting_proposal<'a>(&'a self, tenant: TenantId, digest: &'a str, by: &'a str) -> BoxFuture<'a, Result<Option<ProposalRow>>> = proposals::waiting;
            commits fn add_proposal<'a>(&'a self, row: &'a ProposalRow, now: Timestamp, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = proposals::add;
            commits fn step_proposal<'a>(&'a self, step: &'a ProposalStep, entry: &'a AuditRow) -> BoxFuture<'a, Result<bool>> = proposals::step;
            commits fn note<'a>(&'a self, entries: &'a [AuditRow]) -> BoxFuture<'a, Result<()>> = audit::note;
            commits fn finish<'a>(&'a self, ends: &'a [(Uuid, String)]) -> BoxFuture<'a, Result<()>> = audit::finish;
            reads   fn audit<'a>(&'a self, choice: &'a AuditChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<KeptAudit>>> = audit::list;
            reads   fn audit_chain(&self, tenant: TenantId, after: u64) -> BoxFuture<'_, Result<Vec<KeptAudit>>> = audit::chain;
            reads   fn audit_head(&self, tenant: TenantId) -> BoxFuture<'_, Result<Head>> = audit::head;
            reads   fn audit_heads(&self) -> BoxFuture<'_, Result<Vec<(TenantId, Head)>>> = audit::heads;
            commits fn seal_audit(&self, unfinished_before: Timestamp) -> BoxFuture<'_, Result<u32>> = audit::seal;
            commits fn sweep_identity(&self, now: Timestamp, unused_since: Timestamp) -> BoxFuture<'_, Result<u64>> = sessions::sweep;
        }
    };
}
pub(super) use identity_methods;

macro_rules! by_speaking {
    ($($keeps:ident fn $name:ident $(<$lt:lifetime>)? (&$($slt:lifetime)? self $(, $arg:ident : $kind:ty)*) -> $out:ty = $place:path;)*) => {
        impl<S: Speaks> Identity for S {
            $(fn $name $(<$lt>)? (&$($slt)? self $(, $arg: $kind)*) -> $out {
                Box::pin($place(self $(, $arg)*))
            })*
        }
    };
}
identity_methods!(by_speaking);
