//! Users, as those see and change them who say who may come in.

use super::links::MadeLink;
use super::views::{self, UserItem, Users};
use super::{Access, Actor, Error, Result};
use crate::domain::access::grant::{GRANTS_MAX, Grant, owns};
use crate::domain::access::name;
use crate::domain::ids::UserId;
use crate::store::identity::{ApiTokenRow, TokenChoice, UserRow, UserSaved};
use serde_json::{Value, json};

/// Users on one page.
const PAGE_MAX: u32 = 500;
/// Characters of a title, address or id.
const TEXT_CHARACTERS_MAX: usize = 200;

/// What is to be known of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// How the user is called; the name when left out.
    pub title: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// What the user may do.
    pub roles: Vec<Grant>,
}

/// A user to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// What the user will sign in with.
    pub name: String,
    /// What else is to be known.
    pub known: UserChange,
}

impl Access {
    /// Users by name, after a name.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn users(&self, actor: &Actor, after: Option<&str>) -> Result<Users> {
        let rows = self.store.identity().users(actor.tenant, after, PAGE_MAX).await?;
        let full = rows.len() == PAGE_MAX as usize;
        let next_after = rows.last().filter(|_| full).map(|row| row.name.clone());
        Ok(Users { items: rows.iter().map(views::user).collect(), next_after })
    }

    /// The user with a name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn user_named(&self, actor: &Actor, name: &str) -> Result<UserItem> {
        let name = name::normal(name).map_err(|error| Error::Invalid("name", error.to_string()))?;
        let found = self.store.identity().user_named(actor.tenant, &name).await?;
        found.as_ref().map(views::user).ok_or(Error::NotFound("user"))
    }

    /// One user.
    ///
    /// # Errors
    /// When there is none.
    pub async fn user(&self, actor: &Actor, id: UserId) -> Result<UserItem> {
        Ok(views::user(&self.row(actor, id).await?))
    }

    async fn row(&self, actor: &Actor, id: UserId) -> Result<UserRow> {
        self.store.identity().user(actor.tenant, id).await?.ok_or(Error::NotFound("user"))
    }

    /// Adds a user, who sets a password with the link that comes with it.
    ///
    /// # Errors
    /// When the name is taken or something makes no sense.
    pub async fn add_user(&self, mut new: NewUser, actor: &Actor) -> Result<(UserItem, MadeLink)> {
        new.known.roles.retain(|grant| grant.by.is_none());
        let name = name::normal(&new.name).map_err(|error| Error::Invalid("name", error.to_string()))?;
        self.checked(&new.known)?;
        if self.is_a_programs(actor.tenant, &name).await? {
            return Err(Error::Conflict(format!("A token has the name `{name}` already.")));
        }
        let now = self.clock.now();
        let user = UserRow {
            id: UserId(self.ids.next()),
            tenant: actor.tenant,
            version: 1,
            title: new.known.title.unwrap_or_else(|| new.name.trim().to_owned()),
            email: new.known.email,
            person: new.known.person,
            status: "invited".to_owned(),
            roles: json!(new.known.roles).to_string(),
            owner: owns(&new.known.roles),
            password: None,
            password_at: None,
            failures: 0,
            locked_until: None,
            last_sign_in_at: None,
            created_at: now,
            updated_at: now,
            name,
        };
        let entry = self.entry(actor, "user.add", Some(format!("user/{}", user.id)), told(&user));
        if !self.store.identity().add_user(&user, None, &entry).await? {
            return Err(Error::Conflict(format!("Somebody has the name `{}` already.", user.name)));
        }
        let link = self.make_link(user.tenant, "password", Some(user.id), actor).await?;
        Ok((views::user(&user), link))
    }

    /// Changes what is known of a user, over the version that was seen.
    ///
    /// # Errors
    /// When it has changed meanwhile, makes no sense, or would leave nobody who owns the tenant.
    pub async fn change_user(&self, id: UserId, seen: u32, change: UserChange, actor: &Actor) -> Result<UserItem> {
        self.checked(&change)?;
        let before = self.row(actor, id).await?;
        let roles = by_hand(&before, change.roles);
        let after = UserRow {
            version: seen.saturating_add(1),
            title: change.title.unwrap_or_else(|| before.name.clone()),
            email: change.email,
            person: change.person,
            roles: json!(roles).to_string(),
            owner: owns(&roles),
            ..before.clone()
        };
        self.saved(&before, after, "user.change", actor).await
    }

    /// Keeps a user out, and ends every session; or lets them in again.
    ///
    /// # Errors
    /// When there is no such user, or nobody else owns the tenant.
    pub async fn set_disabled(&self, id: UserId, disabled: bool, actor: &Actor) -> Result<UserItem> {
        let before = self.row(actor, id).await?;
        let status = match (disabled, &before.password) {
            (true, _) => "disabled",
            (false, Some(_)) => "active",
            (false, None) => "invited",
        };
        let item = if before.status == status || (!disabled && before.status != "disabled") {
            views::user(&before)
        } else {
            let after = UserRow { version: before.version.saturating_add(1), status: status.to_owned(), ..before.clone() };
            self.saved(&before, after, if disabled { "user.disable" } else { "user.enable" }, actor).await?
        };
        let tokens_left = if disabled { self.tokens_made_by(&before).await? } else { Vec::new() };
        Ok(UserItem { tokens_left, ..item })
    }

    /// Tokens of services that somebody made and that go on. They are nobody's, so that keeping their maker out does not end them;
    /// but whoever made one may have kept it.
    async fn tokens_made_by(&self, user: &UserRow) -> Result<Vec<String>> {
        let now = self.clock.now();
        let tokens = self.store.identity().tokens(&TokenChoice { tenant: user.tenant, user: None }).await?;
        let theirs = |token: &&ApiTokenRow| token.user.is_none() && token.created_by == user.name && token.expires_at > now;
        Ok(tokens.iter().filter(theirs).map(|token| token.name.clone()).collect())
    }

    /// A link with which a user sets a new password. Until then the old one goes on working.
    ///
    /// # Errors
    /// When there is no such user, or it is disabled.
    pub async fn reset_link(&self, id: UserId, actor: &Actor) -> Result<MadeLink> {
        let user = self.row(actor, id).await?;
        if user.status == "disabled" {
            return Err(Error::Conflict("The user is disabled.".to_owned()));
        }
        self.make_link(user.tenant, "password", Some(user.id), actor).await
    }

    async fn saved(&self, before: &UserRow, mut after: UserRow, action: &str, actor: &Actor) -> Result<UserItem> {
        after.updated_at = self.clock.now();
        let detail = json!({"before": told(before), "after": told(&after)});
        let entry = self.entry(actor, action, Some(format!("user/{}", after.id)), detail);
        match self.store.identity().save_user(&after, &entry).await? {
            UserSaved::Saved => Ok(views::user(&after)),
            UserSaved::Changed => Err(Error::Changed("the user was changed meanwhile")),
            UserSaved::LastOwner => Err(Error::Conflict("Nobody else owns this hub: make another owner first.".to_owned())),
        }
    }
}

/// What a person grants takes the place of what people granted; what a provider gave is the provider's to take away, and
/// nobody speaks for it.
fn by_hand(before: &UserRow, wanted: Vec<Grant>) -> Vec<Grant> {
    let given = views::grants(&before.roles).into_iter().filter(|grant| grant.by.is_some());
    wanted.into_iter().filter(|grant| grant.by.is_none()).chain(given).collect()
}

/// What the audit tells of a user.
pub(super) fn told(user: &UserRow) -> Value {
    let roles: Value = serde_json::from_str(&user.roles).unwrap_or_default();
    json!({"name": user.name, "title": user.title, "email": user.email, "person": user.person, "status": user.status, "roles": roles})
}

impl Access {
    fn checked(&self, change: &UserChange) -> Result<()> {
        for (field, text) in [("title", &change.title), ("email", &change.email), ("person", &change.person)] {
            let wrong = |text: &String| text.chars().count() > TEXT_CHARACTERS_MAX || text.chars().any(char::is_control);
            if text.as_ref().is_some_and(wrong) {
                return Err(Error::Invalid(field, format!("must be a line of at most {TEXT_CHARACTERS_MAX} characters")));
            }
        }
        if change.email.as_ref().is_some_and(|email| !email.contains('@')) {
            return Err(Error::Invalid("email", "must be a mail address".to_owned()));
        }
        if change.roles.len() > GRANTS_MAX {
            return Err(Error::Invalid("roles", format!("must be at most {GRANTS_MAX}")));
        }
        match change.roles.iter().find(|grant| self.roles.permissions(&grant.role).is_none()) {
            Some(grant) => {
                let known = self.roles.all().map(|(word, _)| word).collect::<Vec<_>>().join("`, `");
                Err(Error::Invalid("roles", format!("names `{}`, which is none of `{known}`", grant.role)))
            }
            None => Ok(()),
        }
    }
}
