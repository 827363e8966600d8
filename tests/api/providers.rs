//! Signing in at an identity provider: one that tells the truth, and one that lies in every way of the table.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use waybill::app::access::providers::ProviderOptions;
use waybill::domain::access::grant::Grant;
use waybill::domain::access::oidc::{Admit, Rules};
use waybill::domain::binding::EgressRule;
use waybill::domain::connector::egress::{Egress, EgressPolicy};
use waybill::gateway::{ClientLogin, ProviderReach};

use crate::described::judge;
use crate::liar::{CLIENT, Liar, Lie, SECRET, Signer, Telling, truth};
use crate::support::{Door, Setup, door_with};

const CORP: &str = "/api/v1/sign-in/providers/corp";

fn grant(text: &str) -> Grant {
    let (role, scope) = text.split_once('@').unwrap_or((text, "tenant"));
    Grant { role: role.to_owned(), scope: scope.parse().unwrap(), by: None }
}

fn options(liar: &Liar, name: &str, admit: Admit) -> ProviderOptions {
    let base = liar.base();
    let rules = Rules {
        name_claim: "preferred_username".to_owned(),
        person_claim: Some("employee".to_owned()),
        groups_claim: Some("groups".to_owned()),
        roles: BTreeMap::from([
            ("admins".to_owned(), vec![grant("owner")]),
            ("finance".to_owned(), vec![grant("viewer"), grant("operator@flow:pay")]),
        ]),
        admit,
    };
    let host = base.trim_start_matches("http://");
    let egress = Egress { rules: vec![EgressRule::parse(host).unwrap()], allow_http: true };
    ProviderOptions {
        name: name.to_owned(),
        title: "Company account".to_owned(),
        issuer: base.clone(),
        client: ClientLogin { id: CLIENT.to_owned(), secret: Some(SecretString::from(SECRET)) },
        scopes: vec!["openid".to_owned(), "groups".to_owned()],
        rules,
        reach: ProviderReach { egress, policy: EgressPolicy { allow_loopback: true, own: Vec::new() }, ca: None },
    }
}

async fn with(liar: &Liar, admit: Admit) -> Door {
    let providers = vec![options(liar, "corp", admit), options(liar, "other", admit)];
    let door = door_with(Setup { providers, ..Setup::default() }).await;
    tell_time(&door, liar);
    door
}

fn tell_time(door: &Door, liar: &Liar) {
    use waybill::runtime::Clock;
    let now = door.clock.now();
    liar.with(|inside| inside.now = now);
}

/// A browser with its cookies, which goes nowhere by itself.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    async fn send(&mut self, door: &Door, method: Method, path: &str, body: Option<Value>) -> Response {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.request(method, format!("{}{path}", door.base)).header("accept", "text/html,*/*");
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header("cookie", cookies.join("; "));
        if let Some(body) = body {
            request = request.header("origin", &door.base).header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        for header in answer.headers().get_all("set-cookie") {
            let text = header.to_str().unwrap();
            assert!(text.contains("; HttpOnly") && text.contains("; SameSite=Lax"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.remove(name);
            if !value.is_empty() {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Begins a sign-in: the provider's page.
    async fn begin(&mut self, door: &Door) -> String {
        let answer = self.send(door, Method::POST, CORP, Some(json!({"return_to": "/documents?mine=1"}))).await;
        assert_eq!(answer.status(), 200);
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        judge("POST", CORP, 200, &body);
        body["url"].as_str().unwrap().to_owned()
    }

    /// Brings an answer back: where it leads.
    async fn bring(&mut self, door: &Door, path: &str, query: &BTreeMap<String, String>) -> String {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let answer = self.send(door, Method::GET, &format!("{path}/callback?{query}"), None).await;
        assert_eq!(answer.status(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn whole(&mut self, door: &Door, liar: &Liar) -> String {
        let came = liar.grant(&self.begin(door).await);
        self.bring(door, CORP, &came).await
    }

    async fn me(&mut self, door: &Door) -> (u16, Value) {
        let answer = self.send(door, Method::GET, "/api/v1/me", None).await;
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn sign_out(&mut self, door: &Door) -> Value {
        let answer = self.send(door, Method::POST, "/api/v1/sign-out", Some(json!({}))).await;
        let status = answer.status().as_u16();
        let body = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        judge("POST", "/api/v1/sign-out", status, &body);
        body
    }
}

/// What is done differently on the way, beside the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Twist {
    None,
    WrongState,
    NoState,
    UsedCode,
    InventedCode,
    UsedCallback,
    OtherBrowser,
    TooLate,
    Denied,
    OtherIssuer,
    SilentIssuer,
    OtherProvider,
    Rotated,
}

struct Row {
    name: &'static str,
    lie: Lie,
    twist: Twist,
    /// The problem's code and the audit's reason; none where somebody comes in.
    no: Option<(&'static str, &'static str)>,
}

fn row(name: &'static str, lie: Lie, reason: &'static str) -> Row {
    Row { name, lie, twist: Twist::None, no: Some(("provider_not_believed", reason)) }
}

fn twisted(name: &'static str, twist: Twist, code: &'static str, reason: &'static str) -> Row {
    Row { name, lie: truth, twist, no: Some((code, reason)) }
}

fn comes_in(name: &'static str, lie: Lie, twist: Twist) -> Row {
    Row { name, lie, twist, no: None }
}

fn signer(telling: &mut Telling, algorithm: &str, kid: &str, signer: Signer) {
    (telling.head["alg"], telling.head["kid"], telling.signer) = (json!(algorithm), json!(kid), signer);
}

fn seconds(now: Timestamp, off: i64) -> Value {
    json!((now + SignedDuration::from_secs(off)).as_second())
}

fn rows() -> Vec<Row> {
    use Twist as T;
    vec![
        comes_in("the truth", truth, T::None),
        comes_in("signed with RSA", |said, _| signer(said, "RS256", "rsa-1", Signer::Rsa), T::None),
        comes_in("signed with Ed25519", |said, _| signer(said, "EdDSA", "ed-1", Signer::Edwards), T::None),
        comes_in("signed without a key id", |said, _| drop(said.head.as_object_mut().unwrap().remove("kid")), T::None),
        comes_in("clocks that differ by a minute", |said, now| said.claims["iat"] = seconds(now, 59), T::None),
        comes_in("an access token that fits", |said, _| said.claims["at_hash"] = half(&said.access_token), T::None),
        row("wrong issuer", |said, _| said.claims["iss"] = json!("https://login.example"), "wrong_issuer"),
        row(
            "an issuer with a slash more",
            |said, _| said.claims["iss"] = json!(format!("{}/", said.claims["iss"].as_str().unwrap())),
            "wrong_issuer",
        ),
        row("wrong audience", |said, _| said.claims["aud"] = json!("another client"), "wrong_audience"),
        row("no audience", |said, _| said.claims["aud"] = json!([]), "wrong_audience"),
        row("for several, made for none", |said, _| said.claims["aud"] = json!([CLIENT, "another"]), "wrong_party"),
        row("made for another party", |said, _| said.claims["azp"] = json!("another"), "wrong_party"),
        row("wrong nonce", |said, _| said.claims["nonce"] = json!("another nonce"), "wrong_nonce"),
        row("missing nonce", |said, _| drop(said.claims.as_object_mut().unwrap().remove("nonce")), "missing_nonce"),
        row("algorithm none", |said, _| signer(said, "none", "ec-1", Signer::Nobody), "wrong_algorithm"),
        row("algorithm none, in capitals", |said, _| signer(said, "NONE", "ec-1", Signer::Nobody), "wrong_algorithm"),
        row("HS256 with the public key", |said, _| signer(said, "HS256", "rsa-1", Signer::PublicKeyAsSecret), "wrong_algorithm"),
        row("an algorithm that is another key's", |said, _| signer(said, "RS256", "ec-1", Signer::Rsa), "unknown_key"),
        row("no signature", |said, _| signer(said, "ES256", "ec-1", Signer::Nobody), "wrong_signature"),
        row("signed by another key", |said, _| said.signer = Signer::Stranger, "wrong_signature"),
        row("unknown key id", |said, _| signer(said, "ES256", "ec-9", Signer::Elliptic), "unknown_key"),
        row("expired", |said, now| said.claims["exp"] = seconds(now, -60), "expired"),
        row("without an end", |said, _| drop(said.claims.as_object_mut().unwrap().remove("exp")), "expired"),
        row("not yet valid", |said, now| said.claims["nbf"] = seconds(now, 61), "not_yet_valid"),
        row("made in the future", |said, now| said.claims["iat"] = seconds(now, 61), "not_yet_valid"),
        row("beside another access token", |said, _| said.claims["at_hash"] = half("another"), "wrong_access_token"),
        row("about nobody", |said, _| said.claims["sub"] = json!(""), "no_subject"),
        row("about somebody without a name", |said, _| said.claims["preferred_username"] = json!(null), "no_name"),
        row("critical and not understood", |said, _| said.head["crit"] = json!(["b64"]), "malformed_token"),
        twisted("wrong state", T::WrongState, "sign_in_over", "wrong_state"),
        twisted("no state", T::NoState, "sign_in_over", "wrong_state"),
        twisted("another browser", T::OtherBrowser, "sign_in_over", "no_sign_in"),
        twisted("replayed callback", T::UsedCallback, "sign_in_over", "no_sign_in"),
        twisted("after ten minutes", T::TooLate, "sign_in_over", "no_sign_in"),
        twisted("replayed code", T::UsedCode, "provider_denied", "denied"),
        twisted("invented code", T::InventedCode, "provider_denied", "denied"),
        twisted("the person says no", T::Denied, "provider_denied", "denied"),
        twisted("another issuer answers", T::OtherIssuer, "provider_not_believed", "wrong_response_issuer"),
        twisted("an issuer that always says so is silent", T::SilentIssuer, "provider_not_believed", "wrong_response_issuer"),
        twisted("another provider's answer", T::OtherProvider, "sign_in_over", "no_sign_in"),
        comes_in("key rotation", truth, T::Rotated),
    ]
}

fn half(access_token: &str) -> Value {
    json!(URL_SAFE_NO_PAD.encode(&Sha256::digest(access_token)[..16]))
}

#[tokio::test]
async fn every_lie_is_refused_with_its_code_and_the_truth_comes_in() {
    for Row { name, lie, twist, no } in rows() {
        let liar = Liar::start().await;
        if twist == Twist::SilentIssuer {
            liar.with(|inside| inside.metadata.insert("authorization_response_iss_parameter_supported", json!(true)));
        }
        let door = with(&liar, Admit::Mapped).await;
        let mut browser = Browser::default();
        // The keys are known from here on; what counts is what comes after.
        if twist == Twist::Rotated {
            assert_eq!(browser.whole(&door, &liar).await, "/documents?mine=1", "{name}");
            browser.sign_out(&door).await;
            liar.with(|inside| inside.generation = 2);
        }
        liar.with(|inside| inside.lie = lie);
        let mut came = liar.grant(&browser.begin(&door).await);
        let mut path = CORP;
        let mut put = |name: &str, value: &str| drop(came.insert(name.to_owned(), value.to_owned()));
        match twist {
            Twist::None | Twist::Rotated | Twist::SilentIssuer => {}
            Twist::WrongState => put("state", "another state"),
            Twist::NoState => put("state", ""),
            Twist::InventedCode => put("code", "invented"),
            Twist::OtherIssuer => put("iss", "https://login.example"),
            Twist::Denied => put("error", "access_denied"),
            Twist::OtherBrowser => browser.cookies.clear(),
            Twist::TooLate => door.clock.advance(Duration::from_secs(600)),
            Twist::OtherProvider => path = "/api/v1/sign-in/providers/other",
            Twist::UsedCallback => {
                let pending = browser.cookies.clone();
                assert_eq!(browser.bring(&door, path, &came).await, "/documents?mine=1");
                browser.cookies = pending;
            }
            Twist::UsedCode => {
                // Somebody else was faster with it: their sign-in, this code.
                let mut thief = Browser::default();
                let theirs = liar.grant(&thief.begin(&door).await);
                assert_eq!(browser.bring(&door, path, &came).await, "/documents?mine=1");
                browser = thief;
                came.insert("state".to_owned(), theirs["state"].clone());
            }
        }
        let led = browser.bring(&door, path, &came).await;
        let (status, me) = browser.me(&door).await;
        match no {
            None => assert_eq!((led.as_str(), status, &me["name"]), ("/documents?mine=1", 200, &json!("ana")), "{name}"),
            Some((code, reason)) => {
                assert_eq!((led, status), (format!("/sign-in#problem={code}"), 401), "{name}");
                let told = door.get("/api/v1/audit?action=session.start&outcome=refused").await.1;
                assert_eq!(told["items"][0]["detail"]["reason"], reason, "{name}: {told}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_believed_uses_the_sign_in_up_but_a_strange_state_does_not() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Mapped).await;
    let mut browser = Browser::default();
    let came = liar.grant(&browser.begin(&door).await);
    let forged = BTreeMap::from([("code".to_owned(), "x".to_owned()), ("state".to_owned(), "made up elsewhere".to_owned())]);
    let pending = browser.cookies.clone();
    assert_eq!(browser.bring(&door, CORP, &forged).await, "/sign-in#problem=sign_in_over");
    browser.cookies = pending;
    assert_eq!(browser.bring(&door, CORP, &came).await, "/documents?mine=1");
}

#[tokio::test]
async fn keys_are_asked_for_again_only_when_none_fits() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Mapped).await;
    for _ in 0..3 {
        assert_eq!(Browser::default().whole(&door, &liar).await, "/documents?mine=1");
    }
    assert_eq!(liar.with(|inside| inside.key_reads), 1);
    liar.with(|inside| inside.lie = |said, _| signer(said, "ES256", "ec-9", Signer::Elliptic));
    assert_eq!(Browser::default().whole(&door, &liar).await, "/sign-in#problem=provider_not_believed");
    assert_eq!(liar.with(|inside| inside.key_reads), 2, "once for one token");
    liar.with(|inside| inside.lie = |said, _| said.claims["aud"] = json!("another"));
    assert_eq!(Browser::default().whole(&door, &liar).await, "/sign-in#problem=provider_not_believed");
    assert_eq!(liar.with(|inside| inside.key_reads), 2, "newer keys would not change it");
    // A key that the provider withdrew is worth nothing after an hour.
    door.clock.advance(Duration::from_secs(3_600));
    tell_time(&door, &liar);
    let strange: Lie = |said, _| signer(said, "ES256", "ec-1", Signer::Stranger);
    liar.with(|inside| (inside.lie, inside.generation) = (strange, 2));
    assert_eq!(Browser::default().whole(&door, &liar).await, "/sign-in#problem=provider_not_believed");
}

#[tokio::test]
async fn groups_give_roles_and_take_them_away_and_what_people_gave_stays() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Mapped).await;
    let mut owner = Browser::default();
    owner.whole(&door, &liar).await;
    assert!(owner.me(&door).await.1["capabilities"].as_array().unwrap().contains(&json!("manage_users")));
    let say = |claims: Value| liar.with(|inside| inside.claims = claims);
    let bo = |groups: Value| json!({"sub": "u-2", "preferred_username": "bo.chen", "groups": groups, "employee": "E002"});
    say(bo(json!(["finance", "strangers"])));
    let mut browser = Browser::default();
    browser.whole(&door, &liar).await;
    let (_, me) = browser.me(&door).await;
    assert_eq!((&me["permissions"], &me["person"]), (&json!(["read"]), &json!("E002")));

    let users = door.get("/api/v1/users").await.1;
    let known = users["items"].as_array().unwrap().iter().find(|user| user["name"] == "bo.chen").unwrap().clone();
    let given = json!([{"role": "viewer", "scope": "tenant", "by": "corp"}, {"role": "operator", "scope": "flow:pay", "by": "corp"}]);
    assert_eq!(known["roles"], given);
    // An owner adds a role by hand; what the page shows of the provider's comes back with it and does not become the owner's.
    let path = format!("/api/v1/users/{}", known["id"].as_str().unwrap());
    let mut roles = given.as_array().unwrap().clone();
    roles.push(json!({"role": "auditor"}));
    let change = door.request(Method::PUT, &path).header("if-match", "*").header("content-type", "application/json");
    let changed = change.body(json!({"title": "Bo", "roles": roles}).to_string()).send().await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_eq!(browser.me(&door).await.1["permissions"], json!(["read", "audit"]));

    say(bo(json!([])));
    browser.whole(&door, &liar).await;
    let shown = door.get(&path).await.1;
    assert_eq!(shown["roles"], json!([{"role": "auditor", "scope": "tenant", "by": null}]), "{shown}");
    let told = door.get("/api/v1/audit?action=user.change").await.1;
    assert_eq!((&told["items"][0]["via"], &told["items"][0]["actor"]), (&json!("provider"), &json!("bo.chen")));

    // The last owner keeps the role without the group: there is always one.
    say(json!({"sub": "u-1", "preferred_username": "ana", "groups": []}));
    owner.whole(&door, &liar).await;
    assert!(owner.me(&door).await.1["capabilities"].as_array().unwrap().contains(&json!("manage_users")));
}

#[tokio::test]
async fn an_account_is_found_by_its_subject_never_by_a_name_or_an_address() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Everybody).await;
    let local =
        door.post("/api/v1/users", &json!({"name": "ana", "email": "ana@example.com", "roles": [{"role": "owner"}]}).to_string()).await.1;
    let say = |claims: Value| liar.with(|inside| inside.claims = claims);
    let ana = json!({"sub": "u-1", "preferred_username": "Ana", "email": "ana@example.com", "email_verified": true});
    say(ana.clone());
    let mut browser = Browser::default();
    assert_eq!(browser.whole(&door, &liar).await, "/sign-in#problem=not_admitted", "somebody else has the name");
    // Linked by an owner, it is that account, whatever it is called there.
    let path = format!("/api/v1/users/{}", local["user"]["id"].as_str().unwrap());
    let link = json!({"provider": "corp", "subject": "u-1"}).to_string();
    let (status, linked) = door.post(&format!("{path}/identities"), &link).await;
    assert_eq!((status, &linked["issuer"]), (201, &json!(liar.base())));
    judge("POST", &format!("{path}/identities"), status, &linked);
    assert_eq!(door.post(&format!("{path}/identities"), &link).await.0, 409);
    say(json!({"sub": "u-1", "preferred_username": "renamed", "name": "Ana Li"}));
    assert_eq!(browser.whole(&door, &liar).await, "/documents?mine=1");
    let (_, me) = browser.me(&door).await;
    assert_eq!((&me["name"], &me["title"]), (&json!("ana"), &json!("Ana Li")));
    // The same name under another subject is somebody else.
    say(json!({"sub": "u-9", "preferred_username": "ana"}));
    assert_eq!(Browser::default().whole(&door, &liar).await, "/sign-in#problem=not_admitted");

    // Disabled is out, at once and by this door too; enabled is in again.
    say(ana);
    let spare = json!({"sub": "u-5", "preferred_username": "spare", "groups": ["admins"]});
    assert_eq!(door.post(&format!("{path}/disable"), "").await.0, 409, "nobody else owns the hub");
    liar.with(|inside| inside.claims = spare);
    assert_eq!(Browser::default().whole(&door, &liar).await, "/documents?mine=1");
    liar.with(|inside| inside.claims = json!({"sub": "u-1", "preferred_username": "ana"}));
    assert_eq!(door.post(&format!("{path}/disable"), "").await.0, 200);
    assert_eq!(browser.me(&door).await.0, 401);
    assert_eq!(browser.whole(&door, &liar).await, "/sign-in#problem=not_admitted");
    assert_eq!(door.post(&format!("{path}/enable"), "").await.0, 200);
    assert_eq!(browser.whole(&door, &liar).await, "/documents?mine=1");
    // Unlinked, the session is over, and the account is nobody there.
    let unlink = format!("{path}/identities/{}", linked["id"].as_str().unwrap());
    let unlinked = door.request(Method::DELETE, &unlink).send().await.unwrap().status().as_u16();
    judge("DELETE", &unlink, unlinked, &Value::Null);
    assert_eq!(unlinked, 204);
    assert_eq!(browser.me(&door).await.0, 401);
    assert_eq!(browser.whole(&door, &liar).await, "/sign-in#problem=not_admitted");
}

#[tokio::test]
async fn who_may_come_in_without_an_account_is_said_by_the_configuration() {
    let nobody = json!({"sub": "u-3", "preferred_username": "cy", "groups": ["strangers"]});
    let mapped = json!({"sub": "u-4", "preferred_username": "di", "groups": ["finance"]});
    for (admit, claims, led) in [
        (Admit::Nobody, &mapped, "/sign-in#problem=not_admitted"),
        (Admit::Mapped, &nobody, "/sign-in#problem=not_admitted"),
        (Admit::Mapped, &mapped, "/documents?mine=1"),
        (Admit::Everybody, &nobody, "/documents?mine=1"),
    ] {
        let liar = Liar::start().await;
        let door = with(&liar, admit).await;
        liar.with(|inside| inside.claims = claims.clone());
        assert_eq!(Browser::default().whole(&door, &liar).await, led, "{admit:?}: {claims}");
    }
}

#[tokio::test]
async fn signing_out_leads_to_the_provider_and_nothing_secret_is_kept() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Mapped).await;
    let offer = door.get("/api/v1/sign-in").await.1;
    assert_eq!(offer["providers"], json!([{"name": "corp", "title": "Company account"}, {"name": "other", "title": "Company account"}]));
    let mut browser = Browser::default();
    let url = browser.begin(&door).await;
    let pending: Vec<String> = browser.cookies.values().cloned().collect();
    let sent: Vec<String> = url::Url::parse(&url).unwrap().query_pairs().map(|(_, value)| value.into_owned()).collect();
    let kept = door.everything_kept().await;
    assert!(kept.contains("/documents?mine=1"), "the dump shows what is there");
    for secret in pending.iter().chain(sent.iter().filter(|value| value.len() == 43)) {
        assert!(!kept.contains(secret.as_str()), "it is kept");
    }
    let came = liar.grant(&url);
    browser.bring(&door, CORP, &came).await;
    assert_eq!(browser.cookies.len(), 1, "the session, and nothing of the way there");
    let url = browser.sign_out(&door).await["url"].as_str().unwrap().to_owned();
    let back = url::form_urlencoded::byte_serialize(format!("{}/sign-in", door.base).as_bytes()).collect::<String>();
    assert_eq!(url, format!("{}/end?client_id={CLIENT}&post_logout_redirect_uri={back}", liar.base()));
    assert_eq!(browser.me(&door).await.0, 401);
}

#[tokio::test]
async fn a_provider_is_reached_through_the_guard_alone() {
    let liar = Liar::start().await;
    for (rules, allow_loopback) in [(vec!["login.example"], true), (vec!["127.0.0.1"], false)] {
        let mut provider = options(&liar, "corp", Admit::Mapped);
        provider.reach.egress.rules = rules.iter().map(|rule| EgressRule::parse(rule).unwrap()).collect();
        provider.reach.policy.allow_loopback = allow_loopback;
        let door = door_with(Setup { providers: vec![provider], ..Setup::default() }).await;
        let (status, problem) = door.post(CORP, "{}").await;
        assert_eq!((status, &problem["code"]), (503, &json!("provider_away")), "{rules:?}");
    }
    // What it says of itself leads nowhere else either.
    liar.with(|inside| inside.metadata.insert("token_endpoint", json!("http://169.254.169.254/token")));
    let door = with(&liar, Admit::Mapped).await;
    assert_eq!(Browser::default().whole(&door, &liar).await, "/sign-in#problem=provider_away");
    liar.with(|inside| inside.metadata.insert("issuer", json!("https://login.example")));
    let door = with(&liar, Admit::Mapped).await;
    assert_eq!(door.post(CORP, "{}").await.0, 503, "it says to be somebody else");
}

#[tokio::test]
async fn only_a_page_of_the_hub_begins_a_sign_in_and_it_leads_nowhere_else() {
    let liar = Liar::start().await;
    let door = with(&liar, Admit::Mapped).await;
    let client = &door.client;
    let foreign = client.post(format!("{}{CORP}", door.base)).header("origin", "https://evil.example").body("{}");
    assert_eq!(foreign.header("content-type", "application/json").send().await.unwrap().status(), 403);
    for path in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let (status, problem) = door.post(CORP, &json!({"return_to": path}).to_string()).await;
        assert_eq!((status, &problem["pointers"][0]["pointer"]), (422, &json!("/return_to")), "{path}");
    }
    assert_eq!(door.post("/api/v1/sign-in/providers/nobody", "{}").await.0, 404);
    let asked = door.get(&format!("{CORP}/callback?state=x&code=y")).await;
    assert_eq!((asked.0, &asked.1["code"]), (410, &json!("sign_in_over")), "what asks for no page is told");
}
