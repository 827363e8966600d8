//! Who may come in, and what for. One extractor yields the caller and proves the permission: a handler cannot forget it.
//!
//! A program brings a bearer token of the configuration, a person's browser the cookie of a session. What either may do is
//! asked the same way.

mod cookies;
mod gate;
mod thing;
mod tokens;

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

pub use self::cookies::Cookies;
pub use self::gate::Gate;
pub use self::thing::{SCOPED, proved, sees};
pub use self::tokens::{TokenOptions, Tokens};
use super::audit::Record;
use super::codes;
use super::extract;
use super::problem::Problem;
use crate::app::access::Actor;
use crate::domain::access::grant::Grant;
use crate::domain::access::scope::Within;
use crate::domain::approval::{Nameless, nameless};
use crate::domain::ids::{SessionId, TenantId, UserId};
use crate::domain::permission::Permission;

/// How a caller came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// With a token: of the configuration, of a service, or of a person.
    Token {
        /// Whose, for a person's.
        user: Option<UserId>,
    },
    /// With a session.
    Session {
        /// Whose.
        user: UserId,
        /// Which.
        session: SessionId,
        /// How the user is called.
        title: Arc<str>,
    },
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's name, or what the user signs in with.
    pub name: Arc<str>,
    /// Whose data it sees.
    pub tenant: TenantId,
    /// How it came in.
    pub via: Via,
    permissions: Arc<[Permission]>,
    /// What holds everywhere: `permissions` as they were before those for the one thing of a path came to them.
    everywhere: Arc<[Permission]>,
    person: Option<Arc<str>>,
    /// What holds for a part only. Tokens have none.
    narrow: Arc<[Grant]>,
}

impl Caller {
    /// The person of the directory who calls; none for a program.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    /// As whom it acts among people: the person, or a name that is no person's id.
    pub fn acts_as(&self) -> String {
        match (&self.person, self.user()) {
            (Some(person), _) => person.to_string(),
            (None, Some(_)) => nameless(Nameless::User, &self.name),
            (None, None) => nameless(Nameless::Token, &self.name),
        }
    }

    /// The user who calls, or whose token does.
    pub fn user(&self) -> Option<UserId> {
        match &self.via {
            Via::Token { user } => *user,
            Via::Session { user, .. } => Some(*user),
        }
    }

    /// The session that calls; none for a token.
    pub fn session(&self) -> Option<SessionId> {
        match &self.via {
            Via::Token { .. } => None,
            Via::Session { session, .. } => Some(*session),
        }
    }

    /// How it came in, as a word.
    pub fn via(&self) -> &'static str {
        match &self.via {
            Via::Token { .. } => "token",
            Via::Session { .. } => "session",
        }
    }

    /// What it may do.
    pub fn all(&self) -> &[Permission] {
        &self.permissions
    }

    /// What it may do, as words.
    pub fn permissions(&self) -> Vec<&'static str> {
        self.permissions.iter().map(|permission| permission.word()).collect()
    }

    /// What holds for a flow, a connection or a department only.
    pub fn narrow(&self) -> &[Grant] {
        &self.narrow
    }

    /// Refuses who may not, for what only some requests of an operation need; the operation's own permission is proved by
    /// `Allowed`.
    ///
    /// # Errors
    /// The problem to answer with.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(lacks(self, permission)) }
    }

    /// Whether it may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// A permission as a type, for `Allowed`.
pub trait Needs: Send + Sync {
    /// Which.
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            pub struct $name;
            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

needs! {
    /// See documents, instances, exceptions, without payloads.
    Read;
    /// See what documents and partners' answers hold.
    Payloads;
    /// Submit forms and begin flows.
    Start;
    /// See and decide one's own tasks.
    Decide;
    /// Settle exceptions and move instances to another version.
    Operate;
    /// Write drafts, check, preview, simulate and try them.
    Edit;
    /// Publish releases and roll back.
    Publish;
    /// Read the metrics.
    Metrics;
    /// Say who may come in and what for.
    Users;
    /// Read what was done by whom.
    Audit;
    /// Set and remove secrets.
    Secrets;
}

/// The caller, proved to have the permission: everywhere, or for the one thing that the path names. The first argument of every handler that is not public.
pub struct Allowed<P> {
    /// Who.
    pub caller: Caller,
    /// Who, as the audit tells it.
    pub actor: Actor,
    permission: PhantomData<P>,
}

impl<P: Needs, S> FromRequestParts<S> for Allowed<P>
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = Gate::from_ref(state);
        let caller = gate.caller(parts).await?;
        let caller = thing::proved(&gate, caller, parts, state, P::PERMISSION).await?;
        extract::no_query(parts)?;
        let actor = actor(&caller, parts);
        if let Some(record) = parts.extensions.get::<Record>().cloned() {
            record.begin(&gate.audit, &actor, parts, &caller).await?;
        }
        Ok(Allowed { caller, actor, permission: PhantomData })
    }
}

/// The caller of a list, proved to have the permission everywhere or for a part; then the list holds that part alone.
pub struct Reaching<P> {
    /// Who.
    pub caller: Caller,
    /// The part; none for everything.
    pub within: Option<Within>,
    permission: PhantomData<P>,
}

impl<P: Needs, S> FromRequestParts<S> for Reaching<P>
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = Gate::from_ref(state);
        let caller = gate.caller(parts).await?;
        if caller.may(P::PERMISSION) {
            extract::no_query(parts)?;
            return Ok(Reaching { caller, within: None, permission: PhantomData });
        }
        match gate.scoping.within(caller.tenant, caller.narrow(), P::PERMISSION) {
            Some(within) => {
                extract::no_query(parts)?;
                Ok(Reaching { caller, within: Some(within), permission: PhantomData })
            }
            None => Err(lacks(&caller, P::PERMISSION)),
        }
    }
}

/// Somebody of whom nothing is known yet: for the few operations that let people in.
pub struct Stranger(pub Actor);

impl<S> FromRequestParts<S> for Stranger
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Gate::from_ref(state).page(parts)?;
        extract::no_query(parts)?;
        Ok(Stranger(gate::stranger(parts)))
    }
}

/// Who calls, as the audit tells it.
pub fn actor(caller: &Caller, parts: &Parts) -> Actor {
    Actor { tenant: caller.tenant, name: caller.name.to_string(), via: caller.via(), ..gate::stranger(parts) }
}

fn lacks(caller: &Caller, permission: Permission) -> Problem {
    let who = match caller.via {
        Via::Token { .. } => "The token",
        Via::Session { .. } => "The user",
    };
    Problem::new(&codes::FORBIDDEN, format!("{who} `{}` lacks the permission `{}`.", caller.name, permission.word()))
}
