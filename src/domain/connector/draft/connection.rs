//! A connection for a draft: its settings by reference, and the one host it may call.

use super::Draft;
use super::yaml::{quoted, text};
use url::{Host, Url};

/// Stands where no description says where the system is.
const SOMEWHERE: &str = "https://partner.example";

/// `config/connections/ID_main.yaml`.
pub(super) fn connection(draft: &Draft) -> String {
    let base = draft.base_url.as_deref().unwrap_or(SOMEWHERE);
    let mut out = format!("format: 1\nconnection: {}\nconnector: {}\nenvironment: test\nsettings:\n", draft.connection(), draft.id);
    for setting in draft.settings() {
        let value = match (setting.name.as_str(), setting.secret) {
            ("base_url", _) => quoted(base),
            (name, true) => format!("{{secret: env/{}}}", variable(&draft.id, name)),
            ("user", false) if draft.user.is_some() => text(draft.user.as_deref().unwrap_or_default()),
            (name, false) => quoted(&format!("{name} of the hub at the partner")),
        };
        out += &format!("  {}: {value}\n", setting.name);
    }
    if draft.base_url.is_none() {
        out += "# Open: where the system is; `base_url` above and `allow` below.\n";
    }
    out + &format!("egress: {{allow: [{}]}}\n", allowed(base))
}

/// The environment variable that holds a secret.
pub(super) fn variable(id: &str, setting: &str) -> String {
    format!("WAYBILL_{}_{}", id.to_ascii_uppercase(), setting.to_ascii_uppercase())
}

/// A loopback name needs its network named too: what a name leads to is looked at.
pub(super) fn allowed(base: &str) -> String {
    let url = Url::parse(base).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => format!("{address}/32"),
        Some(Host::Ipv6(address)) => quoted(&format!("{address}/128")),
        Some(Host::Domain("localhost")) => "localhost, 127.0.0.1/32".to_owned(),
        Some(Host::Domain(host)) => text(host),
        None => "partner.example".to_owned(),
    }
}
