//! The session's cookie, and which pages may make a browser send it with a change.

use axum::http::HeaderValue;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use url::Url;

use crate::app::access::Secret;

/// With this prefix a browser takes the cookie only over TLS, for this host alone and for all its paths.
const SECURE_NAME: &str = "__Host-waybill";
/// Where there is no TLS: a hub on one's own machine.
const PLAIN_NAME: &str = "waybill";
/// What a browser holds while its person is at an identity provider.
const SECURE_PENDING: &str = "__Host-waybill-sign-in";
const PLAIN_PENDING: &str = "waybill-sign-in";

/// How sessions travel.
#[derive(Clone, Debug)]
pub struct Cookies {
    secure: bool,
    /// Where browsers reach the hub, when somebody said so.
    public: Option<Url>,
}

impl Cookies {
    /// Cookies of a hub that is reached at `public_url`. Without one it is taken to stand behind TLS, unless it listens on
    /// this machine alone.
    pub fn new(public: Option<Url>, loopback: bool) -> Self {
        let secure = public.as_ref().map_or(!loopback, |url| url.scheme() == "https");
        Self { secure, public }
    }

    fn name(&self) -> &'static str {
        if self.secure { SECURE_NAME } else { PLAIN_NAME }
    }

    fn pending(&self) -> &'static str {
        if self.secure { SECURE_PENDING } else { PLAIN_PENDING }
    }

    /// The header that gives a browser its session.
    pub fn give(&self, secret: &Secret, seconds: i64) -> Option<HeaderValue> {
        self.header(self.name(), secret.text(), seconds)
    }

    /// The header that takes it away.
    pub fn take(&self) -> Option<HeaderValue> {
        self.header(self.name(), "", 0)
    }

    /// The header that gives a browser what it brings back from an identity provider. A person comes back from another site,
    /// by a link: `SameSite=Lax` lets that through and nothing else.
    pub fn give_pending(&self, secret: &Secret, seconds: i64) -> Option<HeaderValue> {
        self.header(self.pending(), secret.text(), seconds)
    }

    /// The header that takes it away.
    pub fn take_pending(&self) -> Option<HeaderValue> {
        self.header(self.pending(), "", 0)
    }

    /// What a browser brings back from an identity provider.
    pub fn read_pending(&self, headers: &HeaderMap) -> Option<Secret> {
        read(self.pending(), headers)
    }

    /// Where a one-time link leads. Its secret stands behind `#`: browsers send that to nobody.
    pub fn link(&self, secret: &Secret) -> String {
        let base = self.public.as_ref().map(|url| url.as_str().trim_end_matches('/')).unwrap_or_default();
        format!("{base}/sign-in#link={}", secret.text())
    }

    fn header(&self, name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The session that a request brings. Two cookies of this name are none: one of them is not ours.
    pub fn read(&self, headers: &HeaderMap) -> Option<Secret> {
        read(self.name(), headers)
    }

    /// Whether a request that brings the cookie comes from a page of this hub, as far as it changes anything. Browsers say
    /// with every such request where it comes from; one that does not say is no browser, and should bring a token.
    pub fn from_here(&self, parts: &Parts) -> bool {
        if matches!(parts.method, Method::GET | Method::HEAD) {
            return true;
        }
        let told = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        match told("origin") {
            Some(origin) => self.is_ours(origin, told("host")),
            None => told("sec-fetch-site") == Some("same-origin"),
        }
    }

    fn is_ours(&self, origin: &str, host: Option<&str>) -> bool {
        let Ok(origin) = Url::parse(origin) else { return false };
        if self.public.as_ref().is_some_and(|public| public.origin() == origin.origin()) {
            return true;
        }
        // A browser sets `Host` to where it sends the request; a page elsewhere cannot make it say anything else.
        let Some(here) = host.and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok()) else { return false };
        (origin.scheme() == "https" || !self.secure) && here.origin() == origin.origin()
    }
}

fn read(wanted: &str, headers: &HeaderMap) -> Option<Secret> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    let value = ours.next()?;
    if ours.next().is_some() { None } else { Secret::read(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TenantId;

    fn request(method: Method, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().method(method).uri("/api/v1/users");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_cookie_is_for_tls_unless_the_hub_is_on_ones_own_machine() {
        let url = |text: &str| Some(Url::parse(text).unwrap());
        for (public, loopback, name) in [
            (None, true, PLAIN_NAME),
            (None, false, SECURE_NAME),
            (url("https://hub.example"), true, SECURE_NAME),
            (url("http://hub.example"), false, PLAIN_NAME),
        ] {
            assert_eq!(Cookies::new(public, loopback).name(), name);
        }
        let cookies = Cookies::new(None, false);
        let text = cookies.take().unwrap();
        assert_eq!(text, "__Host-waybill=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    }

    #[test]
    fn one_cookie_is_read_and_two_are_none() {
        let cookies = Cookies::new(None, false);
        let secret = "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::COOKIE, value.parse().unwrap());
            }
            cookies.read(&headers).map(|secret| secret.tenant())
        };
        let ours = format!("__Host-waybill={secret}");
        assert_eq!(read(&[&format!("other=1; {ours}; more=2")]), Some(TenantId(1)));
        assert_eq!(read(&[&format!("{ours}; {ours}")]), None);
        assert_eq!(read(&[&ours, &ours]), None);
        assert_eq!(read(&[&format!("waybill={secret}")]), None, "the name without the prefix proves nothing");
        assert_eq!(read(&["__Host-waybill=nonsense"]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn changes_come_from_our_own_pages_only() {
        let cookies = Cookies::new(Some(Url::parse("https://hub.example").unwrap()), false);
        for (headers, expected) in [
            (vec![("origin", "https://hub.example")], true),
            (vec![("origin", "https://hub.example:443"), ("host", "10.0.0.7:8480")], true),
            (vec![("origin", "https://inner.example:8480"), ("host", "inner.example:8480")], true),
            (vec![("origin", "http://inner.example:8480"), ("host", "inner.example:8480")], false),
            (vec![("origin", "https://evil.example"), ("host", "hub.example")], false),
            (vec![("origin", "https://hub.example.evil.example"), ("host", "hub.example")], false),
            (vec![("origin", "null"), ("host", "hub.example")], false),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin"), ("host", "hub.example")], false),
            (vec![("host", "hub.example")], false),
        ] {
            assert_eq!(cookies.from_here(&request(Method::POST, &headers)), expected, "{headers:?}");
            assert!(cookies.from_here(&request(Method::GET, &headers)), "reading is what links do");
        }
        let local = Cookies::new(None, true);
        let own = [("origin", "http://127.0.0.1:8480"), ("host", "127.0.0.1:8480")];
        assert!(local.from_here(&request(Method::DELETE, &own)));
        assert!(!local.from_here(&request(Method::PUT, &[("origin", "http://127.0.0.1:9"), ("host", "127.0.0.1:8480")])));
    }
}
