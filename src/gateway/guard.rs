//! The egress guard where names become addresses: every address is checked, and only checked ones are connected to.

use super::send::Unanswered;
use crate::domain::connector::Failure;
use crate::domain::connector::egress::{Egress, EgressPolicy, EgressRefusal};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The guard of one connection. The resolver is asked for a name without a port, so the ports that the URLs of a name
/// passed with are kept: an address must be allowed for all of them.
#[derive(Debug)]
pub struct Guard {
    egress: Egress,
    policy: Arc<EgressPolicy>,
    ports: Mutex<BTreeMap<String, BTreeSet<u16>>>,
}

impl Guard {
    /// A guard.
    pub fn new(egress: Egress, policy: Arc<EgressPolicy>) -> Guard {
        Guard { egress, policy, ports: Mutex::new(BTreeMap::new()) }
    }

    /// Checks a URL before it is asked for, and remembers its port for the resolver.
    pub fn check(&self, url: &Url) -> Result<(), EgressRefusal> {
        self.egress.check_url(url, &self.policy)?;
        if let (Some(url::Host::Domain(name)), Some(port)) = (url.host(), url.port_or_known_default()) {
            let mut ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
            let known = ports.get(name).is_some_and(|known| known.contains(&port));
            if !known {
                ports.entry(name.to_owned()).or_default().insert(port);
            }
        }
        Ok(())
    }

    /// The addresses of a host that may be connected to, for kinds that are not spoken to by URL.
    pub async fn reach(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Unanswered> {
        let refused = |refusal: EgressRefusal| Unanswered { failure: Failure::Egress, message: refusal.to_string(), status: None };
        let named = self.egress.check_host(host, port, &self.policy).map_err(refused)?;
        let found = tokio::net::lookup_host((host, port)).await;
        let found = found.map_err(|_| Unanswered {
            failure: Failure::Dns,
            message: format!("the name `{host}` is not known here"),
            status: None,
        })?;
        let (mut vetted, mut refusal) = (Vec::new(), EgressRefusal::BadUrl);
        for address in found {
            match self.egress.check_address(named, address.ip(), port, &self.policy) {
                Ok(()) => vetted.push(address),
                Err(error) => refusal = error,
            }
        }
        if vetted.is_empty() { Err(refused(refusal)) } else { Ok(vetted) }
    }

    fn vet(&self, name: &str, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, EgressRefusal> {
        let ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or_default();
        let mut vetted = Vec::with_capacity(addresses.len());
        let mut refusal = EgressRefusal::BadUrl;
        for address in addresses {
            // A name nobody checked has no port: nothing is reached through it.
            let verdicts = ports.iter().map(|port| self.egress.check_resolved(name, *address, *port, &self.policy));
            match verdicts.collect::<Result<Vec<()>, _>>() {
                Ok(verdicts) if !verdicts.is_empty() => vetted.push(*address),
                Ok(_) => {}
                Err(error) => refusal = error,
            }
        }
        if vetted.is_empty() { Err(refusal) } else { Ok(vetted) }
    }
}

/// The resolver of one connection's client.
#[derive(Clone, Debug)]
pub struct GuardedResolver(pub Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<IpAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.map(|address| address.ip()).collect();
            let vetted = guard.vet(&name, &found)?;
            // Port 0 is replaced by the URL's.
            Ok(Box::new(vetted.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::binding::EgressRule;

    fn guard(rules: &[&str]) -> Guard {
        let rules = rules.iter().map(|rule| EgressRule::parse(rule).unwrap()).collect();
        Guard::new(Egress { rules, allow_http: true }, Arc::new(EgressPolicy::default()))
    }

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn only_vetted_addresses_come_back() {
        let guard = guard(&["erp.example"]);
        guard.check(&Url::parse("https://erp.example/").unwrap()).unwrap();
        let mixed = addresses(&["169.254.169.254", "93.184.216.34", "127.0.0.1", "10.0.0.1", "::1"]);
        assert_eq!(guard.vet("erp.example", &mixed), Ok(addresses(&["93.184.216.34"])));
        assert!(guard.vet("erp.example", &addresses(&["169.254.169.254"])).is_err());
    }

    #[test]
    fn a_name_that_no_url_passed_with_leads_nowhere() {
        let guard = guard(&["erp.example"]);
        assert!(guard.vet("erp.example", &addresses(&["93.184.216.34"])).is_err());
    }

    #[test]
    fn an_address_is_allowed_for_every_port_of_the_name() {
        let guard = guard(&["erp.example", "10.0.0.0/8", "192.168.0.0/16"]);
        guard.check(&Url::parse("https://erp.example/").unwrap()).unwrap();
        assert_eq!(guard.vet("erp.example", &addresses(&["10.0.0.1"])), Ok(addresses(&["10.0.0.1"])));
    }
}
