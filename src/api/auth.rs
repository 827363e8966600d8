//! Who may come in: bearer tokens, each with a name, a tenant and permissions.
//!
//! Only digests are kept. Every known token is compared in constant time, whatever was found before, so that an answer's
//! time tells nothing. One extractor yields the caller and proves the permission: a handler cannot forget it.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::header;
use http::request::Parts;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::codes;
use super::problem::Problem;
use crate::domain::ids::TenantId;
use crate::domain::permission::Permission;
use crate::runtime::metrics::list::HTTP_UNAUTHENTICATED;

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

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's name.
    pub name: Arc<str>,
    /// Whose data it sees.
    pub tenant: TenantId,
    permissions: Arc<[Permission]>,
    person: Option<Arc<str>>,
}

impl Caller {
    /// The person of the directory who calls; none for a program.
    pub fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    /// What it may do, as words.
    pub fn permissions(&self) -> Vec<&'static str> {
        self.permissions.iter().map(|permission| permission.word()).collect()
    }

    /// Refuses who may not, for what only some requests of an operation need; the operation's own permission is proved by
    /// `Allowed`.
    ///
    /// # Errors
    /// The problem to answer with.
    pub fn must(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(lacks(self, permission)) }
    }

    /// Whether it may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

impl Tokens {
    /// Keeps the digests of these tokens.
    pub fn new(tokens: impl IntoIterator<Item = TokenOptions>) -> Self {
        let known = tokens.into_iter().map(|token| Known {
            digest: Sha256::digest(token.secret.expose_secret()).into(),
            caller: Caller {
                name: token.name.into(),
                tenant: token.tenant,
                permissions: token.permissions.into(),
                person: token.person.map(Arc::from),
            },
        });
        Self(Arc::new(known.collect()))
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

/// A permission as a type, for `Allowed`.
pub trait Needs: Send + Sync {
    /// Which.
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            pub struct $name;
            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

needs! {
    /// See documents, instances, exceptions, without payloads.
    Read;
    /// See what documents and partners' answers hold.
    Payloads;
    /// Submit forms and begin flows.
    Start;
    /// See and decide one's own tasks.
    Decide;
    /// Settle exceptions and move instances to another version.
    Operate;
    /// Write drafts, check, preview, simulate and try them.
    Edit;
    /// Publish releases and roll back.
    Publish;
    /// Read the metrics.
    Metrics;
}

/// The caller, proved to have the permission. The first argument of every handler that is not public.
pub struct Allowed<P> {
    /// Who.
    pub caller: Caller,
    permission: PhantomData<P>,
}

impl<P: Needs, S> FromRequestParts<S> for Allowed<P>
where
    S: Send + Sync,
    Tokens: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let tokens = Tokens::from_ref(state);
        let Some(caller) = bearer(parts).and_then(|token| tokens.find(token)) else {
            HTTP_UNAUTHENTICATED.increment([]);
            return Err(Problem::new(&codes::UNAUTHENTICATED, "The request has no bearer token that this hub knows."));
        };
        if !caller.may(P::PERMISSION) {
            return Err(lacks(caller, P::PERMISSION));
        }
        Ok(Allowed { caller: caller.clone(), permission: PhantomData })
    }
}

fn lacks(caller: &Caller, permission: Permission) -> Problem {
    Problem::new(&codes::FORBIDDEN, format!("The token `{}` lacks the permission `{}`.", caller.name, permission.word()))
}

/// The one bearer token; two `Authorization` headers are none.
fn bearer(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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
