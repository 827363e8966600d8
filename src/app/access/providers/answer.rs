//! A person comes back from a provider.

use super::begin::Sent;
use super::provider::Provider;
use super::{Failed, Providers};
use crate::app::access::{Actor, Opened, Secret};
use crate::domain::access::oidc::Expected;
use crate::domain::ids::TenantId;
use crate::runtime::metrics::list::PROVIDER_SIGN_INS;
use crate::store::identity::PendingRow;
use serde_json::json;
use subtle::ConstantTimeEq;

/// What a person comes back with.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// What was sent along, as it comes back.
    pub state: String,
    /// What is exchanged for tokens.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Who sends it, where the provider says so (RFC 9207).
    pub issuer: Option<String>,
}

/// Somebody who came in.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The session.
    pub opened: Opened,
    /// The page to go on to.
    pub return_to: String,
}

impl Came {
    /// From the query of the address a person came back to. What is said twice is not believed either time.
    pub fn read(query: &str) -> Came {
        let mut came = Came::default();
        let mut state = Vec::new();
        let put = |place: &mut Option<String>, value: String| *place = if place.is_some() { None } else { Some(value) };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).take(50) {
            match &*name {
                "state" => state.push(value.into_owned()),
                "code" => put(&mut came.code, value.into_owned()),
                "error" => put(&mut came.error, value.into_owned()),
                "iss" => put(&mut came.issuer, value.into_owned()),
                _ => {}
            }
        }
        if let [only] = state.as_slice() {
            came.state.clone_from(only);
        }
        came
    }
}

impl Providers {
    /// Lets in whom a provider's answer names. Every no is told to the audit and counted.
    ///
    /// # Errors
    /// Why nobody is let in.
    pub async fn answer(&self, name: &str, came: Came, secret: Option<Secret>, from: &Actor) -> Result<Arrived, Failed> {
        let provider = self.named(name)?;
        let arrived = self.arrive(provider, came, secret, from).await;
        PROVIDER_SIGN_INS.increment([name, arrived.as_ref().map_or_else(Failed::word, |_| "done")]);
        if let Err(failed) = &arrived {
            tracing::warn!(provider.name = %name, reason = failed.word(), "a sign-in at `{name}` comes to nothing: {failed}");
            self.note(name, failed, from).await?;
        }
        arrived
    }

    async fn arrive(&self, provider: &Provider, came: Came, secret: Option<Secret>, from: &Actor) -> Result<Arrived, Failed> {
        self.access.throttled(from)?;
        let secret = secret.ok_or(Failed::Over)?;
        let sent = Sent::of(&secret);
        // Before the row is taken: a page elsewhere that sends browsers here with a made-up answer must end nothing.
        if !bool::from(sent.state.as_bytes().ct_eq(came.state.as_bytes())) {
            return Err(Failed::State);
        }
        let pending = self.take(provider, &secret).await?;
        let metadata = provider.metadata(&*self.access.clock).await?;
        match &came.issuer {
            Some(issuer) if *issuer != provider.options.issuer => return Err(Failed::Mixed),
            None if metadata.says_issuer => return Err(Failed::Mixed),
            _ => {}
        }
        let code = match (came.code, came.error) {
            (_, Some(error)) => return Err(Failed::Denied(short(&error))),
            (None, None) => return Err(Failed::Denied("neither a code nor a reason came".to_owned())),
            (Some(code), None) => code,
        };
        let tokens = provider.exchange(&metadata, &code, &sent.verifier, &self.callback(provider)).await?;
        let expected = Expected {
            issuer: &provider.options.issuer,
            client: &provider.options.client.id,
            nonce: &sent.nonce,
            access_token: tokens.access_token.as_deref(),
            now: self.access.clock.now(),
        };
        let token = provider.prove(&metadata, &tokens.id_token, &expected, &*self.access.clock).await?;
        let user = self.account(provider, &token, from).await?;
        let opened = self.access.open(user, &format!("provider/{}", provider.options.name), from).await?;
        Ok(Arrived { opened, return_to: pending.return_to })
    }

    /// The sign-in that is under way; from here on no other answer counts for it.
    async fn take(&self, provider: &Provider, secret: &Secret) -> Result<PendingRow, Failed> {
        let (digest, now) = (secret.digest(), self.access.clock.now());
        let taken = self.access.store.identity().take_pending(secret.tenant(), &digest, now).await?;
        taken.filter(|pending| pending.provider == provider.options.name).ok_or(Failed::Over)
    }

    async fn note(&self, name: &str, failed: &Failed, from: &Actor) -> Result<(), Failed> {
        let detail = json!({"method": format!("provider/{name}"), "reason": failed.word()});
        let mut entry = self.access.entry(from, "session.start", Some(format!("provider/{name}")), detail);
        (entry.tenant, entry.outcome) = (TenantId::DEFAULT, Some("refused".to_owned()));
        Ok(self.access.store.identity().note(&[entry]).await?)
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_twice_is_not_believed() {
        let came = Came::read("code=a&state=s&iss=https%3A%2F%2Flogin.example&more=1");
        assert_eq!((came.state.as_str(), came.code.as_deref()), ("s", Some("a")));
        assert_eq!((came.issuer.as_deref(), came.error), (Some("https://login.example"), None));
        let twice = Came::read("code=a&code=b&state=s&state=t");
        assert_eq!((twice.state.as_str(), twice.code), ("", None));
    }
}
