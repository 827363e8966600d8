//! Who has which role, and where it holds.

use super::role::{Role, Roles};
use crate::domain::permission::Permission;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Roles one user may hold; more would be a sign that a role is missing.
pub const GRANTS_MAX: usize = 64;

/// Where a grant holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Scope {
    /// Everywhere in the tenant.
    #[default]
    Tenant,
    /// What belongs to a flow.
    Flow(String),
    /// What belongs to a connection.
    Connection(String),
    /// What belongs to a department of the directory and those below it.
    Department(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Tenant => formatter.write_str("tenant"),
            Scope::Flow(id) => write!(formatter, "flow:{id}"),
            Scope::Connection(name) => write!(formatter, "connection:{name}"),
            Scope::Department(id) => write!(formatter, "department:{id}"),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

/// A text is no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no scope: write `tenant`, `flow:ID`, `connection:NAME` or `department:ID`")]
pub struct NoScope(String);

impl TryFrom<String> for Scope {
    type Error = NoScope;

    fn try_from(text: String) -> Result<Self, NoScope> {
        text.parse()
    }
}

impl FromStr for Scope {
    type Err = NoScope;

    fn from_str(text: &str) -> Result<Self, NoScope> {
        let no = || NoScope(text.chars().take(80).collect());
        if text == "tenant" {
            return Ok(Scope::Tenant);
        }
        let (kind, id) = text.split_once(':').ok_or_else(no)?;
        if id.is_empty() || id.chars().count() > 128 || id.chars().any(char::is_control) {
            return Err(no());
        }
        match kind {
            "flow" => Ok(Scope::Flow(id.to_owned())),
            "connection" => Ok(Scope::Connection(id.to_owned())),
            "department" => Ok(Scope::Department(id.to_owned())),
            _ => Err(no()),
        }
    }
}

/// A role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role's word.
    pub role: String,
    /// Where it holds.
    #[serde(default)]
    pub scope: Scope,
    /// The identity provider whose groups gave it, and whose alone it is to take away; none for a person's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What grants permit everywhere in the tenant. A role that is not known permits nothing.
pub fn everywhere(grants: &[Grant], roles: &Roles) -> BTreeSet<Permission> {
    let wide = grants.iter().filter(|grant| grant.scope == Scope::Tenant);
    wide.filter_map(|grant| roles.permissions(&grant.role)).flatten().copied().collect()
}

/// Whether the role of owner is among them, for the whole tenant.
pub fn owns(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| grant.scope == Scope::Tenant && grant.role == Role::Owner.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: &str, scope: &str) -> Grant {
        Grant { role: role.into(), scope: scope.parse().unwrap(), by: None }
    }

    #[test]
    fn scopes_are_written_and_read_back() {
        for text in ["tenant", "flow:purchase_order_approval", "connection:erp_main", "department:D:1"] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for wrong in ["", "everything", "flow:", "team:x", "flow:a\nb"] {
            assert!(wrong.parse::<Scope>().is_err(), "{wrong}");
        }
        let read: Vec<Grant> = serde_json::from_str(r#"[{"role": "viewer"}, {"role": "operator", "scope": "flow:x"}]"#).unwrap();
        assert_eq!(read, [grant("viewer", "tenant"), grant("operator", "flow:x")]);
    }

    #[test]
    fn only_wide_and_known_grants_permit_everywhere() {
        let grants = [grant("viewer", "tenant"), grant("operator", "flow:x"), grant("wizard", "tenant")];
        assert_eq!(everywhere(&grants, &Roles::default()).into_iter().collect::<Vec<_>>(), [Permission::Read]);
        assert!(owns(&[grant("owner", "tenant")]));
        assert!(!owns(&[grant("owner", "flow:x"), grant("viewer", "tenant")]));
    }
}
