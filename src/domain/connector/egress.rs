//! Where a connection may reach: its allow-list, and what is never reached whatever the list says.
//!
//! ERPs live on private networks, so private addresses are not refused as such, but they must be named as a network: a
//! name alone opens public addresses only, so that nobody who can change a name's address can lead us inside. Both the
//! written host and every resolved address are asked about.

use crate::domain::binding::EgressRule;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// The allow-list of a connection; an empty one allows nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Egress {
    /// The entries, any of which may allow.
    pub rules: Vec<EgressRule>,
    /// Whether plain `http` may be spoken: only where the connection's own settings do.
    pub allow_http: bool,
}

/// What the deployment as a whole decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    /// Whether loopback may be reached, where a connection names it; for trials and tests.
    pub allow_loopback: bool,
    /// Our own database, broker and admin addresses: never reached through a connector.
    pub own: Vec<(IpAddr, u16)>,
}

/// Why a destination is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressRefusal {
    /// Not an absolute URL.
    #[error("the URL cannot be read")]
    BadUrl,
    /// Neither `https` nor an allowed `http`.
    #[error("the scheme `{0}` is not allowed")]
    Scheme(String),
    /// User or password in the URL.
    #[error("the URL holds a user or password")]
    UserInfo,
    /// The host is not on the list.
    #[error("`{0}:{1}` is not on the connection's egress list")]
    Host(String, u16),
    /// The address is not public and not in a named network.
    #[error("the address {0} is private, and no network of the connection's egress list holds it")]
    Network(IpAddr),
    /// An address that is never reached.
    #[error("the address {0} is never reached: {1}")]
    Blocked(IpAddr, &'static str),
}

/// A URL that passed, and whether its host itself is named (else every address must be in a named network).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named(bool);

impl Egress {
    /// Whether the URL may be asked for at all; a literal address is checked here, since no resolver sees it.
    ///
    /// # Errors
    /// When it may not.
    pub fn check_url(&self, url: &Url, policy: &EgressPolicy) -> Result<Named, EgressRefusal> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            scheme => return Err(EgressRefusal::Scheme(scheme.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressRefusal::UserInfo);
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(EgressRefusal::BadUrl);
        };
        let literal = match host {
            Host::Domain(name) => return self.check_name(name, port),
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
        };
        self.check_address(Named(false), literal, port, policy)?;
        Ok(Named(false))
    }

    /// The same for a host and port that stand in no URL of HTTP.
    ///
    /// # Errors
    /// When it may not be reached.
    pub fn check_host(&self, host: &str, port: u16, policy: &EgressPolicy) -> Result<Named, EgressRefusal> {
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => self.check_address(Named(false), address, port, policy).map(|()| Named(false)),
            Err(_) => self.check_name(host, port),
        }
    }

    fn check_name(&self, name: &str, port: u16) -> Result<Named, EgressRefusal> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if self.rules.iter().any(|rule| rule.allows_name(&name, port)) {
            return Ok(Named(true));
        }
        // A name that is not named may still lead into a network that is; its addresses decide.
        let has_network = self.rules.iter().any(|rule| matches!(rule.host, crate::domain::binding::Host::Network(_)));
        if has_network { Ok(Named(false)) } else { Err(EgressRefusal::Host(name, port)) }
    }

    /// Whether one address may be connected to, given whether its host is named.
    ///
    /// # Errors
    /// When it may not.
    pub fn check_address(&self, named: Named, address: IpAddr, port: u16, policy: &EgressPolicy) -> Result<(), EgressRefusal> {
        let address = canonical(address);
        if let Some(why) = blocked(address, policy) {
            return Err(EgressRefusal::Blocked(address, why));
        }
        if policy.own.iter().any(|(own, own_port)| canonical(*own) == address && *own_port == port) {
            return Err(EgressRefusal::Blocked(address, "it is our own database, broker or admin address"));
        }
        if self.rules.iter().any(|rule| rule.allows_address(address, port)) {
            return Ok(());
        }
        match (named.0, is_private(address)) {
            (true, false) => Ok(()),
            (true, true) => Err(EgressRefusal::Network(address)),
            (false, _) => Err(EgressRefusal::Host(address.to_string(), port)),
        }
    }

    /// Whether a name may be connected to at this address, as a resolver asks.
    ///
    /// # Errors
    /// When it may not.
    pub fn check_resolved(&self, name: &str, address: IpAddr, port: u16, policy: &EgressPolicy) -> Result<(), EgressRefusal> {
        let named = self.check_name(name, port)?;
        self.check_address(named, address, port, policy)
    }
}

/// Addresses of nobody in particular: RFC 1918, carrier-grade NAT, unique local, loopback.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let octets = four.octets();
            four.is_private()
                || four.is_loopback()
                || (octets[0] == 100 && octets[1] & 0xc0 == 64)
                || (octets[0] == 198 && octets[1] & 0xfe == 18)
        }
        IpAddr::V6(six) => six.is_loopback() || six.segments()[0] & 0xfe00 == 0xfc00,
    }
}

/// IPv4 written inside IPv6 is that IPv4 address.
fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn blocked(address: IpAddr, policy: &EgressPolicy) -> Option<&'static str> {
    if address.is_loopback() {
        return (!policy.allow_loopback).then_some("loopback");
    }
    match address {
        IpAddr::V4(four) => blocked_v4(four),
        IpAddr::V6(six) => blocked_v6(six),
    }
}

fn blocked_v4(address: Ipv4Addr) -> Option<&'static str> {
    let octets = address.octets();
    if address == Ipv4Addr::new(100, 100, 100, 200) || address == Ipv4Addr::new(169, 254, 169, 254) {
        Some("it is a cloud's metadata service")
    } else if address.is_link_local() {
        Some("link-local")
    } else if octets[0] == 0 {
        Some("unspecified")
    } else if address.is_multicast() {
        Some("multicast")
    } else if octets[0] >= 240 {
        Some("reserved or broadcast")
    } else {
        None
    }
}

fn blocked_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    if address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) {
        Some("it is a cloud's metadata service")
    } else if segments[0] & 0xffc0 == 0xfe80 || segments[0] & 0xffc0 == 0xfec0 {
        Some("link-local")
    } else if address.is_multicast() {
        Some("multicast")
    } else if segments[0] == 0x2002 || (segments[0] == 0x2001 && segments[1] == 0) {
        Some("it carries another address inside (6to4, Teredo)")
    } else if segments[0] == 0x64 && segments[1] == 0xff9b {
        Some("it carries another address inside (NAT64)")
    } else if segments[..6] == [0; 6] {
        Some("unspecified, or it carries another address inside")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rules: &[&str]) -> Egress {
        Egress { rules: rules.iter().map(|rule| EgressRule::parse(rule).unwrap()).collect(), allow_http: true }
    }

    fn check(egress: &Egress, url: &str) -> Result<Named, EgressRefusal> {
        egress.check_url(&Url::parse(url).unwrap(), &EgressPolicy::default())
    }

    #[test]
    fn an_empty_list_allows_nothing() {
        assert!(check(&list(&[]), "https://erp.example/").is_err());
        assert!(check(&list(&[]), "https://93.184.216.34/").is_err());
    }

    #[test]
    fn names_and_ports() {
        let egress = list(&["erp.example:443", "*.oa.example", "db.example:8443"]);
        // url, allowed
        let table = [
            ("https://erp.example/x", true),
            ("http://erp.example/x", false),
            ("https://ERP.example./x", true),
            ("https://erp.example:8443/", false),
            ("https://db.example:8443/", true),
            ("https://db.example/", false),
            ("https://a.oa.example/", true),
            ("https://oa.example/", false),
            ("https://evil-oa.example/", false),
            ("https://xoa.example/", false),
            ("https://erp.example.evil.example/", false),
            ("https://user:pw@erp.example/", false),
            ("ftp://erp.example/", false),
            ("https://93.184.216.34/", false),
        ];
        for (url, allowed) in table {
            assert_eq!(check(&egress, url).is_ok(), allowed, "{url}: {:?}", check(&egress, url));
        }
        let strict = Egress { allow_http: false, ..egress };
        assert_eq!(check(&strict, "http://a.oa.example/"), Err(EgressRefusal::Scheme("http".into())));
    }

    #[test]
    fn literals_are_seen_through_every_disguise() {
        let everything = list(&["0.0.0.0/0", "::/0"]);
        let disguises = [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[::127.0.0.1]/",
            "http://0.0.0.0/",
            "http://0/",
            "http://[::]/",
            "http://169.254.169.254/latest/meta-data",
            "http://169.254.1.1/",
            "http://100.100.100.200/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[ff02::1]/",
            "http://[2002:7f00:1::]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2001:0:1::1]/",
        ];
        for url in disguises {
            assert!(matches!(check(&everything, url), Err(EgressRefusal::Blocked(..))), "{url}: {:?}", check(&everything, url));
        }
        for url in ["http://10.0.0.5/", "http://192.168.1.1:8069/", "http://100.64.0.1/", "http://[fd00::1]/", "http://93.184.216.34/"] {
            assert!(check(&everything, url).is_ok(), "{url}");
        }
    }

    #[test]
    fn loopback_wants_the_flag_and_the_network() {
        let own = vec![("127.0.0.1".parse().unwrap(), 5432)];
        let policy = EgressPolicy { allow_loopback: true, own };
        let check = |rules: &[&str], url: &str| list(rules).check_url(&Url::parse(url).unwrap(), &policy).is_ok();
        assert!(check(&["127.0.0.1/32"], "http://127.0.0.1:7101/"));
        assert!(!check(&["erp.example"], "http://127.0.0.1:7101/"));
        assert!(!check(&["127.0.0.1:7102"], "http://127.0.0.1:7101/"));
        assert!(!check(&["127.0.0.1/32"], "http://127.0.0.1:5432/"), "our own port stays closed");
        assert!(!check(&["0.0.0.0/0"], "http://169.254.169.254/"));
    }

    #[test]
    fn a_name_alone_opens_public_addresses_only() {
        let policy = EgressPolicy::default();
        // rules, resolved address, allowed
        let table: &[(&[&str], &str, bool)] = &[
            (&["erp.example"], "93.184.216.34", true),
            (&["erp.example"], "10.1.2.3", false),
            (&["erp.example"], "::ffff:10.1.2.3", false),
            (&["erp.example"], "100.64.0.7", false),
            (&["erp.example"], "fd00::7", false),
            (&["erp.example", "10.0.0.0/8"], "10.1.2.3", true),
            (&["10.0.0.0/8"], "10.1.2.3", true),
            (&["10.0.0.0/8"], "93.184.216.34", false),
            (&["other.example"], "93.184.216.34", false),
            (&["erp.example", "0.0.0.0/0"], "127.0.0.1", false),
        ];
        for (rules, address, allowed) in table {
            let result = list(rules).check_resolved("erp.example", address.parse().unwrap(), 443, &policy);
            assert_eq!(result.is_ok(), *allowed, "{rules:?} {address}: {result:?}");
        }
    }
}
