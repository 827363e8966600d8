//! Signing in at identity providers (OpenID Connect, authorization code with PKCE).
//!
//! A person goes away with a secret in the browser; state, nonce and the proof of the code are made of it, so that the store
//! holds a digest alone and any replica can take the answer, once. Whom an answer names is somebody here by the provider's
//! issuer and subject, never by a name or a mail address.

mod account;
mod answer;
mod begin;
mod leave;
mod link;
mod provider;

use super::{Access, Error};
use crate::domain::access::oidc::{Refusal, Rules};
use crate::gateway::{ClientLogin, ProviderReach};
pub use answer::{Arrived, Came};
pub use begin::Begun;
pub use link::{Identities, IdentityItem};
use provider::Provider;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use url::Url;
use utoipa::ToSchema;

/// How one provider is used.
#[derive(Clone, Debug)]
pub struct ProviderOptions {
    /// Its name in addresses, rows and metrics.
    pub name: String,
    /// What people read on its button.
    pub title: String,
    /// Its issuer, letter by letter.
    pub issuer: String,
    /// Us, as it knows us.
    pub client: ClientLogin,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// How what it says is read.
    pub rules: Rules,
    /// How it is reached.
    pub reach: ProviderReach,
}

/// A provider at which one can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderItem {
    /// Its name, for the address that begins a sign-in there.
    pub name: String,
    /// What to write on its button.
    pub title: String,
}

/// Why somebody whom a provider names is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// There is no account, and this provider makes none.
    #[error("nobody here is linked with this account of the provider")]
    NoAccount,
    /// There is no account, and no group gives a role.
    #[error("no group of this account gives a role here")]
    NoRole,
    /// There is no account, and somebody else has the name.
    #[error("somebody here has the name `{0}` already and is not linked with this account of the provider")]
    NameTaken(String),
}

/// Why a sign-in at a provider comes to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// There is no such provider.
    #[error("there is no identity provider of this name")]
    NotFound,
    /// The browser began no such sign-in, or its answer was taken, or ten minutes are over.
    #[error("this browser has no sign-in under way that this answer belongs to")]
    Over,
    /// The answer belongs to another sign-in.
    #[error("the answer belongs to another sign-in than the one this browser began last")]
    State,
    /// Another provider sent the answer.
    #[error("the answer says to be of another provider")]
    Mixed,
    /// The provider says no, or the person did.
    #[error("the provider says no: {0}")]
    Denied(String),
    /// The provider does not answer, or says nothing that can be used.
    #[error("the identity provider cannot be used now: {0}")]
    Away(String),
    /// What it says is not believed.
    #[error("{0}")]
    Token(#[from] Refusal),
    /// It names somebody who is not let in.
    #[error("{0}")]
    NotAdmitted(#[from] NotAdmitted),
    /// The hub itself says no.
    #[error(transparent)]
    Access(#[from] Error),
}

impl Failed {
    /// The word in the audit and the metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Failed::NotFound => "unknown_provider",
            Failed::Over => "no_sign_in",
            Failed::State => "wrong_state",
            Failed::Mixed => "wrong_response_issuer",
            Failed::Denied(_) => "denied",
            Failed::Away(_) => "away",
            Failed::Token(refusal) => refusal.word(),
            Failed::NotAdmitted(NotAdmitted::Disabled) => "disabled",
            Failed::NotAdmitted(NotAdmitted::NoAccount) => "no_account",
            Failed::NotAdmitted(NotAdmitted::NoRole) => "no_role",
            Failed::NotAdmitted(NotAdmitted::NameTaken(_)) => "name_taken",
            Failed::Access(Error::Throttled(_)) => "throttled",
            Failed::Access(_) => "failed",
        }
    }
}

impl From<crate::store::Error> for Failed {
    fn from(error: crate::store::Error) -> Failed {
        Failed::Access(error.into())
    }
}

/// Signs people in at the providers of the configuration. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    access: Access,
    known: Arc<Vec<Provider>>,
    /// Where browsers reach the hub.
    base: Option<Url>,
    /// Apps whose users are linked with accounts as those of providers are.
    apps: Option<super::InApp>,
}

impl Providers {
    /// The providers of a hub that browsers reach at `base`. Without one there is nowhere to come back to, and none is offered.
    ///
    /// # Errors
    /// When a provider's certificates cannot be read.
    pub fn new(access: Access, base: Option<Url>, options: Vec<ProviderOptions>) -> Result<Self, String> {
        let options = if base.is_some() { options } else { Vec::new() };
        let known = options.into_iter().map(Provider::new).collect::<Result<Vec<_>, String>>()?;
        Ok(Self { access, known: Arc::new(known), base, apps: None })
    }

    /// The same, where accounts are linked with users of these apps as well.
    #[must_use]
    pub fn with_apps(self, apps: super::InApp) -> Self {
        Self { apps: Some(apps), ..self }
    }

    /// Whose subjects a provider or an app of this name says; none when there is neither.
    fn issuer(&self, name: &str) -> Option<String> {
        let known = self.known.iter().find(|provider| provider.options.name == name);
        known.map(|provider| provider.options.issuer.clone()).or_else(|| self.apps.as_ref()?.issuer(name))
    }

    /// Those that are offered.
    pub fn items(&self) -> Vec<ProviderItem> {
        let item = |provider: &Provider| ProviderItem { name: provider.options.name.clone(), title: provider.options.title.clone() };
        self.known.iter().map(item).collect()
    }

    fn named(&self, name: &str) -> Result<&Provider, Failed> {
        self.known.iter().find(|provider| provider.options.name == name).ok_or(Failed::NotFound)
    }

    /// An address of the hub.
    fn address(&self, path: &str) -> String {
        let base = self.base.as_ref().map(Url::as_str).unwrap_or_default();
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Where a provider sends people back to. One for each: the answer of one is never taken for another's.
    fn callback(&self, provider: &Provider) -> String {
        self.address(&format!("/api/v1/sign-in/providers/{}/callback", provider.options.name))
    }
}
