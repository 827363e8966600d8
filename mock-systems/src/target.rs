//! Where webhooks and load go: HTTP on the loopback interface, and nowhere else.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::Uri;

/// A checked address: the mocks must not be a tool against other hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) authority: String,
    pub(crate) path: String,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let refused = |why: &str| Err(format!("`{url}` is refused: {why}"));
        let Ok(uri) = url.parse::<Uri>() else {
            return refused("it is not a URL");
        };
        if uri.scheme_str() != Some("http") {
            return refused("only `http` is spoken");
        }
        let Some(authority) = uri.authority() else {
            return refused("it names no host");
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let ip = match host {
            "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
            other => match other.parse::<IpAddr>() {
                Ok(ip) => ip,
                Err(_) => return refused("only loopback addresses are allowed"),
            },
        };
        if !ip.is_loopback() || authority.as_str().contains('@') {
            return refused("only loopback addresses are allowed");
        }
        Ok(Self {
            address: SocketAddr::new(ip, authority.port_u16().unwrap_or(80)),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_only() {
        for good in ["http://127.0.0.1:8080/hooks/a?b=c", "http://localhost:1/", "http://[::1]:9/x", "http://127.9.9.9/"] {
            assert!(Target::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "https://127.0.0.1/",
            "http://10.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@10.0.0.1/",
            "http://user@127.0.0.1/",
            "/x",
            "",
        ] {
            assert!(Target::parse(bad).is_err(), "{bad}");
        }
    }
}
