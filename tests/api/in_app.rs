//! Signing in inside DingTalk, Feishu and WeCom against the vendors' mocks.

use mock_systems::{ClockKind, vendors};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;
use waybill::app::access::in_app::AppOptions;
use waybill::domain::access::in_app::Scheme;
use waybill::domain::binding::EgressRule;
use waybill::domain::connector::egress::{Egress, EgressPolicy};
use waybill::gateway::{ClientLogin, ProviderReach};

use crate::sign_in::{Browser, PASSWORD, added, owned_with};
use crate::support::{Door, Setup};

/// A scheme, the app as its mock knows it, and somebody there.
const APPS: [(&str, &str, &str, &str); 3] = [
    ("dingtalk", "dingmockapp0001", "mock-dingtalk-app-secret", "0142"),
    ("feishu", "cli_mock0001", "mock-feishu-app-secret", "f1004"),
    ("wecom", "wwmockcorp000001", "mock-wecom-corp-secret", "ZhaoMin"),
];

async fn mock(scheme: &str) -> vendors::Running {
    vendors::start(scheme, 0, ClockKind::Real).await.unwrap()
}

fn options(scheme: &str, url: &str, id: &str, secret: &str) -> AppOptions {
    let host = url.trim_start_matches("http://");
    AppOptions {
        name: scheme.to_owned(),
        title: scheme.to_uppercase(),
        scheme: Scheme::of(scheme).unwrap(),
        base: Url::parse(url).unwrap(),
        client: ClientLogin { id: id.to_owned(), secret: Some(SecretString::from(secret)) },
        reach: ProviderReach {
            egress: Egress { rules: vec![EgressRule::parse(host).unwrap()], allow_http: true },
            policy: EgressPolicy { allow_loopback: true, own: Vec::new() },
            ca: None,
        },
    }
}

/// A code, as a page inside the app gets it for whoever has it open.
async fn code(door: &Door, mock: &vendors::Running, user: &str) -> String {
    let request = door.client.post(format!("{}/__mock/codes", mock.url())).body(json!({"user": user}).to_string());
    let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    answer["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_code_of_the_app_lets_in_who_is_linked_and_counts_once() {
    for (scheme, id, secret, user) in APPS {
        let vendor = mock(scheme).await;
        let door = owned_with(Setup { apps: vec![options(scheme, &vendor.url(), id, secret)], ..Setup::default() }).await;
        let path = format!("/api/v1/sign-in/apps/{scheme}");
        let offer = door.get("/api/v1/sign-in").await.1;
        assert_eq!((&offer["apps"][0]["scheme"], &offer["apps"][0]["client_id"]), (&json!(scheme), &json!(id)));
        let mut owner = Browser::new(&door);
        assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);

        // Somebody whom the vendor knows and nobody has linked here stays outside.
        let mut browser = Browser::new(&door);
        let (status, body) = browser.post(&path, json!({"code": code(&door, &vendor, user).await})).await;
        assert_eq!((status, body["code"].as_str()), (403, Some("not_admitted")), "{scheme}: {body}");

        let (zhao, _) = added(&mut owner, "zhao", json!([{"role": "approver"}])).await;
        let zhao = zhao["id"].as_str().unwrap().to_owned();
        let linked = json!({"provider": scheme, "subject": user});
        let (status, body) = owner.post(&format!("/api/v1/users/{zhao}/identities"), linked).await;
        assert_eq!(status, 201, "{scheme}: {body}");
        let first = code(&door, &vendor, user).await;
        let (status, body) = browser.post(&path, json!({"code": first})).await;
        assert_eq!((status, body["name"].as_str()), (200, Some("zhao")), "{scheme}: {body}");
        let me = browser.get("/api/v1/me").await;
        assert_eq!((me.0, me.1["name"].as_str()), (200, Some("zhao")), "{scheme}: {}", me.1);

        // The same code again, a made-up one, none, and one from a page elsewhere.
        let mut other = Browser::new(&door);
        for bad in [first, "made-up".to_owned()] {
            let (status, body) = other.post(&path, json!({"code": bad})).await;
            assert_eq!((status, body["code"].as_str()), (401, Some("provider_denied")), "{scheme}: {body}");
        }
        assert_eq!(other.post(&path, json!({})).await.0, 422, "{scheme}");
        let fresh = code(&door, &vendor, user).await;
        let body = json!({"code": fresh});
        let foreign = other.request(Method::POST, &path, Some(&body)).header("origin", "https://evil.example");
        assert_eq!(foreign.send().await.unwrap().status(), 403, "{scheme}: no page elsewhere signs anybody in");

        // A disabled account, and a vendor that refuses the app.
        assert_eq!(owner.post(&format!("/api/v1/users/{zhao}/disable"), json!({})).await.0, 200, "{scheme}");
        let (status, body) = other.post(&path, json!({"code": code(&door, &vendor, user).await})).await;
        assert_eq!((status, body["code"].as_str()), (403, Some("not_admitted")), "{scheme}: {body}");
        let audit = owner.get("/api/v1/audit?limit=100").await.1;
        let lines: Vec<&Value> = audit["items"].as_array().unwrap().iter().filter(|line| line["action"] == "session.start").collect();
        let reasons: Vec<&str> = lines.iter().filter_map(|line| line["detail"]["reason"].as_str()).collect();
        assert_eq!(reasons, ["disabled", "denied", "denied", "no_account"], "{scheme}: newest first");
        assert!(lines.iter().any(|line| line["detail"]["method"] == format!("app/{scheme}") && line["outcome"] == "done"), "{scheme}");
    }
}

#[tokio::test]
async fn a_vendor_that_refuses_the_app_lets_nobody_in_and_tells_no_secret() {
    for (scheme, id, _, user) in APPS {
        let vendor = mock(scheme).await;
        let door = owned_with(Setup { apps: vec![options(scheme, &vendor.url(), id, "canary-wrong-secret")], ..Setup::default() }).await;
        let mut browser = Browser::new(&door);
        let path = format!("/api/v1/sign-in/apps/{scheme}");
        let (status, body) = browser.post(&path, json!({"code": code(&door, &vendor, user).await})).await;
        assert_eq!((status, body["code"].as_str()), (503, Some("provider_away")), "{scheme}: {body}");
        assert!(!body.to_string().contains("canary"), "{body}");
    }
}

/// WeCom gives people outside the company codes too.
#[tokio::test]
async fn somebody_outside_the_company_is_denied() {
    let vendor = mock("wecom").await;
    let (scheme, id, secret, _) = APPS[2];
    let door = owned_with(Setup { apps: vec![options(scheme, &vendor.url(), id, secret)], ..Setup::default() }).await;
    let mut browser = Browser::new(&door);
    let (status, body) = browser.post("/api/v1/sign-in/apps/wecom", json!({"code": code(&door, &vendor, "outside").await})).await;
    assert_eq!((status, body["code"].as_str()), (401, Some("provider_denied")), "{body}");
}
