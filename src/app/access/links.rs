//! One-time links: how the first owner comes in, and how a password is set by whoever got the link.

use super::sign_in::Opened;
use super::views::{self, LinkView};
use super::{Access, Actor, Error, Result, Secret};
use crate::domain::access::grant::Grant;
use crate::domain::access::role::Role;
use crate::domain::access::{grant, name, password};
use crate::domain::ids::{TenantId, UserId};
use crate::store::identity::{OnceLinkRow, PasswordChange, UserRow};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

/// A link works this long.
const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// A link that was made. Its secret is told once.
#[derive(Clone, Debug)]
pub struct MadeLink {
    /// What opens it.
    pub secret: Secret,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// What somebody with a link wants to be.
#[derive(Clone, Debug)]
pub struct LinkUse {
    /// The link.
    pub secret: Secret,
    /// The name of the first owner; not for passwords.
    pub name: Option<String>,
    /// How the first owner is called.
    pub title: Option<String>,
    /// The new password.
    pub password: SecretString,
}

impl Access {
    /// Whether the tenant has an owner.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn is_set_up(&self, tenant: TenantId) -> Result<bool> {
        Ok(self.store.identity().has_owner(tenant).await?)
    }

    /// A link that makes the first owner; none when there is an owner already.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn set_up_link(&self, tenant: TenantId, actor: &Actor) -> Result<Option<MadeLink>> {
        if self.store.identity().has_owner(tenant).await? {
            return Ok(None);
        }
        self.make_link(tenant, "setup", None, actor).await.map(Some)
    }

    pub(super) async fn make_link(&self, tenant: TenantId, purpose: &str, user: Option<UserId>, actor: &Actor) -> Result<MadeLink> {
        let secret = Secret::draw(tenant)?;
        let now = self.clock.now();
        let link = OnceLinkRow {
            digest: secret.digest(),
            tenant,
            purpose: purpose.to_owned(),
            user,
            created_by: actor.name.clone(),
            created_at: now,
            expires_at: now.saturating_add(LASTS).unwrap_or(now),
        };
        let object = user.map_or_else(|| "tenant".to_owned(), |user| format!("user/{user}"));
        let entry = self.entry(actor, "link.make", Some(object), json!({"purpose": purpose, "expires_at": link.expires_at}));
        self.store.identity().add_link(&link, &entry).await?;
        Ok(MadeLink { secret, expires_at: link.expires_at })
    }

    /// What a link is for, for the page it leads to.
    ///
    /// # Errors
    /// `Link` when it does not work any more.
    pub async fn look_at_link(&self, secret: &Secret, from: &Actor) -> Result<LinkView> {
        self.throttled(from)?;
        let (link, user) = self.linked(secret).await?;
        Ok(views::link(&link, user.map(|user| user.name)))
    }

    /// Does what a link is for, and lets its bearer in.
    ///
    /// # Errors
    /// `Link` when it does not work any more, `Invalid` for a name or password that cannot be.
    pub async fn follow_link(&self, wanted: LinkUse, from: &Actor) -> Result<Opened> {
        self.throttled(from)?;
        let (link, user) = self.linked(&wanted.secret).await?;
        match user {
            Some(user) => self.set_by_link(user, &link, wanted.password, from).await,
            None => self.set_up(&link, wanted, from).await,
        }
    }

    async fn linked(&self, secret: &Secret) -> Result<(OnceLinkRow, Option<UserRow>)> {
        let identity = self.store.identity();
        let link = identity.link(secret.tenant(), &secret.digest(), self.clock.now()).await?.ok_or(Error::Link)?;
        let user = match link.user {
            Some(user) => Some(identity.user(link.tenant, user).await?.filter(|user| user.status != "disabled").ok_or(Error::Link)?),
            // Whoever finds an old link in a log must not become a second first owner.
            None if identity.has_owner(link.tenant).await? => return Err(Error::Link),
            None => None,
        };
        Ok((link, user))
    }

    async fn set_up(&self, link: &OnceLinkRow, wanted: LinkUse, from: &Actor) -> Result<Opened> {
        let given = wanted.name.ok_or_else(|| Error::Invalid("name", "is required to set up the first owner".to_owned()))?;
        let name = name::normal(&given).map_err(|error| Error::Invalid("name", error.to_string()))?;
        if self.is_a_programs(link.tenant, &name).await? {
            return Err(Error::Conflict(format!("A token has the name `{name}` already.")));
        }
        let password = self.hashed(wanted.password, &name).await?;
        let now = self.clock.now();
        let roles = vec![Grant { role: Role::Owner.word().to_owned(), scope: grant::Scope::Tenant, by: None }];
        let user = UserRow {
            id: UserId(self.ids.next()),
            tenant: link.tenant,
            version: 1,
            title: wanted.title.unwrap_or_else(|| given.trim().to_owned()),
            email: None,
            person: None,
            status: "active".to_owned(),
            roles: json!(roles).to_string(),
            owner: true,
            password: Some(password),
            password_at: Some(now),
            failures: 0,
            locked_until: None,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
            name,
        };
        let actor = Actor { tenant: link.tenant, name: user.name.clone(), via: "setup", ..from.clone() };
        let entry = self.entry(&actor, "user.set_up", Some(format!("user/{}", user.id)), json!({"name": user.name, "roles": roles}));
        if !self.store.identity().add_user(&user, Some(&link.digest), &entry).await? {
            return Err(Error::Link);
        }
        self.open(user, "setup", from).await
    }

    async fn set_by_link(&self, user: UserRow, link: &OnceLinkRow, password: SecretString, from: &Actor) -> Result<Opened> {
        let password = self.hashed(password, &user.name).await?;
        let change = PasswordChange {
            tenant: user.tenant,
            user: user.id,
            before: user.password.clone(),
            password,
            link: Some(link.digest.clone()),
            at: self.clock.now(),
        };
        let actor = Actor { tenant: user.tenant, name: user.name.clone(), via: "setup", ..from.clone() };
        let entry = self.entry(&actor, "user.set_password", Some(format!("user/{}", user.id)), json!({"by": "link"}));
        if !self.store.identity().set_password(&change, &entry).await? {
            return Err(Error::Link);
        }
        self.open(UserRow { status: "active".to_owned(), ..user }, "password", from).await
    }

    /// Sets one's own password over the one that is known: every session ends, and a new one begins.
    ///
    /// # Errors
    /// `Refused` when the present password is not the one given, `Invalid` for one that cannot be.
    pub async fn change_password(&self, user: UserId, current: SecretString, password: SecretString, actor: &Actor) -> Result<Opened> {
        self.throttled(actor)?;
        let identity = self.store.identity();
        let user = identity.user(actor.tenant, user).await?.ok_or(Error::NotFound("user"))?;
        // Counted like an attempt to sign in: a session that was left open must not be a way to try passwords.
        let counted = identity.count_attempt(actor.tenant, &user.name, self.clock.now()).await?;
        let right = self.hasher.verify(current, counted.as_ref().and_then(|user| user.password.clone())).await?;
        let user = counted.filter(|_| right).ok_or(Error::Refused)?;
        let hash = self.hashed(password, &user.name).await?;
        let (before, at) = (user.password.clone(), self.clock.now());
        let change = PasswordChange { tenant: user.tenant, user: user.id, before, password: hash, link: None, at };
        let entry = self.entry(actor, "user.set_password", Some(format!("user/{}", user.id)), json!({"by": "password"}));
        if !identity.set_password(&change, &entry).await? {
            return Err(Error::Changed("the password was changed meanwhile"));
        }
        self.open(user, "password", actor).await
    }

    async fn hashed(&self, password: SecretString, name: &str) -> Result<crate::store::identity::PasswordHash> {
        password::check(password.expose_secret(), name).map_err(|weak| Error::Invalid("password", weak.to_string()))?;
        self.hasher.hash(password).await
    }
}
