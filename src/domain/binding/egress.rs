//! Where a connection may call: hosts, wildcards below a domain, networks, each with an optional port.

use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;

/// One entry of the allow-list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressRule {
    /// The host or network.
    pub host: Host,
    /// Only this port.
    pub port: Option<u16>,
}

/// The host part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// This host name, in lower case.
    Name(Arc<str>),
    /// Any host below this domain (`*.example.com`), in lower case, without the star.
    Below(Arc<str>),
    /// Addresses of this network; the only way to allow private and loopback addresses.
    Network(IpNet),
}

impl EgressRule {
    /// Reads `api.example.com`, `*.example.com:443`, `10.1.0.0/16`, `127.0.0.1:7101`, `[::1]:80`.
    pub fn parse(text: &str) -> Option<EgressRule> {
        if let Ok(network) = text.parse::<IpNet>() {
            return Some(EgressRule { host: Host::Network(network), port: None });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(EgressRule { host: Host::Network(address.into()), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = match (address.parse::<IpNet>(), address.parse::<IpAddr>()) {
            (Ok(network), _) => Host::Network(network),
            (_, Ok(address)) => Host::Network(address.into()),
            _ => match host.strip_prefix("*.") {
                Some(domain) => Host::Below(name(domain)?),
                None => Host::Name(name(host)?),
            },
        };
        Some(EgressRule { host, port })
    }

    /// Whether a request to this host name (in lower case) is named by the entry.
    pub fn allows_name(&self, host: &str, port: u16) -> bool {
        let named = match &self.host {
            Host::Name(name) => **name == *host,
            Host::Below(domain) => host.strip_suffix(&**domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            Host::Network(_) => false,
        };
        named && self.port.is_none_or(|only| only == port)
    }

    /// Whether the entry allows an address itself; needed for private and loopback addresses.
    pub fn allows_address(&self, address: IpAddr, port: u16) -> bool {
        matches!(&self.host, Host::Network(network) if network.contains(&address)) && self.port.is_none_or(|only| only == port)
    }
}

fn name(text: &str) -> Option<Arc<str>> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let sound = text.len() <= 253 && text.split('.').all(label) && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    sound.then(|| text.to_ascii_lowercase().into())
}
