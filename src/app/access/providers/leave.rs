//! Ending the session at the provider too (OpenID Connect RP-Initiated Logout 1.0).

use super::Providers;
use crate::store::identity::SessionRow;

impl Providers {
    /// Where the browser goes to end the session there, where the provider has such a place; none for other sessions. The hub's
    /// own session is over without it, so a provider that does not answer stands in nobody's way.
    pub async fn leave(&self, session: &SessionRow) -> Option<String> {
        let provider = self.named(session.method.strip_prefix("provider/")?).ok()?;
        let metadata = provider.metadata(&*self.access.clock).await.ok()?;
        let mut url = metadata.end_session.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &provider.options.client.id)
            .append_pair("post_logout_redirect_uri", &self.address("/sign-in"));
        Some(url.into())
    }
}
