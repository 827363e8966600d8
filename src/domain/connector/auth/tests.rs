//! Signatures against the vectors of the vendors, and what definitions of auth kinds are refused for.

use super::{Moment, Proof};
use crate::domain::connector::build::build;
use crate::domain::connector::page::PageState;
use crate::domain::connector::request::Request;
use crate::domain::connector::{AttemptFacts, Connector, Facts, read};
use crate::domain::diagnostic::Report;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use jiff::Timestamp;
use std::sync::Arc;

/// 2026-01-01T00:00:00Z, the moment of the vectors.
fn moment(nonce: &str) -> Moment {
    Moment { nonce: Arc::from(nonce), ..Moment::new(Timestamp::from_second(1_767_225_600).unwrap(), [7; 32]) }
}

fn compile(settings: &str, auth: &str, request: &str) -> Result<Connector, Vec<(&'static str, String)>> {
    let text = format!(
        "format: 1\nconnector: p\nsettings: {{base_url: {{type: url}}, {settings}}}\nhttp: {{base_url: \"{{{{settings.base_url}}}}\"}}\nauth: {auth}\noperations:\n  look: {{effect: read, input: {{}}, request: {request}}}\n"
    );
    let mut report = Report::new("connector.yaml");
    let connector = parse(&text, &mut report).and_then(|node| read(&node, &mut report));
    let found: Vec<_> = report.into_items().into_iter().map(|item| (item.code, item.path)).collect();
    connector.filter(|_| found.is_empty()).ok_or(found)
}

fn facts(settings: &str) -> Facts {
    Facts {
        settings: settings.parse().unwrap(),
        open: Value::Unset,
        input: Value::map::<&str>([]),
        reference: "".into(),
        attempt: AttemptFacts::first(""),
    }
}

/// The request of the operation `look`.
fn request(connector: &Connector, settings: &str, moment: &Moment) -> Request {
    let operation = connector.operation("look").unwrap();
    build(connector, operation, &facts(settings), &PageState::default(), &Proof { credentials: None, moment }).unwrap()
}

/// The request of the log-in.
fn log_in(connector: &Connector, settings: &str, moment: &Moment) -> Request {
    let settings: Value = settings.parse().unwrap();
    connector.auth.handshake().unwrap().request(&connector.reach.base_url, &settings, moment, Some("signed")).unwrap()
}

fn body(request: &Request) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

const KINGDEE: &str = r#"{"base_url": "http://k3.example.test/k3cloud/", "account": "5f0e0c0ffee123", "user": "integration",
    "app_id": "216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "secret": "0123456789abcdef0123456789abcdef"}"#;
const KINGDEE_SETTINGS: &str = "account: {type: string}, user: {type: string}, app_id: {type: string}, secret: {type: secret}";

#[test]
fn kingdee_headers_are_those_of_the_vendors_client() {
    let auth = "{kind: kingdee_sign, account: {value: settings.account}, user: {value: settings.user}, app_id: {value: settings.app_id}, app_secret: {value: settings.secret}}";
    let path = "Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc";
    let connector = compile(KINGDEE_SETTINGS, auth, &format!("{{method: POST, path: {path}, json: {{}}}}")).unwrap();
    let request = request(&connector, KINGDEE, &moment("1767225600"));
    for (name, value) in [
        ("x-api-clientid", "216688"),
        ("x-api-auth-version", "2.0"),
        ("x-api-timestamp", "1767225600"),
        ("x-api-nonce", "1767225600"),
        ("x-api-signheaders", "x-api-timestamp,x-api-nonce"),
        ("x-api-signature", "MTRiYTVmZDQ4OGQ0MjZiNTQ5MjlhZTU0YTg5MzNkMmYzMDI1MmJlMmQ2MzhlYzE2Nzc5OGM0MDQyYzZlMWY0MA=="),
        ("x-kd-appkey", "216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"),
        ("x-kd-appdata", "NWYwZTBjMGZmZWUxMjMsaW50ZWdyYXRpb24sMjA1Miww"),
        ("x-kd-signature", "NGIxOGFkMDVhMDYyNDcyY2ZlMGEzMWJmNTI1MDQxNDhlNDYxNWM5YzE5OGVlNWU2YTMyZGUwYzk4NjgzZWFiMg=="),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
}

#[test]
fn parts_say_the_signed_log_in_of_kingdee() {
    let auth = "{kind: login_session,
      sign: {proof: {join: [{value: settings.account}, {value: settings.user}, {value: settings.app_id}, {value: settings.secret}, {text: '{{now.seconds}}'}], sorted: true, hash: sha256}},
      request: {method: POST, path: login, json: {parameters: [{value: settings.account}, {value: settings.user}, {value: settings.app_id}, {text: '{{now.seconds}}'}, {value: sign.proof}, 2052]}},
      capture: {id: {from: $.KDSVCSessionId}}, apply: {header: kdservice-sessionid, value: session.id}}";
    let connector = compile(KINGDEE_SETTINGS, auth, "{method: GET, path: x}").unwrap();
    let sent = body(&log_in(&connector, KINGDEE, &moment("n")));
    let expected = r#"{"parameters":["5f0e0c0ffee123","integration","216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX","1767225600","11140f8a3ea1bf7802392a710f3cd23b3deeebb9c9ffab3de971042638bece62",2052]}"#;
    assert_eq!(sent, expected);
}

#[test]
fn parts_say_a_signed_token_request() {
    let auth = "{kind: token_request, sign: {it: {join: [appKey, {value: settings.key}, timestamp, {text: '{{now.millis}}'}], hmac: sha256, key: {value: settings.secret}, encode: base64}},
      request: {method: GET, path: getAccessToken, query: {appKey: {value: settings.key}, timestamp: {value: now.millis}, signature: {value: sign.it}}},
      token: {from: $.data.access_token}, apply: {query: access_token, value: token}}";
    let connector = compile("key: {type: string}, secret: {type: secret}", auth, "{method: GET, path: x}").unwrap();
    let settings = r#"{"base_url": "https://yb.example", "key": "fbb5f5b6-0000-4156-8b73-3ec3ac389ab7", "secret": "c0ffee00-1111-2222-3333-444455556666"}"#;
    let url = log_in(&connector, settings, &moment("n")).url;
    assert!(url.ends_with("&timestamp=1767225600000&signature=1iJRZa2iiyBawmWy8HNG8IdIUlp4fTNW1oT0uUtGynI%3D"), "{url}");
}

const OAUTH1: &str = "{kind: oauth1, consumer_key: ck_0001, consumer_secret: {value: settings.cs}, token: tk_0001, token_secret: {value: settings.ts}, realm: 1234567_SB1}";

#[test]
fn oauth1_signs_as_others_do() {
    let connector = compile(
        "cs: {type: secret}, ts: {type: secret}",
        OAUTH1,
        "{method: GET, path: services/rest/record/v1/purchaseOrder, query: {limit: 100, offset: 0, q: 'lastModifiedDate ON_OR_AFTER \"2026-01-01\"'}}",
    )
    .unwrap();
    let settings = r#"{"base_url": "https://1234567-sb1.suitetalk.api.netsuite.com/", "cs": "cs_secret", "ts": "ts_secret"}"#;
    let request = request(&connector, settings, &moment("a1b2c3d4e5f6"));
    let header = request.header("authorization").unwrap();
    assert!(header.starts_with("OAuth realm=\"1234567_SB1\", oauth_consumer_key=\"ck_0001\""), "{header}");
    assert!(header.ends_with("oauth_signature=\"AkyZWOZvVuKZyoDfi%2F6UGHedeA6WGNKPkNggHh47Vo4%3D\""), "{header}");
}

#[test]
fn a_request_is_signed_over_what_goes_out() {
    let auth = "{kind: signed_request, sign: {digest: {body: true, hash: sha256}, text: {join: [{value: request.method}, {value: request.path}, {value: request.sorted_query}, {value: sign.digest}, {value: nonce}], with: \"\\n\"}, it: {value: sign.text, hmac: sha256, key: {value: settings.key}, encode: base64}},
      apply: [{header: X-Nonce, value: nonce}, {query: sign, value: sign.it}]}";
    let connector = compile("key: {type: secret}", auth, "{method: POST, path: /orders, query: {b: 2, a: 1}, json: {n: 1}}").unwrap();
    let request = request(&connector, r#"{"base_url": "https://p.example", "key": "k"}"#, &moment("N1"));
    // Computed apart with openssl: printf 'POST\n/orders\na=1&b=2\n'"$(printf '{"n":1}' | sha256sum | cut -c-64)"'\nN1' | openssl dgst -sha256 -hmac k -binary | base64
    assert_eq!(request.url, "https://p.example/orders?b=2&a=1&sign=4KmLak%2FodDHNEBkiY4LXxzuABtDg8vX0dsyq0oQUTIo%3D");
    assert_eq!(request.header("x-nonce"), Some("N1"));
}

#[test]
fn client_credentials_go_where_they_are_wanted() {
    let settings = r#"{"base_url": "https://p.example", "id": "hub:1", "secret": "s/1"}"#;
    let declared = "id: {type: string}, secret: {type: secret}";
    let auth = |more: &str| {
        format!(
            "{{kind: oauth2_client_credentials, token_url: 'https://login.example/token', client_id: {{value: settings.id}}, client_secret: {{value: settings.secret}}, scope: a b{more}}}"
        )
    };
    let plain = log_in(&compile(declared, &auth(""), "{method: GET, path: x}").unwrap(), settings, &moment("n"));
    assert_eq!(plain.url, "https://login.example/token");
    assert_eq!(body(&plain), "grant_type=client_credentials&client_id=hub%3A1&client_secret=s%2F1&scope=a+b");
    let basic = log_in(
        &compile(declared, &auth(", secret_in: basic, params: {audience: x}"), "{method: GET, path: x}").unwrap(),
        settings,
        &moment("n"),
    );
    assert_eq!(body(&basic), "grant_type=client_credentials&scope=a+b&audience=x");
    // base64 of `hub%3A1:s%2F1`
    assert_eq!(basic.header("authorization"), Some("Basic aHViJTNBMTpzJTJGMQ=="));
}

#[test]
fn assertions_say_what_the_partner_reads() {
    let auth = "{kind: jwt_bearer, token_url: 'https://login.salesforce.com/services/oauth2/token', base_url: {from: $.instance_url}, expires_in: 1h,
      assertion: {algorithm: RS256, key: {value: settings.key}, issuer: 3MVG9hub, subject: hub@example.test, audience: 'https://login.salesforce.com', lifetime: 3m}}";
    let connector = compile("key: {type: secret}", auth, "{method: GET, path: x}").unwrap();
    let settings: Value = r#"{"base_url": "https://p.example", "key": "PEM"}"#.parse().unwrap();
    let handshake = connector.auth.handshake().unwrap();
    let unsigned = handshake.unsigned(&settings, &moment("n")).unwrap().unwrap();
    assert_eq!((unsigned.algorithm, unsigned.key.as_str()), ("RS256", "PEM"));
    assert_eq!(
        unsigned.input,
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIzTVZHOWh1YiIsInN1YiI6Imh1YkBleGFtcGxlLnRlc3QiLCJhdWQiOiJodHRwczovL2xvZ2luLnNhbGVzZm9yY2UuY29tIiwiZXhwIjoxNzY3MjI1NzgwfQ"
    );
    let sent = log_in(&connector, r#"{"base_url": "https://p.example", "key": "PEM"}"#, &moment("n"));
    assert_eq!(body(&sent), "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=signed");
    // Where the answer says that requests go, they go.
    let reply = crate::domain::connector::Reply::new(
        200,
        &[],
        br#"{"access_token": "T", "instance_url": "https://na1.example"}"#,
        Timestamp::UNIX_EPOCH,
    );
    let credentials = handshake.capture(&reply, &settings).unwrap();
    let shared = super::Credentials::from_json(&credentials.to_json());
    let proof = Proof { credentials: Some(&shared), moment: &moment("n") };
    let request = build(
        &connector,
        connector.operation("look").unwrap(),
        &facts(r#"{"base_url": "https://p.example"}"#),
        &PageState::default(),
        &proof,
    )
    .unwrap();
    assert_eq!((request.url.as_str(), request.header("authorization")), ("https://na1.example/x", Some("Bearer T")));
    assert_eq!(shared.texts().iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["T"], "the address is not masked");
}

#[test]
fn a_client_assertion_stands_for_the_secret() {
    let auth = "{kind: oauth2_client_credentials, token_url: 'https://n.example/token',
      assertion: {algorithm: PS256, type: JWT, key: {value: settings.key}, key_id: cert-1, issuer: client-1, audience: 'https://n.example/token', claims: {scope: rest_webservices}, issued_at: true, lifetime: 1h}}";
    let connector = compile("key: {type: secret}", auth, "{method: GET, path: x}").unwrap();
    let settings = r#"{"base_url": "https://p.example", "key": "PEM"}"#;
    let unsigned = connector.auth.handshake().unwrap().unsigned(&settings.parse().unwrap(), &moment("n")).unwrap().unwrap();
    let decoded: Vec<String> = unsigned
        .input
        .split('.')
        .map(|part| String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part).unwrap()).unwrap())
        .collect();
    assert_eq!(decoded[0], r#"{"typ":"JWT","alg":"PS256","kid":"cert-1"}"#);
    assert_eq!(
        decoded[1],
        r#"{"iss":"client-1","aud":"https://n.example/token","scope":"rest_webservices","iat":1767225600,"exp":1767229200}"#
    );
    let sent = body(&log_in(&connector, settings, &moment("n")));
    assert!(
        sent.ends_with("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=signed"),
        "{sent}"
    );
}

/// The public key of the dossier's pair; 1024 bits, as old installations have them.
const SPK: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC4Ks4d2tj1Pi6PApwD2W4ngMbpKojF8ircpVVD3DFxvJIB7XmOAJZ6Hwim+IAEgr8ul0irdd+Fyc7cp5Jqz0ZfZom3zG6I82okhAoWIWTY33F/D8DTqX8al+czOaiPu7PXknVJEVrzZkWcsVib4RW/eIslQKmGmbLU0aMRbeNxcwIDAQAB";

fn weaver() -> Connector {
    let auth = "{kind: weaver_rsa, app_id: app-1, secret: {value: settings.secret}, public_key: {value: settings.spk}, user: {value: \"has(input.person) ? input.person : settings.user\"}}";
    compile("secret: {type: secret}, spk: {type: string}, user: {type: string}", auth, "{method: GET, path: x}").unwrap()
}

#[test]
fn weaver_encrypts_so_that_only_the_private_key_reads_it() {
    use rsa::pkcs8::EncodePublicKey;
    use rsa::{Pkcs1v15Encrypt, PrivateKey};
    let connector = weaver();
    for bits in [1024, 2048] {
        let key = PrivateKey::new(&mut moment("n").random(), bits).unwrap();
        let spk = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key.to_public_key().to_public_key_der().unwrap());
        let settings = format!(
            r#"{{"base_url": "https://oa.example", "secret": "9f3c2c1e-0000-4000-8000-000000000001", "spk": "{spk}", "user": "42"}}"#
        );
        let opened = |text: &str| {
            let sealed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
            String::from_utf8(key.decrypt(Pkcs1v15Encrypt, &sealed).unwrap()).unwrap()
        };
        let log_in = log_in(&connector, &settings, &moment("n"));
        assert_eq!(log_in.url, "https://oa.example/api/ec/dev/auth/applytoken");
        assert_eq!((log_in.header("appid"), log_in.header("time")), (Some("app-1"), Some("1800")));
        assert_eq!(opened(log_in.header("secret").unwrap()), "9f3c2c1e-0000-4000-8000-000000000001");
        let credentials = super::Credentials::from_json(&serde_json::Value::from("token-1"));
        let call = |moment: &Moment| {
            let proof = Proof { credentials: Some(&credentials), moment };
            build(&connector, connector.operation("look").unwrap(), &facts(&settings), &PageState::default(), &proof).unwrap()
        };
        let one = call(&moment("n"));
        assert_eq!((one.header("token"), opened(one.header("userid").unwrap()).as_str()), (Some("token-1"), "42"));
        let other = call(&Moment::new(Timestamp::UNIX_EPOCH, [9; 32]));
        assert_ne!(one.header("userid"), other.header("userid"), "padded anew for each request");
    }
}

#[test]
fn a_weaver_key_that_is_none_is_refused() {
    let connector = weaver();
    let handshake = connector.auth.handshake().unwrap();
    for spk in ["", "!", "AAAA", &SPK[..100], &"A".repeat(5_000)] {
        let settings =
            Value::map([("base_url", Value::text("https://oa.example")), ("secret", Value::text("s")), ("spk", Value::text(spk))]);
        assert!(handshake.request(&connector.reach.base_url, &settings, &moment("n"), None).is_err(), "{spk}");
    }
    let settings = Value::map([("base_url", Value::text("https://oa.example")), ("secret", Value::text("s")), ("spk", Value::text(SPK))]);
    assert!(handshake.request(&connector.reach.base_url, &settings, &moment("n"), None).is_ok());
}

#[test]
fn definitions_that_cannot_be_meant_are_refused() {
    let declared = "key: {type: secret}";
    for (auth, code, path) in [
        ("{kind: oauth2_client_credentials, token_url: 'https://x', client_id: a}", "missing_key", "auth"),
        ("{kind: oauth2_client_credentials, token_url: 'https://x', client_id: a, client_secret: abc}", "secret_in_text", "auth"),
        (
            "{kind: jwt_bearer, token_url: 'https://x', assertion: {algorithm: HS256, key: {value: settings.key}, issuer: a, audience: b}}",
            "bad_word",
            "auth.assertion.algorithm",
        ),
        (
            "{kind: jwt_bearer, token_url: 'https://x', assertion: {algorithm: RS256, key: {value: settings.key}, issuer: a, audience: b, lifetime: 2h}}",
            "out_of_range",
            "auth.assertion",
        ),
        (
            "{kind: signed_request, sign: {a: {value: request.body, text: x}}, apply: {header: a, value: nonce}}",
            "missing_key",
            "auth.sign.a",
        ),
        ("{kind: signed_request, sign: {a: {body: true}}, apply: {header: a, value: nonce}}", "bad_value", "auth.sign.a"),
        (
            "{kind: signed_request, sign: {a: {value: nonce, hmac: sha256}}, apply: {header: a, value: sign.a}}",
            "missing_key",
            "auth.sign.a",
        ),
        (
            "{kind: signed_request, sign: {a: {value: nonce, encode: base64}}, apply: {header: a, value: sign.a}}",
            "bad_value",
            "auth.sign.a",
        ),
        (
            "{kind: signed_request, sign: {a: {value: request.method, hash: sha256}}, apply: {body: a, value: sign.a}}",
            "expression_name",
            "auth.sign.a.value",
        ),
        ("{kind: signed_request, sign: {a: {body: true, hash: sha256}}, apply: {body: a, value: sign.a}}", "bad_value", "auth.sign.a"),
        (
            "{kind: signed_request, sign: {a: {value: sign.b, hash: sha256}, b: {value: nonce, hash: md5}}, apply: {header: a, value: sign.a}}",
            "expression_name",
            "auth.sign.a.value",
        ),
        ("{kind: none, csrf: {fetch: {method: POST, path: x}}}", "bad_value", "auth.csrf"),
        ("{kind: none, csrf: {fetch: {method: GET, path: x}, header: Host}}", "bad_value", "auth.csrf"),
    ] {
        let found = compile(declared, auth, "{method: GET, path: x}").err().unwrap_or_default();
        assert!(found.contains(&(code, path.to_owned())), "{auth}: {found:?}");
    }
}
