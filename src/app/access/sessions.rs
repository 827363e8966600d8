//! Sessions: who comes with which secret, and how they end.

use super::views::{self, Sessions};
use super::{Access, Actor, Error, Opened, Result, Secret};
use crate::domain::access::grant::Grant;
use crate::domain::access::session::{Standing, standing};
use crate::domain::ids::{SessionId, UserId};
use crate::store::identity::{SessionChoice, SessionRow, UserRow};
use serde_json::json;
use uuid::Uuid;

/// Somebody who came with a session that goes on.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The session.
    pub session: SessionRow,
    /// Who.
    pub user: UserRow,
    /// What they were granted.
    pub grants: Vec<Grant>,
}

impl Access {
    /// Who comes with this secret; none when it opens nothing any more. What was granted is read each time, so that a right
    /// that is taken away is gone with the next request.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn enter(&self, secret: &Secret) -> Result<Option<Entered>> {
        let Some((entered, standing)) = self.standing(secret).await? else { return Ok(None) };
        if standing == Standing::Touch {
            let session = &entered.session;
            self.store.identity().touch_session(session.tenant, session.id, self.clock.now()).await?;
        }
        Ok(Some(entered))
    }

    /// The same without using the session: a page that is only open must not keep it from ending.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn still(&self, secret: &Secret) -> Result<Option<Entered>> {
        Ok(self.standing(secret).await?.map(|(entered, _)| entered))
    }

    async fn standing(&self, secret: &Secret) -> Result<Option<(Entered, Standing)>> {
        let Some((session, user)) = self.store.identity().session(secret.tenant(), &secret.digest()).await? else {
            return Ok(None);
        };
        let standing = standing(session.used_at, session.expires_at, self.limits, self.clock.now());
        if user.status != "active" || standing == Standing::Over {
            return Ok(None);
        }
        let grants = views::grants(&user.roles);
        Ok(Some((Entered { session, user, grants }, standing)))
    }

    /// Ends the session that a browser brought when it signed in anew: the new one takes its place, and nobody would ever end the
    /// old one, whose secret the browser no longer has.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn superseded(&self, brought: Option<Secret>, opened: &Opened, from: &Actor) -> Result<()> {
        let Some(brought) = brought else { return Ok(()) };
        let Some(Entered { session, user, .. }) = self.still(&brought).await? else { return Ok(()) };
        if session.id == opened.session.id {
            return Ok(());
        }
        let actor = Actor { tenant: user.tenant, name: user.name.clone(), via: "session", ..from.clone() };
        match self.end_session(&actor, user.id, session.id.0).await {
            // It ended by itself meanwhile.
            Err(Error::NotFound(_)) => Ok(()),
            ended => ended,
        }
    }

    /// Sessions of a user that go on.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn sessions(&self, actor: &Actor, user: UserId, current: Option<SessionId>) -> Result<Sessions> {
        let now = self.clock.now();
        let rows = self.store.identity().sessions(actor.tenant, user, now).await?;
        let alive = rows.into_iter().filter(|row| standing(row.used_at, row.expires_at, self.limits, now) != Standing::Over);
        Ok(Sessions { items: alive.map(|row| views::session(row, current.map(|id| id.0))).collect() })
    }

    /// Ends one session of a user.
    ///
    /// # Errors
    /// When it is not there, or the store cannot be used.
    pub async fn end_session(&self, actor: &Actor, user: UserId, session: Uuid) -> Result<()> {
        let which = SessionChoice { tenant: actor.tenant, user, only: Some(SessionId(session)), except: None };
        match self.end(actor, &which).await? {
            0 => Err(Error::NotFound("session")),
            _ => Ok(()),
        }
    }

    /// Ends every session of a user, but for one that is to stay; answers how many.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn end_sessions(&self, actor: &Actor, user: UserId, except: Option<SessionId>) -> Result<u64> {
        self.end(actor, &SessionChoice { tenant: actor.tenant, user, only: None, except }).await
    }

    async fn end(&self, actor: &Actor, which: &SessionChoice) -> Result<u64> {
        let object = match which.only {
            Some(session) => format!("session/{session}"),
            None => format!("user/{}", which.user),
        };
        let entry = self.entry(actor, "session.end", Some(object), json!({"all": which.only.is_none()}));
        Ok(self.store.identity().end_sessions(which, &entry).await?)
    }
}
