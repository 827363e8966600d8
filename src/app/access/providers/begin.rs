//! A person goes to a provider.

use super::{Failed, Providers};
use crate::app::access::{Actor, Secret};
use crate::domain::ids::TenantId;
use crate::store::identity::PendingRow;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// A person signs in at a provider within this time.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What it holds meanwhile.
    pub secret: Secret,
    /// For so long.
    pub seconds: i64,
}

/// What is sent along: each made of the secret that the browser holds, none leads back to it or to another.
pub(super) struct Sent {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

impl Sent {
    pub fn of(secret: &Secret) -> Sent {
        Sent { state: secret.derived("state"), nonce: secret.derived("nonce"), verifier: secret.derived("verifier") }
    }
}

impl Providers {
    /// Begins a sign-in: where the browser goes, and what it holds meanwhile. `return_to` is a path of the console.
    ///
    /// # Errors
    /// When there is no such provider, it cannot be used now, or the address has to wait.
    pub async fn begin(&self, name: &str, return_to: &str, from: &Actor) -> Result<Begun, Failed> {
        let provider = self.named(name)?;
        self.access.throttled(from)?;
        let metadata = provider.metadata(&*self.access.clock).await?;
        let secret = Secret::draw(TenantId::DEFAULT)?;
        let now = self.access.clock.now();
        let pending = PendingRow {
            digest: secret.digest(),
            tenant: secret.tenant(),
            provider: name.to_owned(),
            return_to: return_to.to_owned(),
            created_at: now,
            expires_at: now.saturating_add(LASTS).unwrap_or(now),
        };
        self.access.store.identity().add_pending(&pending).await?;
        let sent = Sent::of(&secret);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent.verifier));
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &provider.options.client.id)
            .append_pair("redirect_uri", &self.callback(provider))
            .append_pair("scope", &provider.options.scopes.join(" "))
            .append_pair("state", &sent.state)
            .append_pair("nonce", &sent.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { url: url.into(), secret, seconds: LASTS.as_secs() })
    }
}
