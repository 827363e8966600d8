//! What people see of users, sessions and links.

use crate::domain::access::grant::Grant;
use crate::store::identity::{OnceLinkRow, SessionRow, UserRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A role that a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserRole {
    /// `viewer`, `approver`, `editor`, `publisher`, `operator`, `data_editor`, `payload_viewer`, `secret_admin`, `auditor` or `owner`.
    pub role: String,
    /// Where it holds: `tenant`, `flow:ID`, `connection:NAME` or `department:ID`.
    pub scope: String,
    /// The identity provider whose groups gave it, and whose alone it is to take away; null for a person's word.
    #[serde(default)]
    pub by: Option<String>,
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserItem {
    /// Id.
    pub id: Uuid,
    /// What the user signs in with.
    pub name: String,
    /// How the user is called.
    pub title: String,
    /// Mail address.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// `invited` (has no password yet), `active` or `disabled`.
    pub status: String,
    /// What the user may do.
    pub roles: Vec<UserRole>,
    /// Failed attempts since the last success.
    pub failures: u32,
    /// No attempt counts before this time.
    pub locked_until: Option<Timestamp>,
    /// When the user last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// When the password was set.
    pub password_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: u32,
    /// When the user was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Tokens of services that a user made who is kept out, and that go on: told when that is done.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tokens_left: Vec<String>,
}

/// Users by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Users {
    /// The users.
    pub items: Vec<UserItem>,
    /// The name to go on after; none at the end.
    pub next_after: Option<String>,
}

/// A session of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionItem {
    /// Id, which opens nothing.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How it was begun: `password` or `provider/NAME`.
    pub method: String,
    /// From where.
    pub address: Option<String>,
    /// With what, as it said itself.
    pub agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Timestamp,
    /// When it is over at the latest.
    pub expires_at: Timestamp,
}

/// Sessions, the last used first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sessions {
    /// The sessions.
    pub items: Vec<SessionItem>,
}

/// What a one-time link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// `setup`: makes the first owner, who chooses a name. `password`: sets the password of the user that is named.
    pub purpose: String,
    /// Whose password.
    pub name: Option<String>,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// How many sessions were ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionsEnded {
    /// How many.
    pub ended: u64,
}

/// A link that works once. It is told this once; hand it to whom it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkMade {
    /// Where it leads: a whole address when `server.public_url` is set, else a path of the hub.
    pub url: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// A user that was added, and the link to set the first password with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserAdded {
    /// The user.
    pub user: UserItem,
    /// The link.
    pub link: LinkMade,
}

/// Roles as stored.
pub(super) fn grants(roles: &str) -> Vec<Grant> {
    // Written by this program; what an older one cannot read permits nothing.
    serde_json::from_str(roles).unwrap_or_default()
}

pub(super) fn user(row: &UserRow) -> UserItem {
    let role = |grant: Grant| UserRole { role: grant.role, scope: grant.scope.to_string(), by: grant.by };
    UserItem {
        id: row.id.0,
        name: row.name.clone(),
        title: row.title.clone(),
        email: row.email.clone(),
        person: row.person.clone(),
        status: row.status.clone(),
        roles: grants(&row.roles).into_iter().map(role).collect(),
        failures: row.failures,
        locked_until: row.locked_until,
        last_sign_in_at: row.last_sign_in_at,
        password_at: row.password_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        tokens_left: Vec::new(),
    }
}

pub(super) fn session(row: SessionRow, current: Option<Uuid>) -> SessionItem {
    SessionItem {
        current: current == Some(row.id.0),
        id: row.id.0,
        method: row.method,
        address: row.address,
        agent: row.agent,
        created_at: row.created_at,
        used_at: row.used_at,
        expires_at: row.expires_at,
    }
}

pub(super) fn link(row: &OnceLinkRow, name: Option<String>) -> LinkView {
    LinkView { purpose: row.purpose.clone(), name, expires_at: row.expires_at }
}
