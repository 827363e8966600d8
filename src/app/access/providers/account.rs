//! Whom a provider's token names here: the account, brought in line with what it says now.

use super::provider::Provider;
use super::{Failed, NotAdmitted, Providers};
use crate::app::access::users::told;
use crate::app::access::views::grants;
use crate::app::access::{Actor, Error};
use crate::domain::access::grant::{Grant, owns};
use crate::domain::access::oidc::account::{Said, replaced};
use crate::domain::access::oidc::{Admit, IdToken};
use crate::domain::ids::{TenantId, UserId};
use crate::store::identity::{LinkedRow, LinkedSaved, UserRow, UserSaved};
use serde_json::json;

/// How often a change is tried over what somebody else changed at the same moment.
const TRIES: u32 = 3;

impl Providers {
    /// The account of a proved token.
    pub(super) async fn account(&self, provider: &Provider, token: &IdToken, from: &Actor) -> Result<UserRow, Failed> {
        let said = provider.options.rules.read(&token.claims, &provider.options.name)?;
        for _ in 0..TRIES {
            let identity = self.access.store.identity();
            let known = identity.user_linked(TenantId::DEFAULT, &provider.options.issuer, &token.subject).await?;
            let found = match known {
                Some(user) => self.in_line(provider, user, &said, from).await?,
                None => self.new_account(provider, &token.subject, &said, from).await?,
            };
            if let Some(user) = found {
                return Ok(user);
            }
        }
        Err(Error::Changed("the account was changed meanwhile").into())
    }

    /// An account with what the provider says now; none when somebody changed it at the same moment.
    async fn in_line(&self, provider: &Provider, before: UserRow, said: &Said, from: &Actor) -> Result<Option<UserRow>, Failed> {
        if before.status == "disabled" {
            return Err(NotAdmitted::Disabled.into());
        }
        let had = grants(&before.roles);
        let now = replaced(&had, &provider.options.name, said.grants.clone());
        let after = self.changed(provider, &before, said, &now);
        match self.save(&before, after, from).await? {
            UserSaved::LastOwner => {
                // There is always an owner: the role stays until there is another, and is told loudly.
                tracing::warn!(user.name = %before.name, "`{}` has no group of an owner any more, but nobody else owns the hub", before.name);
                let kept = had.into_iter().filter(|grant| owns(std::slice::from_ref(grant)));
                let after = self.changed(provider, &before, said, &now.into_iter().chain(kept).collect::<Vec<_>>());
                let saved = self.save(&before, after.clone(), from).await?;
                Ok((saved == UserSaved::Saved).then_some(after))
            }
            UserSaved::Saved => Ok(Some(self.changed(provider, &before, said, &now))),
            UserSaved::Changed => Ok(None),
        }
    }

    fn changed(&self, provider: &Provider, before: &UserRow, said: &Said, roles: &[Grant]) -> UserRow {
        let person = if provider.options.rules.person_claim.is_some() { said.person.clone() } else { before.person.clone() };
        let mut after = UserRow {
            title: said.title.clone().unwrap_or_else(|| before.title.clone()),
            email: said.email.clone().or_else(|| before.email.clone()),
            person,
            // Who was invited has come in, by another door than the link.
            status: "active".to_owned(),
            owner: owns(roles),
            ..before.clone()
        };
        if grants(&before.roles) != roles {
            after.roles = json!(roles).to_string();
        }
        if after != *before {
            (after.version, after.updated_at) = (before.version.saturating_add(1), self.access.clock.now());
        }
        after
    }

    async fn save(&self, before: &UserRow, after: UserRow, from: &Actor) -> Result<UserSaved, Failed> {
        if after == *before {
            return Ok(UserSaved::Saved);
        }
        let actor = Actor { tenant: after.tenant, name: after.name.clone(), via: "provider", ..from.clone() };
        let detail = json!({"before": told(before), "after": told(&after)});
        let entry = self.access.entry(&actor, "user.change", Some(format!("user/{}", after.id)), detail);
        Ok(self.access.store.identity().save_user(&after, &entry).await?)
    }

    /// An account for somebody who has none, as far as the provider may make it; none when it was made at the same moment.
    async fn new_account(&self, provider: &Provider, subject: &str, said: &Said, from: &Actor) -> Result<Option<UserRow>, Failed> {
        match provider.options.rules.admit {
            Admit::Nobody => return Err(NotAdmitted::NoAccount.into()),
            Admit::Mapped if said.grants.is_empty() => return Err(NotAdmitted::NoRole.into()),
            Admit::Mapped | Admit::Everybody => {}
        }
        if self.access.is_a_programs(TenantId::DEFAULT, &said.name).await? {
            return Err(NotAdmitted::NameTaken(said.name.clone()).into());
        }
        let now = self.access.clock.now();
        let user = UserRow {
            id: UserId(self.access.ids.next()),
            tenant: TenantId::DEFAULT,
            version: 1,
            name: said.name.clone(),
            title: said.title.clone().unwrap_or_else(|| said.name.clone()),
            email: said.email.clone(),
            person: said.person.clone(),
            status: "active".to_owned(),
            roles: json!(said.grants).to_string(),
            owner: owns(&said.grants),
            password: None,
            password_at: None,
            failures: 0,
            locked_until: None,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
        };
        let actor = Actor { tenant: user.tenant, name: user.name.clone(), via: "provider", ..from.clone() };
        let linked = self.linked_row((&provider.options.name, &provider.options.issuer), user.id, subject, &actor);
        let mut detail = told(&user);
        detail["identity"] = json!({"provider": linked.provider, "subject": linked.subject});
        let entry = self.access.entry(&actor, "user.add", Some(format!("user/{}", user.id)), detail);
        match self.access.store.identity().add_linked(&linked, Some(&user), &entry).await? {
            LinkedSaved::Saved => Ok(Some(user)),
            LinkedSaved::SubjectTaken => Ok(None),
            LinkedSaved::NameTaken => Err(NotAdmitted::NameTaken(user.name).into()),
        }
    }

    /// `from` is the provider's name and issuer.
    pub(super) fn linked_row(&self, from: (&str, &str), user: UserId, subject: &str, actor: &Actor) -> LinkedRow {
        LinkedRow {
            id: self.access.ids.next(),
            tenant: actor.tenant,
            user,
            provider: from.0.to_owned(),
            issuer: from.1.to_owned(),
            subject: subject.to_owned(),
            created_by: actor.name.clone(),
            created_at: self.access.clock.now(),
        }
    }
}
