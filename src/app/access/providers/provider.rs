//! One provider: what it says of itself and its keys, kept for a while.

use super::{Failed, ProviderOptions};
use crate::domain::access::oidc::{Expected, IdToken, KeySet, Metadata};
use crate::gateway::{Exchanged, Proof, ProviderLine};
use crate::runtime::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// What a provider says of itself and its keys are asked for again after this long: a key that it has withdrawn is worth
/// nothing then. One that is new is asked for when a token names it.
const KEPT: Duration = Duration::from_secs(3_600);

#[derive(Debug)]
pub(super) struct Provider {
    pub options: ProviderOptions,
    line: ProviderLine,
    metadata: Mutex<Kept<Metadata>>,
    keys: Mutex<Kept<KeySet>>,
}

/// Something with when it was asked for.
type Kept<T> = Option<(Duration, Arc<T>)>;

/// What an exchange gave.
pub(super) struct Tokens {
    pub id_token: String,
    pub access_token: Option<String>,
}

impl Provider {
    pub fn new(options: ProviderOptions) -> Result<Self, String> {
        let line = ProviderLine::new(options.reach.clone()).map_err(|why| format!("the identity provider `{}`: {why}", options.name))?;
        Ok(Self { options, line, metadata: Mutex::default(), keys: Mutex::default() })
    }

    /// What it says of itself.
    pub async fn metadata(&self, clock: &dyn Clock) -> Result<Arc<Metadata>, Failed> {
        let mut kept = self.metadata.lock().await;
        if let Some(fresh) = fresh(&kept, clock) {
            return Ok(fresh);
        }
        let said = self.read(&Metadata::place(&self.options.issuer)).await?;
        let metadata = Metadata::read(&said, &self.options.issuer);
        let metadata = metadata.map_err(|error| self.away(&format!("what it says of itself cannot be used: {error}")))?;
        let metadata = Arc::new(metadata);
        *kept = Some((clock.monotonic(), metadata.clone()));
        Ok(metadata)
    }

    /// Turns a code into tokens.
    pub async fn exchange(&self, metadata: &Metadata, code: &str, verifier: &str, callback: &str) -> Result<Tokens, Failed> {
        let proof = if metadata.basic { Proof::Basic } else { Proof::Post };
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback), ("code_verifier", verifier)];
        let exchanged = self.line.exchange(&metadata.token, &self.options.client, proof, &fields).await;
        match exchanged.map_err(|error| self.away(&error.message))? {
            Exchanged::Refused(word) => Err(Failed::Denied(word)),
            Exchanged::Tokens(said) => {
                let text = |name: &str| said[name].as_str().map(str::to_owned);
                let id_token = text("id_token").ok_or_else(|| self.away("it gives no id token"))?;
                Ok(Tokens { id_token, access_token: text("access_token") })
            }
        }
    }

    /// Proves an id token. When no key fits, the provider may have new ones: they are asked for once.
    pub async fn prove(&self, metadata: &Metadata, token: &str, expected: &Expected<'_>, clock: &dyn Clock) -> Result<IdToken, Failed> {
        let keys = self.keys(&metadata.keys, None, clock).await?;
        match IdToken::prove(token, &keys, expected) {
            Err(refusal) if refusal.may_be_rotation() => {
                let newer = self.keys(&metadata.keys, Some(&keys), clock).await?;
                Ok(IdToken::prove(token, &newer, expected)?)
            }
            proved => Ok(proved?),
        }
    }

    /// Its keys; other ones than those that were of no use, as far as it has others.
    async fn keys(&self, url: &Url, useless: Option<&Arc<KeySet>>, clock: &dyn Clock) -> Result<Arc<KeySet>, Failed> {
        let mut kept = self.keys.lock().await;
        if let Some(fresh) = fresh(&kept, clock).filter(|fresh| useless.is_none_or(|useless| !Arc::ptr_eq(fresh, useless))) {
            return Ok(fresh);
        }
        let keys = Arc::new(KeySet::read(&self.read(url.as_str()).await?));
        *kept = Some((clock.monotonic(), keys.clone()));
        Ok(keys)
    }

    async fn read(&self, url: &str) -> Result<serde_json::Value, Failed> {
        self.line.read(url).await.map_err(|error| self.away(&error.message))
    }

    fn away(&self, why: &str) -> Failed {
        tracing::warn!(provider.name = %self.options.name, "the identity provider `{}` cannot be used: {why}", self.options.name);
        Failed::Away(why.to_owned())
    }
}

fn fresh<T>(kept: &Kept<T>, clock: &dyn Clock) -> Option<Arc<T>> {
    let (since, value) = kept.as_ref()?;
    (clock.monotonic().saturating_sub(*since) < KEPT).then(|| value.clone())
}
