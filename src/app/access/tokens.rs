//! Tokens for programs: a person's own, which may do no more than the person, and those of services.

use super::views::grants;
use super::{Access, Actor, Error, Result, Secret};
use crate::domain::access::grant::everywhere;
use crate::domain::access::name;
use crate::domain::access::session::TOUCH_EVERY;
use crate::domain::ids::{TenantId, UserId};
use crate::domain::permission::Permission;
use crate::store::identity::{ApiTokenRow, TokenChoice};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// What our tokens begin with, so that scanners find the ones that got into a repository.
pub const PREFIX: &str = "wbt_";
/// Longest life of a token, in days.
pub const DAYS_MAX: u32 = 366;

/// A token, without what opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenItem {
    /// Id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whose it is; null for a service's.
    pub user: Option<Uuid>,
    /// What it may do. A person's token never may more than the person.
    pub permissions: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

/// Tokens by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenItems {
    /// The tokens.
    pub items: Vec<TokenItem>,
}

/// A token that was made. What opens is told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// What to send as `Authorization: Bearer …`.
    pub token: String,
    /// What is known of it.
    pub known: TokenItem,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// How many days it lasts.
    pub days: u32,
}

/// Who came with a token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token's name, or the user's.
    pub name: String,
    /// Tenant.
    pub tenant: TenantId,
    /// The user, for a person's token.
    pub user: Option<UserId>,
    /// The person of the directory.
    pub person: Option<String>,
    /// What it may do now.
    pub permissions: Vec<Permission>,
}

impl Access {
    /// Who comes with this token; none when it opens nothing any more. A person's token is worth what the person is worth.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn bearer(&self, secret: &Secret) -> Result<Option<Bearer>> {
        let now = self.clock.now();
        let identity = self.store.identity();
        let Some((token, user)) = identity.token(secret.tenant(), &secret.digest(), now).await? else { return Ok(None) };
        let mut permissions = permissions(&token.permissions);
        let (name, person) = match (&token.user, user) {
            (None, _) => (token.name.clone(), None),
            (Some(_), Some(user)) if user.status == "active" => {
                let now = everywhere(&grants(&user.roles), &self.roles);
                permissions.retain(|permission| now.contains(permission));
                (user.name, user.person)
            }
            (Some(_), _) => return Ok(None),
        };
        if token.used_at.is_none_or(|used| now.duration_since(used) >= TOUCH_EVERY) {
            identity.touch_token(token.tenant, token.id, now).await?;
        }
        Ok(Some(Bearer { name, tenant: token.tenant, user: token.user, person, permissions }))
    }

    /// Tokens of a user, or all of the tenant.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn tokens(&self, actor: &Actor, user: Option<UserId>) -> Result<TokenItems> {
        let rows = self.store.identity().tokens(&TokenChoice { tenant: actor.tenant, user }).await?;
        Ok(TokenItems { items: rows.into_iter().map(item).collect() })
    }

    /// Makes a token for a user, or for a service. Whoever makes it cannot give what they do not have: `may`.
    ///
    /// # Errors
    /// When something makes no sense, or the name is taken.
    pub async fn make_token(&self, new: NewToken, user: Option<UserId>, may: &[Permission], actor: &Actor) -> Result<TokenMade> {
        let name = name::normal(&new.name).map_err(|error| Error::Invalid("name", error.to_string()))?;
        if !(1..=DAYS_MAX).contains(&new.days) {
            return Err(Error::Invalid("days", format!("must be from 1 to {DAYS_MAX}")));
        }
        if new.permissions.is_empty() {
            return Err(Error::Invalid("permissions", "must name at least one".to_owned()));
        }
        if let Some(more) = new.permissions.iter().find(|permission| !may.contains(permission)) {
            return Err(Error::Invalid("permissions", format!("names `{}`, which you do not have yourself", more.word())));
        }
        // A person's token goes by the person's name; a service's is a name of its own.
        let is_kept = actor.tenant == TenantId::DEFAULT && self.kept_names.contains(&name);
        if user.is_none() && (is_kept || self.store.identity().user_named(actor.tenant, &name).await?.is_some()) {
            return Err(Error::Conflict(format!("Somebody has the name `{name}` already.")));
        }
        let secret = Secret::draw(actor.tenant)?;
        let now = self.clock.now();
        let words: Vec<&str> = new.permissions.iter().map(|permission| permission.word()).collect();
        let row = ApiTokenRow {
            id: self.ids.next(),
            tenant: actor.tenant,
            user,
            name,
            digest: secret.digest(),
            permissions: json!(words).to_string(),
            created_by: actor.name.clone(),
            created_at: now,
            expires_at: now.saturating_add(SignedDuration::from_hours(24 * i64::from(new.days))).unwrap_or(now),
            used_at: None,
        };
        let detail = json!({"name": row.name, "permissions": words, "expires_at": row.expires_at, "user": user.map(|user| user.0)});
        let entry = self.entry(actor, "token.make", Some(format!("token/{}", row.id)), detail);
        if !self.store.identity().add_token(&row, &entry).await? {
            return Err(Error::Conflict(format!("There is a token `{}` already.", row.name)));
        }
        Ok(TokenMade { token: format!("{PREFIX}{}", secret.text()), known: item(row) })
    }

    /// Ends a token: of a user, or any of the tenant.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn revoke_token(&self, actor: &Actor, user: Option<UserId>, id: Uuid) -> Result<()> {
        let entry = self.entry(actor, "token.revoke", Some(format!("token/{id}")), json!({}));
        let choice = TokenChoice { tenant: actor.tenant, user };
        let gone = self.store.identity().revoke_token(&choice, id, self.clock.now(), &entry).await?;
        if gone { Ok(()) } else { Err(Error::NotFound("token")) }
    }
}

/// Permissions as stored; a word that is not known permits nothing.
fn permissions(stored: &str) -> Vec<Permission> {
    let words: Vec<String> = serde_json::from_str(stored).unwrap_or_default();
    words.iter().filter_map(|word| Permission::ALL.into_iter().find(|permission| permission.word() == word)).collect()
}

fn item(row: ApiTokenRow) -> TokenItem {
    TokenItem {
        id: row.id,
        name: row.name,
        user: row.user.map(|user| user.0),
        permissions: permissions(&row.permissions).iter().map(|permission| permission.word().to_owned()).collect(),
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }
}
