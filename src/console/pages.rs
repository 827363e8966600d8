//! The pages, with the headers that bound what it may load.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use http::{HeaderName, HeaderValue, header};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::files;

/// Stands in the built page wherever a nonce belongs; a fresh one replaces it in each answer.
const PLACE_OF_NONCE: &str = "__WAYBILL_NONCE__";
/// Shown where this binary has no console.
const WITHOUT: &str = include_str!("without.html");

/// The page under a path.
pub fn page(path: &str) -> Response {
    let nonce = nonce();
    let given = nonce.as_deref().unwrap_or_default();
    let text = files::page(path).map_or_else(|| without(given), |page| page.replace(PLACE_OF_NONCE, given));
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    if let Ok(policy) = HeaderValue::from_str(&policy(nonce.as_deref())) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Nothing from elsewhere, nothing inline but style elements with this answer's nonce, no frame around it, no form out of it.
fn policy(nonce: Option<&str>) -> String {
    let styles = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// What nobody can guess. Where the system gives no randomness there is none, and style elements are refused.
fn nonce() -> Option<String> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn without(nonce: &str) -> String {
    let why = files::MISSING.unwrap_or("it was not built").replace('&', "&amp;").replace('<', "&lt;");
    WITHOUT.replace(PLACE_OF_NONCE, nonce).replace("__WHY__", &why)
}
