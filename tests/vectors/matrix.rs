//! Schemes × defects: one genuine callback of each scheme, changed in one way at a time. What is to become of it is said by the
//! column alone, but for what a scheme cannot know (when it was sent) and what does not concern it (a name for the message).

use super::{Request, keys_of, signature, vectors};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use waybill::domain::signature::Keys;

/// Where something stands in a request.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Header(&'static str),
    Query(&'static str),
    /// An element `name=` of a header's list.
    Element(&'static str, &'static str),
    /// A member of each row of the list `value` in the body.
    Rows(&'static str),
    Nowhere,
}

/// How a scheme holds the time of sending.
#[derive(Clone, Copy, PartialEq)]
enum Time {
    /// Signed, and not too far from ours.
    Bounded,
    /// Not at all.
    None,
}

struct Scheme {
    file: &'static str,
    text: &'static str,
    /// The part of a vector's note that names one with everything in it.
    note: &'static str,
    sign: At,
    stamp: At,
    time: Time,
    id: At,
    /// How far the sender's clock may be off at most, seconds.
    beyond: i64,
}

const SCHEMES: [Scheme; 12] = [
    Scheme {
        file: "standardwebhooks.json",
        text: "{kind: standard_webhooks, secret: settings.s}",
        note: "valid #",
        sign: At::Header("webhook-signature"),
        stamp: At::Header("webhook-timestamp"),
        time: Time::Bounded,
        id: At::Header("webhook-id"),
        beyond: 301,
    },
    Scheme {
        file: "svix.json",
        text: "{kind: standard_webhooks, secret: settings.s, prefix: svix}",
        note: "valid #",
        sign: At::Header("svix-signature"),
        stamp: At::Header("svix-timestamp"),
        time: Time::Bounded,
        id: At::Header("svix-id"),
        beyond: 301,
    },
    Scheme {
        file: "stripe.json",
        text: "{kind: stripe, secret: settings.s}",
        note: "valid #",
        sign: At::Element("Stripe-Signature", "v1"),
        stamp: At::Element("Stripe-Signature", "t"),
        time: Time::Bounded,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "stripe.json",
        text: r#"{kind: hmac, secret: settings.s, header: Stripe-Signature, elements: {timestamp: t, signature: v1}, signed: "{timestamp}.{body}"}"#,
        note: "valid #",
        sign: At::Element("Stripe-Signature", "v1"),
        stamp: At::Element("Stripe-Signature", "t"),
        time: Time::Bounded,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "github.json",
        text: "{kind: github, secret: settings.s}",
        note: "valid #",
        sign: At::Header("X-Hub-Signature-256"),
        stamp: At::Nowhere,
        time: Time::None,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "dingtalk.json",
        text: "{kind: dingtalk_aes, secret: settings.s, aes_key: settings.k, receiver: settings.r}",
        note: "bpms_instance_change",
        sign: At::Query("msg_signature"),
        stamp: At::Query("timestamp"),
        time: Time::Bounded,
        id: At::Query("nonce"),
        beyond: 86_401,
    },
    Scheme {
        file: "wecom.json",
        text: "{kind: wecom, secret: settings.s, aes_key: settings.k, receiver: settings.r}",
        note: "sys_approval_change",
        sign: At::Query("msg_signature"),
        stamp: At::Query("timestamp"),
        time: Time::Bounded,
        id: At::Query("nonce"),
        beyond: 86_401,
    },
    Scheme {
        file: "feishu.json",
        text: "{kind: feishu, secret: settings.s, encrypt_key: settings.k}",
        note: "approval_instance",
        sign: At::Header("X-Lark-Signature"),
        stamp: At::Header("X-Lark-Request-Timestamp"),
        time: Time::Bounded,
        id: At::Header("X-Lark-Request-Nonce"),
        beyond: 86_401,
    },
    Scheme {
        file: "published.json",
        text: "{kind: slack, secret: settings.s}",
        note: "",
        sign: At::Header("X-Slack-Signature"),
        stamp: At::Header("X-Slack-Request-Timestamp"),
        time: Time::Bounded,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "published.json",
        text: "{kind: xero, secret: settings.s}",
        note: "",
        sign: At::Header("x-xero-signature"),
        stamp: At::Nowhere,
        time: Time::None,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "published.json",
        text: "{kind: frappe, secret: settings.s}",
        note: "",
        sign: At::Header("X-Frappe-Webhook-Signature"),
        stamp: At::Nowhere,
        time: Time::None,
        id: At::Nowhere,
        beyond: 301,
    },
    Scheme {
        file: "published.json",
        text: "{kind: business_central, secret: settings.s}",
        note: "notification",
        sign: At::Rows("clientState"),
        stamp: At::Nowhere,
        time: Time::None,
        id: At::Nowhere,
        beyond: 301,
    },
];

/// The columns. What each does to a request is in `spoil`, what must become of it in `taken`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Defect {
    // Nothing that counts.
    AsItCame,
    AnotherHeader,
    AnotherParameter,
    HeadersInCapitals,
    HeadersInSmall,
    OldSecretBeside,
    // The signature.
    NoSignature,
    EmptySignature,
    SignatureCut,
    SignatureLonger,
    SignatureOneOff,
    SignatureOfAnother,
    SignatureOfNothing,
    SignatureTwice,
    SignatureInAList,
    OtherAlgorithmNamed,
    // The body.
    BodyEmpty,
    BodyOneByteOff,
    BodyLonger,
    BodyShorter,
    BodyOfAnother,
    BodyOnceMore,
    BodyPaddedInFront,
    // The secret.
    SecretOfAnother,
    SecretCut,
    NoSecret,
    EmptySecret,
    // The time.
    NoTime,
    TimeOneOff,
    TimeNoNumber,
    TimeNegative,
    TimeTwice,
    SentLongAgo,
    SentFromTheFuture,
    // The name of the message.
    NoId,
    IdOfAnother,
}

use Defect as D;

const COLUMNS: [Defect; 36] = [
    D::AsItCame,
    D::AnotherHeader,
    D::AnotherParameter,
    D::HeadersInCapitals,
    D::HeadersInSmall,
    D::OldSecretBeside,
    D::NoSignature,
    D::EmptySignature,
    D::SignatureCut,
    D::SignatureLonger,
    D::SignatureOneOff,
    D::SignatureOfAnother,
    D::SignatureOfNothing,
    D::SignatureTwice,
    D::SignatureInAList,
    D::OtherAlgorithmNamed,
    D::BodyEmpty,
    D::BodyOneByteOff,
    D::BodyLonger,
    D::BodyShorter,
    D::BodyOfAnother,
    D::BodyOnceMore,
    D::BodyPaddedInFront,
    D::SecretOfAnother,
    D::SecretCut,
    D::NoSecret,
    D::EmptySecret,
    D::NoTime,
    D::TimeOneOff,
    D::TimeNoNumber,
    D::TimeNegative,
    D::TimeTwice,
    D::SentLongAgo,
    D::SentFromTheFuture,
    D::NoId,
    D::IdOfAnother,
];

/// Whether a cell must be taken; none where the column does not concern the scheme.
fn taken(scheme: &Scheme, defect: Defect) -> Option<bool> {
    match defect {
        D::AsItCame | D::AnotherHeader | D::AnotherParameter | D::HeadersInCapitals | D::HeadersInSmall | D::OldSecretBeside => Some(true),
        D::NoTime | D::TimeOneOff | D::TimeNoNumber | D::TimeNegative | D::TimeTwice => (scheme.time != Time::None).then_some(false),
        // A callback without a time is as good as on its first day; what it says is read back.
        D::SentLongAgo | D::SentFromTheFuture => Some(scheme.time != Time::Bounded),
        D::NoId | D::IdOfAnother => (scheme.id != At::Nowhere).then_some(false),
        // A secret that stands in the body proves who wrote it, and no byte beside it.
        D::BodyOneByteOff | D::BodyLonger | D::BodyShorter => (!matches!(scheme.sign, At::Rows(_))).then_some(false),
        _ => Some(false),
    }
}

fn get(request: &Request, at: At) -> String {
    match at {
        At::Header(name) | At::Element(name, _) => {
            let value = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).expect("it is there").1.clone();
            match at {
                At::Element(_, element) => {
                    let beginning = format!("{element}=");
                    value.split(',').find_map(|part| part.strip_prefix(&beginning)).expect("the element is there").to_owned()
                }
                _ => value,
            }
        }
        At::Query(name) => request.query.iter().find(|(known, _)| known == name).expect("it is there").1.clone(),
        At::Rows(name) => rows(request)["value"][0][name].as_str().expect("it is there").to_owned(),
        At::Nowhere => unreachable!("the column does not concern the scheme"),
    }
}

fn rows(request: &Request) -> Json {
    serde_json::from_slice(&request.body).expect("JSON")
}

/// Another value, or none.
fn put(request: &mut Request, at: At, value: Option<&str>) {
    match at {
        At::Header(name) => {
            request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            request.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
        At::Query(name) => {
            // DingTalk says the same twice, under two names.
            request.query.retain(|(known, _)| known != name && !(name == "msg_signature" && known == "signature"));
            request.query.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
        At::Element(name, element) => {
            let whole = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).expect("it is there").1.clone();
            let beginning = format!("{element}=");
            let mut parts: Vec<String> = whole.split(',').filter(|part| !part.starts_with(&beginning)).map(str::to_owned).collect();
            parts.extend(value.map(|value| format!("{element}={value}")));
            put(request, At::Header(name), Some(&parts.join(",")));
        }
        At::Rows(name) => {
            let mut body = rows(request);
            for row in body["value"].as_array_mut().expect("rows") {
                let members = row.as_object_mut().expect("members");
                members.remove(name);
                members.extend(value.map(|value| (name.to_owned(), value.into())));
            }
            request.body = body.to_string().into_bytes();
        }
        At::Nowhere => {}
    }
}

fn twice(request: &mut Request, at: At, other: &str) {
    match at {
        At::Header(name) => request.headers.insert(0, (name.to_owned(), other.to_owned())),
        At::Query(name) => request.query.insert(0, (name.to_owned(), other.to_owned())),
        At::Element(name, _) => {
            let whole = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).expect("it is there").1.clone();
            request.headers.insert(0, (name.to_owned(), whole));
        }
        // One row more than those that are as they should be.
        At::Rows(name) => {
            let mut body = rows(request);
            let list = body["value"].as_array_mut().expect("rows");
            let mut row = list[0].clone();
            row[name] = other.into();
            list.push(row);
            request.body = body.to_string().into_bytes();
        }
        At::Nowhere => {}
    }
}

fn one_off(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = letters.len() / 2;
    letters[place] = if letters[place] == 'a' { 'b' } else { 'a' };
    letters.into_iter().collect()
}

/// Changes a request; and says which secrets it is held against.
fn spoil(scheme: &Scheme, defect: Defect, request: &mut Request, other: &Request, secret: &str) -> Vec<String> {
    let sign = |request: &Request| get(request, scheme.sign);
    let mut secrets = vec![secret.to_owned()];
    match defect {
        D::AsItCame => {}
        D::AnotherHeader => request.headers.push(("X-Forwarded-For".into(), "192.0.2.7".into())),
        D::AnotherParameter => request.query.push(("utm_source".into(), "partner".into())),
        D::HeadersInCapitals => request.headers.iter_mut().for_each(|(name, _)| *name = name.to_uppercase()),
        D::HeadersInSmall => request.headers.iter_mut().for_each(|(name, _)| *name = name.to_lowercase()),
        D::OldSecretBeside => secrets.insert(0, format!("whsec_{}", STANDARD.encode("the secret before this one"))),
        D::NoSignature => put(request, scheme.sign, None),
        D::EmptySignature => put(request, scheme.sign, Some("")),
        D::SignatureCut => put(request, scheme.sign, Some(&sign(request)[..sign(request).len() - 2])),
        D::SignatureLonger => put(request, scheme.sign, Some(&format!("{}ab", sign(request)))),
        D::SignatureOneOff => put(request, scheme.sign, Some(&one_off(&sign(request)))),
        D::SignatureOfAnother => put(request, scheme.sign, Some(&sign(other))),
        D::SignatureOfNothing => put(request, scheme.sign, Some(&"0".repeat(sign(request).len()))),
        D::SignatureTwice => {
            let wrong = one_off(&sign(request));
            twice(request, scheme.sign, &wrong);
        }
        // A list of guesses is no signature: only Standard Webhooks has lists, of its own form.
        D::SignatureInAList => put(request, scheme.sign, Some(&format!("{};{}", one_off(&sign(request)), one_off(&sign(other))))),
        D::OtherAlgorithmNamed => {
            let bare = sign(request).trim_start_matches("v1,").trim_start_matches("sha256=").to_owned();
            put(request, scheme.sign, Some(&format!("none={bare}")));
        }
        D::BodyEmpty => request.body.clear(),
        D::BodyOneByteOff => {
            let place = request.body.len() / 2;
            request.body[place] ^= 1;
        }
        D::BodyLonger => request.body.insert(request.body.len() / 2, b'A'),
        D::BodyShorter => drop(request.body.remove(request.body.len() / 2)),
        D::BodyOfAnother => request.body.clone_from(&other.body),
        D::BodyOnceMore => request.body.extend(request.body.clone()),
        D::BodyPaddedInFront => drop(request.body.splice(0..0, *b"{}")),
        D::SecretOfAnother => secrets = vec![format!("whsec_{}", STANDARD.encode("a secret of somebody else"))],
        D::SecretCut => secrets = vec![secret[..secret.len() - 4].to_owned()],
        D::NoSecret => secrets.clear(),
        D::EmptySecret => secrets = vec![String::new()],
        D::NoTime => put(request, scheme.stamp, None),
        D::TimeOneOff => {
            let stamp: i64 = get(request, scheme.stamp).parse().expect("a number");
            put(request, scheme.stamp, Some(&(stamp + 1).to_string()));
        }
        D::TimeNoNumber => put(request, scheme.stamp, Some("now")),
        D::TimeNegative => put(request, scheme.stamp, Some("-1")),
        D::TimeTwice => {
            let stamp = get(request, scheme.stamp);
            twice(request, scheme.stamp, &format!("{stamp}0"));
        }
        D::SentLongAgo => request.now += jiff::SignedDuration::from_secs(2 * scheme.beyond),
        D::SentFromTheFuture => request.now -= jiff::SignedDuration::from_secs(2 * scheme.beyond),
        D::NoId => put(request, scheme.id, None),
        D::IdOfAnother => put(request, scheme.id, Some(&get(other, scheme.id))),
    }
    secrets
}

fn genuine(scheme: &Scheme) -> Vec<Json> {
    // Where several schemes stand in one file, each vector says whose it is.
    let is_of = |kind: &Json| kind.as_str().is_none_or(|kind| scheme.text.contains(&format!("kind: {kind},")));
    let wanted = |vector: &Json| {
        vector["expect"]["valid"] == true
            && vector["request"]["method"] == "POST"
            && vector["note"].as_str().unwrap().contains(scheme.note)
            && is_of(&vector["kind"])
    };
    vectors(scheme.file).into_iter().filter(wanted).collect()
}

#[test]
fn every_defect_of_every_scheme_comes_to_what_its_column_says() {
    let (mut cells, mut wrong) = (0, Vec::new());
    for scheme in &SCHEMES {
        let verifier = signature(scheme.text);
        let vectors = genuine(scheme);
        let other = Request::of(&vectors[1]);
        for defect in COLUMNS {
            let Some(expected) = taken(scheme, defect) else { continue };
            let mut request = Request::of(&vectors[0]);
            let keys = keys_of(&vectors[0]["config"]);
            let secrets = spoil(scheme, defect, &mut request, &other, keys.of("secret")[0]);
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let same = ["aes_key", "encrypt_key", "receiver"];
            let keys = same.iter().fold(Keys::secrets(&secrets), |with, part| with.with(part, keys.of(part)));
            let verdict = verifier.verify(&request.received(), &keys);
            cells += 1;
            if verdict.is_ok() != expected {
                wrong.push(format!("{} {defect:?}: {:?}", scheme.text, verdict.map(|_| "taken")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cells >= 380, "{cells} cells");
}
