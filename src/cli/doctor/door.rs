//! Whether the port can be taken, and whether partners reach the hub where they are told to call.

use std::net::SocketAddr;

use url::Url;

use super::Check;
use crate::cli::health;
use crate::config::Server;
use crate::domain::catalog::Catalog;

/// Tries the port; then the public address, unless nobody outside is to be called.
pub async fn check(server: &Server, catalog: &Catalog, offline: bool) -> Vec<Check> {
    let (port, running) = port(server.listen).await;
    let mut checks = vec![port];
    let webhooks = catalog.connections.values().any(|connection| {
        let connector = catalog.connectors.get(&connection.connector);
        connector.is_some_and(|connector| !connector.webhooks.is_empty())
    });
    match &server.public_url {
        None if webhooks => checks.push(Check::warning(
            "public address",
            "connections have webhooks, but nothing says where partners reach this hub",
            "set `server.public_url`, and tell partners the addresses that `waybill connections` shows below it",
        )),
        Some(url) if !offline => checks.push(public(url, running).await),
        _ => {}
    }
    checks
}

/// A port that is taken by a hub that answers is as it should be.
async fn port(listen: SocketAddr) -> (Check, bool) {
    const NAME: &str = "port";
    if listen.port() == 0 {
        return (Check::warning(NAME, "any free one is taken, another at each start", "set `server.listen` to one that stays"), false);
    }
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => (Check::good(NAME, format!("{listen} is free")), false),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => match ours(listen).await {
            true => (Check::good(NAME, format!("a hub runs on {listen} already")), true),
            false => {
                let hint = format!("`ss -ltnp 'sport = :{}'` shows who has it; choose another in `server.listen`", listen.port());
                (Check::failed(NAME, format!("{listen} is taken by something that is no hub"), hint), false)
            }
        },
        Err(error) => {
            let hint = "is the address one of this machine's, and the port above 1023 or the user allowed to take it?";
            (Check::failed(NAME, format!("{listen} cannot be listened on: {error}"), hint), false)
        }
    }
}

async fn ours(listen: SocketAddr) -> bool {
    let host = match listen.ip() {
        ip if ip.is_unspecified() && ip.is_ipv4() => "127.0.0.1".to_owned(),
        ip if ip.is_unspecified() => "[::1]".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    match Url::parse(&format!("http://{host}:{}", listen.port())) {
        Ok(url) => health::ask(&url).await.is_ok(),
        Err(_) => false,
    }
}

async fn public(url: &Url, running: bool) -> Check {
    const NAME: &str = "public address";
    match health::ask(url).await {
        Ok(_) if url.scheme() == "http" => {
            Check::warning(NAME, format!("{url} leads to a hub, but in plain text"), "put TLS in front and write `https://`")
        }
        Ok(_) => Check::good(NAME, format!("{url} leads to a hub")),
        Err(_) if !running => {
            Check::warning(NAME, format!("{url} leads to no hub, and none runs here"), "start the hub and ask the doctor again")
        }
        Err(error) => {
            let hint = "does the proxy pass `/hooks/`, `/ready` and `/health` on to `server.listen`, and is its name known here?";
            Check::failed(NAME, format!("{url} does not lead to the hub that runs here: {error}"), hint)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[tokio::test]
    async fn a_port_that_somebody_else_has_is_found() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        // It accepts and hangs up, as something that is no hub does.
        let other = tokio::spawn(async move {
            loop {
                drop(taken.accept().await);
            }
        });
        let (check, running) = port(address).await;
        assert!(check.verdict == Verdict::Failed && check.found.contains("no hub") && !running, "{check:?}");
        other.abort();
        assert!(other.await.unwrap_err().is_cancelled());
        assert_eq!(port(address).await.0.verdict, Verdict::Good);
        assert_eq!(port("127.0.0.1:0".parse().unwrap()).await.0.verdict, Verdict::Warning);
    }

    #[tokio::test]
    async fn a_public_address_without_a_hub_is_a_failure_only_while_one_runs() {
        let url = Url::parse("http://127.0.0.1:9").unwrap();
        assert_eq!(public(&url, false).await.verdict, Verdict::Warning);
        assert_eq!(public(&url, true).await.verdict, Verdict::Failed);
    }
}
