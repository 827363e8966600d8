//! Systems outside that a part of the configuration names by URL: which are taken, and where they may be reached.

use url::{Host, Url};

use crate::domain::binding::EgressRule;
use crate::domain::diagnostic::Report;
use crate::domain::text::tree::Node;

/// A URL over TLS, or of this machine itself; none where it is another one.
pub(super) fn secure(text: &str) -> Option<Url> {
    let here = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let fits = |url: &Url| url.has_host() && url.query().is_none() && (url.scheme() == "https" || (url.scheme() == "http" && here(url)));
    Url::parse(text).ok().filter(fits)
}

/// What stands under `egress`; the host and port of the URL where nothing does. `such` is a host as it may be written.
pub(super) fn egress(node: &Node, url: &Url, such: &str, path: &str, report: &mut Report) -> Vec<EgressRule> {
    let Some(list) = node.get("egress") else {
        let host = url.host_str().unwrap_or_default();
        return url.port_or_known_default().and_then(|port| EgressRule::parse(&format!("{host}:{port}"))).into_iter().collect();
    };
    let rule = |node: &Node| {
        let rule = node.text().and_then(EgressRule::parse);
        if rule.is_none() {
            report
                .error("bad_value", node.span, "this is no host or network")
                .at(format!("{path}.egress"))
                .hint(format!("write for example `{such}` or `10.1.0.0/16`"));
        }
        rule
    };
    list.items().iter().filter_map(rule).collect()
}
