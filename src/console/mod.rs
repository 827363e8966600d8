//! The console's files, embedded in the binary and answered to browsers.
//!
//! Owns: which path is which file, caching, compression, and the headers that keep the pages from loading or running
//! anything that is not ours. It knows nothing of the hub: the pages speak the API like any other client. `build.rs` builds
//! what is embedded; where that was not possible, a page says how to get it.

mod encoding;
mod files;
mod pages;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use files::File;

/// Why this binary has no console, when it has none.
pub fn missing() -> Option<&'static str> {
    files::MISSING
}

/// What a browser gets under a path that is none of the API's; none where the console has nothing to say.
///
/// Pages are told apart by the client, so every path that a browser asks a page of is the same page, but for the one that
/// phones open. Whoever does not ask
/// for HTML is no browser and is not given any.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    if method != Method::GET && method != Method::HEAD || reserved(path) {
        return None;
    }
    if let Some(file) = files::find(path.trim_start_matches('/')) {
        return Some(asset(file, headers));
    }
    // A file that is not there must not come as a page with status 200: an old tab would run it as a script.
    if path.starts_with("/assets/") || !wants_html(headers) {
        return None;
    }
    Some(pages::page(path))
}

/// Paths that are the API's and the partners', whether or not there is something under them.
fn reserved(path: &str) -> bool {
    ["/api/", "/hooks/"].iter().any(|prefix| path.starts_with(prefix)) || path == "/api" || path == "/hooks"
}

fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().to_ascii_lowercase().starts_with("text/html"))
}

fn asset(file: &'static File, headers: &HeaderMap) -> Response {
    let (body, encoding) = encoding::pick(file, headers);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::OK;
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_TYPE, HeaderValue::from_static(files::content_type(file.path)));
    // Names under `assets/` carry a hash of their content.
    let caching = if file.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answered.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answered.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(encoding) = encoding {
        answered.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

#[cfg(test)]
mod tests;
