//! What becomes of what a provider says: the name, the groups and the roles they give.

use super::refusal::Refusal;
use crate::domain::access::grant::{GRANTS_MAX, Grant};
use crate::domain::access::name;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Groups of one person that are looked at.
const GROUPS_MAX: usize = 2_000;

/// Whom a provider may bring in who has no account yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admit {
    /// Nobody: accounts are made by hand and linked.
    Nobody,
    /// Whoever has a group that gives a role.
    #[default]
    Mapped,
    /// Everybody it knows; without a group that gives a role they may do nothing.
    Everybody,
}

impl Admit {
    /// Their words.
    pub const WORDS: [&'static str; 3] = ["nobody", "mapped", "everybody"];

    /// The one of a word.
    pub fn of(word: &str) -> Option<Admit> {
        match word {
            "nobody" => Some(Admit::Nobody),
            "mapped" => Some(Admit::Mapped),
            "everybody" => Some(Admit::Everybody),
            _ => None,
        }
    }
}

/// How what a provider says is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// The claim that the name is taken from.
    pub name_claim: String,
    /// The claim with the id of the person in the directory.
    pub person_claim: Option<String>,
    /// The claim with the groups.
    pub groups_claim: Option<String>,
    /// Which roles a group gives.
    pub roles: BTreeMap<String, Vec<Grant>>,
    /// Who may come in without an account.
    pub admit: Admit,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The name to sign in with here.
    pub name: String,
    /// How they are called.
    pub title: Option<String>,
    /// Mail address, when the provider has made sure of it.
    pub email: Option<String>,
    /// Id of the person in the directory.
    pub person: Option<String>,
    /// What the groups give.
    pub grants: Vec<Grant>,
}

impl Rules {
    /// Reads the claims of a proved token.
    ///
    /// # Errors
    /// When they hold no name.
    pub fn read(&self, claims: &Json, provider: &str) -> Result<Said, Refusal> {
        let line = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(200).collect::<String>();
        let given = find(claims, &self.name_claim).and_then(Json::as_str).ok_or(Refusal::Name)?;
        Ok(Said {
            name: name::normal(given).map_err(|_| Refusal::Name)?,
            title: claims["name"].as_str().map(line).filter(|title| !title.trim().is_empty()),
            email: claims["email"].as_str().filter(|_| claims["email_verified"] == true).map(line).filter(|email| email.contains('@')),
            person: self.person_claim.as_ref().and_then(|claim| find(claims, claim)).and_then(Json::as_str).map(line),
            grants: self.grants(claims, provider),
        })
    }

    /// What the groups give, each once, as granted by this provider.
    fn grants(&self, claims: &Json, provider: &str) -> Vec<Grant> {
        let said = self.groups_claim.as_ref().and_then(|claim| find(claims, claim));
        let groups: BTreeSet<&str> = match said {
            Some(Json::String(one)) => BTreeSet::from([one.as_str()]),
            Some(Json::Array(all)) => all.iter().take(GROUPS_MAX).filter_map(Json::as_str).collect(),
            _ => BTreeSet::new(),
        };
        let mut grants: Vec<Grant> = Vec::new();
        for grant in groups.into_iter().filter_map(|group| self.roles.get(group)).flatten() {
            let grant = Grant { by: Some(provider.to_owned()), ..grant.clone() };
            if !grants.contains(&grant) && grants.len() < GRANTS_MAX {
                grants.push(grant);
            }
        }
        grants
    }
}

/// Grants with those of one provider replaced by what it says now; what others granted stays.
pub fn replaced(grants: &[Grant], provider: &str, now: Vec<Grant>) -> Vec<Grant> {
    let others = grants.iter().filter(|grant| grant.by.as_deref() != Some(provider)).cloned();
    others.chain(now).collect()
}

/// A claim by its whole name (names may be addresses), else by its path through objects (`realm_access.roles`).
fn find<'a>(claims: &'a Json, name: &str) -> Option<&'a Json> {
    if let Some(found) = claims.get(name) {
        return Some(found);
    }
    name.split('.').try_fold(claims, |place, part| place.get(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grant(role: &str, scope: &str, by: Option<&str>) -> Grant {
        Grant { role: role.into(), scope: scope.parse().unwrap(), by: by.map(str::to_owned) }
    }

    fn rules(groups_claim: &str) -> Rules {
        let roles = BTreeMap::from([
            ("admins".to_owned(), vec![grant("owner", "tenant", None)]),
            ("finance".to_owned(), vec![grant("viewer", "tenant", None), grant("operator", "flow:pay", None)]),
            ("audit".to_owned(), vec![grant("viewer", "tenant", None)]),
        ]);
        let name_claim = "preferred_username".to_owned();
        Rules { name_claim, person_claim: Some("employee".into()), groups_claim: Some(groups_claim.into()), roles, admit: Admit::Mapped }
    }

    #[test]
    fn groups_give_roles_each_once_and_strange_groups_none() {
        let cases = [
            (json!({"groups": ["finance", "audit", "else"]}), "groups", 2),
            (json!({"groups": "admins"}), "groups", 1),
            (json!({"groups": [7, null, {"admins": 1}]}), "groups", 0),
            (json!({"realm_access": {"roles": ["audit"]}}), "realm_access.roles", 1),
            (json!({"https://hub.example/groups": ["audit"]}), "https://hub.example/groups", 1),
            (json!({}), "groups", 0),
        ];
        for (mut claims, claim, count) in cases {
            claims["preferred_username"] = json!("Ana.Li");
            let said = rules(claim).read(&claims, "corp").unwrap();
            assert_eq!(said.grants.len(), count, "{claims}");
            assert!(said.grants.iter().all(|grant| grant.by.as_deref() == Some("corp")));
            assert_eq!(said.name, "ana.li");
        }
    }

    #[test]
    fn a_mail_address_counts_only_when_it_was_verified_and_a_name_must_be_one() {
        let read = |claims: Json| rules("groups").read(&claims, "corp");
        let said =
            read(json!({"preferred_username": "ana", "email": "ana@example.com", "email_verified": true, "employee": "E001"})).unwrap();
        assert_eq!((said.email.as_deref(), said.person.as_deref()), (Some("ana@example.com"), Some("E001")));
        for verified in [json!(false), json!("true"), json!(null)] {
            let claims = json!({"preferred_username": "ana", "email": "ana@example.com", "email_verified": verified});
            assert_eq!(read(claims).unwrap().email, None);
        }
        assert_eq!(read(json!({})), Err(Refusal::Name));
        assert_eq!(read(json!({"preferred_username": "../ana"})), Err(Refusal::Name));
    }

    #[test]
    fn a_provider_takes_away_what_it_gave_and_nothing_else() {
        let had = [grant("viewer", "tenant", None), grant("owner", "tenant", Some("corp")), grant("auditor", "tenant", Some("other"))];
        let now = vec![grant("editor", "tenant", Some("corp"))];
        let expected =
            [grant("viewer", "tenant", None), grant("auditor", "tenant", Some("other")), grant("editor", "tenant", Some("corp"))];
        assert_eq!(replaced(&had, "corp", now), expected);
        assert_eq!(replaced(&had, "corp", vec![]).len(), 2);
    }
}
