//! Who a user is at providers, as those see and change it who say who may come in.

use super::Providers;
use crate::app::access::{Actor, Error, Result};
use crate::domain::ids::UserId;
use crate::store::identity::{LinkedRow, LinkedSaved};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Characters of a subject: what OpenID Connect allows.
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// Who a user is at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityItem {
    /// Id.
    pub id: Uuid,
    /// The provider's name when it was linked.
    pub provider: String,
    /// The provider itself.
    pub issuer: String,
    /// What it calls the user.
    pub subject: String,
    /// Who linked it; the user's own name for who came in by it first.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// Who a user is at providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Identities {
    /// The links.
    pub items: Vec<IdentityItem>,
}

fn item(row: LinkedRow) -> IdentityItem {
    let LinkedRow { id, provider, issuer, subject, created_by, created_at, .. } = row;
    IdentityItem { id, provider, issuer, subject, created_by, created_at }
}

impl Providers {
    /// Who a user is at providers.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn identities(&self, user: UserId, actor: &Actor) -> Result<Identities> {
        self.access.user(actor, user).await?;
        let rows = self.access.store.identity().linked(actor.tenant, user).await?;
        Ok(Identities { items: rows.into_iter().map(item).collect() })
    }

    /// Links a user with an account of a provider, by what the provider calls it for ever.
    ///
    /// # Errors
    /// When there is no such user or provider, or somebody is linked with that account already.
    pub async fn link(&self, user: UserId, provider: &str, subject: &str, actor: &Actor) -> Result<IdentityItem> {
        let known = self.access.user(actor, user).await?;
        let missing = || Error::Invalid("provider", "names no identity provider and no app of the configuration".to_owned());
        let issuer = self.issuer(provider).ok_or_else(missing)?;
        if subject.is_empty() || subject.chars().count() > SUBJECT_CHARACTERS_MAX || subject.chars().any(char::is_control) {
            return Err(Error::Invalid("subject", format!("must be a line of 1 to {SUBJECT_CHARACTERS_MAX} characters")));
        }
        let row = self.linked_row((provider, &issuer), user, subject, actor);
        let detail = json!({"name": known.name, "provider": row.provider, "issuer": row.issuer, "subject": row.subject});
        let entry = self.access.entry(actor, "user.link", Some(format!("user/{user}")), detail);
        match self.access.store.identity().add_linked(&row, None, &entry).await? {
            LinkedSaved::Saved => Ok(item(row)),
            _ => Err(Error::Conflict("Somebody here is linked with this account already.".to_owned())),
        }
    }

    /// Forgets who a user is at a provider; the user's sessions end.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn unlink(&self, user: UserId, id: Uuid, actor: &Actor) -> Result<()> {
        let entry = self.access.entry(actor, "user.unlink", Some(format!("user/{user}")), json!({"identity": id}));
        let gone = self.access.store.identity().unlink(actor.tenant, user, id, &entry).await?;
        if gone { Ok(()) } else { Err(Error::NotFound("identity")) }
    }
}
