//! Notices and flows' mail over a real SMTP server that nobody here wrote. `scripts/test-mail WORKDIR` sets it up and runs this.

#[path = "../kinds/bench.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod bench;
mod connector;

use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use waybill::app::notice::{Letter, Notices, Security, SmtpOptions};
use waybill::domain::connector::Class;
use waybill::domain::delivery::Attempted;

const WITHIN: Duration = Duration::from_secs(15);

/// The server in a folder of its own, ended when dropped.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
}

fn scripts() -> PathBuf {
    PathBuf::from(std::env::var("WAYBILL_REAL_SYSTEMS").expect("scripts/test-mail names the real systems")).join("mail")
}

fn run(script: &str, arguments: &[&str]) {
    let status = Command::new(scripts().join(script)).args(arguments).status().expect("the script is there");
    assert!(status.success(), "{script}: {status}");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port()
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let cache = PathBuf::from(std::env::var("WAYBILL_CACHE").expect("scripts/test-mail names the cache")).join("mail/venv");
        std::os::unix::fs::symlink(cache, folder.path().join("venv")).expect("a link");
        run("start.sh", &[&folder.path().display().to_string(), &port.to_string()]);
        Server { folder, port }
    }

    fn mails(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("mails.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    async fn wait_for(&self, count: usize) -> Vec<Value> {
        let began = Instant::now();
        while self.mails().len() < count {
            assert!(began.elapsed() < WITHIN, "{} of {count} mails", self.mails().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.mails()
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new(scripts().join("stop.sh")).arg(self.folder()).status();
    }
}

fn notices(port: u16, password: Option<&str>, security: Security) -> Notices {
    let options = SmtpOptions {
        name: "mail".to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        security,
        from: "Waybill <hub@example.com>".to_owned(),
        user: password.map(|_| "hub".to_owned()),
        password: password.map(|password| password.to_owned().into()),
    };
    let people = [("e1001", "li.hui@example.com"), ("e4", "fail4xx@example.com"), ("e5", "fail5xx@example.com")];
    let addresses: HashMap<String, String> = people.iter().map(|(id, address)| ((*id).to_owned(), (*address).to_owned())).collect();
    Notices::new(&[options], addresses).expect("sound options")
}

async fn send(notices: &Notices, to: &[&str], id: &str) -> Attempted {
    let to: Vec<String> = to.iter().map(|person| (*person).to_owned()).collect();
    let body = "供应商 Hélène 的采购订单（1130.00 CNY）已审批。\n.\n最后一行\n";
    notices.send("mail", Letter { to: &to, subject: "采购订单 PO-4417 已释放", body, id }, WITHIN).await
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = Server::start();
    let sent = send(&notices(server.port, Some("Mail-Passw0rd-1"), Security::None), &["e1001", "zhou@example.com"], "effect-1").await;
    assert_eq!(sent.class, Class::Ok, "{}", sent.message);
    let mail = server.wait_for(1).await.remove(0);
    assert_eq!(mail["mail_from"], "hub@example.com");
    assert_eq!(mail["rcpt_to"], serde_json::json!(["li.hui@example.com", "zhou@example.com"]));
    assert_eq!(mail["auth"], true);
    assert_eq!(mail["headers"]["Subject"], "采购订单 PO-4417 已释放");
    assert_eq!(mail["headers"]["Message-ID"], "<effect-1@waybill>");
    let text = mail["parts"][0]["text"].as_str().expect("text").replace("\r\n", "\n");
    assert_eq!(text, "供应商 Hélène 的采购订单（1130.00 CNY）已审批。\n.\n最后一行\n");
}

#[tokio::test]
async fn refusals_are_told_from_what_passes() {
    let server = Server::start();
    let good = notices(server.port, Some("Mail-Passw0rd-1"), Security::None);
    for (to, class, words) in [
        (&["e5"][..], Class::Refused, "550"),
        (&["e4"][..], Class::Retryable, "451"),
        (&["e1001", "e5"][..], Class::Refused, "fail5xx@example.com"),
        (&["nobody-known"][..], Class::Refused, "no mail address"),
    ] {
        let sent = send(&good, to, "effect-2").await;
        assert_eq!(sent.class, class, "{to:?}: {}", sent.message);
        assert!(sent.message.contains(words) && !sent.credentials, "{to:?}: {}", sent.message);
    }
    // This server says nothing at all to a wrong password; the line is given up, and nothing has left.
    let (to, within) = (["e1001".to_owned()], Duration::from_secs(1));
    let letter = Letter { to: &to, subject: "x", body: "x", id: "effect-3" };
    let wrong = notices(server.port, Some("canary-wrong"), Security::None).send("mail", letter, within).await;
    assert_eq!(wrong.class, Class::Retryable, "{}", wrong.message);
    assert!(!wrong.message.contains("canary"), "{}", wrong.message);
    let plain = send(&notices(server.port, None, Security::StartTls), &["e1001"], "effect-4").await;
    assert_eq!(plain.class, Class::Refused, "it offers no STARTTLS, and nothing leaves in plain: {}", plain.message);
    assert_eq!(server.mails().len(), 0, "nothing of all that was taken");
}

/// Passes bytes on both ways until the server has kept a mail; then the line ends before its answer is seen.
async fn cutting(server: &Server) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (target, kept) = (server.port, server.folder().join("mails.jsonl"));
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut server = TcpStream::connect(("127.0.0.1", target)).await.expect("the server");
        let (mut to_server, mut to_client) = ([0_u8; 4096], [0_u8; 4096]);
        loop {
            tokio::select! {
                read = client.read(&mut to_server) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(count) => server.write_all(&to_server[..count]).await.expect("passed on"),
                },
                read = server.read(&mut to_client) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(_) if kept.exists() => return,
                    Ok(count) => client.write_all(&to_client[..count]).await.expect("passed on"),
                },
            }
        }
    });
    port
}

#[tokio::test]
async fn a_line_that_ends_after_the_content_is_unknown_and_the_repeat_is_recognisable() {
    let server = Server::start();
    let port = cutting(&server).await;
    let lost = send(&notices(port, Some("Mail-Passw0rd-1"), Security::None), &["e1001"], "effect-5").await;
    assert_eq!(lost.class, Class::Unknown, "{}", lost.message);
    let again = send(&notices(server.port, Some("Mail-Passw0rd-1"), Security::None), &["e1001"], "effect-5").await;
    assert_eq!(again.class, Class::Ok, "{}", again.message);
    let mails = server.wait_for(2).await;
    let ids: Vec<&Value> = mails.iter().map(|mail| &mail["headers"]["Message-ID"]).collect();
    assert_eq!(ids, ["<effect-5@waybill>", "<effect-5@waybill>"]);
}
