//! Who may come in: signing in and out, identity providers, sessions, one-time links, users.
//!
//! Secrets are drawn here and kept as digests; passwords are hashed and compared here and nowhere else. What a caller may do
//! once inside is the door's matter.

mod actor;
pub mod audit;
mod hasher;
pub mod in_app;
mod links;
pub mod proposals;
pub mod providers;
pub mod scoping;
mod secret;
mod sessions;
mod sign_in;
mod throttle;
pub mod tokens;
mod users;
mod views;

use crate::domain::access::role::Roles;
use crate::domain::access::session::Limits;
use crate::domain::ids::TenantId;
use crate::runtime::{Clock, IdMaker};
use crate::store::identity::TokenChoice;
use crate::store::{self, Store};
pub use actor::Actor;
pub use audit::Audit;
pub use hasher::Cost;
use hasher::Hasher;
pub use in_app::InApp;
pub use links::{LinkUse, MadeLink};
pub use providers::Providers;
pub use scoping::Scoping;
pub use secret::Secret;
pub use sessions::Entered;
pub use sign_in::{Attempt, Opened};
use std::collections::BTreeSet;
use std::sync::Arc;
use throttle::Throttle;
pub use users::{NewUser, UserChange};
pub use views::{LinkMade, LinkView, SessionItem, Sessions, SessionsEnded, UserAdded, UserItem, UserRole, Users};

/// Why somebody is not let in, or something about users is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or is not the caller's to know.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Name or password are wrong, or the account waits or is disabled. Which of them is nobody's business.
    #[error("the name or the password is wrong, or the account has to wait")]
    Refused,
    /// Too many attempts came from one address; seconds to wait.
    #[error("too many attempts came from this address; it may try again in {0} seconds")]
    Throttled(u64),
    /// The link was used, is over, or never was.
    #[error("the link does not work any more")]
    Link,
    /// It makes no sense; field and words.
    #[error("`{0}` {1}")]
    Invalid(&'static str, String),
    /// It has changed since the caller saw it.
    #[error("{0}")]
    Changed(&'static str),
    /// It stands in a state that does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// The machine gives no randomness, or a password cannot be hashed.
    #[error("a secret cannot be made")]
    Secret,
    /// The store failed.
    #[error("the store cannot be used")]
    Store(#[from] store::Error),
}

/// Result of letting somebody in.
pub type Result<T> = std::result::Result<T, Error>;

/// Lets people in.
#[derive(Clone)]
pub struct Access {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdMaker,
    limits: Limits,
    hasher: Arc<Hasher>,
    throttle: Arc<Throttle>,
    roles: Roles,
    /// Names of tokens of the configuration: whoever was called the same would be taken for them.
    kept_names: Arc<BTreeSet<String>>,
}

impl Access {
    /// Lets in whom this store knows.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: IdMaker, limits: Limits, cost: Cost) -> Self {
        Self {
            store,
            clock,
            ids,
            limits,
            hasher: Arc::new(Hasher::new(cost)),
            throttle: Arc::default(),
            roles: Roles::default(),
            kept_names: Arc::default(),
        }
    }

    /// With roles of the installation's own.
    #[must_use]
    pub fn with_roles(self, roles: Roles) -> Self {
        Self { roles, ..self }
    }

    /// With names that nobody else gets: those of the configuration's tokens.
    #[must_use]
    pub fn with_kept_names(self, names: impl IntoIterator<Item = String>) -> Self {
        Self { kept_names: Arc::new(names.into_iter().map(|name| name.to_lowercase()).collect()), ..self }
    }

    /// Whether a program has a name that a user would get: what people keep, what they did and whose draft it is goes by names.
    async fn is_a_programs(&self, tenant: TenantId, name: &str) -> Result<bool> {
        if tenant == TenantId::DEFAULT && self.kept_names.contains(name) {
            return Ok(true);
        }
        let now = self.clock.now();
        let tokens = self.store.identity().tokens(&TokenChoice { tenant, user: None }).await?;
        Ok(tokens.iter().any(|token| token.user.is_none() && token.name == name && token.expires_at > now))
    }

    /// The roles there are.
    pub fn roles(&self) -> &Roles {
        &self.roles
    }
}
