//! Hosts × ways to lead there × allow-lists × the deployment's word: a partner on loopback sees those alone who may come.
//!
//! What a host really is, and what a list really opens, is said beside each; a cell's expectation follows from these two and
//! the deployment's flag, not from how the guard reads either.

use super::support::*;
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::connector::{Class, Target};
use crate::gateway::{Gateway, Options, Performed};
use crate::runtime::SystemClock;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncReadExt;

/// What a host is, whatever it looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Is {
    /// 127.0.0.1, where the listener is.
    Here,
    /// Loopback, but not where the listener is.
    Loopback,
    /// Never reached, whatever is listed.
    Never,
}

const HOSTS: [(&str, Is); 44] = [
    ("127.0.0.1", Is::Here),
    ("127.1", Is::Here),
    ("127.0.1", Is::Here),
    ("2130706433", Is::Here),
    ("0x7f000001", Is::Here),
    ("0x7f.1", Is::Here),
    ("0x7f.0x0.0x0.0x1", Is::Here),
    ("0177.0.0.1", Is::Here),
    ("017700000001", Is::Here),
    ("127.0.0.1.", Is::Here),
    ("localhost", Is::Here),
    ("LOCALHOST", Is::Here),
    ("localhost.", Is::Here),
    ("①②⑦.⓪.⓪.①", Is::Here),
    ("127。0。0。1", Is::Here),
    ("%31%32%37.0.0.1", Is::Here),
    ("[::ffff:127.0.0.1]", Is::Here),
    ("[::ffff:7f00:1]", Is::Here),
    ("[0:0:0:0:0:ffff:7f00:0001]", Is::Here),
    ("127.255.255.254", Is::Loopback),
    ("127.0.0.2", Is::Loopback),
    ("[::1]", Is::Loopback),
    ("[0:0:0:0:0:0:0:1]", Is::Loopback),
    ("0.0.0.0", Is::Never),
    ("0", Is::Never),
    ("0x0", Is::Never),
    ("[::]", Is::Never),
    ("[::127.0.0.1]", Is::Never),
    ("169.254.169.254", Is::Never),
    ("2852039166", Is::Never),
    ("0xa9fea9fe", Is::Never),
    ("0251.0376.0251.0376", Is::Never),
    ("[::ffff:a9fe:a9fe]", Is::Never),
    ("169.254.1.1", Is::Never),
    ("100.100.100.200", Is::Never),
    ("[fd00:ec2::254]", Is::Never),
    ("[fe80::1]", Is::Never),
    ("224.0.0.1", Is::Never),
    ("255.255.255.255", Is::Never),
    ("240.0.0.1", Is::Never),
    ("[ff02::1]", Is::Never),
    ("[2002:7f00:1::]", Is::Never),
    ("[64:ff9b::7f00:1]", Is::Never),
    ("[2001:0:1::1]", Is::Never),
];

/// Lists, and whether each opens loopback, where the deployment does.
const LISTS: [(&str, bool); 6] = [
    ("", false),
    ("erp.example", false),
    ("'*.example', localhost", false),
    ("10.0.0.0/8, '192.168.0.0/16', '::/0'", false),
    ("0.0.0.0/0", true),
    ("127.0.0.0/8", true),
];

/// A listener on every address of this machine, and how often it was asked.
async fn listener() -> (u16, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = asked.clone();
    let socket = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = socket.accept().await else { continue };
            seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream));
        }
    });
    (port, asked)
}

async fn answer(mut stream: tokio::net::TcpStream) {
    let (mut read, mut chunk) = (Vec::new(), [0; 1_024]);
    while !read.ends_with(b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => read.extend_from_slice(&chunk[..count]),
            _ => return,
        }
    }
    write(stream, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await;
}

const OPERATIONS: &str = "
operations:
  look: {effect: read, input: {to: {type: string, optional: true}}, request: {method: GET, path: /x, query: {to: {value: input.to, optional: true}}, headers: {X-Api-Key: {value: settings.key}}}}
  pages:
    effect: read
    input: {to: {type: string, optional: true}}
    request: {method: GET, path: /pages, query: {to: {value: input.to, optional: true}}}
    page: {kind: next_link, from: $.next}
    output: {items: {type: [string], from: \"$.items[*]\", many: true}}
";

fn ask_with(policy: EgressPolicy) -> Gateway {
    Gateway::new(Options { egress: policy, ..options() }, Arc::new(SystemClock::new()))
}

fn is_blocked(performed: &Performed) -> bool {
    performed.code.as_deref() == Some("egress_blocked")
}

#[tokio::test]
async fn no_spelling_of_a_host_opens_what_its_address_does_not() {
    let (port, asked) = listener().await;
    let connector = connector(&format!("{PLAIN}{OPERATIONS}"));
    let (mut cells, mut wrong) = (0, Vec::new());
    for (host, is) in HOSTS {
        for (list, opens) in LISTS {
            for allow_loopback in [false, true] {
                let target = Target::new(connection(&format!("http://{host}:{port}"), list), connector.clone(), "look").unwrap();
                let before = asked.load(Ordering::SeqCst);
                let gateway = ask_with(EgressPolicy { allow_loopback, own: Vec::new() });
                let performed = gateway.perform(&target, call("{}")).await;
                let came = asked.load(Ordering::SeqCst) - before;
                // IPv6 loopback is no network of these lists but of one that opens no IPv4.
                let six = host.starts_with("[::1]") || host.starts_with("[0:0:0:0:0:0:0:1]");
                let listed = if six { list.contains("::/0") } else { opens };
                let may = allow_loopback && listed && is != Is::Never;
                let reached = performed.class == Class::Ok;
                let fair = match (may, is) {
                    (true, Is::Here) => (reached && came == 1) || host == "localhost.",
                    // Allowed, and nobody listens there, or the listener of all addresses does.
                    (true, _) => !is_blocked(&performed),
                    // A name is looked up first, and not every machine knows this one.
                    (false, _) => came == 0 && (is_blocked(&performed) || (host == "localhost." && !reached)),
                };
                if !fair {
                    wrong.push(format!(
                        "{host} with [{list}], loopback {allow_loopback}: {:?}, came {came}: {:?}",
                        performed.class, performed.message
                    ));
                }
                cells += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cells >= 120, "{cells} cells");
}

#[tokio::test]
async fn nobody_is_led_there_by_a_partner() {
    let (port, asked) = listener().await;
    let answer = |axum::extract::RawQuery(query): axum::extract::RawQuery| async move {
        let to = query.and_then(|query| url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, to)| to.into_owned()));
        let to = to.unwrap_or_default();
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.bytes().filter(u8::is_ascii).map(char::from).collect::<String>())])
            .into_response()
    };
    let pages = |axum::extract::RawQuery(query): axum::extract::RawQuery| async move {
        let to = query.and_then(|query| url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, to)| to.into_owned()));
        axum::Json(serde_json::json!({"items": ["a"], "next": to}))
    };
    let partner = partner(Router::new().route("/x", get(answer)).route("/pages", get(pages))).await;
    let connector = connector(&format!("{PLAIN}{OPERATIONS}"));
    let mut cells = 0;
    for (host, _) in HOSTS {
        for operation in ["look", "pages"] {
            // The partner itself is listed with its port, and nothing else of loopback.
            let connection = connection(&format!("http://{partner}"), &format!("'127.0.0.1:{}'", partner.port()));
            let target = Target::new(connection, connector.clone(), operation).unwrap();
            let input = serde_json::json!({"to": format!("http://{host}:{port}/caught")}).to_string();
            let performed = ask_with(EgressPolicy { allow_loopback: true, own: Vec::new() }).perform(&target, call(&input)).await;
            assert_ne!(performed.class, Class::Ok, "{operation} to {host}: {performed:?}");
            cells += 1;
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the listener saw somebody");
    assert!(cells >= 80, "{cells} cells");
}
