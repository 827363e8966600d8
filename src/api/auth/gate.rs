//! Who calls: by the bearer token of a program, or by the session of a person's browser.

use std::sync::Arc;

use http::HeaderMap;
use http::header;
use http::request::Parts;

use super::cookies::Cookies;
use super::tokens::Tokens;
use super::{Caller, Via};
use crate::api::codes;
use crate::api::peer::Peer;
use crate::api::problem::Problem;
use crate::api::request_id;
use crate::app::access::tokens::PREFIX;
use crate::app::access::{Access, Actor, Audit, Entered, Scoping, Secret};
use crate::app::quotas::Quotas;
use crate::domain::access::role::Roles;
use crate::domain::access::{grant, scope};
use crate::domain::ids::TenantId;
use crate::domain::permission::Permission;
use crate::runtime::metrics::list::{HTTP_FORGED, HTTP_UNAUTHENTICATED};

/// Knows callers.
#[derive(Clone)]
pub struct Gate {
    /// Of the configuration.
    pub tokens: Tokens,
    /// Lets people in.
    pub access: Access,
    /// How sessions travel.
    pub cookies: Cookies,
    /// Where changes are written down.
    pub audit: Audit,
    /// What scopes reach.
    pub scoping: Scoping,
    /// How many requests a tenant may make.
    pub quotas: Quotas,
}

impl Gate {
    /// The caller. A request that brings a token is the token's: a cookie beside it does not count.
    ///
    /// # Errors
    /// When nobody is known by what the request brings, a page elsewhere made a browser send it, or the tenant's quota is used up.
    pub async fn caller(&self, parts: &Parts) -> Result<Caller, Problem> {
        let caller = self.known(parts).await?;
        match self.quotas.request(caller.tenant) {
            Ok(()) => Ok(caller),
            Err(wait) => {
                let seconds = u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX);
                Err(Problem::new(&codes::TOO_MANY_REQUESTS, "The tenant makes more requests a second than its quota.")
                    .with_retry_after(seconds))
            }
        }
    }

    async fn known(&self, parts: &Parts) -> Result<Caller, Problem> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let known = match bearer(&parts.headers) {
                Some(token) => self.bearer(token).await?,
                None => None,
            };
            return known.ok_or_else(|| unknown("The request has no bearer token that this hub knows."));
        }
        let Some(secret) = self.cookies.read(&parts.headers) else {
            return Err(unknown("The request has no bearer token that this hub knows, and no session."));
        };
        if !self.cookies.from_here(parts) {
            return Err(foreign());
        }
        match self.access.enter(&secret).await? {
            Some(entered) => Ok(caller(entered, self.access.roles())),
            None => Err(unknown("The session is over.")),
        }
    }

    /// Whether whoever opened something that stays open may still have it: by the same session or token, with what it permits
    /// now. It counts as no request and keeps no session from ending.
    ///
    /// # Errors
    /// When nobody can be asked now.
    pub async fn still(&self, headers: &HeaderMap, permission: Permission) -> Result<bool, Problem> {
        let caller = if headers.contains_key(header::AUTHORIZATION) {
            match bearer(headers) {
                Some(token) => self.bearer(token).await?,
                None => None,
            }
        } else {
            match self.cookies.read(headers) {
                Some(secret) => self.access.still(&secret).await?.map(|entered| caller(entered, self.access.roles())),
                None => None,
            }
        };
        Ok(caller.is_some_and(|caller| caller.may(permission)))
    }

    /// Who has this token: those that the hub made say by their beginning that they are.
    async fn bearer(&self, token: &str) -> Result<Option<Caller>, Problem> {
        let Some(ours) = token.strip_prefix(PREFIX) else { return Ok(self.tokens.find(token).cloned()) };
        let Some(secret) = Secret::read(ours) else { return Ok(None) };
        let known = self.access.bearer(&secret).await?;
        Ok(known.map(|known| {
            let permissions: Arc<[_]> = known.permissions.into();
            Caller {
                name: Arc::from(known.name.as_str()),
                tenant: known.tenant,
                everywhere: permissions.clone(),
                permissions,
                person: known.person.as_deref().map(Arc::from),
                via: Via::Token { user: known.user },
                narrow: Arc::default(),
            }
        }))
    }

    /// Refuses a page elsewhere that lets a browser sign in or out here: it could make somebody work as somebody else. What
    /// says nothing of where it comes from is no browser.
    ///
    /// # Errors
    /// When it comes from elsewhere.
    pub fn page(&self, parts: &Parts) -> Result<(), Problem> {
        let says = parts.headers.contains_key(header::ORIGIN) || parts.headers.contains_key("sec-fetch-site");
        if says && !self.cookies.from_here(parts) { Err(foreign()) } else { Ok(()) }
    }
}

fn foreign() -> Problem {
    HTTP_FORGED.increment([]);
    Problem::new(&codes::FOREIGN_PAGE, "The request does not come from a page of this hub.")
}

fn caller(entered: Entered, roles: &Roles) -> Caller {
    let permissions: Arc<[_]> = grant::everywhere(&entered.grants, roles).into_iter().collect();
    Caller {
        name: Arc::from(entered.user.name.as_str()),
        tenant: entered.user.tenant,
        everywhere: permissions.clone(),
        permissions,
        narrow: scope::narrow(&entered.grants).cloned().collect(),
        person: entered.user.person.as_deref().map(Arc::from),
        via: Via::Session { user: entered.user.id, session: entered.session.id, title: Arc::from(entered.user.title.as_str()) },
    }
}

fn unknown(detail: &str) -> Problem {
    HTTP_UNAUTHENTICATED.increment([]);
    Problem::new(&codes::UNAUTHENTICATED, detail)
}

/// The one bearer token; two `Authorization` headers are none.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Somebody of whom no more is known than where they come from.
pub fn stranger(parts: &Parts) -> Actor {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Actor {
        tenant: TenantId::DEFAULT,
        name: "somebody".to_owned(),
        via: "nobody",
        address: parts.extensions.get::<Peer>().map(|peer| peer.address.to_string()),
        agent: agent.map(str::to_owned),
        request: request_id::current(),
    }
}
