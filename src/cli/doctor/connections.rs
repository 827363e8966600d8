//! Whether partners can be reached within the allow-list, and whether their clocks and ours agree.

use std::net::SocketAddr;
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use url::{Host, Url};

use super::{Check, certificate};
use crate::config;
use crate::domain::binding::{Connection, Setting};
use crate::domain::catalog::Catalog;
use crate::domain::connector::egress::{Egress, EgressPolicy, EgressRefusal, Named};
use crate::domain::connector::kind::usual_port;
use crate::runtime::{Clock, SystemClock};

/// For one partner altogether.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Signatures and tokens are commonly refused beyond five minutes; warn well before.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(30);
/// Partners tried at the same time.
const PARALLEL: usize = 8;

/// One HEAD request, or where another kind is spoken one connect, to every address that a connection's settings name; offline, only what the allow-lists say of them.
pub async fn check(catalog: &Catalog, gateway: &config::Gateway, offline: bool) -> Vec<Check> {
    let targets: Vec<_> = catalog.connections.values().flat_map(|connection| addresses(connection)).collect();
    let mut checks = Vec::new();
    if offline {
        return targets.iter().map(|(connection, url)| listed(connection, url, gateway.allow_loopback)).collect();
    }
    for some in targets.chunks(PARALLEL) {
        let reached = join_all(some.iter().map(|(connection, url)| reach(connection, url, gateway.allow_loopback))).await;
        checks.extend(reached.into_iter().flatten());
    }
    checks
}

/// The addresses in a connection's settings, each server once.
fn addresses(connection: &Connection) -> Vec<(&Connection, Url)> {
    let mut found: Vec<(&Connection, Url)> = Vec::new();
    for setting in connection.settings.values() {
        let Setting::Literal(value) = setting else { continue };
        let Some(url) = value.as_str().and_then(|text| Url::parse(text).ok()) else { continue };
        let same = |other: &Url| (other.host_str(), port(other)) == (url.host_str(), port(&url));
        if port(&url).is_some() && url.has_host() && !found.iter().any(|(_, other)| same(other)) {
            found.push((connection, url));
        }
    }
    found
}

/// The port of an address, of whatever kind it is; none for what is not reached over the network.
fn port(url: &Url) -> Option<u16> {
    url.port().or_else(|| usual_port(url.scheme()))
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// What the allow-list says of an address.
fn allowed(egress: &Egress, url: &Url, policy: &EgressPolicy) -> Result<Named, EgressRefusal> {
    match is_http(url) {
        true => egress.check_url(url, policy),
        false => egress.check_host(url.host_str().unwrap_or_default(), port(url).unwrap_or_default(), policy),
    }
}

/// Whether the allow-list lets the written address through, without asking anybody.
fn listed(connection: &Connection, url: &Url, allow_loopback: bool) -> Check {
    let name = format!("connection {}", connection.id);
    let egress = Egress { rules: connection.egress.clone(), allow_http: url.scheme() == "http" };
    match allowed(&egress, url, &EgressPolicy { allow_loopback, own: Vec::new() }) {
        Ok(_) => Check::good(name, format!("{} is on its allow-list; it was not called", shown(url))),
        Err(refusal) => Check { name, ..refused(&refusal) },
    }
}

async fn reach(connection: &Connection, url: &Url, allow_loopback: bool) -> Vec<Check> {
    let name = format!("connection {}", connection.id);
    let addresses = match vetted(connection, url, allow_loopback).await {
        Ok(addresses) => addresses,
        Err(check) => return vec![Check { name, ..check }],
    };
    if !is_http(url) {
        return vec![connect(name, url, &addresses).await];
    }
    let now = SystemClock::new().now();
    match head(url, &addresses).await {
        Ok(answer) => {
            let certificate = answer.certificate.and_then(|der| certificate::check(&name, &der, now));
            std::iter::once(judge(name, answer.status, answer.date, now)).chain(certificate).collect()
        }
        Err(error) => {
            let hint = "is the address right, the partner up, and its certificate known here?";
            vec![Check::failed(name, format!("{} does not answer: {error}", shown(url)), hint)]
        }
    }
}

/// Whether somebody listens there; who it is shows at the first call.
async fn connect(name: String, url: &Url, addresses: &[SocketAddr]) -> Check {
    match tokio::time::timeout(TIMEOUT, tokio::net::TcpStream::connect(addresses)).await {
        Ok(Ok(_)) => Check::good(name, format!("{} takes connections", shown(url))),
        Ok(Err(error)) => {
            Check::failed(name, format!("{} takes no connection: {}", shown(url), error.kind()), "is the address right and the partner up?")
        }
        Err(_) => {
            Check::failed(name, format!("{} does not answer", shown(url)), "is the address right, and does the firewall let us through?")
        }
    }
}

fn refused(refusal: &EgressRefusal) -> Check {
    let hint = match refusal {
        EgressRefusal::Blocked(..) => "connections to this machine need `gateway.allow_loopback: true`; the others are never allowed",
        _ => "add the host, with its port, to `egress` of the connection",
    };
    Check::failed("", refusal.to_string(), hint)
}

/// The resolved addresses, once the allow-list lets every one of them through.
async fn vetted(connection: &Connection, url: &Url, allow_loopback: bool) -> Result<Vec<SocketAddr>, Check> {
    let egress = Egress { rules: connection.egress.clone(), allow_http: url.scheme() == "http" };
    let policy = EgressPolicy { allow_loopback, own: Vec::new() };
    let named = allowed(&egress, url, &policy).map_err(|refusal| refused(&refusal))?;
    let (host, port) = (url.host_str().unwrap_or_default(), port(url).unwrap_or_default());
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<_> = match tokio::time::timeout(TIMEOUT, tokio::net::lookup_host((name, port))).await {
        Ok(Ok(resolved)) => resolved.collect(),
        _ => return Err(Check::failed("", format!("the name `{host}` is not known here"), "check the name server and the address")),
    };
    // A literal was checked with the URL; a name is only as good as each of its addresses.
    if let Some(Host::Domain(_)) = url.host() {
        let allowed = addresses.iter().try_for_each(|address| egress.check_address(named, address.ip(), port, &policy));
        allowed.map_err(|refusal| refused(&refusal))?;
    }
    Ok(addresses)
}

struct Answer {
    status: u16,
    date: Option<Timestamp>,
    /// DER; none where the line is plain.
    certificate: Option<Vec<u8>>,
}

async fn head(url: &Url, addresses: &[SocketAddr]) -> anyhow::Result<Answer> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .tls_info(true)
        .redirect(reqwest::redirect::Policy::none())
        .resolve_to_addrs(url.host_str().unwrap_or_default(), addresses)
        .build()?;
    let answer = client.head(url.clone()).send().await.map_err(reqwest::Error::without_url)?;
    let date = answer.headers().get("date").and_then(|value| value.to_str().ok());
    let date = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()).map(|date| date.timestamp());
    let certificate = answer.extensions().get::<reqwest::tls::TlsInfo>().and_then(|info| info.peer_certificate().map(<[u8]>::to_vec));
    Ok(Answer { status: answer.status().as_u16(), date, certificate })
}

fn judge(name: String, status: u16, date: Option<Timestamp>, now: Timestamp) -> Check {
    let skew = date.map(|date| now.duration_since(date));
    match skew {
        Some(skew) if skew.abs() > SKEW_MAX => {
            let word = if skew.is_negative() { "behind" } else { "ahead of" };
            let found = format!("it answers (HTTP {status}), but our clock is {} s {word} its clock", skew.abs().as_secs());
            Check::warning(name, found, "run a time service (NTP) on both; signatures are refused when clocks differ")
        }
        Some(_) => Check::good(name, format!("it answers (HTTP {status}) and its clock agrees with ours")),
        None => Check::good(name, format!("it answers (HTTP {status})")),
    }
}

fn shown(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), port(url).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn clocks_that_differ_draw_a_warning_with_the_direction() {
        let now: Timestamp = "2026-09-28T10:00:00Z".parse().unwrap();
        for (seconds, verdict, words) in [
            (0, Verdict::Good, "agrees"),
            (30, Verdict::Good, "agrees"),
            (31, Verdict::Warning, "31 s behind"),
            (-3_600, Verdict::Warning, "3600 s ahead of"),
        ] {
            let check = judge("x".to_owned(), 200, Some(now + SignedDuration::from_secs(seconds)), now);
            assert!(check.verdict == verdict && check.found.contains(words), "{seconds}: {check:?}");
        }
        assert_eq!(judge("x".to_owned(), 404, None, now).verdict, Verdict::Good);
    }
}
