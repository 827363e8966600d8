//! Who is at the other end of a request: whoever opened the connection, or whom a proxy of ours says it came for.
//!
//! `X-Forwarded-For` is written by everybody on the way, clients too. What counts is what a proxy of ours added: from the right,
//! the first address that is none of these proxies.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// The header to which each proxy adds whom it was called by.
const FORWARDED: &str = "x-forwarded-for";
/// Addresses looked at from the right; nobody has so many proxies.
const HOPS_MAX: usize = 32;

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address, an IPv4 one as such.
    pub address: IpAddr,
}

impl Peer {
    /// Of a connection from `socket` and what its request says, where these networks are of our own proxies.
    pub fn of(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Peer {
        let is_ours = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut address = socket.to_canonical();
        if is_ours(&address) {
            let written: Vec<&str> = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok()).collect();
            let hops = written.iter().rev().flat_map(|line| line.rsplit(','));
            for hop in hops.take(HOPS_MAX) {
                // What cannot be read was written by nobody of ours; the proxy that passed it on is the last we know.
                let Some(hop) = read(hop.trim()) else { break };
                address = hop;
                if !is_ours(&address) {
                    break;
                }
            }
        }
        Peer { address }
    }

    /// Whether a connection comes from a proxy of ours: it holds those of many clients.
    pub fn is_proxy(socket: IpAddr, trusted: &[IpNet]) -> bool {
        trusted.iter().any(|network| network.contains(&socket.to_canonical()))
    }
}

/// An address, with a port where a proxy writes one.
fn read(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().ok();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    plain.or_else(bracketed).or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(socket: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        Peer::of(socket.parse().unwrap(), &headers, &trusted).address.to_string()
    }

    #[test]
    fn a_header_counts_where_a_proxy_of_ours_wrote_it_and_from_the_right() {
        let proxies = ["10.0.0.0/8", "fd00::/8"];
        for (socket, forwarded, trusted, expected) in [
            // Without proxies of ours, and from elsewhere, the header is the client's own word.
            ("192.0.2.7", vec!["203.0.113.9"], vec![], "192.0.2.7"),
            ("192.0.2.7", vec!["203.0.113.9"], proxies.to_vec(), "192.0.2.7"),
            ("10.0.0.1", vec![], proxies.to_vec(), "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.9"], proxies.to_vec(), "203.0.113.9"),
            ("::ffff:10.0.0.1", vec!["::ffff:203.0.113.9"], proxies.to_vec(), "203.0.113.9"),
            ("fd00::1", vec!["2001:db8::7"], proxies.to_vec(), "2001:db8::7"),
            // Whatever the client wrote stands to the left of what the proxy saw.
            ("10.0.0.1", vec!["198.51.100.1, 127.0.0.1, 203.0.113.9"], proxies.to_vec(), "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.1", "203.0.113.9"], proxies.to_vec(), "203.0.113.9"),
            ("10.0.0.1", vec!["10.0.0.66, 203.0.113.9"], proxies.to_vec(), "203.0.113.9"),
            ("10.0.0.1", vec!["203.0.113.9", "10.0.0.2,10.0.0.3"], proxies.to_vec(), "203.0.113.9"),
            // Nothing but our own proxies, or what cannot be read: the last that we know.
            ("10.0.0.1", vec!["10.0.0.3, 10.0.0.2"], proxies.to_vec(), "10.0.0.3"),
            ("10.0.0.1", vec!["203.0.113.9, unknown"], proxies.to_vec(), "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.9, , 10.0.0.2"], proxies.to_vec(), "10.0.0.2"),
            ("10.0.0.1", vec!["203.0.113.9:4711"], proxies.to_vec(), "203.0.113.9"),
            ("10.0.0.1", vec!["[2001:db8::7]:4711"], proxies.to_vec(), "2001:db8::7"),
            ("10.0.0.1", vec!["[2001:db8::7]"], proxies.to_vec(), "2001:db8::7"),
        ] {
            assert_eq!(peer(socket, &forwarded, &trusted), expected, "{socket} {forwarded:?}");
        }
    }

    #[test]
    fn a_header_without_end_is_not_followed_without_end() {
        let long = vec!["10.0.0.9"; 5_000].join(",");
        assert_eq!(peer("10.0.0.1", &[&format!("203.0.113.9,{long}")], &["10.0.0.0/8"]), "10.0.0.9");
    }
}
