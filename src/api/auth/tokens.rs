//! The bearer tokens of the configuration, kept as digests. Every known token is compared in constant time, whatever was
//! found before, so that an answer's time tells nothing.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Caller, Via};
use crate::domain::ids::TenantId;
use crate::domain::permission::Permission;

/// A token longer than this is none of ours and is not even hashed.
const TOKEN_BYTES_MAX: usize = 4096;

/// A token as the configuration gives it.
pub struct TokenOptions {
    /// Who it is, for the history.
    pub name: String,
    /// The token.
    pub secret: SecretString,
    /// Whose data it sees.
    pub tenant: TenantId,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// The person of the directory who holds it, for what only people do.
    pub person: Option<String>,
}

/// The tokens this hub knows.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Vec<Known>>);

struct Known {
    digest: [u8; 32],
    caller: Caller,
}

impl Tokens {
    /// Keeps the digests of these tokens.
    pub fn new(tokens: impl IntoIterator<Item = TokenOptions>) -> Self {
        let known = tokens.into_iter().map(|token| {
            let permissions: Arc<[Permission]> = token.permissions.into();
            let caller = Caller {
                name: token.name.into(),
                tenant: token.tenant,
                everywhere: permissions.clone(),
                permissions,
                person: token.person.map(Arc::from),
                via: Via::Token { user: None },
                narrow: Arc::default(),
            };
            Known { digest: Sha256::digest(token.secret.expose_secret()).into(), caller }
        });
        Self(Arc::new(known.collect()))
    }

    /// What they are called.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|known| known.caller.name.to_string()).collect()
    }

    /// The caller with this token.
    pub fn find(&self, token: &str) -> Option<&Caller> {
        if token.is_empty() || token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = 0_u64;
        for (place, known) in (1_u64..).zip(self.0.iter()) {
            let same: Choice = known.digest.ct_eq(&digest);
            found.conditional_assign(&place, same);
        }
        let place = usize::try_from(found).ok()?.checked_sub(1)?;
        self.0.get(place).map(|known| &known.caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_finds_its_caller_and_nothing_else_does() {
        let token = |name: &str| TokenOptions {
            name: name.to_owned(),
            secret: SecretString::from(format!("token of {name}")),
            tenant: TenantId::DEFAULT,
            permissions: vec![Permission::Read],
            person: Some(format!("person_{name}")),
        };
        let tokens = Tokens::new([token("a"), token("b"), TokenOptions { person: None, ..token("program") }]);
        for (name, person) in [("a", Some("person_a")), ("b", Some("person_b")), ("program", None)] {
            let caller = tokens.find(&format!("token of {name}")).unwrap();
            assert_eq!((&*caller.name, caller.person()), (name, person));
        }
        for wrong in ["", "token of c", "token of a ", "TOKEN OF A", &"x".repeat(5000)] {
            assert_eq!(tokens.find(wrong), None, "{wrong}");
        }
        assert_eq!(Tokens::default().find("token of a"), None);
    }
}
