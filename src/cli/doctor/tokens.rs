//! Who may use the API.

use std::net::IpAddr;

use secrecy::ExposeSecret;

use super::Check;
use crate::config::{Server, TOKEN_CHARACTERS_GOOD};

/// Whether there are tokens, and whether they are long and hard enough to guess.
pub fn check(server: &Server) -> Vec<Check> {
    let mut checks = Vec::new();
    if server.tokens.is_empty() {
        let hint = "add one under `server.tokens`: `{name: operator, token: {secret: env/WAYBILL_TOKEN}}`";
        checks.push(Check::warning("tokens", "there is none, so programs can use the API only with tokens that the hub makes", hint));
    }
    for token in &server.tokens {
        let name = format!("token {}", token.name);
        let text = token.secret.expose_secret();
        let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
        if text.chars().count() < TOKEN_CHARACTERS_GOOD || distinct < 8 {
            checks.push(Check::warning(name, "it is short or repeats itself", "make one with `openssl rand -hex 32`"));
        } else {
            checks.push(Check::good(name, "it is long enough"));
        }
    }
    if !server.listen.ip().is_loopback() {
        let everyone = matches!(server.listen.ip(), IpAddr::V4(address) if address.is_unspecified())
            || matches!(server.listen.ip(), IpAddr::V6(address) if address.is_unspecified());
        let where_to = if everyone { "every interface" } else { "the network" };
        checks.push(Check::warning(
            "listener",
            format!("it listens on {where_to} without TLS of its own"),
            "put a reverse proxy with TLS in front of it",
        ));
    }
    checks
}
