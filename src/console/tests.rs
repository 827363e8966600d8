use super::*;

fn asked(path: &str, accept: &str) -> Option<Response> {
    let mut headers = HeaderMap::new();
    if !accept.is_empty() {
        headers.insert(header::ACCEPT, accept.parse().unwrap());
    }
    answer(&Method::GET, path, &headers)
}

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[test]
fn browsers_get_the_page_and_others_are_told_that_there_is_nothing() {
    for path in ["/", "/docs", "/docs/01920000-0000-7000-8000-000000000001?tab=data", "/ops/batches/1"] {
        let response = asked(path, BROWSER).unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
    }
    for (path, accept) in [
        ("/", "*/*"),
        ("/docs", ""),
        ("/docs", "application/json"),
        ("/api/v1/nothing", BROWSER),
        ("/api", BROWSER),
        ("/hooks/x", BROWSER),
        ("/assets/gone-1234.js", BROWSER),
    ] {
        assert!(asked(path, accept).is_none(), "{path} {accept}");
    }
    assert!(answer(&Method::POST, "/docs", &HeaderMap::new()).is_none());
}

#[test]
fn each_answer_has_a_nonce_of_its_own_and_nothing_unsafe() {
    let policy = || asked("/", BROWSER).unwrap().headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let (first, second) = (policy(), policy());
    assert_ne!(first, second);
    assert!(!first.contains("unsafe") && first.contains("default-src 'none'"), "{first}");
}

#[tokio::test]
async fn the_nonce_of_the_header_stands_in_the_page() {
    let response = asked("/", BROWSER).unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let nonce = policy.split_once("'nonce-").unwrap().1.split('\'').next().unwrap().to_owned();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains(&nonce) && !text.contains("__WAYBILL_NONCE__"), "{text}");
}

#[test]
fn files_are_kept_for_ever_and_come_packed() {
    let Some(script) = files::FILES.iter().find(|file| file.path.starts_with("assets/") && file.path.ends_with(".js")) else {
        // A build without the console has none; then it must say why.
        assert!(missing().is_some());
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_ENCODING, "gzip, br".parse().unwrap());
    let response = answer(&Method::GET, &format!("/{}", script.path), &headers).unwrap();
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
}

#[tokio::test]
async fn phones_get_a_page_of_their_own_with_the_same_policy() {
    let text = async |path: &str| {
        let response = asked(path, BROWSER).unwrap();
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    };
    let (console, phone) = (text("/tasks").await, text("/a/01920000-0000-7000-8000-000000000001").await);
    if missing().is_none() {
        assert!(phone.contains("/assets/approve-") && !console.contains("/assets/approve-"), "{phone}");
    }
    assert!(!phone.contains("__WAYBILL_NONCE__"));
    assert!(asked("/approve.html", "*/*").is_none(), "a page without its policy is no file to be had");
}
