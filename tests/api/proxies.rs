//! Behind a proxy: whose address counts, and that nobody makes one up.

use serde_json::json;
use waybill::api::listener::Options;

use crate::sign_in::{PASSWORD, owned_with};
use crate::support::{Door, Setup, json as read};

/// Attempts of one address in a minute.
const ATTEMPTS: usize = 60;

async fn behind(trusted: &[&str]) -> Door {
    let trusted_proxies = trusted.iter().map(|network| network.parse().unwrap()).collect();
    let listener = Options { trusted_proxies, connections_per_address_max: 4, ..Options::default() };
    owned_with(Setup { listener, ..Setup::default() }).await
}

async fn attempt(door: &Door, forwarded: &str, password: &str) -> u16 {
    let request = door.client.post(format!("{}/api/v1/sign-in", door.base)).header("x-forwarded-for", forwarded);
    let body = json!({"name": "ana", "password": password}).to_string();
    read(request.header("content-type", "application/json").body(body).send().await.unwrap()).await.0
}

async fn addresses(door: &Door) -> Vec<String> {
    let lines = door.get("/api/v1/audit?action=session.start&outcome=refused").await.1["items"].as_array().unwrap().clone();
    let mut found: Vec<String> = lines.iter().map(|line| line["address"].as_str().unwrap().to_owned()).collect();
    found.dedup();
    found
}

#[tokio::test]
async fn each_client_of_a_proxy_of_ours_has_its_own_attempts_and_its_own_address_in_the_audit() {
    let door = behind(&["127.0.0.0/8"]).await;
    for number in 0..ATTEMPTS {
        // Whatever a client writes before the proxy adds to it makes no other client of it.
        assert_ne!(attempt(&door, &format!("198.51.100.{number}, 203.0.113.9"), "wrong").await, 429, "{number}");
    }
    assert_eq!(attempt(&door, "198.51.100.250, 203.0.113.9", "wrong").await, 429);
    assert_ne!(attempt(&door, "203.0.113.10", "wrong").await, 429, "somebody else of the company");
    assert_eq!(addresses(&door).await, ["203.0.113.10", "203.0.113.9"]);
}

#[tokio::test]
async fn what_a_stranger_says_of_itself_counts_for_nothing() {
    for trusted in [&[][..], &["10.0.0.0/8"]] {
        let door = behind(trusted).await;
        // The owner's first link was an attempt of the same address.
        for number in 1..ATTEMPTS {
            assert_ne!(attempt(&door, &format!("203.0.113.{number}"), "wrong").await, 429, "{number}");
        }
        assert_eq!(attempt(&door, "203.0.113.200", PASSWORD).await, 429);
        assert_eq!(addresses(&door).await, ["127.0.0.1"]);
    }
}

#[tokio::test]
async fn a_proxy_of_ours_holds_the_connections_of_all_its_clients() {
    for (trusted, held) in [(&["127.0.0.1/32"][..], 8), (&[], 4)] {
        let door = behind(trusted).await;
        let mut open = Vec::new();
        let mut answered = 0;
        for _ in 0..8 {
            let mut stream = tokio::net::TcpStream::connect(door.address()).await.unwrap();
            let mut first = [0; 12];
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let _ = stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await;
            answered += usize::from(stream.read_exact(&mut first).await.is_ok() && &first == b"HTTP/1.1 200");
            open.push(stream);
        }
        // The connection on which the owner was made is one of them.
        assert!((held - 1..=held).contains(&answered), "{answered} of {held}");
    }
}
