//! HTTP clients: one per connection and version, with its own trust, identity, pool and egress guard.

use super::guard::{Guard, GuardedResolver};
use reqwest::{Certificate, Client, Identity, redirect, retry};
use std::sync::{Arc, Once};
use std::time::Duration;

/// Time to connect; a partner that takes longer is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections kept for one host at least; beyond it as many as calls may be under way, for whatever is not kept is
/// made anew by the next call.
const IDLE_PER_HOST_MIN: usize = 16;
/// Shorter than the minute after which many servers and firewalls drop idle connections, so that we close first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// Trust and identity of a connection, as PEM.
#[derive(Default)]
pub struct TlsTexts {
    /// Further authorities.
    pub ca: Option<String>,
    /// Client certificate and key.
    pub identity: Option<String>,
}

/// Builds a client. `concurrency`: calls that may be under way at once.
///
/// # Errors
/// When a certificate or key cannot be read. The message names no secret.
pub fn build(guard: Arc<Guard>, tls: &TlsTexts, only_http1: bool, concurrency: u32) -> Result<Client, String> {
    install_provider();
    let mut builder = Client::builder()
        .user_agent(concat!("waybill/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST_MIN.max(usize::try_from(concurrency).unwrap_or(IDLE_PER_HOST_MIN)))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .dns_resolver(GuardedResolver(guard));
    if only_http1 {
        builder = builder.http1_only();
    }
    if let Some(ca) = &tls.ca {
        let certificates = Certificate::from_pem_bundle(ca.as_bytes()).map_err(|_| "`tls.ca` holds no certificates".to_owned())?;
        if certificates.is_empty() {
            return Err("`tls.ca` holds no certificates".to_owned());
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(identity) = &tls.identity {
        let identity =
            Identity::from_pem(identity.as_bytes()).map_err(|_| "`tls.certificate` and `tls.key` do not fit together".to_owned())?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {}", error.without_url()))
}

/// One cryptography provider for the whole process: the crates' defaults would compile and load two.
fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that somebody installed one before us, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
