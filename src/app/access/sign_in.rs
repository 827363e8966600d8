//! Signing in with a name and a password.

use super::{Access, Actor, Error, Result, Secret};
use crate::domain::access::name;
use crate::domain::ids::{SessionId, TenantId};
use crate::runtime::metrics::list::SIGN_INS;
use crate::store::identity::{SessionRow, UserRow};
use secrecy::SecretString;
use serde_json::json;

/// Characters kept of what a browser says of itself.
const AGENT_CHARACTERS_MAX: usize = 200;

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Tenant.
    pub tenant: TenantId,
    /// Name.
    pub name: String,
    /// Password.
    pub password: SecretString,
}

/// A session that was begun.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What the browser is to hold.
    pub secret: Secret,
    /// The session.
    pub session: SessionRow,
    /// Who.
    pub user: UserRow,
}

impl Access {
    /// Lets somebody in by name and password.
    ///
    /// # Errors
    /// `Refused` says no, without saying why; `Throttled` that the address has to wait.
    pub async fn sign_in(&self, attempt: Attempt, from: &Actor) -> Result<Opened> {
        let tried = self.try_sign_in(attempt, from).await;
        SIGN_INS.increment([match &tried {
            Ok(_) => "done",
            Err(Error::Refused) => "refused",
            Err(Error::Throttled(_)) => "throttled",
            Err(_) => "failed",
        }]);
        tried
    }

    async fn try_sign_in(&self, attempt: Attempt, from: &Actor) -> Result<Opened> {
        self.throttled(from)?;
        let identity = self.store.identity();
        let known = match name::normal(&attempt.name) {
            Ok(name) => identity.count_attempt(attempt.tenant, &name, self.clock.now()).await?,
            Err(_) => None,
        };
        let hash = known.as_ref().and_then(|user| user.password.clone());
        let right = self.hasher.verify(attempt.password, hash).await?;
        match known {
            Some(user) if right => self.open(user, "password", from).await,
            // A name that nobody has is not written down: people type passwords into the wrong field.
            known => {
                let mut entry = self.entry(from, "session.start", known.map(|user| format!("user/{}", user.name)), json!({}));
                (entry.tenant, entry.outcome) = (attempt.tenant, Some("refused".to_owned()));
                identity.note(&[entry]).await?;
                Err(Error::Refused)
            }
        }
    }

    /// Whether the address may try at all.
    pub(super) fn throttled(&self, from: &Actor) -> Result<()> {
        let wait = from.address.as_deref().and_then(|address| self.throttle.count(address, self.clock.monotonic()));
        wait.map_or(Ok(()), |seconds| Err(Error::Throttled(seconds)))
    }

    /// Begins a session, always with a secret of its own: one that was there before signing in is worth nothing after.
    pub(super) async fn open(&self, user: UserRow, method: &str, from: &Actor) -> Result<Opened> {
        let secret = Secret::draw(user.tenant)?;
        let now = self.clock.now();
        let session = SessionRow {
            id: SessionId(self.ids.next()),
            digest: secret.digest(),
            tenant: user.tenant,
            user: user.id,
            method: method.to_owned(),
            address: from.address.clone(),
            agent: from
                .agent
                .as_ref()
                .map(|agent| agent.chars().filter(|letter| !letter.is_control()).take(AGENT_CHARACTERS_MAX).collect()),
            created_at: now,
            used_at: now,
            expires_at: now.saturating_add(self.limits.absolute).unwrap_or(now),
        };
        let actor = Actor { tenant: user.tenant, name: user.name.clone(), via: "session", ..from.clone() };
        let entry = self.entry(&actor, "session.start", Some(format!("session/{}", session.id)), json!({"method": method}));
        self.store.identity().start_session(&session, &entry).await?;
        Ok(Opened { secret, session, user })
    }
}
