//! From configuration to an open door: tokens, limits and the listener, for every subcommand that serves.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;

use crate::api::auth::{TokenOptions, Tokens};
use crate::api::listener::{Listener, Options};
use crate::api::{ApiState, Limits, Parts, router};
use crate::app::access::in_app::AppOptions;
use crate::app::access::providers::ProviderOptions;
use crate::app::people::FileOptions;
use crate::config;
use crate::domain::connector::egress::{Egress, EgressPolicy};
use crate::domain::ids::TenantId;
use crate::gateway::{ClientLogin, ProviderReach};
use crate::runtime::Lifecycle;

/// The tokens of the configuration.
pub fn tokens(tokens: &[config::Token]) -> Tokens {
    Tokens::new(tokens.iter().map(|token| TokenOptions {
        name: token.name.clone(),
        secret: token.secret.clone(),
        tenant: TenantId::DEFAULT,
        permissions: token.permissions.clone(),
        person: token.person.clone(),
    }))
}

/// The identity providers of the configuration.
pub fn providers(providers: &[config::IdentityProvider], policy: &EgressPolicy) -> Vec<ProviderOptions> {
    let options = |provider: &config::IdentityProvider| ProviderOptions {
        name: provider.name.clone(),
        title: provider.title.clone(),
        issuer: provider.issuer_text.clone(),
        client: ClientLogin { id: provider.client_id.clone(), secret: provider.client_secret.clone() },
        scopes: provider.scopes.clone(),
        rules: provider.rules.clone(),
        reach: ProviderReach {
            egress: Egress { rules: provider.egress.clone(), allow_http: provider.issuer.scheme() == "http" },
            policy: policy.clone(),
            ca: provider.ca.clone(),
        },
    };
    providers.iter().map(options).collect()
}

/// The apps of the configuration inside which people sign in.
pub fn apps(apps: &[config::AppSignIn], policy: &EgressPolicy) -> Vec<AppOptions> {
    let options = |app: &config::AppSignIn| AppOptions {
        name: app.name.clone(),
        title: app.title.clone(),
        scheme: app.scheme,
        base: app.base.clone(),
        client: ClientLogin { id: app.client_id.clone(), secret: Some(app.client_secret.clone()) },
        reach: ProviderReach {
            egress: Egress { rules: app.egress.clone(), allow_http: app.base.scheme() == "http" },
            policy: policy.clone(),
            ca: None,
        },
    };
    apps.iter().map(options).collect()
}

/// Limits of requests from the configuration.
pub fn limits(server: &config::Server) -> Limits {
    Limits {
        request_timeout: seconds(server.request_timeout_seconds),
        body_bytes_max: server.body_bytes_max as usize,
        hook_body_bytes_max: server.hook_body_bytes_max as usize,
        file_bytes_max: server.file_bytes_max as usize,
    }
}

/// What people may attach, from the configuration.
pub fn files(server: &config::Server) -> FileOptions {
    FileOptions {
        bytes_max: server.file_bytes_max as usize,
        each_act_max: server.files_per_act_max as usize,
        kinds: server.file_types.clone(),
    }
}

/// Limits of connections from the configuration.
pub fn options(server: &config::Server) -> Options {
    Options {
        header_timeout: seconds(server.header_timeout_seconds),
        connections_max: server.connections_max as usize,
        connections_per_address_max: server.connections_per_address_max as usize,
        trusted_proxies: server.trusted_proxies.clone(),
    }
}

/// Why this binary gives browsers no console; none when it does.
pub fn without_console() -> Option<&'static str> {
    #[cfg(feature = "console")]
    return crate::console::missing();
    #[cfg(not(feature = "console"))]
    return Some("it was built with --no-default-features");
}

/// How long a stop may take.
pub fn stop_timeout(server: &config::Server) -> Duration {
    seconds(server.stop_timeout_seconds)
}

fn seconds(number: u32) -> Duration {
    Duration::from_secs(number.into())
}

/// Opens the door: from here on requests are answered until the lifecycle stops the listener. The address is the one that
/// was bound, with the port that was taken for port 0.
pub async fn open(
    listen: SocketAddr,
    options: Options,
    limits: &Limits,
    parts: Parts,
    lifecycle: &Lifecycle,
) -> anyhow::Result<SocketAddr> {
    let listener = Listener::bind(listen, options).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let address = listener.address().context("the listener has no address")?;
    let ids = parts.ids.clone();
    lifecycle.run_listener(listener.serve(router(ApiState::new(parts), ids, limits), lifecycle.listener().clone()));
    Ok(address)
}
